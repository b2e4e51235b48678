import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../core/index.ts';
import { inWords } from '../messages/index.ts';
import { checkRepository } from './check.ts';

/** The findings of one rule, each as its line with some of its arguments. */
function told(
  code: string,
  args: readonly string[],
  Dockerfile: string,
  platforms: readonly string[] = [],
): readonly string[] {
  return checkRepository([{ path: 'Dockerfile', text: Dockerfile }], {
    platforms: platforms.map((one) => parsePlatform(one)!),
    inlineIgnore: true,
    today: '2026-11-29',
  })
    .diagnostics.filter((one) => one.code === `dockerfile/${code}`)
    .map((one) => [one.at.in === 'file' ? one.at.start.line : 0, ...args.map((name) => one.args[name])].join(' '));
}

const THREE = ['linux/amd64', 'linux/arm64', 'linux/ppc64le'];

describe('platform-without-branch', () => {
  const head = 'FROM debian\nARG TARGETARCH\nRUN ';
  const get = 'curl -fLO https://example.com/tool-$A.tgz';
  test.each<[string, string, readonly string[]]>([
    ['no branch', `case "$TARGETARCH" in amd64) A=x86_64 ;; arm64) A=aarch64 ;; esac; ${get}`, ['3 A linux/ppc64le']],
    [
      'no branch of if',
      `if [ "$TARGETARCH" = amd64 ]; then A=x64; elif [ "$TARGETARCH" = arm64 ]; then A=arm64; fi; ${get}`,
      ['3 A linux/ppc64le'],
    ],
    [
      'by what the machine says',
      `case $(uname -m) in x86_64) A=amd64;; aarch64) A=arm64;; esac && ${get}`,
      ['3 A linux/ppc64le'],
    ],
    [
      'by Debian',
      'a="$(dpkg --print-architecture)"; case "${a##*-}" in amd64) A=x64;; arm64) A=arm64;; *) echo unsupported;; esac; curl -O "https://example.com/$A/t"',
      ['3 A linux/ppc64le'],
    ],
    [
      'the rest is of amd64',
      `case "$TARGETARCH" in arm64) A=aarch64 ;; *) A=x86_64 ;; esac; ${get}`,
      ['3  linux/ppc64le'],
    ],
    [
      'else is of amd64',
      `if [ "$(uname -m)" = "aarch64" ]; then A=arm64; else A=amd64; fi && ${get}`,
      ['3  linux/ppc64le'],
    ],
    [
      'else itself fetches it',
      'if [ "$TARGETARCH" = arm64 ]; then curl -O https://example.com/t-arm64; else curl -O https://example.com/t-amd64; fi',
      ['3  linux/ppc64le'],
    ],
    ['in $( )', `A=$(case $TARGETARCH in arm64) echo aarch64;; *) echo x86_64;; esac); ${get}`, []],
    [
      'an error',
      `case "$TARGETARCH" in amd64) A=x64 ;; arm64) A=arm64 ;; *) exit 1 ;; esac; ${get}`,
      ['3  linux/ppc64le'],
    ],
    [
      'an error behind a word',
      `case $TARGETARCH in amd64) A=a;; arm64) A=b;; *) echo no; exit 1;; esac; ${get}`,
      ['3  linux/ppc64le'],
    ],
    [
      'an error of else',
      'if [ "$(uname -m)" = x86_64 ]; then make; else echo "amd64 only" >&2; exit 1; fi',
      ['3  linux/arm64,linux/ppc64le'],
    ],
    ['an end without an error', 'case $TARGETARCH in amd64) make;; *) echo "amd64 only"; exit;; esac', []],
    ['no more to do', 'case $TARGETARCH in amd64) make;; *) exit 0;; esac', []],
    [
      'an error of a shell of its own',
      '(case $TARGETARCH in amd64) make;; *) exit 1;; esac); A=$(case $TARGETARCH in arm64) echo;; *) exit 1;; esac); true',
      [],
    ],
    ['an error that is caught', '(case $TARGETARCH in amd64) make;; *) exit 1;; esac) || true', []],
    ['flags of a compiler', 'case $TARGETARCH in arm) M=-march=armv7;; 386) M=-m32;; esac; gcc -o /x x.c "-O2 $M"', []],
    [
      'a value of a flag',
      'case $TARGETARCH in arm) M=x;; 386) M=y;; esac; cmake -DEXTRA=$M . && ./configure CFLAGS=-O2$M',
      [],
    ],
    [
      'behind a word that says the CPU',
      'case $TARGETARCH in ppc64le) A=-vsx;; 386) A=-sse;; esac; curl -LO https://x.io/t-$TARGETARCH$A.tgz',
      [],
    ],
    [
      'the one branch there is',
      `case $TARGETARCH in amd64) A=x86_64;; esac; ${get}`,
      ['3 A linux/arm64,linux/ppc64le'],
    ],
    [
      'the one branch of if',
      `if [ "$TARGETARCH" = arm64 ]; then A=aarch64; fi; ${get}`,
      ['3 A linux/amd64,linux/ppc64le'],
    ],
    [
      'the one branch, into a flag',
      'case $TARGETARCH in amd64) A=x86_64;; esac; aria2c --uri=https://x.io/t-$A.tgz',
      ['3 A linux/arm64,linux/ppc64le'],
    ],
    ...['-x86_64', '-avx', 'avx', '.amd64'].map((end): [string, string, readonly string[]] => [
      `the one branch has an end of a name: ${end}`,
      `case $TARGETARCH in amd64) A=${end};; esac; curl -LO https://x.io/t$A.tgz`,
      [],
    ]),
    ['behind a letter', 'case $TARGETARCH in amd64) A=x86_64;; esac; curl -LO https://x.io/linux$A.tgz', []],
    ...['-L/usr/lib/$A', '--host=$A-linux-gnu', '-DTRIPLET=x-$A', 'HOST=x-$A'].map(
      (word): [string, string, readonly string[]] => [
        `the one branch is for a flag: ${word}`,
        `case $TARGETARCH in amd64) A=x86_64;; esac; ./configure ${word}`,
        [],
      ],
    ),
    ['a folder of them all', 'case $TARGETARCH in amd64) A=x86_64;; esac; mkdir -p /opt/$A', []],
    ['it is asked for', 'case $TARGETARCH in amd64) A=x86_64;; esac; [ "x-$A" = x- ] || make', []],
    ['given where it is not', `case $TARGETARCH in amd64) A=x86_64;; esac; : "\${A:=aarch64}"; ${get}`, []],
    ['given where it is not, without :', `case $TARGETARCH in amd64) A=x64;; esac; : "\${A=arm64}"; ${get}`, []],
    ['caught', `case $TARGETARCH in amd64) A=x64;; arm64) A=b;; esac; ${get} || apt-get install -y t`, []],
    ['caught behind &&', `case $TARGETARCH in amd64) A=x64;; arm64) A=b;; esac; ${get} && tar xf t || true`, []],
    ['asked by if', `case $TARGETARCH in amd64) A=x64;; arm64) A=b;; esac; if ${get}; then tar xf t; fi`, []],
    [
      'caught to end',
      `case $TARGETARCH in amd64) A=x64;; arm64) A=b;; esac; ${get} || { echo no >&2; exit 1; }`,
      ['3 A linux/ppc64le'],
    ],
    ['false', `case $TARGETARCH in amd64) A=a;; arm64) A=b;; *) false;; esac && ${get}`, ['3  linux/ppc64le']],
    ['the same word', `case $TARGETARCH in amd64) A=x64;; arm64) A=arm;; *) A=$TARGETARCH;; esac; ${get}`, []],
    ['a default', `case $TARGETARCH in amd64) A=a;; arm64) A=b;; esac; curl -O https://example.com/\${A:-any}.tgz`, []],
    ['set before', `A=any; case $TARGETARCH in amd64) A=a;; arm64) A=b;; esac; ${get}`, []],
    ['only a flag', 'case $TARGETARCH in amd64) F=-a;; arm64) F=-b;; esac; cmake $F .', []],
    ['only for one', 'case $TARGETARCH in arm64) F=-b;; esac; cmake -DX=a$F .', []],
    ['only shown', 'case $TARGETARCH in amd64) A=a;; arm64) A=b;; esac; echo "for $A"', []],
    ['one pattern for all', `case $TARGETARCH in amd64) A=a;; arm64|ppc64*) A=b;; esac; ${get}`, []],
    ['about a version', `V=1; case $V in 2) A=a;; 3) A=b;; esac; ${get}`, []],
    ['a file is asked for', `if [ -f /x ]; then A=a; elif [ -f /y ]; then A=b; fi; ${get}`, []],
    [
      'in a loop',
      `for x in 1 2; do case $TARGETARCH in amd64) A=a;; arm64) A=b;; *) exit 1;; esac; ${get}; done`,
      ['3  linux/ppc64le'],
    ],
    [
      'unless it is one',
      `[ "$TARGETARCH" = ppc64le ] && exit 0; case $TARGETARCH in amd64) A=a;; arm64) A=b;; esac; ${get}`,
      [],
    ],
  ])('%s', (_name, script, found) => {
    expect(told('platform-without-branch', ['name', 'platforms'], `${head}${script}\n`, THREE)).toEqual(found);
  });

  test('of the two that everybody has, both are there', () => {
    const text = `${head}case "$TARGETARCH" in amd64) A=x86_64 ;; arm64) A=aarch64 ;; esac; ${get}\n`;
    expect(told('platform-without-branch', ['name', 'platforms'], text)).toEqual([]);
    expect(told('platform-without-branch', ['platforms'], text.replace('arm64)', 'arm)'))).toEqual(['3 linux/arm64']);
  });

  test('through ENV and a stage that it is built on', () => {
    const text = `FROM debian AS base\nARG TARGETARCH\nENV CPU=$TARGETARCH\nFROM base\nRUN case $CPU in arm64) A=b;; *) A=x86_64;; esac; ${get}\n`;
    expect(told('platform-without-branch', ['platforms'], text, THREE)).toEqual(['5 linux/ppc64le']);
  });

  test('on the builder, what the machine says is not for the image', () => {
    const text = `FROM --platform=$BUILDPLATFORM debian AS b\nRUN case $(uname -m) in x86_64) A=x;; aarch64) A=a;; esac; ${get}\nFROM debian\nCOPY --from=b /tool /tool\n`;
    expect(told('platform-without-branch', ['platforms'], text, THREE)).toEqual([]);
  });
});

