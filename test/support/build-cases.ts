import { gzipSync } from 'node:zlib';
import { tarEnd, tarHeader } from '../../packages/rightarch/src/tar/index.ts';

/** A file of a context: a text, bytes, a link, or a text with a mode. A name that ends in `/` is an empty directory. */
type ContextFile = string | Uint8Array | { readonly link: string } | { readonly text: string; readonly mode: number };

/** One Dockerfile that we and a real builder build. */
export interface BuildCase {
  readonly name: string;
  readonly dockerfile: string;
  readonly context?: Readonly<Record<string, ContextFile>>;
  readonly args?: Readonly<Record<string, string>>;
  readonly target?: string;
  /** Docker's builders fail here, and so do we, with this code. */
  readonly fails?: string;
  /** Every builder makes an image, and we refuse with this code: what is not known is not guessed. */
  readonly refused?: string;
  /** Builders that have not got what it is about, or whose answer is another; each with the reason. */
  readonly not?: { readonly buildah: string };
}

/** A tar archive of these entries, as a user has it in a context. */
function tar(
  entries: readonly { path: string; text?: string; link?: string; mode?: number; uid?: number }[],
): Uint8Array {
  const parts = entries.flatMap(({ path, text, link, mode = 0o644, uid = 0 }) => {
    const directory = path.endsWith('/');
    const type = link !== undefined ? ('symlink' as const) : directory ? ('directory' as const) : ('file' as const);
    const bytes = Buffer.from(text ?? '');
    const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
    const header = tarHeader({
      path: path.replace(/\/$/, ''),
      type,
      mode,
      uid,
      gid: uid,
      size: bytes.length,
      ...(link === undefined ? {} : { link }),
    });
    return [header, bytes, padding];
  });
  return Buffer.concat([...parts, tarEnd()]);
}

const HEREDOC = { buildah: 'buildah 1.28 has no heredocs' };
const sources = { 'a.txt': 'a\n', 'b.txt': 'b\n', 'dir/c.txt': 'c\n', 'dir/deep/d.md': 'd\n', 'dir/.hidden': 'h\n' };

