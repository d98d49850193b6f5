import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { steadyStart } from '#rootfs/steady-start.ts';
import { gate } from '../../helpers/gate.ts';

gate(
  'taskset',
  existsSync('/usr/bin/taskset'),
  'taskset (util-linux) is not installed',
)('a steady start', () => {
  const allowed = async (name: string) => {
    const [tool = '', ...args] = await steadyStart(name);
    const status = execFileSync(tool, [...args, 'cat', '/proc/self/status'], { encoding: 'utf8' });
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  };

  test('is on one processor, the same one for the same name', async () => {
    const processor = await allowed('java');
    expect(processor).toMatch(/^\d+$/);
    expect(await allowed('java')).toBe(processor);
  });
});
