import type { FileTree } from '../scan/index.ts';
import { type View, variable } from './view.ts';

/** A Python of the image, and how the names of extension modules that it looks at end, in its order. */
export interface Python {
  /** Links followed. */
  readonly path: string;
  /** Where it was installed: `/usr/local` of `/usr/local/bin/python3.11`. */
  readonly prefix: string;
  accepts(name: string): boolean;
  /** What it looks for, for a sentence: `.cpython-311-aarch64-linux-gnu.so`. */
  readonly suffix: string;
}

/** A directory that a Python has on its path: `/usr/lib/python3.11/site-packages`. */
export interface Site {
  readonly path: string;
  /** The version that its path names, as `python3.11` does. */
  readonly version: string | undefined;
}

/** One module by the names that it may have: `_m.cpython-311-….so`, `_m.abi3.so` and `_m.py` are all `_m`. */
export function stemOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

/**
 * An extension module that `import` may open, of packages below a site's directory. The standard library's own
 * (lib-dynload) come without some of their libraries on purpose: official slim images have _tkinter and no libtk
 * (docker-library/python leaves tkinter out when it looks for what is needed). `lib….so` without a tag is a library
 * that something links, not a module.
 */
export function isExtension(site: Site, path: string): boolean {
  const parts = path.slice(site.path.length + 1).split('/');
  const name = parts.pop()!;
  return parts.every((part) => /^[A-Za-z_]\w*$/.test(part)) && /^[A-Za-z_]\w*\.(?:cpython-[^.]+|abi3)\.so$/.test(name);
}

/** Lambda has both on its path, before its own (docs.aws.amazon.com/lambda, python-package and python-layers). */
export const LAMBDA_SITES: ReadonlySet<string> = new Set(['/var/task', '/opt/python']);

/** The site that a path lies in: site-packages, dist-packages, Lambda's, or what `pip install --target` made (`wheels`). */
export function siteOf(path: string, wheels: ReadonlySet<string>): Site | undefined {
  const named = /^.*?\/(?:site|dist)-packages(?=\/)/.exec(path)?.[0];
  let directory = named ?? path.slice(0, path.lastIndexOf('/'));
  while (named === undefined && !wheels.has(directory) && !LAMBDA_SITES.has(directory)) {
    if (directory === '') return undefined;
    directory = directory.slice(0, directory.lastIndexOf('/'));
  }
  const version = /\/python(\d\.\d+t?)\//.exec(`${directory}/`)?.[1];
  return { path: directory, version };
}

/** How CPUs are called in the names of extension modules (PEP 3149; Debian's multiarch tuples). */
const CPUS: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  '386': 'i386',
  arm: 'arm',
  ppc64le: 'powerpc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
};

/** The Python at a path, as a file of the image. */
export function pythonAt(view: View, path: string, libc: 'glibc' | 'musl'): Python {
  const version = /\/python(\d\.\d+t?)$/.exec(path)?.[1];
  const prefix = path.replace(/\/bin\/[^/]*$/, '');
  const own = version === undefined ? undefined : ownTag(view.tree, `${prefix}/lib/python${version}/lib-dynload`);
  const cpu = CPUS[view.declared.architecture] ?? '';
  const tag = version === undefined ? '' : `.cpython-${version.replace('.', '')}-${cpu}`;
  const usual = `-linux-${libc === 'musl' ? 'musl' : 'gnu'}`;
  const isOwn = (end: string) =>
    own !== undefined ? end === own : end.startsWith(tag) && end.slice(tag.length).includes(usual);
  // Python/dynload_shlib.c, _PyImport_DynLoadFiletab: its own tag, the stable ABI, none. A free-threaded one has no
  // stable ABI.
  const stable = version?.endsWith('t') ? [] : ['.abi3.so'];
  return {
    path,
    prefix,
    suffix: own ?? (tag === '' ? '.so' : `${tag}${usual}.so`),
    accepts: (name) => {
      const end = name.slice(name.indexOf('.'));
      return end === '.so' || stable.includes(end) || isOwn(end);
    },
  };
}

/** How the modules of its standard library end: before 3.11 Pythons on musl have `linux-gnu` in it. */
function ownTag(tree: FileTree, directory: string): string | undefined {
  const found = tree.resolve(directory);
  const names = found.found ? [...(found.node.children?.keys() ?? [])] : [];
  const ends = new Set(names.flatMap((name) => /\.cpython-[^.]+\.so$/.exec(name) ?? []));
  return ends.size === 1 ? [...ends][0] : undefined;
}

/**
 * By which names the Python is found that has a site on its path: the version that the site's path names; any where
 * it names none, or PYTHONPATH puts the site before whichever Python runs.
 */
export function interpretersOf(site: Site, env: readonly string[]): RegExp {
  const asked = (variable(env, 'PYTHONPATH') ?? '').split(':').some((part) => part.replace(/\/+$/, '') === site.path);
  if (site.version === undefined || asked) return /^python[\d.]*t?$/;
  return new RegExp(`^python${site.version.replace('.', '\\.')}$`);
}

/** True where the module is there in another form: one that this Python looks at, or plain Python. */
export function hasOtherModule(tree: FileTree, path: string, python: Python): boolean {
  const slash = path.lastIndexOf('/');
  const stem = stemOf(path.slice(slash + 1));
  const beside = tree.resolve(path.slice(0, slash));
  const names = beside.found ? [...(beside.node.children?.keys() ?? [])] : [];
  return names.some(
    (name) =>
      name === `${stem}.py` ||
      name === `${stem}.pyc` ||
      (stemOf(name) === stem && name.endsWith('.so') && python.accepts(name)) ||
      (name === stem && tree.resolve(`${path.slice(0, slash)}/${stem}/__init__.py`).found),
  );
}

/** `numpy.linalg._umath_linalg`, as `import` has it. */
export function moduleName(site: Site, path: string): string {
  const parts = path.slice(site.path.length + 1).split('/');
  return [...parts.slice(0, -1), stemOf(parts.at(-1)!)].join('.');
}
