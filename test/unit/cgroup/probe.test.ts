import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openCgroupDriver } from '#cgroup/open-driver.ts';
import { probeCgroups } from '#cgroup/probe.ts';
import type { CgroupAbility, CgroupProbe } from '#cgroup/types.ts';
import { tempDirectory } from './fake-group.ts';

function probeOf(driver: CgroupProbe['driver'], usable: readonly CgroupAbility[]): CgroupProbe {
  const status = (ability: CgroupAbility) =>
    usable.includes(ability)
      ? ({ usable: true } as const)
      : ({ usable: false, why: 'no', errno: null } as const);
  return {
    driver,
    abilities: {
      memory: status('memory'),
      swap: status('swap'),
      pids: status('pids'),
      cpu: status('cpu'),
      cpuacct: status('cpuacct'),
      cpuset: status('cpuset'),
      io: status('io'),
    },
  };
}

test('a directory that could be made proves nothing', async () => {
  const memory = await tempDirectory();
  const probe = await probeCgroups({ driver: 'v1', hierarchies: { memory } });
  expect(probe.abilities.memory).toMatchObject({ usable: false, errno: 'ENOENT' });
  expect(probe.abilities.pids).toMatchObject({ usable: false, errno: null });
  expect(await readdir(memory)).toEqual([]);
});

test('a parent that cannot be written is an answer with its errno', async () => {
  const probe = await probeCgroups({ driver: 'v2', dir: '/proc/self', controllers: [] });
  for (const status of Object.values(probe.abilities)) {
    expect(status).toMatchObject({ usable: false, errno: 'ENOENT' });
  }
});

test('no cgroups: nothing is usable, and the reason is kept', async () => {
  const probe = await probeCgroups({ driver: 'none', why: 'nothing is mounted' });
  expect(Object.values(probe.abilities)).toEqual(
    Array.from({ length: 7 }, () => ({ usable: false, why: 'nothing is mounted', errno: null })),
  );
});

test('the driver leaves out v1 hierarchies that are not usable', () => {
  const location = { driver: 'v1', hierarchies: { memory: '/m', pids: '/p', cpu: '/c' } } as const;
  expect(openCgroupDriver(location, probeOf('v1', ['memory', 'pids']))?.parents).toEqual(['/m', '/p']);
  expect(openCgroupDriver(location, probeOf('v1', []))).toBeNull();
});

test('the v2 driver needs a group that can be made', async () => {
  const location = { driver: 'v2', dir: '/d', controllers: ['memory'] } as const;
  expect(openCgroupDriver(location, probeOf('v2', ['cpuacct']))?.parents).toEqual(['/d']);
  expect(openCgroupDriver(location, probeOf('v2', ['memory']))).toBeNull();
  expect(openCgroupDriver({ driver: 'none', why: '' }, probeOf('none', []))).toBeNull();
});
