import { describe, expect, test } from 'vitest';
import { amd64, arm64, Dockerfile, found, runtimesOf } from './test-found.ts';

type Files = Readonly<Record<string, string>>;
type Row = readonly [name: string, files: Files, expected: readonly string[]];

const cfn = (...resources: readonly string[]): Files => ({ 't.yaml': `Resources:\n${resources.join('')}` });
/** A resource with its properties in one line each. */
const resource = (name: string, type: string, properties: string): string =>
  `  ${name}:\n    Type: AWS::${type}\n    Properties: ${properties}\n`;
const hcl = (text: string): Files => ({ 'm.tf': text });

describe('a job of AWS Batch', () => {
  const job = (more = '') =>
    resource('J', 'Batch::JobDefinition', `{ Type: container, ContainerProperties: { Image: r.io/api${more} } }`);
  const fargate = (more = '') => job(more).replace('{ Type', '{ PlatformCapabilities: [FARGATE], Type');
  const environment = (types: string, name = 'C') =>
    resource(name, 'Batch::ComputeEnvironment', `{ ComputeResources: { Type: EC2, InstanceTypes: ${types} } }`);
  test.each<Row>([
    ['on Fargate that declares nothing', cfn(fargate()), ['batch J default amd64 t.yaml:3']],
    [
      'on Fargate that declares a CPU',
      cfn(fargate(', RuntimePlatform: { CpuArchitecture: ARM64 }')),
      ['batch J declared arm64 t.yaml:4'],
    ],
    [
      'on Fargate with a parameter',
      cfn(fargate(', RuntimePlatform: { CpuArchitecture: !Ref Cpu }')),
      ['batch J open - t.yaml:4'],
    ],
    ['on instances that are not here', cfn(job()), ['batch J node - t.yaml:3']],
    ['on instances of one CPU', cfn(job(), environment('[m7g.large, c7g]')), ['batch J declared arm64 t.yaml:7']],
    ['on a bundle of families', cfn(job(), environment('[default_arm64]')), ['batch J declared arm64 t.yaml:7']],
    ['on optimal', cfn(job(), environment('[optimal]')), ['batch J declared amd64 t.yaml:7']],
    ['on instances of both CPUs', cfn(job(), environment('[m7g.large, m7i.large]')), ['batch J node - t.yaml:3']],
    [
      'on environments of different CPUs',
      cfn(job(), environment('[m7g]'), environment('[m7i]', 'D')),
      ['batch J node - t.yaml:3'],
    ],
    [
      'on environments of which one is a parameter',
      cfn(job(), environment('[m7g]'), environment('!Ref Types', 'D')),
      ['batch J node - t.yaml:3'],
    ],
    [
      'on instances, whatever it says for Fargate',
      cfn(job(', RuntimePlatform: { CpuArchitecture: ARM64 }'), environment('[m7i]')),
      ['batch J declared amd64 t.yaml:7'],
    ],
    [
      'whose machines are a parameter',
      cfn(job().replace('{ Type', '{ PlatformCapabilities: !Ref P, Type'), environment('[m7g]')),
      ['batch J node - t.yaml:3'],
    ],
    [
      'of EKS beside other nodes',
      cfn(
        resource('J', 'Batch::JobDefinition', '{ EksProperties: { PodProperties: { Containers: [{ Image: a/b }] } } }'),
        resource('N', 'EKS::Nodegroup', '{ InstanceTypes: [m7g.large] }'),
      ),
      ['eks J node - t.yaml:3'],
    ],
    [
      'of Terraform on Fargate',
      hcl(
        'resource "aws_batch_job_definition" "j" {\n  platform_capabilities = ["FARGATE"]\n  container_properties = jsonencode({\n    image = "r.io/api"\n    runtimePlatform = { cpuArchitecture = "ARM64" }\n  })\n}\n',
      ),
      ['batch j declared arm64 m.tf:5'],
    ],
    [
      'of Terraform on instances',
      hcl(
        'resource "aws_batch_job_definition" "j" {\n  container_properties = "{ \\"image\\": \\"r.io/api\\" }"\n}\nresource "aws_batch_compute_environment" "c" {\n  compute_resources {\n    type = "SPOT"\n    instance_type = ["c7g"]\n  }\n}\n',
      ),
      ['batch j declared arm64 m.tf:7'],
    ],
  ])('%s', (_name, files, expected) => expect(runtimesOf(files)).toEqual(expected));

  test('is held against what is built', () => {
    expect(found({ ...arm64, ...cfn(fargate()) })).toEqual(['cpu-differs build.sh:1']);
    expect(found({ ...amd64, ...cfn(fargate()) })).toEqual([]);
    expect(found({ ...amd64, ...cfn(job(), environment('[m7g]')) })).toEqual(['cpu-differs build.sh:1']);
    expect(found({ ...amd64, ...cfn(job()) })).toEqual([]);
  });
});

