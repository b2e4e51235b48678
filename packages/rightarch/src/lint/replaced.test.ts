import { describe, expect, test } from 'vitest';
import { found } from './test-found.ts';

const ON = 'FROM --platform=$BUILDPLATFORM';

const told = (files: Parameters<typeof found>[0]): readonly string[] =>
  found(files).flatMap((one) => (one.startsWith('builder-output-copied') ? [one.slice(one.lastIndexOf(':') + 1)] : []));

const sharp = {
  'package.json': '{"dependencies": {"sharp": "0.34.0"}}',
  'package-lock.json': JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { sharp: '0.34.0' } },
      'node_modules/sharp': { version: '0.34.0', optionalDependencies: { '@img/sharp-linux-x64': '0.34.0' } },
      'node_modules/@img/sharp-linux-x64': { version: '0.34.0', optional: true, os: ['linux'], cpu: ['x64'] },
      'node_modules/@img/sharp-linux-arm64': { version: '0.34.0', optional: true, os: ['linux'], cpu: ['arm64'] },
    },
  }),
};
const gems = { Gemfile: "gem 'puma'\n", 'Gemfile.lock': 'GEM\n  specs:\n    puma (6.0)\n' };

describe('what the stage of the image has in its place at its end is no output of the builder', () => {
  const node = `${ON} node:22 AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM node:22 AS image\nWORKDIR /app\nCOPY --from=b /app ./\n`;
  test.each<[string, string]>([
    ['npm ci', 'RUN npm ci --omit=dev'],
    ['npm rebuild', 'RUN npm rebuild'],
    ['taken away first', 'RUN rm -rf node_modules && npm i'],
    ['Yarn', 'RUN yarn --frozen-lockfile'],
    ['of a stage on its own CPU', 'COPY --from=deps /app/node_modules ./node_modules'],
    ['of such a stage, into its folder', 'COPY --from=deps /app/node_modules /app/'],
  ])('node_modules: %s', (_name, line) => {
    const deps = 'FROM node:22 AS deps\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\n';
    expect(told({ ...sharp, Dockerfile: `${deps}${node}${line}\n` })).toEqual([]);
    expect(told({ ...sharp, Dockerfile: `${deps}${node}` })).toEqual(['11']);
  });

  test.each<[string, string]>([
    ['a tool of its own', 'RUN npm install -g pm2'],
    ['packages of another folder', 'RUN cd web && npm ci'],
    ['without their scripts', 'RUN npm rebuild --ignore-scripts'],
    ['another folder taken away', 'RUN rm -rf src /tmp/cache'],
    ['a file of it', 'RUN rm node_modules/x'],
    ['taken away at times', 'RUN if [ -n "$SLIM" ]; then rm -rf node_modules; fi'],
    ['a program that is started', 'RUN npm run prepare'],
    ['of the builder, once more', 'COPY --from=b /app/node_modules ./node_modules'],
  ])('node_modules, still: %s', (_name, line) => {
    expect(told({ ...sharp, Dockerfile: `${node}${line}\n` })[0]).toBe('7');
  });

  test('before the COPY it changes nothing', () => {
    expect(told({ ...sharp, Dockerfile: node.replace('COPY --from', 'RUN npm ci\nCOPY --from') })).toEqual(['8']);
  });

  test.each<[string, number]>([
    ['RUN bundle install', 0],
    ['RUN bundle check || bundle install', 0],
    ['RUN gem pristine --all', 0],
    ['RUN bundle exec rake db:setup', 1],
    ['RUN gem install foreman', 1],
  ])('gems: %s', (line, count) => {
    const ruby = `${ON} ruby:3.3 AS b\nCOPY . .\nRUN bundle install\nFROM ruby:3.3\nCOPY --from=b /usr/local/bundle /usr/local/bundle\n`;
    expect(told({ ...gems, Dockerfile: `${ruby}${line}\n` })).toHaveLength(count);
  });

  test.each<[string, number]>([
    ['RUN pip install --target /deps --force-reinstall numpy', 0],
    ['RUN pip install gunicorn', 1],
    ['RUN pip install --target /deps numpy', 1],
  ])('packages of Python: %s', (line, count) => {
    const python = `${ON} python:3.12 AS b\nRUN pip install --target /deps numpy\nFROM python:3.12\nCOPY --from=b /deps /deps\n`;
    expect(told({ Dockerfile: `${python}${line}\n` })).toHaveLength(count);
  });

  test.each<[string, number]>([
    ['RUN cargo build --release', 0],
    ['RUN cargo fetch', 1],
  ])('a program: %s', (line, count) => {
    const rust = `${ON} rust:1 AS b\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nFROM rust:1\nWORKDIR /app\nCOPY --from=b /app /app\n`;
    expect(told({ Dockerfile: `${rust}${line}\n` })).toHaveLength(count);
  });
});

test('what the builder takes away again is not there to be copied', () => {
  const text = (more: string): string =>
    `${ON} node:22 AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build${more}\nFROM node:22\nCOPY --from=b /app /app\n`;
  expect(told({ ...sharp, Dockerfile: text('') })).toEqual(['6']);
  expect(told({ ...sharp, Dockerfile: text(' && rm -rf node_modules') })).toEqual([]);
  expect(told({ ...sharp, Dockerfile: text(' && rm -rf ./node_modules/ src') })).toEqual([]);
  expect(told({ ...sharp, Dockerfile: text(' && rm -rf node_modules && npm ci --omit=dev') })).toEqual(['6']);
  expect(told({ ...sharp, Dockerfile: text(' && rm -rf node_modules/.cache') })).toEqual(['6']);
});
