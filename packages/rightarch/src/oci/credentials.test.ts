import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inWords } from '../messages/index.ts';
import { type CredentialPlaces, openCredentials, secret, withoutTokens } from './credentials.ts';
import { withoutSecrets } from './registry/secret.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'credentials-'));
});
afterEach(() => rm(directory, { recursive: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function file(path: string, content: unknown): Promise<string> {
  const whole = join(directory, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, typeof content === 'string' ? content : JSON.stringify(content));
  return whole;
}

/** A helper that is a shell script: what it prints and how it ends is the script's. */
async function helper(name: string, script: string): Promise<CredentialPlaces> {
  const path = await file(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  const PATH = [join(directory, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  return { dockerConfigDirectory: directory, helperEnvironment: { PATH }, helperTimeoutMs: 5000 };
}

async function ask(places: CredentialPlaces, registry: string, repository = 'team/app') {
  const source = openCredentials(places);
  const found = await source.find(registry, repository);
  const who =
    found === undefined
      ? undefined
      : `${found.kind === 'password' ? found.username : '<token>'}:${found.secret.reveal()}`;
  for (const problem of source.problems) {
    for (const language of ['en', 'ja', 'ko'] as const)
      expect(inWords(problem, language).message).not.toMatch(/undefined/);
  }
  return { who, codes: source.problems.map(({ code, args }) => `${code} ${args['why']}`), problems: source.problems };
}

describe('files', () => {
  it('takes the host that fits exactly, and no other', async () => {
    await file('config.json', {
      auths: {
        'ghcr.io': { auth: base64('gh:one') },
        'https://index.docker.io/v1/': { auth: base64('hub:two') },
        'https://old.example/v1/': { username: 'old', password: 'three' },
        '127.0.0.1:5000': { auth: base64('me:pass:with:colons\0\0') },
        'sso.example': { identitytoken: 'four', auth: base64('x:') },
        'empty.example': {},
      },
    });
    const places = { dockerConfigDirectory: directory };
    const rows: [string, string | undefined][] = [
      ['ghcr.io', 'gh:one'],
      ['docker.io', 'hub:two'],
      ['old.example', 'old:three'],
      ['127.0.0.1:5000', 'me:pass:with:colons'],
      ['sso.example', '<token>:four'],
      ['empty.example', undefined],
      ['io', undefined],
      ['evil-ghcr.io', undefined],
      ['ghcr.io.evil.example', undefined],
      ['127.0.0.1:50', undefined],
      ['127.0.0.1', undefined],
    ];
    for (const [registry, who] of rows) expect([registry, (await ask(places, registry)).who]).toEqual([registry, who]);
  });

  it('takes the longest path in the files of containers, and none in Docker’s', async () => {
    const auths = {
      'quay.io/team/app': { auth: base64('app:1') },
      'quay.io/team': { auth: base64('team:2') },
      'quay.io': { auth: base64('all:3') },
    };
    const authFile = await file('auth.json', { auths });
    await file('config.json', { auths });
    expect((await ask({ authFile }, 'quay.io', 'team/app')).who).toBe('app:1');
    expect((await ask({ authFile }, 'quay.io', 'team/app2')).who).toBe('team:2');
    expect((await ask({ authFile }, 'quay.io', 'teams/app')).who).toBe('all:3');
    expect((await ask({ dockerConfigDirectory: directory }, 'quay.io', 'team/app')).who).toBe('all:3');
  });

  it('asks the places in their order', async () => {
    const authFile = await file('auth.json', { auths: { a: { auth: base64('x:auth-file') } } });
    await file('config.json', { auths: { a: { auth: base64('x:docker') }, b: { auth: base64('x:docker') } } });
    await file('run/containers/auth.json', { auths: { b: { auth: base64('x:run') }, c: { auth: base64('x:run') } } });
    const places = { authFile, dockerConfigDirectory: directory, runtimeDirectory: join(directory, 'run') };
    expect((await ask(places, 'a')).who).toBe('x:auth-file');
    expect((await ask(places, 'b')).who).toBe('x:docker');
    expect((await ask(places, 'c')).who).toBe('x:run');
  });

  it.each([
    ['not JSON', '{"auths": {"a": {"auth": "c2VjcmV0OnNlY3JldA=="', 'json'],
    ['a list', '[]', 'json'],
    ['an auth that is none', { auths: { a: { auth: base64('nocolon-secret') } } }, 'auth'],
  ])('says what is wrong with %s, and goes on', async (_name, content, why) => {
    await file('config.json', content);
    const { who, codes, problems } = await ask({ dockerConfigDirectory: directory }, 'a');
    expect([who, codes]).toEqual([undefined, [`registry/credentials-unreadable ${why}`]]);
    expect(JSON.stringify(problems)).not.toMatch(/secret|c2Vjc/);
  });

  it('takes strange members for nothing', async () => {
    for (const content of ['', '{}', { auths: [] }, { auths: { a: 7 } }, { credHelpers: { a: 1 }, credsStore: {} }]) {
      await file('config.json', content);
      expect((await ask({ dockerConfigDirectory: directory }, 'a')).who).toBeUndefined();
    }
  });
});

describe('helpers', () => {
  const secretText = 's3cr3t-of-the-helper';

  it('asks the helper of the host, else the store, with the key on stdin', async () => {
    const places = await helper('one', `key=$(cat); printf '{"Username":"%s","Secret":"${secretText}"}' "$key"`);
    await helper('two', `cat >/dev/null; echo '{"Username":"<token>","Secret":"two"}'`);
    await file('config.json', { credHelpers: { 'ecr.example': 'one' }, credsStore: 'two', auths: { 'x.example': {} } });
    expect((await ask(places, 'ecr.example')).who).toBe(`ecr.example:${secretText}`);
    expect((await ask(places, 'x.example')).who).toBe('<token>:two');
    await file('config.json', { credsStore: 'one' });
    expect((await ask(places, 'docker.io')).who).toBe(`https://index.docker.io/v1/:${secretText}`);
  });

  it('takes "not found" for an answer', async () => {
    const places = await helper('one', `echo 'credentials not found in native keychain'; exit 1`);
    await file('config.json', { credsStore: 'one', auths: { a: { auth: base64('me:file') } } });
    expect(await ask(places, 'a')).toMatchObject({ who: 'me:file', codes: [] });
  });

  it.each([
    ['fails', 'echo "no session" >&2; exit 3', 'status'],
    ['prints no JSON', `echo ${secretText}`, 'json'],
    ['prints other JSON', `echo '{"Secret":"${secretText}"}'`, 'json'],
    ['prints without end', `while :; do echo ${secretText}; done`, 'size'],
    ['never answers', 'exec sleep 60', 'timeout'],
  ])('a helper that %s is a diagnostic', async (_name, script, why) => {
    const places = { ...(await helper('one', script)), helperTimeoutMs: why === 'timeout' ? 100 : 5000 };
    await file('config.json', { credsStore: 'one' });
    const { who, codes, problems } = await ask(places, 'a');
    expect([who, codes]).toEqual([undefined, [`registry/credential-helper ${why}`]]);
    expect(JSON.stringify(problems)).not.toContain(secretText);
    if (why === 'status') expect(problems[0]?.because).toEqual(['no session']);
  });

  it.each([
    `login failed for token=${secretText}`,
    `denied: https://me:${secretText}@registry.example/v2/`,
    '{"Secret": "short"}',
    'Authorization: Basic bWU6aHVudGVyMi1zZWNyZXQ=',
    'AWS key AKIAIOSFODNN7EXAMPLE expired, session IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3Q',
    'bad: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N',
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  ])('a helper that says `%s` is not quoted with its secret', async (said) => {
    const places = await helper('one', `cat >/dev/null; cat >&2 <<'END'\n${said}\nEND\nexit 1`);
    await file('config.json', { credsStore: 'one' });
    const { problems } = await ask(places, 'a');
    const [because = ''] = problems[0]?.because ?? [];
    expect(because).toContain('[secret]');
    expect(because).not.toMatch(/s3cr3t|short|bWU6|AKIA|IQoJ|eyJ|16C7/);
  });

  it('what a helper says besides stays readable', () => {
    const said =
      'Error loading SSO Token: run `aws sso login --profile acrique-dev` for 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com';
    expect(withoutTokens(said)).toContain('aws sso login --profile acrique-dev');
    expect(withoutTokens(said)).toContain('123456789012.dkr.ecr.ap-northeast-1.amazonaws.com');
  });

  it('a helper that is not there, or has no name for a program, is a diagnostic', async () => {
    const places = await helper('other', '');
    await file('config.json', { credsStore: 'missing' });
    expect((await ask(places, 'a')).codes).toEqual(['registry/credential-helper missing']);
    await file('config.json', { credsStore: '../../bin/sh' });
    expect((await ask(places, 'a')).codes).toEqual(['registry/credential-helper name']);
  });
});

describe('secrets', () => {
  it('print as something else wherever they are printed', () => {
    const one = secret('hunter2');
    const printed = [
      String(one),
      `${one}`,
      JSON.stringify({ one }),
      inspect({ one }),
      inspect(one, { depth: 9, showHidden: true }),
    ];
    for (const text of printed) {
      expect(text).not.toContain('hunter2');
      expect(text).toContain('[secret]');
    }
    expect(one.reveal()).toBe('hunter2');
  });

  it('are taken out of what registries say, in every form they were sent in', () => {
    const text = `a p@ss/word b ${encodeURIComponent('p@ss/word')} c ${base64('p@ss/word')}`;
    expect(withoutSecrets(text, ['p@ss/word', 'a'])).toBe('a [secret] b [secret] c [secret]');
  });
});
