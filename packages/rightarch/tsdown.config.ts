import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'testing/index': 'src/testing/index.ts',
    'cli/main': 'src/cli/main.ts',
    'cli/docker': 'src/cli/docker/main.ts',
    // A thread of its own, started by path: `scan/layer-pool.ts` looks for it there.
    'scan/layer-worker': 'src/scan/layer-worker.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: true,
  fixedExtension: false,
  sourcemap: false,
  // No module of ours does anything by being loaded: a command loads what it uses, not the rooms that stand around it.
  treeshake: { moduleSideEffects: false },
  clean: true,
  // `rightarch explain` reads the pages of the findings from beside its code.
  copy: [{ from: '../../docs/codes', to: 'dist' }],
});
