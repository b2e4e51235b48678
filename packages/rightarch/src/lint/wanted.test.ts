import { describe, expect, test } from 'vitest';
import { found } from './test-found.ts';

const FETCH = 'FROM debian\nRUN curl -fsSLO https://r.io/tool-amd64\n';

/** A workflow whose steps each build a Dockerfile; the first in all legs of a matrix. */
const workflow = (...steps: readonly (readonly string[])[]): string =>
  `on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        include: [{a: amd64, f: one/Dockerfile}, {a: arm64, f: two/Dockerfile}]\n    steps:\n      - uses: docker/setup-buildx-action@v3\n${steps
    .map(
      (inputs) =>
        `      - uses: docker/build-push-action@v6\n        with:\n          push: true\n${inputs.map((one) => `          ${one}\n`).join('')}`,
    )
    .join('')}`;

const told = (files: Readonly<Record<string, string>>, ...steps: readonly (readonly string[])[]): readonly string[] =>
  found({ ...files, '.github/workflows/b.yml': workflow(...steps) }).filter((one) => one.startsWith('architecture-'));

describe('which of several Dockerfiles a build is of', () => {
  const two = { 'one/Dockerfile': FETCH, 'two/Dockerfile': 'FROM debian\n' };

  test('a file that each leg names is of its own platform', () => {
    const file = 'file: ${{ matrix.f }}';
    expect(told(two, [file, 'platforms: linux/${{ matrix.a }}'])).toEqual([]);
    expect(told(two, [file, 'platforms: "linux/amd64,linux/arm64"'])).toEqual([
      'architecture-hard-coded one/Dockerfile:2',
    ]);
  });

  test('a file that is not seen may be any, but none that another build names', () => {
    const unseen = ['context: .', 'file: ${{ steps.x.outputs.file }}', 'platforms: "linux/amd64,linux/arm64"'];
    const named = ['file: one/Dockerfile', 'platforms: linux/amd64'];
    expect(told(two, unseen)).toEqual(['architecture-hard-coded one/Dockerfile:2']);
    expect(told(two, unseen, named)).toEqual([]);
    expect(told(two, unseen, ['file: two/Dockerfile', 'platforms: linux/amd64'])).toEqual([
      'architecture-hard-coded one/Dockerfile:2',
    ]);
    expect(told(two, unseen, ['file: one/Dockerfile', 'platforms: "linux/amd64,linux/arm64"'])).toEqual([
      'architecture-hard-coded one/Dockerfile:2',
    ]);
  });
});

test.each<[string, number]>([
  ['r.io/tool:1-arm64', 1],
  ['linuxmintd/mint21-amd64', 1],
  // What it compiles for.
  ['dockcross/linux-arm64', 0],
  ['ossrs/srs:ubuntu20-cache-cross-aarch64', 0],
])('FROM %s', (image, count) => {
  const rows = found({
    Dockerfile: `FROM ${image}\nRUN make\n`,
    'b.sh': 'docker buildx build --platform linux/amd64,linux/arm64 --push -t r.io/a .\n',
  });
  expect(rows.filter((one) => one.startsWith('base-for-one-platform'))).toHaveLength(count);
});
