import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../core/index.ts';
import { testImage, testIndex, testTar } from '../../../testing/index.ts';
import type { BuildRequest } from '../../types.ts';
import {
  amd64,
  arm64,
  baseImage,
  build,
  engineIn,
  files,
  filesIn,
  refusal,
  request,
  rootfs,
  workspace,
} from './test-workspace.ts';

test('FROM scratch, COPY and ENV become one index of two images that share their layer', async () => {
  const directory = await workspace({
    Dockerfile: 'FROM scratch\nCOPY hello.txt /\nENV PORT=3000 NAME="a b"\nCMD ["/app"]\n',
    'hello.txt': 'hello\n',
  });
  const { tree, result } = await build(directory);
  expect(tree.form).toBe('index');
  expect(tree.problems).toEqual([]);
  expect(result.images).toHaveLength(2);
  expect(tree.images.map(({ entryPlatform }) => entryPlatform?.architecture)).toEqual(['amd64', 'arm64']);
  const [one, other] = tree.images;
  expect(one!.manifest.layers).toEqual(other!.manifest.layers);
  expect(one!.manifest.layers).toHaveLength(1);
  expect(one!.config.config).toEqual({
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'PORT=3000', 'NAME=a b'],
    Cmd: ['/app'],
    WorkingDir: '/',
  });
  expect(one!.config.created).toBe('2023-11-14T22:13:20Z');
  expect(one!.config.history?.map(({ created_by, empty_layer }) => [created_by, empty_layer])).toEqual([
    ['COPY hello.txt / # rightarch', undefined],
    ['ENV PORT=3000 NAME=a b', true],
    ['CMD ["/app"]', true],
  ]);
});

test('one platform is a manifest alone, with labels, annotations and what the base had', async () => {
  const directory = await workspace({ Dockerfile: 'FROM base\nLABEL own=1\nCOPY Dockerfile /tmp/\n' });
  const { tree, config, result } = await build(directory, {
    platforms: [{ platform: arm64, because: { kind: 'host' } }],
    labels: { given: '2' },
    annotations: { note: 'n', 'index:other': 'o' },
  });
  expect(tree.form).toBe('manifest');
  expect(result.root.digest).toBe(tree.images[0]!.descriptor.digest);
  expect(config.architecture).toBe('arm64');
  expect(config.config?.Labels).toEqual({ from: 'base', given: '2', own: '1' });
  expect(tree.images[0]!.manifest.annotations).toEqual({ note: 'n' });
  expect(config.rootfs?.diff_ids).toHaveLength(2);
});

