import { expect, test } from 'vitest';
import { escapeProgress } from '../../../src/cli/escape-progress.ts';

const PROGRESS = { target: 'strict on auto', done: 3, total: 158, id: 'fs-write-rootfs' };

function shownOn(columns: number | undefined, progress = PROGRESS): readonly string[] {
  const written: string[] = [];
  const size = columns === undefined ? {} : { columns };
  const line = escapeProgress({ isTTY: true, ...size, write: (text) => written.push(text) });
  line.show(progress);
  line.clear();
  return written;
}

test('one line, written over, and gone in the end', () => {
  expect(shownOn(120)).toEqual(['\r\u001b[K3/158 fs-write-rootfs, strict on auto', '\r\u001b[K']);
});

test.each([undefined, 0, 20, 1])(
  'it fits a terminal of %j columns, or the next one would not be over it',
  (columns) => {
    const target = `/${'long/'.repeat(60)}policy.yaml on auto`;
    const [line = ''] = shownOn(columns, { ...PROGRESS, target });
    expect(line.length - '\r\u001b[K'.length).toBeLessThan(Math.max(columns || 80, 2));
  },
);

test('the name of a policy is text', () => {
  expect(shownOn(120, { ...PROGRESS, target: 'x\u001b]0;title\u0007' })[0]).toContain(
    'x\\u001b]0;title\\u0007',
  );
});

test('nothing where nobody looks', () => {
  const written: string[] = [];
  const line = escapeProgress({ write: (text) => written.push(text) });
  line.show(PROGRESS);
  line.clear();
  expect(written).toEqual([]);
});
