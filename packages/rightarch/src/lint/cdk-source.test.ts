import { describe, expect, test } from 'vitest';
import { discoverRepository } from './repository.ts';
import { Dockerfile, found, runtimesOf } from './test-found.ts';

const ts = (...lines: readonly string[]) => ({
  'app.ts': `import * as cdk from 'aws-cdk-lib';\n${lines.join('\n')}\n`,
});
const py = (...lines: readonly string[]) => ({ 'app.py': `import aws_cdk as cdk\n${lines.join('\n')}\n` });

describe('a construct in CDK source', () => {
  const task = (props: string) => ts(`new ecs.FargateTaskDefinition(this, 'T'${props});`);
  const declared = ['ecs-fargate - declared arm64 app.ts:2'];
  const open = ['ecs-fargate - open - app.ts:2'];
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['with a CPU', task(', { runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 } }'), declared],
    ['without one', task(', { cpu: 256 }'), ['ecs-fargate - default amd64 app.ts:2']],
    ['with a value', task(', { runtimePlatform: { cpuArchitecture: cpu } }'), open],
    ['with a choice', task(', { runtimePlatform: { cpuArchitecture: arm ? ecs.CpuArchitecture.ARM64 : x } }'), open],
    [
      'with one that something follows',
      task(', { runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 || other } }'),
      open,
    ],
    ['by its short name', task(', { runtimePlatform }'), open],
    ['with others’ properties', task(', { ...props }'), open],
    ['that is given whole', task(', props'), open],
    [
      'a job of Batch on Fargate',
      ts("new batch.EcsFargateContainerDefinition(this, 'D', { fargateCpuArchitecture: ecs.CpuArchitecture.ARM64 });"),
      ['batch - declared arm64 app.ts:2'],
    ],
    [
      'a job of Batch on Fargate without one',
      ts("new batch.EcsFargateContainerDefinition(this, 'D', { cpu: 1 });"),
      ['batch - default amd64 app.ts:2'],
    ],
    ['a job of Batch on machines', ts("new batch.EcsEc2ContainerDefinition(this, 'D', { cpu: 1 });"), []],
    [
      'a task that says what it is compatible with',
      ts(
        "new ecs.TaskDefinition(this, 'T', { compatibility: ecs.Compatibility.FARGATE, cpu: '256', runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 } });",
      ),
      declared,
    ],
    [
      'a task for machines',
      ts("new ecs.TaskDefinition(this, 'T', { compatibility: ecs.Compatibility.EC2 });"),
      ['ecs-ec2 - node - app.ts:2'],
    ],
    [
      'a task for both',
      ts("new ecs.TaskDefinition(this, 'T', { compatibility: ecs.Compatibility.EC2_AND_FARGATE });"),
      [],
    ],
    ['a task that is given whole', ts("new ecs.TaskDefinition(this, 'T', props);"), []],
    ['a task of ECS Anywhere', ts("new ecs.ExternalTaskDefinition(this, 'T');"), []],
    ['a task that stands elsewhere', ts("ecs.TaskDefinition.fromTaskDefinitionArn(this, 'T', arn);"), []],
    [
      'a task of level 1',
      ts(
        "new ecs.CfnTaskDefinition(this, 'T', { requiresCompatibilities: ['FARGATE'], runtimePlatform: { cpuArchitecture: 'ARM64' } });",
      ),
      declared,
    ],
    [
      'a task of level 1 without a CPU',
      ts("new ecs.CfnTaskDefinition(this, 'T', { requiresCompatibilities: ['FARGATE'] });"),
      ['ecs-fargate - default amd64 app.ts:2'],
    ],
    [
      'a task on the machines of its cluster',
      ts(
        "new ecs.Ec2TaskDefinition(this, 'T');",
        "cluster.addCapacity('c', { instanceType: new ec2.InstanceType('c7g.large') });",
      ),
      ['ecs-ec2 - declared arm64 app.ts:3'],
    ],
    [
      'a task on machines by their class',
      ts(
        "new ecs.Ec2TaskDefinition(this, 'T');",
        "cluster.addCapacity('c', { instanceType: ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE) });",
      ),
      ['ecs-ec2 - declared arm64 app.ts:3'],
    ],
    [
      'a task on machines of both CPUs, or of one that is not seen',
      ts(
        "new ecs.Ec2TaskDefinition(this, 'T');",
        "cluster.addCapacity('c', { instanceType: new ec2.InstanceType('c7g.large') });",
        "cluster.addCapacity('d', { instanceType });",
      ),
      ['ecs-ec2 - node - app.ts:2'],
    ],
    ['in a comment', ts("// new ecs.FargateTaskDefinition(this, 'T');", '/* new ecs.FargateTaskDefinition() */'), []],
    [
      'in a text',
      ts("const s = 'new ecs.FargateTaskDefinition(this)';", 'const t = `new ecs.Ec2TaskDefinition()`;'),
      [],
    ],
    [
      'with a CPU in a comment',
      task(', { /* cpuArchitecture: ecs.CpuArchitecture.ARM64 */ }'),
      ['ecs-fargate - default amd64 app.ts:2'],
    ],
    ['that is only named', ts('function FargateTaskDefinition() {}', 'FargateTaskDefinition(a);'), []],
    [
      'with a bracket in a text',
      task(", { family: ')', runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 } }"),
      declared,
    ],
    [
      'that is changed afterwards',
      ts(
        "const t = new ecs.FargateTaskDefinition(this, 'T');",
        "t.node.defaultChild.addPropertyOverride('RuntimePlatform.CpuArchitecture', 'ARM64');",
      ),
      open,
    ],
    [
      'that is given a task',
      ts("new patterns.ApplicationLoadBalancedFargateService(this, 'S', { taskDefinition });"),
      [],
    ],
    [
      'of ECS, called as one of App Runner',
      ts("import * as apprunner from 'x';", "new ecs.CfnService(this, 'S');"),
      [],
    ],
    ['of App Runner', ts("new apprunner.CfnService(this, 'S', {});"), ['apprunner - only amd64 app.ts:2']],
    [
      'of Python',
      py(
        'ecs.FargateTaskDefinition(self, "T", runtime_platform=ecs.RuntimePlatform(cpu_architecture=ecs.CpuArchitecture.ARM64))',
      ),
      ['ecs-fargate - declared arm64 app.py:2'],
    ],
    [
      'of Python with others’ properties',
      py('ecs.FargateTaskDefinition(self, "T", **props)'),
      ['ecs-fargate - open - app.py:2'],
    ],
    [
      'of Python in a comment',
      py('# ecs.FargateTaskDefinition(self, "T")', '"""', 'ecs.FargateTaskDefinition(self)', '"""'),
      [],
    ],
    ['beside what is synthesized', { ...task(''), 'cdk.out/S.template.json': '{ "Resources": {} }' }, []],
  ])('%s', (_name, files, expected) => expect(runtimesOf(files)).toEqual(expected));
});

