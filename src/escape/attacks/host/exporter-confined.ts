import { existsSync } from 'node:fs';
import { type Claim, settle } from '#escape/claims.ts';
import type { AttackContext, Facts, Finding, ProbeAnswer, RunAttack } from '#escape/types.ts';
import { AUDIT_ARCH, simulateProgram, syscallName } from '#internal.ts';
import { type AtWork, catchExporter, statusOf } from './exporter-at-work.ts';

export const exporterConfined: RunAttack = {
  kind: 'run',
  alone: true,
  id: 'host-exporter-confined',
  category: 'host',
  impact: 'E',
  tier: 2,
  title: 'Take over what reads the files of a program',
  technique:
    'Looks from outside at the process that hands files out, while it does: ids, capabilities, and each call that its filter allows',
  reference:
    'CVE-2019-5736 (docker cp and exec run code of the container); PTRACE_SECCOMP_GET_FILTER of ptrace(2)',
  expected: 'Nobody’s uid, no capability, and a filter that lets it read, answer and end, and nothing else',
  run: inspectExporter,
};

/** Where a kernel lists the children of a process (proc_pid_children(5)). */
const CHILDREN = `/proc/${process.pid}/task/${process.pid}/children`;

async function inspectExporter(context: AttackContext): Promise<Finding> {
  if (!existsSync(CHILDREN))
    return { verdict: 'not-applicable', evidence: ['this kernel does not list children'], control: null };
  const seen = await catchExporter(context, (found) => inspect(context, found));
  return seen ?? { verdict: 'error', evidence: ['the exporter was never seen'], control: null };
}

async function inspect(context: AttackContext, { exporter, init }: AtWork): Promise<Finding> {
  const { facts } = context;
  const status = statusOf(exporter);
  const own = await filterOf(context, exporter);
  const before = await filterOf(context, init);
  const filters = [statusOf(init), status].map(filterCount);
  const claims = [
    ...standing(status, facts),
    { text: `filters of init and exporter: ${filters.join(', ')}`, holds: addsOne(filters) },
    ...(own.program ? judgeFilter(facts, own.program) : [{ text: own.said, holds: true }]),
  ];
  const compared = before.program
    ? judgeFilter(facts, before.program)
    : [{ text: `init: ${filters[0]} filters`, holds: false }];
  const evidence = compared.filter(({ holds }) => !holds).map(({ text }) => text);
  return settle(claims, { place: 'init', fired: evidence.length > 0, evidence: evidence.slice(0, 3) });
}

function filterCount(status: string): number | null {
  const found = /^Seccomp_filters:\t(\d+)$/m.exec(status);
  return found ? Number(found[1]) : null;
}

/** Kernels before 5.9 do not say. */
function addsOne([init, exporter]: readonly (number | null | undefined)[]): boolean {
  return init === null || exporter === null || Number(exporter) === Number(init) + 1;
}

/** proc_pid_status(5). */
function standing(status: string, { uid }: Facts): readonly Claim[] {
  const field = (name: string): string => new RegExp(`^${name}:\t(.*)$`, 'm').exec(status)?.[1] ?? '';
  const ids = field('Uid').split('\t');
  const sets = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(field);
  return [
    { text: `uids ${ids.join(' ')}`, holds: ids.length === 4 && (uid !== 0 || !ids.includes('0')) },
    { text: `capabilities ${sets.join(' ')}`, holds: sets.every((set) => /^0+$/.test(set)) },
    { text: `NoNewPrivs ${field('NoNewPrivs')}`, holds: field('NoNewPrivs') === '1' },
    { text: `Seccomp ${field('Seccomp')}`, holds: field('Seccomp') === '2' },
  ];
}

async function filterOf(
  { probeAt }: AttackContext,
  pid: number,
): Promise<{ readonly program: Uint8Array | null; readonly said: string }> {
  const [answer] = await probeAt('host', [{ name: 'filter', argv: ['newest-filter', String(pid)] }]);
  const program = answer ? bytesOf(answer) : null;
  const refused = answer?.calls.find(({ errno }) => errno !== null);
  return { program, said: `its filter is not shown here: ${refused?.name} ${refused?.errno}` };
}

