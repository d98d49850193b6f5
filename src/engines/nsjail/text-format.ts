/**
 * Protocol buffers' text format (protobuf.dev, "Text Format Language Specification") for the messages of model.ts.
 * Whatever the model does not allow is our bug and stops here: a launcher that guessed would be worse.
 */
import { WarderError } from '#error/warder-error.ts';
import { ENUMS, type FieldModel, MESSAGES, type MessageName, type MessageValue } from './model.ts';

const INT_RANGES = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  // Wider ones end where a JavaScript number stops being exact.
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
} as const;

/**
 * One field a line, in the order of `value`; ASCII only.
 * @throws WarderError INTERNAL_BUG for anything that is not in the model
 */
export function writeTextFormat<M extends MessageName>(message: M, value: MessageValue<M>): string {
  return writeMessage(message, value, '');
}

/** Lines that the parser skips; `text` may have any number of them. */
export function writeComment(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `# ${line}`.trimEnd())
    .join('\n')
    .concat('\n')
    .replaceAll('\0', '');
}

function writeMessage(message: MessageName, value: object, indent: string): string {
  const fields: Readonly<Record<string, FieldModel>> = MESSAGES[message];
  for (const [name, { label }] of Object.entries(fields)) {
    if (label === 'required' && !Object.hasOwn(value, name)) throw bug(`${message}.${name} is missing`);
  }
  const lines = Object.entries(value).flatMap(([name, content]: [string, unknown]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) throw bug(`${message} has no field ${name}`);
    if (content === undefined) throw bug(`${message}.${name} is undefined`);
    return valuesOf(content, field, `${message}.${name}`).map((one) =>
      writeField(name, field, one, { indent, where: `${message}.${name}` }),
    );
  });
  return lines.join('');
}

function valuesOf(content: unknown, { label }: FieldModel, where: string): readonly unknown[] {
  if (label !== 'repeated') return [content];
  if (!Array.isArray(content)) throw bug(`${where} is not a list`);
  return content;
}

function writeField(
  name: string,
  { type }: FieldModel,
  value: unknown,
  { indent, where }: { readonly indent: string; readonly where: string },
): string {
  if (isMessage(type)) {
    if (typeof value !== 'object' || value === null) throw bug(`${where} is not a message`);
    return `${indent}${name} {\n${writeMessage(type, value, `${indent}  `)}${indent}}\n`;
  }
  return `${indent}${name}: ${writeScalar(type, value, where)}\n`;
}

function isMessage(type: FieldModel['type']): type is FieldModel['type'] & MessageName {
  return Object.hasOwn(MESSAGES, type);
}

function writeScalar(type: Exclude<FieldModel['type'], MessageName>, value: unknown, where: string): string {
  switch (type) {
    case 'string':
    case 'bytes':
      return quote(toBytes(value, type === 'string', where));
    case 'bool':
      if (typeof value !== 'boolean') throw bug(`${where} is not a boolean`);
      return String(value);
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return writeInteger(type, value, where);
    default:
      if (!(ENUMS[type] as readonly unknown[]).includes(value)) throw bug(`${where} is not a ${type}`);
      return String(value);
  }
}

function writeInteger(type: keyof typeof INT_RANGES, value: unknown, where: string): string {
  const [least, most] = INT_RANGES[type];
  if (typeof value !== 'number' || !Number.isInteger(value)) throw bug(`${where} is not an integer`);
  if (value < least || value > most) throw bug(`${where} is out of the range of ${type}`);
  return String(value);
}

/** nsjail hands every `string` on as a C string, where a NUL would silently cut it; `bytes` it copies by length. */
function toBytes(value: unknown, refuseNul: boolean, where: string): Uint8Array {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) throw bug(`${where} is not text or bytes`);
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) throw bug(`${where} is not valid Unicode`);
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  if (refuseNul && bytes.includes(0)) throw bug(`${where} contains a NUL`);
  return bytes;
}

/** Three octal digits always, since a digit may follow. */
function quote(bytes: Uint8Array): string {
  const escaped = Array.from(bytes, (byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    if (byte === 0x0a) return '\\n';
    if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
    return `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${escaped.join('')}"`;
}

function bug(what: string): WarderError {
  return new WarderError('INTERNAL_BUG', `the nsjail configuration is wrong: ${what}`, { details: { what } });
}
