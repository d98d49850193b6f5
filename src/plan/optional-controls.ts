/** Controls that are in the table only where the policy sets them. */
import type { HostFacts } from '#host/types.ts';
import type { IoLimit } from '#policy/types.ts';
import { formatCpuList } from '#util/cpu-list.ts';
import { type ControlContext, type ControlFinding, gap, heldByCgroup } from './control-finding.ts';

export function optionalControls(context: ControlContext): ControlFinding[] {
  return [...cpusetControl(context), ...ioControl(context)];
}

/** The listed processors that the host can give; those that it lacks cannot be used by anybody. */
export function availableCpus(cpuset: readonly number[], { cgroup }: HostFacts): readonly number[] {
  return cpuset.filter((cpu) => cgroup.cpus?.includes(cpu));
}

function cpusetControl({ policy, host }: ControlContext): ControlFinding[] {
  const { cpuset } = policy.limits;
  if (cpuset === undefined) return [];
  const value = formatCpuList(cpuset);
  const finding = heldByCgroup(host, 'cpuset', value, { controller: 'cpuset' });
  // With no processor left, version 2 would give those of the parent (cgroup-v2.rst, cpuset.cpus.effective).
  if (finding.gap !== undefined || availableCpus(cpuset, host).length > 0) return [finding];
  const here = formatCpuList(host.cgroup.cpus ?? []) || 'none';
  return [gap('cpuset', value, [], `none of the processors ${value} can be used here, only ${here}`)];
}

function ioControl({ policy, host }: ControlContext): ControlFinding[] {
  const { io } = policy.limits;
  if (io === undefined) return [];
  const value = ioRates(io);
  const finding = heldByCgroup(host, 'io', value, { controller: 'io' });
  const writes = io.writeBytes !== null || io.writeOps !== null;
  if (finding.gap !== undefined || host.cgroup.driver !== 'v1' || !writes) return [finding];
  // cgroup-v1/blkio-controller.rst: only synchronous and direct writes are throttled there.
  const why =
    'cgroup v1 does not limit writes that go through the page cache; `write` and `writeOps` need v2';
  return [gap('io', value, finding.entry.enforcedBy, why)];
}

/** Base units per second and disk. */
function ioRates({ readBytes, writeBytes, readOps, writeOps }: IoLimit): readonly string[] {
  const rates = { read: readBytes, write: writeBytes, readOps, writeOps };
  return Object.entries(rates).flatMap(([name, rate]) => (rate === null ? [] : [`${name}=${rate}`]));
}
