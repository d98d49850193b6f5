/** A file of somebody's own as an attack like any other: same judges, same need for a control that fires. */

import { refused } from '#escape/judging.ts';
import { relax } from '#escape/relaxations.ts';
import type { Attack, AttackContext, ControlFinding, ControlPlace, Finding } from '#escape/types.ts';
import type { RunRequest } from '#index.ts';
import { evidenceOf, isAsExpected } from './expectation.ts';
import type { Expectation, UserAttack, UserProgram } from './schema.ts';

export function toAttack(own: UserAttack): Attack {
  const { id, title, category, impact, technique, reference } = own;
  const info = { id, title, category, impact, technique, reference, tier: 2 } as const;
  const destructive = own.destructive ? { destructive: true as const } : {};
  if (own.kind === 'program') {
    const run = (context: AttackContext): Promise<Finding> => runProgram(own, context);
    return { ...info, ...destructive, kind: 'run', expected: describe(own.contained), run };
  }
  const { probe, errnos, reached } = own;
  return {
    ...info,
    ...destructive,
    kind: 'probe',
    expected: `${errnos.join(' or ')}, or an end by the filter`,
    // Whatever becomes of it becomes of nothing else.
    alone: true,
    probes: () => probe.map((argv) => ({ name: argv[0] ?? 'probe', argv })),
    judge: refused({ errnos, reached }),
    // The schema lets through nothing else.
    controls: own.controls as readonly ControlPlace[],
  };
}

async function runProgram(own: UserProgram, context: AttackContext): Promise<Finding> {
  const result = await context.run(requestOf(own, own));
  const evidence = evidenceOf(result);
  if (isAsExpected(result, own.escaped)) return { verdict: 'escaped', evidence, control: null };
  if (!isAsExpected(result, own.contained)) {
    const why = 'ended neither as `contained` nor as `escaped` says';
    return { verdict: 'error', evidence: [...evidence, why], control: null };
  }
  const control = await askControl(own, context);
  if (control?.fired) return { verdict: 'contained', evidence, control };
  const why = control === null ? 'there is no control' : `no control fired, the last one ${control.place}`;
  return { verdict: 'not-tested', evidence: [...evidence, why], control };
}

async function askControl(own: UserProgram, context: AttackContext): Promise<ControlFinding | null> {
  const { control } = own;
  if (control === undefined) return null;
  const { without } = control;
  const changed = control.argv !== undefined || control.script !== undefined;
  const request = requestOf(own, changed ? control : own);
  const result = await context.run(request, without.length > 0 ? relax(without) : undefined);
  const place = without.length > 0 ? `without:${without.join('+')}` : 'an allowed sibling';
  return { place, fired: isAsExpected(result, own.escaped), evidence: evidenceOf(result) };
}

type What = { readonly argv?: readonly string[]; readonly script?: string };

function requestOf({ language }: UserProgram, { argv, script }: What): RunRequest {
  if (argv !== undefined) return { argv: [...argv] };
  return { ...(language === undefined ? {} : { language }), code: script ?? '' };
}

function describe(expected: Expectation): string {
  return Object.entries(expected)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
