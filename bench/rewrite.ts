import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildKitDaemon, buildkitdPrograms } from '../test/support/buildkit-daemon.ts';
import { type ReferenceBuilder, startBuildKit } from '../test/support/reference-builders.ts';
import { makeRewriteBases } from '../test/support/rewrite-world.ts';
import { emulateArm64 } from './buildah.ts';
import { compare, type Row, race } from './measure.ts';
import { bases, bin, builtLibrary, needBases, needTools, root, run, workplace } from './workspace.ts';

const BOTH = ['--platform', 'linux/amd64,linux/arm64'];
/** The host's network is nothing that a BuildKit gives unless it is told to. */
const NETWORK = ['--allow-insecure-entitlement', 'network.host'];
const OWN = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64';
/** What `plan --rewrite` made of the Dockerfile. */
const FAST = 'Dockerfile.fast';
const NODE = 'node:22-bookworm-slim';
const PYTHON = 'python:3.11-slim-bookworm';

/** Three applications as people write them: everything that is compiled or installed is so in a stage of its own. */
const APPLICATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Node with sharp, in TypeScript': {
    Dockerfile: `FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json server.ts ./
RUN npx tsc
FROM ${NODE} AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
FROM ${NODE}
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
CMD ["node", "dist/server.js"]
`,
    'package.json': JSON.stringify({
      name: 'app',
      version: '1.0.0',
      dependencies: { express: '5.1.0', sharp: '0.34.5' },
      devDependencies: { '@types/express': '5.0.3', '@types/node': '22.18.0', typescript: '5.9.2' },
    }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: { module: 'node16', target: 'es2022', strict: true, outDir: 'dist', esModuleInterop: true },
      files: ['server.ts'],
    }),
    'server.ts': `import express from 'express';
import sharp from 'sharp';

express().get('/', (_, response) => void response.json(sharp.versions)).listen(8080);
`,
  },
  'Python with numpy, pillow and cryptography': {
    Dockerfile: `FROM ${PYTHON} AS build
COPY requirements.txt ./
RUN python3 -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt
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

type World = Awaited<ReturnType<typeof openWorld>>;

/** BuildKit in a Docker of its own and a store of buildah's, with bases that stand in for Docker Hub's. */
async function openWorld(name: string) {
  await needBases();
  await builtLibrary();
  await needTools({ runc: 'runc', buildah: 'buildah', 'qemu-aarch64-static': 'qemu-user-static' });
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
  const settings = join(directory, 'storage.conf');
  const env: NodeJS.ProcessEnv = {
    ...docker.env,
    RIGHTARCH_CACHE: join(directory, 'cache'),
    BUILDAH_ISOLATION: 'chroot',
    CONTAINERS_STORAGE_CONF: settings,
  };
  // Docker's own directory of settings has no config.json, without which buildah does not begin.
  const { DOCKER_CONFIG: _, ...ofBuildah } = env;
  const places = ['graphroot', 'runroot'].map((one) => `${one} = "${join(directory, one)}"`);
  writeFileSync(settings, `[storage]\ndriver = "overlay"\n${places.join('\n')}\n`);
  return {
    directory,
    layout,
    env,
    rightarch: (engine: string, cwd: string, [command, ...words]: readonly string[], own?: NodeJS.ProcessEnv) => {
      const common = ['--engine', engine, '--network', 'host', '--mirror', `docker.io=oci:${layout}`];
      const usual = engine === 'buildah' ? ofBuildah : env;
      return run(process.execPath, [bin, command!, ...common, ...words, '.'], { cwd, env: own ?? usual });
    },
    async close() {
      await emulation.close();
      await docker.close();
      await run('buildah', ['rmi', '--all', '--force'], { env: ofBuildah }).catch(() => '');
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

/** Has buildah's store take the bases of a Dockerfile in, for both platforms. */
async function keepBases(world: World, dockerfile: string, build: Build): Promise<void> {
  const bases = new Set([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base!));
  const context = join(world.directory, 'bases');
  for (const base of bases) {
    if (base === 'scratch') continue;
    write(context, { Dockerfile: `FROM ${base}\nCOPY Dockerfile /\n` });
    await build(context, 'Dockerfile');
  }
}

/** One way to have both platforms of an application, in front of a Dockerfile. */
type Build = (context: string, file: string, ...more: readonly string[]) => Promise<void>;

/** Two builds at once, each on a BuildKit of its own, as a native builder for each CPU would do them. */
interface Pair {
  readonly build: (context: string) => Promise<void>;
  close(): Promise<void>;
}

/**
 * The second builder has this machine's CPU as well, and its two cores: what is measured is two builds for that CPU at
 * once, and no joining of them.
 */
async function openPair(world: World): Promise<Pair> {
  const programs = await buildkitdPrograms(join(root, '.cache/buildkitd'));
  const daemons = ['one', 'two'].map((name) =>
    buildKitDaemon(programs, join(world.directory, name), undefined, NETWORK),
  );
  for (const daemon of daemons) await daemon.start();
  const PATH = `${programs}:${world.env['PATH']}`;
  return {
    async build(context) {
      const each = daemons.map(({ address }, index) => {
        const env = { ...world.env, PATH, BUILDKIT_HOST: address };
        const words = ['--platform', OWN, '--no-cache', '-o', `oci:${join(world.directory, `out-${index}`)}`];
        return world.rightarch('buildkit', context, ['build', ...words], env);
      });
      await Promise.all(each);
    },
    async close() {
      for (const daemon of daemons) await daemon.close();
    },
  };
}

/**
 * Two platforms, the second one emulated, against the same by the Dockerfile that `plan --rewrite` proved here first. Cold:
 * no layer from before, packages fetched. Warm: nothing changed. On BuildKit and on buildah; and on two native builders, and
 * for one platform alone, which no way to have two can undercut.
 */
export async function benchRewrite({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  const world = await openWorld('rewrite');
  const rows: Row[] = [];
  // An emulated build takes minutes.
  const few = { rounds: Math.min(rounds, 3), warmUp: 0 };
  const pair = await openPair(world);
  try {
    for (const [name, files] of Object.entries(APPLICATIONS)) {
      const context = join(world.directory, name.replace(/\W+/g, '-').toLowerCase());
      write(context, files);
      writeFileSync(join(context, FAST), await world.rightarch('buildx', context, ['plan', ...BOTH, '--rewrite']));
      for (const engine of ['buildx', 'buildah'] as const) {
        const builder = engine === 'buildx' ? 'BuildKit' : 'buildah';
        const build: Build = async (where, file, ...more) => {
          const out = join(world.directory, `out-${file}`);
          await world.rightarch(engine, where, ['build', ...BOTH, '-f', file, '-o', `oci:${out}`, ...more]);
          if (!existsSync(join(out, 'index.json'))) throw new Error(`no layout of ${file}`);
        };
        const emulated = `${builder}, arm64 under qemu-user`;
        // As BuildKit has them from proving the rewrite.
        if (engine === 'buildah') await keepBases(world, files['Dockerfile']!, build);
        const alone = async () => {
          const out = join(world.directory, 'out-alone');
          await world.rightarch(engine, context, ['build', '--platform', OWN, '--no-cache', '-o', `oci:${out}`]);
        };
        const cold = [
          { name: 'rewritten', run: () => build(context, FAST, '--no-cache') },
          { name: emulated, run: () => build(context, 'Dockerfile', '--no-cache') },
          { name: 'for this CPU alone', run: alone },
          ...(engine === 'buildx' ? [{ name: 'two native builders', run: () => pair.build(context) }] : []),
        ];
        const warm = [FAST, 'Dockerfile'].map((file) => ({
          name: file === FAST ? 'rewritten' : emulated,
          prepare: () => build(context, file),
          run: () => build(context, file),
        }));
        const [ours, theirs, one, native] = await race(cold, few);
        rows.push(compare('rewrite', `${name}, nothing built before`, ours!, theirs!, { bar: { timesFaster: 5 } }));
        rows.push(compare('rewrite', `${name}, nothing built before, for this CPU alone`, one!, theirs!));
        if (native !== undefined)
          rows.push(compare('rewrite', `${name}, nothing built before, two native builders`, native, theirs!));
        // buildah is asked for no layers, and keeps none.
        if (engine === 'buildah') continue;
        const [again, before] = await race(warm, few);
        rows.push(compare('rewrite', `${name}, nothing changed`, again!, before!));
      }
    }
    return rows;
  } finally {
    await pair.close();
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
    const ours = async () => {
      await world.rightarch('buildx', context, ['build', '--platform', 'linux/amd64', '-t', 'app']);
    };
    await ours();
    const index = JSON.parse(execFileSync('cat', [join(world.layout, 'index.json')], { encoding: 'utf8' })) as {
      manifests: { digest: string; annotations?: Record<string, string> }[];
    };
    const base = index.manifests.find(({ annotations }) =>
      Object.values(annotations ?? {}).some((one) => one.endsWith(NODE)),
    );
    if (base === undefined) throw new Error(`${NODE} is not in the layout of the bases`);
    const out = join(world.directory, 'direct');
    const direct = async () => {
      const flags = ['--build-context', `${NODE}=oci-layout://${world.layout}@${base.digest}`, '--network', 'host'];
      const to = ['--output', `type=oci,dest=${out},tar=false`, '--provenance=false', '--platform', 'linux/amd64'];
      await run('docker', ['buildx', 'build', '--progress', 'rawjson', ...to, ...flags, '.'], {
        cwd: context,
        env: world.env,
      });
    };
    const fresh = async () => rmSync(out, { recursive: true, force: true });
    const contenders = [
      { name: 'rightarch build', run: ours },
      // As we have it: what the layout of the last build has is not sent again.
      { name: 'docker buildx build', run: direct },
      { name: 'docker buildx build into a new layout', prepare: fresh, run: direct },
    ];
    const [we, they, anew] = await race(contenders, { rounds });
    const ms = Math.max(0, we!.median - they!.median);
    return [
      {
        part: 'engines',
        what: 'what `rightarch build` adds to `docker buildx build`, everything cached',
        ms,
        against: { name: 'docker buildx build', ms: they!.median },
        bar: { mostMs: 300 },
      },
      compare('engines', '`rightarch build`, everything cached', we!, anew!),
    ];
  } finally {
    await world.close();
  }
}
