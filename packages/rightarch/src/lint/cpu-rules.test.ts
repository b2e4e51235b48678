import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../core/index.ts';
import { inWords } from '../messages/index.ts';
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
    ['RUN gcc -march=haswell a.c', ['2 -march=haswell']],
    ['RUN gcc -O2 -mcpu=neoverse-n1 a.c', ['2 -mcpu=neoverse-n1']],
    ['ENV CFLAGS="-march=armv8.2-a+crypto -O2"', ['2 -march=armv8.2-a+crypto']],
    ['RUN make CFLAGS=-march=armv8-a+sve', ['2 -march=armv8-a+sve']],
    ['ENV RUSTFLAGS="-Ctarget-cpu=neoverse-v2"', ['2 target-cpu=neoverse-v2']],
    ['ENV RUSTFLAGS="-C target-feature=+aes,+avx2"', ['2 target-feature=+avx2']],
    ['RUN RUSTFLAGS="-Ctarget-feature=+avx512f" cargo build', ['2 target-feature=+avx512f']],
    ['ENV RUSTFLAGS="-C target-feature=+crt-static,+sse4.2,-avx2"', []],
    ['ENV RUSTFLAGS="-C target-feature=+neon"', []],
    ['RUN gcc -march=armv8-a+crc -o a a.c', []],
    ['RUN gcc -mcpu=cortex-a72 a.c', []],
    ['RUN gcc -mtune=neoverse-n1 a.c', []],
    ['RUN if [ "$(uname -m)" = aarch64 ]; then gcc -mcpu=neoverse-n1 a.c; fi', []],
    ['ARG TARGETARCH\nRUN if [ $TARGETARCH = amd64 ]; then GOAMD64=v3 go build; fi', []],
  ])('%s', (line, found) => {
    expect(told('cpu-of-builder', 'flag', `FROM debian\n${line}\n`)).toEqual(found);
  });
});

describe('levels of the CPUs that are asked for', () => {
  const line = (text: string) => `FROM debian\n${text}\n`;
  test.each<[string, string, readonly string[]]>([
    ['ENV GOAMD64=v3', 'linux/arm64', []],
    ['ENV RUSTFLAGS="-C target-cpu=neoverse-n1"', 'linux/amd64', []],
    ['ENV RUSTFLAGS="-C target-cpu=neoverse-n1"', 'linux/arm64', ['2 armv8.2']],
    ['ENV RUSTFLAGS="-C target-feature=+lse"', 'linux/amd64', []],
    ['ENV RUSTFLAGS="-C target-feature=+lse"', 'linux/arm64', ['2 armv8.2']],
    ['ENV RUSTFLAGS="-C target-feature=+avx2"', 'linux/arm64', []],
    ['RUN gcc -mcpu=neoverse-v1 a.c', 'linux/arm64', ['2 sve']],
    ['RUN gcc -march=armv8.6-a+sve a.c', 'linux/arm64', ['2 sve']],
    ['RUN gcc -march=armv8.6-a a.c', 'linux/arm64', ['2 armv8.4']],
    ['RUN gcc -mcpu=apple-m1 a.c', 'linux/arm64', ['2 armv8.4']],
    ['RUN gcc -mcpu=ampere1 a.c', 'linux/arm64', ['2 armv8.4']],
    ['RUN gcc -mcpu=cortex-x1 a.c', 'linux/arm64', ['2 armv8.2']],
    ['RUN gcc -march=armv8.7-a+sve a.c', 'linux/arm64', ['2 armv8.7']],
    ['RUN gcc -march=armv8.7-a+sve2 a.c', 'linux/arm64', ['2 armv9']],
    ['RUN gcc -march=armv9-a a.c', 'linux/arm64', ['2 armv9']],
    ['RUN gcc -march=skylake-avx512 a.c', 'linux/amd64', ['2 v4']],
  ])('%s for %s', (text, platform, found) => {
    expect(told('cpu-of-builder', 'level', line(text), [platform])).toEqual(found);
  });
});

