/** What checks answer with, in few words. */
import type { CheckState, DoctorFacts, Finding, Fix } from './types.ts';

export function ok(found: string): Finding {
  return { state: 'ok', found };
}

export function warning(found: string, fix?: Fix): Finding {
  return { state: 'warning', found, ...(fix ? { fix } : {}) };
}

export function failed(found: string, fix?: Fix): Finding {
  return { state: 'failed', found, ...(fix ? { fix } : {}) };
}

export function skipped(found: string): Finding {
  return { state: 'skipped', found };
}

/** How bad it is that a control cannot be held: what the policy asks for and does not let be is what runs are refused for. */
export function severity({ policy }: Pick<DoctorFacts, 'policy'>, control: Gauged): CheckState {
  if (!isWanted(policy, control)) return isOptional(control) ? 'skipped' : 'warning';
  return policy.allowDegraded.includes(control) ? 'warning' : 'failed';
}

/** Nobody limits them by default, so that most hosts do not hand their controllers out and need not. */
function isOptional(control: Gauged): boolean {
  return control === 'cpuset' || control === 'io';
}

/** Controls of which the doctor knows what they need of the host. */
export type Gauged = 'memory' | 'swap' | 'pids' | 'cpu' | 'cpuTime' | 'cpuset' | 'io' | 'writtenFiles';

function isWanted({ limits, execution }: DoctorFacts['policy'], control: Gauged): boolean {
  switch (control) {
    case 'memory':
      return limits.memoryBytes !== null;
    case 'swap':
      return limits.swapBytes !== null;
    case 'pids':
      return limits.pids !== null;
    case 'cpu':
      return limits.cpuCores !== null;
    case 'cpuTime':
      return limits.cpuTimeMs !== null;
    case 'cpuset':
      return limits.cpuset !== undefined;
    case 'io':
      return limits.io !== undefined;
    case 'writtenFiles':
      return execution.writtenFiles === 'deny';
  }
}
