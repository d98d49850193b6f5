import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isWarderError } from '#error/warder-error.ts';
import { decodeProgram } from '#seccomp/bpf.ts';
import { buildFilter, type FilterRequest, resolveFilter } from '#seccomp/build-filter.ts';
import { ARCHES } from '#seccomp/ir.ts';
import { simulateInstructions, simulateProgram } from '#seccomp/simulate.ts';
import { AUDIT_ARCH, syscallNumber } from '#seccomp/syscalls.ts';
import { filterRequest } from '../../helpers/filters.ts';
import { disagreements, FOREIGN_ARCHES, ZEROS } from './calls.ts';

const plain = filterRequest('default');

/** `allow`, `errno 97`, `notify`, `killProcess`. */
function answer(request: FilterRequest, name: string, ...args: (number | bigint)[]): string {
  const nr = syscallNumber(request.arch, name);
  if (nr === undefined) throw new Error(`${name} is not a call of ${request.arch}`);
  const padded = ZEROS.map((zero, index) => BigInt.asUintN(64, BigInt(args[index] ?? zero)));
  const call = { auditArch: AUDIT_ARCH[request.arch], nr, args: padded };
  const action = simulateProgram(buildFilter(request).program, call);
  return action.kind === 'errno' ? `errno ${action.errno}` : action.kind;
}

function issuesOf(change: Partial<FilterRequest>): string[] {
  try {
    buildFilter({ ...plain, ...change });
  } catch (error) {
    if (!isWarderError(error) || error.code !== 'SECCOMP_INVALID') throw error;
    const details = error.details as {
      issues: readonly { path: string; message: string; suggestion?: string }[];
    };
    return details.issues.map(({ path, message, suggestion }) =>
      `${path}: ${message} ${suggestion ?? ''}`.trim(),
    );
  }
  return [];
}

