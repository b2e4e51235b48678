import { expect, test } from 'vitest';
import { checkRepository } from './check.ts';

const FILE = '.github/workflows/build.yml';
const HCL = `
group "default" { targets = ["images"] }
group "images" { targets = ["api", "tool"] }
target "base" { platforms = ["linux/amd64", "linux/arm64"] }
target "api" {
  inherits = ["base", "docker-metadata-action"]
  tags = ["r.io/api"]
}
target "tool" {
  inherits = ["base"]
  platforms = ["linux/amd64"]
  output = ["bin"]
}
target "open" {
  inherits = ["base", "$\{OTHER}"]
}
target "given" { platforms = split(",", PLATFORMS) }
`;
const OF_ALL = 'target "default" { platforms = ALL }\n';
const COMPOSE =
  'services:\n  api.v1:\n    image: r.io/api\n    build:\n      context: .\n      x-bake: {platforms: [linux/amd64, linux/arm64]}\n';
const CHECKOUT = '      - uses: actions/checkout@v4\n';
const BUILDX = '      - uses: docker/setup-buildx-action@v3\n';
const META = '      - id: meta\n        uses: docker/metadata-action@v5\n        with: {images: r.io/api}\n';
const run = (text: string): string => `      - run: ${text}\n`;
const action = (...inputs: readonly string[]): string =>
  `      - uses: docker/bake-action@v6\n        with:\n          push: true\n${inputs.map((one) => `          ${one}\n`).join('')}`;

/** What is said of a builder that is missing, each as `platforms file:line`; undecided with what is not seen. */
function told(steps: string, files: Readonly<Record<string, string>> = { 'docker-bake.hcl': HCL }, head = ''): string {
  const workflow = `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n${head}    steps:\n${CHECKOUT}${steps}`;
  const { diagnostics, undecided } = checkRepository(
    Object.entries({ ...files, [FILE]: workflow }).map(([path, text]) => ({ path, text })),
    { platforms: [], inlineIgnore: true, today: '2026-11-30' },
  );
  const rows = [...diagnostics, ...undecided].flatMap(({ code, at, args }) =>
    code === 'workflow/no-builder' && at.in === 'file'
      ? [`${(args['platforms'] as string[]).length} ${at.start.line}:${at.start.column} ${args['unseen'] ?? ''}`.trim()]
      : [],
  );
  return rows.join(', ');
}

test.each<[string, string, Parameters<typeof told>[1]?, string?]>([
  ['the action and the default file', action()],
  ['the targets of a group', action('targets: images')],
  ['several targets, one of them for several', action('targets: |', '  tool', '  api')],
  ['a file by its name', action('files: ./ci/docker-bake.hcl', 'targets: api'), { 'ci/docker-bake.hcl': HCL }],
  ['a folder', action('source: ci'), { 'ci/docker-bake.hcl': HCL }],
  ['a folder of the commit', action('source: "{{defaultContext}}:ci"'), { 'ci/docker-bake.hcl': HCL }],
  ['JSON', action(), { 'docker-bake.json': '{"target": {"default": {"platforms": ["linux/amd64", "linux/arm64"]}}}' }],
  [
    'platforms in one text',
    action(),
    { 'docker-bake.hcl': 'target "default" { platforms = ["linux/amd64,linux/arm64"] }' },
  ],
  ['compose', action('files: compose.yaml'), { 'compose.yaml': COMPOSE }],
  ['a service by its name', action('targets: api_v1'), { 'docker-compose.yml': COMPOSE }],
  [
    'a group wins over the services',
    action(),
    { 'compose.yaml': 'services: {a: {build: .}}\n', 'docker-bake.hcl': HCL },
  ],
  [
    'a later file wins',
    action('targets: tool'),
    {
      'docker-bake.hcl': HCL,
      'docker-bake.override.hcl': 'target "tool" { platforms = ["linux/amd64", "linux/386"] }',
    },
  ],
  ['other overrides', action('set: |', '  *.cache-from=type=gha', '  api.tags=${{ steps.x.outputs.tags }}')],
  [
    'a target of the matrix',
    action('targets: ${{ matrix.t }}'),
    undefined,
    '    strategy: {matrix: {t: [tool, api]}}\n',
  ],
  [
    'a platform that is put in',
    action('targets: tool', 'set: |', '  *.platform=linux/amd64', '  *.platform=linux/arm64'),
  ],
  ['a platform that is added', action('targets: tool', 'set: tool.platform+=linux/arm64')],
  [
    'a variable',
    action(),
    { 'docker-bake.hcl': `variable "ALL" { default = ["linux/amd64", "linux/arm64"] }\n${OF_ALL}` },
  ],
  [
    'an attribute of the file',
    action(),
    { 'docker-bake.hcl': `ALL = ["linux/amd64", CPU]\nCPU = "linux/arm64"\n${OF_ALL}` },
  ],
  [
    'a variable in a text',
    action(),
    {
      'docker-bake.hcl':
        'variable "CPU" { default = "arm64" }\ntarget "default" { platforms = ["linux/amd64,linux/${CPU}"] }',
    },
  ],
  [
    'a variable of JSON',
    action(),
    {
      'docker-bake.json':
        '{"variable": {"ALL": {"default": ["linux/amd64", "linux/arm64"]}}, "target": {"default": {"platforms": "${ALL}"}}}',
    },
  ],
  ['a driver that is Docker', BUILDX.replace('\n', '\n        with: {driver: docker}\n') + action()],
])('%s fails', (_name, steps, files, head) => {
  const written = told(steps, files, head);
  expect(written).toMatch(/^2 \d+:15$/);
  expect(told(BUILDX + steps.replace('driver: docker', 'install: true'), files, head)).toBe('');
});

