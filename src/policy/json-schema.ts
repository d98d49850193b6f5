import * as z from 'zod';
import { ociProfileSchema } from './oci-schema.ts';
import { profileFileSchema } from './profile-schema.ts';
import { policyFileSchema, policyOverridesSchema } from './schema.ts';

/** The part of a JSON Schema that is used to find the keys of a section. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** The policy file format as JSON Schema draft-7, the newest that YAML editors support throughout. */
export function policyJsonSchema(): JsonSchema {
  return toJsonSchema(policyFileSchema);
}

/** The overrides of a request as JSON Schema draft-7. */
export function policyOverridesJsonSchema(): JsonSchema {
  return toJsonSchema(policyOverridesSchema);
}

/** The keys that the section at `path` can have; empty where there is no section. */
export function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): readonly string[] {
  const nodes = path.reduce<readonly JsonSchema[]>(
    (at, segment) => at.flatMap((node) => children(node, segment)),
    [schema],
  );
  return nodes.flatMap(variants).flatMap((node) => Object.keys(node.properties ?? {}));
}

/** The seccomp profile format as JSON Schema draft-7. */
export function profileJsonSchema(): JsonSchema {
  return toJsonSchema(profileFileSchema);
}

/** The keys of an OCI profile, for suggestions. */
export function ociProfileJsonSchema(): JsonSchema {
  return toJsonSchema(ociProfileSchema);
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  // Input form: with zod's default form, what has a default would be listed as required.
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as JsonSchema;
}

function children(node: JsonSchema, segment: PropertyKey): readonly JsonSchema[] {
  return variants(node).flatMap((variant) => {
    const { properties = {}, additionalProperties, items } = variant;
    const named = Object.hasOwn(properties, segment) ? properties[String(segment)] : undefined;
    const child = named ?? items ?? additionalProperties;
    return typeof child === 'object' ? [child] : [];
  });
}

function variants(node: JsonSchema): readonly JsonSchema[] {
  return [node, ...(node.anyOf ?? [])];
}
