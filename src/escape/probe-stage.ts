/** Where the probe lies on the host, and how it gets into a jail: by a read-only bind of its own directory. */
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type JailPlan, type PlanTransform, type ProgramPlan, probePath } from '#internal.ts';

const NAME = 'warder-probe';
const INSIDE_DIRECTORY = '/.warder-probe';
/** Absolute path of the probe inside. */
export const PROBE_INSIDE = `${INSIDE_DIRECTORY}/${NAME}`;
/** LANDLOCK_ACCESS_FS_EXECUTE of linux/landlock.h. */
const LANDLOCK_EXECUTE = 1;

export interface ProbeStage {
  /** On the host; every uid may execute it. */
  readonly path: string;
  /** What of the host is put into a jail. */
  readonly directory: string;
  /** Puts the probe into a jail. What runs there stays what it was. */
  readonly transform: PlanTransform;
  readonly close: () => Promise<void>;
}

/**
 * Copies the probe into a directory of its own below `parent`, where the uid of a run can reach it, which need not be true of
 * the package's own directory.
 * @throws Error ENOENT where it is not built
 */
export async function stageProbe(parent: string): Promise<ProbeStage> {
  const directory = await mkdtemp(join(parent, 'probe-'));
  const path = join(directory, NAME);
  await copyFile(probePath(), path);
  await chmod(path, 0o555);
  await chmod(directory, 0o755);
  return {
    path,
    directory,
    transform: bindProbe(directory),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Puts the probe into a jail; what runs there stays what it was. */
export function bindProbe(directory: string): PlanTransform {
  return { jail: (jail) => withBind(jail, directory), program: withRightToExecute };
}

/** Right after the root, before anything that could cover it. */
function withBind(jail: JailPlan, source: string): JailPlan {
  const [root, ...rest] = jail.mounts;
  if (root === undefined) return jail;
  const bind = { kind: 'bind', source, target: INSIDE_DIRECTORY, readOnly: true } as const;
  return { ...jail, mounts: [root, bind, ...rest] };
}

/** Under `writtenFiles: deny` only what a rule names can be executed. */
function withRightToExecute(plan: ProgramPlan): ProgramPlan {
  const { landlock } = plan.spec;
  if (landlock === null || landlock.handledFs % 2 === 0) return plan;
  const rules = [...landlock.rules, { path: INSIDE_DIRECTORY, access: LANDLOCK_EXECUTE }];
  return { ...plan, spec: { ...plan.spec, landlock: { ...landlock, rules } } };
}

export function isProbe([program]: readonly string[]): boolean {
  return program === PROBE_INSIDE;
}

/** The probe with these arguments, in place of the request's command. */
export function startProbe(args: readonly string[]): PlanTransform {
  return { program: (plan) => ({ ...plan, spec: { ...plan.spec, argv: [PROBE_INSIDE, ...args] } }) };
}
