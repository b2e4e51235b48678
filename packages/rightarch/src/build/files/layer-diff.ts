import type { TreeNode } from '../../scan/tree.ts';
import type { NewTarEntry } from '../../tar/index.ts';
import { type Inode, inodeOf } from './inode.ts';

/** One entry of a layer to be written, with its content where it is a file. */
export interface LayerEntry {
  readonly entry: NewTarEntry;
  readonly inode?: Inode;
}

/** A name that would be read as a whiteout (image-spec layer.md#whiteouts) cannot be in a layer. */
export class WhiteoutName extends Error {
  readonly path: string;
  constructor(path: string) {
    super(`${path} would be read as a whiteout`);
    this.name = 'WhiteoutName';
    this.path = path;
  }
}

/**
 * What has to stand in a layer over `before` so that a runtime sees `after`: parents first, names in order, each
 * directory on the way with its own mode, owner and attributes, what disappeared as a whiteout, a file with two
 * names as a file and a link. A directory that became another one is spelled out by its entries, never opaque:
 * opaque markers are read differently by unpackers. Empty where nothing changed.
 */
export function layerEntries(before: TreeNode, after: TreeNode): LayerEntry[] {
  const out: LayerEntry[] = [];
  const names = new Map<Inode, string>();

  const emit = (path: string, node: TreeNode): void => {
    const { entry } = node;
    const inode = entry.type === 'file' ? inodeOf(entry) : undefined;
    const first = inode === undefined ? undefined : names.get(inode);
    const common = { path, mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: Math.floor(entry.mtime) };
    if (first !== undefined) {
      out.push({ entry: { ...common, type: 'hardlink', link: first } });
      return;
    }
    if (inode !== undefined) names.set(inode, path);
    out.push({
      entry: {
        ...common,
        type: entry.type,
        size: entry.type === 'file' ? entry.size : 0,
        ...(entry.type === 'symlink' ? { link: entry.link } : {}),
        ...(entry.device !== undefined ? { device: entry.device } : {}),
        ...(entry.xattrs !== undefined ? { xattrs: entry.xattrs } : {}),
      },
      ...(inode !== undefined ? { inode } : {}),
    });
  };

  const all = (path: string, node: TreeNode): void => {
    emit(path, node);
    for (const name of sorted(node.children)) {
      check(path, name);
      all(join(path, name), node.children!.get(name)!);
    }
  };

  const visit = (path: string, one: TreeNode, other: TreeNode): void => {
    const at = out.length;
    const changed = !sameDirectory(one, other);
    if (changed) emit(path, other);
    const parts = [...new Set([...one.children!.keys(), ...other.children!.keys()])].sort();
    for (const name of parts) {
      const was = one.children!.get(name);
      const is = other.children!.get(name);
      if (was === is) continue;
      const full = join(path, name);
      if (is === undefined) {
        out.push({ entry: { path: join(path, `.wh.${name}`), type: 'file', mode: 0, size: 0, mtime: 0 } });
      } else if (was?.children !== undefined && is.children !== undefined) visit(full, was, is);
      else {
        check(path, name);
        all(full, is);
      }
    }
    // A parent that did not change stands in front of what changed in it, as it is.
    if (!changed && out.length > at && path !== '') {
      const inside = out.splice(at);
      emit(path, other);
      out.push(...inside);
    }
  };

  visit('', before, after);
  return out;
}

function sorted(children: ReadonlyMap<string, TreeNode> | undefined): string[] {
  return children === undefined ? [] : [...children.keys()].sort();
}

function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

function check(directory: string, name: string): void {
  if (name.startsWith('.wh.')) throw new WhiteoutName(`/${join(directory, name)}`);
}

function sameDirectory(one: TreeNode, other: TreeNode): boolean {
  return (
    one.entry === other.entry ||
    (one.entry.mode === other.entry.mode &&
      one.entry.uid === other.entry.uid &&
      one.entry.gid === other.entry.gid &&
      JSON.stringify(one.entry.xattrs ?? {}) === JSON.stringify(other.entry.xattrs ?? {}))
  );
}
