/** What `warder` answers on a host variant, as a user of the command line gets it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { RunResult, WarderErrorJson } from '#index.ts';
import { cli } from '../helpers/cli.ts';

export type Answer = Partial<RunResult> & { readonly error?: WarderErrorJson; readonly code: number | null };

/** What only cgroups hold. */
const CONTROLS = ['memory', 'swap', 'pids', 'cpu', 'cpuTime'] as const;

/** Accepts that nothing holds them. */
export const NO_CGROUP = fileURLToPath(new URL('../fixtures/policies/no-cgroup.yaml', import.meta.url));

/** The JSON answer of `warder cmd` with these options and words. */
export async function command(...args: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await cli(['cmd', '--json', ...args]);
  return parseAnswer(code, stdout.toString(), stderr);
}

/** An answer that is not JSON fails with what stands there instead. */
export function parseAnswer(code: number | null, stdout: string, stderr: string): Answer {
  expect(stdout, stderr).toMatch(/^\{/);
  return { ...(JSON.parse(stdout) as Answer), code };
}

type Driver = 'cgroup1' | 'cgroup2';

/** The program ran to its end, and every limit that needs a cgroup was held by one. */
export function expectHeld(answer: Answer, by: Driver): void {
  expect(answer.error).toBeUndefined();
  expect([answer.code, answer.outcome]).toEqual([0, { kind: 'exited', exitCode: 0 }]);
  expectHolders(answer, by);
}

function expectHolders(answer: Answer, by: Driver): void {
  const held = answer.controls?.filter(({ enforcedBy }) => enforcedBy.includes(by));
  expect(held?.map(({ control }) => control)).toEqual(expect.arrayContaining([...CONTROLS]));
  expect(answer.weakenings?.map(({ id }) => id)).toEqual(['rootfs']);
  expect(answer.usage?.sources).toMatchObject({ memoryPeakBytes: by, cpuUserMs: by, pidsPeak: by });
}

/** Refused before anything ran, naming what could not be held. */
export function expectRefused({ code, error }: Answer): void {
  expect([code, error?.code]).toEqual([69, 'HOST_CONTROL_UNENFORCEABLE']);
  for (const control of ['memory', 'pids', 'cpu']) expect(error?.message).toContain(control);
}

/** The same host with a policy that accepts it: the program runs, and the result says what was not held. */
export function expectDegraded(answer: Answer): void {
  expect(answer.error).toBeUndefined();
  expect(answer.code).toBe(0);
  const lost = answer.weakenings?.map(({ id }) => id);
  for (const control of ['memory', 'pids', 'cpu']) expect(lost).toContain(control);
}

/** What launcher and init may take of the limit, which a result leaves out of the program's peak. */
const OVERHEAD_BYTES = 4 * 1024 ** 2;

/**
 * A program above its memory limit is ended by the kernel, which counts it; the same answer names who held the other limits.
 * One command line for both, since starting one takes ten seconds under emulation.
 */
export async function expectMemoryLimit(engine: string, by: Driver): Promise<void> {
  // tail has to keep all of it, since its input is a pipe.
  const bomb = ['bash', '-c', 'head -c 400000000 /dev/zero | tail -c 400000000'];
  const answer = await command('--engine', engine, '--memory', '32MiB', '--', ...bomb);
  expect([answer.code, answer.outcome]).toEqual([122, { kind: 'limit', limit: 'memory' }]);
  expectHolders(answer, by);
  expect(answer.evidence?.memoryEvents?.oomKill).toBeGreaterThanOrEqual(1);
  expect(answer.usage?.memoryPeakBytes).toBeLessThanOrEqual(32 * 1024 ** 2);
  expect(answer.usage?.memoryPeakBytes).toBeGreaterThan(32 * 1024 ** 2 - OVERHEAD_BYTES);
}

/** Groups of warder's below `directory`; after runs there must be none. */
export function leftGroups(directory = '/sys/fs/cgroup'): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const path = join(directory, name);
      return /^warder-[0-9a-z]+-/.test(name) ? [path] : leftGroups(path);
    });
}

/** This process's own group on version 2, as a directory. */
export function ownGroup(): string {
  const path = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '';
  return join('/sys/fs/cgroup', path);
}
