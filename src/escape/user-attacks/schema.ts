/** The form of a file in the directory of --attacks: one attack of somebody's own (docs/escape.md). */
import { constants } from 'node:os';
import * as z from 'zod';
import { CATEGORIES, type Category, IMPACTS, type Impact, RELAXATIONS } from '#escape/types.ts';

const categories = Object.keys(CATEGORIES) as [Category, ...Category[]];
const impacts = Object.keys(IMPACTS) as [Impact, ...Impact[]];
const line = z.string().min(1).max(1000);
const errno = z.string().regex(/^E[A-Z0-9]+$/, 'must be the name of an errno, such as EACCES');
const argv = z.array(z.string()).min(1).max(1000).readonly();
/** One call of the probe: a comma would begin another one, whose answer would be taken for that of the next attack. */
const probeCall = z
  .array(z.string().regex(/^(?!,$)[^\0]*$/, 'must not be a comma, and hold no NUL'))
  .min(1)
  .max(1000)
  .readonly();

const expectation = z
  .strictObject({
    exitCode: z.int().min(0).max(255).exactOptional(),
    signal: z
      .string()
      .refine((name) => Object.hasOwn(constants.signals, name), 'must be a signal, such as SIGSYS')
      .exactOptional(),
    denied: line.exactOptional().describe('The call at which the filter ended the run'),
    errno: errno.exactOptional().describe('Named in what was printed: by name, number or message'),
    stdout: line.exactOptional().describe('Text that is in it'),
    stderr: line.exactOptional().describe('Text that is in it'),
  })
  .refine((value) => Object.keys(value).length > 0, 'must name at least one thing to look for')
  .describe('Everything that is named must be so');

const info = {
  id: z.string().regex(/^[a-z][a-z0-9-]{1,63}$/, 'must be lower-case letters, digits and hyphens'),
  title: line,
  category: z.enum(categories),
  impact: z.enum(impacts),
  technique: line.default('user-defined'),
  reference: line.default('user-defined'),
  destructive: z.boolean().default(false).describe('Only with --destructive'),
};

const probe = z.strictObject({
  kind: z.literal('probe'),
  ...info,
  probe: z
    .array(probeCall)
    .min(1)
    .max(40)
    .readonly()
    .describe('Calls of the probe, such as [open, r, /etc/shadow]'),
  errnos: z.array(errno).min(1).readonly().describe('What counts as refused'),
  reached: z.array(errno).default([]).readonly().describe('Errnos that come only behind the check'),
  controls: z
    .array(
      z
        .string()
        .regex(
          /^(?:host|plain|privileged|without:.+)$/,
          'must be host, plain, privileged or without:CONTROL',
        ),
    )
    .default([])
    .readonly()
    .describe('Where the same probe must succeed; without one it is not-tested'),
});

const program = z.strictObject({
  kind: z.literal('program'),
  ...info,
  argv: argv.exactOptional(),
  language: z.string().min(1).exactOptional(),
  script: z.string().min(1).exactOptional(),
  contained: expectation,
  escaped: expectation,
  control: z
    .strictObject({
      without: z.array(z.enum(RELAXATIONS)).default([]).readonly().describe('Taken away from the sandbox'),
      argv: argv.exactOptional().describe('In place of the own, such as an allowed sibling'),
      script: z.string().min(1).exactOptional(),
    })
    .exactOptional()
    .describe('What must end as in `escaped`; without it the attack is not-tested'),
});

export const userAttackSchema = z
  .discriminatedUnion('kind', [probe, program])
  .superRefine((value, context) => {
    if (value.kind !== 'program') return;
    const hasScript = value.language !== undefined && value.script !== undefined;
    if ((value.argv !== undefined) === hasScript || (value.argv !== undefined && value.script !== undefined))
      context.addIssue({ code: 'custom', message: 'needs either argv, or language and script' });
  });

export type UserAttack = z.output<typeof userAttackSchema>;
export type UserProgram = Extract<UserAttack, { kind: 'program' }>;
export type Expectation = z.output<typeof expectation>;