describe('a task of ECS on instances', () => {
  const task = resource('T', 'ECS::TaskDefinition', '{ ContainerDefinitions: [{ Image: r.io/api }] }');
  const provider = (group: string) =>
    resource('P', 'ECS::CapacityProvider', `{ AutoScalingGroupProvider: { AutoScalingGroupArn: ${group} } }`);
  const group = (from: string) => resource('G', 'AutoScaling::AutoScalingGroup', from);
  const launch = (data: string, name = 'L') => resource(name, 'EC2::LaunchTemplate', `{ LaunchTemplateData: ${data} }`);
  const byTemplate = group('{ LaunchTemplate: { LaunchTemplateId: !Ref L } }');
  const joins = 'UserData: { Fn::Base64: "echo ECS_CLUSTER=a >> /etc/ecs/ecs.config" }';
  const ami = (path: string) => `ImageId: "{{resolve:ssm:/aws/service/ecs/optimized-ami/${path}/image_id}}"`;
  test.each<Row>([
    [
      'of a provider',
      cfn(task, provider('!Ref G'), byTemplate, launch('{ InstanceType: m7g.large }')),
      ['ecs-ec2 T declared arm64 t.yaml:13'],
    ],
    [
      'of a launch template that joins a cluster',
      cfn(task, byTemplate, launch(`{ InstanceType: m7i.large, ${joins} }`)),
      ['ecs-ec2 T declared amd64 t.yaml:10'],
    ],
    [
      'of a launch template that joins none',
      cfn(task, byTemplate, launch('{ InstanceType: m7g.large }')),
      ['ecs-ec2 T node - t.yaml:3'],
    ],
    [
      'with an image for arm64',
      cfn(task, byTemplate, launch(`{ ${ami('amazon-linux-2023/arm64/recommended')} }`)),
      ['ecs-ec2 T declared arm64 t.yaml:6'],
    ],
    [
      'with the plain image',
      cfn(task, byTemplate, launch(`{ ${ami('amazon-linux-2/recommended')} }`)),
      ['ecs-ec2 T declared amd64 t.yaml:6'],
    ],
    [
      'with another image',
      cfn(task, byTemplate, launch(`{ ${ami('windows_server/2022')} }`)),
      ['ecs-ec2 T node - t.yaml:3'],
    ],
    [
      'of a launch configuration as CDK writes it',
      {
        't.yaml': `Parameters:\n  Ami: { Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/service/ecs/optimized-ami/amazon-linux-2/arm64/recommended/image_id }\nResources:\n${task}${group('{ LaunchConfigurationName: { Ref: L } }')}${resource('L', 'AutoScaling::LaunchConfiguration', '{ ImageId: { Ref: Ami }, InstanceType: t4g.small }')}`,
      },
      ['ecs-ec2 T declared arm64 t.yaml:12'],
    ],
    [
      'of a mixed group',
      cfn(
        task,
        provider('!GetAtt G.Arn'),
        group(
          '{ MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: !Ref L }, Overrides: [{ InstanceType: m7g.large }, { InstanceType: m7i.large }] } } }',
        ),
        launch('{ InstanceType: m7g.large }'),
      ),
      ['ecs-ec2 T node - t.yaml:3'],
    ],
    [
      'of a group by requirements',
      cfn(
        task,
        provider('!Ref G'),
        group(
          '{ MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: !Ref L }, Overrides: [{ InstanceRequirements: {} }] } } }',
        ),
        launch('{ InstanceType: m7g.large }'),
      ),
      ['ecs-ec2 T node - t.yaml:3'],
    ],
    [
      'of a group of another stack beside one that is seen',
      cfn(task, provider('!ImportValue g'), byTemplate, launch(`{ InstanceType: m7g.large, ${joins} }`)),
      ['ecs-ec2 T node - t.yaml:3'],
    ],
    [
      'of a parameter',
      cfn(task, provider('!Ref G'), byTemplate, launch('{ InstanceType: !Ref Type }')),
      ['ecs-ec2 T node - t.yaml:3'],
    ],
    [
      'of Terraform',
      hcl(
        'resource "aws_ecs_task_definition" "t" {\n}\nresource "aws_ecs_capacity_provider" "p" {\n  auto_scaling_group_provider {\n    auto_scaling_group_arn = aws_autoscaling_group.g.arn\n  }\n}\nresource "aws_autoscaling_group" "g" {\n  launch_template {\n    id = aws_launch_template.l.id\n  }\n}\nresource "aws_launch_template" "l" {\n  instance_type = "t4g.small"\n}\n',
      ),
      ['ecs-ec2 t declared arm64 m.tf:14'],
    ],
    [
      'of Terraform by the image of its instances',
      hcl(
        'resource "aws_ecs_task_definition" "t" {\n}\ndata "aws_ssm_parameter" "ami" {\n  name = "/aws/service/ecs/optimized-ami/amazon-linux-2/arm64/recommended/image_id"\n}\nresource "aws_autoscaling_group" "g" {\n  launch_template {\n    id = aws_launch_template.l.id\n  }\n}\nresource "aws_launch_template" "l" {\n  image_id = data.aws_ssm_parameter.ami.value\n}\n',
      ),
      ['ecs-ec2 t declared arm64 m.tf:6'],
    ],
  ])('%s', (_name, files, expected) => expect(runtimesOf(files)).toEqual(expected));
});

