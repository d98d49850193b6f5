import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '#languages/registry.ts';
import { listManifests, loadManifest, parseManifest } from '#rootfs/manifest-load.ts';

const NINE = ['bash', 'c', 'cpp', 'go', 'java', 'javascript', 'python', 'ruby', 'rust'];

describe('the shipped manifests', () => {
  test('are one for each of the nine languages', async () => {
    expect(await listManifests()).toEqual(NINE);
  });

  test.each(NINE)(
    '%s is valid, is for its language, and can be built without this host’s files',
    async (name) => {
      const manifest = await loadManifest(name);
      expect(manifest.name).toBe(name);
      expect(manifest.languages).toContain(name);
      expect(manifest.closure).toBeDefined();
      expect(manifest.debian).toBeDefined();
    },
  );

  test('every language that can be run has one', async () => {
    const manifests = await Promise.all(NINE.map((name) => loadManifest(name)));
    const covered = manifests.flatMap(({ languages }) => languages);
    expect(
      LANGUAGES.map(({ id }) => id).filter((id) => id !== 'typescript' && !covered.includes(id)),
    ).toEqual([]);
  });
});

const VALID = `version: 1
name: tiny
description: A tree
maxSize: 1MiB
closure: { commands: [bash] }
smoke: { run: [[bash, -c, 'true']], stdout: '' }
`;

function issuesOf(text: string): string[] {
  const parsed = parseManifest(Buffer.from(text), 'm.yaml');
  return parsed.ok
    ? []
    : parsed.issues.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}

test('a small manifest is enough, and lists that it leaves out are empty', () => {
  const parsed = parseManifest(Buffer.from(VALID), 'm.yaml');
  expect(parsed).toMatchObject({
    ok: true,
    manifest: { languages: [], steps: [], closure: { exclude: [] } },
  });
});

test.each([
  ['an unknown key', `${VALID}colour: red\n`, '7:9 colour: unknown key'],
  ['a name with a slash', VALID.replace('tiny', '../x'), '2:7 name: expected lower-case letters'],
  ['a size without a unit', VALID.replace('1MiB', "'1'"), '4:10 maxSize: expected a size'],
  [
    'no builder',
    VALID.replace('closure: { commands: [bash] }\n', ''),
    'expected `closure`, `debian` or both',
  ],
  [
    'a step of two kinds',
    `${VALID}steps: [{ run: [a], remove: [/b] }]\n`,
    '7:9 steps.0: expected exactly one',
  ],
  [
    'a file to settle without a command that makes it',
    `${VALID}steps: [{ remove: [/b], settle: /a }]\n`,
    'settle: expected only with run',
  ],
  [
    'a pattern that is not absolute',
    VALID.replace('[bash] }', '[bash], files: [usr] }'),
    'expected an absolute path',
  ],
  [
    'a link that leaves the tree',
    `${VALID}steps: [{ link: { path: /a/../../b, to: c } }]\n`,
    'without `.` and `..`',
  ],
  ['a key written twice', `${VALID}name: again\n`, 'Map keys must be unique'],
  ['what is no YAML', 'a: [', '1:'],
  ['nothing', '', '1:1'],
])('%s is refused, with its place', (_, text, expected) => {
  expect(issuesOf(text).join('\n')).toContain(expected);
});

test('an unknown name comes with what was probably meant', async () => {
  await expect(loadManifest('pyhton')).rejects.toMatchObject({
    code: 'HOST_ROOTFS_MANIFEST',
    details: { issues: [{ suggestion: 'python' }] },
  });
});
