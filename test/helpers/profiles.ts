import { existsSync, readdirSync } from 'node:fs';

/** The names of the seccomp profiles that this tree ships. */
export function shippedProfiles(): readonly string[] {
  const directory = new URL('../../policies/seccomp/', import.meta.url);
  const files = existsSync(directory) ? readdirSync(directory) : ['default.yaml'];
  return files.filter((name) => name.endsWith('.yaml')).map((name) => name.replace(/\.yaml$/, ''));
}