describe('COPY', () => {
  test('follows links of the base and keeps the modes of its directories', async () => {
    const directory = await workspace({
      Dockerfile: 'FROM base\nCOPY bin/ /bin/\nCOPY x /tmp/x\n',
      'bin/tool': '',
      x: '',
    });
    expect(await filesIn(directory)).toEqual(['644 0:0 /tmp/x', '644 0:0 /usr/bin/tool']);
    const tree = await engineIn(directory, { 'base:latest': baseImage() }).readTree(request(directory), amd64);
    expect(tree.resolve('/bin', { followLast: false })).toMatchObject({ node: { entry: { type: 'symlink' } } });
    expect(tree.resolve('/tmp')).toMatchObject({ node: { entry: { mode: 0o1777 } } });
    expect(tree.resolve('/bin/sh').found).toBe(true);
  });

  test('of a directory onto a link is refused with its line, as BuildKit does', async () => {
    const found = await refusal(files({ Dockerfile: 'FROM base\n\nCOPY rootfs/ /\n', 'rootfs/bin/tool': '' }));
    expect(found).toMatchObject({
      code: 'engine/copy-conflict',
      args: { path: '/bin', found: 'symlink', wanted: 'directory' },
      at: { start: { line: 3 } },
    });
  });

  const tree = { 'src/a.txt': '', 'src/b.md': '', 'src/deep/c.txt': '', 'one.txt': '', 'two.txt': '' };
  test.each<[string, string, string[]]>([
    ['a file to a name', 'COPY one.txt /app/name', ['755 0:0 /app/', '644 0:0 /app/name']],
    ['a file to a directory', 'COPY one.txt /app/', ['755 0:0 /app/', '644 0:0 /app/one.txt']],
    ['a file to a directory that is there', 'COPY one.txt /tmp', ['644 0:0 /tmp/one.txt']],
    ['several files', 'COPY one.txt two.txt /app/', ['755 0:0 /app/', '644 0:0 /app/one.txt', '644 0:0 /app/two.txt']],
    ['a pattern', 'COPY *.txt /app/', ['755 0:0 /app/', '644 0:0 /app/one.txt', '644 0:0 /app/two.txt']],
    ['a pattern that fits nothing', 'COPY one.txt none* /app/', ['755 0:0 /app/', '644 0:0 /app/one.txt']],
    ['what is in a directory', 'COPY src/deep /app', ['755 0:0 /app/', '644 0:0 /app/c.txt']],
    ['relative to WORKDIR', 'WORKDIR /w\nCOPY one.txt .', ['755 0:0 /w/', '644 0:0 /w/one.txt']],
    ['numbers for an owner', 'COPY --chown=5 one.txt /o/', ['755 5:5 /o/', '644 5:5 /o/one.txt']],
    ['names for an owner', 'COPY --chown=node one.txt /o/', ['755 1000:1001 /o/', '644 1000:1001 /o/one.txt']],
    ['a group by name', 'COPY --chown=node:staff one.txt /o', ['644 1000:50 /o']],
    ['a mode', 'COPY --chmod=750 src/deep /o', ['750 0:0 /o/', '750 0:0 /o/c.txt']],
    ['without what is excluded', 'COPY --exclude=*.md --exclude=deep src /o', ['755 0:0 /o/', '644 0:0 /o/a.txt']],
    [
      'with parents',
      'COPY --parents src/deep/c.txt /o/',
      ['755 0:0 /o/', '755 0:0 /o/src/', '755 0:0 /o/src/deep/', '644 0:0 /o/src/deep/c.txt'],
    ],
    [
      'with parents behind a pivot',
      'COPY --parents src/./**/*.txt /o/',
      ['755 0:0 /o/', '644 0:0 /o/a.txt', '755 0:0 /o/deep/', '644 0:0 /o/deep/c.txt'],
    ],
    ['a heredoc', 'ENV N=7\nCOPY <<EOF /o/x\nn is $N\nEOF', ['755 0:0 /o/', '644 0:0 /o/x']],
    ['from a stage', 'COPY --from=other /made /o/', ['755 0:0 /o/', '644 1000:1001 /o/f']],
    ['from an image', 'COPY --from=base:latest /etc/passwd /o', ['644 0:0 /o']],
    [
      'an owner by the accounts that an instruction before brought',
      'COPY <<EOF /etc/passwd\nnode:x:7:8::/:/bin/sh\nEOF\nCOPY --chown=node one.txt /o',
      ['644 7:8 /o'],
    ],
    ['a way out of the image that ends at its top', 'COPY one.txt /../../o', ['644 0:0 /o']],
    ['through a WORKDIR that is a link', 'WORKDIR /bin\nCOPY one.txt x', ['644 0:0 /usr/bin/x']],
    [
      'names that differ in case',
      'COPY one.txt /o/A\nCOPY two.txt /o/a',
      ['755 0:0 /o/', '644 0:0 /o/A', '644 0:0 /o/a'],
    ],
    ['a file over a link', 'COPY one.txt /bin', ['644 0:0 /usr/bin/one.txt']],
    ['from nothing', 'COPY --from=scratch . /o', ['755 0:0 /o/']],
  ])('%s', async (_name, lines, expected) => {
    const other = 'FROM base AS other\nCOPY --chown=node one.txt /made/f\n';
    expect(await files({ ...tree, Dockerfile: `${other}FROM base\n${lines}\n` })).toEqual(expected);
  });

  test.each<[string, string, string]>([
    ['a source that is not there', 'COPY nothing /x', 'context/source-missing'],
    ['a pattern in a directory that is not there', 'COPY nothing/* /x/', 'context/source-missing'],
    ['a number of no stage', 'COPY --from=7 /x /x', 'dockerfile/stage-index'],
    ['several sources for one name', 'COPY one.txt two.txt /x', 'engine/needs-directory'],
    ['a file over a directory', 'COPY one.txt /etc/\nCOPY src /etc/one.txt', 'engine/copy-conflict'],
    ['an owner that is not there', 'COPY --chown=nobody one.txt /x', 'engine/user-unknown'],
    ['a path through a file', 'COPY one.txt /etc/passwd/x', 'engine/path-blocked'],
    ['--link over a link', 'COPY --link one.txt /bin/x', 'plan/link-over-link'],
    ['a name of a deletion', 'COPY one.txt /.wh.etc', 'engine/whiteout-name'],
    ['a mode in words', 'COPY --chmod=u+x one.txt /x', 'plan/not-embedded'],
    ['ADD of an address', 'ADD https://example.com/x /x', 'plan/not-embedded'],
    ['ADD of a repository', 'ADD git@example.com:x/y.git /x', 'plan/not-embedded'],
    ['ADD of an xz archive', 'ADD a.xz /x', 'plan/not-embedded'],
    ['a RUN that is not known', 'RUN apt-get update', 'run/'],
    ['a bind mount', 'RUN --mount=type=bind,target=/x true', 'plan/not-embedded'],
  ])('%s is refused at its line', async (_name, line, code) => {
    const xz = Uint8Array.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0]);
    const directory = await workspace({ ...tree, Dockerfile: `FROM base\n${line}\n`, 'a.xz': xz });
    const found = await refusal(build(directory));
    expect(found.code.startsWith(code)).toBe(true);
    expect(found.at).toMatchObject({ in: 'file', start: { line: code === 'engine/copy-conflict' ? 3 : 2 } });
  });

  test('leaves out what .dockerignore names, and says so when it is asked for', async () => {
    const context = { '.dockerignore': 'src\n!src/a.txt\n*.md\n', ...tree };
    expect(await files({ ...context, Dockerfile: 'FROM base\nCOPY src /o\n' })).toEqual([
      '755 0:0 /o/',
      '644 0:0 /o/a.txt',
    ]);
    const found = await refusal(files({ ...context, Dockerfile: 'FROM base\nCOPY src/deep /o\n' }));
    expect(found).toMatchObject({ code: 'context/source-missing', args: { ignored: true } });
  });

  test('keeps links of the context and never follows them out of it', async () => {
    const directory = await workspace({ Dockerfile: 'FROM base\nCOPY d /o\n', 'd/x': '' });
    await symlink('/etc/passwd', join(directory, 'context/d/out'));
    await symlink('../../..', join(directory, 'context/d/up'));
    expect(await filesIn(directory)).toEqual(
      ['755 0:0 /o/', '777 0:0 /o/out -> /etc/passwd', '644 0:0 /o/x', '777 0:0 /o/up -> ../../..'].sort((a, b) =>
        a.split('/o/')[1]! < b.split('/o/')[1]! ? -1 : 1,
      ),
    );
    await writeFile(join(directory, 'context/Dockerfile'), 'FROM base\nCOPY d/out /o\n');
    expect(await refusal(filesIn(directory))).toMatchObject({ code: 'context/source-missing' });
  });
});

