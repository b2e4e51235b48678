import { type Diagnostic, formatPlatform, normalizePlatform, type Platform, samePlatform } from '../core/index.ts';
import { diagnostic, type Remark, remark } from '../messages/index.ts';
import type { Image, ImageTree } from '../oci/index.ts';
import type { FileTree, LayerFacts } from '../scan/index.ts';
import type { Obligation, Verdict } from './types.ts';
import { placeOf, type View } from './view.ts';

/** One part of a proof: what it says, and on what. */
export interface PartProof {
  readonly verdict: Verdict;
  readonly obligations: readonly Obligation[];
  readonly diagnostics: readonly Diagnostic[];
  readonly needs?: string | Remark;
}

/** Faults that leave something unread rather than show it to be wrong: they prove nothing and refute nothing. */
const OPEN = new Set([
  'image/platform-missing',
  'image/foreign-layer',
  'image/media-type-unknown',
  'proof/layer-looked-at',
  'proof/sparse-gnu',
  'proof/entry-not-unpacked',
  'proof/layer-compression',
]);

/** The fact that would decide an open structure. */
function neededFor(open: Diagnostic | undefined): string | Remark {
  if (open === undefined) return remark('layers');
  const byUnpacker = open.code === 'proof/layer-compression' || open.code === 'proof/entry-not-unpacked';
  return byUnpacker ? remark('unpacker') : open.code;
}

/** What a fault means for the verdict of the image that it belongs to. */
export function weigh({ code, severity, args }: Diagnostic): Verdict {
  if (OPEN.has(code)) return 'undecided';
  if (code === 'proof/layer-damaged' && (args['what'] === 'limit' || args['what'] === 'trailing')) return 'undecided';
  if (code === 'proof/diff-id-unsupported') return 'undecided';
  return severity === 'error' ? 'refuted' : 'proven';
}

/** The platform that a proof of this image is for: what the index selects it by, else what its config says. */
export function platformOf(image: Image): Platform | undefined {
  const written = image.entryPlatform ?? image.declared;
  return written === undefined ? undefined : normalizePlatform(written);
}

/** True for entries that no Linux machine runs. Shown and skipped, never proven. */
export function isForLinux(image: Image): boolean {
  return (platformOf(image)?.os ?? 'linux') === 'linux';
}

/** Faults of the tree that belong to one image, and those that belong to the whole. */
export function problemsOf(tree: ImageTree, image: Image | undefined): readonly Diagnostic[] {
  const owner = ({ at }: Diagnostic): Image | undefined => {
    const { platform } = at.in === 'image' ? at : { platform: undefined };
    if (platform === undefined)
      return tree.images.length === 1 && tree.form === 'manifest' ? tree.images[0] : undefined;
    return tree.images.find((one) =>
      [one.entryPlatform, one.declared].some((own) => own !== undefined && samePlatform(own, platform)),
    );
  };
  return tree.problems.filter((problem) => owner(problem) === image);
}

/** Whether an image is what its descriptors, its config and its layers say of each other. */
export function proveStructure(
  view: View,
  parts: { readonly tree: ImageTree; readonly layers: readonly LayerFacts[]; readonly files: FileTree },
): PartProof {
  const { image } = view;
  const diagnostics: Diagnostic[] = [...problemsOf(parts.tree, image)];
  for (const layer of parts.layers) {
    for (const problem of layer.problems) {
      diagnostics.push(
        problem.at.in === 'image' ? { ...problem, at: { ...problem.at, platform: view.declared } } : problem,
      );
    }
  }
  for (const { kind, path, layer } of parts.files.problems) {
    const node = { ...parts.files.root, layer };
    diagnostics.push(
      diagnostic('proof/entry-not-unpacked', { path: `/${path}`, kind }, placeOf(view, `/${path}`, node)),
    );
  }
  diagnostics.push(...mislabeled(view, parts.layers));
  const skipped = variantProblem(view, parts.tree);
  if (skipped !== undefined) diagnostics.push(skipped);
  const verdicts = diagnostics.map(weigh);
  const complete = parts.layers.length === image.layers.length && parts.layers.every((layer) => layer.complete);
  const verdict: Verdict = verdicts.includes('refuted')
    ? 'refuted'
    : verdicts.includes('undecided') || !complete
      ? 'undecided'
      : 'proven';
  const open = diagnostics.find((one) => weigh(one) === 'undecided');
  const read = parts.layers.filter(
    (layer, i) =>
      layer.complete && layer.diffId === image.layers[i]?.diffId && layer.digest === image.layers[i]?.descriptor.digest,
  ).length;
  const earlier = parts.layers.filter((layer) => layer.earlier).length;
  const holds = verdict === 'proven' ? true : verdict === 'refuted' ? false : ('unknown' as const);
  return {
    verdict,
    obligations: [
      {
        step: 'structure',
        holds,
        subject: image.descriptor.digest,
        evidence: remark('layers-read', { read, of: image.layers.length, earlier }),
      },
    ],
    diagnostics,
    ...(verdict === 'undecided' ? { needs: neededFor(open) } : {}),
  };
}

/**
 * Layers whose media type says that they are plain, and that are not. containerd takes the type at its word and finds
 * no tar in them (core/diff/stream.go, compressedHandler); Docker and CRI-O look at the bytes.
 */
function mislabeled(view: View, layers: readonly LayerFacts[]): readonly Diagnostic[] {
  return view.image.layers.flatMap(({ descriptor, position }, i) => {
    const facts = layers[i];
    if (facts?.complete !== true || !/\.tar$|\.diff\.tar$/.test(descriptor.mediaType)) return [];
    if (facts.size === facts.unpackedSize) return [];
    const at = { ...placeOf(view), layer: descriptor.digest, layerIndex: position };
    return [diagnostic('proof/layer-compression', { mediaType: descriptor.mediaType }, at)];
  });
}

/**
 * traps.md, borderline case 8: containerd on a plain amd64 host asks for linux/amd64 and does not take an entry that
 * says amd64/v3, unless it was configured to (containerd/platforms, Default and Only). On arm64 it finds v8 and nothing
 * better, whatever the CPU is (cpuinfo_linux.go), so `arm64/v8.2` and `arm64/v9` are never taken either.
 */
function variantProblem(view: View, tree: ImageTree): Diagnostic | undefined {
  const { architecture, variant, os } = normalizePlatform(view.declared);
  if (tree.form !== 'index' || !/^(amd64|arm64)$/.test(architecture) || variant === undefined) return undefined;
  const baseline: Platform = { os, architecture };
  if (tree.images.some((image) => image.entryPlatform !== undefined && samePlatform(image.entryPlatform, baseline))) {
    return undefined;
  }
  const args = { platform: formatPlatform(view.declared), baseline: formatPlatform(baseline) };
  return diagnostic('proof/variant-not-selected', args, placeOf(view));
}
