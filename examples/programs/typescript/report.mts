// Reads orders from standard input and prints a report: regular expressions, Unicode, big integers, threads, files, JSON.
import fs from 'node:fs';
import path from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

interface Order {
  readonly number: number;
  readonly customer: string;
  readonly cents: number;
  readonly note: string;
}

interface Primes {
  readonly count: number;
  readonly sum: number;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

type Total = readonly [customer: string, cents: number];

const LINE = /^([0-9]+);([^;]+);([0-9]+);([0-9]+)\.([0-9]{2});(.*)$/u;

/** An order, or undefined for a line that is none. */
function parse(line: string): Order | undefined {
  const found = LINE.exec(line);
  if (found === null) return undefined;
  const [, number = '', customer = '', quantity = '', units = '', cents = '', note = ''] = found;
  const price = Number(units) * 100 + Number(cents);
  return { number: Number(number), customer, cents: Number(quantity) * price, note };
}

function amount(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** In code points, which is what people take for characters more often than UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - lengthOf(text)));
}

function totalsOf(orders: readonly Order[]): readonly Total[] {
  const totals = new Map<string, number>();
  for (const { customer, cents } of orders) totals.set(customer, (totals.get(customer) ?? 0) + cents);
  return [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function factorial(number: bigint): bigint {
  let result = 1n;
  for (let factor = 2n; factor <= number; factor += 1n) result *= factor;
  return result;
}

function fibonacci(number: number): bigint {
  let [previous, current] = [0n, 1n];
  for (let index = 0; index < number; index += 1) [previous, current] = [current, previous + current];
  return previous;
}

function isPrime(number: number): boolean {
  if (number < 2) return false;
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) return false;
  }
  return true;
}

function primesBetween({ from, to }: Range): Primes {
  let [count, sum] = [0, 0];
  for (let number = from; number < to; number += 1) {
    if (!isPrime(number)) continue;
    count += 1;
    sum += number;
  }
  return { count, sum };
}

async function countPrimes(limit: number, workers: number): Promise<Primes> {
  const step = limit / workers;
  const parts = Array.from({ length: workers }, (_, index) => {
    const part: Range = { from: index * step, to: (index + 1) * step };
    const worker = new Worker(new URL(import.meta.url), { workerData: part });
    return new Promise<Primes>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  });
  const results = await Promise.all(parts);
  return results.reduce((all, part) => ({ count: all.count + part.count, sum: all.sum + part.sum }));
}

function fnv1a(data: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of data) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

async function main(): Promise<void> {
  const lines = fs.readFileSync(0, 'utf8').trimEnd().split('\n');
  const orders = lines.map(parse).filter((order) => order !== undefined);
  const rejected = lines.length - orders.length;
  const ranking = totalsOf(orders);
  const longest = orders.map(({ note }) => note).reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a));
  const primes = await countPrimes(20_000, 4);
  const report = [
    `accepted ${orders.length}, rejected ${rejected}`,
    ...ranking.map(([name, cents]) => pad(name, 16) + amount(cents).padStart(10)),
    `longest note: ${longest} (${lengthOf(longest)} characters)`,
    `30! = ${factorial(30n)}`,
    `fib(150) = ${fibonacci(150)}`,
    `primes below 20000: ${primes.count}, sum ${primes.sum}`,
  ];
  console.log(report.join('\n'));

  const file = path.join('out', 'report.txt');
  fs.mkdirSync(path.dirname(file));
  fs.writeFileSync(file, `${report.join('\n')}\n`);
  const data = fs.readFileSync(file);
  const breaks = data.filter((byte) => byte === 10).length;
  console.log(
    `report.txt: ${breaks} lines, ${data.length} bytes, fnv1a 0x${fnv1a(data).toString(16).padStart(8, '0')}`,
  );
  const total = amount(ranking.reduce((sum, [, cents]) => sum + cents, 0));
  console.log(
    JSON.stringify({ accepted: orders.length, rejected, total, customers: ranking.map(([name]) => name) }),
  );
}

if (isMainThread) await main();
else parentPort?.postMessage(primesBetween(workerData as Range));
