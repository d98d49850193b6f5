/**
 * The same filter twice: by our compiler and by libseccomp, which knows nothing of ours. Both programs are run by our
 * interpreter for every number, ABI and boundary argument, and must give the same answers, but for what is listed here.
 */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { decodeProgram } from '#seccomp/bpf.ts';
import { resolveFilter } from '#seccomp/build-filter.ts';
import { compileFilter } from '#seccomp/compile.ts';
import { ARCHES, type SeccompFilter, type SyscallData } from '#seccomp/ir.ts';
import { simulateInstructions } from '#seccomp/simulate.ts';
import { AUDIT_ARCH } from '#seccomp/syscalls.ts';
import { filterRequest, SHIPPED_PROFILES } from '../helpers/filters.ts';
import { gate } from '../helpers/gate.ts';
import { openBuilder, translate } from '../helpers/libseccomp.ts';
import { seccompFilter } from '../unit/seccomp/arbitraries.ts';
import { boundaryCalls } from '../unit/seccomp/calls.ts';

const builder = openBuilder();
afterAll(() => builder.remove());
const withLibseccomp = gate('libseccomp', builder.problem === '', builder.problem);

/** What is not the same by intention; every other difference fails. */
const KNOWN_DIFFERENCES: readonly { readonly why: string; readonly is: (call: SyscallData) => boolean }[] = [
  {
    why: 'libseccomp lets -1 pass the x32 check, since a tracer writes it to skip a call; ours ends the process',
    is: ({ auditArch, nr }) => auditArch === AUDIT_ARCH.x86_64 && nr === 0xffffffff,
  },
];

const LEVELS = [1, 2] as const;
const rows = [...SHIPPED_PROFILES.keys()].flatMap((profile) =>
  (['none', 'loopback'] as const).flatMap((network) =>
    ARCHES.flatMap((arch) => LEVELS.map((level) => ({ profile, network, arch, level }))),
  ),
);

function usesErrno({ entries, defaultAction }: SeccompFilter, errno: number): boolean {
  const verdicts = entries.flatMap(({ branches, otherwise }) => [...branches, otherwise]);
  const actions = [defaultAction, ...verdicts.map(({ action }) => action)];
  return actions.some((action) => action.kind === 'errno' && action.errno === errno);
}

interface Compared {
  readonly calls: number;
  readonly differences: readonly string[];
  readonly known: number;
}

function compare(filter: SeccompFilter, theirs: Uint8Array, perEntry: number): Compared {
  const own = decodeProgram(compileFilter(filter));
  const other = decodeProgram(theirs);
  const differences: string[] = [];
  let calls = 0;
  let known = 0;
  for (const call of boundaryCalls(filter, perEntry)) {
    calls += 1;
    const ours = JSON.stringify(simulateInstructions(own, call));
    const libseccomp = JSON.stringify(simulateInstructions(other, call));
    if (ours === libseccomp) continue;
    const { nr, args, auditArch } = call;
    if (KNOWN_DIFFERENCES.some(({ is }) => is(call))) known += 1;
    else
      differences.push(
        `${auditArch.toString(16)} ${nr} ${args.join(',')}: ${ours}, libseccomp ${libseccomp}`,
      );
  }
  return { calls, differences, known };
}

withLibseccomp('libseccomp means the same', () => {
  const said: string[] = [];

  test.each(rows)(
    '$profile, network $network, $arch, optimize $level',
    ({ profile, network, arch, level }) => {
      const { filter, list, unsaid, dropped } = translate(
        resolveFilter(filterRequest(profile, { network, arch })),
      );
      const { program, refused } = builder.build(arch, level, list);
      expect(refused).toEqual([]);
      const { calls, differences, known } = compare(filter, program, 300);
      expect(differences.slice(0, 5)).toEqual([]);
      expect(calls).toBeGreaterThan(6000);
      expect(dropped.length + unsaid.length).toBeLessThanOrEqual(2);
      const left = [...unsaid.map((name) => `the last word of ${name}`), ...dropped];
      said.push(
        `${profile}, ${network}, ${arch}, optimize ${level}: ${calls} calls, ${known} known differences; too many rules for libseccomp: ${left.join(', ') || 'none'}`,
      );
    },
  );

  test('on random filters as well', () => {
    fc.assert(
      fc.property(seccompFilter, fc.constantFrom(...LEVELS), (random, level) => {
        // libseccomp 2.5 refuses the largest errno, MAX_ERRNO itself.
        fc.pre(!usesErrno(random, 4095));
        const { filter, list } = translate(random, 60);
        const { program, refused } = builder.build(filter.arch, level, list);
        fc.pre(refused.length === 0);
        expect(compare(filter, program, 60).differences.slice(0, 3)).toEqual([]);
      }),
      { numRuns: 80, endOnFailure: true, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    );
  }, 120_000);

  test('a filter that differs in one call is noticed', () => {
    const filter = resolveFilter(filterRequest('default'));
    const entries = filter.entries.filter(({ syscall }) => syscall !== 'read');
    const { program } = builder.build('x86_64', 1, translate({ ...filter, entries }).list);
    const { differences } = compare(translate(filter).filter, program, 10);
    expect(new Set(differences.map((line) => line.split(' ').slice(0, 2).join(' ')))).toEqual(
      new Set(['c000003e 0']),
    );
  });

  afterAll(() => {
    const listed = KNOWN_DIFFERENCES.map(({ why }) => `  known difference: ${why}\n`).join('');
    process.stdout.write(`\nlibseccomp\n${said.map((line) => `  ${line}\n`).join('')}${listed}`);
  });
});
