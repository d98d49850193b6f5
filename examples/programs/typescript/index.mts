// Searches documents: JSON lines, regular expressions, Unicode normalisation, threads, time, files.
//
// index.mts FILE... indexes the documents of the files, answers the queries of standard input, and writes the index.
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

type Counts = Map<string, number>;
type Entry = readonly [name: string, count: number];

interface Document {
  readonly id: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly title: string;
  readonly pages: number;
  readonly tags: readonly string[];
  readonly words: ReadonlyMap<string, number>;
}

/** What one file had. */
interface Part {
  readonly name: string;
  readonly documents: readonly Document[];
  readonly skipped: number;
}

/** A word as the index's file has it. */
interface StoredWord {
  readonly word: string;
  readonly in: Readonly<Record<string, number>>;
}

const WORD = /[\p{L}\p{N}]+/gu;
const MARKS = /[\u0300-\u036f]/g;
const DAY = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });

/** As words are compared: without case and without marks. */
function fold(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(MARKS, '');
}

function add(counts: Counts, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** By code points; `<` compares UTF-16. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** null for a value that is no document. */
function toDocument(value: unknown): Document | null {
  if (!isRecord(value)) return null;
  const { id, time, title, pages, tags, text } = value;
  if (typeof id !== 'string' || typeof time !== 'number' || typeof title !== 'string') return null;
  if (typeof text !== 'string' || !Array.isArray(tags)) return null;
  const words: Counts = new Map();
  for (const [word] of fold(`${title} ${text}`).matchAll(WORD)) add(words, word, 1);
  return { id, time, title, pages: typeof pages === 'number' ? pages : 0, tags: tags.map(String), words };
}

function parse(line: string): Document | null {
  try {
    return toDocument(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function read(file: string): Promise<Part> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const documents = lines.map(parse).filter((document) => document !== null);
  return { name: path.basename(file), documents, skipped: lines.length - documents.length };
}

/** Reads the file in a thread of its own. */
function readAside(file: string): Promise<Part> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: file });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** The most frequent first; those of the same count by name. */
function ranked(counts: ReadonlyMap<string, number>): readonly Entry[] {
  return [...counts].sort(([a, m], [b, n]) => n - m || compare(a, b));
}

function listed(entries: readonly Entry[]): string {
  return entries.map(([name, count]) => `${name} ${count}`).join(', ') || 'nothing';
}

/** Word to document to how often it occurs there. */
class Index {
  readonly #words: ReadonlyMap<string, ReadonlyMap<string, number>>;

  private constructor(words: Iterable<readonly [string, ReadonlyMap<string, number>]>) {
    this.#words = new Map([...words].sort(([a], [b]) => compare(a, b)));
  }

  static of(documents: readonly Document[]): Index {
    const words = new Map<string, Counts>();
    for (const { id, words: counts } of documents) {
      for (const [word, count] of counts) words.set(word, (words.get(word) ?? new Map()).set(id, count));
    }
    return new Index(words);
  }

  static fromJSON(stored: readonly StoredWord[]): Index {
    return new Index(stored.map((entry) => [entry.word, new Map(Object.entries(entry.in))]));
  }

  toJSON(): readonly StoredWord[] {
    return [...this.#words].map(([word, documents]) => ({ word, in: Object.fromEntries(documents) }));
  }

  get size(): number {
    return this.#words.size;
  }

  answer(query: string): readonly Entry[] {
    const terms = query.split(/\s+/).map(fold);
    const wanted = terms.filter((term) => !term.startsWith('-')).map((term) => this.#lookUp(term));
    const unwanted = terms.filter((term) => term.startsWith('-')).map((term) => this.#lookUp(term.slice(1)));
    const scores: Counts = new Map();
    for (const id of wanted[0]?.keys() ?? []) {
      if (!wanted.every((found) => found.has(id)) || unwanted.some((found) => found.has(id))) continue;
      for (const found of wanted) add(scores, id, found.get(id) ?? 0);
    }
    return ranked(scores);
  }

  /** Documents with the term, or with words that begin with it, and how often they have it. */
  #lookUp(term: string): ReadonlyMap<string, number> {
    if (!term.endsWith('*')) return this.#words.get(term) ?? new Map();
    const found: Counts = new Map();
    for (const [word, documents] of this.#words) {
      if (!word.startsWith(term.slice(0, -1))) continue;
      for (const [id, count] of documents) add(found, id, count);
    }
    return found;
  }
}

function describe(documents: readonly Document[], index: Index): void {
  const words: Counts = new Map();
  const tags: Counts = new Map();
  for (const document of documents) {
    for (const [word, count] of document.words) add(words, word, count);
    for (const tag of document.tags) add(tags, tag, 1);
  }
  const pages = documents.reduce((sum, document) => sum + document.pages, 0);
  const total = [...words.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${documents.length} documents, ${pages} pages, ${total} words, ${index.size} different`);
  for (const { id, time, title } of [...documents].sort((a, b) => a.time - b.time)) {
    const moment = new Date(time * 1000);
    const [date, clock] = moment.toISOString().split(/[T.]/);
    console.log(`${date} ${clock} ${DAY.format(moment)}  ${id}  ${JSON.stringify(title)}`);
  }
  console.log(`tags: ${listed(ranked(tags))}`);
  console.log(`frequent: ${listed(ranked(words).slice(0, 8))}`);
  const length = (word: string): number => [...word].length;
  const [longest = ''] = [...words.keys()].sort((a, b) => length(b) - length(a) || compare(a, b));
  console.log(`longest: ${longest} (${length(longest)} characters, ${Buffer.byteLength(longest)} bytes)`);
}

/** Written beside its place and moved there, so that nobody ever sees half of it. */
async function save(documents: readonly Document[], index: Index): Promise<string> {
  const titles = Object.fromEntries(documents.map(({ id, title }) => [id, title]));
  const file = path.join('index', 'index.json');
  await mkdir('index');
  await writeFile(`${file}.tmp`, `${JSON.stringify({ documents: titles, words: index })}\n`);
  await rename(`${file}.tmp`, file);
  return file;
}

function crc32(bytes: Uint8Array): string {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (~value >>> 0).toString(16).padStart(8, '0');
}

async function check(file: string, index: Index): Promise<void> {
  const data = await readFile(file);
  const { words } = JSON.parse(data.toString()) as { readonly words: readonly StoredWord[] };
  const again = Index.fromJSON(words);
  const verdict = JSON.stringify(again) === JSON.stringify(index) ? 'the same' : 'another';
  const sums = `${data.length} bytes, crc32 ${crc32(data)}`;
  console.log(`index.json: ${sums}, ${again.size} words read back, ${verdict}`);
  console.log(`files: ${(await readdir(path.dirname(file))).sort().join(', ')}`);
}

async function main(files: readonly string[]): Promise<void> {
  if (files.length === 0) throw new Error('usage: index FILE... < QUERIES');
  const parts = await Promise.all(files.map(readAside));
  for (const { name, documents, skipped } of parts)
    console.log(`${name}: ${documents.length} documents, ${skipped} skipped`);
  const documents = parts.flatMap((part) => part.documents);
  const index = Index.of(documents);
  describe(documents, index);
  for await (const line of createInterface({ input: process.stdin })) {
    const query = line.trim();
    if (query !== '' && !query.startsWith('#')) console.log(`${query}: ${listed(index.answer(query))}`);
  }
  await check(await save(documents, index), index);
}

if (isMainThread) await main(process.argv.slice(2));
else parentPort?.postMessage(await read(String(workerData)));