describe('an image that CDK builds', () => {
  const fn = (code: string, more = '') =>
    ts(
      `new lambda.DockerImageFunction(this, 'F', { code: lambda.DockerImageCode.fromImageAsset('./api'${code})${more} });`,
    );
  const arm = ', architecture: lambda.Architecture.ARM_64';
  const amd64 = ', { platform: Platform.LINUX_AMD64 }';
  const task = (asset: string) =>
    ts(
      "const t = new ecs.FargateTaskDefinition(this, 'T', { runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 } });",
      `t.addContainer('a', { image: ecs.ContainerImage.fromAsset(${asset}) });`,
    );
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    // It derives the platform from the function's architecture.
    ['for a function with a CPU', fn('', arm), []],
    ['for a function without one', fn(''), ['builder-decides app.ts:2']],
    ['for a function, with another platform', fn(amd64, arm), ['cpu-differs app.ts:2']],
    ['for a function whose CPU is a value', fn('', ', architecture'), []],
    ['for a task, with another platform', task("'api', { platform: Platform.LINUX_AMD64 }"), ['cpu-differs app.ts:3']],
    ['for a task, with its platform', task("'api', { platform: Platform.custom('linux/arm64') }"), []],
    ['for a task, without a platform', task("'api'"), ['builder-decides app.ts:3']],
    ['for a task, with a value', task("'api', { platform }"), []],
    ['of another folder', task("'web', { platform: Platform.LINUX_AMD64 }"), ['builder-decides api/Dockerfile:1']],
    ['of a zip file', ts("new lambda.Function(this, 'F', { code: lambda.Code.fromAsset('api') });"), []],
  ])('%s', (_name, files, expected) => expect(found({ 'api/Dockerfile': Dockerfile, ...files })).toEqual(expected));
});

test('samconfig.toml is read as TOML', () => {
  const repository = discoverRepository([
    {
      path: 'samconfig.toml',
      text: '# image_repository = "a.io/comment"\n[default.deploy.parameters]\nparameter_overrides = """\nimage_repository = "a.io/text"\n"""\nimage_repositories = [\n  "F=a.io/f", # "G=a.io/g"\n  \'H=a.io/h\',\n]\n[prod.deploy.parameters]\nimage_repository = "a.io/prod"\n',
    },
    { path: 'other/samconfig.toml', text: 'image_repository = "a.io/x"\n= broken' },
  ]);
  expect(repository.names.map((name) => `${name.repository} ${name.at.line}:${name.at.column}`)).toEqual([
    'a.io/f 7:3',
    'a.io/h 8:3',
    'a.io/prod 11:20',
  ]);
});

test('fly.toml and railway.toml are read as TOML', () => {
  const files = {
    'fly.toml': '# app = "no"\napp = "shop" # the shop\n[build]\n  image = "a.io/shop"\n[env]\n  image = "a.io/no"\n',
    'railway.toml': '[deploy]\nbuilder = "DOCKERFILE"\n',
  };
  expect(runtimesOf(files)).toEqual(['fly shop only amd64 fly.toml:2']);
  expect(runtimesOf({ 'railway.toml': '[build]\nbuilder = "dockerfile"\n' })).toEqual([
    'railway - only amd64 railway.toml:2',
  ]);
});
