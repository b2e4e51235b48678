import { type FileTree, symlink } from '../bases/file-tree.ts';

interface Alternative {
  readonly link: string;
  readonly name: string;
  readonly target: string;
  readonly priority: number;
}

/**
 * The links that maintainer scripts make with `update-alternatives --install LINK NAME TARGET PRIORITY`, where all four
 * stand there as they are: libblas.so.3 is only ever such a link. Of several targets the one of the highest priority
 * is taken, as in `auto` mode (update-alternatives(1)). What a script computes is left to the list of images.
 */
export function configureAlternatives(tree: FileTree, time: number): void {
  const best = new Map<string, Alternative>();
  for (const [path, { content }] of tree.entries()) {
    if (!/^var\/lib\/dpkg\/info\/[^/]+\.postinst$/.test(path)) continue;
    for (const found of parse(Buffer.from(content).toString('latin1'))) {
      if (tree.get(found.target.slice(1)) === undefined) continue;
      if (found.priority > (best.get(found.name)?.priority ?? Number.NEGATIVE_INFINITY)) best.set(found.name, found);
    }
  }
  for (const { link, name, target } of best.values()) {
    if (tree.get(link.slice(1)) !== undefined && tree.get(`etc/alternatives/${name}`) === undefined) continue;
    tree.put(link.slice(1), symlink(time, `/etc/alternatives/${name}`));
    tree.put(`etc/alternatives/${name}`, symlink(time, target));
  }
}

function parse(script: string): Alternative[] {
  const joined = script.replace(/\\\n/g, ' ');
  const words = /update-alternatives[^\n;&|]*?--install\s+(\/[^\s$]+)\s+([^\s$]+)\s+(\/[^\s$]+)\s+(-?\d+)/g;
  return [...joined.matchAll(words)].map(([, link, name, target, priority]) => ({
    link: link!,
    name: name!,
    target: target!,
    priority: Number(priority),
  }));
}
