import { describe, expect, test } from 'vitest';
import { checkRepository } from './check.ts';

/** What a COPY brings for the CPU of the builder. */
const told = (text: string): readonly unknown[] =>
  checkRepository([{ path: 'Dockerfile', text }], { platforms: [], inlineIgnore: true, today: '2026-11-30' })
    .diagnostics.filter(({ code }) => code === 'dockerfile/builder-output-copied')
    .map(({ args }) => args['what']);

describe('builder-output-copied, of programs that a stage has for its own CPU', () => {
  const stage = (base: string, made: string, copied: string): string =>
    `FROM --platform=$BUILDPLATFORM ${base} AS b\n${made}\nFROM debian\nCOPY --from=b ${copied}\nCMD ["/x"]\n`;
  test.each<[string, string, string, readonly string[]]>([
    ['alpine', 'RUN apk add --no-cache tini', '/sbin/tini /sbin/tini', ['os']],
    [
      'debian',
      'RUN apt-get update && apt-get install -y --no-install-recommends curl=8.* jq',
      '/usr/bin/jq /jq',
      ['os'],
    ],
    ['debian', 'RUN apt-get update && apt-get install -y protobuf-compiler', '/usr/bin /usr/bin', ['os']],
    // Certificates, and what is put there by something else.
    ['alpine', 'RUN apk add --no-cache curl ca-certificates', '/etc/ssl/certs /etc/ssl/certs', []],
    ['alpine', 'RUN apk add curl && curl -Lo /usr/bin/jq https://e.com/jq', '/usr/bin/jq /jq', []],
    [
      'alpine',
      'ARG TARGETARCH\nRUN apk add --no-cache jq && wget -O /usr/bin/jq https://e.com/jq-$TARGETARCH',
      '/usr/bin/jq /jq',
      [],
    ],
    // A script, and packages of another CPU.
    ['debian', 'RUN apt-get install -y certbot', '/usr/bin/certbot /certbot', []],
    [
      'debian',
      'RUN dpkg --add-architecture arm64 && apt-get update && apt-get install -y tini:arm64',
      '/usr/bin/tini /tini',
      [],
    ],
    ['alpine', 'RUN apk add --root /out --arch aarch64 --initdb tini', '/out /', []],
    ['alpine', 'RUN if [ "$(uname -m)" = x86_64 ]; then apk add tini; fi', '/sbin/tini /tini', []],
    ['rust:1', 'RUN cargo install --locked just', '/usr/local/cargo/bin/just /bin/', ['rust']],
    ['debian', 'RUN cargo install --root /out just', '/out/bin/just /bin/', ['rust']],
    ['rust:1', 'ARG T\nRUN cargo install --target $T just', '/usr/local/cargo/bin/just /bin/', []],
    [
      'rust:1',
      'ARG T\nRUN cargo install cargo-auditable\nRUN cargo install --path . --target $T',
      '/usr/local/cargo/bin/app /app',
      [],
    ],
    ['golang:1', 'RUN go install github.com/go-delve/delve/cmd/dlv@latest', '/go/bin/dlv /dlv', ['go']],
    ['golang:1', 'RUN go install -tags x github.com/golang-migrate/migrate/v4@v4.1.0', '/go/bin/migrate /m', ['go']],
    ['golang:1', 'ARG TARGETARCH\nRUN GOARCH=$TARGETARCH go install a.com/b/c@v1', '/go/bin/c /c', []],
    ['golang:1', 'ARG TARGETARCH\nRUN go env -w GOARCH=$TARGETARCH\nRUN go build -o /c .', '/c /c', []],
    ['golang:1', 'ARG TARGETARCH\nRUN go env -w GOARCH=$TARGETARCH\nRUN go install a.com/c@v1', '/go/bin/c /c', []],
    ['swift:6', 'WORKDIR /a\nRUN swift build -c release --product app', '/a/.build/release/app /app', ['compiled']],
    ['swift:6', 'WORKDIR /a\nRUN swift build --swift-sdk x86_64-swift-linux-musl', '/a/.build/release/app /app', []],
    ['graalvm', 'RUN native-image -jar a.jar -o /out/app', '/out/app /app', ['compiled']],
    [
      'graalvm',
      'WORKDIR /a\nRUN ./gradlew --no-daemon :api:nativeCompile',
      '/a/build/native/nativeCompile/app /',
      ['compiled'],
    ],
    ['graalvm', 'WORKDIR /a\nRUN ./gradlew build', '/a/build/libs/app.jar /', []],
    ['dotnet', 'RUN dotnet publish -c Release --self-contained -o /o', '/o /o', ['dotnet']],
    ['dotnet', 'RUN dotnet publish -o /o -p:PublishAot=true', '/o /o', ['dotnet']],
    ['dotnet', 'ARG TARGETARCH\nRUN dotnet publish -a $TARGETARCH --self-contained -o /o', '/o /o', []],
    [
      'dotnet',
      'ARG TARGETARCH\nRUN dotnet publish --self-contained -o /o -property:RuntimeIdentifier=linux-$TARGETARCH',
      '/o /o',
      [],
    ],
    ['dotnet', 'RUN dotnet publish --self-contained false -o /o', '/o /o', []],
    ['dotnet', 'RUN dotnet publish -c Release -o /o', '/o /o', []],
  ])('%s: %s, COPY %s', (base, made, copied, found) => {
    expect(told(stage(base, made, copied))).toEqual(found);
  });
});

