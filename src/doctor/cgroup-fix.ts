import {
  BOOT_WITH_CGROUP_V2,
  delegateToService,
  delegateToUser,
  ENABLE_MEMORY,
  enableLinger,
  MOUNT_CGROUP2,
  REMOUNT_CGROUP_WRITABLE,
  START_AS_USER_SERVICE,
  STOP_DISABLING_MEMORY,
  USE_USER_MANAGER,
} from './fixes/cgroup.ts';
import { addKernelParameter } from './fixes/shell.ts';
import type { DoctorFacts, Fix } from './types.ts';

const ACCOUNT_SWAP = addKernelParameter('swapaccount=1', 'Have swap counted per group');

/** The repair for a controller that cannot be used, by what this host says about the cause; undefined when unknown. */
export function cgroupFix(facts: DoctorFacts, controller: string, why: string): Fix | undefined {
  const { files } = facts;
  const isMemory = controller === 'memory' || controller === 'swap';
  if (isMemory && /\bcgroup_disable=\S*memory/.test(files.text('proc/cmdline') ?? ''))
    return STOP_DISABLING_MEMORY;
  if (/EROFS|read-only/i.test(why)) return REMOUNT_CGROUP_WRITABLE;
  if (!isMounted(facts)) return MOUNT_CGROUP2;
  if (isV1(facts)) return facts.uid === 0 && controller === 'swap' ? ACCOUNT_SWAP : BOOT_WITH_CGROUP_V2;
  if (isMemory && isWithoutMemory(facts)) return ENABLE_MEMORY;
  if (controller === 'swap') return ACCOUNT_SWAP;
  return facts.uid === 0 ? undefined : delegation(facts);
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

function delegation({ uid, session, files }: DoctorFacts): Fix {
  const own = /^0::(.*)$/m.exec(files.text('proc/self/cgroup') ?? '')?.[1] ?? '';
  const service = /^\/system\.slice\/([^/]+\.service)$/.exec(own)?.[1];
  if (service !== undefined && !isTransient(service)) return delegateToService(service);
  if (!session.bus) return enableLinger(uid);
  if (!session.runtimeDirKnown) return USE_USER_MANAGER;
  return /\/session-[^/]+\.scope$/.test(own) ? START_AS_USER_SERVICE : delegateToUser(uid);
}

/** Made by systemd-run: it is gone when it ends, so that nothing can be written for its next start. */
function isTransient(service: string): boolean {
  return /^run-[\w-]+\.service$/.test(service);
}
