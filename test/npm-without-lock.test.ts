import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../packages/rightarch/src/build/npm/test-registry.ts';
import { typeLine } from './support/command-line.ts';
import { npmHere } from './support/npm-here.ts';
import { startPlaces } from './support/places.ts';

const directory = mkdtempSync(join(tmpdir(), 'rightarch-without-lock-'));
const places = startPlaces(directory);
let npm: TestRegistry;

beforeAll(async () => {
  npm = await startRegistry([{ name: 'tool', version: '1.0.0', files: { 'index.js': '' } }]);
  // The image has the npm of this machine, so that no other release has to be fetched.
  const files = {
    '.dockerignore': '*\n!package.json\n!.npmrc\n!npm.json\n',
    '.npmrc': `registry=${npm.url}\n`,
    'npm.json': JSON.stringify({ name: 'npm', version: npmHere().version }),
    'package.json': JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { tool: '^1.0.0' } }),
    Dockerfile:
      'FROM node:22-slim\nCOPY npm.json /usr/local/lib/node_modules/npm/package.json\nWORKDIR /app\nCOPY . .\nRUN npm install\n',
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text);
  await places.makeImage('base', { name: 'node:22-slim', like: 'node' });
});
afterAll(async () => {
  await npm.close();
  await places.close();
  rmSync(directory, { recursive: true, force: true });
});

it('what was installed without a lockfile is never taken from the cache: another day may give another thing', async () => {
  const env = { PATH: process.env['PATH'] ?? '' };
  for (const round of [1, 2]) {
    npm.asked.length = 0;
    const line = ['build', '--mirror', 'docker.io=oci:base', '-t', 'app', '.'];
    const { status, all } = await typeLine(directory, line, { env });
    expect(status, all).toBe(0);
    expect(all).toContain('npm/not-reproducible');
    expect(
      npm.asked.map(({ path }) => path),
      `build ${round}`,
    ).toContain('/tool');
  }
});
