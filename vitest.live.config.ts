import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** The live tests: real registries, engines, kernels and emulators, which `.ci/run` installs and starts. */
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.live.test.ts', 'test/**/*.live.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    // Of tests that say so: an emulated machine keeps one core busy, and what a case does to it nobody else sees.
    maxConcurrency: availableParallelism(),
    passWithNoTests: false,
  },
});
