import { describe, expect, test } from 'vitest';
import { formatPlatform } from '../../core/index.ts';
import type { Place } from '../found.ts';
import { discoverRepository, wantedFile } from '../repository.ts';

const read = (path: string, text: string) => discoverRepository([{ path, text }]);
const cpus = (platforms: readonly Parameters<typeof formatPlatform>[0][] | undefined) =>
  platforms?.map(formatPlatform).join('+') || '?';
/** The text that a place points at. */
const shown = (text: string, { line, column, end }: Place) =>
  text.split('\n')[line - 1]!.slice(column - 1, end.line === line ? end.column - 1 : undefined);

const buildsOf = (path: string, text: string) =>
  read(path, text).builds.map(({ platforms, unseen, dockerfile, at, platformsAt }) =>
    [dockerfile ?? '-', unseen ? 'unseen' : cpus(platforms), shown(text, platformsAt ?? at)].join(' | '),
  );

describe('what is built', () => {
  test.each([
    ['compose.yaml', 'services: { a: { build: { context: .. } } }'],
    ['docker-bake.json', '{"target": {"app": {"context": ".."}}}'],
    ['skaffold.yaml', 'apiVersion: skaffold/v4beta6\nbuild: { artifacts: [{ image: r.io/a, context: ../ }] }\n'],
    [
      'template.yaml',
      'Resources: { F: { Type: AWS::Serverless::Function, Properties: { PackageType: Image }, Metadata: { Dockerfile: Dockerfile, DockerContext: ./.. } } }',
    ],
  ])('%s in a folder builds the Dockerfile above it', (name, text) => {
    expect(read(`deploy/${name}`, text).builds).toMatchObject([{ dockerfile: 'Dockerfile', context: '.' }]);
  });

  test.each<[string, string, string, readonly string[]]>([
    [
      'compose: a list, one platform, a variable, none',
      'compose.yaml',
      `services:
  a: { build: { context: a, platforms: [linux/amd64, linux/arm64] } }
  b: { build: b, platform: linux/arm64 }
  c: { build: c, platform: "\${P}", image: r.io/c }
  d: { image: mysql:5.7, platform: linux/amd64 }
`,
      [
        'a/Dockerfile | linux/amd64+linux/arm64 | [linux/amd64, linux/arm64]',
        'b/Dockerfile | linux/arm64 | linux/arm64',
        'c/Dockerfile | unseen | "${P}"',
      ],
    ],
    [
      'bake: inherited platforms, a variable, a context elsewhere',
      'docker-bake.hcl',
      `variable "P" { default = ["linux/amd64"] }
target "_common" { platforms = ["linux/amd64", "linux/arm64"] }
target "app" {
  inherits   = ["_common"]
  context    = "app"
  dockerfile = "Dockerfile.prod"
  tags       = ["r.io/app:latest"]
}
target "other" { platforms = P }
target "far" { context = "https://example.test/x.git" }
`,
      [
        'app/Dockerfile.prod | linux/amd64+linux/arm64 | ["linux/amd64", "linux/arm64"]',
        'Dockerfile | linux/amd64 | P',
      ],
    ],
    [
      'bake as JSON',
      'docker-bake.json',
      '{"target": {"app": {"context": "x", "platforms": ["linux/arm64"]}}}',
      ['x/Dockerfile | linux/arm64 | ["linux/arm64"]'],
    ],
    [
      'Serverless Framework: a folder, a Dockerfile, a platform, a variable, and an address that is not built',
      'serverless.yml',
      `provider:
  ecr:
    images:
      a: { path: ./a, file: b.Dockerfile, platform: linux/arm64 }
      b: ./b
      c: { path: c, platform: "\${opt:platform}" }
      d: { uri: r.io/d@sha256:${'0'.repeat(64)} }
      e: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/e:1
functions: { f: { image: { name: a } } }
`,
      [
        'a/b.Dockerfile | linux/arm64 | linux/arm64',
        'b/Dockerfile | ? | ./b',
        'c/Dockerfile | unseen | "${opt:platform}"',
      ],
    ],
    [
      'skaffold: artifacts, their own platforms or those of all',
      'skaffold.yaml',
      `apiVersion: skaffold/v4beta6
kind: Config
build:
  platforms: ["linux/amd64"]
  artifacts:
    - image: a
      context: a
    - image: b
      docker: { dockerfile: b.Dockerfile }
      platforms: [linux/arm64]
    - image: c
      ko: {}
`,
      ['a/Dockerfile | linux/amd64 | ["linux/amd64"]', 'b.Dockerfile | linux/arm64 | [linux/arm64]'],
    ],
    [
      'assets of a synthesized CDK app',
      'cdk.out/Stack.assets.json',
      '{"dockerImages": {"h": {"source": {"directory": "asset.h", "platform": "linux/arm64"}}}}',
      ['- | linux/arm64 | "linux/arm64"'],
    ],
  ])('%s', (_name, path, text, expected) => expect(buildsOf(path, text)).toEqual(expected));

  test('a job of GitLab has the CPU that its tag names', () => {
    const text = (tag: string) => `build:\n  tags: [${tag}]\n  script:\n    - docker build -t a .\n`;
    const builder = (tag: string) => {
      const [build] = read('.gitlab-ci.yml', text(tag)).builds;
      return typeof build?.builder === 'object' ? formatPlatform(build.builder) : build?.builder;
    };
    expect(builder('saas-linux-medium-arm64')).toBe('linux/arm64');
    expect(builder('ours')).toBe('unknown');
  });

  test('a buildspec has the CPU of its project', () => {
    const builder = (...types: readonly string[]) => {
      const [build] = discoverRepository([
        { path: 'buildspec.yml', text: 'phases:\n  build:\n    commands:\n      - docker build -t a .\n' },
        ...types.map((type, i) => ({
          path: `ci${i}.yaml`,
          text: `Resources:\n  P:\n    Type: AWS::CodeBuild::Project\n    Properties:\n      Environment: { Type: ${type} }\n`,
        })),
      ]).builds;
      return typeof build?.builder === 'object' ? formatPlatform(build.builder) : build?.builder;
    };
    expect(builder()).toBe('unknown');
    expect(builder('ARM_CONTAINER')).toBe('linux/arm64');
    expect(builder('ARM_CONTAINER', 'LINUX_CONTAINER')).toBe('unknown');
    expect(builder('!Ref Type')).toBe('unknown');
  });
});

