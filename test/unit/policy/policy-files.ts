import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { InputIssue } from '#error/codes.ts';
import { isWarderError, type WarderError } from '#error/warder-error.ts';
import type { LoadedPolicy } from '#policy/assemble.ts';
import { loadPolicyFile } from '#policy/load.ts';

/** A directory with these files, removed after the test. */
export async function directoryWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'warder-policy-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return directory;
}

/** Loads `text` as a policy file; what is not given stands in for a head that extends `base`. */
export async function load(text: string): Promise<LoadedPolicy> {
  const directory = await directoryWith({ 'p.yaml': text });
  return loadPolicyFile(join(directory, 'p.yaml'));
}

/** Loads a body below the usual three lines of head. */
export function loadBody(body: string): Promise<LoadedPolicy> {
  return load(`version: 1\nname: p\nextends: [base]\n${body}`);
}

export async function caught(run: () => unknown): Promise<WarderError> {
  try {
    await run();
  } catch (error) {
    if (isWarderError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

export async function issuesOf(run: () => unknown): Promise<readonly InputIssue[]> {
  const { details } = await caught(run);
  return 'issues' in details ? details.issues : [];
}

/** `line:column path: message (suggestion)` of each issue, which is all that a reader sees but the file. */
export async function report(run: () => unknown): Promise<readonly string[]> {
  const issues = await issuesOf(run);
  return issues.map(({ line, column, path, message, suggestion }) => {
    const place = line === undefined ? '' : `${line}:${column} `;
    return `${place}${path}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`;
  });
}
