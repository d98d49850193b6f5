import { expect, test } from 'vitest';
import { type Entries, flatten } from '#policy/flatten.ts';
import type { PolicyOverrides } from '#policy/schema.ts';
import { findWidenings } from '#policy/widening.ts';

const entries = (body: PolicyOverrides): Entries => flatten(body, () => ({ file: 'f' }));

test('only the paths that were asked for are looked at', () => {
  const [before, after] = [entries({ limits: { pids: 1 } }), entries({ limits: { pids: 2 } })];
  expect(findWidenings(before, after, [])).toEqual([]);
  expect(findWidenings(before, after, ['limits.pids'])).toHaveLength(1);
});

test('a policy that does not say anything has not granted anything', () => {
  const after = entries({ network: { mode: 'none' } });
  expect(findWidenings(new Map(), after, ['network.mode'])[0]?.why).toMatch(
    /beyond the policy's own unset value/,
  );
});