describe('where it runs', () => {
  const runs = (path: string, text: string) =>
    read(path, text).runtimes.map(({ runtime, platforms, how, at }) =>
      [runtime, cpus(platforms), how, shown(text, at)].join(' | '),
    );
  test.each<[string, string, string, readonly string[]]>([
    [
      'Fly',
      'fly.toml',
      'app = "shop"\n[build]\n  image = "r.io/shop:1"\n',
      ['fly | linux/amd64 | only | app = "shop"'],
    ],
    [
      'Render',
      'render.yaml',
      'services:\n  - name: api\n    runtime: docker\n  - name: site\n    runtime: static\n',
      ['render | linux/amd64 | only | name: api'],
    ],
    [
      'Railway',
      'railway.json',
      '{"build": {"builder": "DOCKERFILE"}}',
      ['railway | linux/amd64 | only | "DOCKERFILE"'],
    ],
    ['Heroku', 'heroku.yml', 'build:\n  docker:\n    web: Dockerfile\n', ['heroku | linux/amd64 | only | Dockerfile']],
    [
      'DigitalOcean',
      '.do/app.yaml',
      'services:\n  - name: api\n    dockerfile_path: Dockerfile\n  - name: node\n    environment_slug: node-js\n',
      ['digitalocean-app-platform | linux/amd64 | only | name: api'],
    ],
  ])('%s', (_name, path, text, expected) => expect(runs(path, text)).toEqual(expected));

  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [ { name: a, image: a } ] }\n';
  test.each<[string, string, string, string]>([
    [
      'a node group',
      'nodes.tf',
      'resource "aws_eks_node_group" "n" {\n  cluster_name = aws_eks_cluster.c.name\n  instance_types = ["m7g.large"]\n}\n',
      'linux/arm64',
    ],
    [
      'a node group of a cluster that is made elsewhere',
      'nodes.tf',
      'resource "aws_eks_node_group" "n" {\n  cluster_name = "c"\n  instance_types = ["m7g.large"]\n}\n',
      '?',
    ],
    [
      'groups of a module',
      'nodes.tf',
      'module "eks" {\n  eks_managed_node_groups = {\n    a = { instance_types = ["m7g.large"] }\n    b = { ami_type = "AL2023_ARM_64_STANDARD" }\n  }\n}\n',
      'linux/arm64',
    ],
    [
      'mixed groups',
      'nodes.tf',
      'resource "aws_eks_node_group" "n" {\n  instance_types = ["m7g.large"]\n}\nresource "aws_eks_node_group" "o" {\n  instance_types = ["m7i.large"]\n}\n',
      '?',
    ],
    [
      'machines that are not named here',
      'nodes.tf',
      'resource "aws_eks_node_group" "n" {\n  instance_types = var.t\n}\n',
      '?',
    ],
    [
      'eksctl',
      'cluster.yaml',
      'apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmanagedNodeGroups:\n  - name: a\n    instanceType: t4g.medium\n',
      'linux/arm64',
    ],
    [
      'Karpenter, which joins a cluster that is made elsewhere',
      'pool.yaml',
      'apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: { name: a }\nspec: { template: { spec: { requirements: [ { key: kubernetes.io/arch, operator: In, values: [arm64] } ] } } }\n',
      '?',
    ],
    [
      'CloudFormation',
      'eks.yaml',
      'Resources:\n  C:\n    Type: AWS::EKS::Cluster\n  N:\n    Type: AWS::EKS::Nodegroup\n    Properties: { ClusterName: !Ref C, InstanceTypes: [t4g.large] }\n',
      'linux/arm64',
    ],
    [
      'CloudFormation whose cluster is a parameter',
      'eks.yaml',
      'Resources:\n  N:\n    Type: AWS::EKS::Nodegroup\n    Properties: { ClusterName: !Ref C, InstanceTypes: [t4g.large] }\n',
      '?',
    ],
    [
      'AKS',
      'aks.tf',
      'resource "azurerm_kubernetes_cluster" "k" {\n  default_node_pool {\n    vm_size = "Standard_D2ps_v6"\n  }\n}\n',
      'linux/arm64',
    ],
  ])('a pod on %s', (_name, path, text, expected) => {
    const { runtimes } = discoverRepository([
      { path: 'pod.yaml', text: pod },
      { path, text },
    ]);
    expect(runtimes.map(({ platforms }) => cpus(platforms))).toEqual([expected]);
  });
});

