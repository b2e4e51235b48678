import { type Digest, parsePlatform, samePlatform } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { dockerTexts } from '../../messages/phrases/docker.ts';
import { openLayout, openTree } from '../../oci/index.ts';
import { today } from '../project.ts';
import type { Session } from '../session.ts';
import { ASSET_NAME, againstPlatforms, assetIn } from './asset.ts';
import { dockerFlags, notDoneHere } from './flags.ts';
import { formatGo } from './format.ts';
import { dockerIdOf, type Standing } from './stand-in.ts';
import { findKept, type Kept, keptImages, shownName, storeDirectory } from './store.ts';

/**
 * `docker inspect`: Docker's answer where it knows the name, else ours. cdk-assets asks for an image by this and builds
 * none where there is one, so an asset that is not what its app needs now is none.
 */
export async function inspect(standing: Standing): Promise<number> {
  const { session, words, label, handOn, note, out } = standing;
  const given = dockerFlags(words.rest, ['f,format=', 's,size', 'type=']);
  const [name, ...more] = given.words;
  if (name !== undefined && more.length === 0 && given.unknown === undefined) {
    const kept = await findKept(session.shell, name);
    if (ASSET_NAME.test(name) && !(await isAsNeeded(session, name, kept))) {
      const isThere = kept !== undefined || (await dockerIdOf(session, name)) !== undefined;
      if (isThere) note(dockerTexts.otherAsset[session.language]({ name }));
      return missing(standing, name);
    }
    const isImage = given.values.get('type')?.at(-1) ?? 'image';
    if (kept !== undefined && isImage === 'image' && !(await dockerHas(session, name))) {
      const shown = await shownAsDocker(session, kept);
      const template = given.values.get('format')?.at(-1);
      const text =
        template === undefined || template === 'json'
          ? JSON.stringify([shown], undefined, template === 'json' ? undefined : 4)
          : formatGo(template, shown);
      if (text === undefined) throw notDoneHere(label, `--format ${template}`, '--format');
      out(`${text}\n`);
      return 0;
    }
  }
  const status = await handOn();
  if (status !== undefined) return status;
  if (given.unknown !== undefined) throw notDoneHere(label, given.unknown);
  if (name === undefined)
    throw failure('cli/usage', { command: label, kind: 'no-value', detail: 'NAME' }, atInput(label), 'request');
  return missing(standing, name);
}

/** As docker says it: an empty list, and the name. */
function missing({ words, out, session }: Standing, name: string): number {
  out('[]\n');
  session.shell.err(`Error: No such ${words.command === 'inspect' ? 'object' : 'image'}: ${name}\n`);
  return 1;
}

const dockerHas = async (session: Session, name: string): Promise<boolean> =>
  (await dockerIdOf(session, name)) !== undefined;

/** Whether an asset was built here, is what Docker has under its name, and is for the CPU that its app wants today. */
async function isAsNeeded(session: Session, name: string, kept: Kept | undefined): Promise<boolean> {
  if (kept?.facts.asset === undefined) return false;
  const id = await dockerIdOf(session, name);
  if (id !== undefined && id !== kept.facts.dockerId) return false;
  const asset = assetIn(kept.facts.asset, { names: [name] });
  if (asset === undefined) return false;
  const platforms = (await treeOf(session, kept)).images.flatMap(({ declared }) => declared ?? []);
  return againstPlatforms(asset, platforms, { asked: true, today: today(session) }) === undefined;
}

async function treeOf({ shell }: Session, { descriptor }: Kept) {
  const source = openLayout(storeDirectory(shell));
  try {
    return await openTree(source, descriptor, { signal: shell.signal });
  } finally {
    await source.close();
  }
}

/** The fields of docker's own answer that the image itself tells (moby, api/types/image/image_inspect.go, read 2026-11-29). */
async function shownAsDocker(session: Session, kept: Kept): Promise<Readonly<Record<string, unknown>>> {
  const { images } = await treeOf(session, kept);
  const host = parsePlatform(session.shell.hostPlatform)!;
  const image = images.find(({ declared }) => declared !== undefined && samePlatform(declared, host)) ?? images[0];
  if (image === undefined) throw failure('image/empty', { source: kept.name }, atInput(kept.name), 'request');
  const same = (await keptImages(session.shell)).filter(
    ({ descriptor }) => descriptor.digest === kept.descriptor.digest,
  );
  const config = JSON.parse(Buffer.from(image.rawConfig).toString('utf8')) as Readonly<Record<string, unknown>>;
  const size = image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  const id: Digest = kept.descriptor.digest;
  return {
    Id: id,
    RepoTags: same
      .map(shownName)
      .flatMap(({ repository, tag }) => (repository === '<none>' ? [] : [`${repository}:${tag}`])),
    RepoDigests: [
      ...new Set(
        same
          .map(shownName)
          .flatMap(({ repository, digest }) => (repository === '<none>' ? [] : [`${repository}@${digest}`])),
      ),
    ],
    Created: config['created'] ?? '',
    Author: config['author'] ?? '',
    Config: config['config'] ?? {},
    Architecture: config['architecture'] ?? '',
    ...(config['variant'] === undefined ? {} : { Variant: config['variant'] }),
    Os: config['os'] ?? '',
    Size: size,
    RootFS: {
      Type: 'layers',
      Layers: (config['rootfs'] as { readonly diff_ids?: unknown } | undefined)?.diff_ids ?? [],
    },
  };
}
