import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REQUIRED_OPTIONS, renderNsjail, supervisedConfig } from '#engines/nsjail/config.ts';
import { emitKafel } from '#seccomp/kafel.ts';
import { OUTER } from '../outer.ts';
import { parseText } from './parse-text.ts';
import { PLAN } from './plan.ts';

const text = Buffer.from(renderNsjail(PLAN, OUTER).blobs[0] ?? []).toString();

test('the configuration travels in the first blob, the command line names nothing of the host', () => {
  const { engine, argv, blobs } = renderNsjail(PLAN, OUTER);
  expect(engine).toBe('nsjail');
  expect(argv).toEqual(['/opt/nsjail', '--config', '/proc/self/fd/8']);
  expect(blobs).toHaveLength(1);
});

test('the same plan gives the same bytes', () => {
  expect(renderNsjail(PLAN, OUTER)).toEqual(renderNsjail(structuredClone(PLAN), OUTER));
});

test('what is written is what was decided', () => {
  const parsed = parseText(text);
  expect(parsed['hostname']).toEqual([Buffer.from('jail')]);
  expect(parsed['mount']).toHaveLength(supervisedConfig(PLAN, OUTER).mount?.length ?? -1);
});

test('every namespace, no privileges but the two that init gives up, nothing of the environment', () => {
  const config = supervisedConfig(PLAN, OUTER);
  for (const name of ['net', 'user', 'ns', 'pid', 'ipc', 'uts', 'cgroup'] as const) {
    expect(config[`clone_new${name}`], name).toBe(true);
  }
  expect(config).toMatchObject({
    cap: ['CAP_SYS_RESOURCE', 'CAP_SETPCAP'],
    disable_no_new_privs: false,
    skip_setsid: false,
  });
  // Absent means false to nsjail; the stub and init see to both.
  for (const name of ['keep_caps', 'keep_env', 'envar']) expect(config).not.toHaveProperty(name);
});

test('the ids inside are the policy’s, outside the launcher’s own', () => {
  const { uidmap, gidmap } = supervisedConfig(PLAN, OUTER);
  expect(uidmap).toEqual([{ inside_id: '1000', outside_id: '', count: 1 }]);
  expect(gidmap).toEqual([{ inside_id: '1001', outside_id: '', count: 1 }]);
});

test('limits are init’s and the supervisor’s: none of nsjail’s own', () => {
  const config = supervisedConfig(PLAN, OUTER);
  expect(config).toMatchObject({ disable_rl: true, nice_level: 0 });
  expect(Object.keys(config).filter((name) => /^(?:cgroup|rlimit)/.test(name))).toEqual([]);
});

test('init runs, from its descriptor, in the mode that drops privileges', () => {
  expect(supervisedConfig(PLAN, OUTER).exec_bin).toEqual({
    path: '/proc/self/fd/7',
    arg: ['init', 'drop'],
    arg0: 'warder-init',
  });
});

test('the last mount is the switch by which init closes user namespaces, where init looks for it', () => {
  const last = supervisedConfig(PLAN, OUTER).mount?.at(-1);
  expect(last).toMatchObject({ src: '/proc/sys/user/max_user_namespaces', is_bind: true, rw: true });
  const native = readFileSync(new URL('../../../../src/native/privileges.c', import.meta.url), 'utf8');
  expect(native).toContain(`"${last?.dst}"`);
});

test('descriptors are those of the native program', () => {
  const header = readFileSync(new URL('../../../../src/native/protocol.h', import.meta.url), 'utf8');
  const number = (name: string) => Number(new RegExp(`${name} = (\\d+)`).exec(header)?.[1]);
  const passed = ['FD_CONTROL', 'FD_PROGRAM_STDIN', 'FD_PROGRAM_STDOUT', 'FD_PROGRAM_STDERR', 'FD_SELF'];
  expect(supervisedConfig(PLAN, OUTER).pass_fd).toEqual(passed.map(number));
  expect(supervisedConfig(PLAN, OUTER).exec_bin?.path).toBe(`/proc/self/fd/${number('FD_SELF')}`);
  expect(renderNsjail(PLAN, OUTER).argv.at(-1)).toBe(`/proc/self/fd/${number('FD_FIRST_BLOB')}`);
});

test('its messages go where the supervisor reads them', () => {
  expect(supervisedConfig(PLAN, OUTER)).toMatchObject({ log_fd: 2, log_level: 'WARNING' });
});

describe('clock', () => {
  test.each([
    [null, 0],
    [30_500, 31],
    [31_000, 31],
    [1, 1],
    [2 ** 53 - 1, 2 ** 32 - 1],
  ])('%s ms are %i s, rounded up: it is the last to fire', (launcherDeadlineMs, seconds) => {
    expect(supervisedConfig({ ...PLAN, launcherDeadlineMs }, OUTER).time_limit).toBe(seconds);
  });
});

test('loopback is up where the policy allows it', () => {
  expect(supervisedConfig(PLAN, OUTER).iface_no_lo).toBe(true);
  expect(supervisedConfig({ ...PLAN, network: 'loopback' }, OUTER).iface_no_lo).toBe(false);
});

test('required options are options', () => {
  for (const option of REQUIRED_OPTIONS) expect(option).toMatch(/^--[a-z_]+$/);
});

test('the filter that the launcher installs is the outer one', () => {
  const lines = parseText(text)['seccomp_string'] ?? [];
  expect(`${lines.map(String).join('\n')}\n`).toBe(emitKafel(OUTER));
});
