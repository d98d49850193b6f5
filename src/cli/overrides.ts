import type { InputIssue } from '#index.ts';
import { overridesFromAssignments, type PolicyOverrides } from '#internal.ts';
import type { SharedOptions } from './shared-options.ts';
import { usageErrors } from './usage-error.ts';

/** Options with a name of their own for a field of the policy. */
const SHORTHANDS = {
  timeout: 'limits.wall',
  memory: 'limits.memory',
  cpus: 'limits.cpu',
  pids: 'limits.pids',
  network: 'network.mode',
} as const satisfies Partial<Record<keyof SharedOptions, string>>;

type Shorthand = keyof typeof SHORTHANDS;

/**
 * The shorthands and `--set` as overrides of the policy; where both name a field, `--set` wins.
 * @throws WarderError REQUEST_INVALID with every problem, each under the option that the user wrote
 */
export function overridesFromOptions(options: SharedOptions): PolicyOverrides {
  const given = (Object.keys(SHORTHANDS) as Shorthand[]).filter((name) => options[name] !== undefined);
  const written = given.map((name) => `${SHORTHANDS[name]}=${options[name]}`);
  const result = overridesFromAssignments([...written, ...(options.set ?? [])]);
  if (result.ok) return result.value;
  throw usageErrors(result.issues.map((issue) => underOption(issue, given)));
}

function underOption(issue: InputIssue, given: readonly Shorthand[]): InputIssue {
  const name = given.find((option) => SHORTHANDS[option] === issue.path);
  const { file: _, ...rest } = issue;
  return { ...rest, path: name ? `--${name}` : ['--set', issue.path].filter(Boolean).join(' ') };
}
