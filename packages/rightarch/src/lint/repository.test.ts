import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { formatPlatform, type Platform } from '../core/index.ts';
import { isDockerfile } from '../dockerfile/index.ts';
import { fillIn } from './discover/names.ts';
import { discoverRepository, judgeRepository, proposeProject, wantedFile } from './index.ts';

const found = (files: Readonly<Record<string, string>>) =>
  discoverRepository(Object.entries(files).map(([path, text]) => ({ path, text })));

const cpuOf = (builder: Platform | 'unknown') => (builder === 'unknown' ? builder : formatPlatform(builder));

/** Each runtime as `id cpu how line`. */
const runtimesOf = (files: Readonly<Record<string, string>>) =>
  found(files).runtimes.map(
    ({ runtime, platforms, how, at }) =>
      `${runtime} ${platforms.map(formatPlatform).join('+') || '?'} ${how} ${at.line}`,
  );

const buildsOf = (files: Readonly<Record<string, string>>) =>
  found(files).builds.map(({ platforms, builder, dockerfile, context }) => ({
    platforms: platforms.map(formatPlatform),
    builder: builder && cpuOf(builder),
    dockerfile,
    context,
  }));

describe('images', () => {
  test.each([
    ['FROM debian', { base: 'debian', pinned: undefined }],
    ['FROM --platform=linux/arm64 debian', { base: 'debian', pinned: 'linux/arm64' }],
    ['FROM --platform=$TARGETPLATFORM debian', { base: 'debian', pinned: undefined }],
    ['FROM --platform=linux/arm64 golang AS build\nFROM debian', { base: 'debian', pinned: undefined }],
    ['FROM --platform=linux/amd64 debian AS base\nFROM base', { base: 'debian', pinned: 'linux/amd64' }],
  ])('%s', (text, expected) => {
    const [image] = found({ Dockerfile: text }).images;
    expect({ base: image?.base, pinned: image?.pinned && formatPlatform(image.pinned.platform) }).toEqual(expected);
  });

  test('a final stage on the CPU of the builder is seen, a build stage there is not', () => {
    expect(found({ Dockerfile: 'FROM --platform=$BUILDPLATFORM node' }).images[0]?.onBuilder).toEqual({
      file: 'Dockerfile',
      line: 1,
      column: 17,
      end: { line: 1, column: 31 },
    });
    expect(
      found({ Dockerfile: 'FROM --platform=$BUILDPLATFORM node AS build\nFROM nginx' }).images[0]?.onBuilder,
    ).toBeUndefined();
  });
});

