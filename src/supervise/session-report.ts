/** What is known of a program when it and its launcher have ended. */

import type { CgroupEvents, CgroupUsage } from '#cgroup/types.ts';
import type { ProgramExit, ProgramTotals } from '#launch/protocol.ts';
import type { LauncherExit } from '#launch/stub.ts';
import type { Exported } from '#result/artifact.ts';
import type { Evidence, FirstCause } from '#result/run-result.ts';
import type { CgroupAccount } from '#util/cgroup-account.ts';
import type { Output } from './output.ts';
import type { ReadyJail } from './setup.ts';

/** What init said. */
export interface InitReport {
  readonly exit: ProgramExit | null;
  readonly totals: ProgramTotals | null;
  readonly execFailed: Evidence['execFailed'];
  readonly denied: Evidence['denied'];
  readonly firstCause: FirstCause | null;
  readonly deadlineBy: Evidence['deadlineBy'];
}

/** And how the launcher went. */
export interface SessionReport extends InitReport {
  readonly launcher: LauncherExit;
  readonly exported: Exported;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly sampledMemoryBytes: number | null;
  /** The leaf when everything in it but launcher and init had ended. */
  readonly final: FinalReadings;
  /** Highest memory of the leaf that was seen, where the kernel keeps no mark. */
  readonly sampledGroupBytes: number | null;
  /** `performance.now()` when `started` or `execFailed` came. */
  readonly startedAt: number;
  /** `performance.now()` when the launcher was gone. */
  readonly endedAt: number;
}

export interface FinalReadings {
  readonly usage: CgroupUsage | null;
  readonly events: CgroupEvents | null;
  readonly account: CgroupAccount | null;
}

/** Read when nothing of the program is left to add to it. @throws WarderError CGROUP_READ_FAILED */
export async function readFinal({ meter, leaf }: ReadyJail): Promise<FinalReadings> {
  if (!meter || !leaf) return { usage: null, events: null, account: null };
  const [usage, events, account] = await Promise.all([meter.usage(), meter.events(), leaf.account()]);
  return { usage, events, account };
}
