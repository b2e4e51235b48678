import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../../../core/index.ts';
import type { BuildRequest, RunProgram } from '../../types.ts';
import { carryOut, Steps } from './carry-out.ts';
import { createBuildahEngine } from './engine.ts';
import { findBuildah, parseInfo, parseVersion } from './tool.ts';
import { onImages, removeUnfinished } from './unfinished.ts';

// What buildah 1.28 and podman 4.3 say, 2026-11-30; podman's server by its source (libpod/define/version.go).
const BUILDAH =
  '{\n    "host": {\n        "CgroupVersion": "v1",\n        "arch": "amd64",\n        "os": "linux"\n    }\n}\n';
const CLIENT =
  '"Client":{"APIVersion":"4.3.1","Version":"4.3.1","GoVersion":"go1.19.8","Built":0,"OsArch":"linux/amd64","Os":"linux"}';
const PODMAN = `{${CLIENT}}\n`;
const ON_A_MAC = `{${CLIENT.replaceAll('linux', 'darwin')},"Server":{"Version":"5.2.0","OsArch":"linux/arm64"}}\n`;

test('the CPU is that of the machine that builds', () => {
  expect(parseInfo(BUILDAH)).toEqual(parsePlatform('linux/amd64'));
  expect(parseVersion(PODMAN)).toEqual({
    version: '4.3.1',
    platform: parsePlatform('linux/amd64'),
    isRemote: false,
  });
  expect(parseVersion(ON_A_MAC)).toEqual({
    version: '5.2.0',
    platform: parsePlatform('linux/arm64'),
    isRemote: true,
  });
});

test.each(['', '{}', 'host: {}\n', `{${CLIENT.replaceAll('linux', 'darwin')}}`])('knows nothing from %j', (text) => {
  expect(parseInfo(text)).toBeUndefined();
  expect(parseVersion(text)).toBeUndefined();
});

describe('findBuildah', () => {
  const machine =
    (programs: Readonly<Record<string, string>>): RunProgram =>
    async (command, words) => {
      const out = programs[`${command} ${words.join(' ')}`];
      return { status: out === undefined ? undefined : 0, out: out ?? '', err: '' };
    };

  test('takes buildah, else podman, else nobody', async () => {
    const buildah = { 'buildah info': BUILDAH, 'buildah --version': 'buildah version 1.33.7 (image-spec 1.1)\n' };
    const podman = { 'podman version --format json': PODMAN };
    expect(await findBuildah(machine({ ...podman, ...buildah }))).toMatchObject({
      command: 'buildah',
      version: '1.33.7',
    });
    expect(await findBuildah(machine(podman))).toMatchObject({ command: 'podman', version: '4.3.1' });
    expect(await findBuildah(machine({ 'podman version --format json': 'Cannot connect to Podman' }))).toBeUndefined();
    expect(await findBuildah(machine({}))).toBeUndefined();
  });
});

describe('Steps', () => {
  test('tells steps as they come, in whatever pieces, and keeps what the last one said', () => {
    const text =
      '[1/2] STEP 1/2: FROM a\n[1/2] STEP 2/2: RUN echo STEP 9/9: no\nhello\n[2/2] STEP 1/1: FROM b\nlast\nError: x\n';
    for (const size of [1, 7, text.length]) {
      const told: string[] = [];
      const steps = new Steps(({ stage, step }) => told.push(`${stage} ${step}`));
      for (let at = 0; at < text.length; at += size) steps.write(text.slice(at, at + size));
      expect(told).toEqual(['1 1', '1 2', '2 1']);
      expect(steps.lines).toEqual(['last', 'Error: x']);
    }
  });

  test('holds no more than a few lines', () => {
    const steps = new Steps(() => {});
    steps.write('a line\n'.repeat(10_000));
    expect(steps.lines.length).toBeLessThan(100);
  });
});

