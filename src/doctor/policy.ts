/** What planning says, which is what refuses a run before it is started. */
import { LANGUAGES } from '#languages/registry.ts';
import type { ResolvedPolicy } from '#policy/types.ts';
import { ok } from './findings.ts';
import type { Opened } from './gather.ts';
import { judgeRefusal, lacksTree, type RefusalContext } from './refusals.ts';
import type { CheckResult, Finding } from './types.ts';

export async function judgePolicy(
  opened: Opened,
  policy: ResolvedPolicy,
  context: RefusalContext,
): Promise<CheckResult> {
  const { state, found, code, fix } = await findGaps(opened, context);
  return {
    id: 'policy.controls',
    group: 'policy',
    title: `What the policy ${policy.name} asks for`,
    ...{ state, found, fix: fix ?? null, code: code ?? null, ms: null },
    why: 'A control that cannot be held ends a run before it starts, unless the policy lists it in allowDegraded',
  };
}

type Instance = NonNullable<Opened['instance']>;

/** Trees are built for languages: where one has its own, it does not matter that other programs have none. */
async function findGaps({ instance, error }: Opened, context: RefusalContext): Promise<Finding> {
  if (instance === null) return judgeRefusal(error, null, context);
  try {
    return ok(await findHeld(instance, { argv: ['true'] }));
  } catch (refusal) {
    const language = lacksTree(refusal) ? await findLanguage(instance) : null;
    return language ?? judgeRefusal(refusal, null, context);
  }
}

async function findHeld(instance: Instance, request: object): Promise<string> {
  const { jail } = await instance.prepare(request, {});
  const weak = jail.weakenings.map(({ id, why }) => `${id}: ${why}`);
  const held = `${jail.controls.length - weak.length} of ${jail.controls.length} controls are held`;
  return weak.length === 0 ? held : `${held}; let be by the policy: ${weak.join('; ')}`;
}

async function findLanguage(instance: Instance): Promise<Finding | null> {
  for (const { id, name, hello } of LANGUAGES) {
    const held = await findHeld(instance, { language: id, code: hello }).catch(() => null);
    if (held !== null) return ok(`${held}, for ${name}, which has a root file system; commands have none`);
  }
  return null;
}
