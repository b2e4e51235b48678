import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatPlatform, formatReference } from '../core/index.ts';
import { inWords } from '../messages/index.ts';
import { parseProject } from './project.ts';
import { resolveProject } from './resolve.ts';
import type { ResolvedProject } from './types.ts';

function seed(n: number): string {
  return readFileSync(new URL(`testdata/seed-${n}.yaml`, import.meta.url), 'utf8');
}

function attempt(text: string, env?: string) {
  const parsed = parseProject(text, '/p/rightarch.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map((one) => one.code).join(' '));
  return resolveProject(parsed.value, { env, today: '2026-11-22' });
}

function resolved(text: string, env?: string): ResolvedProject {
  const project = attempt(text, env);
  if (!project.ok) throw new Error(project.problems.map((one) => inWords(one, 'en').message).join('\n'));
  return project.value;
}

function refused(text: string, env?: string): readonly string[] {
  const project = attempt(text, env);
  if (project.ok) return [];
  return project.problems.map(
    (one) => `${one.at.in === 'file' ? `${one.at.start.line}:${one.at.start.column} ` : ''}${one.code}`,
  );
}

/** Each image with its platforms and who asks for them. */
function platforms(project: ResolvedProject): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    project.images.map((image) => [
      image.name,
      image.platforms.map(({ platform, because, optional }) =>
        [
          formatPlatform(platform),
          because.kind === 'target' ? because.target : 'promise',
          ...(optional ? ['optional'] : []),
        ].join(' '),
      ),
    ]),
  );
}

describe('the examples', () => {
  it('seed 0', () => {
    const project = resolved(seed(0), 'prod');
    expect(project.environment).toEqual({ name: 'prod', confirm: true, profile: 'acrique-prod' });
    expect(project.images[0]?.repositories.map(formatReference)).toEqual([
      '222222222222.dkr.ecr.ap-northeast-1.amazonaws.com/prod-acrique-v1-backend',
    ]);
    expect([project.images[0]?.context, project.images[0]?.dockerfile]).toEqual([
      '/p/backend',
      '/p/backend/Dockerfile',
    ]);
    expect(project.targets[0]).toMatchObject({
      image: 'backend',
      release: 'tag',
      settings: { cluster: 'prod-acrique-v1-cluster', service: 'prod-acrique-v1-backend' },
    });
    expect(platforms(project)).toEqual({ backend: ['linux/amd64 api'] });
  });

  it('seed 1 says that `from` is not read yet', () => expect(refused(seed(1))).toEqual(['2:7 config/from-not-yet']));

  it('seed 2 uses its one environment', () => {
    const project = resolved(seed(2));
    expect(project.environment?.name).toBe('prod');
    expect(project.images[0]?.repositories.map(formatReference)).toEqual([
      'asia-northeast1-docker.pkg.dev/acrique-prod/app/my-image',
    ]);
    expect(project.targets[0]?.ask.decidedBy).toBe('only');
  });

  it('seed 3', () => {
    const project = resolved(seed(3), 'dev');
    expect(platforms(project)).toEqual({
      lambda: ['linux/arm64 lambda'],
      apprunner: ['linux/amd64 apprunner'],
      eks: ['linux/amd64 eks', 'linux/arm64 eks'],
    });
    expect(project.images.map((image) => [image.dockerfile, image.args['SERVICE_FOLDER'], image.tags[0]])).toEqual([
      ['/p/backend/Dockerfile.lambda', 'api', 'dev-{time}'],
      ['/p/backend/Dockerfile.apprunner', 'api', 'dev-{time}'],
      ['/p/backend/Dockerfile.eks', 'api', 'dev-{time}'],
    ]);
  });

  it('seed 4 adds the promise to what the targets need', () => {
    const project = resolved(seed(4));
    expect(platforms(project)).toEqual({ 'hono-app': ['linux/amd64 intel', 'linux/arm64 graviton'] });
    expect(project.targets.map((target) => [target.image, target.ask.decidedBy])).toEqual([
      ['hono-app', 'instance'],
      ['hono-app', 'instance'],
    ]);
  });
});

describe('environments', () => {
  it('has no default among several, and knows its names', () => {
    expect(refused(seed(0))).toEqual(
      ['9:1 config/environment-needed'].map(() => expect.stringMatching(/config\/environment-needed$/)),
    );
    expect(refused(seed(0), 'prd')).toEqual(['config/environment-unknown']);
    expect(refused('images: { a: }', 'dev')).toEqual(['config/environment-unknown']);
  });

  it('overrides keys of targets', () => {
    const text = `images: { app: }
targets: { api: { runtime: fargate, architecture: amd64, service: api } }
environments:
  dev: {}
  prod: { targets: { api: { architecture: arm64, service: "{env}-api" } } }
`;
    expect(platforms(resolved(text, 'dev'))).toEqual({ app: ['linux/amd64 api'] });
    expect(platforms(resolved(text, 'prod'))).toEqual({ app: ['linux/arm64 api'] });
    expect(resolved(text, 'prod').targets[0]?.settings).toEqual({ service: 'prod-api' });
  });
});

