import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot } from './support/transcript.ts';

// What is Docker's goes to Docker: the program `docker` of these tests says how it was called.

const ours = join(repositoryRoot, 'packages/rightarch/bin/rightarch-docker.js');
let directory: string;
let bin: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-stand-in-'));
  bin = join(directory, 'bin');
  mkdirSync(bin);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function script(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

const environment = () => ({
  PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
  HOME: directory,
  LANG: 'en',
  RIGHTARCH_CACHE: join(directory, 'cache'),
});

function type(words: readonly string[], program = ours, input = '') {
  return spawnSync(process.execPath, [program, ...words], {
    cwd: directory,
    env: environment(),
    encoding: 'utf8',
    input,
  });
}

describe.runIf(process.platform !== 'win32')('a program called docker', () => {
  test.each([
    [['run', '--rm', '-e', 'A=b c', 'image', 'build', '--x'], 0],
    [['--config', 'here', 'compose', 'up'], 7],
    [['build', '--help'], 125],
    [['image', 'prune', ''], 3],
  ])('gets %j as it is, and its status is ours', (words, status) => {
    script(join(bin, 'docker'), `for word; do printf '[%s]' "$word"; done; cat; echo oops >&2; exit ${status}`);
    const found = type(words, ours, 'from stdin');
    expect(found).toMatchObject({
      status,
      stdout: `${words.map((word) => `[${word}]`).join('')}from stdin`,
      stderr: 'oops\n',
    });
  });

  test('is also what `rightarch docker` hands on to', () => {
    script(join(bin, 'docker'), 'echo "$@"');
    const rightarch = join(dirname(ours), 'rightarch.js');
    expect(type(['docker', 'ps', '-a'], rightarch).stdout).toBe('ps -a\n');
  });

  test('that is a link to us, or a script that leads back to us, is passed over', () => {
    const real = join(directory, 'real');
    mkdirSync(real);
    script(join(real, 'docker'), 'echo "real $@"');
    const script_ = join(directory, 'scripts');
    mkdirSync(script_);
    script(join(script_, 'docker'), `exec "${process.execPath}" "${ours}" "$@"`);
    symlinkSync(ours, join(bin, 'docker'));
    const env = { ...environment(), PATH: `.:${bin}:${script_}:${real}:/usr/bin:/bin` };
    const found = spawnSync(process.execPath, [ours, 'ps'], { cwd: real, env, encoding: 'utf8' });
    expect(found.stdout).toBe('real ps\n');
    const none = { ...env, PATH: `${bin}:${script_}` };
    expect(spawnSync(process.execPath, [ours, 'ps'], { env: none, encoding: 'utf8' })).toMatchObject({ status: 127 });
  });

  test('hears the signals that are sent to us, and dies of them as it does', async () => {
    const [ready, heard] = [join(directory, 'ready'), join(directory, 'heard')];
    script(
      join(bin, 'docker'),
      `trap 'echo TERM > ${heard}; exit 42' TERM; : > ${ready}; while :; do sleep 0.05; done`,
    );
    const child = spawn(process.execPath, [ours, 'events'], { env: environment(), stdio: 'ignore' });
    const ended = new Promise((done) => child.once('close', done));
    while (!existsSync(ready)) await pause(20);
    child.kill('SIGTERM');
    expect(await ended).toBe(42);
    expect(readFileSync(heard, 'utf8')).toBe('TERM\n');
    script(join(bin, 'docker'), 'kill -KILL $$');
    expect(type(['events']).status).toBe(137);
  });

  test('gets a build with a flag that we do not know, for the CPU of what runs the asset; never one that publishes', () => {
    script(join(bin, 'docker'), 'echo "$@"');
    const assembly = join(directory, 'cdk.out');
    const asset = join(assembly, 'asset.1');
    mkdirSync(asset, { recursive: true });
    const image = { source: { directory: 'asset.1' }, destinations: { d: { imageTag: 'tag-1' } } };
    writeFileSync(join(assembly, 'A.assets.json'), JSON.stringify({ dockerImages: { one: image } }));
    const properties = { PackageType: 'Image', Code: { ImageUri: { 'Fn::Join': ['', ['r/a:', 'tag-1']] } } };
    const joined = { 'Fn::Join': ['', [{ Ref: 'A' }, '.r.io/a:tag-1']] };
    const template = {
      Resources: {
        F: { Type: 'AWS::Lambda::Function', Properties: { ...properties, Code: { ImageUri: joined } } },
      },
    };
    writeFileSync(join(assembly, 'A.template.json'), JSON.stringify(template));
    const here = (...words: string[]) =>
      spawnSync(process.execPath, [ours, ...words], { cwd: asset, env: environment(), encoding: 'utf8' });
    const handed = here('build', '--no-cache-filter', 'x', '-t', 'a', '.');
    expect(handed.stdout).toBe('build --platform linux/amd64 --no-cache-filter x -t a .\n');
    expect(handed.stderr).toContain('run by F (AWS Lambda)');
    const pushing = here('buildx', 'build', '--no-cache-filter', 'x', '--push', '-t', 'a', '.');
    expect([pushing.status, pushing.stdout]).toEqual([125, '']);
    expect(pushing.stderr).toContain('[docker/not-done-here]');
    expect(here('build', '--no-cache-filter', 'x', '--platform', 'linux/arm64', '.').stderr).toContain(
      '[docker/asset-cpu-differs]',
    );
  });
});

test('what is only handed on loads next to nothing of ours', () => {
  const seen = new Map<string, number>();
  const read = (file: string): void => {
    if (seen.has(file)) return;
    const text = readFileSync(file, 'utf8');
    seen.set(file, text.length);
    for (const [, from] of text.matchAll(/^import .* from "(\.[^"]+)";$/gm)) read(resolve(dirname(file), from!));
  };
  read(join(repositoryRoot, 'packages/rightarch/dist/cli/docker.js'));
  expect([...seen.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(20_000);
});

test('the two programs are in the package', () => {
  const file = join(repositoryRoot, 'packages/rightarch/package.json');
  const { bin: named } = JSON.parse(readFileSync(file, 'utf8')) as { readonly bin: Readonly<Record<string, string>> };
  expect(Object.keys(named)).toEqual(['rightarch', 'rightarch-docker']);
  const version = execFileSync(process.execPath, [join(dirname(file), named['rightarch']!), '--version']);
  expect(String(version)).toMatch(/^\d/);
});
