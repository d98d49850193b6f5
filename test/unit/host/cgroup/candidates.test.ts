import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Candidate, inspectOwn, inspectParent, inspectSubgroup } from '#host/cgroup/candidates.ts';
import { fakeGroup, fill, tempDirectory } from '../../cgroup/fake-group.ts';

const ENV = {};
const group = (members: string, controllers = 'cpu memory pids') => ({
  'cgroup.controllers': `${controllers}\n`,
  'cgroup.subtree_control': '\n',
  'cgroup.procs': members,
  'cgroup.type': 'domain\n',
});
const ME = `${process.pid}\n`;

function placeOf(found: Awaited<ReturnType<typeof inspectSubgroup>>): Candidate {
  if (found === null || 'why' in found) throw new Error(`no place: ${found?.why}`);
  return found;
}

test('our own group holds ourselves, which only `moveSelf` may change', async () => {
  const own = await fakeGroup(group(ME));
  const refused = await inspectOwn(own, { moveSelf: false, env: ENV });
  expect(refused).toMatchObject({ step: 'own', fix: expect.stringContaining('moveSelf: true') });
  expect(placeOf(await inspectOwn(own, { moveSelf: true, env: ENV }))).toMatchObject({
    dir: own,
    lacking: [],
  });
});

test('processes of others are never moved', async () => {
  const own = await fakeGroup(group(`1\n${ME}0\n`));
  expect(await inspectOwn(own, { moveSelf: true, env: ENV })).toMatchObject({
    why: expect.stringContaining('not ours to move: 1, 0'),
    fix: expect.stringMatching(/systemd-run (?:--user )?--scope/),
  });
});

test('a group that is frozen is no place: what is born there never runs', async () => {
  const own = await fakeGroup({ ...group(ME), 'cgroup.events': 'populated 1\nfrozen 1\n' });
  expect(await inspectOwn(own, { moveSelf: true, env: ENV })).toMatchObject({
    why: 'it is frozen',
    fix: expect.stringContaining(`echo 0 > ${own}/cgroup.freeze`),
  });
});

test('the root of the hierarchy may hold processes', async () => {
  const { 'cgroup.type': _, ...root } = group(`1\n${ME}`);
  const own = await fakeGroup(root);
  expect(placeOf(await inspectOwn(own, { moveSelf: false, env: ENV })).dir).toBe(own);
});

test('controllers that a leaf needs and that are not there', async () => {
  const own = await fakeGroup(group(ME, 'memory pids'));
  expect(placeOf(await inspectOwn(own, { moveSelf: true, env: ENV })).lacking).toEqual(['cpu']);
});

/** An environment in which systemctl is this shell script. */
async function withSystemctl(script: string): Promise<Record<string, string>> {
  const directory = await tempDirectory();
  await writeFile(join(directory, 'systemctl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${directory}:/usr/bin:/bin` };
}

async function unit(name: string, members = ME): Promise<string> {
  const own = join(await tempDirectory(), name);
  await mkdir(own);
  await fill(own, group(members));
  return own;
}

test.each([
  ['x.service', /^Delegate=yes in the unit; or start/],
  ['session-1.scope', /^start warder in a scope of its own/],
  ['user.slice', /^start warder in a scope of its own/],
])(
  '%s that systemd has not delegated is left alone, and the fix is one that it can take',
  async (name, fix) => {
    const env = await withSystemctl('echo no');
    expect(await inspectOwn(await unit(name), { moveSelf: true, env })).toMatchObject({
      why: expect.stringContaining('Delegate=yes is not set'),
      fix: expect.stringMatching(fix),
    });
  },
);

test('a unit of which systemd does not say that it is delegated is left alone, with what it says instead', async () => {
  const env = await withSystemctl('echo "Failed to connect to bus: Permission denied" >&2; exit 1');
  expect(await inspectOwn(await unit('x.service'), { moveSelf: true, env })).toMatchObject({
    why: expect.stringMatching(/could not be asked .*: Failed to connect to bus: Permission denied$/),
    fix: expect.stringContaining('systemctl show x.service'),
  });
  const absent = await inspectOwn(await unit('x.service'), { moveSelf: true, env: {} });
  expect(absent).toMatchObject({ why: expect.stringMatching(/delegated/) });
});

test('a delegated unit is a place for whoever is alone in it; a shell that started us is in the way', async () => {
  const env = await withSystemctl('echo yes');
  const own = await unit('x.service');
  expect(placeOf(await inspectOwn(own, { moveSelf: true, env })).dir).toBe(own);
  expect(await inspectOwn(await unit('x.service', `1\n${ME}`), { moveSelf: true, env })).toMatchObject({
    why: expect.stringContaining('not ours to move: 1'),
    fix: expect.stringMatching(/exec in the script .* DelegateSubgroup=supervisor/),
  });
});

test('the group above ours, where we were moved aside; it must be empty', async () => {
  const above = await fakeGroup(group(''));
  const own = join(above, 'warder-supervisor');
  await mkdir(own);
  await fill(own, group(ME));
  expect(placeOf(await inspectSubgroup(own, ENV)).dir).toBe(above);
  await fill(above, group('7\n'));
  expect(await inspectSubgroup(own, ENV)).toMatchObject({ step: 'subgroup', why: 'it holds a process' });
});

test('the group above ours is no place by itself', async () => {
  const above = await fakeGroup(group(''));
  expect(await inspectSubgroup(join(above, 'anything'), ENV)).toBeNull();
  expect(await inspectSubgroup('/sys/fs/cgroup', ENV)).toBeNull();
});

test.each(['/tmp', '/sys/fs/cgroup/../../tmp', '/sys/fs/cgroup/does-not-exist'])(
  'cgroup.parent %s is refused before anything is written',
  async (dir) => {
    expect(await inspectParent(dir)).toMatchObject({
      step: 'parent',
      why: expect.stringContaining('plain path'),
    });
  },
);

test('a group whose files we may not write', async () => {
  expect(await inspectOwn(await fakeGroup({}), { moveSelf: true, env: ENV })).toMatchObject({
    why: 'we may not write to it: ENOENT',
    fix: expect.stringContaining('Delegate=yes'),
  });
});
