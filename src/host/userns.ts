import { readFile } from 'node:fs/promises';

/**
 * Why a user namespace cannot be made here, from the switches that distributions have; null when none forbids
 * it. Whether an AppArmor profile allows the launcher only trying tells: that failure is diagnosed from the launcher's
 * own message.
 */
export async function probeUserns(root = '/'): Promise<string | null> {
  const [max, clone] = await Promise.all([
    readNumber(`${root}proc/sys/user/max_user_namespaces`),
    readNumber(`${root}proc/sys/kernel/unprivileged_userns_clone`),
  ]);
  if (max === 0) return 'user.max_user_namespaces is 0';
  // A supervisor that is root starts launchers under an unprivileged uid, so the switch binds it all the same.
  if (clone === 0) return 'kernel.unprivileged_userns_clone is 0';
  return null;
}

async function readNumber(path: string): Promise<number | null> {
  try {
    return Number.parseInt(await readFile(path, 'utf8'), 10);
  } catch {
    return null;
  }
}
