import type { LiveUsage } from '#index.ts';
import { formatSizeBytes } from '#internal.ts';

const MIB = 1024 ** 2;

/** One line for people; rounded, since it is read in passing. */
export function progressLine({
  elapsedMs,
  cpuMs,
  memoryBytes,
  memoryPeakBytes,
  pidsPeak,
}: LiveUsage): string {
  const mib = (bytes: number): string => formatSizeBytes(Math.round(bytes / MIB) * MIB);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const parts = [
    cpuMs === null ? null : `cpu ${seconds(cpuMs)}`,
    memoryBytes === null ? null : `memory ${mib(memoryBytes)}`,
    memoryPeakBytes === null ? null : `peak ${mib(memoryPeakBytes)}`,
    pidsPeak === null ? null : `at most ${pidsPeak} ${pidsPeak === 1 ? 'task' : 'tasks'}`,
  ];
  return `${seconds(elapsedMs)}: ${parts.filter((part) => part !== null).join(', ')}`;
}

/** Beside the program's own output, so that standard output stays what it was. */
export function showProgress(usage: LiveUsage, before: '' | '\n'): void {
  process.stderr.write(`${before}warder: ${progressLine(usage)}\n`);
}