describe('runtimes', () => {
  const cdk = (body: string) => ({ 'lib/stack.ts': `import * as cdk from 'aws-cdk-lib';\n${body}` });

  test.each([
    [
      'CDK without a CPU',
      cdk("new ecs.FargateTaskDefinition(this, 'T', { cpu: 256 });"),
      ['ecs-fargate linux/amd64 default 2'],
    ],
    [
      'CDK with a CPU',
      cdk(
        "new ecs.FargateTaskDefinition(this, 'T', {\n runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 } });",
      ),
      ['ecs-fargate linux/arm64 declared 3'],
    ],
    [
      'CDK function',
      cdk("new lambda.DockerImageFunction(this, 'F', { architecture: lambda.Architecture.ARM_64 });"),
      ['lambda linux/arm64 declared 2'],
    ],
    ['TypeScript that is no CDK', { 'lib/x.ts': 'new FargateTaskDefinition()' }, []],
    [
      'CloudFormation',
      {
        'template.yaml':
          'Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      RequiresCompatibilities: [FARGATE]\n      RuntimePlatform: { CpuArchitecture: ARM64 }\n',
      },
      ['ecs-fargate linux/arm64 declared 6'],
    ],
    [
      'a zip function is no container',
      {
        'template.yaml':
          'Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: { ZipFile: x }\n',
      },
      [],
    ],
    [
      'SAM image function',
      {
        'template.yaml':
          'Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      PackageType: Image\n      Architectures: [arm64]\n',
      },
      ['lambda linux/arm64 declared 6'],
    ],
    [
      'serverless',
      { 'serverless.yml': 'provider:\n  architecture: arm64\nfunctions:\n  api:\n    image: x\n' },
      ['lambda linux/arm64 declared 2'],
    ],
    [
      'Kubernetes without a selector',
      {
        'k8s.yaml':
          'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api }\nspec: { template: { spec: {} } }\n',
      },
      ['kubernetes ? node 1'],
    ],
    [
      'Knative is Cloud Run',
      { 'service.yaml': 'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: api }\n' },
      ['cloud-run linux/amd64 only 1'],
    ],
    [
      'Terraform',
      { 'main.tf': 'resource "aws_lambda_function" "f" {\n  package_type = "Image"\n  architectures = ["arm64"]\n}\n' },
      ['lambda linux/arm64 declared 3'],
    ],
    [
      'Terraform Fargate default',
      { 'main.tf': 'resource "aws_ecs_task_definition" "t" {\n  requires_compatibilities = ["FARGATE"]\n}\n' },
      ['ecs-fargate linux/amd64 default 1'],
    ],
    [
      'Terraform with a CPU that is filled in',
      {
        'main.tf':
          'variable "cpu" {\n  default = "X86_64"\n}\nresource "aws_ecs_task_definition" "t" {\n  requires_compatibilities = ["FARGATE"]\n  runtime_platform {\n    cpu_architecture = var.cpu\n  }\n}\n',
      },
      ['ecs-fargate ? open 7'],
    ],
    [
      'Terraform with a block that may not be there',
      {
        'main.tf':
          'resource "aws_ecs_task_definition" "t" {\n  requires_compatibilities = ["FARGATE"]\n  dynamic "runtime_platform" {\n    for_each = var.p\n    content {}\n  }\n}\n',
      },
      ['ecs-fargate ? open 3'],
    ],
    [
      'Terraform with a local value, and a comment that is none',
      {
        'main.tf':
          'locals {\n  cpu = "ARM64"\n}\nresource "aws_ecs_task_definition" "t" {\n  # cpu_architecture = "X86_64"\n  requires_compatibilities = ["FARGATE"]\n  runtime_platform { cpu_architecture = local.cpu }\n}\n',
      },
      ['ecs-fargate linux/arm64 declared 7'],
    ],
    [
      'Terraform of a deployment',
      {
        'main.tf':
          'resource "kubernetes_deployment" "d" {\n  spec {\n    template {\n      spec {\n        node_selector = {\n          "kubernetes.io/arch" = "arm64"\n        }\n      }\n    }\n  }\n}\n',
      },
      ['kubernetes linux/arm64 declared 6'],
    ],
    [
      'a plan of Terraform',
      {
        'plan.json': JSON.stringify({
          planned_values: {
            root_module: {
              child_modules: [
                {
                  resources: [
                    {
                      type: 'aws_ecs_task_definition',
                      name: 't',
                      values: {
                        requires_compatibilities: ['FARGATE'],
                        runtime_platform: [{ cpu_architecture: 'ARM64' }],
                      },
                    },
                  ],
                },
              ],
            },
          },
        }),
      },
      ['ecs-fargate linux/arm64 declared 1'],
    ],
    [
      'a plan of Terraform whose CPU is known after apply',
      {
        'plan.json': JSON.stringify({
          resource_changes: [
            { address: 'a.t', change: { after_unknown: { runtime_platform: [{ cpu_architecture: true }] } } },
          ],
          planned_values: {
            root_module: {
              resources: [
                {
                  address: 'a.t',
                  type: 'aws_ecs_task_definition',
                  name: 't',
                  values: {
                    requires_compatibilities: ['FARGATE'],
                    runtime_platform: [{ operating_system_family: 'LINUX' }],
                  },
                },
              ],
            },
          },
        }),
      },
      ['ecs-fargate ? open 1'],
    ],
    [
      'CloudFormation with a CPU that is filled in',
      {
        'template.yaml':
          'Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      RequiresCompatibilities: [FARGATE]\n      RuntimePlatform: { CpuArchitecture: !Ref Cpu }\n',
      },
      ['ecs-fargate ? open 6'],
    ],
    [
      'serverless with a CPU that is filled in',
      { 'serverless.yml': 'provider:\n  architecture: ${opt:cpu}\nfunctions:\n  api:\n    image: x\n' },
      ['lambda ? open 2'],
    ],
    ['a script', { 'deploy.sh': 'x\ngcloud run deploy svc \\\n  --image i\n' }, ['cloud-run linux/amd64 only 2']],
    ['a comment deploys nothing', { 'deploy.sh': '# gcloud run deploy svc\necho "fly deploy"\n' }, []],
  ])('%s', (_name, files, expected) => {
    expect(runtimesOf(files as Record<string, string>)).toEqual(expected);
  });

  test('a declaration wins over a command that names the same runtime, and keeps its name', () => {
    const { runtimes } = found({
      ...cdk(
        "new ecs.FargateTaskDefinition(this, 'T', { runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 } });",
      ),
      'deploy.sh': 'aws ecs update-service --cluster c --service web --force-new-deployment\n',
    });
    expect(runtimes).toMatchObject([{ runtime: 'ecs-fargate', how: 'declared', name: 'web' }]);
  });
});

