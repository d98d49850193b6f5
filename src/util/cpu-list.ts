/** Lists of processors in the kernel's "List Format": numbers and ranges with commas, such as `0-1,3` (cpuset(7)). */

/** The kernel can be built for 8192 processors at most (NR_CPUS of x86 and arm64). */
const CPU_MAX = 8191;
const LIST = /^\d{1,4}(?:-\d{1,4})?(?:,\d{1,4}(?:-\d{1,4})?)*$/;

/** The processors of a list, sorted, each once; `undefined` when the text is not a list or a range runs backwards. */
export function parseCpuList(text: string): readonly number[] | undefined {
  const trimmed = text.trim();
  if (!LIST.test(trimmed)) return undefined;
  const ranges = trimmed.split(',').map((item) => {
    const [first = 0, last = first] = item.split('-').map(Number);
    return { first, last };
  });
  if (ranges.some(({ first, last }) => first > last || last > CPU_MAX)) return undefined;
  const cpus = ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  return [...new Set(cpus)].sort((a, b) => a - b);
}

/** The shortest list of sorted processors. */
export function formatCpuList(cpus: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const cpu of cpus) {
    const open = ranges.at(-1);
    if (open?.[1] === cpu - 1) open[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
