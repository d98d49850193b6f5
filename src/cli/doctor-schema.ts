/** The form that `warder doctor --json` prints, for others to check against; held to the type of the code by the compiler. */
import * as z from 'zod';
import { ERROR_CODES, type ErrorCode } from '#index.ts';
import { CHECK_GROUPS, CHECK_STATES, type CheckResult, type DoctorReport } from '#internal.ts';

const engine = z.enum(['bubblewrap', 'nsjail']);
const errorCodes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];

const fix = z.strictObject({
  summary: z.string().describe('What it does, and what else that means'),
  asRoot: z.boolean(),
  script: z.string().describe('For bash; nothing in it has to be filled in'),
});

const check = z.strictObject({
  id: z.string().describe('group.what; never changes'),
  group: z.enum(CHECK_GROUPS),
  title: z.string(),
  state: z
    .enum(CHECK_STATES)
    .describe('failed: runs under the policy asked for do not work or cannot be trusted; warning: they work'),
  found: z.string().describe('The evidence'),
  why: z.string().describe('What hangs on it'),
  fix: fix.nullable(),
  code: z.enum(errorCodes).nullable().describe('With which a run is refused for this reason'),
  ms: z.number().min(0).nullable().describe('Duration of a real run'),
});

export const doctorReportSchema = z
  .strictObject({
    schema: z.literal(1),
    ready: z.boolean().describe('Nothing failed; the exit code is 0, else 69'),
    policy: z.strictObject({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    engine: z.strictObject({ wanted: z.enum(['auto', 'bubblewrap', 'nsjail']), used: engine.nullable() }),
    host: z.strictObject({ kernel: z.string(), arch: z.string(), uid: z.int(), node: z.string() }),
    checks: z.array(check).readonly(),
    startedAt: z.iso.datetime(),
  })
  .describe('What warder doctor found');

/** Fails to compile when a schema lacks a key that the type has, or has one that the type lacks. */
type SameKeys<A, B> = [keyof A, keyof B] extends [keyof B, keyof A] ? true : false;
type SchemaFits = [
  SameKeys<z.infer<typeof doctorReportSchema>, DoctorReport>,
  SameKeys<z.infer<typeof check>, CheckResult>,
  DoctorReport extends z.infer<typeof doctorReportSchema> ? true : false,
];
const schemaFits: SchemaFits = [true, true, true];
void schemaFits;
