import * as z from 'zod';
import { CONTROLS, type Control } from '#result/control.ts';
import { leaf } from './leaf.ts';
import { ceilingsSchema, limitsSchema } from './limits-schema.ts';
import {
  environmentValueCheck,
  hostnameCheck,
  idCheck,
  mountSourceCheck,
  mountTargetCheck,
} from './name-checks.ts';
import { isPath, isReference } from './reference.ts';
import type { DeviceName } from './types.ts';
import {
  booleanCheck,
  type Check,
  countCheck,
  patternCheck,
  show,
  sizeCheck,
  wordCheck,
} from './value-checks.ts';

/** Names of shipped policies, profiles and languages. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9-]*$/;

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'] as const;
const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ROOTFS_NAME = /^[a-z0-9][a-z0-9._-]*$/;
const SYSCALL = /^@?[a-z_][a-z0-9_-]*$/;
const PATH_SHAPE = { type: 'string', pattern: '^/' } as const;

const name = leaf<string>(patternCheck(NAME_PATTERN, 'a name of lower-case letters, digits and hyphens'), {
  type: 'string',
  pattern: NAME_PATTERN.source,
});
const freeText = leaf<string>(patternCheck(/^/, 'text'), { type: 'string' });
const syscall = leaf<string>(patternCheck(SYSCALL, 'a system call or an `@group`'), {
  type: 'string',
  pattern: SYSCALL.source,
});

/** An unquoted `null` in YAML is the null value, so the device may come as that; flatten.ts makes it a word again. */
const device = leaf<DeviceName | null>((input) => (input === null ? undefined : wordCheck(DEVICES)(input)), {
  enum: [...DEVICES, null],
});
const control = leaf<Control>(wordCheck(CONTROLS), { enum: CONTROLS });

const extendsCheck: Check = (input) =>
  isReference(input) ? undefined : { message: `expected a shipped policy or a path, got ${show(input)}` };

const mount = z.strictObject({
  type: leaf<'bind'>(wordCheck(['bind']), { enum: ['bind'] }).describe(
    '`bind`: a directory or file of the host',
  ),
  source: leaf<string>(mountSourceCheck, PATH_SHAPE).describe('Absolute path on the host'),
  target: leaf<string>(mountTargetCheck, PATH_SHAPE).describe('Absolute path inside'),
  readOnly: leaf<boolean>(booleanCheck, { type: 'boolean' })
    .optional()
    .describe('Whether the program cannot write there; true unless set'),
});

/** A list under `key` that replaces the inherited one, and under `+key` one that is appended to it. */
function appendable<const K extends string, T extends z.ZodType>(key: K, item: T, text: string) {
  const list = z.array(item).optional();
  const shape = {
    [key]: list.describe(text),
    [`+${key}`]: list.describe(`Appended to the inherited \`${key}\``),
  };
  return shape as Record<K | `+${K}`, typeof list>;
}

const network = z.strictObject({
  mode: leaf<'none' | 'loopback'>(wordCheck(['none', 'loopback']), { enum: ['none', 'loopback'] })
    .optional()
    .describe('`none`: no internet sockets at all; `loopback`: a private loopback interface'),
});

const filesystem = z.strictObject({
  rootfs: leaf<string>(
    patternCheck(
      ROOTFS_NAME,
      '`auto`, `host` or the name of a tree (one of your own: warder rootfs import NAME PATH)',
    ),
    {
      type: 'string',
      pattern: ROOTFS_NAME.source,
    },
  )
    .optional()
    .describe('`auto` (a built tree), `host`, or the name of a built tree'),
  ...appendable('mounts', mount, 'Directories and files of the host that the program sees'),
});

const ID_SHAPE = { type: 'integer', minimum: 1, maximum: 65_534 } as const;
const identity = z.strictObject({
  uid: leaf<number>(idCheck, ID_SHAPE).optional().describe('User id inside, never 0'),
  gid: leaf<number>(idCheck, ID_SHAPE).optional().describe('Group id inside, never 0'),
  hostname: leaf<string>(hostnameCheck, { type: 'string' }).optional().describe('Host name inside'),
});

const environment = z.record(
  z.string().regex(ENVIRONMENT_NAME, 'expected letters, digits and underscores, not starting with a digit'),
  leaf<string>(environmentValueCheck, { type: 'string' }),
);