describe('a model of SageMaker', () => {
  const model = resource('M', 'SageMaker::Model', '{ PrimaryContainer: { Image: r.io/api } }');
  const endpoint = (variant: string) =>
    resource(
      'E',
      'SageMaker::EndpointConfig',
      `{ ProductionVariants: [{ ModelName: !GetAtt M.ModelName, ${variant} }] }`,
    );
  test.each<Row>([
    ['on Graviton', cfn(model, endpoint('InstanceType: ml.c7g.large')), ['sagemaker M declared arm64 t.yaml:7']],
    ['on x86', cfn(model, endpoint('InstanceType: ml.m5.large')), ['sagemaker M declared amd64 t.yaml:7']],
    ['on a parameter', cfn(model, endpoint('InstanceType: !Ref T')), ['sagemaker M node - t.yaml:3']],
    [
      'on a machine that SageMaker does not list',
      cfn(model, endpoint('InstanceType: ml.m7g.large')),
      ['sagemaker M node - t.yaml:3'],
    ],
    ['without a server', cfn(model, endpoint('ServerlessConfig: {}')), ['sagemaker M node - t.yaml:3']],
    ['that no endpoint has', cfn(model), ['sagemaker M node - t.yaml:3']],
    [
      'of Terraform',
      hcl(
        'resource "aws_sagemaker_model" "m" {\n  primary_container {\n    image = "r.io/api"\n  }\n}\nresource "aws_sagemaker_endpoint_configuration" "e" {\n  production_variants {\n    model_name = aws_sagemaker_model.m.name\n    instance_type = "ml.c7g.large"\n  }\n}\n',
      ),
      ['sagemaker m declared arm64 m.tf:9'],
    ],
  ])('%s', (_name, files, expected) => expect(runtimesOf(files)).toEqual(expected));

  test('is held against what is built', () => {
    const files = cfn(model, endpoint('InstanceType: ml.c7g.large'));
    expect(found({ ...amd64, ...files })).toEqual(['cpu-differs build.sh:1']);
    expect(found({ ...arm64, ...files })).toEqual([]);
  });
});

