import type { TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import type { TruthWorld } from './truth-world.ts';

const WRONG = 'proof/wrong-cpu-module';
const LOADER = 'proof/loader-missing';

type Add = (
  name: string,
  layers: readonly (readonly TestFile[])[],
  argv: readonly string[],
  verdict: TruthCase['verdict'],
  code?: string,
  env?: readonly string[],
) => void;

/** Ruby and PHP with extensions of Debian, what the Go toolchain makes, and programs for musl. */
export async function languageCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const cases: TruthCase[] = [];
  const add: Add = (name, layers, argv, verdict, code, env = []) =>
    cases.push({
      name,
      layers: layers.map((files) => ({ files })),
      config: { Cmd: argv, Env: ['PATH=/usr/local/bin:/usr/bin:/bin', ...env] },
      verdict,
      code,
    });
  await rubyCases(world, add);
  await phpCases(world, add);
  await goCases(world, add);
  await muslCases(world, add);
  return cases;
}

async function rubyCases(world: TruthWorld, add: Add): Promise<void> {
  const ruby = (await world.install('ruby3.1')).filter(
    ({ path }) => !/\/(ri|rdoc|rbs|gems\/3\.1\.0\/(?!spec))/.test(path),
  );
  const at = 'usr/local/bundle/gems/bcrypt-3.1.18/lib/bcrypt_ext.so';
  const extension = async (cpu: typeof world.own): Promise<TestFile> => {
    const files = await world.packageOf(cpu, 'ruby-bcrypt');
    return { ...files.find(({ path }) => path.endsWith('/bcrypt_ext.so'))!, path: at };
  };
  const start = ['/usr/bin/ruby3.1', '-e', `require "/${at}"`];
  add('an extension of Ruby', [ruby, [await extension(world.own)]], start, 'proven');
  add('an extension of Ruby for the other CPU', [ruby, [await extension(world.other)]], start, 'refuted', WRONG);
  const home = 'var/lib/gems/3.1.0';
  const gem: readonly TestFile[] = [
    {
      path: `${home}/specifications/bcrypt-3.1.18.gemspec`,
      content: `# -*- encoding: utf-8 -*-
# stub: bcrypt 3.1.18 ruby lib
# stub: ext/mri/extconf.rb

Gem::Specification.new do |s|
  s.name = "bcrypt".freeze
  s.version = "3.1.18"
  s.require_paths = ["lib".freeze]
  s.extensions = ["ext/mri/extconf.rb".freeze]
  s.files = ["ext/mri/extconf.rb".freeze, "lib/bcrypt.rb".freeze]
end
`,
    },
    { path: `${home}/gems/bcrypt-3.1.18/lib/bcrypt.rb`, content: 'require "bcrypt_ext"\n' },
    { path: `${home}/gems/bcrypt-3.1.18/ext/mri/extconf.rb`, content: '' },
  ];
  const cpu = world.own === 'arm64' ? 'aarch64' : 'x86_64';
  const built = (platform: string, file: TestFile): readonly TestFile[] => [
    { path: `${home}/extensions/${platform}/3.1.0/bcrypt-3.1.18/gem.build_complete` },
    { ...file, path: `${home}/extensions/${platform}/3.1.0/bcrypt-3.1.18/bcrypt_ext.so` },
  ];
  const use = ['/usr/bin/ruby3.1', '-e', 'require "bcrypt"'];
  add(
    'a gem whose extension is built',
    [ruby, [...gem, ...built(`${cpu}-linux`, await extension(world.own))]],
    use,
    'proven',
  );
  add('a gem whose extension is not built', [ruby, gem], use, 'refuted', 'proof/native-part-missing');
}

