import { describe, expect, test } from 'vitest';
import type { ExportEntry } from '#launch/export-protocol.ts';
import { MAX_REFUSED } from '#result/artifact.ts';
import { ArtifactChoice } from '#supervise/artifact-choice.ts';

const caps = { count: 3, sizeBytes: 100, totalBytes: 150, depth: 4 };

function choice(
  entries: readonly (Partial<Omit<ExportEntry, 'path'>> & { path: string | Buffer })[],
  patterns = ['**'],
) {
  const made = new ArtifactChoice({ patterns, caps });
  for (const { path, ...entry } of entries) {
    made.offer({ kind: 'file', mode: 0o644, sizeBytes: 1, ...entry, path: Buffer.from(path) });
  }
  const wanted = made.choose().map(({ path }) => path);
  return { wanted, refused: made.refused().map(({ path, why }) => `${path} ${why}`) };
}

describe('chosen', () => {
  test('what matches and fits, in the order of the paths', () => {
    expect(choice([{ path: 'c' }, { path: 'a/b' }, { path: 'B' }])).toEqual({
      wanted: ['B', 'a/b', 'c'],
      refused: [],
    });
  });

  test('what does not match is not spoken of, whatever it is', () => {
    const entries = [{ path: 'a' }, { path: 'b', kind: 'symlink' as const }, { path: 'c', sizeBytes: 1e12 }];
    expect(choice(entries, ['none'])).toEqual({ wanted: [], refused: [] });
  });

  test('sizes, count and total; a smaller file may still fit where a larger one did not', () => {
    const entries = [
      { path: 'a', sizeBytes: 100 },
      { path: 'b', sizeBytes: 51 },
      { path: 'c', sizeBytes: 50 },
      { path: 'd', sizeBytes: 0 },
      { path: 'e', sizeBytes: 0 },
      { path: 'f', sizeBytes: 101 },
    ];
    expect(choice(entries)).toEqual({ wanted: ['a', 'c', 'd'], refused: ['b total', 'e count', 'f size'] });
  });
});

describe('refused', () => {
  test.each(['symlink', 'hardLink', 'fifo', 'socket', 'device', 'mount', 'unreadable', 'changed'] as const)(
    '%s',
    (kind) => {
      expect(choice([{ path: 'a', kind }])).toEqual({ wanted: [], refused: [`a ${kind}`] });
    },
  );

  test('directories that nobody looked into, and a closed workspace, even if no pattern could find them', () => {
    const entries = [
      { path: 'x/y', kind: 'tooDeep' as const },
      { path: 'z', kind: 'pathTooLong' as const },
      { path: '', kind: 'unreadable' as const },
    ];
    expect(choice(entries, ['none']).refused).toEqual([' unreadable', 'x/y tooDeep', 'z pathTooLong']);
  });

  test('a name that is no text, shown byte by byte', () => {
    expect(choice([{ path: Buffer.from([0x61, 0xff, 0x62]) }], ['a?b'])).toEqual({
      wanted: [],
      refused: ['a\\xffb name'],
    });
    expect(choice([{ path: Buffer.from([0xff]) }], ['x']).refused).toEqual([]);
  });

  test('no more than can be listed', () => {
    const entries = Array.from({ length: MAX_REFUSED + 5 }, (_, i) => ({
      path: `${i}`,
      kind: 'fifo' as const,
    }));
    expect(choice(entries).refused).toHaveLength(MAX_REFUSED);
  });

  test('paths beyond what is kept of them, and that is said', () => {
    const entries = Array.from({ length: 2000 }, (_, i) => ({ path: `${i}/${'x'.repeat(4000)}` }));
    expect(choice(entries).refused).toContain(' entries');
  });
});

test.each(['/etc/passwd', '../a', 'a/../b', 'a//b', './a', 'a/', ''])(
  '%j cannot come from a walk',
  (path) => {
    expect(() => choice([{ path }])).toThrow('a path that leads elsewhere');
  },
);
