import { describe, expect, it } from 'vitest';
import { elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const SP = 'usr/local/lib/python3.11/site-packages';
const elf = (path: string, machine: 'amd64' | 'arm64' = 'arm64', type = 2): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine, type }),
});
const text = (path: string, content = ''): TestFile => ({ path, mode: 0o644, content });
const python = elf('usr/local/bin/python3.11');

async function prove(files: readonly TestFile[], { platform = 'linux/arm64', env = [] as string[] } = {}) {
  const config = { Cmd: ['/start'], Env: ['PATH=/usr/local/bin', ...env] };
  const all = [elf('start', platform === 'linux/arm64' ? 'arm64' : 'amd64'), ...files];
  const proof = (await verifyTree(await testImage({ platform, files: all, config }).tree())).platforms[0]!;
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

const dist = (name: string, lines: readonly string[] = [], site = SP): TestFile =>
  text(
    `${site}/${name}-1.0.dist-info/METADATA`,
    [
      'Metadata-Version: 2.1',
      `Name: ${name}`,
      'Version: 1.0',
      ...lines.map((line) => `Requires-Dist: ${line}`),
      '',
      'Requires-Dist: no',
    ].join('\n'),
  );
/** SQLAlchemy 2.0, as its METADATA has it. */
const GREENLET =
  'greenlet!=0.4.17; python_version < "3.14" and (platform_machine == "aarch64" or (platform_machine == "ppc64le" or (platform_machine == "x86_64" or platform_machine == "AMD64")))';
const sqlalchemy = dist('SQLAlchemy', [GREENLET, 'typing-extensions>=4.6.0', 'pymysql; extra == "pymysql"']);
const typing = dist('typing_extensions');

describe('requirements of Python distributions', () => {
  it('greenlet, whose marker was evaluated on an Apple Silicon host', async () => {
    const proof = await prove([python, sqlalchemy, typing]);
    expect(proof).toMatchObject({
      verdict: 'refuted',
      codes: ['proof/requirement-missing'],
      witness: `/usr/local/bin/python3.11 -c 'import importlib.metadata; importlib.metadata.version("greenlet")'`,
    });
    expect(proof.diagnostics[0]?.args).toMatchObject({ owner: 'SQLAlchemy 1.0', requirement: 'greenlet!=0.4.17' });
  });

  it('protobuf, of which a neighbour in its namespace is no part', async () => {
    const api = dist('google-api-core', ['protobuf; platform_machine == "aarch64"']);
    const auth = text(`${SP}/google/auth/__init__.py`);
    expect((await prove([python, api, auth])).codes).toEqual(['proof/requirement-missing']);
    expect((await prove([python, api, auth, text(`${SP}/google/protobuf/__init__.py`)])).codes).toEqual([]);
  });

  it.each<[string, readonly TestFile[]]>([
    ['installed', [sqlalchemy, typing, dist('greenlet')]],
    [
      'installed under another spelling of its name',
      [dist('a', ['Zope.Interface; platform_machine == "aarch64"']), dist('zope_interface')],
    ],
    [
      'installed in another directory',
      [sqlalchemy, typing, dist('greenlet', [], 'opt/python/lib/python3.11/site-packages')],
    ],
    ['there without metadata', [sqlalchemy, typing, text(`${SP}/greenlet/__init__.py`)]],
    ['of an extra that nobody asks for', [dist('a', ['b; extra == "x" and platform_machine == "aarch64"'])]],
    ['for another platform', [dist('a', ['b; sys_platform == "win32"', 'c; platform_machine == "x86_64"'])]],
    ['for another Python', [dist('a', ['b; python_version < "3.11"', 'c; python_full_version >= "3.12.1"'])]],
    ['about which it depends on the patch level', [dist('a', ['b; python_full_version <= "3.11.2"'])]],
    ['that every platform wants: left out by hand', [dist('a', ['b', 'c>=1; python_version >= "3"'])]],
    ['that its line does not say in a readable way', [dist('a', ['b; platform_machine = "aarch64"'])]],
    [
      'of a distribution of no Python of the image',
      [dist('a', ['b; platform_machine == "aarch64"'], 'usr/lib/python3.12/site-packages')],
    ],
    ['of what Debian packages', [dist('a', ['b; platform_machine == "aarch64"'], 'usr/lib/python3/dist-packages')]],
    [
      'of what another one has inside it',
      [dist('a', ['b; platform_machine == "aarch64"'], `${SP}/setuptools/_vendor`)],
    ],
    ['of a directory that is on no path', [dist('a', ['b; platform_machine == "aarch64"'], 'opt/build/packages')]],
  ])('a requirement that is %s', async (_, files) => {
    expect(await prove([python, ...files])).toMatchObject({ verdict: 'proven', codes: [] });
  });

  it.each<[string, readonly TestFile[], string[]?]>([
    ['a marker about Python alone', [dist('a', ['tomli; python_version < "3.12"'])]],
    [
      'an extra that another distribution asks for',
      [dist('a', ['b[x]']), dist('b', ['c; extra == "x" and sys_platform != "win32"'])],
    ],
    ['a site that PYTHONPATH names', [dist('a', ['b; sys_platform == "linux"'], 'deps')], ['PYTHONPATH=/deps']],
    [
      'what pip put beside what Debian packages',
      [
        dist('a', ['b; sys_platform == "linux"'], 'usr/lib/python3/dist-packages'),
        text('usr/lib/python3/dist-packages/a-1.0.dist-info/INSTALLER', 'pip\n'),
      ],
    ],
  ])('is refuted for %s', async (_, files, env = []) => {
    expect(await prove([python, ...files], { env })).toMatchObject({
      verdict: 'refuted',
      codes: ['proof/requirement-missing'],
    });
  });

  it('holds on the other platform by its own machine', async () => {
    const files = [elf('usr/local/bin/python3.11', 'amd64'), dist('a', ['b; platform_machine == "aarch64"'])];
    expect((await prove(files, { platform: 'linux/amd64' })).verdict).toBe('proven');
  });
});

describe('what a wheel says of itself', () => {
  const wheel = (tag: string) => text(`${SP}/foo-1.0.dist-info/WHEEL`, `Wheel-Version: 1.0\nTag: ${tag}\n`);
  const record = (...paths: string[]) =>
    text(
      `${SP}/foo-1.0.dist-info/RECORD`,
      ['foo/__init__.py,,', ...paths.map((path) => `${path},sha256=x,1`)].join('\n'),
    );
  const package_ = [dist('foo'), text(`${SP}/foo/__init__.py`)];

  it.each(['cp311-cp311-manylinux_2_17_x86_64', 'cp311-cp311-macosx_11_0_arm64', 'py3-none-win_amd64'])(
    'one for %s is refuted with its program',
    async (tag) => {
      const files = [record('foo/bin/tool'), elf(`${SP}/foo/bin/tool`, 'amd64')];
      const proof = await prove([python, ...package_, wheel(tag), ...files]);
      expect(proof).toMatchObject({ verdict: 'refuted', witness: `/${SP}/foo/bin/tool` });
      expect(proof.codes).toContain('proof/wrong-cpu-module');
    },
  );

  it('one for another platform says nothing where its extension module was put right, and none was recorded', async () => {
    const module = elf(`${SP}/foo/_m.abi3.so`, 'arm64', 3);
    expect((await prove([python, ...package_, wheel('cp312-cp312-macosx_11_0_arm64'), module])).verdict).toBe('proven');
  });

  it.each([
    'cp311-cp311-manylinux_2_17_aarch64',
    'cp311-abi3-musllinux_1_2_aarch64',
    'py3-none-any',
    'cp39-abi3-linux_aarch64',
  ])('one for %s is not', async (tag) =>
    expect((await prove([python, ...package_, wheel(tag)])).verdict).toBe('proven'),
  );

  it('is asked by its files where there are any', async () => {
    const other = wheel('py3-none-manylinux_2_17_x86_64');
    const none = await prove([python, ...package_, other, record()]);
    expect(none.verdict).toBe('proven');
    const right = await prove([python, ...package_, other, record('foo/bin/tool'), elf(`${SP}/foo/bin/tool`)]);
    expect(right.verdict).toBe('proven');
    const wrong = await prove([python, ...package_, other, record('foo/bin/tool'), elf(`${SP}/foo/bin/tool`, 'amd64')]);
    expect(wrong.verdict).toBe('refuted');
    const module = elf(`${SP}/foo/_m.abi3.so`, 'amd64', 3);
    expect((await prove([python, ...package_, other, record('foo/_m.abi3.so'), module])).codes).toEqual([
      'proof/wrong-cpu-module',
    ]);
  });

  it('an extension module that RECORD lists and that is gone', async () => {
    const name = '_m.cpython-311-aarch64-linux-gnu.so';
    const gone = await prove([python, ...package_, record(name)]);
    expect(gone).toMatchObject({ verdict: 'refuted', codes: ['proof/module-not-loadable'] });
    expect(gone.witness).toBe("/usr/local/bin/python3.11 -c 'import _m'");
    expect((await prove([python, ...package_, record(name), elf(`${SP}/${name}`, 'arm64', 3)])).verdict).toBe('proven');
    expect((await prove([python, ...package_, record(name), text(`${SP}/_m.py`)])).verdict).toBe('proven');
  });

  it.each<[string, string, 'proven' | 'undecided']>([
    ['of tests', 'foo/_multiarray_tests.cpython-311-aarch64-linux-gnu.so', 'proven'],
    ['in a folder of tests', 'foo/tests/_m.abi3.so', 'proven'],
    ['of a package that was removed', 'bar/_m.abi3.so', 'proven'],
    ['far inside', 'foo/a/b/_m.abi3.so', 'undecided'],
    ['that its package may do without', 'foo/_speedups.abi3.so', 'undecided'],
  ])('one %s', async (_, name, verdict) => {
    const folder = text(`${SP}/foo/a/b/__init__.py`);
    const tests = text(`${SP}/foo/tests/__init__.py`);
    expect((await prove([python, ...package_, folder, tests, record(name)])).verdict).toBe(verdict);
  });
});

describe('hostile and unusual metadata', () => {
  it('a line of spaces, and extras without end, take no time and prove nothing', async () => {
    const spaces = `${' '.repeat(200_000)}b`;
    const chain = Array.from({ length: 3_000 }, (_, i) => `x[e${i + 1}]; extra == "e${i}"`);
    const files = [python, dist('x', [`a${spaces}`, ...chain]), dist('y', ['x[e0]'])];
    const proof = await prove(files);
    expect(proof.codes).toContain('proof/module-undecided');
    expect(proof.verdict).toBe('undecided');
    expect(proof.diagnostics[0]?.args['needs']).toBe('requirements');
  });

  it('a module without metadata is there under the name that it is imported by', async () => {
    const yaml = dist('docker-tool', ['pyyaml>=6; sys_platform == "linux"']);
    expect((await prove([python, yaml])).verdict).toBe('refuted');
    expect((await prove([python, yaml, text(`${SP}/yaml/__init__.py`)])).verdict).toBe('proven');
  });

  it.each([
    ['an egg', `${SP}/greenlet-3.0-py3.11-linux-aarch64.egg/EGG-INFO/PKG-INFO`],
    ['egg-info with a platform', `${SP}/greenlet-3.0-py3.11-linux-aarch64.egg-info/PKG-INFO`],
  ])('%s is an installed requirement', async (_, path) => {
    expect((await prove([python, sqlalchemy, typing, text(path, 'Name: greenlet\n')])).verdict).toBe('proven');
  });

  it('what RPM or conda installed has its requirements in their words', async () => {
    const site = 'usr/lib/python3.11/site-packages';
    const by = (installer: string) =>
      prove([
        elf('usr/bin/python3.11'),
        dist('SQLAlchemy', [GREENLET], site),
        text(`${site}/SQLAlchemy-1.0.dist-info/INSTALLER`, `${installer}\n`),
      ]);
    expect((await by('rpm')).verdict).toBe('proven');
    expect((await by('conda')).verdict).toBe('proven');
    expect((await by('pip')).verdict).toBe('refuted');
  });
});