describe('a token in .npmrc', () => {
  const npmrc = '//r.example/:_authToken=abc\n';
  test.each<[string, string, string | undefined]>([
    ['no RUN at all', 'FROM base\nCOPY . /app/\n', '/app/.npmrc'],
    ['under another directory', 'FROM base\nCOPY sub /app/\n', '/app/x/.npmrc'],
    ['ADD, and a name that it gets there', 'FROM base\nADD token /root/.npmrc\n', '/root/.npmrc'],
    ['COPY --link', 'FROM base\nCOPY --link .npmrc /\n', '/.npmrc'],
    ['in a stage below the image', 'FROM base AS one\nCOPY .npmrc /\nFROM one\n', '/.npmrc'],
    ['from a stage', 'FROM base AS one\nCOPY .npmrc /\nFROM base\nCOPY --from=one /.npmrc /\n', '/.npmrc'],
    [
      'left in a stage that others copy from',
      'FROM base AS one\nCOPY . /a/\nFROM base\nCOPY --from=one /a/f /\n',
      undefined,
    ],
    ['a variable', 'FROM base\nCOPY variable /root/.npmrc\n', undefined],
  ])('%s', async (_, dockerfile, file) => {
    const directory = await workspace({
      Dockerfile: dockerfile,
      '.npmrc': npmrc,
      token: npmrc,
      'sub/x/.npmrc': npmrc,
      variable: '//r.example/:_authToken=${NPM_TOKEN}\n',
      f: '',
    });
    const found = await build(directory).then(
      () => undefined,
      (error: Failure) => error.diagnostic,
    );
    expect(found).toEqual(
      file === undefined
        ? undefined
        : expect.objectContaining({
            code: 'npm/token-in-layer',
            args: expect.objectContaining({ file, key: '//r.example/:_authToken' }),
          }),
    );
  });
});