test.each<[string, string]>([
  ['RUN gcc -mcpu=apple-m1 a.c', 'needs Armv8.4; '],
  ['RUN gcc -march=armv8.3-a a.c', 'needs Armv8.3; '],
  ['RUN gcc -march=armv8.7-a a.c', 'needs Armv8.7; '],
  ['RUN gcc -mcpu=a64fx a.c', 'needs SVE; '],
  ['RUN gcc -mcpu=neoverse-n2 a.c', 'needs Armv9 / SVE2; '],
  ['ENV RUSTFLAGS="-Ctarget-cpu=native"', 'must run on: `target-cpu=x86-64-v2`, `target-cpu=neoverse-n1`'],
  ['ENV RUSTFLAGS="-Ctarget-cpu=neoverse-n1"', 'must run on (`target-cpu=cortex-a72`)'],
  ['ENV RUSTFLAGS="-Ctarget-feature=+lse"', 'must run on (`target-cpu=cortex-a72`)'],
  ['RUN gcc -march=native a.c', 'must run on: `-march=x86-64-v2`, `-mcpu=neoverse-n1`'],
])('what is said of %s', (line, said) => {
  const told = checkRepository([{ path: 'Dockerfile', text: `FROM debian\n${line}\n` }], {
    platforms: [parsePlatform('linux/arm64')!],
    inlineIgnore: true,
    today: '2026-11-30',
  }).diagnostics.filter(({ code }) => code === 'dockerfile/cpu-of-builder');
  expect(told.map((one) => Object.values(inWords(one, 'en')).join('\n')).join()).toContain(said);
});