describe('the default filter', () => {
  test.each(ARCHES.flatMap((arch) => (['none', 'loopback'] as const).map((network) => ({ arch, network }))))(
    'agrees with its model on $arch with network $network',
    (change) => {
      const request = { ...plain, ...change, deny: ['kill', 'ptrace'] };
      const instructions = decodeProgram(buildFilter(request).program);
      expect(
        disagreements(resolveFilter(request), (call) => simulateInstructions(instructions, call)),
      ).toEqual([]);
    },
    60_000,
  );

  test('ends every foreign ABI and x32', () => {
    const { program } = buildFilter(plain);
    const kill = { kind: 'killProcess' };
    for (const auditArch of FOREIGN_ARCHES) {
      expect(simulateProgram(program, { auditArch, nr: 0, args: ZEROS })).toEqual(kill);
    }
    for (const nr of [0x40000000, 0x40000001, 0x40000209, 0xffffffff]) {
      expect(simulateProgram(program, { auditArch: AUDIT_ARCH.x86_64, nr, args: ZEROS })).toEqual(kill);
    }
    expect(simulateProgram(program, { auditArch: AUDIT_ARCH.x86_64, nr: 0, args: ZEROS })).toEqual({
      kind: 'allow',
    });
  });

  test.each<[string, string, (number | bigint)[]]>([
    ['allow', 'read', []],
    ['allow', 'execve', []],
    ['errno 38', 'clone3', []],
    ['errno 38', 'io_uring_setup', []],
    ['errno 38', 'io_uring_enter', []],
    ['errno 38', 'splice', []],
    ['errno 38', 'sync', []],
    ['errno 1', 'ptrace', []],
    ['errno 1', 'bpf', []],
    ['errno 1', 'userfaultfd', []],
    ['errno 1', 'keyctl', []],
    ['errno 1', 'mount', []],
    ['errno 1', 'fsopen', []],
    ['errno 1', 'open_by_handle_at', []],
    ['errno 1', 'pidfd_getfd', []],
    ['allow', 'clone', [0x003d0f00]],
    ['allow', 'clone', [17]],
    ['allow', 'clone', [0x80]],
    ['errno 1', 'clone', [0x10000000 | 17]],
    ['errno 1', 'clone', [0x00020000]],
    ['errno 1', 'clone', [0x02000000n | (1n << 40n)]],
    ['allow', 'unshare', [0x400]],
    ['errno 1', 'unshare', [0x40000000]],
    ['errno 1', 'unshare', [0x80]],
    ['allow', 'seccomp', [1, 0]],
    ['errno 1', 'seccomp', [1, 8]],
    ['errno 1', 'seccomp', [1, 0x29]],
    ['allow', 'ioctl', [0, 0x5413]],
    ['errno 1', 'ioctl', [0, 0x5412]],
    ['errno 1', 'ioctl', [0, 0x5412n | (1n << 32n)]],
    ['errno 1', 'ioctl', [0, 0x541c]],
    ['allow', 'ioctl', [0, 0x540e]],
    ['allow', 'arch_prctl', [0x1002]],
    ['allow', 'arch_prctl', [0x3001]],
    ['errno 22', 'arch_prctl', [0x1012]],
    ['errno 22', 'arch_prctl', [0x2001]],
    ['allow', 'fcntl', [0, 4, 0x800]],
    ['errno 22', 'fcntl', [0, 4, 0x4000]],
    ['allow', 'fcntl', [0, 4, 0x10000]],
    ['allow', 'personality', [0]],
    ['allow', 'personality', [0xffffffff]],
    ['allow', 'personality', [-1n]],
    ['errno 1', 'personality', [0x0040000]],
    ['allow', 'prctl', [15]],
    ['allow', 'prctl', [38]],
    ['errno 1', 'prctl', [26]],
    ['errno 1', 'prctl', [35n | (1n << 32n)]],
    ['errno 22', 'prctl', [0x7fff]],
    ['allow', 'setrlimit', [7]],
    ['errno 1', 'setrlimit', [4]],
    ['errno 1', 'setrlimit', [4n | (1n << 32n)]],
    ['allow', 'prlimit64', [0, 7, 0x1000]],
    ['allow', 'prlimit64', [1, 7, 0]],
    ['allow', 'prlimit64', [0, 4, 0]],
    ['errno 1', 'prlimit64', [0, 4, 0x1000]],
    ['errno 1', 'prlimit64', [1, 7, 0x1000]],
    ['errno 1', 'prlimit64', [1, 7, 1n << 32n]],
    ['allow', 'setpriority', [0, 0, 10]],
    ['errno 1', 'setpriority', [0, 1, 10]],
    ['errno 1', 'setpriority', [1, 0, 10]],
    ['errno 1', 'setpriority', [2, 0, 10]],
    ['allow', 'ioprio_set', [1, 0]],
    ['errno 1', 'ioprio_set', [1, 1]],
    ['errno 1', 'ioprio_set', [3, 0]],
    ['allow', 'sched_setaffinity', [0]],
    ['errno 1', 'sched_setaffinity', [1]],
    ['errno 1', 'sched_setscheduler', [1]],
    ['errno 1', 'sched_setparam', [1]],
    ['errno 1', 'sched_setattr', [1]],
    ['allow', 'sched_getaffinity', [1]],
    ['allow', 'mmap', [0, 4096, 3, 0x22]],
    ['errno 12', 'mmap', [0, 2 ** 21, 3, 0x40022]],
    ['errno 12', 'mmap', [0, 2 ** 30, 3, 0x40022n | (30n << 26n)]],
    ['allow', 'shmget', [0, 4096, 0o1600]],
    ['errno 12', 'shmget', [0, 2 ** 21, 0o5600]],
    ['allow', 'memfd_create', [1, 3]],
    ['errno 22', 'memfd_create', [1, 4]],
    ['errno 22', 'memfd_create', [1, 5n | (21n << 26n)]],
    ['allow', 'madvise', [0, 4096, 4]],
    ['allow', 'madvise', [0, 4096, 13]],
    ['errno 22', 'madvise', [0, 4096, 12]],
    ['errno 22', 'madvise', [0, 4096, 12n | (1n << 32n)]],
    ['allow', 'socketpair', [1, 1]],
    ['errno 97', 'socketpair', [2, 1]],
    ['allow', 'setsockopt', [3, 1, 2]],
    ['errno 92', 'setsockopt', [3, 6, 31]],
    ['errno 92', 'setsockopt', [3, 17, 100]],
    ['errno 92', 'setsockopt', [3, 1, 50]],
  ])('answers %s to %s %s', (expected, name, args) => {
    expect(answer(plain, name, ...args)).toBe(expected);
  });

  test.each<[string, string, (number | bigint)[]]>([
    // network none, network loopback, family/type/protocol
    ['allow', 'allow', [1, 1, 0]],
    ['allow', 'allow', [1, 2 | 0x80000 | 0x800, 0]],
    ['allow', 'allow', [1, 5, 0]],
    ['allow', 'allow', [1n | (1n << 32n), 1, 0]],
    ['errno 97', 'errno 97', [1, 3, 0]],
    ['errno 97', 'errno 97', [1, 9, 0]],
    ['errno 97', 'allow', [2, 1, 0]],
    ['errno 97', 'allow', [2, 1 | 0x80000, 6]],
    ['errno 97', 'allow', [10, 2, 17]],
    ['errno 97', 'allow', [2n | (1n << 32n), 1, 0]],
    ['errno 97', 'errno 93', [2, 1, 262]],
    ['errno 97', 'errno 93', [2, 3, 1]],
    ['errno 97', 'errno 93', [10, 5, 132]],
    ['errno 97', 'allow', [16, 3, 0]],
    ['errno 97', 'errno 97', [16, 3, 6]],
    ['errno 97', 'errno 97', [17, 3, 0]],
    ['errno 97', 'errno 97', [38, 5, 0]],
    ['errno 97', 'errno 97', [40, 1, 0]],
    ['errno 97', 'errno 97', [0, 1, 0]],
  ])('network none %s, loopback %s: socket %s', (none, loopback, args) => {
    expect(answer(plain, 'socket', ...args)).toBe(none);
    expect(answer({ ...plain, network: 'loopback' }, 'socket', ...args)).toBe(loopback);
  });

  test('knows the flag of packet pipes on each architecture', () => {
    const arm = { ...plain, arch: 'aarch64' } as const;
    expect(answer(arm, 'fcntl', 0, 4, 0x4000)).toBe('allow');
    expect(answer(arm, 'fcntl', 0, 4, 0x10000)).toBe('errno 22');
  });

  test('never notifies by itself: without a denied call it needs no listener', () => {
    const kinds = resolveFilter(plain).entries.flatMap(({ branches, otherwise }) =>
      [...branches, otherwise].map(({ action }) => action.kind),
    );
    expect(new Set(kinds)).toEqual(new Set(['allow', 'errno']));
  });
});