describe('a pod', () => {
  const pod = (more = '') => ({
    'pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [ { name: a, image: r.io/api } ]${more} }\n`,
  });
  const group = (name: string, type: string, more = '') =>
    `resource "aws_eks_node_group" "${name}" {\n  node_group_name = "${name}"\n  instance_types = ["${type}"]\n${more}}\n`;
  const pool = (name: string, type: string, more = '') =>
    `resource "google_container_node_pool" "${name}" {\n  name = "${name}"\n  cluster = google_container_cluster.c.id\n  node_config {\n    machine_type = "${type}"\n${more}  }\n}\n`;
  const both = group('a', 'm7i.large') + group('b', 'm7g.large', '  labels = { pool = "arm" }\n');
  const gke = pool('a', 'e2-standard-2') + pool('b', 't2a-standard-2');
  const karpenter = (requirement: string, more = '', path = 'pool.yaml') => ({
    [path]: `apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: { name: n }\nspec: { template: { spec: { requirements: [${requirement}] } }${more} }\n`,
  });
  /** A cluster whose own nodes are of that CPU; those of Karpenter join it. */
  const cluster = (type: string): Files => ({
    'cluster.yaml': `apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmanagedNodeGroups: [{ name: a, instanceType: ${type} }]\n`,
  });
  test.each<Row>([
    ['on nodes of both CPUs', { ...pod(), ...hcl(both) }, ['kubernetes p node - pod.yaml:1']],
    [
      'that chooses a group by its label',
      { ...pod(', nodeSelector: { pool: arm }'), ...hcl(both) },
      ['kubernetes p declared arm64 m.tf:7'],
    ],
    [
      'that chooses a group by its name',
      { ...pod(', nodeSelector: { eks.amazonaws.com/nodegroup: a }'), ...hcl(both) },
      ['kubernetes p declared amd64 m.tf:3'],
    ],
    [
      'that chooses nodes that are not here',
      { ...pod(', nodeSelector: { disk: ssd }'), ...hcl(group('a', 'm7i.large')) },
      ['kubernetes p node - pod.yaml:1'],
    ],
    [
      'that chooses by a type of machine',
      pod(', nodeSelector: { node.kubernetes.io/instance-type: m7g.large }'),
      ['kubernetes p declared arm64 pod.yaml:1'],
    ],
    [
      'that chooses by another affinity',
      {
        ...pod(
          ', affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: pool, operator: In, values: [x] }] }] } } }',
        ),
        ...hcl(group('a', 'm7i.large')),
      },
      ['kubernetes p node - pod.yaml:1'],
    ],
    ['on GKE, which taints its nodes of arm64', { ...pod(), ...hcl(gke) }, ['kubernetes p declared amd64 m.tf:5']],
    [
      'on GKE that tolerates the taint',
      { ...pod(', tolerations: [{ key: kubernetes.io/arch, operator: Exists }]'), ...hcl(gke) },
      ['kubernetes p node - pod.yaml:1'],
    ],
    [
      'on GKE without the taint',
      {
        ...pod(),
        ...hcl(
          pool('a', 'e2-standard-2') +
            pool('b', 't2a-standard-2', '    taint_config {\n      architecture_taint_behavior = "NONE"\n    }\n'),
        ),
      },
      ['kubernetes p node - pod.yaml:1'],
    ],
    [
      'on GKE with a machine that is a variable',
      { ...pod(), ...hcl(pool('a', 'e2-standard-2') + pool('b', '${var.type}')) },
      ['kubernetes p node - pod.yaml:1'],
    ],
    [
      'on nodes with a taint that is only a wish',
      {
        ...pod(),
        ...hcl(
          group('a', 'm7i.large') + group('b', 'm7g.large', '  taint {\n    effect = "PREFER_NO_SCHEDULE"\n  }\n'),
        ),
      },
      ['kubernetes p node - pod.yaml:1'],
    ],
    [
      'on families of Karpenter',
      {
        ...pod(', nodeSelector: { karpenter.sh/nodepool: n }'),
        ...karpenter('{ key: karpenter.k8s.aws/instance-family, operator: In, values: [m7g, c7g] }'),
      },
      ['kubernetes p declared arm64 pool.yaml:4'],
    ],
    [
      'on families of Karpenter, in a cluster that has others nobody sees',
      { ...pod(), ...karpenter('{ key: karpenter.k8s.aws/instance-family, operator: In, values: [m7g, c7g] }') },
      ['kubernetes p node - pod.yaml:1'],
    ],
    [
      'on families of Karpenter and on groups of the same CPU',
      {
        ...pod(),
        ...cluster('t4g.small'),
        ...karpenter('{ key: karpenter.k8s.aws/instance-family, operator: In, values: [m7g, c7g] }'),
      },
      ['kubernetes p declared arm64 cluster.yaml:3'],
    ],
    [
      'on families that Karpenter leaves out',
      { ...pod(), ...karpenter('{ key: karpenter.k8s.aws/instance-family, operator: NotIn, values: [m7g] }') },
      ['kubernetes p node - pod.yaml:1'],
    ],
    [
      'of Terraform with an affinity',
      hcl(
        'resource "kubernetes_stateful_set_v1" "s" {\n  spec {\n    template {\n      spec {\n        affinity {\n          node_affinity {\n            required_during_scheduling_ignored_during_execution {\n              node_selector_term {\n                match_expressions {\n                  key = "kubernetes.io/arch"\n                  operator = "In"\n                  values = ["arm64"]\n                }\n              }\n            }\n          }\n        }\n        container {\n          image = "r.io/api"\n        }\n      }\n    }\n  }\n}\n',
      ),
      ['kubernetes s declared arm64 m.tf:12'],
    ],
  ])('%s', (_name, files, expected) => expect(runtimesOf(files)).toEqual(expected));

  test('that chooses its nodes is not told of the others', () => {
    expect(found({ ...amd64, ...pod(', nodeSelector: { disk: ssd }'), ...hcl(both) })).toEqual([]);
    expect(found({ ...amd64, ...pod(), ...hcl(both) })).toEqual(['nodes-mixed build.sh:1']);
    expect(found({ ...arm64, ...pod(), ...hcl(gke) })).toEqual(['cpu-differs build.sh:1']);
  });

  const aks = (system: string, user: string, more = '') =>
    hcl(
      `resource "azurerm_kubernetes_cluster" "k" {\n  default_node_pool {\n    name = "system"\n    vm_size = "${system}"\n${more}  }\n}\nresource "azurerm_kubernetes_cluster_node_pool" "u" {\n  kubernetes_cluster_id = azurerm_kubernetes_cluster.k.id\n${user}}\n`,
    );
  const arm = '  vm_size = "Standard_D4ps_v6"\n';
  test.each<Row>([
    ['of AKS', aks('Standard_D4s_v5', arm), ['nodes-mixed build.sh:1']],
    [
      'of AKS, one of them for the system',
      aks('Standard_D4s_v5', arm, '    only_critical_addons_enabled = true\n'),
      ['cpu-differs build.sh:1'],
    ],
    [
      'of AKS, one of them for the system by a value',
      aks('Standard_D4ps_v6', '  vm_size = "Standard_D4s_v5"\n', '    only_critical_addons_enabled = var.x\n'),
      [],
    ],
    ['of AKS, one of them at a spot price', aks('Standard_D4s_v5', `${arm}  priority = "Spot"\n`), []],
    ['of AKS, one of them with Windows', aks('Standard_D4s_v5', `${arm}  os_type = "Windows"\n`), []],
  ])('%s', (_name, files, expected) => expect(found({ ...amd64, ...pod(), ...files })).toEqual(expected));

  const arch = (...cpus: readonly string[]) => `{ key: kubernetes.io/arch, operator: In, values: [${cpus.join()}] }`;
  const aws = (key: string, operator: string, ...values: readonly string[]) =>
    `{ key: karpenter.k8s.aws/${key}, operator: ${operator}, values: [${values.join()}] }`;
  const mixed = ['nodes-mixed build.sh:1'];
  test.each<Row>([
    ['both CPUs', karpenter(arch('amd64', 'arm64')), mixed],
    ['one', karpenter(arch('amd64')), []],
    ['not one', karpenter('{ key: kubernetes.io/arch, operator: NotIn, values: [arm64] }'), []],
    [
      'both, as far as families allow',
      karpenter([arch('amd64', 'arm64'), aws('instance-family', 'In', 'm7i')].join()),
      [],
    ],
    [
      'both, as far as types allow',
      karpenter(
        [arch('amd64', 'arm64'), '{ key: node.kubernetes.io/instance-type, operator: In, values: [m7i.large] }'].join(),
      ),
      [],
    ],
    ['both, by families', karpenter(aws('instance-family', 'In', 'm7i', 'm7g')), mixed],
    [
      'both, and of Intel',
      karpenter([arch('amd64', 'arm64'), aws('instance-cpu-manufacturer', 'In', 'intel')].join()),
      [],
    ],
    [
      'both, of what has both',
      karpenter(
        [
          arch('amd64', 'arm64'),
          aws('instance-category', 'In', 'c', 'm', 'r'),
          aws('instance-generation', 'Gt', '"2"'),
          '{ key: karpenter.sh/capacity-type, operator: In, values: [spot] }',
        ].join(),
      ),
      mixed,
    ],
    [
      'both, but for families that are left out',
      karpenter([arch('amd64', 'arm64'), aws('instance-family', 'NotIn', 'm7g')].join()),
      [],
    ],
    ['both, with graphics', karpenter([arch('amd64', 'arm64'), aws('instance-gpu-count', 'Gt', '"0"')].join()), []],
    ['what is of neither', karpenter([arch('amd64'), aws('instance-family', 'In', 'm7g')].join()), []],
    ['both, up to no CPU at all', karpenter(arch('amd64', 'arm64'), ', limits: { cpu: "0" }'), []],
    [
      'each CPU in a pool of its own',
      { ...karpenter(arch('amd64')), ...karpenter(arch('arm64'), '', 'other.yaml') },
      mixed,
    ],
    [
      'each CPU in a folder of its own',
      { ...karpenter(arch('amd64'), '', 'a/p.yaml'), ...karpenter(arch('arm64'), '', 'b/p.yaml') },
      [],
    ],
    ['the other CPU beside groups of its own', { ...karpenter(arch('arm64')), ...cluster('m7i.large') }, mixed],
    [
      'the other CPU, and a cluster beside it that may be meant',
      { ...cluster('m7i.large'), ...hcl(pool('b', 't2a-standard-2')), ...karpenter(arch('amd64', 'arm64')) },
      [],
    ],
    ['no group of the other CPU', hcl(group('a', 'm7i.large') + group('b', 'm7g.large', '  count = 0\n')), []],
    [
      'perhaps a group of the other CPU',
      hcl(group('a', 'm7i.large') + group('b', 'm7g.large', '  count = var.arm ? 1 : 0\n')),
      [],
    ],
    [
      'a group of the other CPU that stays empty',
      hcl(group('a', 'm7i.large') + group('b', 'm7g.large', '  scaling_config {\n    max_size = 0\n  }\n')),
      [],
    ],
    [
      'a group of the other CPU in another cluster',
      hcl(
        group('a', 'm7i.large', '  cluster_name = aws_eks_cluster.a.name\n') +
          group('b', 'm7g.large', '  cluster_name = aws_eks_cluster.b.name\n'),
      ),
      [],
    ],
    [
      'a group of the other CPU in a module of the same name',
      {
        'lab/m.tf': group('a', 'm7g.large', '  cluster_name = "c"\n'),
        'prod/m.tf': group('b', 'm7i.large', '  cluster_name = "c"\n'),
      },
      [],
    ],
  ])('is told of nodes where there are %s', (_name, files, expected) =>
    expect(found({ ...amd64, ...pod(), ...files })).toEqual(expected),
  );

  test('is not held against nodes that there perhaps are not', () => {
    const own = '  cluster_name = aws_eks_cluster.c.name\n';
    expect(found({ ...amd64, ...pod(), ...hcl(group('b', 'm7g.large', own)) })).toEqual(['cpu-differs build.sh:1']);
    const perhaps = `${own}  count = var.arm ? 1 : 0\n`;
    expect(found({ ...amd64, ...pod(), ...hcl(group('b', 'm7g.large', perhaps)) })).toEqual([]);
    expect(found({ ...amd64, ...pod(), ...hcl(group('b', 'm7g.large')) })).toEqual([]);
  });
});

