import type { TargetId } from '../../target/index.ts';
import { type Found, type FoundName, type FoundRuntime, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { nameAt } from './names.ts';
import { runtimeAt } from './runtime.ts';

/** Bicep, and templates of Azure Resource Manager by the names that they usually have. */
export const AZURE = /\.bicep$|(?:^|\/)(?:azuredeploy|mainTemplate)[\w.-]*\.json$/;

/** Both have amd64 alone (target/runtimes). */
const RUNTIMES: Readonly<Record<string, TargetId>> = {
  'app/containerapps': 'azure-container-apps',
  'app/jobs': 'azure-container-apps',
  'containerinstance/containergroups': 'azure-aci',
};

const BICEP =
  /^resource[ \t]+(\w+)[ \t]+'Microsoft\.(App\/containerApps|App\/jobs|ContainerInstance\/containerGroups)@[^']*'(?![ \t]*existing\b)/gim;
const TEMPLATE = /"type"[ \t]*:[ \t]*"Microsoft\.(App\/containerApps|App\/jobs|ContainerInstance\/containerGroups)"/gi;
const IMAGE = /(?:^|[\s{,])"?image"?[ \t]*:[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|(\S))/g;

/** Resources of Azure that run containers: they have one CPU, and no property for it. */
export function discoverAzure({ path, text }: SourceFile): Partial<Found> {
  const place = placesIn(path, text);
  const runtimes: FoundRuntime[] = [];
  const names: FoundName[] = [];
  const isBicep = path.endsWith('.bicep');
  const found = [...text.matchAll(isBicep ? BICEP : TEMPLATE)];
  for (const [i, { 0: whole, index, 1: first = '', 2: second = '' }] of found.entries()) {
    const runtime = RUNTIMES[(isBicep ? second : first).toLowerCase()];
    if (runtime === undefined) continue;
    // Up to the next declaration; in JSON, to the next of these resources.
    const rest = text.slice(index + whole.length, found[i + 1]?.index);
    const end = isBicep ? rest.search(/^(?:resource|module|output|param|var)\b/m) : -1;
    const body = end < 0 ? rest : rest.slice(0, end);
    const written = [...body.matchAll(IMAGE)].map(({ 0: all, index: at, 1: single, 2: double }) => {
      const image = single ?? double;
      // `${registry}/app:1`, and the expressions in brackets of a template, are filled in later.
      const isWhole = image !== undefined && image !== '' && !/\$\{|^\[/.test(image);
      return { image: isWhole ? image : undefined, from: index + whole.length + at + all.length };
    });
    const at = place(index, index + whole.length);
    const images = written.map(({ image }) => image);
    runtimes.push(runtimeAt(runtime, at, { name: isBicep ? first : undefined, images }));
    for (const { image, from } of written) names.push(...nameAt(image, place(from - 1), { how: 'pulled', runtime }));
  }
  return { runtimes, names };
}
