import type { StartSettings } from '../target/index.ts';
import { imageOf } from './ecs.ts';
import { Settings } from './settings.ts';
import { child, type Extent, entriesOf, itemsOf, scalarText, type Tree } from './tree.ts';
import type { Reading, Workload } from './types.ts';
import { intrinsic, writtenText } from './written.ts';

/**
 * A service of App Runner, as `create-service` takes it, `describe-service` gives it under `Service`, and the properties of
 * `AWS::AppRunner::Service`. One that is built from source has no image.
 */
export function readAppRunner(
  properties: Tree,
  at: { readonly name: string | undefined; readonly where: Extent },
  reading: Reading,
): Workload {
  const name = scalarText(child(properties, 'ServiceName')) ?? at.name;
  const repository = child(child(properties, 'SourceConfiguration'), 'ImageRepository');
  const place = reading.stands(at.where);
  return {
    kind: 'apprunner',
    runtimes: ['apprunner'],
    name,
    cpus: [],
    containers:
      repository === undefined
        ? []
        : [
            {
              name,
              role: 'main',
              line: place.line,
              image: imageOf(child(repository, 'ImageIdentifier'), reading),
              start: () => settings(repository, reading),
            },
          ],
    ...place,
  };
}

function settings(repository: Tree, reading: Reading): StartSettings {
  const set = new Settings(reading);
  const configuration = child(repository, 'ImageConfiguration');
  if (repository.kind !== 'map') set.open('command', intrinsic(repository) ?? repository.kind, repository.offset);
  const config = set.inside(configuration, 'command', 'env');
  const command = child(config, 'StartCommand');
  const written = command && writtenText(command);
  // "Overrides the Docker image's default start command" (API_ImageConfiguration, read 2026-11-29): how the text is split,
  // and whether the image's ENTRYPOINT stays, is said nowhere.
  if (written !== undefined && !('value' in written && written.value === ''))
    set.open('command', 'value' in written ? written.value : written.open, command!.offset);
  variables(set, child(config, 'RuntimeEnvironmentVariables'), reading, (value) => writtenText(value));
  variables(set, child(config, 'RuntimeEnvironmentSecrets'), reading, (value) => ({
    open: 'secret',
    offset: value.offset,
  }));
  return set.finish();
}

/** A map, as the API has it, or a list of `Name` and `Value`, as CloudFormation does. */
function variables(
  set: Settings,
  tree: Tree | undefined,
  reading: Reading,
  meant: (value: Tree) => ReturnType<typeof writtenText>,
): void {
  if (tree === undefined) return;
  if ((tree.kind !== 'map' && tree.kind !== 'list') || intrinsic(tree) !== undefined)
    return void set.open('env', intrinsic(tree) ?? tree.kind, tree.offset);
  const put = (name: string | undefined, value: Tree | undefined, offset: number): void => {
    if (!reading.spend(1)) return;
    if (name === undefined || value === undefined) return void set.open('env', name ?? '?', offset, name);
    const written = meant(value);
    if ('value' in written) set.variable(name, written.value);
    else set.open('env', written.open, offset, name);
  };
  for (const [name, value] of entriesOf(tree)) put(name, value, value.offset);
  for (const item of itemsOf(tree)) put(scalarText(child(item, 'Name')), child(item, 'Value'), item.offset);
}