const profileCheck: Check = (input) =>
  typeof input === 'string' && (NAME_PATTERN.test(input) || (isPath(input) && isReference(input)))
    ? undefined
    : { message: `expected a shipped profile or a path such as \`./mine.yaml\`, got ${show(input)}` };

const seccomp = z.strictObject({
  profile: leaf<string>(profileCheck, { type: 'string' })
    .optional()
    .describe('The system call filter to start from: a shipped profile, or a path relative to this file'),
  ...appendable('allow', syscall, 'System calls or @groups allowed on top of the profile'),
  ...appendable('deny', syscall, 'System calls or @groups denied whatever the profile says'),
});

const execution = z.strictObject({
  writtenFiles: leaf<'allow' | 'deny'>(wordCheck(['allow', 'deny']), { enum: ['allow', 'deny'] })
    .optional()
    .describe('`deny`: nothing outside the root file system can be executed'),
});

const compile = z.strictObject({
  limits: limitsSchema
    .optional()
    .describe('Limits of the compile phase; what is not set is taken from `limits`'),
  seccomp: z
    .strictObject({
      profile: leaf<string>(profileCheck, { type: 'string' })
        .optional()
        .describe("The compile phase's own system call filter; without one that of the program applies"),
    })
    .optional()
    .describe('The system call filter of the compile phase'),
});

/** What is exported is kept in memory and travels in one JSON text, whose length Node bounds. */
const ARTIFACTS_MAX_BYTES = 256 * 1024 * 1024;
const ARTIFACTS_MAX_COUNT = 10_000;
/** EXPORT_DEPTH_MAX of src/native/exporter.h. */
const ARTIFACTS_MAX_DEPTH = 64;

const artifactSize = leaf<string>(
  sizeCheck({ unlimited: false, zero: false, max: [ARTIFACTS_MAX_BYTES, '256MiB'] }),
  { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*(B|KiB|MiB|GiB)$' },
);
const artifactCount = (max: number) =>
  leaf<number>(countCheck({ max, unlimited: false }), { type: 'integer', minimum: 1, maximum: max });

const artifacts = z.strictObject({
  count: artifactCount(ARTIFACTS_MAX_COUNT).optional().describe('Files'),
  size: artifactSize.optional().describe('Size of one file'),
  total: artifactSize.optional().describe('Size of all files'),
  depth: artifactCount(ARTIFACTS_MAX_DEPTH)
    .optional()
    .describe('Directories below /workspace, one in the other'),
});

/** What a policy, a language's override and a request can set alike. */
const bodyShape = {
  limits: limitsSchema.optional().describe('What a run may use'),
  compile: compile.optional().describe('The compile phase of compiled languages'),
  network: network.optional().describe('What the program can reach'),
  filesystem: filesystem.optional().describe('What the program sees'),
  identity: identity.optional().describe('Who the program is, inside'),
  environment: environment.optional().describe('Environment variables added to the fixed ones'),
  ...appendable('devices', device, 'Device nodes in /dev'),
  seccomp: seccomp.optional().describe('The system call filter'),
  execution: execution.optional().describe('What may be executed'),
  artifacts: artifacts.optional().describe('What may come out of /workspace when the program has ended'),
  ...appendable(
    'allowDegraded',
    control,
    'Controls that may be missing on a host, each recorded as a weakening',
  ),
};

const body = z.strictObject(bodyShape);

/** A policy file as written: every key optional but `version` and `name`, units as text. */
export const policyFileSchema = z
  .strictObject({
    version: leaf<1>(wordCheck([1]), { enum: [1] }).describe('Version of this format'),
    name: name.describe('Name of the policy, as results show it'),
    description: freeText.optional().describe('One line for people'),
    extends: z
      .array(leaf<string>(extendsCheck, { type: 'string' }))
      .optional()
      .describe('Shipped policies, or paths relative to this file; later ones win'),
    ...bodyShape,
    ceilings: ceilingsSchema.optional().describe('What a request may raise a limit to'),
    languages: z
      .record(z.string().regex(NAME_PATTERN, 'expected the id of a language'), body)
      .optional()
      .describe('Overrides for one language each, by its id'),
  })
  .describe('A policy of warder');

/** What a request may override, in the words of a policy file. */
export const policyOverridesSchema = body.describe('Overrides of a policy by a request');

export type PolicyFile = z.infer<typeof policyFileSchema>;
export type PolicyOverrides = z.infer<typeof policyOverridesSchema>;
