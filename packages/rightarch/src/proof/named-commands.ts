import { searchPath, type View } from './view.ts';

/** The file that each command name on PATH stands for: the first one found, links followed. */
export function commandsOnPath(view: View, env: readonly string[]): ReadonlyMap<string, string> {
  const commands = new Map<string, string>();
  const seen = new Set<string>();
  for (const directory of searchPath(env, '/')) {
    const found = view.tree.resolve(directory);
    if (!found.found || found.node.children === undefined) continue;
    for (const name of found.node.children.keys()) {
      if (seen.has(name)) continue;
      const file = view.tree.resolve(`${found.path}/${name}`);
      if (!file.found || file.node.entry.type !== 'file' || (file.node.entry.mode & 0o111) === 0) continue;
      seen.add(name);
      if (!commands.has(file.path)) commands.set(file.path, name);
    }
  }
  return commands;
}

/** Files that node_modules/.bin points at: what `npx` and npm scripts start. */
export function linkedBinaries(view: View, programs: readonly { readonly path: string }[]): ReadonlySet<string> {
  const linked = new Set<string>();
  const roots = new Set<string>();
  for (const { path } of programs) {
    for (let at = path.indexOf('/node_modules/'); at >= 0; at = path.indexOf('/node_modules/', at + 1)) {
      roots.add(`${path.slice(0, at)}/node_modules/.bin`);
    }
  }
  for (const root of roots) {
    const directory = view.tree.resolve(root);
    if (!directory.found) continue;
    for (const name of directory.node.children?.keys() ?? []) {
      const file = view.tree.resolve(`${directory.path}/${name}`);
      if (file.found) linked.add(file.path);
    }
  }
  return linked;
}
