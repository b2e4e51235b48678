import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDefinition } from './index.ts';
import { starts, workloads } from './shown.testdata.ts';

const ecs = (container: object, more: object = {}) =>
  JSON.stringify({ family: 'api', containerDefinitions: [{ name: 'web', image: 'app:1', ...container }], ...more });
const pod = (container: object, spec: object = {}) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'api' },
    spec: { ...spec, containers: [{ name: 'web', image: 'app:1', ...container }] },
  });
const lambda = (properties: object) =>
  JSON.stringify({ FunctionName: 'f', PackageType: 'Image', Architectures: ['arm64'], ...properties });
const compose = (service: object) => JSON.stringify({ services: { web: { image: 'app:1', ...service } } });

describe('ECS', () => {
  test.each([
    ['{"containerDefinitions":[]}', ['ecs ecs-ec2 ? -']],
    [ecs({}, { requiresCompatibilities: ['FARGATE'] }), ['ecs ecs-fargate api -']],
    [ecs({}, { requiresCompatibilities: ['EC2', 'FARGATE'] }), ['ecs ecs-fargate+ecs-ec2 api -']],
    [ecs({}, { runtimePlatform: { cpuArchitecture: 'ARM64' } }), ['ecs ecs-ec2 api linux/arm64']],
    [JSON.stringify({ taskDefinition: JSON.parse(ecs({})), tags: [] }), ['ecs ecs-ec2 api -']],
    [
      'Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      RequiresCompatibilities: [FARGATE]\n' +
        '      RuntimePlatform: { CpuArchitecture: !Ref Cpu }\n      ContainerDefinitions: []',
      ['ecs ecs-fargate T !Ref Cpu'],
    ],
    [
      JSON.stringify({
        TemplateBody: 'Resources: { F: { Type: AWS::Lambda::Function, Properties: { PackageType: Image } } }',
      }),
      ['lambda lambda F -'],
    ],
  ])('%s', (text, expected) => expect(workloads(readDefinition(text))).toEqual(expected));

  test.each([
    [
      { command: ['a', 'b'], entryPoint: ['/e'] },
      { command: ['a', 'b'], entrypoint: ['/e'] },
    ],
    // What describe-task-definition prints of nothing sets nothing.
    [{ command: [], environment: [], mountPoints: [], volumesFrom: [], user: '', workingDirectory: '' }, {}],
    [{ entryPoint: [] }, { open: ['entrypoint []'] }],
    [{ environment: [{ name: 'A', value: '1' }, { name: 'B' }] }, { env: { A: '1', B: '' } }],
    [{ secrets: [{ name: 'PATH', valueFrom: 'arn:…' }] }, { open: ['env PATH PATH'] }],
    [{ environmentFiles: [{ value: 'arn:aws:s3:::b/x.env', type: 's3' }] }, { open: ['env arn:aws:s3:::b/x.env'] }],
    [
      { user: '1000:10', workingDirectory: '/srv', readonlyRootFilesystem: true },
      { user: '1000:10', workdir: '/srv', readOnly: true },
    ],
    [{ mountPoints: [{ sourceVolume: 'v', containerPath: '/data/' }] }, { mounts: ['/data'] }],
    [{ volumesFrom: [{ sourceContainer: 'x' }] }, { mounts: ['/'] }],
    [{ command: 'sh -c x' }, { open: ['command scalar'] }],
    [{ command: ['{{ must_env `BIN` }}'] }, { open: ['command {{ must_env `BIN` }}'] }],
    // A shell has variables of its own.
    [{ command: ['sh', '-c', 'exec ${BIN}'] }, { command: ['sh', '-c', 'exec ${BIN}'] }],
    [{ command: ['${bin}'] }, { open: ['command ${bin}'] }],
    [{ command: [{ Ref: 'Bin' }] }, { open: ['command Ref: Bin'] }],
    [{ command: { 'Fn::Split': [',', 'a,b'] } }, { open: ['command Fn::Split'] }],
    [{ command: [{ 'Fn::Sub': '/app' }] }, { command: ['/app'] }],
  ])('%j', (container, expected) => expect(starts(ecs(container))).toEqual([expected]));

  test('a tag of CloudFormation is no text', () => {
    const [set] = starts(
      'Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ContainerDefinitions:\n' +
        '        - { Name: web, Command: [!Ref Bin], User: !Sub "$' +
        '{Uid}", WorkingDirectory: !Sub /srv }',
    );
    expect(set).toEqual({ workdir: '/srv', open: ['command !Ref Bin', 'user !Sub ${Uid}'] });
  });
});

