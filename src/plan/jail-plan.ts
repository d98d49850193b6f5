import type { CgroupSettings } from '#cgroup/types.ts';
import { WarderError } from '#error/warder-error.ts';
import type { HostFacts } from '#host/types.ts';
import type { ResolvedPolicy } from '#policy/types.ts';
import type { Control, ControlEntry, Weakening } from '#result/control.ts';
import type { ResolvedRootfs } from '#rootfs/types.ts';
import type { ControlFinding } from './control-finding.ts';
import { assessControls } from './controls.ts';
import { planMounts } from './jail-mounts.ts';
import { availableCpus } from './optional-controls.ts';
import type { EngineCapabilities, JailPlan } from './types.ts';

/** The kernel's default period of CPU bandwidth control (sched-bwc). */
const CPU_PERIOD_US = 100_000;
/** The smallest quota that the kernel takes. */
const CPU_QUOTA_MIN_US = 1000;
/** Launcher and init live in the leaf too; a launcher needs one more task for a moment while it sets up. */
const OUR_TASKS = 2;
/** How long setting up may take, which the launcher's clock counts as well, on top of init's own grace. */
const LAUNCHER_GRACE_MS = 30_000;

export interface JailPlanInput {
  readonly policy: ResolvedPolicy;
  readonly host: HostFacts;
  readonly rootfs: ResolvedRootfs;
  readonly engine: EngineCapabilities;
  /** What the request was allowed to widen, to be shown in the result. */
  readonly widened: readonly Weakening[];
}

/**
 * Decides the empty jail. Fails closed: every control that nobody can hold is named at once.
 * @throws WarderError HOST_ENGINE_MISSING, HOST_USERNS_DENIED, HOST_CONTROL_UNENFORCEABLE
 */
export function planJail(input: JailPlanInput): JailPlan {
  const { policy, host, rootfs, engine } = input;
  const launcher = requireEngine(host, engine.name);
  requireUserns(host);
  const findings = assessControls({ policy, host, rootfs, engine });
  const gaps = findings.flatMap(({ entry, gap }) =>
    gap === undefined ? [] : [{ control: entry.control, why: gap }],
  );
  requireAllowed(policy, gaps, host);
  return {
    engine: { name: engine.name, version: launcher.version, path: launcher.path },
    identity: policy.identity,
    network: policy.network.mode,
    mounts: planMounts(policy, rootfs, host.procMasks, engine.recursiveBindFlags ? [] : host.mountPoints),
    launcherDeadlineMs: policy.limits.wallMs === null ? null : policy.limits.wallMs + LAUNCHER_GRACE_MS,
    cgroup: planCgroup(input, findings),
    controls: findings.map(({ entry }) => entry),
    weakenings: [
      ...gaps.map(({ control, why }) => ({ id: control, why })),
      ...writableMounts(policy),
      ...input.widened,
    ],
    policy: { name: policy.name, sha256: policy.sha256 },
    rootfs: { name: rootfs.name, sha256: rootfs.sha256 },
  };
}

const HOW_TO_GET = {
  bubblewrap: "Install it: apt-get install bubblewrap (or your distribution's package of that name)",
  nsjail:
    'Debian 12 has no package of it: build it from https://github.com/google/nsjail and put it on PATH, or set WARDER_NSJAIL to it',
} as const;

function requireEngine({ engines }: HostFacts, name: EngineCapabilities['name']) {
  const facts = engines[name];
  if (facts.found) return facts;
  const title = name === 'bubblewrap' ? 'bubblewrap (bwrap)' : name;
  throw new WarderError('HOST_ENGINE_MISSING', `${title} is not installed`, {
    details: { engine: name, searched: facts.searched },
    hint: HOW_TO_GET[name],
  });
}

function requireUserns({ usernsDenied }: HostFacts): void {
  if (usernsDenied === null) return;
  throw new WarderError('HOST_USERNS_DENIED', `user namespaces are switched off: ${usernsDenied}`, {
    details: { why: usernsDenied },
    hint: 'Allow them: sysctl -w user.max_user_namespaces=15000 (and kernel.unprivileged_userns_clone=1 where it exists)',
  });
}

