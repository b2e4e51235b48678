import type { BuildCase } from './build-case.ts';

const secrets = { one: 'first\n', two: 'second\n' };
const FIRST = 'FROM debian:base\nRUN --mount=type=secret,id=one';

export const secretCases: readonly BuildCase[] = [
  {
    name: 'a secret leaves neither its mount point nor the parents that were made for it',
    differs: { buildah: 'buildah-mount-points' },
    dockerfile: `${FIRST} touch /a\n${FIRST.split('\n')[1]},target=/srv/deep/er/x touch /b\n`,
    secrets,
  },
  {
    name: 'two secrets in one directory that is not there',
    differs: { buildah: 'buildah-mount-points' },
    dockerfile: `${FIRST} --mount=type=secret,id=two mkdir -p /run/secrets /a\n`,
    secrets,
  },
  {
    name: 'a parent of a mount point stays where something came into it',
    dockerfile: `${FIRST},target=/srv/made/x touch /srv/made/y && mkdir /opt/made\n`,
    secrets,
  },
  {
    name: 'a secret covers a file and leaves it as it was',
    differs: { buildah: 'buildah-refuses' },
    dockerfile:
      'FROM debian:base\nRUN echo image > /a\nRUN --mount=type=secret,id=one,target=/a touch /b\nRUN cat /a > /c\n',
    secrets,
  },
  {
    name: 'a secret at a relative target, by a variable, through a link',
    dockerfile:
      'FROM debian:base\nARG ID=one\nRUN ln -s opt /link\nWORKDIR /app\nRUN --mount=type=secret,id=$ID,target=./x --mount=type=secret,id=${ID},target=/link/y if [ -f /app/x ] && [ -f /opt/y ]; then touch yes; fi\n',
    secrets,
  },
  {
    name: 'what may be asked of a secret',
    dockerfile: `${FIRST},target=/s --mount=type=secret,id=two,target=/x,mode=0511,uid=7,gid=8 mkdir /a; cd /a; for f in /s /x; do for o in e f r w x d L; do if [ -$o $f ]; then echo $f $o >> found; fi; done; done\n`,
    secrets,
  },
  {
    name: 'what a user may ask of a secret',
    dockerfile:
      'FROM debian:base\nRUN mkdir -m 777 /a\nUSER 1000\nRUN --mount=type=secret,id=one,target=/s --mount=type=secret,id=two,target=/x,uid=1000 --mount=type=secret,id=one,target=/root/s cd /a; for f in /s /x /root/s /root/none; do for o in e r w x; do if [ -$o $f ]; then echo $f $o >> found; fi; done; done\n',
    secrets,
  },
  {
    name: 'a secret that nobody gave is not there, and its variable is empty',
    dockerfile:
      'FROM debian:base\nENV V=set\nRUN --mount=type=secret,id=none --mount=type=secret,id=none,env=V if [ -e /run/secrets/none ] || [ -d /run/secrets ]; then touch /there; else echo "[$V]" > /a; fi\n',
    secrets,
    not: { buildkit: "Debian 13's BuildKit has no env= (since 0.19)" },
  },
  {
    name: 'a required secret that nobody gave',
    dockerfile: 'FROM debian:base\nRUN --mount=type=secret,id=none,required=true true\n',
    fails: 'plan/secret-missing',
  },
  {
    name: 'a secret over a directory',
    dockerfile: `${FIRST},target=/etc true\n`,
    secrets,
    fails: 'engine/path-blocked',
  },
  {
    name: 'a secret below a file',
    dockerfile: `${FIRST},target=/etc/passwd/x true\n`,
    secrets,
    fails: 'engine/path-blocked',
  },
  {
    name: 'a secret that is removed',
    dockerfile: `${FIRST} rm -f /run/secrets/one\n`,
    secrets,
    fails: 'run/secret-used',
  },
  {
    name: 'a secret that is copied',
    differs: { buildah: 'buildah-mount-points' },
    dockerfile: `${FIRST} cp /run/secrets/one /a\n`,
    secrets,
    refused: 'run/secret-used',
  },
];
