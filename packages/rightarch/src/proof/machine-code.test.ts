import { describe, expect, it } from 'vitest';
import { remark } from '../messages/index.ts';
import { elfBytes, machOBytes, peBytes, type TestFile, testImage } from '../testing/index.ts';
import { purposeRules } from './explain.ts';
import { verifyTree } from './verify.ts';

type Cpu = 'amd64' | 'arm64' | 'arm' | '386';
const program = (path: string, machine: Cpu = 'arm64', mode = 0o755): TestFile => ({
  path,
  mode,
  content: elfBytes({ machine }),
});
const library = (path: string, machine: Cpu = 'arm64'): TestFile => ({
  path,
  mode: 0o644,
  content: elfBytes({ machine, type: 3, soname: 'x.so' }),
});
const text = (path: string, content: string): TestFile => ({ path, content });
const node = program('usr/local/bin/node');
const python = program('usr/local/bin/python3');
const NM = 'app/node_modules';

/** Rules that explained a file of an image here. */
const met = new Set<string>();

async function prove(files: readonly TestFile[], platform = 'linux/arm64') {
  const image = testImage({
    platform,
    config: { Cmd: ['/start'] },
    layers: [
      { files: [program('start', platform.endsWith('arm64') ? 'arm64' : 'amd64')], createdBy: 'COPY start /' },
      { files: [...files], createdBy: 'RUN /bin/sh -c npm ci # buildkit' },
    ],
  });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  for (const { rule } of proof.onPurpose) met.add(rule);
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

const sharpJson = text(
  `${NM}/sharp/package.json`,
  JSON.stringify({
    optionalDependencies: {
      '@img/sharp-linux-x64': '1',
      '@img/sharp-linux-arm64': '1',
      '@img/sharp-linuxmusl-arm64': '1',
      '@img/sharp-wasm32': '1',
    },
  }),
);

describe('what must fit', () => {
  it('a command on PATH (borderline case 3): file, layer, instruction and witness are named', async () => {
    const proof = await prove([program('usr/bin/jq', 'amd64')]);
    expect(proof).toMatchObject({ verdict: 'refuted', witness: 'jq', codes: ['proof/wrong-cpu-command'] });
    expect(proof.diagnostics[0]).toMatchObject({
      args: { path: '/usr/bin/jq', found: 'x86-64 (e_machine 62)', declared: 'linux/arm64', instruction: 'RUN npm ci' },
      at: { in: 'image', layerIndex: [2, 2], path: '/usr/bin/jq' },
    });
  });

  it('a command on PATH behind a link', async () => {
    const link: TestFile = { path: 'usr/local/bin/tool', type: 'symlink', link: '/opt/tool/tool' };
    const proof = await prove([program('opt/tool/tool', 'amd64'), link]);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/wrong-cpu-command'] });
  });

  it('a command on PATH for another system is not explained by being foreign', async () => {
    const file: TestFile = { path: 'usr/bin/fbsd', mode: 0o755, content: elfBytes({ machine: 'amd64', osAbi: 9 }) };
    expect((await prove([file])).verdict).toBe('refuted');
    expect((await prove([file], 'linux/amd64')).verdict).toBe('undecided');
  });

  it.each([
    ['an unlinked program in /opt (case 4)', 'opt/x/tool', 0o755],
    ['a file in a PATH directory that nobody may execute', 'usr/bin/tool', 0o644],
  ])('%s is undecided', async (_, path, mode) => {
    const proof = await prove([program(path, 'amd64', mode)]);
    expect(proof).toMatchObject({ verdict: 'undecided', codes: ['proof/unexplained-machine-code'] });
    expect(proof.needs).toEqual(remark('executed', { path: `/${path}` }));
  });

  it('a .node of a hard dependency (case 5), with the package that is wanted', async () => {
    const proof = await prove([node, library(`${NM}/@img/sharp-linux-x64/lib/sharp-linux-x64.node`, 'amd64')]);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/wrong-cpu-module'] });
    expect(proof.diagnostics[0]?.args).toMatchObject({
      owner: '@img/sharp-linux-x64',
      wanted: '@img/sharp-linux-arm64',
    });
    expect(proof.witness).toBe(`node -e 'require("/${NM}/@img/sharp-linux-x64/lib/sharp-linux-x64.node")'`);
  });

  it('a .node without any Node in the image is unexplained', async () => {
    const proof = await prove([library(`${NM}/better-sqlite3/build/Release/better_sqlite3.node`, 'amd64')]);
    expect(proof).toMatchObject({ verdict: 'undecided', codes: ['proof/unexplained-machine-code'] });
  });

  it('an optional accelerator (case 5)', async () => {
    const proof = await prove([node, library(`${NM}/bufferutil/build/Release/bufferutil.node`, 'amd64')]);
    expect(proof).toMatchObject({
      verdict: 'undecided',
      needs: remark('required', { name: 'bufferutil' }),
      codes: ['proof/optional-module'],
    });
  });

  it('an optional accelerator as npm installs it, with prebuilt files of other CPUs alone, goes on without', async () => {
    const file = (cpu: string) => library(`${NM}/bufferutil/prebuilds/linux-${cpu}/bufferutil.node`, 'amd64');
    expect(await prove([node, file('x64')])).toMatchObject({ verdict: 'proven', codes: [] });
    expect((await prove([node, file('arm64')])).codes).toEqual(['proof/optional-module']);
    const needed = library(`${NM}/bcrypt/prebuilds/linux-x64/bcrypt.node`, 'amd64');
    expect((await prove([node, needed])).verdict).toBe('refuted');
  });

  it('what npm’s hidden lockfile calls optional', async () => {
    const file = library(`${NM}/fastnative/build/Release/f.node`, 'amd64');
    const lock = (optional: boolean) =>
      text(`${NM}/.package-lock.json`, JSON.stringify({ packages: { 'node_modules/fastnative': { optional } } }));
    expect((await prove([node, file, lock(true)])).verdict).toBe('undecided');
    expect((await prove([node, file, lock(false)])).verdict).toBe('refuted');
  });

  it('a binary that node_modules/.bin points at: esbuild’s, overwritten by its own postinstall', async () => {
    const link: TestFile = { path: `${NM}/.bin/esbuild`, type: 'symlink', link: '../esbuild/bin/esbuild' };
    const proof = await prove([node, program(`${NM}/esbuild/bin/esbuild`, 'amd64'), link]);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/wrong-cpu-module'] });
  });

  it('a family without a fitting member (case 6), though no wrong byte exists', async () => {
    const proof = await prove([node, sharpJson]);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/platform-package-missing'] });
    expect(proof.diagnostics[0]?.args).toMatchObject({ owner: 'sharp', member: '@img/sharp-linux-arm64' });
    expect(proof.witness).toBe(`node -e 'require("/${NM}/sharp")'`);
  });

  it('esbuild, whose witness uses it, because it loads without its program', async () => {
    const optionalDependencies = { '@esbuild/linux-x64': '1', '@esbuild/linux-arm64': '1' };
    const proof = await prove([node, text(`${NM}/esbuild/package.json`, JSON.stringify({ optionalDependencies }))]);
    expect(proof).toMatchObject({ verdict: 'refuted', witness: `node /${NM}/esbuild/bin/esbuild --version` });
  });

  it.each([
    ['the member', '@img/sharp-linux-arm64'],
    ['the other libc’s member', '@img/sharp-linuxmusl-arm64'],
    ['the portable member', '@img/sharp-wasm32'],
  ])('a family with %s is not empty', async (_, name) => {
    const wasm = { path: `${NM}/${name}/lib/sharp.node.wasm`, content: Buffer.from('\0asm\x01\0\0\0', 'latin1') };
    const code = name.includes('wasm') ? wasm : library(`${NM}/${name}/lib/sharp.node`, 'arm64');
    const proof = await prove([node, sharpJson, text(`${NM}/${name}/package.json`, '{}'), code]);
    expect(proof).toMatchObject({ verdict: 'proven', codes: [] });
    const hollow = await prove([node, sharpJson, text(`${NM}/${name}/package.json`, '{}')]);
    expect(hollow).toMatchObject({ verdict: 'refuted', codes: ['proof/platform-package-missing'] });
  });

  const nodeFor = (interpreter: string): readonly TestFile[] => [
    { path: 'usr/local/bin/node', mode: 0o755, content: elfBytes({ machine: 'arm64', interpreter }) },
    { path: interpreter.slice(1), mode: 0o755, content: elfBytes({ machine: 'arm64', type: 3 }) },
  ];
  const glibcNode = nodeFor('/lib/ld-linux-aarch64.so.1');
  const muslNode = nodeFor('/lib/ld-musl-aarch64.so.1');
  it.each([
    ['glibc', glibcNode, '@img/sharp-linux-arm64', 'proven'],
    ['glibc', glibcNode, '@img/sharp-linuxmusl-arm64', 'refuted'],
    ['musl', muslNode, '@img/sharp-linuxmusl-arm64', 'proven'],
    ['musl', muslNode, '@img/sharp-linux-arm64', 'refuted'],
  ] as const)('of a family with a member for each libc, a %s Node wants its own', async (_, files, name, verdict) => {
    const proof = await prove([...files, sharpJson, library(`${NM}/${name}/lib/sharp.node`, 'arm64')]);
    expect(proof.verdict).toBe(verdict);
  });

  it('a family without a fitting member is refuted where the member for another CPU is only unexplained', async () => {
    const owner = text(
      `${NM}/esbuild/package.json`,
      JSON.stringify({ optionalDependencies: { '@esbuild/linux-x64': '1', '@esbuild/linux-arm64': '1' } }),
    );
    const proof = await prove([node, owner, program(`${NM}/@esbuild/linux-x64/bin/esbuild`, 'amd64')]);
    expect(proof.verdict).toBe('refuted');
    expect(proof.codes).toContain('proof/platform-package-missing');
  });

  it('a Python extension', async () => {
    const path = 'usr/local/lib/python3.11/site-packages/numpy/core/_multiarray.cpython-311-x86_64-linux-gnu.so';
    expect((await prove([python, library(path, 'amd64')])).codes).toEqual(['proof/wrong-cpu-module']);
    expect((await prove([library(path, 'amd64')])).codes).toEqual(['proof/unexplained-machine-code']);
  });

  it.each([
    ['/var/task of Lambda', 'var/task/numpy/core/_m.cpython-312-x86_64-linux-gnu.so', undefined],
    ['a layer of Lambda', 'opt/python/_cffi_backend.cpython-312-x86_64-linux-gnu.so', undefined],
    ['what pip install --target made', 'app/deps/numpy/core/_m.abi3.so', 'app/deps/numpy-2.0.dist-info/top_level.txt'],
    ['its libraries', 'app/deps/numpy.libs/libopenblas-r0.so', 'app/deps/numpy-2.0.dist-info/top_level.txt'],
  ])('a Python extension in %s', async (_, path, beside) => {
    const info = beside === undefined ? [] : [text(beside, '')];
    expect((await prove([python, library(path, 'amd64'), ...info])).codes).toEqual(['proof/wrong-cpu-module']);
    expect((await prove([python, library(path), ...info])).codes).not.toContain('proof/wrong-cpu-module');
  });

  it.each([
    ['a library of the application beside wheels', 'app/deps/tools/libx.so'],
    ['a cache of wheels', 'root/.cache/uv/archive-v0/x/numpy/_m.abi3.so'],
  ])('%s is not loaded by Python for all that is known', async (_, path) => {
    const beside = ['app/deps', 'root/.cache/uv/archive-v0/x'].map((at) => text(`${at}/numpy-2.0.dist-info/x`, ''));
    expect((await prove([python, library(path, 'amd64'), ...beside])).codes).toEqual([
      'proof/unexplained-machine-code',
    ]);
  });

  const dotnet = program('usr/share/dotnet/dotnet');
  const deps = text('app/App.deps.json', '{}');
  const rid = (name: string, machine: Cpu | number, file = 'libe_sqlite3.so'): TestFile => ({
    path: `app/runtimes/${name}/native/${file}`,
    mode: 0o644,
    content: elfBytes({ machine, type: 3, ...(typeof machine === 'number' ? { bits: 64, endian: 'big' } : {}) }),
  });
  const others = [
    rid('linux-x64', 'amd64'),
    rid('linux-musl-x64', 'amd64'),
    rid('alpine-x64', 'amd64'),
    rid('linux-x86', '386'),
    rid('linux-arm', 'arm'),
    rid('linux-armel', 'arm'),
    rid('linux-mips64', 8),
  ];

  it('of .NET the libraries of every runtime identifier, with that of the platform among them', async () => {
    const proof = await prove([dotnet, deps, ...others, rid('linux-arm64', 'arm64')]);
    expect(proof).toMatchObject({ verdict: 'proven', codes: [] });
    const mutant = await prove([dotnet, deps, ...others]);
    expect(mutant.verdict).toBe('refuted');
    expect(mutant.codes).toContain('proof/wrong-cpu-module');
  });

  it.each<[string, readonly TestFile[], 'proven' | 'refuted' | 'undecided']>([
    [
      'by another name of its second build',
      [rid('linux-x64', 'amd64', 'centos6-librdkafka.so'), rid('linux-arm64', 'arm64', 'librdkafka.so')],
      'proven',
    ],
    [
      'with the CPU in its name',
      [rid('linux-x64', 'amd64', 'libgrpc.x64.so'), rid('linux-arm64', 'arm64', 'libgrpc.arm64.so')],
      'proven',
    ],
    [
      'beside that of another package',
      [rid('linux-x64', 'amd64', 'liba.so'), rid('linux-arm64', 'arm64', 'libb.so')],
      'refuted',
    ],
    [
      'in the directory of the platform, of another CPU',
      [rid('linux-arm64', 'amd64'), rid('linux-musl-arm64', 'arm64')],
      'refuted',
    ],
  ])('a library of .NET %s', async (_, files, verdict) => {
    expect((await prove([dotnet, deps, ...files])).verdict).toBe(verdict);
  });

  it('without an application, or without .NET, is unexplained', async () => {
    expect((await prove([dotnet, rid('linux-x64', 'amd64')])).verdict).toBe('undecided');
    expect((await prove([deps, rid('linux-x64', 'amd64')])).verdict).toBe('undecided');
  });

  it('a library that a Python package chooses by its name, without a right one, is undecided', async () => {
    const path = 'usr/lib/python3/site-packages/tracer/inject_linux_amd64.so';
    expect(await prove([python, library(path, 'amd64')])).toMatchObject({ verdict: 'undecided' });
  });

  it.each([
    ['named as debug information', 'usr/bin/server.debug', []],
    ['named as an object', 'usr/bin/tool.o', []],
    ['linked from PATH into the firmware', 'usr/lib/firmware/agent', ['usr/bin/agent']],
  ])('a command on PATH that is %s', async (_, path, links) => {
    const linked = links.map((link): TestFile => ({ path: link, type: 'symlink', link: `/${path}` }));
    const proof = await prove([program(path, 'amd64'), ...linked]);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/wrong-cpu-command'] });
  });

  it('a .node for FreeBSD where Node looks for one for Linux', async () => {
    const file = (path: string): TestFile => ({ path, content: elfBytes({ machine: 'arm64', type: 3, osAbi: 9 }) });
    expect((await prove([node, file(`${NM}/a/lib/a.node`)])).verdict).not.toBe('proven');
    expect((await prove([node, file(`${NM}/a/prebuilds/freebsd-arm64/a.node`)])).verdict).toBe('proven');
  });

  const mac = (path: string, mode = 0o755): TestFile => ({ path, mode, content: machOBytes(['arm64']) });
  const bin = (name: string, link: string): TestFile => ({ path: `${NM}/.bin/${name}`, type: 'symlink', link });
  const SITE = 'usr/local/lib/python3/site-packages';

  it.each<readonly [string, readonly TestFile[], string]>([
    ['a command on PATH', [mac('usr/local/bin/tool')], 'proof/wrong-cpu-command'],
    ['a Windows program', [{ path: 'usr/bin/w', mode: 0o755, content: peBytes() }], 'proof/wrong-cpu-command'],
    [
      'what node_modules/.bin points at',
      [node, mac(`${NM}/esbuild/bin/esbuild`), bin('esbuild', '../esbuild/bin/esbuild')],
      'proof/wrong-cpu-module',
    ],
    ['a Python extension module', [python, mac(`${SITE}/a/_m.cpython-311-darwin.so`)], 'proof/wrong-cpu-module'],
    ['one by a name that import takes', [python, mac(`${SITE}/a/_m.abi3.so`)], 'proof/wrong-cpu-module'],
  ])('of another system, %s: copied from a laptop', async (_, files, code) => {
    const proof = await prove(files);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: [code] });
    expect(proof.witness).toBeDefined();
  });

  it.each<readonly [string, readonly TestFile[]]>([
    ['a name that says so', [mac('usr/local/bin/tool-darwin-arm64')]],
    ['a Windows program with its ending', [{ path: 'usr/bin/w.exe', mode: 0o755, content: peBytes() }]],
    ['a file on PATH that nobody may execute', [mac('usr/local/bin/tool', 0o644)]],
    ['a package for macOS', [node, mac(`${NM}/@esbuild/darwin-arm64/bin/esbuild`)]],
    ['a prebuilt module', [node, mac(`${NM}/a/prebuilds/darwin-arm64/a.node`)]],
    [
      'an extension module beside the one for Linux',
      [
        python,
        mac(`${SITE}/a/_m.cpython-311-darwin.so`),
        { path: `${SITE}/a/_m.abi3.so`, content: elfBytes({ machine: 'arm64', type: 3 }) },
      ],
    ],
    ['an extension module beside plain Python', [python, mac(`${SITE}/a/_m.so`), text(`${SITE}/a/_m.py`, '')]],
    ['a library that ctypes chooses', [python, mac(`${SITE}/a/libtool.dylib`)]],
  ])('of another system, silent: %s', async (_, files) => {
    expect(await prove(files)).toMatchObject({ verdict: 'proven', codes: [] });
  });

  it('i386 code on amd64 is undecided (case 9): needs the kernel', async () => {
    const proof = await prove([program('usr/bin/wine', '386')], 'linux/amd64');
    expect(proof).toMatchObject({ verdict: 'undecided', needs: 'kernel-ia32', codes: ['proof/needs-cpu'] });
  });

  it('an image that is all for another CPU is one finding', async () => {
    const many = Array.from({ length: 30 }, (_, i) => program(`usr/bin/tool${i}`, 'amd64'));
    const image = testImage({ platform: 'linux/arm64', config: { Cmd: ['tool1'] }, files: many });
    const proof = await verifyTree(await image.tree());
    expect(proof.verdict).toBe('refuted');
    expect(proof.platforms[0]!.diagnostics.map(({ code }) => code)).toEqual([
      'proof/start-wrong-cpu',
      'proof/wrong-cpu-image',
    ]);
  });

  it('many findings of one code are cut, with the number of the rest', async () => {
    const proof = await prove(Array.from({ length: 25 }, (_, i) => program(`usr/bin/tool${i}`, 'amd64')));
    expect(proof.codes.filter((code) => code === 'proof/wrong-cpu-command')).toHaveLength(10);
    expect(proof.diagnostics.at(-1)).toMatchObject({ code: 'proof/more-files', args: { count: 15 } });
  });
});

