import { confirmed, linux, partial } from '../fact.ts';
import type { Target } from '../types.ts';

const ECS_ARM = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm-specifying.md';
const BOTOCORE_ECS = 'https://github.com/boto/botocore/tree/develop/botocore/data/ecs/2014-11-13';
const BOTOCORE_BATCH = 'https://github.com/boto/botocore/tree/develop/botocore/data/batch/2016-08-10';
const ZSTD =
  'https://aws.amazon.com/blogs/containers/reducing-aws-fargate-startup-times-with-zstd-compressed-container-images/';
const ATTESTATIONS = 'https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md';
const CDK_DEFAULT = 'https://github.com/aws/aws-cdk/issues/17834';

const fargateIndex = confirmed(
  "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/{architecture}'",
  'https://github.com/aviswerdlow/relay/issues/71',
  'the retry count varies',
);
const execFormat = confirmed(
  'exec {path}: exec format error',
  'https://github.com/aws-samples/amazon-bedrock-serverless-prompt-chaining/issues/213',
);

const fargateCreate = confirmed(
  'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: {error}: unknown',
  'https://github.com/saebyn/glowing-telegram/issues/398',
  'the words around it differ by the version of runc; of a long one the end is cut',
);

export const ecsFargate: Target = {
  id: 'ecs-fargate',
  title: 'Amazon ECS on AWS Fargate',
  aliases: ['fargate', 'aws-ecs-fargate', 'aws-fargate'],
  platforms: confirmed(linux('amd64', 'arm64'), ECS_ARM),
  fallback: confirmed('amd64', CDK_DEFAULT, 'the API prints no default; tasks that declare nothing run on X86_64'),
  index: confirmed('accepted', 'https://github.com/aviswerdlow/relay/issues/71'),
  // containerd takes no entry of unknown/unknown from an index.
  attestations: {
    ...confirmed(
      'accepted',
      'https://aws.amazon.com/blogs/containers/under-the-hood-fargate-data-plane/',
      'containerd pulls and runs there since platform version 1.4',
    ),
    checked: '2026-11-28',
  },
  oci: confirmed('accepted', 'https://github.com/aws/containers-roadmap/issues/1120'),
  zstd: confirmed('accepted', ZSTD),
  selection: 'containerd',
  declaredBy: {
    api: 'runtimePlatform.cpuArchitecture: X86_64|ARM64',
    cdk: 'ecs.FargateTaskDefinition.runtimePlatform.cpuArchitecture: ecs.CpuArchitecture.X86_64|ARM64',
    cloudformation: 'AWS::ECS::TaskDefinition.RuntimePlatform.CpuArchitecture: X86_64|ARM64',
    terraform: 'aws_ecs_task_definition.runtime_platform.cpu_architecture: X86_64|ARM64',
  },
  mismatch: { index: fargateIndex, single: execFormat, stage: 'pull', create: fargateCreate },
};

export const ecsExpress: Target = {
  id: 'ecs-express',
  title: 'Amazon ECS Express Mode',
  aliases: ['express', 'ecs-express-mode'],
  platforms: partial(
    linux('amd64'),
    BOTOCORE_ECS,
    'primaryContainer has no field for a CPU; ARM64 through taskDefinitionArn is unconfirmed',
  ),
  fallback: partial('amd64', BOTOCORE_ECS),
  index: partial('accepted', BOTOCORE_ECS, 'Fargate underneath'),
  attestations: partial('accepted', BOTOCORE_ECS, 'Fargate underneath'),
  oci: partial('accepted', BOTOCORE_ECS, 'Fargate underneath'),
  zstd: partial('accepted', BOTOCORE_ECS, 'Fargate underneath'),
  selection: 'containerd',
  declaredBy: { api: 'nothing in primaryContainer' },
  mismatch: {
    index: { ...fargateIndex, standing: 'partial' },
    single: { ...execFormat, standing: 'partial' },
    stage: 'pull',
  },
  port: { fallback: confirmed(80, BOTOCORE_ECS) },
};

export const ecsEc2: Target = {
  id: 'ecs-ec2',
  title: 'Amazon ECS on EC2',
  aliases: ['ecs', 'aws-ecs', 'aws-ecs-ec2'],
  platforms: confirmed(linux('amd64', 'arm64'), ECS_ARM),
  fallback: confirmed('node', ECS_ARM, 'the CPU is that of the container instances'),
  index: confirmed('accepted', 'https://github.com/aws/amazon-ecs-agent'),
  attestations: confirmed('accepted', ATTESTATIONS, 'Docker on the instance skips them'),
  oci: confirmed('accepted', 'https://github.com/aws/amazon-ecs-agent'),
  zstd: partial(
    'accepted',
    'https://github.com/aws/amazon-ecs-agent/issues/4179',
    'fails on Docker 20.10.25; from Docker 23 on by general knowledge',
  ),
  selection: 'docker',
  declaredBy: {
    api: 'runtimePlatform.cpuArchitecture: X86_64|ARM64',
    placement: 'attribute:ecs.cpu-architecture',
    instance: 'the instance type, as for ec2',
  },
  mismatch: {
    index: partial(
      'no matching manifest for {platform} in the manifest list entries',
      'https://github.com/aws/amazon-ecs-agent',
    ),
    single: execFormat,
    stage: 'pull',
  },
};

export const batch: Target = {
  id: 'batch',
  title: 'AWS Batch',
  aliases: ['aws-batch'],
  platforms: confirmed(linux('amd64', 'arm64'), BOTOCORE_BATCH),
  fallback: confirmed('amd64', BOTOCORE_BATCH, 'on Fargate; on EC2 the compute environment decides'),
  index: partial('accepted', BOTOCORE_BATCH, 'ECS underneath'),
  attestations: partial('accepted', BOTOCORE_BATCH, 'ECS underneath'),
  oci: partial('accepted', BOTOCORE_BATCH, 'ECS underneath'),
  zstd: partial('accepted', BOTOCORE_BATCH, 'ECS underneath; on EC2 it depends on the version of Docker'),
  selection: 'containerd',
  declaredBy: {
    fargate: 'containerProperties.runtimePlatform.cpuArchitecture: X86_64|ARM64',
    ec2: 'computeResources.instanceTypes (families, default_x86_64, default_arm64, optimal)',
    cdk: 'batch.DefaultInstanceClass.X86_64|ARM64',
  },
  mismatch: { index: { ...fargateIndex, standing: 'partial' }, single: execFormat, stage: 'pull' },
};
