import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CERTIFICATES } from '../test/support/certificates.ts';
import { Missing, needTools, run } from './workspace.ts';

/** Debian's buildah with storage of its own below a directory. */
export interface Buildah {
  /** Builds the context without layers from before, for this machine's CPU or for the platforms that are named. */
  build(context: string, platforms?: readonly string[]): Promise<void>;
  /** Leaves what was built last as gzip layers in an OCI layout. */
  leave(directory: string, platforms?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const NAME = 'localhost/bench';

/**
 * `registry` serves docker.io's names. npm's cache is a directory of the host, so that packages are as near as they
 * are for the embedded engine; npm is told to leave out what a build does not need (audit, funding, updates).
 */
export async function openBuildah(directory: string, registry: string): Promise<Buildah> {
  await needTools({ buildah: 'buildah' });
  if (process.getuid?.() !== 0) throw new Missing('buildah with chroot isolation needs root here');
  const npm = join(directory, 'npm');
  mkdirSync(npm, { recursive: true });
  const registries = join(directory, 'registries.conf');
  writeFileSync(
    registries,
    `unqualified-search-registries = ["docker.io"]\n[[registry]]\nprefix = "docker.io"\nlocation = "${registry}"\ninsecure = true\n`,
  );
  const npmrc = join(directory, 'npmrc');
  const trusted = existsSync(CERTIFICATES);
  writeFileSync(
    npmrc,
    `prefer-offline=true\naudit=false\nfund=false\nupdate-notifier=false\n${trusted ? `cafile=${CERTIFICATES}\n` : ''}`,
  );
  const common = [
    '--root',
    join(directory, 'storage'),
    '--runroot',
    join(directory, 'run'),
    '--storage-driver',
    'overlay',
  ];
  const env = { ...process.env, CONTAINERS_REGISTRIES_CONF: registries, TMPDIR: directory };
  const buildah = (...args: string[]) => run('buildah', [...common, ...args], { env });
  const volumes = [`${npm}:/root/.npm`, `${npmrc}:/usr/local/etc/npmrc:ro`];
  if (trusted) volumes.push(`${CERTIFICATES}:${CERTIFICATES}:ro`);
  const flags = [
    '--isolation=chroot',
    '--network=host',
    '--layers=false',
    '--no-cache',
    '--pull=missing',
    ...volumes.map((volume) => `--volume=${volume}`),
  ];
  return {
    async build(context, platforms) {
      const result =
        platforms === undefined ? ['--tag', NAME] : ['--platform', platforms.join(','), '--manifest', `${NAME}-index`];
      if (platforms !== undefined) await buildah('manifest', 'rm', `${NAME}-index`).catch(() => '');
      await buildah('build', ...flags, ...result, context);
    },
    async leave(target, platforms) {
      rmSync(target, { recursive: true, force: true });
      if (platforms === undefined) await buildah('push', '--format=oci', '--quiet', NAME, `oci:${target}:bench`);
      else
        await buildah('manifest', 'push', '--all', '--format=oci', '--quiet', `${NAME}-index`, `oci:${target}:bench`);
    },
    async close() {
      await buildah('rmi', '--all', '--force').catch(() => '');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const BINFMT = '/proc/sys/fs/binfmt_misc';
const ENTRY = 'rightarch-bench-aarch64';

/**
 * Lets this kernel run arm64 programs through qemu-user, as `docker run --privileged tonistiigi/binfmt` does: F keeps
 * the interpreter open, so that it need not be in the image. The magic is that of QEMU's qemu-binfmt-conf.sh.
 */
export async function emulateArm64(): Promise<{ close(): Promise<void> }> {
  await needTools({ 'qemu-aarch64-static': 'qemu-user-static' });
  if (!existsSync(join(BINFMT, 'register'))) {
    await run('mount', ['-t', 'binfmt_misc', 'binfmt_misc', BINFMT]).catch((error: Error) => {
      throw new Missing(`binfmt_misc cannot be mounted: ${error.message.split('\n').at(-1)}`);
    });
  }
  if (existsSync(join(BINFMT, 'qemu-aarch64'))) return { close: async () => {} };
  const magic = '\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00';
  const mask = '\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff';
  const qemu = (await run('sh', ['-c', 'command -v qemu-aarch64-static'])).trim();
  try {
    writeFileSync(join(BINFMT, 'register'), `:${ENTRY}:M::${magic}:${mask}:${qemu}:F`);
    readFileSync(join(BINFMT, ENTRY));
  } catch (error) {
    throw new Missing(`qemu-user cannot be registered: ${(error as Error).message}`);
  }
  return { close: async () => writeFileSync(join(BINFMT, ENTRY), '-1') };
}
