import { parseCpuList } from '#util/cpu-list.ts';
import { suggest } from '#util/suggest.ts';
import { parseDurationMs, parseSizeBytes } from '#util/units.ts';

/** What is wrong with one value, and what was probably meant. */
export interface Problem {
  readonly message: string;
  readonly suggestion?: string;
}

/** Looks at one value of a policy; `undefined` means that it is fine. */
export type Check = (input: unknown) => Problem | undefined;

interface QuantityOptions {
  readonly unlimited: boolean;
  readonly zero: boolean;
  /** The most that is accepted, and how that is written; by default what the kind has. */
  readonly max?: readonly [value: number, text: string];
}

interface QuantityKind {
  readonly noun: string;
  readonly units: string;
  readonly example: string;
  readonly parse: (text: string) => number | undefined;
  readonly max: number;
  readonly maxText: string;
  /** Spellings of other conventions, lower case, and the unit that stands for them here. */
  readonly foreignUnits: Readonly<Record<string, string>>;
}

const DURATION: QuantityKind = {
  noun: 'duration',
  units: 'ms, s, m or h',
  example: '30s',
  parse: parseDurationMs,
  // A longer delay makes Node's timers fire at once: "When delay is larger than 2147483647 … the delay will be set to 1"
  // (Node documentation, setTimeout).
  max: 2_147_483_647,
  maxText: '596h',
  foreignUnits: {
    msec: 'ms',
    millis: 'ms',
    sec: 's',
    secs: 's',
    second: 's',
    seconds: 's',
    min: 'm',
    mins: 'm',
    minute: 'm',
    minutes: 'm',
    hr: 'h',
    hour: 'h',
    hours: 'h',
    s: 's',
    m: 'm',
    h: 'h',
    ms: 'ms',
  },
};

const SIZE: QuantityKind = {
  noun: 'size',
  units: 'B, KiB, MiB or GiB',
  example: '512MiB',
  parse: parseSizeBytes,
  max: Number.MAX_SAFE_INTEGER,
  maxText: '8388607GiB',
  foreignUnits: {
    b: 'B',
    bytes: 'B',
    k: 'KiB',
    kb: 'KiB',
    kib: 'KiB',
    m: 'MiB',
    mb: 'MiB',
    mib: 'MiB',
    g: 'GiB',
    gb: 'GiB',
    gib: 'GiB',
  },
};

export function durationCheck(options: QuantityOptions): Check {
  return (input) => quantityProblem(DURATION, options, input);
}

export function sizeCheck(options: QuantityOptions): Check {
  return (input) => quantityProblem(SIZE, options, input);
}

/** A whole number from 1 to `max`. */
export function countCheck(options: { readonly max: number; readonly unlimited: boolean }): Check {
  return (input) => {
    if (input === 'unlimited' && options.unlimited) return undefined;
    if (Number.isInteger(input) && Number(input) >= 1 && Number(input) <= options.max) return undefined;
    const word = options.unlimited ? ' or `unlimited`' : '';
    return { message: `expected a whole number from 1 to ${options.max}${word}, got ${show(input)}` };
  };
}

/** Cores. Below 0.01 the quota of a 100 ms period is under the kernel's minimum of 1 ms (cgroup-v2.rst, cpu.max). */
export const coresCheck: Check = (input) => {
  if (input === 'unlimited') return undefined;
  if (typeof input === 'number' && Number.isFinite(input) && input >= 0.01) return undefined;
  return { message: `expected a number of cores of at least 0.01 or \`unlimited\`, got ${show(input)}` };
};

/** Processors as the kernel lists them. A single one may be a number, which is how YAML reads it. */
export const cpuListCheck: Check = (input) => {
  if (input === 'unlimited') return undefined;
  const isText = typeof input === 'string' || Number.isInteger(input);
  if (isText && parseCpuList(String(input)) !== undefined) return undefined;
  return {
    message: `expected processors such as \`0-1,3\` (up to 8191) or \`unlimited\`, got ${show(input)}`,
  };
};

/** `message`, with the candidate that was probably meant. */
export function nearestProblem(message: string, word: string, candidates: readonly string[]): Problem {
  const suggestion = suggest(word, candidates);
  return suggestion === undefined ? { message } : { message, suggestion };
}

/** One of a list of words (or other scalars). */
export function wordCheck(words: readonly (string | number)[]): Check {
  return (input) => {
    if (words.some((word) => word === input)) return undefined;
    const message = `${show(input)} is not ${words.length > 1 ? 'one of ' : ''}${words.join(', ')}`;
    return typeof input === 'string' ? nearestProblem(message, input, words.map(String)) : { message };
  };
}

/** A text that matches `pattern`; `what` completes "expected …". */
export function patternCheck(pattern: RegExp, what: string): Check {
  return (input) =>
    typeof input === 'string' && pattern.test(input)
      ? undefined
      : { message: `expected ${what}, got ${show(input)}` };
}

export const booleanCheck: Check = (input) =>
  typeof input === 'boolean' ? undefined : { message: `expected true or false, got ${show(input)}` };

/** A value for messages: short, in backticks, and unable to steer a terminal. */
export function show(input: unknown): string {
  if (input === null) return 'no value';
  if (typeof input === 'object') return Array.isArray(input) ? 'a list' : 'a mapping';
  return quote(String(input));
}

/** Text in backticks with control and format characters replaced, cut after 60 characters. */
export function quote(text: string): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Cs}`]/gu, '?');
  return `\`${safe.length > 60 ? `${safe.slice(0, 60)}…` : safe}\``;
}

function quantityProblem(kind: QuantityKind, options: QuantityOptions, input: unknown): Problem | undefined {
  if (input === 'unlimited' && options.unlimited) return undefined;
  if (input === 0) return options.zero ? undefined : { message: 'zero is refused here' };
  if (typeof input === 'number') {
    return {
      message: `${input} has no unit, write ${kind.units} behind the number, such as \`${kind.example}\``,
    };
  }
  const value = typeof input === 'string' ? kind.parse(input) : undefined;
  if (value === undefined) return notAQuantity(kind, options, input);
  if (value === 0 && !options.zero) return { message: 'zero is refused here' };
  const [max, maxText] = options.max ?? [kind.max, kind.maxText];
  if (value > max) return { message: `${show(input)} is more than the ${maxText} that are possible` };
  return undefined;
}

function notAQuantity(kind: QuantityKind, options: QuantityOptions, input: unknown): Problem {
  const word = options.unlimited ? ' or `unlimited`' : '';
  const message = `expected a ${kind.noun} such as \`${kind.example}\`${word}, got ${show(input)}`;
  const suggestion = typeof input === 'string' ? meant(kind, options, input) : undefined;
  return suggestion === undefined ? { message } : { message, suggestion };
}

function meant(kind: QuantityKind, options: QuantityOptions, text: string): string | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]{1,8})$/i.exec(text.trim());
  const unit = kind.foreignUnits[match?.[2]?.toLowerCase() ?? ''];
  if (match && unit !== undefined) return `${match[1]}${unit}`;
  return options.unlimited ? suggest(text, ['unlimited']) : undefined;
}
