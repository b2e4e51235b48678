import { describe, expect, test } from 'vitest';
import { Dockerfile, found } from './test-found.ts';

const TASK = JSON.stringify({
  family: 'api',
  requiresCompatibilities: ['FARGATE'],
  runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
  containerDefinitions: [{ name: 'api', image: 'r.io/api:1', essential: true }],
});

const told = (path: string, text: string): readonly string[] =>
  found({ Dockerfile, 'task-definition.json': TASK, [path]: text });

const BUILD = 'docker build -t r.io/api:1 .';
const steps = (uses: string, more = ''): string =>
  `on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ${uses}\n        with:\n          push: true\n${more}`;

/** Each builds by one command, which stands for `$`. */
const FILES: readonly (readonly [string, string, number])[] = [
  ['.circleci/config.yml', 'version: 2.1\njobs:\n  b:\n    machine: true\n    steps: [checkout, {run: $}]\n', 5],
  ['.circleci/config.yml', 'jobs:\n  b:\n    steps:\n      - run:\n          name: build\n          command: $\n', 6],
  ['bitbucket-pipelines.yml', 'pipelines:\n  default:\n    - step:\n        script:\n          - $\n', 5],
  ['azure-pipelines.yml', 'steps:\n  - script: |\n      date\n      $\n', 4],
  ['.travis.yml', 'script: $\n', 1],
  ['.drone.yml', 'kind: pipeline\nsteps:\n  - name: b\n    commands:\n      - $\n', 5],
  ['.buildkite/pipeline.yml', 'steps:\n  - command: $\n', 2],
  ['Jenkinsfile', "node {\n  sh '$'\n}\n", 2],
  ['Jenkinsfile', 'node {\n  sh(script: """\n    date\n    $\n  """)\n}\n', 4],
];

describe('a build of another CI', () => {
  test.each(FILES)('%s: %j', (path, text, line) => {
    const built = (command: string) =>
      told(
        path,
        text.replace('$', () => command),
      );
    // Which machine runs it, is not read.
    expect(built(BUILD)).toEqual([]);
    expect(built(BUILD.replace('-t', '--platform linux/arm64 -t'))).toEqual([]);
    expect(built(BUILD.replace('-t', '--platform linux/amd64 -t'))).toEqual([`cpu-differs ${path}:${line}`]);
    expect(built('date')).toEqual(['builder-decides Dockerfile:1']);
  });

  test.each([
    ['Jenkinsfile', 'node {\n  docker.build("r.io/api:${env.BUILD_ID}", "--platform linux/amd64 .")\n}\n', 2],
    [
      'azure-pipelines.yml',
      'steps:\n  - task: Docker@2\n    inputs:\n      command: build\n      arguments: --platform linux/amd64\n',
      2,
    ],
    [
      '.circleci/config.yml',
      'jobs:\n  b:\n    steps:\n      - aws-ecr/build_and_push_image:\n          platform: linux/amd64\n',
      5,
    ],
  ] as const)('%s: %j, by a step of its own', (path, text, line) => {
    expect(told(path, text)).toEqual([`cpu-differs ${path}:${line}`]);
    expect(told(path, text.replace('amd64', 'arm64'))).toEqual([]);
    expect(
      told(path, text.replace(/,? *"?(?:arguments: |platform: )?(?:--platform )?linux\/amd64(?: \.")?/, '')),
    ).toEqual([]);
  });
});

describe('a build of an action of others', () => {
  test.each(['depot/build-push-action@v1', 'useblacksmith/build-push-action@v2'])('%s', (uses) => {
    const path = '.github/workflows/build.yml';
    const inputs = (platforms: string): string => steps(uses, `          platforms: ${platforms}\n`);
    expect(told(path, inputs('linux/amd64'))).toEqual([`cpu-differs ${path}:9`]);
    expect(told(path, inputs('linux/amd64,linux/arm64'))).toEqual([]);
    // On machines of the service.
    expect(told(path, steps(uses))).toEqual([]);
  });

  test.each([
    ['redhat-actions/buildah-build@v2', []],
    ['acme/workflows/docker-build@v1', []],
    ['acme/docker-lint@v1', ['builder-decides Dockerfile:1']],
    ['docker/login-action@v3', ['builder-decides Dockerfile:1']],
  ])('%s, of which nothing is read', (uses, expected) => {
    expect(told('.github/workflows/build.yml', steps(uses))).toEqual(expected);
  });

  test('a workflow of another repository', () => {
    const call = (uses: string): string => `on: push\njobs:\n  image:\n    uses: ${uses}\n`;
    const path = '.github/workflows/build.yml';
    expect(told(path, call('acme/ci/.github/workflows/docker-publish.yml@v1'))).toEqual([]);
    expect(told(path, call('acme/ci/.github/workflows/test.yml@v1'))).toEqual(['builder-decides Dockerfile:1']);
  });
});

describe('what builds on machines of its own', () => {
  const run = 'gcloud run deploy api --image r.io/api:1\n';
  const amd64 = (script: string): readonly string[] => found({ Dockerfile, 'deploy.sh': script });
  const arm64 = (script: string): readonly string[] => told('build.sh', script);

  test.each([
    ['gcloud run deploy api --source . --region r\n', ''],
    ['gcloud builds submit --tag r.io/api:1\n', run],
    ['az acr build -r reg -t api:1 .\n', 'az containerapp update --name a --image reg.azurecr.io/api:1\n'],
    [
      'az acr build -r reg -t api:1 --platform linux .\n',
      'az containerapp update --name a --image reg.azurecr.io/api:1\n',
    ],
  ])('%s is x86-64', (build, deploy) => {
    expect(amd64(build + deploy)).toEqual([]);
    expect(amd64(deploy || 'gcloud run deploy api\n')).toEqual(['builder-decides Dockerfile:1']);
  });

  test.each([
    ['az acr build -r reg -t api:1 --platform linux/amd64 .\n', ['cpu-differs build.sh:1']],
    ['az acr build -r reg -t api:1 --platform linux/arm64 .\n', []],
    ['gcloud builds submit --tag r.io/api:1\n', ['cpu-differs build.sh:1']],
    ['gcloud builds submit --tag r.io/api:1 --worker-pool p\n', []],
    ['depot build --platform linux/amd64 -t r.io/api:1 --push .\n', ['cpu-differs build.sh:1']],
    ['depot build --platform linux/arm64 -t r.io/api:1 --push .\n', []],
    ['depot build -t r.io/api:1 --push .\n', []],
  ])('%s', (build, expected) => {
    expect(arm64(build)).toEqual(expected);
  });
});

test.each([
  ['.goreleaser.yaml', 'dockers: [{ build_flag_templates: ["--platform=linux/arm64"] }]\n', 0],
  ['tasks.py', 'run(["docker", "build", "--platform", "linux/arm64", "."])\n', 0],
  ['index.ts', 'new docker.Image("x", { platforms: ["linux/arm64"] });\n', 0],
  ['.gitlab-ci.yml', 'include: [{ project: a/ci, file: docker.yml }]\n', 0],
  ['.gitlab-ci.yml', 'test: { script: [make test] }\n', 1],
  ['compose.yaml', 'services: { db: { image: mysql, platform: linux/amd64 } }\n', 1],
])('%s, of which no build is read: that no platform is named is not said (%j)', (path, text, count) => {
  expect(told(path, text)).toHaveLength(count);
});