describe('problems', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'a CPU that the runtime lacks',
      'images: { a: }\ntargets: { t: { runtime: apprunner, architecture: arm64 } }',
      ['2:51 target/cpu-not-offered'],
    ],
    ['a CPU that nobody says', 'images: { a: }\ntargets: { t: { runtime: eks } }', ['2:26 target/cpu-undeclared']],
    [
      'a machine of another CPU',
      'images: { a: }\ntargets: { t: { runtime: ec2, instance: m7g.large, architecture: amd64 } }',
      ['2:66 target/instance-other-cpu'],
    ],
    [
      'a variable that nobody defines',
      'images: { a: { repository: "ghcr.io/{team}/a" } }',
      ['1:28 config/variable-unknown'],
    ],
    [
      'a variable of tags elsewhere',
      'images: { a: { repository: "ghcr.io/x/{sha}" } }',
      ['1:28 config/variable-unknown'],
    ],
    [
      'an empty variable',
      'images: { a: { context: "{dir}" } }\nenvironments: { dev: { dir: "" } }',
      ['1:25 config/variable-empty'],
    ],
    [
      'a repository in capitals',
      'images: { a: { repository: "ghcr.io/Team/a" } }',
      ['1:28 platform/reference-malformed'],
    ],
    [
      'a repository with a tag',
      'images: { a: { repository: "ghcr.io/team/a:1" } }',
      ['1:28 config/repository-with-tag'],
    ],
    ['a secret of unknown keys', 'images: { a: { secrets: ["id=x,mode=1"] } }', ['1:25 config/secret-malformed']],
  ])('%s', (_what, text, expected) => expect(refused(text)).toEqual(expected));

  it('come all at once', () => {
    expect(refused('images: { a: { repository: "{x}/{y}", tags: ["{z}"] } }').length).toBe(3);
  });
});

describe('images', () => {
  it('has paths beside the file, and docker’s secrets', () => {
    const [image] = resolved(`images:
  app:
    context: services/app
    dockerfile: ../Dockerfile
    target: runtime
    args: { VERSION: "{image}", SHELL: "\${HOME}/x" }
    contexts: { lib: ../lib, base: "docker-image://debian:12", layout: "oci:out" }
    ssh: [default, "deploy=keys/id"]
    secrets: ["id=npm,src=.npmrc", { id: token, env: TOKEN }, "id=bare"]
    optional-platforms: [linux/riscv64]
    platforms: amd64
`).images;
    expect(image).toMatchObject({
      context: '/p/services/app',
      dockerfile: '/p/services/Dockerfile',
      stage: 'runtime',
      // A shell's own variable is not ours.
      args: { VERSION: 'app', SHELL: '${HOME}/x' },
      contexts: { lib: '/lib', base: 'docker-image://debian:12', layout: 'oci:out' },
      ssh: ['default', 'deploy=/p/keys/id'],
      secrets: [{ id: 'npm', file: '/p/.npmrc' }, { id: 'token', env: 'TOKEN' }, { id: 'bare' }],
    });
    expect(platforms(resolved('images: { a: { platforms: amd64, optional-platforms: [riscv64, amd64] } }'))).toEqual({
      a: ['linux/amd64 promise', 'linux/riscv64 promise optional'],
    });
  });

  it('asks for nothing where nothing asks', () => expect(platforms(resolved('images: { a: }'))).toEqual({ a: [] }));

  it('carries an assumption into the ask', () => {
    const project = resolved(
      'images: { a: }\ntargets: { t: { runtime: apprunner, assume: { architecture: arm64, reason: seen } } }',
    );
    expect(project.targets[0]?.ask).toMatchObject({ decidedBy: 'assumed', assume: { reason: 'seen' } });
    expect(platforms(project)).toEqual({ a: ['linux/arm64 t'] });
  });

  it('reads mirrors and what is silenced', () => {
    const project = resolved(
      'mirrors: { docker.io: ["oci:bases", "http://127.0.0.1:5000"] }\nignore: [{ code: a/b, paths: x, reason: y }]',
    );
    expect(project.mirrors).toEqual({ 'docker.io': ['oci:/p/bases', 'http://127.0.0.1:5000'] });
    expect(project.ignore).toMatchObject([
      { code: 'a/b', paths: ['x'], reason: 'y', at: { file: '/p/rightarch.yaml', start: { line: 2, column: 10 } } },
    ]);
  });
});

