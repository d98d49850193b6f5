/** A language's first program without a sandbox: the very command lines of a run, with this host's tools. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { detectCgroups } from '../dist/cgroup/detect.js';

const WORKSPACE = '/workspace';
/** Joins a group and becomes the program. */
const JOIN_AND_EXEC = 'echo $$ > "$1"; shift; exec "$@"';

/**
 * @param {import('../dist/internal.js').WarderInstance} warder
 * @param {{ id: string, hello: string }} language
 */
export async function openBareHello(warder, { id, hello }) {
  const directory = mkdtempSync(join(tmpdir(), 'warder-bench-hello-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  // Paths of the sandbox stand for paths here.
  const here = (/** @type {string} */ text) => text.replaceAll(WORKSPACE, directory);
  const prepared = await warder.prepare({ language: id, code: hello, rootfs: 'host' }, {});
  const start = (
    /** @type {readonly string[]} */ before,
    /** @type {import('../dist/internal.js').ProgramPlan} */ { spec },
  ) => {
    const [command = '', ...args] = [...before, ...spec.argv.map(here)];
    const env = Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, here(value)]));
    if (env['GOCACHE']) env['GOCACHE'] = join(directory, '.cache');
    return execa(command, args, { cwd: directory, env, extendEnv: false, stdin: 'ignore' });
  };
  for (const { path, content } of (prepared.compile ?? prepared).program.spec.files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  if (prepared.compile) {
    await start([], prepared.compile.program).catch((error) => {
      remove();
      throw error;
    });
  }
  const program = prepared.compile ? prepared.compile.planRun(outputsOf(directory)) : prepared.program;
  const greet = async (/** @type {readonly string[]} */ before) => {
    const { stdout } = await start(before, program);
    if (stdout !== 'hello') throw new Error(`${id} said ${stdout}`);
  };
  return {
    /** Milliseconds from the start to the end. */
    async run() {
      const started = performance.now();
      await greet([]);
      return performance.now() - started;
    },
    /** Of a group of its own, as the run's figure is; null where this process may make none. */
    peakBytes: () => inGroup((tasks) => greet(['/bin/sh', '-c', JOIN_AND_EXEC, 'sh', tasks])),
    remove,
  };
}

/** @param {string} directory */
function outputsOf(directory) {
  const names = readdirSync(join(directory, '.compiled')).filter((name) => !name.startsWith('.'));
  return names.map((name) => ({
    path: `.compiled/${name}`,
    content: readFileSync(join(directory, '.compiled', name)),
    mode: 0o755,
  }));
}

/** @param {(tasks: string) => Promise<void>} work */
async function inGroup(work) {
  const location = await detectCgroups();
  const parent = location.driver === 'v1' ? location.hierarchies.memory : undefined;
  const place = location.driver === 'v2' ? location.dir : parent;
  if (place === undefined) return null;
  const group = join(place, `warder-bench-${process.pid}`);
  try {
    mkdirSync(group);
  } catch {
    return null;
  }
  try {
    const isV2 = location.driver === 'v2';
    await work(join(group, isV2 ? 'cgroup.procs' : 'tasks'));
    return Number(readFileSync(join(group, isV2 ? 'memory.peak' : 'memory.max_usage_in_bytes'), 'utf8'));
  } catch {
    return null;
  } finally {
    rmdirSync(group);
  }
}