test('layers say their CPU by their name, whatever stands for region and account', () => {
  const layers = (properties: string) =>
    read('t.yaml', `Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n${properties}`).layers.map(
      ({ layer, made, runs, how }) => `${layer} ${formatPlatform(made)} ${formatPlatform(runs)} ${how}`,
    );
  const arn = (name: string) =>
    `      Layers: [ !Sub "arn:aws:lambda:\${AWS::Region}:580247275435:layer:${name}:14" ]\n`;
  expect(layers(arn('LambdaInsightsExtension-Arm64'))).toEqual([
    'LambdaInsightsExtension-Arm64 linux/arm64 linux/amd64 default',
  ]);
  expect(layers(`${arn('LambdaInsightsExtension')}      Architectures: [arm64]\n`)).toEqual([
    'LambdaInsightsExtension linux/amd64 linux/arm64 declared',
  ]);
  expect(layers(arn('AWSLambdaPowertoolsPythonV3-python313-x86_64'))).toEqual([
    'AWSLambdaPowertoolsPythonV3-python313-x86_64 linux/amd64 linux/amd64 default',
  ]);
  expect(layers(`${arn('AWSSDKPandas-Python312')}      Architectures: [arm64]\n`)).toEqual([
    'AWSSDKPandas-Python312 linux/amd64 linux/arm64 declared',
  ]);
  expect(layers(`${arn('AWSSDKPandas-Python312-Arm64')}      Architectures: [arm64]\n`)).toEqual([
    'AWSSDKPandas-Python312-Arm64 linux/arm64 linux/arm64 declared',
  ]);
  expect(layers(arn('Datadog-Extension-ARM'))).toEqual(['Datadog-Extension-ARM linux/arm64 linux/amd64 default']);
  expect(layers(arn('NewRelicPython313ARM64'))).toEqual(['NewRelicPython313ARM64 linux/arm64 linux/amd64 default']);
  // One of Python alone, one that both take, one whose CPU or whose function's CPU is put in.
  expect(layers(arn('pandas'))).toEqual([]);
  expect(layers(arn('tool-arm64-amd64'))).toEqual([]);
  expect(layers(arn('charm-farm'))).toEqual([]);
  expect(layers(arn('tool-linux64'))).toEqual([]);
  expect(layers(arn('x-${Cpu}'))).toEqual([]);
  expect(layers(`${arn('x-arm64')}      Architectures: [ !Ref Cpu ]\n`)).toEqual([]);
});

test('of a long template the resources that say something are read, and places stay', () => {
  const zip = (i: number) =>
    `  Zip${i}:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: { S3Bucket: b, S3Key: k }\n      Description: |\n        some: text\n`;
  const task =
    '  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      RequiresCompatibilities: [FARGATE]\n      RuntimePlatform:\n        CpuArchitecture: ARM64\n';
  const many = Array.from({ length: 300 }, (_, i) => zip(i)).join('');
  for (const text of [
    `Resources:\n${many}${task}Outputs:\n  A: { Value: b }\n`,
    `Parameters: {}\nResources:\n\n  # the first\n${task}${many}`,
    `x: &anchor { a: b }\nResources:\n${many}${task}`,
  ]) {
    expect(text.length).toBeGreaterThan(20_000);
    const [runtime, ...others] = read('t.yaml', text).runtimes;
    expect(others).toEqual([]);
    expect(runtime).toMatchObject({ runtime: 'ecs-fargate', name: 'Task', how: 'declared' });
    expect(shown(text, runtime!.at)).toBe('ARM64');
  }
});

test.each([
  'terraform.tfvars',
  'env/dev.tfvars',
  'terraform.tfvars.json',
  'stack.template',
  'main.tf',
  'docker-bake.hcl',
  'fly.toml',
])('%s is read', (path) => {
  expect(wantedFile(path)).toBe(true);
});
