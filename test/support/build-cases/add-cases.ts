import { gzipSync } from 'node:zlib';
import { testTar, zstdStored } from '../../../packages/rightarch/src/testing/index.ts';
import type { BuildCase } from './build-case.ts';
import { NET_RAW } from './small-bases.ts';

/** `d/f` and a link to it, by xz and bzip2, which Node has not got. */
const XZ =
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4Cf/AH1dADILvBunjDRE4cIHdds7oirHd9omNYj5JFgGDV8QJvK+8B0y/F/iiUf+qiqLy4+n33rQRF/R4JTBWgK4s65hmS2GRyedEHrl40uc3giA/bpPDVIVICuosCl+O1VDPcuhnaMbH8Pd5imJSw3sgekuDv5viRqfbiQ/I52rVVIAAAAAAObyVil+ZfQ6AAGZAYBQAABtIrlFscRn+wIAAAAABFla';
const BZIP2 =
  'QlpoOTFBWSZTWaJGKlEAAKT7gNGQAgBAAP+AAAPlBB4ABAAggAHUR6oJoDQaPU9TQBJFATNTDUNpNp6kUPXO0pF4ANm+KBInq2+L7qxa3MGSwSEMITfiVHlSFggIvLSAiMiutUbR5FI0pdJ17oTaybulVcxd/HpVQoUFM0IPBdyRThQkKJGKlEA=';

const links = testTar([
  { path: './', mode: 0o711, uid: 9, gid: 9 },
  { path: 'f', mode: 0o4755, uid: 5, gid: 55, content: 'f' },
  { path: 'hard', type: 'hardlink', link: 'f' },
  { path: 'deep/er/file', content: 'no entry for its directories' },
  { path: 'abs', link: '/etc/passwd' },
  { path: 'up', link: '../../../../top' },
  { path: 'pipe', type: 'fifo', mode: 0o600 },
  { path: 'null', type: 'character', mode: 0o666, device: [1, 3] },
  { path: 'sticky/', mode: 0o1777 },
]);

