import type { CompileStep } from '#languages/types.ts';
import type { ProgramFile } from '#launch/types.ts';
import type { SupervisedRun } from '#supervise/supervised-run.ts';

export function compiledFiles(run: SupervisedRun, step: CompileStep): readonly ProgramFile[] {
  void run;
  void step;
  return [];
}
