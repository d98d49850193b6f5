/**
 * What speaks against running a language although its tools are there: a version of them that cannot (asked in the
 * sandbox, once per tree and instance), or a first program that failed here (found out by `warder languages`).
 */
import { WarderError } from '#error/warder-error.ts';
import type { Language } from '#languages/types.ts';
import { checkLanguage, identityOf, type LanguageCheck, type LanguageTester } from './language-check.ts';
import type { LanguageFindings } from './language-findings.ts';
import type { Prepared } from './prepare.ts';
import { type PhaseContext, runPhase } from './run-phase.ts';

type Finding = { readonly ok: true } | { readonly ok: false; readonly said: string };

interface Offer {
  readonly findings: LanguageFindings;
  readonly tester: LanguageTester;
}

export class LanguageProbes {
  readonly #findings = new Map<string, Promise<Finding>>();
  readonly #offer: Offer | null;

  /** @param offer null where earlier findings do not count */
  constructor(offer: Offer | null) {
    this.#offer = offer;
  }

  /** @throws WarderError HOST_LANGUAGE_UNUSABLE, HOST_LANGUAGE_BROKEN */
  async require(context: PhaseContext, prepared: Prepared): Promise<void> {
    const { language } = prepared;
    if (!language) return;
    await this.#requireProbe(context, prepared, language);
    if (this.#offer) await requireNotBroken(this.#offer, prepared, language);
  }

  async #requireProbe(context: PhaseContext, prepared: Prepared, language: Language): Promise<void> {
    if (!language.probe) return;
    const { rootfs } = prepared.jail;
    const key = `${language.id} ${rootfs.name} ${rootfs.sha256}`;
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

/**
 * A finding that it fails refuses nothing by itself: a tree that was repaired has the digest that it had. It is tried once
 * more, and only what fails again, on the same files, is refused.
 */
async function requireNotBroken(
  { findings, tester }: Offer,
  prepared: Prepared,
  language: Language,
): Promise<void> {
  const known = (await findings.read()).get(language.id);
  if (!known || known.works || known.identity !== (await identityOf(prepared))) return;
  const again = await checkLanguage(tester, language, { rootfs: prepared.jail.rootfs.name });
  if (again.works) await findings.put(again);
  // What the host failed at says nothing about the language; the run meets it too.
  else if (again.identity !== null) throw broken(language, again);
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

function broken({ id, name }: Language, { rootfs, why, hint }: LanguageCheck): WarderError {
  const where = rootfs === null ? '' : ` in the root file system ${rootfs}`;
  return new WarderError('HOST_LANGUAGE_BROKEN', `${name} does not work${where}: ${why}`, {
    details: { language: id, rootfs, why: why ?? '' },
    ...(hint === null ? {} : { hint }),
  });
}