describe('cpu-name-unknown', () => {
  const head = 'FROM debian\nARG TARGETARCH\n';
  test("of Debian's folder for ppc64le nothing is said", () => {
    const text = `${head}RUN ln -s /usr/lib/$(uname -m)-linux-gnu/libz.so.1 /usr/lib/\n`;
    expect(told('cpu-name-unknown', ['word', 'expected'], text, ['linux/amd64', 'linux/ppc64le'])).toEqual([]);
  });
  test.each<[string, readonly string[]]>([
    [
      'RUN curl -O https://awscli.amazonaws.com/awscli-exe-linux-$TARGETARCH.zip',
      ['3 amd64 x86_64 linux/amd64,linux/arm64'],
    ],
    ['RUN curl -O https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m).zip', []],
    [
      'ARG V\nRUN curl -O https://github.com/protocolbuffers/protobuf/releases/download/v$V/protoc-$V-linux-$(uname -m).zip',
      ['4 aarch64 aarch_64 linux/arm64'],
    ],
    [
      'ARG V\nRUN a=$(uname -m | sed s/aarch64/aarch_64/) && curl -O https://github.com/protocolbuffers/protobuf/releases/download/v$V/protoc-$V-linux-$a.zip',
      [],
    ],
    ['ADD https://github.com/krallin/tini/releases/download/v0.19.0/tini-${TARGETARCH} /tini', []],
    [
      'RUN wget https://github.com/krallin/tini/releases/download/v0.19.0/tini-$(uname -m)',
      ['3 x86_64 amd64 linux/amd64,linux/arm64'],
    ],
    ['RUN wget https://nodejs.org/dist/v22.1.0/node-v22.1.0-linux-${TARGETARCH}.tar.xz', ['3 amd64 x64 linux/amd64']],
    [
      'RUN case $TARGETARCH in amd64) a=x64;; *) a=$TARGETARCH;; esac; wget https://nodejs.org/dist/v22.1.0/node-v22.1.0-linux-$a.tar.xz',
      [],
    ],
    ['RUN wget https://nodejs.org/dist/v22.1.0/node-v22.1.0-linux-${TARGETARCH/amd64/x64}.tar.xz', []],
    ['RUN curl -O https://example.com/tool-$(uname -m).zip', []],
    ['RUN curl -O https://awscli.amazonaws.com/awscli-exe-linux-$TARGETARCH.zip || pip install awscli', []],
    ['RUN GOARCH=$(uname -m) go build -o /a .', ['3 x86_64 amd64 linux/amd64,linux/arm64']],
    ['RUN GOARCH=$TARGETARCH go build -o /a .', []],
    ['RUN cargo build --target $TARGETARCH-unknown-linux-gnu', ['3 amd64 x86_64 linux/amd64,linux/arm64']],
    ['RUN cargo build --target=$(uname -m)-unknown-linux-musl', []],
    ['RUN dotnet publish -r linux-$TARGETARCH', []],
    ['RUN dotnet publish -r linux-$(uname -m)', ['3 x86_64 x64 linux/amd64,linux/arm64']],
    ['RUN npm ci --cpu=$TARGETARCH', ['3 amd64 x64 linux/amd64']],
    [
      'RUN echo "deb [arch=$(uname -m)] https://example.com stable main" > /etc/apt/sources.list.d/a.list',
      ['3 x86_64 amd64 linux/amd64,linux/arm64'],
    ],
    ['RUN echo "deb [arch=$(dpkg --print-architecture)] https://example.com stable main" > /a', []],
    ['RUN ln -s /usr/lib/$TARGETARCH-linux-gnu/libz.so.1 /usr/lib/', ['3 amd64 x86_64 linux/amd64,linux/arm64']],
    ['RUN ln -s /usr/lib/$(uname -m)-linux-gnu/libz.so.1 /usr/lib/', []],
    ['ENV JAVA_HOME=/usr/lib/jvm/java-17-openjdk-${TARGETARCH}', []],
    [
      'RUN ln -s /usr/lib/jvm/java-17-openjdk-$(uname -m) /usr/lib/jvm/default',
      ['3 x86_64 amd64 linux/amd64,linux/arm64'],
    ],
    ['ENV LD_PRELOAD=/usr/lib/${TARGETARCH}-linux-gnu/libjemalloc.so.2', ['3 amd64 x86_64 linux/amd64,linux/arm64']],
  ])('%s', (line, found) => {
    expect(told('cpu-name-unknown', ['word', 'expected', 'platforms'], `${head}${line}\n`)).toEqual(found);
  });
});

