import type { Arch } from './ir.ts';
import type { OciFilter, OciRule } from './oci-types.ts';

/** The names that Go and libseccomp have for an architecture; profiles use both. */
const ARCH_NAMES: { readonly [A in Arch]: readonly string[] } = {
  x86_64: ['amd64', 'x86_64', 'SCMP_ARCH_X86_64'],
  aarch64: ['arm64', 'aarch64', 'SCMP_ARCH_AARCH64'],
};

/**
 * The oldest kernel that is supported: filters with notification and pidfds begin there. A rule for newer kernels is
 * left out, which denies: a profile must not mean something else on another host.
 */
const KERNEL = [5, 10] as const;

/** Why a rule does not apply on an architecture; `undefined` when it does. */
export function rejectedBy({ includes, excludes }: OciRule, arch: Arch): string | undefined {
  const needs = includes ?? {};
  const avoids = excludes ?? {};
  if (needs.arches && needs.arches.length > 0 && !hasArch(needs, arch))
    return `it is for ${needs.arches.join(', ')}`;
  if (hasArch(avoids, arch)) return `it excludes ${arch}`;
  const caps = needs.caps ?? [];
  if (caps.length > 0) return `it needs ${caps.join(', ')}, and the program has no capabilities`;
  if (needs.minKernel && !kernelAtLeast(needs.minKernel))
    return `it needs Linux ${needs.minKernel}, and ${KERNEL.join('.')} is supported as well`;
  if (avoids.minKernel && kernelAtLeast(avoids.minKernel)) return `it excludes Linux ${avoids.minKernel}`;
  return undefined;
}

function hasArch({ arches }: OciFilter, arch: Arch): boolean {
  return (arches ?? []).some((name) => ARCH_NAMES[arch].includes(name));
}

function kernelAtLeast(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return KERNEL[0] > major || (KERNEL[0] === major && KERNEL[1] >= minor);
}
