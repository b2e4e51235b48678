import { describe, expect, it } from 'vitest';
import { elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const GLIBC = '/lib/ld-linux-aarch64.so.1';
const MUSL = '/lib/ld-musl-aarch64.so.1';
/** What glibc's loader has inside: its built-in directories, as Debian builds it. */
const DIRECTORIES = Buffer.from('\0/lib/aarch64-linux-gnu/\0/usr/lib/aarch64-linux-gnu/\0/lib/\0/usr/lib/\0\0');

const loader = (path: string, inside: Uint8Array = DIRECTORIES): TestFile => ({
  path,
  mode: 0o755,
  // Behind the segment: it is read as bytes, not as code.
  content: Buffer.concat([elfBytes({ machine: 'arm64', type: 3, soname: 'ld.so' }), inside]),
});
const app = (parts: Parameters<typeof elfBytes>[0], interpreter = GLIBC, more: Partial<TestFile> = {}): TestFile => ({
  path: 'opt/bin/app',
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', type: 3, interpreter, ...parts }),
  ...more,
});
const library = (path: string, parts: Parameters<typeof elfBytes>[0] = {}, more: Partial<TestFile> = {}): TestFile => ({
  path,
  mode: 0o644,
  content: elfBytes({ machine: 'arm64', type: 3, ...parts }),
  ...more,
});

/**
 * /etc/ld.so.cache with these entries, as ldconfig of glibc 2.32 and later writes it. In front of them those of
 * glibc-hwcaps, whose field has DL_CACHE_HWCAP_EXTENSION and the number of their level (sysdeps/generic/dl-cache.h).
 */
function cache(
  entries: Readonly<Record<string, string>>,
  flags = 0x0a03,
  better: Readonly<Record<string, string>> = {},
): TestFile {
  const list = [...Object.entries(better), ...Object.entries(entries)];
  const levels = Object.keys(better).length;
  const table = Buffer.alloc(48 + 24 * list.length);
  table.write('glibc-ld.so.cache1.1', 0, 'latin1');
  table.writeUInt32LE(list.length, 20);
  let strings = Buffer.alloc(0);
  const place = (text: string): number => {
    const at = table.length + strings.length;
    strings = Buffer.concat([strings, Buffer.from(`${text}\0`)]);
    return at;
  };
  for (const [i, [name, path]] of list.entries()) {
    table.writeInt32LE(flags, 48 + 24 * i);
    table.writeUInt32LE(place(name), 52 + 24 * i);
    table.writeUInt32LE(place(path), 56 + 24 * i);
    if (i < levels) table.writeBigUInt64LE(1n << 62n, 64 + 24 * i);
  }
  return { path: 'etc/ld.so.cache', content: Buffer.concat([table, strings]) };
}

type Config = Readonly<Record<string, unknown>> | undefined;

async function prove(files: readonly TestFile[], config: Config = {}) {
  const all = [loader('lib/ld-linux-aarch64.so.1'), loader('lib/ld-musl-aarch64.so.1'), ...files];
  const image = testImage({ platform: 'linux/arm64', files: all, config: { Cmd: ['/opt/bin/app'], ...config } });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

const MISSING = 'proof/library-missing';
const UNUSABLE = 'proof/library-unusable';
const needs = { needed: ['libx.so.1'] };

describe('what the loader finds', () => {
  it.each<readonly [string, readonly TestFile[], Readonly<Record<string, unknown>>?]>([
    ['in a directory that is built in', [app(needs), library('usr/lib/aarch64-linux-gnu/libx.so.1')]],
    ['by RUNPATH from $ORIGIN', [app({ ...needs, runpath: '$ORIGIN/../lib' }), library('opt/lib/libx.so.1')]],
    [
      'by RPATH of the program, for its library',
      [app({ needed: ['liby.so'], rpath: '/o' }), library('o/liby.so', needs), library('o/libx.so.1')],
    ],
    ['by LD_LIBRARY_PATH', [app(needs), library('o/libx.so.1')], { Env: ['LD_LIBRARY_PATH=/n:/o'] }],
    ['by the cache', [app(needs), library('o/libx.so.1'), cache({ 'libx.so.1': '/o/libx.so.1' })]],
    [
      'behind a stale line of the cache',
      [app(needs), library('lib/libx.so.1'), cache({ 'libx.so.1': '/o/libx.so.1' })],
    ],
    [
      'behind one for another CPU',
      [app({ ...needs, rpath: '/o' }), library('o/libx.so.1', { machine: 'amd64' }), library('lib/libx.so.1')],
    ],
    ['the loader itself', [app({ needed: ['ld.so'] })]],
    ['in musl’s own directories', [app(needs, MUSL), library('usr/local/lib/libx.so.1')]],
    ['libc in musl itself', [app({ needed: ['libc.musl-aarch64.so.1', 'libm.so.6'] }, MUSL)]],
    [
      'by musl’s path file',
      [app(needs, MUSL), library('o/libx.so.1'), { path: 'etc/ld-musl-aarch64.path', content: '/n:/o\n' }],
    ],
    ['a circle', [app(needs), library('lib/libx.so.1', { needed: ['liby.so'] }), library('lib/liby.so', needs)]],
  ])('%s', async (_, files, config) => {
    expect(await prove(files as readonly TestFile[], config as Config)).toMatchObject({ verdict: 'proven', codes: [] });
  });
});

describe('what ends a start', () => {
  it.each<readonly [string, string, readonly TestFile[], Readonly<Record<string, unknown>>?]>([
    ['nothing of the name', MISSING, [app(needs)]],
    ['a library of a library', MISSING, [app({ needed: ['liby.so'] }), library('lib/liby.so', needs)]],
    ['only one for another CPU', MISSING, [app(needs), library('lib/libx.so.1', { machine: 'amd64' })]],
    [
      'a directory that only ld.so.conf names',
      MISSING,
      [app(needs), library('o/libx.so.1'), { path: 'etc/ld.so.conf', content: '/o\n' }],
    ],
    [
      'a cache for another CPU',
      MISSING,
      [app(needs), library('o/libx.so.1'), cache({ 'libx.so.1': '/o/libx.so.1' }, 0x0303)],
    ],
    [
      'RPATH where there is a RUNPATH',
      MISSING,
      [app({ ...needs, rpath: '/o', runpath: '/n' }), library('o/libx.so.1')],
    ],
    [
      'RUNPATH of the program, for its library',
      MISSING,
      [app({ needed: ['liby.so'], runpath: '/o' }), library('o/liby.so', needs), library('o/libx.so.1')],
    ],
    [
      'LD_LIBRARY_PATH of a program that gains rights',
      MISSING,
      [app(needs, GLIBC, { mode: 0o4755 }), library('o/libx.so.1')],
      { User: '1000', Env: ['LD_LIBRARY_PATH=/o'] },
    ],
    [
      'one that the user may not read',
      MISSING,
      [app(needs), library('lib/libx.so.1', {}, { mode: 0o600 })],
      { User: '1000' },
    ],
    [
      'no library at all before the right one',
      UNUSABLE,
      [app({ ...needs, rpath: '/o' }), { path: 'o/libx.so.1', content: 'x'.repeat(99) }, library('lib/libx.so.1')],
    ],
    ['an executable of that name', UNUSABLE, [app(needs), library('lib/libx.so.1', { type: 2 })]],
    [
      'what only the loader’s own directories have, for a program that keeps out of them (DF_1_NODEFLIB)',
      MISSING,
      [
        app({ ...needs, flags1: 0x800 }),
        library('usr/lib/aarch64-linux-gnu/libx.so.1'),
        cache({ 'libx.so.1': '/usr/lib/aarch64-linux-gnu/libx.so.1' }),
      ],
    ],
    [
      'one for another CPU, in musl',
      UNUSABLE,
      [app(needs, MUSL), library('lib/libx.so.1', { machine: 'amd64' }), library('usr/lib/libx.so.1')],
    ],
    ['glibc’s directories, in musl', MISSING, [app(needs, MUSL), library('usr/lib/aarch64-linux-gnu/libx.so.1')]],
  ])('%s', async (_, code, files, config) => {
    const proof = await prove(files as readonly TestFile[], config as Config);
    expect(proof).toMatchObject({ verdict: 'refuted', witness: '/opt/bin/app' });
    expect(proof.codes[0]).toBe(code);
  });

  it('says what the loader prints', async () => {
    expect((await prove([app(needs)])).diagnostics[0]?.args['prints']).toBe(
      '/opt/bin/app: error while loading shared libraries: libx.so.1: cannot open shared object file: No such file or directory',
    );
  });

  it.each<readonly [string, readonly TestFile[]]>([
    ['a token that the CPU decides', [app({ ...needs, rpath: '/o/$PLATFORM' })]],
    [
      'a loader whose directories are not to be read',
      [loader('lib/ld-linux-aarch64.so.1', Buffer.alloc(0)), app(needs)],
    ],
    [
      'a damaged library',
      [
        app(needs),
        {
          ...library('lib/libx.so.1'),
          content: elfBytes({ machine: 'arm64', type: 3, padding: 900 }).subarray(0, 500),
        },
      ],
    ],
  ])('leaves open: %s', async (_, files) => {
    expect((await prove(files)).verdict).toBe('undecided');
  });
});

describe('preloads', () => {
  const preload = (value: string) => ({ Env: [`LD_PRELOAD=${value}`] });
  const IGNORED = 'proof/preload-ignored';
  it.each<[string, readonly TestFile[], Config, readonly string[]]>([
    ['one that is there', [app({}), library('o/p.so')], preload('/o/p.so'), []],
    ['one of the system, by its name', [app({}), library('lib/p.so')], preload('p.so'), []],
    ['one that is not there', [app({})], preload('/usr/lib/x86_64-linux-gnu/libjemalloc.so.2'), [IGNORED]],
    [
      'two, of which one is for another CPU',
      [app({}), library('o/p.so', { machine: 'amd64' })],
      preload('/o/q.so:/o/p.so'),
      [IGNORED, IGNORED],
    ],
    ['of ld.so.preload', [app({}), { path: 'etc/ld.so.preload', content: '# why\n/o/p.so\n' }], {}, [IGNORED]],
    [
      'of ld.so.preload, which musl does not read',
      [app({}, MUSL), { path: 'etc/ld.so.preload', content: '/o/p.so' }],
      {},
      [],
    ],
    ['of a program that gains rights', [app({}, GLIBC, { mode: 0o4755 })], { ...preload('/o/p.so'), User: '1000' }, []],
  ])('starts: %s', async (_, files, config, codes) => {
    expect(await prove(files, config)).toMatchObject({ verdict: 'proven', codes });
  });

  it('one that needs what is not there ends the start', async () => {
    const proof = await prove([app({}), library('o/p.so', { needed: ['libgone.so'] })], preload('/o/p.so'));
    expect(proof).toMatchObject({ verdict: 'refuted', codes: [MISSING] });
  });

  it.each([
    ['ends the start with musl', MUSL, 'refuted'],
    ['is passed over by glibc', GLIBC, 'proven'],
  ])('one for another CPU %s', async (_, loader, verdict) => {
    const files = [app({}, loader), library('o/p.so', { machine: 'amd64' })];
    expect(await prove(files, preload('/o/p.so'))).toMatchObject({ verdict });
  });

  it('one that could not be loaded is still missing where it is needed', async () => {
    const proof = await prove([app(needs)], preload('libx.so.1'));
    expect(proof).toMatchObject({ verdict: 'refuted', codes: [IGNORED, MISSING] });
  });
});

describe('copies for a better CPU', () => {
  const V3 = 'lib/glibc-hwcaps/x86-64-v3/libx.so.1';
  const on = (machine: 'amd64' | 'arm64') => {
    const interpreter = machine === 'amd64' ? '/lib64/ld-linux-x86-64.so.2' : GLIBC;
    const own = (path: string, parts: Parameters<typeof elfBytes>[0] = {}) => library(path, { machine, ...parts });
    return {
      own,
      async prove(...files: TestFile[]) {
        const loading = {
          ...own(interpreter.slice(1)),
          mode: 0o755,
          content: Buffer.concat([elfBytes({ machine, type: 3, soname: 'ld.so' }), DIRECTORIES]),
        };
        const all = [loading, app({ ...needs, machine }, interpreter), ...files];
        const image = testImage({ platform: `linux/${machine}`, files: all, config: { Cmd: ['/opt/bin/app'] } });
        const { verdict, needs: fact } = (await verifyTree(await image.tree())).platforms[0]!;
        return { verdict, needs: fact };
      },
    };
  };
  const open = { verdict: 'undecided', needs: { args: { word: expect.stringContaining('x86-64-v3') } } };

  it('one that is sound changes nothing', async () => {
    const { own, prove } = on('amd64');
    expect(await prove(own('lib/libx.so.1'), own(V3))).toMatchObject({ verdict: 'proven' });
  });

  it('one that is broken (case 12)', async () => {
    const { own, prove } = on('amd64');
    expect(await prove(own('lib/libx.so.1'), { path: V3, content: 'x' })).toMatchObject(open);
  });

  it('one that needs what is not there', async () => {
    const { own, prove } = on('amd64');
    expect(await prove(own('lib/libx.so.1'), own(V3, { needed: ['liby.so'] }))).toMatchObject(open);
    expect(await prove(own('lib/libx.so.1'), own(V3, { needed: ['liby.so'] }), own('lib/liby.so'))).toMatchObject({
      verdict: 'proven',
    });
  });

  it('one that stands alone: only a better CPU has the library', async () => {
    const { own, prove } = on('amd64');
    expect(await prove(own(V3))).toMatchObject(open);
    expect(await prove(own(V3), own('usr/lib/libx.so.1'))).toMatchObject({ verdict: 'proven' });
  });

  it.each<[string, boolean, Readonly<Record<string, string>>, TestFile['content'], object]>([
    ['sound', true, { 'libx.so.1': '/o/libx.so.1' }, undefined, { verdict: 'proven' }],
    ['broken', true, { 'libx.so.1': '/o/libx.so.1' }, 'x', open],
    ['alone in the cache, the plain one in a default directory', false, {}, undefined, { verdict: 'proven' }],
    ['alone in the cache and broken', false, {}, 'x', open],
    ['alone', true, {}, undefined, open],
  ])('one that the loader’s cache names: %s', async (_, elsewhere, plain, content, expected) => {
    const { own, prove } = on('amd64');
    const better = 'o/glibc-hwcaps/x86-64-v3/libx.so.1';
    expect(
      await prove(
        own(elsewhere ? 'o/libx.so.1' : 'lib/libx.so.1'),
        content === undefined ? own(better) : { path: better, content },
        cache(plain, 0x0303, { 'libx.so.1': `/${better}` }),
      ),
    ).toMatchObject(expected);
  });

  it('a directory whose name is no level of the CPU is not looked into', async () => {
    const amd64 = on('amd64');
    const strange: TestFile = { path: 'lib/glibc-hwcaps/v9/libx.so.1', content: 'x' };
    expect(await amd64.prove(amd64.own('lib/libx.so.1'), strange)).toMatchObject({ verdict: 'proven' });
    const arm64 = on('arm64');
    expect(await arm64.prove(arm64.own('lib/libx.so.1'), { path: V3, content: 'x' })).toMatchObject({
      verdict: 'proven',
    });
    expect(await arm64.prove(arm64.own(V3))).toMatchObject({ verdict: 'refuted' });
  });
});

describe('32-bit ARM: the loader of one float ABI passes over libraries of the other', () => {
  const HARD = 0x05000400;
  const SOFT = 0x05000200;
  const file = (path: string, flags: number, parts: Parameters<typeof elfBytes>[0] = {}, inside = Buffer.alloc(0)) => ({
    path,
    mode: 0o755,
    content: Buffer.concat([elfBytes({ machine: 'arm', type: 3, flags, ...parts }), inside]),
  });
  const proveArm = async (flags: number, files: readonly TestFile[], more: Parameters<typeof elfBytes>[0] = {}) => {
    const interpreter = '/lib/ld-linux-armhf.so.3';
    const image = testImage({
      platform: 'linux/arm/v7',
      files: [
        file('lib/ld-linux-armhf.so.3', flags, { soname: 'ld.so' }, Buffer.from('\0/lib/\0/usr/lib/\0\0')),
        file('opt/bin/app', flags, { interpreter, needed: ['libx.so.1'], ...more }),
        ...files,
      ],
      config: { Cmd: ['/opt/bin/app'] },
    });
    const proof = (await verifyTree(await image.tree())).platforms[0]!;
    return [proof.verdict, ...proof.diagnostics.map(({ code }) => code)].join(' ');
  };
  // What ld.so of Debian 12's armhf and armel said under qemu-arm 7.2, 2026-11-29.
  it.each<readonly [string, number, readonly TestFile[], string]>([
    ['its own', HARD, [file('lib/libx.so.1', HARD)], 'proven'],
    ['soft on hard', HARD, [file('lib/libx.so.1', SOFT)], 'refuted proof/library-missing'],
    ['hard on soft', SOFT, [file('lib/libx.so.1', HARD)], 'refuted proof/library-missing'],
    ['the other one first', HARD, [file('lib/libx.so.1', SOFT), file('usr/lib/libx.so.1', HARD)], 'proven'],
    ['one that states none', HARD, [file('lib/libx.so.1', 0x05000000)], 'proven'],
    ['ARM’s own number of a system', HARD, [file('lib/libx.so.1', HARD, { osAbi: 64 })], 'proven'],
    ['by the cache', HARD, [file('o/libx.so.1', HARD), cache({ 'libx.so.1': '/o/libx.so.1' }, 0x0903)], 'proven'],
    [
      'a cache of the other float ABI',
      HARD,
      [file('o/libx.so.1', HARD), cache({ 'libx.so.1': '/o/libx.so.1' }, 0x0b03)],
      'refuted proof/library-missing',
    ],
  ])('%s', async (_, flags, files, expected) => expect(await proveArm(flags, files)).toBe(expected));
});
