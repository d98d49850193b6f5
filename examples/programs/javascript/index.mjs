// Searches documents: JSON lines, regular expressions, Unicode normalisation, threads, time, files.
//
// index.mjs FILE... indexes the documents of the files, answers the queries of standard input, and writes the index.
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const WORD = /[\p{L}\p{N}]+/gu;
const MARKS = /[\u0300-\u036f]/g;
const DAY = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });

/** As words are compared: without case and without marks. */
function fold(text) {
  return text.toLowerCase().normalize('NFD').replace(MARKS, '');
}

function add(counts, key, count) {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** Throws for a line that is no document. */
function parse(line) {
  const { id, time, title, pages, tags, text } = JSON.parse(line);
  const words = new Map();
  for (const [word] of fold(`${title} ${text}`).matchAll(WORD)) add(words, word, 1);
  return { id, time, title, pages: pages ?? 0, tags, words };
}

async function read(file) {
  const part = { name: path.basename(file), documents: [], skipped: 0 };
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    if (line.trim() === '') continue;
    try {
      part.documents.push(parse(line));
    } catch {
      part.skipped += 1;
    }
  }
  return part;
}

/** Reads the file in a thread of its own. */
function readAside(file) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: file });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** By code points; `<` compares UTF-16. */
function compare(a, b) {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The most frequent first; those of the same count by name. */
function ranked(counts) {
  return [...counts].sort(([a, m], [b, n]) => n - m || compare(a, b));
}

function listed(entries) {
  return entries.map(([name, count]) => `${name} ${count}`).join(', ') || 'nothing';
}

/** Word to document to how often it occurs there. */
class Index {
  #words;

  constructor(words) {
    this.#words = new Map([...words].sort(([a], [b]) => compare(a, b)));
  }

  static of(documents) {
    const words = new Map();
    for (const { id, words: counts } of documents) {
      for (const [word, count] of counts) {
        if (!words.has(word)) words.set(word, new Map());
        words.get(word).set(id, count);
      }
    }
    return new Index(words);
  }

  get size() {
    return this.#words.size;
  }

  /** Documents with the term, or with words that begin with it, and how often they have it. */
  #lookUp(term) {
    if (!term.endsWith('*')) return this.#words.get(term) ?? new Map();
    const found = new Map();
    for (const [word, documents] of this.#words) {
      if (!word.startsWith(term.slice(0, -1))) continue;
      for (const [id, count] of documents) add(found, id, count);
    }
    return found;
  }

  answer(query) {
    const terms = query.split(/\s+/).map(fold);
    const wanted = terms.filter((term) => !term.startsWith('-')).map((term) => this.#lookUp(term));
    const unwanted = terms.filter((term) => term.startsWith('-')).map((term) => this.#lookUp(term.slice(1)));
    const scores = new Map();
    for (const id of wanted[0]?.keys() ?? []) {
      if (!wanted.every((found) => found.has(id)) || unwanted.some((found) => found.has(id))) continue;
      scores.set(
        id,
        wanted.reduce((sum, found) => sum + found.get(id), 0),
      );
    }
    return ranked(scores);
  }

  toJSON() {
    return [...this.#words].map(([word, documents]) => ({ word, in: Object.fromEntries(documents) }));
  }

  static fromJSON(entries) {
    return new Index(entries.map(({ word, in: documents }) => [word, new Map(Object.entries(documents))]));
  }
}

function describe(documents, index) {
  const words = new Map();
  const tags = new Map();
  for (const document of documents) {
    for (const [word, count] of document.words) add(words, word, count);
    for (const tag of document.tags) add(tags, tag, 1);
  }
  const pages = documents.reduce((sum, document) => sum + document.pages, 0);
  const total = [...words.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${documents.length} documents, ${pages} pages, ${total} words, ${index.size} different`);
  for (const { id, time, title } of documents.toSorted((a, b) => a.time - b.time)) {
    const moment = new Date(time * 1000);
    const [date, clock] = moment.toISOString().split(/[T.]/);
    console.log(`${date} ${clock} ${DAY.format(moment)}  ${id}  ${JSON.stringify(title)}`);
  }
  console.log(`tags: ${listed(ranked(tags))}`);
  console.log(`frequent: ${listed(ranked(words).slice(0, 8))}`);
  const length = (word) => [...word].length;
  const [longest] = [...words.keys()].sort((a, b) => length(b) - length(a) || compare(a, b));
  console.log(`longest: ${longest} (${length(longest)} characters, ${Buffer.byteLength(longest)} bytes)`);
}

/** Written beside its place and moved there, so that nobody ever sees half of it. */
async function save(documents, index) {
  const titles = Object.fromEntries(documents.map(({ id, title }) => [id, title]));
  const file = path.join('index', 'index.json');
  await mkdir('index');
  await writeFile(`${file}.tmp`, `${JSON.stringify({ documents: titles, words: index })}\n`);
  await rename(`${file}.tmp`, file);
  return file;
}

function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (~value >>> 0).toString(16).padStart(8, '0');
}

async function check(file, index) {
  const data = await readFile(file);
  const again = Index.fromJSON(JSON.parse(data.toString()).words);
  const verdict = JSON.stringify(again) === JSON.stringify(index) ? 'the same' : 'another';
  const sums = `${data.length} bytes, crc32 ${crc32(data)}`;
  console.log(`index.json: ${sums}, ${again.size} words read back, ${verdict}`);
  console.log(`files: ${(await readdir(path.dirname(file))).sort().join(', ')}`);
}

async function main(files) {
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
else parentPort.postMessage(await read(workerData));
