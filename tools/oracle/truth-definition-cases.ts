import { elfBytes, type TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import type { TruthWorld } from './truth-world.ts';
import type { StartConfig } from './unpack-image.ts';

/**
 * Starts that a definition makes of an image. What the runtime makes of it is written out by hand here, from the
 * runtime's own words, and that is what is run: none of our reading of the definition takes part.
 */
export async function definitionCases({ own, other, debian }: TruthWorld): Promise<readonly TruthCase[]> {
  const files: readonly TestFile[] = [
    { path: 'opt/app', mode: 0o755, content: elfBytes({ machine: own }) },
    { path: 'opt/root-only', mode: 0o700, content: elfBytes({ machine: own }) },
  ];
  const wrong: TestFile = { path: 'opt/other', mode: 0o755, content: elfBytes({ machine: other }) };
  // Its own start fails: whatever is kept of it by mistake is seen.
  const image: StartConfig = { Entrypoint: ['/usr/bin/env'], Cmd: ['/opt/nope'], Env: ['PATH=/usr/bin:/opt'] };
  const cases: TruthCase[] = [];
  const add = (
    name: string,
    [file, text]: readonly [string, string],
    starts: StartConfig,
    verdict: NonNullable<TruthCase['verdict']>,
    code?: string,
  ) =>
    cases.push({
      name,
      // A program for another CPU on PATH refutes by itself.
      layers: [{ files: debian }, { files: code === 'proof/start-wrong-cpu' ? [...files, wrong] : files }],
      config: { ...image, Entrypoint: [...image.Entrypoint!], Cmd: [...image.Cmd!], Env: [...image.Env!] },
      definition: { file, text, starts },
      verdict,
      code,
    });

  const arm = own === 'arm64';
  const cpu = arm ? 'ARM64' : 'X86_64';
  const ecs = (container: object): readonly [string, string] => [
    'task-definition.json',
    JSON.stringify({
      family: 'api',
      requiresCompatibilities: ['FARGATE'],
      runtimePlatform: { cpuArchitecture: cpu },
      containerDefinitions: [{ name: 'web', image: 'app:1', ...container }],
    }),
  ];
  const pod = (container: object, spec: object = {}): readonly [string, string] => [
    'pod.json',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'api' },
      spec: {
        nodeSelector: { 'kubernetes.io/arch': own },
        ...spec,
        containers: [{ name: 'web', image: 'app:1', ...container }],
      },
    }),
  ];
  const batch = (container: object): readonly [string, string] => [
    'job.json',
    JSON.stringify({
      jobDefinitionName: 'job',
      type: 'container',
      containerProperties: {
        image: 'app:1',
        runtimePlatform: { cpuArchitecture: cpu },
        ...container,
      },
    }),
  ];
  const lambda = (config: object): readonly [string, string] => [
    'function.json',
    JSON.stringify({
      FunctionName: 'f',
      PackageType: 'Image',
      Architectures: [arm ? 'arm64' : 'x86_64'],
      ImageConfig: config,
    }),
  ];
  const task = (container: string): readonly [string, string] => [
    'main.tf',
    `locals {\n  app = "/opt/app"\n}\nresource "aws_ecs_task_definition" "api" {\n  requires_compatibilities = ["FARGATE"]\n  runtime_platform {\n    cpu_architecture = "${cpu}"\n  }\n  container_definitions = jsonencode([{ name = "web", image = "app:1", ${container} }])\n}\n`,
  ];

  const env = '/usr/bin/env';
  add('ECS, a command behind the image’s entrypoint', ecs({ command: ['/opt/app'] }), { Cmd: ['/opt/app'] }, 'proven');
  add(
    'ECS, a command that is for another CPU',
    ecs({ command: ['/opt/other'] }),
    { Cmd: ['/opt/other'] },
    'refuted',
    'proof/start-wrong-cpu',
  );
  add(
    'ECS, an entrypoint drops the image’s command',
    ecs({ entryPoint: [env] }),
    { Entrypoint: [env], Cmd: [] },
    'proven',
  );
  add(
    'ECS, an entrypoint for another CPU',
    ecs({ entryPoint: ['/opt/other'] }),
    { Entrypoint: ['/opt/other'], Cmd: [] },
    'refuted',
    'proof/start-wrong-cpu',
  );
  add(
    'ECS, empty lists leave the image’s command',
    ecs({ command: [], environment: [] }),
    {},
    'refuted',
    'proof/command-missing',
  );
  add(
    'ECS, PATH of the definition',
    ecs({ entryPoint: ['app'], environment: [{ name: 'PATH', value: '/usr/bin' }] }),
    { Entrypoint: ['app'], Cmd: [], Env: ['PATH=/usr/bin'] },
    'refuted',
    'proof/command-not-found',
  );
  add(
    'ECS, a user who may not start it',
    ecs({ entryPoint: ['/opt/root-only'], user: '1000' }),
    { Entrypoint: ['/opt/root-only'], Cmd: [], User: '1000' },
    'refuted',
    'proof/not-executable',
  );
  add(
    'ECS, PATH of a secret',
    ecs({ entryPoint: ['app'], secrets: [{ name: 'PATH', valueFrom: 'arn' }] }),
    { Entrypoint: ['app'], Cmd: [] },
    'undecided',
    'proof/start-open',
  );
  add('Terraform, a command of a local', task('command = [local.app]'), { Cmd: ['/opt/app'] }, 'proven');
  add(
    'Terraform, a command of a variable',
    task('command = [var.app]'),
    { Cmd: ['/opt/app'] },
    'undecided',
    'proof/start-open',
  );
  add('Kubernetes, args behind the image’s entrypoint', pod({ args: ['/opt/app'] }), { Cmd: ['/opt/app'] }, 'proven');
  add('Kubernetes, a command drops the image’s', pod({ command: [env] }), { Entrypoint: [env], Cmd: [] }, 'proven');
  add(
    'Kubernetes, a variable in its args',
    pod({ args: ['$(APP)'], env: [{ name: 'APP', value: '/opt/other' }] }),
    { Cmd: ['/opt/other'], Env: [...image.Env!, 'APP=/opt/other'] },
    'refuted',
    'proof/start-wrong-cpu',
  );
  add(
    'Kubernetes, $$ is a dollar',
    pod({ args: ['$$(APP)'], env: [{ name: 'APP', value: '/opt/app' }] }),
    { Cmd: ['$(APP)'] },
    'refuted',
    'proof/command-not-found',
  );
  add(
    'Kubernetes, runAsUser of the pod',
    pod({ command: ['/opt/root-only'] }, { securityContext: { runAsUser: 1000 } }),
    { Entrypoint: ['/opt/root-only'], Cmd: [], User: '1000' },
    'refuted',
    'proof/not-executable',
  );
  add(
    'Kubernetes, a relative program in its directory',
    pod({ command: ['./app'], workingDir: '/opt' }),
    { Entrypoint: ['./app'], Cmd: [], WorkingDir: '/opt' },
    'proven',
  );
  add(
    'Batch, a command behind the image’s entrypoint',
    batch({ command: ['/opt/app'] }),
    { Cmd: ['/opt/app'] },
    'proven',
  );
  add(
    'Batch, a parameter in its command',
    batch({ command: ['Ref::program'] }),
    { Cmd: ['/opt/app'] },
    'undecided',
    'proof/start-open',
  );
  // It runs every image as a user of its own (docs/targets/lambda.md).
  add(
    'Lambda, an entrypoint and a command',
    lambda({ EntryPoint: [env], Command: ['/opt/app'] }),
    { Entrypoint: [env], Cmd: ['/opt/app'], User: '993:990' },
    'proven',
  );
  add(
    'Lambda, a program of root alone',
    lambda({ EntryPoint: ['/opt/root-only'], Command: ['x'] }),
    { Entrypoint: ['/opt/root-only'], Cmd: ['x'], User: '993:990' },
    'refuted',
    'proof/not-executable',
  );
  return cases;
}
