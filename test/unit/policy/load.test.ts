import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWarderError } from '#error/warder-error.ts';
import { MAX_FILE_BYTES } from '#policy/files.ts';
import { listShippedPolicies, loadPolicyFile } from '#policy/load.ts';
import { caught, directoryWith, issuesOf, load, report } from './policy-files.ts';

const head = (name: string, parents = 'base'): string => `version: 1\nname: ${name}\nextends: [${parents}]\n`;

describe('names and paths', () => {
  test('a name is a shipped policy', async () => {
    const policy = await loadPolicyFile('strict');
    expect(policy).toMatchObject({ name: 'strict', file: 'strict', files: ['base', 'strict'] });
  });
  test.each(['a.yaml', 'a.yml', 'a.json', 'a'])('./%s is a file', async (name) => {
    const directory = await directoryWith({ [name]: head('mine') });
    expect((await loadPolicyFile(join(directory, name))).name).toBe('mine');
  });
  test('JSON is read as well', async () => {
    const policy = await load(
      JSON.stringify({ version: 1, name: 'j', extends: ['base'], devices: ['null'] }),
    );
    expect(policy.entries.get('devices')?.value).toEqual(['null']);
  });
  test('a name that is not shipped', async () => {
    const error = await caught(() => loadPolicyFile('stict'));
    expect(error).toMatchObject({ code: 'POLICY_NOT_FOUND', hint: 'Did you mean `strict`?' });
    expect(error.details).toEqual({ name: 'stict', known: await listShippedPolicies() });
    expect((await caught(() => loadPolicyFile('zzzzzz'))).hint).toMatch(/^Shipped policies: base, /);
  });
  test.each(['', '..', 'Strict', 'constructor'])('%j is no name', async (name) =>
    expect((await caught(() => loadPolicyFile(name))).code).toBe('POLICY_NOT_FOUND'),
  );
  test('a file that does not exist', async () => {
    const error = await caught(() => loadPolicyFile('./no/such.yaml'));
    expect(error).toMatchObject({
      code: 'POLICY_NOT_FOUND',
      message: 'There is no policy file `./no/such.yaml`',
    });
    const directory = await directoryWith({ file: '' });
    expect((await caught(() => loadPolicyFile(join(directory, 'file', 'x')))).code).toBe('POLICY_NOT_FOUND');
  });
});

describe('unreadable', () => {
  test('a directory', async () => {
    const error = await caught(() => loadPolicyFile('/etc/'));
    expect(error).toMatchObject({ code: 'POLICY_UNREADABLE', details: { path: '/etc/', errno: 'EISDIR' } });
  });
  test('a FIFO, without waiting for a writer', async () => {
    const directory = await directoryWith({});
    execFileSync('mkfifo', [join(directory, 'f.yaml')]);
    const error = await caught(() => loadPolicyFile(join(directory, 'f.yaml')));
    expect(error).toMatchObject({ code: 'POLICY_UNREADABLE', details: { errno: 'not a regular file' } });
  });
  test('a device', async () => {
    expect((await caught(() => loadPolicyFile('/dev/zero'))).details).toMatchObject({
      errno: 'not a regular file',
    });
  });
  test('a socket', async () => {
    const path = join(await directoryWith({}), 's.yaml');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    const error = await caught(() => loadPolicyFile(path));
    server.close();
    expect(error).toMatchObject({ code: 'POLICY_UNREADABLE', details: { errno: 'ENXIO' } });
  });
  test('a path with NUL', async () => {
    expect((await caught(() => loadPolicyFile('./a\0b'))).code).toBe('POLICY_UNREADABLE');
  });
  test('a link to itself', async () => {
    const path = join(await directoryWith({}), 'p.yaml');
    await symlink('p.yaml', path);
    expect((await caught(() => loadPolicyFile(path))).details).toMatchObject({ errno: 'ELOOP' });
  });
});

describe('size', () => {
  const padded = (bytes: number): string => head('big').padEnd(bytes, '#');
  test('1 MiB is read', async () => expect((await load(padded(MAX_FILE_BYTES))).name).toBe('big'));
  test('a byte more is refused', async () =>
    expect(await report(() => load(padded(MAX_FILE_BYTES + 1)))).toEqual(['1:1 : larger than 1 MiB']));
});

