import { expect, test } from 'vitest';
import { amd64, arm64, Dockerfile, found } from './test-found.ts';

type Files = Readonly<Record<string, string>>;

const MIXED = ['nodes-mixed build.sh:1'];
const DIFFERS = ['cpu-differs build.sh:1'];

const group = (name: string, type: string) =>
  `resource "aws_launch_template" "${name}" {
  instance_type = "${type}"
}
resource "aws_autoscaling_group" "${name}" {
  launch_template { id = aws_launch_template.${name}.id }
}
resource "aws_ecs_capacity_provider" "${name}" {
  auto_scaling_group_provider { auto_scaling_group_arn = aws_autoscaling_group.${name}.arn }
}
`;
const both = group('x86', 'm7i.large') + group('graviton', 'm7g.large');
const task = (more = '') =>
  `resource "aws_ecs_task_definition" "api" {
${more}  requires_compatibilities = ["EC2"]
  container_definitions = jsonencode([{ name = "api", image = "r.io/api:1" }])
}
`;
const uses = (name: string, weight = 'weight = 1') =>
  `  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.${name}.name
    ${weight}
  }
`;
const service = (...strategy: readonly string[]) =>
  `resource "aws_ecs_service" "api" {
  task_definition = aws_ecs_task_definition.api.arn
${strategy.join('')}}
`;
const tf = (...parts: readonly string[]): Files => ({ 'ecs.tf': parts.join('') });
const spread = service(uses('x86'), uses('graviton'));
const template = (strategy: string): Files => {
  const machines = (name: string, type: string) =>
    `  L${name}: { Type: AWS::EC2::LaunchTemplate, Properties: { LaunchTemplateData: { InstanceType: ${type} } } }
  G${name}: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { LaunchTemplate: { LaunchTemplateId: !Ref L${name} } } }
  P${name}: { Type: AWS::ECS::CapacityProvider, Properties: { AutoScalingGroupProvider: { AutoScalingGroupArn: !Ref G${name} } } }
`;
  return {
    't.yaml': `Resources:
${machines('a', 'm7i.large')}${machines('b', 'm7g.large')}  T: { Type: AWS::ECS::TaskDefinition, Properties: { Family: api, ContainerDefinitions: [{ Image: r.io/api }] } }
  S: { Type: AWS::ECS::Service, Properties: { TaskDefinition: !Ref T, CapacityProviderStrategy: [${strategy}] } }
`,
  };
};
const item = (name: string, weight = 1) => `{ CapacityProvider: !Ref P${name}, Weight: ${weight} }`;

test.each<[string, Files, readonly string[]]>([
  ['over machines of both CPUs', { ...amd64, ...tf(task(), both, spread) }, MIXED],
  ['of the other image', { ...arm64, ...tf(task(), both, spread) }, MIXED],
  ['over machines of one', { ...amd64, ...tf(task(), both, service(uses('x86'))) }, []],
  ['over machines of the other', { ...amd64, ...tf(task(), group('g', 'm7g.large'), service(uses('g'))) }, DIFFERS],
  ['with a weight of none', { ...amd64, ...tf(task(), both, service(uses('x86'), uses('graviton', ''))) }, []],
  ['with a base alone', { ...amd64, ...tf(task(), both, service(uses('x86'), uses('graviton', 'base = 1'))) }, MIXED],
  [
    'with a weight that is a value',
    { ...amd64, ...tf(task(), both, service(uses('x86'), uses('graviton', 'weight = var.w'))) },
    [],
  ],
  ['that nothing spreads', { ...amd64, ...tf(task(), both) }, []],
  [
    'that names its CPU',
    { ...amd64, ...tf(task('  runtime_platform {\n    cpu_architecture = "X86_64"\n  }\n'), both, spread) },
    [],
  ],
  [
    'with a constraint',
    {
      ...amd64,
      ...tf(
        task(
          '  placement_constraints {\n    type = "memberOf"\n    expression = "attribute:ecs.cpu-architecture == x86_64"\n  }\n',
        ),
        both,
        spread,
      ),
    },
    [],
  ],
  ['of another task', { ...amd64, ...tf(task(), both, spread.replace('definition.api', 'definition.other')) }, []],
  [
    'of an image for both',
    {
      Dockerfile,
      'build.sh': 'docker buildx build --platform linux/amd64,linux/arm64 -t r.io/api --push .\n',
      ...tf(task(), both, spread),
    },
    [],
  ],
  ['by CloudFormation', { ...amd64, ...template([item('a'), item('b')].join()) }, MIXED],
  ['by CloudFormation, one without a weight', { ...amd64, ...template([item('a'), item('b', 0)].join()) }, []],
])('a service of ECS %s', (_name, files, expected) => {
  expect(found(files).filter((one) => /mixed|differs/.test(one))).toEqual(expected);
});
