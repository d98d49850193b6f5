/**
 * The launcher's own filter, in force: behind it alone, with a filter of the program's that allows everything, the kernel
 * gives the answers of its model; and in ordinary runs it changes nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '#index.ts';
import { openWarder, type Prepared, type WarderInstance } from '#internal.ts';
import { type Jail, launchJail } from '#launch/jail.ts';
import { encodeFiles, encodeStart } from '#launch/protocol.ts';
import type { LaunchSpec, ProgramSpec } from '#launch/types.ts';
import { ALLOW, actionValue, KILL_PROCESS } from '#seccomp/action.ts';
import { encodeProgram, OP } from '#seccomp/bpf.ts';
import { X32_SYSCALL_BIT } from '#seccomp/evaluate.ts';
import type { Action } from '#seccomp/ir.ts';
import { outerFilter } from '#seccomp/outer.ts';
import { gate } from '../helpers/gate.ts';
import { markedDifferences, markFilter } from '../helpers/marked-model.ts';
import { type MatrixRow, matrixRows, UNFILTERED_BY_KERNEL } from '../helpers/matrix-rows.ts';
import { type Place, places } from '../helpers/places.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { buildProbe, parseAnswers, removeProbe } from '../helpers/syscall-probe.ts';

const probe = buildProbe();
const probed = gate('static C compiler', probe.problem === '', probe.problem);
afterAll(() => removeProbe(probe));

/** sync(2) flushes the file systems of the host. */
const SYNC = 162;
/** One instruction: whatever is refused behind it, the launcher's filter refuses. */
const ALLOW_ALL = encodeProgram([{ code: OP.ret, jt: 0, jf: 0, k: actionValue(ALLOW) }]);
const MINUTES = 60_000;

/** kafel has no ranges: the list of x32 numbers ends behind all that a kernel has, and what is beyond fails there. */
function expectedOn(engine: Place['engine'], { expected, nr }: MatrixRow): Action {
  const beyond = nr >= X32_SYSCALL_BIT + 552;
  return engine === 'nsjail' && beyond && expected.kind === KILL_PROCESS.kind ? ALLOW : expected;
}

function suite({ engine }: Place): void {
  let warder: WarderInstance;
  beforeAll(async () => {
    warder = await openWarder({ engine }, process.env);
  });
  afterAll(() => warder.close());

  const run = (code: string, deny: readonly string[] = []): Promise<RunResult> =>
    warder.execute({ language: 'python', code }, { overrides: { seccomp: { deny: [...deny] } } });

  test('is the second filter of the program and the only one of init', async () => {
    const { stdout, controls } = await run(
      'for p in ("self", 1): print([l.split()[1] for l in open(f"/proc/{p}/status") if l.startswith("Seccomp")])',
    );
    expect(stdout.data).toBe("['2', '2']\n['2', '1']\n");
    expect(controls.find(({ control }) => control === 'seccomp')?.enforcedBy).toEqual([
      'seccomp',
      'launcher',
    ]);
  });

  test.each([
    ['ptrace', 101],
    ['socket', 41],
    ['clone3', 435],
    ['mount', 165],
  ])('does not hide %s from the filter that ends the run for it', async (syscall, nr) => {
    const { outcome } = await run(`import ctypes\nctypes.CDLL(None).syscall(${nr}, 16, 3, 0)`, [syscall]);
    expect(outcome).toEqual({ kind: 'denied', by: 'seccomp', syscall, abi: 'x86_64' });
  });

  probed('alone', () => {
    test(
      'every call gets the model’s answer',
      async () => {
        const prepared = await warder.prepare({ argv: ['true'] }, {});
        const outer = outerFilter(prepared.filter.model, 'none');
        const rows = matrixRows(outer).filter(({ nr }) => !UNFILTERED_BY_KERNEL.has(nr) && nr !== SYNC);
        const spec = prepared.engine.render(prepared.jail, markFilter(outer));
        const answers = parseAnswers(await answersIn(warder, spec, probing(prepared), rows));
        expect(markedDifferences(rows, answers, (row) => expectedOn(engine, row))).toEqual([]);
        expect(rows.length).toBeGreaterThan(outer.entries.length * 4);
        // The same answers do not fit a filter without one of the calls.
        const other = { ...outer, entries: outer.entries.filter(({ syscall }) => syscall !== 'bpf') };
        const known = matrixRows(other).filter(({ text }) => answers.has(text));
        const wrong = markedDifferences(known, answers, (row) => expectedOn(engine, row));
        expect(wrong.map((line) => Number.parseInt(line, 10))).toEqual([321, 321]);
      },
      2 * MINUTES,
    );
  });
}

function probing({ program }: Prepared): ProgramSpec {
  return {
    ...program.spec,
    argv: ['/workspace/probe', '-t', '500'],
    files: [{ path: 'probe', content: probe.bytes, mode: 0o755 }],
    landlock: null,
    backstopMs: MINUTES,
    filter: ALLOW_ALL,
    notify: false,
  };
}

/** What the probe prints in a sandbox that is launched by `spec`. */
async function answersIn(
  { runtime }: WarderInstance,
  spec: LaunchSpec,
  program: ProgramSpec,
  rows: readonly MatrixRow[],
): Promise<string> {
  const ids = (await runtime.uids?.lease()) ?? null;
  const joinPaths = Promise.resolve([]);
  const onTimeout = () => new Error('the stub is too slow');
  let jail: Jail | undefined;
  try {
    jail = await launchJail({ native: runtime.native, spec, ids, joinPaths, timeoutMs: 10_000, onTimeout });
    const { channel, streams, diagnostics } = jail;
    await channel.expect('ready', () => new Error(`the channel ended: ${diagnostics()}`));
    const printed: Buffer[] = [];
    streams.stdout.onChunk((chunk) => printed.push(Buffer.from(chunk)));
    channel.listen(() => {});
    for (const frame of encodeFiles(program)) await channel.send(frame);
    await channel.send(encodeStart(program));
    streams.stdin.end(rows.map(({ text }) => text).join('\n'));
    await channel.closed;
    await streams.stdout.ended;
    return Buffer.concat(printed).toString();
  } finally {
    jail?.kill();
    jail?.channel.close();
    for (const stream of Object.values(jail?.streams ?? {})) stream.destroy();
    await jail?.exited;
    ids?.release();
  }
}

sandboxed('the outer filter', () => {
  for (const place of places)
    place.gate(place.name, () => describe('on its own and in runs', () => suite(place)));
});
