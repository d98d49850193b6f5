import { existsSync } from 'node:fs';
import { gate } from './gate.ts';

const path = [
  process.env['WARDER_NSJAIL'] ?? '',
  ...(process.env['PATH'] ?? '').split(':').map((directory) => `${directory}/nsjail`),
].find((candidate) => candidate !== '' && existsSync(candidate));

/** The launcher; only of use where `withNsjail` runs its tests. */
export const NSJAIL = path ?? 'nsjail';

/** Tests that start nsjail, as root, so that the file by hand can make its cgroups. */
export const withNsjail = gate(
  'nsjail',
  path !== undefined && process.geteuid?.() === 0,
  path === undefined ? 'not on PATH; it is not packaged for Debian 12, build it' : 'needs root',
);
