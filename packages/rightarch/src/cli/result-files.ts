import { formatReference, type ImageReference, withDefaultTag } from '../core/index.ts';
import type { Descriptor } from '../oci/index.ts';
import { oneValue } from './arguments.ts';
import type { Session } from './session.ts';
import type { Flags } from './specs.ts';
import { writeWhole } from './write-whole.ts';

/** What a build or a publish left of one image, for `--metadata-file` and `--iidfile`. */
export interface ResultOfImage {
  readonly image: string;
  readonly root: Descriptor;
  readonly names: readonly ImageReference[];
  /** What `--json` says of it. */
  readonly value: unknown;
}

/**
 * docker's names for the same facts, so that scripts that read them keep working: `image.name` is every name, whole,
 * with commas between them (BuildKit's exporter/oci and exporter/containerimage). Of several images each has an
 * object of its own, as `docker buildx bake` writes it.
 */
export async function writeResultFiles(
  session: Session,
  results: readonly ResultOfImage[],
  flags: Flags,
): Promise<void> {
  const [first] = results;
  if (first === undefined) return;
  const metadata = oneValue(flags, 'metadata-file');
  const iid = oneValue(flags, 'iidfile');
  if (metadata !== undefined) {
    const own =
      results.length === 1 ? dockerKeys(first) : Object.fromEntries(results.map((one) => [one.image, dockerKeys(one)]));
    const value = { ...own, rightarch: results.map((one) => one.value) };
    await writeWhole(session.path(metadata), `${JSON.stringify(value, undefined, 2)}\n`);
  }
  if (iid !== undefined) await writeWhole(session.path(iid), first.root.digest);
}

function dockerKeys({ root: { mediaType, digest, size }, names }: ResultOfImage): object {
  return {
    'containerimage.descriptor': { mediaType, digest, size },
    'containerimage.digest': digest,
    ...(names.length > 0 ? { 'image.name': names.map((name) => formatReference(withDefaultTag(name))).join(',') } : {}),
  };
}
