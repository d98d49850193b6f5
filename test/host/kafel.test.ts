/**
 * The filter of the file for nsjail by hand, in force: `nsjail --config FILE` runs a probe that makes every call, and the
 * kernel's answers must be those of the model, row by row. An errno alone does not show who said it, so the rows are also
 * made behind a marked model, whose errnos are raised out of the kernel's range.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWarder, type Prepared, standaloneFile, type WarderInstance } from '#internal.ts';
import { X32_SYSCALL_BIT } from '#seccomp/evaluate.ts';
import type { Action, SeccompFilter } from '#seccomp/ir.ts';
import { gate } from '../helpers/gate.ts';
import { markedDifferences, markFilter, refusal } from '../helpers/marked-model.ts';
import { type MatrixRow, matrixRows, UNFILTERED_BY_KERNEL } from '../helpers/matrix-rows.ts';
import { NSJAIL, withNsjail } from '../helpers/nsjail.ts';
import { shippedProfiles } from '../helpers/profiles.ts';
import { buildProbe, parseAnswers, removeProbe } from '../helpers/syscall-probe.ts';

const probe = buildProbe();
const probed = gate('static C compiler', probe.problem === '', probe.problem);
const MINUTES = 60_000;
const POLICY = `
version: 1
name: kafel
extends: [strict]
limits: { wall: 120s, cpuTime: 100s, stdout: 16MiB }
filesystem: { mounts: [ { type: bind, source: ${probe.directory}, target: /probe, readOnly: true } ] }
`;

type Answers = ReadonlyMap<string, string>;

/** The model's answer, but for what kafel cannot say: x32 meets the default. Who notifies ends the process. */
function expectedOf({ expected, nr }: MatrixRow, { defaultAction }: SeccompFilter): Action {
  return nr >= X32_SYSCALL_BIT ? defaultAction : expected;
}

function describeRow({ text, expected }: MatrixRow, answers: Answers): string {
  return `${text}: ${answers.get(text)}, model ${JSON.stringify(expected)}`;
}

