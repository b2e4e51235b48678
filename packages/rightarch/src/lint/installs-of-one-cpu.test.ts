import { describe, expect, test } from 'vitest';
import { checkRepository } from './check.ts';

const told = (files: Readonly<Record<string, string>>): readonly string[] => {
  const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
  const { diagnostics, undecided } = checkRepository(sources, {
    platforms: [],
    inlineIgnore: true,
    today: '2026-11-30',
  });
  const row = ({ code, args }: (typeof diagnostics)[number]): string =>
    [code.replace('dockerfile/', ''), args['what'], args['token'] ?? args['lockfile'] ?? args['packages']]
      .filter((one) => one !== undefined)
      .join(' ');
  return [...diagnostics, ...undecided].map(row);
};

describe('architecture-hard-coded, of what npm and pip install', () => {
  test.each<[string, readonly string[]]>([
    ['RUN npm install @rollup/rollup-linux-x64-gnu', ['architecture-hard-coded npm x64']],
    ['RUN npm i --no-save @esbuild/linux-arm64@0.25.0 && npm run build', ['architecture-hard-coded npm arm64']],
    ['RUN npm install --os=linux --cpu=x64 sharp', ['architecture-hard-coded npm x64']],
    ['RUN pnpm add @img/sharp-linuxmusl-x64', ['architecture-hard-coded npm x64']],
    ['ENV npm_config_arch=x64\nRUN npm ci', ['architecture-hard-coded npm x64']],
    [
      'RUN pip install --platform manylinux2014_x86_64 --only-binary=:all: -t /o numpy',
      ['architecture-hard-coded wheel x86_64'],
    ],
    ['RUN uv pip install --python-platform aarch64-manylinux_2_28 numpy', ['architecture-hard-coded wheel aarch64']],
    // Each where it fits, what may be left out, and what is installed on purpose for both.
    ['RUN npm install @rollup/rollup-linux-x64-gnu @rollup/rollup-linux-arm64-gnu --force', []],
    ['RUN npm install -O @rollup/rollup-linux-x64-gnu', []],
    ['RUN npm install @rollup/rollup-linux-x64-gnu || true', []],
    ['ARG TARGETARCH\nRUN if [ "$TARGETARCH" = amd64 ]; then npm install @rollup/rollup-linux-x64-gnu; fi', []],
    ['RUN npm install --cpu=x64 --cpu=arm64 --os=linux sharp', []],
    ['ARG CPU\nRUN npm install --cpu=$CPU sharp', []],
    ['RUN npm install sharp ./linux-x64', []],
    ['ENV npm_config_arch=x64\nRUN node a.js', []],
    ['RUN pip install --platform any -t /o requests', []],
    ['RUN pip download --platform manylinux2014_x86_64 numpy', []],
    ['RUN npm install -g @openai/linux-x64', []],
  ])('%s', (run, found) => {
    expect(told({ Dockerfile: `FROM node:22\n${run}\nCMD ["node"]\n` })).toEqual(found);
  });

  test('what runs on the builder may be of its CPU', () => {
    const Dockerfile =
      'FROM --platform=$BUILDPLATFORM node:22 AS b\nRUN npm i @rollup/rollup-linux-x64-gnu && npm run build\nFROM nginx\nCOPY --from=b /dist /srv\n';
    expect(told({ Dockerfile })).toEqual([]);
  });
});

describe('builder-output-copied, by other lockfiles', () => {
  const from = (base: string, run: string, copied: string): string =>
    `FROM --platform=$BUILDPLATFORM ${base} AS b\nWORKDIR /a\n${run}\nFROM ${base}\nCOPY --from=b ${copied} ${copied}\n`;
  const uv = (name: string, wheel: string, more = ''): string =>
    `version = 1\nrequires-python = ">=3.12"\n\n[[package]]\nname = "app"\nversion = "0.1.0"\nsource = { virtual = "." }\ndependencies = [{ name = "${name}"${more} }]\n\n[[package]]\nname = "${name}"\nversion = "2.1.0"\nsource = { registry = "https://pypi.org/simple" }\nwheels = [{ url = "https://f/${name}-2.1.0-${wheel}.whl", hash = "sha256:aa" }]\n`;
  const poetry = (name: string, wheel: string): string =>
    `[[package]]\nname = "${name}"\nversion = "2.1.0"\noptional = false\npython-versions = ">=3.9"\nfiles = [{file = "${name}-2.1.0-${wheel}.whl", hash = "sha256:aa"}]\n\n[metadata]\nlock-version = "2.0"\npython-versions = ">=3.12"\ncontent-hash = "x"\n`;
  const compiled = 'cp312-cp312-manylinux_2_17_x86_64';
  const sync = from('python:3.12', 'RUN uv sync --frozen', '/a/.venv');
  const install = from(
    'python:3.12',
    'RUN poetry config virtualenvs.in-project true\nCOPY . .\nRUN poetry install --only main',
    '/a/.venv',
  );
  const env = from('python:3.12', 'ENV POETRY_VIRTUALENVS_CREATE=false\nRUN poetry install', '/usr/local');
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['uv', { Dockerfile: sync, 'uv.lock': uv('numpy', compiled) }, ['builder-output-copied python numpy']],
    ['uv, nothing compiled', { Dockerfile: sync, 'uv.lock': uv('idna', 'py3-none-any') }, []],
    [
      'uv, compiled in part',
      { Dockerfile: sync, 'uv.lock': uv('markupsafe', compiled) },
      ['builder-output-unknown uv.lock'],
    ],
    [
      'uv, where a marker holds',
      { Dockerfile: sync, 'uv.lock': uv('numpy', compiled, `, marker = "sys_platform == 'win32'"`) },
      ['builder-output-unknown uv.lock'],
    ],
    ['uv, no lockfile', { Dockerfile: sync }, ['builder-output-unknown uv.lock']],
    [
      'poetry',
      { Dockerfile: install, 'poetry.lock': poetry('pandas', compiled) },
      ['builder-output-copied python pandas'],
    ],
    ['poetry, nothing compiled', { Dockerfile: install, 'poetry.lock': poetry('idna', 'py3-none-any') }, []],
    [
      'poetry without an environment',
      { Dockerfile: env, 'poetry.lock': poetry('pandas', compiled) },
      ['builder-output-copied python pandas'],
    ],
    ['poetry in a folder of its own', { Dockerfile: from('python:3.12', 'RUN poetry install', '/a/.venv') }, []],
  ])('%s', (_name, files, found) => {
    expect(told(files).filter((one) => one.startsWith('builder-output'))).toEqual(found);
  });
});