test('ADD takes archives apart, with their owners, links and modes, through links of the base', async () => {
  const archive = testTar([
    { path: 'bin/', mode: 0o755 },
    { path: 'bin/tool', content: 'x', mode: 0o4755, uid: 7, gid: 8 },
    { path: 'bin/same', type: 'hardlink', link: 'bin/tool', mode: 0o4755, uid: 7, gid: 8 },
    { path: 'opt/deep/x', content: '', mode: 0o600 },
  ]);
  const contents = { 'a.tar': archive, 'plain.tar': 'no archive' };
  expect(await files({ ...contents, Dockerfile: 'FROM scratch\nADD a.tar plain.tar /\n' })).toEqual([
    '4755 7:8 /bin/same',
    '4755 7:8 /bin/tool',
    '755 0:0 /opt/',
    '755 0:0 /opt/deep/',
    '600 0:0 /opt/deep/x',
    '644 0:0 /plain.tar',
  ]);
});

describe('config', () => {
  test('CMD of the base goes when ENTRYPOINT is set, and stays when it is not', async () => {
    const one = await build(await workspace({ Dockerfile: 'FROM base\nENTRYPOINT ["/e"]\n' }));
    expect(one.config.config).toMatchObject({ Entrypoint: ['/e'] });
    expect(one.config.config?.Cmd).toBeUndefined();
    const two = await build(await workspace({ Dockerfile: 'FROM base\nCMD ["c"]\nENTRYPOINT /e "$X"\n' }));
    expect(two.config.config).toMatchObject({ Entrypoint: ['/bin/sh', '-c', '/e "$X"'], Cmd: ['c'] });
  });

  test('every kind of metadata, and ARG only in the history', async () => {
    const dockerfile = [
      'ARG TAG=latest',
      'FROM base:$TAG AS one',
      'ARG TARGETARCH',
      'ARG A=1',
      'ARG HTTP_PROXY',
      'ENV B=${A}b KEPT=mine',
      'ENV A=env',
      'LABEL x.y="a b" $B=c',
      'EXPOSE 80 8000-8001/UDP',
      'VOLUME ["/data", "/more"]',
      'WORKDIR srv/$TARGETARCH',
      'WORKDIR sub',
      'USER node',
      'STOPSIGNAL SIGINT',
      'SHELL ["/bin/bash", "-c"]',
      'HEALTHCHECK --interval=1m30s --retries=2 CMD curl -f localhost',
      'ONBUILD RUN echo later',
      'CMD echo $A',
    ];
    const directory = await workspace({ Dockerfile: `${dockerfile.join('\n')}\n` });
    const { config } = await build(directory, { args: { A: '2', HTTP_PROXY: 'http://secret@proxy' } });
    expect(config.config).toEqual({
      User: 'node',
      ExposedPorts: { '80/tcp': {}, '8000/udp': {}, '8001/udp': {} },
      Env: ['PATH=/usr/bin', 'KEPT=mine', 'B=2b', 'A=env'],
      Cmd: ['/bin/bash', '-c', 'echo $A'],
      Volumes: { '/data': {}, '/more': {} },
      WorkingDir: '/srv/amd64/sub',
      Labels: { '2b': 'c', from: 'base', 'x.y': 'a b' },
      StopSignal: 'SIGINT',
      Healthcheck: { Test: ['CMD-SHELL', 'curl -f localhost'], Interval: 90e9, Retries: 2 },
      OnBuild: ['RUN echo later'],
      Shell: ['/bin/bash', '-c'],
    });
    expect(config.history?.map(({ created_by }) => created_by)).toContain('ARG A=2');
    expect(JSON.stringify(config)).not.toContain('secret');
  });

  test('WORKDIR is made by the current user, with its parents; one that is there makes no layer', async () => {
    const dockerfile = 'FROM base\nWORKDIR /tmp\nUSER node\nWORKDIR /a/b\n';
    const directory = await workspace({ Dockerfile: dockerfile });
    expect(await filesIn(directory)).toEqual(['755 1000:1001 /a/', '755 1000:1001 /a/b/']);
    const { config } = await build(directory);
    expect(config.history?.filter(({ created_by }) => created_by?.startsWith('WORKDIR'))).toMatchObject([
      { empty_layer: true },
      { created_by: 'WORKDIR /a/b' },
    ]);
  });

  test('triggers of the base run once, in front of everything', async () => {
    const bases = { 'base:latest': baseImage({ config: { OnBuild: ['COPY x /from-trigger', 'ENV T=1'] } }) };
    const directory = await workspace({ Dockerfile: 'FROM base\nENV T=${T}2\n', x: '' });
    expect(await filesIn(directory, bases)).toEqual(['644 0:0 /from-trigger']);
    const { config } = await build(directory, {}, bases);
    expect(config.config).toMatchObject({
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'T=12'],
    });
    expect(config.config?.OnBuild).toBeUndefined();
  });
});

