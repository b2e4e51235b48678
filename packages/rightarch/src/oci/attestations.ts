import { type Digest, Failure } from '../core/index.ts';
import { parseJson, parseManifest } from './documents.ts';
import type { CallOptions, Descriptor, ImageTree } from './types.ts';
import { documentLimits, readVerified } from './verified.ts';

/** What a manifest beside the images states, and about which of them (BuildKit, docs/attestations/attestation-storage.md). */
export interface Attestation {
  readonly descriptor: Descriptor;
  /** The manifest that it speaks of, where the entry says. */
  readonly subject: Digest | undefined;
  /** in-toto predicate types: `https://slsa.dev/provenance/v0.2`, `https://spdx.dev/Document`. Empty where unread. */
  readonly predicates: readonly string[];
}

/** The manifest that an entry of an index speaks of, where it is an attestation that says so. */
export const subjectOf = ({ annotations }: Descriptor): Digest | undefined =>
  annotations?.['vnd.docker.reference.digest'] as Digest | undefined;

/** Reads the manifests of the attestations of a tree, not their statements. One that cannot be read says no more than its entry. */
export async function readAttestations(tree: ImageTree, options: CallOptions = {}): Promise<readonly Attestation[]> {
  const found: Attestation[] = [];
  for (const descriptor of tree.attestations) {
    const subject = subjectOf(descriptor);
    found.push({ descriptor, subject, predicates: await predicatesOf(tree, descriptor, options) });
  }
  return found;
}

async function predicatesOf(tree: ImageTree, descriptor: Descriptor, options: CallOptions): Promise<readonly string[]> {
  const layers = await attestedLayers(tree, descriptor, options);
  return [...new Set(layers.flatMap(({ annotations }) => annotations?.['in-toto.io/predicate-type'] ?? []))];
}

/** The statements behind the manifest of an attestation, each with its type as an annotation; none where it is unreadable. */
export async function attestedLayers(
  tree: ImageTree,
  descriptor: Descriptor,
  options: CallOptions,
): Promise<readonly Descriptor[]> {
  const at = { in: 'image', image: tree.source.name } as const;
  try {
    const raw = await readVerified(tree.source, descriptor, { ...options, at, limit: documentLimits.manifest });
    const place = { document: 'manifest', digest: descriptor.digest, at } as const;
    return parseManifest(parseJson(raw, place), place).layers;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [];
  }
}
