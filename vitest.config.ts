import { defineConfig } from 'vitest/config';

const conditions = ['warder-source', 'node', 'import', 'module', 'default'];
const source = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };

export default defineConfig({
  test: {
    // Trees that the machine's owner built would change what `rootfs: auto` is; tests of trees have stores of their own.
    env: { WARDER_ROOTFS_STORE: '/proc/no-store-of-trees' },
    projects: [
      { ...source, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { ...source, test: { name: 'golden', include: ['test/golden/**/*.test.ts'] } },
      {
        ...source,
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...source,
        test: {
          name: 'host',
          include: ['test/host/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
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
