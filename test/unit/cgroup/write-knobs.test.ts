import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeKnobs } from '#cgroup/write-knobs.ts';
import { contentOf, fakeGroup, heldOpen } from './fake-group.ts';

test('every knob is written, and closed again', async () => {
  const [memory, pids] = await Promise.all([fakeGroup({ a: '', b: '' }), fakeGroup({ c: '' })]);
  await writeKnobs([
    { dir: memory, file: 'a', data: '1' },
    { dir: pids, file: 'c', data: '2' },
    { dir: memory, file: 'b', data: '3' },
  ]);
  expect(await contentOf(memory, 'a')).toBe('1');
  expect(await contentOf(memory, 'b')).toBe('3');
  expect(await contentOf(pids, 'c')).toBe('2');
  expect([...(await heldOpen(memory)), ...(await heldOpen(pids))]).toEqual([]);
});

test('writes to a directory are made in their order', async () => {
  const dir = await fakeGroup({ knob: '' });
  const data = ['1111', '222', '33', '4'];
  await writeKnobs(data.map((text) => ({ dir, file: 'knob', data: text })));
  expect(await contentOf(dir, 'knob')).toBe('4321');
});

test('when one knob is missing nothing is written, and nothing stays open', async () => {
  const dir = await fakeGroup({ a: '' });
  const writes = [
    { dir, file: 'a', data: '1' },
    { dir, file: 'b', data: '2' },
  ];
  await expect(writeKnobs(writes)).rejects.toMatchObject({
    code: 'CGROUP_WRITE_FAILED',
    message: `cannot write "2" to ${join(dir, 'b')}: ENOENT`,
    details: { path: join(dir, 'b'), data: '2', errno: 'ENOENT' },
  });
  expect(await contentOf(dir, 'a')).toBe('');
  expect(await heldOpen(dir)).toEqual([]);
});

test('a control is unenforceable only where its file is missing', async () => {
  const dir = await fakeGroup({});
  const ifMissing = { control: 'swap', why: 'it is not there' } as const;
  const write = { dir, file: 'swap', data: '0', ifMissing };
  await expect(writeKnobs([write])).rejects.toMatchObject({
    code: 'HOST_CONTROL_UNENFORCEABLE',
    details: { controls: [ifMissing] },
  });
  await mkdir(join(dir, 'swap'));
  await expect(writeKnobs([write])).rejects.toMatchObject({
    code: 'CGROUP_WRITE_FAILED',
    details: { data: '0', errno: 'EISDIR' },
  });
});

test('a write that the kernel refuses names file, data and errno', async () => {
  await expect(writeKnobs([{ dir: '/dev', file: 'full', data: '7' }])).rejects.toMatchObject({
    code: 'CGROUP_WRITE_FAILED',
    details: { path: '/dev/full', data: '7', errno: 'ENOSPC' },
  });
  expect((await heldOpen('/dev')).includes('full')).toBe(false);
});