async function phpCases(world: TruthWorld, add: Add): Promise<void> {
  const php = (await world.install('php8.2-cli')).filter(({ path }) => !/^usr\/share\//.test(path));
  const enabled: TestFile = { path: 'etc/php/8.2/cli/conf.d/20-mbstring.ini', content: 'extension=mbstring.so\n' };
  const extension = async (cpu: typeof world.own) =>
    (await world.packageOf(cpu, 'php8.2-mbstring')).filter(({ path }) => path.endsWith('/mbstring.so'));
  const needs = (await world.install('libonig5')).filter(({ path }) => path.includes('/libonig.'));
  const start = ['/usr/bin/php8.2', '-r', 'exit(extension_loaded("mbstring") ? 0 : 1);'];
  const own = await extension(world.own);
  const other = await extension(world.other);
  add('an extension of PHP', [php, [enabled, ...own, ...needs]], start, 'proven');
  add('an extension of PHP for the other CPU', [php, [enabled, ...other, ...needs]], start, 'refuted', WRONG);
  const redis: TestFile = { path: 'etc/php/8.2/cli/conf.d/20-redis.ini', content: 'extension=redis.so\n' };
  const asks = ['/usr/bin/php8.2', '-r', 'exit(extension_loaded("redis") ? 0 : 1);'];
  add('an extension of PHP that is not there', [php, [redis]], asks, 'refuted', 'proof/module-not-loadable');
  const settings = (content: string): TestFile => ({ path: 'etc/php/8.2/cli/conf.d/20-mbstring.ini', content });
  const place = settings('extension=/opt/mbstring.so\n');
  const set = settings('extension_dir=/opt\nextension=mbstring\n');
  const moved = (files: readonly TestFile[]) => files.map((file) => ({ ...file, path: 'opt/mbstring.so' }));
  for (const [how, ini] of [
    ['by its path', place],
    ['in a directory that is set', set],
  ] as const) {
    add(`an extension of PHP ${how}`, [php, [ini, ...moved(own), ...needs]], start, 'proven');
    add(
      `an extension of PHP ${how}, for the other CPU`,
      [php, [ini, ...moved(other), ...needs]],
      start,
      'refuted',
      WRONG,
    );
  }
  const gone: TestFile = { path: redis.path, content: 'extension=/opt/redis.so\n' };
  add('an extension of PHP that is not at its path', [php, [gone]], asks, 'refuted', 'proof/module-not-loadable');
  const newer = own.map((file) => ({ ...file, path: 'usr/lib/php/20230831/redis.so' }));
  add(
    'an extension of PHP in the directory of another release',
    [php, [redis, ...newer, ...needs]],
    asks,
    'refuted',
    'proof/module-not-loadable',
  );
  add(
    'an extension of PHP without its library',
    [php, [enabled, ...own]],
    start,
    'refuted',
    'proof/module-not-loadable',
  );
}

async function goCases(world: TruthWorld, add: Add): Promise<void> {
  const { own, other, debian } = world;
  const plain = 'package main\n\nfunc main() { println("it ran") }\n';
  const still = await world.go(plain);
  if (still === undefined) return;
  const app = (content: Uint8Array, path = 'app'): TestFile => ({ path, mode: 0o755, content });
  const start = ['/app'];
  add('a Go program', [[app(still)]], start, 'proven');
  add(
    'a Go program for the other CPU',
    [[app((await world.go(plain, { GOARCH: other }))!)]],
    start,
    'refuted',
    'proof/start-wrong-cpu',
  );
  if (own === 'amd64') {
    const v3 = (await world.go(plain, { GOAMD64: 'v3' }))!;
    add('a Go program for x86-64-v3', [[app(v3)]], start, 'undecided', 'proof/needs-cpu');
  }
  const linked = 'package main\n\n// #include <stdlib.h>\nimport "C"\n\nfunc main() { println(int(C.abs(-1))) }\n';
  const cgo = await world.go(linked, { CGO_ENABLED: '1' });
  if (cgo === undefined) return;
  add('a Go program with cgo', [debian, [app(cgo)]], start, 'proven');
  add('a Go program with cgo on nothing', [[app(cgo)]], start, 'refuted', LOADER);
}

async function muslCases(world: TruthWorld, add: Add): Promise<void> {
  const cpu = world.own === 'arm64' ? 'aarch64' : 'x86_64';
  const loader = `/lib/ld-musl-${cpu}.so.1`;
  const musl = (await world.packageOf(world.own, 'musl')).filter(({ path }) => !path.startsWith('etc/'));
  const development = await world.packageOf(world.own, 'musl-dev');
  const part = (name: string) => development.find(({ path }) => path.endsWith(`/${name}`))?.content ?? '';
  const libc = musl.find(({ path }) => path.endsWith('/libc.so'))!.content!;
  const files = { 'crt1.o': part('crt1.o'), 'crti.o': part('crti.o'), 'crtn.o': part('crtn.o'), 'libc.so': libc };
  const flags = ['-nostdlib', 'crt1.o', 'crti.o', '-L.', `-Wl,--dynamic-linker=${loader}`, '-Wl,--no-as-needed'];
  const build = (source: string, more: Readonly<Record<string, string | Uint8Array>>, ...names: readonly string[]) =>
    world.compile(
      { source, files: { ...files, ...more } },
      ...flags,
      ...names.map((name) => `-l:${name}`),
      '-l:libc.so',
      '-lgcc',
      'crtn.o',
    );
  const made = await build('int puts(const char *); int main(void) { puts("it ran"); return 0; }', {});
  const shared = await world.compile(
    'int f(void) { return 0; }',
    '-shared',
    '-fPIC',
    '-nostdlib',
    '-Wl,-soname,libf.so.1',
  );
  if (made === undefined || shared === undefined) return;
  const needy = (await build('int f(void); int main(void) { return f(); }', { 'libf.so.1': shared }, 'libf.so.1'))!;
  const app = (content: Uint8Array): TestFile => ({ path: 'opt/app', mode: 0o755, content });
  const start = ['/opt/app'];
  const library = (path: string, content: string | Uint8Array = shared): TestFile => ({ path, mode: 0o755, content });
  add('a program for musl on musl', [[...musl, app(made)]], start, 'proven');
  add('a program for musl on glibc', [[...world.debian, app(made)]], start, 'refuted', LOADER);
  const command: TestFile = { path: 'usr/local/bin/tool', mode: 0o755, content: made };
  add('a command for musl on PATH of glibc', [[...world.debian, command]], ['bash', '-c', 'exit 0'], 'refuted', LOADER);
  add('a program for musl without its library', [[...musl, app(needy)]], start, 'refuted', 'proof/library-missing');
  add('a program for musl with its library', [[...musl, app(needy), library('usr/lib/libf.so.1')]], start, 'proven');
  add(
    "a library that musl's path file does not name",
    [[...musl, app(needy), library('usr/lib/libf.so.1'), { path: `etc/ld-musl-${cpu}.path`, content: '/opt/lib\n' }]],
    start,
    'refuted',
    'proof/library-missing',
  );
  const other = await world.compileForOther(
    // With something to relocate, as every real library has it.
    'int f(void) { return 0; } int (*pointer)(void) = f;',
    '-shared',
    '-fPIC',
    '-nostdlib',
    '-Wl,-soname,libf.so.1',
  );
  if (other !== undefined) {
    add(
      'a library for the other CPU on musl',
      [[...musl, app(needy), library('usr/lib/libf.so.1', other)]],
      start,
      null,
    );
    // glibc's loader goes on without it.
    const preload = ['LD_PRELOAD=/opt/p.so'];
    const ends = 'proof/library-unusable';
    add(
      'a preload for the other CPU on musl',
      [[...musl, app(made), library('opt/p.so', other)]],
      start,
      'refuted',
      ends,
      preload,
    );
    add('a preload that is not there on musl', [[...musl, app(made)]], start, 'proven', undefined, preload);
  }
  const glibc = (await world.compile('int main(void) { return 0; }'))!;
  add('a program for glibc on musl', [[...musl, app(glibc)]], start, 'refuted', LOADER);
}
