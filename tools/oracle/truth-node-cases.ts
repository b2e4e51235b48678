import { readFileSync } from 'node:fs';
import type { TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { NpmPackage } from '../bases/npm.ts';
import type { TruthCase } from './truth.ts';
import type { TruthWorld } from './truth-world.ts';

/** Packages of the registry, exact: what their loaders look for, and what they print, is theirs. */
const PACKAGES = {
  sharp: {
    name: 'sharp',
    version: '0.35.5',
    integrity: 'sha512-Ywn4OnzGukp7CDMrp08RQ50YKmuwG47brZgIVPTvBaaAfQlRlygrRqSrxdCiL9M+LlzLBiJ68IR1QqvzHyjC7g==',
  },
  colour: {
    name: '@img/colour',
    version: '1.1.0',
    integrity: 'sha512-Td76q7j57o/tLVdgS746cYARfSyxk8iEfRxewL9h4OMzYhbW4TAcppl0mT4eyqXddh6L/jwoM75mo7ixa/pCeQ==',
  },
  libc: {
    name: 'detect-libc',
    version: '2.1.2',
    integrity: 'sha512-Btj2BOOO83o3WyH59e8MgXsxEQVcarkUOpEYrubB0urwnN10yQ364rsiByU11nZlqWYZm05i/of7io4mzihBtQ==',
  },
  semver: {
    name: 'semver',
    version: '7.8.6',
    integrity: 'sha512-9lpSSU4Mly3mrtruwLs1eLK6+gzbzqeBFwRNjIjE+9LuDpWdYctrQlQ3ej1Ilgi7gknpsTRnPoLP8DpCHqHIJw==',
  },
  rollup: {
    name: 'rollup',
    version: '4.68.8',
    integrity: 'sha512-IHx4DeeTGhoAPke6p1Wlg0JEQFyQoZQQjEe1iD+nhEERk7eoeHK9zyOpVJiGc54Z1MCgI96rN1tD7Ttub8XyPA==',
  },
  amd64: {
    name: '@rollup/rollup-linux-x64-gnu',
    version: '4.68.8',
    integrity: 'sha512-mDufoUJ6fnKZnCyjV3sGEDvXQQkM6j1UmINHheGX4Emau3TZWJzX3sCVmbzkNB+W2G84BiFQdDCcF09lv0i0VA==',
  },
  arm64: {
    name: '@rollup/rollup-linux-arm64-gnu',
    version: '4.68.8',
    integrity: 'sha512-lPPStmynSHvwWpSrAsuemPFB+EWFObXjwz44EK4Hph47U6SBAk1Kehq5MkI7i8EYVjrXddaAV7YkJH8mX8QSZQ==',
  },
  esbuild: {
    name: 'esbuild',
    version: '0.28.2',
    integrity: 'sha512-HKVLS8dvII+xoKW9kmqxbRKrnWEXfJJr/FZhhJmiqIB0e053QNYFqOBouTMO/k5sID4MvCiUCvv8b9M4h32wIA==',
  },
  bcrypt: {
    name: 'bcrypt',
    version: '6.0.0',
    integrity: 'sha512-cU8v/EGSrnH+HnxV2z0J7/blxH8gq7Xh2JFT6Aroax7UohdmiJJlxApMxtKfuI7z68NvvVcmR78k2LbT6efhRg==',
  },
  build: {
    name: 'node-gyp-build',
    version: '4.8.4',
    integrity: 'sha512-LA4ZjwlnUblHVgq0oBF3Jl/6h/Nvs5fzBLwdEF4nuxnFdsfajde4WfxtJr3CaiH+F6ewcIB/q4jQ4UzPyid+CQ==',
  },
  prisma: {
    name: '@prisma/client',
    version: '6.19.0',
    integrity: 'sha512-QXFT+N/bva/QI2qoXmjBzL7D6aliPffIwP+81AdTGq0FXDoLxLkWivGMawG8iM5B9BKfxLIXxfWWAF6wbuJU6g==',
  },
} as const satisfies Readonly<Record<string, NpmPackage>>;

const APP = 'app/node_modules';
const WRONG = 'proof/wrong-cpu-module';
const FAMILY = 'proof/platform-package-missing';
const FAILS = 'proof/module-not-loadable';
const PART = 'proof/native-part-missing';
/** What `prisma generate` makes of a schema of one model; it needs an engine that only a server of theirs has. */
const PRISMA_CLIENT = new URL('../../packages/rightarch/testdata/prisma/client-6.19.0.txt', import.meta.url);

/** Real packages of the npm registry in a real Node: whole, without their binary, and with that of another CPU, libc or Node. */
export async function nodeCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const { own, other, triplet } = world;
  const lib = `usr/lib/${triplet}`;
  const libraries = ['libdl.so.2', 'librt.so.1', 'libstdc++.so.6', 'libm.so.6', 'libgcc_s.so.1', 'libpthread.so.0'];
  const node = await world.takeFrom(
    'node:22-slim',
    'usr/local/bin/node',
    ...libraries.map((name) => `${lib}/${name}`),
    `${lib}/libstdc++.so.6.0.30`,
  );
  const take = async (...names: readonly (keyof typeof PACKAGES)[]) =>
    (await Promise.all(names.map((name) => world.npm(PACKAGES[name], APP)))).flat();
  const cases: TruthCase[] = [];
  const add = (
    name: string,
    files: readonly TestFile[],
    start: string,
    verdict: TruthCase['verdict'],
    code?: string,
    status?: number,
  ) =>
    cases.push({
      name,
      layers: [{ files: [...world.debian, ...node] }, { files }],
      config: { Cmd: ['/usr/local/bin/node', '-e', start], WorkingDir: '/app' },
      verdict,
      code,
      status,
    });

  const sharp = await take('sharp', 'colour', 'libc', 'semver');
  add('sharp without its binary', sharp, 'require("sharp")', 'refuted', FAMILY);
  const rollup = (await take('rollup')).filter(({ path }) => !path.includes('/es/'));
  const right = await take(own);
  const wrong = await take(other);
  add('rollup with its binary', [...rollup, ...right], 'require("rollup")', 'proven');
  add('rollup with binaries of both CPUs', [...rollup, ...right, ...wrong], 'require("rollup")', 'proven');
  add('rollup without its binary', rollup, 'require("rollup")', 'refuted', FAMILY);
  add('rollup with the binary of the other CPU only', [...rollup, ...wrong], 'require("rollup")', 'refuted');
  const foreign = wrong.find(({ path }) => path.endsWith('.node'))!;
  const swapped = right.map((file) => (file.path.endsWith('.node') ? { ...file, content: foreign.content! } : file));
  add(
    "rollup with the other CPU's bytes under the right name",
    [...rollup, ...swapped],
    'require("rollup")',
    'refuted',
  );
  add('esbuild without its binary', await take('esbuild'), 'require("esbuild")', 'refuted', FAMILY);

  const bcrypt = (await take('bcrypt', 'build')).filter(({ path }) => !/\/(src|test|examples)\//.test(path));
  const prebuilds = (file: TestFile) => /\/prebuilds\/([^/]+)\//.exec(file.path)?.[1];
  const cpu = own === 'arm64' ? 'linux-arm64' : 'linux-x64';
  const start = 'require("bcrypt")';
  add('prebuilds of every system', bcrypt, start, 'proven');
  const without = bcrypt.filter((file) => prebuilds(file) !== cpu);
  add('prebuilds of every system but this CPU', without, start, 'refuted');
  add(
    'a package without its prebuilds',
    bcrypt.filter((file) => prebuilds(file) === undefined),
    start,
    'refuted',
  );
  add(
    'prebuilds for this CPU of which none is for glibc',
    bcrypt.filter(({ path }) => !path.endsWith(`${cpu}/bcrypt.glibc.node`)),
    start,
    'refuted',
    FAILS,
  );
  const bytes = bcrypt.find(({ path }) => path.includes(own === 'arm64' ? 'linux-x64/' : 'linux-arm64/'))!.content!;
  const release = (name: string, content: string | Uint8Array): TestFile => ({
    path: `${APP}/${name}/build/Release/${name}.node`,
    mode: 0o755,
    content,
  });
  add(
    'a native module for the other CPU',
    [release('a', bytes)],
    `require("/${release('a', '').path}")`,
    'refuted',
    WRONG,
  );

  const mac = bcrypt.find(({ path }) => path.includes('darwin-arm64/'))!.content!;
  add('a native module for macOS', [release('a', mac)], `require("/${release('a', '').path}")`, 'refuted');

  const runtime = (await take('prisma')).filter(({ path }) => /\/(package\.json|runtime\/library\.js)$/.test(path));
  const client: TestFile = { path: `${APP}/.prisma/client/index.js`, content: readFileSync(PRISMA_CLIENT) };
  const connect = 'new (require("/app/node_modules/.prisma/client").PrismaClient)().$connect()';
  const prisma = [...runtime, client];
  add('a client of Prisma without its engine', prisma, connect, 'refuted', PART);
  cases.push(...(await prismaCases(world, [...world.debian, ...node], prisma, bytes)));

  const V22 = 127;
  for (const [kind, symbol] of [
    ['a symbol', true],
    ['a constructor alone', false],
  ] as const) {
    const made = async (version: number) => world.compile(addon(version, symbol), '-shared', '-fPIC', '-O1');
    const [old, fitting] = [await made(108), await made(V22)];
    if (old === undefined || fitting === undefined) break;
    const load = `require("/${release('a', '').path}")`;
    add(`a native module for this Node, by ${kind}`, [release('a', fitting)], load, 'proven');
    add(`a native module for another Node, by ${kind}`, [release('a', old)], load, 'refuted', FAILS);
  }
  return cases;
}

/**
 * The client is the real one. Its engine in Rust comes only from a server of theirs: in its place is a module of Node that
 * opens and does nothing, which shows whether a client finds what it looks for, and whether that is for this CPU.
 */
async function prismaCases(
  world: TruthWorld,
  base: readonly TestFile[],
  prisma: readonly TestFile[],
  foreign: string | Uint8Array,
): Promise<readonly TruthCase[]> {
  const fitting = await world.compile(MODULE, '-shared', '-fPIC', '-O1');
  if (fitting === undefined) return [];
  const release: TestFile = { path: 'etc/os-release', content: 'ID=debian\n' };
  // It goes by the name of the file alone.
  const ssl: TestFile = { path: `usr/lib/${world.triplet}/libssl.so.3`, content: fitting };
  const engine = (
    target: string,
    content: string | Uint8Array = fitting,
    folder = `${APP}/.prisma/client`,
  ): TestFile => ({
    path: `${folder}/libquery_engine-${target}.so.node`,
    mode: 0o755,
    content,
  });
  const cpu = world.own === 'arm64' ? 'linux-arm64' : 'debian';
  const own = `${cpu}-openssl-3.0.x`;
  const make = 'const { PrismaClient } = require("/app/node_modules/.prisma/client"); const db = new PrismaClient();';
  const connect = `${make} db.$connect()`;
  // An engine that does nothing fails later, with other words than one that is not found.
  const finds = `process.on("unhandledRejection", (e) => process.exit(/could not locate/.test(e.message) ? 1 : 0)); ${connect}`;
  const cases: TruthCase[] = [];
  const add = (name: string, files: readonly TestFile[], start: string, want: Pick<TruthCase, 'verdict' | 'code'>) =>
    cases.push({
      name: `a client of Prisma ${name}`,
      layers: [{ files: [...base, release, ssl] }, { files: [...prisma, ...files] }],
      config: { Cmd: ['/usr/local/bin/node', '-e', start], WorkingDir: '/app' },
      ...want,
    });
  const missing = { verdict: 'refuted', code: PART } as const;
  add('with its engine', [engine(own)], finds, { verdict: 'proven', code: undefined });
  add('with the engine for another OpenSSL', [engine(`${cpu}-openssl-1.1.x`)], connect, missing);
  add(
    'with the engine for musl',
    [engine(world.own === 'arm64' ? 'linux-musl-arm64-openssl-3.0.x' : 'linux-musl-openssl-3.0.x')],
    connect,
    missing,
  );
  const other = world.own === 'arm64' ? 'debian-openssl-3.0.x' : 'linux-arm64-openssl-3.0.x';
  const wrong = { verdict: 'refuted', code: WRONG } as const;
  add('with the engine for the other CPU', [engine(other, foreign)], connect, wrong);
  add("with the other CPU's bytes under the right name", [engine(own, foreign)], connect, wrong);
  add(
    'whose engine lies where only the tools of Prisma look',
    [engine(own, fitting, `${APP}/@prisma/engines`)],
    connect,
    missing,
  );
  return cases;
}

/** A module of Node that gives nothing. */
const MODULE = 'void *napi_register_module_v1(void *env, void *exports) { return exports; }';

/** What NODE_MODULE_INIT of node.h makes, and what NODE_MODULE makes, which has no symbol that names the version. */
function addon(version: number, symbol: boolean): string {
  const name = symbol ? `node_register_module_v${version}` : 'initialize';
  return `
struct node_module {
  int nm_version; unsigned nm_flags; void *nm_dso_handle; const char *nm_filename; void *nm_register_func;
  void (*nm_context_register_func)(void *, void *, void *, void *); const char *nm_modname; void *nm_priv;
  struct node_module *nm_link;
};
void node_module_register(void *);
${symbol ? '' : 'static '}void ${name}(void *exports, void *module, void *context, void *priv) {}
static struct node_module module = { ${version}, 0, 0, "../addon.cc", 0, ${name}, "addon", 0, 0 };
__attribute__((constructor)) static void before(void) { node_module_register(&module); }
`;
}
