/** A policy with what no compile phase gets: a writable directory of the host, a network, a filter that refuses little. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openWarder, type Prepared } from '#internal.ts';

const OPEN_PROFILE = fileURLToPath(new URL('../../fixtures/policies/open-profile.yaml', import.meta.url));

export interface GenerousPolicy {
  /** Path of the file. */
  readonly policy: string;
  /** What a run has under it. */
  readonly run: Prepared;
  readonly close: () => Promise<void>;
}

export async function openGenerousPolicy(engine: 'bubblewrap' | 'nsjail'): Promise<GenerousPolicy> {
  const directory = await mkdtemp(join(tmpdir(), 'warder-generous-'));
  const policy = join(directory, 'generous.yaml');
  const mount = { type: 'bind', source: directory, target: '/granted', readOnly: false };
  const body = {
    version: 1,
    name: 'generous',
    extends: ['strict'],
    network: { mode: 'loopback' },
    filesystem: { mounts: [mount] },
    seccomp: { profile: OPEN_PROFILE },
  };
  await chmod(directory, 0o755);
  // JSON is YAML.
  await writeFile(policy, JSON.stringify(body));
  const close = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const warder = await openWarder({ policies: [policy] }, process.env);
  try {
    return { policy, run: await warder.prepare({ policy, engine, argv: ['sh'] }, {}), close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    await warder.close();
  }
}
