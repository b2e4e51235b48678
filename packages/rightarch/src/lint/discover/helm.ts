import { parseCpu } from '../../core/index.ts';
import { child, entriesOf, readTrees, requiredCpus, scalarText, type Tree } from '../../definition/index.ts';
import { type Found, type FoundName, type FoundRuntime, placesIn } from '../found.ts';
import type { Around, SourceFile } from '../repository.ts';
import { nameAt } from './names.ts';
import { runtimeAt } from './runtime.ts';
import type { PlaceOf } from './tree-parts.ts';

/** Values of a chart, by the names that people give them. */
export const VALUES = /(^|\/)values[\w.-]*\.ya?ml$/;

/** No chart has its values deeper. */
const MOST_LEVELS = 6;

/**
 * Where the pods of a chart run by its values: `nodeSelector` or a required affinity beside or below an `image`. What the templates make of them
 * is not read, and whoever installs the chart may say otherwise: the CPU is one that is filled in later, usually with this.
 */
export function discoverValues({ path, text }: SourceFile, { charts }: Around): Partial<Found> {
  const folder = charts.find((chart) => path.startsWith(chart));
  if (folder === undefined || !/\bkubernetes\.io\/arch\b/.test(text)) return {};
  const placeAt = placesIn(path, text);
  const place: PlaceOf = ({ offset, end }) => placeAt(offset, end);
  const runtimes: FoundRuntime[] = [];
  const names: FoundName[] = [];
  const visit = (tree: Tree, name: string | undefined, around: string | undefined, depth: number): void => {
    const image = imageOf(child(tree, 'image')) ?? around;
    const arch = child(child(tree, 'nodeSelector'), 'kubernetes.io/arch', 'beta.kubernetes.io/arch');
    const required = arch === undefined ? requiredCpus(tree) : undefined;
    const cpu = required?.cpus.length === 1 ? required.cpus[0] : parseCpu(scalarText(arch) ?? '');
    const stands = arch ?? required?.at;
    if (stands !== undefined && cpu !== undefined && image !== undefined) {
      const at = place(stands);
      runtimes.push({ ...runtimeAt('kubernetes', at, { name, open: true, images: [image] }), usually: cpu });
      names.push(...nameAt(image, at, { how: 'pulled', runtime: 'kubernetes' }));
    }
    if (depth < MOST_LEVELS)
      for (const [key, one] of entriesOf(tree)) if (one.kind === 'map') visit(one, key, image, depth + 1);
  };
  for (const root of readTrees(text).roots) visit(root, folder.split('/').at(-2), undefined, 0);
  return { runtimes, names };
}

/** `image: NAME`, or the parts of one, as `helm create` and Bitnami write them. */
function imageOf(tree: Tree | undefined): string | undefined {
  if (tree?.kind === 'scalar') return scalarText(tree);
  const part = (key: string): string | undefined => scalarText(child(tree, key)) || undefined;
  const repository = part('repository') ?? part('name');
  if (repository === undefined) return undefined;
  const registry = part('registry');
  // The tag is the chart's own version where it is blank.
  return `${registry === undefined ? '' : `${registry}/`}${repository}:${part('tag') ?? '${version}'}`;
}
