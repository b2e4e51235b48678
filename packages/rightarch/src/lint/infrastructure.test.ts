import { describe, expect, test } from 'vitest';
import { inWords, languages } from '../messages/index.ts';
import type { TargetId } from '../target/index.ts';
import { checkRepository } from './check.ts';
import { amd64, Dockerfile, found } from './test-found.ts';

describe('a service of compose', () => {
  const service = (text: string) => ({ Dockerfile, 'compose.yaml': `services:\n  web:\n    ${text}\n` });
  test.each<[string, string, readonly string[]]>([
    [
      'runs as what is not built',
      'platform: linux/arm64\n    build: { context: ., platforms: [linux/amd64] }',
      ['platform-not-built compose.yaml:3'],
    ],
    [
      'runs as one of what is built',
      'platform: linux/arm64/v8\n    build: { context: ., platforms: [linux/amd64, linux/arm64] }',
      [],
    ],
    ['is built for what it runs as', 'platform: linux/arm64\n    build: .', []],
    ['runs as a variable', 'platform: "${P}"\n    build: { context: ., platforms: [linux/amd64] }', []],
    [
      'is built for a variable too',
      'platform: linux/arm64\n    build: { context: ., platforms: [linux/amd64, "${P}"] }',
      [],
    ],
    [
      'extends another',
      'platform: linux/arm64\n    extends: { service: a }\n    build: { context: ., platforms: [linux/amd64] }',
      [],
    ],
    ['is somebody else’s image', 'platform: linux/amd64\n    image: mysql:5.7', []],
  ])('%s', (_name, text, expected) => expect(found(service(text))).toEqual(expected));
});

test('of several images one that is built for nobody says which CPU may be the one that runs', () => {
  const task =
    'resource "aws_ecs_task_definition" "t" {\n  requires_compatibilities = ["FARGATE"]\n  runtime_platform {\n    cpu_architecture = "ARM64"\n  }\n  container_definitions = jsonencode([{ image = var.image }])\n}\n';
  const two = { 'a/Dockerfile': Dockerfile, 'b/Dockerfile': Dockerfile, 'main.tf': task };
  const build = (name: string, more = '') => `docker build${more} -t r.io/${name} ${name}\n`;
  const said = build('a', ' --platform linux/amd64');
  expect(found({ ...two, 'build.sh': said + build('b', ' --platform linux/amd64') })).toEqual([
    'cpu-differs build.sh:1',
  ]);
  expect(
    found({ ...two, 'build.sh': said, 'b/buildspec.yml': `phases:\n  build:\n    commands:\n      - ${build('b')}` }),
  ).toEqual([]);
});

