import { execFile, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unpackPackages } from './debian-packages.ts';

const run = promisify(execFile);

/** A builder that people use today, which really runs every RUN. For this machine's CPU, and as root. */
export interface ReferenceBuilder {
  /** What its command line needs to be found and to find it. */
  readonly env: NodeJS.ProcessEnv;
  /** Makes an image of an archive usable in FROM, under the name that it has in there. */
  load(archive: string): Promise<void>;
  /** Builds, and tells what it said where it failed. */
  build(request: {
    readonly context: string;
    readonly tag: string;
    readonly args?: Readonly<Record<string, string>>;
    readonly target?: string;
    readonly secrets?: readonly { readonly id: string; readonly file: string }[];
  }): Promise<{ readonly failed?: string }>;
  /** Writes the image as one archive. */
  save(tag: string, archive: string): Promise<void>;
  close(): Promise<void>;
}

async function attempt(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ failed?: string }> {
  try {
    await run(command, args, { env, maxBuffer: 1 << 26, timeout: 300_000 });
    return {};
  } catch (error) {
    const { stderr = '', stdout = '', message, code } = error as Error & Record<'stderr' | 'stdout' | 'code', string>;
    if (code === 'ENOENT') throw new Error(`${command} is not installed; .ci/run installs what the live tests need`);
    return { failed: `${message}\n${stdout}\n${stderr}` };
  }
}

/** Moby and BuildKit of Debian 13; its runc wants a newer libc than Debian 12 has, so that one is Debian 12's. */
const PACKAGES = { trixie: ['docker.io', 'docker-cli', 'docker-buildx', 'containerd'], bookworm: ['runc'] } as const;

/** The programs of BuildKit below `cache`, from Debian's archive, unpacked and never installed. */
export async function buildkitPrograms(cache: string): Promise<string> {
  const bin = join(cache, 'bin');
  if (existsSync(join(bin, 'docker-buildx'))) return bin;
  mkdirSync(bin, { recursive: true });
  for (const [suite, packages] of Object.entries(PACKAGES)) {
    const root = join(cache, suite);
    await unpackPackages(root, suite, packages);
    for (const place of ['usr/bin', 'usr/sbin', 'usr/libexec/docker/cli-plugins']) {
      const from = join(root, 'files', place);
      if (!existsSync(from)) continue;
      // docker-init is a link to a package that is not needed.
      for (const name of readdirSync(from).filter((one) => existsSync(join(from, one))))
        copyFileSync(join(from, name), join(bin, name));
    }
    rmSync(root, { recursive: true });
  }
  return bin;
}

/**
 * BuildKit inside a Docker daemon of its own: no bridge, no firewall, everything below `directory`. With containerd's
 * image store, unless the `classic` one is asked for.
 */
export async function startBuildKit(
  directory: string,
  cache: string,
  { classic = false }: { readonly classic?: boolean } = {},
): Promise<ReferenceBuilder> {
  const bin = await buildkitPrograms(cache);
  const plugins = join(directory, 'config', 'cli-plugins');
  mkdirSync(plugins, { recursive: true });
  copyFileSync(join(bin, 'docker-buildx'), join(plugins, 'docker-buildx'));
  const { env, docker, close } = await startDocker(directory, bin, !classic);
  const must = async (...args: string[]) => {
    const { failed } = await docker(...args);
    if (failed !== undefined) throw new Error(failed);
  };
  return {
    env,
    load: (archive) => must('load', '--quiet', '--input', archive),
    build({ context, tag, args = {}, target, secrets = [] }) {
      const given = Object.entries(args).map(([name, value]) => `--build-arg=${name}=${value}`);
      given.push(...secrets.map(({ id, file }) => `--secret=id=${id},src=${file}`));
      if (target !== undefined) given.push(`--target=${target}`);
      const fixed = ['--network=host', '--progress=plain', '--provenance=false', '--tag', tag];
      return docker('buildx', 'build', ...fixed, ...given, context);
    },
    save: (tag, archive) => must('save', '--output', archive, tag),
    close,
  };
}

/** Where the Docker of this Debian is. */
export const DEBIANS = '/usr/sbin:/usr/bin';

/** A Docker daemon out of `bin`, which `docker` finds by `env`. */
export async function startDocker(directory: string, bin: string, containerd: boolean) {
  const socket = `unix://${join(directory, 'docker.sock')}`;
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH']}`,
    DOCKER_HOST: socket,
    DOCKER_CONFIG: join(directory, 'config'),
  };
  mkdirSync(env.DOCKER_CONFIG, { recursive: true });
  const flags = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--userland-proxy=false', '--host', socket];
  const places = ['--data-root', 'data', '--exec-root', 'exec', '--pidfile', 'pid'].map((word, index) =>
    index % 2 === 0 ? word : join(directory, word),
  );
  const settings = join(directory, 'daemon.json');
  writeFileSync(settings, JSON.stringify({ features: { 'containerd-snapshotter': containerd } }));
  const daemon = spawn('dockerd', ['--config-file', settings, ...flags, ...places], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  daemon.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk}`.slice(-8192);
  });
  const ended = new Promise<void>((resolve) => daemon.once('close', () => resolve()));
  const docker = (...args: string[]) => attempt('docker', args, env);
  const until = Date.now() + 60_000;
  while ((await docker('version')).failed !== undefined) {
    if (daemon.exitCode !== null || Date.now() > until) throw new Error(`dockerd does not answer:\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    env,
    docker,
    daemon,
    async close() {
      daemon.kill();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