describe('builds', () => {
  test.each([
    [
      'docker build --platform linux/amd64 -t x .',
      [{ platforms: ['linux/amd64'], builder: undefined, dockerfile: undefined, context: '.' }],
    ],
    [
      'docker buildx build --platform=linux/amd64,linux/arm64 -f a/Dockerfile .',
      [{ platforms: ['linux/amd64', 'linux/arm64'], builder: undefined, dockerfile: 'a/Dockerfile', context: '.' }],
    ],
    [
      'docker build --platform=linux/$(ARCH) .',
      [{ platforms: [], builder: undefined, dockerfile: undefined, context: '.' }],
    ],
    [
      'docker build --build-arg NOTE="x --platform linux/arm64 -f no" .',
      [{ platforms: [], builder: undefined, dockerfile: undefined, context: '.' }],
    ],
    [
      "docker build --platform 'linux/amd64' --platform linux/arm64 -fa/Dockerfile .",
      [{ platforms: ['linux/amd64', 'linux/arm64'], builder: undefined, dockerfile: 'a/Dockerfile', context: '.' }],
    ],
    ['docker build . -t shop', [{ platforms: [], builder: undefined, dockerfile: undefined, context: '.' }]],
    ['# docker build .', []],
  ])('%s', (line, expected) => {
    expect(buildsOf({ Makefile: `all:\n\t${line}\n` })).toEqual(expected);
  });

  test.each([
    ['a program by its variable', 'DOCKER ?= docker\n', '$(DOCKER) build --platform linux/arm64 .', 'linux/arm64'],
    ['flags in a variable', 'FLAGS := --platform linux/arm64 --pull\n', 'docker build $(FLAGS) .', 'linux/arm64'],
    ['one in a condition', 'ifdef CI\nP := linux/arm64\nendif\n', 'docker build --platform $(P) .', 'unseen'],
    ['another for one target', 'P := linux/arm64\nci: P := linux/amd64\n', 'docker build --platform $(P) .', 'unseen'],
    ['a file that is included', 'P := linux/arm64\n-include .env\n', 'docker build --platform $(P) .', 'unseen'],
    ['a value that others may set otherwise', 'ARCH ?= arm64\n', 'docker build --platform linux/$(ARCH) .', 'unseen'],
    ['what is made of one', 'A ?= arm64\nP := linux/$(A)\n', 'docker build --platform $(P) .', 'unseen'],
    ['a default of the shell', '', 'docker build --platform linux/$${A:-arm64} .', 'unseen'],
  ])('%s', (_name, variables, line, expected) => {
    const [build] = found({ Makefile: `${variables}all:\n\t${line}\n\tdocker push a.io/b:1\n` }).builds;
    expect(build?.unseen ? 'unseen' : build?.platforms.map(formatPlatform).join()).toBe(expected);
    expect(build?.context).toBe('.');
  });

  test.each([
    ['a default that it keeps', 'P="${P:-linux/amd64}"'],
    ['an arm of case', 'P=linux/amd64\ncase "$1" in\n  arm64) P=linux/arm64 ;;\nesac'],
    ['what is read', 'P=linux/amd64\nread -r P'],
    ['another file', 'P=linux/amd64\n. ./.env'],
  ])('a platform that a script leaves open: %s', (_name, before) => {
    const [build] = found({ 'x.sh': `${before}\ndocker build --platform "$P" -t a.io/b .\ndocker push a.io/b` }).builds;
    expect(build).toMatchObject({ unseen: true, platforms: [] });
  });

  test('a Makefile that calls itself with another value leaves it open, and a job has what it is given', () => {
    const make =
      'P = linux/amd64\nbuild:\n\tdocker build --platform $(P) -t a.io/b . && docker push a.io/b\narm:\n\t$(MAKE) build P=linux/arm64\n';
    const job = (more: string) =>
      `env:\n  PLAT: linux/amd64\njobs:\n  b:\n    ${more}\n    steps:\n      - run: docker buildx build --platform $PLAT -t a.io/c --push .\n`;
    expect(found({ Makefile: make }).builds[0]).toMatchObject({ unseen: true });
    const workflow = (more: string, before = '') => {
      const text = job(more).replace('      - run', `${before}      - run`);
      const [build] = found({ '.github/workflows/a.yml': text }).builds;
      return build?.unseen ? 'unseen' : build?.platforms.map(formatPlatform).join();
    };
    expect(workflow('name: b')).toBe('linux/amd64');
    expect(workflow('env: {PLAT: linux/arm64}')).toBe('linux/arm64');
    const expression = job('name: b').replace('$PLAT', '${{ env.PLAT }}');
    expect(buildsOf({ '.github/workflows/a.yml': expression })[0]?.platforms).toEqual(['linux/amd64']);
    expect(workflow('env: {PLAT: "${{ inputs.p }}"}')).toBe('unseen');
    expect(workflow('name: b', '      - run: echo "PLAT=linux/$(uname -m)" >> $GITHUB_ENV\n')).toBe('unseen');
    expect(workflow('name: b', '      - run: x\n        env: {PLAT: linux/s390x}\n')).toBe('unseen');
  });

  test.each(['rm -rf docker build dist', 'assert_contains "$out" docker build .', 'command -v docker build'])(
    'words that only look so: %s',
    (line) => expect(buildsOf({ 'x.sh': line })).toEqual([]),
  );

  test('a matrix: each of its legs builds its own, on its own runner, and an expression builds one that is not seen', () => {
    const text = (matrix: string, platforms: string) =>
      `jobs:\n  b:\n    strategy:\n      matrix:\n        ${matrix}\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          platforms: ${platforms}\n`;
    const of = (matrix: string, platforms: string) =>
      found({ '.github/workflows/b.yml': text(matrix, platforms) }).builds.map((one) => [
        one.platforms.map(formatPlatform).join(),
        one.unseen ?? false,
      ]);
    const arch = '${{ matrix.arch }}';
    expect(of('arch: [amd64, arm64]', `linux/${arch}`)).toEqual([
      ['linux/amd64', false],
      ['linux/arm64', false],
    ]);
    expect(of('include: [{arch: arm64, x: 1}, {arch: arm64, x: 2}]', `linux/${arch}`)).toEqual([
      ['linux/arm64', false],
    ]);
    expect(of('arch: ["linux/amd64,linux/arm64"]', arch)).toEqual([['linux/amd64,linux/arm64', false]]);
    expect(of('arch: ${{ fromJSON(inputs.list) }}', arch)).toEqual([['', true]]);
    expect(of('other: [1]', arch)).toEqual([['', true]]);
  });

  test('a workflow: the step, its platforms, the CPU of its runner', () => {
    const text =
      'jobs:\n  b:\n    runs-on: ubuntu-24.04-arm\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          context: .\n          platforms: |\n            linux/amd64\n            linux/arm64\n';
    expect(buildsOf({ '.github/workflows/b.yml': text })).toEqual([
      { platforms: ['linux/amd64', 'linux/arm64'], builder: 'linux/arm64', dockerfile: undefined, context: '.' },
    ]);
  });
});

