import type { Attack } from '#escape/types.ts';
import { writeRootfs } from './write-rootfs.ts';

export const FILESYSTEM_ATTACKS: readonly Attack[] = [writeRootfs];
