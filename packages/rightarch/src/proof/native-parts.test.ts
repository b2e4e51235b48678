import { describe, expect, it } from 'vitest';
import { type ElfParts, elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const NM = 'app/node_modules';
const MACHO = Buffer.from(`cffaedfe0c00000100000000${'00'.repeat(20)}`, 'hex');
const elf = (path: string, parts: ElfParts = {}): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', ...parts }),
});
const addon = (path: string, machine: ElfParts['machine'] = 'arm64') => elf(path, { type: 3, machine });
const text = (path: string, content = ''): TestFile => ({ path, mode: 0o644, content });
const json = (path: string, value: unknown) => text(path, JSON.stringify(value));
const node = elf('usr/local/bin/node');

async function prove(...files: readonly TestFile[]) {
  const config = { Cmd: ['/usr/local/bin/node'], Env: ['PATH=/usr/local/bin'] };
  const image = testImage({ platform: 'linux/arm64', files, config });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

async function proveIn(
  { env = [], cmd = '/usr/local/bin/node' }: { readonly env?: readonly string[]; readonly cmd?: string },
  ...files: readonly TestFile[]
) {
  const config = { Cmd: [cmd], Env: ['PATH=/usr/local/bin', ...env], WorkingDir: '/app' };
  const image = testImage({ platform: 'linux/arm64', files, config });
  return (await verifyTree(await image.tree())).platforms[0]!;
}

/** As npm leaves it: better-sqlite3 12 after `--ignore-scripts`. */
const sqlite = [
  json(`${NM}/better-sqlite3/package.json`, {
    name: 'better-sqlite3',
    dependencies: { bindings: '^1.5.0', 'prebuild-install': '^7.1.1' },
    scripts: { install: 'prebuild-install || node-gyp rebuild --release' },
  }),
  text(`${NM}/better-sqlite3/binding.gyp`, '{}'),
  text(`${NM}/better-sqlite3/lib/index.js`),
];
const bindings = text(`${NM}/bindings/bindings.js`);
const bcrypt = json(`${NM}/bcrypt/package.json`, {
  name: 'bcrypt',
  dependencies: { 'node-gyp-build': '^4.8.4' },
  scripts: { install: 'node-gyp-build' },
});

describe('a package that is compiled when it is installed', () => {
  it('is refuted without its native module, with what its loader prints', async () => {
    const proof = await prove(node, ...sqlite, bindings);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/native-part-missing'] });
    expect(proof.diagnostics[0]?.args).toMatchObject({
      owner: 'better-sqlite3',
      prints: 'Could not locate the bindings file.',
    });
    expect(proof.witness).toContain('createRequire("/app/node_modules/better-sqlite3/package.json")("bindings")');
  });

  it('is proven with it', async () => {
    const proof = await prove(node, ...sqlite, addon(`${NM}/better-sqlite3/build/Release/better_sqlite3.node`));
    expect(proof).toMatchObject({ verdict: 'proven', codes: [] });
  });

  it.each<[string, readonly TestFile[]]>([
    ['only a prebuild of macOS', [bcrypt, { path: `${NM}/bcrypt/prebuilds/darwin-arm64/bcrypt.node`, content: MACHO }]],
    [
      'what was built on a Mac, copied',
      [{ path: `${NM}/better-sqlite3/build/Release/better_sqlite3.node`, content: MACHO }],
    ],
    [
      'what stands on the way to build/Release only',
      [...sqlite, addon(`${NM}/better-sqlite3/build/Release/obj.target/better_sqlite3.node`)],
    ],
    ['one of a package that is installed inside it', [...sqlite, addon(`${NM}/better-sqlite3/node_modules/b/b.node`)]],
    ['a binding.gyp alone: npm compiles it', [text(`${NM}/iconv/binding.gyp`, '{}')]],
    ['an install script alone', [bcrypt]],
    ['under pnpm’s own directory', [text('app/node_modules/.pnpm/iconv@3.0.1/node_modules/iconv/binding.gyp', '{}')]],
  ])('is refuted with %s', async (_, files) => {
    expect(await prove(node, ...files)).toMatchObject({ verdict: 'refuted', codes: ['proof/native-part-missing'] });
  });

  it('says what is there instead', async () => {
    const path = `${NM}/bcrypt/prebuilds/darwin-arm64/bcrypt.node`;
    const { diagnostics } = await prove(node, bcrypt, { path, content: MACHO });
    expect(diagnostics[0]?.args).toMatchObject({ foreign: { path: `/${path}`, text: 'Mach-O arm64' } });
  });

  it('is told once where its module is for another CPU', async () => {
    const proof = await prove(node, ...sqlite, addon(`${NM}/better-sqlite3/build/Release/b.node`, 'amd64'));
    expect(proof.codes).toEqual(['proof/wrong-cpu-module']);
  });

  const gyp = (name: string) => text(`${NM}/${name}/binding.gyp`, '{}');
  const lock = (optional: boolean) =>
    json(`${NM}/.package-lock.json`, { packages: { 'node_modules/native': { optional } } });
  const lister = json(`${NM}/user/package.json`, { optionalDependencies: { native: '1' } });
  it.each<[string, readonly TestFile[], 'proven' | 'refuted']>([
    ['falls back to plain JavaScript by itself', [gyp('bufferutil')], 'proven'],
    ['is optional by npm’s hidden lockfile', [gyp('native'), lock(true)], 'proven'],
    ['is not optional by it, whoever lists it so', [gyp('native'), lister, lock(false)], 'refuted'],
    ['is listed as optional, without a lockfile that knows', [gyp('native'), lister], 'proven'],
    ['is for another system', [gyp('native'), json(`${NM}/native/package.json`, { os: ['darwin'] })], 'proven'],
    ['is for every system but one', [gyp('native'), json(`${NM}/native/package.json`, { os: ['!win32'] })], 'refuted'],
    [
      'goes on where its build fails',
      [gyp('native'), json(`${NM}/native/package.json`, { scripts: { install: 'node-gyp rebuild || exit 0' } })],
      'proven',
    ],
    [
      'has a program instead of a module',
      [
        json(`${NM}/native/package.json`, { scripts: { install: 'node-pre-gyp install' } }),
        elf(`${NM}/native/bin/protoc`),
      ],
      'proven',
    ],
    [
      'runs something else when installed',
      [json(`${NM}/core-js/package.json`, { scripts: { postinstall: 'node -e "try{}catch(e){}"' }, os: [] })],
      'proven',
    ],
    ['lies in the tests of another one', [text(`${NM}/node-gyp/test/node_modules/hello/binding.gyp`, '{}')], 'proven'],
  ])('that %s', async (_, files, verdict) => {
    expect((await prove(node, ...files)).verdict).toBe(verdict);
  });

  it('is nobody’s business without Node', async () => {
    expect((await prove(elf('usr/local/bin/node2'), ...sqlite)).codes).not.toContain('proof/native-part-missing');
  });
});

describe('a family of per-platform packages', () => {
  const esbuild = json(`${NM}/esbuild/package.json`, {
    optionalDependencies: { '@esbuild/linux-x64': '1', '@esbuild/linux-arm64': '1' },
  });
  const member = json(`${NM}/@esbuild/linux-arm64/package.json`, { os: ['linux'], cpu: ['arm64'] });

  it('is empty where its member holds nothing but a manifest', async () => {
    const proof = await prove(node, esbuild, member);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/platform-package-missing'] });
    expect(proof.diagnostics[0]?.args).toMatchObject({ holds: { path: '/app/node_modules/@esbuild/linux-arm64' } });
  });

  it('is empty where its member holds code of another CPU', async () => {
    const proof = await prove(
      node,
      esbuild,
      member,
      elf(`${NM}/@esbuild/linux-arm64/bin/esbuild`, { machine: 'amd64' }),
    );
    expect(proof.verdict).toBe('refuted');
    expect(proof.codes).toContain('proof/platform-package-missing');
  });

  it('is not empty with the right code, or where its owner has it itself', async () => {
    expect((await prove(node, esbuild, member, elf(`${NM}/@esbuild/linux-arm64/bin/esbuild`))).verdict).toBe('proven');
    expect((await prove(node, esbuild, elf(`${NM}/esbuild/lib/downloaded-@esbuild-linux-arm64-esbuild`))).verdict).toBe(
      'proven',
    );
  });
});

describe('a package that needs no native part', () => {
  const one = (manifest: object, ...more: TestFile[]) =>
    prove(
      node,
      json(`${NM}/one/package.json`, { name: 'one', dependencies: { bindings: '1' }, ...manifest }),
      text(`${NM}/one/binding.gyp`, '{}'),
      ...more,
    );
  it.each<[string, object, readonly TestFile[]]>([
    ['because npm is told not to build it', { gypfile: false }, []],
    ['because its script goes on without', { scripts: { install: 'node-gyp rebuild || node fallback.js' } }, []],
    ['because its portable form is there', {}, [{ path: `${NM}/one/one.wasm`, content: '\0asm\u0001\0\0\0' }]],
  ])('%s', async (_, manifest, more) => {
    expect((await one(manifest, ...more)).verdict).toBe('proven');
  });
  it('but one whose script builds it in another way does', async () => {
    expect((await one({ scripts: { install: 'prebuild-install || node scripts/build.js' } })).verdict).toBe('refuted');
  });
});

/** As `prisma generate` of 6.19.0 ends it; with `--no-engine` and in version 7 the lines of path.join are not there. */
const generated = (...engines: readonly string[]): string =>
  ['const config = { "engineVersion": "2ba551f" }', ...engines.map((name) => `path.join(__dirname, "${name}");`)].join(
    '\n',
  );
const LIBRARY = 'libquery_engine-debian-openssl-3.0.x.so.node';
const ARM = 'libquery_engine-linux-arm64-openssl-3.0.x.so.node';

/** Debian with OpenSSL 3: what a client of Prisma goes by. */
const system = [text('etc/os-release', 'ID=debian\n'), text('usr/lib/aarch64-linux-gnu/libssl.so.3')];

describe('a client of Prisma', () => {
  const at = `${NM}/.prisma/client`;
  const client = text(`${at}/index.js`, generated(LIBRARY));

  it('is refuted without an engine, with what it prints', async () => {
    const proof = await prove(node, client);
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/native-part-missing'] });
    expect(proof.witness).toContain(`require("/${at}").PrismaClient`);
  });

  it.each<[string, readonly TestFile[]]>([
    [
      'where pnpm has it',
      [text('app/node_modules/.pnpm/@prisma+client@6.19.0/node_modules/.prisma/client/index.js', generated(LIBRARY))],
    ],
    ['where the project wants it', [text('app/src/generated/prisma/client.js', generated(LIBRARY))]],
    ['with the engine as a program', [text(`${at}/index.js`, generated('query-engine-debian-openssl-3.0.x'))]],
    [
      'generated on a Mac',
      [
        text(`${at}/index.js`, generated('libquery_engine-darwin-arm64.dylib.node')),
        { path: `${at}/libquery_engine-darwin-arm64.dylib.node`, content: MACHO },
      ],
    ],
  ])('is refuted without an engine %s', async (_, files) => {
    expect(await prove(node, ...files)).toMatchObject({ verdict: 'refuted', codes: ['proof/native-part-missing'] });
  });

  it('with the engine of another CPU alone is told once', async () => {
    const proof = await prove(node, client, addon(`${at}/${LIBRARY}`, 'amd64'));
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/wrong-cpu-module'] });
  });

  it.each<[string, readonly TestFile[]]>([
    ['its engine', [...system, client, addon(`${at}/${ARM}`)]],
    ['engines of both CPUs', [...system, client, addon(`${at}/${ARM}`), addon(`${at}/${LIBRARY}`, 'amd64')]],
    ['its engine for an image without OpenSSL', [client, addon(`${at}/${ARM.replace('3.0', '1.1')}`)]],
    ['no engine that it asks for: --no-engine, engineType "client", Prisma 7', [text(`${at}/index.js`, generated())]],
    ['its word that no engine was copied', [text(`${at}/index.js`, `${generated(LIBRARY)}\n"copyEngine": false`)]],
  ])('is no finding with %s', async (_, files) => {
    expect(await prove(node, ...files)).toMatchObject({ verdict: 'proven', codes: [] });
  });

  it.each<[string, string, readonly TestFile[]]>([
    ['of the tools of Prisma', 'refuted', [...system, client, addon(`${NM}/@prisma/engines/${ARM}`)]],
    [
      'beside another client',
      'refuted',
      [
        ...system,
        client,
        text('app/db/index.js', generated(LIBRARY)),
        text('app/db/schema.prisma'),
        addon(`app/db/${ARM}`),
      ],
    ],
    ['of the other kind', 'refuted', [...system, client, elf(`${at}/query-engine-linux-arm64-openssl-3.0.x`)]],
    ['for another OpenSSL', 'refuted', [...system, client, addon(`${at}/${ARM.replace('3.0', '1.1')}`)]],
    ['for musl', 'refuted', [...system, client, addon(`${at}/${ARM.replace('linux', 'linux-musl')}`)]],
    ['where a bundler put it', 'undecided', [...system, client, addon(`app/.next/server/${ARM}`)]],
    ['where only ldconfig tells the OpenSSL', 'undecided', [system[1]!, client, addon(`${at}/${ARM}`)]],
  ])('with an engine %s is %s', async (_, verdict, files) => {
    expect(await prove(node, ...files)).toMatchObject({ verdict, codes: ['proof/native-part-missing'] });
  });

  it.each(['app/lib/db/index.js', 'app/dist/db/client.mjs', 'app/node_modules/@own/db/index.js', 'app/x/index.cjs'])(
    'is seen in %s',
    async (path) => {
      expect(await prove(node, text(path, generated(LIBRARY)))).toMatchObject({
        verdict: 'refuted',
        codes: ['proof/native-part-missing'],
      });
    },
  );

  it.each([
    ['/app/engine.node', 'proven'],
    ['engine.node', 'proven'],
    ['/app/nothing.node', 'refuted'],
    ['/usr/local/bin/node', 'refuted'],
  ])('with PRISMA_QUERY_ENGINE_LIBRARY=%s is %s', async (path, verdict) => {
    const env = [`PRISMA_QUERY_ENGINE_LIBRARY=${path}`];
    expect((await proveIn({ env }, node, client, addon('app/engine.node'))).verdict).toBe(verdict);
  });

  it('with its engine, and a variable that names another file, which is not there, is open', async () => {
    const env = ['PRISMA_QUERY_ENGINE_LIBRARY=/mnt/engine.node'];
    expect((await proveIn({ env }, node, ...system, client, addon(`${at}/${ARM}`))).verdict).toBe('undecided');
  });

  it('is open where what is started is a program of its own', async () => {
    expect((await proveIn({ cmd: '/app/server' }, node, client, elf('app/server'))).verdict).toBe('undecided');
  });
});
