/** Whatever a plan holds, bubblewrap reads the options that were meant, or there are none. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderBubblewrap } from '#engines/bubblewrap/argv.ts';
import type { JailPlan, MountOp } from '#plan/types.ts';
import { OUTER } from '../outer.ts';

/** Strings that look like options, and any bytes of UTF-8, NUL among them. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('--bind', '--', '/', '--args', '9', '/a\0--bind\0/\0/x', '\0', ''),
);
const mount: fc.Arbitrary<MountOp> = fc.oneof(
  fc.record({ kind: fc.constant('bind' as const), source: text, target: text, readOnly: fc.boolean() }),
  fc.record({ kind: fc.constant('symlink' as const), to: text, target: text }),
  fc.record({ kind: fc.constant('file' as const), target: text, content: text, mode: fc.constant(0o444) }),
  fc.record({ kind: fc.constant('mask' as const), target: text }),
  fc.record({ kind: fc.constant('remountReadOnly' as const), target: text }),
);
const plan = fc.record({ hostname: text, mounts: fc.array(mount, { maxLength: 8 }) }).map(
  ({ hostname, mounts }): JailPlan => ({
    engine: { name: 'bubblewrap', version: '0.8.0', path: '/opt/bwrap' },
    identity: { uid: 1000, gid: 1000, hostname },
    network: 'none',
    mounts,
    launcherDeadlineMs: null,
    cgroup: null,
    controls: [],
    weakenings: [],
    policy: { name: 'p', sha256: '' },
    rootfs: { name: 'host', sha256: null },
  }),
);

/** What a mount says on the command line, but for the numbers of descriptors. */
function wordsOf(op: MountOp): readonly string[] {
  switch (op.kind) {
    case 'bind':
      return [op.readOnly ? '--ro-bind' : '--bind', op.source, op.target];
    case 'symlink':
      return ['--symlink', op.to, op.target];
    case 'file':
      return ['--perms', '0444', '--ro-bind-data', 'FD', op.target];
    case 'mask':
      return ['--ro-bind', '/dev/null', op.target];
    case 'remountReadOnly':
      return ['--remount-ro', op.target];
    default:
      throw new Error(`not among the mounts tried: ${op.kind}`);
  }
}

const isTorn = ({ identity, mounts }: JailPlan): boolean =>
  identity.hostname.includes('\0') || mounts.some((op) => wordsOf(op).some((word) => word.includes('\0')));

test('the options that are read are those that were written', () => {
  fc.assert(
    fc.property(plan, (one) => {
      if (isTorn(one)) {
        expect(() => renderBubblewrap(one, OUTER)).toThrow(/NUL/);
        return;
      }
      const [blob] = renderBubblewrap(one, OUTER).blobs;
      const options = Buffer.from(blob ?? [])
        .toString()
        .slice(0, -1)
        .split('\0');
      const mounts = options.slice(options.indexOf('--clearenv') + 1, -4);
      const words = one.mounts.flatMap(wordsOf);
      expect(mounts.map((word, at) => (words[at] === 'FD' ? 'FD' : word))).toEqual(words);
      expect(options.slice(-4, -1)).toEqual(['--chdir', '/', '--seccomp']);
    }),
    { numRuns: 500 },
  );
});