describe('what cannot be read is never left out', () => {
  const template = (container: string) =>
    `Resources: { T: { Type: AWS::ECS::TaskDefinition, Properties: { ContainerDefinitions: [{ Name: web, Image: app }, ${container}] } } }`;
  test.each([
    ['!If [A, { Name: x, Image: y, Command: [a] }, !Ref AWS::NoValue]', [{}, { command: ['a'] }]],
    ['{ Fn::If: [A, { Name: x, Image: y, Command: [a] }, { Ref: AWS::NoValue }] }', [{}, { command: ['a'] }]],
    ['!If [A, { Name: x, Command: [a] }, { Name: x, Command: [b] }]', [{}, { command: ['a'] }, { command: ['b'] }]],
    ['!FindInMap [A, B, C]', [{}, { open: ['command !FindInMap'] }]],
    ['{ Fn::Transform: { Name: x } }', [{}, { open: ['command Fn::Transform'] }]],
  ])('a container is %s', (container, expected) => expect(starts(template(container))).toEqual(expected));

  test.each([
    [
      'containers',
      'ContainerDefinitions: !If [A, [{ Name: x, Command: [a] }], [{ Name: x, Command: [b] }]]',
      ['a', 'b'],
    ],
    ['containers of somebody else', 'ContainerDefinitions: !Ref Containers', [undefined]],
  ])('%s', (_, properties, expected) => {
    const found = starts(`Resources: { T: { Type: AWS::ECS::TaskDefinition, Properties: { ${properties} } } }`);
    expect(found.map((one) => ('command' in one ? one.command?.[0] : undefined))).toEqual(expected);
  });

  test.each([
    [ecs({ mountPoints: { 'Fn::If': ['A', [], []] } }), { mounts: ['/'] }],
    [ecs({ volumesFrom: { Ref: 'V' } }), { mounts: ['/'] }],
    [ecs({ linuxParameters: { tmpfs: [{ containerPath: '/app', size: 1 }] } }), { mounts: ['/app'] }],
    [ecs({ linuxParameters: { Ref: 'L' } }), { mounts: ['/'] }],
    [
      pod({ securityContext: '{{ x }}' }),
      { open: ['user scalar', 'group scalar', 'nonRoot scalar', 'readOnly scalar'] },
    ],
    [pod({ envFrom: '{{ x }}' }), { open: ['env envFrom'] }],
    [pod({ volumeMounts: '{{ x }}' }), { mounts: ['/'] }],
    [
      'apiVersion: v1\nkind: Pod\nspec: { securityContext: {runAsUser: 1}, securityContext: {runAsUser: 0}, containers: [{name: a}] }',
      { open: ['user unreadable', 'group unreadable', 'nonRoot unreadable'] },
    ],
    [lambda({ Environment: { Ref: 'E' } }), { open: ['env Ref: E'] }],
    [lambda({ FileSystemConfigs: { Ref: 'E' } }), { mounts: ['/'] }],
    ['services: { web: { image: a }, web: { image: b, command: x } }', { open: ['command unreadable'] }],
    [compose({ volumes: 'x' }), { mounts: ['/'] }],
    [
      compose({ configs: ['c', { source: 'd' }, { source: 'e', target: '/app/e' }] }),
      { mounts: ['/c', '/d', '/app/e'] },
    ],
    [compose({ secrets: ['s', { source: 't', target: 'u' }] }), { mounts: ['/run/secrets/s', '/run/secrets/u'] }],
  ])('%s', (text, expected) => expect(starts(text)).toEqual([expected]));

  test.each([
    ['./x:/data/../app/:ro', '/app'],
    ['$' + '{D:-./x}:/app', '/app'],
    ['./x:/srv/$NAME/x', '/'],
    ['./x:/srv/$' + '{NAME}', '/'],
    ['C:\\x:/app', '/app'],
    ['/srv/a$$b', '/srv/a$b'],
  ])('%s is mounted over %s', (volume, path) => {
    expect(starts(compose({ volumes: [volume] }))).toEqual([{ mounts: [path] }]);
  });

  test.each([
    ['of its own namespace', ['a', 'b'], { env: { K: 'a' } }],
    ['of no namespace', [undefined], { env: { K: '0' } }],
    ['of another namespace', ['b'], { open: ['env ConfigMap/m'] }],
    ['that is there twice', ['a', 'a'], { open: ['env ConfigMap/m'] }],
  ])('a pod takes the ConfigMap %s', (_, namespaces, expected) => {
    const maps = namespaces.map((namespace, i) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'm', namespace },
        data: { K: namespace ?? `${i}` },
      }),
    );
    const own = JSON.parse(pod({ envFrom: [{ configMapRef: { name: 'm' } }] }));
    const text = [...maps, JSON.stringify({ ...own, metadata: { name: 'api', namespace: 'a' } })].join('\n---\n');
    expect(starts(text)).toEqual([expected]);
  });

  test('a value of a ConfigMap is taken as it is', () => {
    const map = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"K":"$(A)$$"}}';
    const valueFrom = { configMapKeyRef: { name: 'm', key: 'K' } };
    const one = pod({
      env: [
        { name: 'A', value: '1' },
        { name: 'B', valueFrom },
      ],
      args: ['$(B)'],
    });
    expect(starts(`${map}\n---\n${one}`)).toEqual([{ command: ['$(A)$$'], env: { A: '1', B: '$(A)$$' } }]);
  });

  test('a number of YAML 1.1 in octal is no user that we know', () =>
    expect(
      starts('apiVersion: v1\nkind: Pod\nspec: { containers: [{ securityContext: { runAsUser: 0100 } }] }'),
    ).toEqual([{ open: ['user 0100'] }]));
});

