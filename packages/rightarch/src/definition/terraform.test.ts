import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDefinition } from './index.ts';
import { starts, workloads } from './shown.testdata.ts';

const images = (text: string) =>
  readDefinition(text).workloads.flatMap(({ containers }) =>
    containers.map(({ name, image, line }) => `${line} ${name} ${image?.text}${image?.pattern ? ' …' : ''}`),
  );

const task = (definitions: string) => `
locals {
  command = ["node", "src/server.js"]
  cpu     = "ARM64"
}

resource "aws_ecs_task_definition" "api" {
  family                   = "api"
  requires_compatibilities = ["FARGATE"]
  runtime_platform {
    cpu_architecture = local.cpu
  }
  container_definitions = ${definitions}
}
`;

test('container definitions that jsonencode makes, locals put in', () => {
  const text = task(`jsonencode([
    {
      name        = "web"
      image       = "\${aws_ecr_repository.app.repository_url}/app:\${var.tag}"
      command     = local.command
      user        = var.user
      environment = [{ name = "A", value = "1" }, { name = "B", value = var.b }]
    },
    { name = "log", image = "fluent/fluent-bit:3", readonlyRootFilesystem = true },
  ])`);
  expect(workloads(readDefinition(text))).toEqual(['ecs ecs-fargate api linux/arm64']);
  expect(images(text)).toEqual([
    '14 web ${aws_ecr_repository.app.repository_url}/app:${var.tag} …',
    '21 log fluent/fluent-bit:3',
  ]);
  expect(starts(text)).toEqual([
    { command: ['node', 'src/server.js'], env: { A: '1' }, open: ['user var.user', 'env B var.b'] },
    { readOnly: true },
  ]);
});

test('a text of JSON, with what Terraform puts in', () => {
  const text = task(
    '<<EOF\n[{ "name": "web", "image": "${var.image}", "cpu": ${var.size}, "command": ["/app", "--port=${var.port}"] }]\nEOF',
  );
  expect(starts(text)).toEqual([{ open: ['command --port=${var.port}'] }]);
  expect(images(text)).toEqual(['14 web ${var.image} …']);
});

test.each([
  'file("containers.json")',
  'templatefile("containers.json.tpl", { tag = var.tag })',
  'jsonencode(concat([local.web], var.sidecars))',
  'module.web.json_map_encoded_list',
  '"[${module.web.json}]"',
])('containers that stand elsewhere run what nobody here can say: %s', (definitions) => {
  const [{ open = [] } = {}] = starts(task(definitions)) as [{ open?: string[] }];
  expect(open[0]).toMatch(/^command /);
});

test('Lambda, with blocks that are made when it is applied', () => {
  const lambda = (more: string) =>
    `resource "aws_lambda_function" "api" {\n  function_name = "api"\n  package_type = "Image"\n  image_uri = "app:1"\n  architectures = ["arm64"]\n${more}\n}\n`;
  const config = 'image_config {\n command = ["app.handler"]\n working_directory = "/srv"\n }';
  expect(workloads(readDefinition(lambda('')))).toEqual(['lambda lambda api linux/arm64']);
  expect(starts(lambda(config))).toEqual([{ command: ['app.handler'], workdir: '/srv' }]);
  expect(starts(lambda('environment {\n variables = { A = "1", B = var.b }\n}'))).toEqual([
    { env: { A: '1' }, open: ['env B var.b'] },
  ]);
  expect(starts(lambda('environment {\n variables = merge(local.a, { B = 1 })\n}'))).toEqual([
    { open: ['env Variables'] },
  ]);
  expect(starts(lambda('file_system_config {\n arn = "x"\n local_mount_path = "/mnt/x"\n}'))).toEqual([
    { mounts: ['/mnt/x'] },
  ]);
  const dynamic = 'dynamic "image_config" {\n for_each = var.x\n content {\n command = ["a"]\n }\n}';
  expect(starts(lambda(dynamic))).toEqual([
    {
      open: ['entrypoint unreadable', 'command unreadable', 'workdir unreadable'],
    },
  ]);
  expect(
    workloads(
      readDefinition(
        lambda('')
          .replace('"Image"', '"Zip"')
          .replace(/image_uri.*\n/, ''),
      ),
    ),
  ).toEqual([]);
});

