import * as z from 'zod';
import { OCI_ACTIONS, OCI_OPS, type OciActionName, type OciOp } from '#seccomp/oci-types.ts';
import { leaf } from './leaf.ts';
import { type Check, show, wordCheck } from './value-checks.ts';

/**
 * A seccomp profile as Docker, Podman and other OCI runtimes read it: config-linux.md of the OCI runtime
 * specification, with the older `archMap`, `name` and `includes`/`excludes` of Docker's own files. Unknown keys are let
 * pass, as those runtimes do; what has no meaning here becomes a note.
 */
const textCheck: Check = (input) =>
  typeof input === 'string' ? undefined : { message: `expected text, got ${show(input)}` };
const amountCheck: Check = (input) =>
  (typeof input === 'bigint' && input >= 0n) || (Number.isSafeInteger(input) && Number(input) >= 0)
    ? undefined
    : { message: `expected a whole number of at least 0, got ${show(input)}` };
const errnoCheck: Check = (input) =>
  Number.isSafeInteger(input) ? amountCheck(input) : { message: `${show(input)} is no errno` };

const text = leaf<string>(textCheck, { type: 'string' });
const names = z.array(text);
const errno = leaf<number>(errnoCheck, { type: 'integer', minimum: 0 });
/** Compared with an argument of 64 bits. */
const wide = leaf<number | bigint>(amountCheck, { type: 'integer', minimum: 0 });
const action = leaf<OciActionName>(wordCheck(OCI_ACTIONS), { enum: OCI_ACTIONS });

const filter = z.looseObject({
  arches: names.nullish(),
  caps: names.nullish(),
  minKernel: text.nullish(),
});

const rule = z.looseObject({
  names: names.nullish(),
  name: text.nullish(),
  action,
  errnoRet: errno.nullish(),
  args: z
    .array(
      z.looseObject({
        index: leaf<number>(wordCheck([0, 1, 2, 3, 4, 5]), { type: 'integer', minimum: 0, maximum: 5 }),
        value: wide,
        valueTwo: wide.nullish(),
        op: leaf<OciOp>(wordCheck(OCI_OPS), { enum: OCI_OPS }),
      }),
    )
    .nullish(),
  includes: filter.nullish(),
  excludes: filter.nullish(),
  comment: text.nullish(),
});

export const ociProfileSchema = z.looseObject({
  defaultAction: action,
  defaultErrnoRet: errno.nullish(),
  architectures: names.nullish(),
  archMap: z.array(z.looseObject({ architecture: text, subArchitectures: names.nullish() })).nullish(),
  listenerPath: text.nullish(),
  flags: names.nullish(),
  syscalls: z.array(rule).nullish(),
});
