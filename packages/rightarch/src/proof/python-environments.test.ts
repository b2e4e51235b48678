import { describe, expect, it } from 'vitest';
import { elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const elf = (path: string): TestFile => ({ path, mode: 0o755, content: elfBytes({ machine: 'arm64' }) });
const text = (path: string, content = ''): TestFile => ({ path, mode: 0o644, content });
const link = (path: string, to: string): TestFile => ({ path, type: 'symlink', link: to });
const VENV = 'app/.venv';
const venv: readonly TestFile[] = [
  text(`${VENV}/pyvenv.cfg`, 'home = /usr/local/bin\nversion = 3.12.3\n'),
  link(`${VENV}/bin/python`, '/usr/local/bin/python3'),
  link('usr/local/bin/python3', 'python3.13'),
  elf('usr/local/bin/python3.13'),
];
const packages = (prefix: string, version: string, names: readonly string[] = ['flask'], installer = 'uv\n') =>
  names.flatMap((name) => {
    const site = `${prefix}/lib/python${version}/site-packages`;
    return [
      text(`${site}/${name}-1.0.dist-info/METADATA`, `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`),
      text(`${site}/${name}-1.0.dist-info/INSTALLER`, installer),
      text(`${site}/${name}/__init__.py`),
    ];
  });

async function prove(files: readonly TestFile[], env: readonly string[] = ['PATH=/app/.venv/bin:/usr/local/bin']) {
  const config = { Cmd: ['/start'], Env: env };
  const image = testImage({ platform: 'linux/arm64', files: [elf('start'), ...files], config });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

describe('packages for a Python that the image has not', () => {
  it('in a virtual environment that is on PATH: nothing of it is found', async () => {
    const proof = await prove([...venv, ...packages(VENV, '3.12', ['pip', 'flask'])]);
    expect(proof).toMatchObject({
      verdict: 'refuted',
      codes: ['proof/module-not-loadable'],
      witness: `/${VENV}/bin/python -c 'import flask'`,
    });
    expect(proof.diagnostics[0]!.args).toMatchObject({
      owner: 'flask',
      cause: 'other-directory',
      library: `/${VENV}/lib/python3.13/site-packages`,
      prints: "ModuleNotFoundError: No module named 'flask'",
    });
  });

  it('in a virtual environment that nothing starts, that is not known to matter', async () => {
    const proof = await prove([...venv, ...packages(VENV, '3.12')], ['PATH=/usr/local/bin']);
    expect(proof).toMatchObject({ verdict: 'undecided', codes: ['proof/module-undecided'] });
  });

  it('beside a Python of another version, that is not known to matter', async () => {
    const proof = await prove([elf('usr/local/bin/python3.13'), ...packages('usr/local', '3.12')]);
    expect(proof).toMatchObject({ verdict: 'undecided', codes: ['proof/module-undecided'] });
    expect(proof.diagnostics[0]!.args).toMatchObject({ needs: 'site', runtime: '/usr/local/bin/python3.13' });
  });

  it.each([
    ['for the Python that is there', [...venv, ...packages(VENV, '3.13')]],
    [
      'left over beside those for the Python that is there',
      [...venv, ...packages(VENV, '3.12'), ...packages(VENV, '3.13')],
    ],
    ['with what installs packages alone', [...venv, ...packages(VENV, '3.12', ['pip', 'setuptools'])]],
    [
      'for a Python elsewhere in the image',
      [elf('usr/local/bin/python3.13'), elf('opt/bin/python3.12'), ...packages('usr/local', '3.12')],
    ],
    ['of the distribution', [elf('usr/bin/python3.13'), ...packages('usr', '3.12', ['flask'], 'debian\n')]],
    ['without any Python', packages('usr/local', '3.12')],
  ] as const)('of those %s nothing is said', async (_, files) => {
    expect(await prove(files)).toMatchObject({ verdict: 'proven', codes: [] });
  });
});
