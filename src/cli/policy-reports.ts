/** What `warder policy` says, as data and as text. */
import type { WarderErrorJson } from '#index.ts';
import {
  checkSeccomp,
  type ExplainedValue,
  explainPolicy,
  listShippedPolicies,
  loadPolicyFile,
  type PolicyDifference,
} from '#internal.ts';
import { EXIT, exitCodeOfError } from './exit-code.ts';
import { errorScreen, toWarderError } from './report-error.ts';
import { painter } from './style.ts';
import { table } from './table.ts';

export interface Report {
  readonly data: unknown;
  readonly text: string;
}

export async function listPolicies(): Promise<Report> {
  const policies = await Promise.all((await listShippedPolicies()).map(loadPolicyFile));
  const data = policies.map(({ name, description, sha256 }) => ({ name, description, sha256 }));
  const rows = data.map(({ name, description }) => [name, description]);
  return { data, text: table([['NAME', 'DESCRIPTION'], ...rows]) };
}

export async function showPolicy(nameOrFile: string): Promise<Report> {
  const policy = await loadPolicyFile(nameOrFile);
  const { name, description, sha256, files } = policy;
  const values = explainPolicy(policy);
  const head = `${name}: ${description}\nsha256 ${sha256}\nfiles, lowest first: ${files.join(', ')}\n\n`;
  const rows = values.map((value) => [value.path, value.value, whereSet(value)]);
  const text = head + table([['FIELD', 'VALUE', 'SET IN'], ...rows]);
  return { data: { name, description, sha256, files, values }, text };
}

function whereSet({ origins }: ExplainedValue): string {
  if (origins.length === 0) return '(default)';
  return origins.map(({ file, line }) => (line === undefined ? file : `${file}:${line}`)).join(', ');
}

interface Checked {
  readonly file: string;
  readonly ok: boolean;
  readonly error: WarderErrorJson | null;
}

export interface CheckReport extends Report {
  readonly errors: string;
  readonly exitCode: number;
}

/** Checks every file, also after one that is wrong; the exit code is that of the first wrong one. */
export async function checkFiles(files: readonly string[]): Promise<CheckReport> {
  const results = await Promise.all(files.map(checkFile));
  const paint = painter(process.stderr.isTTY === true, process.env);
  const failed = results.flatMap(({ error }) => (error ? [error] : []));
  const data: readonly Checked[] = results.map(({ file, error }) => ({
    file,
    ok: error === null,
    error: error?.toJSON() ?? null,
  }));
  return {
    data,
    text: results.map(({ line }) => line).join(''),
    errors: failed.map((error) => errorScreen(error, { paint })).join(''),
    exitCode: failed[0] ? exitCodeOfError(failed[0]) : EXIT.ok,
  };
}

async function checkFile(file: string) {
  try {
    const loaded = await loadPolicyFile(file);
    checkSeccomp(loaded);
    const { name, sha256 } = loaded;
    return { file, error: null, line: `${file}: ok (${name}, sha256 ${sha256.slice(0, 12)})\n` };
  } catch (error) {
    return { file, error: toWarderError(error), line: '' };
  }
}

export function diffText(a: string, b: string, differences: readonly PolicyDifference[]): string {
  if (differences.length === 0) return `${a} and ${b} are the same\n`;
  const rows = differences.map((entry) => [entry.path, entry.a ?? '-', entry.b ?? '-', entry.change]);
  return table([['FIELD', a, b, `${b} IS`], ...rows]);
}
