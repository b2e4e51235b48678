import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The parts of an image configuration that decide how a container starts. */
export interface StartConfig {
  readonly User?: string;
  readonly Env?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly WorkingDir?: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Which image of a layout: `name` may be left out where there is one, `platform` is `os/architecture`. */
export interface ImageChoice {
  readonly layout: string;
  readonly name?: string | undefined;
  readonly platform: string;
}

/**
 * Unpacks one image of an OCI layout with GNU tar, as root, and gives its configuration. None of the product's own
 * code takes part: this is the other opinion that its proofs are held against.
 */
export async function unpackImage({ layout, name, platform }: ImageChoice, directory: string): Promise<StartConfig> {
  const blob = (digest: string) => join(layout, 'blobs', ...digest.split(':'));
  const read = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T;
  const index = await read<{ readonly manifests: readonly Descriptor[] }>(join(layout, 'index.json'));
  const named = index.manifests.filter(
    ({ annotations }) => name === undefined || annotations?.['org.opencontainers.image.ref.name'] === name,
  );
  const digests = new Set(named.map(({ digest }) => digest));
  if (name !== undefined && digests.size !== 1) throw new Error(`${layout} has ${digests.size} images named ${name}`);

  let found: Descriptor | undefined;
  const queue = [...named];
  for (let next = queue.shift(); next !== undefined && found === undefined; next = queue.shift()) {
    if (/index|manifest\.list/.test(next.mediaType)) {
      queue.push(...(await read<{ readonly manifests: readonly Descriptor[] }>(blob(next.digest))).manifests);
    } else if (next.platform === undefined || `${next.platform.os}/${next.platform.architecture}` === platform) {
      found = next;
    }
  }
  if (found === undefined) throw new Error(`${layout} has no image for ${platform}`);
  const manifest = await read<{ readonly config: Descriptor; readonly layers: readonly Descriptor[] }>(
    blob(found.digest),
  );
  await mkdir(directory, { recursive: true });
  for (const layer of manifest.layers) await unpackLayer(blob(layer.digest), directory);
  return (await read<{ readonly config?: StartConfig }>(blob(manifest.config.digest))).config ?? {};
}

/** image-spec layer.md: whiteouts hide what lower layers have, so they are applied before the layer's own files. */
async function unpackLayer(tar: string, directory: string): Promise<void> {
  const options = { maxBuffer: 1 << 28 };
  const { stdout } = await run('tar', ['--list', '--quoting-style=literal', '--file', tar], options);
  for (const path of stdout.split('\n')) {
    const mark = basename(path);
    if (!mark.startsWith('.wh.')) continue;
    const parent = join(directory, dirname(path));
    const hidden = mark === '.wh..wh..opq' ? await readdir(parent).catch(() => []) : [mark.slice('.wh.'.length)];
    for (const child of hidden) await rm(join(parent, child), { recursive: true, force: true });
  }
  const keep = [
    '--exclude=.wh.*',
    '--numeric-owner',
    '--same-owner',
    '--preserve-permissions',
    '--keep-directory-symlink',
  ];
  await run('tar', ['--extract', ...keep, '--xattrs', '--directory', directory, '--file', tar], options);
}
