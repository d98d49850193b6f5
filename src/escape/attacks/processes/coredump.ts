import { readFile } from 'node:fs/promises';
import { startProbe } from '#escape/probe-stage.ts';
import { combine, relax } from '#escape/relaxations.ts';
import { runTrial } from '#escape/trials.ts';
import { withControl } from '#escape/two-sided.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const coredump: RunAttack = {
  kind: 'run',
  id: 'pr-coredump',
  category: 'processes',
  impact: 'H',
  tier: 2,
  title: 'A core dump where core_pattern says',
  technique:
    'ends by SIGSEGV, and looks whether the kernel says that core was dumped; where a helper of the host would take the core, the control looks at the limit alone',
  reference: 'core(5): a helper of core_pattern runs as root on the host; isolate on RLIMIT_CORE',
  expected: 'signaled SIGSEGV without a core',
  run: attackCore,
};

async function attackCore(context: AttackContext): Promise<Finding> {
  const inside = await crash(context, false);
  if (await isPiped()) return withLimit(context, inside);
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

/** Then a core goes to a program of the host, which would keep one of the suite's own. */
async function isPiped(): Promise<boolean> {
  return (await readFile('/proc/sys/kernel/core_pattern', 'utf8')).startsWith('|');
}

const KEEPS_HELPER_AWAY = '1 1';

/** With a limit of 1 the kernel starts no helper (core(5)); without limits of ours it is another one. */
async function withLimit(context: AttackContext, inside: Crash): Promise<Finding> {
  const [own, other] = await Promise.all([coreLimit(context, false), coreLimit(context, true)]);
  const holds = inside.isCrash && !inside.isDumped && own === KEEPS_HELPER_AWAY;
  const evidence = [inside.text, `Max core file size: ${own}`];
  const control = {
    place: 'without:rlimits',
    fired: other !== KEEPS_HELPER_AWAY,
    evidence: [`Max core file size: ${other}`],
  };
  return withControl(
    { verdict: holds ? 'contained' : inside.isCrash ? 'escaped' : 'error', evidence },
    control,
  );
}

/** Soft and hard, as /proc/self/limits has them. */
async function coreLimit(context: AttackContext, isUnlimited: boolean): Promise<string> {
  const transform = isUnlimited ? { transform: relax(['rlimits']) } : {};
  const { stdout } = await runTrial(context, { args: ['read', '/proc/self/limits'], ...transform });
  const found = /Max core file size +(\w+) +(\w+)/.exec(stdout.data);
  return found === null ? 'unknown' : `${found[1]} ${found[2]}`;
}

interface Crash {
  readonly isCrash: boolean;
  readonly isDumped: boolean;
  readonly text: string;
}

async function crash({ run, withProbe }: AttackContext, isUnlimited: boolean): Promise<Crash> {
  const transforms = [
    withProbe,
    startProbe(['inline', 'crash', '/workspace']),
    ...(isUnlimited ? [relax(['rlimits', 'seccomp', 'landlock'])] : []),
  ];
  const { outcome } = await run({}, combine(transforms));
  const isCrash = outcome.kind === 'signaled' && outcome.signal === 'SIGSEGV';
  const isDumped = outcome.kind === 'signaled' && outcome.coreDumped;
  return { isCrash, isDumped, text: JSON.stringify(outcome) };
}
