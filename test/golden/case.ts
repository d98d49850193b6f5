import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { isWarderError } from '#error/warder-error.ts';
import type { HostFacts } from '#host/types.ts';
import { parseRunRequest } from '#plan/request-schema.ts';
import type { PolicyOverrides } from '#policy/schema.ts';
import { Preparer } from '#prepare.ts';
import { formatPrepared, formatRefusal } from './format.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

const caseSchema = z.strictObject({
  /** What the case is about, for the reader of the expected file. */
  about: z.string(),
  /** A file of `facts/`. */
  facts: z.string(),
  /** A shipped policy, or a path relative to the case. */
  policy: z.string().default('strict'),
  allowWiden: z.boolean().default(false),
  overrides: z.record(z.string(), z.unknown()).optional(),
  request: z.unknown(),
});

export function caseNames(): string[] {
  const entries = readdirSync(ROOT, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && entry.name !== 'facts').map(({ name }) => name);
}

export function expectedPath(name: string): string {
  return `${ROOT}${name}/expected.txt`;
}

/** The text that the case gives with the present code. */
export async function renderCase(name: string): Promise<string> {
  const { about, facts, policy, allowWiden, overrides, request } = caseSchema.parse(
    readJson(`${ROOT}${name}/case.json`),
  );
  const preparer = new Preparer(readFacts(facts));
  const options = {
    defaultPolicy: policy.startsWith('.') ? `${ROOT}${name}/${policy}` : policy,
    policies: null,
    defaultEngine: 'auto',
    allowWiden,
    ...(overrides ? { overrides: overrides as PolicyOverrides } : {}),
  } as const;
  const head = `# ${about}\n# Facts: ${facts}. Written by scripts/update-golden.\n`;
  try {
    const prepared = await preparer.prepare(parseRunRequest(request), options);
    return `${head}\n${formatPrepared(prepared)}`;
  } catch (error) {
    if (!isWarderError(error)) throw error;
    return `${head}\n${formatRefusal(error)}`;
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Facts are fixed, and complete after `extends`: nothing is probed. */
function readFacts(name: string): HostFacts {
  const { extends: parent, ...own } = readJson(`${ROOT}facts/${name}.json`) as Partial<HostFacts> & {
    extends?: string;
  };
  return { ...(parent === undefined ? undefined : readFacts(parent)), ...own } as HostFacts;
}
