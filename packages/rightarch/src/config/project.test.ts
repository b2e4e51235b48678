import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inWords } from '../messages/index.ts';
import { findConfigFile } from './find-config.ts';
import { parseProject, readProject } from './project.ts';

const seeds = [0, 1, 2, 3, 4].map((n) => readFileSync(new URL(`testdata/seed-${n}.yaml`, import.meta.url), 'utf8'));

/** `line:column code words` of every problem, in English. */
function problems(text: string): readonly string[] {
  const parsed = parseProject(text, '/p/rightarch.yaml');
  if (parsed.ok) return [];
  return parsed.problems.map((one) => {
    for (const language of ['ja', 'ko'] as const) inWords(one, language);
    const place = one.at.in === 'file' ? `${one.at.start.line}:${one.at.start.column}` : one.at.in;
    return `${place} ${one.code} ${inWords(one, 'en').message}`;
  });
}

describe('parseProject', () => {
  it.each([0, 1, 2, 3, 4])('reads the file of seed %i', (n) => expect(problems(seeds[n] ?? '')).toEqual([]));

  it('reads an empty file and one of comments', () => {
    expect(problems('')).toEqual([]);
    expect(problems('# nothing yet\n')).toEqual([]);
  });

  it.each<[string, string, readonly string[]]>([
    [
      'an unknown key',
      'images:\n  app:\n    dockerfil: x\n',
      ['3:5 config/unknown-key `dockerfil` is not a key of `images.app`'],
    ],
    ['an unknown key at the top', 'image: {}\n', ['1:1 config/unknown-key `image` is not a key of rightarch.yaml']],
    [
      'an account without quotes',
      'environments:\n  dev: { account: 012345678901 }\n',
      [
        '2:19 config/number-for-text `environments.dev.account` is text, and without quotes YAML reads `012345678901` as the number 12345678901',
      ],
    ],
    [
      'an account without quotes that loses nothing today',
      'environments:\n  dev: { account: 111111111111 }\n',
      [
        '2:19 config/number-for-text `environments.dev.account` is text, and without quotes YAML reads `111111111111` as the number 111111111111; other ids would lose leading zeros',
      ],
    ],
    [
      'a tag that is a number',
      'images: { app: { tags: [1.10] } }\n',
      [
        '1:25 config/number-for-text `images.app.tags.0` is text, and without quotes YAML reads `1.10` as the number 1.1',
      ],
    ],
    [
      'a list for text',
      'images: { app: { context: [a] } }\n',
      ['1:27 config/wrong-type `images.app.context` is a list, and text belongs there'],
    ],
    [
      'a map for text or a list',
      'images: { app: { tags: { a: b } } }\n',
      ['1:24 config/wrong-type `images.app.tags` is a map of keys, and text or a list belongs there'],
    ],
    [
      'a runtime that is missing',
      'images: { app: }\ntargets:\n  api: { architecture: arm64 }\n',
      ['3:3 config/missing-key `targets.api` needs `runtime`'],
    ],
    [
      'a release that is none',
      'images: { app: }\ntargets: { a: { runtime: lambda, release: tags } }\n',
      ['2:43 config/not-one-of `targets.a.release` cannot be `tags`'],
    ],
    [
      'a runtime that is none',
      'images: { app: }\ntargets: { a: { runtime: lamda } }\n',
      ['2:26 target/unknown-runtime `lamda` is not a runtime that rightarch knows'],
    ],
    [
      'a CPU that is none',
      'images: { app: }\ntargets: { a: { runtime: eks, architecture: [arm64, vax] } }\n',
      ['2:53 platform/malformed `vax` is not a platform: it needs an operating system and a CPU, as in `linux/arm64`'],
    ],
    [
      'a promise that is none',
      'images: { app: { platforms: linux } }\n',
      [
        '1:29 platform/malformed `linux` is not a platform: it needs an operating system and a CPU, as in `linux/arm64`',
      ],
    ],
    [
      'an image that is not there',
      'images: { app: }\ntargets: { a: { runtime: lambda, image: ap } }\n',
      ['2:41 config/image-unknown There is no image `ap` under `images`'],
    ],
    [
      'an image that must be named',
      'images: { app: , web: }\ntargets: { a: { runtime: lambda } }\n',
      ['2:12 config/image-needed `a` names no image, and there are 2'],
    ],
    [
      'an override of nothing',
      'environments: { dev: { targets: { api: { service: x } } } }\n',
      ['1:35 config/target-unknown There is no target `api` under `targets`'],
    ],
    [
      'a reserved variable',
      'environments: { dev: { sha: "x" } }\n',
      ['1:24 config/variable-reserved `sha` is a variable that rightarch itself puts in'],
    ],
    [
      'a name with a slash',
      'images: { a/b: }\n',
      [
        '1:11 config/name-malformed `a/b` is not a name: at most 63 letters, digits, dots, dashes and underscores, beginning with a letter or digit',
      ],
    ],
    ['a key twice', 'images:\n  a: {}\n  a: {}\n', ['3:3 config/duplicate-key `a` appears twice in the same map']],
    [
      'a list at the top',
      '- a\n',
      ['1:1 config/wrong-type `rightarch.yaml` is a list, and a map of keys belongs there'],
    ],
    ['text at the top', 'hello\n', ['1:1 config/wrong-type `rightarch.yaml` is text, and a map of keys belongs there']],
    [
      'an assumption without reason',
      'images: { a: }\ntargets: { t: { runtime: apprunner, assume: { architecture: arm64 } } }\n',
      ['2:37 config/missing-key `targets.t.assume` needs `reason`'],
    ],
    [
      'a reserved key',
      'images: { __proto__: { context: x } }\n',
      ['1:11 config/key-malformed A key must be a plain word, and this one is a list, a map, empty or reserved'],
    ],
    ['an empty context', 'images: { a: { context: "" } }\n', ['1:25 config/empty-value `images.a.context` is empty']],
    [
      'a secret without id',
      'images: { a: { secrets: [{ file: x }] } }\n',
      ['1:26 config/missing-key `images.a.secrets.0` needs `id`'],
    ],
  ])('reports %s', (_what, text, expected) => expect(problems(text)).toEqual(expected));

  it('reports everything at once, in the order of the file', () => {
    const found = problems('imagse: {}\nlanguage: fr\nenvironments:\n  dev: { account: 1, confirm: maybe }\n');
    expect(found.map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual([
      '1:1 config/unknown-key',
      '2:11 config/not-one-of',
      '4:19 config/number-for-text',
      '4:31 config/wrong-type',
    ]);
  });

  it('proposes what was meant', () => {
    const parsed = parseProject('images: { app: { dockerfil: x } }', '/p/rightarch.yaml');
    if (parsed.ok) throw new Error('accepted');
    expect(inWords(parsed.problems[0]!, 'en').fix).toMatch(/^Did you mean `dockerfile`\? Known here: `context`, /);
  });

  it('takes numbers and switches for build arguments, as written', () => {
    const parsed = parseProject(
      'images: { app: { args: { PORT: 8080, V: 1.10, DEBUG: true }, labels: { n: 007 } } }',
      '/p/r.yaml',
    );
    if (!parsed.ok) throw new Error('refused');
    expect({ ...parsed.value.shape.images?.['app']?.args }).toEqual({ PORT: '8080', V: '1.10', DEBUG: 'true' });
    expect({ ...parsed.value.shape.images?.['app']?.labels }).toEqual({ n: '007' });
  });

  it('follows aliases, and stops where they unfold without end', () => {
    expect(problems('defaults: &d { context: a }\nimages: { app: *d }\n')).toEqual([]);
    const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 12; i++) bomb.push(`a${i}: &a${i} [${new Array(10).fill(`*a${i - 1}`).join(',')}]`);
    expect(problems(bomb.join('\n'))[0]).toMatch(/config\/too-large/);
    expect(problems('images: &a\n  app: *a\n')[0]).toMatch(/config\/(too-large|syntax)/);
    expect(problems('images: *nowhere\n')[0]).toMatch(/^1:9 config\/syntax/);
  });

  it.each([
    ['deep nesting', '['.repeat(20_000)],
    ['a deep map', Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['a huge document', `images: "${'x'.repeat(2_000_000)}"`],
    ['very many keys', `images:\n${Array.from({ length: 25_000 }, (_, i) => `  k${i}:`).join('\n')}`],
    ['a very long key', `${'k'.repeat(100_000)}: 1`],
    ['two documents', 'images: {}\n---\nimages: {}\n'],
    ['a tab', 'images:\n\tapp: {}\n'],
    ['an open quote', 'images: "\n'],
    ['zero bytes', 'images: \u0000\u0000\n'],
    ['a map as key', '{ [a]: b, ? { c: d } : e }\n'],
  ])('answers %s with a problem', (_what, text) => {
    expect(problems(text).length).toBeGreaterThan(0);
  });

  it('never throws on any YAML, made of the examples or of nothing', () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(
          fc.tuple(
            fc.nat(),
            fc.nat(6),
            fc.oneof(
              fc.string({ maxLength: 6 }),
              fc.constantFrom('&a ', '*a', '[', '{', ': ', '- ', '"', '!!int ', '? ', '<<: '),
            ),
          ),
          { maxLength: 4 },
        ),
      )
      .map(([text, edits]) =>
        edits.reduce(
          (now, [at, gone, added]) =>
            now.slice(0, at % (now.length + 1)) + added + now.slice((at % (now.length + 1)) + gone),
          text,
        ),
      );
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string()), (text) => void problems(text)),
      { numRuns: 300 },
    );
  });
});

