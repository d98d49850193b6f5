import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bubblewrap } from '#engines/bubblewrap/engine.ts';
import type { HostFacts } from '#host/types.ts';
import { type PrepareOptions, Preparer } from '#prepare.ts';
import { outerFilter } from '#seccomp/outer.ts';
import { hostFacts } from './plan/fixtures.ts';

const FACTS: HostFacts = hostFacts({
  engines: {
    ...hostFacts().engines,
    bubblewrap: {
      found: true,
      path: '/usr/bin/bwrap',
      version: '0.8.0',
      options: bubblewrap.requiredOptions,
    },
  },
  hostRootfs: { topLevel: [], etc: [], commands: { python3: '/usr/bin/python3' } },
});
const OPTIONS: PrepareOptions = { defaultPolicy: 'strict', policies: null, defaultEngine: 'auto' };
const LS = { argv: ['ls'] };

const prepare = (request: object, options: Partial<PrepareOptions> = {}, facts = FACTS) =>
  new Preparer(facts).prepare(request, { ...OPTIONS, ...options });

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'warder-prepare-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('the parts fit together', () => {
  test('one policy, one filter, one launch', async () => {
    const { policy, jail, program, launch, filter } = await prepare({ language: 'py', code: '' });
    expect(policy.name).toBe('strict');
    expect(jail.policy).toEqual({ name: 'strict', sha256: policy.sha256 });
    expect(program.spec.argv[0]).toBe('/usr/bin/python3');
    expect(program.spec.filter).toBe(filter.program);
    expect(launch).toEqual(bubblewrap.render(jail, outerFilter(filter.model, 'none')));
  });

  test('a request rises to a ceiling without a weakening', async () => {
    const { policy, jail } = await prepare({ ...LS, limits: { memory: '2GiB' } });
    expect(policy.limits.memoryBytes).toBe(2 * 1024 ** 3);
    expect(jail.weakenings.map(({ id }) => id)).toEqual(['rootfs']);
  });

  test('beyond it only with leave, which is recorded under the control’s own name', async () => {
    const request = { ...LS, limits: { memory: '3GiB', stdout: { size: '9MiB' } } };
    await expect(prepare(request)).rejects.toMatchObject({ code: 'REQUEST_BEYOND_CEILING' });
    const { jail } = await prepare(request, { allowWiden: true });
    expect(jail.weakenings.map(({ id }) => id).sort()).toEqual(['memory', 'rootfs', 'stdout']);
  });

  test('waiving controls is no weakening by itself: only what is missing then', async () => {
    const overrides = { allowDegraded: ['rootfs', 'memory'] } as const;
    const { jail } = await prepare(LS, {
      overrides: { ...overrides, allowDegraded: [...overrides.allowDegraded] },
      allowWiden: true,
    });
    expect(jail.weakenings.map(({ id }) => id)).toEqual(['rootfs']);
  });

  test('overrides go above the request’s limits, its tree above theirs', async () => {
    const overrides = { limits: { wall: '2s' }, environment: { A: '1' } };
    const { policy } = await prepare(
      { ...LS, limits: { wall: '3s', pids: 5 }, rootfs: 'host' },
      { overrides },
    );
    expect(policy.limits).toMatchObject({ wallMs: 2000, pids: 5 });
    expect(policy.environment).toMatchObject({ A: '1' });
    expect(policy.filesystem.rootfs).toBe('host');
  });

  test('a listener only where a call ends the run', async () => {
    expect((await prepare(LS)).program.spec.notify).toBe(false);
    const overrides = { seccomp: { deny: ['ptrace'] } };
    expect((await prepare(LS, { overrides })).program.spec.notify).toBe(true);
  });
});

