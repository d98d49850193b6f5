/** How far the suite is: one line that is written over. */
import { oneLine, type Progress } from '#escape/index.ts';

/** What is asked of stderr. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

const USUAL_COLUMNS = 80;

export interface ProgressLine {
  readonly show: (progress: Progress) => void;
  readonly clear: () => void;
}

/** Nothing where nobody looks. ECMA-48: carriage return, erase in line. */
export function escapeProgress(stream: ProgressStream): ProgressLine {
  if (stream.isTTY !== true) return { show: () => {}, clear: () => {} };
  const erase = '\r\u001b[K';
  const show = ({ target, done, total, id }: Progress): void => {
    // What does not fit would go on in the next line, where it could not be written over; the policy may be a long path.
    const width = (stream.columns || USUAL_COLUMNS) - 1;
    const text = oneLine(`${done}/${total} ${id}, ${target}`);
    stream.write(`${erase}${text.slice(0, Math.max(width, 1))}`);
  };
  return { show, clear: () => stream.write(erase) };
}