withNsjail('nsjail --config with the filter as kafel', () => {
  probed('and a probe in C', () => {
    const policy = join(probe.directory, 'policy.yaml');
    let warder: WarderInstance;
    beforeAll(async () => {
      writeFileSync(policy, POLICY);
      warder = await openWarder({ engine: 'nsjail', policies: [policy] }, process.env);
    });
    afterAll(async () => {
      await warder.close();
      removeProbe(probe);
    });

    const prepare = (network: 'none' | 'loopback', deny: readonly string[]): Promise<Prepared> =>
      warder.prepare(
        { argv: ['/probe/syscall-probe', '-t', '500'], policy },
        { allowWiden: true, overrides: { network: { mode: network }, seccomp: { deny: [...deny] } } },
      );

    /** What the kernel answers to the rows in a jail that nsjail made from the file alone. */
    function ask(prepared: Prepared, model: SeccompFilter, rows: readonly string[]): Answers {
      const file = join(probe.directory, 'jail.cfg');
      const filter = { ...prepared.filter, model };
      writeFileSync(file, standaloneFile({ ...prepared, filter }, warder.runtime.facts) ?? '');
      const { status, stdout, stderr } = spawnSync(NSJAIL, ['--config', file], {
        input: rows.join('\n'),
        encoding: 'utf8',
        maxBuffer: 64 * 1024 ** 2,
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return parseAnswers(stdout);
    }

    test.each([
      { network: 'none', deny: ['times', 'ptrace', 'socket'] },
      { network: 'loopback', deny: [] },
    ] as const)(
      'network $network, deny $deny: every call gets the model’s answer',
      async ({ network, deny }) => {
        const prepared = await prepare(network, deny);
        const { model } = prepared.filter;
        const rows = matrixRows(model).filter(({ nr }) => !UNFILTERED_BY_KERNEL.has(nr));
        const texts = rows.map(({ text }) => text);
        const marked = ask(prepared, markFilter(model), texts);
        expect(markedDifferences(rows, marked, (row) => expectedOf(row, model))).toEqual([]);
        expect(rows.length).toBeGreaterThan(model.entries.length * 4);

        const answers = ask(prepared, model, texts);
        const wrong = rows.filter((row) => {
          const answer = answers.get(row.text);
          const refused = refusal(expectedOf(row, model));
          // What is let through may fail in the kernel with an errno that the filter uses as well: then it does both times.
          return refused === undefined
            ? row.byFilter.has(answer ?? 'none') && answer !== marked.get(row.text)
            : answer !== refused;
        });
        expect(wrong.map((row) => describeRow(row, answers))).toEqual([]);
      },
      2 * MINUTES,
    );

    test.each(shippedProfiles())('a program starts behind the profile %s', async (profile) => {
      const prepared = await warder.prepare(
        { argv: ['/bin/true'] },
        { allowWiden: true, overrides: { seccomp: { profile } } },
      );
      const file = join(probe.directory, 'true.cfg');
      writeFileSync(file, standaloneFile(prepared, warder.runtime.facts) ?? '');
      const { status, stderr } = spawnSync(NSJAIL, ['--config', file], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    });

    test('a file whose filter differs in one call is noticed by the rows of that call', async () => {
      const getpgid = 121;
      const prepared = await prepare('none', []);
      const { model } = prepared.filter;
      const rows = matrixRows(model).filter(({ nr }) => nr > getpgid - 20 && nr < getpgid + 20);
      const other = await prepare('none', ['getpgid']);
      const answers = ask(
        other,
        markFilter(other.filter.model),
        rows.map(({ text }) => text),
      );
      const wrong = markedDifferences(rows, answers, (row) => expectedOf(row, model));
      expect(wrong.map((line) => Number.parseInt(line, 10))).toEqual([getpgid, getpgid]);
    });

    test('arguments that are cut to 32 bits by the kernel are compared in 32 bits', async () => {
      const prepared = await prepare('none', []);
      const expected = {
        '41:0x1,0x1,0x0': 'ok', // socket, AF_UNIX, SOCK_STREAM
        '41:0x100000001,0x1,0x0': 'ok',
        '41:0x100000001,0x100000001,0x0': 'ok',
        '41:0x2,0x1,0x0': 'errno 97', // AF_INET
        '41:0x100000002,0x1,0x0': 'errno 97',
        '41:0x10,0x3,0x0': 'errno 97', // AF_NETLINK
        '16:0x0,0x5412,0x0': 'errno 1', // ioctl, TIOCSTI
        '16:0x0,0x100005412,0x0': 'errno 1',
        '16:0xffffffff,0x5413,0x0': 'errno 9', // TIOCGWINSZ
        '56:0x10000011,0x0': 'errno 1', // clone, CLONE_NEWUSER | SIGCHLD
        '56:0x80000011,0x0': 'ok', // CLONE_IO | SIGCHLD
        '56:0x11,0x0': 'ok',
        '272:0x10000000': 'errno 1', // unshare, CLONE_NEWUSER
        '272:0x80': 'errno 1', // CLONE_NEWTIME
        '272:0x400': 'ok', // CLONE_FILES
        '302:0x0,0x7,0x0,0x0': 'ok', // prlimit64 of oneself, nothing new
        '302:0x1,0x7,0x0,0x0': 'ok', // of process 1, nothing new
        '302:0x1,0x7,0x1,0x0': 'errno 1', // of process 1, something new
        '302:0x1,0x7,0x100000000,0x0': 'errno 1',
        '302:0x0,0x7,0x1,0x0': 'errno 14', // of oneself, from a bad address
        '302:0x0,0x100000004,0x1,0x0': 'errno 1', // RLIMIT_CORE
        '135:0x100000000': 'ok', // personality, PER_LINUX
        '135:0x40000': 'errno 1', // ADDR_NO_RANDOMIZE
        '435:0x0,0x0': 'errno 38', // clone3
        '425:0x1,0x0': 'errno 38', // io_uring_setup
        '470:0x0': 'errno 38',
        'i386/20:0x0': 'killed 31',
        '0x40000027:0x0': 'errno 38',
      };
      const answers = ask(prepared, prepared.filter.model, Object.keys(expected));
      expect(Object.fromEntries(answers)).toEqual(expected);
    });
  });
});
