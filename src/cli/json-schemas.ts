import * as z from 'zod';
import { escapeReportSchema, userAttackSchema } from '#escape/index.ts';
import { policyJsonSchema, profileJsonSchema, rootfsManifestSchema, runRequestSchema } from '#internal.ts';
import { doctorReportSchema } from './doctor-schema.ts';
import { errorReportSchema, runResultSchema } from './result-schema.ts';

/** What `warder schema NAME` prints: JSON Schema draft-7, made from the schemas of the code. */
export const JSON_SCHEMAS = {
  policy: (): unknown => policyJsonSchema(),
  'seccomp-profile': (): unknown => profileJsonSchema(),
  request: (): unknown => z.toJSONSchema(runRequestSchema, { ...DRAFT_7, io: 'input', override: dropBytes }),
  result: (): unknown => z.toJSONSchema(runResultSchema, DRAFT_7),
  'rootfs-manifest': (): unknown => z.toJSONSchema(rootfsManifestSchema, { ...DRAFT_7, io: 'input' }),
  error: (): unknown => z.toJSONSchema(errorReportSchema, DRAFT_7),
  doctor: (): unknown => z.toJSONSchema(doctorReportSchema, DRAFT_7),
  escape: (): unknown => z.toJSONSchema(escapeReportSchema, DRAFT_7),
  attack: (): unknown => z.toJSONSchema(userAttackSchema, { ...DRAFT_7, io: 'input' }),
} as const;

const DRAFT_7 = { target: 'draft-7', unrepresentable: 'any' } as const;

/** Byte arrays exist in the library's form of a request only; in JSON their branch would allow anything. */
function dropBytes({ jsonSchema }: { readonly jsonSchema: { anyOf?: unknown } }): void {
  if (!Array.isArray(jsonSchema.anyOf)) return;
  jsonSchema.anyOf = jsonSchema.anyOf.filter((branch) => Object.keys(branch as object).length > 0);
}
