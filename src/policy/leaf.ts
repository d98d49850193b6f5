import * as z from 'zod';
import type { Check, Problem } from './value-checks.ts';

/** How a value looks in the JSON Schema; editors check this, warder checks more. */
export interface JsonShape {
  readonly type?: 'string' | 'number' | 'integer' | 'boolean';
  readonly pattern?: string;
  readonly enum?: readonly (string | number | null)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly JsonShape[];
}

/**
 * A schema for one value whose problem is worded by `check`. zod's own messages know nothing of units or of what
 * was meant, so it is given `unknown` and the static type is asserted here, in one place.
 */
export function leaf<T>(check: Check, shape: JsonShape): z.ZodType<T, T> {
  const schema = z.unknown().superRefine((input, context) => {
    // Optional keys that are absent do not get here, so this is a key that has to be there.
    const problem = input === undefined ? { message: 'this key is required' } : check(input);
    if (!problem) return;
    const { message, suggestion }: Problem = problem;
    // `continue: false` makes a union see a failed branch instead of a value that merely has a remark.
    context.addIssue({ code: 'custom', message, params: { suggestion }, continue: false });
  });
  return schema.meta({ ...shape }) as unknown as z.ZodType<T, T>;
}
