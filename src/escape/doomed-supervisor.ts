/** Started by doomed-order.ts, with its order as the only argument: one run of a probe that does not end. */
import { openNative, openWarder } from '#internal.ts';
import type { DoomedOrder } from './doomed-order.ts';
import { bindProbe, startProbe } from './probe-stage.ts';
import { combine } from './relaxations.ts';
import { baseRequest } from './target.ts';

const order = JSON.parse(process.argv[2] ?? '') as DoomedOrder;
const { target, cgroup, token, wallMs } = order;
/** How far it came, for the report of an attack that saw nothing of it. */
const say = (what: string): boolean => process.stderr.write(`${Math.round(performance.now())} ms: ${what}\n`);
say('opening');
const warder = await openWarder({ policies: [target.policy], cgroup }, process.env);
say('open');
await warder.execute(baseRequest(target, { limits: { wall: `${wallMs}ms` } }), {
  native: await openNative(order.nativePath),
  onStarted: () => say('the program runs'),
  transform: combine([bindProbe(order.stage), startProbe(['inline', 'stay', 'pause', token])]),
});
say('the run has ended');
await warder.close();
