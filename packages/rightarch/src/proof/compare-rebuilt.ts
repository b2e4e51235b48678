import { posix } from 'node:path';
import type { Image } from '../oci/index.ts';
import { type ElfFacts, FileTree, machineText, type TreeNode } from '../scan/index.ts';
import { comparePackages } from './compare-packages.ts';
import type { ComparedSide } from './compare-trees.ts';
import { elfOf } from './view.ts';

/** One platform as one build left it. */
export interface BuiltSide extends ComparedSide {
  /** For each layer in order: what its files hold, by absolute path. Undefined for a layer that both builds have. */
  readonly contents: readonly (ReadonlyMap<string, string> | undefined)[];
}

/** What two builds of one thing must have in common. */
export type RebuiltAspect =
  | 'missing'
  | 'added'
  | 'kind'
  | 'mode'
  | 'owner'
  | 'attributes'
  | 'machine'
  | 'libraries'
  | 'content'
  | 'package'
  | 'config';

export interface RebuiltDifference {
  readonly what: RebuiltAspect;
  /** Of a file; the name of a package, or a member of the configuration. */
  readonly path: string;
  readonly original: string;
  readonly rewritten: string;
}

/**
 * What differs whenever anything is built again, and means nothing. This list is closed; each that was met is told.
 * `bytecode`: Python writes the time of the source into it (PEP 552), and writes it where it is not (PEP 3147). `cache`: what
 * package managers and compilers keep for their next run. `log`: what they write of this one. `program`: bytes of machine code for the same CPU, started by the same
 * loader with the same libraries, as two compilations give them. Times of files are not looked at.
 */
export type Permitted = 'bytecode' | 'cache' | 'log' | 'program';

export interface Rebuilt {
  readonly files: number;
  /** Files with machine code: each is for the same CPU in both. */
  readonly programs: number;
  readonly differences: readonly RebuiltDifference[];
  readonly permitted: readonly { readonly why: Permitted; readonly files: number; readonly example: string }[];
}

/**
 * Where package managers and compilers keep things for their next run, for root and for users. Not what they or install
 * scripts put beside that and programs start later: browsers below ~/.cache, npx, `pnpm dlx`, what `uv run --with` makes,
 * corepack's package managers.
 */
const CACHE = new RegExp(
  [
    /^\/(?:root|home\/[^/]+)\/(?:\.npm\/_(?:cacache|update-notifier-last-checked)|\.cache\/(?:pip|uv(?!\/environments)|go-build|node-gyp|pnpm(?!\/dlx)|yarn)|\.config\/go|\.yarn\/berry\/(?:cache|metadata|index)|\.local\/(?:share|state)\/pnpm\/(?:store|pnpm-state\.json)|go\/pkg\/mod\/cache)(?:\/|$)/,
    /^\/tmp\/(?:node-compile-cache|npm-|uv-[0-9a-f]+\.lock$|v8-compile-cache)|^\/var\/cache\/(?:ldconfig|apt|debconf)\/|^\/usr\/local\/share\/\.cache(?:\/|$)/,
    // Where pnpm's own page has it (https://pnpm.io/docker, read 2026-11-30).
    /^\/pnpm\/store(?:\/|$)/,
  ]
    .map(({ source }) => source)
    .join('|'),
);
/** What package managers note of an install for their next one: times, the place of their store. */
const NOTES =
  /\/node_modules\/\.(?:modules\.yaml|pnpm-workspace-state(?:-v\d+)?\.json|yarn-state\.yml)$|\/\.yarn\/install-state\.gz$/;
/** Yarn's Plug'n'Play starts packages out of the cache. */
const RUNS_FROM_CACHE = /\/\.pnp\.c?js$/;
const LOG = /^\/var\/log(?:\/|$)|\/\.npm\/_logs(?:\/|$)|\/npm-debug\.log(?:\.\d+)?$/;
const BYTECODE = /\/__pycache__\/[^/]+\.pyc$/;

