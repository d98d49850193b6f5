import { WarderError } from '#error/warder-error.ts';
import { withDeadline } from '#util/deadline.ts';
import { type LaunchOrder, orderLaunch, spawnStub } from './stub.ts';

const TIMEOUT_MS = 10_000;
/** Never executed: the stub waits for an answer before it becomes this. */
const NOBODY = { engine: 'bubblewrap', argv: ['/'], blobs: [] } as const;

/**
 * Puts a real stub into a leaf by the very steps that a run takes, and ends it: that a directory could be made says
 * nothing about who may be moved into it.
 * @throws WarderError what the step failed with: LAUNCH_STEP_FAILED, LAUNCH_SPAWN_FAILED, CGROUP_*
 */
export async function tryJoin(order: Pick<LaunchOrder, 'native' | 'joinPaths' | 'attach'>): Promise<void> {
  const stub = await spawnStub(order.native);
  try {
    await withDeadline(orderLaunch(stub, { ...order, spec: NOBODY, ids: null }), TIMEOUT_MS, tooSlow);
  } finally {
    stub.kill();
    stub.channel.close();
    await stub.exited;
  }
}

function tooSlow(): WarderError {
  const details = { step: 'join', index: 0, errno: 'ETIMEDOUT' };
  return new WarderError('LAUNCH_STEP_FAILED', `joining a cgroup took more than ${TIMEOUT_MS} ms`, {
    details,
  });
}
