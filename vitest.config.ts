import { defineConfig } from 'vitest/config';

/** The fast tests: Node and npm only, no network, no engine. */
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.live.test.ts'],
    testTimeout: 30_000,
    // One test file is mostly waiting for its own processes: vitest's own n - 1 leaves half of a small machine idle.
    maxWorkers: '100%',
    env: { TZ: 'UTC', LANG: 'C', LC_ALL: '', LC_MESSAGES: '', NO_COLOR: '1' },
  },
});
