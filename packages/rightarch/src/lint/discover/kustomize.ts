import { parsePlatform } from '../../core/index.ts';
import { child, itemsOf, readTrees, scalarText, type Tree, workloadsIn } from '../../definition/index.ts';
import type { FoundName, FoundRuntime } from '../found.ts';
import { nameAt } from './names.ts';
import { runtimeAt } from './runtime.ts';
import type { PlaceOf } from './tree-parts.ts';
import { runtimeOf } from './workload.ts';

/**
 * The images that a kustomization puts in place of those that the manifests name, and the CPU that its own patches give
 * to what runs them. A patch in a file of its own is read as the manifest that it is a part of.
 */
export function readKustomization(
  root: Tree,
  file: string,
  place: PlaceOf,
): { readonly names: readonly FoundName[]; readonly runtimes: readonly FoundRuntime[] } {
  const isOne = scalarText(child(root, 'kind')) === 'Kustomization' || /(^|\/)kustomization\.ya?ml$/i.test(file);
  if (!isOne) return { names: [], runtimes: [] };
  const patches = ['patches', 'patchesJson6902', 'patchesStrategicMerge'].flatMap((key) => itemsOf(child(root, key)));
  return {
    names: itemsOf(child(root, 'images')).flatMap((image) => imageOf(image, place)),
    runtimes: patches.flatMap((patch) => patchedBy(patch, place)),
  };
}

function imageOf(image: Tree, place: PlaceOf): readonly FoundName[] {
  const name = child(image, 'newName') ?? child(image, 'name');
  const text = scalarText(name);
  if (text === undefined || name === undefined) return [];
  const tag = child(image, 'newTag');
  const written = tag?.kind === 'scalar' ? `${text}:${tag.text}` : text;
  return nameAt(written, place(name), {
    how: 'pulled',
    runtime: 'kubernetes',
    ...(tag === undefined ? { tag: undefined } : {}),
  });
}

/** Where a pod may say its CPU, by the path that JSON Patch writes. */
const SELECTOR = /^\/spec(?:\/jobTemplate\/spec)?(?:\/template\/spec)?\/nodeSelector(?:\/kubernetes\.io~1arch)?$/;

/** A part of a manifest, or operations of JSON Patch, as a text within the kustomization. */
function patchedBy(patch: Tree, place: PlaceOf): readonly FoundRuntime[] {
  const at = child(patch, 'patch') ?? patch;
  const text = scalarText(at);
  // The path of a file.
  if (text === undefined || !/\n|[{[]/.test(text)) return [];
  const name = scalarText(child(child(patch, 'target'), 'name'));
  const trees = readTrees(text);
  return trees.roots.flatMap((root) => {
    if (root.kind !== 'list')
      return workloadsIn({ ...trees, roots: [root] }).flatMap((workload) =>
        // What a patch leaves out, the manifest may say.
        runtimeOf(workload, () => place(at)).filter(({ how }) => how === 'declared' || how === 'open'),
      );
    return itemsOf(root).flatMap((operation) => {
      const isSet = /^(?:add|replace)$/.test(scalarText(child(operation, 'op')) ?? '');
      if (!isSet || !SELECTOR.test(scalarText(child(operation, 'path')) ?? '')) return [];
      const value = child(operation, 'value');
      const cpu = parsePlatform(`linux/${scalarText(value) ?? scalarText(child(value, 'kubernetes.io/arch')) ?? ''}`);
      return cpu === undefined ? [] : [runtimeAt('kubernetes', place(at), { name, declared: [cpu] })];
    });
  });
}
