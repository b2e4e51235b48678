import { describe, expect, it } from 'vitest';
import { type ElfParts, elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const LOADER = Buffer.from('\0/lib/aarch64-linux-gnu/\0/lib/\0\0');
const file = (path: string, parts: ElfParts): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', type: 3, ...parts }),
});

async function prove(app: ElfParts, library: ElfParts, musl = false) {
  const interpreter = musl ? '/lib/ld-musl-aarch64.so.1' : '/lib/ld-linux-aarch64.so.1';
  const loader = Buffer.concat([elfBytes({ machine: 'arm64', type: 3, soname: 'ld.so' }), LOADER]);
  const image = testImage({
    platform: 'linux/arm64',
    files: [
      { path: interpreter.slice(1), mode: 0o755, content: loader },
      file('app', { interpreter, needed: ['libx.so.1'], ...app }),
      file('lib/libx.so.1', library),
    ],
    config: { Cmd: ['/app'] },
  });
  return (await verifyTree(await image.tree())).platforms[0]!;
}

const needs = { needs: { 'libx.so.1': ['GLIBC_2.17', 'GLIBC_2.38'] } };
const old = { defines: ['libx.so.1', 'GLIBC_2.9', 'GLIBC_2.17', 'GLIBC_2.36', 'GLIBC_PRIVATE'] };

describe('symbol versions', () => {
  it('a version that the library does not define ends the start in the loader’s words', async () => {
    const { verdict, diagnostics } = await prove(needs, old);
    expect(verdict).toBe('refuted');
    expect(diagnostics[0]).toMatchObject({
      code: 'proof/symbol-version-missing',
      args: {
        version: 'GLIBC_2.38',
        newest: 'GLIBC_2.36',
        neededBy: '/app',
        prints: "/app: /lib/libx.so.1: version `GLIBC_2.38' not found (required by /app)",
      },
    });
  });

  it.each<[string, ElfParts, ElfParts, boolean?]>([
    ['one that it defines', needs, { defines: [...old.defines, 'GLIBC_2.38'] }],
    ['one that is only wished for', { ...needs, weak: ['GLIBC_2.38'] }, old],
    ['a library with a table of versions and no definitions', needs, { needs: { 'libx.so.1': [] } }],
    ['musl, which compares none', needs, old, true],
  ])('starts: %s', async (_, app, library, musl) => {
    expect(await prove(app, library, musl)).toMatchObject({ verdict: 'proven', diagnostics: [] });
  });

  it.each<[string, ElfParts, ElfParts]>([
    ['a library that was never loaded', { needs: { 'libgone.so.1': ['V_1'] } }, old],
    ['a library without any table of versions', needs, {}],
  ])('leaves open: %s', async (_, app, library) => {
    expect((await prove(app, library)).verdict).toBe('undecided');
  });
});