test('a pod on Windows runs another image than the one that is built for Linux', () => {
  const pod = (os: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  nodeSelector: { kubernetes.io/os: ${os}, kubernetes.io/arch: arm64 }\n  containers: [{ name: a, image: r.io/api }]\n`;
  expect(found({ ...amd64, 'pod.yaml': pod('linux') })).toEqual(['cpu-differs build.sh:1']);
  expect(found({ ...amd64, 'pod.yaml': pod('windows') })).toEqual([]);
});

const trial = (platforms: string) =>
  `on: pull_request\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/setup-buildx-action@v3\n      - uses: docker/build-push-action@v6\n        with: { context: ., push: false, platforms: "${platforms}" }\n`;

test('an index that is sent nowhere is refused nowhere', () => {
  const lambda =
    'resource "aws_lambda_function" "f" {\n  package_type = "Image"\n  image_uri = "r.io/api:1"\n  architectures = ["arm64"]\n}\n';
  const both = 'linux/amd64,linux/arm64';
  expect(found({ Dockerfile, 'main.tf': lambda, '.github/workflows/pr.yml': trial(both) })).toEqual([]);
  const pushed = trial(both).replace('push: false', 'push: true');
  expect(found({ Dockerfile, 'main.tf': lambda, '.github/workflows/pr.yml': pushed })).toContain(
    'index-refused .github/workflows/pr.yml:8',
  );
});

describe('nodes', () => {
  const pod = (more = '') => ({
    'pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [ { name: a, image: r.io/api } ]${more} }\n`,
  });
  const group = (name: string, type: string, more = '') =>
    `resource "aws_eks_node_group" "${name}" {\n  instance_types = ["${type}"]\n${more}}\n`;
  const mixed = { 'nodes.tf': group('a', 'm7i.large') + group('b', 'm7g.large') };
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['of both CPUs, one built', { ...amd64, ...pod(), ...mixed }, ['nodes-mixed build.sh:1']],
    [
      'of both CPUs, and a selector',
      { ...amd64, ...pod(', nodeSelector: { kubernetes.io/arch: amd64 }'), ...mixed },
      [],
    ],
    [
      'of both CPUs, both built',
      {
        ...pod(),
        ...mixed,
        'build.sh': 'docker buildx build --platform linux/amd64,linux/arm64 --push -t r.io/api .\n',
      },
      [],
    ],
    [
      'of the other CPU with a taint',
      { ...amd64, ...pod(), 'nodes.tf': group('a', 'm7i.large') + group('b', 'm7g.large', '  taint {\n  }\n') },
      [],
    ],
    [
      'of both CPUs, and a patch that chooses',
      {
        ...amd64,
        ...pod(),
        ...mixed,
        'k8s/kustomization.yaml':
          'resources: [d.yaml]\npatches:\n  - patch: "- { op: add, path: /spec/nodeSelector, value: { kubernetes.io/arch: amd64 } }"\n',
      },
      [],
    ],
    [
      'of both CPUs, and a build that is sent nowhere',
      {
        Dockerfile,
        ...pod(),
        ...mixed,
        '.github/workflows/pr.yml':
          'on: pull_request\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n        with: { context: ., push: false, load: true, tags: test }\n',
      },
      [],
    ],
    [
      'of both CPUs, one built, and a build of the other that is sent nowhere',
      { ...amd64, ...pod(), ...mixed, '.github/workflows/pr.yml': trial('linux/arm64') },
      ['nodes-mixed build.sh:1'],
    ],
    [
      'of the other CPU alone',
      { ...amd64, ...pod(), 'nodes.tf': group('b', 'm7g.large', '  cluster_name = aws_eks_cluster.c.id\n') },
      ['cpu-differs build.sh:1'],
    ],
    [
      'of the other CPU alone, of a cluster that is made elsewhere',
      { ...amd64, ...pod(), 'nodes.tf': group('b', 'm7g.large') },
      [],
    ],
    [
      'that are not named here',
      { ...amd64, ...pod(), 'nodes.tf': group('a', 'm7i.large') + group('b', '${var.t}') },
      [],
    ],
  ])('%s', (_name, files, expected) => expect(found({ Dockerfile, ...files })).toEqual(expected));
});

test('a CPU that is filled in is undecided where one is built, and silent where both are', () => {
  const task = {
    'main.tf':
      'resource "aws_ecs_task_definition" "t" {\n  requires_compatibilities = ["FARGATE"]\n  runtime_platform {\n    cpu_architecture = var.cpu\n  }\n}\n',
  };
  expect(found({ ...task, ...amd64 })).toEqual(['cpu-open main.tf:4 ?']);
  const both = 'docker buildx build --platform linux/amd64,linux/arm64 --push -t r.io/api .\n';
  expect(found({ Dockerfile, ...task, 'build.sh': both })).toEqual([]);
  expect(found({ Dockerfile, ...task })).toEqual([]);
});

