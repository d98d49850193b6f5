/** Control groups with which somebody else has done something, and the repairs that the doctor prints. For root, on systemd. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { carryOut, expectRepairable, type Place, ROOT, runWarder, withSysctl } from './doctor-repair.ts';

export function describeGroups(): void {
  describe('a cgroup namespace', () => {
    test('over the mount of the machine, which is not ours to change', () => {
      const enter = ['systemd-run', '--quiet', '--wait', '--pipe', '--collect', '-p', 'Delegate=yes'];
      const words = [...enter, 'unshare', '--cgroup', 'bash', '-c'];
      const before = readdirSync('/sys/fs/cgroup');
      expectRepairable(
        { asUser: words, asRoot: words, isContainer: true },
        { check: 'cgroups.memory', code: 'HOST_CONTROL_UNENFORCEABLE' },
      );
      expect(readdirSync('/sys/fs/cgroup')).toEqual(before);
    });
  });

  describe('a systemd of the user that is frozen', () => {
    const login = [
      'setpriv',
      '--reuid=1000',
      '--regid=1000',
      '--init-groups',
      '--',
      'env',
      'HOME=/home/tester',
    ];
    const asUser = [...login, 'XDG_RUNTIME_DIR=/run/user/1000', 'bash', '-c'];

    test('is told at once, and goes on', () => {
      carryOut('systemctl freeze user@1000.service');
      try {
        const broken = { check: 'cgroups.memory', code: 'HOST_CONTROL_UNENFORCEABLE' };
        const fixes = expectRepairable({ asUser, asRoot: ROOT.asRoot }, broken);
        expect(fixes.map(({ script }) => script)).toEqual(['systemctl thaw user@1000.service']);
      } finally {
        carryOut('systemctl thaw user@1000.service');
      }
    });
  });

  describeNamedGroup();
}

/** A group named by WARDER_CGROUP_PARENT with which somebody else has done something. */
function describeNamedGroup(): void {
  const group = '/sys/fs/cgroup/named';
  const place: Place = {
    asUser: ['env', `WARDER_CGROUP_PARENT=${group}`, 'bash', '-c'],
    asRoot: ['bash', '-c'],
  };
  const broken = { check: 'cgroups.memory', code: 'HOST_CONTROL_UNENFORCEABLE' };

  describe('a group that was named', () => {
    beforeAll(() => {
      carryOut(`mkdir ${group}; echo '+memory +pids +cpu' > /sys/fs/cgroup/cgroup.subtree_control`);
    });
    afterAll(() => carryOut(`rmdir ${group}`));

    test('and is frozen', () => {
      withSysctl(`${group}/cgroup.freeze`, '1', () => {
        expect(expectRepairable(place, broken)[0]?.script).toBe('unset WARDER_CGROUP_PARENT');
      });
    });

    test('and may have no more groups', () => {
      withSysctl(`${group}/cgroup.max.descendants`, '0', () => expectRepairable(place, broken));
    });

    test('and may have no more tasks: the host has run out of them, not the program', () => {
      withSysctl(`${group}/pids.max`, '2', () => {
        expect(runWarder(place.asUser)).toEqual({ exit: 69, code: 'HOST_RESOURCE_EXHAUSTED' });
      });
      expect(runWarder(place.asUser).exit).toBe(0);
    });
  });
}