describe('Kubernetes', () => {
  const template = { template: { spec: { containers: [] } } };
  const affinity = (...values: string[]) => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: values.map((value) => ({
            matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: value.split(',') }],
          })),
        },
      },
    },
  });
  test.each([
    [pod({}), ['kubernetes kubernetes api -']],
    [pod({}, { nodeSelector: { 'kubernetes.io/arch': 'arm64' } }), ['kubernetes kubernetes api linux/arm64']],
    [pod({}, affinity('amd64,arm64')), ['kubernetes kubernetes api linux/amd64+linux/arm64']],
    [pod({}, affinity('amd64', 'arm64')), ['kubernetes kubernetes api linux/amd64+linux/arm64']],
    [
      pod({}, { nodeSelector: { 'kubernetes.io/arch': '{{ .Values.arch }}' } }),
      ['kubernetes kubernetes api {{ .Values.arch }}'],
    ],
    ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'].map(
      (kind) => [JSON.stringify({ apiVersion: 'x', kind, spec: template }), ['kubernetes kubernetes ? -']] as const,
    ),
    [
      JSON.stringify({ apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate: { spec: template } } }),
      ['kubernetes kubernetes ? -'],
    ],
    [
      `{apiVersion: v1, kind: List, items: [${pod({})}, {kind: Service}]}\n---\n${pod({})}`,
      ['kubernetes kubernetes api -', 'kubernetes kubernetes api -'],
    ],
    [
      '{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: s}, spec: {template: {spec: {containers: [{image: a}]}}}}',
      ['cloud-run cloud-run s -'],
    ],
    [
      '{apiVersion: run.googleapis.com/v1, kind: Job, metadata: {name: j}, spec: {template: {spec: {template: {spec: {containers: [{image: a}]}}}}}}',
      ['cloud-run cloud-run j -'],
    ],
    ['{apiVersion: v1, kind: Service, spec: {}}', []],
  ] as readonly (readonly [string, readonly string[]])[])('%s', (text, expected) =>
    expect(workloads(readDefinition(text))).toEqual(expected),
  );

  test.each([
    [{ command: ['/e'], args: ['a'] }, {}, { entrypoint: ['/e'], command: ['a'] }],
    [{ command: [], args: [] }, {}, {}],
    [
      { command: ['$(BIN)', '$$(BIN)', '$(NONE)', 'a$', '$x'], env: [{ name: 'BIN', value: '/app' }] },
      {},
      { entrypoint: ['/app', '$(BIN)', '$(NONE)', 'a$', '$x'], env: { BIN: '/app' } },
    ],
    [{ command: ['$(DB_SERVICE_HOST)'] }, {}, { open: ['entrypoint $(DB_SERVICE_HOST)'] }],
    [
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '$(A)2' },
          { name: 'C', value: '$(D)' },
          { name: 'D', value: 'x' },
        ],
      },
      {},
      { env: { A: '1', B: '12', C: '$(D)', D: 'x' } },
    ],
    [
      { env: [{ name: 'PATH', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
      {},
      { open: ['env PATH Secret/s'] },
    ],
    [
      { env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }] },
      {},
      { open: ['env IP fieldRef'] },
    ],
    [
      { envFrom: [{ configMapRef: { name: 'c' } }], command: ['$(X)'] },
      {},
      { open: ['env ConfigMap/c', 'entrypoint $(X)'] },
    ],
    [
      { securityContext: { runAsUser: 1, readOnlyRootFilesystem: true } },
      { securityContext: { runAsUser: 2, runAsGroup: 3, fsGroup: 5, supplementalGroups: [4] } },
      { user: '1', group: '3', groups: [4, 5], readOnly: true },
    ],
    [{}, { securityContext: { runAsNonRoot: true } }, { nonRoot: true }],
    [{ securityContext: { runAsUser: 'node' } }, {}, { open: ['user node'] }],
    [
      { volumeMounts: [{ name: 'v', mountPath: '/data' }, { name: 'w' }], workingDir: '/srv' },
      {},
      { workdir: '/srv', mounts: ['/data', '/'] },
    ],
    [{ args: 'x' }, {}, { open: ['command scalar'] }],
    [{ command: [''] }, {}, { open: ['entrypoint [""]'] }],
  ])('%j %j', (container, spec, expected) => expect(starts(pod(container, spec))).toEqual([expected]));

  test('ConfigMaps of the same text are read, values of Secrets are not', () => {
    const text = [
      pod({
        envFrom: [{ configMapRef: { name: 'c' }, prefix: 'P_' }, { secretRef: { name: 's' } }],
        env: [{ name: 'K', valueFrom: { configMapKeyRef: { name: 'c', key: 'A' } } }],
      }),
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {A: "1"}}',
      '{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {TOKEN: x}}',
    ].join('\n---\n');
    expect(starts(text)).toEqual([{ env: { P_A: '1', K: '1' }, open: ['env TOKEN Secret/s'] }]);
  });

  test('init containers are told apart', () => {
    const { workloads: found } = readDefinition(pod({}, { initContainers: [{ name: 'migrate', image: 'app:1' }] }));
    expect(found[0]?.containers.map(({ name, role }) => [name, role])).toEqual([
      ['web', 'main'],
      ['migrate', 'init'],
    ]);
  });

  test('Cloud Run puts no variables in', () => {
    const service = (container: string) =>
      starts(
        `{apiVersion: serving.knative.dev/v1, kind: Service, spec: {template: {spec: {containers: [${container}]}}}}`,
      );
    expect(service('{command: ["$(A)"]}')).toEqual([{ entrypoint: ['$(A)'] }]);
    const env = 'env: [{name: A, value: x}]';
    expect(service(`{command: [sh], args: ["-c", "$(date) $A"], ${env}}`)).toEqual([
      { entrypoint: ['sh'], command: ['-c', '$(date) $A'], env: { A: 'x' } },
    ]);
    expect(service(`{args: ["$(A)"], ${env}}`)).toEqual([{ env: { A: 'x' }, open: ['command $(A)'] }]);
  });
});

