import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadUserAttacks } from '../../../../src/escape/user-attacks/load.ts';

const directory = join(tmpdir(), `warder-attacks-${process.pid}`);
beforeEach(() => mkdirSync(directory));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const PROBE = {
  kind: 'probe',
  id: 'own-shadow',
  title: 'Read',
  category: 'filesystem',
  impact: 'H',
  probe: [['open', 'r', '/etc/shadow']],
  errnos: ['EACCES'],
};

function load(...files: readonly unknown[]) {
  for (const [index, file] of files.entries())
    writeFileSync(join(directory, `${index}.json`), typeof file === 'string' ? file : JSON.stringify(file));
  return loadUserAttacks(directory, ['fs-write-rootfs']);
}

describe('loadUserAttacks', () => {
  test.each<[string, readonly unknown[], RegExp]>([
    ['an id of the corpus', [{ ...PROBE, id: 'fs-write-rootfs' }], /in use/],
    ['an unknown key', [{ ...PROBE, expect: 1 }], /expect/],
    ['a control that does not exist', [{ ...PROBE, controls: ['without:nothing'] }], /nothing/],
    ['an errno that is none', [{ ...PROBE, errnos: ['permission denied'] }], /errno/],
    ['a call that begins another one', [{ ...PROBE, probe: [['open', 'r', '/x', ',', 'ids']] }], /comma/],
    ['an argument that no program can have', [{ ...PROBE, probe: [['open', 'r', '/x\0y']] }], /NUL/],
    ['no YAML', ['{'], /./],
    ['a program without a command', [{ ...PROBE, kind: 'program' }], /problems/],
  ])('refuses %s', async (_, files, message) => {
    await expect(load(...files)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(load(...files)).rejects.toThrow(message);
  });

  test('what is taken has a sandbox of its own, and its argument may hold a comma', async () => {
    const probe = [['open', 'r', '/a,b']];
    expect(await load({ ...PROBE, probe })).toMatchObject([{ id: 'own-shadow', alone: true }]);
  });

  test('a directory that is not there', async () => {
    rmSync(directory, { recursive: true, force: true });
    await expect(loadUserAttacks(directory, [])).rejects.toMatchObject({ code: 'REQUEST_FILE_UNREADABLE' });
  });
});