test('a step of several lines that fails is told by what it says, and where it ended', async () => {
  // podman 4.3, 2026-11-30.
  const said =
    'STEP 1/2: FROM a\nSTEP 2/2: RUN ["/bin/sh","-c","a\\nb\\n"]\nwhat it says\nsubprocess exited with status 7\nsubprocess exited with status 7\nError: building at STEP "RUN /bin/sh -c a\nb\n": exit status 7\n';
  const run: RunProgram = async (_command, _words, options) => {
    options?.onError?.(said);
    return { status: 1, out: '', err: '' };
  };
  const platform = parsePlatform('linux/amd64')!;
  const request = { dockerfile: '/Dockerfile', platforms: [{ platform }] } as unknown as BuildRequest;
  const tool = { command: 'podman', version: '4.3.1', platform, isRemote: false } as const;
  await expect(carryOut(run, [], { request, tool, stages: [] }, {})).rejects.toMatchObject({
    diagnostic: { code: 'engine/build-failed', args: { detail: 'exit status 7' }, because: ['what it says'] },
  });
});

test("a commit that fails is told without the step as buildah holds it, and a full disk is nobody's Dockerfile", async () => {
  // buildah 1.28, 2026-11-30.
  const cut =
    'copying layers and metadata for container "6700": initializing source containers-storage:base-working-container: storing layer "6676" to file: io: read/write on closed pipe';
  const step = '{Env:[TOKEN=s3cret PATH=/bin] Command:run Args:[/bin/sh -c a] Original:RUN ["/bin/sh","-c","a"]}';
  const run: RunProgram = async (_command, _words, options) => {
    options?.onError?.(`STEP 1/1: FROM a\nError: committing container for step ${step}: ${cut}\n`);
    return { status: 125, out: '', err: '' };
  };
  const platform = parsePlatform('linux/amd64')!;
  const request = { dockerfile: '/Dockerfile', platforms: [{ platform }] } as unknown as BuildRequest;
  const tool = { command: 'buildah', version: '1.28.2', platform, isRemote: false } as const;
  await expect(carryOut(run, [], { request, tool, stages: [] }, {})).rejects.toMatchObject({
    blame: 'outside',
    diagnostic: { args: { detail: cut } },
  });
});

describe('what a build that was stopped left', () => {
  const platform = parsePlatform('linux/amd64')!;
  const left = 'rightarch.invalid/build:1.x';
  /** buildah 1.28 and podman 4.3, 2026-11-30; the containers and images by id. */
  const program = (started: string[][], ids: Readonly<Record<string, string>>): RunProgram => {
    const listed = Object.keys(ids).map((id) => ({ Id: id, Image: ids[id] }));
    return async (_command, words) => {
      const [verb, by = ''] = words;
      if (verb === 'rm' || verb === 'rmi') started.push([...words]);
      const out =
        verb === 'ps'
          ? JSON.stringify(listed)
          : verb === 'containers' || verb === 'images'
            ? Object.keys(ids).join('\n')
            : `${by === 'inspect' || verb === 'inspect' ? ids[words.at(-1)!] : ''}\n`;
      return { status: 0, out, err: '' };
    };
  };

  test.each(['buildah', 'podman'] as const)(
    'is found by its name, and nothing else of %s is touched',
    async (command) => {
      const started: string[][] = [];
      const tool = { command, version: '', platform, isRemote: false };
      const ids = { a1: left, b2: '', c3: 'docker.io/library/debian:12', d4: 'rightarch.invalid/build:2.y' };
      await removeUnfinished(program(started, ids), tool, (name) => name === left);
      expect(started.map((words) => words.filter((word) => word !== '--force').join(' '))).toEqual(['rm a1', 'rmi a1']);
      started.length = 0;
      await removeUnfinished(program(started, { c3: 'docker.io/library/debian:12' }), tool, (name) => name === left);
      expect(started).toEqual([]);
    },
  );

  test('a list that is none has nothing', () => {
    for (const json of ['null', '', 'no JSON']) expect(onImages(json, () => true)).toEqual([]);
  });
});

