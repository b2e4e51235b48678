import { type Diagnostic, formatPlatform, type Platform, parsePlatform, platformFit } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { type CallOptions, type Image, type ImageTree, readMaterials, writtenInstruction } from '../oci/index.ts';
import { cpuWordsOf, wordsIn } from './cpu-words.ts';
import { isForLinux, platformOf } from './structure.ts';

const BASE_NAME = 'org.opencontainers.image.base.name';
/** What Docker Hub calls the accounts of one CPU: `arm64v8/debian`. */
const HUB = /\b(arm64|arm32)(v\d)\//g;

/**
 * Platforms that stand on the base of another one by what the documents beside them say, before a layer is read: the
 * instruction of the lowest layer (`debian.sh --arch 'amd64'`), the name of the base, the provenance. The digest of a base
 * (`image.base.digest`) tells nothing: two platforms that name one digest mean an index, or have the same lowest layer.
 * What the bytes say is for `verify`, which needs none of this.
 */
export async function findForeignBases(tree: ImageTree, options: CallOptions = {}): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const image of tree.images.filter(isForLinux)) {
    const platform = platformOf(image);
    if (platform === undefined) continue;
    const said = saidByDocuments(image, platform) ?? (await saidByProvenance(tree, image, platform, options));
    if (said === undefined) continue;
    const at = { in: 'image', image: tree.source.name, platform } as const;
    found.push(diagnostic('image/base-other-cpu', { platform: formatPlatform(platform), ...said }, at));
  }
  return found;
}

type Said = { readonly by: 'instruction' | 'name' | 'provenance'; readonly text: string };

function saidByDocuments(image: Image, platform: Platform): Said | undefined {
  const instruction = writtenInstruction(image.layers[0]?.history?.created_by).replace(/\s+/g, ' ').trim();
  if (!instruction.startsWith('COPY') && namesOther(instruction, platform))
    return { by: 'instruction', text: instruction.slice(0, 120) };
  const name = image.manifest.annotations?.[BASE_NAME] ?? image.descriptor.annotations?.[BASE_NAME] ?? '';
  const plain = name.replace(HUB, (_, cpu: string, variant: string) => (cpu === 'arm64' ? 'arm64/' : `arm${variant}/`));
  return namesOther(plain, platform) ? { by: 'name', text: name } : undefined;
}

/** A CPU is named, and not the platform's own beside it. */
function namesOther(text: string, platform: Platform): boolean {
  const [own, words] = [cpuWordsOf(platform), wordsIn(text)];
  return words.length > 0 && own.length > 0 && !words.some((word) => own.includes(word));
}

/**
 * Stages that only build may rightly be for the builder's CPU. Where no image at all was for the platform's own, only one
 * that begins from nothing is none of theirs, and that begins with what is copied or added.
 */
async function saidByProvenance(
  tree: ImageTree,
  image: Image,
  platform: Platform,
  options: CallOptions,
): Promise<Said | undefined> {
  const lowest = image.layers[0]?.history?.created_by;
  if (lowest === undefined || /^(COPY|ADD|WORKDIR)\b/.test(writtenInstruction(lowest))) return undefined;
  const materials = await readMaterials(tree, image, options);
  const platforms = materials.map((one) => parsePlatform(one.platform));
  const isOwn = (one: Platform | undefined): boolean =>
    one === undefined ||
    one.architecture === platform.architecture ||
    platformFit({ host: platform, binary: one }) !== 'none';
  if (materials.length === 0 || platforms.some(isOwn)) return undefined;
  return { by: 'provenance', text: materials.map(({ name, platform: own }) => `${name} (${own})`).join(', ') };
}
