import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from './support/transcript.ts';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const quiet = ['--no-audit', '--no-fund', '--silent', '--prefer-offline'];

/**
 * The package as npm hands it out: packed, installed into an empty directory, and run there. Its dependencies come from
 * npm's cache, and from npm's registry where that lacks one.
 */
describe('the packed package', () => {
  let directory = '';
  let tarball = '';
  let files: readonly { readonly path: string }[] = [];

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'rightarch-package-'));
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
    const packed = execFileSync(npm, args, {
      cwd: join(repositoryRoot, 'packages/rightarch'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [entry] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
    tarball = join(directory, entry.filename);
    files = entry.files;
    writeFileSync(join(directory, 'package.json'), '{"name":"empty","private":true,"type":"module"}');
    execFileSync(npm, ['install', ...quiet, tarball], { cwd: directory, stdio: 'ignore' });
  }, 120_000);

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const rightarch = (...args: string[]): string =>
    execFileSync(join(directory, 'node_modules/.bin/rightarch'), args, {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, LANG: 'C', LC_ALL: 'C' },
    });

  test('is under 10 MB and holds no source, test or fixture', () => {
    expect(statSync(tarball).size).toBeLessThan(10_000_000);
    expect(files.filter(({ path }) => /(^|\/)(src|testdata|test)\/|\.test\./.test(path))).toEqual([]);
    expect(files.some(({ path }) => path === 'LICENSE')).toBe(true);
  });

  test('has few dependencies', () => {
    const { packages } = JSON.parse(readFileSync(join(directory, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, unknown>;
    };
    expect(Object.keys(packages).filter((path) => path !== '').length).toBeLessThanOrEqual(15);
  });

  test('answers on the command line', () => {
    const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'packages/rightarch/package.json'), 'utf8')) as {
      version: string;
    };
    expect(rightarch('--version')).toBe(`${version}\n`);
    expect(rightarch('--help')).toContain('rightarch verify');
    expect(rightarch()).toContain('0 images');
    expect(JSON.parse(rightarch('targets', 'lambda', '--json'))).toMatchObject({ id: 'lambda' });
    expect(rightarch('explain', 'platform/malformed')).toContain('## Why');
  });

  test('gives its library, its testing tools and its schemas', () => {
    const script = `
      import { formatPlatform, parsePlatform } from 'rightarch';
      import { testImage } from 'rightarch/testing';
      import schema from 'rightarch/schema/rightarch.json' with { type: 'json' };
      const image = testImage({ platform: 'linux/arm64' });
      const { images } = await image.tree();
      console.log(formatPlatform(parsePlatform('aarch64')), formatPlatform(images[0].declared), schema.title);
    `;
    const printed = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(printed).toBe('linux/arm64 linux/arm64 rightarch.yaml\n');
  });

  test('reads large layers in threads of its own', () => {
    const script = `
      import { randomBytes } from 'node:crypto';
      import { verifyTree } from 'rightarch';
      import { testImage } from 'rightarch/testing';
      const layer = () => ({ files: [{ path: 'a', content: randomBytes(9 << 20) }] });
      const tree = await testImage({ layers: [layer(), layer()] }).tree();
      const { platforms } = await verifyTree(tree, { workers: 2 });
      console.log(platforms.length, process.getActiveResourcesInfo().includes('MessagePort'));
    `;
    const printed = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(printed).toBe('1 false\n');
  });
});
