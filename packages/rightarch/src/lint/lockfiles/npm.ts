import { isObject, positionsOf } from '../../core/index.ts';
import { namesOf, parseJson, textOf, textsOf } from './json.ts';
import type { LockRead, NodePackage, ReadBeside } from './types.ts';

/**
 * package-lock.json and npm-shrinkwrap.json of every version (docs.npmjs.com, package-lock.json). Version 1 has neither
 * os nor cpu; its `requires` names optional dependencies among the others.
 */
export function readNpmLock(text: string, file: string, beside: ReadBeside): LockRead {
  const position = positionsOf(text);
  const parsed = parseJson(text);
  if ('problem' in parsed)
    return { malformed: { problem: 'syntax', detail: parsed.problem, at: position(parsed.offset) } };
  const whole = parsed.value;
  if (!isObject(whole)) return { malformed: { problem: 'lacks', detail: '{', at: position(0) } };
  const hasPackages = isObject(whole['packages']);
  if (!hasPackages && whole['lockfileVersion'] === undefined && !isObject(whole['dependencies']))
    return { malformed: { problem: 'lacks', detail: 'packages', at: position(0) } };
  const entries = hasPackages ? entriesOf(whole['packages'] as Entries) : entriesOfFirst(whole['dependencies']);
  const places = placesOf(text, position);
  // What a workspace asks for lies in the root, unless another has it in another release.
  const direct = new Set(
    entries.flatMap(([location, entry]) =>
      location.includes('node_modules/')
        ? []
        : wantedNames(entry).flatMap((name) => [
            `node_modules/${name}`,
            `${location === '' ? '' : `${location}/`}node_modules/${name}`,
          ]),
    ),
  );
  const manifest = hasPackages ? undefined : namesOfManifest(beside('package.json'));
  const packages = new Map<string, NodePackage>();
  for (const [location, entry] of entries) {
    // A project, its workspaces and the links to them are not installed from a registry.
    if (!location.includes('node_modules/') || entry['link'] === true) continue;
    const folder = location.slice(location.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const named = textOf(entry['name']) ?? folder;
    const isFirst = !hasPackages;
    packages.set(location, {
      name: named,
      version: textOf(entry['version']) ?? '',
      at: () => places(isFirst ? folder : location, isFirst),
      os: isFirst ? undefined : textsOf(entry['os']),
      cpu: isFirst ? undefined : textsOf(entry['cpu']),
      libc: isFirst ? undefined : textsOf(entry['libc']),
      optional: entry['optional'] === true,
      dev: entry['dev'] === true,
      direct:
        direct.has(location) || (isFirst && (manifest?.has(folder) ?? false) && location === `node_modules/${folder}`),
      hasInstallScript: isFirst ? undefined : entry['hasInstallScript'] === true,
      needs: namesOf(entry['dependencies']),
      get members() {
        const names = isFirst ? namesOf(entry['requires']) : namesOf(entry['optionalDependencies']);
        return names.map((name) => ({ name, to: resolveFrom(packages, location, name) }));
      },
    });
  }
  return {
    lockfile: {
      kind: 'node',
      tool: 'npm',
      file,
      packages: [...packages.values()],
      saysPlatforms: hasPackages,
      ignored: [],
    },
  };
}

const wantedNames = (manifest: Entries): readonly string[] =>
  ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((field) => namesOf(manifest[field]));

function namesOfManifest(text: string | undefined): ReadonlySet<string> | undefined {
  const parsed = text === undefined ? undefined : parseJson(text);
  return parsed !== undefined && 'value' in parsed && isObject(parsed.value)
    ? new Set(wantedNames(parsed.value))
    : undefined;
}

type Entries = Readonly<Record<string, unknown>>;
type Entry = readonly [location: string, entry: Entries];

const entriesOf = (packages: Entries): readonly Entry[] =>
  Object.entries(packages).filter((pair): pair is [string, Entries] => isObject(pair[1]));

/** Version 1 nests what version 2 writes as locations. */
function entriesOfFirst(dependencies: unknown): readonly Entry[] {
  const found: Entry[] = [];
  const open: (readonly [above: string, map: unknown])[] = [['', dependencies]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [above, map] = next;
    if (!isObject(map)) continue;
    for (const [name, entry] of Object.entries(map)) {
      if (!isObject(entry)) continue;
      const location = `${above}node_modules/${name}`;
      found.push([location, entry]);
      if (entry['dependencies'] !== undefined && location.length < 4_000)
        open.push([`${location}/`, entry['dependencies']]);
    }
  }
  return found;
}

/** Where `require(name)` from a package ends (nodejs.org/api/modules.html, node_modules folders). */
function resolveFrom(
  packages: ReadonlyMap<string, NodePackage>,
  location: string,
  name: string,
): NodePackage | undefined {
  let above = `${location}/`;
  for (;;) {
    const found = packages.get(`${above}node_modules/${name}`);
    if (found !== undefined || above === '') return found;
    const at = above.lastIndexOf('node_modules/');
    above = at < 0 ? '' : above.slice(0, at);
  }
}

/** The key of a package in the text. Looked for when a finding needs it, and then for all in one pass. */
function placesOf(text: string, position: ReturnType<typeof positionsOf>) {
  let keys:
    | { readonly packages: ReadonlyMap<string, number>; readonly anywhere: ReadonlyMap<string, number> }
    | undefined;
  return (key: string, anywhere: boolean) => {
    keys ??= { packages: keysFrom(text, /^\s*"packages":/m), anywhere: keysFrom(text, /^ {2}"dependencies":/m) };
    const written = JSON.stringify(key);
    return position(keys[anywhere ? 'anywhere' : 'packages'].get(written) ?? keys.packages.get(written) ?? 0);
  };
}

/** Where each key, as written, stands first behind that line; in a text without one, from its beginning. */
function keysFrom(text: string, beginning: RegExp): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const keys = /"(?:[^"\\]|\\.)*"(?=\s*:)/g;
  keys.lastIndex = Math.max(0, text.search(beginning));
  for (let match = keys.exec(text); match !== null; match = keys.exec(text))
    if (!found.has(match[0])) found.set(match[0], match.index);
  return found;
}
