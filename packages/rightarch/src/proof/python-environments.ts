import { diagnostic } from '../messages/index.ts';
import type { TreeNode } from '../scan/index.ts';
import { fitsPlatform } from './explain.ts';
import { isSomewhere } from './names-in-image.ts';
import type { PythonFinding } from './python-libraries.ts';
import { isExtension, type Site, siteOf } from './python-modules.ts';
import type { Start } from './types.ts';
import { elfOf, placeOf, searchPath, type View } from './view.ts';

export interface VirtualEnvironment {
  readonly prefix: string;
  /** What its `bin/python` leads to. */
  readonly python: string;
  readonly version: string;
  /** How its `bin` calls it. */
  readonly called: string;
}

/**
 * The virtual environment that a site belongs to, where its Python is in the image and its name tells its version. It has
 * `lib/python<that version>/site-packages` on its path, whatever version pyvenv.cfg was written for (Modules/getpath.py).
 */
export function virtualEnvironment({ tree }: View, site: Site): VirtualEnvironment | undefined {
  const prefix = /^(.*)\/lib(?:64)?\/python[^/]+\/site-packages$/.exec(site.path)?.[1];
  if (prefix === undefined || site.version === undefined || !tree.resolve(`${prefix}/pyvenv.cfg`).found)
    return undefined;
  for (const name of ['python', 'python3']) {
    const found = tree.resolve(`${prefix}/bin/${name}`);
    if (!found.found || elfOf(found.node.entry) === undefined) continue;
    const version = /\/python(\d\.\d+t?)$/.exec(found.path)?.[1];
    return version === undefined ? undefined : { prefix, python: found.path, version, called: name };
  }
  return undefined;
}

/** Whether the image starts what is in its `bin`, or has it on PATH. */
export function isUsed(
  { tree }: View,
  { argv, env, cwd }: Pick<Start, 'env' | 'cwd'> & Partial<Start>,
  prefix: string,
): boolean {
  const bin = tree.resolve(`${prefix}/bin`);
  const isBin = (path: string): boolean => {
    const found = tree.resolve(path);
    return found.found && bin.found && found.path === bin.path;
  };
  const [program = ''] = argv ?? [];
  if (program.startsWith('/') && isBin(program.slice(0, program.lastIndexOf('/')))) return true;
  return searchPath(env, cwd).some(isBin);
}

/**
 * Directories with packages that pip or uv put there for a version of Python that the image has not, beside a Python of
 * another one: a virtual environment that was made in `python:3.12` and runs in `python:3.13`. Where there are extension
 * modules in it, they tell it (`open-modules.ts`).
 */
export function forsakenSites(
  view: View,
  start: Pick<Start, 'env' | 'cwd'> & Partial<Start>,
): readonly PythonFinding[] {
  const sites = new Map<string, Site>();
  for (const [path, node] of view.tree.walk()) {
    if (node.children === undefined || !path.endsWith('.dist-info')) continue;
    const site = siteOf(path, new Set());
    const installer = node.children.get('INSTALLER')?.entry.content;
    if (site?.version === undefined || installer === undefined || !/\/site-packages$/.test(site.path)) continue;
    if (/^(?:pip|uv)\s*$/.test(Buffer.from(installer).toString('latin1'))) sites.set(site.path, site);
  }
  return [...sites.values()].flatMap((site) => forsaken(view, site, start) ?? []);
}

function forsaken(
  view: View,
  site: Site,
  start: Pick<Start, 'env' | 'cwd'> & Partial<Start>,
): PythonFinding | undefined {
  const { tree } = view;
  const prefix = /^(.*)\/lib(?:64)?\/python[^/]+\/site-packages$/.exec(site.path)?.[1];
  const found = tree.resolve(site.path);
  if (prefix === undefined || !found.found || hasExtensions(found.node, site)) return undefined;
  const venv = virtualEnvironment(view, site);
  const other = venv ?? (tree.resolve(`${prefix}/pyvenv.cfg`).found ? undefined : strangerIn(view, prefix, site));
  if (other === undefined || other.version === site.version) return undefined;
  // Whoever has packages of its own beside them may have left these over.
  const own = `${prefix}/lib/python${other.version}/site-packages`;
  const name = packageIn(found.node);
  if (name === undefined || packageIn(nodeAt(view, own)) !== undefined) return undefined;
  const refutes = venv !== undefined && isUsed(view, start, prefix);
  const prints = `ModuleNotFoundError: No module named '${name}'`;
  const args = {
    path: site.path,
    owner: name,
    runtime: other.python,
    language: 'python' as const,
    cause: 'other-directory' as const,
    library: own,
    prints,
    files: 1,
  };
  const at = placeOf(view, site.path, found.node);
  return {
    refutes,
    path: site.path,
    seen: prints,
    witness: `${venv === undefined ? other.python : `${prefix}/bin/${venv.called}`} -c 'import ${name}'`,
    diagnostic: refutes
      ? diagnostic('proof/module-not-loadable', args, at)
      : diagnostic('proof/module-undecided', { ...args, needs: 'site' }, at),
  };
}

/** A Python of another version in the same prefix, where that of the site is nowhere, embedded neither. */
function strangerIn(view: View, prefix: string, { version }: Site): Omit<VirtualEnvironment, 'called'> | undefined {
  const pythons = [...(nodeAt(view, `${prefix}/bin`)?.children?.keys() ?? [])].flatMap((name) => {
    const own = /^python(\d\.\d+t?)$/.exec(name)?.[1];
    const node = own === undefined ? undefined : nodeAt(view, `${prefix}/bin/${name}`);
    return own !== undefined && node !== undefined && fitsPlatform(elfOf(node.entry), view.declared)
      ? [{ prefix, python: `${prefix}/bin/${name}`, version: own }]
      : [];
  });
  if (isSomewhere(view, `libpython${version}.so.1.0`) || isSomewhere(view, `python${version}`)) return undefined;
  return pythons[0];
}

function nodeAt({ tree }: View, path: string): TreeNode | undefined {
  const found = tree.resolve(path);
  return found.found ? found.node : undefined;
}

/** What installs packages is in every environment. */
const TOOLS = new Set(['pip', 'setuptools', 'pkg_resources', 'wheel', '_distutils_hack', 'uv', 'virtualenv']);

function packageIn(site: TreeNode | undefined): string | undefined {
  for (const [name, node] of site?.children ?? [])
    if (/^[A-Za-z_]\w*$/.test(name) && !TOOLS.has(name) && node.children?.has('__init__.py')) return name;
  return undefined;
}

function hasExtensions(site: TreeNode, { path, version }: Site): boolean {
  const open: (readonly [string, TreeNode])[] = [[path, site]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [at, node] = next;
    for (const [name, child] of node.children ?? []) {
      if (child.children !== undefined) open.push([`${at}/${name}`, child]);
      else if (name.endsWith('.so') && isExtension({ path, version }, `${at}/${name}`)) return true;
    }
  }
  return false;
}
