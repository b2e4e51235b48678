import { secretOf } from '../../../dockerfile/index.ts';
import type { FileTree } from '../../../scan/tree.ts';
import { cleanPath } from '../../files/root-path.ts';
import { StageTree } from '../../files/stage-tree.ts';
import type { RunOperation } from '../../stage/resolve-stage.ts';
import { FileProblem, type RunSecrets, type SecretFile } from '../../stage-files.ts';
import type { BuildRequest } from '../../types.ts';
import { notHere, sourceOf } from './unsupported.ts';

/** Reads a secret of a request. The engine looks at no file or variable of the host by itself. */
export type ReadSecret = (given: BuildRequest['secrets'][number]) => ReturnType<RunSecrets['read']>;

/** The secrets of one RUN, and the end of what their mounts made. */
export interface MountedSecrets {
  readonly secrets: RunSecrets;
  /** For `StageTree`: throws for the path of a secret. */
  guard(path: string): void;
  /** Takes away what was made to mount on, as far as nothing came into it. */
  unmount(): void;
}

/** Each secret that a RUN asks for, and whether somebody gave it: what a RUN comes to may depend on that, never on its bytes. */
export function givenSecrets(
  operation: RunOperation,
  given: BuildRequest['secrets'],
): readonly (readonly [id: string, given: boolean])[] {
  return operation.mounts.flatMap((mount) => {
    const id = secretOf(mount)?.id;
    return id === undefined ? [] : [[id, given.some((one) => one.id === id)] as const];
  });
}

/**
 * Mounts the secrets of a RUN as BuildKit does: over the file that is there, else over an empty one that runc makes with
 * its parents, 0755 and root's, and that is gone afterwards with those parents that stayed empty (runc's
 * createMountpoint; BuildKit's MountStubsCleaner, `recursive` for every RUN). What nobody gave is not mounted.
 */
export function mountSecrets(
  operation: RunOperation,
  tree: FileTree,
  options: {
    readonly given: BuildRequest['secrets'];
    readonly read: ReadSecret;
    readonly docker: string;
    readonly mtime: number;
    readonly refuse: (path: string, id: string) => never;
  },
): MountedSecrets {
  const { given, docker, mtime } = options;
  const files = new Map<string, SecretFile>();
  const variables = new Map<string, string>();
  const absent = new Map<string, string>();
  const made: string[] = [];
  const stage = new StageTree(tree, { mtime });
  const asked = operation.mounts.flatMap((mount) => secretOf(mount) ?? []);
  for (const secret of asked) {
    const { id, env } = secret;
    if (!given.some((one) => one.id === id)) absent.set(id, sourceOf(secret).source);
    if (env !== undefined) variables.set(env, id);
  }
  const targets = asked.flatMap(({ target, ...secret }) =>
    target === undefined || absent.has(secret.id) ? [] : [{ ...secret, path: cleanPath(target, operation.cwd) }],
  );
  for (const { path, id, mode, uid, gid } of targets.sort((one, other) => (one.path < other.path ? -1 : 1))) {
    const point = mountPoint(stage, path, made);
    if (point === undefined || files.has(point)) throw notHere(operation, `--mount=type=secret,target=${path}`, docker);
    files.set(point, { id, mode, uid, gid });
  }
  return {
    secrets: {
      files,
      variables,
      absent,
      read: (id) => options.read(given.findLast((one) => one.id === id)!),
    },
    guard(path) {
      const secret = files.get(path);
      if (secret !== undefined) options.refuse(path, secret.id);
    },
    unmount() {
      for (const path of made.reverse()) {
        const found = tree.resolve(path, { followLast: false });
        if (found.found && found.path === path && (found.node.children?.size ?? found.node.entry.size) === 0)
          stage.remove(path);
      }
    },
  };
}

/** The file that a mount covers, made where there is none; undefined where that is not known. */
function mountPoint(stage: StageTree, path: string, made: string[]): string | undefined {
  const make = { uid: 0, gid: 0, mode: 0o755 };
  const parts = path.split('/').filter((part) => part !== '');
  let at = '';
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const found = stage.tree.resolve(`${at}/${part}`);
    if (found.found) {
      at = found.path === '/' ? '' : found.path;
      if (last && found.node.children !== undefined) throw new FileProblem('EISDIR', path);
      if (!last && found.node.children === undefined) throw new FileProblem('ENOTDIR', path);
      if (last && found.node.entry.type !== 'file') return undefined;
      continue;
    }
    // A link to nothing: runc's own walk decides what is made then.
    if (found.problem !== 'missing' || found.path !== `${at}/${part}`) return undefined;
    at = found.path;
    if (last) stage.writeFile(at, '', make);
    else stage.makeDirectory(at, make);
    made.push(at);
  }
  return at === '' ? undefined : at;
}
