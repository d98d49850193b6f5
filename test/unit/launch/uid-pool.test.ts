import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createUidPool, DEFAULT_UID_COUNT, DEFAULT_UID_FIRST } from '#launch/uid-pool.ts';
import { describeWithNative, NATIVE_PATH } from '../../helpers/native.ts';

let runtimeDir = '';
const nativePath = NATIVE_PATH;

beforeEach(async () => {
  runtimeDir = await mkdtemp(join(tmpdir(), 'warder-test-'));
});
afterEach(() => rm(runtimeDir, { recursive: true }));

const createPool = (count: number) => createUidPool({ runtimeDir, nativePath, first: 5000, count });

test('the default range is above what systemd gives to containers, and fits a uid', () => {
  expect(DEFAULT_UID_FIRST).toBeGreaterThan(1_879_048_191);
  expect(DEFAULT_UID_FIRST + DEFAULT_UID_COUNT).toBeLessThan(2 ** 31 - 2);
});

test('an unusable runtime directory is an error', async () => {
  const pool = createUidPool({ runtimeDir: '/proc/nonexistent', nativePath });
  await expect(pool.lease()).rejects.toMatchObject({ code: 'HOST_RUNTIME_DIR' });
  await pool.close();
});

describeWithNative('with the native program', () => {
  test('leases are distinct, in range, and gid equals uid', async () => {
    const pool = createPool(20);
    const leases = await Promise.all(Array.from({ length: 20 }, () => pool.lease()));
    const uids = leases.map(({ uid }) => uid).sort((a, b) => a - b);
    expect(uids).toEqual(Array.from({ length: 20 }, (_, index) => 5000 + index));
    expect(leases.every(({ uid, gid }) => uid === gid)).toBe(true);
    await pool.close();
  });

  test('when every uid is leased, the next lease says so, and works after a release', async () => {
    const pool = createPool(2);
    const [first] = [await pool.lease(), await pool.lease()];
    await expect(pool.lease()).rejects.toMatchObject({
      code: 'HOST_UIDS_EXHAUSTED',
      details: { first: 5000, count: 2 },
    });
    first?.release();
    expect((await pool.lease()).uid).toBe(first?.uid);
    await pool.close();
  });

  test('a released uid goes to the back of the queue', async () => {
    const pool = createPool(3);
    const first = await pool.lease();
    first.release();
    const order = [await pool.lease(), await pool.lease(), await pool.lease()].map(({ uid }) => uid);
    expect(order.at(-1)).toBe(first.uid);
    await pool.close();
  });

  test('releasing twice gives the uid back once', async () => {
    const pool = createPool(1);
    const lease = await pool.lease();
    lease.release();
    lease.release();
    await pool.lease();
    await expect(pool.lease()).rejects.toMatchObject({ code: 'HOST_UIDS_EXHAUSTED' });
    await pool.close();
  });

  test('two pools never share a uid, and closing one frees its uids for the other', async () => {
    const [a, b] = [createPool(8), createPool(8)];
    const ours = await Promise.all([a.lease(), a.lease(), b.lease(), b.lease()]);
    expect(new Set(ours.map(({ uid }) => uid)).size).toBe(4);
    await a.close();
    const rest = await Promise.all(Array.from({ length: 6 }, () => b.lease()));
    expect(new Set([...ours.slice(2), ...rest].map(({ uid }) => uid)).size).toBe(8);
    await b.close();
  });

  test('a closed pool leases nothing, not even what was under way', async () => {
    const pool = createPool(8);
    const underWay = expect(pool.lease()).rejects.toMatchObject({ code: 'SUPERVISE_CLOSED' });
    await pool.close();
    await underWay;
    await expect(pool.lease()).rejects.toMatchObject({ code: 'SUPERVISE_CLOSED' });
    const other = createPool(8);
    await Promise.all(Array.from({ length: 8 }, () => other.lease()));
    await other.close();
  });
});
