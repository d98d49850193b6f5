/** The form of `warder escape --format json`; held to the type of the code by the compiler. */
import * as z from 'zod';
import type { AttackReport, EscapeReport, TargetReport } from './report-types.ts';
import { CATEGORIES, type Category, type Facts, IMPACTS, type Impact, VERDICTS } from './types.ts';

const categories = Object.keys(CATEGORIES) as [Category, ...Category[]];
const impacts = Object.keys(IMPACTS) as [Impact, ...Impact[]];
const verdict = z.enum(VERDICTS);
const lines = z.array(z.string()).readonly();

const attack = z.strictObject({
  id: z.string().describe('Never changes'),
  category: z.enum(categories),
  impact: z.enum(impacts).describe(
    Object.entries(IMPACTS)
      .map(([id, what]) => `${id}: ${what}`)
      .join('; '),
  ),
  tier: z.union([z.literal(1), z.literal(2)]),
  title: z.string(),
  technique: z.string(),
  reference: z.string(),
  expected: z.string().describe('What contained means'),
  verdict,
  evidence: lines.describe('Exact answers of the kernel, or why nothing was tried'),
  control: z
    .strictObject({
      place: z.string(),
      fired: z.boolean(),
      absent: z.boolean().exactOptional(),
      evidence: lines,
    })
    .nullable()
    .describe('The same probe where it must succeed'),
  layers: z
    .array(z.strictObject({ without: z.string(), verdict }))
    .readonly()
    .nullable()
    .describe('With --layers: the verdict with one control taken away'),
});

const facts = z.strictObject({
  arch: z.enum(['x86_64', 'aarch64']),
  kernel: z.string(),
  uid: z.int(),
  engine: z.enum(['bubblewrap', 'nsjail', 'none']),
  policy: z.strictObject({
    name: z.string(),
    reference: z.string().exactOptional().describe('Name or path, as a request has it'),
    environment: lines.exactOptional().describe('Variables that the policy sets'),
    network: z.enum(['none', 'loopback']),
    writtenFiles: z.enum(['allow', 'deny']),
    seccompProfile: z.string(),
    hostname: z.string().exactOptional().describe('Of the sandbox'),
    pids: z.int().nullable(),
    children: z.boolean(),
    supervised: z
      .strictObject({
        wallMs: z.number().nullable(),
        stdoutBytes: z.number().nullable(),
        stderrBytes: z.number().nullable(),
      })
      .readonly()
      .exactOptional()
      .describe('Limits that the supervisor holds'),
    writableMounts: z.array(z.string()).readonly().exactOptional().describe('Of reports before `binds`'),
    binds: z
      .array(z.strictObject({ source: z.string(), target: z.string(), readOnly: z.boolean() }).readonly())
      .readonly()
      .exactOptional()
      .describe('What of the host the policy itself puts into the jail'),
    artifacts: z
      .strictObject({ count: z.number(), sizeBytes: z.number(), totalBytes: z.number(), depth: z.number() })
      .readonly()
      .exactOptional(),
  }),
  landlockAbi: z.int(),
  cgroupDriver: z.enum(['v1', 'v2', 'none']),
});

const target = z.union([
  z.strictObject({
    kind: z.literal('warder'),
    policy: z.string(),
    engine: z.enum(['auto', 'bubblewrap', 'nsjail']),
    rootfs: z.string().exactOptional(),
  }),
  z.strictObject({ kind: z.enum(['plain-bwrap', 'plain-nsjail']) }),
]);

const targetReport = z.strictObject({
  target,
  facts: facts.nullable(),
  problem: z.string().nullable().describe('Why nothing could be attacked; counts as an error'),
  attacks: z.array(attack).readonly(),
  summary: z.record(verdict, z.int()),
  canaries: lines.describe('Canaries of the host that were reached; each is an escape'),
});

const change = z.strictObject({
  target: z.string(),
  id: z.string(),
  before: verdict.nullable().describe('null: was not there'),
  after: verdict.nullable().describe('null: is there no more'),
  direction: z.enum(['better', 'worse', 'other']).describe('worse: less is known to hold than before'),
});

export const escapeReportSchema = z
  .strictObject({
    schema: z.literal(1),
    warder: z.string(),
    host: z.strictObject({ kernel: z.string(), arch: z.string(), uid: z.int(), node: z.string() }),
    targets: z.array(targetReport).readonly(),
    startedAt: z.iso.datetime(),
    ms: z.number(),
    baseline: z
      .strictObject({ startedAt: z.iso.datetime(), changes: z.array(change).readonly() })
      .exactOptional()
      .describe('With --baseline: what changed since that report'),
  })
  .describe('What warder escape found');

/** Fails to compile when a schema lacks a key that the type has, or has one that the type lacks. */
type SameKeys<A, B> = [keyof A, keyof B] extends [keyof B, keyof A] ? true : false;
/** A key that the schema lacks makes a report that no later one can be compared with; it may have some of former reports. */
type HasKeys<Schema, T> = keyof T extends keyof Schema ? true : false;
type FactsSchema = z.infer<typeof facts>;
type SchemaFits = [
  SameKeys<z.infer<typeof escapeReportSchema>, EscapeReport>,
  SameKeys<z.infer<typeof targetReport>, TargetReport>,
  SameKeys<z.infer<typeof attack>, AttackReport>,
  SameKeys<FactsSchema, Facts>,
  HasKeys<FactsSchema['policy'], Facts['policy']>,
  EscapeReport extends z.infer<typeof escapeReportSchema> ? true : false,
];
const schemaFits: SchemaFits = [true, true, true, true, true, true];
void schemaFits;