test.each<[string, string]>([
  [
    'FROM a\nRUN wget https://github.com/krallin/tini/releases/download/v0.19.0/tini-$(uname -m)',
    'Write `${TARGETARCH}` there, behind an `ARG TARGETARCH` of this stage',
  ],
  ['FROM a\nARG TARGETARCH\nRUN GOARCH=$(uname -m) go build -o /a .', 'Write `${TARGETARCH}` there'],
  [
    'FROM a\nARG TARGETARCH\nRUN wget https://nodejs.org/dist/v22.1.0/node-v22.1.0-linux-${TARGETARCH}.tar.xz',
    'Choose the word by the platform, and let any other end the build: `case "$TARGETARCH" in amd64) cpu=x64 ;; arm64) cpu=arm64 ;; *) exit 1 ;; esac`',
  ],
  [
    'FROM a\nARG TARGETARCH\nENV LD_PRELOAD=/usr/lib/${TARGETARCH}-linux-gnu/libjemalloc.so.2',
    'Choose the word by the platform, and let any other end the build: `case "$TARGETARCH" in amd64) cpu=x86_64 ;; arm64) cpu=aarch64 ;; *) exit 1 ;; esac`. `ENV` has no shell: do it in a `RUN`, and give what it finds a name without the CPU',
  ],
])('cpu-name-unknown, what mends %j', (text, fix) => {
  const { diagnostics } = checkRepository([{ path: 'Dockerfile', text }], {
    platforms: [],
    inlineIgnore: true,
    today: '2026-11-29',
  });
  const [found] = diagnostics.filter(({ code }) => code === 'dockerfile/cpu-name-unknown');
  expect(inWords(found!, 'en').fix).toBe(fix);
});

