import { defineConfig } from 'vitest/config';

const conditions = ['warder-source', 'node', 'import', 'module', 'default'];
const source = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };

/** Real sandboxes: one file at a time. A minute is generous on hardware, and three under emulation (test/helpers/slowness.ts). */
const slowness = Math.min(3, Number(process.env['WARDER_TEST_SLOWNESS'] ?? 1) || 1);
const serial = { fileParallelism: false, testTimeout: 60_000 * slowness, hookTimeout: 60_000 * slowness };

/**
 * What a host variant answers; scripts/test-vm sets WARDER_VM in the machine that is one. The doctor takes two minutes under
 * emulation, so where the main variants run their core (WARDER_CONFORMANCE) it is left to the broken ones.
 */
const variant = process.env['WARDER_VM'];
const isCore = process.env['WARDER_CONFORMANCE'] === 'core' && ['user', 'root'].includes(variant ?? '');
const answers = [`test/vm/${variant}.test.ts`, ...(isCore ? [] : ['test/vm/doctor.test.ts'])];
const vm = variant ? [{ ...source, test: { name: 'vm', include: answers, ...serial } }] : [];

export default defineConfig({
  test: {
    // Trees that the machine's owner built would change what `rootfs: auto` is; tests of trees have stores of their own.
    env: { WARDER_ROOTFS_STORE: '/proc/no-store-of-trees' },
    projects: [
      // Property tests take seconds, several times that on a loaded machine.
      { ...source, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      { ...source, test: { name: 'golden', include: ['test/golden/**/*.test.ts'] } },
      { ...source, test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], ...serial } },
      { ...source, test: { name: 'host', include: ['test/host/**/*.test.ts'], ...serial } },
      // Minutes: only where every step is asked for.
      { ...source, test: { name: 'mutants', include: ['test/mutants/**/*.test.ts'], ...serial } },
      { ...source, test: { name: 'languages', include: ['test/languages/**/*.test.ts'], ...serial } },
      ...vm,
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        'src/policy/**': { branches: 100 },
        'src/plan/**': { branches: 100 },
        'src/supervise/classify.ts': { branches: 100 },
      },
    },
  },
});
