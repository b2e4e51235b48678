import { describe, expect, test } from 'vitest';
import { checkRepository } from '../check.ts';
import { arm64, Dockerfile, found, runtimesOf } from '../test-found.ts';

const task = {
  'ecs/task.json': JSON.stringify({
    family: 'api',
    requiresCompatibilities: ['FARGATE'],
    containerDefinitions: [{ name: 'api', image: 'r.io/api:1' }],
  }),
};

const gitlab = (tag: string, ...lines: readonly string[]) => ({
  '.gitlab-ci.yml': `build:\n  tags: [saas-linux-small-${tag}]\n  script:\n    - |\n${lines.map((one) => `      ${one}\n`).join('')}`,
});

describe('what builds without a Docker, for a task of Fargate on x86', () => {
  const kaniko = (...flags: readonly string[]) =>
    ['/kaniko/executor --context "$CI_PROJECT_DIR" --destination "r.io/api:1"', ...flags].join(' ');
  const buildctl = (...flags: readonly string[]) =>
    [
      'buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.',
      '--output type=image,name=r.io/api:1,push=true',
      ...flags,
    ].join(' ');
  test.each<[string, Record<string, string>, readonly string[]]>([
    ['kaniko on x86', gitlab('amd64', kaniko()), []],
    ['kaniko on Arm', gitlab('arm64', kaniko()), ['cpu-differs .gitlab-ci.yml:5']],
    ['kaniko on Arm that is told x86', gitlab('arm64', kaniko('--custom-platform=linux/amd64')), []],
    [
      'kaniko on x86 that is told Arm',
      gitlab('amd64', kaniko('--customPlatform=linux/arm64')),
      ['cpu-differs .gitlab-ci.yml:5'],
    ],
    ['kaniko with flags that are not seen', gitlab('arm64', kaniko('$EXTRA')), []],
    [
      'kaniko of another Dockerfile',
      gitlab('arm64', kaniko('--dockerfile $CI_PROJECT_DIR/db/Dockerfile')),
      ['builder-decides Dockerfile:1'],
    ],
    ['buildctl', gitlab('amd64', buildctl()), []],
    ['buildctl for Arm', gitlab('amd64', buildctl('--opt platform=linux/arm64')), ['cpu-differs .gitlab-ci.yml:5']],
    ['buildctl for both', gitlab('amd64', buildctl('--opt platform=linux/amd64,linux/arm64')), []],
    ['buildctl on Arm', gitlab('arm64', buildctl()), ['cpu-differs .gitlab-ci.yml:5']],
    [
      'something else that is called executor',
      gitlab('arm64', 'bin/executor --destination r.io/api:1'),
      ['builder-decides Dockerfile:1'],
    ],
  ])('%s', (_, files, expected) => {
    expect(found({ Dockerfile, ...task, ...files })).toEqual(expected);
  });
});

test('who pushes to the registry of a platform runs it there', () => {
  const build = (name: string) => ({
    Dockerfile,
    'build.sh': `docker buildx build --platform linux/arm64 -t ${name} --push .\n`,
  });
  expect(found(build('registry.heroku.com/shop/web'))).toEqual(['no-such-cpu build.sh:1']);
  expect(runtimesOf(build('registry.heroku.com/shop/web'))).toEqual(['heroku shop only amd64 build.sh:1']);
  expect(runtimesOf(build('registry.fly.io/shop:1'))).toEqual(['fly shop only amd64 build.sh:1']);
  expect(found(build('r.io/registry.fly.io/shop:1'))).toEqual([]);
});

