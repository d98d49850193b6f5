import type { BuildProgress } from '#internal.ts';
import { terminalSafe } from './terminal-safe.ts';

const LABELS: Readonly<Record<BuildProgress['phase'], string>> = {
  download: 'downloading packages',
  unpack: 'unpacking',
  collect: 'looking for what it needs',
  copy: 'copying',
  step: 'running',
  harden: 'taking rights away',
  check: 'reading every file',
  smoke: 'trying it',
  publish: 'putting it in place',
};
const DEFAULT_COLUMNS = 80;

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** On a terminal one line that is written over, elsewhere one line per phase; nothing with `quiet`. */
export function progressPrinter(output: ProgressOutput, quiet: boolean) {
  let last = '';
  let isOpen = false;
  return {
    show: ({ name, phase, detail }: BuildProgress): void => {
      if (quiet) return;
      const line = `${name}: ${LABELS[phase]}${detail ? ` ${terminalSafe(detail).replace(/\s+/g, ' ')}` : ''}`;
      if (output.isTTY) {
        output.write(`\r\u001b[K${line.slice(0, (output.columns ?? DEFAULT_COLUMNS) - 1)}`);
        isOpen = true;
      } else if (last !== `${name} ${phase}` || phase === 'step') output.write(`${line.slice(0, 200)}\n`);
      last = `${name} ${phase}`;
    },
    /** Takes the line away before something else is printed. */
    clear: (): void => {
      if (isOpen) output.write('\r\u001b[K');
      isOpen = false;
    },
  };
}
