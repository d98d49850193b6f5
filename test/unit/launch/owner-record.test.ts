import { mkdtemp, open, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLockAll } from '#launch/lock.ts';
import { claimOwnership, findStale } from '#launch/owner-record.ts';
import { encodeOwnerRecord } from '#launch/owner-schema.ts';
import { readProcessOrigin } from '#launch/process-origin.ts';
import { describeWithNative, NATIVE_PATH } from '../../helpers/native.ts';

let runtimeDir = '';
const nativePath = NATIVE_PATH;
const leafParents = ['/sys/fs/cgroup/pids'];

beforeEach(async () => {
  runtimeDir = await mkdtemp(join(tmpdir(), 'warder-test-'));
});
afterEach(() => rm(runtimeDir, { recursive: true }));

const owners = (): Promise<string[]> => readdir(join(runtimeDir, 'owners'));
const ownerPath = (name: string): string => join(runtimeDir, 'owners', name);

async function writeAged(name: string, text: string, ageMs: number): Promise<void> {
  await writeFile(ownerPath(name), text);
  const time = new Date(Date.now() - ageMs);
  await utimes(ownerPath(name), time, time);
}

async function deadRecord(change: { readonly bootId?: string } = {}): Promise<string> {
  const startedAt = new Date().toISOString();
  const base = { schema: 1 as const, id: 'dead', startedAt, leafParents, leafPrefix: 'warder-dead-' };
  return encodeOwnerRecord({ ...base, ...(await readProcessOrigin()), ...change });
}

test('without the native program the claim fails and leaves no file', async () => {
  const claim = claimOwnership({ runtimeDir, nativePath: '/nonexistent', leafParents });
  await expect(claim).rejects.toMatchObject({ code: 'HOST_NATIVE_MISSING' });
  expect(await owners()).toEqual([]);
});

test('a parent outside the cgroup file systems cannot be claimed', async () => {
  await expect(claimOwnership({ runtimeDir, nativePath, leafParents: ['/etc'] })).rejects.toThrow();
  expect(await owners()).toEqual([]);
});

describeWithNative('with the native program', () => {
  test('an abandoned claim is a stale record for the next', async () => {
    const owner = await claimOwnership({ runtimeDir, nativePath, leafParents });
    expect(await findStale({ runtimeDir, nativePath })).toEqual([]);
    await owner.abandon();
    const stale = await findStale({ runtimeDir, nativePath });
    expect(stale.map(({ record }) => record?.id)).toEqual([owner.record.id]);
    await Promise.all(stale.map((one) => one.close()));
  });

  test('a claim is one readable record, and its release removes it', async () => {
    const owner = await claimOwnership({ runtimeDir, nativePath, leafParents });
    const name = `${owner.record.id}.json`;
    expect(await owners()).toEqual([name]);
    expect(JSON.parse(await readFile(ownerPath(name), 'utf8'))).toEqual(owner.record);
    expect(owner.record).toMatchObject({
      pid: process.pid,
      leafParents,
      leafPrefix: `warder-${owner.record.id}-`,
    });
    expect(owner.stale).toEqual([]);
    await owner.release();
    expect(await owners()).toEqual([]);
  });

  test('the record of a living supervisor is not stale, even within one process', async () => {
    const first = await claimOwnership({ runtimeDir, nativePath, leafParents });
    const second = await claimOwnership({ runtimeDir, nativePath, leafParents });
    expect(second.stale).toEqual([]);
    expect(await findStale({ runtimeDir, nativePath })).toEqual([]);
    await Promise.all([first.release(), second.release()]);
  });

  test('two supervisors cannot have the same id', async () => {
    const first = await claimOwnership({ runtimeDir, nativePath, leafParents, id: 'same' });
    await expect(claimOwnership({ runtimeDir, nativePath, leafParents, id: 'same' })).rejects.toMatchObject({
      code: 'HOST_RUNTIME_DIR',
      details: { why: 'EEXIST' },
    });
    expect(await owners()).toEqual(['same.json']);
    expect(await findStale({ runtimeDir, nativePath })).toEqual([]);
    await first.release();
  });

  test('a record whose lock is free is stale at once, and only one finder gets it', async () => {
    await claimOwnership({ runtimeDir, nativePath, leafParents }).then((owner) => owner.release());
    await writeAged('dead.json', await deadRecord(), 0);
    const owner = await claimOwnership({ runtimeDir, nativePath, leafParents });
    expect(owner.stale).toMatchObject([
      { path: ownerPath('dead.json'), sameBoot: true, record: { id: 'dead' } },
    ]);
    expect(await findStale({ runtimeDir, nativePath })).toEqual([]);
    for (const stale of owner.stale) {
      await stale.unlink();
      await stale.unlink();
      await stale.close();
    }
    expect(await owners()).toEqual([`${owner.record.id}.json`]);
    await owner.release();
  });

  test('a record of another boot is told apart', async () => {
    await claimOwnership({ runtimeDir, nativePath, leafParents }).then((owner) => owner.release());
    await writeAged('dead.json', await deadRecord({ bootId: 'other' }), 0);
    const [stale, ...rest] = await findStale({ runtimeDir, nativePath });
    expect(rest).toEqual([]);
    expect(stale?.sameBoot).toBe(false);
    await stale?.close();
  });

  test('what is not a record is left alone while young or locked', async () => {
    await claimOwnership({ runtimeDir, nativePath, leafParents }).then((owner) => owner.release());
    await writeAged('young.json', '{', 0);
    await writeAged('.draft-young', '{', 0);
    await writeAged('old.json', '{', 120_000);
    await writeAged('.draft-old', '{', 120_000);
    await writeAged('locked.json', '{', 120_000);
    await writeAged('unrelated.txt', '{', 120_000);
    await symlink('/etc/passwd', ownerPath('link.json'));
    const lock = await open(ownerPath('locked.json'), 'r');
    await tryLockAll(nativePath, [lock]);
    const stale = await findStale({ runtimeDir, nativePath });
    expect(stale.map(({ path }) => path).sort()).toEqual([ownerPath('.draft-old'), ownerPath('old.json')]);
    expect(stale.map(({ record }) => record)).toEqual([null, null]);
    await Promise.all([lock, ...stale].map((one) => one.close()));
  });
});
