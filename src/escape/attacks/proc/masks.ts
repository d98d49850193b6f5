import { describeCall, describeEnd, isKill, valuesOf } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAnswer, ProbeAttack } from '#escape/types.ts';
import { TELLING_PROC_FILES } from '#internal.ts';

const PROC = '/proc';
/** It is something else, or is not there. */
const SETTLED: readonly (string | null)[] = [null, 'ENOENT', 'ENOTDIR', 'EACCES'];

export const masks: ProbeAttack = {
  kind: 'probe',
  id: 'proc-masks',
  category: 'proc',
  impact: 'H',
  tier: 2,
  title: "The kernel's own files where placeholders should be",
  technique:
    'Asks for the device of each file of /proc that tells of the host, whether it may be read or not: on procfs it is the kernel that answers',
  reference: 'stat(2), st_dev; proc(5): modes and namespaces of these files differ from kernel to kernel',
  expected: 'Each is absent, or lies on another file system than /proc',
  probes: () => [
    { name: PROC, argv: ['stat', PROC] },
    ...TELLING_PROC_FILES.map((path) => ({ name: path, argv: ['stat', path] })),
  ],
  judge: judgeMasks,
  controls: ['without:procMasks', 'plain', 'host'],
  layers: ['procMasks'],
};

function judgeMasks([proc, ...files]: Answers): Judgement {
  const [device] = proc ? valuesOf(proc, 'dev') : [];
  if (device === undefined)
    return { verdict: 'error', evidence: [(proc && describeEnd(proc)) ?? 'nothing is known of /proc'] };
  const unknown = files.filter((answer) => answer.calls.length === 0 && !isKill(answer));
  if (files.length === 0 || unknown.length > 0)
    return { verdict: 'error', evidence: unknown.map(({ name }) => `${name}: no answer`) };
  const own = files.filter((answer) => valuesOf(answer, 'dev')[0] === device);
  if (own.length > 0)
    return { verdict: 'escaped', evidence: own.map(({ name }) => `${name}: the kernel's own`) };
  const isClear = files.every(({ calls: [call] }) => call === undefined || SETTLED.includes(call.errno));
  return { verdict: isClear ? 'contained' : 'error', evidence: files.map(describeFile) };
}

function describeFile(answer: ProbeAnswer): string {
  const [call] = answer.calls;
  if (call === undefined) return `${answer.name}: ended by the filter`;
  return call.errno === null ? `${answer.name}: something in its place` : describeCall(call);
}
