import { USER_SYSTEMD_FROZEN } from '#host/cgroup/scope-place.ts';
import {
  allowGroups,
  BOOT_WITH_CGROUP_V2,
  delegateToService,
  delegateToUser,
  ENABLE_MEMORY,
  enableLinger,
  FORGET_PARENT,
  MOUNT_CGROUP2,
  MOUNT_OWN_CGROUP2,
  REMOUNT_CGROUP_WRITABLE,
  START_AS_USER_SERVICE,
  stopDisabling,
  thawUserManager,
  USE_USER_MANAGER,
  unprotectGroupsOfService,
} from './fixes/cgroup.ts';
import { groupOfRoot, groupOfUser } from './fixes/cgroup-by-hand.ts';
import { setKernelParameter } from './fixes/shell.ts';
import type { DoctorFacts, Fix } from './types.ts';

const ACCOUNT_SWAP = setKernelParameter('swapaccount', '1', 'Have swap counted per group');

/** The repair for a controller that cannot be used, by what this host says about the cause; undefined when unknown. */
export function cgroupFix(facts: DoctorFacts, controller: string, why: string): Fix | undefined {
  const isMemory = controller === 'memory' || controller === 'swap';
  const disabled = isMemory && /(?:^|\s)(cgroup_disable=\S*\bmemory\b\S*)/.exec(cmdline(facts))?.[1];
  if (disabled) return stopDisabling(disabled);
  if (facts.cgroup.delegation?.failures.some(({ step }) => step === 'parent')) return FORGET_PARENT;
  const full = /cannot make the cgroup (\/sys\/fs\/cgroup\/.+)\/[^/]+: EAGAIN/.exec(why)?.[1];
  if (full !== undefined) return allowGroups(full);
  if (why.includes(USER_SYSTEMD_FROZEN)) return thawUserManager(facts.uid);
  if (/EROFS|read-only/i.test(why)) return writable(facts);
  if (!isMounted(facts)) return MOUNT_CGROUP2;
  if (/a cgroup2 mount of its own/.test(why)) return MOUNT_OWN_CGROUP2;
  if (isV1(facts)) return facts.uid === 0 && controller === 'swap' ? ACCOUNT_SWAP : BOOT_WITH_CGROUP_V2;
  if (isMemory && isWithoutMemory(facts)) return ENABLE_MEMORY;
  if (controller === 'swap') return ACCOUNT_SWAP;
  // Rates are set per disk: where there is none, nothing is missing that could be delegated.
  if (controller === 'io' && /no disk/.test(why)) return undefined;
  return delegation(facts);
}

function cmdline({ files }: DoctorFacts): string {
  return files.text('proc/cmdline') ?? '';
}

function isMounted({ files }: DoctorFacts): boolean {
  return / - cgroup2? /.test(files.text('proc/self/mountinfo') ?? '');
}

/** By the type of a mounted file system: the line `0::` of /proc/self/cgroup is there on hybrid hosts too. */
function isV1({ files, cgroup }: DoctorFacts): boolean {
  return (
    cgroup.driver === 'v1' ||
    / - cgroup .*\b(?:memory|pids|cpu)\b/.test(files.text('proc/self/mountinfo') ?? '')
  );
}

function isWithoutMemory({ files }: DoctorFacts): boolean {
  const controllers = files.text('sys/fs/cgroup/cgroup.controllers');
  return controllers !== null && !controllers.split(' ').includes('memory');
}

/** Our own group on version 2, as /proc shows it. */
function ownGroup({ files }: DoctorFacts): string {
  return /^0::(.*)$/m.exec(files.text('proc/self/cgroup') ?? '')?.[1] ?? '';
}

/** The unit of the system that we run in, unless systemd-run made it: that is gone when it ends, and has no next start. */
function ownService(facts: DoctorFacts): string | undefined {
  const service = /^\/system\.slice\/([^/]+\.service)(?:\/|$)/.exec(ownGroup(facts))?.[1];
  return service === undefined || /^run-[\w-]+\.service$/.test(service) ? undefined : service;
}

function writable(facts: DoctorFacts): Fix {
  const service = ownService(facts);
  return service === undefined ? REMOUNT_CGROUP_WRITABLE : unprotectGroupsOfService(service);
}

function delegation(facts: DoctorFacts): Fix | undefined {
  const { uid, session } = facts;
  const own = ownGroup(facts);
  if (own !== '' && !isOfSystemd(own))
    return uid === 0 ? groupOfRoot() : groupOfUser({ uid, gid: gidOf(facts) });
  if (uid === 0) return undefined;
  const service = ownService(facts);
  if (service !== undefined && !holdsOthers(facts)) return delegateToService(service);
  if (!session.bus) return enableLinger(uid);
  if (!session.runtimeDirKnown) return USE_USER_MANAGER;
  return /\/session-[^/]+\.scope$/.test(own) ? START_AS_USER_SERVICE : delegateToUser(uid);
}

/** Our own group is delegated, and that was not enough: whoever started us is in it, and systemd knows no subgroups. */
function holdsOthers({ cgroup }: DoctorFacts): boolean {
  const failures = cgroup.delegation?.failures ?? [];
  return failures.some(({ step, why }) => step === 'own' && why.startsWith('it holds processes'));
}

/** Every group that systemd makes is a unit or below one (systemd.slice(5)). */
function isOfSystemd(own: string): boolean {
  return /\.(?:slice|service|scope)(?:\/|$)/.test(own);
}

function gidOf({ files, uid }: DoctorFacts): number {
  return Number(/^Gid:\s+\d+\s+(\d+)/m.exec(files.text('proc/self/status') ?? '')?.[1] ?? uid);
}
