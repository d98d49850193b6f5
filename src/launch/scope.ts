/**
 * A transient scope of systemd that holds our leaves. One process stays in it, since systemd removes a scope that is
 * empty: `cat`, which waits for the end of a pipe that only this supervisor holds. Whatever ends the supervisor ends it,
 * and when the leaves have emptied as well, systemd removes the scope and every group in it.
 */
import { readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { settlesWithin } from '#util/deadline.ts';
import { spawnProcess } from './spawn.ts';
import { MANAGER_OPTION, type Manager, SYSTEMD_TIMEOUT_MS, type SystemdEnv, systemdEnv } from './systemd.ts';

const READY = 'ready\n';

export interface ScopeOptions {
  /** Without the suffix; letters, digits and hyphens. */
  readonly name: string;
  /** `user` asks the manager of the caller's own user. */
  readonly manager: Manager;
  readonly env: SystemdEnv;
}

export interface HeldScope {
  readonly unit: string;
  /** The process that holds it. */
  readonly pid: number;
  /** Its path in the v2 hierarchy, as /proc shows it. */
  readonly path: string;
  /**
   * Has systemd move a process of ours into the group `subgroup` of the scope. From a login session nobody else may:
   * the common ancestor of session and scope belongs to root (cgroup-v2.rst, "Delegation Containment"). Null when done,
   * else what systemd said.
   */
  attach(pid: number, subgroup: string): Promise<string | null>;
  /** Lets the holder go. The scope stays while somebody else is in it. */
  close(): Promise<void>;
}

/** The scope, or why there is none, in systemd's words. */
export async function holdScope({ name, manager, env }: ScopeOptions): Promise<HeldScope | string> {
  const unit = `${name}.scope`;
  const args = [MANAGER_OPTION[manager], '--scope', '--quiet', '--collect', `--unit=${unit}`];
  args.push('--property=Delegate=yes', '--description=warder: groups of sandboxes', '--', 'cat');
  const { subprocess } = await spawnProcess('systemd-run', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: systemdEnv(env),
    extendEnv: false,
    reject: false,
    buffer: false,
    cleanup: false,
    // Not in our process group: what a terminal sends there must not end the holder.
    detached: true,
  });
  const { pid } = subprocess;
  const { stdin, stdout, stderr } = subprocess as unknown as Holder;
  if (pid === undefined) return 'systemd-run cannot be started';
  const said = collect(stderr);
  stdin.on('error', () => {});
  const ended = subprocess.then(() => {});
  const close = async (): Promise<void> => {
    stdin.destroy();
    if (!(await settlesWithin(ended, SYSTEMD_TIMEOUT_MS))) subprocess.kill('SIGKILL');
  };
  // cat repeats it, so it has been started, and systemd-run starts it only inside the scope.
  stdin.write(READY);
  const ready = new Promise<boolean>((resolve) => {
    stdout.once('data', () => resolve(true));
    stdout.once('close', () => resolve(false));
  });
  if (!(await settlesWithin(ready, SYSTEMD_TIMEOUT_MS)) || !(await ready)) {
    subprocess.kill('SIGKILL');
    await ended;
    return said() || 'systemd-run did not answer';
  }
  // The holder does not keep a program alive that has forgotten to close us.
  for (const held of [subprocess, stdin, stdout, stderr]) (held as { unref?: () => void }).unref?.();
  const path = await pathOf(pid);
  const attach = (member: number, subgroup: string) =>
    attachBySystemd({ manager, env, unit, pid: member, subgroup });
  return { unit, pid, path, attach, close };
}

interface Holder {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

function collect(stream: Readable): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(0, 1000);
  });
  return () => text.trim().replaceAll('\n', '; ');
}

async function pathOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8');
  return /^0::(.*)$/m.exec(text)?.[1] ?? '';
}

interface Attachment {
  readonly manager: Manager;
  readonly env: SystemdEnv;
  readonly unit: string;
  readonly pid: number;
  readonly subgroup: string;
}

/** org.freedesktop.systemd1(5), AttachProcessesToUnit; the user's manager passes on to the system's what it may not do. */
async function attachBySystemd({ manager, env, unit, pid, subgroup }: Attachment): Promise<string | null> {
  const call = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager'];
  const args = [MANAGER_OPTION[manager], 'call', ...call, 'AttachProcessesToUnit'];
  args.push('ssau', unit, `/${subgroup}`, '1', String(pid));
  const { subprocess } = await spawnProcess('busctl', args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: systemdEnv(env),
    extendEnv: false,
    reject: false,
    timeout: SYSTEMD_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const result = await subprocess;
  if (!result.failed) return null;
  return String(result.stderr ?? '').trim() || result.shortMessage || 'busctl failed';
}
