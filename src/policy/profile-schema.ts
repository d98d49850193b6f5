import * as z from 'zod';
import { errnoNames, errnoNumber } from '#seccomp/errno.ts';
import { leaf } from './leaf.ts';
import { isReference } from './reference.ts';
import { NAME_PATTERN } from './schema.ts';
import { type Check, nearestProblem, patternCheck, show, wordCheck } from './value-checks.ts';

/** A file of policies/seccomp, or one of the user's own: which system calls a filter allows above the prologue. */

const SYSCALL = /^[a-z_][a-z0-9_]*$/;
const ACTIONS = ['allow', 'killProcess', 'trap', 'log', 'notify'] as const;
const OPS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'maskedEq'] as const;

const syscall = leaf<string>(patternCheck(SYSCALL, 'the name of a system call'), {
  type: 'string',
  pattern: SYSCALL.source,
});
const text = leaf<string>(patternCheck(/\S/, 'text'), { type: 'string' });

/** The kernel caps what is above MAX_ERRNO (4095, <linux/err.h>). */
const errnoCheck: Check = (input) => {
  if (typeof input === 'string') {
    if (errnoNumber(input) !== undefined) return undefined;
    return nearestProblem(`${show(input)} is not the name of an errno`, input.toUpperCase(), errnoNames());
  }
  const fits = Number.isInteger(input) && Number(input) >= 1 && Number(input) <= 4095;
  return fits
    ? undefined
    : { message: `expected a name such as EPERM or a number from 1 to 4095, got ${show(input)}` };
};

const referenceCheck: Check = (input) =>
  isReference(input) ? undefined : { message: `expected a shipped profile or a path, got ${show(input)}` };

/** Names and expressions are checked against the kernel's headers later, for each architecture. */
const valueCheck: Check = (input) => {
  if (typeof input === 'string' && input !== '') return undefined;
  if (typeof input === 'bigint' || Number.isSafeInteger(input)) return undefined;
  return { message: `expected a whole number or a name such as CLONE_THREAD, got ${show(input)}` };
};

const action = z.union([
  leaf<(typeof ACTIONS)[number]>(wordCheck([...ACTIONS, '{ errno: NAME }']), { enum: ACTIONS }),
  z.strictObject({
    errno: leaf<string | number>(errnoCheck, {
      anyOf: [{ enum: errnoNames() }, { type: 'integer', minimum: 1, maximum: 4095 }],
    }).describe('The call is not made and fails with this; a name or a number'),
  }),
]);

const value = leaf<string | number | bigint>(valueCheck, {
  anyOf: [{ type: 'string' }, { type: 'integer' }],
});

const condition = z.strictObject({
  arg: leaf<number>(wordCheck([0, 1, 2, 3, 4, 5]), { type: 'integer', minimum: 0, maximum: 5 }).describe(
    'Which argument, from 0',
  ),
  op: leaf<(typeof OPS)[number]>(wordCheck(OPS), { enum: OPS }).describe(
    'Unsigned comparison; `maskedEq` compares `argument & mask`',
  ),
  value: value.describe('A number, or names of the kernel headers such as `PROT_WRITE|PROT_EXEC`'),
  mask: value.optional().describe('The bits that `maskedEq` looks at'),
  width: leaf<32 | 64>(wordCheck([32, 64]), { enum: [32, 64] }).describe(
    '32 for an int, 64 for a long or a pointer: the kernel sees only so many bits',
  ),
});

const group = z.strictObject({
  why: text.describe('Who needs these calls, or what the rule protects'),
  syscalls: z.array(syscall).min(1, 'expected at least one system call').describe('Names of system calls'),
  action: action.optional().describe('What is done; `allow` unless set'),
  when: z
    .array(condition)
    .min(1, 'expected at least one condition')
    .optional()
    .describe('Conditions on the arguments; all must hold'),
  otherwise: action
    .optional()
    .describe('With `when`: what is done where no group of the call holds; the default action unless set'),
});

const layerShape = {
  groups: z
    .array(group)
    .optional()
    .describe('Rules; each replaces what an included file says about its calls'),
  remove: z
    .array(syscall)
    .optional()
    .describe('Calls whose rule in an included file does not count; they get the default action'),
};

/** A seccomp profile as written. */
export const profileFileSchema = z
  .strictObject({
    version: leaf<1>(wordCheck([1]), { enum: [1] }).describe('Version of this format'),
    name: leaf<string>(patternCheck(NAME_PATTERN, 'a name of lower-case letters, digits and hyphens'), {
      type: 'string',
      pattern: NAME_PATTERN.source,
    }).describe('Name of the profile'),
    description: text.optional().describe('One line for people'),
    includes: z
      .array(leaf<string>(referenceCheck, { type: 'string' }))
      .optional()
      .describe('Shipped profiles, or paths relative to this file; later ones win'),
    default: action
      .optional()
      .describe('What calls without a rule meet; that of the included files unless set, ENOSYS at last'),
    ...layerShape,
    languages: z
      .record(z.string().regex(NAME_PATTERN, 'expected the id of a language'), z.strictObject(layerShape))
      .optional()
      .describe('Rules that apply on top for one language each, by its id'),
  })
  .describe('A seccomp profile of warder');

export type ProfileFile = z.infer<typeof profileFileSchema>;
