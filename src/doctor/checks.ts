/** Every check, in the order in which people are shown them. */
import { CGROUP_CHECKS } from './check-cgroups.ts';
import { HARDENING_CHECKS } from './check-hardening.ts';
import { INSTALLATION_CHECKS } from './check-installation.ts';
import { KERNEL_CHECKS } from './check-kernel.ts';
import { BUBBLEWRAP_CHECKS, NSJAIL_CHECKS } from './check-launchers.ts';
import { NAMESPACE_CHECKS } from './check-namespaces.ts';
import { RESOURCE_CHECKS } from './check-resources.ts';
import type { Check, CheckResult, DoctorFacts } from './types.ts';

export const CHECKS: readonly Check[] = [
  ...INSTALLATION_CHECKS,
  ...KERNEL_CHECKS,
  ...NAMESPACE_CHECKS,
  ...CGROUP_CHECKS,
  ...BUBBLEWRAP_CHECKS,
  ...NSJAIL_CHECKS,
  ...HARDENING_CHECKS,
  ...RESOURCE_CHECKS,
];

export function judgeAll(facts: DoctorFacts): readonly CheckResult[] {
  return CHECKS.map(({ judge, ...check }) => {
    const { state, found, fix, code } = judge(facts);
    return { ...check, state, found, fix: fix ?? null, code: code ?? null, ms: null };
  });
}
