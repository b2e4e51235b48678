import type { Platform } from '../core/index.ts';
import type { Image } from '../oci/index.ts';
import { FileTree, type LayerFacts, machineFit, machineText, type TreeNode } from '../scan/index.ts';
import { comparePackages, type PackageDifference } from './compare-packages.ts';
import { swapCpuWord } from './cpu-words.ts';
import { isInert } from './explain.ts';
import { elfOf } from './view.ts';

/** One platform of one image, to be laid beside another. */
export interface ComparedSide {
  readonly image: Image;
  readonly platform: Platform;
  readonly layers: readonly LayerFacts[];
}

/** A file or directory that one side has and the other has not. A directory stands for everything in it. */
export interface OneSided {
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
  /** 1-based layer of the side that has it; absent for directories that several layers fill. */
  readonly layer?: number;
}

/** The same path, and not the same thing. */
export interface KindDifference {
  readonly path: string;
  /** `directory`, `symlink -> usr/bin`, `x86-64 (e_machine 62)`, `script #!/bin/sh`, `file`. */
  readonly left: string;
  readonly right: string;
}

/** Machine code for one and the same CPU on two platforms of different CPUs: on one of them it cannot run. */
export interface SameCode {
  readonly path: string;
  readonly found: string;
  readonly leftLayer: number;
  readonly rightLayer: number;
  /** True where both come from the very same layer: the bytes are equal. */
  readonly sameLayer: boolean;
  /** The side that it does not fit; both where it fits neither. */
  readonly wrongOn: 'left' | 'right' | 'both';
}

export interface SideTotals {
  readonly files: number;
  readonly bytes: number;
  readonly programs: number;
}

export interface TreeComparison {
  readonly left: SideTotals;
  readonly right: SideTotals;
  readonly onlyLeft: readonly OneSided[];
  readonly onlyRight: readonly OneSided[];
  /** Files whose path differs in the name of the CPU alone: `/usr/lib/x86_64-linux-gnu/libc.so.6`. Not among the others. */
  readonly namedTwins: number;
  readonly kinds: readonly KindDifference[];
  /** Files at the same path with different sizes; between two CPUs only those without machine code, which must differ. */
  readonly sizes: readonly { readonly path: string; readonly left: number; readonly right: number }[];
  readonly sameCode: readonly SameCode[];
  readonly packages: readonly PackageDifference[];
}

/** What differs between the file systems of two platforms, from facts; contents are known by kind and size only. */
export function compareTrees(left: ComparedSide, right: ComparedSide): TreeComparison {
  const [one, other] = [treeOf(left), treeOf(right)];
  const [ours, theirs] = [new Map(one.walk()), new Map(other.walk())];
  const kinds: KindDifference[] = [];
  const sizes: { path: string; left: number; right: number }[] = [];
  const sameCode: SameCode[] = [];
  const [missingRight, missingLeft] = [new Set<string>(), new Set<string>()];
  const twins = new Set<string>();
  const sameCpu = left.platform.architecture === right.platform.architecture;
  let namedTwins = 0;
  for (const [path, node] of ours) {
    const twin = theirs.get(path);
    if (twin === undefined) {
      const named = namedTwin(path, left.platform, right.platform, theirs, ours);
      if (named === undefined) missingRight.add(path);
      else if (!twins.has(named)) {
        twins.add(named);
        if (node.entry.type === 'file') namedTwins++;
      }
      continue;
    }
    const [a, b] = [kindOf(node), kindOf(twin)];
    const code = sameCodeOf(path, [node, twin], [left, right]);
    if (code !== undefined) sameCode.push(code);
    else if (a.kind !== b.kind || a.detail !== b.detail || isOtherCode([node, twin], [left, right]))
      kinds.push({ path, left: a.text, right: b.text });
    else if (node.entry.type === 'file' && (sameCpu || a.kind !== 'elf') && node.entry.size !== twin.entry.size)
      sizes.push({ path, left: node.entry.size, right: twin.entry.size });
  }
  for (const path of theirs.keys()) if (!ours.has(path) && !twins.has(path)) missingLeft.add(path);
  return {
    left: totals(ours),
    right: totals(theirs),
    onlyLeft: oneSided(missingRight, ours),
    onlyRight: oneSided(missingLeft, theirs),
    namedTwins,
    kinds,
    sizes,
    sameCode,
    packages: comparePackages(one, other),
  };
}

function treeOf({ layers }: ComparedSide): FileTree {
  const tree = new FileTree();
  for (const [i, layer] of layers.entries()) tree.apply(layer.files, i + 1, 'overlay');
  return tree;
}

