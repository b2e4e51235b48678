import { FileTree } from '../../scan/tree.ts';
import type { FileFacts } from '../../scan/types.ts';
import { contentFrom } from '../files/bytes.ts';
import { inodeFrom } from '../files/inode.ts';
import { StageTree } from '../files/stage-tree.ts';
import type { RunContext } from '../stage-files.ts';
import { runSimulated } from './run-simulated.ts';
import type { RunInput } from './types.ts';

/** What an entry of a test image is: a text is a file, an object says more. */
type Entry =
  | string
  | { readonly dir: number; readonly uid?: number; readonly gid?: number }
  | { readonly link: string }
  | {
      readonly file: string | Uint8Array;
      readonly mode?: number;
      readonly uid?: number;
      readonly gid?: number;
      readonly xattrs?: Readonly<Record<string, string>>;
    };

const ELF = '\x7fELF';

/** Debian's layout as far as a RUN looks at it: usrmerge links, dash, coreutils, accounts. */
export const debian: Readonly<Record<string, Entry>> = {
  '/bin': { link: 'usr/bin' },
  '/sbin': { link: 'usr/sbin' },
  '/usr/bin/sh': { link: 'dash' },
  '/usr/bin/dash': { file: `${ELF} Bad substitution`, mode: 0o755 },
  '/usr/bin/bash': { file: `${ELF} GNU bash, version %s`, mode: 0o755 },
  '/usr/bin/ldd': 'ldd (GNU C Library)',
  '/etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnode:x:1000:1000::/home/node:/bin/bash\n',
  '/etc/group': 'root:x:0:\nadm:x:4:node\nwww-data:x:33:\nnode:x:1000:\n',
  '/root': { dir: 0o700 },
  '/home/node': { dir: 0o755, uid: 1000, gid: 1000 },
  '/tmp': { dir: 0o1777 },
  ...Object.fromEntries(
    [
      'basename',
      'cat',
      'chgrp',
      'chmod',
      'chown',
      'cp',
      'dirname',
      'env',
      'id',
      'install',
      'ln',
      'mkdir',
      'mv',
      'rm',
      'rmdir',
      'tee',
      'touch',
      'uname',
    ].map((name) => [`/usr/bin/${name}`, { file: `${ELF} ${name} (GNU coreutils)`, mode: 0o755 }] as const),
  ),
};

/** Alpine's layout: one busybox and links to it. */
export const alpine: Readonly<Record<string, Entry>> = {
  '/bin/busybox': { file: `${ELF} BusyBox v1.36.1`, mode: 0o755 },
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
  '/etc/group': 'root:x:0:\n',
  '/tmp': { dir: 0o1777 },
  ...Object.fromEntries(
    [
      'sh',
      'ash',
      'cat',
      'chmod',
      'chown',
      'cp',
      'ln',
      'mkdir',
      'mv',
      'rm',
      'rmdir',
      'touch',
      'adduser',
      'addgroup',
    ].map((name) => [`/bin/${name}`, { link: '/bin/busybox' }] as const),
  ),
};

/** As a layer of a base gives it: the bytes behind an inode, so that links share them. */
function held(content: Buffer): Pick<FileFacts, 'size' | 'content'> {
  return { size: content.length, content, ...{ inode: inodeFrom(contentFrom(content)) } };
}

/** A stage over a base layer made of these entries; parents that are not named are root's, 0755. */
export function stageOf(entries: Readonly<Record<string, Entry>>): StageTree {
  const facts: FileFacts[] = Object.entries(entries).map(([path, entry]) => {
    const common = {
      path: path.slice(1),
      uid: 0,
      gid: 0,
      uname: '',
      gname: '',
      mtime: 0,
      size: 0,
      link: '',
      mode: 0o644,
    };
    if (typeof entry === 'string') return { ...common, type: 'file', ...held(Buffer.from(entry)) };
    if ('link' in entry) return { ...common, type: 'symlink', mode: 0o777, link: entry.link };
    const owner = { uid: entry.uid ?? 0, gid: entry.gid ?? 0 };
    if ('dir' in entry) return { ...common, ...owner, type: 'directory', mode: entry.dir };
    return {
      ...common,
      ...owner,
      type: 'file',
      mode: entry.mode ?? 0o644,
      ...held(Buffer.from(entry.file)),
      ...(entry.xattrs === undefined ? {} : { xattrs: entry.xattrs }),
    };
  });
  const tree = new FileTree();
  tree.apply(facts, 1, 'overlay');
  return new StageTree(tree, { mtime: 0 });
}

export const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A context with nothing in it but what the test names. */
export function contextOf(files: StageTree, more: Partial<RunContext> = {}): RunContext {
  return {
    platform: { os: 'linux', architecture: 'arm64' },
    files,
    env: { PATH },
    cwd: '/',
    user: '',
    shell: ['/bin/sh', '-c'],
    cacheDirectory: '/nonexistent',
    mtime: 0,
    scriptsNotNeeded: [],
    docker: 'docker buildx build .',
    ...more,
  };
}

/** RUN in shell form at line 7 of a Dockerfile. */
export function shellRun(text: string, heredocs: Extract<RunInput, { form: 'shell' }>['heredocs'] = []): RunInput {
  return {
    form: 'shell',
    text,
    heredocs,
    at: (offset) => {
      const before = text.slice(0, offset).split('\n');
      const position = { line: 6 + before.length, column: before.at(-1)!.length + 5 };
      return { in: 'file', file: 'Dockerfile', start: position, end: position };
    },
  };
}

/** Runs a text in an image and gives the tree that it leaves. */
export async function ran(
  text: string,
  image: Readonly<Record<string, Entry>> = debian,
  more: Partial<RunContext> = {},
): Promise<StageTree> {
  const files = stageOf(image);
  await runSimulated(shellRun(text), contextOf(files, more));
  return files;
}

/** `-rw-r--r-- 0:0 6` of a path, as `ls -ln` would show it; a link with its target; undefined where nothing is. */
export function shown(files: StageTree, path: string): string | undefined {
  const at = files.tree.resolve(path, { followLast: false });
  if (!at.found) return undefined;
  const { type, mode, uid, gid, link } = at.node.entry;
  const kind = at.node.children !== undefined ? 'd' : type === 'symlink' ? 'l' : '-';
  return `${kind}${mode.toString(8)} ${uid}:${gid}${kind === 'l' ? ` -> ${link}` : ''}`;
}

/** The content of a file as text. */
export async function textIn(files: StageTree, path: string): Promise<string> {
  return Buffer.from(await files.readFile(path)).toString('utf8');
}
