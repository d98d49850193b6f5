/** Whether a language really runs here: its hello program in a sandbox, and what its tool calls its version. */
import { hostToolchain } from '#compile/toolchain.ts';
import { isWarderError, type WarderError } from '#error/warder-error.ts';
import { toolsOf } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import type { RunResult } from '#result/run-result.ts';
import type { Prepared } from './prepare.ts';
import { runPhase } from './run-phase.ts';
import type { WarderInstance } from './warder.ts';

/** What is known of a language on the root file system that `rootfs: auto` gives it. */
export interface LanguageCheck {
  readonly id: string;
  readonly rootfs: string | null;
  readonly version: string | null;
  /** It ran and printed what it should. */
  readonly works: boolean;
  /** Why it does not, and what would help; null when it works. */
  readonly why: string | null;
  readonly hint: string | null;
  /** ISO 8601. */
  readonly checkedAt: string;
  /** Changes with the tree or the tools; null where there is nothing that could run. */
  readonly identity: string | null;
}

/** @param known an earlier finding, which stands while the tree and the tools are the same */
export async function checkLanguage(
  warder: WarderInstance,
  language: Language,
  known: LanguageCheck | undefined,
): Promise<LanguageCheck> {
  try {
    const prepared = await warder.prepare({ language: language.id, code: language.hello }, {});
    const identity = await identityOf(prepared);
    if (known?.identity === identity) return known;
    const { name } = prepared.jail.rootfs;
    const here = { id: language.id, rootfs: name, identity, checkedAt: new Date().toISOString() };
    const version = await versionOf(warder, prepared, language);
    return { ...here, version, ...(await tryHello(warder, language)) };
  } catch (error) {
    if (!isWarderError(error)) throw error;
    return failed(language, error);
  }
}

/** It did not come to a first program. */
export function failed({ id }: Language, { message, hint }: WarderError): LanguageCheck {
  const nothing = { id, rootfs: null, version: null, identity: null, checkedAt: new Date().toISOString() };
  return { ...nothing, works: false, why: message, hint: hint ?? null };
}

async function identityOf({ jail, compile, program }: Prepared): Promise<string> {
  const { name, sha256 } = jail.rootfs;
  if (sha256 !== null) return `${name} ${sha256}`;
  const tools = [compile?.compiler, program.spec.argv[0]].filter((path) => path?.startsWith('/usr/'));
  const states = await Promise.all(tools.map((path) => hostToolchain(path ?? '')));
  return [name, ...states.flat()].join('\n');
}

type Hello = Pick<LanguageCheck, 'works' | 'why' | 'hint'>;

async function tryHello(warder: WarderInstance, { id, hello }: Language): Promise<Hello> {
  try {
    const result = await warder.execute({ language: id, code: hello }, {});
    if (result.ok && result.stdout.data === 'hello\n') return { works: true, why: null, hint: null };
    return { works: false, why: describe(result), hint: null };
  } catch (error) {
    if (!isWarderError(error)) throw error;
    return { works: false, why: error.message, hint: error.hint ?? null };
  }
}

function describe({ phase, outcome, stderr }: RunResult): string {
  const [said = ''] = stderr.data.trim().split('\n');
  return `its first program failed in the ${phase} phase: ${JSON.stringify(outcome)} ${said}`.trim();
}

const VERSION = /\d+(?:\.\d+)+[\w.+-]*/;
/** Longer is no version but a complaint. */
const VERSION_MAX_LENGTH = 40;

/** The tool's own words, in the sandbox of the phase that it is for. */
async function versionOf(
  { context }: WarderInstance,
  prepared: Prepared,
  language: Language,
): Promise<string | null> {
  const phase = prepared.compile ?? prepared;
  const tool = phase.program.spec.argv[0];
  if (tool === undefined || toolsOf(language).length === 0) return null;
  const spec = { ...phase.program.spec, argv: [tool, ...language.versionArgs], files: [], cwd: '/workspace' };
  const supervision = { ...phase.program.supervision, artifacts: null };
  const options = { stdin: null, signal: undefined, sinks: {}, keep: true };
  const { stdout, stderr } = await runPhase(context, { ...phase, program: { spec, supervision } }, options);
  const version = VERSION.exec(stdout.data)?.[0] ?? VERSION.exec(stderr.data)?.[0];
  return version?.slice(0, VERSION_MAX_LENGTH) ?? null;
}