describe('builder-output-copied, of gems and of what is configured and installed', () => {
  const stage = (base: string, made: string, copied: string): string =>
    `FROM --platform=$BUILDPLATFORM ${base} AS b\nWORKDIR /app\n${made}\nFROM ruby:3.4-slim\nCOPY --from=b ${copied}\nCMD ["/x"]\n`;
  const LOCK =
    'GEM\n  remote: https://rubygems.org/\n  specs:\n    nokogiri (1.18.9)\n      racc (~> 1.4)\n    rack (3.1.8)\n';
  const all = (text: string, lock?: string, gemfile?: string) => {
    const files = [
      { path: 'Dockerfile', text },
      ...(lock === undefined ? [] : [{ path: 'Gemfile.lock', text: lock }]),
      ...(gemfile === undefined ? [] : [{ path: 'Gemfile', text: gemfile }]),
    ];
    const { diagnostics, undecided } = checkRepository(files, {
      platforms: [],
      inlineIgnore: true,
      today: '2026-11-30',
    });
    return [
      ...diagnostics.flatMap(({ code, args }) =>
        code === 'dockerfile/builder-output-copied' ? [`${args['what']} ${args['packages']}`.trim()] : [],
      ),
      ...undecided.flatMap(({ code }) => (code === 'dockerfile/builder-output-unknown' ? ['?'] : [])),
    ];
  };
  const BUNDLE = 'COPY Gemfile* ./\nRUN bundle install --jobs 4';
  const GEMS = '/usr/local/bundle /usr/local/bundle';

  test.each<[string, string, string | undefined, readonly string[]]>([
    ['a lockfile with a native gem', stage('ruby:3.4', BUNDLE, GEMS), LOCK, ['ruby nokogiri']],
    ['a lockfile without one', stage('ruby:3.4', BUNDLE, GEMS), LOCK.replace(/ +nokogiri.*\n.*\n/, ''), []],
    ['no lockfile', stage('ruby:3.4', BUNDLE, GEMS), undefined, ['?']],
    ['a path', stage('debian', 'RUN bundle install --path vendor/bundle', '/app /app'), LOCK, ['ruby nokogiri']],
    [
      'a path that is configured',
      stage('ruby:3.4', 'RUN bundle config set --local path /gems && bundle install', '/gems /gems'),
      LOCK,
      ['ruby nokogiri'],
    ],
    [
      'a deployment',
      stage('ruby:3.4', 'RUN bundle config set deployment true && bundle', '/app /app'),
      LOCK,
      ['ruby nokogiri'],
    ],
    [
      'a path of ENV',
      stage('ruby:3.4', 'ENV BUNDLE_PATH=/gems\nRUN bundle install', '/gems /gems'),
      LOCK,
      ['ruby nokogiri'],
    ],
    ['gems by name', stage('ruby:3.4', 'RUN gem install bcrypt rake', GEMS), undefined, ['ruby bcrypt']],
    ['a gem of Ruby alone', stage('ruby:3.4', 'RUN gem install rake asciidoctor', GEMS), undefined, []],
    ['assets that they make', stage('ruby:3.4', `${BUNDLE} && rake assets`, '/app/public /app/public'), LOCK, []],
    ['installed anew', `${stage('ruby:3.4', BUNDLE, '/app/public /public')}`, LOCK, []],
  ])('gems: %s', (_name, text, lock, found) => {
    expect(all(text, lock)).toEqual(found);
  });

  const RAILS = `${LOCK}    debug (1.11.0)\n    bootsnap (1.18.6)\n      msgpack (~> 1.2)\n    msgpack (1.8.0)\n    loofah (2.24.1)\n      nokogiri (>= 1.12.0)\n\nDEPENDENCIES\n  debug\n  loofah\n`;
  const GEMFILE =
    "source 'https://rubygems.org'\ngem 'loofah'\ngem \"bootsnap\", require: false, group: :development\ngroup :test do\n  gem 'debug'\nend\n";
  const DEBUG = LOCK.replace(/nokogiri.*\n.*\n/, 'debug (1.11.0)\n');
  const within = (install: string) => stage('ruby:3.4', `COPY Gemfile* ./\n${install}`, GEMS);
  const SET = within("RUN bundle config set --local without 'development test' && bundle install");
  test.each<[string, string, string, string | undefined, readonly string[]]>([
    ['are not seen without a Gemfile', SET, RAILS, undefined, ['?']],
    ['are not those of the Gemfile itself, and what they need', SET, RAILS, GEMFILE, ['ruby nokogiri']],
    ['may have the only native gem', SET, DEBUG, GEMFILE, ['?']],
    ['of ENV', within('ENV BUNDLE_WITHOUT=development:test\nRUN bundle install'), DEBUG, undefined, ['?']],
    ['of the command', within('RUN BUNDLE_WITHOUT=test bundle install'), DEBUG, undefined, ['?']],
    ['of a flag', within('RUN bundle install --without test'), DEBUG, undefined, ['?']],
    ['of `default`', within('RUN bundle config set only ci && bundle install'), RAILS, GEMFILE, ['?']],
    ['without a native gem anywhere', SET, LOCK.replace(/ +nokogiri.*\n.*\n/, ''), undefined, []],
    ['are none of', within('RUN bundle install'), DEBUG, undefined, ['ruby debug']],
  ])('groups that are left out %s', (_name, text, lock, gemfile, found) => {
    expect(all(text, lock, gemfile)).toEqual(found);
  });

  const configure = 'RUN ./configure --prefix=/opt/x && make -j4 && make install';
  test.each<[string, string, string, readonly string[]]>([
    ['configure', configure, '/opt/x /opt/x', ['?']],
    ['its libraries', configure, '/opt/x/lib /opt/x/lib', ['compiled']],
    ['all of it, and its programs', configure, '/opt/x/bin /opt/x /opt/', ['compiled', '?']],
    [
      'headers alone',
      'RUN cmake -B b -DCMAKE_INSTALL_PREFIX=/opt/eigen . && cmake --install b',
      '/opt/eigen /opt/eigen',
      ['?'],
    ],
    ['a program of it', configure, '/opt/x/bin/x /usr/bin/x', ['compiled']],
    [
      'in a root',
      'RUN ./configure --prefix=/usr && make && make install DESTDIR=/out',
      '/out/usr/sbin /sbin',
      ['compiled'],
    ],
    [
      'cmake',
      'RUN cmake -B b -DCMAKE_INSTALL_PREFIX=/out . && cmake --build b && cmake --install b',
      '/out/bin/ /bin/',
      ['compiled'],
    ],
    [
      'cmake, by its target',
      'RUN cmake -B b -DCMAKE_INSTALL_PREFIX=/out && cmake --build b --target install',
      '/out/lib /lib',
      ['compiled'],
    ],
    ['what it shares', configure, '/opt/x/share /usr/share', []],
    ['settings of other builds beside its libraries', configure, '/opt/x/lib/pkgconfig /usr/lib/pkgconfig', []],
    ['those of cmake', configure, '/opt/x/lib/cmake/x /usr/lib/cmake/x', []],
    ['a script of it', configure, '/opt/x/bin/x-config /opt/x/bin/x.sh /usr/bin/', []],
    ['a library of it', configure, '/opt/x/lib/libx.so /usr/lib/', ['compiled']],
    ['for another CPU', configure.replace('make -j4', 'make CC=aarch64-linux-gnu-gcc'), '/opt/x /opt/x', []],
    [
      'for the CPU that is asked for',
      `ARG TARGETARCH\n${configure.replace('--prefix', '--host=$(cross $TARGETARCH) --prefix')}`,
      '/opt/x /opt/x',
      [],
    ],
    ['where others stand too', configure.replace('/opt/x', '/usr/local'), '/usr/local/bin/x /bin/', []],
    ['not installed', 'RUN ./configure --prefix=/opt/x && make docs', '/opt/x /opt/x', []],
  ])('compiled: %s', (_name, made, copied, found) => {
    expect(all(stage('debian', made, copied))).toEqual(found);
  });
});
