import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { keysAt, policyJsonSchema, policyOverridesJsonSchema } from '#policy/json-schema.ts';
import { listShippedPolicies } from '#policy/load.ts';
import { policyFileSchema } from '#policy/schema.ts';

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

  describe('and the loader agree', () => {
    const editor = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    const head = { version: 1, name: 'p' };

    test('on the shipped files', async () => {
      for (const name of await listShippedPolicies()) {
        const text = readFileSync(new URL(`../../../policies/${name}.yaml`, import.meta.url), 'utf8');
        expect(editor.safeParse(parse(text)).error, name).toBeUndefined();
      }
    });

    test.each([
      { limits: { wall: '1.5h', memory: 'unlimited', swap: 0, core: 0, cpu: 0.5, pids: 'unlimited' } },
      { limits: { stdout: '1MiB', stderr: { size: 'unlimited', onExceed: 'truncate' }, tmp: { inodes: 5 } } },
      { '+devices': [null], seccomp: { '+deny': ['@clock'] }, filesystem: { '+mounts': [] } },
      { languages: { go: { compile: { limits: { cpu: 'unlimited' } } } } },
    ])('that %j is fine', (body) => {
      expect(editor.safeParse({ ...head, ...body }).error).toBeUndefined();
      expect(policyFileSchema.safeParse({ ...head, ...body }).error).toBeUndefined();
    });

    test.each([
      { limits: { wall: 5 } },
      { limits: { wall: '5' } },
      { limits: { memory: 'lots' } },
      { limits: { core: 'unlimited' } },
      { limits: { stdout: { siz: '1MiB' } } },
      { limits: { pids: 0 } },
      { identity: { uid: 0 } },
      { devices: ['tty'] },
      { unknown: 1 },
      { environment: { A: 1 } },
      { languages: { go: { ceilings: {} } } },
      { name: 'Not A Name' },
    ])('that %j is not', (body) => {
      expect(editor.safeParse({ ...head, ...body }).success).toBe(false);
      expect(policyFileSchema.safeParse({ ...head, ...body }).success).toBe(false);
    });
  });
});
