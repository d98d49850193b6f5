/**
 * Text of unknown origin on a terminal: whatever a terminal would obey is shown instead of sent. Colours go too, since
 * the same sequences set titles, answer back, and on some terminals write the clipboard.
 *
 * Left alone are newline, tab and carriage return: the worst that the last one can do is to overwrite the
 * program's own line, and progress displays need it.
 */

/** C0 but \t \n \r, DEL, C1 (ECMA-48), and what reorders text on screen (Unicode bidi controls, UAX #9). */
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Shows control characters as `^[`, `\x9b` or `\u202e`. */
export function terminalSafe(text: string): string {
  return text.replace(CONTROLS, show);
}

function show(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  if (code === 0x7f) return '^?';
  return code < 0x100 ? `\\x${code.toString(16)}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** `terminalSafe` for a stream of bytes: a character may be split between two chunks; what is not UTF-8 becomes U+FFFD. */
export class TerminalSafeDecoder {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  push(chunk: Uint8Array): string {
    return terminalSafe(this.#decoder.decode(chunk, { stream: true }));
  }

  /** What an unfinished character at the end becomes. */
  end(): string {
    return terminalSafe(this.#decoder.decode());
  }
}
