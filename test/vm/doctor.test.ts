/** `warder doctor` on each host variant: it names the cause and the repair, and agrees with `warder cmd`. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doctorReportSchema } from '#cli/doctor-schema.ts';
import type { DoctorReport } from '#internal.ts';
import { cli, MAIN } from '../helpers/cli.ts';
import { gate } from '../helpers/gate.ts';
import { failed, find } from './doctor-repair.ts';
import { describeRepairs } from './doctor-repairs.ts';

const VARIANT = process.env['WARDER_VM'] ?? '';
const onVariant = (...names: readonly string[]) =>
  gate(
    'vm',
    names.includes(VARIANT),
    `it is about the variant ${names.join(' or ')}, this is ${VARIANT || 'none'}`,
  );

interface Answer {
  readonly code: number | null;
  readonly report: DoctorReport;
}

async function doctor(): Promise<Answer> {
  const { code, stdout, stderr } = await cli(['doctor', '--json']);
  expect(stdout.toString(), stderr).toMatch(/^\{/);
  return { code, report: doctorReportSchema.parse(JSON.parse(stdout.toString())) };
}

async function command(): Promise<{ readonly exit: number | null; readonly code: string | undefined }> {
  const { code, stdout } = await cli(['cmd', '--json', '--', 'true']);
  const { error } = JSON.parse(stdout.toString()) as { error?: { code: string } };
  return { exit: code, code: error?.code };
}

onVariant(
  'user',
  'root',
  'ssh',
  'service',
  'hybrid',
)('a host that has what it takes', () => {
  test('is ready, as warder cmd is', async () => {
    const [{ code, report }, ran] = [await doctor(), await command()];
    expect(failed(report)).toEqual([]);
    expect([code, ran.exit]).toEqual([0, 0]);
    expect(find(report, 'runs.bubblewrap.python')).toMatchObject({ state: 'ok', ms: expect.any(Number) });
  });
});

onVariant(
  'no-delegation',
  'no-userns',
  'nested',
  'hybrid-user',
)('a host that lacks something', () => {
  const expected = {
    'no-delegation': ['cgroups.memory', 'HOST_CONTROL_UNENFORCEABLE', /loginctl enable-linger \d+/],
    'no-userns': ['namespaces.limits', 'HOST_USERNS_DENIED', /user\.max_user_namespaces = 15000/],
    // The tests are in a group below the delegated one, with processes that are not ours to move.
    nested: [
      'cgroups.memory',
      'HOST_CONTROL_UNENFORCEABLE',
      /^export WARDER_CGROUP_PARENT=\/sys\/fs\/cgroup\/warder$/m,
    ],
    'hybrid-user': ['cgroups.memory', 'HOST_CONTROL_UNENFORCEABLE', /systemd\.unified_cgroup_hierarchy=1/],
  } as const;

  test('the cause, the repair, and the code with which warder cmd refuses', async () => {
    const [id, code, fix] = expected[VARIANT as keyof typeof expected];
    const [answer, refused] = [await doctor(), await command()];
    expect([answer.code, answer.report.ready, refused]).toEqual([69, false, { exit: 69, code }]);
    const { state, code: said, fix: repair } = find(answer.report, id);
    expect([state, said]).toEqual(['failed', code]);
    expect(repair?.script).toMatch(fix);
    expect(find(answer.report, 'policy.controls').code).toBe(code);
  });
});

const SYSTEMD = Number(/\d+/.exec(execFileSync('systemctl', ['--version'], { encoding: 'utf8' }))?.[0]);

function describeServiceRepair(words: readonly string[]): void {
  const UNIT = '/etc/systemd/system/warder-judge.service';
  const OUTPUT = '/run/warder-judge.json';
  const start = (): void => void execFileSync('systemctl', ['start', 'warder-judge.service']);
  const reported = (): DoctorReport => doctorReportSchema.parse(JSON.parse(readFileSync(OUTPUT, 'utf8')));

  beforeAll(() => {
    const lines = [
      ...['[Service]', 'Type=oneshot', 'User=plain', 'SuccessExitStatus=69'],
      ...['Environment=PATH=/usr/local/bin:/usr/bin', `ExecStart=${words.join(' ')}`],
      `StandardOutput=truncate:${OUTPUT}`,
    ];
    writeFileSync(UNIT, `${lines.join('\n')}\n`);
    execFileSync('systemctl', ['daemon-reload']);
  });
  afterAll(() => {
    rmSync(UNIT);
    rmSync(`${UNIT}.d`, { recursive: true, force: true });
    rmSync(OUTPUT, { force: true });
    execFileSync('systemctl', ['daemon-reload']);
  });

  test('is a drop-in of that unit, and works', () => {
    start();
    const broken = reported();
    expect(broken.ready).toBe(false);
    const { state, fix } = find(broken, 'cgroups.memory');
    expect([state, fix?.script]).toEqual(['failed', expect.stringContaining('warder-judge.service.d')]);
    // It restarts the unit, which asks anew.
    execFileSync('bash', ['-e', '-c', fix?.script ?? 'exit 1']);
    expect(failed(reported())).toEqual([]);
    expect(find(reported(), 'cgroups.memory').state).toBe('ok');
  });
}

onVariant('root')('a printed repair', () => {
  describeRepairs();

  describe('of a system service of an ordinary user', () => {
    describeServiceRepair([process.execPath, MAIN, 'doctor', '--json']);
  });

  gate(
    'subgroups',
    SYSTEMD >= 254,
    `DelegateSubgroup= came with systemd 254, this is ${SYSTEMD}`,
  )('of such a service, whose command is a shell script', () => {
    describeServiceRepair(['/bin/sh', '-c', `"${process.execPath} ${MAIN} doctor --json; exit $$?"`]);
  });
});
