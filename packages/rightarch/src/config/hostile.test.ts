import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inWords, languages } from '../messages/index.ts';
import { findConfigFile } from './find-config.ts';
import { parseProject, readProject } from './project.ts';
import { resolveProject } from './resolve.ts';
import type { Checked, Project, ResolvedProject } from './types.ts';

function read(text: string, env?: string): Checked<ResolvedProject> {
  const parsed = parseProject(text, '/p/rightarch.yaml');
  return parsed.ok ? resolveProject(parsed.value, { env, today: '2026-11-22' }) : parsed;
}

/** `line:column code` of every problem; each must have its words. */
function refused(checked: Checked<Project | ResolvedProject>): readonly string[] {
  if (checked.ok) return [];
  return checked.problems.map((one) => {
    for (const language of languages) expect(inWords(one, language).fix).not.toBe('');
    return one.at.in === 'file' ? `${one.at.start.line}:${one.at.start.column} ${one.code}` : one.code;
  });
}

function accepted(text: string, env?: string): ResolvedProject {
  const checked = read(text, env);
  if (!checked.ok) throw new Error(refused(checked).join(' '));
  return checked.value;
}

describe('names that every object answers to', () => {
  const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

  it.each(names)('%s is a name like another', (name) => {
    const project = accepted(
      `images: { ${name}: { args: { ${name}: a }, tags: "{env}-{${name}}" } }
targets: { ${name}: { runtime: eks, architecture: arm64, cluster: "{${name}}" } }
environments: { ${name}: { ${name}: "1", targets: {} } }`,
      name,
    );
    expect(project.environment?.name).toBe(name);
    expect(project.images.map((image) => [image.name, { ...image.args }, image.tags])).toEqual([
      [name, { [name]: 'a' }, [`${name}-1`]],
    ]);
    expect(project.targets.map((target) => [target.name, { ...target.settings }])).toEqual([[name, { cluster: '1' }]]);
  });

  it.each(names)('%s is not there where nobody wrote it', (name) => {
    expect(refused(read(`${name}: 1`))).toEqual(['1:1 config/unknown-key']);
    expect(refused(read(`images: { a: { ${name}: 1 } }`))).toEqual(['1:16 config/unknown-key']);
    expect(refused(read(`images: { a: { tags: "{${name}}" } }`))).toEqual(['1:22 config/variable-unknown']);
    expect(refused(read(`images: { a: }\ntargets: { t: { runtime: ${name} } }`))).toEqual([
      '2:26 target/unknown-runtime',
    ]);
    expect(refused(read('images: { a: }', name))).toEqual(['config/environment-unknown']);
  });

  it('__proto__ is no name anywhere, and changes no object', () => {
    for (const text of [
      'images: { __proto__: { context: x } }',
      'images: { a: { "__proto__": { context: x } } }',
      'environments: { dev: { __proto__: { account: "1" } } }',
      'defaults: &d { __proto__: { polluted: x } }\nimages: { a: { <<: *d } }',
    ])
      expect(refused(read(text)).join(' '), text).toMatch(/config\/key-malformed/);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('merge keys', () => {
  it('mean what they mean in compose: what the map itself says wins, then the earlier', () => {
    const project = accepted(`defaults: &d { context: a, args: &args { X: "1" } }
images:
  one: { <<: *d, dockerfile: D }
  two:
    args: { Y: "2", <<: [*args, { X: "3", Z: "4" }] }
`);
    expect(project.images.map(({ context, args }) => [context, { ...args }])).toEqual([
      ['/p/a', { X: '1' }],
      ['/p/a', { Y: '2', X: '1', Z: '4' }],
    ]);
  });

  it.each([
    ['text', 'images: { a: { <<: x } }', '1:16 config/syntax'],
    ['nothing', 'images: { a: { <<: *b } }', '1:16 config/syntax'],
    ['itself', 'images: &a\n  b:\n    <<: *a\n', '3:5 config/too-large'],
  ])('of %s is said where it stands', (_what, text, expected) => {
    expect(refused(read(text))[0]).toMatch(expected === '3:5 config/too-large' ? /config\/too-large$/ : expected);
  });

  it('a fault in what is merged is said where that stands', () => {
    expect(refused(read('images:\n  a: &a { contxt: x }\n  b: { <<: *a }\n'))).toContain('2:11 config/unknown-key');
  });

  it('a quoted one is a key like another', () => {
    expect(refused(read('images: { a: { "<<": { context: x } } }'))).toEqual(['1:16 config/unknown-key']);
  });
});

describe('values that YAML reads otherwise than people do', () => {
  it.each([
    ['011111111111', '"011111111111"'],
    ['111111111111', '"111111111111"'],
    ['0o17', '"0o17"'],
    ['1e3', '"1e3"'],
    ['.inf', '".inf"'],
    ['true', '"true"'],
  ])('account: %s', (written, mended) => {
    const checked = read(`environments:\n  dev: { account: ${written} }\n`);
    expect(refused(checked)[0]).toMatch(/^2:19 config\/(number-for-text|wrong-type)$/);
    for (const language of languages)
      expect(!checked.ok && inWords(checked.problems[0]!, language).fix).toContain(`\`${mended}\``);
  });

  it('a version directive of the document changes nothing about that', () => {
    expect(refused(read('%YAML 1.1\n---\nimages: { a: { tags: [yes, 010, 1_0] } }'))).toEqual([
      '3:23 config/wrong-type',
      '3:28 config/number-for-text',
      '3:33 config/number-for-text',
    ]);
  });
});

describe('variables', () => {
  it('are put in once: a value that holds one is refused at its place, used or not', () => {
    expect(refused(read('images: { a: { tags: "{x}" } }\nenvironments: { dev: { x: "v-{sha}" } }'))).toEqual([
      '2:27 config/variable-nested',
    ]);
    expect(refused(read('environments: { dev: { x: "1", y: "{x}" } }'))).toEqual(['1:35 config/variable-nested']);
  });

  it('braces that are no variable stay', () => {
    const project = accepted('images: { a: { args: { A: "{x}${B}" } } }\nenvironments: { dev: { x: \'{"k":"v"}\' } }');
    expect({ ...project.images[0]?.args }).toEqual({ A: '{"k":"v"}${B}' });
  });

  it('an environment can say otherwise what a target is, and only there', () => {
    const text = `images: { a: }
targets: { api: { runtime: ecs-fargate, architecture: amd64, cluster: c } }
environments: { dev: { targets: { api: { architecture: arm64 } } }, prod: }`;
    const of = (env: string) =>
      accepted(text, env).targets.map(({ ask, settings }) => [ask.platforms[0]?.architecture, settings['cluster']]);
    expect([of('dev'), of('prod')]).toEqual([[['arm64', 'c']], [['amd64', 'c']]]);
  });
});

describe('the document', () => {
  it.each([
    ['a tab', 'images:\n\tapp: {}\n', ['2:1 config/syntax']],
    ['two documents', 'images: {}\n---\nimages: {}\n', ['2:1 config/syntax']],
    ['CRLF', 'images:\r\n  a:\r\n    contxt: x\r\n', ['3:5 config/unknown-key']],
    ['a byte order mark', '\ufeffimages: { a: { contxt: x } }', ['1:17 config/unknown-key']],
    ['a byte order mark inside', 'images: {}\n\ufefftargets: {}\n', ['2:1 config/unknown-key']],
    ['a key twice, once in quotes', 'images: {}\n"images": {}\n', ['2:1 config/duplicate-key']],
    ['a cascade of faults', 'images: { a: [ }\ntargets: ]\n', ['1:16 config/syntax']],
  ])('%s', (_what, text, expected) => expect(refused(read(text))).toEqual(expected));

  it('a name with something invisible in it is shown as what it is', () => {
    const checked = read('images: {}\n\ufefftargets: {}\n');
    expect(!checked.ok && inWords(checked.problems[0]!, 'en').message).toContain('`\\ufefftargets`');
  });

  it('a value of any length makes a short sentence', () => {
    const checked = read(`images: { a: { tags: "{${'x'.repeat(100_000)}}" } }`);
    expect(!checked.ok && inWords(checked.problems[0]!, 'en').message.length).toBeLessThan(3000);
  });
});

describe('the file', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rightarch-config-'));
    mkdirSync(join(root, '.git'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  async function readBytes(bytes: Uint8Array): Promise<readonly string[]> {
    writeFileSync(join(root, 'rightarch.yaml'), bytes);
    return refused(await readProject(join(root, 'rightarch.yaml')));
  }

  it('that is not UTF-8 is refused at the first byte that is not', async () => {
    expect(await readBytes(Buffer.from('images: {}\n# caf\xe9\n', 'latin1'))).toEqual(['2:6 config/not-utf8']);
    expect(await readBytes(Buffer.from('\ufeffimages: {}\n', 'utf16le'))).toEqual(['1:1 config/not-utf8']);
    expect(await readBytes(Buffer.from('\ufeffimages: {}\n', 'utf8'))).toEqual([]);
  });

  it('of 2 MB is too large, wherever a character is cut', async () => {
    for (const pad of ['', 'a', 'ab'])
      expect(await readBytes(Buffer.from(`# ${pad}${'あ'.repeat(700_000)}`))).toEqual(['1:1 config/too-large']);
  });

  it.skipIf(process.platform === 'win32')('that is a link is read, and paths are relative to the link', async () => {
    mkdirSync(join(root, 'shared'));
    writeFileSync(join(root, 'shared/base.yaml'), 'images: { a: { context: b } }\n');
    symlinkSync('shared/base.yaml', join(root, 'rightarch.yaml'));
    const file = findConfigFile(root);
    expect(file).toBe(join(root, 'rightarch.yaml'));
    const parsed = await readProject(file!);
    const project = parsed.ok ? resolveProject(parsed.value) : parsed;
    expect(project.ok && project.value.images[0]?.context).toBe(join(root, 'b'));
  });

  it.each([
    ['a folder', () => mkdirSync(join(root, 'rightarch.yaml')), 'directory'],
    ['a link to nowhere', () => symlinkSync('nowhere', join(root, 'rightarch.yaml')), 'system'],
    ['a link to itself', () => symlinkSync('rightarch.yaml', join(root, 'rightarch.yaml')), 'system'],
  ])('that is %s is found and said, never passed over', async (_what, make, why) => {
    make();
    const file = findConfigFile(root);
    expect(file).toBe(join(root, 'rightarch.yaml'));
    const checked = await readProject(file!);
    expect(refused(checked)).toEqual(['1:1 config/unreadable']);
    expect(!checked.ok && checked.problems[0]?.args['why']).toBe(why);
  });
});
