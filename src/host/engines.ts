import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { errnoOf } from '#error/warder-error.ts';
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

/** Looks for a launcher on `path` without starting it. `override` (an absolute path) is taken or refused, never replaced. */
export async function locateEngine(
  name: string,
  path: string,
  override: string | undefined,
): Promise<EngineFacts> {
  if (override) return takeGiven(override);
  const directories = path.split(delimiter).filter((directory) => isAbsolute(directory));
  const candidates = directories.map((directory) => join(directory, name));
  for (const candidate of candidates) {
    if ((await whyNotExecutable(candidate)) === null)
      return { found: true, path: candidate, version: 'unknown', options: null };
  }
  return { found: false, searched: candidates };
}

async function takeGiven(path: string): Promise<EngineFacts> {
  const why = isAbsolute(path) ? await whyNotExecutable(path) : 'it is not an absolute path';
  return why === null
    ? { found: true, path, version: 'unknown', options: null, given: true }
    : unusable(path, why);
}

function unusable(path: string, why: string): EngineFacts {
  return { found: false, searched: [path], givenButUnusable: why };
}

/** null for a file that this process may execute. A directory that may be entered passes access(2) as well. */
async function whyNotExecutable(path: string): Promise<string | null> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() ? null : 'it is not a file';
  } catch (error) {
    return errnoOf(error);
  }
}

/**
 * Asks a launcher that was found what it can do: one or two processes.
 * @throws WarderError HOST_RESOURCE_EXHAUSTED
 */
export async function describeEngine(facts: EngineFacts): Promise<EngineFacts> {
  if (!facts.found) return facts;
  const { path, given } = facts;
  const [help, version] = await Promise.all([
    captureOutput(path, ['--help']),
    captureOutput(path, ['--version']),
  ]);
  if (given && help.spawnError !== null) return unusable(path, `cannot be started: ${help.spawnError}`);
  return {
    ...facts,
    version: /\d+(\.\d+)+/.exec(version.stdout)?.[0] ?? 'unknown',
    options: [...help.stdout.matchAll(/^\s+(--[a-z0-9_-]+)/gm)].map((match) => match[1] ?? ''),
  };
}
