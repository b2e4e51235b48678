import type { TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import type { TruthWorld } from './truth-world.ts';

const SITE = 'usr/local/lib/python3.11/dist-packages';
const WRONG = 'proof/wrong-cpu-module';
const FAILS = 'proof/module-not-loadable';
const MISSING = 'proof/requirement-missing';

/** Debian's Python with Debian's own extension modules: right, for another CPU, another Python or another libc, and left out. */
export async function pythonCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const { own, other, triplet } = world;
  const python = (
    await world.install('python3.11-minimal', 'libpython3.11-stdlib', 'libyaml-0-2', 'libstdc++6')
  ).filter(({ path }) => !/\/(pydoc_data|idlelib|lib2to3|tkinter|distutils|wsgiref|unittest|test)\//.test(path));
  const cases: TruthCase[] = [];
  const add = (name: string, files: readonly TestFile[], start: string, ...rest: [TruthCase['verdict'], string?]) =>
    cases.push({
      name,
      layers: [{ files: python }, { files }],
      config: { Cmd: ['/usr/bin/python3.11', '-c', start], Env: ['PATH=/usr/local/bin:/usr/bin'] },
      verdict: rest[0],
      ...(rest[1] !== undefined ? { code: rest[1] } : {}),
    });
  /** A package of Debian, where pip would have put it. */
  const moved = async (cpu: typeof own, name: string, top: string) =>
    (await world.packageOf(cpu, name)).flatMap((file): TestFile[] => {
      const at = file.path.indexOf(`/dist-packages/${top}/`);
      return at < 0 ? [] : [{ ...file, path: `${SITE}${file.path.slice(at + '/dist-packages'.length)}` }];
    });
  const yaml = await moved(own, 'python3-yaml', 'yaml');
  const isNative = ({ path }: TestFile) => path.endsWith('.so');
  const native = yaml.find(isNative)!;
  const foreign = (await moved(other, 'python3-yaml', 'yaml')).find(isNative)!;
  const plain = yaml.filter((file) => !isNative(file));
  const start = 'import yaml._yaml';
  add('an extension of Python', yaml, start, 'proven');
  add('an extension of Python for the other CPU, by its name', [...plain, foreign], start, 'refuted', WRONG);
  add('extensions of Python for both CPUs', [...yaml, foreign], start, 'proven');
  const swapped = { ...native, content: foreign.content! };
  add("the other CPU's bytes under the right name of an extension", [...plain, swapped], start, 'refuted', WRONG);
  // What stands at the top is imported with its name; of what stands deeper nobody knows.
  const top = (name: string, content: string | Uint8Array): TestFile => ({
    path: `${SITE}/${name}`,
    mode: 0o644,
    content,
  });
  const suffix = native.path.slice(native.path.indexOf('.', native.path.lastIndexOf('/')));
  const at = (python: string) => `extra${suffix.replace('cpython-311', python)}`;
  const source =
    'void *PyModule_Create2(void *, int); static long d[64]; void *PyInit_extra(void) { return PyModule_Create2(d, 1013); }';
  const module = await world.compile(definition(source), '-shared', '-fPIC');
  if (module !== undefined) {
    add('an extension for this Python', [top(at('cpython-311'), module)], 'import extra', 'proven');
    add('an extension for another Python', [top(at('cpython-313'), module)], 'import extra', 'refuted', FAILS);
    add('an extension of the stable ABI', [top('extra.abi3.so', module)], 'import extra', 'proven');
    const musl = top(at('cpython-311').replace('linux-gnu', 'linux-musl'), module);
    add('an extension whose name says musl', [musl], 'import extra', 'refuted', FAILS);
    const needy = await forMusl(world, definition(source));
    add(
      'an extension for musl under the right name',
      [top(at('cpython-311'), needy)],
      'import extra',
      'refuted',
      FAILS,
    );
  }

  // Made in another release of the base, and copied: nothing in it is plain wrong, and nothing of it is found.
  const environment = (version: string): readonly TestFile[] => {
    const site = `opt/venv/lib/python${version}/site-packages`;
    return [
      { path: 'opt/venv/pyvenv.cfg', content: `home = /usr/bin\nversion = ${version}.1\n` },
      { path: 'opt/venv/bin/python', type: 'symlink', link: '/usr/bin/python3.11' },
      { path: `${site}/web/__init__.py`, content: '' },
      ...distribution('web', '1.0', [], {}).map((file) => ({ ...file, path: file.path.replace(SITE, site) })),
    ];
  };
  for (const [name, version, ...rest] of [
    ['a virtual environment', '3.11', 'proven'],
    ['a virtual environment of another Python', '3.12', 'refuted', FAILS],
  ] as const)
    cases.push({
      name,
      layers: [{ files: python }, { files: environment(version) }],
      config: { Cmd: ['/opt/venv/bin/python', '-c', 'import web'], Env: ['PATH=/opt/venv/bin:/usr/bin'] },
      verdict: rest[0],
      code: rest[1],
    });
  // As lightgbm has it: no module, but a library that the package opens with ctypes.
  const shared = (name: string, ...flags: string[]) =>
    world.compile('int f(void) { return 0; }', '-shared', '-fPIC', `-Wl,-soname,${name}`, ...flags);
  const needed = await shared('libgone.so.1');
  if (needed !== undefined) {
    const needy = await world.compile(
      { source: 'int g(void) { return 0; }', files: { 'libgone.so.1': needed } },
      ...['-shared', '-fPIC', '-Wl,--no-as-needed', '-L.', '-l:libgone.so.1'],
    );
    const info = `${SITE}/opener-1.0.dist-info`;
    const opener: readonly TestFile[] = [
      ...distribution('opener', '1.0', [], {
        'opener/__init__.py': `import ctypes; ctypes.CDLL("/${SITE}/opener/lib/lib_o.so")\n`,
      }).filter(({ path }) => !path.endsWith('/WHEEL')),
      { path: `${info}/WHEEL`, content: `Wheel-Version: 1.0\nTag: py3-none-manylinux_2_28_${triplet.split('-')[0]}\n` },
      { path: `${info}/RECORD`, content: 'opener/lib/lib_o.so,,\n' },
      top('opener/lib/lib_o.so', needy!),
    ];
    const library: TestFile = { path: 'usr/lib/libgone.so.1', mode: 0o644, content: needed };
    add('a library that its package opens with ctypes', [...opener, library], 'import opener', 'proven');
    add(
      'a library that its package opens with ctypes, without its own',
      opener,
      'import opener',
      'undecided',
      'proof/module-undecided',
    );
  }

  // What SQLAlchemy 2.0 says in its METADATA (PyPI, 2.0.43), and greenlet as Debian has it.
  const wants =
    'Requires-Dist: greenlet>=1; python_version < "3.14" and (platform_machine == "aarch64" or (platform_machine == "ppc64le" or (platform_machine == "x86_64" or (platform_machine == "amd64" or (platform_machine == "AMD64" or (platform_machine == "win32" or platform_machine == "WIN32"))))))';
  const sqlalchemy = distribution('SQLAlchemy', '2.0.43', [wants, 'Requires-Dist: typing-extensions>=4.6.0'], {
    'sqlalchemy/__init__.py': '',
  });
  const typing = distribution('typing_extensions', '4.15.0', [], { 'typing_extensions.py': '' });
  const greenlet = [
    ...(await moved(own, 'python3-greenlet', 'greenlet')),
    ...distribution('greenlet', '2.0.2', [], {}),
  ];
  const use = 'import importlib.metadata as m, sqlalchemy, greenlet; m.version("greenlet")';
  add('greenlet where SQLAlchemy wants it', [...sqlalchemy, ...typing, ...greenlet], use, 'proven');
  add('greenlet left out by a marker of another machine', [...sqlalchemy, ...typing], use, 'refuted', MISSING);
  add('greenlet and what no marker guards left out', sqlalchemy, 'import sqlalchemy', 'refuted', MISSING);
  return cases;
}

/** A module definition with nothing but its name: PyModuleDef of CPython 3.11 on 64 bits is 104 bytes, its name at 40. */
function definition(source: string): string {
  return source.replace(
    'static long d[64];',
    'static struct { long base[5]; const char *name; long rest[7]; } def = { { 1 }, "extra", { 0, -1 } }; static long *d = (long *)&def;',
  );
}

/** What pip leaves of a wheel that holds these files. */
function distribution(
  name: string,
  version: string,
  lines: readonly string[],
  files: Readonly<Record<string, string>>,
): readonly TestFile[] {
  const info = `${SITE}/${name}-${version}.dist-info`;
  const metadata = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`, ...lines, ''].join('\n');
  return [
    { path: `${info}/METADATA`, content: metadata },
    { path: `${info}/WHEEL`, content: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n' },
    { path: `${info}/INSTALLER`, content: 'pip\n' },
    ...Object.entries(files).map(([path, content]): TestFile => ({ path: `${SITE}/${path}`, content })),
  ];
}

/** A library that asks for musl's libc by the name that Alpine's compiler writes. */
export async function forMusl(world: TruthWorld, source: string): Promise<Buffer> {
  const name = `libc.musl-${world.triplet.split('-')[0]}.so.1`;
  const shared = ['-shared', '-fPIC', '-nostdlib'];
  const named = (await world.compile('int nothing;', ...shared, `-Wl,-soname,${name}`))!;
  const flags = [...shared, '-Wl,--no-as-needed', '-L.', `-l:${name}`];
  return (await world.compile({ source, files: { [name]: named } }, ...flags))!;
}
