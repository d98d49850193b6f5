/** Row title → place → whether it passed; a place that is missing was skipped. */
export type Verdicts = Map<string, Map<string, boolean>>;

/** Families of rows that are counted rather than listed. */
const COUNTED = ['exit codes', 'signals'];

export function printMatrix(verdicts: Verdicts, places: readonly string[]): void {
  const rows = [...verdicts].filter(([title]) => !COUNTED.some((group) => title.startsWith(`${group}:`)));
  const width = Math.max(...[...verdicts.keys()].map((title) => title.length), 20);
  const lines = [
    `${'program'.padEnd(width)}  ${places.join('  ')}`,
    ...COUNTED.map(
      (group) =>
        `${`${group} (all)`.padEnd(width)}  ${places.map((place) => counted(verdicts, group, place)).join('  ')}`,
    ),
    ...rows.map(
      ([title, cells]) =>
        `${title.padEnd(width)}  ${places.map((place) => cell(cells.get(place), place)).join('  ')}`,
    ),
  ];
  process.stdout.write(`\n${lines.join('\n')}\n`);
}

function cell(passed: boolean | undefined, place: string): string {
  const word = passed === undefined ? '–' : passed ? 'ok' : 'FAILED';
  return word.padEnd(place.length);
}

function counted(verdicts: Verdicts, group: string, place: string): string {
  const cells = [...verdicts]
    .filter(([title]) => title.startsWith(`${group}:`))
    .flatMap(([, row]) => {
      const passed = row.get(place);
      return passed === undefined ? [] : [passed];
    });
  const word = cells.length === 0 ? '–' : `${cells.filter(Boolean).length}/${cells.length}`;
  return word.padEnd(place.length);
}
