import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planMounts } from '#plan/jail-mounts.ts';
import type { MountOp } from '#plan/types.ts';
import type { BindMount } from '#policy/types.ts';
import { BUILT_ROOTFS, policyWith } from './fixtures.ts';

const MASKS = ['/proc/keys'];

function mountsOf(mounts: readonly BindMount[] = []): readonly MountOp[] {
  return planMounts(policyWith({}, { filesystem: { rootfs: 'auto', mounts } }), BUILT_ROOTFS, MASKS);
}

/** Where an operation puts something. */
function targetOf(op: MountOp): string {
  if (op.kind === 'proc') return '/proc';
  return op.kind === 'device' ? `/dev/${op.name}` : op.target;
}

/** What the program can write once it runs: its own tmpfs and writable binds. */
function isProgramWritable(op: MountOp): boolean {
  return (op.kind === 'tmpfs' && op.control !== null) || (op.kind === 'bind' && !op.readOnly);
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`) && path !== directory;
}

/** Everything that would be created through a directory which the program, or whoever shares it, can write. */
function unsafeSteps(ops: readonly MountOp[]): string[] {
  return ops.flatMap((op, index) => {
    const writableBefore = ops.slice(0, index).filter(isProgramWritable).map(targetOf);
    return writableBefore.some((directory) => isBelow(targetOf(op), directory)) ? [targetOf(op)] : [];
  });
}

test('the root comes first, the read-only remounts last and the root last of them', () => {
  const ops = mountsOf();
  expect(ops[0]).toMatchObject({ kind: 'tmpfs', target: '/', control: null });
  expect(ops.slice(-3)).toEqual(
    ['/proc', '/dev', '/'].map((target) => ({ kind: 'remountReadOnly', target })),
  );
});

test('the checker of safe order sees an unsafe one', () => {
  const bad: MountOp[] = [
    { kind: 'bind', source: '/srv/out', target: '/out', readOnly: false },
    { kind: 'file', target: '/out/x', content: '', mode: 0o444 },
  ];
  expect(unsafeSteps(bad)).toEqual(['/out/x']);
});

test('nothing is ever created below what the program can write', () => {
  const segment = fc.constantFrom('a', 'b', 'data', 'out');
  const target = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/mnt/${parts.join('/')}`);
  const mount = fc.record({
    type: fc.constant('bind' as const),
    source: fc.constant('/srv'),
    target,
    readOnly: fc.boolean(),
  });
  // What the policy layer lets through: no target below a writable mount, no target twice.
  const isLegal = (mounts: readonly BindMount[]): boolean =>
    mounts.every((one) => !mounts.some((other) => !other.readOnly && isBelow(one.target, other.target)));
  const mounts = fc.uniqueArray(mount, { selector: (one) => one.target, maxLength: 6 }).filter(isLegal);
  fc.assert(fc.property(mounts, (list) => unsafeSteps(mountsOf(list)).length === 0));
});

test('a directory is there before anything in it', () => {
  const ops = mountsOf();
  const position = (kind: MountOp['kind'], target: string): number =>
    ops.findIndex((op) => op.kind === kind && targetOf(op) === target);
  expect(position('proc', '/proc')).toBeLessThan(position('mask', '/proc/keys'));
  expect(position('tmpfs', '/dev')).toBeLessThan(position('device', '/dev/null'));
  expect(position('tmpfs', '/dev')).toBeLessThan(position('symlink', '/dev/stdin'));
  expect(position('tmpfs', '/dev')).toBeLessThan(position('tmpfs', '/dev/shm'));
});

describe('contents', () => {
  test('the tree is read-only, whatever it is', () => {
    const ops = mountsOf();
    expect(ops).toContainEqual({
      kind: 'bind',
      source: '/var/lib/warder/minimal/usr',
      target: '/usr',
      readOnly: true,
    });
    expect(ops).toContainEqual({ kind: 'symlink', target: '/bin', to: 'usr/bin' });
  });

  test('a mount of the policy keeps its mode', () => {
    const mounts = [
      { type: 'bind', source: '/srv/in', target: '/in', readOnly: true },
      { type: 'bind', source: '/srv/out', target: '/out', readOnly: false },
    ] as const;
    const binds = mountsOf(mounts).filter((op) => op.kind === 'bind' && op.target !== '/usr');
    expect(binds).toEqual(
      mounts.map(({ source, target, readOnly }) => ({ kind: 'bind', source, target, readOnly })),
    );
  });

  test.each([
    ['/workspace', 64, 'workspace', 0o755],
    ['/tmp', 32, 'tmp', 0o1777],
    ['/dev/shm', 16, 'shm', 0o1777],
  ] as const)('%s has %d MiB', (target, mebibytes, control, mode) => {
    const sizeBytes = mebibytes * 1024 ** 2;
    expect(mountsOf()).toContainEqual({ kind: 'tmpfs', target, sizeBytes, inodes: null, mode, control });
  });

  test('an inode cap reaches its tmpfs', () => {
    const policy = policyWith({ tmp: { sizeBytes: 4096, inodes: 7 } });
    const tmp = planMounts(policy, BUILT_ROOTFS, []).find((op) => targetOf(op) === '/tmp');
    expect(tmp).toMatchObject({ sizeBytes: 4096, inodes: 7 });
  });

  test('only the devices of the policy', () => {
    const devices = mountsOf().filter((op) => op.kind === 'device');
    expect(devices).toEqual([
      { kind: 'device', name: 'null' },
      { kind: 'device', name: 'urandom' },
    ]);
  });

  test('/etc knows the identity and nobody else of the host', () => {
    const files = mountsOf().flatMap((op) => (op.kind === 'file' ? [[op.target, op.content] as const] : []));
    const etc = Object.fromEntries(files);
    expect(etc['/etc/passwd']).toMatch(/^warder:x:1000:1001:warder:\/workspace:\/bin\/sh$/m);
    expect(etc['/etc/group']).toMatch(/^warder:x:1001:$/m);
    expect(etc['/etc/hosts']).toBe('127.0.0.1 localhost jail\n::1 localhost\n');
    expect(Object.keys(etc)).toHaveLength(4);
  });
});