describe('target-argument-not-expanded', () => {
  const file = (mark: string, path: string, body: string, more = ''): string =>
    `FROM debian\nARG TARGETARCH\nCOPY ${mark} ${path}\n${body}EOF\n${more}`;
  test.each<[string, string, readonly string[]]>([
    ['quoted', file("<<'EOF'", '/etc/x.conf', 'a=1\nb=$TARGETARCH\n'), ['5 heredoc COPY']],
    ['in double quotes', file('<<"EOF"', '/etc/', 'b=${TARGETARCH}\n').replaceAll('EOF', 'a.json'), ['4 heredoc COPY']],
    ['not quoted', file('<<EOF', '/etc/x.conf', 'b=$TARGETARCH\n'), []],
    ['a script', file("<<'EOF'", '/run.sh', '#!/bin/sh\necho $TARGETARCH\n', 'RUN /run.sh\n'), []],
    ['a template', file("<<'EOF'", '/x.conf.template', 'b=$TARGETARCH\n'), []],
    ['filled in by a command', file("<<'EOF'", '/x.conf', 'b=$TARGETARCH\n', 'RUN sed -i "s/a/b/" /x.conf\n'), []],
    [
      'ENV tells it to the container',
      file("<<'EOF'", '/etc/app.yaml', 'cpu: ${TARGETARCH}\n', 'ENV TARGETARCH=$TARGETARCH\n'),
      [],
    ],
    [
      'another ENV does not',
      file("<<'EOF'", '/etc/app.yaml', 'cpu: ${TARGETARCH}\n', 'ENV A=$TARGETARCH\n'),
      ['4 heredoc COPY'],
    ],
    [
      'a script of the context starts the container',
      file("<<'EOF'", '/etc/app.yaml', 'cpu: $TARGETARCH\n', 'COPY run.sh /bin/\nENTRYPOINT ["/bin/run.sh"]\n'),
      [],
    ],
    [
      'by a shell',
      file(
        "<<'EOF'",
        '/etc/app.yaml',
        'cpu: $TARGETARCH\n',
        'COPY --chmod=755 run.sh /bin/\nCMD ["sh", "/bin/run.sh"]\n',
      ),
      [],
    ],
    [
      'what starts it is of the base',
      file("<<'EOF'", '/etc/app.yaml', 'cpu: $TARGETARCH\n', 'COPY run.sh /bin/\nENTRYPOINT ["/usr/bin/envoy"]\n'),
      ['4 heredoc COPY'],
    ],
    ['a script of RUN', "FROM debian\nARG TARGETARCH\nRUN <<'EOF'\necho $TARGETARCH\nEOF\n", []],
  ])('the body of a heredoc, %s', (_name, text, found) => {
    expect(told('target-argument-not-expanded', ['how', 'keyword'], text)).toEqual(found);
  });

  test('a body that is filled in needs the ARG', () => {
    const text = 'FROM debian\nCOPY <<EOF /etc/x.conf\nb=$TARGETARCH\nEOF\n';
    expect(told('target-argument-undeclared', ['name'], text)).toHaveLength(1);
    expect(told('target-argument-undeclared', ['name'], text.replace('<<EOF', "<<'EOF'"))).toEqual([]);
  });

  test.each([
    ['deb [arch=amd64] https://r.io/debian stable main\n', 1],
    ['Types: deb\nArchitectures: amd64\n', 1],
    ['Types: deb\nArchitectures: amd64 arm64\n', 0],
    [
      'Types: deb\nURIs: http://archive.ubuntu.com/ubuntu\nArchitectures: amd64\n\nTypes: deb\nURIs: http://ports.ubuntu.com\nArchitectures: arm64\n',
      0,
    ],
    [
      'deb [arch=amd64] http://archive.ubuntu.com/ubuntu noble main\ndeb [arch=arm64] http://ports.ubuntu.com noble main\n',
      0,
    ],
    [
      'deb [arch=amd64,i386] http://archive.ubuntu.com noble main\ndeb [arch=arm64,armhf] http://ports.ubuntu.com noble main\n',
      0,
    ],
    [
      'deb [arch=amd64] http://archive.ubuntu.com/ubuntu noble main\ndeb [arch=arm64,armhf] http://ports.ubuntu.com noble main\n',
      0,
    ],
    ['deb [arch=amd64] http://a.io stable main\ndeb-src [arch=amd64] http://a.io stable main\n', 1],
    ['deb [arch=$TARGETARCH] https://r.io/debian stable main\n', 0],
    // Its packages are of every CPU, and apt finds them in the list of another too.
    ['deb [arch=amd64] https://dl.yarnpkg.com/debian/ stable main\n', 0],
    ['deb [arch=amd64 signed-by=/k.gpg] https://pkg.jenkins.io/debian-stable binary/\n', 0],
    ['deb [arch=amd64 signed-by=/k.gpg] https://download.docker.com/linux/debian bookworm stable\n', 1],
  ])('an apt source that a heredoc writes: %j', (body, count) => {
    expect(told('architecture-hard-coded', ['token'], file('<<EOF', '/etc/apt/sources.list.d/x', body))).toHaveLength(
      count,
    );
  });

  test.each<[string, readonly string[]]>([
    ['CMD ["/app-$TARGETARCH"]', ['3 exec CMD']],
    ['ENTRYPOINT ["/app/${TARGETARCH}/run"]', ['3 exec ENTRYPOINT']],
    ['CMD /app-$TARGETARCH', ['3 at-start CMD']],
    ['CMD ["sh", "-c", "exec /app-$TARGETARCH"]', ['3 at-start CMD']],
    ['ENV TARGETARCH=$TARGETARCH\nCMD /app-$TARGETARCH', []],
    ['ENV TARGETARCH=$TARGETARCH\nCMD ["/app-$TARGETARCH"]', ['4 exec CMD']],
    ['CMD /app-${TARGETARCH:-amd64}', []],
    ['CMD echo $TARGETARCH', []],
    ['CMD /app-$TARGETARCH\nCMD ["/app"]', []],
    ['CMD /app-$TARGETARCHIVE', []],
    ['RUN ["curl", "-O", "https://example.com/$TARGETARCH"]', ['3 exec RUN']],
    ['RUN ["sh", "-c", "curl -O https://example.com/$TARGETARCH"]', []],
    ["RUN curl -O 'https://example.com/$TARGETARCH'", ['3 quoted RUN']],
    ["RUN curl -O 'https://example.com/'$TARGETARCH", []],
    ["RUN sh -c 'curl -O https://example.com/$TARGETARCH'", []],
    ["RUN <<'EOF'\ncurl -O https://example.com/$TARGETARCH\nEOF", []],
    ["COPY 'bin/$TARGETARCH/app' /app", ['3 quoted COPY']],
    ['COPY bin/\\$TARGETARCH/app /app', ['3 escaped COPY']],
    ['RUN curl -O "https://example.com/\\$TARGETARCH"', ['3 escaped RUN']],
    ['HEALTHCHECK CMD ["/probe-$TARGETARCH"]', ['3 exec HEALTHCHECK']],
    ['HEALTHCHECK CMD /probe-$TARGETARCH', ['3 at-start HEALTHCHECK']],
    ['HEALTHCHECK CMD /probe-$TARGETARCH\nHEALTHCHECK NONE', []],
    ['EXPOSE $TARGETARCH', []],
    ['COPY "bin/$TARGETARCH/app" /app', []],
    ['LABEL arch=$TARGETARCH', []],
  ])('%s', (line, found) => {
    expect(told('target-argument-not-expanded', ['how', 'keyword'], `FROM debian\nARG TARGETARCH\n${line}\n`)).toEqual(
      found,
    );
  });

  test('of a stage that the image is not, nobody starts it', () => {
    const text = 'FROM debian AS a\nARG TARGETARCH\nCMD /app-$TARGETARCH\nFROM a\nCMD ["/x"]\n';
    expect(told('target-argument-not-expanded', ['how'], text)).toEqual([]);
    expect(told('target-argument-not-expanded', ['how'], text.replace('CMD ["/x"]', 'USER 1'))).toEqual(['3 at-start']);
  });
});