describe('a value of Terraform', () => {
  const task = (cpu: string) =>
    `resource "aws_ecs_task_definition" "t" {\n  requires_compatibilities = ["FARGATE"]\n  runtime_platform {\n    cpu_architecture = ${cpu}\n  }\n}\n`;
  const variable = 'variable "cpu" {\n  default = "X86_64"\n}\n';
  const open = ['ecs-fargate t open - m.tf:4'];
  const arm = ['ecs-fargate t declared arm64 m.tf:4'];
  const amd = ['ecs-fargate t declared amd64 m.tf:4'];
  const module = (more: string) => `module "m" {\n  source = "./m"\n${more}}\n`;
  test.each<Row>([
    ['with a default alone', hcl(variable + task('var.cpu').replace(/^/, '')), ['ecs-fargate t open - m.tf:7']],
    [
      'of a file that is always read',
      { ...hcl(task('var.cpu')), 'v.tf': variable, 'terraform.tfvars': 'cpu = "ARM64"\n' },
      arm,
    ],
    [
      'of a file that leaves the default',
      { ...hcl(task('var.cpu')), 'v.tf': variable, 'a.auto.tfvars': 'x = 1\n' },
      amd,
    ],
    [
      'of a file of JSON',
      { ...hcl(task('var.cpu')), 'v.tf': variable, 'terraform.tfvars.json': '{"cpu":"ARM64"}' },
      arm,
    ],
    [
      'of environments that agree',
      {
        ...hcl(task('var.cpu')),
        'v.tf': variable,
        'env/dev.tfvars': 'cpu = "ARM64"\n',
        'env/prod.tfvars': 'cpu = "ARM64"\n',
      },
      arm,
    ],
    [
      'of environments that do not',
      { ...hcl(task('var.cpu')), 'v.tf': variable, 'env/dev.tfvars': 'cpu = "ARM64"\n', 'env/prod.tfvars': '\n' },
      open,
    ],
    [
      'of a file of another folder',
      { 'ecs/m.tf': task('var.cpu'), 'ecs/v.tf': variable, 'rds/terraform.tfvars': 'size = 1\n' },
      ['ecs-fargate t open - ecs/m.tf:4'],
    ],
    [
      'that a workflow sets',
      {
        ...hcl(task('var.cpu')),
        'v.tf': variable,
        'terraform.tfvars': 'cpu = "ARM64"\n',
        'apply.sh': 'TF_VAR_cpu=X86_64 terraform apply\n',
      },
      open,
    ],
    ['that is no variable here', { ...hcl(task('var.cpu')), 'terraform.tfvars': 'cpu = "ARM64"\n' }, open],
    ['of a local in another file', { ...hcl(task('local.cpu')), 'l.tf': 'locals {\n  cpu = "ARM64"\n}\n' }, arm],
    [
      'of a local in a local',
      { ...hcl(task('local.c.cpu')), 'l.tf': 'locals {\n  a = "ARM64"\n  c = { cpu = local.a }\n}\n' },
      arm,
    ],
    [
      'of a local that means itself',
      { ...hcl(task('local.a')), 'l.tf': 'locals {\n  a = local.b\n  b = local.a\n}\n' },
      open,
    ],
    ['in a text', { ...hcl(task('"${local.cpu}"')), 'l.tf': 'locals {\n  cpu = "ARM64"\n}\n' }, arm],
    ['in other letters', { ...hcl(task('upper(local.cpu)')), 'l.tf': 'locals {\n  cpu = "arm64"\n}\n' }, arm],
    [
      'by a choice',
      { ...hcl(task('local.a == "arm64" ? "ARM64" : "X86_64"')), 'l.tf': 'locals {\n  a = "arm64"\n}\n' },
      arm,
    ],
    ['by a choice of what nobody knows', hcl(task('var.a == "arm64" ? "ARM64" : "X86_64"')), open],
    ['by a function', hcl(task('lookup(var.cpus, "api")')), open],
    ['of each of several', hcl(task('each.value')), open],
    [
      'of the one who calls the module',
      { 'main.tf': module('  cpu = "ARM64"\n'), 'm/m.tf': task('var.cpu'), 'm/v.tf': variable },
      ['ecs-fargate t declared arm64 m/m.tf:4'],
    ],
    [
      'that whoever calls the module leaves',
      { 'main.tf': module(''), 'm/m.tf': task('var.cpu'), 'm/v.tf': variable },
      ['ecs-fargate t declared amd64 m/m.tf:4'],
    ],
    [
      'of two who call the module',
      {
        'main.tf': `${module('  cpu = "ARM64"\n')}module "n" {\n  source = "./m"\n}\n`,
        'm/m.tf': task('var.cpu'),
        'm/v.tf': variable,
      },
      ['ecs-fargate t open - m/m.tf:4'],
    ],
    [
      'that the module is given by a variable',
      { 'main.tf': module('  cpu = var.cpu\n') + variable, 'm/m.tf': task('var.cpu'), 'm/v.tf': variable },
      ['ecs-fargate t open - m/m.tf:4'],
    ],
    [
      'of a module for services',
      hcl(
        'module "s" {\n  source = "terraform-aws-modules/ecs/aws//modules/service"\n  runtime_platform = { cpu_architecture = "ARM64" }\n  container_definitions = { a = { image = "r.io/api" } }\n}\n',
      ),
      ['ecs-fargate s declared arm64 m.tf:3'],
    ],
    [
      'of a module for services that says none',
      hcl(
        'module "s" {\n  source = "terraform-aws-modules/ecs/aws//modules/service"\n  container_definitions = { a = { image = "r.io/api" } }\n}\n',
      ),
      ['ecs-fargate s default amd64 m.tf:1'],
    ],
    [
      'of a module for services on machines',
      hcl(
        'module "s" {\n  source = "terraform-aws-modules/ecs/aws//modules/service"\n  requires_compatibilities = ["EC2"]\n}\n',
      ),
      ['ecs-ec2 s node - m.tf:1'],
    ],
    [
      'of a module that makes no task',
      hcl(
        'module "s" {\n  source = "terraform-aws-modules/ecs/aws//modules/service"\n  create_task_definition = false\n}\n',
      ),
      [],
    ],
    [
      'of a module for functions',
      hcl(
        'module "f" {\n  source = "terraform-aws-modules/lambda/aws"\n  package_type = "Image"\n  image_uri = "r.io/api"\n  architectures = ["arm64"]\n}\n',
      ),
      ['lambda f declared arm64 m.tf:5'],
    ],
  ])('%s', (_name, files, expected) => expect(runtimesOf(files)).toEqual(expected));

  test('is followed so far and no further', () => {
    const locals = Array.from(
      { length: 40 },
      (_, i) => `  a${i} = "\${local.a${i + 1}}\${local.a${i + 1}}\${local.a${i + 1}}"\n`,
    );
    expect(runtimesOf({ ...hcl(task('local.a0')), 'l.tf': `locals {\n${locals.join('')}}\n` })).toEqual(open);
  });
});

