import * as z from 'zod';
import { parseSizeBytes } from '#util/units.ts';

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const INSIDE = /^\/(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0]*$/;

const name = z.string().regex(NAME, 'expected lower-case letters, digits, dots, hyphens and underscores');
const text = z.string().min(1, 'expected some text');
const pattern = z
  .string()
  .regex(/^(?:\/|\$\{)/, 'expected an absolute path or pattern')
  .describe(
    'Absolute; `*`, `**` and `[0-9]` match, a trailing `?` means that nothing need match; a command of the list in braces after `$` is the name of the file that it leads to, with `:dir` its directory',
  );
const inside = z.string().regex(INSIDE, 'expected an absolute path without `.` and `..`');
const argv = z.array(text).min(1, 'expected a command');

const selection = {
  commands: z
    .array(text)
    .default([])
    .describe(
      'Commands of /usr/local/bin and /usr/bin, or absolute patterns; with every library that they need',
    ),
  files: z.array(pattern).default([]).describe('Further files and directories'),
  libraries: z
    .array(text)
    .default([])
    .describe('Libraries that are opened at run time, which nothing in a file tells'),
  preloaded: z
    .array(text)
    .default([])
    .describe('Libraries that a program loads by their path before others ask for them by name'),
  exclude: z.array(pattern).default([]).describe('What of all this stays out'),
};

const closure = z.strictObject({
  ...selection,
  packages: z
    .array(text)
    .default([])
    .describe('All files of installed Debian packages; `[0-9]` and `*` match'),
});

const link = z.strictObject({ path: inside, to: text });

const debian = z.strictObject({
  ...selection,
  links: z
    .array(link)
    .default([])
    .describe("What the packages' own scripts would have linked; none of them is run"),
  suite: z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected the name of a Debian suite'),
  include: z.array(z.string().regex(/^[a-z0-9][a-z0-9.+-]*$/, 'expected the name of a package')).min(1),
});

const step = z
  .strictObject({
    run: argv.optional().describe('A command of the tree, run in the tree without a network'),
    settle: inside
      .optional()
      .describe('A file that `run` makes, not always the same: it is made again until one result prevails'),
    remove: z.array(pattern).min(1).optional().describe('What goes after the steps above'),
    link: link.optional().describe('A symbolic link'),
  })
  .refine(
    ({ run, remove, link }) => [run, remove, link].filter((kind) => kind !== undefined).length === 1,
    'expected exactly one of run, remove and link',
  )
  .refine(({ run, settle }) => settle === undefined || run !== undefined, 'settle: expected only with run');

const smoke = z.strictObject({
  files: z.record(z.string().regex(/^[\w.-]+$/, 'expected a file name'), z.string()).default({}),
  run: z.array(argv).min(1).describe('Commands, one after the other in one working directory'),
  stdout: z.string().describe('What the last one has to print'),
});

/** A file `rootfs/<name>.yaml`: what goes into a tree and how it is shown to work. */
export const rootfsManifestSchema = z
  .strictObject({
    version: z.literal(1, { error: 'expected 1' }),
    name: name.describe('Name of the tree'),
    description: text.describe('One line for people'),
    languages: z.array(name).default([]).describe('Ids of the languages that it is for'),
    maxSize: z
      .string()
      .refine((value) => parseSizeBytes(value) !== undefined, 'expected a size such as `45MiB`')
      .describe('A larger tree is refused: something went in that was not meant to'),
    closure: closure.optional().describe("Taken from this host's own files"),
    debian: debian.optional().describe('Taken from packages of a Debian mirror'),
    steps: z.array(step).default([]),
    smoke: smoke.describe('A program that has to run in the tree before it is used'),
  })
  .refine(({ closure: a, debian: b }) => a ?? b, 'expected `closure`, `debian` or both')
  .describe('A root file system of warder');

export type RootfsManifest = z.output<typeof rootfsManifestSchema>;
export type Selection = Pick<z.output<typeof closure>, keyof typeof selection>;
export type ManifestStep = RootfsManifest['steps'][number];

/** Names of trees, in manifests and in the store. */
export function isTreeName(value: string): boolean {
  return NAME.test(value) && value !== 'auto' && value !== 'host';
}
