import { describe, expect, it } from 'vitest';
import { type ElfParts, elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const elf = (path: string, parts: ElfParts = {}): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', type: 3, ...parts }),
});
const program = (path: string) => elf(path, { interpreter: '/lib/ld-linux-aarch64.so.1', needed: ['libc.so.6'] });
const LOADER = Buffer.concat([
  elfBytes({ machine: 'arm64', type: 3 }),
  Buffer.from('\0/lib/aarch64-linux-gnu/\0/lib/\0\0'),
]);
const BASE = [
  { path: 'lib/ld-linux-aarch64.so.1', mode: 0o755, content: LOADER },
  elf('lib/libc.so.6', { soname: 'libc.so.6' }),
  program('start'),
];
const ruby = program('usr/local/bin/ruby');
const php = program('usr/local/bin/php');
const ini = (name: string, text: string): TestFile => ({ path: `usr/local/etc/php/conf.d/${name}.ini`, content: text });

async function prove(...files: readonly TestFile[]) {
  const config = { Cmd: ['/start'], Env: ['PATH=/usr/local/bin'] };
  const image = testImage({ platform: 'linux/arm64', files: [...BASE, ...files], config });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

const GEMS = 'usr/local/bundle';
const EXTENSIONS = 'usr/local/lib/php/extensions/no-debug-non-zts-20230831';

describe('extensions of Ruby', () => {
  const nokogiri = `${GEMS}/gems/nokogiri-1.16.0-x86_64-linux/lib/nokogiri/3.3/nokogiri.so`;

  it('for another CPU are refuted, where there is a Ruby', async () => {
    const proof = await prove(ruby, elf(nokogiri, { machine: 'amd64' }));
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/wrong-cpu-module'] });
    expect(proof.witness).toBe(`/usr/local/bin/ruby -e 'require "/${nokogiri}"'`);
    expect(proof.diagnostics[0]?.args['prints']).toMatch(/^LoadError: .*nokogiri\.so: cannot open shared object file/);
    expect((await prove(elf(nokogiri, { machine: 'amd64' }))).verdict).toBe('undecided');
  });

  it.each([`${GEMS}/gems/pg-1.5.9/lib/pg_ext.so`, `${GEMS}/extensions/aarch64-linux/3.3.0/pg-1.5.9/pg_ext.so`])(
    'without their library are refuted: %s',
    async (path) => {
      const module = elf(path, { needed: ['libpq.so.5', 'libc.so.6'] });
      const proof = await prove(ruby, module);
      expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/module-not-loadable'] });
      expect(proof.diagnostics[0]?.args).toMatchObject({ owner: 'pg-1.5.9', library: 'libpq.so.5' });
      const libpq = elf('lib/libpq.so.5', { soname: 'libpq.so.5', needed: ['libc.so.6'] });
      expect((await prove(ruby, module, libpq)).verdict).toBe('proven');
    },
  );

  it('of a gem with one for each Ruby, one is needed', async () => {
    const of = (version: string, needed: string[]) => elf(`${GEMS}/gems/g-1/lib/g/${version}/g.so`, { needed });
    const [right, wrong] = [of('3.3', ['libc.so.6']), of('3.1', ['libruby.so.3.1'])];
    expect((await prove(ruby, right, wrong)).verdict).toBe('proven');
    expect((await prove(ruby, wrong)).verdict).toBe('refuted');
  });

  it('that the build left over are nobody’s', async () => {
    expect((await prove(ruby, elf(`${GEMS}/gems/pg-1.5.9/ext/pg_ext.so`, { needed: ['libgone.so'] }))).verdict).toBe(
      'proven',
    );
  });
});

describe('extensions of PHP', () => {
  it('for another CPU are refuted, where php.ini names them', async () => {
    const redis = elf(`${EXTENSIONS}/redis.so`, { machine: 'amd64' });
    const proof = await prove(php, redis, ini('redis', 'extension=redis.so\n'));
    expect(proof).toMatchObject({ verdict: 'refuted', codes: ['proof/wrong-cpu-module'] });
    expect(proof.witness).toBe(`/usr/local/bin/php -r 'exit(extension_loaded("redis") ? 0 : 1);'`);
    expect((await prove(php, redis, ini('redis', ';extension=redis\n'))).verdict).toBe('undecided');
  });

  it.each<[string, string, readonly TestFile[]]>([
    ['the official image’s', `${EXTENSIONS}/gd.so`, [ini('docker-php-ext-gd', 'extension=gd\n')]],
    [
      'Debian’s, by a link',
      'usr/lib/php/20220829/gd.so',
      [
        { path: 'etc/php/8.2/mods-available/gd.ini', content: '; priority=20\nextension=gd.so\n' },
        { path: 'etc/php/8.2/cli/conf.d/20-gd.ini', type: 'symlink', link: '/etc/php/8.2/mods-available/gd.ini' },
      ],
    ],
    ['Alpine’s', 'usr/lib/php83/modules/gd.so', [{ path: 'etc/php83/conf.d/00_gd.ini', content: 'extension=gd\n' }]],
  ])('without their library are refuted: %s', async (_, path, files) => {
    const gd = elf(path, { needed: ['libpng16.so.16', 'libc.so.6'] });
    expect(await prove(php, gd, ...files)).toMatchObject({ verdict: 'refuted', codes: ['proof/module-not-loadable'] });
    expect((await prove(php, gd)).verdict).toBe('proven');
    const png = elf('lib/libpng16.so.16', { soname: 'libpng16.so.16' });
    expect((await prove(php, gd, png, ...files)).verdict).toBe('proven');
  });
});
