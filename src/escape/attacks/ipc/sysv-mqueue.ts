import { isKill, refused } from '#escape/judging.ts';
import { twoSidedAt } from '#escape/two-sided.ts';
import type { Answers, AttackContext, Finding, ProbeCall, RunAttack } from '#escape/types.ts';
import { meet } from './neighbours.ts';

export const sysvMqueue: RunAttack = {
  kind: 'run',
  id: 'ipc-sysv-mqueue',
  category: 'ipc',
  impact: 'L',
  tier: 1,
  title: 'System V and POSIX objects of the host and of other runs',
  technique:
    'shared memory, semaphores and message queues, made for everybody by the host, by a run at the same time, and by one before',
  reference: 'ipc_namespaces(7)',
  expected: 'ENOENT for each: invisible from other runs and from the host, gone with the run',
  run: attackObjects,
};

const judge = refused({ errnos: ['ENOENT', 'ENOSYS', 'EPERM'], reached: ['EACCES'] });

/** The second one where the filter answers first. */
const PLACES = ['without:ipcNamespace', 'without:seccomp+ipcNamespace'] as const;

async function attackObjects(context: AttackContext): Promise<Finding> {
  const ofHost = objects(context, 0);
  const ofRun = objects(context, 1);
  try {
    await context.probeAt('host', [ofHost.make]);
    const fromHost = await context.probe([ofHost.look]);
    const met = await meet(context, [ofRun.make], [ofRun.look]);
    const onHost = await context.probeAt('host', [ofRun.look]);
    // What the filter ends cannot make anything, and is not there when the other one looks.
    if (!met.overlapped && !met.maker.some(isKill))
      return { verdict: 'error', evidence: ['the two runs did not meet'], control: null };
    const inside = [...fromHost, ...met.during, ...met.after, ...onHost];
    const finding = await twoSidedAt(context, judge, inside, PLACES, (place) =>
      context.probeAt(place, [ofHost.look]),
    );
    return { ...finding, evidence: [...finding.evidence, madeBy(met.maker)] };
  } finally {
    // Those of the run as well: where a sandbox fails they are the host's.
    await context.probeAt('host', [ofHost.remove, ofRun.remove]);
  }
}

/** Probe calls for one set of objects that nobody else on the host has. */
function objects(
  { canaries: { token } }: AttackContext,
  index: number,
): Readonly<Record<'make' | 'look' | 'remove', ProbeCall>> {
  // A positive key_t; 0 is IPC_PRIVATE.
  const key = `0x4${token.slice(index * 7, index * 7 + 7)}`;
  const item = (name: string): ProbeCall => ({ name, argv: [name, key, `warder-${index}-${token}`] });
  return { make: item('ipc-make'), look: item('ipc-look'), remove: item('ipc-remove') };
}

function madeBy(maker: Answers): string {
  const made = maker.flatMap(({ calls }) => calls.filter(({ errno }) => errno === null));
  return `made by the other run: ${made.map(({ name }) => name).join(', ') || 'nothing, its filter refuses it'}`;
}
