import type { Arch } from './ir.ts';
import type { OciFilter, OciRule } from './oci-types.ts';

/** The names that Go and libseccomp have for an architecture; profiles use both. */
const ARCH_NAMES: { readonly [A in Arch]: readonly string[] } = {
  x86_64: ['amd64', 'x86_64', 'SCMP_ARCH_X86_64'],
  aarch64: ['arm64', 'aarch64', 'SCMP_ARCH_AARCH64'],
};

/** The oldest kernel that is supported: filters with notification and pidfds begin there. */
const KERNEL = [5, 10] as const;

/**
 * Why a rule does not apply on an architecture; `undefined` when it does.
 *
 * A profile must not mean something else on another host. So a rule that allows counts only if it holds on every
 * supported kernel, and a rule that refuses counts if it holds on any of them: either way the stricter reading stays.
 */
export function rejectedBy(rule: OciRule, arch: Arch): string | undefined {
  const needs = rule.includes ?? {};
  const avoids = rule.excludes ?? {};
  if (needs.arches && needs.arches.length > 0 && !hasArch(needs, arch))
    return `it is for ${needs.arches.join(', ')}`;
  if (hasArch(avoids, arch)) return `it excludes ${arch}`;
  const caps = needs.caps ?? [];
  if (caps.length > 0) return `it needs ${caps.join(', ')}, and the program has no capabilities`;
  return allowsCalls(rule) ? unsureOfKernel(needs, avoids) : neverOnKernel(avoids);
}

/** What makes a rule that refuses count on more kernels than it names; `undefined` for every other rule. */
export function widenedTo(rule: OciRule): string | undefined {
  if (allowsCalls(rule)) return undefined;
  const { minKernel: from } = rule.includes ?? {};
  const { minKernel: until } = rule.excludes ?? {};
  const widened = (from && !kernelAtLeast(from)) || (until && !kernelAtLeast(until));
  return widened ? 'the rule refuses, so it counts on every kernel' : undefined;
}

function allowsCalls({ action }: OciRule): boolean {
  return action === 'SCMP_ACT_ALLOW' || action === 'SCMP_ACT_LOG';
}

function unsureOfKernel(needs: OciFilter, avoids: OciFilter): string | undefined {
  if (needs.minKernel && !kernelAtLeast(needs.minKernel))
    return `it needs Linux ${needs.minKernel}, and ${KERNEL.join('.')} is supported as well`;
  // Whatever the number is, there is a kernel that is newer.
  return avoids.minKernel ? `it excludes Linux ${avoids.minKernel} and newer` : undefined;
}

function neverOnKernel({ minKernel }: OciFilter): string | undefined {
  return minKernel && kernelAtLeast(minKernel) ? `it excludes Linux ${minKernel} and newer` : undefined;
}

function hasArch({ arches }: OciFilter, arch: Arch): boolean {
  return (arches ?? []).some((name) => ARCH_NAMES[arch].includes(name));
}

function kernelAtLeast(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return KERNEL[0] > major || (KERNEL[0] === major && KERNEL[1] >= minor);
}
