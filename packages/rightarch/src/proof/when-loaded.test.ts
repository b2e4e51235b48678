import { describe, expect, it } from 'vitest';
import { type ElfParts, elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const site = 'usr/lib/python3/site-packages';
const elf = (path: string, parts: ElfParts = {}): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'amd64', ...parts }),
});
const wrong = (path: string, machine: ElfParts['machine'] = 'arm64') => elf(path, { type: 3, machine });
const json = (path: string, value: unknown): TestFile => ({ path, content: Buffer.from(JSON.stringify(value)) });
const node = elf('usr/local/bin/node');
const muslNode = [
  elf('usr/local/bin/node', { interpreter: '/lib/ld-musl-x86_64.so.1' }),
  elf('lib/ld-musl-x86_64.so.1', { type: 3 }),
];
const python = elf('usr/bin/python3.11');

async function said(code: string, ...files: readonly TestFile[]): Promise<unknown> {
  const config = { Cmd: ['/start'], Env: ['PATH=/usr/local/bin:/usr/bin'] };
  const image = testImage({ platform: 'linux/amd64', files: [elf('start'), ...files], config });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  return proof.diagnostics.find((one) => one.code === code)?.args['prints'];
}

// Each line was printed by the real program on 2026-11-28; see when-loaded.ts.
describe('what is printed where a file for another CPU is opened', () => {
  it.each<[string, string, readonly TestFile[]]>([
    [
      'glibc says of a file that is there that it is not',
      'Error: /app/node_modules/a/a.node: cannot open shared object file: No such file or directory',
      [node, wrong('app/node_modules/a/a.node')],
    ],
    [
      'the class comes before the machine',
      'Error: /app/node_modules/a/a.node: wrong ELF class: ELFCLASS32',
      [node, wrong('app/node_modules/a/a.node', 'arm')],
    ],
    [
      'what another library asks for has only its name',
      'Error: libvips-cpp.so.42: cannot open shared object file: No such file or directory',
      [node, wrong('app/node_modules/@img/sharp-libvips-linux-x64/lib/libvips-cpp.so.42')],
    ],
    [
      'musl looks at no machine',
      'Error: Error relocating /app/node_modules/a/a.node: …',
      [...muslNode, wrong('app/node_modules/a/a.node')],
    ],
    [
      'a module of Python',
      `ImportError: /${site}/yaml/_yaml.abi3.so: cannot open shared object file: No such file or directory`,
      [python, wrong(`${site}/yaml/_yaml.abi3.so`)],
    ],
    [
      'a name with another platform is none that Python looks for',
      "ModuleNotFoundError: No module named 'pydantic_core._pydantic_core'",
      [python, wrong(`${site}/pydantic_core/_pydantic_core.cpython-311-aarch64-linux-gnu.so`)],
    ],
    [
      'and one with the right platform is opened',
      `ImportError: /${site}/a.cpython-311-x86_64-linux-gnu.so: cannot open shared object file: No such file or directory`,
      [python, wrong(`${site}/a.cpython-311-x86_64-linux-gnu.so`)],
    ],
  ])('%s', async (_name, expected, files) => {
    expect(await said('proof/wrong-cpu-module', ...files)).toBe(expected);
  });

  it('a command is refused by the kernel', async () => {
    expect(await said('proof/wrong-cpu-command', wrong('usr/bin/tool'))).toBe('exec /usr/bin/tool: exec format error');
  });

  it.each<[string, string, string, boolean, string | undefined]>([
    [
      'sharp',
      '@img/sharp-linux-x64',
      '@img/sharp-linux-arm64',
      false,
      'Error: Could not load the "sharp" module using the linux-x64 runtime',
    ],
    [
      'rollup',
      '@rollup/rollup-linux-x64-gnu',
      '@rollup/rollup-linux-arm64-gnu',
      false,
      'Error: Cannot find module @rollup/rollup-linux-x64-gnu.',
    ],
    [
      'esbuild',
      '@esbuild/linux-x64',
      '@esbuild/linux-arm64',
      false,
      'The package "@esbuild/linux-x64" could not be found, and is needed by esbuild.',
    ],
    [
      'esbuild',
      '@esbuild/linux-x64',
      '@esbuild/linux-arm64',
      true,
      "You installed esbuild for another platform than the one you're currently using.",
    ],
    ['unheard-of', '@unheard/of-linux-x64', '@unheard/of-linux-arm64', false, undefined],
  ])('%s without %s', async (owner, member, other, isThere, expected) => {
    const files = [
      node,
      json(`app/node_modules/${owner}/package.json`, {
        name: owner,
        optionalDependencies: { [member]: '1.0.0', [other]: '1.0.0' },
      }),
      ...(isThere ? [json(`app/node_modules/${other}/package.json`, { name: other })] : []),
    ];
    expect(await said('proof/platform-package-missing', ...files)).toBe(expected);
  });
});
