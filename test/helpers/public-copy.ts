import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The built package and what it depends on, where every user can read it: a checkout below /root cannot be. The
 * caller removes it.
 */
export function makePublicCopy(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'warder-public-'));
  for (const entry of [
    'dist',
    'policies',
    'rootfs',
    'package.json',
    'test/fixtures',
    ...productionPackages(),
  ]) {
    mkdirSync(dirname(join(path, entry)), { recursive: true });
    cpSync(join(ROOT, entry), join(path, entry), { recursive: true });
  }
  execFileSync('chmod', ['-R', 'a+rX', path]);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function productionPackages(): string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  const entries = Object.entries(lock.packages);
  return entries
    .filter(([name, { dev, optional }]) => name !== '' && !dev && !optional)
    .map(([name]) => name);
}
