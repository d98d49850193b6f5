#!/usr/bin/env node
/**
 * What the filter costs per system call: no filter, ours, and libseccomp's for the same profile at both of its levels
 * (1: by priority, 2: binary tree), interleaved in one run. Read the ratios; the nanoseconds are the machine's.
 *
 *   npm run bench:seccomp [-- --rounds 40] [--calls 20000] [--profile default] [--json]
 *
 * libseccomp gets the branches that it can say as they are (equality and masks, one for each argument) and the calls
 * without conditions; what a model says besides is left out, which makes libseccomp's program shorter than ours in meaning.
 * Exits with 1 when ours is slower than the better of libseccomp's by more than a tenth, in any call.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWarder } from '../dist/internal.js';
import { actionValue } from '../dist/seccomp/action.js';
import { syscallNumber } from '../dist/seccomp/syscalls.js';
import { option, quantile } from './lib.mjs';
import { shuffle } from './statistics.mjs';

const rounds = Number(option('--rounds') ?? 40);
const calls = option('--calls') ?? '20000';
const profile = option('--profile') ?? 'default';
const WARM_UP_ROUNDS = 2;
const TOLERANCE = 1.1;
const LEVELS = ['libseccomp, level 1', 'libseccomp, level 2'];

const directory = mkdtempSync(join(tmpdir(), 'warder-bench-'));
const here = (/** @type {string} */ path) => new URL(path, import.meta.url).pathname;

/**
 * @param {string} source
 * @param {readonly string[]} libraries
 */
function compile(source, libraries = []) {
  const program = join(directory, `program-${source.length}`);
  execFileSync('cc', ['-O2', '-o', program, here(source), ...libraries]);
  return program;
}

async function ourFilter() {
  const warder = await openWarder({}, process.env);
  const overrides = /** @type {const} */ ({ seccomp: { profile } });
  const { filter } = await warder.prepare({ argv: ['true'] }, { allowWiden: true, overrides });
  await warder.close();
  return filter;
}

/**
 * The rules that libseccomp can say, in the form of test/fixtures/libseccomp-build.c.
 *
 * @param {import('../dist/seccomp/ir.js').SeccompFilter} model
 */
function rulesFor(model) {
  const refused = actionValue(model.defaultAction);
  const lines = model.entries.flatMap(({ syscall, branches, otherwise }) => {
    const number = syscallNumber(model.arch, syscall) ?? -1;
    const line = (/** @type {number} */ action, /** @type {readonly string[]} */ tests) =>
      action === refused ? [] : [['rule', action, syscall, number, ...tests].join(' ')];
    if (branches.length === 0) return line(actionValue(otherwise.action), []);
    return branches.flatMap(({ when, action }) => {
      const tests = when.map(testOf);
      const once = new Set(when.map(({ arg }) => arg)).size === when.length;
      const said = tests.filter((test) => test !== undefined);
      return once && said.length === tests.length ? line(actionValue(action), said) : [];
    });
  });
  return [`default ${refused}`, ...lines];
}

/** @param {import('../dist/seccomp/ir.js').Condition} condition */
function testOf(condition) {
  const { op, arg, width, value } = condition;
  if (op !== 'eq' && op !== 'maskedEq') return undefined;
  const mask = op === 'maskedEq' ? condition.mask : (1n << BigInt(width)) - 1n;
  return `${arg} ${mask.toString(16)} ${value.toString(16)}`;
}

/** @param {import('../dist/seccomp/build-filter.js').BuiltFilter} ours */
function contenders({ program, model }) {
  const builder = compile('../test/fixtures/libseccomp-build.c', ['-lseccomp']);
  const input = `${rulesFor(model).join('\n')}\n`;
  const theirs = (/** @type {string} */ level) => execFileSync(builder, [model.arch, level], { input });
  const filters = /** @type {const} */ ([
    ['none', undefined],
    ['ours', program],
    ['libseccomp, level 1', theirs('1')],
    ['libseccomp, level 2', theirs('2')],
  ]);
  return filters.map(([name, bytes], index) => {
    const path = join(directory, `${index}.bpf`);
    if (bytes) writeFileSync(path, bytes);
    return { name, args: bytes ? [calls, path] : [calls], instructions: (bytes?.length ?? 0) / 8 };
  });
}

/**
 * @param {string} cost
 * @param {readonly string[]} args
 */
function measureOnce(cost, args) {
  const lines = execFileSync(cost, args, { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const space = line.lastIndexOf(' ');
    return /** @type {const} */ ([line.slice(0, space), Number(line.slice(space + 1))]);
  });
}

/** @param {ReturnType<typeof contenders>} all */
function measure(all) {
  const cost = compile('syscall-cost.c');
  /** @type {Map<string, Map<string, number[]>>} call → contender → nanoseconds */
  const times = new Map();
  const order = [...all];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    shuffle(order);
    for (const { name, args } of order) {
      for (const [call, ns] of measureOnce(cost, args)) {
        const row = times.get(call) ?? new Map();
        times.set(call, row);
        if (round >= 0) row.set(name, [...(row.get(name) ?? []), ns]);
      }
    }
  }
  return times;
}

/**
 * Ours to the better of libseccomp's levels: both of a round, since what slowed a round down slowed all of it down.
 *
 * @param {ReadonlyMap<string, readonly number[]>} row
 */
function ratioOf(row) {
  const ratios = LEVELS.map((name) => {
    const theirs = row.get(name) ?? [];
    return quantile(
      (row.get('ours') ?? []).map((ns, round) => ns / (theirs[round] ?? 1)),
      0.5,
    );
  });
  return Math.max(...ratios);
}

try {
  const all = contenders(await ourFilter());
  const rows = [...measure(all)].map(([call, row]) => {
    const median = (/** @type {string} */ name) => quantile(row.get(name) ?? [], 0.5);
    return { call, ns: all.map(({ name }) => median(name)), ratio: ratioOf(row) };
  });
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ profile, rounds, contenders: all, rows })}\n`);
  } else {
    const titles = all.map(({ name, instructions }) => (instructions ? `${name} (${instructions})` : name));
    process.stdout.write(
      `Profile ${profile}, ${rounds} interleaved rounds of ${calls} calls; medians, ns per call\n\n`,
    );
    process.stdout.write(`| call | ${titles.join(' | ')} | ours / better of libseccomp |\n`);
    process.stdout.write(`|---|${'---:|'.repeat(titles.length + 1)}\n`);
    for (const { call, ns, ratio } of rows) {
      const cells = ns.map((value) => value.toFixed(0));
      process.stdout.write(`| ${call} | ${cells.join(' | ')} | ${ratio.toFixed(2)} |\n`);
    }
  }
  if (rows.some(({ ratio }) => ratio > TOLERANCE)) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
