/** A model in the words of libseccomp, and the program that libseccomp makes of it (test/fixtures/libseccomp-build.c). */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionValue, sameAction } from '#seccomp/action.ts';
import type { Action, SeccompFilter, SyscallEntry } from '#seccomp/ir.ts';
import { syscallNumber } from '#seccomp/syscalls.ts';
import { type Cube, cubesOf, EVERYTHING, intersect, subtract } from './cubes.ts';

const SOURCE = new URL('../fixtures/libseccomp-build.c', import.meta.url).pathname;

/** Rules for one call. Beyond this libseccomp's program grows past the 4096 instructions that the kernel takes. */
const MAX_RULES = 300;

export interface Translated {
  /** What `list` means, in the model: the filter itself but for `unsaid`. */
  readonly filter: SeccompFilter;
  /** Lines for the builder. */
  readonly list: readonly string[];
  /** Calls whose last word takes too many rules; in `filter` and `list` they get the default action instead. */
  readonly unsaid: readonly string[];
  /** Calls whose branches alone take too many rules; in `filter` and `list` they are not there. */
  readonly dropped: readonly string[];
}

export function translate(filter: SeccompFilter, most = MAX_RULES): Translated {
  const all = filter.entries.map((entry) => translateEntry(entry, filter.defaultAction, most));
  const entries = all.filter(({ dropped }) => !dropped);
  return {
    filter: { ...filter, entries: entries.map(({ entry }) => entry) },
    list: [
      `default ${actionValue(filter.defaultAction)}`,
      ...entries.flatMap(({ entry, rules }) => rules.map((rule) => ruleLine(filter, entry, rule))),
    ],
    unsaid: entries.flatMap(({ entry, said }) => (said ? [] : [entry.syscall])),
    dropped: all.filter(({ dropped }) => dropped).map(({ entry }) => entry.syscall),
  };
}

interface Rule {
  readonly cube: Cube;
  readonly action: Action;
}

interface TranslatedEntry {
  readonly entry: SyscallEntry;
  /** Empty when there are too many. */
  readonly rules: readonly Rule[];
  /** Whether the rules cover what no branch holds for. */
  readonly said: boolean;
  readonly dropped: boolean;
}

/** Branches are tried in order, so each one gets what those before it have left. */
function translateEntry(entry: SyscallEntry, defaultAction: Action, most: number): TranslatedEntry {
  let left: readonly Cube[] = [EVERYTHING];
  const rules: Rule[] = [];
  for (const { when, action } of entry.branches) {
    const cubes = cubesOf(when, most);
    // Both only grow from here, and fast.
    if (!cubes || rules.length > most || left.length * cubes.length > 64 * most) {
      return { entry, rules: [], said: false, dropped: true };
    }
    rules.push(...intersect(left, cubes).map((cube) => ({ cube, action })));
    left = cubes.reduce((rest, cube) => subtract(rest, cube), left);
  }
  const said = rules.length + left.length <= most;
  const otherwise = said ? entry.otherwise : { ...entry.otherwise, action: defaultAction };
  rules.push(...left.map((cube) => ({ cube, action: otherwise.action })));
  // libseccomp refuses a rule whose action is the default.
  const kept = rules.filter(({ action }) => !sameAction(action, defaultAction));
  return { entry: { ...entry, otherwise }, rules: kept, said, dropped: rules.length > most };
}

function ruleLine({ arch }: SeccompFilter, { syscall }: SyscallEntry, { cube, action }: Rule): string {
  const compares = [...cube].map(
    ([arg, { mask, value }]) => `${arg} ${mask.toString(16)} ${value.toString(16)}`,
  );
  return ['rule', actionValue(action), syscall, syscallNumber(arch, syscall), ...compares].join(' ');
}

export interface LibseccompBuilder {
  /** Why there is none; empty when there is one. */
  readonly problem: string;
  /** The exported program and the rules that libseccomp refused. */
  build(
    arch: string,
    level: number,
    list: readonly string[],
  ): { program: Uint8Array; refused: readonly string[] };
  remove(): void;
}

export function openBuilder(): LibseccompBuilder {
  const directory = mkdtempSync(join(tmpdir(), 'warder-libseccomp-'));
  const path = join(directory, 'libseccomp-build');
  return {
    problem: compile(path),
    build: (arch, level, list) => {
      const ended = spawnSync(path, [arch, String(level)], {
        input: `${list.join('\n')}\n`,
        maxBuffer: 1 << 24,
      });
      const stderr = ended.stderr.toString('utf8');
      if (ended.status !== 0 && ended.status !== 1) throw new Error(`libseccomp-build failed: ${stderr}`);
      return {
        program: new Uint8Array(ended.stdout),
        refused: stderr.split('\n').filter((line) => line !== ''),
      };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function compile(path: string): string {
  if (!existsSync('/usr/include/seccomp.h')) return 'no /usr/include/seccomp.h (Debian: libseccomp-dev)';
  try {
    const flags = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-O1', '-o', path, SOURCE, '-lseccomp'];
    execFileSync('cc', flags, { stdio: 'pipe' });
    return '';
  } catch (error) {
    return `cc failed: ${String(error)}`;
  }
}
