/**
 * Durations and sizes as people write them in a policy or on the command line.
 * Sizes are IEC multiples of 1024 (IEC 80000-13); a bare number is refused because its unit would be a guess.
 */

const DURATION_UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const SIZE_UNITS_BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/;
const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB)$/;

/** Milliseconds of `30s`, `1.5m`, `250ms`, `1h`; `undefined` when the text is not a duration. */
export function parseDurationMs(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  if (!match) return undefined;
  const unit = match[2] as keyof typeof DURATION_UNITS_MS;
  return wholeNumber(Number(match[1]) * DURATION_UNITS_MS[unit]);
}

/** Bytes of `512MiB`, `1.5GiB`, `64KiB`, `100B`; `undefined` when the text is not a size. */
export function parseSizeBytes(text: string): number | undefined {
  const match = SIZE.exec(text.trim());
  if (!match) return undefined;
  const unit = match[2] as keyof typeof SIZE_UNITS_BYTES;
  return wholeNumber(Number(match[1]) * SIZE_UNITS_BYTES[unit]);
}

function wholeNumber(value: number): number | undefined {
  const rounded = Math.round(value);
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}

/** The shortest exact form in the units that `parseDurationMs` reads. */
export function formatDurationMs(ms: number): string {
  return formatExact(ms, DURATION_UNITS_MS, 'ms');
}

/** The shortest exact form in the units that `parseSizeBytes` reads. */
export function formatSizeBytes(bytes: number): string {
  return formatExact(bytes, SIZE_UNITS_BYTES, 'B');
}

function formatExact(value: number, units: Record<string, number>, smallest: string): string {
  const fits = Object.entries(units).filter(([, factor]) => value !== 0 && value % factor === 0);
  const [unit, factor] = fits.at(-1) ?? [smallest, 1];
  return `${value / factor}${unit}`;
}
