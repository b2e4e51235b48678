import { parsePlatform } from '../core/index.ts';
import type { StartSettings } from '../target/index.ts';
import { hiddenContainer } from './ecs.ts';
import { mountPath, Settings } from './settings.ts';
import { shellSplit } from './shell-split.ts';
import { child, entriesOf, itemsOf, scalarText, type Tree } from './tree.ts';
import type { Container, Reading, Workload } from './types.ts';
import { type Written, writtenTruth } from './written.ts';

/** The services of a compose file, each a workload of its own: `platform` is theirs. */
export function readCompose(root: Tree, reading: Reading): readonly Workload[] {
  return entriesOf(child(root, 'services')).flatMap(([name, service]): readonly Workload[] => {
    if (!reading.spend(1)) return [];
    const place = reading.stands(service);
    if (service.kind !== 'map') {
      const containers = [hiddenContainer(service, reading, name)];
      return [{ kind: 'compose', runtimes: [], name, cpus: [], containers, ...place }];
    }
    const image = child(service, 'image');
    const text = scalarText(image);
    const container: Container = {
      name,
      role: 'main',
      line: place.line,
      image:
        image === undefined || text === undefined
          ? undefined
          : { text, pattern: text.includes('$'), line: reading.lineOf(image.offset), at: image },
      start: () => settings(service, reading),
    };
    return [
      { kind: 'compose', runtimes: [], name, ...platformOf(service, reading), containers: [container], ...place },
    ];
  });
}

function platformOf(service: Tree, { stands }: Reading): Pick<Workload, 'cpus' | 'cpusAt' | 'cpuOpen'> {
  const tree = child(service, 'platform');
  if (tree === undefined) return { cpus: [] };
  const platform = parsePlatform(scalarText(tree) ?? '');
  if (platform !== undefined) return { cpus: [platform], cpusAt: tree };
  return { cpus: [], cpuOpen: { text: scalarText(tree) ?? tree.kind, ...stands(tree) } };
}

/** `$$` is `$`; every other `$NAME` and `${…}` is put in from the shell that runs compose. */
function interpolated(text: string, offset: number): Written<string> {
  const variable = /(?<!\$)(?:\$\$)*(\$(?:\{[^}]*\}|[A-Za-z_]\w*))/.exec(text)?.[1];
  return variable === undefined ? { value: text.replace(/\$\$/g, '$') } : { open: variable, offset };
}

function textOf(tree: Tree): Written<string> {
  if (tree.kind !== 'scalar' || tree.tag !== undefined || typeof tree.value === 'object')
    return { open: tree.kind, offset: tree.offset };
  return interpolated(tree.text, tree.offset);
}

/** A list, or one text that is split as a shell would (compose-go, types/command.go: shellwords.Parse). */
function words(tree: Tree): Written<readonly string[]> {
  if (tree.kind === 'scalar') {
    const text = textOf(tree);
    if (!('value' in text)) return text;
    const split = shellSplit(text.value);
    return split === undefined ? { open: text.value, offset: tree.offset } : { value: split };
  }
  if (tree.kind !== 'list') return { open: tree.kind, offset: tree.offset };
  const list: string[] = [];
  for (const item of tree.items) {
    const word = textOf(item);
    if (!('value' in word)) return word;
    list.push(word.value);
  }
  return { value: list };
}

/**
 * Compose hands an entrypoint and a command to Docker's API. An empty entrypoint clears the image's; its CMD the
 * specification drops then as well and Docker's API does not (compose-spec, 05-services.md, `entrypoint`; moby,
 * daemon/commit.go, merge; read 2026-11-29).
 */
