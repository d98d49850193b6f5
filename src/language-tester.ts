import type { EngineName } from '#engines/choose.ts';
import type { RunRequest } from '#plan/request-schema.ts';
import { RunQueue } from '#supervise/queue.ts';
import type { LanguageTester } from './language-check.ts';
import { LanguageProbes } from './language-probe.ts';
import { executeRun, type RunContext } from './run.ts';

/** As many as may wait for each other's findings; they are few, and each run that asks waits for one. */
const MAX_QUEUED = 10_000;

/**
 * Runs first programs with what an instance has, under the policy `strict`, which is what they are promised for. In a
 * line of their own, since a run that waits for a finding has a place in the instance's already; never from the cache.
 */
export function languageTester(
  context: Omit<RunContext, 'queue' | 'probes' | 'cache'>,
  { engine, signal }: { readonly engine: 'auto' | EngineName; readonly signal?: AbortSignal },
): LanguageTester {
  const own: RunContext = {
    ...context,
    queue: new RunQueue({ concurrency: 1, maxQueued: MAX_QUEUED }),
    probes: new LanguageProbes(null),
    cache: null,
  };
  const options = { defaultPolicy: 'strict', policies: null, defaultEngine: engine };
  return {
    context: own,
    prepare: (request: RunRequest) => own.preparer.prepare(request, options),
    execute: (request: RunRequest) => executeRun(own, request, { ...options, ...(signal ? { signal } : {}) }),
  };
}
