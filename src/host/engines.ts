import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { captureOutput } from '#launch/capture.ts';
import type { EngineFacts } from './types.ts';

/** Looks for a launcher and asks it what it can do. */
export async function probeEngine(
  name: string,
  path: string,
  override: string | undefined,
): Promise<EngineFacts> {
  return describeEngine(await locateEngine(name, path, override));
}

/** Looks for a launcher on `path` without starting it. `override` (an absolute path) is used instead of a search. */
export async function locateEngine(
  name: string,
  path: string,
  override: string | undefined,
): Promise<EngineFacts> {
  const directories = path.split(delimiter).filter((directory) => isAbsolute(directory));
  const candidates = override ? [override] : directories.map((directory) => join(directory, name));
  for (const candidate of candidates) {
    if (await isExecutable(candidate))
      return { found: true, path: candidate, version: 'unknown', options: null };
  }
  return { found: false, searched: candidates };
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Asks a launcher that was found what it can do: one or two processes. */
export async function describeEngine(facts: EngineFacts): Promise<EngineFacts> {
  if (!facts.found) return facts;
  const { path } = facts;
  const [help, version] = await Promise.all([
    captureOutput(path, ['--help']),
    captureOutput(path, ['--version']),
  ]);
  return {
    found: true,
    path,
    version: /\d+(\.\d+)+/.exec(version.stdout)?.[0] ?? 'unknown',
    options: [...help.stdout.matchAll(/^\s+(--[a-z0-9_-]+)/gm)].map((match) => match[1] ?? ''),
  };
}
