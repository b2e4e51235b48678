import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compare, type Row, race } from './measure.ts';
import { builtLibrary, rightarch, run, workplace } from './workspace.ts';

/** A repository of 1,000 files that `check` reads, of the sizes that such files have, beside 100,000 others. */
export async function benchCheck({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  await builtLibrary();
  const directory = join(workplace, 'repository');
  rmSync(directory, { recursive: true, force: true });
  const files = relevantFiles();
  for (const [path, text] of files) write(join(directory, path), text);
  for (let i = 0; i < 100_000; i++) write(join(directory, `other/${i >> 9}/${i}.txt`), 'nothing\n');
  const git = (...args: string[]) => run('git', args, { cwd: directory });
  await git('init', '-q');
  await git('add', '-A');
  // What nobody can go below: Node starts, Git tells the names, and the files are read.
  const reading = `const{execFileSync:r}=require('child_process'),{readFileSync:f}=require('fs');
    r('git',['ls-files','-z'],{maxBuffer:1<<28}).toString().split('\\0').filter(n=>n&&!n.startsWith('other/')).map(n=>f(n,'utf8'))`;
  const [floor, check] = await race(
    [
      {
        name: 'git ls-files, and the files read',
        run: async () => void (await run(process.execPath, ['-e', reading], { cwd: directory })),
      },
      { name: 'check', run: async () => void (await rightarch(['check'], { cwd: directory, accept: [0, 1] })) },
    ],
    { rounds },
  );
  return [
    compare('check', '1,000 files that say something beside 100,000 others', check!, floor!, {
      bar: { mostMs: 2_000 },
    }),
  ];
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Nearly all is as it should be, as in a repository that is checked at each commit; ten Dockerfiles pin a platform. */
function relevantFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (let i = 0; i < 400; i++) {
    const name = `services/s${i}`;
    const steps = Array.from(
      { length: 12 },
      (_, n) =>
        `RUN apt-get update && apt-get install -y --no-install-recommends lib${n} && rm -rf /var/lib/apt/lists/*`,
    );
    files.set(
      `${name}/Dockerfile`,
      [
        `FROM ${i % 40 === 0 ? '--platform=linux/amd64 ' : ''}node:22-slim AS build`,
        'ARG TARGETARCH',
        `WORKDIR /srv/s${i}`,
        ...steps,
        'RUN case "$TARGETARCH" in amd64) a=x64 ;; arm64) a=arm64 ;; *) exit 1 ;; esac && curl -fLO https://example.com/tool-$a.tgz',
        'COPY package*.json ./',
        'RUN npm ci --omit=dev',
        'COPY src ./src',
        `CMD ["node", "src/s${i}.js"]`,
        '',
      ].join('\n'),
    );
  }
  for (let i = 0; i < 200; i++) {
    const jobs = Array.from(
      { length: 5 },
      (_, n) => `  job${n}:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: docker/setup-qemu-action@v3
      - uses: docker/setup-buildx-action@v3
      - uses: docker/build-push-action@v6
        with:
          context: services/s${i * 2}
          platforms: linux/amd64,linux/arm64
          push: true
          tags: ghcr.io/team/s${i}:job${n}
      - run: |
          echo built
          npm test
`,
    );
    files.set(`.github/workflows/w${i}.yml`, `name: w${i}\non: push\njobs:\n${jobs.join('')}`);
  }
  for (let i = 0; i < 200; i++)
    files.set(
      `k8s/d${i}.yaml`,
      Array.from(
        { length: 4 },
        (_, n) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: d${i}-${n} }
spec:
  template:
    spec:
      nodeSelector: { kubernetes.io/arch: ${n % 2 === 0 ? 'amd64' : 'arm64'} }
      containers:
        - { name: app, image: "ghcr.io/team/s${i}:job${n}" }
`,
      ).join('---\n'),
    );
  for (let i = 0; i < 100; i++)
    files.set(
      `terraform/m${i}.tf`,
      Array.from(
        { length: 10 },
        (_, n) => `resource "aws_lambda_function" "f${n}" {
  function_name = "m${i}-f${n}"
  package_type  = "Image"
  image_uri     = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/s${i}:job${n}"
  architectures = ["arm64"]
}
`,
      ).join('\n'),
    );
  for (let i = 0; i < 99; i++)
    files.set(
      `scripts/r${i}.sh`,
      `#!/bin/sh\nset -eu\n${'echo "step"\n'.repeat(40)}docker build --platform linux/amd64 -t s${i} services/s${i}\n`,
    );
  const resources = Object.fromEntries(
    Array.from({ length: 900 }, (_, n) => [
      `Fn${n}`,
      {
        Type: n % 3 === 0 ? 'AWS::Lambda::Function' : 'AWS::IAM::Role',
        Properties: { PackageType: 'Image', Architectures: ['arm64'], Description: 'x'.repeat(300) },
      },
    ]),
  );
  files.set('cdk.out/app.template.json', JSON.stringify({ Resources: resources }, undefined, 1));
  return files;
}
