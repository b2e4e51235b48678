import { defineConfig } from 'vitest/config';

/** The fast tests: Node and npm only, no engine; npm's registry is asked for what test/package.test.ts installs and npm's cache lacks. */
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.live.test.ts'],
    globalSetup: ['test/support/own-tmp.ts'],
    setupFiles: ['test/support/one-seed.ts'],
    // A bound for what hangs, not a measure: a page's example starts a dozen processes, and machines are shared.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    // One test file is mostly waiting for its own processes: vitest's own n - 1 leaves half of a small machine idle.
    maxWorkers: '100%',
    // Loading the sources anew for each of 180 files was a third of all work; a test file puts back what it changes of the process.
    isolate: false,
    env: { TZ: 'UTC', LANG: 'C', LC_ALL: '', LC_MESSAGES: '', NO_COLOR: '1' },
  },
});