describe('a buildspec', () => {
  const project = (type: string) => ({
    'p.tf': `resource "aws_codebuild_project" "p" {\n  environment {\n    type = "${type}"\n  }\n}\n`,
  });
  const spec = (...commands: readonly string[]) => ({
    'buildspec.yml': `phases:\n  build:\n    commands:\n${commands.map((one) => `      - ${one}\n`).join('')}`,
  });
  const build = 'docker build --platform linux/amd64 -t r.io/api .';
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['for another CPU', { Dockerfile, ...project('ARM_CONTAINER'), ...spec(build) }, ['no-emulation buildspec.yml:4']],
    ['for its own', { Dockerfile, ...project('LINUX_CONTAINER'), ...spec(build) }, []],
    ['of a project that is not here', { Dockerfile, ...spec(build) }, []],
    [
      'with an emulator',
      {
        Dockerfile,
        ...project('ARM_CONTAINER'),
        ...spec('docker run --privileged --rm tonistiigi/binfmt --install all', build),
      },
      [],
    ],
    ['that only copies', { Dockerfile: 'FROM a\nCOPY . .\n', ...project('ARM_CONTAINER'), ...spec(build) }, []],
  ])('%s', (_name, files, expected) => expect(found(files)).toEqual(expected));

  test('without a platform builds for the CPU of its project, and where it runs has another', () => {
    const task = {
      'task.yaml':
        'Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      RequiresCompatibilities: [FARGATE]\n',
    };
    const files = { Dockerfile, ...task, ...spec('docker build -t r.io/api .') };
    expect(found({ ...files, ...project('ARM_CONTAINER') })).toEqual(['cpu-differs buildspec.yml:4']);
    expect(found({ ...files, ...project('LINUX_CONTAINER') })).toEqual([]);
  });
});

describe('what several builds make together', () => {
  const line = (platforms: string): string => `docker buildx build --platform ${platforms} -t r.io/api --push .\n`;
  const pod = {
    'pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  nodeSelector: { kubernetes.io/arch: arm64 }\n  containers: [{ name: a, image: r.io/api }]\n',
  };
  test.each<[string, string, readonly string[]]>([
    ['has not the CPU', line('linux/amd64') + line('linux/riscv64'), ['cpu-differs build.sh:1']],
    ['has its 32 bits, which may run', line('linux/amd64') + line('linux/arm/v7'), []],
    ['has not the CPU, of one build', line('linux/amd64,linux/ppc64le'), ['cpu-differs build.sh:1']],
    ['has it', line('linux/amd64') + line('linux/arm64'), []],
    ['has it, in one of them', line('linux/amd64') + line('linux/arm/v7,linux/arm64'), []],
    ['is not seen', line('linux/amd64') + line('linux/riscv64') + line('$PLATFORMS'), []],
    ['is left to the machine', `${line('linux/amd64') + line('linux/riscv64')}docker build -t r.io/api .\n`, []],
  ])('%s', (_name, script, expected) => {
    const told = found({ Dockerfile, 'build.sh': script, ...pod });
    expect(told.filter((one) => one.startsWith('cpu-differs'))).toEqual(expected);
  });
});

