// node examples/stream.mjs          (as root, after scripts/build)
import { createWarder } from 'warder';

const warder = await createWarder();
try {
  const child = await warder.spawn(['tr', 'a-z', 'A-Z'], { limits: { wall: '10s' } });
  child.stdin.write('hello\n');
  child.stdin.end('world\n');
  for await (const chunk of child.stdout) process.stdout.write(chunk);
  const { outcome } = await child.result;
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
} finally {
  await warder.close();
}
