import type { InputIssue } from '#error/codes.ts';
import { keysAt, policyOverridesJsonSchema } from './json-schema.ts';
import { parsePolicyText } from './parse.ts';
import type { PolicyOverrides } from './schema.ts';
import { type Validated, validateOverrides } from './validate.ts';
import { quote } from './value-checks.ts';

/** A tree of sections under construction; a Map, so that no key has a meaning of its own. */
type Section = Map<string, unknown>;

/**
 * `PATH=VALUE` texts (`--set`) as overrides, later ones winning. A value is one YAML value, so `[a, b]` and
 * `{ size: 1MiB }` work; a value below `environment` is taken as the text that it is.
 */
export function overridesFromAssignments(assignments: readonly string[]): Validated<PolicyOverrides> {
  const root: Section = new Map();
  const issues = assignments.flatMap((assignment) => assign(root, assignment));
  if (issues.length > 0) return { ok: false, issues };
  const result = validateOverrides(toObject(root));
  return result.ok ? result : { ok: false, issues: result.issues.map(withFullPath) };
}

/** `memory=1GiB` was probably meant as `limits.memory=1GiB`. */
function withFullPath(issue: InputIssue): InputIssue {
  const limits = keysAt(policyOverridesJsonSchema(), ['limits']);
  return limits.includes(issue.path) ? { ...issue, suggestion: `limits.${issue.path}` } : issue;
}

function assign(root: Section, assignment: string): readonly InputIssue[] {
  const split = assignment.indexOf('=');
  if (split < 1) return [{ path: '', message: `expected PATH=VALUE, got ${quote(assignment)}` }];
  const path = assignment.slice(0, split).trim();
  const text = assignment.slice(split + 1);
  const value = path.startsWith('environment.') ? { ok: true, value: text } : parseValue(text);
  if (!value.ok) return [{ path, message: `${quote(text)} is not a YAML value` }];
  return place(root, path.split('.'), value.value)
    ? []
    : [{ path, message: 'a part of it was set as a whole before' }];
}

function parseValue(text: string): { readonly ok: boolean; readonly value?: unknown } {
  const { value, issues } = parsePolicyText(Buffer.from(text), '--set');
  return issues.length === 0 ? { ok: true, value } : { ok: false };
}

function place(root: Section, path: readonly string[], value: unknown): boolean {
  let section = root;
  for (const key of path.slice(0, -1)) {
    const next = section.get(key) ?? new Map<string, unknown>();
    if (!(next instanceof Map)) return false;
    section.set(key, next);
    section = next;
  }
  section.set(String(path.at(-1)), value);
  return true;
}

function toObject(section: Section): Record<string, unknown> {
  const entries = [...section].map(
    ([key, value]) => [key, value instanceof Map ? toObject(value) : value] as const,
  );
  return Object.fromEntries(entries);
}