describe('Lambda', () => {
  const command = { ImageConfigResponse: { ImageConfig: { Command: ['app.handler'] } } };
  test.each([
    [lambda(command), ['lambda lambda f linux/arm64']],
    [
      JSON.stringify({ Configuration: JSON.parse(lambda({})), Code: { ImageUri: 'app:1' } }),
      ['lambda lambda f linux/arm64'],
    ],
    [
      JSON.stringify({ Functions: [JSON.parse(lambda({})), { FunctionName: 'zip', PackageType: 'Zip' }] }),
      ['lambda lambda f linux/arm64'],
    ],
    [
      '{Globals: {Function: {Architectures: [arm64]}}, Resources: {F: {Type: AWS::Serverless::Function, Properties: {ImageUri: a}}}}',
      ['lambda lambda F linux/arm64'],
    ],
    ['{Resources: {F: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, Handler: a.b}}}}', []],
  ])('%s', (text, expected) => expect(workloads(readDefinition(text))).toEqual(expected));

  test.each([
    [command, { command: ['app.handler'] }],
    [
      { ImageConfig: { EntryPoint: ['/e'], Command: ['h'], WorkingDirectory: '/w' } },
      { entrypoint: ['/e'], command: ['h'], workdir: '/w' },
    ],
    // Whether the image's CMD stays behind another ENTRYPOINT is said nowhere.
    [{ ImageConfig: { EntryPoint: ['/e'] } }, { entrypoint: ['/e'], open: ['command ImageConfig.Command'] }],
    [{ Environment: { Variables: { A: '1', B: { Ref: 'X' } } } }, { env: { A: '1' }, open: ['env B Ref: X'] }],
    [{ FileSystemConfigs: [{ LocalMountPath: '/mnt/x' }] }, { mounts: ['/mnt/x'] }],
  ])('%j', (properties, expected) => expect(starts(lambda(properties))).toEqual([expected]));
});

