/**
 * Exits 0 when node_modules holds what package-lock.json says, 1 when `npm ci` is needed.
 * npm writes what it installed to node_modules/.package-lock.json; times say nothing after a clone or a copy, so
 * versions and integrity hashes are compared. Packages for other platforms are optional and may be absent.
 */
import { readFileSync } from 'node:fs';

/** @param {string} path */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

function isCurrent() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  const extra = Object.keys(present).filter((path) => !(path in wanted));
  const wrong = Object.keys(wanted).filter((path) => {
    if (path === '') return false;
    if (!(path in present)) return wanted[path].optional !== true;
    return (
      wanted[path].version !== present[path].version || wanted[path].integrity !== present[path].integrity
    );
  });
  return extra.length === 0 && wrong.length === 0;
}

try {
  process.exitCode = isCurrent() ? 0 : 1;
} catch {
  // No node_modules, or one that npm did not write: install.
  process.exitCode = 1;
}