/** The other side's path for this one: the same but for the word of the CPU, and there on that side alone. */
function namedTwin(
  path: string,
  from: Platform,
  to: Platform,
  theirs: ReadonlyMap<string, TreeNode>,
  ours: ReadonlyMap<string, TreeNode>,
): string | undefined {
  if (from.architecture === to.architecture) return undefined;
  return swapCpuWord(path, from, to).find((other) => other !== path && theirs.has(other) && !ours.has(other));
}

interface Kind {
  readonly kind: string;
  /** What must be equal beside the kind: the target of a link. */
  readonly detail: string;
  readonly text: string;
}

function kindOf({ entry, children }: TreeNode): Kind {
  if (children !== undefined) return { kind: 'directory', detail: '', text: 'directory' };
  if (entry.type !== 'file') {
    const link = entry.type === 'symlink' ? entry.link : '';
    return { kind: entry.type, detail: link, text: link === '' ? entry.type : `${entry.type} -> ${link}` };
  }
  const { program } = entry;
  switch (program?.kind) {
    case 'elf':
      return { kind: 'elf', detail: '', text: machineText(program) };
    case 'script': {
      const line = `script #!${program.interpreter}${program.argument === undefined ? '' : ` ${program.argument}`}`;
      return { kind: 'script', detail: line, text: line };
    }
    case 'macho':
    case 'pe':
    case 'wasm':
    case 'archive':
      return { kind: program.kind, detail: '', text: program.kind };
    default:
      return { kind: 'file', detail: '', text: entry.size === 0 ? 'file (empty)' : 'file' };
  }
}

function sameCodeOf(
  path: string,
  [node, twin]: readonly [TreeNode, TreeNode],
  [left, right]: readonly [ComparedSide, ComparedSide],
): SameCode | undefined {
  const [a, b] = [elfOf(node.entry), elfOf(twin.entry)];
  if (a === undefined || b === undefined || left.platform.architecture === right.platform.architecture)
    return undefined;
  if (a.machine !== b.machine || a.bits !== b.bits || isInert({ path, facts: a })) return undefined;
  const fits = [machineFit(a, left.platform).fit, machineFit(b, right.platform).fit];
  const wrong = fits.map((fit) => fit === 'mismatch');
  if (!wrong.includes(true)) return undefined;
  const digest = ({ image }: ComparedSide, layer: number) => image.layers[layer - 1]?.descriptor.digest;
  const [own, its] = [digest(left, node.layer), digest(right, twin.layer)];
  return {
    path,
    found: machineText(a),
    leftLayer: node.layer,
    rightLayer: twin.layer,
    sameLayer: own !== undefined && own === its,
    wrongOn: wrong[0] && wrong[1] ? 'both' : wrong[0] ? 'left' : 'right',
  };
}

/** Machine code for different CPUs at one path, where that is not because each is right on its side. */
function isOtherCode(nodes: readonly [TreeNode, TreeNode], sides: readonly [ComparedSide, ComparedSide]): boolean {
  const [a, b] = nodes.map(({ entry }) => elfOf(entry));
  if (a === undefined || b === undefined || a.machine === b.machine) return false;
  return machineFit(a, sides[0].platform).fit !== 'match' || machineFit(b, sides[1].platform).fit !== 'match';
}

/** Missing paths with what lies below a missing directory counted into it. */
function oneSided(missing: ReadonlySet<string>, own: ReadonlyMap<string, TreeNode>): readonly OneSided[] {
  const roots: { path: string; files: number; bytes: number; layers: Set<number> }[] = [];
  for (const path of missing) {
    const node = own.get(path)!;
    const last = roots.at(-1);
    // Parents come first, and everything below one directly behind it.
    const root = last !== undefined && path.startsWith(`${last.path}/`) && missing.has(last.path) ? last : undefined;
    const into = root ?? { path, files: 0, bytes: 0, layers: new Set<number>() };
    if (root === undefined) roots.push(into);
    if (node.children === undefined) {
      into.files++;
      into.bytes += node.entry.type === 'file' ? node.entry.size : 0;
      into.layers.add(node.layer);
    }
  }
  return roots
    .filter(({ files, path }) => files > 0 || own.get(path)!.children !== undefined)
    .map(({ path, files, bytes, layers }) => {
      const [layer] = layers;
      const shown = own.get(path)!.children === undefined ? path : `${path}/`;
      return { path: shown, files, bytes, ...(layers.size === 1 && layer !== undefined && layer > 0 ? { layer } : {}) };
    });
}

function totals(nodes: ReadonlyMap<string, TreeNode>): SideTotals {
  let files = 0;
  let bytes = 0;
  let programs = 0;
  for (const { entry } of nodes.values()) {
    if (entry.type !== 'file') continue;
    files++;
    bytes += entry.size;
    if (entry.program?.kind === 'elf') programs++;
  }
  return { files, bytes, programs };
}
