import { terminalSafe } from './terminal-safe.ts';

/** Text for people; texts from policy files are in it, so a terminal gets it made harmless. */
export function printText(text: string): void {
  process.stdout.write(process.stdout.isTTY ? terminalSafe(text) : text);
}

/** One JSON value on a line. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
