import { expect, test } from 'vitest';
import type { RenderedPlan } from '#cli/render-plan.ts';
import { renderText } from '#cli/render-text.ts';

const output = { sizeBytes: null, onExceed: 'kill' } as const;

const PLAN: RenderedPlan = {
  schema: 1,
  policy: { name: 'p', sha256: 'ab' },
  rootfs: { name: 'host', sha256: null },
  engine: { name: 'bubblewrap', version: '0.8.0', path: '/usr/bin/bwrap' },
  refused: [],
  launcher: {
    argv: ['/usr/bin/bwrap', '--args', '8'],
    options: [['--unshare-pid'], ['--size', '1']],
    config: null,
  },
  standalone: null,
  identity: { uid: 1000, gid: 1000, hostname: 'warder' },
  network: 'none',
  mounts: [{ kind: 'proc' }],
  program: { argv: ['echo', 'two\nlines\r\nand three'], cwd: '/workspace', env: {}, files: [] },
  supervision: { wallMs: null, cpuTimeMs: null, stdout: output, stderr: output, artifacts: null },
  limits: {} as RenderedPlan['limits'],
  rlimits: [],
  cgroup: null,
  controls: [],
  weakenings: [],
  seccomp: {
    profile: 'default',
    arch: 'x86_64',
    counts: {},
    defaultAction: 'errno',
    instructions: 1,
    sha256: '',
  } as never,
};

test('the plan as sections, options and no configuration for bubblewrap', () => {
  const text = renderText(PLAN);
  expect(text).toContain('Launcher options:\n  --unshare-pid\n  --size 1\n');
  expect(text).not.toContain('Launcher configuration');
  expect(text).not.toMatch(/^#/m);
});

test('for nsjail a file: every line of the plan is a comment, whatever the program is called', () => {
  const standalone = 'mode: ONCE\ncwd: "/"\n';
  const text = renderText({
    ...PLAN,
    launcher: {
      argv: ['/opt/nsjail', '--config', '/proc/self/fd/8'],
      options: [],
      config: 'mode: ONCE\npass_fd: 3\n',
    },
    standalone,
  });
  expect(text.endsWith(`\n${standalone}`)).toBe(true);
  const head = text.slice(0, -standalone.length).split('\n').slice(0, -1);
  expect(head.filter((line) => !line.startsWith('#'))).toEqual([]);
  expect(head).toContain('#   pass_fd: 3');
  expect(head.join('\n')).toContain('lines');
  expect(text).not.toContain('\r');
});

test('optional limits of the group are shown where they are set', () => {
  const cgroup = { memoryBytes: 1024, swapBytes: null, pidsMax: 3, cpu: null };
  const io = { readBytes: 1024 ** 2, writeBytes: null, readOps: null, writeOps: 5 };
  expect(renderText({ ...PLAN, cgroup })).not.toMatch(/processors|disk|operations/);
  const text = renderText({ ...PLAN, cgroup: { ...cgroup, cpus: [0, 1, 3], io } });
  expect(text).toMatch(/^ {2}processors +0-1,3$/m);
  expect(text).toMatch(/^ {2}disk reads +1MiB in a second, each disk$/m);
  expect(text).toMatch(/^ {2}write operations +5 in a second, each disk$/m);
  expect(text).not.toMatch(/disk writes|read operations/);
});
