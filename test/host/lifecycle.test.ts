/** Nothing outlives a run, whoever dies first; nothing leaks over many. */
import { spawn } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createWarder, isWarderError, type RunResult } from '#index.ts';
import { type Place, places } from '../helpers/places.ts';
import {
  eventually,
  holdingsOf,
  leafDirectories,
  openDescriptors,
  sandboxed,
  sandboxProcesses,
} from '../helpers/sandbox.ts';

/** Entries of /tmp that are named after warder or belong to a uid of ours; others work on this host too. */
function ourTemporaryFiles(): string[] {
  const { uids } = holdingsOf();
  return readdirSync(tmpdir()).filter((name) => {
    const { uid } = lstatSync(join(tmpdir(), name), { throwIfNoEntry: false }) ?? { uid: -1 };
    return uids.has(uid) || name.startsWith('warder');
  });
}

const rssMiB = (): number => process.memoryUsage.rss() / 1024 ** 2;

function suite({ engine }: Place): void {
  test('a supervisor that is killed leaves no process; the next one leaves no cgroup', async () => {
    const script = fileURLToPath(new URL('../fixtures/long-run.mjs', import.meta.url));
    const supervisor = spawn(process.execPath, [script, engine], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve) => supervisor.stdout.once('data', () => resolve()));
    const held = holdingsOf(supervisor.pid);
    expect(sandboxProcesses(held).length).toBeGreaterThan(4);
    expect((await leafDirectories(held)).length).toBeGreaterThan(0);
    supervisor.kill('SIGKILL');
    expect(await eventually(() => sandboxProcesses(held).length === 0, 2000)).toBe(true);
    const next = await createWarder({ engine });
    expect(await leafDirectories(held)).toEqual([]);
    await next.close();
  });

  test('two supervisors side by side do not touch each other', async () => {
    const [one, two] = await Promise.all([createWarder({ engine }), createWarder({ engine })]);
    const sleeping = one.run({ argv: ['bash', '-c', 'sleep 1; echo one'] });
    const results = await Promise.all(Array.from({ length: 8 }, () => two.run({ argv: ['id', '-u'] })));
    expect(results.every(({ ok }) => ok)).toBe(true);
    await two.close();
    const third = await createWarder({ engine });
    await third.close();
    expect((await sleeping).stdout.data).toBe('one\n');
    await one.close();
  });

  test('concurrent runs have host uids of their own', async () => {
    const warder = await createWarder({ engine, concurrency: 4 });
    const runs = Array.from({ length: 4 }, () => warder.run({ argv: ['sleep', '1'] }));
    const uids = new Set<number>();
    await eventually(async () => {
      const { statSync } = await import('node:fs');
      for (const pid of sandboxProcesses()) {
        try {
          const { uid } = statSync(`/proc/${pid}`);
          if (uid !== 0) uids.add(uid);
        } catch {}
      }
      return uids.size === 4;
    }, 900);
    await Promise.all(runs);
    await warder.close();
    expect(uids.size).toBe(4);
    expect(uids.has(0)).toBe(false);
  });

  test('200 runs at concurrency 8 leak nothing', async () => {
    const warder = await createWarder({ engine, concurrency: 8 });
    const many = (count: number): Promise<RunResult[]> =>
      Promise.all(
        Array.from({ length: count }, (_, i) =>
          warder.run({ argv: ['bash', '-c', `echo ${i}; (sleep 50 &) ; exit ${i % 256}`] }),
        ),
      );
    await many(16);
    const [descriptors, temporary, rss] = [openDescriptors(), ourTemporaryFiles(), rssMiB()];
    const results = await many(200);
    results.forEach(({ outcome, stdout }, i) => {
      expect(outcome).toEqual({ kind: 'exited', exitCode: i % 256 });
      expect(stdout.data).toBe(`${i}\n`);
    });
    expect(sandboxProcesses()).toEqual([]);
    expect(await leafDirectories()).toEqual([]);
    expect(openDescriptors()).toBeLessThanOrEqual(descriptors);
    expect(ourTemporaryFiles()).toEqual(temporary);
    expect(rssMiB() - rss).toBeLessThan(64);
    await warder.close();
  });

  test('a flood of 2 GB grows the supervisor by less than 32 MB', async () => {
    const warder = await createWarder({ engine });
    await warder.run({
      argv: ['head', '-c', '50M', '/dev/zero'],
      limits: { stdout: { size: '1MiB', onExceed: 'truncate' } },
    });
    const before = rssMiB();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, rssMiB());
    }, 5);
    const result = await warder.run({
      argv: ['head', '-c', '2G', '/dev/zero'],
      limits: { stdout: { size: '1MiB', onExceed: 'truncate' } },
    });
    clearInterval(timer);
    await warder.close();
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(result.stdout.bytes).toBe(1024 ** 2);
    expect(peak - before).toBeLessThan(32);
  });

  test('close ends what runs and refuses what waits or comes', async () => {
    const warder = await createWarder({ engine, concurrency: 1 });
    const running = warder.run({ argv: ['sleep', '60'] });
    const waiting = warder.run({ argv: ['true'] }).catch((error: unknown) => error);
    await eventually(() => sandboxProcesses().length > 2);
    const held = holdingsOf();
    await warder.close();
    expect((await running).outcome).toEqual({ kind: 'canceled' });
    const refused = await waiting;
    expect(isWarderError(refused) && refused.code).toBe('SUPERVISE_CLOSED');
    await expect(warder.run({ argv: ['true'] })).rejects.toMatchObject({ code: 'SUPERVISE_CLOSED' });
    expect(sandboxProcesses(held)).toEqual([]);
    expect(await leafDirectories(held)).toEqual([]);
  });

  test('the waiting line is bounded, and fair', async () => {
    const warder = await createWarder({ engine, concurrency: 1, maxQueued: 2 });
    const order: number[] = [];
    const runs = [0, 1, 2].map((i) => warder.run({ argv: ['true'] }).then(() => order.push(i)));
    await expect(warder.run({ argv: ['true'] })).rejects.toMatchObject({ code: 'SUPERVISE_QUEUE_FULL' });
    await Promise.all(runs);
    expect(order).toEqual([0, 1, 2]);
    await warder.close();
  });
}

for (const place of places) {
  sandboxed(`lifecycle on ${place.name}`, () => place.gate('suite', () => suite(place)));
}