test('a build has the CPU of its own job', () => {
  const job = (name: string, label: string) =>
    `  ${name}:\n    runs-on: ${label}\n    steps:\n      - run: docker build .\n      - uses: docker/build-push-action@v6\n`;
  const text = `jobs:\n${job('a', 'ubuntu-latest')}${job('b', 'ubuntu-24.04-arm')}${job('c', '[self-hosted]')}`;
  expect(buildsOf({ '.github/workflows/x.yml': text }).map(({ builder }) => builder)).toEqual(
    // Command lines first.
    ['linux/amd64', 'linux/arm64', 'unknown', 'linux/amd64', 'linux/arm64', 'unknown'],
  );
});

test.each<[string, string]>([
  ['ubuntu-24.04-arm', 'linux/arm64'],
  ['[ubuntu-24.04-arm]', 'linux/arm64'],
  ['[ubuntu-latest, gpu]', 'linux/amd64'],
  ['{ group: large, labels: [ubuntu-24.04-arm] }', 'linux/arm64'],
  ['{ group: large }', 'unknown'],
  // No runner has both.
  ['[ubuntu-latest, ubuntu-24.04-arm]', 'unknown'],
  ['[self-hosted, linux, ARM64]', 'linux/arm64'],
  ['[self-hosted, Linux, x64]', 'linux/amd64'],
  ['[self-hosted, linux, ARM]', 'linux/arm/v7'],
  ['[self-hosted, linux]', 'unknown'],
  ['self-hosted', 'unknown'],
  // A label that anybody may give: only beside `self-hosted` it is one of GitHub's.
  ['ARM64', 'unknown'],
  // A label of a hosted runner on one of one's own says nothing of its CPU.
  ['[self-hosted, ubuntu-latest]', 'unknown'],
  ['macos-15', 'unknown'],
  ["'${{ matrix.os }}'", 'unknown'],
])('runs-on: %s', (label, expected) => {
  const text = `jobs:\n  a:\n    runs-on: ${label}\n    steps:\n      - run: docker build .\n`;
  expect(buildsOf({ '.github/workflows/x.yml': text })).toMatchObject([{ builder: expected }]);
});