describe('extends', () => {
  test('finds paths beside the extending file and shipped names', async () => {
    const directory = await directoryWith({
      'a.yaml': `${head('a', 'strict, ./b.yaml')}limits: { wall: 1s }`,
      'b.yaml': `version: 1\nname: b\nextends: [c.json]\nlimits: { wall: 2s, memory: 2MiB }`,
      'c.json': '{"version": 1, "name": "c", "limits": {"wall": "3s", "memory": "3MiB", "pids": 3}}',
    });
    const policy = await loadPolicyFile(join(directory, 'a.yaml'));
    expect(
      ['wall', 'memory', 'pids', 'cpuTime'].map((key) => policy.entries.get(`limits.${key}`)?.value),
    ).toEqual(['1s', '2MiB', 3, '20s']);
    expect(policy.files).toEqual([
      'base',
      'strict',
      ...['c.json', 'b.yaml', 'a.yaml'].map((f) => join(directory, f)),
    ]);
  });

  test('a diamond appends once, also when its ground is reached under two names', async () => {
    const directory = await directoryWith({
      'a.yaml': head('a', './b.yaml, ./c.yaml'),
      'b.yaml': `${head('b', './ground.yaml')}limits: { pids: 7 }`,
      'c.yaml': head('c', './link.yaml'),
      'ground.yaml': `${head('ground')}limits: { pids: 5 }\nfilesystem:\n  +mounts: [{ type: bind, source: /a, target: /b }]`,
    });
    await symlink('ground.yaml', join(directory, 'link.yaml'));
    const policy = await loadPolicyFile(join(directory, 'a.yaml'));
    expect(policy.entries.get('filesystem.mounts')?.value).toHaveLength(1);
    expect(policy.entries.get('limits.pids')?.value).toBe(7);
  });

  test('cycles are refused with the way round', async () => {
    const directory = await directoryWith({
      'a.yaml': head('a', './b.yaml'),
      'b.yaml': head('b', './a.yaml'),
    });
    const [a, b] = [join(directory, 'a.yaml'), join(directory, 'b.yaml')];
    const issues = await issuesOf(() => loadPolicyFile(a));
    expect(issues).toEqual([
      {
        path: 'extends',
        message: `the files extend each other: ${a} → ${b} → ${a}`,
        file: b,
        line: 3,
        column: 11,
      },
    ]);
  });

  test('problems of all files come together', async () => {
    const directory = await directoryWith({
      'a.yaml': `${head('a', 'basee, ./b.yaml, 5, ./gone.yaml, /etc')}limits: { memroy: 1MiB }`,
      'b.yaml': `${head('b', './c.yaml')}x: 1`,
      'c.yaml': 'a: [',
    });
    const issues = await issuesOf(() => loadPolicyFile(join(directory, 'a.yaml')));
    expect(
      issues.map((i) => `${i.file?.slice(-6)} ${i.line}:${i.column} ${i.message} ${i.suggestion ?? ''}`),
    ).toEqual([
      'a.yaml 3:28 expected a shipped policy or a path, got `5` ',
      'a.yaml 4:11 unknown key `memroy` memory',
      'a.yaml 3:11 no shipped policy is called `basee` base',
      'b.yaml 4:1 unknown key `x` ',
      expect.stringMatching(/^c\.yaml 1:\d+ not valid YAML/),
      expect.stringMatching(/^a\.yaml 3:31 cannot read `.*gone\.yaml`: ENOENT/),
      'a.yaml 3:44 cannot read `/etc`: EISDIR ',
    ]);
  });

  test('a file that is broken or no mapping extends nothing', async () => {
    expect(await report(() => load('version: 1\nname: p\nextends: base'))).toEqual([
      '3:10 extends: expected a list',
    ]);
    expect(await report(() => load('text'))).toEqual(['1:1 : expected a mapping']);
  });

  test('more than 64 files are refused', async () => {
    const names = Array.from({ length: 70 }, (_, i) => `./f${i}.yaml`);
    const files = Object.fromEntries(names.map((name, i) => [name.slice(2), `version: 1\nname: f${i}\n`]));
    const directory = await directoryWith({ ...files, 'a.yaml': head('a', `base, ${names.join(', ')}`) });
    const issues = await issuesOf(() => loadPolicyFile(join(directory, 'a.yaml')));
    expect(issues).toHaveLength(8);
    expect(issues[0]?.message).toBe('the policy consists of more than 64 files');
  });
});

test('what no file sets is listed once', async () => {
  const [issue, ...more] = await issuesOf(() => load('version: 1\nname: p\nlimits: { wall: 1s }'));
  expect(more).toEqual([]);
  expect(issue?.message).toMatch(
    /^no file sets limits\.cpuTime, .*execution\.writtenFiles; `extends: \[base\]` brings/,
  );
  expect(issue?.message).not.toMatch(/inodes|limits\.wall/);
});

test('random bytes never end in anything but a WarderError', async () => {
  const directory = await directoryWith({ 'p.yaml': '' });
  const { writeFile } = await import('node:fs/promises');
  const body = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 200 }), fc.json());
  await fc.assert(
    fc.asyncProperty(body, async (content) => {
      await writeFile(join(directory, 'p.yaml'), content);
      await loadPolicyFile(join(directory, 'p.yaml')).catch((error: unknown) =>
        expect(isWarderError(error)).toBe(true),
      );
    }),
    { numRuns: 300 },
  );
}, 30_000);

test.each([
  ['unknown keys', (i: number) => `memor${i}:`],
  ['languages', (i: number) => (i === 0 ? 'languages:' : `  l${i}: { limits: { pids: ${i} } }`)],
  ['the same key', () => 'limits: {}'],
])('a file full of %s is answered, not choked on', async (_, line) => {
  const lines = Array.from({ length: 1200 }, (_entry, i) => line(i));
  const start = performance.now();
  await load(`${head('p')}${lines.join('\n')}`).catch((error: unknown) =>
    expect(isWarderError(error)).toBe(true),
  );
  expect(performance.now() - start).toBeLessThan(4000);
});
