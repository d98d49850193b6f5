import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputPipe } from '#launch/output-pipe.ts';

/** Two ends of a real connection: what one writes, the other reads. */
export async function socketPair(): Promise<{ ours: Socket; theirs: Socket }> {
  const { server, path, accepted, done } = await listen();
  const theirs = connect(path);
  const ours = await accepted;
  server.close();
  await done();
  return { ours, theirs };
}

/** As `socketPair`, with our end as the supervisor reads a program's output. */
export async function pipePair(): Promise<{ ours: OutputPipe; theirs: Socket }> {
  const { server, path, accepted, done } = await listen();
  const ours = new OutputPipe((onread) => connect({ path, onread }));
  const theirs = await accepted;
  server.close();
  await done();
  return { ours, theirs };
}

async function listen() {
  const directory = await mkdtemp(join(tmpdir(), 'warder-test-'));
  const path = join(directory, 'socket');
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  const accepted = new Promise<Socket>((resolve) => {
    server.once('connection', resolve);
  });
  return { server, path, accepted, done: () => rm(directory, { recursive: true }) };
}

/** Everything that comes until end of file. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
