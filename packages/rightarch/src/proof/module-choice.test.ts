import { describe, expect, it } from 'vitest';
import { type ElfParts, elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const elf = (path: string, parts: ElfParts = {}): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', type: 3, ...parts }),
});
const BASE: readonly TestFile[] = [
  {
    path: 'lib/ld-linux-aarch64.so.1',
    mode: 0o755,
    content: Buffer.concat([elfBytes({ machine: 'arm64', type: 3, soname: 'ld.so' }), Buffer.from('\0/lib/\0\0')]),
  },
  elf('lib/libc.so.6', { defines: ['libc.so.6', 'GLIBC_2.17', 'GLIBC_2.36'] }),
  elf('usr/bin/node', { interpreter: '/lib/ld-linux-aarch64.so.1', needed: ['libc.so.6'] }),
];

async function prove(files: readonly TestFile[]) {
  const image = testImage({ platform: 'linux/arm64', files: [...BASE, ...files], config: { Cmd: ['/usr/bin/node'] } });
  const { verdict, diagnostics } = (await verifyTree(await image.tree())).platforms[0]!;
  return { verdict, needs: diagnostics[0]?.args['needs'] };
}

const modules = 'app/node_modules';
const right = (path: string) => elf(`${modules}/${path}`, { needed: ['libc.so.6'] });
const newer = (path: string) =>
  elf(`${modules}/${path}`, { needed: ['libc.so.6'], needs: { 'libc.so.6': ['GLIBC_2.38'] } });
const musl = (path: string) => elf(`${modules}/${path}`, { needed: ['libc.musl-aarch64.so.1'] });

// What zeromq 6.8 has, run with Node 22 on Debian 12 on 2026-11-23: it takes the second that it tries.
const ZEROMQ = 'zeromq/build/linux/arm64/node';
function manifest(builds: readonly (readonly [libc: string | undefined, abi: number, place: string])[]): TestFile {
  const config = { targetDirectory: 'build', os: 'linux', arch: 'arm64', runtime: 'node' };
  const entries = builds.map(([libc, abi, place]) => [
    JSON.stringify({ ...config, abi, ...(libc && { libc }) }),
    `linux/arm64/node/${place}/addon.node`,
  ]);
  return {
    path: `${modules}/zeromq/build/manifest.json`,
    content: JSON.stringify({ '{"os":"darwin","arch":"arm64"}': 'x', ...Object.fromEntries(entries) }),
  };
}
const listed = manifest([
  ['glibc', 147, 'glibc-147-Release'],
  ['glibc', 127, 'glibc-127-Release'],
  ['musl', 127, 'musl-127-Release'],
]);
const leftOver = [musl(`${ZEROMQ}/108/addon.node`), musl(`${ZEROMQ}/musl-127-Release/addon.node`)];

describe('one of several that a package brings', () => {
  it.each<[string, 'proven' | 'refuted' | 'undecided', readonly TestFile[]]>([
    [
      'cmake-ts tries the next where one does not load',
      'proven',
      [
        listed,
        ...leftOver,
        newer(`${ZEROMQ}/glibc-147-Release/addon.node`),
        right(`${ZEROMQ}/glibc-127-Release/addon.node`),
      ],
    ],
    [
      'cmake-ts finds none that loads',
      'refuted',
      [
        listed,
        ...leftOver,
        newer(`${ZEROMQ}/glibc-147-Release/addon.node`),
        newer(`${ZEROMQ}/glibc-127-Release/addon.node`),
      ],
    ],
    [
      'cmake-ts does not look at what its manifest leaves out',
      'refuted',
      [listed, newer(`${ZEROMQ}/glibc-127-Release/addon.node`), right(`${ZEROMQ}/115/addon.node`)],
    ],
    [
      'cmake-ts takes /etc/alpine-release for musl',
      'refuted',
      [
        listed,
        ...leftOver,
        right(`${ZEROMQ}/glibc-127-Release/addon.node`),
        { path: 'etc/alpine-release', content: '3\n' },
      ],
    ],
    [
      'without its manifest',
      'undecided',
      [...leftOver, newer(`${ZEROMQ}/147/addon.node`), right(`${ZEROMQ}/127/addon.node`)],
    ],
    [
      'with a manifest that tells no libcs apart',
      'undecided',
      [manifest([[undefined, 127, '127']]), newer(`${ZEROMQ}/147/addon.node`), right(`${ZEROMQ}/127/other/addon.node`)],
    ],
    [
      'build/Release before a prebuild',
      'proven',
      [right('a/build/Release/a.node'), newer('a/prebuilds/linux-arm64/a.node')],
    ],
    [
      'a prebuild behind a broken build/Release',
      'undecided',
      [newer('a/build/Release/a.node'), right('a/prebuilds/linux-arm64/a.node')],
    ],
    [
      'neither build/Release nor a prebuild',
      'refuted',
      [newer('a/build/Release/a.node'), newer('a/prebuilds/linux-arm64/a.node')],
    ],
    [
      'the module that is called as its package, beside a test',
      'refuted',
      [newer('better-sqlite3/build/Release/better_sqlite3.node'), right('better-sqlite3/build/Release/test.node')],
    ],
    [
      'a test beside the module',
      'undecided',
      [right('better-sqlite3/build/Release/better_sqlite3.node'), newer('better-sqlite3/build/Release/test.node')],
    ],
    [
      'one for musl that needs no libc loads, and is not chosen',
      'refuted',
      [newer('a/prebuilds/linux-arm64/a.glibc.node'), elf(`${modules}/a/prebuilds/linux-arm64/a.musl.node`)],
    ],
    ['a module of another package', 'refuted', [newer('a/lib/a.node'), right('b/lib/a.node')]],
  ])('%s: %s', async (_, verdict, files) => {
    const proof = await prove(files);
    expect(proof.verdict).toBe(verdict);
    if (verdict === 'undecided') expect(proof.needs).toBe('chosen');
  });
});
