import { describe, expect, test } from 'vitest';
import { checkRepository } from './check.ts';

const job = (
  steps: string,
  matrix = '{ os: [ubuntu-latest, ubuntu-24.04-arm] }',
  runsOn = '${{ matrix.os }}',
): string =>
  `on: push\njobs:\n  build:\n    runs-on: ${runsOn}\n    strategy:\n      matrix: ${matrix}\n    steps:\n${steps}`;
const run = (line: string, more = ''): string => `      - run: ${line}\n${more}`;
const BOTH = '{ include: [{ os: ubuntu-latest, arch: amd64 }, { os: ubuntu-24.04-arm, arch: arm64 }] }';

const told = (text: string): readonly string[] =>
  checkRepository(
    [
      { path: 'Dockerfile', text: 'FROM node\nRUN npm ci\n' },
      { path: '.github/workflows/build.yml', text },
    ],
    { platforms: [], inlineIgnore: true, today: '2026-11-30' },
  )
    .diagnostics.filter(({ code }) => code === 'workflow/tag-overwritten')
    .map(({ args }) => `${args['tag']} ${args['platforms']}`);

describe('legs of a matrix that push one tag by commands', () => {
  const overwritten = ['r.io/a:1 linux/amd64,linux/arm64'];
  test.each<[string, string, readonly string[]]>([
    ['in one step', job(run('docker build -t r.io/a:1 . && docker push r.io/a:1')), overwritten],
    ['in two', job(run('docker build -t r.io/a:1 .') + run('docker push r.io/a:1')), overwritten],
    ['by buildx', job(run('docker buildx build --push -t r.io/a:1 .')), overwritten],
    [
      'a platform each',
      job(run('docker buildx build --platform linux/${{ matrix.arch }} --push -t r.io/a:1 .'), BOTH, 'self-hosted'),
      overwritten,
    ],
    [
      'the commit is no difference',
      job(run('docker buildx build --push -t r.io/a:${{ github.sha }} -t r.io/b:$GITHUB_SHA .')),
      ['r.io/a:github.sha linux/amd64,linux/arm64'],
    ],
    [
      'a variable of the step',
      job(run('docker buildx build --push -t $TAG .', '        env: { TAG: "r.io/a:1" }\n')),
      overwritten,
    ],
    [
      'a tag for each',
      job(run('docker build -t r.io/a:${{ matrix.arch }} . && docker push r.io/a:${{ matrix.arch }}'), BOTH),
      [],
    ],
    [
      'a variable for each',
      job(run('docker buildx build --push -t $TAG .', '        env: { TAG: "r.io/a:${{ matrix.arch }}" }\n'), BOTH),
      [],
    ],
    ['what the machine says', job(run('docker buildx build --push -t r.io/a:$(uname -m) .')), []],
    ['a variable that is not seen', job(run('docker buildx build --push -t r.io/a:$TAG .')), []],
    ['not pushed', job(run('docker build -t r.io/a:1 .')), []],
    [
      'pushed in one leg',
      job(run('docker buildx build --push -t r.io/a:1 .', "        if: matrix.os == 'ubuntu-latest'\n")),
      [],
    ],
    [
      'behind a question',
      job(run('if [ "$(uname -m)" = x86_64 ]; then docker buildx build --push -t r.io/a:1 .; fi')),
      [],
    ],
    ['one CPU', job(run('docker buildx build --push -t r.io/a:1 .'), '{ os: [ubuntu-latest, ubuntu-22.04] }'), []],
    ['both in each leg', job(run('docker buildx build --platform linux/amd64,linux/arm64 --push -t r.io/a:1 .')), []],
    ['runners of somebody', job(run('docker buildx build --push -t r.io/a:1 .'), '{ os: [big, small] }'), []],
    ['by digest', job(run('docker buildx build -o type=image,push-by-digest=true,push=true -t r.io/a:1 .')), []],
  ])('%s', (_name, text, found) => expect(told(text)).toEqual(found));
});
