import type { RunResult } from '#index.ts';
import { openWarder, type WarderInstance } from '#internal.ts';
import { evaluateFilter } from '#seccomp/evaluate.ts';
import type { SeccompFilter } from '#seccomp/ir.ts';
import type { NetworkMode } from '#seccomp/prologue-sockets.ts';
import { AUDIT_ARCH, syscallNumber } from '#seccomp/syscalls.ts';
import type { MatrixRow } from './matrix-rows.ts';
import { type Probe, parseAnswers } from './syscall-probe.ts';

interface Wanted {
  /** Of the numbers whose call ends the run, each how many-th gets one. */
  readonly every?: number;
  readonly profile: string;
  readonly network: NetworkMode;
  readonly filter: SeccompFilter;
}

/** Room for the probe; what is judged is the filter. */
const LIMITS = { wall: '120s', cpuTime: '100s', pids: 64, stdout: '16MiB', memory: '512MiB' };
const DIRECT_WALL = '2s';
/** What the forking probe does between two calls. */
const FORKING = ['clone', 'wait4', 'sched_yield', 'kill', 'mmap', 'exit_group'] as const;
const SIGCHLD = 17n;
const PARALLEL = 4;

/** Answers to rows in supervised runs: by a forking probe where the filter lets it fork, one after the other elsewhere. */
export class MatrixRunner {
  readonly #probe: Probe;
  readonly #engine: 'bubblewrap' | 'nsjail';
  #warder: WarderInstance | undefined;

  constructor(probe: Probe, engine: 'bubblewrap' | 'nsjail') {
    this.#probe = probe;
    this.#engine = engine;
  }

  async open(): Promise<void> {
    this.#warder = await openWarder({ engine: this.#engine, concurrency: PARALLEL }, process.env);
  }

  async close(): Promise<void> {
    await this.#warder?.close();
  }

  /** Row → answer. Rows that end their run, and in direct mode rows that need a child, get a run of their own. */
  async run(rows: readonly MatrixRow[], wanted: Wanted): Promise<ReadonlyMap<MatrixRow, string>> {
    const direct = !canFork(wanted.filter);
    const alone = rows.filter((row) => endsRun(row, direct));
    const together = rows.filter((row) => !endsRun(row, direct));
    const answers = new Map<MatrixRow, string>();
    const queue = direct ? chunks(together, PARALLEL) : [together];
    const jobs = [...queue, ...onePerNumber(alone, wanted.every ?? 1).map((row) => [row])];
    const work = async (): Promise<void> => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        for (const [row, answer] of await this.#runAll(job, wanted, direct)) answers.set(row, answer);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    // Calls of one process can change what later ones answer (PR_SET_TIMERSLACK), so what looks refused is made alone.
    jobs.push(...rows.filter((row) => direct && looksRefused(row, answers.get(row))).map((row) => [row]));
    await Promise.all(Array.from({ length: PARALLEL }, work));
    return answers;
  }

  /** Goes on behind the row that ended a run, which the outcome then answers for. */
  async #runAll(
    rows: readonly MatrixRow[],
    wanted: Wanted,
    direct: boolean,
  ): Promise<ReadonlyMap<MatrixRow, string>> {
    const answers = new Map<MatrixRow, string>();
    for (let rest = rows; rest.length > 0; rest = rest.slice(rest.findIndex((row) => !answers.has(row)))) {
      const result = await this.#execute(rest, wanted, direct);
      const lines = parseAnswers(result.stdout.data);
      for (const row of rest) {
        const answer = lines.get(row.text);
        if (answer !== undefined) answers.set(row, answer);
      }
      const stopped = rest.find((row) => !answers.has(row));
      if (stopped === undefined) break;
      answers.set(stopped, endOf(result));
      if (rest.every((row) => answers.has(row))) break;
    }
    return answers;
  }

  async #execute(rows: readonly MatrixRow[], wanted: Wanted, direct: boolean): Promise<RunResult> {
    if (!this.#warder) throw new Error('not open');
    const { profile, network } = wanted;
    return this.#warder.execute(
      {
        argv: ['./syscall-probe', ...(direct ? ['-d'] : ['-t', '500'])],
        files: [{ path: 'syscall-probe', content: this.#probe.bytes, mode: '0755' }],
        stdin: rows.map(({ text }) => text).join('\n'),
        policy: 'strict',
      },
      {
        allowWiden: true,
        overrides: {
          limits: { ...LIMITS, ...(direct ? { wall: DIRECT_WALL } : {}) },
          seccomp: { profile },
          network: { mode: network },
        },
      },
    );
  }
}

function canFork(filter: SeccompFilter): boolean {
  const auditArch = AUDIT_ARCH[filter.arch];
  return FORKING.every((name) => {
    const args = [name === 'clone' ? SIGCHLD : 0n, 0n, 0n, 0n, 0n, 0n];
    const nr = syscallNumber(filter.arch, name) ?? -1;
    return evaluateFilter(filter, { auditArch, nr, args }).kind === 'allow';
  });
}

/** A kill ends one process only, a notification the whole run. */
function endsRun({ expected }: MatrixRow, direct: boolean): boolean {
  return expected.kind === 'notify' || (direct && expected.kind === 'killProcess');
}

function looksRefused({ expected, byFilter }: MatrixRow, answer: string | undefined): boolean {
  return expected.kind === 'allow' && answer !== undefined && byFilter.has(answer);
}

/** A run for each row would take minutes; the other rows of the number stand behind the marked program. */
function onePerNumber(rows: readonly MatrixRow[], every: number): readonly MatrixRow[] {
  const numbers = new Map(rows.map((row) => [row.text.startsWith('i386/') ? 'i386' : row.nr, row]));
  return [...numbers.values()].filter((_, index) => index % every === 0);
}

function chunks<T>(list: readonly T[], count: number): readonly (readonly T[])[] {
  const size = Math.ceil(list.length / count);
  return Array.from({ length: count }, (_, index) => list.slice(index * size, (index + 1) * size)).filter(
    (chunk) => chunk.length > 0,
  );
}

/** What became of a run, as the probe would have printed it of a child. */
function endOf({ outcome, stderr }: RunResult): string {
  if (outcome.kind === 'denied') return `denied ${outcome.syscall}`;
  if (outcome.kind === 'limit') return outcome.limit === 'wall' ? 'blocked' : `limit ${outcome.limit}`;
  if (outcome.kind === 'signaled') return `killed ${SIGNALS[outcome.signal] ?? outcome.signal}`;
  return outcome.kind === 'exited' ? `exited ${outcome.exitCode}` : `${outcome.kind} ${stderr.data}`;
}

const SIGNALS: Readonly<Record<string, number>> = { SIGILL: 4, SIGKILL: 9, SIGSEGV: 11, SIGSYS: 31 };
