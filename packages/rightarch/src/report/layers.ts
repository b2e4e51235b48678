import { formatPlatform } from '../core/index.ts';
import { printable } from '../messages/index.ts';
import { type Image, type ImageTree, writtenInstruction } from '../oci/index.ts';

/** `oci image.index.v1` for `application/vnd.oci.image.index.v1+json`. */
export const shortMediaType = (mediaType: string): string =>
  mediaType.replace(/^application\/vnd\.(oci|docker)\./, '$1 ').replace(/\+json$|^application\//, '');

/** What the config says of its platform, else the index, else `?`; with what it asks of the system beside its name. */
export function platformText({ declared, entryPlatform }: Image): string {
  const platform = declared ?? entryPlatform;
  if (platform === undefined) return '?';
  const asks = [platform.osVersion ?? [], entryPlatform?.osFeatures ?? platform.osFeatures ?? []].flat();
  const text = formatPlatform(platform);
  return asks.length === 0 ? text : printable(`${text} (${asks.join(', ')})`);
}

/** For each layer, the platforms that have it. */
export function layerUsers(tree: ImageTree): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const image of tree.images) {
    for (const { descriptor } of image.layers) {
      const known = users.get(descriptor.digest);
      if (known === undefined) users.set(descriptor.digest, [platformText(image)]);
      else if (!known.includes(platformText(image))) known.push(platformText(image));
    }
  }
  return users;
}

/** The instruction as in the Dockerfile, as long as a line has room for. */
export function instructionText(createdBy: string | undefined): string {
  const text = printable(writtenInstruction(createdBy));
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}
