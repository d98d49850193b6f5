/**
 * Looks into a class file (JVMS 4) far enough to see whether it is a program. The compiler wrote it, and whoever wrote
 * the source may have led the compiler: any byte may be anything, and what does not fit is no class.
 */

const MAGIC = 0xca_fe_ba_be;
const ACC_PUBLIC = 0x0001;
const ACC_STATIC = 0x0008;
const TAG_UTF8 = 1;
const TAG_CLASS = 7;
/** Bytes of a constant after its tag (JVMS 4.4); long and double take two places of the pool. */
const CONSTANT_BYTES: Readonly<Record<number, number>> = {
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 2,
  8: 2,
  9: 4,
  10: 4,
  11: 4,
  12: 4,
  15: 3,
  16: 2,
  17: 4,
  18: 4,
  19: 2,
  20: 2,
};
const TWO_PLACES = new Set([5, 6]);

/** The binary name with dots of a class that has `public static void main(String[])`; undefined for any other file. */
export function mainClassOf(content: Uint8Array): string | undefined {
  try {
    return readMainClass(new Reader(content));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readMainClass(reader: Reader): string | undefined {
  if (reader.u4() !== MAGIC) return undefined;
  reader.skip(4);
  const pool = readPool(reader);
  reader.skip(2);
  const name = pool.texts.get(pool.classes.get(reader.u2()) ?? 0);
  reader.skip(2);
  reader.skip(2 * reader.u2());
  for (const _ of members(reader)) void _;
  for (const member of members(reader)) {
    const isMain = pool.texts.get(member.name) === 'main' && isVoidOfStrings(pool.texts.get(member.type));
    const flags = ACC_PUBLIC | ACC_STATIC;
    if (isMain && (member.flags & flags) === flags) return name?.replaceAll('/', '.');
  }
  return undefined;
}

function isVoidOfStrings(descriptor: string | undefined): boolean {
  return descriptor === '([Ljava/lang/String;)V';
}

interface Pool {
  readonly texts: ReadonlyMap<number, string>;
  /** Place of a class → place of its name. */
  readonly classes: ReadonlyMap<number, number>;
}

function readPool(reader: Reader): Pool {
  const texts = new Map<number, string>();
  const classes = new Map<number, number>();
  const count = reader.u2();
  for (let place = 1; place < count; place += 1) {
    const tag = reader.u1();
    if (tag === TAG_UTF8) texts.set(place, reader.text(reader.u2()));
    else if (tag === TAG_CLASS) classes.set(place, reader.u2());
    else reader.skip(CONSTANT_BYTES[tag] ?? Number.NaN);
    if (TWO_PLACES.has(tag)) place += 1;
  }
  return { texts, classes };
}

/** Fields and methods have the same form (JVMS 4.5, 4.6). */
function* members(reader: Reader) {
  const count = reader.u2();
  for (let index = 0; index < count; index += 1) {
    const member = { flags: reader.u2(), name: reader.u2(), type: reader.u2() };
    const attributes = reader.u2();
    for (let at = 0; at < attributes; at += 1) {
      reader.skip(2);
      reader.skip(reader.u4());
    }
    yield member;
  }
}

/** @throws RangeError beyond the end */
class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u1(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u2(): number {
    return this.#view.getUint16(this.#take(2));
  }

  u4(): number {
    return this.#view.getUint32(this.#take(4));
  }

  text(bytes: number): string {
    const at = this.#take(bytes);
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, bytes));
  }

  skip(bytes: number): void {
    this.#take(bytes);
  }

  #take(bytes: number): number {
    const at = this.#at;
    // Not-a-number, for a constant that does not exist, ends here as well.
    if (!(at + bytes <= this.#view.byteLength)) throw new RangeError('beyond the end of the class file');
    this.#at = at + bytes;
    return at;
  }
}
