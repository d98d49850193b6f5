import type { RunRequest, RunResult } from '#index.ts';
import { languagesHere } from '#languages-here.ts';
import type { RunExtras } from '#run.ts';
import { WarderInstance } from '#warder.ts';
import { gate } from '../helpers/gate.ts';

type Gate = ReturnType<typeof gate>;

/** Which languages this machine's own /usr has, as gates; and a way to set what a request cannot. */
export async function hostLanguages() {
  const known = await languagesHere();
  const gates = new Map(
    known.map(({ language, missing }) => [
      language.id,
      gate(language.id, missing.length === 0, `${missing.join(' and ')} is not installed`),
    ]),
  );
  return {
    gate: (id: string): Gate => gates.get(id) ?? gate(id, false, 'unknown'),
    run: (warder: unknown, request: RunRequest, overrides: RunExtras['overrides']): Promise<RunResult> => {
      if (!(warder instanceof WarderInstance)) throw new Error('not a warder of ours');
      return warder.execute(request, { ...(overrides ? { overrides } : {}), allowWiden: true });
    },
  };
}