describe('what a platform builds is built for its own CPU', () => {
  test.each<[string, Record<string, string>]>([
    ['Render', { 'render.yaml': 'services: [{ type: web, name: a, env: docker }]\n' }],
    ['Railway', { 'railway.json': '{"build":{"builder":"DOCKERFILE"}}' }],
    ['Railway in TOML', { 'railway.toml': '[build]\nbuilder = "dockerfile"\n' }],
    ['DigitalOcean', { '.do/app.yaml': 'name: a\nservices: [{ name: web, dockerfile_path: Dockerfile }]\n' }],
    ['Heroku', { 'heroku.yml': 'build: { docker: { web: Dockerfile } }\n' }],
    ['Fly', { 'fly.toml': 'app = "a"\n' }],
    ['Fly by a command', { 'deploy.sh': 'flyctl deploy --remote-only\n' }],
    ['Fly without a name', { 'fly.toml': '[http_service]\ninternal_port = 80\n' }],
  ])('%s', (_, files) => {
    expect(found({ Dockerfile, ...files })).toEqual([]);
    expect(runtimesOf({ Dockerfile, ...files })).toEqual([expect.stringContaining(' only amd64 ')]);
    // What is for another CPU in the Dockerfile itself breaks there too.
    const pinned = 'FROM --platform=linux/arm64 node:22\nRUN npm --version\n';
    expect(found({ Dockerfile: pinned, ...files })).toEqual(['platform-pinned Dockerfile:1']);
  });

  test('an image that it pulls is built elsewhere', () => {
    const files = { 'fly.toml': 'app = "a"\n[build]\nimage = "r.io/api:1"\n', 'render.yaml': 'services: []\n' };
    expect(found({ ...arm64, ...files })).toEqual(['no-such-cpu build.sh:1']);
  });
});

describe('a CPU that a kustomization patches in', () => {
  const base = {
    'k8s/deployment.yaml':
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api }\nspec: { template: { spec: { containers: [{ name: api, image: r.io/api }] } } }\n',
  };
  const kustomization = (patch: string) => ({
    'k8s/kustomization.yaml': `resources: [deployment.yaml]\npatches:\n  - target: { kind: Deployment, name: api }\n    patch: |-\n${patch.replace(/^/gm, '      ')}\n`,
  });
  const amd64 = { Dockerfile, 'build.sh': 'docker build --platform linux/amd64 -t r.io/api .\ndocker push r.io/api\n' };
  const part = (cpu: string) =>
    `kind: Deployment\napiVersion: apps/v1\nmetadata: { name: api }\nspec: { template: { spec: { nodeSelector: { kubernetes.io/arch: ${cpu} } } } }`;
  const operation = (path: string, value: string) => `- op: add\n  path: ${path}\n  value: ${value}`;
  test.each<[string, string, readonly string[]]>([
    ['a part of the manifest', part('arm64'), ['cpu-differs build.sh:1']],
    ['the CPU that is built', part('amd64'), []],
    [
      'an operation',
      operation('/spec/template/spec/nodeSelector', '{ kubernetes.io/arch: arm64 }'),
      ['cpu-differs build.sh:1'],
    ],
    [
      'an operation on the label',
      operation('/spec/template/spec/nodeSelector/kubernetes.io~1arch', 'arm64'),
      ['cpu-differs build.sh:1'],
    ],
    ['an operation on something else', operation('/metadata/labels/arch', 'arm64'), []],
    [
      'a test',
      operation('/spec/template/spec/nodeSelector', '{ kubernetes.io/arch: arm64 }').replace('add', 'test'),
      [],
    ],
    ['another label', operation('/spec/template/spec/nodeSelector', '{ disk: ssd }'), []],
    ['no YAML', '{{{', []],
  ])('%s', (_, patch, expected) => {
    expect(found({ ...amd64, ...base, ...kustomization(patch) })).toEqual(expected);
  });
});

test.each<[string, Record<string, string>, string]>([
  ['a command', { 'build.sh': 'docker build -t r.io/api:1 .\n' }, '--platform linux/amd64'],
  ['compose', { 'compose.yaml': 'services: { api: { build: ., image: r.io/api:1 } }\n' }, 'platform: linux/amd64'],
  ['bake', { 'docker-bake.hcl': 'target "default" { tags = ["r.io/api:1"] }\n' }, 'platforms = ["linux/amd64"]'],
])('%s names the platform of a build in its own words', (_, files, expected) => {
  const all = Object.entries({ Dockerfile, ...task, ...files }).map(([path, text]) => ({ path, text }));
  const { diagnostics } = checkRepository(all, { platforms: [], inlineIgnore: true, today: '2026-11-30' });
  expect(diagnostics.map(({ args }) => args['write'])).toEqual([expected]);
});
