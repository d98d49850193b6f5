import { describe, expect, test } from 'vitest';
import { LANDLOCK_ABI, planLandlock } from '#plan/landlock.ts';
import { BUILT_ROOTFS, policyWith } from './fixtures.ts';

/** LANDLOCK_ACCESS_FS_* by bit (linux/landlock.h). */
const [EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, MAKE_CHAR, MAKE_BLOCK, REFER, TRUNCATE] = [
  0, 1, 2, 3, 6, 11, 13, 14,
];
const has = (mask: number | undefined, bit: number): boolean => Math.floor((mask ?? 0) / 2 ** bit) % 2 === 1;

const plan = (abi: number, body = {}) => planLandlock(policyWith({}, body), BUILT_ROOTFS, abi);
const rule = (path: string, abi = 7, body = {}) =>
  plan(abi, body)?.rules.find((one) => one.path === path)?.access;

describe('planLandlock', () => {
  test.each([0, 1])('there is none with ABI %i, which would forbid renaming across directories', (abi) => {
    expect(plan(abi)).toBeNull();
  });

  test('reading is never handled, so everything that the mounts show can be read', () => {
    expect(has(plan(7)?.handledFs, READ_FILE)).toBe(false);
    expect(has(plan(7)?.handledFs, READ_DIR)).toBe(false);
  });

  test('writing is granted below the three places of the program, and node makers nowhere', () => {
    for (const path of ['/workspace', '/tmp', '/dev/shm']) {
      expect(has(rule(path), WRITE_FILE)).toBe(true);
      expect(has(rule(path), REFER)).toBe(true);
      expect(has(rule(path), TRUNCATE)).toBe(true);
    }
    for (const bit of [MAKE_CHAR, MAKE_BLOCK]) {
      expect(has(plan(7)?.handledFs, bit)).toBe(true);
      for (const { access } of plan(7)?.rules ?? []) expect(has(access, bit)).toBe(false);
    }
    expect(rule('/')).toBeUndefined();
    expect(rule('/usr')).toBeUndefined();
  });

  test('devices of the policy can be written, and nothing else of theirs', () => {
    expect(rule('/dev/null')).toBe(2 ** WRITE_FILE + 2 ** TRUNCATE);
    expect(rule('/dev/null', 2)).toBe(2 ** WRITE_FILE);
  });

  test('writable mounts are granted, read-only ones are not', () => {
    const mounts = [
      { type: 'bind' as const, source: '/a', target: '/in', readOnly: false },
      { type: 'bind' as const, source: '/b', target: '/ro', readOnly: true },
    ];
    const filesystem = { rootfs: 'auto', mounts };
    expect(has(rule('/in', 7, { filesystem }), WRITE_FILE)).toBe(true);
    expect(rule('/ro', 7, { filesystem })).toBeUndefined();
  });

  test('executing is handled only with writtenFiles: deny, and granted below the root file system only', () => {
    const execution = { writtenFiles: 'deny' as const };
    expect(has(plan(7)?.handledFs, EXECUTE)).toBe(false);
    expect(has(plan(7, { execution })?.handledFs, EXECUTE)).toBe(true);
    for (const { target } of BUILT_ROOTFS.binds) expect(rule(target, 7, { execution })).toBe(2 ** EXECUTE);
    for (const path of ['/workspace', '/tmp', '/dev/shm'])
      expect(has(rule(path, 7, { execution }), EXECUTE)).toBe(false);
  });

  test('TCP is refused without a network, where the ABI knows it', () => {
    expect(plan(LANDLOCK_ABI.net)?.handledNet).toBe(3);
    expect(plan(LANDLOCK_ABI.net - 1)?.handledNet).toBe(0);
    expect(plan(7, { network: { mode: 'loopback' } })?.handledNet).toBe(0);
  });

  test('signals and abstract sockets stay inside, where the ABI knows it', () => {
    expect(plan(LANDLOCK_ABI.scope)?.scoped).toBe(3);
    expect(plan(LANDLOCK_ABI.scope - 1)?.scoped).toBe(0);
  });

  test('truncating is handled from its ABI on', () => {
    expect(has(plan(LANDLOCK_ABI.truncate)?.handledFs, TRUNCATE)).toBe(true);
    expect(has(plan(LANDLOCK_ABI.truncate - 1)?.handledFs, TRUNCATE)).toBe(false);
  });
});
