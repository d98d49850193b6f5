import { expect, test } from 'vitest';
import { parseTrace } from '#seccomp/strace.ts';

const TRACE = `3759  execve("/usr/bin/python3", [...], 0x7fff9f06ab90 /* 35 vars */) = 0
3759  brk(NULL)                         = 0x55d7c9f2b000
3760  read(3,  <unfinished ...>
3759  brk(NULL)                         = 0x55d7c9f2b000
3760  <... read resumed>""..., 832)     = 832
3760  syscall_0x3e7(0, 0, 0x7f27b1320bc0, 0x561dc5507f60, 0x7f27b1014880, 0x6) = -1 ENOSYS (Function not implemented)
3760  write(1, "read(1) getpid("..., 15) = 15
3760  --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---
3759  ????( <unfinished ...>
3759  exit_group(0)                     = ?
3759  +++ exited with 0 +++
`;

test('each call once, by name; no text of the program is taken for a call', () => {
  const { counts, unnamed, foreignAbi } = parseTrace(TRACE);
  expect(Object.fromEntries(counts)).toEqual({ execve: 1, brk: 2, read: 1, write: 1, exit_group: 1 });
  expect([unnamed, foreignAbi]).toEqual([[999], false]);
});

test('without -f the lines have no process id', () => {
  expect([
    ...parseTrace('execve("/bin/true", ["true"], 0x7ffd /* 3 vars */) = 0\nclose(3) = 0\n').counts.keys(),
  ]).toEqual(['execve', 'close']);
});

test('another ABI is told', () => {
  expect(parseTrace('[ Process PID=12 runs in 32 bit mode. ]\n').foreignAbi).toBe(true);
});
