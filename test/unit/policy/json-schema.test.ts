import { describe, expect, test } from 'vitest';
import { keysAt, policyJsonSchema, policyOverridesJsonSchema } from '#policy/json-schema.ts';

describe('the JSON Schema', () => {
  const schema = policyJsonSchema();

  test('is draft-7, strict, and requires no more than a file has to have', () => {
    expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
    expect(schema.additionalProperties).toBe(false);
    expect(schema['required']).toEqual(['version', 'name']);
  });

  test('knows the appending form of every list', () => {
    expect(keysAt(schema, [])).toEqual(
      expect.arrayContaining(['devices', '+devices', 'allowDegraded', '+allowDegraded']),
    );
    expect(keysAt(schema, ['seccomp'])).toEqual(['profile', 'allow', '+allow', 'deny', '+deny']);
    expect(keysAt(schema, ['filesystem'])).toEqual(['rootfs', 'mounts', '+mounts']);
  });

  test('finds the keys of a section wherever it is', () => {
    expect(keysAt(schema, ['languages', 'go', 'compile', 'limits'])).toContain('memory');
    expect(keysAt(schema, ['limits', 'stdout'])).toEqual(['size', 'onExceed']);
    expect(keysAt(schema, ['filesystem', 'mounts', 0])).toContain('readOnly');
    expect(keysAt(schema, ['limits', 'wall', 'deeper'])).toEqual([]);
    expect(keysAt(schema, ['nowhere', 'at', 'all'])).toEqual([]);
    expect(keysAt(policyOverridesJsonSchema(), [])).not.toContain('ceilings');
  });

  test('describes every key', () => {
    const undescribed: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, child] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(child as Record<string, { description?: string }>)) {
            if (!property.description) undescribed.push(`${path}.${name}`);
            walk(property, `${path}.${name}`);
          }
        } else walk(child, path);
      }
    };
    walk(schema, '');
    expect(undescribed).toEqual([]);
  });

  test.each(['30s', '1.5h', 'unlimited'])('%s fits the pattern of a duration', (text) =>
    expect(
      new RegExp(String(schema.properties?.['limits']?.properties?.['wall']?.['pattern'])).test(text),
    ).toBe(true),
  );
});
