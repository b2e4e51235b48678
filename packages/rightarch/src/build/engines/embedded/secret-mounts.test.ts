import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secret } from '../../../oci/credentials.ts';
import { type TestFile, testIndex } from '../../../testing/index.ts';
import { startRegistry, type TestRegistry } from '../../npm/test-registry.ts';
import type { BuildEvent, BuildRequest } from '../../types.ts';
import { amd64, arm64, debianLike, engineIn, refusal, request, workspace } from './test-workspace.ts';

const TOKEN = 'npm_theTokenOfTheScope0123456789';
const OTHER = 'npm_theTokenInAVariable9876543210';

let cdn: TestRegistry;
let scoped: TestRegistry;
let plain: TestRegistry;

beforeAll(async () => {
  const go = { name: '@s/go', version: '1.0.0', files: { 'index.js': 'go' } };
  cdn = await startRegistry([go]);
  scoped = await startRegistry([go], { token: TOKEN, elsewhere: cdn.url });
  plain = await startRegistry([{ name: 'tool', version: '1.0.0', files: { 'index.js': 'run' } }], { token: OTHER });
});
afterAll(() => Promise.all([cdn, scoped, plain].map((registry) => registry.close())));

const program = (name: string): TestFile => ({
  path: `usr/bin/${name}`,
  content: `\x7fELF ${name} (GNU coreutils)`,
  mode: 0o755,
});

/** Node 22 and npm 10.9 over coreutils. */
const node = (platform: string) => {
  const base = debianLike(platform);
  return {
    ...base,
    files: [
      ...base.files!,
      ...['cat', 'chmod', 'chown', 'cp', 'ln', 'mv', 'rm', 'rmdir', 'tee', 'touch'].map(program),
      { path: 'usr/bin/ldd', content: 'ldd (GNU C Library)', mode: 0o755 },
      { path: 'usr/bin/npm', link: '../lib/node_modules/npm/bin/npm-cli.js' },
      { path: 'usr/lib/node_modules/npm/bin/npm-cli.js', content: '#!/usr/bin/env node\n', mode: 0o755 },
      { path: 'usr/lib/node_modules/npm/package.json', content: '{"name":"npm","version":"10.9.0"}', mode: 0o644 },
      {
        path: 'usr/bin/node',
        content: '\x7fELF https://nodejs.org/download/release/v22.1.0/node.tar.gz',
        mode: 0o755,
      },
    ],
  };
};
const bases = { 'base:latest': testIndex({ images: [node('linux/amd64'), node('linux/arm64')] }) };

/** The project: one package of a private scope, one of a registry whose token is a variable of its `.npmrc`. */
function project(more: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const root = { name: 'app', version: '1.0.0', dependencies: { '@s/go': '1.0.0', tool: '1.0.0' } };
  const packages = {
    '': root,
    'node_modules/@s/go': {
      version: '1.0.0',
      resolved: `${scoped.url}@s/go/-/go-1.0.0.tgz`,
      integrity: cdn.integrity('@s/go', '1.0.0'),
    },
    'node_modules/tool': {
      version: '1.0.0',
      resolved: 'https://registry.npmjs.org/tool/-/tool-1.0.0.tgz',
      integrity: plain.integrity('tool', '1.0.0'),
      ...more,
    },
  };
  return {
    'package.json': JSON.stringify(root),
    'package-lock.json': JSON.stringify({ name: 'app', lockfileVersion: 3, requires: true, packages }, null, 2),
    '.npmrc': `registry=${plain.url}\n${plain.url.slice('http:'.length)}:_authToken=\${NPM_TOKEN}\n`,
  };
}

const npmrc = (token = TOKEN) => `@s:registry=${scoped.url}\n${scoped.url.slice('http:'.length)}:_authToken=${token}\n`;

type Held = Readonly<Record<string, string>>;

function engineWith(directory: string, held: Held) {
  return engineIn(directory, bases, {
    readSecret: async ({ id }) => secret(held[id]!),
  });
}

const givenOf = (held: Held): BuildRequest['secrets'] => Object.keys(held).map((id) => ({ id, file: `/host/${id}` }));

