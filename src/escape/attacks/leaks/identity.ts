import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { contentOf, describeCall } from '#escape/judging.ts';
import type { Answers, Facts, JudgeContext, Judgement, ProbeAttack } from '#escape/types.ts';

const FILES = [
  '/etc/machine-id',
  '/var/lib/dbus/machine-id',
  '/proc/sys/kernel/random/boot_id',
  '/sys/class/dmi/id/product_uuid',
  '/proc/cmdline',
];
/** Read, or refused. */
const CLEAR: readonly (string | null)[] = [null, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'];
const HOST_NAMES = ['/proc/sys/kernel/hostname', '/etc/hostname'];
/** Made by warder for each run; the host has its own. */
const MADE = ['/etc/passwd', '/etc/group', '/etc/hosts'];

export const identity: ProbeAttack = {
  kind: 'probe',
  id: 'leak-identity',
  category: 'leaks',
  impact: 'H',
  tier: 1,
  title: 'Which host this is',
  technique:
    'Reads machine-id, boot_id, the kernel command line, host name, hosts, resolv.conf, passwd, group',
  reference: 'machine-id(5), random(4)',
  expected: 'Each is absent, empty, or a placeholder that says nothing of the host',
  probes: () => [
    { name: 'read', argv: ['read', ...FILES, '/etc/resolv.conf'] },
    ...[...HOST_NAMES, ...MADE].map((path) => ({ name: path, argv: ['read', path] })),
  ],
  judge: judgeIdentity,
  controls: ['plain'],
  layers: [],
};

/** Compared with what the host itself says: a placeholder may look like anything. */
function judgeIdentity(answers: Answers, { facts }: JudgeContext): Judgement {
  const content = answers.map(contentOf).join('\n');
  const found = [...secretsOfHost()].filter(([, secret]) => content.includes(secret)).map(([path]) => path);
  found.push(...nameOfHost(answers, facts), ...linesOfHost(answers));
  if (answers.every(({ calls }) => calls.length === 0))
    return { verdict: 'error', evidence: ['nothing was read'] };
  if (found.length > 0)
    return { verdict: 'escaped', evidence: found.map((path) => `${path}: as on the host`) };
  const odd = answers.flatMap(({ calls }) => calls).filter(({ errno }) => !CLEAR.includes(errno));
  if (odd.length > 0)
    return { verdict: 'error', evidence: odd.map((call) => `${describeCall(call)}, which was not expected`) };
  return { verdict: 'contained', evidence: ['nothing that was read is what the host says of itself'] };
}

/** The whole file, since a name may be short; a host may be called as the policy calls its sandboxes. */
function nameOfHost(answers: Answers, { policy }: Facts): readonly string[] {
  if (hostname() === policy.hostname) return [];
  const told = answers.filter((answer) => contentOf(answer).trim() === hostname());
  return told.map(({ name }) => name);
}

/** What every system has in these files says of none. */
const COMMON = /^#|^(?:root|nobody|nogroup|warder):|localhost|^\S+ +ip6-/;

/** Users, groups and neighbours of the host, line by line: a file may have them beside its own. */
function linesOfHost(answers: Answers): readonly string[] {
  return MADE.filter((path) => {
    const told = answers.filter(({ name }) => name === path).flatMap((answer) => linesOf(contentOf(answer)));
    const host = linesOf(textOf(path)).filter((line) => line.length >= SHORTEST && !COMMON.test(line));
    return host.some((line) => told.includes(line));
  });
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => line.trim());
}

/** Short texts are found everywhere by chance. */
const SHORTEST = 8;

function secretsOfHost(): ReadonlyMap<string, string> {
  const entries = FILES.map((path) => [path, textOf(path)] as const);
  const all = [...entries, ['/etc/resolv.conf', textOf('/etc/resolv.conf')] as const];
  return new Map(all.filter(([, text]) => text.length >= SHORTEST));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
