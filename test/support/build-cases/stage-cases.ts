import { type BuildCase, sources } from './build-case.ts';

export const stageCases: readonly BuildCase[] = [
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
    name: 'ONBUILD of a stage',
    dockerfile:
      'FROM debian:base AS one\nONBUILD COPY a.txt /onbuild/\nONBUILD RUN echo x > /onbuild/x\nONBUILD ENV ON=1\nFROM one\nRUN test -f /onbuild/x\n',
    context: sources,
  },
  {
    name: 'ONBUILD of a base, and once only',
    dockerfile: 'FROM onbuild:base AS one\nCOPY b.txt x\nFROM one\nLABEL last=$V\n',
    context: sources,
    args: { VERSION: '2' },
  },
  {
    name: 'ONBUILD: several, of a trigger that ends a CMD, of COPY --from',
    dockerfile:
      'FROM small:base AS files\nFROM scratch AS one\nONBUILD COPY --from=files /etc /etc\nONBUILD CMD ["x"]\nONBUILD ENTRYPOINT ["y"]\nONBUILD WORKDIR here\nFROM one\nCOPY a.txt .\n',
    context: sources,
    not: { buildkit: 'no stage behind a trigger in BuildKit 0.13' },
  },
  {
    name: 'ONBUILD that is not allowed',
    dockerfile: 'FROM small:base\nONBUILD FROM x\n',
    fails: 'dockerfile/onbuild-forbidden',
  },
  {
    name: 'stages: names of numbers, unused ones, the last by number',
    dockerfile:
      'FROM small:base AS a\nCOPY a.txt /a\nFROM scratch AS unused\nRUN anything at all\nFROM scratch AS b.c-d_1\nCOPY --from=a /a /b\nCOPY --from=0 /a /c\nFROM b.c-d_1\nCOPY --from=2 /b /d\n',
    context: sources,
  },
  {
    name: '--target by number',
    dockerfile: 'FROM small:base\nLABEL which=0\nFROM small:base\nLABEL which=1\nFROM small:base\nLABEL which=2\n',
    target: '1',
    fails: 'dockerfile/stage-unknown',
  },
  {
    name: '--target of no stage',
    dockerfile: 'FROM small:base AS one\n',
    target: 'two',
    fails: 'dockerfile/stage-unknown',
  },
  {
    name: 'COPY --from of an image, and of one with its own config',
    dockerfile: 'FROM scratch\nCOPY --from=small:base /real/keep /x\nCOPY --from=onbuild:base / /y/\n',
  },
  {
    name: 'COPY --from of a later stage',
    dockerfile: 'FROM scratch AS one\nCOPY --from=two / /\nFROM small:base AS two\nFROM one\n',
    fails: 'dockerfile/stage-later',
  },
  {
    name: 'an image of nothing',
    dockerfile: 'FROM scratch\nLABEL a=b\n',
  },
  {
    name: 'a file comes, goes and comes again',
    dockerfile:
      'FROM debian:base\nCOPY dir /d\nRUN rm -r /d\nCOPY a.txt /d\nRUN rm /d && mkdir /d && mv /etc/issue /d/ && ln -s d /e\nCOPY b.txt /e/\nRUN mv /d /f && rmdir /srv && ln -s f /srv\nCOPY dir /srv/\n',
    context: sources,
  },
];
