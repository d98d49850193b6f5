import { expect, test } from 'vitest';
import { JSON_SCHEMAS } from '#cli/json-schemas.ts';
import { errorReportSchema } from '#cli/result-schema.ts';
import { ERROR_CODES, type ErrorCode, WarderError } from '#index.ts';
import { runRequestSchema } from '#internal.ts';

interface Schema {
  readonly $schema?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

test.each(Object.entries(JSON_SCHEMAS))('%s is a draft-7 schema that describes an object', (_, make) => {
  const schema = make() as Schema;
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
  for (const { properties } of schema.oneOf ?? [schema])
    expect(Object.keys(properties ?? {}).length).toBeGreaterThan(2);
});

test('the request’s schema has every key, and no branch that takes anything', () => {
  const schema = JSON_SCHEMAS.request() as Schema;
  expect(Object.keys(schema.properties ?? {})).toEqual(Object.keys(runRequestSchema.shape));
  expect(schema.properties?.['stdin']?.anyOf).toHaveLength(2);
});

test('the error’s schema takes an error of every code', () => {
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    const error = new WarderError(code as 'INTERNAL_BUG', 'm', { details: { what: '' } });
    expect(
      errorReportSchema.safeParse({ schema: 1, ok: false, error: error.toJSON() }).error,
    ).toBeUndefined();
  }
  expect(errorReportSchema.safeParse({ schema: 1, ok: false, error: {} }).success).toBe(false);
});
