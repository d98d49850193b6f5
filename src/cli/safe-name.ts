/**
 * Names that an untrusted program chose, made into names for a directory of ours. Reversible (decodeURIComponent), so two
 * names never become one: what a terminal would obey, what reorders or hides text, and a leading dash or tilde, which
 * commands take for something else, become `%` and two hexadecimal digits for each byte, and so does `%` itself.
 */

/** NAME_MAX of every usual file system, in bytes. */
const NAME_MAX_BYTES = 255;

// Controls, format characters (bidi, zero width), line and paragraph separators, lone surrogates and unassigned ones.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Cn}%\\]|^[-~]/gu;

/** null for a path that cannot be a name here. */
export function safePath(path: string): string | null {
  const names = path.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..')) return null;
  const safe = names.map((name) => name.replace(UNSAFE, percent));
  return safe.some((name) => Buffer.byteLength(name) > NAME_MAX_BYTES) ? null : safe.join('/');
}

/** For messages: something of any name. */
export function safeText(path: string): string {
  return path.replace(UNSAFE, percent);
}

function percent(character: string): string {
  return [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