async function build(directory: string, held: Held, more: Partial<BuildRequest> = {}) {
  const engine = engineWith(directory, held);
  const asked = request(directory, { secrets: givenOf(held), ...more });
  const plan = await engine.plan(asked);
  const events: BuildEvent[] = [];
  const result = await engine.build(
    asked,
    plan,
    { directory: join(directory, 'out'), name: 'app' },
    { onEvent: (event) => events.push(event) },
  );
  return { plan, events, result };
}

/** The files that a Dockerfile leaves, as `mode path`, without those of the base. */
async function left(dockerfile: string, held: Held = { x: 'value' }): Promise<string[]> {
  const directory = await workspace({ Dockerfile: `FROM base\n${dockerfile}\n` });
  const engine = engineWith(directory, held);
  const before = new Set(
    [...(await engine.readTree(plainRequest(await workspace({ Dockerfile: 'FROM base\n' })), amd64)).walk()].map(
      ([path]) => path,
    ),
  );
  const tree = await engine.readTree(request(directory, { secrets: givenOf(held) }), amd64);
  return [...tree.walk()].flatMap(([path, { entry }]) =>
    before.has(path) ? [] : [`${entry.mode.toString(8)} ${path}`],
  );
}
const plainRequest = (directory: string) => request(directory);

async function codeOf(dockerfile: string, held: Held = { x: 'value' }): Promise<string> {
  const found = await refusal(left(dockerfile, held));
  expect(JSON.stringify(found)).not.toContain('value');
  return found.code;
}

/** Every byte below a directory, compressed ones also as they unpack. */
async function everything(directory: string): Promise<string> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    found.push(entry.name);
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    found.push(bytes.toString('latin1'));
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) found.push(gunzipSync(bytes).toString('latin1'));
  }
  return found.join('\n');
}

