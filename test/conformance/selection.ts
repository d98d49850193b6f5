import type { ConformanceCase } from './case.ts';

/**
 * The rows to run: all of them, or with WARDER_CONFORMANCE=core the first of each group for each way to end and each set of
 * limits reached. That is for hosts where a row takes a second (scripts/test-vm); CI runs all of them outside.
 */
export function selectRows(
  table: readonly ConformanceCase[],
  wanted = process.env['WARDER_CONFORMANCE'] ?? 'all',
): readonly ConformanceCase[] {
  if (wanted === 'all') return table;
  if (wanted !== 'core') throw new Error(`WARDER_CONFORMANCE is all or core, not ${wanted}`);
  const seen = new Set<string>();
  return table.filter((row) => {
    const key = classOf(row);
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
}

function classOf({ group, expect: { outcome, limitsHit = [] } }: ConformanceCase): string {
  const end = outcome.kind === 'limit' ? outcome.limit : '';
  return [group, outcome.kind, end, ...limitsHit].join('/');
}
