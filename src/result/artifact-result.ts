import type { ExportedFile } from './artifact.ts';
import type { ArtifactResult } from './run-result.ts';
import { toStreamResult } from './stream-result.ts';

/** The JSON form: text where the bytes are text. */
export function toArtifactResult({ path, mode, content, sha256 }: ExportedFile): ArtifactResult {
  const { data, encoding } = toStreamResult(content, false);
  return { path, bytes: content.length, sha256, mode: toOctal(mode), data, encoding };
}

function toOctal(mode: number): string {
  return `0${mode.toString(8).padStart(3, '0')}`;
}