test.each<[string, string]>([
  ['a command', 'docker buildx bake --push'],
  ['the word alone', 'docker bake api'],
  [
    'with its flags',
    'docker buildx bake -f ./docker-bake.hcl --progress plain --set "*.cache-to=type=gha" --push api tool',
  ],
])('%s fails', (_name, line) => {
  expect(told(run(line))).toBe('2 7:14');
  expect(told(run(`|\n          set -eu\n          ${line}`))).toBe('2 9:11');
  expect(told(BUILDX + run(line))).toBe('');
  expect(told(run(`docker buildx create --use && ${line}`))).toBe('');
});

test('with the names of docker/metadata-action beside the file', () => {
  const files = ['files: |', '  ./docker-bake.hcl', '  cwd://${{ steps.meta.outputs.bake-file }}'];
  expect(told(META + action(...files))).toBe('2 10:15');
  expect(told(action(...files))).toBe('');
  // It alone is all that is read then.
  expect(told(META + action('files: ${{ steps.meta.outputs.bake-file }}'))).toBe('');
});

test('what is not seen before it leaves it undecided', () => {
  expect(told(run('./ci/prepare.sh') + action())).toBe('2 8:15 step');
  expect(told(run('|\n          ./ci/prepare.sh\n          docker buildx bake'))).toBe('2 9:11 step');
  expect(told(run('|\n          docker buildx bake\n          ./ci/tell.sh'))).toBe('2 8:11');
});

test('attestations that the step asks for', () => {
  expect(told(action('targets: tool', 'sbom: true'))).toBe('0 11:17');
  expect(told(action('targets: tool', 'provenance: false'))).toBe('');
});

test.each<[string, string, Parameters<typeof told>[1]?, string?]>([
  ['one platform', action('targets: tool')],
  ['platforms of a variable', action('targets: given')],
  ['a parent that is not seen', action('targets: open')],
  ['a platform that is put in', action('set: "*.platform=linux/amd64"')],
  ['one that a variable puts in', action('set: "*.platform=${{ inputs.platform }}"')],
  ['one for a parent', action('targets: api', 'set: base.platform=linux/amd64')],
  ['one for a pattern', action('set: a*.platform=linux/amd64')],
  [
    'a variable that the environment may set',
    action(),
    { 'docker-bake.hcl': `variable "ALL" { default = ["linux/amd64", "linux/arm64"] }\n${OF_ALL}` },
    '    env: {ALL: linux/arm64}\n',
  ],
  [
    'a function',
    action(),
    { 'docker-bake.hcl': 'target "default" { platforms = concat(["linux/amd64"], ["linux/arm64"]) }' },
  ],
  [
    'a name of a matrix',
    action(),
    {
      'docker-bake.hcl':
        'P = "linux/arm64"\ntarget "default" {\n  matrix = { P = ["linux/386"] }\n  platforms = ["linux/amd64", P]\n}',
    },
  ],
  ['an override that is not seen', action('set: ${{ inputs.set }}')],
  ['a target that is not seen', action('targets: ${{ inputs.target }}')],
  ['a pattern', action('targets: a*')],
  ['another repository', action('source: https://github.com/a/b.git')],
  ['a file that is not there', action('files: other.hcl')],
  ['a file that is not seen', action('files: |', '  docker-bake.hcl', '  ${{ inputs.more }}')],
  ['no target of that name', action('targets: none')],
  ['a check', action('call: check')],
  ['a builder that is named', action('builder: big')],
  ['files of the environment', action(), undefined, '    env: {BUILDX_BAKE_FILE: x.hcl}\n'],
  [
    'a file that a step makes',
    `${run('echo \'target "api" { platforms = [] }\' > docker-bake.override.hcl')}${action()}`,
  ],
  ['a file that a step edits', `${run('sed -i s/arm64/amd64/ ci.hcl docker-bake.hcl')}${action()}`],
  ['a platform that a command puts in', run('docker buildx bake --set *.platform=linux/amd64')],
  ['an override of a variable', run('docker buildx bake --set "$SET"')],
  ['what it only prints', run('docker buildx bake --print')],
  ['a target of a variable', run('docker buildx bake $TARGET')],
  ['another folder', run('cd ci && docker buildx bake')],
  ['another builder', run('docker buildx bake --builder big')],
  ['a file of a pipe', run('sed s/a/b/ x.hcl | docker buildx bake -f -')],
  ['a file of the environment', run('BUILDX_BAKE_FILE=x.hcl docker buildx bake')],
  ['two compose files', action(), { 'compose.yaml': COMPOSE, 'docker-compose.yml': COMPOSE }],
])('%s: silent', (_name, steps, files, head) => {
  expect(told(steps, files, head)).toBe('');
});
