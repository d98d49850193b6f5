import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Readonly<Record<string, LockedPackage>>;
};
const entries = Object.entries(lock.packages).filter(([path]) => path !== '');

/** Node's own lookup: beside the package that asks, then in each folder above it. */
function isLocked(from: string, name: string): boolean {
  if (`${from}/node_modules/${name}` in lock.packages) return true;
  const parent = from.lastIndexOf('/node_modules/');
  return parent >= 0 ? isLocked(from.slice(0, parent), name) : `node_modules/${name}` in lock.packages;
}

// npm leaves such entries out when the registry at hand does not carry them, and then every `npm ci` refuses the file.
test('the lock file names the packages for other platforms too', () => {
  const missing = entries.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(path, name)),
  );
  expect(missing).toEqual([]);
});

test('everything that is installed on a glibc host is locked with its hash', () => {
  const foreign = (entry: LockedPackage) => entry.optional === true && entry.os !== undefined;
  const unhashed = entries.filter(([, entry]) => entry.integrity === undefined && !foreign(entry));
  expect(entries.length).toBeGreaterThan(50);
  expect(unhashed.map(([path]) => path)).toEqual([]);
});
