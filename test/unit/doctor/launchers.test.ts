import { describe, expect, test } from 'vitest';
import { parseLabel } from '#doctor/confinement.ts';
import { readMountFlags } from '#doctor/mount-flags.ts';
import type { DoctorFacts } from '#doctor/types.ts';
import { type Files, facts, judge, launcher, survey, trial } from './facts.ts';

const gone = { found: false, searched: ['/usr/bin/bwrap', '/bin/bwrap'] } as const;

describe('the launcher that runs take', () => {
  test('not there: failed, with the package', async () => {
    const host = await facts({
      bubblewrap: launcher('bubblewrap', { engine: gone, jail: null, trials: {} }),
    });
    expect(judge('bubblewrap.found', host)).toMatchObject({
      state: 'failed',
      found: 'not in /usr/bin, /bin',
      code: 'HOST_ENGINE_MISSING',
      fix: { script: expect.stringMatching(/apt-get install --yes bubblewrap/) },
    });
    expect(judge('bubblewrap.sandbox', host)).toEqual({ state: 'skipped', found: 'not installed' });
  });

  test('named by a variable and of no use: failed, with the variable', async () => {
    const engine = { found: false, searched: ['/x/bwrap'], givenButUnusable: 'ENOENT' } as const;
    const host = await facts({ bubblewrap: launcher('bubblewrap', { engine }) });
    expect(judge('bubblewrap.found', host)).toMatchObject({
      state: 'failed',
      found: 'WARDER_BWRAP names /x/bwrap: ENOENT',
      code: 'HOST_ENGINE_UNUSABLE',
      fix: { script: 'unset WARDER_BWRAP' },
    });
  });

  test.each<[string, Parameters<typeof launcher>[1], string, RegExp]>([
    ['options', { missingOptions: ['--disable-userns'], jail: null }, 'failed', /--disable-userns/],
    ['setuid', { mode: 0o4755 }, 'warning', /4755/],
    ['readOnlyProc', { jail: trial({ stdout: 'procWritable 0\n' }) }, 'failed', /opened for writing/],
    ['nestedNamespaces', { jail: trial({ stdout: 'userns 0\n' }) }, 'failed', /could be made/],
    [
      'plantedLink',
      { trials: { plantedLink: { answer: 'yes', evidence: 'followed' } } },
      'warning',
      /followed/,
    ],
    [
      'plantedLink',
      { trials: { plantedLink: { answer: 'unclear', evidence: 'no room' } } },
      'skipped',
      /no room/,
    ],
    [
      'diesWithParent',
      { trials: { diesWithParent: { answer: 'no', evidence: 'lived on' } } },
      'warning',
      /lived on/,
    ],
    ['diesWithParent', { trials: {} }, 'skipped', /not tried/],
    [
      'mountFlags',
      { trials: { mountFlags: { answer: 'no', evidence: '/tmp is not nodev' } } },
      'failed',
      /not nodev/,
    ],
    [
      'sandbox',
      { jail: null, trials: { all: { answer: 'unclear', evidence: 'no process' } } },
      'skipped',
      /no process/,
    ],
  ])('bubblewrap.%s', async (what, change, state, found) => {
    const finding = judge(`bubblewrap.${what}`, await facts({ bubblewrap: launcher('bubblewrap', change) }));
    expect(finding.state).toBe(state);
    expect(finding.found).toMatch(found);
    if (state !== 'skipped') expect(finding.fix?.script).toMatch(/\S/);
  });

  test('a launcher that prints an error and hangs is reported with both', async () => {
    const jail = trial({
      exitCode: null,
      timedOut: true,
      stderr: 'bwrap: capset failed: Operation not permitted',
    });
    expect(
      judge('bubblewrap.sandbox', await facts({ bubblewrap: launcher('bubblewrap', { jail }) })),
    ).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/it hangs after: bwrap: capset failed/),
      code: 'ENGINE_SETUP_TIMEOUT',
    });
  });

  test('inside of a sandbox that was not built, nothing is ok', async () => {
    const jail = trial({ exitCode: 1, stdout: '' });
    const host = await facts({ bubblewrap: launcher('bubblewrap', { jail }) });
    expect(judge('bubblewrap.nestedNamespaces', host).state).toBe('skipped');
    expect(judge('bubblewrap.readOnlyProc', host).state).toBe('skipped');
  });
});

