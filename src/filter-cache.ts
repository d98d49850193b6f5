import { WarderError } from '#error/warder-error.ts';
import type { LoadedPolicy } from '#policy/assemble.ts';
import { loadSeccompProfile } from '#policy/seccomp-profile.ts';
import type { ResolvedPolicy } from '#policy/types.ts';
import { type BuiltFilter, buildFilter } from '#seccomp/build-filter.ts';
import type { Arch } from '#seccomp/ir.ts';
import type { SeccompProfile } from '#seccomp/profile.ts';

/** What a filter is decided from. */
export interface FilterWish {
  readonly loaded: LoadedPolicy;
  readonly policy: ResolvedPolicy;
  readonly languageId: string | undefined;
  /** As `process.arch` has it. */
  readonly nodeArch: string;
}

/** Compiled filters of one instance, and the profiles that no policy brought along. */
export class FilterCache {
  readonly #profiles = new Map<string, Promise<SeccompProfile>>();
  readonly #filters = new Map<string, BuiltFilter>();

  /** @throws WarderError SECCOMP_INVALID, HOST_ARCH_UNSUPPORTED */
  async find({ loaded, policy, languageId, nodeArch }: FilterWish): Promise<BuiltFilter> {
    const { profile: name, ...rules } = policy.seccomp;
    const profile = loaded.profiles.get(name) ?? (await this.#profile(name));
    const request = {
      arch: toArch(nodeArch),
      ...rules,
      language: languageId,
      network: policy.network.mode,
      writtenFiles: policy.execution.writtenFiles,
    };
    const key = JSON.stringify([name, profile.sha256, request]);
    const filter = this.#filters.get(key) ?? buildFilter({ ...request, profile });
    this.#filters.set(key, filter);
    return filter;
  }

  /** A profile that the policy itself does not name, so `--set` has: like policies, it is read once. */
  async #profile(name: string): Promise<SeccompProfile> {
    const loading = this.#profiles.get(name) ?? loadSeccompProfile(name);
    this.#profiles.set(name, loading);
    return loading.catch((error: unknown) => {
      this.#profiles.delete(name);
      throw error;
    });
  }
}

function toArch(nodeArch: string): Arch {
  if (nodeArch === 'x64') return 'x86_64';
  throw new WarderError('HOST_ARCH_UNSUPPORTED', `warder does not support ${nodeArch} yet`, {
    details: { arch: nodeArch },
  });
}
