import { expect, test } from 'vitest';
import { found } from './test-found.ts';

/** Nothing in it runs on its target. */
const Dockerfile = 'FROM debian:bookworm-slim\nCOPY . /srv\n';
const FILE = '.github/workflows/build.yml';
const SERVICES = `services:
  api: { image: r.io/api, build: { context: ., platforms: [linux/amd64, linux/arm64] } }
  one: { image: r.io/one, build: { context: ., platforms: [linux/amd64] } }
  late: { image: r.io/late, profiles: [late], build: { context: ., platforms: [linux/amd64, linux/386] } }
`;
const BUILDX = '      - uses: docker/setup-buildx-action@v3\n';

const told = (step: string, files: Readonly<Record<string, string>> = { 'compose.yaml': SERVICES }, before = '') =>
  found({
    Dockerfile,
    ...files,
    [FILE]: `on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n${before}      - ${step}\n`,
  }).filter((one) => one.startsWith('no-builder'));

test.each<[string, Parameters<typeof told>[1]?]>([
  ['run: docker compose build'],
  ['run: docker-compose build --push api one'],
  ['run: docker compose -p app build --no-cache --build-arg A=b && ./push.sh'],
  ['run: docker compose -f ci/app.yaml build', { 'ci/app.yaml': SERVICES }],
  ['run: docker compose build', { 'docker-compose.yml': SERVICES, 'docker-compose.override.yml': 'services: {}\n' }],
  ['run: docker compose build\n        working-directory: app', { 'app/compose.yml': SERVICES }],
  ['run: docker compose --profile late build late'],
])('%s, on the builder that the runner has', (step, files) => {
  expect(told(step, files)).toEqual([`no-builder ${FILE}:6`]);
  expect(told(step, files, BUILDX)).toEqual([]);
});

test.each<[string, Parameters<typeof told>[1]?]>([
  ['run: docker compose build one'],
  // Each of these builds what it runs.
  ['run: docker compose up --build --detach'],
  ['run: docker compose run --build api'],
  ['run: docker compose build --builder big'],
  ['run: docker compose build --check'],
  ['run: docker compose build $SERVICE'],
  ['run: docker compose -f $FILE build'],
  ['run: cd app && docker compose build'],
  [
    'run: docker compose build',
    {
      'compose.yaml': SERVICES,
      'compose.override.yaml': 'services: { api: { build: { platforms: !override [linux/amd64] } } }\n',
    },
  ],
  ['run: docker compose build', { 'compose.yaml': SERVICES.replaceAll('linux/arm64', '${CPU}') }],
  ['run: docker compose build\n        env: {COMPOSE_FILE: other.yaml}'],
])('%s: silent', (step, files) => {
  expect(told(step, files)).toEqual([]);
});

test('what is not seen before it leaves it undecided', () => {
  expect(told('run: ./prepare.sh && docker compose build')).toEqual([`no-builder ${FILE}:6 ?`]);
});
