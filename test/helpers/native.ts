import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gate } from './gate.ts';

/** The native program as `scripts/build` leaves it. */
export const NATIVE_PATH = fileURLToPath(new URL('../../dist/native/warder-init', import.meta.url));

export const describeWithNative = gate(
  'native',
  existsSync(NATIVE_PATH),
  'dist/native/warder-init is not built',
);