describe('flags of mounts', () => {
  const line = (point: string, flags: string): string =>
    `30 29 0:40 / ${point} ro,${flags} - tmpfs tmpfs rw\n`;
  const all = (flags: string): string =>
    ['/usr', '/proc', '/tmp'].map((point) => line(point, flags)).join('');

  test.each([
    [all('nosuid,nodev,relatime'), 'yes', /^\/usr, \/proc, \/tmp: nosuid, nodev$/],
    [all('nosuid,nodev') + line('/tmp', 'nodev'), 'no', /^\/tmp is not nosuid$/],
    [all('relatime'), 'no', /\/usr is not nosuid and not nodev; \/proc is/],
    // One that is not shown may be anything.
    [line('/usr', 'nosuid,nodev'), 'unclear', /exit code 0/],
  ])('%j', (stdout, answer, evidence) => {
    const verdict = readMountFlags(trial({ stdout }));
    expect(verdict.answer).toBe(answer);
    expect(verdict.evidence).toMatch(evidence);
  });

  test('of a sandbox that was not built are not known', () => {
    expect(readMountFlags(trial({ exitCode: 1, stdout: all('nosuid,nodev') })).answer).toBe('unclear');
  });
});

test('the launcher that runs do not take is at most a warning', async () => {
  const broken = launcher('nsjail', { engine: { ...gone }, jail: null, trials: {} });
  expect(judge('nsjail.found', await facts({ nsjail: broken })).state).toBe('warning');
  expect(judge('nsjail.found', await facts({ nsjail: broken, neededEngines: ['nsjail'] })).state).toBe(
    'failed',
  );
});

const ENOSPC =
  'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)';
const NO_PERMISSION =
  'bwrap: No permissions to create a new namespace, likely because the kernel does not allow it';

test.each<[string, string, Partial<DoctorFacts>, Files, RegExp]>([
  [
    'the switch of the kernel',
    ENOSPC,
    survey({ userns: 'ENOSPC' }),
    { 'proc/sys/user/max_user_namespaces': '0\n' },
    /user\.max_user_namespaces = 15000/,
  ],
  [
    "Debian's switch",
    NO_PERMISSION,
    survey({ userns: 'EPERM' }),
    { 'proc/sys/kernel/unprivileged_userns_clone': '0\n' },
    /unprivileged_userns_clone = 1/,
  ],
  [
    'AppArmor, by its switch',
    'bwrap: setting up uid map: Permission denied',
    survey({ usernsPrivileges: 'EPERM' }),
    { 'proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' },
    /userns,[\s\S]*apparmor_parser/,
  ],
  [
    'AppArmor, by what it does',
    'bwrap: setting up uid map: Permission denied',
    survey({ usernsPrivileges: 'EPERM' }),
    {},
    /profile warder-bwrap "\/usr\/bin\/bwrap"/,
  ],
  ['a container', NO_PERMISSION, survey({ userns: 'EPERM', usernsPrivileges: 'EPERM' }), {}, /docker run/],
])(
  'no user namespace because of %s: the repair is that of the cause',
  async (_, stderr, change, files, script) => {
    const bubblewrap = launcher('bubblewrap', { jail: trial({ exitCode: 1, stdout: '', stderr }) });
    const host = await facts({ ...change, bubblewrap }, files);
    expect(judge('bubblewrap.sandbox', host)).toMatchObject({
      state: 'failed',
      code: 'HOST_USERNS_DENIED',
      fix: { script: expect.stringMatching(script) },
    });
  },
);

