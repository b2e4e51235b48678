import { expect, test } from 'vitest';
import type { BuildPlan } from '../packages/rightarch/src/build/index.ts';
import { renderPlan } from '../packages/rightarch/src/report/index.ts';

const stage = { stage: 0, name: 'build', line: 1, platform: 'linux/arm64', engine: 'buildx' } as const;
const because = { kind: 'flag' } as const;
const plan = (platforms: BuildPlan['platforms']): BuildPlan => ({
  version: 1,
  image: 'app',
  context: '/src',
  dockerfile: '/src/Dockerfile',
  stage: null,
  engine: 'buildx',
  bases: [],
  platforms,
  diagnostics: [],
});

test('an emulated stage is shown with the line that decided and with what would be faster', () => {
  const runs = { kind: 'runs', line: 4, instruction: 'RUN npm ci' } as const;
  const stages = [{ ...stage, how: 'emulate', because: runs, faster: ['builder', 'rewrite'] }] as const;
  const emulated = plan([{ platform: 'linux/arm64', how: 'emulate', because, stages, steps: [] }]);
  const text = renderPlan({ language: 'en', width: 120, color: false }, emulated);
  expect(text).toContain('    linux/arm64  build  emulated  buildx  4: RUN npm ci\n');
  expect(text).toContain('    build  a builder with that CPU would run it natively\n');
  expect(text).toContain('`rightarch plan --rewrite`');
});

test('of what is native alone nothing more is said', () => {
  const own = { ...stage, how: 'native', because: { kind: 'own' } } as const;
  const native = plan([{ platform: 'linux/arm64', how: 'native', because, stages: [own, own], steps: [] }]);
  expect(renderPlan({ language: 'en', width: 120, color: false }, native)).not.toContain('stages');
});
