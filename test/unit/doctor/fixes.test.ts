import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cgroupFix } from '#doctor/cgroup-fix.ts';
import { judgeAll } from '#doctor/checks.ts';
import { allowUserNamespaces, liftProfile } from '#doctor/fixes/apparmor.ts';
import * as cgroup from '#doctor/fixes/cgroup.ts';
import { groupOfRoot, groupOfUser } from '#doctor/fixes/cgroup-by-hand.ts';
import * as packages from '#doctor/fixes/packages.ts';
import { quote, writeFile } from '#doctor/fixes/shell.ts';
import { ALLOW_UNPRIVILEGED, namespaceFix } from '#doctor/namespace-fix.ts';
import type { Fix } from '#doctor/types.ts';
import { LANGUAGES } from '#languages/registry.ts';
import { facts, launcher, survey, trial } from './facts.ts';

const NASTY = `/opt/a 'b' "c" $(touch /tmp/x) \\ {bwrap`;

function isFix(value: unknown): value is Fix {
  return typeof value === 'object' && value !== null && 'script' in value;
}

const ALL: Fix[] = [
  ...[...Object.values(cgroup), ...Object.values(packages)].filter(isFix),
  ...Object.values(packages.INSTALL_LAUNCHER),
  ...LANGUAGES.flatMap(({ id }) => packages.installLanguage(id) ?? []),
  cgroup.delegateToUser(1000),
  cgroup.enableLinger(1000),
  packages.removeSetuid(NASTY),
  allowUserNamespaces('/usr/bin/bwrap'),
  allowUserNamespaces(NASTY),
  liftProfile(NASTY, NASTY, true),
  cgroup.delegateToService('a b.service'),
  cgroup.unprotectGroupsOfService('judge.service'),
  cgroup.stopDisabling('cgroup_disable=memory'),
  cgroup.allowGroups(NASTY),
  cgroup.thawUserManager(1000),
  groupOfRoot(),
  groupOfUser({ uid: 1000, gid: 1000 }),
  ALLOW_UNPRIVILEGED,
];

/** Everything that the checks themselves come up with on a host where nothing is right. */
async function fixesOfBrokenHost(): Promise<readonly Fix[]> {
  const broken = await facts(
    {
      ...survey({ x32: '0', landlock: '0', userns: 'EPERM', usernsPrivileges: 'EPERM', openat2: 'ENOSYS' }),
      ...{ node: '18.0.0', now: 0, openFiles: 1e9, uid: 1000 },
      runtimeDir: { path: NASTY, problem: 'not ours' },
      cgroup: { driver: 'none', controllers: [], swapLimit: false, unusable: { driver: 'EROFS' } },
      cgroupFeatures: { kill: false, oomGroup: false, memoryPeak: false },
      session: { bus: false, runtimeDirKnown: false, lingers: false },
      bubblewrap: launcher('bubblewrap', {
        mode: 0o4755,
        jail: trial({ exitCode: 1, stderr: 'No permissions to create new namespace' }),
      }),
      nsjail: launcher('nsjail', { engine: { found: false, searched: [NASTY] }, jail: null }),
      space: [{ path: NASTY, freeBytes: 0, freeInodes: 0 }],
    },
    {
      'proc/self/mountinfo': '1 1 0:1 / /proc/kcore rw - tmpfs tmpfs rw\n',
      'proc/self/limits': 'Max processes   5   5   processes\nMax open files   5   5   files\n',
      'sys/devices/system/cpu/smt/active': '1',
      'proc/sys/kernel/kptr_restrict': '0',
    },
  );
  return judgeAll(broken).flatMap(({ fix }) => fix ?? []);
}

test.each(ALL)('bash can parse: $summary', ({ script, summary }) => {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(summary).toMatch(/^[A-Z].*[^.]$/);
  expect(script).not.toMatch(/[<]\w+[>]/);
});

test('bash can parse every repair that the checks come up with, and there are many', async () => {
  const fixes = await fixesOfBrokenHost();
  expect(fixes.length).toBeGreaterThan(15);
  for (const { script } of fixes) {
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
  }
});

describe('shell text', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'warder-fixes-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('a quoted word comes through as it is', () => {
    for (const word of [NASTY, "'", '', '-n', '$HOME', '*', '~', 'a\tb']) {
      expect(execFileSync('bash', ['-c', `printf %s ${quote(word)}`], { encoding: 'utf8' })).toBe(word);
    }
  });

  test('a file is written line by line, also when somebody has indented the lines', () => {
    const path = join(directory, "it's");
    const script = writeFile(path, '[Service]', '  a "b" \'c\' $d \\n %s', '', 'end');
    const indented = script.replaceAll(/^/gm, '        ');
    for (const text of [script, indented]) {
      execFileSync('bash', ['-c', text]);
      expect(readFileSync(path, 'utf8')).toBe('[Service]\n  a "b" \'c\' $d \\n %s\n\nend\n');
    }
  });
});

