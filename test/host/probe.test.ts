/** The probe by itself, on the host: what it says is what a report stands on. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readAnswers } from '#escape/answers.ts';
import type { ProbeAnswer } from '#escape/types.ts';
import { probePath, syscallNumber } from '#internal.ts';
import { gate } from '../helpers/gate.ts';

const ARCH = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const SIGCHLD = '17';
const TIMES = 20;

const nativeBuilt = gate('build', existsSync(probePath()), 'the native programs are not built');

function ask(...calls: readonly (readonly string[])[]): readonly ProbeAnswer[] {
  const args = calls.flatMap((argv, index) => (index === 0 ? argv : [',', ...argv]));
  const output = execFileSync(probePath(), args, { encoding: 'utf8' });
  return readAnswers(
    calls.map((argv) => ({ name: argv[0] ?? '', argv })),
    output,
    null,
  );
}

nativeBuilt('the probe', () => {
  test('a process that a call makes says nothing: not there, and not among the answers of the next one', () => {
    const clone = ['sys', 'clone', String(syscallNumber(ARCH, 'clone')), SIGCHLD];
    const getpid = ['sys', 'getpid', String(syscallNumber(ARCH, 'getpid'))];
    for (let turn = 0; turn < TIMES; turn++) {
      const answers = ask(clone, getpid, clone, getpid);
      const names = answers.map(({ calls }) => calls.map(({ name }) => name));
      expect(names).toEqual([['clone'], ['getpid'], ['clone'], ['getpid']]);
    }
  });
});