test.each([
  ['.gitlab-ci.yml', 'build:\n  script:\n    - docker build .\n'],
  ['buildspec.yml', 'phases:\n  build:\n    commands:\n      - docker build .\n'],
  ['.github/workflows/x.yml', 'jobs:\n  a:\n    runs-on: [self-hosted]\n    steps:\n      - run: docker build .\n'],
])('a CI whose CPU no file says is not the machine of the reader: %s', (path, text) => {
  const files = { Dockerfile: 'FROM node', 'd.sh': 'gcloud run deploy svc\n' };
  const kinds = (all: Readonly<Record<string, string>>) =>
    judgeRepository(found(all), { os: 'linux', architecture: 'arm64' }).map(({ kind }) => kind);
  expect(kinds(files)).toEqual(['fails']);
  expect(kinds({ ...files, [path]: text })).toEqual([]);
});

describe('names, as they are written', () => {
  /** Each name as `repository:tag how runtime dockerfile line`. */
  const namesOf = (files: Readonly<Record<string, string>>) =>
    found(files).names.map(({ repository, tag, how, runtime, dockerfile, at }) =>
      [`${repository}:${tag ?? '?'}`, how, runtime ?? '-', dockerfile ?? '-', at.line].join(' '),
    );
  const workflow = (...steps: readonly string[]) => ({
    '.github/workflows/x.yml': `jobs:\n  a:\n    runs-on: ubuntu-24.04-arm\n    steps:\n${steps.join('\n')}\n`,
  });
  const task = (more: string) =>
    `Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n${more}      ContainerDefinitions: [{ Image: a.io/b:1 }]\n`;

  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['a task on EC2', { 't.yaml': task('') }, ['a.io/b:1 pulled ecs-ec2 - 5']],
    [
      'a task on Fargate',
      { 't.yaml': task('      RequiresCompatibilities: [FARGATE]\n') },
      ['a.io/b:1 pulled ecs-fargate - 6'],
    ],
    [
      'inputs before the action, quoted, with comments and commas',
      workflow(
        '      - with:',
        '          push: "true" # always',
        "          file: 'api/Dockerfile' # ours",
        '          tags: >-',
        '            a.io/b:1,',
        '            a.io/b:2',
        '        # uses: docker/build-push-action@v1',
        '        uses: "docker/build-push-action@v6"',
        '      - run: echo',
        '        with: { tags: no.io/no:1 }',
      ),
      ['a.io/b:1 pushed - api/Dockerfile 9', 'a.io/b:2 pushed - api/Dockerfile 9'],
    ],
    [
      'a block with a blank line and a comment',
      workflow(
        '      - uses: docker/build-push-action@v6',
        '        with:',
        '          push: true',
        '          tags: |2-',
        '',
        '            a.io/b:1',
        '            # a.io/b:2',
        '            a.io/b:3',
      ),
      ['a.io/b:1 pushed - - 10', 'a.io/b:3 pushed - - 12'],
    ],
    [
      'a text that only looks like a step',
      workflow(
        '      - run: |',
        '          - uses: docker/build-push-action@v6',
        '            with: { push: true, tags: a.io/b }',
      ),
      [],
    ],
    [
      'an id is one of its own job',
      {
        '.github/workflows/x.yml': ['a', 'b']
          .map(
            (job) =>
              `  ${job}:\n    steps:\n      - { id: meta, uses: docker/metadata-action@v5, with: { images: a.io/${job} } }\n      - uses: docker/build-push-action@v6\n        with: { push: true, tags: "\${{ steps.meta.outputs.tags }}" }\n`,
          )
          .reduce((text, job) => text + job, 'jobs:\n'),
      },
      ['a.io/a:? pushed - - 4', 'a.io/b:? pushed - - 9'],
    ],
    [
      'flags in every form that Docker takes',
      { 'x.sh': 'docker build -ta.io/b:1 --file "my api/Dockerfile" .\ndocker build --tag=a.io/b:2 -f=d/Dockerfile .' },
      ['a.io/b:1 given - my api/Dockerfile 1', 'a.io/b:2 given - d/Dockerfile 2'],
    ],
    [
      'repositories of SAM',
      { 'samconfig.toml': 'image_repositories = ["F=1.dkr.ecr.eu-west-1.amazonaws.com/f:x"]' },
      ['1.dkr.ecr.eu-west-1.amazonaws.com/f:? pushed lambda - 1'],
    ],
  ])('%s', (_name, files, expected) => {
    expect(namesOf(files)).toEqual(expected);
  });
});