describe('npm ci', () => {
  const dockerfile =
    'FROM base\nARG WHO=npm\nWORKDIR /app\nCOPY . .\nRUN --mount=type=secret,id=${WHO}rc,target=/root/.npmrc --mount=type=secret,id=token,env=NPM_TOKEN --mount=type=cache,target=/root/.npm npm ci\n';
  const held = () => ({ npmrc: npmrc(), token: OTHER });

  test('fetches with the tokens of two secrets, and leaves neither anywhere', async () => {
    const directory = await workspace({ Dockerfile: dockerfile, ...project() });
    const { plan, events, result } = await build(directory, held());
    expect(plan.platforms.flatMap(({ steps }) => steps.map(({ how }) => how))).not.toContain('refused');
    const tree = await engineWith(directory, held()).readTree(request(directory, { secrets: givenOf(held()) }), arm64);
    expect(tree.resolve('/app/node_modules/@s/go/index.js').found).toBe(true);
    expect(tree.resolve('/app/node_modules/tool/index.js').found).toBe(true);
    expect(tree.resolve('/root/.npmrc').found).toBe(false);
    const all = `${JSON.stringify([plan, events, result])}${await everything(directory)}`;
    expect(all).toContain('index.js');
    for (const token of [TOKEN, OTHER])
      for (const form of [token, Buffer.from(token).toString('base64'), encodeURIComponent(token)])
        expect(all).not.toContain(form);
    // The token went to its own origin, and not along when that sent us on.
    expect(scoped.asked.map(({ authorization }) => authorization)).toContain(`Bearer ${TOKEN}`);
    expect(cdn.asked.length).toBeGreaterThan(0);
    for (const { authorization } of cdn.asked) expect(authorization).toBeUndefined();
    for (const { authorization } of plain.asked) expect(authorization).toBe(`Bearer ${OTHER}`);
  });

  test('is kept whatever the secret says, as long as every package has its hash', async () => {
    const directory = await workspace({ Dockerfile: dockerfile, ...project() });
    const first = await build(directory, held());
    const again = await build(directory, { npmrc: npmrc('another'), token: 'another' });
    expect(again.result).toEqual(first.result);
    expect(statesOf(again.events)).toContain('cached');
  });

  test.each([
    ['a secret that says what is placed', `${'omit=dev'}\n`, {}],
    ['a package without a hash', '', { integrity: undefined }],
  ])('is made again with %s', async (_, line, entry) => {
    const directory = await workspace({ Dockerfile: dockerfile, ...project(entry) });
    const held = { npmrc: npmrc() + line, token: OTHER };
    const first = await build(directory, held);
    const again = await build(directory, held);
    expect(again.result).toEqual(first.result);
    expect(statesOf(again.events, 5)).not.toContain('cached');
  });

  test('without the secret is turned away, and told which is missing', async () => {
    const directory = await workspace({ Dockerfile: dockerfile, ...project() });
    const found = await refusal(build(directory, { token: OTHER }));
    expect(found).toMatchObject({
      code: 'npm/fetch-failed',
      args: { why: 'HTTP 401', absent: { id: 'npmrc', source: 'src=$HOME/.npmrc' } },
    });
    // Of several that were on their way none is left writing behind the answer.
    expect(await readdir(join(directory, 'cache/npm/tmp'))).toEqual([]);
  });

  test('beside one without the secret, each has the answer that its own token gets', async () => {
    const directory = await workspace({ Dockerfile: dockerfile, ...project() });
    const [without, having] = await Promise.allSettled([build(directory, { token: OTHER }), build(directory, held())]);
    expect(having.status).toBe('fulfilled');
    // What the other one had fetched by then lies in the cache by its hash, as npm has it, and is asked of nobody.
    if (without.status === 'rejected')
      expect(without.reason).toMatchObject({ diagnostic: { code: 'npm/fetch-failed' } });
  });

  test('tells no path of a registry that only a secret names', async () => {
    const root = { name: 'app', version: '1.0.0', dependencies: { tool: '1.0.0' } };
    const tool = { version: '1.0.0', integrity: plain.integrity('tool', '1.0.0') };
    const packages = { '': root, 'node_modules/tool': tool };
    const directory = await workspace({
      Dockerfile: dockerfile,
      'package.json': JSON.stringify(root),
      'package-lock.json': JSON.stringify({ name: 'app', lockfileVersion: 3, requires: true, packages }),
    });
    const own = (path: string) => refusal(build(directory, { npmrc: `registry=${cdn.url}${path}`, token: OTHER }));
    expect(await own(`${TOKEN}/npm`)).toMatchObject({
      code: 'npm/fetch-failed',
      args: { url: `${cdn.url}…/tool/-/tool-1.0.0.tgz`, why: 'HTTP 404' },
    });
    cdn.faults.set(`/${TOKEN}/npm/tool/-/tool-1.0.0.tgz`, { body: gzipSync(Buffer.alloc(1024)) });
    const other = await own(`${TOKEN}/npm`);
    expect(other).toMatchObject({ code: 'npm/integrity-mismatch', args: { url: `${cdn.url}…/tool/-/tool-1.0.0.tgz` } });
    expect(JSON.stringify(other)).not.toContain(TOKEN);
  });

  test('by a user who may not read the secret is npm without it', async () => {
    const text = dockerfile.replace('RUN ', 'USER node\nRUN ').replaceAll('/root/', '/home/node/');
    const made = text.replace('WORKDIR', 'RUN mkdir -p /home/node\nWORKDIR').replace('COPY .', 'COPY --chown=node .');
    const mounted = (more: string) =>
      made.replace('.npmrc --mount', `.npmrc${more} --mount`).replace('WORKDIR /app\n', 'USER node\nWORKDIR /app\n');
    const closed = await workspace({ Dockerfile: mounted(''), ...project() });
    expect(await refusal(build(closed, held()))).toMatchObject({
      code: 'npm/fetch-failed',
      args: { unread: { id: 'npmrc', file: '/home/node/.npmrc', uid: 1000 } },
    });
    const open = await workspace({ Dockerfile: mounted(',uid=1000'), ...project() });
    await build(open, held());
  });

  test.each([
    ['a raw token', TOKEN],
    ['a section', `[${TOKEN}]`],
    ['a token of no registry', `_authToken=${TOKEN}`],
    ['a login of no registry, as some services print it', `_auth = ${TOKEN}\nalways-auth = true\nemail = a@b.example`],
    ['an unknown key', `${TOKEN}=1`],
    ['an address with a password', `registry=http://user:${TOKEN}@127.0.0.1/`],
    ['an address that is none', `registry=${TOKEN}`],
    ['a list with a word that is none', `omit=${TOKEN}`],
  ])('a secret that is %s is not told', async (_, text) => {
    const directory = await workspace({ Dockerfile: dockerfile, ...project() });
    const found = await refusal(build(directory, { npmrc: text, token: OTHER }));
    expect(found.code).toBe('npm/config-refused');
    expect(JSON.stringify(found)).not.toContain(TOKEN);
    expect(await everything(directory)).not.toContain(TOKEN);
  });

  test.each([
    ['userconfig', 'ENV NPM_CONFIG_USERCONFIG=/etc/own.npmrc\n', '/etc/own.npmrc'],
    ['the global file', '', '/usr/etc/npmrc'],
    ['HOME of the Dockerfile', 'ENV HOME=/srv\n', '/srv/.npmrc'],
    ['a target through a link', 'RUN ln -s /root /home-of-root\n', '/home-of-root/.npmrc'],
    ['a relative target', '', '../root/.npmrc'],
  ])('reads a secret as %s', async (_, before, target) => {
    const text = dockerfile.replace('WORKDIR', `${before}WORKDIR`).replace('target=/root/.npmrc', `target=${target}`);
    const directory = await workspace({ Dockerfile: text, ...project() });
    await build(directory, held());
  });
});