export const addCases: readonly BuildCase[] = [
  {
    name: 'ADD of a tar archive',
    dockerfile:
      'FROM debian:base\nADD a.tar /srv/\nADD b.tgz /opt/x/\nADD a.txt /srv/plain\nCOPY a.tar /srv/kept.tar\n',
    context: {
      'a.txt': 'a',
      'a.tar': testTar([
        { path: 'd/', mode: 0o750, uid: 42, gid: 42 },
        { path: 'd/f', content: 'f', mode: 0o640, uid: 1000, gid: 1000 },
        { path: 'l', link: 'd/f', mode: 0o777 },
      ]),
      'b.tgz': gzipSync(testTar([{ path: 'in/side', content: 's', mode: 0o755 }])),
    },
  },
  {
    name: 'ADD of archives: links, devices, directories without an entry, the directory itself',
    differs: { buildah: 'buildah-attributes' },
    dockerfile: 'FROM small:base\nADD l.tar /new/\nADD l.tar /real\nADD l.tar /short/\n',
    context: { 'l.tar': links },
  },
  {
    name: 'ADD --chown of an archive',
    dockerfile: 'FROM small:base\nADD --chown=7:8 l.tar /owned/\n',
    context: { 'l.tar': links },
    not: { buildkit: 'the owner of the archive stays in BuildKit 0.13' },
  },
  {
    name: 'ADD of an archive over files, directories and links',
    dockerfile: 'FROM small:base\nADD a.tar /\nADD b.tar /to-dir/\n',
    context: {
      'a.tar': testTar([
        { path: 'real/', mode: 0o750, uid: 1, gid: 1 },
        { path: 'real/keep', content: 'new', mode: 0o640 },
        { path: 'first', link: 'second' },
        { path: 'tmp/', mode: 0o1777 },
        { path: 'to-file', content: 'a file now' },
      ]),
      'b.tar': testTar([
        { path: 'dir', type: 'directory', mode: 0o700 },
        { path: 'dir/c.txt', content: 'c' },
      ]),
    },
  },
  {
    name: 'ADD of an archive with a file over a directory',
    dockerfile: 'FROM small:base\nADD a.tar /\n',
    context: { 'a.tar': testTar([{ path: 'real', content: 'x' }]) },
  },
  {
    name: 'ADD of an archive with a directory over a link',
    dockerfile: 'FROM small:base\nADD a.tar /\n',
    context: {
      'a.tar': testTar([
        { path: 'bin/', mode: 0o755 },
        { path: 'bin/tool', content: 'x' },
      ]),
    },
  },
  {
    name: 'ADD of an archive with a directory over a file',
    dockerfile: 'FROM small:base\nADD a.tar /\n',
    context: {
      'a.tar': testTar([
        { path: 'first/', mode: 0o755 },
        { path: 'first/tool', content: 'x' },
      ]),
    },
  },
  {
    name: 'ADD of an archive that climbs out',
    dockerfile: 'FROM small:base\nADD a.tar /new/\n',
    context: { 'a.tar': testTar([{ path: '../out', content: 'x' }]) },
    refused: 'engine/path-blocked',
  },
  {
    name: 'ADD of an archive whose link leads a file elsewhere',
    dockerfile: 'FROM small:base\nADD a.tar /new/\n',
    context: {
      'a.tar': testTar([
        { path: 'l', link: '../../etc' },
        { path: 'l/x', content: 'x' },
      ]),
    },
    fails: 'engine/path-blocked',
  },
  {
    name: 'ADD of an archive with a link to a file outside',
    dockerfile: 'FROM small:base\nADD a.tar /new/\n',
    context: { 'a.tar': testTar([{ path: 'h', type: 'hardlink', link: '../etc/passwd' }]) },
    fails: 'engine/path-blocked',
  },
  {
    name: 'ADD of archives by gzip and zstd',
    dockerfile: 'FROM small:base\nADD b.tgz c.tar.zst /x/\nADD --chmod=700 b.tgz /y/\n',
    context: {
      'b.tgz': gzipSync(testTar([{ path: 'in/side', content: 's', mode: 0o755 }])),
      'c.tar.zst': zstdStored(
        testTar([
          { path: 'zstd/', mode: 0o700 },
          { path: 'zstd/file', content: 'z' },
        ]),
      ),
    },
  },
  {
    name: 'ADD of an archive by xz',
    dockerfile: 'FROM debian:base\nADD a.tar.xz /x/\n',
    context: { 'a.tar.xz': Buffer.from(XZ, 'base64') },
    refused: 'plan/not-embedded',
  },
  {
    name: 'ADD of an archive by bzip2',
    dockerfile: 'FROM small:base\nADD a.tar.bz2 /x/\n',
    context: { 'a.tar.bz2': Buffer.from(BZIP2, 'base64') },
    refused: 'plan/not-embedded',
  },
  {
    name: 'ADD of what only looks like an archive',
    dockerfile: 'FROM small:base\nADD a.tar b.tgz c.gz empty.tar /x/\nADD a.tar /y\nADD end.tar /z\n',
    context: {
      'a.tar': 'no tar at all',
      'b.tgz': gzipSync('no tar inside'),
      'c.gz': '\x1f\x8b and nothing more',
      'empty.tar': '',
      'end.tar': testTar([]),
    },
  },
  {
    name: 'ADD of a cut archive',
    dockerfile: 'FROM small:base\nADD a.tar /x/\n',
    context: {
      'a.tar': testTar([
        { path: 'a', content: 'a' },
        { path: 'b', content: 'b'.repeat(2000) },
      ]).subarray(0, 2048),
    },
    fails: 'context/archive-damaged',
  },
  {
    name: 'ADD of a cut archive by gzip',
    dockerfile: 'FROM small:base\nADD a.tgz /x/\n',
    context: {
      'a.tgz': gzipSync(
        testTar([
          { path: 'a', content: 'a' },
          { path: 'b', content: Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * 7919) % 251)) },
        ]),
      ).subarray(0, 300),
    },
    fails: 'context/archive-damaged',
  },
  {
    name: 'ADD of a directory with an archive in it, and by a pattern',
    dockerfile: 'FROM small:base\nADD all /x/\nADD all/*.tar /y/\n',
    context: {
      'all/l.tar': testTar([{ path: 'f', content: 'f' }]),
      'all/m.tar': testTar([{ path: 'g', content: 'g' }]),
    },
  },
  {
    name: 'ADD of an archive through a link of the context',
    dockerfile: 'FROM small:base\nADD l.tar /x/\n',
    context: { 'l.tar': { link: 'all/l.tar' }, 'all/l.tar': testTar([{ path: 'f', content: 'f' }]) },
  },
  {
    name: 'ADD with capabilities and attributes in the archive',
    differs: { buildah: 'buildah-attributes' },
    dockerfile: 'FROM small:base\nADD a.tar /x/\n',
    context: {
      'a.tar': testTar([
        { path: 'ping', content: 'p', mode: 0o755, xattrs: { 'security.capability': NET_RAW } },
        { path: 'note', content: 'n', xattrs: { 'user.note': 'text' } },
      ]),
    },
  },
  {
    name: 'ADD of an address',
    dockerfile: 'FROM small:base\nADD http://127.0.0.1:9/none /x/\n',
    fails: 'plan/not-embedded',
  },
  {
    name: 'ADD of a repository',
    dockerfile: 'FROM small:base\nADD https://127.0.0.1:9/none.git#v1 /x/\n',
    fails: 'plan/not-embedded',
  },
  {
    name: 'ADD --checksum of a file of the context',
    dockerfile: `FROM small:base\nADD --checksum=sha256:${'0'.repeat(64)} a.txt /x/\n`,
    context: { 'a.txt': 'a' },
    fails: 'plan/not-embedded',
  },
  {
    name: 'ADD of a heredoc',
    dockerfile: 'FROM small:base\nADD <<a.tar <<b /x/\nplain\na.tar\n$FROM_BASE\nb\n',
  },
  {
    name: 'ADD of an archive whose links stay inside the destination',
    differs: { buildah: 'buildah-attributes' },
    dockerfile: 'FROM small:base\nADD a.tar /new/\nADD b.tar /\n',
    context: {
      'a.tar': testTar([
        { path: 'etc/', mode: 0o750 },
        { path: 'abs', link: '/etc' },
        { path: 'abs/x', content: 'x' },
        { path: 'abs/deep/er/y', content: 'y' },
        { path: 'up', link: '../../../etc' },
        { path: 'up/z', content: 'z' },
        { path: 'other', type: 'hardlink', link: '/../abs/x', mode: 0o600, uid: 3, gid: 4 },
        { path: 'etc/../sideways', content: 's' },
      ]),
      'b.tar': testTar([
        { path: 'to-dir/new', content: 'x' },
        { path: 'short/made/here', content: 'x' },
        { path: 'bin/tool', content: 'x', mode: 0o755 },
      ]),
    },
  },
  {
    name: 'ADD of an archive with a file below a file',
    dockerfile: 'FROM small:base\nADD a.tar /\n',
    context: { 'a.tar': testTar([{ path: 'first/x', content: 'x' }]) },
    fails: 'engine/path-blocked',
  },
];
