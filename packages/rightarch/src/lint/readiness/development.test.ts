import { expect, test } from 'vitest';
import { parsePlatform } from '../../core/index.ts';
import { checkRepository } from '../check.ts';

/** pnpm 9, in the form that it writes: of no package it says that it is for development. */
const lock = (section: 'dependencies' | 'devDependencies') => `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a:
        specifier: 1.0.0
        version: 1.0.0
    ${section === 'devDependencies' ? 'devDependencies:\n      ' : '  '}'@biomejs/biome':
        specifier: 1.9.0
        version: 1.9.0
packages:
  '@biomejs/biome@1.9.0':
    resolution: {integrity: sha512-x}
  '@biomejs/cli-linux-x64@1.9.0':
    resolution: {integrity: sha512-x}
    cpu: [x64]
    os: [linux]
  '@biomejs/cli-darwin-arm64@1.9.0':
    resolution: {integrity: sha512-x}
    cpu: [arm64]
    os: [darwin]
  a@1.0.0:
    resolution: {integrity: sha512-x}
  b@2.0.0:
    resolution: {integrity: sha512-x}
    cpu: [x64]
snapshots:
  '@biomejs/biome@1.9.0':
    optionalDependencies:
      '@biomejs/cli-linux-x64': 1.9.0
      '@biomejs/cli-darwin-arm64': 1.9.0
  '@biomejs/cli-linux-x64@1.9.0':
    optional: true
  '@biomejs/cli-darwin-arm64@1.9.0':
    optional: true
  a@1.0.0(c@1.0.0):
    dependencies:
      b: 2.0.0
  a@1.0.0:
    dependencies:
      b: 2.0.0
  b@2.0.0: {}
`;

function lacking(text: string, install: string): readonly string[] {
  const files = { 'pnpm-lock.yaml': text, Dockerfile: `FROM node:22\nCOPY . .\nRUN ${install}\n` };
  return checkRepository(
    Object.entries(files).map(([path, content]) => ({ path, text: content })),
    { platforms: [parsePlatform('linux/arm64')!], inlineIgnore: true, today: '2026-11-29' },
  )
    .diagnostics.filter(({ code }) => code === 'lockfile/no-build-for-cpu')
    .map(({ args, severity }) => `${severity} ${String(args['package'])}`)
    .sort();
}

test('pnpm 9: what only the development needs is none of an image that is installed without it', () => {
  const dev = lock('devDependencies');
  expect(lacking(dev, 'pnpm i --prod --frozen-lockfile')).toEqual(['error b']);
  expect(lacking(dev, 'pnpm i --frozen-lockfile')).toEqual(['error b', 'warning @biomejs/biome']);
  // pnpm 10 installs it all the same.
  expect(lacking(dev, 'NODE_ENV=production pnpm i')).toEqual(['error b', 'warning @biomejs/biome']);
  expect(lacking(lock('dependencies'), 'pnpm i --prod --frozen-lockfile')).toEqual(['error @biomejs/biome', 'error b']);
});