function settings(service: Tree, reading: Reading): StartSettings {
  const set = new Settings(reading);
  const own = (key: string): Tree | undefined => child(service, key);
  for (const [key, field] of [
    ['command', 'command'],
    ['entrypoint', 'entrypoint'],
  ] as const) {
    const tree = own(key);
    const list = tree && words(tree);
    // The specification clears the image's CMD by an empty command, Docker's API does not.
    if (tree && list && 'value' in list && list.value.length === 0 && field === 'command')
      set.open(field, '[]', tree.offset);
    else set.take(field, list);
    if (tree && list && 'value' in list && list.value.length === 0 && field === 'entrypoint' && !own('command'))
      set.open('command', 'entrypoint: []', tree.offset);
  }
  for (const [key, field] of [
    ['user', 'user'],
    ['working_dir', 'workdir'],
  ] as const) {
    const tree = own(key);
    if (tree !== undefined) set.take(field, textOf(tree));
  }
  const readOnly = own('read_only');
  if (readOnly !== undefined) set.take('readOnly', writtenTruth(readOnly));
  const files = own('env_file');
  for (const file of files?.kind === 'list' ? files.items : files === undefined ? [] : [files])
    set.open('env', scalarText(file) ?? scalarText(child(file, 'path')) ?? 'env_file', file.offset);
  environment(set, own('environment'), reading);
  set.mountsOf(own('volumes'), target);
  const tmpfs = own('tmpfs');
  const ofTmpfs = (one: Tree): string => pathOf(one, partsOf(one)[0]);
  if (tmpfs?.kind === 'scalar') set.mounts.push(ofTmpfs(tmpfs));
  else set.mountsOf(tmpfs, ofTmpfs);
  // Files of their own: `/NAME`, `/run/secrets/NAME`, or where `target` says (compose specification, configs, secrets).
  for (const [key, directory] of [
    ['configs', '/'],
    ['secrets', '/run/secrets/'],
  ] as const)
    set.mountsOf(own(key), (one) => granted(one, directory));
  if (own('volumes_from') !== undefined) set.mounts.push('/');
  const base = own('extends');
  if (base !== undefined) {
    // What it extends may set anything that is not set here.
    const text = scalarText(base) ?? scalarText(child(base, 'service')) ?? 'extends';
    for (const [key, field] of [
      ['command', 'command'],
      ['entrypoint', 'entrypoint'],
      ['user', 'user'],
      ['working_dir', 'workdir'],
      ['', 'env'],
    ] as const)
      if (key === '' || own(key) === undefined) set.open(field, `extends: ${text}`, base.offset);
    set.mounts.push('/');
  }
  return set.finish();
}

/** A map, or a list of `NAME=VALUE`; a name without a value takes it from the shell that runs compose. */
function environment(set: Settings, tree: Tree | undefined, reading: Reading): void {
  if (tree === undefined) return;
  if (tree.kind !== 'map' && tree.kind !== 'list') return void set.open('env', tree.kind, tree.offset);
  const put = (name: string, value: Tree | undefined, text: string | undefined, offset: number): void => {
    const written =
      text !== undefined ? interpolated(text, offset) : value === undefined ? { open: name, offset } : textOf(value);
    if ('value' in written) set.variable(name, written.value);
    else set.open('env', written.open, offset, name);
  };
  for (const [name, value] of entriesOf(tree)) {
    if (!reading.spend(1)) return;
    put(name, value.kind === 'scalar' && value.value === null ? undefined : value, undefined, value.offset);
  }
  for (const item of itemsOf(tree)) {
    if (!reading.spend(1)) return;
    const text = item.kind === 'scalar' ? item.text : '';
    const equals = text.indexOf('=');
    if (text === '') set.open('env', item.kind, item.offset);
    else
      put(
        equals < 0 ? text : text.slice(0, equals),
        undefined,
        equals < 0 ? undefined : text.slice(equals + 1),
        item.offset,
      );
  }
}

function granted(one: Tree, directory: string): string {
  const place = child(one, 'target') ?? child(one, 'source') ?? one;
  const text = scalarText(place);
  return pathOf(place, text?.startsWith('/') ? text : `${directory}${text}`);
}

/** `SOURCE:TARGET[:MODE]`, `TARGET`, or a map. */
function target(volume: Tree): string {
  const parts = partsOf(volume);
  return volume.kind === 'scalar' ? pathOf(volume, parts[1] ?? parts[0]) : pathOf(child(volume, 'target'));
}

/** What stands between colons: a variable may have one within, and so has a drive of Windows. */
const partsOf = (tree: Tree): readonly string[] =>
  (tree.kind === 'scalar' ? tree.text.replace(/^[A-Za-z]:[\\/]/, '') : '').match(/(?:\$\{[^}]*\}|[^:])+/g) ?? [];

/** Where a variable is put in, the path may be any. */
function pathOf(tree: Tree | undefined, text = scalarText(tree)): string {
  if (tree === undefined || tree.tag !== undefined || text === undefined) return mountPath(undefined);
  const path = interpolated(text, tree.offset);
  return mountPath('value' in path ? { ...tree, kind: 'scalar', value: path.value, text: '' } : undefined);
}