describe('compose', () => {
  test.each([
    [{ command: `sh -c "a 'b'" c\\ d` }, { command: ['sh', '-c', "a 'b'", 'c d'] }],
    [{ command: String.raw`a\tb "c\nd" 'e\t'` }, { command: ['a\tb', 'c\nd', 'e\\t'] }],
    [
      { command: ['a', 'b'], entrypoint: '/e x' },
      { command: ['a', 'b'], entrypoint: ['/e', 'x'] },
    ],
    [{ command: null }, {}],
    [{ command: [] }, { open: ['command []'] }],
    [{ entrypoint: [] }, { entrypoint: [], open: ['command entrypoint: []'] }],
    [
      { entrypoint: [], command: 'a' },
      { entrypoint: [], command: ['a'] },
    ],
    [{ command: 'a && b' }, { open: ['command a && b'] }],
    [{ command: ['$BIN', 'x'] }, { open: ['command $BIN'] }],
    [{ command: ['sh', '-c', 'echo $$HOME'] }, { command: ['sh', '-c', 'echo $HOME'] }],
    [{ environment: { A: 1, B: null } }, { env: { A: '1' }, open: ['env B B'] }],
    [{ environment: ['A=1', 'B', 'C=${X}'] }, { env: { A: '1' }, open: ['env B B', 'env C ${X}'] }],
    [{ env_file: ['.env'] }, { open: ['env .env'] }],
    [
      { user: 1000, working_dir: '/w', read_only: true },
      { user: '1000', workdir: '/w', readOnly: true },
    ],
    [
      { volumes: ['./a:/b:ro', '/c', { type: 'bind', source: '.', target: '/d' }], tmpfs: '/e:size=1m' },
      { mounts: ['/b', '/c', '/d', '/e'] },
    ],
    [
      { extends: 'base', command: 'x', entrypoint: 'y', user: 'u', working_dir: '/w' },
      { command: ['x'], entrypoint: ['y'], user: 'u', workdir: '/w', mounts: ['/'], open: ['env extends: base'] },
    ],
  ])('%j', (service, expected) => expect(starts(compose(service))).toEqual([expected]));

  test('a platform, and anchors with merges', () => {
    const text = 'x-b: &b { user: "1", platform: linux/arm64 }\nservices:\n  web: { <<: *b, user: "2" }';
    expect(workloads(readDefinition(text))).toEqual(['compose - web linux/arm64']);
    expect(starts(text)).toEqual([{ user: '2' }]);
  });
});

