/** What is attacked: a policy on an engine, or a launcher as people start it by hand. */
import type { RunRequest, RunResult } from '#index.ts';
import {
  AUDIT_ARCH,
  type PlanTransform,
  type Prepared,
  simulateProgram,
  syscallNumber,
  type WarderInstance,
} from '#internal.ts';
import { endOfRun } from './answers.ts';
import type { LauncherPaths } from './places.ts';
import { type ProbeStage, startProbe } from './probe-stage.ts';
import { combine } from './relaxations.ts';
import { withRoom } from './room.ts';
import type { StartProbe } from './run-probes.ts';
import type { Facts } from './types.ts';

export interface WarderTarget {
  readonly kind: 'warder';
  readonly policy: string;
  readonly engine: 'auto' | 'bubblewrap' | 'nsjail';
  readonly rootfs?: string;
}

export interface PlainTarget {
  readonly kind: 'plain-bwrap' | 'plain-nsjail';
}

export type Target = WarderTarget | PlainTarget;

/** What a report calls it. */
export function targetName(target: Target): string {
  return target.kind === 'warder' ? `${target.policy} on ${target.engine}` : target.kind;
}

/** Found in every tree, so that `rootfs: auto` has something to choose by; the probe takes its place. */
const COMMAND = 'sh';

export function baseRequest({ policy, engine, rootfs }: WarderTarget, more: RunRequest = {}): RunRequest {
  const what = more.language === undefined && more.argv === undefined ? { argv: [COMMAND] } : {};
  return { policy, engine, ...(rootfs === undefined ? {} : { rootfs }), ...what, ...more };
}

/** Where a run of warder is attacked. */
export interface RunSite {
  readonly warder: WarderInstance;
  readonly target: WarderTarget;
  readonly facts: Facts;
}

/** One warder run under a target. @throws WarderError as WarderInstance.execute does */
export function runIn(
  { warder, target, facts }: RunSite,
  request: RunRequest,
  options: { readonly transform?: PlanTransform | undefined; readonly signal: AbortSignal },
): Promise<RunResult> {
  const { transform, signal } = options;
  // An attack of several runs would go on with the next one, which is canceled as well.
  if (signal.aborted) return Promise.reject(new Error('interrupted'));
  const roomy = withRoom(facts, request);
  const all = [roomy.transform, ...(transform ? [transform] : [])];
  return warder.execute(baseRequest(target, roomy.request), { signal, transform: combine(all) });
}

/** Starts the probe in the target's sandbox, with `transform` applied after the probe was put there. */
export function startInSandbox(
  site: RunSite,
  stage: ProbeStage,
  options: {
    readonly transform?: PlanTransform | undefined;
    readonly request?: RunRequest | undefined;
    readonly signal: AbortSignal;
  },
): StartProbe {
  return async (args) => {
    const transforms = [stage.transform, startProbe(args), ...(options.transform ? [options.transform] : [])];
    const { signal } = options;
    const result = await runIn(site, options.request ?? {}, {
      transform: combine(transforms),
      signal,
    });
    return { output: textOf(result), end: endOfRun(result) };
  };
}

function textOf({ stdout }: RunResult): string {
  return stdout.encoding === 'utf8' ? stdout.data : Buffer.from(stdout.data, 'base64').toString('latin1');
}

/** @throws WarderError POLICY_*, HOST_* when the host cannot run under this target */
export async function factsOf(warder: WarderInstance, target: Target): Promise<Facts> {
  const { facts } = warder.runtime;
  const host = {
    arch: facts.arch === 'arm64' ? 'aarch64' : 'x86_64',
    kernel: facts.kernel,
    uid: facts.uid,
    landlockAbi: facts.landlockAbi,
    cgroupDriver: facts.cgroup.driver,
  } as const;
  if (target.kind !== 'warder') return { ...host, engine: 'none', policy: NO_POLICY };
  const prepared = await warder.prepare(baseRequest(target), {});
  return {
    ...host,
    engine: prepared.engine.capabilities.name,
    policy: { ...policyFacts(prepared, host.arch), reference: target.policy },
  };
}

const NO_POLICY: Facts['policy'] = {
  name: 'none',
  network: 'loopback',
  writtenFiles: 'allow',
  seccompProfile: 'none',
  pids: null,
  children: true,
};

function policyFacts({ policy, program }: Prepared, arch: Facts['arch']): Facts['policy'] {
  const { pids, wallMs, stdout, stderr } = policy.limits;
  return {
    name: policy.name,
    network: policy.network.mode,
    writtenFiles: policy.execution.writtenFiles,
    seccompProfile: policy.seccomp.profile,
    hostname: policy.identity.hostname,
    environment: Object.keys(policy.environment),
    pids,
    // A child needs a second task.
    children: (pids === null || pids > 1) && allowsFork(program.spec.filter, arch),
    supervised: { wallMs, stdoutBytes: stdout.sizeBytes, stderrBytes: stderr.sizeBytes },
    binds: policy.filesystem.mounts.map(({ source, target, readOnly }) => ({ source, target, readOnly })),
    artifacts: policy.artifacts,
  };
}

const SIGCHLD = 17n;

/** What fork(3) calls, by what the filter's bytes say of it. */
function allowsFork(filter: Uint8Array, arch: Facts['arch']): boolean {
  const nr = syscallNumber(arch, 'clone') ?? -1;
  const args = [SIGCHLD, 0n, 0n, 0n, 0n, 0n];
  return simulateProgram(filter, { auditArch: AUDIT_ARCH[arch], nr, args }).kind === 'allow';
}

export function allowsChildren({ policy }: Facts): boolean {
  return policy.children;
}

export function launcherPaths({ runtime }: WarderInstance): LauncherPaths {
  const { bubblewrap, nsjail } = runtime.facts.engines;
  return {
    bubblewrap: bubblewrap.found ? bubblewrap.path : null,
    nsjail: nsjail.found ? nsjail.path : null,
  };
}
