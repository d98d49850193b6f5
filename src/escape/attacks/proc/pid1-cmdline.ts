import { contentOf, describeCall, isKill } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

/** init's own words: its name or its descriptor, then its mode. */
const EXPECTED = /^(?:\/proc\/self\/fd\/\d+|warder-init)\0init\0(?:drop\0)?$/;

export const pid1Cmdline: ProbeAttack = {
  kind: 'probe',
  id: 'proc-pid1-cmdline',
  category: 'proc',
  impact: 'H',
  tier: 1,
  title: 'The command line of process 1',
  technique: 'Reads /proc/1/cmdline, where paths of the host would stand',
  reference: 'bubblewrap(1), --args',
  expected: 'No path of the host: init and its mode, or EACCES',
  probes: () => [{ name: 'cmdline', argv: ['read', '/proc/1/cmdline'] }],
  judge: judgeCmdline,
  controls: ['plain', 'privileged'],
  layers: [],
};

function judgeCmdline([answer]: Answers): Judgement {
  const [open] = answer?.calls ?? [];
  if (answer === undefined || (open === undefined && !isKill(answer)))
    return { verdict: 'error', evidence: ['no answer'] };
  if (open === undefined || open.errno !== null)
    return { verdict: 'contained', evidence: open ? [describeCall(open)] : ['ended by the filter'] };
  const text = contentOf(answer);
  const shown = text.replaceAll('\0', ' ').slice(0, 200);
  return {
    verdict: text === '' || EXPECTED.test(text) ? 'contained' : 'escaped',
    evidence: [`cmdline: ${shown}`],
  };
}