describe('somebody else’s image', () => {
  const pod = (image: string) => ({
    'pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { nodeSelector: { kubernetes.io/arch: arm64 }, containers: [ { name: a, image: "${image}" } ] }\n`,
  });
  test.each<[string, readonly string[]]>([
    ['postgres:16', []],
    ['docker.io/library/redis', []],
    ['httpd:2.4', []],
    ['nvcr.io/nvidia/pytorch:25.02-py3', []],
    ['ghcr.io/other/tool:1', []],
    ['r.io/api', ['cpu-differs build.sh:1']],
    ['other.io/x/api:2', ['cpu-differs build.sh:1']],
    ['${IMAGE}', ['cpu-differs build.sh:1']],
    ['app:latest', ['cpu-differs build.sh:1']],
  ])('%s', (image, expected) => expect(found({ ...amd64, ...pod(image) })).toEqual(expected));

  test('is one of ours where a kustomization says so, or the names are not seen', () => {
    const kustomization = { 'kustomization.yaml': 'images:\n  - name: ghcr.io/other/tool\n    newName: r.io/api\n' };
    expect(found({ ...amd64, ...pod('ghcr.io/other/tool:1'), ...kustomization })).toEqual(['cpu-differs build.sh:1']);
    // Which of two Dockerfiles it is made of, no name says.
    const second = { ...amd64, 'tool/Dockerfile': Dockerfile };
    expect(runtimesOf({ ...second, ...pod('ghcr.io/other/job:1') })).toHaveLength(1);
    expect(runtimesOf({ ...second, ...pod('postgres:16') })).toEqual([]);
    // One of the two is built: only what its name says runs it.
    expect(found({ ...second, ...pod('ghcr.io/other/job:1') })).toEqual([]);
    expect(found({ ...second, ...pod('r.io/api') })).toEqual(['cpu-differs build.sh:1']);
    const build = 'docker build --platform linux/amd64 -t $NAME .\n';
    expect(found({ Dockerfile, 'build.sh': build, ...pod('ghcr.io/other/tool:1') })).toEqual([
      'cpu-differs build.sh:1',
    ]);
  });
});

