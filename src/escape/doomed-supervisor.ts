/** Started by doomed-order.ts, with its order as the only argument: one run of a probe that does not end. */
import { openNative, openWarder } from '#internal.ts';
import type { DoomedOrder } from './doomed-order.ts';
import { errorText } from './error-text.ts';
import { bindProbe, startProbe } from './probe-stage.ts';
import { combine } from './relaxations.ts';
import { withRoom } from './room.ts';
import { baseRequest } from './target.ts';

/** How far it came, for the report of an attack that saw nothing of it. */
function say(what: string): void {
  process.stderr.write(`${Math.round(performance.now())} ms: ${what}\n`);
}

async function runAsOrdered({ target, facts, cgroup, ...order }: DoomedOrder): Promise<void> {
  say('opening');
  const warder = await openWarder({ policies: [target.policy], cgroup }, process.env);
  say('open');
  const { request, transform } = withRoom(facts, baseRequest(target));
  const probe = startProbe(['inline', 'stay', 'pause', order.token]);
  await warder.execute(request, {
    native: await openNative(order.nativePath),
    transform: combine([transform, bindProbe(order.stage), probe]),
    onStarted: () => say('the program runs'),
  });
  say('the run has ended');
  await warder.close();
}

try {
  await runAsOrdered(JSON.parse(process.argv[2] ?? '') as DoomedOrder);
} catch (error) {
  say(errorText(error));
}
