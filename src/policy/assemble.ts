import type { InputIssue } from '#error/codes.ts';
import type { SeccompProfile } from '#seccomp/profile.ts';
import { missingPaths, withDefaults } from './defaults.ts';
import { combinePolicies, orderFiles, type PolicyNode } from './extends.ts';
import type { Entries } from './flatten.ts';
import { applyLanguage, languageIds } from './merge.ts';
import { checkCeilings, checkRules } from './rules.ts';

/** A policy with everything that it extends, valid as a whole; languages and requests are not applied yet. */
export interface LoadedPolicy {
  readonly name: string;
  readonly description: string;
  /** The file that was asked for, as messages call it. */
  readonly file: string;
  /** Every file that takes part, lowest first. */
  readonly files: readonly string[];
  readonly entries: Entries;
  /** The seccomp profiles that the entries name, by that name or path. */
  readonly profiles: ReadonlyMap<string, SeccompProfile>;
  /** Digest of the entries and profiles (digest.ts). */
  readonly sha256: string;
}

/** A policy whose profiles are still to be read. */
export type AssembledPolicy = Omit<LoadedPolicy, 'profiles' | 'sha256'>;

/** The file that was asked for. */
export interface PolicyRoot {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly file: string;
}

export type Assembled =
  | { readonly ok: true; readonly policy: AssembledPolicy }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** Puts valid files together in the order of `extends` and checks the whole. */
export function assemblePolicy(nodes: ReadonlyMap<string, PolicyNode>, root: PolicyRoot): Assembled {
  const ordered = orderFiles(nodes, root.id, 'extends');
  if (!ordered.ok) return ordered;
  const entries = combinePolicies(ordered.order);
  const issues = checkWhole(entries, root.file);
  if (issues.length > 0) return { ok: false, issues };
  const { name, description, file } = root;
  const files = ordered.order.map((node) => node.label);
  return { ok: true, policy: { name, description, file, files, entries } };
}

/** What is missing, or else every rule that the policy breaks by itself or with one of its languages. */
function checkWhole(entries: Entries, file: string): readonly InputIssue[] {
  const missing = missingPaths(entries);
  if (missing.length > 0) {
    const message = `no file sets ${missing.join(', ')}; \`extends: [base]\` brings them all`;
    return [{ path: '', message, file, line: 1, column: 1 }];
  }
  const body = withDefaults(applyLanguage(entries, undefined));
  const own = [...checkRules(body), ...checkCeilings(body)];
  const ofLanguages = languageIds(entries).flatMap((id) =>
    checkRules(withDefaults(applyLanguage(entries, id)))
      .filter(({ message }) => !own.some((known) => known.message === message))
      .map(({ path, message }) => ({ path, message: `with the overrides for ${id}: ${message}` })),
  );
  return [...own, ...ofLanguages].map(({ path, message }) => {
    return { path, message, file, ...entries.get(path)?.origins.at(-1) };
  });
}