describe('.cargo/config.toml', () => {
  const RUST = 'FROM rust:1\nWORKDIR /src\nCOPY . .\nRUN cargo build --release\n';
  const config = (table: string, flags: string): string => `[${table}]\nrustflags = ${flags}\n`;
  const NATIVE = config('build', '["-C", "target-cpu=native"]');
  const cargo = (
    toml: string,
    Dockerfile = RUST,
    more: Readonly<Record<string, string>> = {},
    path = '.cargo/config.toml',
  ) =>
    checkRepository(
      Object.entries({ Dockerfile, [path]: toml, ...more }).map(([name, text]) => ({ path: name, text })),
      { platforms: [parsePlatform('linux/arm64')!], inlineIgnore: true, today: '2026-11-30' },
    ).diagnostics.flatMap(({ code, args, at }) =>
      code === 'dockerfile/cpu-of-builder' && at.in === 'file' ? [`${at.file}:${at.start.line} ${args['level']}`] : [],
    );

  test.each<[string, readonly string[]]>([
    [NATIVE, ['.cargo/config.toml:2 native']],
    [config('build', '"-Ctarget-cpu=native"'), ['.cargo/config.toml:2 native']],
    [config('build', '["-C", "target-feature=+lse"]'), ['.cargo/config.toml:2 armv8.2']],
    [config('build', '["-C", "target-feature=+avx2"]'), []],
    [config('target.aarch64-unknown-linux-gnu', '["-Ctarget-cpu=neoverse-n1"]'), ['.cargo/config.toml:2 armv8.2']],
    [config('target.\'cfg(target_os = "linux")\'', '["-C", "target-cpu=native"]'), ['.cargo/config.toml:2 native']],
    [config('target.x86_64-unknown-linux-gnu', '["-C", "target-cpu=native"]'), []],
    [config('target.aarch64-apple-darwin', '["-C", "target-cpu=native"]'), []],
    [config('build', '["-C", "target-cpu=x86-64-v3"]'), []],
    [config('profile.release', '["-C", "target-cpu=native"]'), []],
    ['[build\nrustflags = "-C target-cpu=native"', []],
  ])('%j', (toml, found) => {
    expect(cargo(toml)).toEqual(found);
  });

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['flags of its own', RUST.replace('WORKDIR', 'ENV RUSTFLAGS="-D warnings"\nWORKDIR'), {}],
    ['flags that are empty, and count', RUST.replace('RUN cargo', 'ARG RUSTFLAGS=""\nRUN cargo'), {}],
    ['flags of the command', RUST.replace('RUN cargo', 'RUN RUSTFLAGS= cargo'), {}],
    ['it is taken away', RUST.replace('RUN cargo', 'RUN rm -r .cargo && cargo'), {}],
    ['it is not brought', RUST.replace('COPY . .', 'COPY src Cargo.* ./'), {}],
    ['it is ignored', RUST, { '.dockerignore': '.cargo\n' }],
    ['nothing is compiled behind it', RUST.replace(/RUN .*/, 'CMD x'), {}],
  ])('%s: silent', (_name, text, more) => {
    expect(cargo(NATIVE, text, more)).toEqual([]);
  });

  const ALPINE = RUST.replace('rust:1', 'rust:1-alpine');
  const ARM = (env: string): string => config(`target.aarch64-unknown-linux-${env}`, '["-Ctarget-cpu=native"]');
  const to = (triple: string, Dockerfile = RUST): string => Dockerfile.replace('build', `build --target ${triple}`);
  test.each<[string, string, string, number]>([
    ['the host of Alpine is another target', ARM('gnu'), ALPINE, 0],
    ['the host of Alpine', ARM('musl'), ALPINE, 1],
    ['Alpine has a triple of its own', ARM('musl'), RUST.replace('rust:1', 'alpine:3'), 0],
    ['the base does not say its libc', ARM('gnu'), RUST.replace('rust:1', 'example.com/rust'), 0],
    ['the command names another target', ARM('gnu'), to('aarch64-unknown-linux-musl'), 0],
    ['the command names that target', ARM('musl'), to('aarch64-unknown-linux-musl'), 1],
    ['the command names it by the machine', ARM('musl'), to('$(uname -m)-unknown-linux-musl'), 1],
    [
      'the environment names another target',
      ARM('gnu'),
      RUST.replace('COPY', 'ENV CARGO_BUILD_TARGET=aarch64-unknown-linux-musl\nCOPY'),
      0,
    ],
    [
      'a condition that is not met',
      config(`target.'cfg(not(target_os = "linux"))'`, '["-Ctarget-cpu=native"]'),
      RUST,
      0,
    ],
    [
      'a condition that is met',
      config(`target.'cfg(all(unix, not(target_env = "musl")))'`, '["-Ctarget-cpu=native"]'),
      RUST,
      1,
    ],
    [
      'a condition of another CPU',
      config(`target.'cfg(any(windows, target_arch = "x86_64"))'`, '["-Ctarget-cpu=native"]'),
      RUST,
      0,
    ],
    ['a condition that is not known', config(`target.'cfg(foo)'`, '["-Ctarget-cpu=native"]'), RUST, 0],
    [
      'flags of the target take its place',
      `${NATIVE}\n${config('target.aarch64-unknown-linux-gnu', '["-Cforce-frame-pointers"]')}`,
      RUST,
      0,
    ],
    [
      'flags of another target do not',
      `${NATIVE}\n${config('target.x86_64-unknown-linux-gnu', '["-Cforce-frame-pointers"]')}`,
      RUST,
      1,
    ],
    [
      'flags of a target that may be it',
      `${NATIVE}\n${config("target.'cfg(foo)'", '["-Cforce-frame-pointers"]')}`,
      RUST,
      0,
    ],
    ['it compiles for WebAssembly', `${NATIVE}target = "wasm32-unknown-unknown"\n`, RUST, 0],
    ['it compiles for this', `${NATIVE}target = "aarch64-unknown-linux-gnu"\n`, RUST, 1],
    [
      'the command names another than the file',
      `${NATIVE}target = "wasm32-unknown-unknown"\n`,
      to('aarch64-unknown-linux-gnu'),
      1,
    ],
    ['a tool of the builder alone', NATIVE, RUST.replace('build --release', 'install cargo-deny'), 0],
    ['a program of the project is installed', NATIVE, RUST.replace('build --release', 'install --path .'), 1],
    ['it runs elsewhere', NATIVE, RUST.replace('RUN cargo', 'RUN cd /other && cargo'), 0],
    ['it runs below', NATIVE, RUST.replace('RUN cargo', 'RUN cd crates/a && cargo'), 1],
    [
      'where it runs is not seen',
      NATIVE,
      RUST.replace('RUN cargo', 'RUN (cd a && make) && cargo').replace('cd a', 'cd /b'),
      0,
    ],
    ['the folder has another name', NATIVE, RUST.replace('COPY . .', 'COPY .cargo settings'), 0],
    ['the folder alone', NATIVE, RUST.replace('COPY . .', 'COPY .cargo .cargo'), 1],
    ['the file alone', NATIVE, RUST.replace('COPY . .', 'COPY .cargo/config.toml .cargo/'), 1],
  ])('%s', (_name, toml, text, count) => {
    expect(cargo(toml, text)).toHaveLength(count);
  });

  test('of a folder below, cargo reads it where it runs there', () => {
    const path = 'tools/bench/.cargo/config.toml';
    expect(cargo(NATIVE, RUST, {}, path)).toEqual([]);
    expect(cargo(NATIVE, RUST.replace('RUN cargo', 'RUN cd tools/bench && cargo'), {}, path)).toHaveLength(1);
    expect(cargo(NATIVE, RUST.replace('RUN', 'WORKDIR tools/bench\nRUN'), {}, path)).toHaveLength(1);
  });

  test('of a folder, with the Dockerfile there or at the root', () => {
    const path = 'api/.cargo/config.toml';
    expect(cargo(NATIVE, RUST.replace('COPY .', 'COPY api'), {}, path)).toEqual([`${path}:2 native`]);
    expect(cargo(NATIVE, 'FROM scratch\n', { 'api/Dockerfile': RUST }, path)).toEqual([`${path}:2 native`]);
    expect(cargo(NATIVE, 'FROM scratch\n', { 'web/Dockerfile': RUST.replace('COPY .', 'COPY web') }, path)).toEqual([]);
  });
});

