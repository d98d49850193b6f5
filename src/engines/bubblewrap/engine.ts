import type { Engine } from '#engines/engine.ts';
import { REQUIRED_OPTIONS, renderBubblewrap } from './argv.ts';
import { diagnoseBubblewrap } from './diagnose.ts';

export const bubblewrap: Engine = {
  // 0.8 to 0.12: a tmpfs takes a size and a mode, nothing else.
  capabilities: { name: 'bubblewrap', tmpfsInodes: false, recursiveBindFlags: true },
  requiredOptions: REQUIRED_OPTIONS,
  render: renderBubblewrap,
  diagnose: diagnoseBubblewrap,
};
