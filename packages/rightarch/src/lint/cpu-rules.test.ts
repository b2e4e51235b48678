import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../core/index.ts';
import { checkRepository } from './check.ts';

const HASH = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);

/** The findings of one rule, each as its line with one of its arguments. */
function told(code: string, arg: string, Dockerfile: string, platforms: readonly string[] = []): readonly string[] {
  return checkRepository([{ path: 'Dockerfile', text: Dockerfile }], {
    platforms: platforms.map((one) => parsePlatform(one)!),
    inlineIgnore: true,
    today: '2026-11-29',
  })
    .diagnostics.filter((one) => one.code === `dockerfile/${code}`)
    .map(({ args, at }) => `${at.in === 'file' ? at.start.line : 0} ${String(args[arg])}`);
}

describe('checksum-of-one', () => {
  const head = 'FROM debian\nARG TARGETARCH\n';
  const get = 'RUN curl -fLo t.tgz https://example.com/t-$TARGETARCH.tgz';
  test.each<[string, string, readonly string[]]>([
    ['compared by a command', `${head}${get} && echo "${HASH}  t.tgz" | sha256sum -c -\n`, ['3 aaaaaaaaaaaa']],
    ['in an ARG', `${head}ARG SUM=${HASH}\n${get} && echo "$SUM  t.tgz" | sha256sum -c\n`, ['4 aaaaaaaaaaaa']],
    ['of ADD', `${head}ADD --checksum=sha256:${HASH} https://example.com/t-\${TARGETARCH} /t\n`, ['3 aaaaaaaaaaaa']],
    [
      'by the word that the machine has',
      `FROM debian\nRUN curl -O https://example.com/t-$(uname -m) && echo "${HASH} t-$(uname -m)" | sha256sum -c\n`,
      ['2 aaaaaaaaaaaa'],
    ],
    [
      'by a name that a branch makes of it',
      `FROM debian\nRUN case "$(uname -m)" in x86_64) a=x64;; *) a=arm64;; esac; curl -O https://example.com/t-$a; echo "${HASH} t-$a" | sha256sum -c\n`,
      ['2 aaaaaaaaaaaa'],
    ],
    [
      'the address is the same for all',
      `FROM debian\nRUN curl -O https://example.com/t.tgz && echo "${HASH} t.tgz" | sha256sum -c\n`,
      [],
    ],
    [
      'only a version is unseen',
      `FROM debian\nARG V\nRUN curl -O https://example.com/t-$V.tgz && echo "${HASH} t" | sha256sum -c\n`,
      [],
    ],
    [
      'a branch has one for each',
      `${head}RUN case $TARGETARCH in amd64) s=${HASH};; arm64) s=${OTHER};; esac; curl -Lo t https://example.com/t-$TARGETARCH; echo "$s t" | sha256sum -c\n`,
      [],
    ],
    [
      'a branch compares',
      `${head}${get}; if [ $TARGETARCH = amd64 ]; then echo "${HASH} t.tgz" | sha256sum -c; fi\n`,
      [],
    ],
    ['there are several', `${head}${get}; echo "${HASH} a\\n${OTHER} b" | sha256sum -c\n`, []],
    [
      'there are several downloads',
      `${head}${get} && curl -O https://example.com/x && echo "${HASH} x" | sha256sum -c\n`,
      [],
    ],
    ['the list of the project is used', `${head}${get} && curl -s https://example.com/SHA256SUMS | sha256sum -c\n`, []],
    [
      'a commit in the address',
      `${head}RUN curl -o t https://e.com/${'c'.repeat(40)}/t-$TARGETARCH && sha256sum t\n`,
      [],
    ],
    ['a commit behind it', `${head}${get} && sha256sum -c sums && git checkout ${'c'.repeat(40)}\n`, []],
    ['a key of gpg', `${head}${get} && gpg --recv-keys ${'B4'.repeat(20)} && sha256sum t.tgz\n`, []],
    ['digits of another length', `${head}${get} && echo ${'c'.repeat(40)} > commit && sha256sum -c sums\n`, []],
    ['it names a commit and no file', `${head}ARG COMMIT=${'c'.repeat(40)}\n${get} && echo $COMMIT\n`, []],
  ])('%s', (_name, text, found) => {
    expect(told('checksum-of-one', 'checksum', text)).toEqual(found);
  });

  test('of one platform it may be the right one', () => {
    const text = `${head}${get} && echo "${HASH}  t.tgz" | sha256sum -c -\n`;
    expect(told('checksum-of-one', 'checksum', text, ['linux/arm64'])).toEqual([]);
  });
});

describe('cpu-of-builder', () => {
  test.each<[string, readonly string[]]>([
    ['RUN gcc -O3 -march=native -o a a.c', ['2 -march=native']],
    ['RUN CFLAGS="-O2 -mcpu=native" make', ['2 -mcpu=native']],
    ['RUN make CFLAGS="-march=native" CXXFLAGS="-march=native"', ['2 -march=native']],
    ['ENV RUSTFLAGS="-C target-cpu=native"', ['2 target-cpu=native']],
    ['ENV GOAMD64=v3', ['2 GOAMD64=v3']],
    ['RUN GOAMD64=v4 go build', ['2 GOAMD64=v4']],
    ['RUN cmake -DCMAKE_C_FLAGS=-march=x86-64-v3 .', ['2 -march=x86-64-v3']],
    ['RUN gcc -mtune=native -march=x86-64-v2 a.c', []],
    ["RUN sed -i 's/-march=native//' Makefile && make", []],
    ["RUN find . -name Makefile -exec sed -i 's/-march=native//' {} +", []],
    ["RUN grep -rl native . | xargs sed -i 's/-march=native//'", []],
    [`RUN python3 -c "print('-march=native')"`, []],
    [`RUN ruby -i -pe 'gsub("-march=native", "")' Makefile`, []],
    ['RUN env CFLAGS=-march=native make', ['2 -march=native']],
    ['ENV GOAMD64=v2', []],
    ['ARG TARGETARCH\nRUN if [ $TARGETARCH = amd64 ]; then GOAMD64=v3 go build; fi', []],
  ])('%s', (line, found) => {
    expect(told('cpu-of-builder', 'flag', `FROM debian\n${line}\n`)).toEqual(found);
  });
});

