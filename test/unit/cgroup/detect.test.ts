import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { detectCgroups } from '#cgroup/detect.ts';
import { tempDirectory } from './fake-group.ts';

const V1_MOUNTS = [
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
  '39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids',
  '40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd',
];
const HYBRID_MOUNT = '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw';
const V2_MOUNT = '41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw';

interface Host {
  readonly cgroup: readonly string[];
  readonly mounts: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

async function fakeHost({ cgroup, mounts, files = {} }: Host): Promise<string> {
  const root = await tempDirectory();
  const all = { 'proc/self/cgroup': cgroup.join('\n'), 'proc/self/mountinfo': mounts.join('\n'), ...files };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), `${content}\n`);
  }
  return root;
}

const V1_CGROUP = ['9:name=systemd:/', '8:pids:/', '4:memory:/own', '2:cpu,cpuacct:/', '0::/'];

test('a hybrid host without memory on v2 is v1, and co-mounted controllers share a directory', async () => {
  const root = await fakeHost({
    cgroup: V1_CGROUP,
    mounts: [...V1_MOUNTS, HYBRID_MOUNT],
    files: { 'sys/fs/cgroup/unified/cgroup.controllers': '' },
  });
  const group = join(root, 'sys/fs/cgroup');
  expect(await detectCgroups(root)).toEqual({
    driver: 'v1',
    hierarchies: {
      memory: `${group}/memory/own`,
      pids: `${group}/pids`,
      cpu: `${group}/cpu,cpuacct`,
      cpuacct: `${group}/cpu,cpuacct`,
    },
  });
});

test('a hybrid host with memory on v2 is v2', async () => {
  const root = await fakeHost({
    cgroup: V1_CGROUP,
    mounts: [...V1_MOUNTS, HYBRID_MOUNT],
    files: {
      'sys/fs/cgroup/unified/cgroup.controllers': 'memory pids',
      'sys/fs/cgroup/unified/cgroup.procs': `1\n${process.pid}`,
    },
  });
  expect(await detectCgroups(root)).toMatchObject({ driver: 'v2', controllers: ['memory', 'pids'] });
});

test('a v2 host answers with its own group and controllers', async () => {
  const root = await fakeHost({
    cgroup: ['0::/user.slice/run.scope'],
    mounts: [V2_MOUNT],
    files: {
      'sys/fs/cgroup/user.slice/run.scope/cgroup.controllers': 'cpu memory pids',
      'sys/fs/cgroup/user.slice/run.scope/cgroup.procs': String(process.pid),
    },
  });
  const dir = join(root, 'sys/fs/cgroup/user.slice/run.scope');
  expect(await detectCgroups(root)).toEqual({ driver: 'v2', dir, controllers: ['cpu', 'memory', 'pids'] });
});

test("a group that does not list this process is the machine's, seen from a cgroup namespace: refused", async () => {
  const root = await fakeHost({
    cgroup: ['0::/'],
    mounts: [V2_MOUNT],
    files: {
      'sys/fs/cgroup/cgroup.controllers': 'cpu memory pids',
      'sys/fs/cgroup/cgroup.procs': '1\n2\n0',
    },
  });
  const location = await detectCgroups(root);
  expect(location).toMatchObject({ driver: 'none' });
  expect(location).toHaveProperty('why', expect.stringContaining('does not list'));
});

test('a mount from outside of our cgroup namespace is refused by that name', async () => {
  const mounts = ['41 31 0:38 /../.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw'];
  const location = await detectCgroups(await fakeHost({ cgroup: ['0::/'], mounts }));
  expect(location).toEqual({ driver: 'none', why: expect.stringContaining('not of our cgroup namespace') });
});

test('v1 hierarchies that do not show our group are left out', async () => {
  const root = await fakeHost({
    cgroup: ['8:pids:/elsewhere', '4:memory:/docker/1'],
    mounts: [
      '1 2 0:3 /docker/1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
      '1 2 0:3 /docker/1 /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids',
    ],
  });
  expect(await detectCgroups(root)).toEqual({
    driver: 'v1',
    hierarchies: { memory: join(root, 'sys/fs/cgroup/memory') },
  });
});

test.each([
  ['nothing is mounted', ['0::/'], []],
  ['only a named hierarchy is mounted', ['9:name=systemd:/'], [V1_MOUNTS[3] ?? '']],
  ['it is mounted elsewhere', ['0::/'], ['1 2 0:3 / /mnt/cgroup rw - cgroup2 none rw']],
  ['the kernel has no cgroups', [], []],
])('none when %s', async (_, cgroup, mounts) => {
  expect(await detectCgroups(await fakeHost({ cgroup, mounts }))).toMatchObject({ driver: 'none' });
});

test('an unreadable /proc is an error, not a host without cgroups', async () => {
  await expect(detectCgroups(await tempDirectory())).rejects.toMatchObject({
    code: 'CGROUP_READ_FAILED',
    details: { errno: 'ENOENT' },
  });
});
