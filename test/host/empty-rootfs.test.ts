/** init needs nothing of the root file system that it starts in: with an empty one it still answers, and says why. */
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Jail, launchJail } from '#launch/jail.ts';
import { encodeFiles, encodeStart, type NativeMessage } from '#launch/protocol.ts';
import type { ProgramSpec } from '#launch/types.ts';
import { silentLogger } from '#log/logger.ts';
import { parseRunRequest } from '#plan/request-schema.ts';
import type { MountOp } from '#plan/types.ts';
import { type Prepared, Preparer } from '#prepare.ts';
import { type HostRuntime, openRuntime } from '#runtime.ts';
import { outerFilter } from '#seccomp/outer.ts';
import { NATIVE_PATH } from '../helpers/native.ts';
import { type Place, places } from '../helpers/places.ts';
import { sandboxed } from '../helpers/sandbox.ts';

/** Nothing of the host: no bind, no link, no generated file, no device. */
const EMPTY_ROOT_KINDS: readonly MountOp['kind'][] = ['tmpfs', 'proc', 'remountReadOnly'];

interface Attempt {
  readonly argv: readonly string[];
  readonly rootfs: 'empty' | 'host';
  readonly files?: ProgramSpec['files'];
}

function suite({ engine: name }: Place): void {
  let runtime: HostRuntime;
  let prepared: Prepared;
  beforeAll(async () => {
    runtime = await openRuntime({
      logger: silentLogger(),
      env: process.env,
      cgroup: { parent: null, moveSelf: false },
    });
    const options = { defaultPolicy: 'strict', policies: null, defaultEngine: name };
    prepared = await new Preparer(runtime.facts).prepare(parseRunRequest({ argv: ['true'] }), options);
  });
  afterAll(() => runtime.close());

  /** What init says after READY. */
  async function attempt({ argv, rootfs, files = [] }: Attempt): Promise<NativeMessage[]> {
    const { jail: plan, engine } = prepared;
    const mounts = plan.mounts.filter(({ kind }) => rootfs === 'host' || EMPTY_ROOT_KINDS.includes(kind));
    const ids = (await runtime.uids?.lease()) ?? null;
    let jail: Jail | undefined;
    try {
      jail = await launchJail({
        native: runtime.native,
        spec: engine.render({ ...plan, mounts }, outerFilter(prepared.filter.model, plan.network)),
        ids,
        joinPaths: Promise.resolve([]),
        timeoutMs: 10_000,
        onTimeout: () => new Error('the stub is too slow'),
      });
      // Landlock rules name paths of the root file system, and a missing one is an error of its own.
      return await drive(jail, { ...prepared.program.spec, argv, files, landlock: null });
    } finally {
      jail?.kill();
      jail?.channel.close();
      for (const stream of Object.values(jail?.streams ?? {})) stream.destroy();
      await jail?.exited;
      ids?.release();
    }
  }

  test('a program that is not there is ENOENT, from exec itself', async () => {
    for (const argv of [['/usr/bin/true'], ['true']]) {
      expect(await attempt({ argv, rootfs: 'empty' })).toEqual([
        { kind: 'execFailed', step: 'exec', index: 0, errno: constants.errno.ENOENT },
      ]);
    }
  });

  test('the same program is there with the root file system', async () => {
    expect(await attempt({ argv: ['/usr/bin/true'], rootfs: 'host' })).toMatchObject([
      { kind: 'started' },
      { kind: 'exited', exit: { waitStatus: 0 } },
      { kind: 'done' },
    ]);
  });

  test('a static program that was sent runs', async () => {
    const files = [{ path: 'bin/static', content: await readFile(NATIVE_PATH), mode: 0o755 }];
    // Without a mode the native program is of no use and says so with exit code 64.
    expect(await attempt({ argv: ['/workspace/bin/static'], rootfs: 'empty', files })).toMatchObject([
      { kind: 'started' },
      { kind: 'exited', exit: { waitStatus: 64 << 8 } },
      { kind: 'done' },
    ]);
  });
}

/** READY, files and START, then everything until init ends, which is after its last word. */
async function drive(jail: Jail, program: ProgramSpec): Promise<NativeMessage[]> {
  const ended = () => new Error(`the channel ended: ${jail.diagnostics()}`);
  expect(await jail.channel.expect('ready', ended)).toMatchObject({ version: 1 });
  const said: NativeMessage[] = [];
  jail.channel.listen((message) => said.push(message));
  for (const frame of encodeFiles(program)) await jail.channel.send(frame);
  await jail.channel.send(encodeStart(program));
  await jail.channel.closed;
  return said;
}

sandboxed('an empty root file system', () => {
  for (const place of places) place.gate(place.name, () => suite(place));
});
