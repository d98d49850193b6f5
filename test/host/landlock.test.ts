/** The layer below mounts: what the program wrote cannot run where the policy says so, and nothing ordinary breaks. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeLandlock } from '#host/landlock.ts';
import { createWarder, type RunResult, type Warder } from '#index.ts';
import { gate } from '../helpers/gate.ts';
import { NATIVE_PATH } from '../helpers/native.ts';
import { sandboxed } from '../helpers/sandbox.ts';

const policyFile = (name: string): string =>
  new URL(`../fixtures/policies/${name}.yaml`, import.meta.url).pathname;
const abi = await probeLandlock(NATIVE_PATH);
const needed = gate('landlock', abi >= 2, `the kernel's Landlock ABI is ${abi}, 2 is needed`);

sandboxed('landlock', () =>
  needed('layer', () => {
    let warder: Warder;
    beforeAll(async () => {
      warder = await createWarder({ policies: ['strict', policyFile('no-written')] });
    });
    afterAll(() => warder.close());
    const bash = (script: string, policy = 'strict'): Promise<RunResult> =>
      warder.run({ argv: ['bash', '-c', script], policy });

    test('written files run unless the policy forbids it, and then nothing but the root file system does', async () => {
      const script =
        'cp /usr/bin/true t; ./t; echo $?; cp t /tmp/t; /tmp/t; echo $?; cp t /dev/shm/t; /dev/shm/t; echo $?; ' +
        'printf "#!/bin/sh\\nexit 0\\n" > s; chmod +x s; ./s; echo $?; sh s; echo $?; /usr/bin/true; echo $?';
      const allowed = await bash(script);
      expect(allowed.stdout.data).toBe('0\n0\n0\n0\n0\n0\n');
      const denied = await bash(script, policyFile('no-written'));
      expect(denied.stdout.data).toBe('126\n126\n126\n126\n0\n0\n');
      expect(denied.controls).toContainEqual({
        control: 'writtenFiles',
        value: 'deny',
        enforcedBy: ['landlock'],
      });
    });

    test('a program in memory is no way around it', async () => {
      const code =
        'import os\ntry:\n  fd = os.memfd_create("x"); os.write(fd, open("/usr/bin/true", "rb").read()); os.execve(fd, ["x"], {})\nexcept OSError as e: print(e.errno)';
      const allowed = await warder.run({ language: 'python', code });
      expect(allowed).toMatchObject({ ok: true, stdout: { data: '' } });
      const denied = await warder.run({ language: 'python', code, policy: policyFile('no-written') });
      expect(denied.stdout.data).toBe('1\n');
    });

    test('the files that were sent cannot run either', async () => {
      const files = [{ path: 'run', content: '#!/bin/sh\necho ran\n', mode: '0755' }];
      const result = await warder.run({ argv: ['/workspace/run'], files, policy: policyFile('no-written') });
      expect(result.outcome).toEqual({ kind: 'notStarted', errno: 'EACCES' });
    });

    test('renaming and linking across directories, truncating and devices work', async () => {
      const result = await bash(
        'mkdir -p a b/c; echo x > a/f; mv a/f b/c/g; ln b/c/g a/h; : > a/h; ln -s h a/l; mkfifo p; ' +
          'echo x > /dev/null; rm -r a; rmdir b 2>/dev/null; stat -c %s b/c/g; echo y | tee /dev/stderr',
      );
      expect([result.stdout.data, result.stderr.data]).toEqual(['0\ny\n', 'y\n']);
    });

    test.skipIf(abi < 6)('no signal reaches process 1 (ABI 6), every signal reaches its own', async () => {
      const result = await bash('kill -0 1 2>/dev/null; echo $?; sleep 9 & kill $!; wait $!; echo $?');
      expect(result.stdout.data).toBe('1\n143\n');
    });
  }),
);
