/**
 * What must not be reached or read from inside: set up on the host before the attacks, each with a random token of this
 * run, so that a leak is found by searching for the token. Connections to the sockets are counted.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CANARY_PREFIX, OWNER_SOCKET } from './stale-canaries.ts';

export interface Canaries {
  /** 32 hexadecimal digits, in the environment of this process and in every canary. */
  readonly token: string;
  /** Directory on the host, readable by everybody, in which the others lie. */
  readonly dir: string;
  /** A readable file of the host with the token in it. */
  readonly file: string;
  /** A file that only the supervisor's uid may read. */
  readonly secretFile: string;
  /** A directory that only the supervisor's uid may enter, for what an attack makes where there is no sandbox. */
  readonly ownDir: string;
  /** A listening stream socket in the file system. */
  readonly unixPath: string;
  /** The same with an abstract address; without the leading NUL. */
  readonly abstractName: string;
  /** A TCP listener on 127.0.0.1. */
  readonly tcpPort: number;
  /** The supervisor itself. */
  readonly pid: number;
  /** Names of its namespaces, such as `user` → `user:[4026531837]`. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** Connections that were accepted, by canary. */
  readonly touched: () => Readonly<Record<'unix' | 'abstract' | 'tcp', number>>;
  /** Which files no longer have the content that was put there. */
  readonly changed: () => Promise<readonly string[]>;
}

export interface OpenCanaries extends Canaries {
  readonly close: () => Promise<void>;
}

/** Name of the variable of this process's environment that holds the token. */
export const CANARY_VARIABLE = 'WARDER_ESCAPE_CANARY';

export async function plantCanaries(): Promise<OpenCanaries> {
  const token = randomBytes(16).toString('hex');
  const dir = await mkdtemp(join(tmpdir(), CANARY_PREFIX));
  const owner = await listen({ path: join(dir, OWNER_SOCKET) }, () => {});
  // Only the sandbox may be what keeps a program from the canaries.
  await chmod(dir, 0o755);
  const paths = {
    file: join(dir, 'file'),
    secretFile: join(dir, 'secret'),
    ownDir: join(dir, 'own'),
    unixPath: join(dir, 'socket'),
  };
  const content = `${token}\n`;
  const counts = { unix: 0, abstract: 0, tcp: 0 };
  await writeFile(paths.file, content, { mode: 0o644 });
  await writeFile(paths.secretFile, content, { mode: 0o600 });
  await mkdir(paths.ownDir, { mode: 0o700 });
  const abstractName = `warder-canary-${token}`;
  const tcp = await listen({ port: 0, host: '127.0.0.1' }, () => counts.tcp++);
  const unix = await listen(
    { path: paths.unixPath, readableAll: true, writableAll: true },
    () => counts.unix++,
  );
  const abstract = await listen({ path: `\0${abstractName}` }, () => counts.abstract++);
  const before = process.env[CANARY_VARIABLE];
  process.env[CANARY_VARIABLE] = token;
  const address = tcp.address();
  return {
    token,
    dir,
    ...paths,
    abstractName,
    tcpPort: typeof address === 'object' && address ? address.port : 0,
    pid: process.pid,
    namespaces: await ownNamespaces(),
    touched: () => ({ ...counts }),
    changed: async () => changedFiles([paths.file, paths.secretFile], content),
    close: async () => {
      if (before === undefined) delete process.env[CANARY_VARIABLE];
      else process.env[CANARY_VARIABLE] = before;
      for (const server of [tcp, unix, abstract, owner]) await new Promise((done) => server.close(done));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function ownNamespaces(): Promise<Readonly<Record<string, string>>> {
  const names = ['user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'];
  const links = await Promise.all(names.map(async (name) => [name, await readlink(`/proc/self/ns/${name}`)]));
  return Object.fromEntries(links) as Record<string, string>;
}

function listen(options: Parameters<Server['listen']>[0], onConnection: () => void): Promise<Server> {
  const server = createServer((socket) => {
    onConnection();
    socket.on('error', () => {});
    socket.destroy();
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options as object, () => resolve(server));
  });
}

async function changedFiles(paths: readonly string[], content: string): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const path of paths) {
    const now = await readFile(path, 'utf8').catch((error: unknown) => String(error));
    if (now !== content) changed.push(path);
  }
  return changed;
}
