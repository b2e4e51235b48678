import { LAMBDA_START } from '../../packages/rightarch/src/proof/test-scripts.ts';
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
  // It sets this variable for every function.
  const runtime = (what: string, own: readonly TestFile[], verdict: 'proven' | 'refuted', code?: string) =>
    cases.push({
      name: `Lambda, ${what}`,
      layers: [
        { files: debian },
        { files: [...own, { path: 'lambda-entrypoint.sh', mode: 0o755, content: LAMBDA_START }] },
      ],
      config: { Entrypoint: ['/lambda-entrypoint.sh'], Cmd: ['app.handler'] },
      definition: {
        file: 'function.json',
        text: lambda({})[1],
        starts: { User: '993:990', Env: ['AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001'] },
      },
      verdict,
      code,
    });
  const bootstrap = (path: string, mode = 0o755): TestFile => ({ path, mode, content: elfBytes({ machine: own }) });
  const missing = 'proof/command-missing';
  runtime('a runtime behind the script of its images', [bootstrap('var/runtime/bootstrap')], 'proven');
  runtime('no runtime behind the script of its images', [], 'refuted', missing);
  runtime('a runtime where that script has none', [bootstrap('var/task/bootstrap')], 'refuted', missing);
  const closed = bootstrap('var/runtime/bootstrap', 0o644);
  runtime('a runtime that is not executable', [closed], 'refuted', 'proof/not-executable');
  const text: TestFile = { path: 'var/runtime/bootstrap', mode: 0o755, content: '#!/var/lang/bin/node\n' };
  runtime('a runtime whose interpreter stayed behind', [text], 'refuted', 'proof/interpreter-missing');
  return cases;
}