const statesOf = (events: readonly BuildEvent[], line?: number) =>
  events.flatMap((event) =>
    event.kind === 'step' && (line === undefined || event.step.line === line) ? [event.state] : [],
  );

describe('what a mount leaves in the layer', () => {
  test.each([
    ['nothing of its own', 'RUN --mount=type=secret,id=x mkdir /a', ['755 /a']],
    ['nothing of the parents that it made', 'RUN --mount=type=secret,id=x,target=/srv/b/c mkdir /a', ['755 /a']],
    [
      'a parent that something came into',
      'RUN --mount=type=secret,id=x,target=/srv/b/c touch /srv/b/d',
      ['755 /srv', '755 /srv/b', '644 /srv/b/d'],
    ],
    [
      'nothing of a directory that is made over one of its own',
      'RUN --mount=type=secret,id=x mkdir -p /run/secrets',
      [],
    ],
    [
      'the file that it covered',
      'RUN mkdir /a && touch /a/b\nRUN --mount=type=secret,id=x,target=/a/b touch /c',
      ['755 /a', '644 /a/b', '644 /c'],
    ],
    ['two in one directory', 'RUN --mount=type=secret,id=x --mount=type=secret,id=y touch /c', ['644 /c']],
  ])('%s', async (_, dockerfile, expected) => {
    expect(await left(dockerfile, { x: 'value', y: 'value' })).toEqual(expected);
  });
});

