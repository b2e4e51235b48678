import { type BuildCase, sources } from './build-case.ts';

export const copyCases: readonly BuildCase[] = [
  {
    name: 'COPY through a link of the base',
    dockerfile: 'FROM debian:base\nCOPY bin/ /bin/\nCOPY a.txt /lib/new/a.txt\n',
    context: { 'bin/tool': { text: '#!/bin/sh\n', mode: 0o755 }, 'a.txt': 'a' },
  },
  {
    name: 'COPY of a directory onto a link of the base',
    differs: { buildah: 'buildah-in-the-way' },
    dockerfile: 'FROM debian:base\nCOPY rootfs/ /\n',
    context: { 'rootfs/bin/tool': 'x' },
    fails: 'engine/copy-conflict',
  },
  {
    name: 'COPY of a file through a link to a file',
    differs: { buildah: 'buildah-in-the-way' },
    dockerfile:
      'FROM debian:base\nRUN ln -s /etc/hostname-real /etc/linked && touch /etc/hostname-real\nCOPY a.txt /etc/linked\n',
    context: sources,
  },
  {
    name: 'parents keep their modes: /tmp, /root, /var/tmp',
    dockerfile: 'FROM debian:base\nCOPY a.txt /tmp/\nCOPY a.txt /root/x/\nCOPY a.txt /var/tmp/deep/er/a\n',
    context: sources,
  },
  {
    name: 'COPY --chown with names and numbers',
    dockerfile:
      'FROM debian:base\nCOPY --chown=daemon a.txt /o/1\nCOPY --chown=daemon:games a.txt /o/2\nCOPY --chown=7 a.txt /o/3\nCOPY --chown=7:9 dir /o/4\nCOPY --chown=:games a.txt /o/5\n',
    context: sources,
  },
  {
    name: 'COPY --chown with a number that has an account',
    dockerfile: 'FROM debian:base\nCOPY --chown=5 a.txt /p/o/1\nCOPY --chown=0:daemon dir /p/o/2\n',
    context: sources,
  },
  {
    name: 'globs',
    dockerfile: 'FROM debian:base\nCOPY *.txt /t/\nCOPY d?r/[a-c].* /u/\nCOPY dir/* /v/\nCOPY dir/d* /w/\n',
    context: sources,
  },
  {
    name: 'a glob that fits nothing',
    dockerfile: 'FROM debian:base\nCOPY a.txt *.nope /t/\n',
    context: sources,
  },
  {
    name: 'a source that is not there',
    dockerfile: 'FROM debian:base\nCOPY nope /t/\n',
    context: sources,
    fails: 'context/source-missing',
  },
  {
    name: 'several sources for one name',
    dockerfile: 'FROM debian:base\nCOPY a.txt b.txt /t\n',
    context: sources,
    refused: 'engine/needs-directory',
  },
  {
    name: '.dockerignore with exceptions',
    dockerfile: 'FROM debian:base\nCOPY . /all/\n',
    context: {
      ...sources,
      'dir/keep.md': 'k',
      'logs/one.log': '1',
      'logs/sub/two.log': '2',
      '.dockerignore': '# comment\n*.md\n**/*.md\n!dir/keep.md\nlogs\n!logs/sub/two.log\nDockerfile\n.dockerignore\n',
    },
  },
  {
    name: 'modes and links of the context',
    dockerfile: 'FROM debian:base\nCOPY . /c/\n',
    context: {
      'run.sh': { text: '#!/bin/sh\n', mode: 0o755 },
      secret: { text: 's', mode: 0o600 },
      'link-in': { link: 'run.sh' },
      'link-out': { link: '/etc/passwd' },
      'link-dead': { link: 'nowhere' },
      'empty/': '',
      '.dockerignore': 'Dockerfile\n.dockerignore\n',
    },
  },
  {
    name: 'COPY of a link itself follows it',
    dockerfile: 'FROM debian:base\nCOPY link-in /o/a\nCOPY linked-dir /o/b\n',
    context: { ...sources, 'link-in': { link: 'a.txt' }, 'linked-dir': { link: 'dir' } },
  },
  {
    name: 'COPY over what is there: files, directories, links',
    dockerfile:
      'FROM debian:base\nRUN mkdir -p /o/d && echo old > /o/d/c.txt && echo keep > /o/d/keep && chmod 700 /o/d && chown 3:4 /o/d\nCOPY dir /o/d\nCOPY b.txt /o/d/c.txt\n',
    context: sources,
  },
  {
    name: 'a file onto a directory goes into it',
    dockerfile: 'FROM debian:base\nCOPY a.txt /etc\nCOPY a.txt b.txt /srv/\n',
    context: sources,
  },
  {
    name: 'a directory onto a file',
    dockerfile: 'FROM debian:base\nCOPY a.txt /o\nCOPY dir /o\n',
    context: sources,
    fails: 'engine/copy-conflict',
  },
  {
    name: 'COPY --chmod where directories have to be made',
    dockerfile:
      'FROM small:base\nCOPY --chmod=640 a.txt /new/deep/x\nCOPY --chmod=4711 dir /other/dir\nCOPY --chmod=700 a.txt b.txt /third/\nCOPY --chmod=0 a.txt /tmp/\n',
    context: sources,
    not: { buildkit: 'before BuildKit 0.21 they were 0755 (fsutil 183e7fb)' },
  },
  {
    name: 'COPY --chmod of what is there',
    dockerfile:
      'FROM small:base\nCOPY --chmod=640 dir /real/dir\nCOPY --chmod=2755 a.txt /tmp/\nCOPY --chmod=1777 dir/ /short/\n',
    context: sources,
  },
  {
    name: 'COPY --chown onto what is there',
    dockerfile:
      'FROM small:base\nCOPY --chown=five dir /real\nCOPY --chown=9:9 a.txt /real/keep\nCOPY --chown=five:games b.txt /new/deep/b\nCOPY --chown=:games a.txt /g\n',
    context: sources,
  },
  {
    name: 'COPY --chown of a user that is not there',
    differs: { buildah: 'buildah-refuses' },
    dockerfile: 'FROM small:base\nCOPY --chown=nobody-here a.txt /x\n',
    context: sources,
    refused: 'engine/user-unknown', // BuildKit takes root, without a word
  },
  {
    name: 'COPY --chown of a group that is not there',
    differs: { buildah: 'buildah-refuses' },
    dockerfile: 'FROM small:base\nCOPY --chown=five:nogroup a.txt /x\n',
    context: sources,
    refused: 'engine/user-unknown', // BuildKit takes root, without a word
  },
  {
    name: 'modes of directories that are copied: onto what is there, into what is there, and new',
    differs: { buildah: 'buildah-attributes' },
    dockerfile:
      'FROM small:base\nCOPY m /real\nCOPY m/in /new\nCOPY m/ /tmp/\nCOPY a.txt b.txt /real/in/\nCOPY m /m/m\n',
    context: { ...sources, 'm/in/f': 'f', 'm/in/deep/g': 'g', 'm/sticky/': '' },
    modes: { m: 0o700, 'm/in': 0o750, 'm/in/deep': 0o2711, 'm/sticky': 0o1777 },
  },
  {
    name: 'names that are no ASCII, with spaces and with signs',
    differs: { buildah: 'buildah-refuses' },
    dockerfile:
      'FROM small:base\nCOPY ["a b.txt", "/o o/"]\nCOPY 日本.txt é /u/\nCOPY ["quoted name", "/q/"]\nCOPY [[]x].txt /b/\nCOPY w* /w/\n',
    context: { 'a b.txt': '1', '日本.txt': '2', é: '3', 'quoted name': '4', '[x].txt': '5', 'w*': '6', 'w\\': '7' },
  },
  {
    name: 'where a copy goes: names, directories, slashes and dots',
    dockerfile:
      'FROM small:base\nWORKDIR /w\nCOPY a.txt x\nCOPY a.txt y/\nCOPY a.txt .\nCOPY a.txt ./z\nCOPY dir .\nCOPY dir/ d\nCOPY dir/. e/\nCOPY ./dir/../b.txt /v//w/./u/../b\nCOPY a.txt b.txt ..\nCOPY a.txt b.txt ./\nCOPY . /all/\n',
    context: sources,
  },
  {
    name: 'sources above the context are inside it',
    dockerfile: 'FROM small:base\nCOPY ../a.txt /x\nCOPY /b.txt /y\nCOPY ../../dir/../a.txt /z\n',
    context: sources,
  },
  {
    name: '.dockerignore: exceptions in order, directories, double stars and spaces',
    dockerfile: 'FROM small:base\nCOPY . /all/\nCOPY node_modules /n/\nCOPY src/*.ts /t/\n',
    context: {
      'node_modules/one/index.js': '1',
      'node_modules/two/index.js': '2',
      'node_modules/.bin/x': 'x',
      'src/a.ts': 'a',
      'src/a.test.ts': 't',
      'src/deep/er/b.test.ts': 't',
      'src/deep/er/b.ts': 'b',
      'build/out.js': 'o',
      'build/keep/me': 'k',
      'a b': 's',
      '!odd': 'o',
      'x.log': 'l',
      'logs/x.log': 'l',
      '.dockerignore':
        ' # no comment\n# comment\n\nnode_modules\n!node_modules/one\n**/*.test.ts\n!src/a.test.ts\nbuild/*\n!build/keep/\na b\n/*.log\n  Dockerfile  \n\\!odd\n',
    },
  },
  {
    name: '.dockerignore that leaves out what is copied',
    dockerfile: 'FROM small:base\nCOPY a.txt /x\n',
    context: { ...sources, '.dockerignore': '*\n!dir\n' },
    fails: 'context/source-missing',
  },
  {
    name: '.dockerignore that leaves out everything',
    dockerfile: 'FROM small:base\nCOPY . /x/\n',
    context: { ...sources, '.dockerignore': '*\n' },
  },
  {
    name: 'an ignore file of the Dockerfile',
    dockerfile: 'FROM small:base\nCOPY . /x/\n',
    context: { ...sources, '.dockerignore': '*\n', 'Dockerfile.dockerignore': 'dir/deep\n*.dockerignore\n' },
  },
  {
    name: 'COPY --exclude',
    dockerfile:
      'FROM small:base\nCOPY --exclude=*.md --exclude=.hidden dir /one/\nCOPY --exclude=deep . /two/\nCOPY --exclude=**/*.md . /three/\nCOPY --exclude=a.txt *.txt /four/\nCOPY --exclude=dir/deep . /five/\nCOPY --exclude=c.txt dir/* /six/\nCOPY --exclude=a.txt a.txt /seven/\nCOPY --exclude=* --exclude=!c.txt dir /eight/\n',
    context: sources,
    not: { buildkit: 'no --exclude before Dockerfile 1.19' },
  },
  {
    name: 'COPY --parents',
    dockerfile:
      'FROM small:base\nCOPY --parents dir/deep/d.md a.txt /one/\nCOPY --parents dir/./deep /two/\nCOPY --parents **/*.md /three/\nCOPY --parents ./dir/*/ /four\nCOPY --parents dir/*.txt /real/\nCOPY --parents m/in/f /real/\nCOPY --parents d*/./deep /nine/\nCOPY --parents --chown=7:8 m/./in/f /five/deep/\nCOPY --parents --chmod=750 m/in/f /six/deep/\nCOPY --parents nothing* /seven/\n',
    context: { ...sources, 'm/in/f': 'f' },
    modes: { m: 0o700, 'm/in': 0o2750 },
    not: { buildkit: 'no --parents before Dockerfile 1.20' },
  },
  {
    name: 'COPY --parents of what is not there',
    dockerfile: 'FROM small:base\nCOPY --parents dir/none /one/\n',
    context: sources,
    fails: 'context/source-missing',
  },
  {
    name: 'COPY --parents --exclude and links',
    dockerfile:
      'FROM small:base\nCOPY --parents --exclude=**/*.md dir /one/\nCOPY --parents to-dir /three/\nCOPY --parents d*/deep /to-dir/\n',
    context: { ...sources, 'to-dir': { link: 'dir' } },
    not: { buildkit: 'no --parents before Dockerfile 1.20' },
  },
  {
    name: 'COPY --chmod in words',
    dockerfile: 'FROM small:base\nCOPY --chmod=u=rwX,go=rX dir /o/\n',
    context: sources,
    refused: 'plan/not-embedded',
    not: { buildkit: 'no words before Dockerfile 1.14' },
  },
  {
    name: 'directories that are made below one with setgid',
    differs: { buildah: 'buildah-attributes' },
    dockerfile:
      'FROM small:base\nUSER root\nCOPY a.txt /short/one/two/x\nCOPY --chown=5:6 a.txt /deep/er/three/x\nCOPY dir /deep/er/four\nWORKDIR /deep/er/five/six\nUSER 9\nWORKDIR /deep/er/seven\n',
    context: sources,
  },
  {
    name: 'attributes that are no capabilities',
    differs: { buildah: 'buildah-attributes' },
    dockerfile: 'FROM small:base AS one\nFROM small:base\nCOPY --from=one /noted /x/\nCOPY a.txt /noted/in/\n',
    context: sources,
  },
];
