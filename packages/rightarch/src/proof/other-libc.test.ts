import { expect, test } from 'vitest';
import { type ElfParts, elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const GLIBC = '/lib/ld-linux-aarch64.so.1';
const MUSL = '/lib/ld-musl-aarch64.so.1';
const file = (path: string, parts: ElfParts = {}): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', type: 3, ...parts }),
});
const app = (interpreter: string, ...versions: readonly string[]) =>
  file('app', {
    interpreter,
    needed: ['libc.so.6'],
    ...(versions.length > 0 ? { needs: { 'libc.so.6': versions } } : {}),
  });

async function told(...files: readonly TestFile[]) {
  const image = testImage({ platform: 'linux/arm64', files: [...files], config: { Entrypoint: ['/app'] } });
  const [found] = (await verifyTree(await image.tree())).platforms[0]!.diagnostics;
  return [found?.code, found?.args['built'], found?.args['base']];
}

test('a program of one libc in an image of the other is told as that, with a base to take', async () => {
  const musl = file(MUSL.slice(1));
  expect(await told(musl, app(GLIBC))).toEqual(['proof/loader-missing', 'glibc', 'debian:12-slim']);
  expect(await told(musl, app(GLIBC, 'GLIBC_2.17', 'GLIBC_2.36', 'GLIBC_PRIVATE'))).toEqual([
    'proof/loader-missing',
    'glibc',
    'debian:12-slim',
  ]);
  expect(await told(musl, app(GLIBC, 'GLIBC_2.9', 'GLIBC_2.38'))).toEqual([
    'proof/loader-missing',
    'glibc',
    'debian:13-slim',
  ]);
  expect(await told(file('usr/lib/ld-linux-aarch64.so.1'), app(MUSL))).toEqual([
    'proof/loader-missing',
    'musl',
    'alpine',
  ]);
});

test('a base is named only where there is one for that CPU', async () => {
  const musl = file(MUSL.slice(1));
  expect(await told(musl, app(GLIBC, 'GLIBC_2.99'))).toEqual(['proof/loader-missing', 'glibc', undefined]);
});

test('where nothing says that the image is of the other libc, neither is that said', async () => {
  // Nothing there, its own loader elsewhere, and one of another CPU.
  const plain = ['proof/loader-missing', undefined, undefined];
  expect(await told(app(GLIBC))).toEqual(plain);
  expect(await told(file(MUSL.slice(1)), file('usr/lib/ld-linux-aarch64.so.1'), app(GLIBC))).toEqual(plain);
  expect(await told(file('lib/ld-musl-x86_64.so.1', { machine: 'amd64' }), app(GLIBC))).toEqual(plain);
});
