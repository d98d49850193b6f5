import { type Claim, settle } from '#escape/claims.ts';
import { call } from '#escape/probe-calls.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Facts, Finding, RunAttack } from '#escape/types.ts';

export const artefactFlood: RunAttack = {
  kind: 'run',
  id: 'host-artefact-flood',
  category: 'host',
  impact: 'D',
  tier: 2,
  title: 'More files than anybody wants to collect',
  technique: 'Too many files, one that is too large, too much altogether, and a path that is too deep',
  reference: 'Judge0 and go-judge bound what they copy out; the supervisor keeps it in memory',
  expected: 'What the policy allows comes out, the rest is refused, each with its reason',
  applies: ({ policy }) => (policy.artifacts === undefined ? 'no caps on files that come out' : null),
  run: flood,
};

type Caps = NonNullable<Facts['policy']['artifacts']>;

async function flood(context: AttackContext): Promise<Finding> {
  const { arch, policy } = context.facts;
  const caps = policy.artifacts;
  if (caps === undefined) return { verdict: 'error', evidence: ['no caps'], control: null };
  const { empty, sized } = filesFor(caps);
  const paths = [...empty, ...sized.map(({ path }) => path)];
  const args = sized.flatMap(({ path, bytes }) => [
    ...call(arch, 'truncate', `s:/workspace/${path}`, String(bytes)),
    ',',
  ]);
  const request = { files: paths.map((path) => ({ path, content: '' })), artifacts: ['**'] };
  const result = await runTrial(context, { args: [...args, 'ids'], request });
  const asked = result.stdout.data.match(/^call truncate \d+ /gm) ?? [];
  if (asked.length < sized.length && result.ok)
    return {
      verdict: 'error',
      evidence: [`${asked.length} of ${sized.length} files were asked for`],
      control: null,
    };
  if (asked.filter((line) => line === 'call truncate 0 ').length < sized.length) {
    const why = `filter or limits keep a program from files of ${caps.sizeBytes} bytes`;
    return { verdict: 'not-applicable', evidence: [why], control: null };
  }
  const bytes = result.artifacts.map((one) => one.bytes);
  const total = bytes.reduce((sum, one) => sum + one, 0);
  const reasons = new Set(result.artifactsRefused.map(({ why }) => why));
  const claims: Claim[] = [
    { text: `${bytes.length} files of ${caps.count}`, holds: bytes.length <= caps.count },
    { text: `${total} bytes of ${caps.totalBytes}`, holds: total <= caps.totalBytes },
    ...(['count', 'size', 'total', 'tooDeep'] as const).map(
      (why): Claim => ({ text: `refused by ${why}: ${reasons.has(why)}`, holds: reasons.has(why) }),
    ),
  ];
  return settle(claims, {
    place: 'the files that fit',
    fired: bytes.length > 0,
    evidence: [`${bytes.length} files`],
  });
}

/** In the order in which they are taken: first all bytes, then all files; what is too large or too deep whenever it comes. */
function filesFor({ count, sizeBytes, totalBytes, depth }: Caps) {
  const whole = Math.ceil(totalBytes / sizeBytes) + 1;
  const sized = Array.from({ length: whole }, (_, index) => ({ path: `a${index}`, bytes: sizeBytes }));
  const empty = Array.from({ length: count + 1 }, (_, index) => `b${index}`);
  return {
    sized: [...sized, { path: 'c', bytes: sizeBytes + 1 }],
    empty: [...empty, `${'d/'.repeat(depth + 1)}deep`],
  };
}
