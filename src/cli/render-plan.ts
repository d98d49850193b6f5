/** What a request would execute, as data. */
import { CONTROLS, isWarderError, type WarderError } from '#index.ts';
import { openWarder, type Prepared, standaloneFile, type WarderInstance } from '#internal.ts';
import type { CliContext } from './context.ts';
import type { Wanted } from './job.ts';
import { decodeOptions } from './launcher-options.ts';
import { openLog } from './logging.ts';
import { policyOf } from './request.ts';

export type RenderedPlan = ReturnType<typeof toRendered>;

/** @throws WarderError for a request or policy that is wrong, or a launcher that is missing */
export async function renderPlan({ env }: CliContext, wanted: Wanted): Promise<RenderedPlan> {
  const warder = await openWarder({ logger: openLog({ quiet: true }), ...policyOf(wanted.request) }, env);
  try {
    return await prepare(warder, wanted);
  } finally {
    await warder.close();
  }
}

/**
 * A host (or a user without root) that cannot enforce a control would refuse the run. Here the plan is shown all the
 * same, with what stands in its way.
 */
async function prepare(
  warder: WarderInstance,
  { request, overrides, options }: Wanted,
): Promise<RenderedPlan> {
  const allowWiden = options.allowWiden === true;
  try {
    const prepared = await warder.prepare(request, { ...(overrides ? { overrides } : {}), allowWiden });
    return toRendered(warder, prepared, []);
  } catch (error) {
    if (!isWarderError(error) || error.code !== 'HOST_CONTROL_UNENFORCEABLE') throw error;
    const lenient = { ...overrides, allowDegraded: [...CONTROLS] };
    const prepared = await warder.prepare(request, { overrides: lenient, allowWiden: true });
    return toRendered(warder, prepared, unenforceable(error));
  }
}

function unenforceable(error: WarderError): readonly { readonly control: string; readonly why: string }[] {
  return 'controls' in error.details ? error.details.controls : [];
}

/** bubblewrap takes options, nsjail a configuration. */
function toLauncher({ engine, argv, blobs }: Prepared['launch']) {
  return engine === 'nsjail'
    ? { argv, options: [], config: Buffer.from(blobs[0] ?? []).toString() }
    : { argv, options: decodeOptions({ blobs }), config: null };
}

function toRendered(
  warder: WarderInstance,
  prepared: Prepared,
  refused: readonly { readonly control: string; readonly why: string }[],
) {
  const { policy, jail, program, launch, filter } = prepared;
  const { spec, supervision } = program;
  const { rules: _, ...seccomp } = filter.summary;
  return {
    schema: 1,
    policy: { name: jail.policy.name, sha256: jail.policy.sha256 },
    rootfs: jail.rootfs,
    engine: { ...jail.engine },
    /** Controls for which this host would refuse to run it; empty when it would run. */
    refused,
    launcher: toLauncher(launch),
    /** A file for use without warder, where the engine has such files. */
    standalone: standaloneFile(prepared, warder.runtime.facts),
    identity: jail.identity,
    network: jail.network,
    mounts: jail.mounts,
    program: {
      argv: spec.argv,
      cwd: spec.cwd,
      env: spec.env,
      files: spec.files.map(({ path, content, mode }) => ({
        path,
        bytes: content.byteLength,
        mode: mode.toString(8).padStart(4, '0'),
      })),
    },
    supervision,
    limits: policy.limits,
    rlimits: spec.rlimits.map(({ name, soft, hard }) => ({ name, soft, hard })),
    cgroup: jail.cgroup,
    controls: jail.controls,
    weakenings: jail.weakenings.filter(({ id }) => !refused.some(({ control }) => control === id)),
    seccomp,
  };
}
