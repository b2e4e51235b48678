import { describe, expect, test } from 'vitest';
import { readDefinition } from './index.ts';
import { starts, workloads } from './shown.testdata.ts';

const job = (container: object, more: object = {}) =>
  JSON.stringify({
    jobDefinitionName: 'j',
    type: 'container',
    containerProperties: { image: 'app:1', ...container },
    ...more,
  });

describe('AWS Batch', () => {
  test.each([
    [job({}), ['batch batch j -']],
    [job({ runtimePlatform: { cpuArchitecture: 'ARM64' } }), ['batch batch j linux/arm64']],
    [job({ runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } }), ['batch batch j windows/amd64']],
    [`{"jobDefinitions":[${job({})},${job({})}]}`, ['batch batch j -', 'batch batch j -']],
    [
      'Resources: { J: { Type: AWS::Batch::JobDefinition, Properties: { ContainerProperties: { Image: a, RuntimePlatform: { CpuArchitecture: !Ref Cpu } } } } }',
      ['batch batch J !Ref Cpu'],
    ],
    ['{"jobDefinitionName":"k","eksProperties":{"podProperties":{"containers":[]}}}', ['batch eks k -']],
  ])('%s', (text, expected) => expect(workloads(readDefinition(text))).toEqual(expected));

  test.each([
    // What describe-job-definitions prints of nothing sets nothing.
    [{ command: [], environment: [], mountPoints: [], secrets: [] }, {}],
    [
      { command: ['a', 'b'], user: 'nobody' },
      { command: ['a', 'b'], user: 'nobody' },
    ],
    [{ command: ['a', 'Ref::in'] }, { open: ['command Ref::in'] }],
    [
      { readonlyRootFilesystem: true, mountPoints: [{ containerPath: '/d' }] },
      { readOnly: true, mounts: ['/d'] },
    ],
    [{ secrets: [{ name: 'PATH', valueFrom: 'arn' }] }, { open: ['env PATH PATH'] }],
    // It has no such member: nothing comes of it.
    [{ entryPoint: ['/e'], workingDirectory: '/w' }, {}],
  ])('%j', (container, expected) => expect(starts(job(container))).toEqual([expected]));

  const pod = {
    command: ['/e'],
    args: ['$(A)', 'Ref::in'],
    env: [{ name: 'A', value: '1' }],
    volumeMounts: [{ mountPath: '/d' }],
  };
  const context = { runAsUser: 7, readOnlyRootFilesystem: true };
  const own = {
    entrypoint: ['/e'],
    env: { A: '1' },
    user: '7',
    readOnly: true,
    mounts: ['/d'],
    open: ['command Ref::in'],
  };
  const upper = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(upper)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value).map(([key, one]) => [`${key[0]!.toUpperCase()}${key.slice(1)}`, upper(one)]),
          )
        : value;
  const eks = { podProperties: { containers: [{ image: 'app:1', ...pod, securityContext: context }] } };

  test.each([
    ['the API', JSON.stringify({ jobDefinitionName: 'j', eksProperties: eks })],
    [
      'CloudFormation',
      JSON.stringify({
        Resources: { j: { Type: 'AWS::Batch::JobDefinition', Properties: { EksProperties: upper(eks) } } },
      }),
    ],
    [
      'Terraform',
      `resource "aws_batch_job_definition" "j" {
  type = "container"
  eks_properties {
    pod_properties {
      containers {
        image   = "app:1"
        command = ["/e"]
        args    = ["$(A)", "Ref::in"]
        env {
          name  = "A"
          value = "1"
        }
        security_context {
          run_as_user               = 7
          read_only_root_file_system = true
        }
        volume_mounts {
          mount_path = "/d"
        }
      }
    }
  }
}
`,
    ],
  ])('a pod of EKS, as %s has it', (_, text) => {
    expect(workloads(readDefinition(text))).toEqual(['batch eks j -']);
    expect(starts(text)).toEqual([own]);
  });

  test('containers of a task, and of ranges of nodes', () => {
    const tasks = { taskProperties: [{ containers: [{ name: 'a', command: ['x'] }, { name: 'b' }] }] };
    expect(starts(JSON.stringify({ jobDefinitionName: 'j', ecsProperties: tasks }))).toEqual([{ command: ['x'] }, {}]);
    const nodes = { nodeRangeProperties: [{ container: { command: ['y'] } }, { ecsProperties: tasks }] };
    expect(starts(JSON.stringify({ jobDefinitionName: 'j', nodeProperties: nodes }))).toEqual([
      { command: ['y'] },
      { command: ['x'] },
      {},
    ]);
  });
});

describe('App Runner', () => {
  const service = (configuration: unknown) => ({
    ServiceName: 's',
    SourceConfiguration: { ImageRepository: { ImageIdentifier: 'app:1', ImageConfiguration: configuration } },
  });
  test.each([
    [JSON.stringify({ Service: service({ Port: '80' }) }), {}],
    [JSON.stringify(service({ StartCommand: 'node app.js' })), { open: ['command node app.js'] }],
    [JSON.stringify(service({ RuntimeEnvironmentVariables: { A: '1' } })), { env: { A: '1' } }],
    [JSON.stringify(service({ RuntimeEnvironmentSecrets: { PATH: 'arn' } })), { open: ['env PATH secret'] }],
    [JSON.stringify(service({ Ref: 'X' })), { open: ['command Ref: X', 'env Ref: X'] }],
    [
      JSON.stringify({
        Resources: {
          S: {
            Type: 'AWS::AppRunner::Service',
            Properties: service({
              RuntimeEnvironmentVariables: [
                { Name: 'A', Value: '1' },
                { Name: 'B', Value: { Ref: 'B' } },
              ],
            }),
          },
        },
      }),
      { env: { A: '1' }, open: ['env B Ref: B'] },
    ],
  ])('%s', (text, expected) => {
    expect(workloads(readDefinition(text))).toEqual(['apprunner apprunner s -']);
    expect(starts(text)).toEqual([expected]);
  });
});