/** Holds what a rewritten Dockerfile built for a platform to what the original built for it. */
export function compareRebuilt(original: BuiltSide, rewritten: BuiltSide): Rebuilt {
  const [one, other] = [treeOf(original), treeOf(rewritten)];
  const [ours, theirs] = [new Map(one.walk()), new Map(other.walk())];
  const differences: RebuiltDifference[] = [];
  const met = new Map<Permitted, { files: number; example: string }>();
  const permit = (why: Permitted, path: string): void => {
    const before = met.get(why);
    if (before === undefined) met.set(why, { files: 1, example: path });
    else before.files++;
  };
  const isPlugged = [...ours.keys()].some((path) => RUNS_FROM_CACHE.test(path));
  const isLinked = [...ours].some(([path, node]) => !CACHE.test(path) && CACHE.test(linkedTo(path, node)));
  const isCache = (path: string): boolean => CACHE.test(path) && !isLinked && !(isPlugged && path.includes('/.yarn/'));
  const kept = (path: string): Permitted | undefined =>
    isCache(path)
      ? 'cache'
      : LOG.test(path)
        ? 'log'
        : BYTECODE.test(path)
          ? 'bytecode'
          : /\/\.yarn\/install-state\.gz$/.test(path)
            ? 'cache'
            : undefined;
  // A directory is there for what is in it.
  const keptWhole = (path: string, { children }: TreeNode): Permitted | undefined => {
    const why = kept(path);
    if (why !== undefined || children === undefined || children.size === 0) return why;
    const all = [...children].map(([name, child]) => keptWhole(`${path}/${name}`, child));
    return all.every((one) => one !== undefined) ? all[0] : undefined;
  };
  const alone = (path: string, what: 'missing' | 'added', node: TreeNode): void => {
    const why = keptWhole(path, node);
    if (why !== undefined) permit(why, path);
    else if (what === 'missing') differences.push({ what, path, original: textOf(node), rewritten: '' });
    else differences.push({ what, path, original: '', rewritten: textOf(node) });
  };
  let programs = 0;
  for (const [path, node] of ours) {
    if (elfOf(node.entry) !== undefined) programs++;
    const twin = theirs.get(path);
    if (twin === undefined) alone(path, 'missing', node);
    else if (node.layer !== twin.layer || !isShared(original, rewritten, node.layer)) {
      const found = difference(path, node, twin);
      if (found !== undefined && !(isCache(path) && found.what !== 'kind')) differences.push(found);
      else if (found !== undefined) permit('cache', path);
      else if (contentOf(original, path, node) !== contentOf(rewritten, path, twin)) {
        const why = elfOf(node.entry) !== undefined ? 'program' : permittedContent(path, isCache(path));
        if (why !== undefined) permit(why, path);
        else {
          const [before, after] = [node, twin].map(({ entry }) => `${entry.size} bytes`);
          differences.push({ what: 'content', path, original: before!, rewritten: after! });
        }
      }
    }
  }
  for (const [path, node] of theirs) if (!ours.has(path)) alone(path, 'added', node);
  for (const { kind, name, left = '', right = '' } of comparePackages(one, other))
    differences.push({ what: 'package', path: `${kind} ${name}`, original: left, rewritten: right });
  differences.push(...configOf(original.image, rewritten.image));
  const permitted = [...met].map(([why, seen]) => ({ why, ...seen }));
  return { files: ours.size, programs, differences, permitted };
}

/**
 * Packages may be links into the store or the cache, and are run from there: of pnpm with `enableGlobalVirtualStore`
 * (https://pnpm.io/global-virtual-store, read 2026-11-30), of uv with `UV_LINK_MODE=symlink`.
 */
const linkedTo = (path: string, { entry }: TreeNode): string =>
  entry.type === 'symlink' ? posix.resolve(posix.dirname(path), entry.link ?? '') : path;

const permittedContent = (path: string, isCache: boolean): Permitted | undefined =>
  BYTECODE.test(path) ? 'bytecode' : isCache || NOTES.test(path) ? 'cache' : LOG.test(path) ? 'log' : undefined;