describe('target-argument-undeclared, in the words of an instruction', () => {
  test.each<[string, readonly string[]]>([
    ['FROM a\nCOPY bin/$TARGETARCH/app /app', ['2 TARGETARCH ']],
    ['FROM a\nENV CPU=${TARGETARCH}', ['2 TARGETARCH ']],
    ['FROM a\nWORKDIR /opt/${TARGETARCH:-amd64}', ['2 TARGETARCH amd64']],
    ['FROM a\nADD https://example.com/$TARGETARCH /x', ['2 TARGETARCH ']],
    ['FROM a\nARG TARGETARCH\nCOPY bin/$TARGETARCH/app /app', []],
    ['FROM a AS b\nARG TARGETARCH\nFROM b\nCOPY bin/$TARGETARCH/app /app', []],
    ['FROM a AS b\nARG TARGETARCH\nFROM a\nCOPY --from=b /$TARGETARCH/app /app', ['4 TARGETARCH ']],
    ['FROM a\nENV TARGETARCH=amd64\nCOPY bin/$TARGETARCH/app /app', []],
    ['FROM a\nCOPY bin/$OTHER/app /app', []],
  ])('%s', (text, found) => {
    expect(told('target-argument-undeclared', ['name', 'fallback'], text)).toEqual(found);
  });
});

