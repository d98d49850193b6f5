import { describe, expect, test } from 'vitest';
import { chooseEngine, ENGINES } from '#engines/choose.ts';
import { isWarderError } from '#error/warder-error.ts';
import type { EngineFacts, HostFacts } from '#host/types.ts';
import type { ControlContext } from '#plan/control-finding.ts';
import { BUILT_ROOTFS, HOST_ROOTFS, hostFacts, NO_CGROUP, policyWith } from '../plan/fixtures.ts';

const MISSING: EngineFacts = { found: false, searched: [] };
const [bubblewrap, nsjail] = ENGINES;
const able = (options: readonly string[] = []): EngineFacts => ({
  found: true,
  path: '/opt/x',
  version: '1',
  options,
});
const UNASKED: EngineFacts = { found: true, path: '/opt/x', version: 'unknown', options: null };
const BWRAP = able(bubblewrap?.requiredOptions);
const NSJAIL = able(nsjail?.requiredOptions);

function context(engines: HostFacts['engines'], changes: Partial<ControlContext> = {}): ControlContext {
  return {
    policy: policyWith(),
    host: hostFacts({ engines }),
    rootfs: BUILT_ROOTFS,
    engine: { name: 'bubblewrap', tmpfsInodes: false, recursiveBindFlags: true },
    ...changes,
  };
}

const INODES = { tmp: { sizeBytes: 4096, inodes: 10 } };
const chosen = (...args: Parameters<typeof chooseEngine>) => chooseEngine(...args).engine.capabilities.name;

describe('auto', () => {
  test('the first one when both can hold the policy', () => {
    expect(chosen('auto', context({ bubblewrap: BWRAP, nsjail: NSJAIL }))).toBe('bubblewrap');
  });

  test('the one that can hold what the other cannot, asked already or not', () => {
    for (const facts of [NSJAIL, UNASKED]) {
      const wanted = context({ bubblewrap: BWRAP, nsjail: facts }, { policy: policyWith(INODES) });
      expect(chosen('auto', wanted)).toBe('nsjail');
    }
  });

  test('a control that may be missing is better held', () => {
    const policy = policyWith(INODES, { allowDegraded: ['tmp'] });
    expect(chosen('auto', context({ bubblewrap: BWRAP, nsjail: NSJAIL }, { policy }))).toBe('nsjail');
    expect(chosen('auto', context({ bubblewrap: BWRAP, nsjail: MISSING }, { policy }))).toBe('bubblewrap');
  });

  test('the one that is there, and the one that can be used', () => {
    expect(chosen('auto', context({ bubblewrap: MISSING, nsjail: NSJAIL }))).toBe('nsjail');
    expect(chosen('auto', context({ bubblewrap: able(), nsjail: NSJAIL }))).toBe('nsjail');
    expect(chosen('auto', context({ bubblewrap: BWRAP, nsjail: able() }))).toBe('bubblewrap');
  });

  test('a gap that no engine fills changes nothing', () => {
    const engines = { bubblewrap: BWRAP, nsjail: NSJAIL };
    const host = hostFacts({ engines, cgroup: NO_CGROUP });
    expect(chosen('auto', context(engines, { host, rootfs: HOST_ROOTFS }))).toBe('bubblewrap');
  });

  test('an unusable one rather than a missing one: its error says more', () => {
    expect(() => chooseEngine('auto', context({ bubblewrap: MISSING, nsjail: able() }))).toThrow(
      /lacks --config/,
    );
  });

  test('none there: the first, which planning reports as missing', () => {
    expect(chosen('auto', context({ bubblewrap: MISSING, nsjail: MISSING }))).toBe('bubblewrap');
  });

  test('says what became of each', () => {
    const policy = policyWith({ ...INODES, shm: { sizeBytes: 4096, inodes: 5 } }, { allowDegraded: ['shm'] });
    const { candidates } = chooseEngine('auto', context({ bubblewrap: BWRAP, nsjail: UNASKED }, { policy }));
    expect(candidates).toEqual([
      { engine: 'bubblewrap', state: 'usable', refused: ['tmp'], waived: ['shm'] },
      { engine: 'nsjail', state: 'usable', refused: [], waived: [] },
    ]);
    const others = chooseEngine(
      'auto',
      context({ bubblewrap: BWRAP, nsjail: able(['--config']) }),
    ).candidates;
    expect(others[1]).toMatchObject({
      engine: 'nsjail',
      state: 'unusable',
      missing: expect.arrayContaining(['--cap']),
    });
    expect(chooseEngine('auto', context({ bubblewrap: BWRAP, nsjail: MISSING })).candidates[1]).toEqual({
      engine: 'nsjail',
      state: 'missing',
    });
  });
});

describe('a launcher whose path the operator gave', () => {
  const gone: EngineFacts = { found: false, searched: ['/opt/none'], givenButUnusable: 'ENOENT' };
  const old: EngineFacts = { found: true, path: '/opt/old', version: '0.1', options: [], given: true };

  test.each([
    [
      'auto',
      { bubblewrap: gone, nsjail: NSJAIL },
      /^WARDER_BWRAP names \/opt\/none, which cannot be used: ENOENT/,
    ],
    ['auto', { bubblewrap: BWRAP, nsjail: gone }, /^WARDER_NSJAIL names \/opt\/none, which cannot/],
    ['auto', { bubblewrap: old, nsjail: NSJAIL }, /^WARDER_BWRAP names \/opt\/old \(0\.1\), which lacks --/],
    ['bubblewrap', { bubblewrap: gone, nsjail: NSJAIL }, /^WARDER_BWRAP names/],
    ['nsjail', { bubblewrap: BWRAP, nsjail: old }, /^WARDER_NSJAIL names/],
  ] as const)('is not gone round when it is of no use: %s %#', (wanted, engines, message) => {
    expect(() => chooseEngine(wanted, context(engines))).toThrow(
      expect.objectContaining({
        code: 'HOST_ENGINE_UNUSABLE',
        message: expect.stringMatching(message),
        hint: expect.stringContaining('unset it'),
      }),
    );
  });

  test('is nobody else’s business: another one was named, or it can be used', () => {
    expect(chosen('nsjail', context({ bubblewrap: gone, nsjail: NSJAIL }))).toBe('nsjail');
    const given = { ...BWRAP, given: true } as EngineFacts;
    expect(chosen('auto', context({ bubblewrap: given, nsjail: NSJAIL }))).toBe('bubblewrap');
  });
});

describe('a named one', () => {
  test('is taken, whatever another could do better; planning refuses what it cannot hold', () => {
    const both = { bubblewrap: BWRAP, nsjail: NSJAIL };
    expect(chosen('bubblewrap', context(both, { policy: policyWith(INODES) }))).toBe('bubblewrap');
    expect(chosen('nsjail', context(both))).toBe('nsjail');
    expect(chooseEngine('nsjail', context(both)).candidates).toHaveLength(1);
  });

  test.each([
    ['bubblewrap', 'Install bubblewrap'],
    ['nsjail', 'Build nsjail'],
  ] as const)('that lacks options is refused: %s', (name, hint) => {
    try {
      chooseEngine(name, context({ bubblewrap: able(['--args']), nsjail: able(['--config']) }));
      expect.unreachable();
    } catch (error) {
      if (!isWarderError(error)) throw error;
      expect(error.code).toBe('HOST_ENGINE_UNUSABLE');
      expect(error.message).toMatch(/^\/opt\/x \(1\) lacks --\w/);
      expect(error.details).toMatchObject({
        engine: name,
        missing: expect.not.arrayContaining(['--args', '--config']),
      });
      expect(error.hint).toContain(hint);
    }
  });
});
