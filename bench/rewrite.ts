import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ReferenceBuilder, startBuildKit } from '../test/support/reference-builders.ts';
import { makeRewriteBases } from '../test/support/rewrite-world.ts';
import { emulateArm64 } from './buildah.ts';
import { compare, type Row, race } from './measure.ts';
import { bases, bin, builtLibrary, needBases, needTools, root, run, workplace } from './workspace.ts';

const BOTH = ['--platform', 'linux/amd64,linux/arm64'];
const NODE = 'node:22-bookworm-slim';
const PYTHON = 'python:3.11-slim-bookworm';

/** Three applications as people write them: everything that is compiled or installed is so in a stage of its own. */
const APPLICATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Node with sharp': {
    Dockerfile: `FROM ${NODE} AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
FROM ${NODE}
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
COPY server.js ./
CMD ["node", "server.js"]
`,
    'package.json': '{"name":"app","version":"1.0.0","dependencies":{"sharp":"0.34.5"}}\n',
    'server.js': 'console.log(require("sharp").versions);\n',
  },
  'Python with numpy, pillow and cryptography': {
    Dockerfile: `FROM ${PYTHON} AS build
COPY requirements.txt ./
RUN uv venv --python /usr/bin/python3 /venv && uv pip install --python /venv/bin/python -r requirements.txt
FROM ${PYTHON}
COPY --from=build /venv /venv
COPY app.py ./
CMD ["/venv/bin/python", "app.py"]
`,
    'requirements.txt': 'numpy==2.2.6\npillow==11.3.0\ncryptography==45.0.7\n',
    'app.py': 'import numpy, PIL.Image, cryptography.fernet\n',
  },
  'a Go service': {
    Dockerfile: `FROM golang:1.22-bookworm AS build
WORKDIR /src
COPY go.mod main.go ./
RUN CGO_ENABLED=0 go build -trimpath -o /server .
FROM scratch
COPY --from=build /server /server
ENTRYPOINT ["/server"]
`,
    'go.mod': 'module example.com/server\n\ngo 1.22\n',
    'main.go': `package main

import "net/http"

func main() { http.ListenAndServe(":8080", http.NotFoundHandler()) }
`,
  },
};

/** BuildKit in a Docker of its own, with bases that stand in for Docker Hub's. */
async function openWorld(name: string) {
  await needBases();
  await builtLibrary();
  await needTools({ runc: 'runc', 'qemu-aarch64-static': 'qemu-user-static' });
  const directory = join(workplace, name);
  rmSync(directory, { recursive: true, force: true });
  const layout = await makeRewriteBases(bases, join(root, '.cache/rewrite-bases'), { packages: true });
  const emulation = await emulateArm64();
  let docker: ReferenceBuilder;
  try {
    docker = await startBuildKit(join(directory, 'docker'), join(root, '.cache/buildkit'));
  } catch (error) {
    await emulation.close();
    throw error;
  }
  const env = { ...docker.env, RIGHTARCH_CACHE: join(directory, 'cache') };
  const common = ['--engine', 'buildx', '--network', 'host', '--mirror', `docker.io=oci:${layout}`];
  return {
    directory,
    layout,
    env,
    rightarch: (cwd: string, command: string, ...words: readonly string[]) =>
      run(process.execPath, [bin, command, ...common, ...words, '.'], { cwd, env }),
    async close() {
      await emulation.close();
      await docker.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function write(context: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(context, path)), { recursive: true });
    writeFileSync(join(context, path), text);
  }
  if ('package.json' in files)
    execFileSync('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund'], { cwd: context, stdio: 'pipe' });
}

/**
 * Two platforms on BuildKit, the second one emulated, against the same by the Dockerfile that `plan --rewrite` proved here
 * first. Cold: no layer from before, packages fetched. Warm: nothing changed.
 */
export async function benchRewrite({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  const world = await openWorld('rewrite');
  const rows: Row[] = [];
  try {
    for (const [name, files] of Object.entries(APPLICATIONS)) {
      const context = join(world.directory, name.replace(/\W+/g, '-').toLowerCase());
      write(context, files);
      const fast = await world.rightarch(context, 'plan', ...BOTH, '--rewrite');
      writeFileSync(join(context, 'Dockerfile.fast'), fast);
      const build =
        (file: string, ...more: readonly string[]) =>
        async () => {
          const out = join(world.directory, `out-${file}`);
          await world.rightarch(context, 'build', ...BOTH, '-f', file, '-o', `oci:${out}`, ...more);
          if (!existsSync(join(out, 'index.json'))) throw new Error(`no layout of ${file}`);
        };
      const cold = [
        { name: 'rewritten', run: build('Dockerfile.fast', '--no-cache') },
        { name: 'BuildKit, arm64 under qemu-user', run: build('Dockerfile', '--no-cache') },
      ];
      const warm = [
        { name: 'rewritten', prepare: build('Dockerfile.fast'), run: build('Dockerfile.fast') },
        { name: 'BuildKit, arm64 under qemu-user', prepare: build('Dockerfile'), run: build('Dockerfile') },
      ];
      // An emulated build takes minutes.
      const [ours, theirs] = await race(cold, { rounds: Math.min(rounds, 3), warmUp: 0 });
      rows.push(compare('rewrite', `${name}, nothing built before`, ours!, theirs!, { bar: { timesFaster: 5 } }));
      const [again, before] = await race(warm, { rounds: Math.min(rounds, 3), warmUp: 0 });
      rows.push(compare('rewrite', `${name}, nothing changed`, again!, before!));
    }
    return rows;
  } finally {
    await world.close();
  }
}

/** What we add to an engine that is called directly: the same build, all of it in BuildKit's cache, into a layout. */
export async function benchEngines({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  const world = await openWorld('engines');
  try {
    const context = join(world.directory, 'app');
    write(context, {
      Dockerfile: `FROM ${NODE}\nRUN node --version > /version\nCOPY server.js /\n`,
      'server.js': '1;\n',
    });
    const ours = () => world.rightarch(context, 'build', '--platform', 'linux/amd64', '-t', 'app').then(() => {});
    await ours();
    const index = JSON.parse(execFileSync('cat', [join(world.layout, 'index.json')], { encoding: 'utf8' })) as {
      manifests: { digest: string; annotations?: Record<string, string> }[];
    };
    const base = index.manifests.find(({ annotations }) =>
      Object.values(annotations ?? {}).some((one) => one.endsWith(NODE)),
    );
    if (base === undefined) throw new Error(`${NODE} is not in the layout of the bases`);
    const direct = async () => {
      const flags = ['--build-context', `${NODE}=oci-layout://${world.layout}@${base.digest}`, '--network', 'host'];
      const out = join(world.directory, 'direct');
      rmSync(out, { recursive: true, force: true });
      const to = ['--output', `type=oci,dest=${out},tar=false`, '--provenance=false', '--platform', 'linux/amd64'];
      await run('docker', ['buildx', 'build', '--progress', 'rawjson', ...to, ...flags, '.'], {
        cwd: context,
        env: world.env,
      });
    };
    const contenders = [
      { name: 'rightarch build', run: ours },
      { name: 'docker buildx build', run: direct },
    ];
    const [we, they] = await race(contenders, { rounds });
    const ms = Math.max(0, we!.median - they!.median);
    return [
      {
        part: 'engines',
        what: 'what `rightarch build` adds to `docker buildx build`, everything cached',
        ms,
        against: { name: 'docker buildx build', ms: they!.median },
        bar: { mostMs: 300 },
      },
    ];
  } finally {
    await world.close();
  }
}