/** Every rule for code that is there on purpose: the files, and the right twin without which it must alarm. */
const purposes: readonly (readonly [rule: string, files: readonly TestFile[], twin: readonly TestFile[]])[] = [
  [
    'prebuilds',
    [node, library(`${NM}/bcrypt/prebuilds/linux-x64/bcrypt.node`, 'amd64')],
    [library(`${NM}/bcrypt/prebuilds/linux-arm64/bcrypt.node`)],
  ],
  [
    'prebuilds beside build/Release',
    [node, library(`${NM}/bcrypt/prebuilds/linux-x64/bcrypt.node`, 'amd64')],
    [library(`${NM}/bcrypt/build/Release/bcrypt.node`)],
  ],
  [
    'platform packages side by side',
    [node, library(`${NM}/@img/sharp-linux-x64/lib/sharp-linux-x64.node`, 'amd64')],
    [library(`${NM}/@img/sharp-linux-arm64/lib/sharp-linux-arm64.node`)],
  ],
  [
    'platform packages with other file names',
    [node, library(`${NM}/@img/sharp-libvips-linux-x64/lib/libvips.so.42`, 'amd64')],
    [library(`${NM}/@img/sharp-libvips-linux-arm64/lib/other.so.1`)],
  ],
  [
    'Prisma’s engines',
    [node, library(`${NM}/.prisma/client/libquery_engine-debian-openssl-3.0.x.so.node`, 'amd64')],
    [library(`${NM}/.prisma/client/libquery_engine-linux-arm64-openssl-3.0.x.so.node`)],
  ],
  [
    'a second architecture’s libraries',
    [library('usr/lib/x86_64-linux-gnu/libc.so.6', 'amd64')],
    [library('usr/lib/aarch64-linux-gnu/libm.so.6')],
  ],
  [
    'a cross compiler',
    [
      library('usr/x86_64-linux-gnu/lib/libc.so.6', 'amd64'),
      library('usr/lib/gcc-cross/x86_64-linux-gnu/12/x.so', 'amd64'),
    ],
    [program('usr/bin/x86_64-linux-gnu-gcc-12')],
  ],
  [
    'a cross compiler in a directory of its own',
    [
      library('opt/x86_64-linux-musl-cross/x86_64-linux-musl/lib/libc.so', 'amd64'),
      library('opt/x86_64-linux-musl-cross/lib/gcc/x86_64-linux-musl/11/x.so', 'amd64'),
    ],
    [program('opt/x86_64-linux-musl-cross/bin/x86_64-linux-musl-gcc')],
  ],
  [
    'Rust’s libraries for another target',
    [library('usr/local/rustup/lib/rustlib/x86_64-unknown-linux-gnu/lib/libstd-1.so', 'amd64')],
    [library('usr/local/rustup/lib/rustlib/aarch64-unknown-linux-gnu/lib/libstd-2.so')],
  ],
  [
    'directories named for their CPU',
    [program('opt/agent/linux-amd64/agent', 'amd64')],
    [program('opt/agent/linux-arm64/agent')],
  ],
  [
    'directories named for their CPU, laid out differently (cmake-ts)',
    [node, library(`${NM}/zeromq/build/linux/x64/node/108/addon.node`, 'amd64')],
    [library(`${NM}/zeromq/build/linux/arm64/node/glibc-127-Release/addon.node`)],
  ],
  [
    'files named for their CPU and its float ABI',
    [node, library(`${NM}/@parcel/source-map/artifacts/index.linux-arm-gnueabihf.node`, 'arm')],
    [library(`${NM}/@parcel/source-map/artifacts/index.linux-arm64-gnu.node`)],
  ],
  ['files named for their CPU', [program('opt/bin/tool_x86_64', 'amd64')], [program('opt/bin/tool_aarch64')]],
  [
    'Python extensions for two CPUs',
    [python, library('usr/lib/python3/dist-packages/a/b.cpython-311-x86_64-linux-gnu.so', 'amd64')],
    [library('usr/lib/python3/dist-packages/a/b.cpython-311-aarch64-linux-gnu.so')],
  ],
];

