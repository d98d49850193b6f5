import { expect, test } from 'vitest';
import { CGROUP_ABILITIES, type CgroupProbe } from '#cgroup/types.ts';
import { needDisks, readCpus } from '#host/cgroup/resources.ts';
import { fakeGroup } from '../../cgroup/fake-group.ts';

test('processors are those of the parent of leaves', async () => {
  const v1 = await fakeGroup({ 'cpuset.cpus': '0-2\n' });
  const v2 = await fakeGroup({ 'cpuset.cpus.effective': '1,3\n' });
  expect(await readCpus({ driver: 'v1', hierarchies: { cpuset: v1 } })).toEqual([0, 1, 2]);
  expect(await readCpus({ driver: 'v2', dir: v2, controllers: [] })).toEqual([1, 3]);
});

test('none where nobody tells', async () => {
  expect(await readCpus({ driver: 'v1', hierarchies: {} })).toEqual([]);
  expect(await readCpus({ driver: 'v2', dir: await fakeGroup({}), controllers: [] })).toEqual([]);
  expect(await readCpus({ driver: 'none', why: '' })).toEqual([]);
});

test('rates need a disk', () => {
  const usable = CGROUP_ABILITIES.map((ability) => [ability, { usable: true }]);
  const probe = { driver: 'v2', abilities: Object.fromEntries(usable) } as CgroupProbe;
  expect(needDisks(probe, ['8:0'])).toBe(probe);
  const without = needDisks(probe, []);
  expect(without.abilities.io).toMatchObject({ usable: false, why: 'no disk is listed in /sys/block' });
  expect(without.abilities.cpuset).toEqual({ usable: true });
  expect(needDisks(without, [])).toBe(without);
});