describe('an image of CodeBuild', () => {
  const terraform = (type: string, image: string) => ({
    'p.tf': `resource "aws_codebuild_project" "p" {\n  environment {\n    type  = "${type}"\n    image = "${image}"\n  }\n}\n`,
  });
  const template = (type: string, image: string) => ({
    't.yaml': `Resources:\n  P:\n    Type: AWS::CodeBuild::Project\n    Properties:\n      Environment:\n        Type: ${type}\n        Image: ${image}\n`,
  });
  const cdk = (type: string, image: string) => ({
    'cdk.out/S.template.json': JSON.stringify(
      {
        Resources: {
          P: { Type: 'AWS::CodeBuild::Project', Properties: { Environment: { Type: type, Image: image } } },
        },
      },
      undefined,
      1,
    ),
  });
  const [arm, x86] = ['aws/codebuild/amazonlinux-aarch64-standard:3.0', 'aws/codebuild/standard:7.0'];
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['Arm on x86, of Terraform', terraform('LINUX_CONTAINER', arm), ['build-image-differs p.tf:4']],
    ['x86 on Arm, of CloudFormation', template('ARM_CONTAINER', x86), ['build-image-differs t.yaml:7']],
    [
      'x86 on Arm, of CDK',
      cdk('ARM_CONTAINER', 'aws/codebuild/amazonlinux2-x86_64-standard:5.0'),
      ['build-image-differs cdk.out/S.template.json:8'],
    ],
    [
      'on Lambda',
      terraform('ARM_LAMBDA_CONTAINER', 'aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22'),
      ['build-image-differs p.tf:4'],
    ],
    ['its own, Arm', terraform('ARM_CONTAINER', arm), []],
    ['its own, x86', template('LINUX_CONTAINER', x86), []],
    ['of somebody', terraform('ARM_CONTAINER', 'r.io/build:x86_64'), []],
    ['a type that is not seen', template('!Ref Type', arm), []],
    ['an image that is not seen', terraform('ARM_CONTAINER', '${var.image}'), []],
    ['Windows', template('WINDOWS_SERVER_2022_CONTAINER', 'aws/codebuild/windows-base:2022-1.0'), []],
  ])('%s', (_name, files, expected) => expect(found(files)).toEqual(expected));

  test.each([
    ['ARM_CONTAINER', x86, 'aws/codebuild/amazonlinux-aarch64-standard:3.0', 'LINUX_CONTAINER'],
    ['LINUX_EC2', arm, 'aws/codebuild/amazonlinux-x86_64-standard:5.0', 'ARM_EC2'],
    [
      'ARM_LAMBDA_CONTAINER',
      'aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22',
      'aws/codebuild/amazonlinux-aarch64-lambda-standard:nodejs22',
      'LINUX_LAMBDA_CONTAINER',
    ],
    // Neither kind of machine takes the images of the other.
    ['ARM_LAMBDA_CONTAINER', x86, 'aws/codebuild/amazonlinux-aarch64-lambda-standard:LANGUAGE', undefined],
    ['LINUX_LAMBDA_CONTAINER', arm, 'aws/codebuild/amazonlinux-x86_64-lambda-standard:LANGUAGE', undefined],
    [
      'ARM_CONTAINER',
      'aws/codebuild/amazonlinux-x86_64-lambda-standard:go1.24',
      'aws/codebuild/amazonlinux-aarch64-standard:3.0',
      undefined,
    ],
  ])('for %s and %s the fix names %s', (type, image, instead, other) => {
    const [text] = Object.entries(terraform(type, image)).map(([path, content]) => ({ path, text: content }));
    const { diagnostics } = checkRepository([text!], { platforms: [], inlineIgnore: true, today: '2026-11-30' });
    const fixes = languages.map((language) => inWords(diagnostics[0]!, language).fix);
    for (const fix of fixes) {
      expect(fix).toContain(instead);
      expect([...fix!.matchAll(/\b(?:ARM|LINUX)_\w+/g)].map(([word]) => word)).toEqual(
        other === undefined ? [] : [other],
      );
    }
  });
});

describe('asked about a CPU, what runs the image', () => {
  const task = (properties: string) => ({
    'task.yaml': `Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties: { RequiresCompatibilities: [FARGATE]${properties} }\n`,
  });
  const pod = {
    'pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { nodeSelector: { kubernetes.io/arch: amd64 }, containers: [] }\n',
  };
  const asked = (runtime: TargetId, ...cpus: readonly string[]) => {
    const platforms = cpus.map((architecture) => ({ os: 'linux', architecture }));
    return { platforms, asked: [{ runtime, platforms, named: true }] };
  };
  const declared = task(', RuntimePlatform: { CpuArchitecture: X86_64 }');
  test.each<[string, Readonly<Record<string, string>>, Parameters<typeof found>[1], readonly string[]]>([
    ['declares the other', declared, asked('ecs-fargate', 'arm64'), ['declares-other-cpu task.yaml:4']],
    ['declares none', task(''), asked('ecs-fargate', 'arm64'), ['declares-other-cpu task.yaml:3']],
    ['declares the same', declared, asked('ecs-fargate', 'amd64'), []],
    ['declares one of those', declared, asked('ecs-fargate', 'arm64', 'amd64'), []],
    [
      'has a parameter for it',
      task(', RuntimePlatform: { CpuArchitecture: !Ref Cpu }'),
      asked('ecs-fargate', 'arm64'),
      ['cpu-open task.yaml:4 ?'],
    ],
    ['is another runtime', declared, asked('lambda', 'arm64'), []],
    ['is a pod of any cluster', pod, asked('eks', 'arm64'), ['declares-other-cpu pod.yaml:4']],
    [
      'has its own where nobody named one',
      declared,
      { ...asked('ecs-fargate', 'arm64'), asked: [{ runtime: 'ecs-fargate', platforms: [] }] },
      [],
    ],
  ])('%s', (_name, files, options, expected) => expect(found({ Dockerfile, ...files }, options)).toEqual(expected));
});
