import type * as z from 'zod';
import type { InputIssue } from '#error/codes.ts';
import type { OciProfile } from '#seccomp/oci-types.ts';
import { suggest } from '#util/suggest.ts';
import {
  type JsonSchema,
  keysAt,
  ociProfileJsonSchema,
  policyJsonSchema,
  policyOverridesJsonSchema,
  profileJsonSchema,
} from './json-schema.ts';
import { ociProfileSchema } from './oci-schema.ts';
import type { ParsedText } from './parse.ts';
import { type ProfileFile, profileFileSchema } from './profile-schema.ts';
import { type PolicyFile, type PolicyOverrides, policyFileSchema, policyOverridesSchema } from './schema.ts';
import { quote, show } from './value-checks.ts';

export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

interface Finding {
  readonly path: readonly PropertyKey[];
  /** What the position should point to. */
  readonly target: 'key' | 'value';
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/** Checks a parsed policy file; every issue carries its place in the text. */
export function validatePolicyFile(parsed: ParsedText): Validated<PolicyFile> {
  return checkText(parsed, policyFileSchema, policyJsonSchema);
}

/** Checks a parsed seccomp profile, its shape only: names and conditions are for src/seccomp to judge. */
export function validateProfileFile(parsed: ParsedText): Validated<ProfileFile> {
  return checkText(parsed, profileFileSchema, profileJsonSchema);
}

/** Checks a parsed seccomp profile of an OCI runtime, its shape only. */
export function validateOciProfile(parsed: ParsedText): Validated<OciProfile> {
  return checkText(parsed, ociProfileSchema, ociProfileJsonSchema);
}

function checkText<T>(parsed: ParsedText, schema: z.ZodType<T>, jsonSchema: () => JsonSchema): Validated<T> {
  if (parsed.issues.length > 0) return { ok: false, issues: parsed.issues };
  const result = check(schema, jsonSchema, parsed.value);
  if (result.ok) return result;
  const issues = result.findings.map((finding) => ({
    ...toIssue(finding),
    file: parsed.file,
    ...parsed.locate(finding.path, finding.target),
  }));
  return { ok: false, issues: issues.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** Checks the overrides of a request, which have no text and so no positions. */
export function validateOverrides(value: unknown): Validated<PolicyOverrides> {
  const result = check(policyOverridesSchema, policyOverridesJsonSchema, value);
  return result.ok ? result : { ok: false, issues: result.findings.map(toIssue) };
}

type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly findings: readonly Finding[] };

function check<T>(schema: z.ZodType<T>, jsonSchema: () => JsonSchema, value: unknown): Checked<T> {
  const result = schema.safeParse(value);
  const findings = listConflicts(value, []);
  if (!result.success) {
    const json = jsonSchema();
    findings.push(...result.error.issues.flatMap((issue) => findingsOf(issue, [], json)));
  }
  if (result.success && findings.length === 0) return { ok: true, value: result.data };
  return { ok: false, findings };
}

function toIssue(finding: Finding): InputIssue {
  const { path, message, suggestion } = finding;
  const issue = { path: path.map(String).join('.'), message };
  return suggestion === undefined ? issue : { ...issue, suggestion };
}

function findingsOf(
  issue: z.core.$ZodIssue,
  prefix: readonly PropertyKey[],
  json: JsonSchema,
): readonly Finding[] {
  const path = [...prefix, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], key, keysAt(json, path)));
    case 'invalid_union':
      return unionFindings(issue, path, json);
    case 'invalid_type':
      return [
        { path, target: 'value', message: `expected ${issue.expected === 'array' ? 'a list' : 'a mapping'}` },
      ];
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, target: 'key', message }));
    default:
      return [{ path, target: 'value', message: issue.message, suggestion: suggestionOf(issue) }];
  }
}

function unknownKey(path: readonly PropertyKey[], key: string, known: readonly string[]): Finding {
  return { path, target: 'key', message: `unknown key ${quote(key)}`, suggestion: suggest(key, known) };
}

/** A union is a short form and a section: the section's findings count when it is one, otherwise the short form's. */
function unionFindings(
  issue: z.core.$ZodIssueInvalidUnion,
  path: readonly PropertyKey[],
  json: JsonSchema,
): readonly Finding[] {
  const isSection = (list: readonly z.core.$ZodIssue[]): boolean =>
    list.every((entry) => entry.code !== 'invalid_type');
  const branches = issue.errors.filter(isSection);
  return branches
    .slice(-1)
    .flat()
    .flatMap((entry) => findingsOf(entry, path, json));
}

/** What leaf.ts attached; other issues have no parameters. */
function suggestionOf(issue: z.core.$ZodIssue): string | undefined {
  const suggestion: unknown = (issue as z.core.$ZodIssueCustom).params?.['suggestion'];
  return typeof suggestion === 'string' ? suggestion : undefined;
}

/** No section of a policy lies deeper; what does is unknown anyway. */
const MAX_DEPTH = 6;

/** `key` and `+key` side by side: the list is either replaced or appended to. */
function listConflicts(value: unknown, path: readonly string[]): Finding[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || path.length > MAX_DEPTH)
    return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const here = [...path, key];
    const twice = key.startsWith('+') && Object.hasOwn(value, key.slice(1));
    const message = `${show(key.slice(1))} stands beside it: a list is either replaced or appended to`;
    return [
      ...(twice ? [{ path: here, target: 'key', message } as const] : []),
      ...listConflicts(child, here),
    ];
  });
}
