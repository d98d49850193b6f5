/** Whether a language really runs here: its hello program in a sandbox, and what its tool calls its version. */
import { hostToolchain } from '#compile/toolchain.ts';
import { isWarderError, type WarderError } from '#error/warder-error.ts';
import { toolsOf } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import type { RunRequest } from '#plan/request-schema.ts';
import type { RunResult } from '#result/run-result.ts';
import type { Prepared } from './prepare.ts';
import { type PhaseContext, runPhase } from './run-phase.ts';

/** What is known of a language on the root file system `rootfs`. */
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
  /** Changes with the tree or the tools; null where no first program was started. */
  readonly identity: string | null;
}

/** What runs first programs. */
export interface LanguageTester {
  readonly context: PhaseContext;
  prepare(request: RunRequest): Promise<Prepared>;
  execute(request: RunRequest): Promise<RunResult>;
}

export interface CheckOptions {
  /** An earlier finding that the language works, which stands while the tree and the tools are the same. */
  readonly known?: LanguageCheck | undefined;
  readonly rootfs?: string;
}

export async function checkLanguage(
  tester: LanguageTester,
  language: Language,
  { known, rootfs = 'auto' }: CheckOptions = {},
): Promise<LanguageCheck> {
  try {
    const request = { language: language.id, code: language.hello, rootfs };
    const prepared = await tester.prepare(request);
    const identity = await identityOf(prepared);
    if (known?.works && known.identity === identity) return known;
    const { name } = prepared.jail.rootfs;
    const here = { id: language.id, rootfs: name, checkedAt: new Date().toISOString() };
    const version = await versionOf(tester, prepared, language);
    const hello = await tryHello(tester, request, name);
    return { ...here, version, ...hello, identity: hello.started ? identity : null };
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

/** Of the root file system and, where that is the host's, of the tools in it. */
export async function identityOf({ jail, compile, program }: Prepared): Promise<string> {
  const { name, sha256 } = jail.rootfs;
  if (sha256 !== null) return `${name} ${sha256}`;
  const tools = [compile?.compiler, program.spec.argv[0]].filter((path) => path?.startsWith('/usr/'));
  const states = await Promise.all(tools.map((path) => hostToolchain(path ?? '')));
  return [name, ...states.flat()].join('\n');
}

interface Hello extends Pick<LanguageCheck, 'works' | 'why' | 'hint'> {
  /** Whether it says anything of the language. */
  readonly started: boolean;
}

async function tryHello(tester: LanguageTester, request: RunRequest, rootfs: string): Promise<Hello> {
  try {
    const result = await tester.execute(request);
    if (result.ok && result.stdout.data === 'hello\n')
      return { started: true, works: true, why: null, hint: null };
    const started = result.outcome.kind !== 'canceled';
    return { started, works: false, why: describe(result), hint: repairOf(rootfs, request) };
  } catch (error) {
    if (!isWarderError(error)) throw error;
    return { started: false, works: false, why: error.message, hint: error.hint ?? null };
  }
}

function describe({ phase, ok, outcome, stdout, stderr }: RunResult): string {
  if (ok) return `its first program printed ${JSON.stringify(stdout.data.slice(0, 100))} in place of hello`;
  const [said = ''] = stderr.data.trim().split('\n');
  return `its first program failed in the ${phase} phase: ${JSON.stringify(outcome)} ${said}`.trim();
}

function repairOf(rootfs: string, { language }: RunRequest): string {
  const next = 'then try it again: warder languages';
  return rootfs === 'host'
    ? `Repair it with the system's package manager, or build a tree (warder rootfs build ${language}); ${next}`
    : `Look at its tree (warder rootfs verify ${rootfs}), build it again (warder rootfs build ${rootfs}); ${next}`;
}

const VERSION = /\d+(?:\.\d+)+[\w.+-]*/;
/** Longer is no version but a complaint. */
const VERSION_MAX_LENGTH = 40;

/** The tool's own words, in the sandbox of the phase that it is for. */
async function versionOf(
  { context }: LanguageTester,
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
