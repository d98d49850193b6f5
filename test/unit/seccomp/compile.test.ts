import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeProgram, INSTRUCTION_BYTES, MAX_INSTRUCTIONS, OP } from '#seccomp/bpf.ts';
import { compileFilter } from '#seccomp/compile.ts';
import type { SeccompFilter, SyscallEntry } from '#seccomp/ir.ts';
import { simulateInstructions, simulateProgram } from '#seccomp/simulate.ts';
import { AUDIT_ARCH, syscallNames } from '#seccomp/syscalls.ts';
import { validateProgram } from '#seccomp/validate-program.ts';
import { seccompFilter } from './arbitraries.ts';
import { disagreements, ZEROS } from './calls.ts';

const allow = { action: { kind: 'allow' }, why: 'test' } as const;
const socketOnlyUnix: SeccompFilter = {
  arch: 'x86_64',
  defaultAction: { kind: 'errno', errno: 38 },
  entries: [
    { syscall: 'read', branches: [], otherwise: allow },
    {
      syscall: 'socket',
      branches: [{ when: [{ op: 'eq', arg: 0, width: 32, value: 1n }], ...allow }],
      otherwise: { action: { kind: 'errno', errno: 97 }, why: 'test' },
    },
  ],
};

/** An entry with `count` branches of two instructions each and one load per branch. */
function longEntry(syscall: string, count: number): SyscallEntry {
  const branches = Array.from({ length: count }, (_, index) => ({
    when: [{ op: 'eq', arg: 0, width: 32, value: BigInt(index * 2) } as const],
    action: { kind: 'errno', errno: (index % 4000) + 1 } as const,
    why: 'test',
  }));
  return { syscall, branches, otherwise: allow };
}

describe('compileFilter', () => {
  test('gives these bytes, once and for all', () => {
    /** struct sock_filter by hand: the encoder must not check itself. */
    const instruction = (code: number, jt: number, jf: number, k: number) => [
      code,
      0,
      jt,
      jf,
      k & 0xff,
      (k >>> 8) & 0xff,
      (k >>> 16) & 0xff,
      k >>> 24,
    ];
    expect([...compileFilter(socketOnlyUnix)]).toEqual([
      ...instruction(0x20, 0, 0, 4), // ld arch
      ...instruction(0x15, 1, 0, 0xc000003e), // AUDIT_ARCH_X86_64
      ...instruction(0x06, 0, 0, 0x80000000), // kill process
      ...instruction(0x20, 0, 0, 0), // ld nr
      ...instruction(0x35, 8, 0, 42), // jge 42
      ...instruction(0x35, 3, 0, 41), // jge 41 (socket)
      ...instruction(0x35, 1, 0, 1), // jge 1
      ...instruction(0x06, 0, 0, 0x7fff0000), // read: allow
      ...instruction(0x06, 0, 0, 0x00050026), // ENOSYS
      ...instruction(0x20, 0, 0, 16), // socket: ld arg0.low
      ...instruction(0x15, 0, 1, 1), // AF_UNIX
      ...instruction(0x06, 0, 0, 0x7fff0000), // allow
      ...instruction(0x06, 0, 0, 0x00050061), // EAFNOSUPPORT
      ...instruction(0x35, 1, 0, 0x40000000), // x32
      ...instruction(0x06, 0, 0, 0x00050026), // ENOSYS
      ...instruction(0x06, 0, 0, 0x80000000), // kill process
    ]);
  });

  test('agrees with the model on random filters', () => {
    fc.assert(
      fc.property(seccompFilter, (filter) => {
        const program = compileFilter(filter);
        validateProgram(program);
        const instructions = decodeProgram(program);
        expect(disagreements(filter, (call) => simulateInstructions(instructions, call), 200)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('does not depend on the order of the entries', () => {
    fc.assert(
      fc.property(seccompFilter, (filter) => {
        const reversed = { ...filter, entries: filter.entries.toReversed() };
        expect(compileFilter(reversed)).toEqual(compileFilter(filter));
      }),
      { numRuns: 30 },
    );
  });

  test.each([84, 85, 86, 300, 1000])('reaches over an entry of %i branches', (count) => {
    const filter: SeccompFilter = {
      arch: 'x86_64',
      defaultAction: { kind: 'errno', errno: 38 },
      entries: [longEntry('write', count), { syscall: 'mmap', branches: [], otherwise: allow }],
    };
    const program = compileFilter(filter);
    expect(disagreements(filter, (call) => simulateInstructions(decodeProgram(program), call), 100)).toEqual(
      [],
    );
  });

  test('uses long jumps on both sides of a test', () => {
    // One branch of many conditions whose failing side is far away, below a search that is far as well.
    const when = Array.from(
      { length: 200 },
      (_, bit) =>
        ({
          op: 'maskedEq',
          arg: ([0, 1, 2, 3] as const)[Math.floor(bit / 50)] ?? 0,
          width: 64,
          mask: 1n << BigInt(bit % 50),
          value: 0n,
        }) as const,
    );
    const filter: SeccompFilter = {
      arch: 'aarch64',
      defaultAction: { kind: 'trap' },
      entries: [
        {
          syscall: 'openat',
          branches: [{ when, ...allow }],
          otherwise: { action: { kind: 'log' }, why: '' },
        },
      ],
    };
    const program = compileFilter(filter);
    expect(decodeProgram(program).filter(({ code }) => code === OP.jump).length).toBeGreaterThan(100);
    expect(disagreements(filter, (call) => simulateProgram(program, call), 500)).toEqual([]);
  });

  test('refuses a filter that the kernel would refuse for its length', () => {
    const fits = { ...socketOnlyUnix, entries: [longEntry('write', 1350)] };
    expect(compileFilter(fits).byteLength / INSTRUCTION_BYTES).toBeLessThanOrEqual(MAX_INSTRUCTIONS);
    const tooLong = { ...socketOnlyUnix, entries: [longEntry('write', 1400)] };
    expect(() => compileFilter(tooLong)).toThrow(/needs \d+ instructions; the kernel takes 4096/);
  });

  test('refuses an invalid filter', () => {
    const twice = { ...socketOnlyUnix, entries: [...socketOnlyUnix.entries, ...socketOnlyUnix.entries] };
    expect(() => compileFilter(twice)).toThrow('the seccomp filter is not valid: 2 problems');
  });

  test('an empty filter answers the default for every number of its own ABI', () => {
    const filter: SeccompFilter = { arch: 'aarch64', defaultAction: { kind: 'log' }, entries: [] };
    const program = compileFilter(filter);
    expect(simulateProgram(program, { auditArch: AUDIT_ARCH.aarch64, nr: 0xffffffff, args: ZEROS })).toEqual({
      kind: 'log',
    });
    expect(disagreements(filter, (call) => simulateProgram(program, call))).toEqual([]);
  });

  test('every call of the table has its own number in the search', () => {
    const entries = syscallNames('x86_64').map(
      (syscall, index): SyscallEntry => ({
        syscall,
        branches: [],
        otherwise: { action: { kind: 'errno', errno: index + 1 }, why: 'test' },
      }),
    );
    const filter: SeccompFilter = { arch: 'x86_64', defaultAction: { kind: 'killProcess' }, entries };
    const program = compileFilter(filter);
    expect(disagreements(filter, (call) => simulateProgram(program, call))).toEqual([]);
  });
});
