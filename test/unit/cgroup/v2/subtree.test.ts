import { expect, test } from 'vitest';
import { passControllersOn, readGroupState } from '#cgroup/v2/subtree.ts';
import { contentOf, fakeGroup } from '../fake-group.ts';

const NEEDED = ['memory', 'pids', 'cpu'];

test('each controller is asked for by itself, and only when it is not passed on already', async () => {
  const dir = await fakeGroup({
    'cgroup.controllers': 'cpuset cpu io memory pids\n',
    'cgroup.subtree_control': 'memory pids cpu cpuset\n',
  });
  expect(await passControllersOn(dir, NEEDED)).toEqual({
    passed: ['memory', 'pids', 'cpu', 'io', 'cpuset'],
    missing: [],
  });
  // The last write; on a plain file it is the content.
  expect((await contentOf(dir, 'cgroup.subtree_control')).startsWith('+io')).toBe(true);
});

test('a needed controller that is not there is named; others are not missed', async () => {
  const dir = await fakeGroup({ 'cgroup.controllers': 'memory pids\n', 'cgroup.subtree_control': '\n' });
  const { passed, missing } = await passControllersOn(dir, NEEDED);
  expect(passed).toEqual(['memory', 'pids']);
  expect(missing).toEqual([
    { tried: `+cpu in ${dir}/cgroup.subtree_control`, why: 'cpu is not in its cgroup.controllers' },
  ]);
});

test('the state of a group; the root has no type', async () => {
  const files = {
    'cgroup.controllers': 'memory\n',
    'cgroup.subtree_control': '\n',
    'cgroup.procs': '0\n12\n',
  };
  expect(await readGroupState(await fakeGroup(files))).toEqual({
    available: ['memory'],
    passed: [],
    members: [0, 12],
    isRoot: true,
    isFrozen: false,
  });
  const child = await fakeGroup({ ...files, 'cgroup.type': 'domain\n' });
  expect((await readGroupState(child)).isRoot).toBe(false);
  const frozen = await fakeGroup({ ...files, 'cgroup.events': 'populated 0\nfrozen 1\n' });
  expect((await readGroupState(frozen)).isFrozen).toBe(true);
});
