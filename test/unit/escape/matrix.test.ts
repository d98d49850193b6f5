/** Attacks that compare with the filter's bytes: a probe that does not answer is an error there, and fires no control. */
import { expect, test } from 'vitest';
import { argumentRules } from '#escape/attacks/seccomp/argument-rules.ts';
import { matrix } from '#escape/attacks/seccomp/matrix.ts';
import type { AttackContext, Facts, ProbeAnswer, ProbeCall } from '#escape/types.ts';

const facts = { arch: 'x86_64', policy: { seccompProfile: 'default' } } as unknown as Facts;
/** BPF_RET with SECCOMP_RET_ERRNO | EPERM, and with SECCOMP_RET_ALLOW (linux/seccomp.h). */
const REFUSE = Uint8Array.of(0x06, 0, 0, 0, 1, 0, 5, 0);
const ALLOW = Uint8Array.of(0x06, 0, 0, 0, 0, 0, 0xff, 0x7f);

const refused = ({ name }: ProbeCall): ProbeAnswer => ({
  name,
  calls: [{ name, errno: 'EPERM', value: '-1' }],
  lines: [],
  end: { kind: 'exited', code: 0 },
});
const reached = (call: ProbeCall): ProbeAnswer => ({
  ...refused(call),
  calls: [{ name: call.name, errno: 'EFAULT', value: '-1' }],
});
const crashed = (call: ProbeCall): ProbeAnswer => ({
  ...refused(call),
  calls: [],
  end: { kind: 'signaled', signal: 'SIGSEGV' },
});

type Answer = (call: ProbeCall) => ProbeAnswer;
const context = (filter: Uint8Array, inside: Answer, outside: Answer): AttackContext =>
  ({
    facts,
    filter: async () => filter,
    probe: async (calls: readonly ProbeCall[]) => calls.map(inside),
    probeAt: async (_: string, calls: readonly ProbeCall[]) => calls.map(outside),
  }) as unknown as AttackContext;

test.each([
  ['sc-matrix', matrix],
  ['sc-argument-rules', argumentRules],
] as const)('%s', async (_, { run }) => {
  expect(await run(context(REFUSE, refused, reached))).toMatchObject({ verdict: 'contained' });
  expect(await run(context(REFUSE, reached, reached))).toMatchObject({ verdict: 'escaped' });
  expect(await run(context(REFUSE, crashed, reached))).toMatchObject({ verdict: 'error' });
  // A control that fires because its probe crashed would vouch for anything.
  expect(await run(context(REFUSE, refused, crashed))).toMatchObject({
    verdict: 'not-tested',
    control: { fired: false },
  });
});

test('sc-matrix: a call that is allowed and was not answered is an error as well', async () => {
  expect(await matrix.run(context(ALLOW, crashed, reached))).toMatchObject({ verdict: 'error' });
});
