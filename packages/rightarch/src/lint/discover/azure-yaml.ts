import { child, itemsOf, scalarText, type Tree } from '../../definition/index.ts';
import type { TargetId } from '../../target/index.ts';
import type { FoundName, FoundRuntime } from '../found.ts';
import { nameAt } from './names.ts';
import { runtimeAt } from './runtime.ts';
import type { PlaceOf } from './tree-parts.ts';

/** What every file has that `az containerapp create --yaml` or `az container create --file` is given, and no other. */
export const AZURE_YAML =
  /Microsoft\.(?:App\/(?:containerApps|jobs|managedEnvironments)|ContainerInstance\/containerGroups)/i;

/**
 * An app, a job or a group of containers of Azure: they have one CPU, and no property for it
 * (https://learn.microsoft.com/azure/container-apps/azure-resource-manager-api-spec and
 * https://learn.microsoft.com/azure/container-instances/container-instances-reference-yaml, read 2026-11-30).
 */
export function readAzureYaml(
  root: Tree,
  place: PlaceOf,
): { readonly runtimes: readonly FoundRuntime[]; readonly names: readonly FoundName[] } {
  const properties = child(root, 'properties');
  const type = scalarText(child(root, 'type')) ?? '';
  const environment = child(properties, 'environmentId') ?? child(properties, 'managedEnvironmentId');
  const isApp = /^Microsoft\.App\/(?:containerApps|jobs)$/i.test(type) || (type === '' && environment !== undefined);
  const isGroup = /^Microsoft\.ContainerInstance\/containerGroups$/i.test(type);
  if (!isApp && !isGroup) return { runtimes: [], names: [] };
  if (isGroup && scalarText(child(properties, 'osType'))?.toLowerCase() === 'windows')
    return { runtimes: [], names: [] };
  const runtime: TargetId = isApp ? 'azure-container-apps' : 'azure-aci';
  const containers = isApp
    ? itemsOf(child(child(properties, 'template'), 'containers'))
    : itemsOf(child(properties, 'containers')).flatMap((one) => child(one, 'properties') ?? []);
  const images = containers.flatMap((one) => child(one, 'image') ?? []);
  const name = scalarText(child(root, 'name'));
  const at = place(child(root, 'type') ?? environment ?? root);
  return {
    runtimes: [runtimeAt(runtime, at, { name, images: images.map(scalarText) })],
    names: images.flatMap((image) => nameAt(scalarText(image), place(image), { how: 'pulled', runtime })),
  };
}