describe('architecture-hard-coded, in a path', () => {
  test.each<[string, readonly string[]]>([
    ['ENV JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64', ['2 amd64']],
    ['ENV LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2', ['2 x86_64']],
    ['COPY --from=debian /usr/lib/x86_64-linux-gnu/libz.so.1 /lib/', ['2 x86_64']],
    ['ENV LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu', []],
    ['ENV A=/usr/lib/x86_64-linux-gnu:/usr/lib/aarch64-linux-gnu', []],
    ['ARG TARGETARCH\nENV JAVA_HOME=/usr/lib/jvm/java-17-openjdk-$TARGETARCH', []],
    ['COPY --from=debian /usr/lib/*-linux-gnu/libz.so.1 /lib/', []],
    ['COPY x86_64-linux-gnu /lib/', []],
  ])('%s', (line, found) => {
    expect(told('architecture-hard-coded', 'token', `FROM debian\n${line}\n`)).toEqual(found);
  });

  test.each([
    'RUN ln -s /usr/lib/jvm/java-17-openjdk-$(dpkg --print-architecture) /usr/lib/jvm/java-17-openjdk-amd64\nENV JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64',
    'RUN ln -sfn /usr/lib/$(uname -m)-linux-gnu /usr/lib/x86_64-linux-gnu\nENV LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2',
  ])('the name is made on every CPU: %s', (lines) => {
    expect(told('architecture-hard-coded', 'token', `FROM debian\n${lines}\n`)).toEqual([]);
  });

  test('a link to it that another name has is what the fix asks for', () => {
    const mended =
      'FROM debian\nRUN ln -s /usr/lib/*-linux-gnu/libjemalloc.so.2 /usr/local/lib/\nENV LD_PRELOAD=/usr/local/lib/libjemalloc.so.2\n';
    expect(told('architecture-hard-coded', 'token', mended)).toEqual([]);
  });
});

describe('builder-output-copied, of downloads by the CPU of the builder', () => {
  const from = (run: string, copy: string) =>
    `FROM --platform=$BUILDPLATFORM debian AS get\nARG TARGETARCH\nWORKDIR /get\nRUN ${run}\nFROM debian\nCOPY --from=get ${copy}\n`;
  test.each<[string, string, readonly string[]]>([
    ['curl -fLo /t https://example.com/t-$(uname -m)', '/t /usr/bin/', ['6 download']],
    [
      'a=$(dpkg --print-architecture); wget -O t https://example.com/t-$a && chmod +x t',
      '/get /usr/bin/',
      ['6 download'],
    ],
    [
      'curl -LO https://example.com/$(uname -m)/t && install -m 755 t /usr/local/bin/t',
      '/usr/local/bin/t /bin/',
      ['6 download'],
    ],
    ['curl -LO https://example.com/$(uname -m)/t && mv t /out/', '/out/t /bin/', ['6 download']],
    ['curl -fLo /t https://example.com/t-$TARGETARCH', '/t /usr/bin/', []],
    // The builder's own tool, and what it makes is what is taken.
    ['curl -fLo /usr/bin/protoc https://example.com/p-$(uname -m) && protoc a.proto', '/get/a.pb /', []],
    ['curl -fLo /t https://example.com/t.tgz', '/t /usr/bin/', []],
  ])('%s', (run, copy, found) => {
    expect(told('builder-output-copied', 'what', from(run, copy))).toEqual(found);
  });

  test('in a stage of the target the machine is the target', () => {
    const text =
      'FROM debian AS get\nRUN curl -fLo /t https://example.com/t-$(uname -m)\nFROM debian\nCOPY --from=get /t /\n';
    expect(told('builder-output-copied', 'what', text)).toEqual([]);
  });
});

describe('unused-stage-pinned', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'the first stage of a file for two CPUs',
      'FROM --platform=linux/arm64 python:3.9 AS build-arm64\nRUN a\nFROM --platform=linux/amd64 python:3.9\nRUN a\n',
      ['1 build-arm64'],
    ],
    ['without a name', 'FROM --platform=linux/arm64 python\nFROM python\n', ['1 0']],
    [
      'something is taken from it',
      'FROM --platform=linux/arm64 a AS x\nFROM --platform=linux/amd64 a\nCOPY --from=x /a /\n',
      [],
    ],
    ['it is of another image', 'FROM --platform=linux/arm64 a\nFROM --platform=linux/amd64 b\n', []],
    ['it is for the same platform', 'FROM --platform=linux/amd64 a\nFROM --platform=linux/amd64 a\n', []],
    [
      'a name chooses it',
      'FROM --platform=linux/amd64 a AS x-amd64\nFROM --platform=linux/arm64 a AS x-arm64\nARG TARGETARCH\nFROM x-$TARGETARCH\n',
      [],
    ],
  ])('%s', (_name, text, found) => {
    expect(told('unused-stage-pinned', 'stage', text, ['linux/amd64'])).toEqual(found);
  });
});
