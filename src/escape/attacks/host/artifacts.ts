/** What came out of a run as files, for the attacks on those who collect them. */
import type { RunResult } from '#index.ts';

/** Contents of all artefacts, joined. */
export function textOf({ artifacts }: RunResult): string {
  return artifacts
    .map(({ data = '', encoding }) =>
      encoding === 'base64' ? Buffer.from(data, 'base64').toString('latin1') : data,
    )
    .join('\n');
}

/** Path → why it was refused. */
export function refusalsOf({ artifactsRefused }: RunResult): ReadonlyMap<string, string> {
  return new Map(artifactsRefused.map(({ path, why }) => [path, why]));
}
