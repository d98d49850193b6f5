import { WarderError } from '#error/warder-error.ts';
import type { LoadedPolicy } from './assemble.ts';
import { buildPolicy } from './build.ts';
import { withDefaults } from './defaults.ts';
import { type Entries, flatten } from './flatten.ts';
import { applyLanguage, mergeEntries } from './merge.ts';
import { checkRules } from './rules.ts';
import type { PolicyOverrides } from './schema.ts';
import type { ResolvedPolicy } from './types.ts';
import { validateOverrides } from './validate.ts';
import { findWidenings, type Widening } from './widening.ts';

/** What a run adds to a policy. */
export interface PolicyRequest {
  readonly languageId?: string | undefined;
  /** In the words of a policy file; checked here. */
  readonly overrides?: PolicyOverrides | undefined;
  /** Lets the overrides go beyond the ceilings; what did is returned. */
  readonly allowWiden?: boolean | undefined;
}

export interface Resolution {
  readonly policy: ResolvedPolicy;
  /** Empty unless `allowWiden` was needed; each belongs into the result as a weakening. */
  readonly widened: readonly Widening[];
}

/**
 * Policy, then `languages[id]`, then the request. Throws REQUEST_INVALID for overrides that are malformed or
 * contradict the policy, and REQUEST_BEYOND_CEILING for those that grant more than the policy does.
 */
export function resolvePolicy(loaded: LoadedPolicy, request: PolicyRequest = {}): Resolution {
  const base = withDefaults(applyLanguage(loaded.entries, request.languageId));
  const overrides = overrideEntries(request.overrides ?? {});
  const entries = mergeEntries(base, overrides);
  const issues = checkRules(entries);
  if (issues.length > 0) {
    throw new WarderError('REQUEST_INVALID', 'The overrides contradict the policy', { details: { issues } });
  }
  const widened = findWidenings(base, entries, [...overrides.keys()]);
  if (widened.length > 0 && request.allowWiden !== true) throw beyondCeiling(loaded, widened);
  return { policy: buildPolicy(loaded, entries), widened };
}

function overrideEntries(overrides: PolicyOverrides): Entries {
  const result = validateOverrides(overrides);
  if (result.ok) return flatten(result.value, () => ({ file: 'request' }));
  const { issues } = result;
  throw new WarderError('REQUEST_INVALID', 'The overrides of the policy are malformed', {
    details: { issues },
  });
}

function beyondCeiling(
  loaded: LoadedPolicy,
  widened: readonly Widening[],
): WarderError<'REQUEST_BEYOND_CEILING'> {
  const issues = widened.map(({ path, why }) => ({ path, message: why }));
  const fields = widened.map(({ path }) => path).join(', ');
  return new WarderError(
    'REQUEST_BEYOND_CEILING',
    `The request asks for more than the policy \`${loaded.name}\` grants: ${fields}`,
    { details: { issues }, hint: 'Ask for less, or use a policy that grants it (see `ceilings`).' },
  );
}
