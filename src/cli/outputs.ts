import { once } from 'node:events';
import type { RunExtras } from '#internal.ts';
import { ProgramOutput } from './program-output.ts';
import type { SharedOptions } from './shared-options.ts';

/** How long a reader that does not read may hold up our end once we were told to end. */
const HURRY_MS = 500;

/** Where the program's output goes during one run. */
export interface Outputs {
  readonly extras: Pick<RunExtras, 'sinks' | 'keep'>;
  /** Whether a line of ours on stderr would start at the beginning of a line. */
  readonly atLineStart: () => boolean;
  /** What a line of ours on stderr has to begin with; the next one then needs nothing before the program says more. */
  readonly beginLine: () => '' | '\n';
  /** Gives readers a moment more, then lets the output go. */
  readonly hurry: () => void;
  /** Resolves when everything has been passed on. */
  readonly finish: () => Promise<void>;
}

/** With `--json` the result carries the output; otherwise it is passed on live and not kept. */
export function openOutputs({ json, raw }: Pick<SharedOptions, 'json' | 'raw'>): Outputs {
  const sinks = json ? undefined : { stdout: sink(process.stdout, raw), stderr: sink(process.stderr, raw) };
  const all = sinks ? Object.values(sinks) : [];
  // The stream behind has the same error, and that one is heard (stdio.ts).
  for (const output of all) output.on('error', () => {});
  const onSameScreen = process.stdout.isTTY === true;
  const atLineStart = (): boolean =>
    sinks === undefined || (sinks.stderr.atLineStart && (!onSameScreen || sinks.stdout.atLineStart));
  return {
    extras: sinks ? { sinks, keep: false } : {},
    atLineStart,
    beginLine: () => {
      if (atLineStart()) return '';
      for (const output of all) output.interrupted();
      return '\n';
    },
    hurry: () => {
      const letGo = (): void => all.forEach((output) => void output.destroy());
      setTimeout(letGo, HURRY_MS).unref();
    },
    finish: async () => {
      await Promise.all(all.map(finish));
    },
  };
}

function sink(target: NodeJS.WriteStream, raw: boolean | undefined): ProgramOutput {
  return new ProgramOutput(target, target.isTTY === true && raw !== true);
}

async function finish(output: ProgramOutput): Promise<void> {
  if (output.closed) return;
  const closed = once(output, 'close').catch(() => {});
  output.end();
  await closed;
}
