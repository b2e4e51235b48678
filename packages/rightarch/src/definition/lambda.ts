import type { StartSettings } from '../target/index.ts';
import { declaredCpu, imageOf, notEmpty } from './ecs.ts';
import { mountPath, Settings } from './settings.ts';
import { child, type Extent, entriesOf, scalarText, type Tree } from './tree.ts';
import type { Reading, Workload } from './types.ts';
import { writtenText, writtenWords } from './written.ts';

/**
 * A function that runs an image: the properties of `AWS::Lambda::Function` and `AWS::Serverless::Function`, or what
 * `get-function-configuration` gives. One of a zip file is none. `globals` is what SAM adds to each function.
 */
export function readFunction(
  parts: { readonly properties: Tree; readonly code?: Tree | undefined; readonly globals?: Tree | undefined },
  at: { readonly name: string | undefined; readonly where: Extent },
  reading: Reading,
): Workload | undefined {
  const { properties, code, globals } = parts;
  const uri = child(properties, 'ImageUri') ?? child(child(properties, 'Code') ?? code, 'ImageUri');
  if (scalarText(child(properties, 'PackageType')) !== 'Image' && uri === undefined) return undefined;
  const name = scalarText(child(properties, 'FunctionName')) ?? at.name;
  const place = reading.stands(at.where);
  return {
    kind: 'lambda',
    runtimes: ['lambda'],
    name,
    ...declaredCpu(child(properties, 'Architectures') ?? child(globals, 'Architectures'), reading),
    containers: [
      { name, role: 'main', line: place.line, image: imageOf(uri, reading), start: () => settings(parts, reading) },
    ],
    ...place,
  };
}

function settings(
  { properties, globals }: { readonly properties: Tree; readonly globals?: Tree | undefined },
  reading: Reading,
): StartSettings {
  const set = new Settings(reading);
  const config = child(properties, 'ImageConfig') ?? child(child(properties, 'ImageConfigResponse'), 'ImageConfig');
  const words = (tree: Tree | undefined) =>
    tree === undefined || (tree.kind === 'list' && tree.items.length === 0) ? undefined : writtenWords(tree);
  const entrypoint = words(child(config, 'EntryPoint'));
  const command = words(child(config, 'Command'));
  set.take('entrypoint', entrypoint);
  set.take('command', command);
  // "Values that override the container image Dockerfile settings": whether an ENTRYPOINT of its own keeps the image's
  // CMD is said nowhere (API_ImageConfig, read 2026-11-29).
  if (entrypoint !== undefined && command === undefined)
    set.open('command', 'ImageConfig.Command', child(config, 'EntryPoint')!.offset);
  if (config !== undefined && config.kind !== 'map') set.take('command', writtenWords(config));
  set.take('workdir', notEmpty(child(config, 'WorkingDirectory')));
  for (const one of [globals, properties]) {
    const variables = child(set.inside(child(one, 'Environment'), 'env'), 'Variables');
    if (
      variables !== undefined &&
      (variables.kind !== 'map' || entriesOf(variables).some(([key]) => /^Fn::/.test(key)))
    )
      set.open('env', 'Variables', variables.offset);
    else
      for (const [name, value] of entriesOf(variables)) {
        if (!reading.spend(1)) break;
        const written = writtenText(value);
        if ('value' in written) set.variable(name, written.value);
        else set.open('env', written.open, value.offset, name);
      }
  }
  for (const one of [globals, properties])
    set.mountsOf(child(one, 'FileSystemConfigs'), (mount) => mountPath(child(mount, 'LocalMountPath')));
  return set.finish();
}