describe('platforms', () => {
  test('a base that lacks one is refused with what it has', async () => {
    const bases = { 'base:latest': testImage({ platform: 'linux/amd64', files: rootfs }) };
    const found = await refusal(build(await workspace({ Dockerfile: 'FROM base\n' }), {}, bases));
    expect(found).toMatchObject({
      code: 'plan/base-platform-missing',
      args: { reference: 'base', platform: 'linux/arm64', has: ['linux/amd64'] },
    });
  });

  test('a base whose index lies is refused', async () => {
    const lie = { platform: 'linux/amd64', entryPlatform: 'linux/arm64', files: rootfs };
    const bases = { 'base:latest': testIndex({ images: [{ platform: 'linux/amd64', files: rootfs }, lie] }) };
    const found = await refusal(build(await workspace({ Dockerfile: 'FROM base\n' }), {}, bases));
    expect(found).toMatchObject({ code: 'plan/base-mislabeled', args: { listed: 'linux/arm64' } });
  });

  test('a build stage on $BUILDPLATFORM is of that platform and knows the target', async () => {
    const dockerfile =
      'FROM --platform=$BUILDPLATFORM base AS b\nARG TARGETARCH\nWORKDIR /$TARGETARCH\nFROM base\nCOPY --from=b /arm64 /o\n';
    const directory = await workspace({ Dockerfile: dockerfile });
    const only = { platforms: [{ platform: arm64, because: { kind: 'flag' } as const }] };
    const { plan } = await build(directory, only);
    expect(plan.bases).toMatchObject([
      {
        reference: 'base',
        manifests: [{ platform: { architecture: 'amd64' } }, { platform: { architecture: 'arm64' } }],
      },
    ]);
  });

  test('a stage that is the same for every target is built once, one that knows its target for each', async () => {
    const dockerfile = [
      'FROM --platform=$BUILDPLATFORM base AS shared',
      'COPY x /made/',
      'FROM --platform=$BUILDPLATFORM shared AS apart',
      'ARG TARGETARCH',
      'WORKDIR /$TARGETARCH',
      'FROM base',
      'COPY --from=apart /made /',
    ];
    const { events } = await build(await workspace({ Dockerfile: dockerfile.join('\n'), x: '' }));
    const done = events.flatMap((event) =>
      event.kind === 'step' && event.state === 'done' ? [`${event.step.stage} ${event.platform.architecture}`] : [],
    );
    expect(done.sort()).toEqual(['0 amd64', '1 amd64', '1 amd64', '2 amd64', '2 arm64']);
  });

  test('a last stage that is fixed to another platform is refused', async () => {
    const found = await refusal(build(await workspace({ Dockerfile: 'FROM --platform=linux/amd64 base\n' })));
    expect(found).toMatchObject({ code: 'plan/target-fixed', args: { asked: 'linux/arm64', fixed: 'linux/amd64' } });
  });

  test('--locked refuses a base that moved, and one that is not in the plan', async () => {
    const directory = await workspace({ Dockerfile: 'FROM base\n' });
    const before = await engineIn(directory, { 'base:latest': baseImage() }).plan(request(directory));
    const moved = { 'base:latest': baseImage({ config: { Cmd: ['other'] } }) };
    const locked = engineIn(directory, moved, { locked: before.bases });
    expect(await refusal(locked.plan(request(directory)))).toMatchObject({ code: 'plan/base-moved' });
    const empty = engineIn(directory, moved, { locked: [] });
    expect(await refusal(empty.plan(request(directory)))).toMatchObject({ code: 'plan/base-unlocked' });
  });
});

