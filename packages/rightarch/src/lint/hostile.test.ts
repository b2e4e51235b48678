import { expect, test } from 'vitest';
import { checkRepository } from './check.ts';

const build =
  '      - uses: docker/build-push-action@v6\n        with: {platforms: "linux/${{matrix.a}}", push: true, tags: a}\n';
const workflow = (matrix: string, steps: number): string =>
  `jobs:\n  a:\n    strategy:\n      matrix: {a: [${matrix}]}\n    steps:\n${build.repeat(steps)}`;

/** Each was once work that grew with its square, minutes or all memory; as large as the reader takes them they are a second. */
test.each([
  ['downloads', 'Dockerfile', `FROM a\n${'RUN curl https://x/amd64\n'.repeat(20_000)}`],
  [
    'commands of one RUN',
    'Dockerfile',
    `FROM --platform=$BUILDPLATFORM a AS b\nRUN ${'go build -o x;'.repeat(13_000)}\nFROM c\nCOPY --from=b /x /\n`,
  ],
  [
    'copies',
    'Dockerfile',
    `FROM --platform=$BUILDPLATFORM a AS b\nRUN go build -o /x\nFROM c\n${'COPY --from=b /y /\n'.repeat(10_000)}`,
  ],
  [
    'copies of one program',
    'Dockerfile',
    `FROM --platform=$BUILDPLATFORM a AS b\nRUN go build -o /x\nFROM c\n${'COPY --from=b /x /\n'.repeat(10_000)}`,
  ],
  ['comments that silence', 'Dockerfile', `FROM a\n${'# rightarch-ignore a/b\nRUN x\n'.repeat(20_000)}`],
  [
    'stages',
    'Dockerfile',
    `FROM a AS s0\n${Array.from({ length: 3_000 }, (_, i) => `FROM s${i} AS s${i + 1}\nCOPY --from=s${i} /x /\n`).join('')}`,
  ],
  [
    'choices by the CPU',
    'Dockerfile',
    `FROM a\nARG TARGETARCH\n${'RUN case $TARGETARCH in amd64) A=x;; arm64) A=y;; esac; curl https://x/$A\n'.repeat(20_000)}`,
  ],
  [
    'choices of one RUN',
    'Dockerfile',
    `FROM a\nARG TARGETARCH\nRUN ${Array.from({ length: 1_000 }, (_, i) => `if [ $TARGETARCH = s390x ]; then A${i}=x; elif [ $TARGETARCH = riscv64 ]; then A${i}=y; fi; curl https://x/$A${i}a;`).join('')}\n`,
  ],
  ['substitutions within each other', 'a.sh', `docker push "$(${'"$('.repeat(3_000)}`],
  ['substitutions beyond any script', 'a.sh', `docker push ${'$('.repeat(90_000)}`],
  ['substitutions in a RUN', 'Dockerfile', `FROM a\nRUN echo ${'<('.repeat(90_000)}`],
  ['legs of a matrix, each with many steps', '.github/workflows/a.yml', workflow(Array(256).fill('x').join(), 2_000)],
  [
    'calls of bake',
    '.github/workflows/a.yml',
    `jobs:\n  a:\n    strategy:\n      matrix: {a: [${Array(256).fill('x').join()}]}\n    steps:\n${'      - run: docker buildx bake -f a.hcl\n      - uses: docker/bake-action@v6\n'.repeat(1_500)}`,
  ],
  ['steps', '.github/workflows/a.yml', workflow('arm64', 6_000)],
])(
  'many %s are read in a time that grows with the file',
  (_what, path, text) => {
    const result = checkRepository([{ path, text }], { platforms: [], inlineIgnore: true, today: '2026-11-29' });
    expect(result.repository).toBeDefined();
  },
  60_000,
);

test('builds, and what runs of them: once their names were put together anew for each, minutes', () => {
  const parts = Array.from({ length: 400 }, (_, i) => i);
  const files = parts.flatMap((i) => [
    { path: `s${i}/Dockerfile`, text: 'FROM node:22\n' },
    {
      path: `.github/workflows/w${i}.yml`,
      text: `on: push\njobs:\n${[0, 1, 2].map((n) => `  j${n}:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {context: s${i}, platforms: linux/amd64, push: true, tags: "ghcr.io/t/s${i}:${n}"}\n`).join('')}`,
    },
    {
      path: `k8s/d${i}.yaml`,
      text: [0, 1, 2, 3]
        .map(
          (n) =>
            `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d${i}-${n}}\nspec: {template: {spec: {nodeSelector: {kubernetes.io/arch: arm64}, containers: [{name: a, image: "ghcr.io/t/s${i}:x"}]}}}\n`,
        )
        .join('---\n'),
    },
  ]);
  const { diagnostics } = checkRepository(files, { platforms: [], inlineIgnore: true, today: '2026-11-29' });
  expect(diagnostics.length).toBeGreaterThan(100);
});
