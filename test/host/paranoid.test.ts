/** The profile `paranoid` against a program that wants a second process or code of its own, on each engine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWarder, type RunResult, type Warder } from '#index.ts';
import { places } from '../helpers/places.ts';
import { sandboxed } from '../helpers/sandbox.ts';

const POLICY = new URL('../fixtures/policies/paranoid-host.yaml', import.meta.url).pathname;

const PRELUDE = `import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
FAILED = 2**64 - 1
def said(result): return errno.errorcode[ctypes.get_errno()] if result in (-1, FAILED) else 'done'
def raw(*words): return said(libc.syscall(*[ctypes.c_ulong(word % 2**64) for word in words]))
`;

/** mov eax, 42; ret. */
const MEMORY = `${PRELUDE}
CODE = b'\\xb8\\x2a\\0\\0\\0\\xc3'.ljust(4096, b'\\0')
def mapped(prot, flags=0x22, fd=-1): return libc.mmap(None, 4096, prot, flags, fd, 0)
print('at once', said(mapped(7)))
print('at once, upper bits', raw(9, 0, 4096, 7 | 1 << 40, 0x22, -1, 0))
page = mapped(3)
print('later', raw(10, page, 4096, 5), raw(329, page, 4096, 5, -1))
print('data as code', raw(135, 0x0400000))
print('in memory', raw(319, 0, 0))
try: os.open('/proc/self/mem', os.O_RDWR); print('its own text done')
except OSError as e: print('its own text', errno.errorcode[e.errno])
fd = os.open('code', os.O_RDWR | os.O_CREAT, 0o700); os.write(fd, CODE)
try: os.execv('/workspace/code', ['code'])
except OSError as e: print('a file of its own, executed', errno.errorcode[e.errno])
print('a file of its own, mapped', ctypes.CFUNCTYPE(ctypes.c_int)(mapped(5, 1, fd))())
`;

/** 0x11: SIGCHLD; the rest are CLONE_VM, CLONE_VFORK, CLONE_PARENT and CLONE_THREAD, the last one beyond 32 bits. */
const PROCESSES = `${PRELUDE}
print('fork', raw(57), 'vfork', raw(58), 'clone3', raw(435, 0, 0))
for flags in (0x11, 0x4111, 0x8011, 0x10000 << 32 | 0x11): print(hex(flags), raw(56, flags, 0, 0, 0, 0))
`;

for (const place of places) {
  sandboxed(`paranoid on ${place.name}`, () =>
    place.gate('with the engine', () =>
      describe('a program', () => {
        let warder: Warder;
        beforeAll(async () => {
          warder = await createWarder({ policy: POLICY, engine: place.engine });
        });
        afterAll(() => warder.close());
        const python = (code: string): Promise<RunResult> => warder.run({ language: 'python', code });

        test('has no memory that it wrote and may execute, but for a file that it maps', async () => {
          const { stdout, stderr, outcome } = await python(MEMORY);
          expect([outcome, stderr.data]).toEqual([{ kind: 'exited', exitCode: 0 }, '']);
          expect(stdout.data.trim().split('\n')).toEqual([
            'at once EACCES',
            'at once, upper bits EACCES',
            'later EACCES EACCES',
            'data as code EPERM',
            'in memory EPERM',
            'its own text EROFS',
            'a file of its own, executed EACCES',
            // Not promised (SECURITY.md). Whoever closes it has to say so there.
            'a file of its own, mapped 42',
          ]);
        });

        test.each([
          ['shmat', 'raw(30, 0, 0, 0o100000)'],
          ['remap_file_pages', 'raw(216, 0, 4096, 0, 0, 0)'],
          ['userfaultfd', 'raw(323, 0)'],
        ])('is ended by %s', async (syscall, call) => {
          const { outcome } = await python(`${PRELUDE}\n${call}`);
          expect(outcome).toEqual({ kind: 'denied', by: 'seccomp', syscall, abi: 'x86_64' });
        });

        test('starts no process', async () => {
          const { stdout, stderr, outcome } = await python(PROCESSES);
          expect([outcome, stderr.data]).toEqual([{ kind: 'exited', exitCode: 0 }, '']);
          expect(stdout.data.trim().split('\n')).toEqual([
            'fork EPERM vfork EPERM clone3 ENOSYS',
            '0x11 EPERM',
            '0x4111 EPERM',
            '0x8011 EPERM',
            '0x1000000000011 EPERM',
          ]);
        });
      }),
    ),
  );
}
