import { machineFit } from '../scan/index.ts';
import { type Library, openProcess, type Process } from './libraries.ts';
import type { Start } from './types.ts';
import { type Identity, startUser } from './user.ts';
import { elfOf, searchPath, type View } from './view.ts';

/** A language runtime of the image, started: what native modules are loaded into. */
export interface RuntimeProcess {
  /** Links followed. */
  readonly path: string;
  readonly process: Process;
  readonly libraries: readonly Library[];
}

/** Undefined where the program is not one that starts, or whose loader's rules are not known: nothing is said of its modules. */
export function startRuntime(
  view: View,
  path: string,
  start: Pick<Start, 'env' | 'cwd' | 'user' | 'ownUser'>,
): RuntimeProcess | undefined {
  const found = view.tree.resolve(path);
  const facts = found.found ? elfOf(found.node.entry) : undefined;
  if (!found.found || facts?.interpreter === undefined || facts.damaged || facts.partial) return undefined;
  if (machineFit(facts, view.declared).fit !== 'match') return undefined;
  const loader = view.tree.resolve(facts.interpreter);
  if (!loader.found || elfOf(loader.node.entry) === undefined) return undefined;
  const process = openProcess({
    view,
    program: { path: found.path, node: found.node, facts },
    loader: { path: loader.path, node: loader.node },
    env: start.env,
    cwd: start.cwd,
    identity: identityOf(view, start),
  });
  const answer = process?.start();
  if (process === undefined || answer?.outcome.kind !== 'loaded') return undefined;
  return { path: found.path, process, libraries: answer.libraries };
}

function identityOf(view: View, start: Pick<Start, 'user' | 'ownUser'>): Identity {
  const answer = startUser(view.tree, start);
  return answer.ok === true ? answer.identity : { uid: 0, gids: [0], name: 'root' };
}

/** The first of some names on PATH, else the first path of those that were seen anywhere. */
export function runtimeOf(
  view: View,
  { env, cwd }: Pick<Start, 'env' | 'cwd'>,
  names: RegExp,
  seen: readonly string[],
): string | undefined {
  for (const directory of searchPath(env, cwd)) {
    const found = view.tree.resolve(directory);
    if (!found.found) continue;
    const name = [...(found.node.children?.keys() ?? [])].sort().find((one) => {
      if (!names.test(one)) return false;
      const file = view.tree.resolve(`${found.path}/${one}`);
      return file.found && elfOf(file.node.entry) !== undefined;
    });
    if (name !== undefined) return `${found.path}/${name}`;
  }
  return seen.find((path) => names.test(path.slice(path.lastIndexOf('/') + 1)));
}