describe('the plan', () => {
  test('is the same bytes twice, and says how each instruction is done', async () => {
    const dockerfile =
      'FROM base AS unused\nRUN apt-get update\nFROM base\nCOPY x /\nRUN mkdir /d\nRUN apt-get update\nENV A=1\n';
    const directory = await workspace({ Dockerfile: dockerfile, x: '' });
    const engine = engineIn(directory, { 'base:latest': baseImage() });
    const plan = await engine.plan(request(directory));
    expect(JSON.stringify(plan)).toBe(JSON.stringify(await engine.plan(request(directory))));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan.platforms.map(({ platform, how }) => [platform, how])).toEqual([
      ['linux/amd64', 'native'],
      ['linux/arm64', 'cross'],
    ]);
    expect(plan.platforms[0]!.steps.map(({ line, how }) => [line, how])).toEqual([
      [3, 'base'],
      [4, 'copy'],
      [5, 'simulate'],
      [6, 'refused'],
      [7, 'metadata'],
    ]);
    expect(plan.diagnostics).toHaveLength(1);
    expect(await refusal(engine.build(request(directory), plan, { directory: join(directory, 'out') }))).toEqual(
      plan.diagnostics[0],
    );
    expect(await readdir(directory)).toEqual(['context']);
  });

  test('shows the line for Docker without the password of a proxy', async () => {
    const directory = await workspace({ Dockerfile: 'FROM base\nADD https://example.com/x /x\n' });
    const args = { A: '1', HTTPS_PROXY: 'http://me:secret@proxy' };
    const plan = await engineIn(directory, { 'base:latest': baseImage() }).plan(request(directory, { args }));
    expect(JSON.stringify(plan)).toContain('--build-arg A=1 --build-arg HTTPS_PROXY ');
    expect(JSON.stringify(plan)).not.toContain('secret');
  });

  // `RUN --network=default` is the build's, as in BuildKit 0.13 (docker buildx build --network none, 2026-11-29).
  test.each<[string, string, Partial<BuildRequest>, readonly string[]]>([
    ['no network', 'RUN npm ci', { network: 'none' }, ['plan/not-embedded']],
    ['no network, by default', 'RUN --network=default npm ci', { network: 'none' }, ['plan/not-embedded']],
    ['no network, and its own', 'RUN --network=host npm ci', { network: 'none' }, []],
    ['the network of the host', 'RUN npm ci', { network: 'host' }, []],
    [
      'a host by name',
      'RUN npm ci',
      { dockerFlags: [['add-host', 'registry.npmjs.org:10.0.0.1']] },
      ['plan/not-embedded'],
    ],
  ])('an install with %s', async (_name, line, more, codes) => {
    const directory = await workspace({ Dockerfile: `FROM base\n${line}\n` });
    const plan = await engineIn(directory, { 'base:latest': baseImage() }).plan(request(directory, more));
    expect(plan.diagnostics.map(({ code }) => code)).toEqual(codes);
  });

  test('file work asks neither for a network nor for a host', async () => {
    const directory = await workspace({ Dockerfile: 'FROM base\nRUN mkdir /x\n' });
    const more = { network: 'none', dockerFlags: [['add-host', 'a:1.2.3.4']] } as const;
    const plan = await engineIn(directory, { 'base:latest': baseImage() }).plan(request(directory, more));
    expect(plan.diagnostics).toMatchObject([{ code: 'plan/flag-unused', args: { flags: ['--add-host a:1.2.3.4'] } }]);
  });

  test.each<[string, string]>([
    ['COPY --from', 'FROM scratch AS build\nFROM scratch\nCOPY --from=buld /x /x\n'],
    ['FROM', 'FROM scratch AS build\nFROM buld\n'],
  ])('a misspelled stage in %s is no unreachable registry', async (_name, dockerfile) => {
    const found = await refusal(build(await workspace({ Dockerfile: dockerfile })));
    expect(found).toMatchObject({
      code: 'dockerfile/stage-unknown',
      args: { name: 'buld', nearest: 'build', stages: ['build'] },
      causes: [{ code: expect.stringMatching(/^(?:registry|image)\//) }],
    });
  });

  test.each<[string, string, Partial<BuildRequest>, string]>([
    ['no FROM', 'ARG A=1\n', {}, 'dockerfile/no-stage'],
    ['a stage that is not there', 'FROM scratch\n', { stage: 'tset' }, 'dockerfile/stage-unknown'],
    ['a platform that is none', 'FROM --platform=$NOPE base\n', {}, 'dockerfile/platform-invalid'],
    ['a required variable', 'FROM ${A:?give}\n', {}, 'dockerfile/expansion-failed'],
    ['no platform', 'FROM scratch\n', { platforms: [] }, 'plan/no-platform'],
    ['no Dockerfile', 'FROM scratch\n', { dockerfile: '/nowhere/Dockerfile' }, 'plan/dockerfile-unreadable'],
    ['an image name that is none', 'FROM Base:x\n', {}, 'platform/reference-malformed'],
    ['a stage from itself', 'FROM scratch\nCOPY --from=0 /x /x\n', {}, 'dockerfile/stage-cycle'],
    ['a directory for a base', 'FROM given\n', { contexts: { given: '/tmp' } }, 'plan/not-embedded'],
    ['a port that is none', 'FROM scratch\nEXPOSE 99999\n', {}, 'engine/value-invalid'],
  ])('%s is one diagnostic', async (_name, dockerfile, more, code) => {
    const directory = await workspace({ Dockerfile: dockerfile });
    const found = await refusal(build(directory, more));
    expect(found.code).toBe(code);
  });
});
