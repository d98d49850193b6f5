import type { Attack } from '#escape/types.ts';
import { abstract } from './abstract.ts';
import { cacheProbe } from './cache-probe.ts';
import { files } from './files.ts';
import { keyring } from './keyring.ts';
import { lockCovert } from './lock-covert.ts';
import { signals } from './signals.ts';
import { sysvMqueue } from './sysv-mqueue.ts';
import { watchCovert } from './watch-covert.ts';

export const IPC_ATTACKS: readonly Attack[] = [
  keyring,
  sysvMqueue,
  files,
  abstract,
  signals,
  lockCovert,
  watchCovert,
  cacheProbe,
];
