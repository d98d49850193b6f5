import { getSystemErrorName } from 'node:util';
import type { NativeProgram } from '#launch/native.ts';
import { type Trial, tryProcess } from '#launch/trial.ts';
import type { HostIds } from '#launch/types.ts';
import type { Survey } from './types.ts';

/** In a probe, the native program is the first inherited descriptor: no path has to be visible or reachable. */
export const SURVEY_PATH = '/proc/self/fd/3';
const SURVEY_TIMEOUT_MS = 5000;

export interface Asked {
  readonly survey: Survey | null;
  readonly problem: string | null;
}

/** Asks the kernel, as the uid that runs will have. */
export async function askKernel(native: NativeProgram, ids: HostIds | null): Promise<Asked> {
  const trial = await tryProcess(SURVEY_PATH, ['survey'], {
    ids,
    fds: [native.handle.fd],
    timeoutMs: SURVEY_TIMEOUT_MS,
  });
  if (trial.exitCode === 0) return { survey: readSurvey(trial.stdout), problem: null };
  return { survey: null, problem: `${native.path} cannot be executed: ${howItEnded(trial)}` };
}

/** Lines `name number`: 0, an errno, or the negative number of a signal; of landlock the ABI. */
export function readSurvey(text: string): Survey {
  const lines = [...text.matchAll(/^(\w+) (-?\d+)$/gm)];
  return Object.fromEntries(lines.map(([, name = '', number = '']) => [name, inWords(name, Number(number))]));
}

function inWords(name: string, number: number): string {
  if (name === 'landlock' || number === 0) return String(number);
  return number > 0 ? getSystemErrorName(-number) : `signal ${-number}`;
}

/** One line about a process that did not do what was wanted. */
export function howItEnded(trial: Trial): string {
  const said = firstLine(trial.stderr) || firstLine(trial.stdout);
  if (trial.spawnError !== null) return trial.spawnError;
  if (trial.timedOut) return said === '' ? 'it hangs' : `it hangs after: ${said}`;
  const how = trial.signal === null ? `exit code ${trial.exitCode}` : `ended by ${trial.signal}`;
  return said === '' ? how : `${said} (${how})`;
}

const MAX_LINE = 300;

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, MAX_LINE);
}
