import { describe, expect, test } from 'vitest';
import { Dockerfile, found } from './test-found.ts';

const TASK = JSON.stringify({
  family: 'api',
  requiresCompatibilities: ['FARGATE'],
  runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
  containerDefinitions: [{ name: 'api', image: 'r.io/api:1', essential: true }],
});
const PLAIN = 'target "default" {\n  tags = ["r.io/api:1"]\n}\n';
const AMD64 = 'target "default" {\n  platforms = ["linux/amd64"]\n}\n';
const VARIABLE = 'variable "P" {\n  default = "linux/amd64"\n}\ntarget "default" {\n  platforms = ["${P}"]\n}\n';

const workflow = (step: string, runner = 'ubuntu-latest'): string =>
  `on: push\njobs:\n  image:\n    runs-on: ${runner}\n    steps:\n      - uses: docker/setup-buildx-action@v3\n      - ${step}\n`;
const ACTION = 'uses: docker/bake-action@v6';
const COMMAND = 'run: docker buildx bake --push';

const told = (files: Readonly<Record<string, string>>): readonly string[] =>
  found({ Dockerfile, 'task-definition.json': TASK, ...files });
const withCall = (bake: string, step: string, runner?: string): readonly string[] =>
  told({ 'docker-bake.hcl': bake, '.github/workflows/b.yml': workflow(step, runner) });

describe('what bake builds, and what runs it', () => {
  test.each([ACTION, COMMAND])('a target without platforms has the CPU of the runner: %s', (step) => {
    expect(withCall(PLAIN, step)).toEqual(['cpu-differs docker-bake.hcl:1']);
    expect(withCall(PLAIN, step, 'ubuntu-24.04-arm')).toEqual([]);
    expect(withCall(AMD64, step)).toEqual(['cpu-differs docker-bake.hcl:2']);
    // Whoever types it.
    expect(told({ 'docker-bake.hcl': PLAIN })).toEqual(['builder-decides docker-bake.hcl:1']);
  });

  test.each([
    [`${COMMAND} --set *.platform=linux/arm64`, []],
    [`${COMMAND} --set *.platform=linux/amd64,linux/arm64`, []],
    [`${COMMAND} --set default.platform=linux/386`, ['no-such-cpu docker-bake.hcl:2']],
    [`${COMMAND} --set default.platform+=linux/arm64`, []],
    [`${COMMAND} --set *.platform=$P`, []],
    [`${COMMAND} --set *.cache-from=type=gha`, ['cpu-differs docker-bake.hcl:2']],
    [`${ACTION}\n        with: {set: "*.platform=linux/arm64"}`, []],
    [`${ACTION}\n        with: {set: "*.platform=$\{{ inputs.p }}"}`, []],
  ])('%s', (step, expected) => {
    expect(withCall(AMD64, step)).toEqual(expected);
  });

  test('a script or a Makefile puts it in', () => {
    const line = 'docker buildx bake --push --set *.platform=linux/arm64\n';
    expect(told({ 'docker-bake.hcl': AMD64, 'build.sh': line })).toEqual([]);
    expect(told({ 'docker-bake.hcl': AMD64, Makefile: `image:\n\t${line}` })).toEqual([]);
    expect(told({ 'docker-bake.hcl': AMD64, Makefile: 'image:\n\tdocker buildx bake\n' })).toEqual([
      'cpu-differs docker-bake.hcl:2',
    ]);
  });

  test('a variable counts where nothing else has its name', () => {
    expect(withCall(VARIABLE, ACTION)).toEqual(['cpu-differs docker-bake.hcl:5']);
    expect(withCall(VARIABLE, `${COMMAND}\n        env: {P: linux/arm64}`)).toEqual([]);
    expect(withCall(VARIABLE.replace('amd64', 'arm64'), ACTION)).toEqual([]);
  });

  test('a file of another name, whose contexts are from where bake runs', () => {
    const files = (bake: string) => ({
      'ci/images.hcl': bake,
      '.github/workflows/b.yml': workflow(`${COMMAND} -f ci/images.hcl`),
    });
    expect(told(files(AMD64))).toEqual(['cpu-differs ci/images.hcl:2']);
    expect(told(files(AMD64.replace('amd64', 'arm64')))).toEqual([]);
  });
});
