import { expect, test } from 'vitest';
import { compiledFiles } from '#compiled-files.ts';
import { c } from '#languages/c.ts';
import { java } from '#languages/java.ts';
import type { CompileStep, Language } from '#languages/types.ts';
import { REFUSALS } from '#result/artifact.ts';
import type { Outcome } from '#result/outcome.ts';

const content = Buffer.from('program');
const file = { path: '.compiled/main', mode: 0o4755, content, sha256: '0'.repeat(64) };
const well: Outcome = { kind: 'exited', exitCode: 0 };

function stepOf({ compile }: Language): CompileStep {
  if (!compile) throw new Error('nothing to compile');
  return compile;
}

test('of a compiler that succeeded go on, with a mode that is ours', () => {
  const run = { outcome: well, exported: { files: [file], refused: [] } };
  expect(compiledFiles(run, stepOf(c))).toEqual([{ path: '.compiled/main', mode: 0o755, content }]);
  expect(compiledFiles(run, stepOf(java))).toEqual([{ path: '.compiled/main', mode: 0o644, content }]);
});

test.each<Outcome>([
  { kind: 'exited', exitCode: 1 },
  { kind: 'signaled', signal: 'SIGKILL', coreDumped: false },
  { kind: 'limit', limit: 'wall' },
  { kind: 'canceled' },
])('of one that ended with %j do not', (outcome) => {
  expect(compiledFiles({ outcome, exported: { files: [file], refused: [] } }, stepOf(c))).toEqual([]);
});

test.each(REFUSALS)('are nothing when one of them was refused (%s)', (why) => {
  const exported = { files: [file], refused: [{ path: '.compiled/other', why }] };
  expect(compiledFiles({ outcome: well, exported }, stepOf(java))).toEqual([]);
});