function treeOf({ layers }: BuiltSide): FileTree {
  const tree = new FileTree();
  for (const [i, layer] of layers.entries()) tree.apply(layer.files, i + 1, 'overlay');
  return tree;
}

/** Whether both have the very same layers up to this one, so that a node of it is the same. */
function isShared(original: BuiltSide, rewritten: BuiltSide, position: number): boolean {
  for (let i = 0; i < position; i++) {
    const [one, other] = [original.layers[i], rewritten.layers[i]];
    if (one === undefined || other === undefined || one.diffId !== other.diffId) return false;
  }
  return true;
}

/** By layer and path; a layer that both have is known by its own digest. */
function contentOf(side: BuiltSide, path: string, { entry, layer }: TreeNode): string | undefined {
  if (entry.type !== 'file' || layer === 0) return undefined;
  return side.contents[layer - 1]?.get(path) ?? `${side.layers[layer - 1]?.diffId} ${path}`;
}

function difference(path: string, node: TreeNode, twin: TreeNode): RebuiltDifference | undefined {
  const differs = (what: RebuiltAspect, original: string, rewritten: string): RebuiltDifference | undefined =>
    original === rewritten ? undefined : { what, path, original, rewritten };
  const mode = ({ entry }: TreeNode): string => (entry.mode & 0o7777).toString(8).padStart(4, '0');
  const owner = ({ entry }: TreeNode): string => `${entry.uid}:${entry.gid}`;
  const attributes = ({ entry }: TreeNode): string => JSON.stringify(Object.entries(entry.xattrs ?? {}).sort());
  const [before, after] = [elfOf(node.entry), elfOf(twin.entry)];
  return (
    differs('kind', kindOf(node), kindOf(twin)) ??
    differs('mode', mode(node), mode(twin)) ??
    differs('owner', owner(node), owner(twin)) ??
    differs('attributes', attributes(node), attributes(twin)) ??
    (before === undefined || after === undefined
      ? undefined
      : (differs('machine', machineText(before), machineText(after)) ??
        differs('libraries', loadedBy(before), loadedBy(after))))
  );
}

function kindOf({ entry, children }: TreeNode): string {
  if (children !== undefined) return 'directory';
  if (entry.type === 'symlink') return `symlink -> ${entry.link}`;
  return entry.type === 'file' && elfOf(entry) !== undefined ? 'machine code' : entry.type;
}

const textOf = (node: TreeNode): string => {
  const elf = elfOf(node.entry);
  return elf === undefined ? kindOf(node) : machineText(elf);
};

/**
 * Who starts it, and what must be there for it. C that is linked in statically leaves no other trace than Go's note: without
 * it a package that needs C is another one at run time (mattn/go-sqlite3: "requires cgo to work. This is a stub").
 */
const loadedBy = ({ type, interpreter = '', needed = [], nodeAbi, go }: ElfFacts): string =>
  [type, interpreter || (go?.cgo === true ? 'static, cgo' : 'static'), ...[...needed].sort(), nodeAbi ?? '']
    .join(' ')
    .trim();

/** The configuration that a runtime reads, member by member; the history names lines, which were rewritten. */
function configOf(original: Image, rewritten: Image): readonly RebuiltDifference[] {
  const member = ({ config }: Image): Record<string, unknown> => {
    const { architecture, os, variant } = config;
    return { architecture, os, variant, ...config.config };
  };
  const [one, other] = [member(original), member(rewritten)];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].sort().flatMap((path): RebuiltDifference[] => {
    const [before, after] = [canonical(one[path]), canonical(other[path])];
    return before === after ? [] : [{ what: 'config', path, original: before, rewritten: after }];
  });
}

/** Maps by their keys; what holds nothing is as good as absent. */
function canonical(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  const sorted = (one: unknown): unknown =>
    typeof one !== 'object' || one === null || Array.isArray(one)
      ? one
      : Object.fromEntries(
          Object.entries(one)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, each]) => [key, sorted(each)]),
        );
  const text = JSON.stringify(sorted(value));
  return text === '[]' || text === '{}' ? '' : text;
}
