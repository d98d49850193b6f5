/** The first phase of a compiled language: source in, artefacts out, or what the compiler has to say. */

import type { CompileCache } from '#compile/cache.ts';
import type { CompiledEntry } from '#compile/entry.ts';
import { cacheKey } from '#compile/key.ts';
import { hostToolchain } from '#compile/toolchain.ts';
import type { ProgramFile } from '#launch/types.ts';
import type { PhaseResult } from '#result/run-result.ts';
import type { SupervisedRun } from '#supervise/supervised-run.ts';
import { compiledFiles } from './compiled-files.ts';
import type { PreparedCompile } from './prepare.ts';
import { type PhaseContext, type PhaseOptions, runPhase } from './run-phase.ts';

export interface CompileContext extends PhaseContext {
  /** null where nothing is kept. */
  readonly cache: CompileCache | null;
}

/** Either what goes on to the run phase, or the verdict. */
export type Compiled =
  | { readonly ok: true; readonly phase: PhaseResult; readonly files: readonly ProgramFile[] }
  | { readonly ok: false; readonly run: SupervisedRun };

export type CompileOptions = Pick<PhaseOptions, 'signal' | 'sinks'>;

/** @throws WarderError for everything that is not the compiler's doing */
export async function compile(
  context: CompileContext,
  prepared: PreparedCompile,
  options: CompileOptions,
): Promise<Compiled> {
  const { cache } = context;
  const key = cache && cacheKey(await keyParts(prepared));
  const known = key === null ? undefined : await cache?.get(key);
  if (known) {
    // Warnings are part of what one sees of a program, whether it was compiled now or before.
    replay(known, options);
    return { ok: true, phase: { ...known.phase, cached: true }, files: known.files };
  }
  // The program's stdin, and what it writes to its stdout, are not the compiler's.
  const { stderr } = options.sinks;
  const run = await runPhase(context, prepared, {
    stdin: null,
    signal: options.signal,
    sinks: stderr ? { stderr } : {},
    keep: true,
  });
  const files = compiledFiles(run, prepared.step);
  if (files.length === 0) return { ok: false, run };
  const { outcome, usage, stdout, stderr: said } = run;
  const phase = { name: 'compile', outcome, usage, stdout, stderr: said } as const;
  if (key !== null) await cache?.put(key, { phase, files });
  return { ok: true, phase: { ...phase, cached: false }, files };
}

async function keyParts({ language, program, jail, policy, compiler, filter, step }: PreparedCompile) {
  const { argv, env, files } = program.spec;
  const { sha256 } = jail.rootfs;
  const { name: _, description: __, ...held } = policy;
  return {
    language: language.id,
    argv,
    env,
    files,
    rootfs: jail.rootfs,
    toolchain: sha256 === null ? await hostToolchain(compiler) : [],
    policy: { ...held, outputs: step.outputs },
    filter: filter.program,
  };
}

function replay({ phase: { stderr } }: CompiledEntry, { sinks }: CompileOptions): void {
  if (stderr.bytes > 0) sinks.stderr?.write(Buffer.from(stderr.data, stderr.encoding));
}