describe('what to expect', () => {
  const arm = { os: 'linux', architecture: 'arm64' } as const;
  const kinds = (files: Readonly<Record<string, string>>) => judgeRepository(found(files), arm).map(({ kind }) => kind);
  const run = 'gcloud run deploy svc\n';

  test.each([
    ['a plain build on another CPU fails', { Dockerfile: 'FROM node', 'd.sh': run }, ['fails']],
    ['a pin to the right CPU holds', { Dockerfile: 'FROM --platform=linux/amd64 node', 'd.sh': run }, ['holds-by-pin']],
    ['a pin to the wrong CPU fails', { Dockerfile: 'FROM --platform=linux/arm64 node', 'd.sh': run }, ['fails']],
    [
      'building the right CPU is fine',
      { Dockerfile: 'FROM node', 'd.sh': `docker build --platform linux/amd64 .\n${run}` },
      [],
    ],
    [
      'a runtime that has no such CPU',
      { Dockerfile: 'FROM node', 'd.sh': `docker build --platform linux/arm64 .\n${run}` },
      ['no-such-cpu'],
    ],
    [
      'an index for Lambda',
      {
        Dockerfile: 'FROM node',
        'd.sh':
          'docker build --platform linux/amd64,linux/arm64 .\naws lambda update-function-code --function-name f\n',
      },
      ['index-refused'],
    ],
  ])('%s', (_name, files, expected) => {
    expect(kinds(files as Record<string, string>)).toEqual(expected);
  });
});

test('names of a proposal are those of folders and services, each once', () => {
  const proposal = proposeProject(
    found({ 'a/Dockerfile': 'FROM x', 'b/a/Dockerfile': 'FROM x', 'Dockerfile.web': 'FROM x' }),
    'My App',
  );
  expect(proposal.images.map(({ name, context, dockerfile }) => [name, context, dockerfile])).toEqual([
    ['web', '.', 'Dockerfile.web'],
    ['a', 'a', undefined],
    ['a-2', 'b/a', undefined],
  ]);
});

