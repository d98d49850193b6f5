import { startProbe } from '#escape/probe-stage.ts';
import { combine, relax } from '#escape/relaxations.ts';
import { withControl } from '#escape/two-sided.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const coredump: RunAttack = {
  kind: 'run',
  id: 'pr-coredump',
  category: 'processes',
  impact: 'H',
  tier: 2,
  title: 'A core dump where core_pattern says',
  technique: 'ends by SIGSEGV, and looks whether the kernel says that core was dumped',
  reference: 'core(5): a helper of core_pattern runs as root on the host; isolate on RLIMIT_CORE',
  expected: 'signaled SIGSEGV without a core',
  run: attackCore,
};

async function attackCore(context: AttackContext): Promise<Finding> {
  const inside = await crash(context, false);
  const without = await crash(context, true);
  const verdict = !inside.isCrash ? 'error' : inside.isDumped ? 'escaped' : 'contained';
  const control = {
    place: 'without:rlimits+seccomp+landlock',
    fired: without.isDumped,
    evidence: [without.text],
  };
  if (verdict === 'contained' && !control.fired)
    return {
      verdict: 'not-applicable',
      evidence: ['this host dumps no core even without limits and filter', inside.text],
      control,
    };
  return withControl({ verdict, evidence: [inside.text] }, control);
}

async function crash(
  { run, withProbe }: AttackContext,
  isUnlimited: boolean,
): Promise<{ readonly isCrash: boolean; readonly isDumped: boolean; readonly text: string }> {
  const transforms = [
    withProbe,
    startProbe(['inline', 'crash']),
    ...(isUnlimited ? [relax(['rlimits', 'seccomp', 'landlock'])] : []),
  ];
  const { outcome } = await run({}, combine(transforms));
  const isCrash = outcome.kind === 'signaled' && outcome.signal === 'SIGSEGV';
  const isDumped = outcome.kind === 'signaled' && outcome.coreDumped;
  return { isCrash, isDumped, text: JSON.stringify(outcome) };
}
