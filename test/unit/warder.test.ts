import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { LanguageFindings } from '#language-findings.ts';
import { LANGUAGES } from '#languages/registry.ts';
import { createWarder, WarderInstance } from '#warder.ts';
import { contextWithoutHost } from './instance.ts';

function instance() {
  const fake = contextWithoutHost();
  const defaults = { defaultPolicy: 'strict', policies: null, defaultEngine: 'auto' } as const;
  const known = { languages: LANGUAGES, findings: new LanguageFindings({}) };
  const warder = new WarderInstance(fake.context, defaults, known);
  return { ...fake, warder };
}

test('wrong options are refused before anything of the host is touched', async () => {
  const options = { concurency: 2 } as object;
  await expect(createWarder(options)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

describe('a run', () => {
  test('that is malformed is refused, with every problem', async () => {
    const { warder } = instance();
    await expect(warder.run({ argv: [''], cwd: '' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  test('whose signal has fired is cancelled, with a stream as stdin too', async () => {
    const { warder } = instance();
    const result = await warder.run({
      argv: ['cat'],
      stdin: Readable.from(['a']),
      signal: AbortSignal.abort(),
    });
    expect(result.outcome).toEqual({ kind: 'canceled' });
  });

  test('that has ended leaves no listener on its caller’s signal', async () => {
    const { warder, context } = instance();
    await context.queue.enter();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    const running = warder.run({ argv: ['true'], signal });
    await warder.close();
    await running.catch(() => undefined);
    expect(listeners).toBe(0);
  });

  test('can be planned without being run', async () => {
    const { warder } = instance();
    const { program } = await warder.prepare({ argv: ['ls'] }, {});
    expect(program.spec.argv).toEqual(['ls']);
    expect(() => warder.prepare({}, {})).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });
});

describe('closing', () => {
  test('ends who waits, gives back what is held, once', async () => {
    const { warder, context, closed } = instance();
    await context.queue.enter();
    const running = warder.run({ argv: ['true'] });
    const ended = expect(running).rejects.toMatchObject({ code: 'SUPERVISE_CLOSED' });
    await Promise.all([warder.close(), warder.close(), warder[Symbol.asyncDispose]()]);
    await ended;
    expect(closed).toEqual(['runtime']);
  });

  test('refuses who comes later', async () => {
    const { warder } = instance();
    await warder.close();
    await expect(warder.run({ argv: ['true'] })).rejects.toMatchObject({ code: 'SUPERVISE_CLOSED' });
  });
});
