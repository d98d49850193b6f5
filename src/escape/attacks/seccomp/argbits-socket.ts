import { NO_TYPE } from '#escape/attacks/kernel/sockets.ts';
import { describeCall, describeEnd, isKill, refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { Answers, JudgeContext, Judgement, ProbeAttack } from '#escape/types.ts';

/** Numbers of linux/socket.h. */
const FAMILIES = {
  inet: 2,
  inet6: 10,
  key: 15,
  netlink: 16,
  packet: 17,
  rxrpc: 33,
  alg: 38,
  vsock: 40,
  xdp: 44,
};
const LOOPBACK_NEEDS = ['inet', 'inet6', 'netlink'];

const isRefused = refused({
  errnos: ['EAFNOSUPPORT', 'EPERM', 'EACCES', 'ENOSYS'],
  // A family that is not refused says what it thinks of the type, or another rule of the filter does.
  reached: ['EINVAL', 'EPROTONOSUPPORT'],
});

export const argbitsSocket: ProbeAttack = {
  kind: 'probe',
  id: 'sc-argbits-socket',
  category: 'seccomp',
  impact: 'E',
  tier: 1,
  title: 'Socket families by bits that only the filter sees',
  technique:
    'socket(family) and socket(family | 1 << 32) for each family that the policy denies, with a type that does not exist',
  reference: 'a rule by range lets the second one through: the kernel cuts the number to 32 bits',
  expected: 'The same errno for both: EAFNOSUPPORT or EPERM',
  probes: (_, { arch, policy }) =>
    Object.entries(FAMILIES)
      .filter(([name]) => policy.network === 'none' || !LOOPBACK_NEEDS.includes(name))
      .flatMap(([name, family]) => [
        { name, argv: call(arch, 'socket', String(family), NO_TYPE, '0') },
        {
          name: `${name} high`,
          argv: call(arch, 'socket', `0x1${family.toString(16).padStart(8, '0')}`, NO_TYPE, '0'),
        },
      ]),
  judge: judgePairs,
  controls: ['without:seccomp', 'host'],
  layers: ['networkNamespace'],
};

function judgePairs(answers: Answers, context: JudgeContext): Judgement {
  const each = isRefused(answers, context);
  if (each.verdict !== 'contained') return each;
  const differing = answers.flatMap((answer, index) => {
    const other = answers[index + 1];
    if (index % 2 === 1 || other === undefined || textOf(answer) === textOf(other)) return [];
    return [`${answer.name}: ${textOf(answer)}, with high bits ${textOf(other)}`];
  });
  return differing.length > 0 ? { verdict: 'weak', evidence: differing } : each;
}

function textOf(answer: Answers[number]): string {
  if (isKill(answer)) return 'killed';
  const [made] = answer.calls;
  return made ? describeCall(made) : (describeEnd(answer) ?? 'nothing');
}
