import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**', '.toolchain/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['test/property-seed.ts'],
          include: [
            'packages/*/src/**/*.test.ts',
            'test/architecture/**/*.test.ts',
            'test/bench/*.test.ts',
            'test/demo/**/*.test.ts',
            'test/fidelity/**/*.test.ts',
            'test/advisories/**/*.test.ts',
          ],
          exclude,
          // Many start real servers: on a busy machine that takes as long as it takes.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          maxWorkers: 2,
        },
      },
      {
        // One control plane serves every file of this project: each test works in a namespace of its own.
        test: {
          name: 'integration',
          include: [
            'packages/*/test/**/*.test.ts',
            'test/integration/**/*.test.ts',
            'test/faults/**/*.test.ts',
            'test/bench/test/**/*.test.ts',
            'examples/**/*.test.ts',
          ],
          exclude: [...exclude, 'test/integration/flux/**'],
          globalSetup: ['test/integration/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        // Flux's own programs beside ours (`make flux`): they wait by the clock, and so do these tests.
        test: {
          name: 'flux',
          include: ['test/integration/flux/**/*.test.ts'],
          exclude,
          globalSetup: ['test/integration/flux/global-setup.ts'],
          testTimeout: 480_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
