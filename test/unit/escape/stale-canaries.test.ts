import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OWNER_SOCKET, sweepCanaries } from '#escape/stale-canaries.ts';

let parent = '';
const servers: Server[] = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'sweep-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
  rmSync(parent, { recursive: true });
});

function canary(suffix: string): string {
  const directory = join(parent, `warder-canary-${suffix}`);
  mkdirSync(join(directory, 'own'), { recursive: true, mode: 0o755 });
  writeFileSync(join(directory, 'secret'), 'token');
  return directory;
}

async function listenIn(directory: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((done) => server.listen(join(directory, OWNER_SOCKET), done));
  servers.push(server);
  return server;
}

/** A socket file that nobody listens on, as a killed process leaves it. */
async function orphan(directory: string): Promise<void> {
  const aside = join(parent, 'aside');
  mkdirSync(aside);
  const server = await listenIn(aside);
  linkSync(join(aside, OWNER_SOCKET), join(directory, OWNER_SOCKET));
  await new Promise((done) => server.close(done));
  servers.splice(servers.indexOf(server), 1);
}

test('a dead suite loses its directory, a living one keeps it', async () => {
  const [living, dead] = [canary('living'), canary('killed')];
  await listenIn(living);
  await orphan(dead);
  expect(await sweepCanaries(parent)).toBe(1);
  expect(existsSync(living)).toBe(true);
  expect(existsSync(dead)).toBe(false);
});

test('what has no socket goes only when it is old: a suite that starts has none yet', async () => {
  const [young, old] = [canary('young1'), canary('older1')];
  utimesSync(old, new Date(0), new Date(0));
  expect(await sweepCanaries(parent)).toBe(1);
  expect(existsSync(young)).toBe(true);
  expect(existsSync(old)).toBe(false);
});

test('links, other names and what others may write are left alone', async () => {
  const target = join(parent, 'target');
  mkdirSync(target);
  symlinkSync(target, join(parent, 'warder-canary-linked'));
  const open = canary('opened');
  chmodSync(open, 0o777);
  const other = join(parent, 'warder-canary-of-somebody');
  mkdirSync(other);
  for (const path of [open, other, target]) utimesSync(path, new Date(0), new Date(0));
  expect(await sweepCanaries(parent)).toBe(0);
  for (const path of [open, other, target]) expect(existsSync(path)).toBe(true);
});