describe('hostile texts', () => {
  const bomb = `a: &a [x]\n${Array.from(
    { length: 30 },
    (_, i) =>
      `b${i}: &b${i} [${Array(9)
        .fill(`*${i === 0 ? 'a' : `b${i - 1}`}`)
        .join(',')}]`,
  ).join('\n')}`;
  test.each([
    ['aliases that unfold without end', `${bomb}\ncontainerDefinitions: *b29`],
    ['an alias within what it means', 'containerDefinitions: &a [*a, { name: &b { x: *b } }]'],
    ['a merge of itself', 'services: &a { <<: *a, web: { <<: [*a, 1, null] } }'],
    ['an alias of nothing', 'containerDefinitions: *none'],
    ['a key twice', 'containerDefinitions: []\ncontainerDefinitions: [{}]'],
    [
      'names of every object',
      '{apiVersion: constructor, kind: Pod, spec: {containers: [{name: __proto__, env: [{name: __proto__, value: x}]}]}}',
    ],
    ['nothing', ''],
    ['a number', '7'],
    ['NUL', '\0'],
    ['half a surrogate', 'kind: "\ud800"'],
  ])('%s', (_name, text) => {
    for (const { containers } of readDefinition(text).workloads) for (const one of containers) one.start();
  });

  test('nesting deeper than the stack, and a text beyond every service', () => {
    expect(readDefinition('['.repeat(200_000)).problem?.kind).toMatch(/too-deep|syntax/);
    expect(readDefinition(`{a: ${'['.repeat(150)}${']'.repeat(150)}}`).problem?.kind).toBe('too-deep');
    expect(readDefinition('a'.repeat(2_000_001)).problem?.kind).toBe('too-large');
  });

  test('a key that is written twice is open, not the last', () => {
    expect(starts('{containerDefinitions: [{command: [a], command: [b]}]}')).toEqual([
      { open: ['command unreadable'] },
    ]);
  });

  test('many aliases of one long list cost what is read, not what it would unfold to', () => {
    const env = Array.from({ length: 20_000 }, (_, i) => `{name: A${i}}`).join(',');
    const text = `x: &e [${env}]\ncontainerDefinitions: [${Array(10_000).fill('{environment: *e}').join(',')}]`;
    let read = 0;
    for (const { containers } of readDefinition(text).workloads)
      for (const { start } of containers) read += Object.keys(start().env ?? {}).length;
    expect(read).toBeLessThanOrEqual(200_000);
  });

  test('never throws, whatever stands where', () => {
    const keys = [
      'apiVersion',
      'kind',
      'metadata',
      'name',
      'spec',
      'template',
      'containers',
      'env',
      'envFrom',
      'valueFrom',
      'command',
      'args',
      'securityContext',
      'volumeMounts',
      'nodeSelector',
      'kubernetes.io/arch',
      'containerDefinitions',
      'entryPoint',
      'environment',
      'runtimePlatform',
      'cpuArchitecture',
      'Resources',
      'Type',
      'Properties',
      'ImageConfig',
      'Environment',
      'Variables',
      'PackageType',
      'Ref',
      'Fn::Sub',
      'services',
      'jobDefinitions',
      'containerProperties',
      'ecsProperties',
      'taskProperties',
      'nodeProperties',
      'nodeRangeProperties',
      'Service',
      'SourceConfiguration',
      'ImageRepository',
      'ImageConfiguration',
      'StartCommand',
      'RuntimeEnvironmentVariables',
      'provider',
      'functions',
      'image',
      'fileSystemConfig',
      'planned_values',
      'root_module',
      'resources',
      'values',
      'type',
      'resource_changes',
      'after_unknown',
      'web',
      'volumes',
      'extends',
      'TemplateBody',
      'items',
    ];
    const words = [
      'v1',
      'Pod',
      'List',
      'Job',
      'AWS::ECS::TaskDefinition',
      'AWS::Lambda::Function',
      'Image',
      'FARGATE',
      '$(A)',
      '${A}',
      '{{',
      '/',
      '',
    ];
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6, depthSize: 'large' },
        fc.constantFrom(...words),
        fc.constantFrom<unknown>(null, true, 3, -1.5),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 8 }),
      ),
    }));
    fc.assert(
      fc.property(value, (document) => {
        for (const { containers } of readDefinition(JSON.stringify(document)).workloads)
          for (const one of containers) one.start();
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        readDefinition(`services:\n  web:\n    ${text}`);
      }),
    );
  });
});