function bytesOf({ lines }: ProbeAnswer): Uint8Array | null {
  const parts = lines.filter(({ key }) => key === 'instructions').map(({ text }) => text);
  return parts.length === 0 ? null : new Uint8Array(Buffer.from(parts.join(''), 'latin1'));
}

/** Past the last call of every kernel so far. */
const LAST_NUMBER = 600;
/** __X32_SYSCALL_BIT of asm/unistd.h; AUDIT_ARCH_I386 and AUDIT_ARCH_ARM of linux/audit.h. */
const X32 = 0x40000000;
const NARROW = [0x40000003, 0x40000028];
const CONTROL_FD = 3;
const HIGHEST_FD = 16;
const FREE = ['read', 'close', 'fstat', 'newfstatat', 'getdents64', 'openat2', 'clock_gettime', 'exit_group'];
/** O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND of asm-generic/fcntl.h, which both architectures have. */
const WRITING = [0o1, 0o2, 0o100, 0o1000, 0o2000] as const;

/** Everything that the filter's bytes let through must be in the list; what else they say does not count. */
function judgeFilter({ arch }: Facts, program: Uint8Array): readonly Claim[] {
  const decide = deciderOf(program);
  if (decide === null) return [{ text: 'the newest filter is none of ours', holds: false }];
  const passes = (nr: number, args: readonly number[], auditArch: number): boolean => {
    const six = [...args, 0, 0, 0, 0, 0, 0].slice(0, 6).map(BigInt);
    return decide({ auditArch, nr, args: six }) !== 'killProcess';
  };
  const numbers = Array.from({ length: LAST_NUMBER }, (_, nr) => nr);
  const name = (nr: number): string => syscallName(arch, nr) ?? `call ${nr}`;
  const own = AUDIT_ARCH[arch];
  const other = [...Object.values(AUDIT_ARCH), ...NARROW].filter((one) => one !== own);
  const plain = numbers.filter((nr) => passes(nr, [], own)).map(name);
  const extra = plain.filter((one) => !FREE.includes(one) && one !== 'openat');
  const written = numbers.filter(
    (nr) => name(nr) === 'openat' && WRITING.some((flag) => passes(nr, [0, 0, flag], own)),
  );
  const elsewhere = Array.from({ length: HIGHEST_FD }, (_, fd) => fd).filter(
    (fd) => fd !== CONTROL_FD && numbers.some((nr) => name(nr) === 'sendto' && passes(nr, [fd], own)),
  );
  const foreign = numbers.filter(
    (nr) => other.some((one) => passes(nr, [], one)) || passes(nr + X32, [], own),
  );
  return [
    { text: `allowed: ${shown(extra.length > 0 ? extra : plain)}`, holds: extra.length === 0 },
    { text: `openat to write: ${written.length > 0}`, holds: written.length === 0 },
    { text: `sendto to other descriptors: ${elsewhere.join(' ') || 'none'}`, holds: elsewhere.length === 0 },
    { text: `calls of another ABI: ${foreign.length}`, holds: foreign.length === 0 },
  ];
}

/** null for what our compiler would not write: nsjail's own, which a simulator of ours does not know. */
function deciderOf(program: Uint8Array): ((call: Parameters<typeof simulateProgram>[1]) => string) | null {
  const decide = (call: Parameters<typeof simulateProgram>[1]) => simulateProgram(program, call).kind;
  try {
    decide({ auditArch: 0, nr: 0, args: Array<bigint>(6).fill(0n) });
    return decide;
  } catch {
    return null;
  }
}

const MAX_SHOWN = 12;

function shown(names: readonly string[]): string {
  const more = names.length > MAX_SHOWN ? ` and ${names.length - MAX_SHOWN} more` : '';
  return `${names.slice(0, MAX_SHOWN).join(' ')}${more}`;
}
