import { describe, expect, test } from 'vitest';
import { buildFilter, resolveFilter } from '#seccomp/build-filter.ts';
import { compileFilter } from '#seccomp/compile.ts';
import { evaluateFilter } from '#seccomp/evaluate.ts';
import type { Action, SeccompFilter } from '#seccomp/ir.ts';
import { outerFilter } from '#seccomp/outer.ts';
import type { NetworkMode } from '#seccomp/prologue-sockets.ts';
import { AUDIT_ARCH, syscallNumber } from '#seccomp/syscalls.ts';
import { filterRequest } from '../../helpers/filters.ts';
import { shippedProfiles } from '../../helpers/profiles.ts';
import { boundaryCalls, ZEROS } from './calls.ts';

const NETWORKS: readonly NetworkMode[] = ['none', 'loopback'];
const settings = shippedProfiles().flatMap((profile) => NETWORKS.map((network) => ({ profile, network })));

const inner = (profile = 'default', network: NetworkMode = 'none', deny: readonly string[] = []) =>
  resolveFilter(filterRequest(profile, { network, deny }));

function answer(filter: SeccompFilter, syscall: string, args: readonly bigint[] = []): Action {
  const nr = syscallNumber(filter.arch, syscall);
  if (nr === undefined) throw new Error(`no call ${syscall}`);
  const six = ZEROS.map((zero, index) => args[index] ?? zero);
  return evaluateFilter(filter, { auditArch: AUDIT_ARCH[filter.arch], nr, args: six });
}

/** From the weakest to the strictest, as the kernel ranks the answers of several filters (seccomp(2)). */
const RANKS: readonly Action['kind'][] = ['allow', 'log', 'notify', 'errno', 'trap', 'killProcess'];
const rank = ({ kind }: Action): number => RANKS.indexOf(kind);

describe.each(settings)('under the profile $profile, network $network', ({ profile, network }) => {
  test.each([[[]], [['ptrace', 'socket', 'clone3']]])('changes no answer, deny %j', (deny) => {
    const filter = inner(profile, network, deny);
    const outer = outerFilter(filter, network);
    const changed = [...boundaryCalls(filter, 200), ...boundaryCalls(outer, 200)].filter((call) => {
      const [own, other] = [evaluateFilter(filter, call), evaluateFilter(outer, call)];
      return (
        rank(other) > rank(own) ||
        (rank(other) === rank(own) && JSON.stringify(other) !== JSON.stringify(own))
      );
    });
    expect(changed.map(({ nr, args }) => [nr, args])).toEqual([]);
  });
});

test.each<[syscall: string, args: readonly bigint[]]>([
  ['execve', []],
  ['clone', [0x4511n]], // CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, as init starts the program
  ['seccomp', [1n, 8n]], // with a listener
  ['prctl', [22n, 2n]], // PR_SET_SECCOMP
  ['prctl', [24n]], // PR_CAPBSET_DROP
  ['prctl', [38n, 1n]], // PR_SET_NO_NEW_PRIVS
  ['capset', []],
  ['prlimit64', [0n, 4n, 1n]], // RLIMIT_CORE
  ['landlock_create_ruleset', []],
  ['landlock_restrict_self', []],
  ['setsid', []],
  ['kill', [0xffffffffffffffffn, 9n]],
  ['ioctl', [0n, 0xc0502100n]], // SECCOMP_IOCTL_NOTIF_RECV
  ['openat2', []],
])('lets launcher and init do their work: %s(%s)', (syscall, args) => {
  expect(answer(outerFilter(inner(), 'none'), syscall, args)).toEqual({ kind: 'allow' });
});

test.each<[syscall: string, args: readonly bigint[], errno: number]>([
  ['mount', [], 1],
  ['umount2', [], 1],
  ['fsopen', [], 1],
  ['move_mount', [], 1],
  ['pivot_root', [], 1],
  ['setns', [], 1],
  ['clone', [0x10000011n], 1],
  ['unshare', [0x10000000n], 1],
  ['clone3', [], 38],
  ['bpf', [], 1],
  ['io_uring_setup', [], 38],
  ['keyctl', [], 1],
  ['ptrace', [], 1],
  ['perf_event_open', [], 1],
  ['userfaultfd', [], 1],
  ['init_module', [], 1],
  ['kexec_load', [], 1],
  ['sethostname', [], 1],
  ['open_by_handle_at', [], 1],
  ['socket', [16n, 3n, 0n], 97], // AF_NETLINK
  ['socket', [0x100000028n, 1n, 0n], 97], // AF_VSOCK, with a bit that the kernel does not see
])('closes kernel code: %s(%s)', (syscall, args, errno) => {
  expect(answer(outerFilter(inner(), 'none'), syscall, args)).toEqual({ kind: 'errno', errno });
});

test('a call that ends the run is left to the filter that tells init', () => {
  const filter = inner('default', 'none', ['ptrace', 'socket']);
  const outer = outerFilter(filter, 'none');
  expect(answer(filter, 'ptrace')).toEqual({ kind: 'notify' });
  expect(answer(outer, 'ptrace')).toEqual({ kind: 'allow' });
  expect(answer(outer, 'socket', [16n])).toEqual({ kind: 'allow' });
  const other = outerFilter({ arch: 'x86_64', entries: [], defaultAction: { kind: 'notify' } }, 'none');
  expect(other.entries).toEqual([]);
});

test('ends processes of another ABI, and is small', () => {
  const outer = outerFilter(inner(), 'none');
  expect(evaluateFilter(outer, { auditArch: 0x40000003, nr: 0, args: ZEROS })).toEqual({
    kind: 'killProcess',
  });
  expect(compileFilter(outer).byteLength).toBeLessThan(
    buildFilter(filterRequest('default')).program.byteLength,
  );
});