describe('refused', () => {
  test.each<[string, object, Partial<PrepareOptions>, string]>([
    ['an unknown policy', { ...LS, policy: 'strikt' }, {}, 'POLICY_NOT_FOUND'],
    ['an unknown language', { language: 'cobol', code: '' }, {}, 'REQUEST_INVALID'],
    ['a limit that does not exist', { ...LS, limits: { memroy: '1GiB' } }, {}, 'REQUEST_INVALID'],
    ['a tree that is not built', { ...LS, rootfs: 'minimal' }, { allowWiden: true }, 'HOST_ROOTFS_MISSING'],
  ])('%s', async (_, request, options, code) => {
    await expect(prepare(request, options)).rejects.toMatchObject({ code });
  });

  test('a launcher that lacks an option, by name', async () => {
    const options = bubblewrap.requiredOptions.filter((option) => option !== '--disable-userns');
    const found = { found: true, path: '/usr/bin/bwrap', version: '0.4.0', options } as const;
    const facts = { ...FACTS, engines: { ...FACTS.engines, bubblewrap: found } };
    await expect(prepare(LS, { defaultEngine: 'bubblewrap' }, facts)).rejects.toMatchObject({
      code: 'HOST_ENGINE_UNUSABLE',
      details: { missing: ['--disable-userns'] },
    });
  });

  test('a launcher that is not there', async () => {
    const missing = { found: false, searched: ['/usr/bin/bwrap'] } as const;
    const facts = { ...FACTS, engines: { ...FACTS.engines, bubblewrap: missing } };
    await expect(prepare(LS, { defaultEngine: 'bubblewrap' }, facts)).rejects.toMatchObject({
      code: 'HOST_ENGINE_MISSING',
    });
  });

  test('an architecture without a table of calls', async () => {
    await expect(prepare(LS, {}, { ...FACTS, arch: 'riscv64' })).rejects.toMatchObject({
      code: 'HOST_ARCH_UNSUPPORTED',
      details: { arch: 'riscv64' },
    });
  });

  test('a policy that is not the one the request was made for', async () => {
    const preparer = new Preparer(FACTS);
    const { sha256 } = (await preparer.prepare(LS, OPTIONS)).policy;
    const wanted = (digest: string) => ({ ...LS, policy: { name: 'strict', sha256: digest } });
    await expect(preparer.prepare(wanted('0'.repeat(64)), OPTIONS)).rejects.toMatchObject({
      code: 'POLICY_DIGEST_MISMATCH',
      details: { name: 'strict', expected: '0'.repeat(64), actual: sha256 },
    });
    expect((await preparer.prepare(wanted(sha256), OPTIONS)).policy.sha256).toBe(sha256);
  });
});

describe('one instance', () => {
  const policyText = (wall: string): string =>
    `version: 1\nname: own\nextends: [strict]\nlimits: { wall: ${wall} }\n`;

  test('keeps the policy that it loaded first, and compiles a filter once', async () => {
    const path = join(directory, 'kept.yaml');
    writeFileSync(path, policyText('5s'));
    const preparer = new Preparer(FACTS);
    const options = { ...OPTIONS, policies: [path] };
    const first = await preparer.prepare({ ...LS, policy: path }, options);
    writeFileSync(path, policyText('6s'));
    const mismatch = preparer.prepare({ ...LS, policy: { name: path, sha256: '0'.repeat(64) } }, options);
    await expect(mismatch).rejects.toMatchObject({ code: 'POLICY_DIGEST_MISMATCH' });
    const second = await preparer.prepare({ ...LS, policy: path }, options);
    expect(second.policy.limits.wallMs).toBe(5000);
    expect(second.filter).toBe(first.filter);
    const another = await prepare({ ...LS, policy: path }, options);
    expect(another.policy.limits.wallMs).toBe(6000);
  });

  test('tries a policy again that could not be loaded', async () => {
    const path = join(directory, 'late.yaml');
    const preparer = new Preparer(FACTS);
    const request = { ...LS, policy: path };
    const options = { ...OPTIONS, policies: [path] };
    await expect(preparer.prepare(request, options)).rejects.toMatchObject({ code: 'POLICY_NOT_FOUND' });
    writeFileSync(path, policyText('5s'));
    expect((await preparer.prepare(request, options)).policy.name).toBe('own');
  });

  test('a request names shipped policies, or those on the list, and never a file that is not on it', async () => {
    const preparer = new Preparer(FACTS);
    const refused = {
      code: 'REQUEST_INVALID',
      details: { issues: [expect.objectContaining({ path: 'policy' })] },
    };
    for (const policy of ['/etc/shadow', './x.yaml', 'x.json']) {
      await expect(preparer.prepare({ ...LS, policy }, OPTIONS)).rejects.toMatchObject(refused);
    }
    const development = { ...LS, policy: 'development' };
    expect((await preparer.prepare(development, OPTIONS)).policy.name).toBe('development');
    const listed = { ...OPTIONS, policies: ['testing'] };
    await expect(preparer.prepare(development, listed)).rejects.toMatchObject(refused);
    expect((await preparer.prepare({ ...LS, policy: 'testing' }, listed)).policy.name).toBe('testing');
    expect((await preparer.prepare({ ...LS, policy: 'strict' }, listed)).policy.name).toBe('strict');
  });
});
