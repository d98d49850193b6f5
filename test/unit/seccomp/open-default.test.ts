/** Profiles whose default action allows: what it does not reach. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSeccompProfile } from '#policy/seccomp-profile.ts';
import { buildFilter, type FilterRequest } from '#seccomp/build-filter.ts';
import { emitKafel } from '#seccomp/kafel.ts';
import { simulateProgram } from '#seccomp/simulate.ts';
import { AUDIT_ARCH, syscallNames, syscallNumber } from '#seccomp/syscalls.ts';
import { filterRequest } from '../../helpers/filters.ts';
import { directoryWith } from '../policy/policy-files.ts';
import { ZEROS } from './calls.ts';

async function open(action: string, change: Partial<FilterRequest> = {}): Promise<FilterRequest> {
  const directory = await directoryWith({ 'p.yaml': `version: 1\nname: p\ndefault: ${action}\n` });
  const profile = await loadSeccompProfile(join(directory, 'p.yaml'));
  return filterRequest('default', { profile, ...change });
}

function answers(request: FilterRequest): (nr: number) => string {
  const { program } = buildFilter(request);
  return (nr) => {
    const action = simulateProgram(program, { auditArch: AUDIT_ARCH[request.arch], nr, args: ZEROS });
    return action.kind === 'errno' ? `errno ${action.errno}` : action.kind;
  };
}

describe.each(['x86_64', 'aarch64'] as const)('on %s', (arch) => {
  test.each(['allow', 'log'])('a default of %s is for the calls that have a name', async (action) => {
    const answer = answers(await open(action, { arch }));
    const known = new Set(syscallNames(arch).map((name) => syscallNumber(arch, name)));
    const unknown = Array.from({ length: 1024 }, (_, nr) => nr).filter((nr) => !known.has(nr));
    expect(unknown.map(answer)).toEqual(unknown.map(() => 'errno 38'));
    // open_tree_attr: the newest door of the mount API, which the prologue cannot name yet.
    expect(unknown).toContain(467);
    const number = (name: string) => syscallNumber(arch, name) ?? -1;
    expect(['sync', 'splice', 'ptrace'].map((name) => answer(number(name)))).toEqual([
      action,
      action,
      'errno 1',
    ]);
  });
});

test('no file in memory where written files must not run, though no rule names it', async () => {
  const number = syscallNumber('x86_64', 'memfd_secret') ?? -1;
  expect(answers(await open('allow'))(number)).toBe('allow');
  expect(answers(await open('allow', { writtenFiles: 'deny' }))(number)).toBe('errno 1');
});

test('the listing says whose word it is, and kafel does not allow by default', async () => {
  const { summary, model } = buildFilter(await open('allow'));
  expect([summary.counts.unlisted, summary.defaultAction]).toEqual([0, 'errno ENOSYS']);
  const sync = summary.rules.find(({ syscall }) => syscall === 'sync');
  expect(sync).toMatchObject({ verdict: 'allowed', source: expect.stringMatching(/p\.yaml:3$/) });
  expect(emitKafel(model)).toMatch(/DEFAULT ERRNO\(38\)\n$/);
});