describe('allow and deny', () => {
  test('allow adds a call that the profile does not have', () => {
    expect(answer({ ...plain, allow: ['splice'] }, 'splice')).toBe('allow');
    expect(answer({ ...plain, allow: ['read', 'read'] }, 'read')).toBe('allow');
  });

  test('allow leaves what the prologue says about arguments', () => {
    const request = { ...plain, allow: ['socket', 'clone'] };
    expect(answer(request, 'socket', 1, 1)).toBe('allow');
    expect(answer(request, 'socket', 2, 1)).toBe('errno 97');
    expect(answer(request, 'clone', 0x10000000)).toBe('errno 1');
  });

  test('deny ends the run, whatever the arguments, also for calls of the prologue', () => {
    const request = { ...plain, deny: ['socket', 'ptrace', 'sync', 'kill', 'kill'] };
    expect(answer(request, 'socket', 1, 1)).toBe('notify');
    expect(answer(request, 'ptrace')).toBe('notify');
    expect(answer(request, 'sync')).toBe('notify');
    expect(answer(request, 'kill')).toBe('notify');
    expect(answer(request, 'tgkill')).toBe('allow');
    expect(answer({ ...request, onViolation: 'killProcess' }, 'kill')).toBe('killProcess');
  });

  test('a call that only the other architecture has needs no rule', () => {
    const { summary } = buildFilter({
      ...plain,
      arch: 'aarch64',
      deny: ['open', 'openat'],
      allow: ['sysfs'],
    });
    expect(summary.rules.map(({ syscall }) => syscall)).toContain('openat');
    expect(summary.rules.map(({ syscall }) => syscall)).not.toContain('open');
  });

  test('reports every problem at once', () => {
    const change = { allow: ['ptrace', 'sokcet', 'sync'], deny: ['execve', 'sync', 'constructor'] };
    expect(issuesOf(change)).toEqual([
      'seccomp.allow.0: `ptrace` is held by the mandatory prologue',
      'seccomp.allow.1: `sokcet` is not a system call socket',
      'seccomp.allow.2: `sync` is also in `seccomp.deny`',
      'seccomp.deny.0: `execve` cannot be denied: the program is started or ended with it',
      'seccomp.deny.2: `constructor` is not a system call',
    ]);
  });
});

describe('the summary', () => {
  test('is the same for the same request, and names the bytes', () => {
    const first = buildFilter(plain);
    expect(buildFilter(plain)).toEqual(first);
    expect(first.summary.sha256).toBe(createHash('sha256').update(first.program).digest('hex'));
    expect(first.summary.instructions).toBe(first.program.byteLength / 8);
    expect(buildFilter({ ...plain, network: 'loopback' }).summary.sha256).not.toBe(first.summary.sha256);
  });

  test('counts each call once', () => {
    const { counts, rules, defaultAction } = buildFilter({ ...plain, deny: ['kill'] }).summary;
    expect(counts.allowed + counts.conditional + counts.denied).toBe(rules.length);
    expect(rules.find(({ syscall }) => syscall === 'kill')).toEqual({
      syscall: 'kill',
      number: 62,
      verdict: 'denied',
      branches: [],
      action: 'notify',
      why: 'denied by the policy',
      source: '',
    });
    expect(rules.find(({ syscall }) => syscall === 'read')?.verdict).toBe('allowed');
    expect(rules.find(({ syscall }) => syscall === 'clone')).toMatchObject({
      verdict: 'conditional',
      branches: [{ when: 'arg0 & 0x7e020000 == 0 (32 bits)', action: 'allow', why: 'makes no namespace' }],
      action: 'errno EPERM',
    });
    expect(defaultAction).toBe('errno ENOSYS');
    expect(rules.map(({ number }) => number)).toEqual(
      rules.map(({ number }) => number).toSorted((a, b) => a - b),
    );
  });
});