describe('on disk', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'rightarch-config-'));
    mkdirSync(join(root, 'repository/.git'), { recursive: true });
    mkdirSync(join(root, 'repository/a/b'), { recursive: true });
    writeFileSync(join(root, 'rightarch.yaml'), 'outside: true\n');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('is looked for up to the root of the repository and no further', async () => {
    expect(findConfigFile(join(root, 'repository/a/b'))).toBeUndefined();
    writeFileSync(join(root, 'repository/rightarch.yml'), 'images: { app: }\n');
    expect(findConfigFile(join(root, 'repository/a/b'))).toBe(join(root, 'repository/rightarch.yml'));
    const read = await readProject(join(root, 'repository/rightarch.yml'));
    expect(read.ok && [Object.keys(read.value.shape.images ?? {}), read.value.directory]).toEqual([
      ['app'],
      join(root, 'repository'),
    ]);
  });

  it('says so where it cannot be read', async () => {
    const pipe = join(root, 'pipe.yaml');
    if (process.platform !== 'win32') execFileSync('mkfifo', [pipe]);
    for (const path of [join(root, 'nowhere.yaml'), root, pipe]) {
      const read = await readProject(path);
      expect(!read.ok && read.problems.map((one) => one.code)).toEqual(['config/unreadable']);
    }
  });
});
