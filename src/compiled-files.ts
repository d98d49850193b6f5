import type { CompileStep } from '#languages/types.ts';
import type { ProgramFile } from '#launch/types.ts';
import type { SupervisedRun } from '#supervise/supervised-run.ts';

const EXECUTABLE_MODE = 0o755;
const DATA_MODE = 0o644;

/**
 * What goes on to the run phase: all of it or nothing. A compiler that failed may have left something, and outputs of
 * which one was refused (a link, a FIFO, one too many) are not what the compiler meant; whoever wrote the source may have.
 * The mode is ours: what the compiler set means nothing to the run.
 */
export function compiledFiles(
  { outcome, exported }: Pick<SupervisedRun, 'outcome' | 'exported'>,
  { executable }: CompileStep,
): readonly ProgramFile[] {
  const succeeded = outcome.kind === 'exited' && outcome.exitCode === 0;
  if (!succeeded || exported.refused.length > 0) return [];
  const mode = executable ? EXECUTABLE_MODE : DATA_MODE;
  return exported.files.map(({ path, content }) => ({ path, content, mode }));
}
