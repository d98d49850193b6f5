/** Hosts that are broken in one place, and the repairs that the doctor prints for them. For root, on systemd with version 2. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { probeProfile } from '#doctor/confinement.ts';
import { allowUserNamespaces } from '#doctor/fixes/apparmor.ts';
import { gate } from '../helpers/gate.ts';
import { describeGroups } from './doctor-groups.ts';
import {
  carryOut,
  container,
  doctorIn,
  expectRefused,
  expectRepairable,
  find,
  PLAIN,
  ROOT,
  runIn,
  runWarder,
  TESTER,
  withSysctl,
} from './doctor-repair.ts';

const BY_BUBBLEWRAP = ['--engine', 'bubblewrap'];

function withoutFile(path: string, body: () => void): void {
  const aside = `${path}.aside`;
  renameSync(path, aside);
  try {
    body();
  } finally {
    renameSync(aside, path);
  }
}

export function describeRepairs(): void {
  describe('no user namespaces', () => {
    const conf = (kind: string): string => `/etc/sysctl.d/60-warder-user-max_${kind}_namespaces.conf`;
    afterAll(() => {
      for (const kind of ['user', 'net']) rmSync(conf(kind), { force: true });
    });

    test('user.max_user_namespaces=0', () => {
      withSysctl('/proc/sys/user/max_user_namespaces', '0', () => {
        expectRepairable(TESTER, { check: 'namespaces.limits', code: 'HOST_USERNS_DENIED' });
        expect(readFileSync(conf('user'), 'utf8')).toBe('user.max_user_namespaces = 15000\n');
      });
    });

    test('another kind', () => {
      withSysctl('/proc/sys/user/max_net_namespaces', '0', () => {
        expectRepairable(TESTER, { check: 'namespaces.limits', code: 'HOST_USERNS_DENIED' });
      });
    });
  });

  describe('no delegated group', () => {
    afterAll(() => carryOut('loginctl disable-linger plain; systemctl stop user@1001.service'));

    test('a user without a systemd of his own: lingering, and where it listens', () => {
      const fixes = expectRepairable(PLAIN, { check: 'cgroups.memory', code: 'HOST_CONTROL_UNENFORCEABLE' });
      expect(fixes.map(({ asRoot }) => asRoot)).toEqual([true, false]);
    });
  });

  describe('limits of disks and processors', () => {
    const policy = '/run/warder-disks.yaml';
    const args = ['--policy', policy];
    beforeAll(() => {
      const limits = "limits: { io: { read: 10MiB }, cpuset: '0' }";
      writeFileSync(policy, `version: 1\nname: disks\nextends: [strict]\n${limits}\n`);
    });
    afterAll(() => {
      rmSync(policy);
      rmSync('/etc/systemd/system/user@.service.d', { recursive: true, force: true });
      carryOut('systemctl daemon-reload; systemctl restart user@1000.service');
    });

    test('the controllers are delegated', () => {
      expectRepairable(TESTER, { check: 'cgroups.io', code: 'HOST_CONTROL_UNENFORCEABLE', args });
    });
  });

  describe('a container', () => {
    test('whose groups are mounted read-only', () => {
      const place = container('ro');
      expectRepairable(place, { check: 'cgroups.memory', code: 'HOST_CONTROL_UNENFORCEABLE' });
    });

    test("whose groups are root's", () => {
      const place = container('rw', 1000);
      const fixes = expectRepairable(place, { check: 'cgroups.memory', code: 'HOST_CONTROL_UNENFORCEABLE' });
      expect(fixes[0]?.script).toContain('setpriv --reuid 1000 --regid 1000');
    });

    test('in whose root somebody else is', () => {
      const crowded = container('rw', 0, 'setpriv --reuid 65534 --clear-groups -- sleep 1000');
      expectRepairable(crowded, { check: 'cgroups.memory', code: 'HOST_CONTROL_UNENFORCEABLE' });
    });
  });

  describeGroups();

  describe('no bubblewrap', () => {
    // The guest has neither a network nor apt, so that the package cannot be installed: it is put back by hand.
    test('the package is the one that has it', () => {
      const code = 'HOST_ENGINE_MISSING';
      withoutFile('/usr/bin/bwrap', () => {
        const broken = { check: 'bubblewrap.found', code, args: BY_BUBBLEWRAP };
        const { report } = expectRefused(TESTER, broken);
        const { fix } = find(report, 'bubblewrap.found');
        const named = /apt-get install --yes (\S+)$/.exec(fix?.script ?? '')?.[1];
        expect(runIn(ROOT.asRoot, 'dpkg-query --search /usr/bin/bwrap').stdout).toBe(
          `${named}: /usr/bin/bwrap\n`,
        );
      });
      expect(runWarder(TESTER.asUser, BY_BUBBLEWRAP).exit).toBe(0);
    });
  });

  describeTrees();
  describeAppArmor();
}

function describeTrees(): void {
  describe('nothing that runs', () => {
    afterAll(() => rmSync('/var/lib/warder', { recursive: true, force: true }));

    test('no tree, for a policy that wants one: it is built', () => {
      const args = ['--policy', 'production', ...BY_BUBBLEWRAP];
      const fixes = expectRepairable(ROOT, {
        check: 'policy.controls',
        code: 'HOST_CONTROL_UNENFORCEABLE',
        args,
      });
      expect(fixes[0]?.script).toMatch(/rootfs build bash$/);
      expect(existsSync('/var/lib/warder/rootfs')).toBe(true);
    });

    test('no interpreter: its package, and the code of the refusal', () => {
      withoutFile('/usr/bin/python3', () => {
        const { code, report } = doctorIn(ROOT.asUser, BY_BUBBLEWRAP);
        const { state, code: said, fix } = find(report, 'runs.bubblewrap.python');
        // Who does not want this language is ready all the same.
        expect([code, state, said]).toEqual([0, 'skipped', 'HOST_LANGUAGE_MISSING']);
        expect(runWarder(ROOT.asUser, ['--lang', 'python', '-e', '1'])).toEqual({ exit: 69, code: said });
        expect(fix?.script).toMatch(/apt-get install --yes python3$/);
      });
    });
  });
}

/** Ubuntu's switch is not in Debian's kernel; a profile of the launcher's own forbids the same. */
function describeAppArmor(): void {
  const profile = '/etc/apparmor.d/tight-bwrap';
  const knowsUserns = existsSync('/sys/kernel/security/apparmor/features/namespaces/mask');
  // Debian 12's parser and kernel have no rule for user namespaces: there what comes next is denied.
  const rules = knowsUserns ? ['abi <abi/4.0>,', '', 'audit deny userns,'] : ['', 'deny mount,'];

  describe('a profile of AppArmor', () => {
    beforeAll(() => {
      const [abi = '', ...denied] = rules;
      const allowed = [
        'file,',
        'capability,',
        'network,',
        'mount,',
        'umount,',
        'pivot_root,',
        'signal,',
        'ptrace,',
        'unix,',
      ];
      const body = [...allowed, ...denied].map((rule) => `  ${rule}`);
      const text = [
        abi,
        'profile tight-bwrap /usr/bin/bwrap flags=(attach_disconnected) {',
        ...body,
        '}',
        '',
      ];
      writeFileSync(profile, text.join('\n'));
      carryOut(`apparmor_parser --replace ${profile}`);
    });
    afterAll(() => {
      rmSync(profile);
      rmSync('/etc/apparmor.d/disable/tight-bwrap', { force: true });
      runIn(ROOT.asRoot, 'printf tight-bwrap > /sys/kernel/security/apparmor/.remove');
    });

    test('that keeps the launcher from its work is named, and taken away', () => {
      const code = knowsUserns ? 'HOST_USERNS_DENIED' : 'ENGINE_SETUP_FAILED';
      expectRepairable(TESTER, { check: 'bubblewrap.appArmor', code, args: BY_BUBBLEWRAP });
      expect(existsSync('/etc/apparmor.d/disable/tight-bwrap')).toBe(true);
    });
  });

  gate(
    'userns-rules',
    knowsUserns,
    "Debian 12's AppArmor has no rule for user namespaces",
  )('our own profile', () => {
    afterAll(() => {
      carryOut('apparmor_parser --remove /etc/apparmor.d/warder-bwrap; rm /etc/apparmor.d/warder-bwrap');
    });

    test('is what the launcher runs under, and forbids nothing', async () => {
      carryOut(allowUserNamespaces('/usr/bin/bwrap').script);
      expect(await probeProfile('/usr/bin/bwrap', null)).toEqual({
        name: 'warder-bwrap',
        mode: 'unconfined',
      });
      expect(runWarder(TESTER.asUser, BY_BUBBLEWRAP).exit).toBe(0);
    });
  });
}
