import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../core/index.ts';
import { checkRepository } from './check.ts';
import { markdownBlocks, typedOnly } from './documents/markdown.ts';
import { isDocument, saysCommands } from './markdown-rules.ts';

const block = (language: string, ...lines: readonly string[]): string =>
  `\`\`\`${language}\n${lines.join('\n')}\n\`\`\`\n`;
const SERVICE = {
  path: 'main.tf',
  text: 'resource "google_cloud_run_v2_service" "api" {\n  name = "api"\n}\n',
};

function told(text: string, { beside = [] as readonly { path: string; text: string }[], asked = '' } = {}) {
  const platform = parsePlatform(asked);
  const result = checkRepository([{ path: 'docs/RUNBOOK.md', text }, ...beside], {
    platforms: platform === undefined ? [] : [platform],
    inlineIgnore: true,
    today: '2026-11-29',
  });
  return result.diagnostics
    .filter(({ at }) => at.in === 'file' && at.file.endsWith('.md'))
    .map(({ code, severity, at }) => [code, severity, at.in === 'file' ? `${at.start.line}:${at.start.column}` : '']);
}

describe('a Dockerfile in a document', () => {
  test('is a note, at its line and column of the document', () => {
    const text = `# Setup\n\nSome words.\n\n${block('Dockerfile', 'FROM --platform=linux/amd64 node:22', 'RUN npm ci', 'CMD ["node"]')}`;
    expect(told(text)).toEqual([['dockerfile/platform-pinned', 'note', '6:6']]);
    expect(told(`1. Step\n\n${text.replace(/^```|^FROM|^RUN|^CMD/gm, '   $&')}`)).toEqual([
      ['dockerfile/platform-pinned', 'note', '8:9'],
    ]);
  });

  test('is silent for what the repository builds, and judged for what is asked', () => {
    const text = block('dockerfile', 'FROM --platform=linux/amd64 node:22', 'CMD ["node"]');
    expect(told(text, { beside: [SERVICE] })).toEqual([]);
    expect(told(text, { asked: 'linux/arm64' })).toHaveLength(1);
  });

  test.each([
    ['a part', block('dockerfile', 'FROM --platform=$BUILDPLATFORM golang:1 AS build', 'RUN go build -o /app .')],
    ['a part without a name', block('dockerfile', 'FROM --platform=$BUILDPLATFORM golang:1', 'RUN xx-go build')],
    ['instructions alone', block('dockerfile', 'RUN GOARCH=amd64 go build')],
    ['what does not parse', block('dockerfile', 'FROM --platform=linux/amd64 node', 'npm ci')],
    ['another language', block('text', 'FROM --platform=linux/amd64 node')],
    ['no language', block('', 'FROM --platform=linux/amd64 node')],
    ['a mark in it', block('dockerfile', '# ❌ one platform', 'FROM --platform=linux/amd64 node')],
    ['a word above it', `Do not do this:\n\n${block('dockerfile', 'FROM --platform=linux/amd64 node')}`],
    [
      'a heading above it',
      `## 悪い例\n\nこれは動きません。\n\n${block('dockerfile', 'FROM --platform=linux/amd64 node')}`,
    ],
    ['a heading above it, in Korean', `### 잘못된 예\n\n${block('dockerfile', 'FROM --platform=linux/amd64 node')}`],
  ])('%s says nothing', (_what, text) => {
    expect(told(text)).toEqual([]);
  });

  test('three of a mistake are told, and no more', () => {
    const one = block('dockerfile', 'FROM --platform=linux/amd64 node');
    expect(told(one.repeat(8))).toHaveLength(3);
  });
});

describe('commands in a document', () => {
  const LOAD = ['docker buildx create --use', 'docker buildx build --platform linux/amd64,linux/arm64 -t app --load .'];

  test('have the rules of a script, typed at a prompt too', () => {
    expect(told(block('bash', ...LOAD))).toEqual([['workflow/load-several', 'note', '3:63']]);
    const typed = block('console', ...LOAD.map((line) => `$ ${line}`), 'ERROR');
    expect(told(typed.replace('ERROR', '#1 [internal] load'))).toEqual([['workflow/load-several', 'note', '3:65']]);
  });

  test('that build without a platform and push, where the repository or the document says what runs it', () => {
    const push = block('sh', 'docker build -t gcr.io/p/api:1 .', 'docker push gcr.io/p/api:1');
    expect(told(push, { beside: [SERVICE] })).toEqual([['repository/builder-decides', 'note', '2:1']]);
    const deploy = block('sh', 'gcloud run deploy api --image gcr.io/p/api:1');
    expect(told(push + deploy)).toEqual([['repository/builder-decides', 'note', '2:1']]);
    // Nobody says where it runs; it stays here; it names the platform; either CPU runs it.
    expect(told(push)).toEqual([]);
    expect(told(block('sh', 'docker build -t api .') + deploy)).toEqual([]);
    expect(told(push.replace('build -t', 'build --platform linux/amd64 -t') + deploy)).toEqual([]);
    expect(told(push + block('sh', 'kubectl apply -f .'))).toEqual([]);
  });
});