describe('architecture-hard-coded, in what is installed', () => {
  test.each<[string, readonly string[]]>([
    ['COPY tool_1.0_amd64.deb /tmp/\nRUN dpkg -i /tmp/tool_1.0_amd64.deb', ['3 package amd64']],
    ['RUN apt-get install -y ./tool_1.0_amd64.deb', ['2 package amd64']],
    ['RUN apt-get install -y libc6:amd64', ['2 package amd64']],
    ['RUN dpkg --add-architecture amd64 && apt-get install -y libc6:amd64', []],
    ['RUN rpm -ivh tool-1.0.x86_64.rpm', ['2 package x86_64']],
    ['RUN yum install -y glibc-devel.x86_64', ['2 package x86_64']],
    ['RUN yum install -y glibc-devel.i686', []],
    ['RUN apt-get install -y tool', []],
    ['RUN dpkg -i tool_$(dpkg --print-architecture).deb', []],
    [
      'RUN curl -o /tmp/tool_amd64.deb https://example.com/1/x86_64/tool && dpkg -i /tmp/tool_amd64.deb',
      ['2 url x86_64'],
    ],
    ['RUN rm tool_amd64.deb', []],
    ['RUN curl -O https://example.com/tool_amd64.deb && dpkg -i tool_amd64.deb', ['2 url amd64']],
    ['RUN mvn package -Dos.detected.classifier=linux-x86_64', ['2 maven x86_64']],
    ['RUN ./mvnw -B package -Dnetty.classifier=linux-aarch_64', ['2 maven aarch_64']],
    ['RUN mvn package -Dos.detected.classifier=linux-$(uname -m)', []],
    ['RUN mvn dependency:get -Dartifact=io.netty:netty-tcnative:2.0.1:jar:linux-x86_64', ['2 maven x86_64']],
    ['RUN mvn dependency:get -Dartifact=io.netty:netty-tcnative:2.0.1:jar:osx-x86_64', []],
    ['RUN mvn dependency:get -Dartifact=io.netty:netty-tcnative:2.0.1', []],
    ['RUN printf "[a]\\nbaseurl=https://example.com/el9/x86_64/\\n" > /etc/yum.repos.d/a.repo', ['2 yum x86_64']],
    ["RUN printf '[a]\\nbaseurl=https://example.com/el9/$basearch/\\n' > /etc/yum.repos.d/a.repo", []],
    ['COPY <<EOF /etc/yum.repos.d/a.repo\n[a]\nbaseurl=https://example.com/el9/x86_64/\nEOF', ['3 yum x86_64']],
    ['COPY --from=b /src/build/lib.linux-x86_64-cpython-311 /app/', ['2 python x86_64']],
    ['COPY --from=b /src/build/lib.linux-*-cpython-311 /app/', []],
  ])('%s', (line, found) => {
    expect(told('architecture-hard-coded', ['what', 'token'], `FROM debian\n${line}\n`)).toEqual(found);
  });
});

