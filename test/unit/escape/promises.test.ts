import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ATTACKS } from '../../../src/escape/corpus.ts';
import { attacksOf, PROMISES } from '../../../src/escape/promises.ts';
import { CATEGORIES } from '../../../src/escape/types.ts';

const SECURITY = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8');
/** `1. **id**: text … Attacks: `a`, `b`` */
const ITEM = /^\d+\. \*\*([a-z]+)\*\*: ([\s\S]*?)Attacks: ([^\n]+)$/gm;

describe('promises', () => {
  test.each(PROMISES)('$id: some attack would break it', (promise) => {
    const real = attacksOf(promise, ATTACKS).filter(({ kind }) => kind !== 'absent');
    expect(real.length).toBeGreaterThan(0);
    const known = [...Object.keys(CATEGORIES), ...ATTACKS.map(({ id }) => id)];
    for (const word of promise.attacks) expect(known).toContain(word);
  });

  test('every attack of tier 1 would break one', () => {
    const linked = new Set(PROMISES.flatMap((promise) => attacksOf(promise, ATTACKS)));
    const first = ATTACKS.filter(({ tier }) => tier === 1);
    expect(first.length).toBeGreaterThan(50);
    expect(first.filter((attack) => !linked.has(attack)).map(({ id }) => id)).toEqual([]);
  });

  test('SECURITY.md makes the same promises, with the same attacks', () => {
    const items = [...SECURITY.matchAll(ITEM)].map(([, id, , words]) => [
      id,
      [...(words ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word),
    ]);
    expect(items).toEqual(PROMISES.map(({ id, attacks }) => [id, attacks]));
  });
});