describe('where an image is published', () => {
  const published = (files: Readonly<Record<string, string>>, name?: string) => {
    const { images } = proposeProject(found({ Dockerfile: 'FROM a', ...files }), 'shop');
    const one = images.find((image) => name === undefined || image.name === name)!.publication;
    const line = ({ text, at }: { text: string; at: { line: number } | undefined }) => `${text} ${at?.line}`;
    return [...one.repositories.map(line), ...one.tags.map(line), ...one.partly.map((part) => `? ${line(part)}`)];
  };

  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['a push', { 'x.sh': 'docker push ghcr.io/a/b:1' }, ['ghcr.io/a/b 1', '1 1']],
    ['a name without tag', { 'x.sh': 'docker push ghcr.io/a/b' }, ['ghcr.io/a/b 1', 'latest 1']],
    ['a port is no tag', { 'x.sh': 'docker push localhost:5000/b' }, ['localhost:5000/b 1', 'latest 1']],
    ['a push in a comment', { 'x.sh': '# docker push ghcr.io/a/b:1' }, []],
    ['a push that is only printed', { 'x.sh': 'echo "docker push ghcr.io/a/b:1"' }, []],
    ['a name of this machine', { 'x.sh': 'docker build -t shop .\ndocker push shop' }, []],
    ['a build that nothing pushes', { 'x.sh': 'docker build -t team/shop .' }, []],
    [
      'a build that pushes',
      { 'x.sh': 'docker buildx build \\\n --push -t team/shop:$(git rev-parse HEAD) .' },
      ['team/shop 1', '{commit} 1'],
    ],
    [
      'Makefile',
      { Makefile: 'IMAGE ?= ghcr.io/a/b\npush:\n\tdocker push $(IMAGE):latest' },
      ['ghcr.io/a/b 3', 'latest 3'],
    ],
    ['a variable from outside', { 'x.sh': 'docker push $HOST/b:1' }, ['1 1', '? ?/b 1']],
    ['a variable that is set twice', { 'x.sh': 'H=a.io\nH=b.io\ndocker push $H/b:1' }, ['b.io/b 3', '1 3']],
    [
      'a variable that is set in one branch',
      { 'x.sh': 'H=a.io\nif $CI; then H=b.io; fi\ndocker push $H/b:1' },
      ['1 3', '? ?/b 3'],
    ],
    ['a variable of a shell within', { 'x.sh': '(H=a.io; docker push $H/b:1)' }, ['a.io/b 1', '1 1']],
    ['behind what may be sudo', { Makefile: 'a:\n\t$(SUDO) docker push a.io/b:1' }, ['a.io/b 2', '1 2']],
    ['behind sudo', { 'x.sh': 'sudo -E docker push a.io/b:1' }, ['a.io/b 1', '1 1']],
    ['behind a flag of docker', { 'x.sh': 'docker --context far push a.io/b:1' }, ['a.io/b 1', '1 1']],
    ['in a script within', { 'x.sh': `bash -c 'docker push "a.io/b:1"'` }, ['a.io/b 1', '1 1']],
    ['Procfile', { Procfile: 'release: docker push a.io/b:1' }, ['a.io/b 1', '1 1']],
    ['Justfile', { Justfile: 'push tag:\n    @docker push a.io/b:{{tag}}' }, ['a.io/b 2']],
    [
      'Taskfile',
      { 'Taskfile.yml': 'tasks:\n  push:\n    cmds:\n      - cmd: docker push a.io/b:{{.TAG}}\n' },
      ['a.io/b 4'],
    ],
    [
      'an action that is given shell',
      {
        '.github/workflows/x.yml':
          'jobs:\n  a:\n    steps:\n      - uses: azure/cli@v2\n        with:\n          inlineScript: |\n            docker push a.io/b:1\n',
      },
      ['a.io/b 7', '1 7'],
    ],
    [
      'two repositories with other tags are not mixed',
      { 'x.sh': 'docker push a.io/b:1\ndocker push c.io/d:2' },
      ['a.io/b 1', '1 1'],
    ],
    ['package.json', { 'package.json': '{"scripts":{"push":"docker push a.io/b:1 && x"}}' }, ['a.io/b 1', '1 1']],
    [
      'the origin of Git is the repository of a workflow',
      {
        '.git/config': '[remote "origin"]\n\turl = git@github.com:team/shop.git\n',
        '.github/workflows/x.yml':
          'jobs:\n  a:\n    steps:\n      - run: docker push ghcr.io/${{ github.repository }}:1\n',
      },
      ['ghcr.io/team/shop 4', '1 4'],
    ],
    [
      'a workflow alone does not know it',
      {
        '.github/workflows/x.yml':
          'jobs:\n  a:\n    steps:\n      - run: docker push ghcr.io/${{ github.repository }}:1\n',
      },
      ['1 4', '? ghcr.io/? 4'],
    ],
    [
      'a step that does not push',
      {
        '.github/workflows/x.yml':
          'steps:\n  - uses: docker/build-push-action@v6\n    with:\n      push: false\n      tags: team/shop:1\n',
      },
      [],
    ],
    [
      'a sidecar is not ours',
      {
        'k8s.yaml':
          'apiVersion: apps/v1\nkind: Deployment\nspec: { template: { spec: { containers: [{ image: envoyproxy/envoy:v1 }, { image: "x.io/shop:2" }] } } }',
      },
      ['x.io/shop 3', '2 3'],
    ],
    [
      'a declared repository',
      { 'x.tf': 'resource "aws_ecr_repository" "a" {\n  name = "shop"\n}' },
      ['? ?.dkr.ecr.?.amazonaws.com/shop 2'],
    ],
  ])('%s', (_what, files, expected) => {
    expect(published(files)).toEqual(expected);
  });

  test('each image has its own names', () => {
    const files = { 'api/Dockerfile': 'FROM a', 'x.sh': 'docker push a.io/shop-api:1\ndocker push a.io/other:1' };
    expect(published(files, 'api')).toEqual(['a.io/shop-api 1', '1 1']);
    expect(published(files, 'shop')).toEqual([]);
  });

  describe('a hostile file makes little work', () => {
    test('names that stand for several of themselves or of the next are filled in up to a bound', () => {
      /** What became of the name, and how often a variable was asked for. */
      const filled = (pairs: readonly (readonly [string, string])[]) => {
        let reads = 0;
        class Counting extends Map<string, string> {
          override get(name: string): string | undefined {
            reads++;
            return super.get(name);
          }
        }
        return { text: fillIn('$A0/x', new Counting(pairs)), reads };
      };
      const chain = (length: number) =>
        Array.from({ length }, (_, i) => [`A${i}`, i + 1 < length ? `$A${i + 1}$A${i + 1}` : 'a'] as const);
      expect(filled(chain(4)).text).toBe(`${'a'.repeat(8)}/x`);
      // Without a bound 2 ** length: every step more would be twice the work.
      const [short, long] = [filled(chain(12)), filled(chain(24))];
      expect(short.text).toMatch(/^[a?]+\/x$/);
      expect(long.text).toMatch(/^[a?]+\/x$/);
      expect(short.reads).toBeLessThan(200);
      expect(long.reads).toBeLessThan(200);
      expect(filled([['A0', '$A0$A0$A0$A0$A0$A0']])).toMatchObject({ text: expect.stringMatching(/^\?+\/x$/) });
    });

    test('of more names than any repository has the first are taken', () => {
      const pushes = (count: number) => Array.from({ length: count }, (_, i) => `docker push a.io/b:${i}\n`).join('');
      const first = found({ 'x.sh': pushes(1_500) }).names;
      expect(first).toHaveLength(1_000);
      expect(first.at(-1)).toMatchObject({ repository: 'a.io/b', tag: '999', at: { line: 1_000 } });
      expect(found({ 'x.sh': pushes(3_000) }).names).toEqual(first);
      expect(published({ 'x.sh': pushes(3_000) })).toHaveLength(1_001);
    });

    test('twice the file is twice the work', () => {
      /** Characters that were cut out, and the steps to the next line. */
      const work = (files: Readonly<Record<string, string>>) => {
        const slice = vi.spyOn(String.prototype, 'slice');
        const indexOf = vi.spyOn(String.prototype, 'indexOf');
        const seen = found(files);
        const cut = slice.mock.results.reduce((sum, { value }) => sum + (value as string).length, 0);
        const steps = indexOf.mock.calls.length;
        slice.mockRestore();
        indexOf.mockRestore();
        return { seen, cut, steps };
      };
      // Blocks that are never closed: each is cut out to the next, not to the end.
      const blocks = (count: number) => 'resource "aws_ecr_repository" "a" {\n  name = "b"\n'.repeat(count);
      const [one, two] = [work({ 'x.tf': blocks(1_000) }), work({ 'x.tf': blocks(2_000) })];
      expect(one.seen.names.at(-1)?.at.line).toBe(2_000);
      expect(two.cut).toBeLessThan(2.2 * one.cut);
      expect(one.steps).toBeGreaterThan(1_000);
      expect(two.steps).toBeLessThan(2.2 * one.steps);
      const lines = (count: number) => ({ 'x.sh': 'docker push a.io/b:1\n'.repeat(count) });
      const [few, many] = [work(lines(1_000)), work(lines(2_000))];
      expect(few.seen.names.at(-1)?.at.line).toBe(1_000);
      expect(many.cut).toBeLessThan(2.2 * few.cut);
      expect(many.steps).toBeLessThan(2.2 * few.steps);
    });
  });
});

