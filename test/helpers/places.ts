import { accessSync, constants, readFileSync } from 'node:fs';
import { gate } from './gate.ts';

/** Where a run can happen on this host: engine × cgroup driver. */
export interface Place {
  readonly name: string;
  readonly engine: 'bubblewrap' | 'nsjail';
  /** The launcher's name in /proc. */
  readonly comm: string;
  readonly gate: (title: string, body: () => void) => void;
}

const driver = hasV1Memory() ? 'v1' : 'v2';

export const places: readonly Place[] = [
  {
    name: `bubblewrap/${driver}`,
    engine: 'bubblewrap',
    comm: 'bwrap',
    gate: gate('bubblewrap', isOnPath('bwrap'), 'bwrap is not on PATH'),
  },
  {
    name: `nsjail/${driver}`,
    engine: 'nsjail',
    comm: 'nsjail',
    gate: gate(
      'nsjail',
      isOnPath('nsjail') || process.env['WARDER_NSJAIL'] !== undefined,
      'nsjail is not packaged for Debian 12; build it and put it on PATH',
    ),
  },
];

function hasV1Memory(): boolean {
  return /^\d+:[^:]*\bmemory\b[^:]*:/m.test(readFileSync('/proc/self/cgroup', 'utf8'));
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((directory) => {
    try {
      accessSync(`${directory}/${name}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
