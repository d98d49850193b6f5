/**
 * The forms that `--json` prints, as schemas for others to check against. They are held to the types of the code by the
 * compiler (at the end of this file), and to real results by tests.
 */
import * as z from 'zod';
import {
  CONTROLS,
  ERROR_CODES,
  type ErrorCode,
  type Outcome,
  type RunResult,
  type Stage,
  type WarderErrorJson,
} from '#index.ts';
import { LIMIT_NAMES, REFUSALS } from '#internal.ts';

const milliseconds = z.number().min(0);
const count = z.int().min(0);
const control = z.enum(CONTROLS);
const encoding = z.enum(['utf8', 'base64']);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exited'), exitCode: z.int().min(0).max(255) }),
  z.strictObject({ kind: z.literal('signaled'), signal: z.string(), coreDumped: z.boolean() }),
  z.strictObject({ kind: z.literal('limit'), limit: z.enum(LIMIT_NAMES) }),
  z.strictObject({
    kind: z.literal('denied'),
    by: z.literal('seccomp'),
    syscall: z.string(),
    abi: z.string(),
  }),
  z.strictObject({ kind: z.literal('notStarted'), errno: z.string() }),
  z.strictObject({ kind: z.literal('canceled') }),
]);

const stream = z.strictObject({
  data: z.string().describe('The bytes kept: text, or base64 when they are not valid UTF-8'),
  encoding,
  bytes: count.describe('Number of bytes kept'),
  truncated: z.boolean().describe('There was more'),
});

const usageSource = z.enum(['cgroup1', 'cgroup2', 'sampled', 'rusage', 'pidusage', 'init', 'supervisor']);
const USAGE_FIELDS = ['wallMs', 'cpuUserMs', 'cpuSystemMs', 'memoryPeakBytes', 'pidsPeak'] as const;

/** null where not measured. */
const usage = z.strictObject({
  wallMs: milliseconds.nullable(),
  cpuUserMs: milliseconds.nullable(),
  cpuSystemMs: milliseconds.nullable(),
  memoryPeakBytes: count.nullable(),
  pidsPeak: count.nullable(),
  sources: z.partialRecord(z.enum(USAGE_FIELDS), usageSource),
});

const phase = z.strictObject({
  name: z.literal('compile'),
  outcome,
  usage,
  stdout: stream,
  stderr: stream,
  cached: z.boolean(),
});

const artifact = z.strictObject({
  path: z.string(),
  bytes: count,
  sha256,
  mode: z.string(),
  data: z.string().optional(),
  encoding: encoding.optional(),
  savedTo: z.string().optional(),
});

const refused = z.strictObject({
  path: z.string().describe('Empty for the export as a whole'),
  why: z.enum(REFUSALS),
});

const controlEntry = z.strictObject({
  control,
  value: z.union([z.number(), z.string(), z.boolean(), z.array(z.string()), z.null()]),
  enforcedBy: z.array(z.string()).describe('Layers that hold the control; empty only with a weakening'),
});

/** The facts behind the outcome; more may be added. */
const evidence = z.record(z.string(), z.unknown());

export const runResultSchema = z
  .strictObject({
    schema: z.literal(1),
    id: z.string().describe('ULID, or the id of the request'),
    outcome: outcome.describe('What the program did'),
    ok: z.boolean().describe('It exited with 0'),
    phase: z.enum(['compile', 'run']).describe('The phase that decided'),
    stdout: stream,
    stderr: stream,
    usage,
    limitsHit: z.array(control).describe('Limits that were reached, fatal or not'),
    timings: z.strictObject({ queuedMs: milliseconds, setupMs: milliseconds, runMs: milliseconds }),
    phases: z.array(phase).describe('Phases before the one that decided'),
    artifacts: z.array(artifact),
    artifactsRefused: z.array(refused).describe('What was asked for and is not there; at most 1000'),
    engine: z.strictObject({ name: z.string(), version: z.string() }),
    policy: z.strictObject({ name: z.string(), sha256 }),
    rootfs: z.strictObject({ name: z.string(), sha256: sha256.nullable() }),
    controls: z.array(controlEntry),
    weakenings: z.array(z.strictObject({ id: control, why: z.string() })),
    evidence,
    startedAt: z.iso.datetime(),
  })
  .describe('What every run of warder ends in');

const errorCodes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];
const stages = [...new Set(Object.values(ERROR_CODES).map(({ stage }) => stage))] as [Stage, ...Stage[]];

const errorSchema = z.strictObject({
  code: z.enum(errorCodes),
  stage: z.enum(stages),
  message: z.string(),
  hint: z.string().nullable().describe('The next step, when there is one'),
  details: z.record(z.string(), z.unknown()).describe('Facts, by code'),
});

export const errorReportSchema = z
  .strictObject({ schema: z.literal(1), ok: z.literal(false), error: errorSchema })
  .describe('What --json prints when there is no result: the failure is not the program’s');

/** Fails to compile when a schema lacks a key that the type has, or has one that the type lacks. */
type SameKeys<A, B> = [keyof A, keyof B] extends [keyof B, keyof A] ? true : false;
type SchemaFits = [
  SameKeys<z.infer<typeof runResultSchema>, RunResult>,
  SameKeys<z.infer<typeof usage>, RunResult['usage']>,
  SameKeys<z.infer<typeof stream>, RunResult['stdout']>,
  SameKeys<z.infer<typeof errorSchema>, WarderErrorJson>,
  Outcome extends z.infer<typeof outcome> ? true : false,
  z.infer<typeof outcome> extends Outcome ? true : false,
];
const schemaFits: SchemaFits = [true, true, true, true, true, true];
void schemaFits;
