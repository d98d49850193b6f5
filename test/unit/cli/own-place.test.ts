import { expect, test } from 'vitest';
import { ownPlace } from '#cli/own-place.ts';

test('the process may always be moved; a parent is taken as it is', () => {
  expect(ownPlace({})).toEqual({ moveSelf: true });
  expect(ownPlace({ WARDER_CGROUP_PARENT: '' })).toEqual({ moveSelf: true });
  const parent = '/sys/fs/cgroup/jobs';
  expect(ownPlace({ WARDER_CGROUP_PARENT: parent })).toEqual({ moveSelf: true, parent });
});

test('a relative path is refused by the name of the variable', () => {
  const refused = { code: 'REQUEST_INVALID', message: expect.stringContaining('WARDER_CGROUP_PARENT') };
  expect(() => ownPlace({ WARDER_CGROUP_PARENT: 'jobs' })).toThrow(expect.objectContaining(refused));
});
