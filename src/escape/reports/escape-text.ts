/** Text of unknown origin in a report: titles of user-defined attacks, and evidence, which may hold what a program wrote. */

/**
 * What no reader should obey: C0, DEL, C1 (ECMA-48), marks that reorder text (UAX #9), line separators; and what XML 1.0
 * cannot hold at all (§2.2): halves of surrogate pairs, U+FFFE, U+FFFF.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udfff]/gu;

/** One line in which every such character is shown as `\u001b`. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `oneLine` for XML and HTML, in text and in quoted attributes. Every `>` too, so that `]]>` cannot appear. */
export function markup(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
