import { posix } from 'node:path';
import { z } from 'zod';

/** Everything that warder removes by name starts like this, so that a forged or torn record cannot point elsewhere. */
const LEAF_PREFIX = /^warder-(?:escape-)?[0-9a-z]+-$/;
const OWNER_ID = /^(?:escape-)?[0-9a-z]{1,64}$/;
const CGROUP_ROOT = '/sys/fs/cgroup';

/** Absolute, in its shortest form, and at or below the place where cgroup file systems are mounted. */
function isCgroupPath(path: string): boolean {
  if (path.includes('\0') || posix.normalize(path) !== path || path.endsWith('/')) return false;
  return path === CGROUP_ROOT || path.startsWith(`${CGROUP_ROOT}/`);
}

/** A record comes from a file, so it is outside text: its paths decide what gets killed and removed. */
const ownerRecordSchema = z
  .strictObject({
    schema: z.literal(1),
    id: z.string().regex(OWNER_ID),
    pid: z.int().positive(),
    bootId: z.string().min(1).max(64),
    pidNamespace: z.string().min(1).max(64),
    startedAt: z.iso.datetime(),
    leafParents: z
      .array(z.string().max(4096).refine(isCgroupPath, 'not a path below /sys/fs/cgroup'))
      .max(16),
    leafPrefix: z.string().regex(LEAF_PREFIX),
  })
  .refine((record) => record.leafPrefix === `warder-${record.id}-`, 'leafPrefix does not match id')
  .readonly();

/** One supervisor: where its leaves lie and how they are named. */
export type OwnerRecord = z.infer<typeof ownerRecordSchema>;

/** The record, or null when the text is not one. */
export function parseOwnerRecord(text: string): OwnerRecord | null {
  try {
    return ownerRecordSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** As JSON text. Throws (zod) when it is not a record that `parseOwnerRecord` would accept. */
export function encodeOwnerRecord(record: OwnerRecord): string {
  return `${JSON.stringify(ownerRecordSchema.parse(record))}\n`;
}
