/** Attacks from a directory. All problems of all files at once; nothing runs while there is one. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRelaxations } from '#escape/relaxations.ts';
import type { Attack } from '#escape/types.ts';
import { type InputIssue, WarderError } from '#index.ts';
import { errnoOf, parsePolicyText, readFileBytes } from '#internal.ts';
import { type UserAttack, userAttackSchema } from './schema.ts';
import { toAttack } from './to-attack.ts';

type Read = {
  readonly file: string;
  readonly own: UserAttack | null;
  readonly issues: readonly InputIssue[];
};

/**
 * Every .yaml, .yml and .json of the directory, in the order of their names.
 * @param taken ids that are in use
 * @throws WarderError REQUEST_FILE_UNREADABLE, REQUEST_INVALID
 */
export async function loadUserAttacks(
  directory: string,
  taken: readonly string[],
): Promise<readonly Attack[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    throw unreadable(directory, error);
  });
  const files = names.filter((name) => /\.(?:ya?ml|json)$/.test(name)).sort();
  const read = await Promise.all(files.map((name) => readOne(join(directory, name))));
  const issues = [
    ...read.flatMap((one) => one.issues),
    ...duplicates(read, taken),
    ...(files.length === 0
      ? [{ path: '', file: directory, message: 'there is no .yaml or .json file' }]
      : []),
  ];
  if (issues.length > 0) {
    const [first] = issues;
    const one = `${first?.file ?? directory}: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? ''}`;
    const message = issues.length === 1 ? one : `the attacks in ${directory} have ${issues.length} problems`;
    throw new WarderError('REQUEST_INVALID', message, { details: { issues } });
  }
  return read.flatMap(({ own }) => (own === null ? [] : [toAttack(own)]));
}

async function readOne(file: string): Promise<Read> {
  const { bytes } = await readFileBytes(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (bytes === undefined)
    return { file, own: null, issues: [{ path: '', file, message: 'is larger than 1 MiB' }] };
  const { value, issues, locate } = parsePolicyText(bytes, file);
  if (issues.length > 0) return { file, own: null, issues };
  const checked = userAttackSchema.safeParse(value);
  if (!checked.success) {
    const found = checked.error.issues.map(({ path, message }) => ({
      path: path.join('.'),
      message,
      file,
      ...locate(path, 'value'),
    }));
    return { file, own: null, issues: found };
  }
  return { file, own: checked.data, issues: unknownRelaxations(file, checked.data) };
}

/** A control that names nothing would never fire, and the attack look as if it could not be tested. */
function unknownRelaxations(file: string, own: UserAttack): readonly InputIssue[] {
  if (own.kind !== 'probe') return [];
  return own.controls.flatMap((place, index) => {
    const [, names] = place.split('without:');
    try {
      if (names !== undefined) parseRelaxations(names);
      return [];
    } catch (error) {
      return [
        { path: `controls.${index}`, file, message: error instanceof Error ? error.message : String(error) },
      ];
    }
  });
}

function duplicates(read: readonly Read[], taken: readonly string[]): readonly InputIssue[] {
  const seen = new Set(taken);
  return read.flatMap(({ file, own }) => {
    if (own === null) return [];
    const message = `the id ${own.id} is in use`;
    const again = seen.has(own.id);
    seen.add(own.id);
    return again ? [{ path: 'id', file, message }] : [];
  });
}

function unreadable(path: string, error: unknown): WarderError<'REQUEST_FILE_UNREADABLE'> {
  const errno = errnoOf(error) ?? 'EIO';
  return new WarderError('REQUEST_FILE_UNREADABLE', `cannot read ${path}: ${errno}`, {
    details: { path, errno },
    cause: error,
  });
}
