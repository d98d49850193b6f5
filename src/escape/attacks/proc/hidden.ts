/** Judges of files that are hidden: refused, or /dev/null in their place (a mask of the jail), or nothing in them. */
import { contentOf, describeCall, describeEnd, isKill, valuesOf, worst } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAnswer } from '#escape/types.ts';

const REFUSALS = ['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENXIO', 'ENODEV'];
/** File type bits of a mode, and those of a character device (inode(7)). */
const TYPE_BITS = 0o170000;
const CHARACTER_DEVICE = 0o020000;

/** For the two answers of `stat PATH` and `open … PATH`. */
export function hidden([stat, open]: Answers): Judgement {
  const opened = open?.calls[0];
  if (stat === undefined || open === undefined) return { verdict: 'error', evidence: ['no answer'] };
  if (opened === undefined)
    return {
      verdict: isKill(open) ? 'contained' : 'error',
      evidence: [describeEnd(open) ?? 'nothing was opened'],
    };
  const mode = Number(valuesOf(stat, 'mode')[0] ?? 0);
  const isMasked = (mode & TYPE_BITS) === CHARACTER_DEVICE;
  const evidence = [describeCall(opened), ...(isMasked ? ['a device is in its place'] : [])];
  if (opened.errno !== null)
    return { verdict: REFUSALS.includes(opened.errno) ? 'contained' : 'error', evidence };
  return { verdict: isMasked ? 'contained' : 'escaped', evidence };
}

/** For one `read PATH` each. */
export function empty(answers: Answers): Judgement {
  const judged = answers.map(judgeContent);
  return {
    verdict: worst(judged.map(({ verdict }) => verdict)),
    evidence: judged.flatMap(({ evidence }) => evidence),
  };
}

function judgeContent(answer: ProbeAnswer): Judgement {
  const [open] = answer.calls;
  const content = contentOf(answer);
  if (open === undefined)
    return {
      verdict: isKill(answer) ? 'contained' : 'error',
      evidence: [describeEnd(answer) ?? 'no answer'],
    };
  if (open.errno !== null)
    return { verdict: REFUSALS.includes(open.errno) ? 'contained' : 'error', evidence: [describeCall(open)] };
  if (content === '') return { verdict: 'contained', evidence: [`${answer.name}: nothing in it`] };
  return { verdict: 'escaped', evidence: [`${answer.name}: ${content.slice(0, 60).replace(/\s+/g, ' ')}`] };
}