describe('a parameter of the kernel', () => {
  const SED = /^sed .*$/m;
  /** What the repair leaves of a line of GRUB's defaults. */
  function edited(script: string, line: string): string {
    const [command = ''] = SED.exec(script) ?? [];
    const directory = mkdtempSync(join(tmpdir(), 'warder-grub-'));
    const path = join(directory, 'grub');
    writeFileSync(path, `${line}\n`);
    const files = ' /etc/default/grub $(ls /etc/default/grub.d/*.cfg 2>/dev/null)';
    expect(command.endsWith(files)).toBe(true);
    execFileSync('bash', ['-c', `${command.slice(0, -files.length)} ${quote(path)}`]);
    const text = readFileSync(path, 'utf8').trimEnd();
    rmSync(directory, { recursive: true });
    return text;
  }

  test.each([
    ['X="quiet cgroup_disable=memory splash"', 'X="quiet  splash"'],
    ['X="cgroup_disable=memory"', 'X=""'],
    ['X="quiet cgroup_disable=memory,io"', 'X="quiet cgroup_disable=memory,io"'],
    ['X="nocgroup_disable=memory"', 'X="nocgroup_disable=memory"'],
  ])('is taken out as a whole word: %s', (before, after) => {
    expect(edited(cgroup.stopDisabling('cgroup_disable=memory').script, before)).toBe(after);
  });

  test.each([
    ['X="quiet systemd.unified_cgroup_hierarchy=0"', 'X="quiet "'],
    ['X="systemd.unified_cgroup_hierarchy=false quiet"', 'X=" quiet"'],
    ['X="systemdxunified_cgroup_hierarchy=0"', 'X="systemdxunified_cgroup_hierarchy=0"'],
  ])('that is set is not contradicted by an older value: %s', (before, after) => {
    expect(edited(cgroup.BOOT_WITH_CGROUP_V2.script, before)).toBe(after);
  });
});

test('the AppArmor profile names the launcher, and lets nothing else out', () => {
  const { script } = allowUserNamespaces('/usr/local/bin/nsjail');
  expect(script).toMatch(/profile warder-nsjail "\/usr\/local\/bin\/nsjail" flags=\(unconfined\) \{/);
  expect(script).not.toMatch(/sysctl|disable|aa-teardown/);
});

test('no repair switches a restriction off where a narrower one exists', async () => {
  const restricted = await facts(survey({ usernsPrivileges: 'EPERM' }), {
    'proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n',
  });
  expect(namespaceFix(restricted, launcher('nsjail')).script).toMatch(/apparmor_parser/);
});

test('a cause that nobody knows has no repair, rather than a wrong one', async () => {
  expect(cgroupFix(await facts(), 'memory', 'EIO')).toBeUndefined();
});

const OF_SERVICE = { 'proc/self/cgroup': '0::/system.slice/judge.service\n' };
const MOUNTED = { 'proc/self/mountinfo': '1 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n' };

test('a service is delegated its group; one that is already, and is not alone in it, is sent to the user’s systemd', async () => {
  const session = { bus: true, runtimeDirKnown: false, lingers: true };
  const plain = await facts({ uid: 1000, session }, { ...OF_SERVICE, ...MOUNTED });
  expect(cgroupFix(plain, 'memory', 'EACCES')?.script).toMatch(
    /Delegate=yes[\s\S]*DelegateSubgroup=supervisor/,
  );
  const own = {
    step: 'own',
    tried: 'our own group',
    why: 'it holds processes that are not ours',
    fix: '',
  } as const;
  const delegation = { dir: null, join: null, failures: [own] };
  const shared = { ...plain, cgroup: { ...plain.cgroup, delegation } };
  expect(cgroupFix(shared, 'memory', 'not ours')).toBe(cgroup.USE_USER_MANAGER);
});

test('the machine’s groups are not changed by hand from inside a cgroup namespace that has no mount', async () => {
  const inside = await facts({ uid: 0 }, { 'proc/self/cgroup': '0::/\n', ...MOUNTED });
  const why = 'what is mounted there is not of our cgroup namespace; it needs a cgroup2 mount of its own: …';
  expect(cgroupFix(inside, 'memory', why)).toBe(cgroup.MOUNT_OWN_CGROUP2);
});

test('where no more groups are allowed, the limits on them are lifted', async () => {
  const why = 'making a leaf: cannot make the cgroup /sys/fs/cgroup/t/warder-1-probe: EAGAIN';
  expect(cgroupFix(await facts({ uid: 0 }, MOUNTED), 'memory', why)?.script).toMatch(
    /^group=\/sys\/fs\/cgroup\/t$/m,
  );
});
