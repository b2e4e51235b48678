import { testTar } from '../../../packages/rightarch/src/testing/index.ts';
import { type BuildCase, sources } from './build-case.ts';

/** Links on either side of a COPY: in the image, in the source, and `--link`. */
export const copyLinkCases: readonly BuildCase[] = [
  {
    name: 'COPY of a directory onto a link to a directory, with a slash',
    dockerfile: 'FROM small:base\nCOPY dir /to-dir/\n',
    context: sources,
  },
  {
    name: 'COPY of a directory onto a link to a directory, without a slash',
    dockerfile: 'FROM small:base\nCOPY dir /to-dir\n',
    context: sources,
  },
  {
    name: 'COPY of a directory onto a link to a file',
    dockerfile: 'FROM small:base\nCOPY dir /to-file\n',
    context: sources,
    fails: 'engine/copy-conflict',
  },
  {
    name: 'COPY of a directory onto a link to nothing',
    dockerfile: 'FROM small:base\nCOPY dir /dead\n',
    context: sources,
  },
  {
    name: 'COPY of a file onto a link to nothing',
    differs: { buildah: 'buildah-in-the-way' },
    dockerfile: 'FROM small:base\nCOPY a.txt /dead\n',
    context: sources,
  },
  {
    name: 'COPY of a file through a link to nothing',
    dockerfile: 'FROM small:base\nCOPY a.txt /dead/x\n',
    context: sources,
  },
  {
    name: 'COPY through a loop of links',
    dockerfile: 'FROM small:base\nCOPY a.txt /loop-a/x\n',
    context: sources,
    fails: 'engine/path-blocked',
  },
  {
    name: 'COPY onto a loop of links',
    dockerfile: 'FROM small:base\nCOPY a.txt /loop-a\n',
    context: sources,
    fails: 'engine/path-blocked',
  },
  {
    name: 'COPY below a file',
    dockerfile: 'FROM small:base\nCOPY a.txt /etc/passwd/x\n',
    context: sources,
    fails: 'engine/path-blocked',
  },
  {
    name: 'COPY with .. through a link',
    dockerfile:
      'FROM small:base\nCOPY a.txt /short/../b\nWORKDIR /short\nCOPY a.txt ../c\nCOPY a.txt /../../top\nCOPY a.txt .\n',
    context: sources,
  },
  {
    name: 'links in the source: directories, files, absolute, out of the context',
    dockerfile:
      'FROM small:base\nCOPY to-dir/c.txt /o/1\nCOPY to-dir/ /o/2/\nCOPY abs /o/3\nCOPY up /o/4\nCOPY all /o/5/\n',
    context: {
      ...sources,
      'to-dir': { link: 'dir' },
      abs: { link: '/dir/c.txt' },
      up: { link: '../../dir/c.txt' },
      'all/l': { link: '../dir' },
      'all/dead': { link: 'gone' },
    },
  },
  {
    name: 'a link of the source that leads to nothing',
    dockerfile: 'FROM small:base\nCOPY dead /o/\n',
    context: { dead: { link: 'gone' } },
    fails: 'context/source-missing',
  },
  {
    name: 'a pattern that fits links',
    dockerfile: 'FROM small:base\nCOPY l-* /o/\n',
    context: { ...sources, 'l-file': { link: 'a.txt' }, 'l-dir': { link: 'dir' } },
  },
  {
    name: 'a pattern with a link in front',
    differs: { buildah: 'buildah-in-the-way' },
    dockerfile: 'FROM small:base\nCOPY to-dir/*.txt /o/\nCOPY to-*/c.txt /p/\n',
    context: { ...sources, 'to-dir': { link: 'dir' } },
  },
  {
    name: 'COPY --from with links in the other stage',
    dockerfile:
      'FROM small:base AS one\nFROM scratch\nCOPY --from=one /short /o/1\nCOPY --from=one /to-dir/keep /o/2\nCOPY --from=one /to-file /o/3\nCOPY --from=one /real /o/4/\nCOPY --from=one /first /second /o/5/\nCOPY --from=one /bin/sh /o/6\nCOPY --from=one /to-* /o/7/\nCOPY --from=one /bin /o/8\n',
  },
  {
    name: 'COPY --from of everything, with its links and their names',
    differs: { buildah: 'buildah-attributes' },
    dockerfile: 'FROM small:base AS one\nFROM scratch\nCOPY --from=one / /\n',
  },
  {
    name: 'COPY --from with capabilities, setuid and another owner',
    dockerfile:
      'FROM small:base AS one\nFROM scratch\nCOPY --from=one /bin/ping /o/1\nCOPY --from=one --chown=5:6 /bin/ping /o/2\nCOPY --from=one --chmod=700 /bin/ping /o/3\nCOPY --from=one --chown=5:6 /usr/bin /o/4/\nCOPY --from=one --chmod=755 /bin/su /o/5\n',
  },
  {
    name: 'COPY --link where nothing is',
    differs: { buildah: 'buildah-refuses' },
    dockerfile:
      'FROM small:base\nCOPY --link a.txt /new/\nCOPY --link --chown=7:8 dir /fresh/x\nCOPY --link --chmod=640 a.txt /fresh/y\nWORKDIR /new\nCOPY --link a.txt rel\n',
    context: sources,
  },
  {
    name: 'COPY --link into directories that are there',
    differs: { buildah: 'buildah-refuses' },
    dockerfile: 'FROM small:base\nCOPY --link a.txt /tmp/\nCOPY --link a.txt /root/x\nCOPY --link dir /real/dir\n',
    context: sources,
  },
  {
    name: 'COPY --link of a directory onto a file',
    differs: { buildah: 'buildah-refuses' },
    dockerfile: 'FROM small:base\nCOPY --link dir /first\n',
    context: sources,
    refused: 'engine/copy-conflict',
  },
  {
    name: 'COPY --link of a file onto a directory',
    differs: { buildah: 'buildah-refuses' },
    dockerfile: 'FROM small:base\nCOPY --link a.txt /real\n',
    context: sources,
    refused: 'engine/copy-conflict',
  },
  {
    name: 'COPY --link through a link of the base',
    differs: { buildah: 'buildah-refuses' },
    dockerfile: 'FROM small:base\nCOPY --link a.txt /bin/tool\n',
    context: sources,
    refused: 'plan/link-over-link',
  },
  {
    name: 'COPY --link of a file over a link',
    differs: { buildah: 'buildah-refuses' },
    dockerfile: 'FROM small:base\nCOPY --link a.txt /to-file\n',
    context: sources,
    refused: 'plan/link-over-link',
  },
  {
    name: 'COPY --link of a tree with a directory over a link of the base',
    differs: { buildah: 'buildah-refuses' },
    dockerfile: 'FROM small:base\nCOPY --link root /\n',
    context: { 'root/bin/tool': 'x' },
    refused: 'plan/link-over-link',
  },
  {
    name: 'COPY --link with names as owner',
    differs: { buildah: 'buildah-refuses' },
    dockerfile: 'FROM small:base\nCOPY --link --chown=daemon:games a.txt /o/\n',
    context: sources,
    fails: 'plan/link-owner-name',
  },
  {
    name: 'COPY --link of everything of a stage, and of heredocs',
    differs: { buildah: 'buildah-refuses' },
    dockerfile:
      'FROM small:base AS one\nFROM scratch\nCOPY --link --from=one / /all/\nCOPY --link <<E /all/etc/\nx\nE\n',
  },
  {
    name: 'COPY --link of everything of a stage onto nothing',
    differs: { buildah: 'buildah-refuses' },
    dockerfile: 'FROM small:base AS one\nFROM scratch\nCOPY --link --from=one / /\nADD --link a.tar /etc/\n',
    context: {
      'a.tar': testTar([
        { path: 'x/', mode: 0o700, uid: 3 },
        { path: 'x/y', content: 'y' },
      ]),
    },
  },
];