type Gap = { readonly control: Control; readonly why: string };

function requireAllowed(policy: ResolvedPolicy, gaps: readonly Gap[], host: HostFacts): void {
  const refused = gaps.filter(({ control }) => !policy.allowDegraded.includes(control));
  if (refused.length === 0) return;
  const accept = `accept it in a policy of your own with allowDegraded: [${refused.map(({ control }) => control).join(', ')}]`;
  const fixes = [...cgroupFixes(host, refused), ...rootfsFixes(refused)];
  throw new WarderError('HOST_CONTROL_UNENFORCEABLE', `this host cannot enforce: ${byReason(refused)}`, {
    details: { controls: refused },
    hint: fixes.length > 0 ? `${fixes.join('; or ')}. Otherwise ${accept}` : `Fix the cause, or ${accept}`,
  });
}

/** Controls that lack the same thing share its explanation. */
function byReason(gaps: readonly Gap[]): string {
  const reasons = new Map<string, Control[]>();
  for (const { control, why } of gaps) reasons.set(why, [...(reasons.get(why) ?? []), control]);
  return [...reasons].map(([why, controls]) => `${controls.join(', ')} (${why})`).join('; ');
}

const BY_CGROUP: readonly Control[] = ['memory', 'swap', 'pids', 'cpu', 'cpuTime', 'cpuset', 'io'];

/** What helps where no group was delegated, or one without a controller that is needed. */
function cgroupFixes({ cgroup }: HostFacts, refused: readonly Gap[]): readonly string[] {
  if (!refused.some(({ control }) => BY_CGROUP.includes(control))) return [];
  const { failures = [], optional = [] } = cgroup.delegation ?? {};
  const asked = optional.filter(({ tried }) =>
    refused.some(({ control }) => tried.startsWith(`+${control} `)),
  );
  // The last step is the one that helps without a change of where we are; what comes before may need it.
  const steps = failures.toSorted((a, b) => Number(b.step === 'scope') - Number(a.step === 'scope'));
  return [...new Set((asked.length > 0 ? asked : steps).map(({ fix }) => fix))];
}

function rootfsFixes(refused: readonly Gap[]): readonly string[] {
  const build = 'Build a root file system: warder rootfs build NAME (warder rootfs list shows the names)';
  return refused.some(({ control }) => control === 'rootfs') ? [build] : [];
}

function writableMounts({ filesystem }: ResolvedPolicy): Weakening[] {
  return filesystem.mounts
    .filter(({ readOnly }) => !readOnly)
    .map(({ source, target }) => ({ id: 'mounts', why: `${target} writes to ${source} on the host` }));
}

/** A knob is set only where the table above says that the cgroup holds it. */
function planCgroup(input: JailPlanInput, findings: readonly ControlFinding[]): CgroupSettings | null {
  const { limits } = input.policy;
  const byCgroup = (control: Control): boolean =>
    findings.some(({ entry }) => entry.control === control && isHeldByCgroup(entry));
  const settings: CgroupSettings = {
    memoryBytes: byCgroup('memory') ? limits.memoryBytes : null,
    swapBytes: byCgroup('swap') ? limits.swapBytes : null,
    pidsMax: byCgroup('pids') && limits.pids !== null ? limits.pids + OUR_TASKS : null,
    cpu: byCgroup('cpu') && limits.cpuCores !== null ? cpuBandwidth(limits.cpuCores) : null,
    ...(byCgroup('cpuset') && limits.cpuset ? { cpus: availableCpus(limits.cpuset, input.host) } : {}),
    ...(byCgroup('io') && limits.io ? { io: limits.io } : {}),
  };
  const accounted = byCgroup('cpuTime') || Object.values(settings).some((value) => value !== null);
  return accounted ? settings : null;
}

function isHeldByCgroup({ enforcedBy }: ControlEntry): boolean {
  return enforcedBy.includes('cgroup1') || enforcedBy.includes('cgroup2');
}

function cpuBandwidth(cores: number): { quotaUs: number; periodUs: number } {
  return { quotaUs: Math.max(CPU_QUOTA_MIN_US, Math.floor(cores * CPU_PERIOD_US)), periodUs: CPU_PERIOD_US };
}