export const buildCases: readonly BuildCase[] = [
  {
    name: 'COPY through a link of the base',
    dockerfile: 'FROM debian:base\nCOPY bin/ /bin/\nCOPY a.txt /lib/new/a.txt\n',
    context: { 'bin/tool': { text: '#!/bin/sh\n', mode: 0o755 }, 'a.txt': 'a' },
  },
  {
    name: 'COPY of a directory onto a link of the base',
    dockerfile: 'FROM debian:base\nCOPY rootfs/ /\n',
    context: { 'rootfs/bin/tool': 'x' },
    fails: 'engine/copy-conflict',
    not: { buildah: 'buildah 1.28 replaces /bin, and every program in it is gone' },
  },
  {
    name: 'COPY of a file through a link to a file',
    dockerfile:
      'FROM debian:base\nRUN ln -s /etc/hostname-real /etc/linked && touch /etc/hostname-real\nCOPY a.txt /etc/linked\n',
    context: sources,
    not: { buildah: 'buildah replaces the link' },
  },
  {
    name: 'parents keep their modes: /tmp, /root, /var/tmp',
    dockerfile: 'FROM debian:base\nCOPY a.txt /tmp/\nCOPY a.txt /root/x/\nCOPY a.txt /var/tmp/deep/er/a\n',
    context: sources,
  },
  {
    name: 'WORKDIR with USER before and after',
    dockerfile:
      'FROM debian:base\nWORKDIR /one\nUSER 1000:50\nWORKDIR two/three\nCOPY a.txt .\nUSER daemon\nWORKDIR /four\n',
    context: sources,
  },
  {
    name: 'a user who may not write',
    dockerfile: 'FROM debian:base\nWORKDIR /app\nUSER 1000\nRUN touch x\n',
    fails: 'run/command-failed',
  },
  {
    name: 'a user who may write where the directory is his',
    dockerfile: 'FROM debian:base\nUSER 1000\nWORKDIR /app\nRUN touch x && mkdir -p d/e && chmod 700 d\n',
  },
  {
    name: 'COPY --chown with names and numbers',
    dockerfile:
      'FROM debian:base\nCOPY --chown=daemon a.txt /o/1\nCOPY --chown=daemon:games a.txt /o/2\nCOPY --chown=7 a.txt /o/3\nCOPY --chown=7:9 dir /o/4\nCOPY --chown=:games a.txt /o/5\n',
    context: sources,
    not: { buildah: '--chown=:group is an error there' },
  },
  {
    name: 'COPY --chown with a number that has an account',
    dockerfile: 'FROM debian:base\nCOPY --chown=5 a.txt /p/o/1\nCOPY --chown=0:daemon dir /p/o/2\n',
    context: sources,
  },
  {
    name: 'COPY --chmod',
    dockerfile: 'FROM debian:base\nCOPY --chmod=750 dir /o\nCOPY --chmod=4711 a.txt /s\n',
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
    not: { buildah: 'an error there' },
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
    name: 'ADD of a tar archive',
    dockerfile:
      'FROM debian:base\nADD a.tar /srv/\nADD b.tgz /opt/x/\nADD a.txt /srv/plain\nCOPY a.tar /srv/kept.tar\n',
    context: {
      'a.txt': 'a',
      'a.tar': tar([
        { path: 'd/', mode: 0o750, uid: 42 },
        { path: 'd/f', text: 'f', mode: 0o640, uid: 1000 },
        { path: 'l', link: 'd/f', mode: 0o777 },
      ]),
      'b.tgz': gzipSync(tar([{ path: 'in/side', text: 's', mode: 0o755 }])),
    },
  },
  {
    name: 'multi-stage, by name and by number, with what links lead to',
    dockerfile:
      'FROM debian:base AS one\nWORKDIR /w\nRUN mkdir d && echo 1 > d/f && ln -s f d/l && ln d/f d/h && chmod 600 d/f && chown 5:6 d/f\nFROM scratch AS two\nCOPY --from=one /w/d /d\nFROM debian:base\nCOPY --from=0 /w/d/l /x/l\nCOPY --from=two /d/ /y/\nCOPY --from=one /bin/true /z/true\n',
  },
  {
    name: 'a stage on a stage, and --target',
    dockerfile:
      'ARG NAME=base\nFROM debian:$NAME AS first\nENV A=1\nRUN echo $A > /a\nFROM first AS second\nRUN rm /a && mkdir /a && echo $A > /a/b\nFROM first\nRUN false\n',
    target: 'second',
  },
  {
    name: 'COPY --from=scratch image of nothing but files',
    dockerfile: 'FROM scratch\nCOPY dir /dir\nCOPY a.txt /\nENV X=y\nCMD ["/a.txt"]\n',
    context: sources,
  },
  {
    name: 'heredocs',
    dockerfile:
      "FROM debian:base\nENV N=7\nRUN <<E\nmkdir -p /h\necho $N > /h/n\nE\nCOPY <<E /h/f\nn is $N and \\$N\nE\nCOPY <<'E' <<-T /h/\nraw $N\nE\n\ttabs\nT\nRUN cat <<E > /h/cat\nwith $N\nE\n",
    not: HEREDOC,
  },
  {
    name: 'dash and its echo, quotes, braces and globs',
    dockerfile:
      'FROM debian:base\nRUN mkdir /e && cd /e && echo "a\\tb" > tab && echo {a,b} > braces && echo \'single $X\' > single && echo "x  y"   z > spaces && echo nothing* > glob && echo /etc/debian* > found && printf \'%s-%s\\n\' a b c > printf\n',
  },
  {
    name: 'variables of dash',
    dockerfile:
      'FROM debian:base\nARG GIVEN=default\nENV FROM_ENV="a b"\nRUN X=1; Y="$X$GIVEN"; mkdir /v; echo "$Y" ${UNSET:-fallback} ${FROM_ENV} "${FROM_ENV#a }" ${FROM_ENV%b} > /v/a; for i in 1 2 3; do echo $i >> /v/loop; done; if [ -d /v ]; then touch /v/if; fi; test -e /nope || echo no > /v/or\n',
    args: { GIVEN: 'given' },
  },
  {
    name: 'file work: mkdir, ln, cp, mv, rm, chmod, chown, touch',
    dockerfile:
      'FROM debian:base\nRUN mkdir -p /f/a/b && mkdir -m 700 /f/m && touch /f/a/x && cp -r /f/a /f/c && mv /f/c /f/d && ln -s ../x /f/a/b/l && ln /f/a/x /f/hard && rm -rf /f/d/b && chmod -R g+w,o-r /f/a && chmod 4711 /f/d/x && chown -R daemon:games /f/d && chown -h 9 /f/a/b/l && install -d -m 711 /f/i\nRUN rm /f/hard && rm -r /usr/share/doc/* && rmdir /f/m\n',
  },
  {
    name: 'a file that is only looked at leaves no layer behind',
    dockerfile:
      'FROM debian:base\nRUN test -x /bin/sh && cat /etc/debian_version > /dev/null\nRUN true\nCOPY a.txt /\n',
    context: sources,
  },
  {
    name: 'useradd and groupadd',
    dockerfile:
      'FROM debian:base\nRUN groupadd -g 2000 team && useradd -u 2001 -g team -m -s /bin/bash alice\nRUN groupadd --system app && useradd --system --gid app --no-create-home app\nRUN useradd bob\nUSER alice\nWORKDIR /home/alice/app\n',
  },
  {
    name: 'adduser and addgroup of Debian',
    dockerfile:
      'FROM debian:base\nRUN addgroup --system --gid 1001 nodejs && adduser --system --uid 1001 --ingroup nodejs nextjs\n',
  },
  { name: 'a RUN that fails', dockerfile: 'FROM debian:base\nRUN mkdir /x && false\n', fails: 'run/command-failed' },
  {
    name: 'a RUN whose last command counts',
    dockerfile: 'FROM debian:base\nRUN false; mkdir /x\nRUN mkdir /x || mkdir /y && false || touch /z\n',
  },
  {
    name: 'a command that is not there',
    dockerfile: 'FROM debian:base\nRUN nonesuch --x\n',
    fails: 'run/command-unknown',
  },
  { name: 'exec form has no shell', dockerfile: 'FROM debian:base\nRUN ["mkdir", "/a b", "/$HOME"]\n' },
  {
    name: 'SHELL with bash',
    dockerfile:
      'FROM debian:base\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN mkdir -p /s/{a,b} && echo "a\\tb" > /s/e\n',
  },
  {
    name: 'SHELL with bash and pipefail fails',
    dockerfile: 'FROM debian:base\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN false | true\n',
    fails: 'run/syntax',
  },
  {
    name: 'ENV and ARG scopes',
    dockerfile:
      'ARG GLOBAL=g\nFROM debian:base AS one\nARG GLOBAL\nARG OWN=o\nENV A=$GLOBAL B=${OWN:+set} C="q $A" D=${NONE:-d}\nENV A=2 E=$A\nARG A=arg\nRUN echo "$GLOBAL $OWN $A $B $C $D $E" > /env\nFROM one\nRUN echo "[$GLOBAL][$OWN][$A]" > /env2\nENV PATH=/x:$PATH\n',
    args: { OWN: 'given' },
    not: { buildah: 'an ENV wins over a later ARG there, and ARG ends with its stage' },
  },
  {
    name: 'everything a config can say',
    dockerfile:
      'FROM debian:base\nLABEL a=1 "b c"="d e"\nLABEL multi="x\\\ny"\nEXPOSE 80 443/tcp 53/udp\nVOLUME /data /more\nVOLUME ["/a b"]\nSTOPSIGNAL SIGQUIT\nHEALTHCHECK --interval=30s --timeout=3s --retries=2 CMD curl -f http://localhost/ || exit 1\nUSER daemon:games\nENTRYPOINT ["/bin/sh", "-c"]\nCMD echo hi "$HOME"\nONBUILD RUN echo later\n',
  },
  {
    name: 'ENTRYPOINT forgets the CMD of the base',
    dockerfile: 'FROM debian:base AS one\nCMD ["one"]\nFROM one\nENTRYPOINT /run "x y"\n',
  },
  {
    name: 'ONBUILD of a stage',
    dockerfile:
      'FROM debian:base AS one\nONBUILD COPY a.txt /onbuild/\nONBUILD RUN echo x > /onbuild/x\nONBUILD ENV ON=1\nFROM one\nRUN test -f /onbuild/x\n',
    context: sources,
  },
  {
    name: 'what a RUN removes from the base is gone',
    dockerfile:
      'FROM debian:base\nRUN rm -rf /usr/share/doc && mkdir /usr/share/doc && echo new > /usr/share/doc/only\nRUN rm -f /etc/debian_version\n',
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
    name: 'umask and redirections',
    dockerfile:
      'FROM debian:base\nRUN umask 077 && mkdir /u && echo x > /u/f\nRUN echo y > /u/g && echo z >> /u/g && echo e 2>/dev/null >&2\n',
  },
  {
    name: 'ARG of the platform',
    dockerfile:
      'FROM debian:base\nARG TARGETPLATFORM\nARG TARGETARCH\nRUN echo "$TARGETPLATFORM $TARGETARCH" > /arch\nLABEL arch=$TARGETARCH\n',
  },
];