describe('builders', () => {
  it('are addresses for buildctl, or names of docker, with variables and with files beside the configuration', () => {
    const { builders } = resolved(`
environments: { dev: { pool: fast } }
builders:
  amd64: unix:///run/buildkit/buildkitd.sock
  linux/arm64: { address: "tcp://{pool}.example:1234", ca: tls/ca.pem, cert: /etc/cert.pem, server-name: builder }
  linux/riscv64: "{pool}-pool"
`);
    expect(
      builders.map(({ platform, at, ...one }) => [formatPlatform(platform), at.in === 'file' && at.start.line, one]),
    ).toEqual([
      ['linux/amd64', 4, { engine: 'buildkit', name: 'unix:///run/buildkit/buildkitd.sock' }],
      [
        'linux/arm64',
        5,
        {
          engine: 'buildkit',
          name: 'tcp://fast.example:1234',
          ca: '/p/tls/ca.pem',
          cert: '/etc/cert.pem',
          serverName: 'builder',
        },
      ],
      ['linux/riscv64', 6, { engine: 'buildx', name: 'fast-pool' }],
    ]);
  });

  it('are pods of Kubernetes, by the arguments of buildx, under a name that is the same everywhere', () => {
    const pool = (word: string, written: string, kubeconfig?: string) => {
      const parsed = parseProject(`builders: { ${word}: { kubernetes: ${written} } }`, '/p/rightarch.yaml');
      if (!parsed.ok) throw new Error(parsed.problems.map((one) => one.code).join(' '));
      const project = resolveProject(parsed.value, { kubeconfig });
      return project.ok ? project.value.builders[0]! : undefined;
    };
    const one = pool('arm64', '{ replicas: 2, nodeselector: disk=ssd, rootless: true }')!;
    expect(one).toMatchObject({
      engine: 'buildx',
      name: expect.stringMatching(/^rightarch-arm64-[0-9a-f]{8}$/),
      pool: {
        node: one.name,
        runsOn: one.platform,
        options: { replicas: '2', nodeselector: 'disk=ssd,kubernetes.io/arch=arm64', rootless: 'true' },
      },
    });
    const same = pool('linux/arm64', '{ rootless: true, nodeselector: disk=ssd, replicas: 2 }', '/k/config')!;
    expect(same.pool?.node).toBe(one.name);
    expect(same.name).toMatch(new RegExp(`^${one.name}-[0-9a-f]{4}$`));
    expect(pool('arm64', '{ replicas: 3, nodeselector: disk=ssd, rootless: true }')!.name).not.toBe(one.name);
    // Nothing said is a pool too, and machines of another CPU stay what their owner said.
    expect(pool('linux/arm/v7', '')!.pool).toMatchObject({
      node: expect.stringMatching(/^rightarch-arm-v7-/),
      options: { nodeselector: 'kubernetes.io/arch=arm' },
    });
    const other = pool('linux/arm/v7', '{ nodeselector: kubernetes.io/arch=arm64 }')!.pool!;
    expect([formatPlatform(other.runsOn), other.options]).toEqual([
      'linux/arm64',
      { nodeselector: 'kubernetes.io/arch=arm64' },
    ]);
  });

  it.each([
    ['builders: { linux/arm64: { kubernetes: { replica: 2 } } }', 'config/unknown-key'],
    ['builders: { linux/arm64: { kubernetes: { replicas: 0 } } }', 'config/empty-value'],
    ['builders: { linux/arm64: { kubernetes: { rootless: perhaps } } }', 'config/wrong-type'],
    ['builders: { linux/arm64: { kubernetes: {}, address: pool } }', 'config/unknown-key'],
    ['builders: { linux/arm64: {} }', 'config/missing-key'],
    ['builders: { "linux/arm64,linux/amd64": pool }', 'platform/malformed'],
    ['builders: { linux/arm64: "http://builder:1234" }', 'config/wrong-type'],
    ['builders: { linux/arm64: "ssh://-oProxyCommand=x" }', 'config/wrong-type'],
    ['builders: { linux/arm64: "ssh://me@-oProxyCommand=x" }', 'config/wrong-type'],
    ['builders: { linux/arm64: { address: pool, cart: x } }', 'config/unknown-key'],
  ])('%s is refused', (text, code) => {
    const parsed = parseProject(text, '/p/rightarch.yaml');
    expect(parsed.ok ? [] : parsed.problems.map((one) => one.code)).toEqual([code]);
  });
});
