import type { TreeNode } from '../scan/index.ts';
import { normalName } from './python-markers.ts';
import { LAMBDA_SITES, type Site, siteOf } from './python-modules.ts';
import { elfOf, type View, variable } from './view.ts';

/** One distribution that was installed into a directory on the path of a Python, with what it says about itself. */
export interface Distribution {
  /** As it writes itself: `SQLAlchemy`. */
  readonly name: string;
  readonly version: string;
  /** Its `.dist-info`. */
  readonly path: string;
  readonly node: TreeNode;
  readonly site: Site;
  readonly python: PythonProgram;
  /** `Requires-Dist`, one a line. */
  readonly requires: readonly string[];
  /** `Tag` of WHEEL: `cp311-cp311-manylinux_2_17_x86_64`. */
  readonly tags: readonly string[];
  /** Files that RECORD lists and that may hold machine code, by their names; undefined where there is no RECORD. */
  readonly natives: readonly string[] | undefined;
}

/** A Python of the image by its file. */
export interface PythonProgram {
  readonly path: string;
  /** `3.11`. */
  readonly version: string;
}

export interface Distributions {
  readonly judged: readonly Distribution[];
  /** Whatever is installed anywhere in the image, by normalised name. */
  readonly installed: ReadonlySet<string>;
}

/**
 * The distributions of which something may be asked: in a directory that a Python of the image has on its path, and put
 * there by an installer. What a Linux distribution packages has its requirements in that one's own words, and lies in
 * the same directories.
 */
export function findDistributions(view: View, env: readonly string[], cwd: string): Distributions {
  const found: { readonly path: string; readonly node: TreeNode }[] = [];
  const pythons: PythonProgram[] = [];
  const installed = new Set<string>();
  for (const [path, node] of view.tree.walk()) {
    const name = /([^/]+?)-[^-/]+(?:-py\d[\d.]*(?:-[^/]+)?)?\.(?:dist-info|egg-info|egg)$/.exec(path)?.[1];
    if (name !== undefined) installed.add(normalName(name));
    if (node.children !== undefined && path.endsWith('.dist-info')) found.push({ path, node });
    const version = /\/python(3\.\d+)$/.exec(path)?.[1];
    if (version !== undefined && elfOf(node.entry) !== undefined) pythons.push({ path, version });
  }
  const judged = found.flatMap(({ path, node }): Distribution[] => {
    const metadata = textOf(node, 'METADATA') ?? '';
    const parent = path.slice(0, path.lastIndexOf('/'));
    const site = siteOf(`${path}/METADATA`, new Set([parent]));
    if (site === undefined || site.path !== parent) return [];
    if (!isOnPath(site, env, cwd) || isPackaged(site, node)) return [];
    const python = pythonFor(site, pythons);
    const header = (name: string) => linesOf(metadata, name)[0];
    if (python === undefined) return [];
    const [directory = '', version = ''] = path.slice(parent.length + 1, -'.dist-info'.length).split('-');
    const record = textOf(node, 'RECORD');
    return [
      {
        name: header('Name') ?? directory,
        version: header('Version') ?? version,
        path,
        node: node.children?.get('METADATA') ?? node,
        site,
        python,
        requires: linesOf(metadata, 'Requires-Dist'),
        tags: linesOf(textOf(node, 'WHEEL') ?? '', 'Tag'),
        natives: record === undefined ? undefined : nativesIn(record, site.path),
      },
    ];
  });
  return { judged, installed };
}

/** The values of a header. Trimmed here: an expression that does it takes hours for a line of spaces. */
function linesOf(text: string, header: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^${header}:(.*)$`, 'gm'))].map(([, value = '']) => value.trim());
}

function textOf(directory: TreeNode, name: string): string | undefined {
  const content = directory.children?.get(name)?.entry.content;
  return content === undefined ? undefined : Buffer.from(content).toString('utf8');
}

/** A directory that Python finds by itself, or is told of. `pip install --target` makes others, and caches are none. */
function isOnPath({ path }: Site, env: readonly string[], cwd: string): boolean {
  if (/\/\.cache\/|\/pkgs\//.test(path)) return false;
  if (/\/(?:site|dist)-packages$/.test(path)) return true;
  if (LAMBDA_SITES.has(path) || path === cwd) return true;
  return (variable(env, 'PYTHONPATH') ?? '').split(':').some((part) => part.replace(/\/+$/, '') === path);
}

/** What installs wheels. RPM and conda write their names into INSTALLER as well, and have requirements of their own. */
const INSTALLERS = new Set(['pip', 'uv', 'poetry', 'pdm', 'hatch', 'flit']);

function isPackaged({ path }: Site, dist: TreeNode): boolean {
  const installer = textOf(dist, 'INSTALLER')?.trim().split(' ')[0]?.toLowerCase();
  if (installer === 'conda') return true;
  return /^\/usr\/lib(?:64)?\//.test(path) && (installer === undefined || !INSTALLERS.has(installer));
}

/** The one whose version the path names; of a path that names none, the only one that there is. */
function pythonFor({ version }: Site, pythons: readonly PythonProgram[]): PythonProgram | undefined {
  if (version !== undefined) return pythons.find((one) => one.version === version);
  return new Set(pythons.map((one) => one.version)).size === 1 ? pythons[0] : undefined;
}

/** RECORD is CSV with the path first (packaging.python.org, Recording installed projects). */
function nativesIn(record: string, site: string): readonly string[] {
  return record.split('\n').flatMap((line) => {
    const name = /^"((?:[^"]|"")*)"/.exec(line)?.[1]?.replaceAll('""', '"') ?? line.slice(0, line.indexOf(','));
    if (!/\.so(?:\.[\d.]+)?$|(?:^|\/)[^./]+$/.test(name)) return [];
    return [name.startsWith('/') ? name : `${site}/${name}`];
  });
}
