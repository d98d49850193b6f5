import { statSync } from 'node:fs';
import { type Claim, settle } from '#escape/claims.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

export const metaPredict: RunAttack = {
  kind: 'run',
  id: 'host-meta-predict',
  category: 'host',
  impact: 'E',
  tier: 2,
  title: 'Files of the supervisor at names that can be guessed',
  technique: 'Which paths of shared directories the plan of a run names that were not there before it',
  reference: 'piston metadata path; nsjail pull request 323; isolate 2.5',
  expected:
    'None: what is made for a run goes by descriptor, and the directory of locks is closed to others. The empty ' +
    'directories nsjail.<uid>.* of docs/engines.md are nsjail’s own, and it mounts on them where nobody else sees it',
  run: lookAtPlan,
};

const RUNTIME_DIR = '/run/warder';

async function lookAtPlan(context: AttackContext): Promise<Finding> {
  const startedMs = Date.now();
  const texts: string[] = [];
  const result = await runTrial(context, {
    args: ['ids'],
    transform: {
      launch: (spec) => {
        texts.push(spec.argv.join('\0'), ...spec.blobs.map((blob) => Buffer.from(blob).toString('latin1')));
        return spec;
      },
    },
  });
  const young = sharedPaths(texts).filter((path) => isYounger(path, startedMs));
  const mine = context.facts.uid === 0 ? lockedUp(RUNTIME_DIR) : null;
  const claims: Claim[] = [
    {
      text: young.length === 0 ? 'no path of a shared directory was made for the run' : young.join(', '),
      holds: young.length === 0,
    },
    ...(mine === null ? [] : [mine]),
  ];
  const named = texts.join('').length;
  return settle(claims, {
    place: 'what was looked through',
    fired: result.ok && named > 500,
    evidence: [`${named} bytes of options`],
  });
}

function sharedPaths(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.match(/\/(?:tmp|var\/tmp|dev\/shm|run)\/[^\0"\s]+/g) ?? []);
}

function isYounger(path: string, thanMs: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.birthtimeMs > thanMs;
}

function lockedUp(path: string): Claim {
  const { uid, mode } = statSync(path);
  const text = `${path}: uid ${uid}, mode ${(mode & 0o777).toString(8)}`;
  return { text, holds: uid === process.geteuid?.() && (mode & 0o077) === 0 };
}
