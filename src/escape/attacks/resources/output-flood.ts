import { type JudgeRun, limitFinding, type Trial } from '#escape/trials.ts';
import type { RunAttack } from '#escape/types.ts';

const MIB = 1024 ** 2;
const MOST_BYTES = 16 * 1024;
/** A quarter of what is written; other attacks run meanwhile. */
const MOST_GROWTH_BYTES = 256 * MIB;

export const outputFlood: RunAttack = {
  kind: 'run',
  id: 'res-output-flood',
  category: 'resources',
  impact: 'D',
  tier: 1,
  title: 'Endless output',
  technique:
    '256 MiB without a newline to standard output, to standard error, and to both in turn, under 16 KiB; ended, or cut',
  reference: 'judge0 (compile output without a bound), snekbox (stdout flood)',
  expected:
    'No more kept than the limit, and the memory of the supervisor does not grow with what was written',
  run: async (context) => {
    const beforeBytes = process.memoryUsage.rss();
    const finding = await limitFinding(context, {
      trials: TRIALS,
      judge,
      control: { name: "the policy's own limit", args: ['flood', '1', '1'] },
    });
    const grownBytes = process.memoryUsage.rss() - beforeBytes;
    const grown = `the supervisor grew by ${Math.max(0, Math.round(grownBytes / MIB))} MiB`;
    const verdict = grownBytes > MOST_GROWTH_BYTES ? 'escaped' : finding.verdict;
    return { ...finding, verdict, evidence: [...finding.evidence, grown] };
  },
};

const limits = { stdout: '16KiB', stderr: '16KiB' };
const cut = { size: '16KiB', onExceed: 'truncate' };
const TRIALS: readonly Trial[] = [
  { name: 'stdout', args: ['flood', '1', '256'], request: { limits } },
  { name: 'stderr', args: ['flood', '2', '256'], request: { limits } },
  { name: 'both', args: ['flood', '12', '256'], request: { limits } },
  { name: 'cut', args: ['flood', '12', '256'], request: { limits: { stdout: cut, stderr: cut } } },
];

const judge: JudgeRun = ({ outcome, stdout, stderr }) => {
  const text = `${JSON.stringify(outcome)}, kept ${stdout.bytes} and ${stderr.bytes} bytes`;
  if (stdout.bytes > MOST_BYTES || stderr.bytes > MOST_BYTES) return { verdict: 'escaped', evidence: [text] };
  const ended = outcome.kind === 'limit' && (outcome.limit === 'stdout' || outcome.limit === 'stderr');
  // A slow host does not take all of it within the limit wall.
  const isOver = outcome.kind === 'exited' || (outcome.kind === 'limit' && outcome.limit === 'wall');
  const isCut = isOver && stdout.truncated && stderr.truncated;
  return { verdict: ended || isCut ? 'contained' : 'error', evidence: [text] };
};
