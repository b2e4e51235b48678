import { type BuildCase, sources } from './build-case.ts';

export const configCases: readonly BuildCase[] = [
  {
    name: 'WORKDIR with USER before and after',
    dockerfile:
      'FROM debian:base\nWORKDIR /one\nUSER 1000:50\nWORKDIR two/three\nCOPY a.txt .\nUSER daemon\nWORKDIR /four\n',
    context: sources,
  },
  {
    name: 'ENV and ARG scopes',
    dockerfile:
      'ARG GLOBAL=g\nFROM debian:base AS one\nARG GLOBAL\nARG OWN=o\nENV A=$GLOBAL B=${OWN:+set} C="q $A" D=${NONE:-d}\nENV A=2 E=$A\nARG A=arg\nRUN echo "$GLOBAL $OWN $A $B $C $D $E" > /env\nFROM one\nRUN echo "[$GLOBAL][$OWN][$A]" > /env2\nENV PATH=/x:$PATH\n',
    args: { OWN: 'given' },
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
    name: 'ARG of the platform',
    dockerfile:
      'FROM debian:base\nARG TARGETPLATFORM\nARG TARGETARCH\nRUN echo "$TARGETPLATFORM $TARGETARCH" > /arch\nLABEL arch=$TARGETARCH\n',
  },
  {
    name: 'ARG in FROM and in its stage',
    dockerfile:
      'ARG TAG=base\nARG NAME\nARG OTHER=$TAG-x\nARG EMPTY=\nFROM ${NAME:-small}:${TAG}${EMPTY:+-no} AS one\nARG TAG\nARG OTHER=mine\nARG EMPTY\nARG NAME=${TAG}-inside\nLABEL tag=$TAG other=$OTHER empty=[$EMPTY] name=$NAME\nENV TAG=env\nLABEL after=$TAG\nFROM one\nLABEL last="$TAG|$OTHER|$NAME"\n',
    args: { OTHER: 'given', UNUSED: 'x' },
  },
  {
    name: 'ENV: one line, the old form, quotes, escapes and itself',
    dockerfile:
      'FROM small:base\nENV A=1 B=$A C=${A}x\nENV A=2 D=$A E="$A $FROM_BASE" F=\'$A\' G=\\$A H="\\$A" I=a\\ b J="q\\"q"\nENV OLD a  b   $A "c d"\nENV LIST=$LIST:/z PATH=/new:${PATH}\nENV EMPTY= SPACE=" " U=${NONE} V=${NONE-x} W=${EMPTY:-y}${EMPTY-z} X=${A:+set}${NONE+set}\nENV HASH=a#b EQ=a=b=c "Q W"=z\nENV A=\n',
  },
  {
    name: 'patterns in variables',
    dockerfile:
      'FROM small:base\nENV P=/usr/local/lib/libx.so.1\nENV A=${P#*/} B=${P##*/} C=${P%.*} D=${P%%.*} E=${P/lib/LIB} F=${P//lib/LIB} G=${P#nope} H=${P##*.} I=${P/.so.?/}\n',
  },
  {
    name: 'a variable that has to be set',
    dockerfile: 'FROM small:base\nENV A="${NONE:?must be set}"\n',
    fails: 'dockerfile/expansion-failed',
  },
  {
    name: 'variables in every instruction that has them',
    dockerfile:
      'FROM small:base\nARG N=1\nENV W=/real/w P=8080 S=SIGINT U=five:games L=key\nWORKDIR $W/$N\nCOPY a.txt ${W}-$N/\nCOPY $NONE"a.txt" /x$N\nEXPOSE $P ${P}/udp $P-8082\nVOLUME $W ["/v$N"]\nVOLUME ["/w$N"]\nSTOPSIGNAL ${S}\nUSER $U\nLABEL $L=$N "a $L"=\'$N\'\nCMD echo $N\nENTRYPOINT ["/run", "$N"]\nHEALTHCHECK CMD test $N\nONBUILD RUN echo $N\nADD --chown=$U a.txt /chowned\n',
    context: sources,
  },
  {
    name: 'LABEL over LABEL: of the base, of lines and of one line',
    dockerfile:
      'FROM small:base\nLABEL both=mine new="1"\nLABEL a=1 a=2 b="x y" c=\'x "y"\' "d e"=f g=\nLABEL old form of a label\nLABEL multi="one \\\n  two" n="x\\ty"\n',
  },
  {
    name: 'EXPOSE: ranges, protocols, what is mapped, twice',
    dockerfile:
      'FROM small:base\nEXPOSE 8000-8002 53/udp 53/UDP 80 443/tcp 443\nEXPOSE 9000:90 127.0.0.1:7000:70/udp\nEXPOSE 132/sctp\n',
  },
  {
    name: 'EXPOSE of what is no port',
    dockerfile: 'FROM small:base\nEXPOSE http\n',
    fails: 'engine/value-invalid',
  },
  {
    name: 'EXPOSE of a port above all ports',
    dockerfile: 'FROM small:base\nEXPOSE 70000\n',
    fails: 'engine/value-invalid',
  },
  {
    name: 'VOLUME and writing to it afterwards',
    dockerfile:
      'FROM debian:base\nVOLUME /data /two\nVOLUME ["/json", "/json", "/with space"]\nRUN mkdir -p /data && echo x > /data/x\nCOPY a.txt /json/\nVOLUME /data\n',
    context: sources,
  },
  {
    name: 'USER: numbers without an account, names, groups, variables',
    dockerfile:
      'FROM debian:base\nUSER 1234\nRUN echo "$HOME" > /tmp/one\nUSER 1234:4321\nWORKDIR /made\nRUN touch in && echo "$HOME" > /tmp/two\nUSER daemon\nRUN echo "$HOME" > /tmp/three\nUSER 0\nRUN echo "$HOME" > /tmp/four\nUSER :5\n',
  },
  {
    name: 'USER that nobody knows, and nothing that asks',
    dockerfile: 'FROM small:base\nUSER ghost:ghosts\nCOPY a.txt /x\nENV A=1\n',
    context: sources,
  },
  {
    name: 'USER that nobody knows, and a RUN',
    dockerfile: 'FROM debian:base\nUSER ghost\nRUN touch /tmp/x\n',
    fails: 'run/user-unknown',
  },
  {
    name: 'USER that nobody knows, and a WORKDIR',
    dockerfile: 'FROM small:base\nUSER ghost\nWORKDIR /new\n',
    refused: 'engine/user-unknown', // BuildKit takes root, without a word
  },
  {
    name: 'SHELL, and every shell form after it',
    dockerfile:
      'FROM small:base AS one\nSHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nCMD echo a\nHEALTHCHECK --start-period=1m30s --timeout=500ms CMD curl x\nFROM one\nENTRYPOINT exec b "c d"\nFROM one\nSHELL ["powershell"]\nCMD x\n',
  },
  {
    name: 'HEALTHCHECK: none, lists, times',
    dockerfile:
      'FROM small:base AS one\nHEALTHCHECK --interval=1h --timeout=1.5s --start-period=0s --start-interval=5s --retries=0 CMD ["a", "b c"]\nFROM one AS two\nHEALTHCHECK NONE\nFROM two\nHEALTHCHECK --interval=90s CMD [ not json\n',
  },
  {
    name: 'HEALTHCHECK with a time that is too short',
    dockerfile: 'FROM small:base\nHEALTHCHECK --interval=10us CMD x\n',
    fails: 'engine/value-invalid',
  },
  {
    name: 'HEALTHCHECK with a time that is none',
    dockerfile: 'FROM small:base\nHEALTHCHECK --interval=10 CMD x\n',
    fails: 'engine/value-invalid',
  },
  {
    name: 'STOPSIGNAL: names, numbers, variables',
    dockerfile: 'FROM small:base\nENV S=9\nSTOPSIGNAL SIGRTMIN+3\nSTOPSIGNAL $S\n',
  },
  {
    name: 'STOPSIGNAL that is no signal',
    dockerfile: 'FROM small:base\nSTOPSIGNAL SIGNOPE\n',
    fails: 'engine/value-invalid',
  },
  {
    name: 'CMD and ENTRYPOINT: forms, empty lists, what looks like JSON, twice',
    dockerfile:
      'FROM small:base AS one\nENTRYPOINT ["a"]\nFROM one AS two\nCMD ["x", "y\\u00e9\\n"]\nENTRYPOINT []\nFROM two AS three\nCMD []\nFROM small:base\nCMD [ "unclosed\nENTRYPOINT [\'single\']\nCMD ["a"]\nCMD b   c  \n',
  },
  {
    name: 'WORKDIR: relative, dots, variables, links, files of the base, spaces',
    differs: { buildah: 'buildah-attributes' },
    dockerfile:
      'FROM small:base\nUSER root\nWORKDIR one/two\nWORKDIR ../three/./\nWORKDIR /short/new\nWORKDIR ../../up\nWORKDIR /dead/x\nWORKDIR "/with space/"\nWORKDIR /bin/app\nWORKDIR ${NONE}/var\nWORKDIR //double//slash\n',
  },
  {
    name: 'WORKDIR where a file is',
    differs: { buildah: 'buildah-in-the-way' },
    dockerfile: 'FROM small:base\nWORKDIR /etc/passwd\n',
    fails: 'engine/path-blocked',
  },
  {
    name: 'WORKDIR below a file',
    dockerfile: 'FROM small:base\nWORKDIR /etc/passwd/x\n',
    fails: 'engine/path-blocked',
  },
  {
    name: 'MAINTAINER, and case of keywords',
    dockerfile: 'from small:base as One\nmaintainer Some One <x@example.com>\nenv a=b\nFrom one\nlabel x=y\n',
  },
  {
    name: 'continuation lines, comments in them, escape of another sign',
    dockerfile:
      '# escape=`\nFROM small:base\nENV A=1 `\n# a comment\n    B=2 `\n\n    C="a `\n b"\nLABEL path=C:\\dir quote=`" x="`$A"\n',
  },
  {
    name: 'platform variables, given and not declared',
    dockerfile:
      'FROM --platform=$TARGETPLATFORM small:base\nLABEL none=[$TARGETARCH]\nARG TARGETARCH TARGETOS TARGETVARIANT TARGETPLATFORM BUILDPLATFORM\nLABEL all=$TARGETOS/$TARGETARCH/[$TARGETVARIANT]/$TARGETPLATFORM/$BUILDPLATFORM\nARG HTTP_PROXY\nLABEL proxy=[$HTTP_PROXY]\n',
    args: { HTTP_PROXY: 'http://proxy.invalid' },
  },
  {
    name: 'WORKDIR with a slash at its end',
    dockerfile: 'FROM small:base\nUSER root\nWORKDIR /app/\nCOPY Dockerfile x\nWORKDIR y/\n',
  },
  {
    name: 'WORKDIR with a slash at its end, last, and a RUN in it',
    dockerfile: 'FROM debian:base\nWORKDIR /app/../app//\nRUN echo x > here && echo "$PWD" > there\n',
  },
];