test('where no file builds the image, the documents say how: a platform that they always name is named', () => {
  const codes = (text: string, more: readonly { path: string; text: string }[] = []) =>
    checkRepository(
      [{ path: 'README.md', text }, { path: 'Dockerfile', text: 'FROM node:22\nCMD ["node"]\n' }, SERVICE, ...more],
      { platforms: [], inlineIgnore: true, today: '2026-11-30' },
    ).diagnostics.flatMap(({ code, at }) => (at.in === 'file' ? `${code} ${at.file}` : []));
  const build = (platform: string) => block('sh', `docker build ${platform} -t api .`);
  const decides = 'repository/builder-decides Dockerfile';
  expect(codes('')).toEqual([decides]);
  expect(codes(build('--platform linux/amd64'))).toEqual([]);
  expect(codes(build('--platform linux/arm64'))).toEqual([decides]);
  expect(codes(build('--platform linux/amd64') + build(''))).toEqual([decides]);
  expect(codes(`Wrong:\n\n${build('--platform linux/amd64')}`)).toEqual([decides]);
  // A script builds it otherwise.
  const script = { path: 'build.sh', text: 'docker build -t api .\n' };
  expect(codes(build('--platform linux/amd64'), [script])).toEqual(['repository/builder-decides build.sh']);
});

test('a workflow in a document is judged where it has its jobs', () => {
  const steps = [
    '      - uses: docker/setup-buildx-action@v3',
    '      - uses: docker/build-push-action@v6',
    '        with:',
    '          platforms: linux/amd64,linux/arm64',
    '          load: true',
  ];
  const head = ['on: push', 'jobs:', '  a:', '    runs-on: ubuntu-latest', '    steps:'];
  expect(told(block('yaml', ...head, ...steps))).toEqual([['workflow/load-several', 'note', '11:17']]);
  expect(told(block('yaml', ...steps))).toEqual([]);
});

test('a comment silences it: in the block, before the fence, and for the document', () => {
  const from = 'FROM --platform=linux/amd64 node';
  const code = 'dockerfile/platform-pinned';
  expect(told(block('dockerfile', `# rightarch-ignore ${code}: a test`, from))).toEqual([]);
  expect(told(`<!-- rightarch-ignore ${code}: on purpose -->\n${block('dockerfile', '# x', from)}`)).toEqual([]);
  expect(told(`<!-- rightarch-ignore-file ${code}: on purpose -->\n\n${block('dockerfile', from).repeat(2)}`)).toEqual(
    [],
  );
});

test('what is read: documents by their name, and of those such as hold a block that matters', () => {
  expect(['README.md', 'docs/run.markdown'].map(isDocument)).toEqual([true, true]);
  expect(
    ['CHANGELOG.md', 'test/a.md', 'x/testdata/a.md', 'node_modules/a/README.md', 'a.mdx', 'README'].map(isDocument),
  ).toEqual([false, false, false, false, false, false]);
  expect(saysCommands(block('sh', 'docker build .'))).toBe(true);
  expect([block('sh', 'npm ci'), block('js', 'docker build'), 'docker build'].map(saysCommands)).toEqual([
    false,
    false,
    false,
  ]);
});

test('blocks: fences of both kinds, longer ones around others, one that never ends', () => {
  const text = '~~~~sh\na\n~~~\nb\n~~~~\n\n```yaml title="x"\nc\n';
  expect(markdownBlocks(text).map(({ language, from, to, text: body }) => [language, from, to, body.trim()])).toEqual([
    ['sh', 2, 4, 'a\n~~~\nb'],
    ['yaml', 8, 9, 'c'],
  ]);
  expect(typedOnly('$ a\nout\n  # b\n')).toBe('  a\n\n    b\n');
});

test('a hostile document ends', () => {
  const began = markdownBlocks(`${'```sh\n'.repeat(20_000)}${'`'.repeat(50_000)}\n${'x'.repeat(100_000)}`);
  expect(began.length).toBeLessThanOrEqual(200);
});
