import { describe, expect, test } from 'vitest';
import { parseRelaxations, relax } from '#escape/relaxations.ts';
import { RELAXATIONS } from '#escape/types.ts';
import type { LaunchSpec } from '#internal.ts';

const bubblewrap: LaunchSpec = {
  engine: 'bubblewrap',
  argv: ['/usr/bin/bwrap'],
  blobs: [Buffer.from('--unshare-user\0--disable-userns\0--unshare-net\0--unshare-ipc\0--seccomp\x0012\0')],
};

const optionsOf = ({ blobs: [first] }: LaunchSpec) =>
  Buffer.from(first ?? [])
    .toString('latin1')
    .split('\0');

describe('on bubblewrap', () => {
  test('one option goes, the others stay', () => {
    const after = relax(['networkNamespace']).launch?.(bubblewrap) ?? bubblewrap;
    expect(optionsOf(after)).toEqual([
      '--unshare-user',
      '--disable-userns',
      '--unshare-ipc',
      '--seccomp',
      '12',
      '',
    ]);
  });

  test("the launcher's filter goes with its descriptor", () => {
    const after = relax(['seccomp']).launch?.(bubblewrap) ?? bubblewrap;
    expect(optionsOf(after)).not.toContain('12');
  });

  test('several at once', () => {
    const after = relax(['userNamespaceLimit', 'ipcNamespace']).launch?.(bubblewrap) ?? bubblewrap;
    expect(optionsOf(after)).toEqual(['--unshare-user', '--unshare-net', '--seccomp', '12', '']);
  });
});

test('a control that is not there cannot be taken away in silence', () => {
  const without = { ...bubblewrap, blobs: [Buffer.from('--unshare-user\0')] };
  expect(() => relax(['networkNamespace']).launch?.(without)).toThrow('nothing to take away');
});

test('names are checked', () => {
  expect(parseRelaxations('seccomp+landlock')).toEqual(['seccomp', 'landlock']);
  expect(() => parseRelaxations('seccomp+nothing')).toThrow('no control is called nothing');
  for (const name of RELAXATIONS) expect(Object.keys(relax([name])).length).toBeGreaterThan(0);
});
