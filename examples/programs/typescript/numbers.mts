// Calculates: big integers, modular arithmetic, threads, bits, a digest, box drawing.
//
// numbers.mts WORKERS reads one task to a line of standard input.
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

type Matrix = readonly (readonly number[])[];
type Task = (operands: readonly string[], workers: number) => readonly string[] | Promise<readonly string[]>;

interface Share {
  readonly left: Matrix;
  readonly right: Matrix;
  /** Its first row; the others follow `workers` apart. */
  readonly first: number;
  readonly workers: number;
}

const BASES: readonly bigint[] = [2n, 3n, 5n, 7n, 11n, 13n];
const SHOWN = 4;

function factorial(number: bigint): bigint {
  return number < 2n ? 1n : number * factorial(number - 1n);
}

function fibonacci(number: number): bigint {
  let [previous, current] = [0n, 1n];
  for (let index = 0; index < number; index += 1) [previous, current] = [current, previous + current];
  return previous;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  for (let square = base % modulus, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Whether the base shows by Miller and Rabin's test that the number is not prime. */
function isWitness(base: bigint, number: bigint): boolean {
  if (base % number === 0n) return false;
  let odd = number - 1n;
  let twos = 0;
  for (; odd % 2n === 0n; odd /= 2n) twos += 1;
  let value = power(base, odd, number);
  if (value === 1n) return false;
  for (let index = 0; index < twos; index += 1) {
    if (value === number - 1n) return false;
    value = (value * value) % number;
  }
  return true;
}

function primality(number: bigint): string {
  const witness = BASES.find((base) => isWitness(base, number));
  return `${number} is ${witness === undefined ? 'prime' : `composite, says ${witness}`}`;
}

function chunks(text: string, size: number): readonly string[] {
  return text.match(new RegExp(`.{1,${size}}`, 'gu')) ?? [];
}

function longNumber(name: string, number: bigint): readonly string[] {
  const digits = String(number);
  const sum = [...digits].reduce((total, digit) => total + Number(digit), 0);
  const lines = chunks(digits, 60).map((line) => `  ${line}`);
  return [`${name} has ${digits.length} digits, their sum is ${sum}`, ...lines];
}

function dot(row: readonly number[], right: Matrix, column: number): number {
  return row.reduce((sum, entry, at) => sum + entry * (right[at]?.[column] ?? 0), 0);
}

function rowsOf({ left, right, first, workers }: Share): Matrix {
  const rows = left.filter((_, row) => row % workers === first);
  return rows.map((row) => row.map((_, column) => dot(row, right, column)));
}

function rowsAside(share: Share): Promise<Matrix> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function product(left: Matrix, right: Matrix, workers: number): Promise<Matrix> {
  const shares = Array.from({ length: workers }, (_, first) => rowsAside({ left, right, first, workers }));
  const parts = await Promise.all(shares);
  return left.map((_, row) => parts[row % workers]?.[Math.floor(row / workers)] ?? []);
}

function table(rows: Matrix): readonly string[] {
  const width = Math.max(...rows.flat().map((entry) => String(entry).length)) + 2;
  const rule = ([left, middle, right]: readonly [string, string, string]): string =>
    left + (rows[0] ?? []).map(() => '─'.repeat(width)).join(middle) + right;
  const lines = rows.map(
    (row) => `│${row.map((entry) => `${String(entry).padStart(width - 1)} `).join('│')}│`,
  );
  const between = rule(['├', '┼', '┤']);
  const body = lines.flatMap((line, at) => (at === 0 ? [line] : [between, line]));
  return [rule(['┌', '┬', '┐']), ...body, rule(['└', '┴', '┘'])];
}

async function matrix(size: number, workers: number): Promise<readonly string[]> {
  const square = (entry: (row: number, column: number) => number): Matrix =>
    Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_, column) => entry(row, column)));
  const left = square((row, column) => (7 * row + 3 * column) % 11);
  const right = square((row, column) => (5 * row + 2 * column) % 13);
  const result = await product(left, right, workers);
  const trace = result.reduce((sum, row, at) => sum + (row[at] ?? 0), 0);
  const sum = result.flat().reduce((total, entry) => total + entry, 0);
  const shown = result.slice(0, SHOWN).map((row) => row.slice(0, SHOWN));
  return [`matrix ${size}: trace ${trace}, sum ${sum}, most ${Math.max(...result.flat())}`, ...table(shown)];
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/** Of 32 bits. */
function bits(word: number): readonly string[] {
  const text = word.toString(2).padStart(32, '0');
  const trailing = 31 - Math.clz32(word & -word);
  const zeros = `${Math.clz32(word)} leading and ${trailing} trailing zeros`;
  const reversed = hex(Number.parseInt([...text].reverse().join(''), 2));
  const more = `reversed ${reversed}, rotated ${hex((word << 7) | (word >>> 25))}, gray ${hex(word ^ (word >>> 1))}`;
  const set = [...text].filter((bit) => bit === '1').length;
  const drawn = text.replaceAll('0', '░').replaceAll('1', '█');
  return [`bits ${hex(word)}: ${set} set, ${zeros}, ${more}`, `  ${chunks(drawn, 8).join(' ')}`];
}

const TASKS: Readonly<Record<string, Task>> = {
  factorial: ([number = '0']) => longNumber(`${number}!`, factorial(BigInt(number))),
  fibonacci: ([number = '0']) => longNumber(`fibonacci ${number}`, fibonacci(Number(number))),
  gcd: ([a = '0', b = '0']) => [`gcd ${gcd(BigInt(a), BigInt(b))}`],
  power: ([base = '0', exponent = '0', modulus = '1']) => [
    `power ${power(BigInt(base), BigInt(exponent), BigInt(modulus))}`,
  ],
  prime: ([number = '0']) => [primality(BigInt(number))],
  base: ([base = '10', number = '0']) => [`base ${base}: ${BigInt(number).toString(Number(base))}`],
  matrix: ([size = '1'], workers) => matrix(Number(size), workers),
  bits: ([word = '0']) => bits(Number(word)),
};

async function main(workers: string | undefined): Promise<void> {
  if (workers === undefined || !/^[1-9]\d*$/.test(workers)) throw new Error('usage: numbers WORKERS < TASKS');
  const digest = createHash('sha256');
  for await (const line of createInterface({ input: process.stdin })) {
    const [name = '', ...operands] = line.trim().split(/\s+/);
    if (name === '' || name.startsWith('#')) continue;
    const answers = (await TASKS[name]?.(operands, Number(workers))) ?? [`no such task: ${line.trim()}`];
    for (const answer of answers) {
      console.log(answer);
      digest.update(`${answer}\n`);
    }
  }
  console.log(`sha256 ${digest.digest('hex')}`);
}

if (isMainThread) await main(process.argv[2]);
else parentPort?.postMessage(rowsOf(workerData as Share));
