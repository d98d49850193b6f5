import { expect, test } from 'vitest';
import { findPlace, type PlaceInput } from '#host/cgroup/place.ts';
import { contentOf, fakeGroup } from '../../cgroup/fake-group.ts';

/** An ordinary user without a bus, so that systemd is never asked. */
const INPUT: PlaceInput = { id: 'a', uid: 1000, env: {}, options: { parent: null, moveSelf: false } };
const files = (controllers: string) => ({
  'cgroup.controllers': `${controllers}\n`,
  'cgroup.subtree_control': '\n',
  'cgroup.procs': `${process.pid}\n`,
});

test('version 1 has no delegation, and what is not there is passed through with its reason', async () => {
  const own = { driver: 'v1', hierarchies: { memory: '/m' } } as const;
  expect(await findPlace(own, INPUT)).toEqual({ location: own, failures: [], scope: null });
  const none = { driver: 'none', why: 'not mounted' } as const;
  expect(await findPlace(none, INPUT)).toEqual({ location: none, failures: [], scope: null });
});

test('every step that failed is told, with a fix', async () => {
  const dir = await fakeGroup({ ...files('cpu memory pids'), 'cgroup.type': 'domain\n' });
  const { location, failures } = await findPlace({ driver: 'v2', dir, controllers: [] }, INPUT);
  expect(location.driver).toBe('none');
  expect(failures.map(({ step }) => step)).toEqual(['own', 'scope']);
  expect(failures[1]).toMatchObject({ why: expect.stringContaining('XDG_RUNTIME_DIR is not set') });
  for (const { fix } of failures) expect(fix).not.toBe('');
});

test('a place that lacks a controller is the last resort, and the controller is named', async () => {
  const dir = await fakeGroup(files('memory pids'));
  const { location, failures } = await findPlace({ driver: 'v2', dir, controllers: [] }, INPUT);
  expect(location).toEqual({ driver: 'v2', dir, controllers: ['memory', 'pids'] });
  expect(await contentOf(dir, 'cgroup.subtree_control')).toContain('+pids');
  expect(failures.at(-1)).toMatchObject({
    step: 'controllers',
    tried: expect.stringContaining('+cpu in'),
    fix: expect.stringContaining('/etc/systemd/system/user@.service.d/delegate.conf'),
  });
});

test('with cgroup.parent nothing else is tried', async () => {
  const dir = await fakeGroup(files('cpu memory pids'));
  const options = { parent: dir, moveSelf: true };
  const { location, failures } = await findPlace(
    { driver: 'v2', dir, controllers: [] },
    { ...INPUT, options },
  );
  expect(location.driver).toBe('none');
  expect(failures.map(({ step }) => step)).toEqual(['parent']);
});

test('controllers of optional limits that are missing are told apart from failures', async () => {
  const dir = await fakeGroup(files('cpu memory pids io'));
  const { failures, optional = [] } = await findPlace({ driver: 'v2', dir, controllers: [] }, INPUT);
  expect(failures.filter(({ step }) => step === 'controllers')).toEqual([]);
  expect(optional.map(({ tried }) => tried)).toEqual([`+cpuset in ${dir}/cgroup.subtree_control`]);
});
