import { describe, expect, test } from 'vitest';
import { renderBubblewrap } from '#engines/bubblewrap/argv.ts';
import { bubblewrap } from '#engines/bubblewrap/engine.ts';
import { FIRST_BLOB_FD, NATIVE_FD } from '#launch/jail.ts';
import type { LaunchSpec } from '#launch/types.ts';
import type { JailPlan, MountOp } from '#plan/types.ts';
import { compileFilter } from '#seccomp/compile.ts';
import { OUTER } from '../outer.ts';

const PLAN: JailPlan = {
  engine: { name: 'bubblewrap', version: '0.8.0', path: '/opt/bwrap' },
  identity: { uid: 1000, gid: 1001, hostname: 'jail' },
  network: 'none',
  mounts: [],
  launcherDeadlineMs: null,
  cgroup: null,
  controls: [],
  weakenings: [],
  policy: { name: 'p', sha256: '' },
  rootfs: { name: 'host', sha256: null },
};

/** The options that bubblewrap reads from `--args`. */
function optionsOf({ blobs }: LaunchSpec): string[] {
  const text = Buffer.from(blobs[0] ?? []).toString();
  expect(text.endsWith('\0')).toBe(true);
  return text.slice(0, -1).split('\0');
}

const mountOptions = (...mounts: MountOp[]): string[] => {
  const options = optionsOf(renderBubblewrap({ ...PLAN, mounts }, OUTER));
  return options.slice(options.indexOf('--clearenv') + 1, options.indexOf('--chdir'));
};

describe('the command line', () => {
  test('names two descriptors and nothing of the host but the launcher', () => {
    const { argv, engine } = renderBubblewrap(PLAN, OUTER);
    expect(engine).toBe('bubblewrap');
    expect(argv).toEqual([
      '/opt/bwrap',
      '--args',
      String(FIRST_BLOB_FD),
      '--',
      `/proc/self/fd/${NATIVE_FD}`,
      'init',
    ]);
  });

  test('the same plan gives the same bytes', () => {
    expect(renderBubblewrap(PLAN, OUTER)).toEqual(renderBubblewrap(structuredClone(PLAN), OUTER));
  });
});

describe('isolation', () => {
  test.each(['user', 'pid', 'net', 'ipc', 'uts', 'cgroup'])(
    'a %s namespace of its own, not just a try',
    (kind) => {
      expect(optionsOf(renderBubblewrap(PLAN, OUTER))).toContain(`--unshare-${kind}`);
    },
  );

  test('no option that gives in silently', () => {
    expect(optionsOf(renderBubblewrap(PLAN, OUTER)).filter((option) => option.endsWith('-try'))).toEqual([]);
  });

  test('loopback is the same jail: the filter makes the difference', () => {
    expect(renderBubblewrap({ ...PLAN, network: 'loopback' }, OUTER)).toEqual(renderBubblewrap(PLAN, OUTER));
  });

  test('every option that it uses for this is one that the launcher is asked for', () => {
    const used = optionsOf(renderBubblewrap(PLAN, OUTER));
    const required = bubblewrap.requiredOptions.filter((option) => used.includes(option));
    expect(required).toEqual(
      expect.arrayContaining(['--unshare-user', '--disable-userns', '--die-with-parent', '--clearenv']),
    );
  });
});

describe('mounts', () => {
  test.each<[string, MountOp, string[]]>([
    [
      'the root takes a size only',
      { kind: 'tmpfs', target: '/', sizeBytes: 4096, inodes: null, mode: 0o755, control: null },
      ['--size', '4096', '--tmpfs', '/'],
    ],
    [
      'a tmpfs with mode and size',
      { kind: 'tmpfs', target: '/tmp', sizeBytes: 4096, inodes: null, mode: 0o1777, control: 'tmp' },
      ['--perms', '1777', '--size', '4096', '--tmpfs', '/tmp'],
    ],
    [
      'a read-only bind',
      { kind: 'bind', source: '/s', target: '/t', readOnly: true },
      ['--ro-bind', '/s', '/t'],
    ],
    [
      'a writable bind',
      { kind: 'bind', source: '/s', target: '/t', readOnly: false },
      ['--bind', '/s', '/t'],
    ],
    ['a link', { kind: 'symlink', target: '/bin', to: 'usr/bin' }, ['--symlink', 'usr/bin', '/bin']],
    ['a device', { kind: 'device', name: 'null' }, ['--dev-bind', '/dev/null', '/dev/null']],
    ['proc', { kind: 'proc' }, ['--proc', '/proc']],
    ['a mask', { kind: 'mask', target: '/proc/keys' }, ['--ro-bind', '/dev/null', '/proc/keys']],
    ['a remount', { kind: 'remountReadOnly', target: '/' }, ['--remount-ro', '/']],
  ])('%s', (_, op, options) => expect(mountOptions(op)).toEqual(options));

  test('contents of files travel in descriptors of their own, counted from the first blob', () => {
    const files: MountOp[] = [
      { kind: 'file', target: '/etc/a', content: 'é', mode: 0o444 },
      { kind: 'file', target: '/etc/b', content: '', mode: 0o400 },
    ];
    const [first, second] = [FIRST_BLOB_FD + 1, FIRST_BLOB_FD + 2].map(String);
    expect(mountOptions(...files)).toEqual([
      ...['--perms', '0444', '--ro-bind-data', first, '/etc/a'],
      ...['--perms', '0400', '--ro-bind-data', second, '/etc/b'],
    ]);
    const { blobs } = renderBubblewrap({ ...PLAN, mounts: files }, OUTER);
    expect(blobs.slice(1, -1).map((blob) => Buffer.from(blob).toString())).toEqual(['é', '']);
  });
});

test('the filter that the launcher installs comes last, as a compiled program in a descriptor of its own', () => {
  const mounts: MountOp[] = [{ kind: 'file', target: '/etc/a', content: 'x', mode: 0o444 }];
  const { blobs } = renderBubblewrap({ ...PLAN, mounts }, OUTER);
  expect(optionsOf({ engine: 'bubblewrap', argv: [], blobs }).slice(-2)).toEqual([
    '--seccomp',
    String(FIRST_BLOB_FD + 2),
  ]);
  expect(blobs[2]).toEqual(compileFilter(OUTER));
});
