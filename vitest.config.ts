import { defineConfig } from 'vitest/config';

/** The fast tests: Node and npm only, no network, no engine. */
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.live.test.ts'],
    testTimeout: 30_000,
    env: { TZ: 'UTC', LANG: 'C', LC_ALL: '', LC_MESSAGES: '', NO_COLOR: '1' },
  },
});
