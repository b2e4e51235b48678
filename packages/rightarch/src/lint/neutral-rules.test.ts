import { expect, test } from 'vitest';
import { checkRepository } from './check.ts';

const BUILD = 'docker buildx build --platform linux/amd64,linux/arm64 -t team/web --push .\n';
const ASSETS = 'FROM node:22 AS assets\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n';
const SERVER = 'FROM nginx:1.27\nCOPY --from=assets /app/dist /usr/share/nginx/html\n';

const told = (text: string, script = BUILD, path = 'build.sh'): readonly number[] =>
  checkRepository(
    [
      { path: 'Dockerfile', text },
      { path, text: script },
    ],
    { platforms: [], inlineIgnore: true, today: '2026-11-29' },
  )
    .diagnostics.filter(({ code }) => code === 'dockerfile/neutral-stage-emulated')
    .map(({ at }) => (at.in === 'file' ? at.start.line : 0));

test('what a web server hands out could be built once', () => {
  expect(told(ASSETS + SERVER)).toEqual([1]);
  expect(told(`${ASSETS}FROM caddy\nCOPY --from=assets /app/dist /srv\n`)).toEqual([1]);
  expect(told(`${ASSETS}FROM httpd:2\nWORKDIR /usr/local/apache2\nCOPY --from=assets /app/dist htdocs/\n`)).toEqual([
    1,
  ]);
});

test.each<[string, string, string?]>([
  ['it is on the builder already', ASSETS.replace('FROM', 'FROM --platform=$BUILDPLATFORM') + SERVER],
  ['one platform is built', ASSETS + SERVER, BUILD.replace(',linux/arm64', '')],
  [
    'each machine builds its own',
    ASSETS + SERVER,
    `${BUILD.replace(',linux/arm64', '')}${BUILD.replace('linux/amd64,', '')}`,
  ],
  [
    'a machine of each CPU is among its builders',
    ASSETS + SERVER,
    `docker buildx create --append --name b ssh://arm\n${BUILD}`,
  ],
  ['a service builds it', ASSETS + SERVER, `docker buildx create --driver cloud acme/b\n${BUILD}`],
  ['the nodes of a cluster build it', ASSETS + SERVER, `docker buildx create --driver=kubernetes\n${BUILD}`],
  ['nobody says what is built', ASSETS + SERVER, 'echo\n'],
  ['something else is taken too', `${ASSETS}${SERVER}COPY --from=assets /app/node_modules /node_modules\n`],
  ['another stage stands on it', `${ASSETS}FROM assets AS more\nRUN true\n${SERVER}COPY --from=more /x /x\n`],
  ['it goes anywhere else', `${ASSETS}FROM node:22\nCOPY --from=assets /app/dist /app/dist\n`],
  ['it is built by the platform', `${ASSETS.replace('WORKDIR', 'ARG TARGETARCH\nWORKDIR')}${SERVER}`],
  [
    'it is built by the platform, in a heredoc',
    `FROM node:22 AS assets\nARG BUILT\nRUN <<EOF\ncurl -O https://example.com/t-\${TARGETARCH}.tgz\nEOF\n${SERVER}`,
  ],
  ['it does nothing', `FROM node:22 AS assets\nCOPY dist /app/dist\n${SERVER}`],
])('nothing is said where %s', (_name, text, script) => expect(told(text, script)).toEqual([]));

test('a workflow with machines of each CPU emulates none', () => {
  const workflow = (setup: string): string =>
    `on: push\njobs:\n  b:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: docker/setup-buildx-action@v3\n${setup}      - uses: docker/build-push-action@v6\n        with: { push: true, platforms: "linux/amd64,linux/arm64", tags: r.io/a }\n`;
  const path = '.github/workflows/x.yml';
  expect(told(ASSETS + SERVER, workflow(''), path)).toEqual([1]);
  for (const given of ['driver: cloud', 'driver: remote', 'append: "- endpoint: ssh://arm"', 'endpoint: arm'])
    expect(told(ASSETS + SERVER, workflow(`        with: { ${given} }\n`), path)).toEqual([]);
});
