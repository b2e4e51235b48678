import type { TestImageParts } from '../../../packages/rightarch/src/testing/index.ts';

/** cap_net_raw+ep as the kernel stores it (linux/capability.h, vfs_cap_data): not text, and with a NUL. */
export const NET_RAW = '\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00';

/** Images of a few kilobytes, with what COPY meets in real bases and no program: cases without RUN take a tenth of the time on them. */
export const smallBases: Readonly<Record<string, TestImageParts>> = {
  'small:base': {
    platform: 'linux/amd64',
    files: [
      { path: 'usr/', mode: 0o755 },
      { path: 'usr/bin/', mode: 0o755 },
      { path: 'usr/bin/sh', mode: 0o755, content: 'sh' },
      { path: 'usr/bin/ping', mode: 0o755, content: 'ping', xattrs: { 'security.capability': NET_RAW } },
      { path: 'usr/bin/su', mode: 0o4755, content: 'su' },
      { path: 'bin', link: 'usr/bin' },
      { path: 'etc/', mode: 0o755 },
      {
        path: 'etc/passwd',
        content: 'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/sh\nfive:x:5:55::/:/bin/sh\n',
      },
      { path: 'etc/group', content: 'root:x:0:\ndaemon:x:1:\ngames:x:60:\nfive:x:55:\n' },
      { path: 'tmp/', mode: 0o1777 },
      { path: 'root/', mode: 0o700 },
      { path: 'deep/', mode: 0o755 },
      { path: 'deep/er/', mode: 0o2775, uid: 7, gid: 8 },
      { path: 'short', link: '/deep/er' },
      { path: 'real/', mode: 0o700, uid: 3, gid: 4 },
      { path: 'real/keep', mode: 0o600, uid: 3, gid: 4, content: 'keep' },
      { path: 'real/dir/', mode: 0o711, uid: 3, gid: 4 },
      { path: 'real/dir/c.txt', mode: 0o600, uid: 3, gid: 4, content: 'old' },
      { path: 'to-dir', link: 'real' },
      { path: 'to-file', link: '/etc/passwd' },
      { path: 'dead', link: '/nowhere' },
      { path: 'loop-a', link: 'loop-b' },
      { path: 'loop-b', link: 'loop-a' },
      { path: 'noted/', mode: 0o755, xattrs: { 'user.note': 'a' } },
      { path: 'noted/file', xattrs: { 'user.note': 'b' }, content: 'n' },
      { path: 'noted/in/', mode: 0o750, xattrs: { 'user.note': 'c' } },
      { path: 'first', mode: 0o640, content: 'linked' },
      { path: 'second', type: 'hardlink', link: 'first', mode: 0o640 },
    ],
    config: {
      Env: ['PATH=/usr/bin:/bin', 'FROM_BASE=a b', 'LIST=/x:/y'],
      Cmd: ['/bin/sh', '-c', 'base'],
      WorkingDir: '/real',
      Labels: { 'from.base': 'kept', both: 'base' },
      ExposedPorts: { '80/tcp': {} },
      Volumes: { '/base-volume': {} },
      StopSignal: 'SIGUSR1',
      User: '5',
    },
  },
  'onbuild:base': {
    platform: 'linux/amd64',
    files: [{ path: 'here', content: 'x' }],
    config: {
      OnBuild: ['ARG VERSION=1', 'ENV V=$VERSION', 'COPY a.txt /on/$V/', 'WORKDIR /on/build', 'LABEL on="build $V"'],
    },
  },
};