describe('what is there on purpose', () => {
  it.each(purposes)('%s', async (_, files, twin) => {
    expect(await prove([...files, ...twin])).toMatchObject({ verdict: 'proven', codes: [] });
  });

  it.each(purposes)('%s: alarms without the right twin', async (_, files) => {
    expect((await prove(files)).verdict).not.toBe('proven');
  });

  it.each(purposes)('%s: alarms where the twin is for the wrong CPU as well', async (_, files, twin) => {
    const mutants = twin.map((file) => ({ ...file, content: elfBytes({ machine: 's390x' }) }));
    expect((await prove([...files, ...mutants])).verdict).not.toBe('proven');
  });

  it('what debugpy injects into a process is explained where it lies, and nowhere else', async () => {
    const debugpy = 'usr/lib/python3/dist-packages/debugpy/_vendored/pydevd';
    const at = (directory: string) => [python, library(`${directory}/attach_linux_amd64.so`, 'amd64')];
    expect(await prove(at(`${debugpy}/pydevd_attach_to_process`))).toMatchObject({ verdict: 'proven', codes: [] });
    expect((await prove(at(`${debugpy}/other`))).verdict).not.toBe('proven');
    const wrong = library(`${debugpy}/pydevd_attach_to_process/attach_linux_amd64.so`, '386');
    expect((await prove([python, wrong])).verdict).not.toBe('proven');
  });

  it('what the tests of Go read is explained in testdata, and nowhere else', async () => {
    const at = (directory: string) => [program(`usr/lib/go/src/debug/elf/${directory}/gcc-amd64-exec`, 'amd64')];
    expect(await prove(at('testdata'))).toMatchObject({ verdict: 'proven', codes: [] });
    expect((await prove(at('data'))).verdict).toBe('undecided');
    const damaged = (directory: string): TestFile => ({
      path: `usr/lib/go/src/debug/elf/${directory}/cut`,
      content: elfBytes({ machine: 'arm64', type: 3, padding: 900 }).subarray(0, 500),
    });
    expect((await prove([damaged('testdata')])).verdict).toBe('proven');
    expect((await prove([damaged('data')])).verdict).toBe('undecided');
    const link: TestFile = {
      path: 'usr/bin/x',
      type: 'symlink',
      link: '/usr/lib/go/src/debug/elf/testdata/gcc-amd64-exec',
    };
    expect((await prove([...at('testdata'), link])).verdict).toBe('refuted');
    const fetched = 'root/go/pkg/mod/golang.org/x/debug@v0.1.0';
    expect((await prove([program(`${fetched}/testdata/x`, 'amd64')])).verdict).toBe('proven');
    expect((await prove([program(`${fetched}/data/x`, 'amd64')])).verdict).toBe('undecided');
  });

  it.each([
    'usr/share/qemu/palcode-clipper',
    'usr/lib/u-boot/qemu_arm/uboot.elf',
    'usr/lib/grub/i386-pc/kernel.img',
    'usr/lib/syslinux/modules/bios/cat.c32',
  ])('what an emulator or a boot loader starts is explained where nobody may execute it: %s', async (path) => {
    expect(await prove([program(path, 'arm', 0o644)])).toMatchObject({ verdict: 'proven', codes: [] });
    expect((await prove([program(path, 'amd64', 0o755)])).verdict).not.toBe('proven');
    expect((await prove([program(path.replace('usr/', 'opt/'), 'amd64', 0o644)])).verdict).not.toBe('proven');
  });

  it.each([
    ['of 32 bits on Debian', 'usr/lib32/libm.so.6', 'usr/lib/x86_64-linux-gnu/libc.so.6', '386'],
    ['of gcc', 'usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc_s.so', 'usr/lib/x86_64-linux-gnu/libc.so.6', '386'],
    ['of 32 bits on Red Hat', 'usr/lib/libm.so.6', 'usr/lib64/libm.so.6', '386'],
    ['of x32', 'usr/libx32/libm.so.6', 'usr/lib/x86_64-linux-gnu/libc.so.6', 'x32'],
  ] as const)('libraries %s are explained beside those of the platform', async (_, path, twin, abi) => {
    const elf = abi === 'x32' ? { machine: 'amd64', bits: 32 as const } : { machine: '386' };
    const other: TestFile = { path, content: elfBytes({ ...elf, type: 3 } as Parameters<typeof elfBytes>[0]) };
    const own = library(twin, 'amd64');
    expect(await prove([other, own], 'linux/amd64')).toMatchObject({ verdict: 'proven', codes: [] });
    expect((await prove([other], 'linux/amd64')).verdict).toBe('undecided');
    expect((await prove([other, library(twin, '386')], 'linux/amd64')).verdict).toBe('undecided');
    expect((await prove([{ ...other, path: `opt/x/${path}` }, own], 'linux/amd64')).verdict).toBe('undecided');
    const command: TestFile = { path: 'usr/bin/m', type: 'symlink', link: `/${path}` };
    const called = [{ ...other, mode: 0o755 }, own, command];
    expect((await prove(called, 'linux/amd64')).verdict).toBe('undecided');
  });

  it('a directory for the right CPU without that file explains nothing', async () => {
    const other = library(`${NM}/zeromq/build/linux/arm64/node/other.node`);
    const file = library(`${NM}/zeromq/build/linux/x64/node/addon.node`, 'amd64');
    expect((await prove([node, file, other])).verdict).toBe('refuted');
  });

  it('a command on PATH in a directory named for its CPU is still a command', async () => {
    const files = [program('opt/x64/bin/tool', 'amd64'), program('opt/arm64/lib/tool')];
    const link: TestFile = { path: 'usr/local/bin/tool', type: 'symlink', link: '/opt/x64/bin/tool' };
    expect((await prove([...files, link])).codes).toEqual(['proof/wrong-cpu-command']);
  });

  it('a directory that is named for another CPU than its file explains nothing', async () => {
    const file = library(`${NM}/bcrypt/prebuilds/linux-arm64/bcrypt.node`, 'amd64');
    const other = library(`${NM}/bcrypt/prebuilds/linux-x64/bcrypt.node`, 'amd64');
    expect((await prove([node, file, other])).verdict).toBe('refuted');
  });

  it.each<readonly [string, TestFile]>([
    ['an object file', { path: 'opt/a.o', content: elfBytes({ machine: 'amd64', type: 1 }) }],
    ['a kernel module', { path: 'opt/a.ko', content: elfBytes({ machine: 'amd64', type: 1 }) }],
    ['debug information', { path: 'usr/lib/debug/.build-id/a.debug', content: elfBytes({ machine: 'amd64' }) }],
    ['firmware', { path: 'usr/lib/firmware/a.bin', content: elfBytes({ machine: 94, bits: 32 }) }],
    ['a module of Guile', { path: 'usr/lib/guile/a.go', content: elfBytes({ machine: 0, type: 3 }) }],
    ['a BPF program', { path: 'opt/x.bpf', content: elfBytes({ machine: 247, type: 2 }) }],
    ['a FreeBSD program', { path: 'opt/fbsd', content: elfBytes({ machine: 'amd64', osAbi: 9 }) }],
    ['a macOS program', { path: 'opt/mac', content: Buffer.from('cffaedfe0700000100000000', 'hex') }],
    ['a Windows program', { path: 'opt/w.exe', content: 'MZ\0\0' }],
    ['WebAssembly', { path: 'opt/x.wasm', content: '\0asm\u0001\0\0\0' }],
  ])('%s is not judged as Linux code', async (_, file) => {
    expect(await prove([file])).toMatchObject({ verdict: 'proven', codes: [], counts: { mismatch: 0 } });
  });

  it('a file that a later layer removed or replaced is not judged', async () => {
    const image = testImage({
      platform: 'linux/arm64',
      config: { Cmd: ['/start'] },
      layers: [
        { files: [program('start'), program('usr/bin/jq', 'amd64'), program('usr/bin/yq', 'amd64')] },
        { files: [{ path: 'usr/bin/.wh.jq' }, program('usr/bin/yq')] },
      ],
    });
    expect((await verifyTree(await image.tree())).verdict).toBe('proven');
  });
});

it('no rule of what is there on purpose is without an image that it explains', () => {
  expect(purposeRules.map(({ id }) => id).filter((id) => !met.has(id))).toEqual([]);
});
