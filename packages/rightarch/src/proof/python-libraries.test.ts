import { expect, it } from 'vitest';
import { elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const SITE = 'usr/local/lib/python3.11/site-packages';
const LOADER = '/lib/ld-linux-aarch64.so.1';
const elf = (path: string, parts: Parameters<typeof elfBytes>[0] = {}): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', ...parts }),
});
const python: readonly TestFile[] = [
  elf('usr/local/bin/python3.11', { type: 3, interpreter: LOADER }),
  {
    ...elf(LOADER.slice(1)),
    content: Buffer.concat([
      elfBytes({ machine: 'arm64', type: 3, soname: 'ld-linux-aarch64.so.1' }),
      Buffer.from('\0/lib/aarch64-linux-gnu/\0/usr/lib/aarch64-linux-gnu/\0/lib/\0/usr/lib/\0\0'),
    ]),
  },
];
const NATIVE = 'lightgbm/lib/lib_lightgbm.so';
/** lightgbm 4.7.0 as pip leaves it (PyPI, 2026-11-29). */
const lightgbm = (
  parts: { readonly tag?: string; readonly needed?: readonly string[]; readonly native?: string } = {},
) => {
  const { tag = 'py3-none-manylinux_2_28_aarch64', needed = ['libgomp.so.1'], native = NATIVE } = parts;
  const info = `${SITE}/lightgbm-4.7.0.dist-info`;
  return [
    { path: `${info}/METADATA`, content: 'Metadata-Version: 2.1\nName: lightgbm\nVersion: 4.7.0\n' },
    { path: `${info}/WHEEL`, content: `Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: ${tag}\n` },
    { path: `${info}/INSTALLER`, content: 'pip\n' },
    { path: `${info}/RECORD`, content: `${native},sha256=x,1\nlightgbm/__init__.py,sha256=x,1\n` },
    { path: `${SITE}/lightgbm/__init__.py`, content: '' },
    elf(`${SITE}/${native}`, { type: 3, needed }),
  ];
};

async function prove(files: readonly TestFile[]) {
  const image = testImage({ platform: 'linux/arm64', files: [elf('start'), ...files], config: { Cmd: ['/start'] } });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

it('a library that its package opens with ctypes, and that lacks a library of the system, is told', async () => {
  const proof = await prove([...python, ...lightgbm()]);
  expect(proof).toMatchObject({ verdict: 'undecided', codes: ['proof/module-undecided'] });
  expect(proof.diagnostics[0]!.args).toMatchObject({ owner: 'lightgbm', library: 'libgomp.so.1', needs: 'opened' });
});

it.each([
  ['whose library is there', [...lightgbm(), elf('usr/lib/libgomp.so.1', { type: 3 })]],
  ['whose library lies elsewhere in the image', [...lightgbm(), elf('opt/libgomp.so.1', { type: 3 })]],
  ['whose library the driver of the machine brings', lightgbm({ needed: ['libcuda.so.1'] })],
  ['that lies in no package', lightgbm({ native: 'lib/libtbbbind.so' })],
  ['deep below a package, a plugin', lightgbm({ native: 'lightgbm/a/b/plugin.so' })],
  [
    'of a wheel for one ABI, whose modules are asked for themselves',
    lightgbm({ tag: 'cp311-cp311-manylinux_2_28_aarch64' }),
  ],
] as const)('of one %s nothing is said', async (_, files) => {
  expect(await prove([...python, ...files])).toMatchObject({ verdict: 'proven', codes: [] });
});
