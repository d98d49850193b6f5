import { defineConfig } from 'vitest/config';

const platform = ['node', 'import', 'module', 'default'];
const modules = (...conditions: string[]) => ({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
});
const source = modules('warder-source', ...platform);

/** Real sandboxes: one file at a time. A minute is generous on hardware, and three under emulation (test/helpers/slowness.ts). */
const slowness = Math.min(3, Number(process.env['WARDER_TEST_SLOWNESS'] ?? 1) || 1);
const serial = { fileParallelism: false, testTimeout: 60_000 * slowness, hookTimeout: 60_000 * slowness };

/**
 * In scripts/test-vm, which sets WARDER_VM, the tests import what scripts/build made, and Node itself loads it: to transform
 * the sources takes a minute for each variant under emulation.
 */
const isGuest = process.env['WARDER_VM'] !== undefined;
const tested = isGuest ? modules(...platform) : source;
const server = isGuest ? { server: { deps: { external: [/\/dist\//] } } } : {};
const project = (name: string, include: string[]) => ({
  ...tested,
  test: { name, include, ...server, ...serial },
});
/** All files of a variant in one project, since each project has a process and modules of its own. */
const vm = isGuest ? [project('vm', (process.env['WARDER_VM_TESTS'] ?? '').split(' '))] : [];

export default defineConfig({
  test: {
    // Trees that the machine's owner built would change what `rootfs: auto` is; tests of trees have stores of their own.
    env: { WARDER_ROOTFS_STORE: '/proc/no-store-of-trees' },
    projects: [
      // Property tests take seconds, several times that on a loaded machine.
      { ...source, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      { ...source, test: { name: 'golden', include: ['test/golden/**/*.test.ts'], testTimeout: 60_000 } },
      project('conformance', ['test/conformance/**/*.test.ts']),
      project('host', ['test/host/**/*.test.ts']),
      // Minutes: only where every step is asked for.
      { ...source, test: { name: 'mutants', include: ['test/mutants/**/*.test.ts'], ...serial } },
      {
        ...source,
        test: {
          name: 'languages',
          include: ['test/languages/**/*.test.ts'],
          globalSetup: 'test/languages/tree-store.ts',
          ...serial,
        },
      },
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