describe('architecture-hard-coded, in a flag of the compiler', () => {
  test.each<[string, readonly string[]]>([
    ['RUN gcc -O2 -march=x86-64-v3 -o a a.c', ['2 -march=x86-64-v3']],
    ['RUN gcc-12 -mavx2 a.c', ['2 -mavx2']],
    ['RUN gcc -O2 -mfpu=neon a.c', ['2 -mfpu=neon']],
    ['RUN make CFLAGS="-mfloat-abi=hard -O2"', ['2 -mfloat-abi=hard']],
    ['RUN arm-linux-gnueabihf-gcc -mfpu=neon a.c', []],
    ['RUN if [ "$(uname -m)" = armv7l ]; then gcc -mfpu=neon a.c; fi', []],
    ['RUN make CFLAGS="-O2 -msse4.2"', ['2 -msse4.2']],
    ['RUN CXXFLAGS=-m64 cmake -B build', ['2 -m64']],
    ['RUN cmake -DCMAKE_CXX_FLAGS="-march=haswell" .', ['2 -march=haswell']],
    ['RUN ./configure CFLAGS=-march=skylake', ['2 -march=skylake']],
    ['RUN gcc -mcpu=cortex-a72 a.c', ['2 -mcpu=cortex-a72']],
    ['ENV CFLAGS="-march=armv8.2-a"\nRUN make', ['2 -march=armv8.2-a']],
    ['ENV CFLAGS="-march=x86-64-v3"\nRUN echo', []],
    ['ENV CFLAGS="-mavx2"\nRUN ./configure && make', ['2 -mavx2']],
    // A compiler reads no CFLAGS, and packages may be none of C.
    ['ENV CFLAGS="-mavx2"\nRUN gcc a.c', []],
    ['RUN CFLAGS=-mavx2 gcc a.c', []],
    ['ENV CFLAGS="-mavx2"\nRUN pip install requests && cargo build', []],
    ['RUN CFLAGS=-mavx2 pip install nmslib', ['2 -mavx2']],
    ['RUN export CFLAGS=-mavx2 && ./configure && make', ['2 -mavx2']],
    ['RUN export CFLAGS=-mavx2 && gcc a.c', []],
    ['RUN if grep -q avx2 /proc/cpuinfo; then export CFLAGS=-mavx2; fi && ./configure', []],
    ['ENV RUSTFLAGS="-C target-cpu=x86-64-v3"\nRUN cargo build', []],
    ['RUN gcc -mtune=haswell -march=native a.c', []],
    ['RUN x86_64-linux-gnu-gcc -mavx2 a.c', []],
    ['RUN CC=x86_64-w64-mingw32-gcc make CFLAGS=-mavx2', []],
    ['RUN clang --target=x86_64-linux-gnu -mavx2 a.c', []],
    ['RUN echo -mavx2 && make', []],
    ['RUN if [ "$(uname -m)" = x86_64 ]; then gcc -mavx2 a.c; else gcc a.c; fi', []],
    ['RUN [ "$(uname -m)" != x86_64 ] || gcc -mavx2 a.c', []],
    ['RUN case "$(uname -m)" in x86_64) F=-mavx2 ;; *) F= ;; esac; gcc $F a.c', []],
    ['RUN gcc -mavx2 -o a a.c || gcc -mcpu=cortex-a72 -o a a.c', []],
  ])('%s', (line, found) => {
    expect(told('architecture-hard-coded', 'token', `FROM debian\n${line}\n`)).toEqual(found);
  });

  test.each<[string, readonly string[]]>([
    [`RUN if echo 'int main(){}' | gcc -mavx2 -x c - -o /dev/null; then make SIMD=avx2; else make; fi`, []],
    ['RUN if gcc -mavx2 t.c; then make CFLAGS=-mavx2; else make; fi', []],
    ['RUN if true; then make CFLAGS=-mavx2; fi', ['2 -mavx2']],
    ['RUN ! gcc -mavx2 t.c || make CFLAGS=-mavx2', []],
    ['RUN while ! gcc -mavx2 t.c; do make; done', []],
    ['RUN make CFLAGS=-mavx2 || make', []],
    ['RUN make || exit 1; make CFLAGS=-mavx2', ['2 -mavx2']],
    ['RUN make CFLAGS=-mavx2 && make install || make', []],
    ['RUN gcc -msse4.2 -dM -E - </dev/null | grep -q SSE4 || echo no', []],
    ['RUN has=$(gcc -msse4.2 -dM -E - </dev/null | grep SSE4); make', []],
    ['RUN make CFLAGS=-mavx2 2>&1 | tee log', ['2 -mavx2']],
    ['RUN cmake -DAVX2_FLAGS=-mavx2 .', []],
    ['RUN cmake -DCMAKE_C_FLAGS_RELEASE:STRING=-mavx2 .', ['2 -mavx2']],
    ['RUN cmake -D CMAKE_C_FLAGS=-mavx2 .', ['2 -mavx2']],
    ['RUN make AVX2_CFLAGS=-mavx2', []],
    ['ENV CFLAGS=-mavx2\nRUN make || CFLAGS= make', []],
  ])('that the compiler may refuse: %s', (line, found) => {
    expect(told('architecture-hard-coded', 'token', `FROM debian\n${line}\n`)).toEqual(found);
  });

  test.each<[string, string, readonly string[]]>([
    ['RUN gcc -msse2 a.c', 'linux/386', []],
    ['RUN gcc -march=x86-64-v3 a.c', 'linux/386', []],
    ['ENV CFLAGS="-march=i686 -m32"\nRUN make', 'linux/386', []],
    ['ENV CFLAGS="-march=i686 -m32"\nRUN make', 'linux/arm64', ['2 -march=i686']],
    ['RUN gcc -march=armv6 a.c', 'linux/arm/v6', []],
    ['RUN gcc -march=armv7-a a.c', 'linux/arm/v6', []],
    ['RUN gcc -march=armv6 a.c', 'linux/arm64', ['2 -march=armv6']],
    ['RUN gcc -mcpu=cortex-a53 a.c', 'linux/arm/v7', []],
    ['RUN gcc -march=armv8-a a.c', 'linux/arm/v7', []],
    ['RUN gcc -march=armv8-a a.c', 'linux/s390x', ['2 -march=armv8-a']],
    ['RUN gcc -m64 a.c', 'linux/s390x', []],
    ['RUN gcc -m64 a.c', 'linux/ppc64le', []],
    ['RUN gcc -m64 a.c', 'linux/arm64', ['2 -m64']],
    ['RUN gcc -mavx2 a.c', 'linux/ppc64le', ['2 -mavx2']],
    ['RUN clang -m64 a.c', 'linux/arm64', []],
    ['RUN clang -mavx2 a.c', 'linux/arm64', []],
    ['RUN clang -march=haswell a.c', 'linux/arm64', ['2 -march=haswell']],
    ['RUN apt-get install -y clang-16\nRUN make CFLAGS=-m64', 'linux/arm64', []],
  ])('%s on %s', (line, platform, found) => {
    expect(told('architecture-hard-coded', 'token', `FROM debian\n${line}\n`, [platform])).toEqual(found);
  });

  test.each<[string, string, string]>([
    ['-mavx2', 'ARG TARGETARCH', 'case "$TARGETARCH" in amd64)'],
    ['-march=i686', 'ARG TARGETARCH', 'case "$TARGETARCH" in 386)'],
    ['-mcpu=a64fx', 'ARG TARGETARCH', 'case "$TARGETARCH" in arm64)'],
    ['-march=armv7-a', 'ARG TARGETARCH TARGETVARIANT', 'case "$TARGETARCH$TARGETVARIANT" in armv7)'],
    ['-march=armv6', 'ARG TARGETARCH TARGETVARIANT', 'case "$TARGETARCH$TARGETVARIANT" in armv6)'],
  ])("%s is given to its own CPU by BuildKit's words, and then nothing is told", (flag, declared, branch) => {
    const check = (text: string) =>
      checkRepository([{ path: 'Dockerfile', text }], {
        platforms: ['linux/amd64', 'linux/s390x'].map((one) => parsePlatform(one)!),
        inlineIgnore: true,
        today: '2026-11-30',
      }).diagnostics;
    const text = `${branch} CFLAGS="$CFLAGS ${flag}" ;; esac`;
    const [first] = check(`FROM debian\nRUN gcc ${flag} a.c\n`);
    expect(inWords(first!, 'en').fix).toBe(
      `Declare \`${declared}\` in this stage and give it to that CPU alone: \`${text}\``,
    );
    expect(check(`FROM debian\n${declared}\nRUN ${text}; gcc $CFLAGS a.c\n`).map(({ code }) => code)).toEqual([]);
  });

  test('for the one platform that it is of, and in a stage of the builder, nothing is said', () => {
    expect(told('architecture-hard-coded', 'token', 'FROM debian\nRUN gcc -mavx2 a.c\n', ['linux/amd64'])).toEqual([]);
    const builder =
      'FROM --platform=$BUILDPLATFORM debian AS b\nRUN gcc -mavx2 a.c\nFROM debian\nCOPY --from=b /x /x\n';
    expect(told('architecture-hard-coded', 'token', builder)).toEqual([]);
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