describe('base-for-one-platform, by a name with a digest', () => {
  const digest = `@sha256:${'a'.repeat(64)}`;
  test.each<[string, readonly string[]]>([
    [`gcr.io/distroless/static:nonroot-amd64${digest}`, ['1 gcr.io/distroless/static:nonroot']],
    [`amd64/node:22${digest}`, ['1 node:22']],
    [`node:22${digest}`, []],
    [`node${digest}`, []],
  ])('%s', (reference, found) => {
    expect(told('base-for-one-platform', ['instead'], `FROM ${reference}\n`)).toEqual(found);
  });
});

describe('cpu-of-builder, by the base', () => {
  test.each<[string, readonly string[]]>([
    ['registry.access.redhat.com/ubi10/ubi-minimal:10.1', ['1 v3']],
    ['almalinux:10', []],
    ['redhat/ubi10-minimal', ['1 v3']],
    ['example/alma:9-x86_64_v3', ['1 v3']],
    ['ghcr.io/team/amd64-v4/base', ['1 v4']],
    ['example/tool:x86-64-v2', []],
    ['example/tool-v3', []],
    ['example/tool:amd64-v3.1', ['1 v3']],
    ['redhat/ubi9-minimal', []],
    ['docker.io/rockylinux/rockylinux:10-minimal', ['1 v3']],
    ['quay.io/centos/centos:stream10', ['1 v3']],
    ['oraclelinux:10-slim', []],
    ['registry.access.redhat.com/ubi9/ubi:9.10', []],
    ['ghcr.io/team/oraclelinux:10', []],
    ['debian:10', []],
  ])('%s', (reference, found) => {
    expect(told('cpu-of-builder', ['level'], `FROM ${reference}\n`)).toEqual(found);
  });

  test('on other CPUs it is as any', () => {
    expect(told('cpu-of-builder', ['level'], 'FROM redhat/ubi10\n', ['linux/arm64'])).toEqual([]);
  });
});

