import { Failure, formatPlatform, type Platform, samePlatform } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { type Descriptor, type Image, type ImageTree, readAttestations } from '../../oci/index.ts';
import { findForeignBases, findSmells } from '../../proof/index.ts';
import { renderTree, treeJson } from '../../report/index.ts';
import { openImage, openOptions } from '../access.ts';
import { builtLocator, lastBuilt } from '../built.ts';
import type { ExitStatus } from '../exit.ts';
import { readPlatforms } from '../jobs.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';

/** `inspect`: what an image really is, from its documents alone. Faults of its structure are findings, smells warnings. */
export async function inspect(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const names = words.length > 0 ? words : lastBuilt(session).map((built) => builtLocator(session, built));
  const platforms = readPlatforms(flags);
  const options = await openOptions(session);
  const values: unknown[] = [];
  let faults = 0;
  for (const name of names) {
    const image = await openImage(session, name, options);
    try {
      const { tree } = image;
      const images = chosen(tree, platforms, name);
      if (flags.raw === true) {
        session.shell.out(Buffer.from(rawOf(tree, images, platforms)).toString('utf8'));
        continue;
      }
      const call = { signal: session.shell.signal };
      const findings = [...tree.problems, ...findSmells(tree), ...(await findForeignBases(tree, call))];
      faults += findings.filter(({ severity }) => severity === 'error').length;
      const attestations = (await readAttestations(tree, call)).filter(
        ({ subject }) => platforms.length === 0 || images.some(({ descriptor }) => descriptor.digest === subject),
      );
      const beside = {
        referrers: await orNothing(referrersOf(tree, call), call),
        tags: await orNothing(tagsOf(tree, call), call),
      };
      const inspection = { name, tree, images, attestations, ...beside };
      if (session.json) values.push({ ...treeJson(inspection), diagnostics: session.findingsJson(findings) });
      else {
        session.print(`${renderTree(session.page, inspection)}\n`);
        session.printFindings(findings);
      }
    } finally {
      await image.close();
    }
  }
  if (session.json && flags.raw !== true) session.printJson(values.length === 1 ? values[0] : values);
  return faults > 0 ? 1 : 0;
}

/** The images of the platforms that were asked for; each must be there. */
function chosen(tree: ImageTree, platforms: readonly Platform[], name: string): readonly Image[] {
  if (platforms.length === 0) return tree.images;
  const isOf = (image: Image, platform: Platform): boolean =>
    [image.entryPlatform, image.declared].some((own) => own !== undefined && samePlatform(own, platform));
  for (const platform of platforms) {
    if (tree.images.some((image) => isOf(image, platform))) continue;
    const found = tree.images.flatMap(({ declared }) => (declared === undefined ? [] : [formatPlatform(declared)]));
    const args = { platform: formatPlatform(platform), found };
    throw failure('proof/platform-missing', args, { in: 'image', image: name, platform }, 'request');
  }
  return tree.images.filter((image) => platforms.some((platform) => isOf(image, platform)));
}

/** The exact bytes: of the manifest of the one platform that was asked for, else of what the name points at. */
function rawOf(tree: ImageTree, images: readonly Image[], platforms: readonly Platform[]): Uint8Array {
  if (platforms.length === 0) return tree.rawRoot;
  const [image, ...more] = images;
  if (image !== undefined && more.length === 0) return image.rawManifest;
  const value = platforms.map(formatPlatform).join(',');
  const accepted = ['--raw --platform linux/arm64'];
  throw failure('cli/bad-value', { option: '--platform', value, accepted }, atInput('--platform'), 'request');
}

/** More tags than these are asked for of no repository. */
const MAX_TAGS = 10_000;

type Call = { readonly signal: AbortSignal };

/** Signatures and other artifacts of the image. */
async function referrersOf({ source, root }: ImageTree, call: Call): Promise<readonly Descriptor[] | undefined> {
  return source.referrers?.(root.digest, call);
}

async function tagsOf({ source }: ImageTree, call: Call): Promise<readonly string[] | undefined> {
  if (source.tags === undefined) return undefined;
  const tags: string[] = [];
  for await (const tag of source.tags(call)) if (tags.push(tag) >= MAX_TAGS) break;
  return tags;
}

/** A registry that does not say what lies beside an image is no fault of the image. */
async function orNothing<T>(asked: Promise<T | undefined>, { signal }: Call): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Failure && !signal.aborted) return undefined;
    throw error;
  }
}
