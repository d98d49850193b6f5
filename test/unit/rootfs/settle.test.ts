import { describe, expect, test } from 'vitest';
import { runUntilSettled } from '#rootfs/settle.ts';

/** What comes out is the nth letter, and the last one again and again. */
async function settle(letters: string): Promise<{ settled: boolean; runs: string }> {
  let runs = '';
  const settled = await runUntilSettled(async () => {
    const letter = letters[Math.min(runs.length, letters.length - 1)] ?? '';
    runs += letter;
    return letter;
  });
  return { settled, runs };
}

describe('what mostly has the same result', () => {
  test.each([
    ['a', true, 'aaaa'],
    ['ba', true, 'baaaaa'],
    ['aaab', true, 'aaabbbbbbb'],
    ['aabaa', true, 'aabaaa'],
    ['abcab', true, 'abcabbbbb'],
    ['abcdef', false, 'abcdef'],
    ['ab'.repeat(12), false, 'ab'.repeat(12)],
  ])('%s', async (letters, settled, runs) => {
    expect(await settle(letters)).toEqual({ settled, runs });
  });

  test('a run that fails ends it', async () => {
    await expect(runUntilSettled(() => Promise.reject(new Error('no space')))).rejects.toThrow('no space');
  });
});