describe('a layer that is made here', () => {
  const layer = (cpus: string, type = 'Lambda') =>
    resource('L', `${type}::LayerVersion`, `{ CompatibleArchitectures: ${cpus} }`);
  const fn = (more: string) => resource('F', 'Lambda::Function', `{ Layers: [!Ref L]${more} }`);
  const arm = ', Architectures: [arm64]';
  const differs = ['layer-differs t.yaml:4'];
  test.each<Row>([
    ['for the other CPU', cfn(fn(arm), layer('[x86_64]')), differs],
    ['of SAM for the other CPU', cfn(fn(arm), layer('[x86_64]', 'Serverless')), differs],
    ['for another than the default', cfn(fn(''), layer('[arm64]')), differs],
    ['for both', cfn(fn(arm), layer('[x86_64, arm64]')), []],
    ['for a parameter', cfn(fn(arm), layer('!Ref Cpus')), []],
    ['for one and a parameter', cfn(fn(arm), layer('[x86_64, !Ref Other]')), []],
    ['for a function with a parameter', cfn(fn(', Architectures: [!Ref Cpu]'), layer('[x86_64]')), []],
    [
      'of Terraform',
      hcl(
        'resource "aws_lambda_layer_version" "l" {\n  compatible_architectures = ["x86_64"]\n}\nresource "aws_lambda_function" "f" {\n  architectures = ["arm64"]\n  layers = [aws_lambda_layer_version.l.arn]\n}\n',
      ),
      ['layer-differs m.tf:6'],
    ],
    [
      'by a name of somebody else',
      cfn(
        resource(
          'F',
          'Lambda::Function',
          '{ Layers: ["arn:aws:lambda:eu-west-1:753240598075:layer:LambdaAdapterLayerX86:26"], Architectures: [arm64] }',
        ),
      ),
      ['layer-differs t.yaml:4'],
    ],
  ])('%s', (_name, files, expected) => expect(found(files)).toEqual(expected));
});

