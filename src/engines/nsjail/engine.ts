import type { Engine } from '#engines/engine.ts';
import { REQUIRED_OPTIONS, renderNsjail } from './config.ts';
import { diagnoseNsjail } from './diagnose.ts';

export const nsjail: Engine = {
  capabilities: { name: 'nsjail', tmpfsInodes: true, recursiveBindFlags: false },
  requiredOptions: REQUIRED_OPTIONS,
  render: renderNsjail,
  diagnose: diagnoseNsjail,
};
