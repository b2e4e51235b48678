import { confirmed, linux, partial } from '../fact.ts';
import type { Target } from '../types.ts';

const IMAGES_CREATE = 'https://docs.aws.amazon.com/lambda/latest/dg/images-create.html';
const API = 'https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html';
const INDEX_ISSUE = 'https://github.com/aws/aws-lambda-roadmap/issues/82';
const BOTOCORE_APPRUNNER = 'https://github.com/boto/botocore/tree/develop/botocore/data/apprunner/2020-05-15';
const BOTOCORE_CODEBUILD = 'https://github.com/boto/botocore/tree/develop/botocore/data/codebuild/2016-10-06';
const SAGEMAKER = 'https://github.com/aws/amazon-sagemaker-feedback/issues/180';
const BOTOCORE_SAGEMAKER = 'https://github.com/boto/botocore/tree/develop/botocore/data/sagemaker/2017-07-24';

export const lambda: Target = {
  id: 'lambda',
  title: 'AWS Lambda',
  aliases: ['aws-lambda'],
  platforms: confirmed(linux('amd64', 'arm64'), API),
  fallback: confirmed('amd64', API),
  index: confirmed('rejected', INDEX_ISSUE, 'every index, also one of a single platform with attestations'),
  attestations: confirmed('rejected', INDEX_ISSUE, 'attestations make an index'),
  oci: confirmed('accepted', 'https://github.com/docker/buildx/issues/1533', 'a single manifest'),
  zstd: 'unknown',
  selection: 'exact',
  declaredBy: {
    api: 'Architectures: [x86_64|arm64]',
    cdk: 'lambda.DockerImageFunction.architecture: lambda.Architecture.X86_64|ARM_64',
    cloudformation: 'AWS::Lambda::Function.Architectures: [x86_64|arm64]',
    sam: 'AWS::Serverless::Function.Architectures: [x86_64|arm64]',
    terraform: 'aws_lambda_function.architectures: [x86_64|arm64]',
    serverless: 'provider.architecture | functions.*.architecture: x86_64|arm64',
  },
  mismatch: {
    index: confirmed(
      'The image manifest, config or layer media type for the source image {image} is not supported.',
      INDEX_ISSUE,
    ),
    single: confirmed(
      'Runtime.InvalidEntrypoint … Error: fork/exec {path}: exec format error',
      'https://github.com/aws/aws-lambda-base-images/issues/26',
      'a path that leads nowhere ends in "no such file or directory" instead (aws-lambda-ruby-runtime-interface-client#13)',
    ),
    stage: 'start',
    notOnPath: confirmed(
      "Runtime.InvalidEntrypoint … Error: Couldn't find valid bootstrap(s): [{command}]",
      'https://github.com/jsreport/jsreport/issues/785',
    ),
  },
  maxImageBytes: partial(10_737_418_240, IMAGES_CREATE, 'uncompressed; widely quoted, the page of quotas was not read'),
  readOnlyRoot: confirmed(true, IMAGES_CREATE),
  // "defining a default Linux user with least-privileged permissions", who "must be able to read all the files".
  ownUser: confirmed(true, IMAGES_CREATE),
  requires: [
    confirmed('lambda-runtime-api', IMAGES_CREATE),
    confirmed('private-ecr-same-region', IMAGES_CREATE),
    // What AWS says of InvalidEntrypoint, as that issue quotes it; the client of Node is started by a link all the same.
    partial('absolute-entrypoint', 'https://github.com/quarkusio/quarkus/issues/15674'),
  ],
};

export const apprunner: Target = {
  id: 'apprunner',
  title: 'AWS App Runner',
  aliases: ['app-runner', 'aws-apprunner'],
  platforms: confirmed(
    linux('amd64'),
    'https://github.com/aws/apprunner-roadmap/issues/98',
    "the API has no field for a CPU, and AWS's own Copilot CLI refuses ARM64 for it",
  ),
  fallback: confirmed('amd64', 'https://github.com/aws/apprunner-roadmap/issues/98'),
  index: 'unknown',
  attestations: 'unknown',
  oci: 'unknown',
  zstd: 'unknown',
  selection: 'unknown',
  declaredBy: {},
  mismatch: {
    index: 'unknown',
    single: partial(
      'exec {path}: exec format error',
      'https://github.com/thiskevinwang/waypoint-plugin-nixpacks/pull/1',
    ),
    stage: 'start',
  },
  port: { fallback: confirmed(8080, BOTOCORE_APPRUNNER) },
  status: confirmed(
    'closed to new customers since 2026-04-30; AWS points to ECS Express Mode',
    'https://docs.aws.amazon.com/apprunner/latest/dg/apprunner-availability-change.html',
  ),
};

export const codebuild: Target = {
  id: 'codebuild',
  title: 'AWS CodeBuild',
  aliases: ['aws-codebuild'],
  platforms: confirmed(linux('amd64', 'arm64'), BOTOCORE_CODEBUILD),
  fallback: confirmed('required', BOTOCORE_CODEBUILD),
  index: partial('accepted', BOTOCORE_CODEBUILD),
  attestations: 'unknown',
  oci: partial('accepted', BOTOCORE_CODEBUILD),
  zstd: 'unknown',
  selection: 'unknown',
  declaredBy: {
    api: 'environment.type: LINUX_CONTAINER|LINUX_GPU_CONTAINER|LINUX_LAMBDA_CONTAINER|LINUX_EC2 (amd64), ARM_CONTAINER|ARM_LAMBDA_CONTAINER|ARM_EC2 (arm64)',
    cdk: 'LinuxBuildImage | LinuxArmBuildImage',
  },
  mismatch: { index: 'unknown', single: 'unknown', stage: 'pull' },
};

export const sagemaker: Target = {
  id: 'sagemaker',
  title: 'Amazon SageMaker',
  aliases: ['aws-sagemaker'],
  platforms: confirmed(
    linux('amd64', 'arm64'),
    BOTOCORE_SAGEMAKER,
    'arm64 only in production variants, on ml.*g families',
  ),
  fallback: confirmed('node', BOTOCORE_SAGEMAKER, 'the CPU is that of InstanceType'),
  index: partial('rejected', SAGEMAKER, 'confirmed for an OCI index; a Docker manifest list is unconfirmed'),
  attestations: partial('rejected', SAGEMAKER, 'attestations make an OCI index'),
  oci: confirmed('rejected', SAGEMAKER, 'not even a single OCI manifest'),
  zstd: 'unknown',
  selection: 'exact',
  declaredBy: { api: 'InstanceType: ml.<family>.<size>' },
  mismatch: {
    index: confirmed('Unsupported manifest media type {mediaType} for image {image}', SAGEMAKER),
    single: 'unknown',
    stage: 'deploy',
  },
};
