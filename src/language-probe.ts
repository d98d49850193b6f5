/** Languages that not every version of their interpreter can run: asked in the sandbox, once per tree and instance. */
import { WarderError } from '#error/warder-error.ts';
import type { Language } from '#languages/types.ts';
import type { Prepared } from './prepare.ts';
import { type PhaseContext, runPhase } from './run-phase.ts';

type Finding = { readonly ok: true } | { readonly ok: false; readonly said: string };

export class LanguageProbes {
  readonly #findings = new Map<string, Promise<Finding>>();

  /** @throws WarderError HOST_LANGUAGE_UNUSABLE */
  async require(context: PhaseContext, prepared: Prepared): Promise<void> {
    const { language, jail } = prepared;
    if (!language?.probe) return;
    const key = `${language.id} ${jail.rootfs.name} ${jail.rootfs.sha256}`;
    const asking = this.#findings.get(key) ?? probe(context, prepared, language.probe);
    this.#findings.set(key, asking);
    // A probe that the host failed has found nothing out about the language.
    const finding = await asking.catch((error: unknown) => {
      this.#findings.delete(key);
      throw error;
    });
    if (!finding.ok) throw unusable(language, language.probe.needs, finding.said);
  }
}

async function probe(
  context: PhaseContext,
  prepared: Prepared,
  { args }: NonNullable<Language['probe']>,
): Promise<Finding> {
  const { program } = prepared;
  const spec = { ...program.spec, argv: [program.spec.argv[0] ?? '', ...args], files: [], cwd: '/workspace' };
  // Not the run's own signal: others wait for the same answer.
  const options = { stdin: null, signal: undefined, sinks: {}, keep: true };
  const { outcome, stderr } = await runPhase(
    context,
    { ...prepared, program: { ...program, spec } },
    options,
  );
  if (outcome.kind === 'exited' && outcome.exitCode === 0) return { ok: true };
  return { ok: false, said: stderr.data.trim().split('\n')[0] ?? '' };
}

function unusable({ id, name }: Language, needs: string, said: string): WarderError {
  const message = `${name} does not run in this root file system: it needs ${needs}`;
  return new WarderError('HOST_LANGUAGE_UNUSABLE', message, {
    details: { language: id, why: said },
    hint: `Install ${needs}, or build a tree from one: warder rootfs build`,
  });
}
