import { DEFAULT_UID_COUNT, DEFAULT_UID_FIRST } from '#launch/uid-pool.ts';
import { failed, ok, skipped } from './findings.ts';
import { BUILD_NATIVE, INSTALL_NODE } from './fixes/packages.ts';
import { asRoot, asUser, quote } from './fixes/shell.ts';
import type { Check, DoctorFacts, Finding } from './types.ts';

/** `engines` of package.json. */
const OLDEST_NODE = [20, 19] as const;

export const INSTALLATION_CHECKS: readonly Check[] = [
  {
    id: 'installation.node',
    group: 'installation',
    title: 'Node.js',
    why: `warder is tested with ${OLDEST_NODE.join('.')} and newer`,
    judge: ({ node }) => (isOldNode(node) ? failed(`${node} is older`, INSTALL_NODE) : ok(node)),
  },
  {
    id: 'installation.architecture',
    group: 'installation',
    title: 'Processor',
    why: 'The system call filter and the native program are made for x86_64',
    judge: ({ arch }) =>
      arch === 'x64'
        ? ok(arch)
        : { ...failed(`${arch} is not supported yet`), code: 'HOST_ARCH_UNSUPPORTED' },
  },
  {
    id: 'installation.native',
    group: 'installation',
    title: 'Native program',
    why: 'It is process 1 of every sandbox, and is started by descriptor under the uid of the run',
    judge: judgeNative,
  },
  {
    id: 'installation.runtimeDirectory',
    group: 'installation',
    title: 'Runtime directory',
    why: 'Locks and owner records lie there: what a dead supervisor left is found by them',
    judge: judgeRuntimeDir,
  },
  {
    id: 'installation.uids',
    group: 'installation',
    title: 'Host uids for runs',
    why: 'Each run of a root supervisor has a uid of its own; an account with the same one could reach into the sandbox',
    judge: judgeUids,
  },
];

function isOldNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}

function judgeNative({ native }: DoctorFacts): Finding {
  if (native.problem === null) return ok(native.path);
  const code = native.survey === null && native.path !== '' ? 'HOST_NATIVE_MISSING' : 'HOST_ARCH_UNSUPPORTED';
  return { ...failed(native.problem, BUILD_NATIVE), code };
}

function judgeRuntimeDir({ runtimeDir: { path, problem }, uid }: DoctorFacts): Finding {
  if (problem === null) return ok(path);
  const fix =
    uid === 0
      ? asRoot(
          'Make it anew: private, and ours',
          `rm -rf ${quote(path)}`,
          `install -d -m 0700 ${quote(path)}`,
        )
      : asUser(
          'Let it lie in the directory that systemd makes for this user',
          'export XDG_RUNTIME_DIR="/run/user/$(id -u)"',
        );
  return { ...failed(problem, fix), code: 'HOST_RUNTIME_DIR' };
}

interface Claim {
  readonly who: string;
  readonly first: number;
  readonly count: number;
}

function judgeUids({ uid, files }: DoctorFacts): Finding {
  if (uid !== 0) return skipped('runs have the uid of this user, in a user namespace');
  const last = DEFAULT_UID_FIRST + DEFAULT_UID_COUNT - 1;
  const claims = [
    ...accounts(files.text('etc/passwd'), 'account'),
    ...accounts(files.text('etc/group'), 'group'),
    ...ranges(files.text('etc/subuid'), '/etc/subuid'),
    ...ranges(files.text('etc/subgid'), '/etc/subgid'),
  ];
  const taken = claims.filter(({ first, count }) => first <= last && first + count > DEFAULT_UID_FIRST);
  if (taken.length === 0) return ok(`${DEFAULT_UID_FIRST} to ${last}, no account and no sub-uid range in it`);
  const [shown] = taken;
  return failed(
    `${taken.map(({ who }) => who).join(', ')} lies in ${DEFAULT_UID_FIRST} to ${last}`,
    asRoot(
      'Look at what claims it, and give that another number',
      `getent passwd ${shown?.first} || true`,
      'cat /etc/subuid /etc/subgid',
    ),
  );
}

/** Lines of passwd(5) and group(5): the id is the third field of both. */
function accounts(text: string | null, kind: string): Claim[] {
  return lines(text).map(([name, , id]) => ({ who: `the ${kind} ${name}`, first: Number(id), count: 1 }));
}

/** Lines of subuid(5): owner, first, count. */
function ranges(text: string | null, file: string): Claim[] {
  return lines(text).map(([owner, first, count]) => {
    return { who: `the range of ${owner} in ${file}`, first: Number(first), count: Number(count) };
  });
}

function lines(text: string | null): string[][] {
  return (text ?? '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
}
