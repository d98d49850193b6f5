import type { Entries, Leaf } from './flatten.ts';
import { effectiveLeaf, humanLeaf, LIMIT_UNITS, parseLimit } from './limit-fields.ts';
import { isAtOrBelow } from './name-checks.ts';
import type { BindMount } from './types.ts';
import { quote } from './value-checks.ts';

/** A contradiction between fields, reported at one of them. */
export interface RuleFinding {
  readonly path: string;
  readonly message: string;
}

/** Looks at a complete policy: defaults filled in, so that every list is there, and one language or none applied. */
type Rule = (entries: Entries) => readonly RuleFinding[];

/**
 * Every rule that needs more than one field. Deliberately no rule: cpuTime above wall (several cores spend it faster),
 * scratch space or file size above memory (the smaller one simply acts first), swap without a memory limit.
 */
const RULES: readonly Rule[] = [
  runsEnd,

  mountTargetsDiffer,
  nothingBelowWritableMounts,
  seccompAgrees,
];

/** What contradicts itself, whether a file or a request brought it in. */
export function checkRules(entries: Entries): readonly RuleFinding[] {
  return RULES.flatMap((rule) => rule(entries));
}

/** Wall clock or CPU time has to end a run sooner or later. */
function runsEnd(entries: Entries): readonly RuleFinding[] {
  const endless = (phase: string): boolean =>
    ['wall', 'cpuTime'].every((field) => effectiveLeaf(entries, `${phase}.${field}`) === 'unlimited');
  return ['limits', 'compile.limits']
    .filter(endless)
    .slice(0, 1)
    .map((phase) => ({
      path: `${phase}.wall`,
      message: '`wall` and `cpuTime` are both unlimited: nothing would end a run',
    }));
}

/**
 * A ceiling is what a limit may be raised to, so it cannot lie below the limit. Not for requests: one that goes
 * beyond is not a contradiction but a widening. Not for languages: what a policy grants one of them by name may be more
 * than what it lets requests ask for.
 */
export function checkCeilings(entries: Entries): readonly RuleFinding[] {
  return Object.entries(LIMIT_UNITS).flatMap(([field, unit]) => {
    const [ceilingPath, limitPath] = [`ceilings.${field}`, `limits.${field}`];
    const ceiling = entries.get(ceilingPath)?.value;
    const limit = entries.get(limitPath)?.value;
    if (ceiling === undefined || limit === undefined) return [];
    const value = (leaf: Leaf): number => parseLimit(unit, leaf) ?? Number.POSITIVE_INFINITY;
    if (value(limit) <= value(ceiling)) return [];
    const [high, low] = [humanLeaf(limitPath, limit), humanLeaf(ceilingPath, ceiling)];
    return [{ path: ceilingPath, message: `the ceiling ${low} is below the policy's own limit ${high}` }];
  });
}

function mountTargetsDiffer(entries: Entries): readonly RuleFinding[] {
  const targets = mountsOf(entries).map((mount) => mount.target);
  const repeated = targets.filter((target, index) => targets.indexOf(target) < index);
  return [...new Set(repeated)].map((target) => mountFinding(`two mounts have the target ${quote(target)}`));
}

/**
 * A mount point inside a writable bind is a path that whoever shares the source can turn into a symbolic link while
 * the sandbox is set up.
 */
function nothingBelowWritableMounts(entries: Entries): readonly RuleFinding[] {
  const mounts = mountsOf(entries);
  return mounts.flatMap(({ target }) => {
    const above = mounts.find(
      (other) => !other.readOnly && other.target !== target && isAtOrBelow(target, other.target),
    );
    return above
      ? [mountFinding(`${quote(target)} lies below ${quote(above.target)}, which is writable`)]
      : [];
  });
}

function seccompAgrees(entries: Entries): readonly RuleFinding[] {
  const list = (path: string): readonly string[] => entries.get(path)?.value as readonly string[];
  const both = list('seccomp.allow').filter((call) => list('seccomp.deny').includes(call));
  return both.map((call) => ({
    path: 'seccomp.allow',
    message: `${quote(call)} is both allowed and denied`,
  }));
}

function mountsOf(entries: Entries): readonly BindMount[] {
  return entries.get('filesystem.mounts')?.value as readonly BindMount[];
}

function mountFinding(message: string): RuleFinding {
  return { path: 'filesystem.mounts', message };
}
