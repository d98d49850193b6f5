import { pino } from 'pino';
import { createLogger, errnoOf, type Logger, type LogLevel } from '#internal.ts';
import type { SharedOptions } from './shared-options.ts';
import { terminalSafe } from './terminal-safe.ts';
import { usageError } from './usage-error.ts';

type LogOptions = Pick<SharedOptions, 'logLevel' | 'logFile' | 'quiet'>;

/**
 * JSON lines, to stderr or a file, for those who ask for a log. Who does not is a person at a terminal: warnings come as a
 * plain line, and failures not at all, since the error screen tells them.
 */
export function openLog({ logLevel, logFile, quiet }: LogOptions): Logger {
  const level = (logLevel ?? 'warn') as LogLevel;
  if (logLevel === undefined && logFile === undefined) return plainLog(quiet === true ? 'silent' : 'warn');
  if (logFile === undefined) return createLogger({ level });
  try {
    // A file without a level is an audit trail: its events are `info`.
    return createLogger({ level: logLevel === undefined ? 'info' : level, file: logFile });
  } catch (error) {
    throw usageError('--log-file', `cannot write ${logFile}: ${errnoOf(error)}`);
  }
}

function plainLog(level: LogLevel): Logger {
  const write = (line: string): void => {
    const { level: number, msg } = JSON.parse(line) as { level: number; msg?: string };
    if (number === pino.levels.values['warn']) {
      process.stderr.write(`warder: warning: ${terminalSafe(msg ?? '')}\n`);
    }
  };
  return pino({ level }, { write });
}

/** Whether the log shows events of level `info`. */
export function isTalkative(logLevel: string | undefined): boolean {
  return logLevel === 'info' || logLevel === 'debug' || logLevel === 'trace';
}
