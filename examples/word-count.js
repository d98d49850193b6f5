// warder run examples/word-count.js < README.md
const { readFileSync } = require('node:fs');

const counts = new Map();
for (const [word] of readFileSync(0, 'utf8')
  .toLowerCase()
  .matchAll(/[a-z]+/g)) {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}
const top = [...counts].sort(([, a], [, b]) => b - a).slice(0, 5);
for (const [word, count] of top) process.stdout.write(`${String(count).padStart(6)}  ${word}\n`);
