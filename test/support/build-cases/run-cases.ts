import { type BuildCase, sources } from './build-case.ts';

export const runCases: readonly BuildCase[] = [
  {
    name: 'an image that is started',
    dockerfile:
      'FROM debian:base AS made\nARG WHO\nRUN mkdir /out && echo "made for $WHO" > /out/made\nFROM debian:base\nARG WHO=nobody\nENV GREETING="hello $WHO"\nRUN useradd -m -u 1500 app\nWORKDIR /srv/app\nCOPY --chown=app dir ./dir\nCOPY --from=made /out/made /made\nUSER app\nENTRYPOINT ["/bin/sh", "-c"]\nCMD ["id; pwd; echo $HOME $GREETING; cat /made; ls -lR --time-style=+"]\n',
    context: sources,
    args: { WHO: 'world' },
    starts: true,
  },
  {
    name: 'flags with blanks in them',
    dockerfile:
      "FROM debian:base\nRUN echo 'a b:x:7:8::/:/bin/sh' >> /etc/passwd\nRUN --mount=type=bind,source=dir,target=/m\\ n --mount='type=bind,source=dir/deep,target=/x  y' ls '/m n' '/x  y' > /listed\nCOPY --chown=a\\ b a.txt /one\nCOPY --chown=\"a b:8\" a.txt /two\n",
    context: sources,
    refused: 'plan/not-embedded',
  },
  {
    name: 'a mount with a comma in its place',
    dockerfile: 'FROM debian:base\nRUN --mount=\'type=bind,source=dir,"target=/m,n"\' ls /m,n > /listed\n',
    context: sources,
    refused: 'plan/not-embedded',
    differs: { buildah: 'buildah-refuses' },
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
    name: 'heredocs',
    dockerfile:
      "FROM debian:base\nENV N=7\nRUN <<E\nmkdir -p /h\necho $N > /h/n\nE\nCOPY <<E /h/f\nn is $N and \\$N\nE\nCOPY <<'E' <<-T /h/\nraw $N\nE\n\ttabs\nT\nRUN cat <<E > /h/cat\nwith $N\nE\n",
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
    name: 'what a RUN removes from the base is gone',
    dockerfile:
      'FROM debian:base\nRUN rm -rf /usr/share/doc && mkdir /usr/share/doc && echo new > /usr/share/doc/only\nRUN rm -f /etc/debian_version\n',
  },
  {
    name: 'umask and redirections',
    dockerfile:
      'FROM debian:base\nRUN umask 077 && mkdir /u && echo x > /u/f\nRUN echo y > /u/g && echo z >> /u/g && echo e 2>/dev/null >&2\n',
  },
];