describe('a profile of AppArmor', () => {
  const jail = trial({
    exitCode: 1,
    stdout: '',
    stderr: 'bwrap: Creating new namespace failed: Permission denied',
  });
  const profile = { name: 'bw.rap', mode: 'enforce' };

  test('that keeps the launcher from its work is named, and the repair takes it away', async () => {
    const host = await facts({ bubblewrap: launcher('bubblewrap', { jail, profile }) });
    expect(judge('bubblewrap.appArmor', host)).toMatchObject({
      state: 'failed',
      found: 'the profile bw.rap (enforce) is in force',
      code: 'HOST_USERNS_DENIED',
      fix: { script: expect.stringMatching(/bw\\\.rap[\s\S]*printf %s bw\.rap > .*\.remove$/) },
    });
    expect(judge('bubblewrap.sandbox', host).fix).toEqual(judge('bubblewrap.appArmor', host).fix);
  });

  test('where user namespaces need one is replaced by ours', async () => {
    const host = await facts(
      { bubblewrap: launcher('bubblewrap', { jail, profile }) },
      { 'proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' },
    );
    expect(judge('bubblewrap.appArmor', host).fix?.script).toMatch(/\.remove\n[\s\S]*userns,/);
  });

  test.each([
    [null, 'ok', /no profile/],
    [{ name: 'x', mode: 'complain' }, 'ok', /x \(complain\) forbids nothing/],
    [{ name: 'warder-bwrap', mode: 'unconfined' }, 'ok', /forbids nothing/],
  ])('that forbids nothing is not to blame: %o', async (harmless, state, found) => {
    const host = await facts({ bubblewrap: launcher('bubblewrap', { jail, profile: harmless }) });
    const finding = judge('bubblewrap.appArmor', host);
    expect([finding.state, finding.fix]).toEqual([state, undefined]);
    expect(finding.found).toMatch(found);
  });

  test('under which sandboxes are built is none for us', async () => {
    const host = await facts({ bubblewrap: launcher('bubblewrap', { profile }) });
    expect(judge('bubblewrap.appArmor', host)).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/lets it$/),
    });
  });

  test.each([
    ['unconfined\n', null],
    ['', null],
    ['bwrap (enforce)\n', { name: 'bwrap', mode: 'enforce' }],
    ['/usr/bin/my prog (kill)', { name: '/usr/bin/my prog', mode: 'kill' }],
    ['bwrap//&unpriv_bwrap (enforce)', { name: 'bwrap', mode: 'enforce' }],
  ])('label %j', (label, parsed) => expect(parseLabel(label)).toEqual(parsed));
});

test('a restriction that leaves the launcher alone is none for us', async () => {
  const host = await facts(survey({ userns: 'EACCES', usernsPrivileges: 'EACCES' }), {
    'proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n',
  });
  expect(judge('namespaces.user', host)).toMatchObject({
    state: 'ok',
    found: expect.stringMatching(/bubblewrap may/),
  });
  expect(judge('namespaces.appArmor', host)).toMatchObject({
    state: 'ok',
    found: expect.stringMatching(/has a profile/),
  });
});

test('a covered /proc is a reason only where the launcher fails', async () => {
  const covered = { 'proc/self/mountinfo': '23 22 0:21 / /proc/kcore rw - tmpfs tmpfs rw\n' };
  expect(judge('namespaces.proc', await facts({}, covered)).state).toBe('ok');
  const jail = trial({
    exitCode: 1,
    stdout: '',
    stderr: "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
  });
  const host = await facts({ bubblewrap: launcher('bubblewrap', { jail }) }, covered);
  expect(judge('namespaces.proc', host)).toMatchObject({ state: 'failed', found: 'covered: /proc/kcore' });
  expect(judge('bubblewrap.sandbox', host).code).toBe('ENGINE_SETUP_FAILED');
});
