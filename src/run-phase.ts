/** One sandbox from its plans to its verdict: what the instance lends it, and where its uid and leaf go afterwards. */
import type { Writable } from 'node:stream';
import type { Logger } from '#log/logger.ts';
import { AUDIT_ARCH, syscallName } from '#seccomp/syscalls.ts';
import type { DeniedCall } from '#supervise/classify.ts';
import type { LiveListeners } from '#supervise/live-program.ts';
import type { StdinSource } from '#supervise/stdin.ts';
import { superviseRun } from '#supervise/supervise.ts';
import type { SupervisedRun } from '#supervise/supervised-run.ts';
import type { PreparedPhase } from './prepare.ts';
import type { HostRuntime } from './runtime.ts';

/** What an instance lends to each sandbox. */
export interface PhaseContext {
  readonly runtime: HostRuntime;
  readonly logger: Logger;
  readonly setupTimeoutMs: number;
}

export interface PhaseOptions extends LiveListeners {
  readonly stdin: StdinSource;
  readonly signal: AbortSignal | undefined;
  readonly sinks: { readonly stdout?: Writable; readonly stderr?: Writable };
  readonly keep: boolean;
}

/** @throws WarderError for everything that is not the program's doing */
export async function runPhase(
  { runtime, logger, setupTimeoutMs }: PhaseContext,
  { jail, program, engine, launch }: PreparedPhase,
  options: PhaseOptions,
): Promise<SupervisedRun> {
  const ids = await runtime.uids?.lease();
  const leaf = runtime.nextLeaf();
  logger.debug({ event: 'launch', argv: launch.argv, uid: ids?.uid }, 'starting a sandbox');
  return superviseRun({
    plan: jail,
    engine,
    spec: launch,
    native: runtime.native,
    driver: runtime.driver,
    leafName: leaf.name,
    ids: ids ?? null,
    onGone: () => {
      ids?.release();
      leaf.gone();
    },
    setupTimeoutMs,
    program,
    nameCall,
    ...options,
  });
}

/** A number without a name is shown as it is; a foreign ABI never gets this far (the filter kills it). */
function nameCall(nr: number, auditArch: number): DeniedCall {
  const abi = auditArch === AUDIT_ARCH.aarch64 ? 'aarch64' : 'x86_64';
  return { syscall: syscallName(abi, nr) ?? `syscall_${nr}`, abi };
}
