/** `warder seccomp` as its users meet it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { built, cli, shown } from '../helpers/cli.ts';
import { gate } from '../helpers/gate.ts';
import { sandboxed } from '../helpers/sandbox.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'warder-seccomp-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const strace = gate('strace', existsSync('/usr/bin/strace'), 'strace is not installed');

built('warder seccomp', () => {
  test('explain answers with verdict, rule, file and line, and why', async () => {
    const [code, stdout] = await shown(['seccomp', 'explain', 'strict', 'socket', 'AF_VSOCK']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^socket\(AF_VSOCK\): deny\n.*\n {2}always +errno EAFNOSUPPORT +each socket family .* prologue\n {2}prologue: built in .* can lift it\n$/,
    );
    const [, plain] = await shown(['seccomp', 'explain', 'strict', 'read']);
    expect(plain).not.toContain('prologue');
  });

  test.each([
    [['default', 'read'], 'allow', /policies\/seccomp\/default\.yaml:\d+/],
    [['default', 'ioctl', '_', 'TIOCSTI|1<<35'], 'deny', /^prologue$/],
    [['default', 'clone', 'CLONE_NEWUSER|SIGCHLD'], 'deny', /^prologue$/],
    [['default', 'splice'], 'deny', /default/],
    [
      ['--policy', 'production', 'socket', 'AF_UNIX', 'SOCK_STREAM|SOCK_CLOEXEC'],
      'allow',
      /default\.yaml:\d+/,
    ],
  ] as const)('explain %j', async (args, verdict, source) => {
    const { stdout, stderr } = await cli(['seccomp', 'explain', '--json', ...args]);
    expect(stderr).toBe('');
    const report = JSON.parse(stdout.toString());
    expect([report.verdict, report.rules.length]).toEqual([verdict, 1]);
    expect(report.rules[0].source).toMatch(source);
  });

  test.each([
    [['explain', 'default', 'mountt'], /Did you mean mount\?/],
    [['explain', 'default', 'socket', 'AF_VSOK'], /Did you mean AF_VSOCK\?/],
    [
      ['explain', 'strct', 'socket'],
      /no shipped profile is called `strct`; there are compiler, .*did you mean `strict`/,
    ],
    [['explain', '--policy', 'nothing', 'socket'], /no policy `nothing`/],
    [['explain', 'default', 'read', '1', '2', '3', '4', '5', '6', '7'], /six arguments/],
    [['compile', 'default', '--format', 'elf'], /bpf, kafel, disasm/],
    [['learn'], /after --/],
    [['learn', '--', '/nonexistent/program'], /could not run/],
  ] as const)('%j is a usage error', async (args, message) => {
    const [code, stdout, stderr] = await shown(['seccomp', ...args]);
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(message);
  });

  test('compile: the bytes of the program, whose digest show prints', async () => {
    const { stdout } = await cli(['seccomp', 'compile', 'default', '--format', 'bpf']);
    const shownFilter = JSON.parse((await cli(['seccomp', 'show', 'default', '--json'])).stdout.toString());
    expect(stdout.length).toBe(shownFilter.instructions * 8);
    const { createHash } = await import('node:crypto');
    expect(createHash('sha256').update(stdout).digest('hex')).toBe(shownFilter.sha256);
  });
});

sandboxed('a learned profile', () => {
  strace('with strace', () => {
    test('is enough for what was traced and for nothing else', async () => {
      const program = join(directory, 'threads.py');
      // Threads and children: glibc asks for clone3 first, which the sandbox refuses.
      writeFileSync(
        program,
        'import subprocess, threading\nt = threading.Thread(target=print, args=("t",))\nt.start(); t.join()\nprint(subprocess.run(["echo", "c"], capture_output=True).stdout)\n',
      );
      const profile = join(directory, 'learned.yaml');
      const [learnCode] = await shown(['seccomp', 'learn', '--out', profile, '--', 'python3', program]);
      expect(learnCode).toBe(0);
      expect(readFileSync(profile, 'utf8')).toContain('includes:\n  - default\n');
      const under = ['run', '--allow-widen', '--set', `seccomp.profile=${profile}`];
      expect(await shown([...under, program])).toEqual([0, "t\nb'c\\n'\n", '']);
      const other = join(directory, 'other.py');
      writeFileSync(other, 'import os\ntry:\n  os.mkdir("x")\nexcept OSError as e: print(e.errno)\n');
      expect(await shown([...under, other])).toEqual([0, '38\n', '']);
      const [again, , why] = await shown(['seccomp', 'learn', '--out', profile, '--', 'true']);
      expect([again, why]).toEqual([64, expect.stringContaining('EEXIST')]);
    });

    test('of a language is enough for its sample program', async () => {
      const profile = join(directory, 'python.yaml');
      const [code, said] = await shown(['seccomp', 'learn', '--lang', 'python', '--out', profile]);
      expect([code, said]).toEqual([0, expect.stringMatching(/exit code 0\n[\s\S]*removed: \d+ calls/)]);
      const under = ['run', '--allow-widen', '--set', `seccomp.profile=${profile}`, '--lang', 'python', '-e'];
      expect(await shown([...under, 'print("hi")'])).toEqual([0, 'hi\n', '']);
      expect(await shown([...under, 'import os\nprint(os.fork())'])).toEqual([
        1,
        '',
        expect.stringContaining('Function not implemented'),
      ]);
    });

    test('of a compiled language is about the program, not about its compiler', async () => {
      const { stdout } = await cli(['seccomp', 'learn', '--lang', 'c', '--json']);
      const { exitCode, argv, counts, add } = JSON.parse(stdout.toString());
      expect([exitCode, argv, add]).toEqual([0, ['./.compiled/main'], []]);
      expect(counts).toMatchObject({ execve: 1, exit_group: 1 });
      expect(Object.keys(counts)).not.toContain('vfork');
    });

    test('to a base that allows by default is closed for all that was not called', async () => {
      const open = join(directory, 'open.yaml');
      writeFileSync(open, 'version: 1\nname: open\ndefault: allow\n');
      const profile = join(directory, 'closed.yaml');
      const [code] = await shown(['seccomp', 'learn', '--base', open, '--out', profile, '--', 'true']);
      expect(code).toBe(0);
      const under = (file: string, ...argv: string[]) =>
        shown(['cmd', '--allow-widen', '--set', `seccomp.profile=${file}`, '--', ...argv]);
      expect(await under(profile, 'true')).toEqual([0, '', '']);
      const codes = [(await under(open, 'mkdir', 'x'))[0], (await under(profile, 'mkdir', 'x'))[0]];
      expect(codes).toEqual([0, expect.not.closeTo(0)]);
    });
  });
});
