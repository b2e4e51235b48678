import { describe, expect, test } from 'vitest';
import { Dockerfile, found } from './test-found.ts';

const task = (cpu: string) => ({
  'task-definition.json': JSON.stringify({
    family: 'api',
    requiresCompatibilities: ['FARGATE'],
    runtimePlatform: { cpuArchitecture: cpu },
    containerDefinitions: [{ name: 'api', image: 'r.io/api:1' }],
  }),
});

const workflow = (where: { job?: string; step?: string; use?: string }) => `on: push
jobs:
  build:
    runs-on: ubuntu-latest
    ${where.job ?? 'name: build'}
    steps:
      - uses: docker/setup-qemu-action@v3
      - ${where.use ?? 'run: docker build -t r.io/api:1 . && docker push r.io/api:1'}
        ${where.step ?? 'name: build'}
`;

const setTo = (platform: string) => `env: { DOCKER_DEFAULT_PLATFORM: ${platform} }`;
const push = 'docker build -t r.io/api:1 .\ndocker push r.io/api:1\n';
const action = 'uses: docker/build-push-action@v6\n        with: { push: true, tags: r.io/api:1 }';

describe('DOCKER_DEFAULT_PLATFORM is the platform of a build that names none', () => {
  test.each<[string, Record<string, string>, readonly string[]]>([
    ['a script', { 'build.sh': `export DOCKER_DEFAULT_PLATFORM=linux/arm64\n${push}` }, []],
    ['in front of the command', { 'build.sh': `DOCKER_DEFAULT_PLATFORM=linux/arm64 ${push}` }, []],
    ['another one', { 'build.sh': `export DOCKER_DEFAULT_PLATFORM=linux/amd64\n${push}` }, ['cpu-differs build.sh:2']],
    [
      'the flag wins',
      {
        'build.sh': `export DOCKER_DEFAULT_PLATFORM=linux/amd64\ndocker build --platform linux/arm64 -t r.io/api:1 .\n`,
      },
      [],
    ],
    ['by the choice of somebody', { 'build.sh': `export DOCKER_DEFAULT_PLATFORM=$1\n${push}` }, []],
    [
      'a Makefile',
      { Makefile: `export DOCKER_DEFAULT_PLATFORM := linux/arm64\nimage:\n\t${push.replace('\n', '\n\t')}` },
      [],
    ],
    ['a job', { '.github/workflows/a.yml': workflow({ job: setTo('linux/arm64') }) }, []],
    [
      'another one of a job',
      { '.github/workflows/a.yml': workflow({ job: setTo('linux/amd64') }) },
      ['cpu-differs .github/workflows/a.yml:8'],
    ],
    ['a step', { '.github/workflows/a.yml': workflow({ step: setTo('linux/arm64') }) }, []],
    ['a job, and the action', { '.github/workflows/a.yml': workflow({ job: setTo('linux/arm64'), use: action }) }, []],
    [
      'nothing, and the action',
      { '.github/workflows/a.yml': workflow({ use: action }) },
      ['cpu-differs .github/workflows/a.yml:8'],
    ],
    [
      'a step before the action',
      {
        '.github/workflows/a.yml': workflow({
          use: `run: echo DOCKER_DEFAULT_PLATFORM=$P >> $GITHUB_ENV\n      - ${action}`,
        }),
      },
      [],
    ],
    [
      'variables of GitLab',
      {
        '.gitlab-ci.yml': `variables: { DOCKER_DEFAULT_PLATFORM: linux/arm64 }\nbuild:\n  script: |\n    ${push.replace('\n', '\n    ')}`,
      },
      [],
    ],
    [
      'other variables of GitLab',
      {
        '.gitlab-ci.yml': `variables: { CPU: linux/amd64 }\nbuild:\n  script:\n    - docker build --platform $CPU -t r.io/api:1 .\n    - docker push r.io/api:1\n`,
      },
      ['cpu-differs .gitlab-ci.yml:4'],
    ],
    [
      'variables of the legs of GitLab',
      {
        '.gitlab-ci.yml': `variables: { CPU: linux/amd64 }\nbuild:\n  parallel: { matrix: [{ CPU: [linux/arm64] }] }\n  script:\n    - docker build --platform $CPU -t r.io/api:1 .\n    - docker push r.io/api:1\n`,
      },
      [],
    ],
    [
      'a buildspec',
      {
        'buildspec.yml': `env: { variables: { DOCKER_DEFAULT_PLATFORM: linux/arm64 } }\nphases: { build: { commands: ['docker build -t r.io/api:1 .'] } }\n`,
      },
      [],
    ],
  ])('%s', (_, files, expected) => {
    expect(found({ Dockerfile, ...task('ARM64'), ...files })).toEqual(expected);
  });
});
