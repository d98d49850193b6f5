import { Writable } from 'node:stream';
import { pino } from 'pino';
import { bubblewrap } from '#engines/bubblewrap/engine.ts';
import { LanguageProbes } from '#language-probe.ts';
import { Preparer } from '#prepare.ts';
import type { RunContext } from '#run.ts';
import type { HostRuntime } from '#runtime.ts';
import { RunQueue } from '#supervise/queue.ts';
import { hostFacts } from './plan/fixtures.ts';

/** An instance that can do everything but start a sandbox: nothing of the host is held. */
export function contextWithoutHost() {
  const events: Record<string, unknown>[] = [];
  const sink = new Writable({
    write: (line, _, done) => {
      events.push(JSON.parse(String(line)));
      done();
    },
  });
  const closed: string[] = [];
  const facts = hostFacts({
    engines: {
      ...hostFacts().engines,
      bubblewrap: {
        found: true,
        path: '/usr/bin/bwrap',
        version: '0.8.0',
        options: bubblewrap.requiredOptions,
      },
    },
  });
  const runtime: Pick<HostRuntime, 'facts' | 'close'> = {
    facts,
    close: async () => {
      closed.push('runtime');
    },
  };
  const context: RunContext = {
    runtime: runtime as HostRuntime,
    preparer: new Preparer(facts),
    queue: new RunQueue({ concurrency: 1, maxQueued: 1 }),
    probes: new LanguageProbes(null),
    cache: null,
    logger: pino({ level: 'info' }, sink),
    setupTimeoutMs: 1000,
  };
  return { context, events, closed };
}
