import { existsSync } from 'node:fs';
import { nativePath } from '#launch/native.ts';
import { gate } from './gate.ts';

/** The native program as `scripts/build` leaves it. */
export const NATIVE_PATH = nativePath();

export const describeWithNative = gate('native', existsSync(NATIVE_PATH), `${NATIVE_PATH} is not built`);