describe('of several definitions', () => {
  const fn = (name: string, image: string, more = '') =>
    resource(name, 'Lambda::Function', `{ PackageType: Image, Code: { ImageUri: ${image} }${more} }`);
  const arm = ', Architectures: [arm64]';
  test.each<Row>([
    [
      'one leaves the same image to the default',
      cfn(fn('A', 'r.io/api', arm), fn('B', 'r.io/api')),
      ['cpu-differs build.sh:1'],
    ],
    ['one leaves another image to the default', cfn(fn('A', 'r.io/api', arm), fn('B', '!Ref Image')), []],
    ['all declare the same', cfn(fn('A', 'r.io/api', arm), fn('B', 'r.io/api', arm)), []],
  ])('%s', (_name, files, expected) => expect(found({ ...arm64, ...files })).toEqual(expected));
});

describe('an asset that CDK synthesized', () => {
  const assets = (...platforms: readonly (string | undefined)[]) => ({
    'cdk.out/S.assets.json': JSON.stringify(
      {
        dockerImages: Object.fromEntries(
          platforms.map((platform, i) => [`hash${i}`, { source: { directory: `asset.${i}`, platform } }]),
        ),
      },
      undefined,
      1,
    ),
  });
  const runs = (hash: string, cpu: string) => ({
    'cdk.out/S.template.json': JSON.stringify({
      Resources: {
        T: {
          Type: 'AWS::ECS::TaskDefinition',
          Properties: {
            RequiresCompatibilities: ['FARGATE'],
            RuntimePlatform: { CpuArchitecture: cpu },
            ContainerDefinitions: [
              { Image: { 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.eu-west-1.amazonaws.com/cdk:${hash}` } },
            ],
          },
        },
      },
    }),
  });
  const two = { 'a/Dockerfile': Dockerfile, 'b/Dockerfile': Dockerfile };
  test.each<Row>([
    ['is that of the task', { ...assets('linux/arm64', 'linux/amd64'), ...runs('hash0', 'ARM64') }, []],
    [
      'has another CPU than the task',
      { ...assets('linux/arm64', 'linux/amd64'), ...runs('hash0', 'X86_64') },
      ['cpu-differs cdk.out/S.assets.json:6'],
    ],
    ['is not the one of the task', { ...assets('linux/arm64', 'linux/amd64'), ...runs('hash1', 'X86_64') }, []],
    ['is not here', { ...assets('linux/arm64', 'linux/amd64'), ...runs('other', 'X86_64') }, []],
  ])('%s', (_name, files, expected) => expect(found({ ...two, ...files })).toEqual(expected));
});

describe('a pod that asks for nodes by a label of its cloud', () => {
  const pod = (label: string): Files => ({
    'pod.yaml': `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  nodeSelector: { ${label} }\n  containers: [{ image: r.io/api }]\n`,
  });
  test.each<Row>([
    ['GKE Autopilot', pod('cloud.google.com/compute-class: autopilot-arm'), ['kubernetes p declared arm64 pod.yaml:1']],
    ['a class of both CPUs', pod('cloud.google.com/compute-class: Performance'), ['kubernetes p node - pod.yaml:1']],
    ['a series of Google', pod('cloud.google.com/machine-family: c4a'), ['kubernetes p declared arm64 pod.yaml:1']],
    ['a series of Intel', pod('cloud.google.com/machine-family: n2'), ['kubernetes p declared amd64 pod.yaml:1']],
    ['a series that is put in', pod('cloud.google.com/machine-family: "${S}"'), ['kubernetes p node - pod.yaml:1']],
    ['Karpenter', pod('karpenter.k8s.aws/instance-family: m7g'), ['kubernetes p declared arm64 pod.yaml:1']],
    ['EKS Auto Mode', pod('eks.amazonaws.com/instance-family: c7i'), ['kubernetes p declared amd64 pod.yaml:1']],
    ['Spot alone', pod('cloud.google.com/gke-spot: "true"'), ['kubernetes p node - pod.yaml:1']],
  ])('%s', (_name, files, expected) => expect(runtimesOf(files)).toEqual(expected));
});