test('files of other people are not read', () => {
  expect(wantedFile('node_modules/x/Dockerfile')).toBe(false);
  expect(wantedFile('build/package/Dockerfile')).toBe(true);
  expect(wantedFile('dist/x.yaml')).toBe(false);
  expect(wantedFile('app/Dockerfile.lambda')).toBe(true);
  expect(isDockerfile('docs/dockerfile.md')).toBe(false);
  for (const path of ['lib/hubs/dockerfile.ex', 'dockerfile.go', 'src/dockerfile.test.ts', 'containerfile.py'])
    expect([path, isDockerfile(path)]).toEqual([path, false]);
  for (const path of [
    'Dockerfile.go',
    'dockerfile.dev',
    'dockerfile',
    'app.dockerfile',
    'Dockerfile.py',
    'dockerfile.1.2',
  ])
    expect([path, isDockerfile(path)]).toEqual([path, true]);
  expect(wantedFile('src/x.test.ts')).toBe(false);
});

test('no text makes it throw', () => {
  const paths = [
    'Dockerfile',
    'a.yaml',
    'main.tf',
    '.github/workflows/x.yml',
    'Makefile',
    'lib/a.ts',
    'docker-compose.yml',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...paths),
      fc.string({ maxLength: 300 }),
      fc.constantFrom(
        '',
        'Resources:\n',
        'services:\n  a:\n',
        "import 'aws-cdk-lib';\nnew ecs.FargateTaskDefinition(",
        'resource "aws_lambda_function" "x" {',
      ),
      (path, text, start) => {
        const repository = found({ [path]: start + text });
        judgeRepository(repository, { os: 'linux', architecture: 'arm64' });
        proposeProject(repository, 'x');
      },
    ),
    { numRuns: 400 },
  );
});
