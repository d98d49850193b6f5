import { expect, test } from 'vitest';
import { batch, mapPool } from '#escape/pool.ts';
import { runProbeCalls, type StartProbe } from '#escape/run-probes.ts';
import type { ProbeCall } from '#escape/types.ts';

const calls: ProbeCall[] = ['a', 'b', 'c', 'd'].map((name) => ({ name, argv: ['sys', name] }));

/** As the probe does: each item answers, until one of `fatal` ends everything. */
function probe(fatal: readonly string[], seen: string[][]): StartProbe {
  return async (args) => {
    seen.push([...args]);
    const items = args.join(' ').replace('inline ', '').split(' , ');
    let output = '';
    for (const [index, item] of items.entries()) {
      output += `begin ${index}\n`;
      if (fatal.some((name) => item.endsWith(name)))
        return { output, end: { kind: 'denied', syscall: 'x', abi: 'x86_64' } };
      output += `call ${item} 1 -1\nend ${index} exited 0\n`;
    }
    return { output, end: null };
  };
}

test('all in one start when nothing ends it', async () => {
  const seen: string[][] = [];
  const answers = await runProbeCalls(probe([], seen), calls, false);
  expect(answers.map(({ name, end }) => `${name} ${end.kind}`)).toEqual([
    'a exited',
    'b exited',
    'c exited',
    'd exited',
  ]);
  expect(seen).toEqual([['sys', 'a', ',', 'sys', 'b', ',', 'sys', 'c', ',', 'sys', 'd']]);
});

test('what ends the run is the answer of that call, and the rest is run again', async () => {
  const seen: string[][] = [];
  const answers = await runProbeCalls(probe(['b', 'd'], seen), calls, true);
  expect(answers.map(({ name, end }) => `${name} ${end.kind}`)).toEqual([
    'a exited',
    'b denied',
    'c exited',
    'd denied',
  ]);
  expect(seen.map(([first, , name]) => `${first} ${name}`)).toEqual(['inline a', 'inline c']);
});

test('a probe that does not start is an answer for each call, and no endless loop', async () => {
  const start: StartProbe = async () => ({
    output: '',
    end: { kind: 'ended', outcome: 'not started: ENOENT' },
  });
  const answers = await runProbeCalls(start, calls, false);
  expect(answers.map(({ end }) => end)).toEqual(
    calls.map(() => ({ kind: 'ended', outcome: 'not started: ENOENT' })),
  );
});

test('the pool keeps order, its limit, and the first failure until all have ended', async () => {
  let running = 0;
  let most = 0;
  let ended = 0;
  const work = async (item: number): Promise<number> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5 - item));
    running -= 1;
    ended += 1;
    return item * 2;
  };
  expect(await mapPool([1, 2, 3, 4], 2, work)).toEqual([2, 4, 6, 8]);
  expect(most).toBe(2);
  ended = 0;
  const failing = mapPool([1, 2, 3, 4], 2, async (item) => {
    await work(item);
    if (item === 1) throw new Error('one');
    return item;
  });
  await expect(failing).rejects.toThrow('one');
  expect(ended).toBe(4);
});

test('batches fill up to their limit, and what is larger stands alone', () => {
  expect(batch([1, 2, 3, 9, 1], (size) => size, 5)).toEqual([[1, 2], [3], [9], [1]]);
  expect(batch([], () => 1, 5)).toEqual([]);
});
