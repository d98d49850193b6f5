/**
 * A reader of protobuf's text format, written from its specification and not from our writer: what it gives back is
 * what a launcher would take.
 */

export type Parsed = { [name: string]: ParsedValue[] };
export type ParsedValue = Parsed | Buffer | string;

const TOKEN = /\s+|#[^\n]*(?:\n|$)|("(?:[^"\\\n]|\\[^\n])*"|[A-Za-z_]\w*|-?\d+|[:{}])/gy;

export function parseText(text: string): Parsed {
  const tokens: string[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    at = match.index + match[0].length;
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  if (at !== text.length) throw new Error(`cannot read: ${text.slice(at, at + 40)}`);
  const message = parseFields(tokens, '');
  if (tokens.length > 0) throw new Error(`left over: ${tokens[0]}`);
  return message;
}

function parseFields(tokens: string[], end: string): Parsed {
  const message: Parsed = {};
  for (;;) {
    const name = tokens.shift() ?? '';
    if (name === end) return message;
    if (!/^[a-z]\w*$/.test(name)) throw new Error(`not a field name: ${name}`);
    const separator = tokens.shift();
    const values = message[name] ?? [];
    message[name] = values;
    if (separator === '{') values.push(parseFields(tokens, '}'));
    else if (separator === ':') values.push(parseValue(tokens.shift() ?? ''));
    else throw new Error(`neither a value nor a message: ${name}`);
  }
}

function parseValue(token: string): Buffer | string {
  return token.startsWith('"') ? unquote(token.slice(1, -1)) : token;
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '"': 34, "'": 39, '\\': 92 };

function unquote(body: string): Buffer {
  const bytes: number[] = [];
  for (let rest = Buffer.from(body, 'latin1').toString('latin1'); rest !== ''; ) {
    const octal = /^\\([0-7]{1,3})/.exec(rest);
    const simple = /^\\(.)/s.exec(rest);
    if (octal) bytes.push(Number.parseInt(octal[1] ?? '', 8));
    else if (simple) bytes.push(ESCAPES[simple[1] ?? ''] ?? Number.NaN);
    else bytes.push(rest.charCodeAt(0));
    rest = rest.slice((octal ?? simple ?? ['x'])[0].length);
  }
  return Buffer.from(bytes);
}
