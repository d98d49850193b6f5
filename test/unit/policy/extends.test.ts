import { describe, expect, test } from 'vitest';
import { orderFiles, type PolicyNode } from '#policy/extends.ts';

/** `{ a: ['b'] }`: file a extends file b. */
function graph(edges: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, PolicyNode> {
  const nodes = Object.entries(edges).map(([id, parents]) => {
    const origins = parents.map((parent, index) => ({
      id: parent,
      origin: { file: id, line: 1, column: index },
    }));
    return [id, { id, label: id.toUpperCase(), entries: new Map(), parents: origins }] as const;
  });
  return new Map(nodes);
}

function order(edges: Readonly<Record<string, readonly string[]>>): string {
  const result = orderFiles(graph(edges), 'a', 'extends');
  return result.ok
    ? result.order.map((node) => node.id).join(' ')
    : result.issues.map((i) => i.message).join('\n');
}

const chain = (steps: number): Record<string, string[]> => {
  const names = Array.from({ length: steps + 1 }, (_, i) => (i === 0 ? 'a' : `f${i}`));
  return Object.fromEntries(names.map((name, i) => [name, i < steps ? [`f${i + 1}`] : []]));
};

describe('order', () => {
  test('what is extended comes first, later entries win', () => {
    expect(order({ a: [] })).toBe('a');
    expect(order({ a: ['b', 'c'], b: [], c: [] })).toBe('b c a');
    expect(order({ a: ['b'], b: ['c'], c: [] })).toBe('c b a');
  });
  test('a diamond applies its ground once, below both sides', () => {
    expect(order({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })).toBe('d b c a');
    expect(order({ a: ['b', 'd'], b: ['d'], d: [] })).toBe('d b a');
  });
  test('a file that could not be loaded is left out', () => expect(order({ a: ['gone'] })).toBe('a'));
});

describe('cycles', () => {
  test('are shown as the way round', () => {
    expect(order({ a: ['b'], b: ['a'] })).toBe('the files extend each other: A → B → A');
    expect(order({ a: ['a'] })).toBe('the files extend each other: A → A');
    expect(order({ a: ['b'], b: ['c'], c: ['b'] })).toBe('the files extend each other: B → C → B');
  });
  test('are all reported, at the entry that closes them', () => {
    const result = orderFiles(graph({ a: ['b', 'c'], b: ['a'], c: ['a'] }), 'a', 'extends');
    expect(result.ok ? [] : result.issues.map((issue) => issue.file)).toEqual(['b', 'c']);
  });
});

describe('depth', () => {
  test('ten steps are fine, eleven are not', () => {
    expect(order(chain(10)).split(' ')).toHaveLength(11);
    expect(order(chain(11))).toBe('`extends` goes 11 files deep, more than 10');
  });
  test('is found without walking every way', () => {
    const rungs = Array.from(
      { length: 40 },
      (_, i) => [`${i === 0 ? 'a' : `l${i}`}`, [`l${i + 1}`, `r${i + 1}`]] as const,
    );
    const rights = rungs.map(([, parents], i) => [`r${i}`, parents] as const);
    expect(order(Object.fromEntries([...rungs, ...rights, ['l40', []], ['r40', []]]))).toMatch(
      /40 files deep/,
    );
  });
  test('counts the longest way', () => {
    const deep = chain(11);
    for (const parents of [
      ['f6', 'f1'],
      ['f1', 'f6'],
    ]) {
      expect(order({ ...deep, a: parents })).toMatch(/11 files deep/);
    }
  });
});
