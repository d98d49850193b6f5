import { type DestinationStream, destination, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** Appended to, created with mode 0600; stderr without it, since stdout belongs to results. */
  readonly file?: string;
}

/** Structured logs, one JSON object a line. Writing is synchronous, so that a crash loses nothing. */
export function createLogger(options: LogOptions): Logger {
  const sink: DestinationStream =
    options.file === undefined
      ? destination({ dest: 2, sync: true })
      : destination({ dest: options.file, sync: true, append: true, mode: 0o600 });
  return pino({ name: 'warder', level: options.level, base: { pid: process.pid } }, sink);
}

/** For a caller that gave no logger. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
