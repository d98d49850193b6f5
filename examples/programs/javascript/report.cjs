// Reads orders from standard input and prints a report: regular expressions, Unicode, big integers, threads, files, JSON.
const fs = require('node:fs');
const path = require('node:path');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

const LINE = /^([0-9]+);([^;]+);([0-9]+);([0-9]+)\.([0-9]{2});(.*)$/u;

/** An order, or undefined for a line that is none. */
function parse(line) {
  const found = LINE.exec(line);
  if (found === null) return undefined;
  const [, number, customer, quantity, units, cents, note] = found;
  const price = Number(units) * 100 + Number(cents);
  return { number: Number(number), customer, cents: Number(quantity) * price, note };
}

function amount(cents) {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** In code points, which is what people take for characters more often than UTF-16 units. */
function lengthOf(text) {
  return [...text].length;
}

function pad(text, width) {
  return text + ' '.repeat(Math.max(0, width - lengthOf(text)));
}

function totalsOf(orders) {
  const totals = new Map();
  for (const { customer, cents } of orders) totals.set(customer, (totals.get(customer) ?? 0) + cents);
  return [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function factorial(number) {
  let result = 1n;
  for (let factor = 2n; factor <= number; factor += 1n) result *= factor;
  return result;
}

function fibonacci(number) {
  let [previous, current] = [0n, 1n];
  for (let index = 0; index < number; index += 1) [previous, current] = [current, previous + current];
  return previous;
}

function isPrime(number) {
  if (number < 2) return false;
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) return false;
  }
  return true;
}

function primesBetween({ from, to }) {
  let [count, sum] = [0, 0];
  for (let number = from; number < to; number += 1) {
    if (!isPrime(number)) continue;
    count += 1;
    sum += number;
  }
  return { count, sum };
}

async function countPrimes(limit, workers) {
  const step = limit / workers;
  const parts = Array.from({ length: workers }, (_, index) => {
    const part = { from: index * step, to: (index + 1) * step };
    const worker = new Worker(__filename, { workerData: part });
    return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  });
  const results = await Promise.all(parts);
  return results.reduce((all, part) => ({ count: all.count + part.count, sum: all.sum + part.sum }));
}

function fnv1a(data) {
  let value = 0x811c9dc5;
  for (const byte of data) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

async function main() {
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

if (isMainThread) main();
else parentPort.postMessage(primesBetween(workerData));
