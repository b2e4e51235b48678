import type { FileTree, KeepRule } from '../scan/index.ts';

/** A package with another version on one side than on the other; undefined where it is not there. */
export interface PackageDifference {
  readonly kind: 'dpkg' | 'apk' | 'npm' | 'python';
  /** With the directory of `node_modules` where a package is there more than once: `sharp`, `a/node_modules/b`. */
  readonly name: string;
  readonly left: string | undefined;
  readonly right: string | undefined;
}

const DPKG = 'var/lib/dpkg/status';
const DPKG_PART = /^var\/lib\/dpkg\/status\.d\/[^/]+$/;
const APK = /^(usr\/)?lib\/apk\/db\/installed$/;
const NPM = /(^|\/)node_modules\/((@[^/]+\/)?[^/@.][^/]*)\/package\.json$/;
const PYTHON = /\/(?:site|dist)-packages\/([^/]+)-([^/-]+)\.(?:dist|egg)-info$/;

/** What `comparePackages` reads beside names: the databases of dpkg and apk, and the names of npm packages. */
export const packagesKeep: KeepRule = {
  id: 'packages-1',
  wants: (path, size) =>
    path === DPKG || APK.test(path) ? size <= 8 << 20 : size <= 64 << 10 && (DPKG_PART.test(path) || NPM.test(path)),
};

/** The packages of two trees that were scanned with `packagesKeep`, where they differ; by kind, then by name. */
export function comparePackages(left: FileTree, right: FileTree): readonly PackageDifference[] {
  const [one, other] = [packagesOf(left), packagesOf(right)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((key) => one.get(key) !== other.get(key))
    .sort()
    .map((key) => {
      const space = key.indexOf(' ');
      const kind = key.slice(0, space) as PackageDifference['kind'];
      return { kind, name: key.slice(space + 1), left: one.get(key), right: other.get(key) };
    });
}

/** Versions by `KIND NAME`. */
function packagesOf(tree: FileTree): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [path, { entry }] of tree.walk()) {
    const relative = path.slice(1);
    const python = PYTHON.exec(path);
    if (python !== null) found.set(`python ${python[1]!.toLowerCase().replaceAll('_', '-')}`, python[2]!);
    if (entry.content === undefined) continue;
    if (relative === DPKG || DPKG_PART.test(relative)) {
      for (const [name, version] of stanzas(entry.content, 'Package', 'Version')) found.set(`dpkg ${name}`, version);
    } else if (APK.test(relative)) {
      for (const [name, version] of stanzas(entry.content, 'P', 'V')) found.set(`apk ${name}`, version);
    } else if (NPM.test(relative)) {
      const version = versionOf(entry.content);
      const name = relative.slice(relative.indexOf('node_modules/') + 'node_modules/'.length, -'/package.json'.length);
      if (version !== undefined) found.set(`npm ${name}`, version);
    }
  }
  return found;
}

/** dpkg's and apk's databases are paragraphs of `Key: value`, apk's keys one letter (deb-control(5), apk-db). */
function* stanzas(content: Uint8Array, nameKey: string, versionKey: string): Generator<readonly [string, string]> {
  for (const stanza of Buffer.from(content).toString('utf8').split('\n\n')) {
    let name: string | undefined;
    let version: string | undefined;
    let installed = true;
    for (const line of stanza.split('\n')) {
      if (line.startsWith(`${nameKey}:`)) name ??= line.slice(nameKey.length + 1).trim();
      if (line.startsWith(`${versionKey}:`)) version ??= line.slice(versionKey.length + 1).trim();
      if (line.startsWith('Status:') && !/ installed$/.test(line)) installed = false;
    }
    if (name && version && installed) yield [name, version];
  }
}

function versionOf(content: Uint8Array): string | undefined {
  try {
    const { version } = JSON.parse(Buffer.from(content).toString('utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
