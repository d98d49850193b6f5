import { contentOf, describeEnd } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

/** Names as in fs/proc/base.c; null: any number will do, since the policy says which. */
const LIMITS: Readonly<Record<string, number | null>> = {
  'Max cpu time': null,
  'Max file size': null,
  'Max stack size': null,
  'Max open files': null,
  'Max locked memory': null,
  'Max core file size': null,
  'Max msgqueue size': 0,
  'Max nice priority': 0,
  'Max realtime priority': 0,
};

/** A core_pattern that pipes takes 1 as "do not start the helper", which runs as root of the host, and ignores 0 (core(5)). */
const LOWEST: Readonly<Record<string, number>> = { 'Max core file size': 1 };

export const limitsOfTheKernel: ProbeAttack = {
  kind: 'probe',
  id: 'rs-rlimits-unset',
  category: 'resources',
  impact: 'S',
  tier: 2,
  title: 'Limits of the process that nobody set',
  technique:
    'Reads /proc/self/limits and looks for soft and hard limits that are unlimited or higher than they need be',
  reference: 'getrlimit(2), proc_pid_limits(5)',
  expected: 'Nine limits are set, hard ones too; message queues, nice and real-time priority are 0',
  probes: () => [{ name: 'limits', argv: ['read', '/proc/self/limits'] }],
  judge: judgeLimits,
  controls: ['without:rlimits', 'plain'],
  layers: [],
};

function judgeLimits([answer]: Answers): Judgement {
  const text = answer ? contentOf(answer) : '';
  if (!text.includes('Max open files'))
    return { verdict: 'error', evidence: [(answer && describeEnd(answer)) ?? 'limits cannot be read'] };
  const lines = text.split('\n');
  const judged = Object.entries(LIMITS).map(([name, highest]) => {
    const line = lines.find((one) => one.startsWith(name)) ?? '';
    const [soft = '', hard = ''] = line.slice(name.length).trim().split(/\s+/);
    const isSet = [soft, hard].every(
      (value) =>
        /^\d+$/.test(value) && Number(value) <= (highest ?? Infinity) && Number(value) >= (LOWEST[name] ?? 0),
    );
    return { isSet: isSet && isBelowDefault(name, Number(hard)), text: `${name}: ${soft} ${hard}` };
  });
  const wrong = judged.filter(({ isSet }) => !isSet);
  const shown = (wrong.length > 0 ? wrong : judged).map((one) => one.text);
  return { verdict: wrong.length > 0 ? 'escaped' : 'contained', evidence: shown };
}

/** What a process has that nobody limited is a number too: files by systemd, locked memory by the kernel (8 MiB since 5.16). */
const DEFAULTS: Readonly<Record<string, number>> = {
  'Max core file size': 1024 ** 3,
  'Max open files': 4096,
  'Max locked memory': 1024 ** 2,
};

function isBelowDefault(name: string, hard: number): boolean {
  return hard < (DEFAULTS[name] ?? Infinity);
}