test('App Runner and Batch', () => {
  const text = `
resource "aws_apprunner_service" "web" {
  service_name = "web"
  source_configuration {
    image_repository {
      image_identifier = "public.ecr.aws/x/app:1"
      image_configuration {
        start_command                 = "node app.js"
        runtime_environment_variables = { A = "1" }
        runtime_environment_secrets   = { PATH = aws_secretsmanager_secret.x.arn }
      }
    }
  }
}
resource "aws_batch_job_definition" "job" {
  name = "job"
  type = "container"
  container_properties = jsonencode({
    image           = "app:1"
    command         = ["/app", "Ref::input"]
    runtimePlatform = { cpuArchitecture = "ARM64" }
  })
}
`;
  expect(workloads(readDefinition(text))).toEqual(['apprunner apprunner web -', 'batch batch job linux/arm64']);
  expect(starts(text)).toEqual([
    { env: { A: '1' }, open: ['command node app.js', 'env PATH secret'] },
    { open: ['command Ref::input'] },
  ]);
});

const plan = (values: object, unknown: object) =>
  JSON.stringify({
    planned_values: {
      root_module: {
        child_modules: [
          {
            resources: [{ address: 'module.a.aws_lambda_function.f', type: 'aws_lambda_function', name: 'f', values }],
          },
        ],
      },
    },
    resource_changes: [{ address: 'module.a.aws_lambda_function.f', change: { after_unknown: unknown } }],
  });

test('a plan: what is known only after apply is open, not absent', () => {
  const values = {
    package_type: 'Image',
    image_uri: 'app:1',
    architectures: ['x86_64'],
    image_config: [{ command: ['a'] }],
  };
  expect(workloads(readDefinition(plan(values, {})))).toEqual(['lambda lambda f linux/amd64']);
  expect(starts(plan(values, {}))).toEqual([{ command: ['a'] }]);
  expect(starts(plan({ ...values, image_config: [{}] }, { image_config: [{ command: true }] }))).toEqual([
    { open: ['command (known after apply)'] },
  ]);
  expect(starts(plan({ package_type: 'Image' }, { image_config: true, image_uri: true, environment: true }))).toEqual([
    {
      open: [
        'entrypoint (known after apply)',
        'command (known after apply)',
        'workdir (known after apply)',
        'env Variables',
      ],
    },
  ]);
});

test('a state', () => {
  const definitions = JSON.stringify([{ name: 'web', image: 'app:1', entryPoint: ['/app'] }]);
  const values = { family: 'api', requires_compatibilities: ['FARGATE'], container_definitions: definitions };
  const resource = { address: 'x', type: 'aws_ecs_task_definition', name: 't', values };
  const text = JSON.stringify({ values: { root_module: { resources: [resource] } } });
  expect(workloads(readDefinition(text))).toEqual(['ecs ecs-fargate api -']);
  expect(starts(text)).toEqual([{ entrypoint: ['/app'] }]);
});

test('never throws, whatever stands in a resource', () => {
  const types = ['aws_ecs_task_definition', 'aws_lambda_function', 'aws_batch_job_definition', 'aws_apprunner_service'];
  const keys = ['container_definitions', 'container_properties', 'image_config', 'environment', 'source_configuration'];
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'jsonencode([',
      '<<EOF\n[{]\nEOF',
      '"[{}, 1]"',
      '{ a = {',
      'local.a',
      '[[{ image = "x" }]]',
      'null',
    ),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.constantFrom(...keys),
      value,
      fc.boolean(),
      (type, key, text, isBlock) => {
        const body = isBlock ? `${key} {\n${text}\n}` : `${key} = ${text}`;
        starts(`locals {\n a = local.a\n}\nresource "${type}" "x" {\n${body}\n}\n`);
      },
    ),
    { numRuns: 300 },
  );
});

test('locals of locals cost what is read, not what they would unfold to', () => {
  const many = (name: string) => `[${Array.from({ length: 300 }, () => `local.${name}`).join(', ')}]`;
  const locals = `locals {\n a = ${many('b')}\n b = ${many('c')}\n c = ${many('d')}\n d = "x"\n}\n`;
  const text = `${locals}resource "aws_ecs_task_definition" "t" {\n container_definitions = jsonencode(local.a)\n}\n`;
  expect(readDefinition(text).workloads).toHaveLength(1);
});

test.each([
  ['module "api" {\n  source = "terraform-aws-modules/ecs/aws//modules/service"\n}\n', 1],
  ['resource "aws_ecs_cluster" "c" {\n  name = "c"\n}\nmodule "api" {\n  source = "./api"\n}\n', 4],
])('what only a module makes is said to stand there: %j', (text, line) => {
  expect(readDefinition(text)).toEqual({ workloads: [], problem: { kind: 'module', line } });
});
