import { describe, expect, it } from 'vitest';
import { type ElfParts, elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const LOADER = Buffer.concat([
  elfBytes({ machine: 'arm64', type: 3, soname: 'ld.so' }),
  Buffer.from('\0/lib/aarch64-linux-gnu/\0/lib/\0\0'),
]);
const elf = (path: string, parts: ElfParts = {}): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', type: 3, ...parts }),
});
const LIBC = { defines: ['libc.so.6', 'GLIBC_2.17', 'GLIBC_2.36'] };
const GLIBC: readonly TestFile[] = [
  { path: 'lib/ld-linux-aarch64.so.1', mode: 0o755, content: LOADER },
  elf('lib/libc.so.6', LIBC),
];
const runtime = (path: string, musl = false) =>
  elf(
    path,
    musl
      ? { interpreter: '/lib/ld-musl-aarch64.so.1', needed: ['libc.musl-aarch64.so.1'] }
      : { interpreter: '/lib/ld-linux-aarch64.so.1', needed: ['libc.so.6'] },
  );
const MUSL: readonly TestFile[] = [{ path: 'lib/ld-musl-aarch64.so.1', mode: 0o755, content: LOADER }];

async function prove(files: readonly TestFile[], musl = false) {
  const base = musl ? MUSL : GLIBC;
  const runtimes = [runtime('usr/bin/node', musl), runtime('usr/bin/python3.11', musl)];
  const all = [...base, ...runtimes, ...files];
  const image = testImage({ platform: 'linux/arm64', files: all, config: { Cmd: ['/usr/bin/node'] } });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

const modules = 'app/node_modules';
const site = 'usr/lib/python3.11/site-packages';
const libc = { needed: ['libc.so.6'] };

describe('native modules that load', () => {
  it.each<[string, readonly TestFile[], boolean?]>([
    ['with the libraries of the process', [elf(`${modules}/a/build/Release/a.node`, libc)]],
    [
      'with a library of another package by RPATH, as sharp has it',
      [
        elf(`${modules}/@img/sharp-linux-arm64/lib/sharp.node`, {
          needed: ['libvips-cpp.so.8', 'libc.so.6'],
          runpath: '$ORIGIN/../../sharp-libvips-linux-arm64/lib',
        }),
        elf(`${modules}/@img/sharp-libvips-linux-arm64/lib/libvips-cpp.so.8`, libc),
      ],
    ],
    [
      'beside one for the other libc',
      [
        elf(`${modules}/a/prebuilds/linux-arm64/node.napi.glibc.node`, libc),
        elf(`${modules}/a/prebuilds/linux-arm64/node.napi.musl.node`, { needed: ['libc.musl-aarch64.so.1'] }),
      ],
    ],
    [
      'of a family with a member for each libc',
      [
        elf(`${modules}/@img/sharp-linux-arm64/lib/sharp.node`, libc),
        elf(`${modules}/@img/sharp-linuxmusl-arm64/lib/sharp.node`, { needed: ['libc.musl-aarch64.so.1'] }),
      ],
    ],
    ['of Python', [elf(`${site}/m/_m.cpython-311-aarch64-linux-gnu.so`, libc)]],
    [
      'that its Python does not look at, beside one that it takes',
      [
        elf(`${site}/m/_m.cpython-311-aarch64-linux-musl.so`, { needed: ['libc.musl-aarch64.so.1'] }),
        elf(`${site}/m/_m.cpython-311-aarch64-linux-gnu.so`, libc),
      ],
    ],
    [
      'for each of several Pythons',
      [
        elf(`${site}/m/_m.cpython-313-aarch64-linux-gnu.so`, libc),
        elf(`${site}/m/_m.cpython-311-aarch64-linux-gnu.so`, libc),
      ],
    ],
    [
      'for another Python, of the stable ABI too',
      [elf(`${site}/m/_m.cpython-313-aarch64-linux-gnu.so`, libc), elf(`${site}/m/_m.abi3.so`, libc)],
    ],
    [
      'for another Python, beside plain Python',
      [
        elf(`${site}/m/_m.cpython-313-aarch64-linux-gnu.so`, libc),
        { path: `${site}/m/_m.py`, content: 'def f(): pass\n' },
      ],
    ],
    [
      "of Debian's Pythons, beside a Python of its own",
      [
        elf('usr/lib/python3/dist-packages/m/_m.cpython-313-aarch64-linux-gnu.so', libc),
        elf('usr/lib/python3/dist-packages/m/_m.cpython-311-aarch64-linux-gnu.so', libc),
      ],
    ],
    [
      'of a Python that gdb embeds',
      [
        elf('usr/lib/python3.13/site-packages/m/_m.cpython-313-aarch64-linux-gnu.so', libc),
        elf('usr/lib/libpython3.13.so.1.0', libc),
      ],
    ],
    [
      'before 3.11 on musl, whose Python calls itself gnu',
      [
        elf('usr/lib/python3.11/lib-dynload/_json.cpython-311-aarch64-linux-gnu.so', {
          needed: ['libc.musl-aarch64.so.1'],
        }),
        elf(`${site}/m/_m.cpython-311-aarch64-linux-gnu.so`, { needed: ['libc.musl-aarch64.so.1'] }),
      ],
      true,
    ],
    ['but for the driver of the machine', [elf(`${site}/m/_m.abi3.so`, { needed: ['libcuda.so.1'] })]],
    [
      'but for a threading layer that numba does without',
      [elf(`${site}/numba/np/ufunc/tbbpool.cpython-311-aarch64-linux-gnu.so`, { needed: ['libtbb.so.12'] })],
    ],
    [
      'of the standard library, which may lack theirs',
      [elf('usr/lib/python3.11/lib-dynload/_tkinter.cpython-311-aarch64-linux-gnu.so', { needed: ['libtk8.6.so'] })],
    ],
    [
      'of a family with a portable member',
      [
        elf(`${modules}/@img/sharp-linuxmusl-arm64/lib/sharp.node`, { needed: ['libc.musl-aarch64.so.1'] }),
        { path: `${modules}/@img/sharp-wasm32/package.json`, content: '{}' },
      ],
    ],
    [
      'that only a build needs',
      [elf(`${modules}/@next/swc-linux-arm64-musl/next-swc.node`, { needed: ['libc.musl-aarch64.so.1'] })],
    ],
    ['of musl on musl', [elf(`${modules}/a/build/Release/a.node`, { needed: ['libc.musl-aarch64.so.1'] })], true],
  ])('%s', async (_, files, musl) => {
    expect(await prove(files, musl)).toMatchObject({ verdict: 'proven', codes: [] });
  });
});

describe('native modules that do not', () => {
  it.each<[string, string, readonly TestFile[], boolean?]>([
    [
      'library',
      'libpq.so.5: cannot open shared object file: No such file or directory',
      [elf(`${modules}/pg/build/Release/pg.node`, { needed: ['libpq.so.5'] })],
    ],
    [
      'version',
      "/lib/libc.so.6: version `GLIBC_2.38' not found (required by /app/node_modules/a/build/Release/a.node)",
      [elf(`${modules}/a/build/Release/a.node`, { ...libc, needs: { 'libc.so.6': ['GLIBC_2.38'] } })],
    ],
    [
      'musl-module',
      'libc.musl-aarch64.so.1: cannot open',
      [elf(`${modules}/a/build/Release/a.node`, { needed: ['libc.musl-aarch64.so.1'] })],
    ],
    [
      'glibc-module',
      'Error loading shared library ld-linux-aarch64.so.1: No such file or directory (needed by /app/node_modules/a/build/Release/a.node)',
      [elf(`${modules}/a/build/Release/a.node`, { needed: ['libc.so.6', 'ld-linux-aarch64.so.1'] })],
      true,
    ],
    ['library', 'libGL.so.1: cannot open', [elf(`${site}/cv2/cv2.abi3.so`, { needed: ['libGL.so.1'] })]],
  ])('%s', async (cause, prints, files, musl) => {
    const proof = await prove(files, musl);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/module-not-loadable'] });
    expect(proof.diagnostics[0]?.args).toMatchObject({ cause });
    expect(proof.diagnostics[0]?.args['prints']).toContain(prints);
    expect(proof.witness).toMatch(/^\/usr\/bin\/(node -e|python3\.11 -c) /);
  });

  // Each rule by which a module is let pass, with its right twin taken away.
  it.each<[string, readonly TestFile[]]>([
    [
      'a prebuild for the other libc alone',
      [elf(`${modules}/a/prebuilds/linux-arm64/node.napi.musl.node`, { needed: ['libc.musl-aarch64.so.1'] })],
    ],
    [
      'sharp without its libvips',
      [
        elf(`${modules}/@img/sharp-linux-arm64/lib/sharp.node`, {
          needed: ['libvips-cpp.so.8'],
          runpath: '$ORIGIN/../../sharp-libvips-linux-arm64/lib',
        }),
      ],
    ],
    [
      'the only member of a family, for the other libc',
      [elf(`${modules}/@img/sharp-linuxmusl-arm64/lib/sharp.node`, { needed: ['libc.musl-aarch64.so.1'] })],
    ],
  ])('refutes: %s', async (_, files) => {
    expect((await prove(files)).verdict).toBe('refuted');
  });

  it.each<[string, readonly TestFile[]]>([
    ['an accelerator', [elf(`${modules}/bufferutil/build/Release/b.node`, { needed: ['libgone.so.1'] })]],
    [
      'a library that the package may open first',
      [elf(`${site}/t/_t.abi3.so`, { needed: ['libt.so.1'] }), elf(`${site}/t/deep/libt.so.1`)],
    ],
    ['a part of a package that may never be imported', [elf(`${site}/a/b/c/_d.abi3.so`, { needed: ['libgone.so.1'] })]],
  ])('leaves open: %s', async (_, files) => {
    const proof = await prove(files);
    expect(proof).toMatchObject({ verdict: 'undecided', codes: ['proof/module-undecided'] });
    expect(proof.needs).toMatchObject({ remark: 'module' });
  });
});

// Python looks at names only: Python/dynload_shlib.c. What it prints was seen with CPython 3.11 (2026-11-23).
describe('extension modules for another Python', () => {
  const numpy = (tag: string, at = site) => [
    elf(`${at}/numpy/_core.${tag}.so`, libc),
    { path: `${at}/numpy/__init__.py`, content: 'from . import _core\n' },
  ];
  it.each<[string, readonly TestFile[], boolean?]>([
    ['of another version', numpy('cpython-313-aarch64-linux-gnu')],
    ['free-threaded', numpy('cpython-311t-aarch64-linux-gnu')],
    ['by name for another CPU', numpy('cpython-311-x86_64-linux-gnu')],
    ['for the other libc', numpy('cpython-311-aarch64-linux-musl')],
    ['for the other libc, on musl', numpy('cpython-311-aarch64-linux-gnu'), true],
    [
      'where pip was told where to install',
      [
        ...numpy('cpython-313-aarch64-linux-gnu', 'var/task'),
        { path: 'var/task/numpy-2.3.0.dist-info/WHEEL', content: '' },
      ],
    ],
  ])('refutes: %s', async (_, files, musl) => {
    const proof = await prove(files, musl);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/module-not-loadable'] });
    expect(proof.witness).toBe("/usr/bin/python3.11 -c 'import numpy._core'");
    expect(proof.diagnostics[0]?.args).toMatchObject({
      cause: 'other-python',
      owner: 'numpy',
      prints: "ModuleNotFoundError: No module named 'numpy._core'",
    });
  });

  it('refutes: a directory of another version that PYTHONPATH names', async () => {
    const other = 'usr/lib/python3.13/site-packages';
    const files = [...GLIBC, runtime('usr/bin/python3.11'), ...numpy('cpython-313-aarch64-linux-gnu', other)];
    const config = { Cmd: ['/usr/bin/python3.11', '-m', 'app'], Env: [`PYTHONPATH=/app:/${other}`] };
    const image = testImage({ platform: 'linux/arm64', files, config });
    expect((await verifyTree(await image.tree())).platforms[0]).toMatchObject({ verdict: 'refuted' });
  });

  it.each<[string, string, readonly TestFile[]]>([
    [
      'a directory of another version',
      'site',
      numpy('cpython-313-aarch64-linux-gnu', 'usr/lib/python3.13/site-packages'),
    ],
    ['deep in a package', 'imported', [elf(`${site}/a/b/c/_d.cpython-313-aarch64-linux-gnu.so`, libc)]],
  ])('leaves open: %s', async (_, needs, files) => {
    const proof = await prove(files);
    expect(proof).toMatchObject({ verdict: 'undecided', codes: ['proof/module-undecided'] });
    expect(proof.needs).toMatchObject({ args: { word: needs } });
  });
});

describe('virtual environments', () => {
  const link = (path: string, to: string): TestFile => ({ path, type: 'symlink', link: to });
  const venv = (version: string, python: string): readonly TestFile[] => [
    { path: 'app/.venv/pyvenv.cfg', content: `home = /usr/bin\nversion = ${version}.1\n` },
    link('app/.venv/bin/python3', 'python'),
    link('app/.venv/bin/python', python),
    { path: `app/.venv/lib/python${version}/site-packages/numpy/__init__.py`, content: '' },
    elf(
      `app/.venv/lib/python${version}/site-packages/numpy/_core.cpython-${version.replace('.', '')}-aarch64-linux-gnu.so`,
      libc,
    ),
  ];
  const other = runtime('opt/python/bin/python3.12');
  const start = async (files: readonly TestFile[], argv: string, env: readonly string[] = []) => {
    const config = { Cmd: [argv], Env: [...env] };
    const base = [...GLIBC, runtime('usr/bin/python3.11'), ...files];
    return (await verifyTree(await testImage({ platform: 'linux/arm64', files: base, config }).tree())).platforms[0]!;
  };

  it.each<[string, string, readonly string[]]>([
    ['started', '/app/.venv/bin/python', []],
    ['on PATH', '/usr/bin/python3.11', ['PATH=/app/.venv/bin:/usr/bin']],
  ])('of 3.12 that lead to 3.11 are refuted where they are %s', async (_, argv, env) => {
    for (const more of [[], [other]]) {
      const proof = await start([...venv('3.12', '/usr/bin/python3.11'), ...more], argv, env);
      expect(proof.verdict).toBe('refuted');
      expect(proof.witness).toBe("/usr/bin/python3.11 -c 'import numpy._core'");
    }
  });

  it('are undecided where nothing says that they are used', async () => {
    const proof = await start(venv('3.12', '/usr/bin/python3.11'), '/usr/bin/python3.11');
    expect(proof.verdict).toBe('undecided');
  });

  it('are proven where they lead to their own version', async () => {
    expect((await start(venv('3.11', '/usr/bin/python3.11'), '/app/.venv/bin/python')).verdict).toBe('proven');
    const right = [other, ...venv('3.12', '/opt/python/bin/python3.12')];
    expect((await start(right, '/app/.venv/bin/python')).verdict).toBe('proven');
  });
});

describe('modules for another Node', () => {
  const built = (path: string, abi: number, parts: ElfParts = {}): TestFile => ({
    path,
    mode: 0o755,
    content: Buffer.concat([
      elfBytes({ machine: 'arm64', type: 3, ...parts }),
      Buffer.from(`\0node_register_module_v${abi}\0`),
    ]),
  });
  const header = {
    path: 'usr/include/node/node_version.h',
    content: '#else\n#define NODE_MODULE_VERSION 127\n#endif\n',
  };
  const sqlite = `${modules}/better-sqlite3/build/Release/better_sqlite3.node`;
  const other = (path: string) =>
    built(path, 115, { interpreter: '/lib/ld-linux-aarch64.so.1', needed: ['libc.so.6'] });

  it('refutes, with what Node prints', async () => {
    const proof = await prove([header, built(sqlite, 115, libc)]);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/module-not-loadable'] });
    expect(proof.diagnostics[0]?.args['prints']).toBe(
      'was compiled against a different Node.js version using NODE_MODULE_VERSION 115. This version of Node.js requires NODE_MODULE_VERSION 127.',
    );
  });

  it('takes the version from the program itself before its headers', async () => {
    const files = [header, other('usr/bin/node')];
    expect((await prove([...files, built(sqlite, 115, libc)])).verdict).toBe('proven');
    expect((await prove([...files, built(sqlite, 127, libc)])).verdict).toBe('refuted');
  });

  it('takes it from the libnode that the program loads', async () => {
    const linked = elf('usr/bin/node', {
      interpreter: '/lib/ld-linux-aarch64.so.1',
      needed: ['libnode.so.115', 'libc.so.6'],
    });
    const lib = built('lib/libnode.so.115', 115, { soname: 'libnode.so.115' });
    expect((await prove([linked, lib, built(sqlite, 115, libc)])).verdict).toBe('proven');
    expect((await prove([linked, lib, built(sqlite, 127, libc)])).verdict).toBe('refuted');
  });

  it.each<[string, readonly TestFile[], 'proven' | 'undecided']>([
    ['of the same version', [header, built(sqlite, 127, libc)], 'proven'],
    ['of N-API', [header, elf(sqlite, libc)], 'proven'],
    [
      'whose twin is for this version',
      [
        header,
        built(`${modules}/a/lib/node-v115-linux-arm64/a.node`, 115, libc),
        built(`${modules}/a/lib/node-v127-linux-arm64/a.node`, 127, libc),
      ],
      'proven',
    ],
    [
      'beside one that is named for this Node',
      [
        header,
        built(`${modules}/deasync/bin/linux-arm64-node-20/deasync.node`, 115, libc),
        built(`${modules}/deasync/bin/linux-arm64-node-22/deasync.node`, 127, libc),
      ],
      'proven',
    ],
    ['where nothing says which version the runtime has', [built(sqlite, 115, libc)], 'undecided'],
    [
      'where another Node of the image has that version',
      [header, other('opt/node20/bin/node'), built(sqlite, 115, libc)],
      'undecided',
    ],
    [
      'that registers itself where its version cannot be read',
      [
        header,
        {
          path: sqlite,
          mode: 0o755,
          // A name among those that the loader binds; here it stands as the file's own.
          content: elfBytes({ machine: 'arm64', type: 3, ...libc, soname: 'node_module_register' }),
        },
      ],
      'undecided',
    ],
    ['that is optional', [header, built(`${modules}/cpu-features/build/Release/c.node`, 115, libc)], 'undecided'],
  ])('a module %s', async (_, files, verdict) => {
    expect((await prove(files)).verdict).toBe(verdict);
  });

  it('refutes where the twin is gone', async () => {
    const proof = await prove([header, built(`${modules}/deasync/bin/linux-arm64-node-20/deasync.node`, 115, libc)]);
    expect(proof.verdict).toBe('refuted');
  });
});
