import { describe, expect, test } from 'vitest';
import { found } from './test-found.ts';

const Dockerfile = 'FROM node:22\nRUN npm --version\n';
const images = { 'api/Dockerfile': Dockerfile, 'web/Dockerfile': Dockerfile, 'jobs/Dockerfile': Dockerfile };

const build = (name: string, cpu: string, more = '') =>
  `docker buildx build --platform linux/${cpu} -t r.io/shop/${name}:1 --push ${more}${name}\n`;

/** A task of Fargate for each image; without a CPU it is x86. */
const tasks = (
  cpus: Readonly<Record<string, string | undefined>>,
  image = (name: string) => `r.io/shop/${name}:1`,
) => ({
  'infra/tasks.yaml': `Resources:\n${Object.entries(cpus)
    .map(
      ([name, cpu]) =>
        `  ${name}: { Type: AWS::ECS::TaskDefinition, Properties: { RequiresCompatibilities: [FARGATE], ${cpu === undefined ? '' : `RuntimePlatform: { CpuArchitecture: ${cpu} }, `}ContainerDefinitions: [{ Name: ${name}, Image: ${image(name)} }] } }\n`,
    )
    .join('')}`,
});

describe('of several images each is held against what runs it, by its name', () => {
  const runs = tasks({ api: 'ARM64', web: undefined, jobs: 'ARM64' });
  const right = { 'push.sh': build('api', 'arm64') + build('web', 'amd64') + build('jobs', 'arm64') };
  test('each as it should be', () => {
    expect(found({ ...images, ...runs, ...right })).toEqual([]);
  });

  test.each<[string, string, readonly string[]]>([
    [
      'one for another CPU',
      build('api', 'amd64') + build('web', 'amd64') + build('jobs', 'arm64'),
      ['cpu-differs push.sh:1'],
    ],
    [
      'two exchanged',
      build('api', 'amd64') + build('web', 'arm64') + build('jobs', 'arm64'),
      ['cpu-differs push.sh:1', 'cpu-differs push.sh:2'],
    ],
    [
      'one for both',
      build('api', 'amd64,arm64') + build('web', 'amd64') + build('jobs', 'amd64'),
      ['cpu-differs push.sh:3'],
    ],
    [
      'one that nobody names',
      `${build('api', 'amd64') + build('jobs', 'arm64')}docker build --platform linux/arm64 web\n`,
      ['cpu-differs push.sh:1'],
    ],
    [
      'one that may be any of them',
      `${build('api', 'amd64') + build('jobs', 'arm64')}docker build --platform linux/arm64 -t $IMAGE $FOLDER\n`,
      [],
    ],
    [
      'one that is built for each CPU by turns',
      build('api', 'amd64') + build('api', 'arm64') + build('web', 'amd64'),
      ['tag-overwritten push.sh:2'],
    ],
    [
      'by docker tag',
      'docker build --platform linux/amd64 -t api api\ndocker tag api r.io/shop/api:1\ndocker push r.io/shop/api:1\n' +
        build('web', 'amd64') +
        build('jobs', 'arm64'),
      ['cpu-differs push.sh:1'],
    ],
  ])('%s', (_, push, expected) => {
    expect(found({ ...images, ...runs, 'push.sh': push })).toEqual(expected);
  });

  test('a registry that a step tells', () => {
    const workflow = (cpu: string, name: string) =>
      `on: push\njobs:\n  build:\n    runs-on: ubuntu-24.04-arm\n    steps:\n      - uses: docker/setup-buildx-action@v3\n      - uses: docker/build-push-action@v6\n        with:\n          context: ${name}\n          platforms: linux/${cpu}\n          push: true\n          tags: \${{ steps.ecr.outputs.registry }}/${name}:1\n`;
    const ecr = tasks(
      { api: 'ARM64', web: undefined },
      (name) => `123456789012.dkr.ecr.eu-west-1.amazonaws.com/${name}:1`,
    );
    const files = (api: string) => ({
      ...images,
      ...ecr,
      '.github/workflows/api.yml': workflow(api, 'api'),
      '.github/workflows/web.yml': workflow('amd64', 'web'),
    });
    expect(found(files('amd64'))).toEqual(['cpu-differs .github/workflows/api.yml:10']);
    expect(found(files('arm64'))).toEqual([]);
  });

  test('an image that nothing here builds says nothing', () => {
    const other = tasks({ api: 'ARM64', web: undefined }, (name) => `r.io/other/${name}:1`);
    expect(found({ ...images, ...other, 'push.sh': build('api', 'amd64') + build('web', 'arm64') })).toEqual([]);
  });
});

test('what is built of one folder says nothing of another', () => {
  const pinned = { ...images, 'web/Dockerfile': 'FROM --platform=linux/amd64 node:22\nRUN npm --version\n' };
  expect(
    found({
      ...pinned,
      ...tasks({ api: 'ARM64', web: undefined }),
      'push.sh': build('api', 'arm64') + build('web', 'amd64'),
    }),
  ).toEqual([]);
});