describe('what it is told', () => {
  const platform = parsePlatform('linux/amd64')!;
  const EMPTY = { name: 'x', contexts: {}, annotations: {}, labels: {}, secrets: [], ssh: [] };

  /** The plan of a build, and the Dockerfile that buildah gets, which then fails. */
  async function told(lines: readonly string[], args: Readonly<Record<string, string>> = {}): Promise<string[]> {
    const context = await mkdtemp(join(tmpdir(), 'rightarch-'));
    const got: string[] = [];
    const run: RunProgram = async (_command, words) => {
      if (words[0] === 'build') {
        got.push(...(await readFile(words[words.indexOf('--file') + 1]!, 'utf8')).split('\n').slice(0, -1));
        return { status: 1, out: '', err: '' };
      }
      return { status: 0, out: words[0] === 'info' ? BUILDAH : '', err: '' };
    };
    const openBase = () => Promise.reject(new Error('there is no base'));
    const engine = createBuildahEngine({ run, cacheDirectory: join(context, 'cache'), openBase });
    const dockerfile = join(context, 'Dockerfile');
    await writeFile(dockerfile, `${lines.join('\n')}\n`);
    const request = { dockerfile, context, platforms: [{ platform }], ...EMPTY, args };
    try {
      const whole = request as unknown as BuildRequest;
      const plan = await engine.plan(whole);
      await engine.build(whole, plan, { directory: join(context, 'out'), name: 'x' }).catch(() => {});
      return got;
    } finally {
      await rm(context, { recursive: true });
    }
  }

  test('flags of ADD keep their values', async () => {
    const sum = `--checksum=sha256:${'0'.repeat(64)}`;
    const url = 'https://example.com/a';
    expect(await told(['FROM scratch', `ADD ${sum} ${url} /a`])).toContain(`ADD ${sum} ["${url}","/a"]`);
  });

  test('a linked COPY is refused where it would end with an error, and one that only says it is not', async () => {
    const plain = 'COPY --link=false Dockerfile /a';
    expect(await told(['FROM scratch', plain])).toContain('COPY ["Dockerfile","/a"]');
    await expect(told(['FROM scratch', plain, 'COPY --link Dockerfile /b'])).rejects.toMatchObject({
      diagnostic: { code: 'plan/not-buildah', args: { what: '--link' }, at: { start: { line: 3 } } },
    });
  });

  test('a flag with blanks in it stays one word', async () => {
    const copy = 'COPY --chown="a b" Dockerfile /a';
    expect(await told(['FROM scratch', copy])).toContain('COPY --chown=a\\ b ["Dockerfile","/a"]');
    const mount = 'RUN --mount=type=cache,target=/m\\ n ["/x"]';
    expect(await told(['FROM scratch', mount])).toContain(mount);
  });

  test.each([
    'https://example.com/app.git',
    'http://example.com/app.git#v1:src',
    'https://user@example.com/app.git?ref=v1',
    'git://example.com/app',
    'ssh://git@example.com/app',
    'git@github.com:team/app',
  ])('%s is a repository, and refused: it would not be what is added', async (what) => {
    await expect(told(['FROM scratch', `ADD ${what} /x/`])).rejects.toMatchObject({
      diagnostic: { code: 'plan/not-buildah', args: { instruction: 'ADD', what }, at: { start: { line: 2 } } },
    });
  });

  test.each(['https://example.com/app.git/', 'https://example.com/app.git.tgz', 'https://example.com/a#x.git'])(
    '%s is a file',
    async (url) => {
      expect(await told(['FROM scratch', `ADD ${url} /x/`])).toContain(`ADD ["${url}","/x/"]`);
    },
  );

  test.each([
    ['COPY --exclude=a Dockerfile /b', '--exclude'],
    ['RUN --mount=\'type=cache,"target=/m,n"\' ["/x"]', '--mount=…target=/m,n'],
  ])('%s is refused where buildah would take it apart in another way', async (line, what) => {
    await expect(told(['FROM scratch', line])).rejects.toMatchObject({
      diagnostic: { code: 'plan/not-buildah', args: { what } },
    });
  });

  test('a variable of several lines is refused: the second would be an instruction', async () => {
    const lines = ['FROM scratch', 'ARG KEY', 'RUN ["/x"]'];
    expect(await told(lines, { KEY: 'one' })).toContain('ENV KEY="one"');
    await expect(told(lines, { KEY: 'one\nRUN two' })).rejects.toMatchObject({
      diagnostic: { code: 'plan/not-buildah', at: { start: { line: 3 } } },
    });
  });
});