describe('what may be asked of a secret', () => {
  test.each([
    ['[ -f /run/secrets/x ]', true],
    ['[ -e /run/secrets/x ]', true],
    ['[ -r /run/secrets/x ]', true],
    ['[ -x /run/secrets/x ]', false],
    ['[ -w /run/secrets/x ]', false],
    ['[ -d /run/secrets/x ]', false],
    ['[ -L /run/secrets/x ]', false],
    ['[ -d /run/secrets ]', true],
    ['[ -e /run/secrets/y ]', false],
  ])('%s', async (asked, answer) => {
    expect(await left(`RUN --mount=type=secret,id=x if ${asked}; then touch /yes; fi`)).toEqual(
      answer ? ['644 /yes'] : [],
    );
  });

  test('a secret that nobody gave is not there, its variable is empty, and another build is another', async () => {
    const line =
      'RUN --mount=type=secret,id=x,target=/s --mount=type=secret,id=x,env=V if [ -e /s ]; then touch /yes; else touch "/no$V"; fi';
    const directory = await workspace({ Dockerfile: `FROM base\n${line}\n` });
    const has = async (held: Held, path: string) => {
      await build(directory, held);
      const tree = await engineWith(directory, held).readTree(request(directory, { secrets: givenOf(held) }), amd64);
      return tree.resolve(path).found;
    };
    expect(await has({}, '/no')).toBe(true);
    expect(await has({ x: 'value' }, '/yes')).toBe(true);
    expect(await has({}, '/no')).toBe(true);
  });

  test('a variable with a secret goes to npm alone', async () => {
    expect(await left('RUN --mount=type=secret,id=x,env=V touch /a')).toEqual(['644 /a']);
  });

  test.each([
    'cat /run/secrets/x',
    'cat < /run/secrets/x',
    'cp /run/secrets/x /a',
    'cp -r /run /a',
    'cp -r /run/secrets/. /a',
    'ln /run/secrets/x /a',
    'mv /run/secrets/x /a',
    'mv /run/secrets /a',
    'rm /run/secrets/x',
    'rm -rf /run',
    'chmod 644 /run/secrets/x',
    'chmod -R 755 /run',
    'chown -R 1000 /run',
    'touch /run/secrets/x',
    'echo a > /run/secrets/x',
    'echo a | tee /run/secrets/x',
    'echo /run/secrets/*',
    'ln -s /run/secrets/x /l && cat /l',
    'ln -s /run /l && cat /l/secrets/x',
    '[ -s /run/secrets/x ]',
    'echo "$(cat /run/secrets/x)" > /a',
  ])('%s is refused', async (text) => {
    expect(await codeOf(`RUN --mount=type=secret,id=x ${text}`)).toBe('run/secret-used');
  });

  test.each([
    'echo $V',
    'echo "${V}" > /a',
    'echo ${V:-none}',
    'echo ${#V}',
    'V=1',
    'V=1 touch /a',
    'export V=1',
    'unset V',
    'A=x; echo ${A#$V}',
    'for V in 1 2; do touch $V; done',
    '[ -n "$V" ]',
    'touch /a && (echo $V)',
  ])('with a variable, %s is refused', async (text) => {
    expect(await codeOf(`RUN --mount=type=secret,id=x,env=V ${text}`)).toBe('run/secret-used');
  });
});

describe('what is refused before', () => {
  test.each([
    ['a required one that nobody gave', 'RUN --mount=type=secret,id=y,required true', 'plan/secret-missing'],
    ['required=true', 'RUN --mount=type=secret,id=y,required=true true', 'plan/secret-missing'],
    ['a mount with two ids', 'RUN --mount=type=secret,id=x,src=y true', 'plan/not-embedded'],
    ['a field that it has not', 'RUN --mount=type=secret,id=x,from=base true', 'plan/not-embedded'],
    ['a mode that is none', 'RUN --mount=type=secret,id=x,mode=0o400 true', 'plan/not-embedded'],
    ['a mount on what the runtime mounts', 'RUN --mount=type=secret,id=x,target=/dev/x true', 'plan/not-embedded'],
    [
      'a mount in a cache',
      'RUN --mount=type=cache,target=/c --mount=type=secret,id=x,target=/c/x true',
      'plan/not-embedded',
    ],
    ['a variable that decides', 'RUN --mount=type=secret,id=x,env=PATH true', 'plan/not-embedded'],
    [
      'two at one place',
      'RUN --mount=type=secret,id=x,target=/s --mount=type=secret,id=x,target=/s true',
      'plan/not-embedded',
    ],
    ['a link to nothing', 'RUN ln -s /nowhere /s\nRUN --mount=type=secret,id=x,target=/s true', 'plan/not-embedded'],
    ['a directory', 'RUN --mount=type=secret,id=x,target=/etc true', 'engine/path-blocked'],
    ['a file on the way', 'RUN --mount=type=secret,id=x,target=/etc/passwd/x true', 'engine/path-blocked'],
  ])('%s', async (_, dockerfile, code) => {
    expect(await codeOf(dockerfile)).toBe(code);
  });

  test('one that is given and that no RUN asks for changes nothing', async () => {
    expect(await left('RUN touch /a', { unused: 'value' })).toEqual(['644 /a']);
  });
});
