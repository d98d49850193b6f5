// node examples/library.mjs          (as root, after scripts/build)
import { createWarder } from 'warder';

const PROGRAMS = {
  'a sum': 'print(sum(range(10)))',
  'a failure': 'import sys; sys.exit("no")',
  'an endless loop': 'while True: pass',
};

const warder = await createWarder({ policy: 'strict' });
try {
  const names = Object.keys(PROGRAMS);
  const results = await Promise.all(
    names.map((name) => warder.run({ language: 'python', code: PROGRAMS[name], limits: { wall: '1s' } })),
  );
  for (const [i, { outcome, usage, stdout }] of results.entries()) {
    const facts = [JSON.stringify(outcome), `${usage.wallMs?.toFixed()} ms`, JSON.stringify(stdout.data)];
    process.stdout.write(`${names[i]}: ${facts.join(', ')}\n`);
  }
} finally {
  await warder.close();
}
