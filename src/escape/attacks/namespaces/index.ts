import type { Attack } from '#escape/types.ts';
import { clock } from './clock.ts';
import { cloneFlags } from './clone-flags.ts';
import { clone3 } from './clone3.ts';
import { hostname } from './hostname.ts';
import { idsDiffer } from './ids-differ.ts';
import { setns } from './setns.ts';
import { unshareEach } from './unshare-each.ts';

export const NAMESPACE_ATTACKS: readonly Attack[] = [
  unshareEach,
  cloneFlags,
  clone3,
  setns,
  idsDiffer,
  hostname,
  clock,
];