describe('builder-output-copied, of Python and of what the builder tells itself', () => {
  const python = (made: string, copied: string): string =>
    `FROM --platform=$BUILDPLATFORM python:3.12 AS b\nWORKDIR /app\n${made}\nFROM python:3.12\nCOPY --from=b ${copied} /x\n`;
  const lines = (made: string, copied: string) =>
    told('builder-output-copied', ['what', 'packages'], python(made, copied));
  test.each<[string, string, readonly string[]]>([
    ['RUN pip install --target=/deps numpy requests', '/deps', ['5 python numpy']],
    ['RUN pip install --prefix /install "pydantic-core==2.1" Pillow', '/install', ['5 python pillow,pydantic-core']],
    ['RUN pip install --user lxml', '/root/.local', ['5 python lxml']],
    ['RUN pip wheel -w /wheels psycopg2', '/wheels', ['5 python psycopg2']],
    ['RUN pip install pandas', '/usr/local/lib/python3.12/site-packages', ['5 python pandas']],
    ['RUN python -m pip install pandas', '/usr/local', ['5 python pandas']],
    ['RUN python -m venv /opt/venv && /opt/venv/bin/pip install orjson', '/opt/venv', ['5 python orjson']],
    [
      'RUN python -m venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\nRUN pip install orjson',
      '/opt/venv',
      ['7 python orjson'],
    ],
    ['RUN pip install pandas', '/app', []],
    ['RUN pip install requests flask', '/usr/local', []],
    ['RUN pip install --platform manylinux2014_aarch64 --only-binary=:all: --target /deps numpy', '/deps', []],
    ['RUN pip install numpy && npm run build', '/app/dist', []],
  ])('%s', (made, copied, found) => {
    expect(lines(made, copied)).toEqual(found);
  });

  test('by the file of requirements', () => {
    const files = [
      { path: 'Dockerfile', text: python('RUN pip install --target=/deps -r requirements.txt', '/deps') },
      { path: 'requirements.txt', text: '# a\nflask\nuvloop; sys_platform == "win32"\norjson>=3\nNumPy==2.0 # b\n' },
    ];
    const { diagnostics, undecided } = checkRepository(files, {
      platforms: [],
      inlineIgnore: true,
      today: '2026-11-29',
    });
    expect(diagnostics.map(({ args }) => args['packages'])).toEqual([['numpy', 'orjson']]);
    expect(undecided).toEqual([]);
    const without = checkRepository(files.slice(0, 1), { platforms: [], inlineIgnore: true, today: '2026-11-29' });
    expect(without.diagnostics).toEqual([]);
    expect(without.undecided.map(({ code, args }) => [code, args['lockfile']])).toEqual([
      ['dockerfile/builder-output-unknown', 'requirements.txt'],
    ]);
  });

  test.each(['flask', '-r other.txt'])('what would tell of pip install %s', (what) => {
    const text = python(`RUN pip install --target=/deps ${what}`, '/deps');
    const { undecided } = checkRepository([{ path: 'Dockerfile', text }], {
      platforms: [],
      inlineIgnore: true,
      today: '2026-11-29',
    });
    expect(undecided.map(({ args }) => args['lockfile'])).toEqual([what === 'flask' ? undefined : 'other.txt']);
  });

  const build = (made: string, copied = '/out/app'): string =>
    `FROM --platform=$BUILDPLATFORM golang AS b\nARG TARGETARCH\nARG BUILDARCH\nWORKDIR /src\n${made}\nFROM debian\nCOPY --from=b ${copied} /app\n`;
  test.each<[string, string | undefined, readonly string[]]>([
    ['RUN GOARCH=$(dpkg --print-architecture) go build -o /out/app', undefined, ['7 go']],
    ['RUN GOARCH=$BUILDARCH go build -o /out/app', undefined, ['7 go']],
    ['RUN GOARCH=$(go env GOARCH) go build -o /out/app', undefined, ['7 go']],
    ['RUN GOARCH=$TARGETARCH go build -o /out/app', undefined, []],
    ['ENV GOARCH=$TARGETARCH\nRUN GOARCH=$(go env GOARCH) go build -o /out/app', undefined, []],
    ['RUN cargo build --release --target $(uname -m)-unknown-linux-musl', '/src/target/*/release/app', ['7 rust']],
    ['RUN gcc -O2 -march=native -o /out/app a.c', undefined, ['7 c']],
    ['RUN gcc -mcpu=native -o /out/app a.c', undefined, ['7 c']],
    ['RUN clang --target=aarch64-linux-gnu -march=armv8-a -o /out/app a.c', undefined, []],
    [
      'RUN cargo build --release --target $(uname -m)-unknown-linux-musl',
      '/src/target/x86_64-unknown-linux-musl/release/app',
      ['7 rust'],
    ],
    ['ARG T\nRUN cargo build --release --target $T', '/src/target/$T/release/app', []],
  ])('%s', (made, copied, found) => {
    expect(told('builder-output-copied', ['what'], build(made, copied))).toEqual(found);
  });
});

test.each([
  'if [ "$TARGETARCH" != amd64 ]; then exit 0; fi; curl -LO https://x.io/t-x86_64.tgz',
  '[ "$TARGETARCH" = amd64 ] || exit 0; curl -LO https://x.io/t-x86_64.tgz',
  'case $TARGETARCH in arm64) curl -LO https://x.io/t-aarch64.tgz; exit 0;; esac; curl -LO https://x.io/t-x86_64.tgz',
])('what another CPU has left before is for this one: %s', (run) => {
  const text = (script: string) => `FROM debian\nARG TARGETARCH\nRUN ${script}\n`;
  expect(told('architecture-hard-coded', ['token'], text(run))).toEqual([]);
  expect(told('architecture-hard-coded', ['token'], text('curl -LO https://x.io/t-x86_64.tgz; exit 0'))).toEqual([
    '3 x86_64',
  ]);
});
