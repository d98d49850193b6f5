import * as z from 'zod';
import { errnoNames } from '#seccomp/errno.ts';
import { ociErrno } from '#seccomp/oci-action.ts';
import { OCI_ACTIONS, OCI_OPS, type OciActionName, type OciOp } from '#seccomp/oci-types.ts';
import { leaf } from './leaf.ts';
import { type Check, nearestProblem, show, wordCheck } from './value-checks.ts';

/**
 * A seccomp profile as Docker, Podman and other OCI runtimes read it: config-linux.md of the OCI runtime
 * specification, with what Docker's files (`archMap`, `name`, `includes`, `excludes`) and Podman's (`errno`) have besides.
 * What has no meaning here becomes a note. A key that nobody knows is refused, though those runtimes let it pass: a
 * misspelt `args` would leave an `allow` without its conditions.
 */
const textCheck: Check = (input) =>
  typeof input === 'string' ? undefined : { message: `expected text, got ${show(input)}` };
const amountCheck: Check = (input) =>
  (typeof input === 'bigint' && input >= 0n) || (Number.isSafeInteger(input) && Number(input) >= 0)
    ? undefined
    : { message: `expected a whole number of at least 0, got ${show(input)}` };
const errnoCheck: Check = (input) =>
  Number.isSafeInteger(input) ? amountCheck(input) : { message: `${show(input)} is no errno` };

/** Empty is what Podman writes for one that is not set. */
const errnoTextCheck: Check = (input) => {
  if (input === '' || (typeof input === 'string' && ociErrno(input) !== undefined)) return undefined;
  return nearestProblem(
    `${show(input)} is not the name of an errno`,
    String(input).toUpperCase(),
    errnoNames(),
  );
};
const kernelCheck: Check = (input) =>
  typeof input === 'string' && /^\d{1,6}\.\d{1,6}$/.test(input)
    ? undefined
    : { message: `expected a version such as 4.8, got ${show(input)}` };

const text = leaf<string>(textCheck, { type: 'string' });
const names = z.array(text);
const errno = leaf<number>(errnoCheck, { type: 'integer', minimum: 0 });
const errnoText = leaf<string>(errnoTextCheck, { type: 'string' });
/** Compared with an argument of 64 bits. */
const wide = leaf<number | bigint>(amountCheck, { type: 'integer', minimum: 0 });
const action = leaf<OciActionName>(wordCheck(OCI_ACTIONS), { enum: OCI_ACTIONS });

const filter = z.strictObject({
  arches: names.nullish(),
  caps: names.nullish(),
  minKernel: leaf<string>(kernelCheck, { type: 'string' }).nullish(),
});

const rule = z.strictObject({
  names: names.nullish(),
  name: text.nullish(),
  action,
  errnoRet: errno.nullish(),
  errno: errnoText.nullish(),
  args: z
    .array(
      z.strictObject({
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

export const ociProfileSchema = z.strictObject({
  defaultAction: action,
  defaultErrnoRet: errno.nullish(),
  defaultErrno: errnoText.nullish(),
  architectures: names.nullish(),
  archMap: z.array(z.strictObject({ architecture: text, subArchitectures: names.nullish() })).nullish(),
  listenerPath: text.nullish(),
  listenerMetadata: text.nullish(),
  comment: text.nullish(),
  flags: names.nullish(),
  syscalls: z.array(rule).nullish(),
});
