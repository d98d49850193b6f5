import { endedBy, type JudgeRun, limitFinding } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

export const memKernel: RunAttack = {
  kind: 'run',
  id: 'res-mem-kernel',
  category: 'resources',
  impact: 'D',
  tier: 1,
  title: 'Memory of the kernel',
  technique: '28 pipes of 1 MiB, filled, under 16 MiB',
  reference: 'pipe(7), F_SETPIPE_SZ; kernel memory of cgroup-v2.rst',
  expected: 'Charged to the run: ended by the limit memory; or the filter lets no pipe of that size be made',
  destructive: true,

  run: (context) =>
    limitFinding(context, {
      trials: [{ name: 'pipes', args: PIPES, request: { limits: { memory: '16MiB' } } }],
      judge,
      control: { name: "the policy's own limit", args: PIPES },
    }),
};

const PIPES = ['pipes', '28'];

const judge: JudgeRun = (result) => {
  const [, name, refused] = /^call (F_SETPIPE_SZ|pipe2) (\d+) /m.exec(result.stdout.data) ?? [];
  const isRefused = result.ok && (refused === EPERM || refused === ENOSYS || refused === EINVAL);
  if (!isRefused || result.stdout.data.includes('held ')) return endedBy('memory')(result);
  return { verdict: 'contained', evidence: [`${name}: errno ${refused}`] };
};

/** Also of a filter that lets fcntl(2) do a few things only. */
const EINVAL = '22';
const EPERM = '1';
const ENOSYS = '38';
