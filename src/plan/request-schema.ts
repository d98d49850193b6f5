/** The request as it comes from outside: JSON form = library form (contract: RunRequest, schema 1). */
import * as z from 'zod';
import type { InputIssue } from '#error/codes.ts';
import { WarderError } from '#error/warder-error.ts';
import { globProblem } from '#util/glob.ts';
import { suggest } from '#util/suggest.ts';

const noNul = (text: string): boolean => !text.includes('\0');
const NUL_MESSAGE = 'contains a NUL byte, which no program can receive';
const TOO_MANY = 'has more than 60000 entries';
const text = z.string('must be a text').refine(noNul, NUL_MESSAGE);

const bytes = z.union([
  z.string(),
  z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'must be text, bytes or { data, encoding }'),
  z.strictObject({ data: z.base64(), encoding: z.literal('base64') }),
]);

/** init makes each directory of each path; these bound how many a request can ask for. */
const PATHS_MAX_LENGTH = 1024 * 1024;
const PATH_MAX_DEPTH = 128;

/** Relative to the workspace, nothing that leads out of it or nowhere. */
function isPlainPath(path: string): boolean {
  const parts = path.split('/');
  if (parts.length > PATH_MAX_DEPTH) return false;
  return parts.every(
    (part) => part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= 255,
  );
}

const relativePath = text
  .max(4095)
  .refine(
    isPlainPath,
    `must be a relative path of at most ${PATH_MAX_DEPTH} parts, none of them empty, \`.\` or \`..\`, such as \`lib/util.py\``,
  );

const file = z.strictObject({
  path: relativePath.describe('Below /workspace'),
  content: bytes,
  mode: z
    .string()
    .regex(/^0?[0-7]{3}$/, 'must be octal permission bits, such as 0644')
    .optional(),
});

/** Matching takes the length of the patterns times that of every path in the workspace, which the program chooses. */
const GLOBS_MAX_LENGTH = 2048;

const glob = text.check(({ value, issues }) => {
  const message = globProblem(value);
  if (message !== undefined) issues.push({ code: 'custom', input: value, message });
});

const globs = z
  .array(glob)
  .max(1000)
  .refine(
    (patterns) => patterns.join('').length <= GLOBS_MAX_LENGTH,
    `has more than ${GLOBS_MAX_LENGTH} characters together`,
  );

/** Linear in the length of all paths: a request must not be able to stop the event loop. */
function pathProblems(paths: readonly string[]): string[] {
  const total = paths.reduce((sum, path) => sum + path.length, 0);
  if (total > PATHS_MAX_LENGTH)
    return [`has paths of ${total} characters together; ${PATHS_MAX_LENGTH} is the most`];
  const files = new Set(paths);
  const problems = files.size < paths.length ? [`has \`${firstRepeated(paths)}\` twice`] : [];
  const clash = [...directoriesOf(paths)].find((directory) => files.has(directory));
  return clash === undefined ? problems : [...problems, `has \`${clash}\` both as a file and as a directory`];
}

function firstRepeated(paths: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return paths.find((path) => seen.has(path) || !seen.add(path));
}

function* directoriesOf(paths: readonly string[]): Generator<string> {
  for (const path of paths) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) yield path.slice(0, at);
  }
}

const environmentName = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const runRequestSchema = z
  .strictObject({
    schema: z.literal(1).optional(),
    id: z
      .string()
      .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters')
      .optional(),
    language: z.string().optional().describe('Id or alias of a language; see `warder languages`'),
    code: z.string().optional().describe('Source text; becomes /workspace/main.<extension>'),
    files: z.array(file).max(10_000).optional().describe('Placed below /workspace before the start'),
    entrypoint: relativePath.optional().describe('The file of `files` to run; needed when there are several'),
    argv: z
      .array(text)
      .min(1, 'must name a command')
      .max(60_000, TOO_MANY)
      .optional()
      .describe('Any command, instead of a language'),
    args: z.array(text).max(60_000, TOO_MANY).optional().describe('Arguments of the program'),
    stdin: bytes.optional(),
    env: z
      .record(z.string().regex(environmentName, 'is not a name for an environment variable'), text)
      .optional(),
    cwd: text
      .min(1, 'must not be empty')
      .optional()
      .describe('Absolute inside the sandbox, or relative to /workspace'),
    policy: z
      .union([z.string(), z.strictObject({ name: z.string(), sha256: z.string().optional() })])
      .optional(),
    limits: z.record(z.string(), z.unknown()).optional().describe("As in a policy's `limits`"),
    engine: z.enum(['auto', 'bubblewrap', 'nsjail']).optional(),
    rootfs: z.string().optional().describe('auto, host, or the name of a built tree'),
    artifacts: globs
      .optional()
      .describe(
        'Files of /workspace that the result is to have, as globs relative to it: `*.png`, `out/**/*`',
      ),
  })
  .check(({ value, issues }) => {
    const report = (path: string, message: string) =>
      issues.push({ code: 'custom', input: value, path: [path], message });
    const { language, code, files, argv, args, entrypoint } = value;
    if (argv && (language || code !== undefined || args || entrypoint)) {
      report('argv', 'runs a command; it does not go with language, code, args or entrypoint');
    }
    if (!argv && !language) report('language', 'is missing: give a language with code or files, or an argv');
    if (argv?.[0] === '') report('argv', 'has an empty command');
    if (language && (code === undefined) === (files === undefined)) {
      report('code', 'give either code or files with a language');
    }
    const paths = (files ?? []).map(({ path }) => path);
    if (language && files && entrypoint === undefined && paths.length !== 1) {
      report('entrypoint', 'is needed when there is more than one file');
    }
    if (entrypoint !== undefined && !paths.includes(entrypoint)) {
      report('entrypoint', `\`${entrypoint}\` is not among the files`);
    }
    for (const message of pathProblems(paths)) report('files', message);
  });

/** An own key of this name is lost when records are copied, so it has to be refused before. */
const withProtoRefused = z
  .unknown()
  .check(({ value, issues }) => {
    const env = typeof value === 'object' && value !== null && 'env' in value ? value.env : undefined;
    if (typeof env !== 'object' || env === null || !Object.hasOwn(env, '__proto__')) return;
    issues.push({
      code: 'custom',
      input: value,
      path: ['env'],
      message: 'a variable cannot be called `__proto__`',
    });
  })
  .pipe(runRequestSchema);

export type RunRequest = z.input<typeof runRequestSchema>;

/** @throws WarderError REQUEST_INVALID with every problem */
export function parseRunRequest(input: unknown): RunRequest {
  const result = withProtoRefused.safeParse(input);
  if (result.success) return result.data;
  const issues = result.error.issues.flatMap(toInputIssues);
  const first = issues[0];
  const message = `the request is invalid: ${[first?.path, first?.message].filter(Boolean).join(' ')}`;
  throw new WarderError('REQUEST_INVALID', message, { details: { issues } });
}

function toInputIssues(issue: z.core.$ZodIssue): InputIssue[] {
  const path = issue.path.join('.');
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, message }));
  if (issue.code === 'invalid_union')
    return issue.errors
      .flat()
      .slice(-1)
      .map(({ message }) => ({ path, message }));
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  const known = Object.keys(runRequestSchema.shape);
  return issue.keys.map((key) => {
    const near = path === '' ? suggest(key, known) : undefined;
    return { path, message: `unknown key \`${key}\``, ...(near ? { suggestion: near } : {}) };
  });
}

/** The bytes of a text, byte array or base64 field. */
export function toBytes(value: z.input<typeof bytes>): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (value instanceof Uint8Array) return value;
  return Buffer.from(value.data, 'base64');
}
