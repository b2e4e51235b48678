import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRepository } from './check.ts';

/** Each finding about commands as `code text`, the text being what its place points at. */
const found = (path: string, text: string, more: Readonly<Record<string, string>> = {}) => {
  const files = Object.entries({ [path]: text, ...more }).map(([name, content]) => ({ path: name, text: content }));
  const { diagnostics } = checkRepository(files, { platforms: [], inlineIgnore: true, today: '2026-11-29' });
  return diagnostics.flatMap(({ code, at }) => {
    if (!code.startsWith('workflow/') || at.in !== 'file' || at.file !== path) return [];
    const line = text.split('\n')[at.start.line - 1]!;
    return [
      `${code.slice('workflow/'.length)} ${line.slice(at.start.column - 1, at.end.line === at.start.line ? at.end.column - 1 : undefined)}`,
    ];
  });
};

const push = (cpu: string, tag = 'r.io/app:1') => `docker buildx build --platform linux/${cpu} -t ${tag} --push .`;
const CREATE = 'docker buildx create --use';

describe('a script', () => {
  const FOR = 'for arch in amd64 arm64; do';
  test.each<[string, readonly string[], readonly string[]]>([
    ['pushes one platform after the other', [push('amd64'), push('arm64')], ['tag-overwritten r.io/app:1']],
    [
      'under a name from outside',
      [push('amd64', '"$IMAGE:1"'), push('arm64', '"$IMAGE:1"')],
      ['tag-overwritten "$IMAGE:1"'],
    ],
    ['under a name that changes', ['T=a', push('amd64', 'r.io/$T'), 'T=b', push('arm64', 'r.io/$T')], []],
    ['under a name that is made anew', [push('amd64', 'r.io/a:$(date)'), push('arm64', 'r.io/a:$(date)')], []],
    ['under two names', [push('amd64', 'r.io/app:amd64'), push('arm64', 'r.io/app:arm64')], []],
    ['the same platform twice', [push('amd64'), push('amd64')], []],
    ['one of them where it is asked for', ['if [ "$1" = arm ]; then', push('arm64'), 'else', push('amd64'), 'fi'], []],
    ['both at once', ['docker buildx build --platform linux/amd64,linux/arm64 -t r.io/app:1 --push .'], []],
    [
      'one, and then all',
      [push('amd64'), 'docker buildx build --platform linux/amd64,linux/arm64 -t r.io/app:1 --push .'],
      [],
    ],
    ['in a loop', [FOR, push('$arch'), 'done'], ['tag-overwritten r.io/app:1']],
    ['renamed between', [push('amd64'), 'crane copy r.io/app:1 r.io/app:1-x', push('arm64')], []],
    ['renamed in each turn', [FOR, push('$arch'), 'crane cp r.io/app:1 r.io/app:1-$arch', 'done'], []],
    [
      'renamed before',
      ['crane cp r.io/app:1 r.io/app:0', push('amd64'), push('arm64')],
      ['tag-overwritten r.io/app:1'],
    ],
    ['in a loop, each under its own', [FOR, push('$arch', 'r.io/app:1-$arch'), 'done'], []],
    ['in a loop over what is not seen', ['for arch in $ALL; do', push('$arch'), 'done'], []],
    [
      'loads several from a builder of its own',
      [CREATE, 'docker buildx build --platform linux/amd64,linux/arm64 --load .'],
      ['load-several --load'],
    ],
    [
      'loads several with the builder of Docker',
      ['docker buildx build --platform linux/amd64,linux/arm64 --load .'],
      [],
    ],
    ['loads one', [CREATE, 'docker buildx build --platform linux/arm64 --load .'], []],
    [
      'joins indexes',
      [
        CREATE,
        push('amd64', 'r.io/a:x'),
        push('arm64', 'r.io/a:y'),
        'docker manifest create r.io/a:1 r.io/a:x r.io/a:y',
      ],
      ['manifest-of-indexes r.io/a:x'],
    ],
    [
      'joins images without provenance',
      [
        CREATE,
        push('amd64', 'r.io/a:x --provenance=false'),
        push('arm64', 'r.io/a:y --provenance=false'),
        'docker manifest create r.io/a:1 r.io/a:x r.io/a:y',
      ],
      [],
    ],
    [
      'pushes by digest, and nobody joins',
      ['docker buildx build --output type=image,name=r.io/a,push-by-digest=true,push=true .'],
      ['digests-not-joined type=image,name=r.io/a,push-by-digest=true,push=true'],
    ],
    ['echoes', [`echo "${push('amd64')}"`, `echo "${push('arm64')}"`], []],
  ])('%s', (_name, lines, expected) => expect(found('build.sh', `set -e\n${lines.join('\n')}\n`)).toEqual(expected));

  test('digests that another file joins', () => {
    const by = 'docker buildx build --output type=image,name=r.io/a,push-by-digest=true,push=true .\n';
    expect(found('build.sh', by, { 'join.sh': 'docker buildx imagetools create -t r.io/a:1 $DIGESTS\n' })).toEqual([]);
  });

  test('a comment answers for it', () => {
    const why = '# rightarch-ignore workflow/tag-overwritten: the first is a test\n';
    expect(found('build.sh', `${push('amd64')}\n${why}${push('arm64')}\n`)).toEqual([]);
  });
});

describe('the same where else there is shell', () => {
  const both = [push('amd64'), push('arm64')];
  const list = (lines: readonly string[], indent: string) => lines.map((one) => `${indent}- ${one}\n`).join('');
  test.each<[string, string, string]>([
    ['Makefile', 'Makefile', `push: test\n${both.map((one) => `\t@${one}\n`).join('')}`],
    ['package.json', 'package.json', `{\n  "scripts": { "push": "${both.join(' && ')}" }\n}\n`],
    ['buildspec', 'buildspec.yml', `phases:\n  build:\n    commands:\n${list(both, '      ')}`],
    ['GitLab', '.gitlab-ci.yml', `push:\n  script:\n${list(both, '    ')}`],
    [
      'a block of GitHub',
      '.github/workflows/a.yml',
      `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          set -e\n\n          ${both.join('\n          ')}\n`,
    ],
    [
      'steps of GitHub',
      '.github/workflows/a.yml',
      `jobs:\n  a:\n    steps:\n${list(
        both.map((one) => `run: ${one}`),
        '      ',
      )}`,
    ],
  ])('%s', (_name, path, text) => expect(found(path, text)).toEqual(['tag-overwritten r.io/app:1']));

  test('a target of a Makefile is a script of its own, and a leg of a matrix one of several', () => {
    expect(found('Makefile', `a:\n\t${push('amd64')}\nb:\n\t${push('arm64')}\n`)).toEqual([]);
    expect(found('Makefile', `a:\n\t${push('amd64', 'r.io/$(T)')}\n\t${push('arm64', 'r.io/$(T)')}\n`)).toEqual([]);
    const leg = `jobs:\n  a:\n    strategy: { matrix: { cpu: [amd64, arm64] } }\n    steps:\n      - run: ${push('${{ matrix.cpu }}', 'r.io/a:${{ matrix.cpu }}')}\n`;
    expect(found('.github/workflows/a.yml', leg)).toEqual([]);
  });
});

test('whatever a script is, it is judged', () => {
  const piece = fc.constantFrom(
    push('amd64'),
    push('$a'),
    'for a in b c; do',
    'done',
    '\\',
    '\t',
    '$$(',
    '"',
    "'",
    '\n',
    '|',
    '- ',
    'docker manifest create',
  );
  const path = fc.constantFrom(
    'a.sh',
    'Makefile',
    'package.json',
    'buildspec.yml',
    '.gitlab-ci.yml',
    '.github/workflows/a.yml',
  );
  fc.assert(
    fc.property(path, fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 20 }), (name, pieces) => {
      const text = `docker push ${pieces.join(' ')}\n`;
      expect(
        checkRepository([{ path: name, text }], { platforms: [], inlineIgnore: true, today: '2026-11-29' }),
      ).toBeDefined();
    }),
    { numRuns: 200 },
  );
});

describe('an index that is pulled and pushed again', () => {
  const both = (tag: string) => `docker buildx build --platform linux/amd64,linux/arm64 -t ${tag} --push .`;
  const again = (from: string, to: string, pull = 'docker pull') => [
    `${pull} ${from}`,
    `docker tag ${from} ${to}`,
    `docker push ${to}`,
  ];
  const TO = 'ghcr.io/team/app:1';
  const FOUND = [`pushed-again docker push ${TO}`];
  test.each<[string, readonly string[], readonly string[]]>([
    ['is one platform', [CREATE, both('r.io/app:1'), ...again('r.io/app:1', TO)], FOUND],
    ['by a name from outside', [CREATE, both('"$IMAGE"'), ...again('"$IMAGE"', TO)], FOUND],
    [
      'by tags in a variable',
      [CREATE, 'A=r.io/app:1', 'TAGS="-t $A -t r.io/app:2"', both('x').replace('-t x', '$TAGS'), ...again('$A', TO)],
      FOUND,
    ],
    ['by docker image', [CREATE, both('r.io/app:1'), ...again('r.io/app:1', TO, 'docker image pull')], FOUND],
    ['with Docker’s own builder, which may keep both', [both('r.io/app:1'), ...again('r.io/app:1', TO)], []],
    ['of one platform', [CREATE, push('amd64', 'r.io/app:1'), ...again('r.io/app:1', TO)], []],
    ['of another name', [CREATE, both('r.io/app:1'), ...again('r.io/other:1', TO)], []],
    [
      'of the one that is asked for',
      [CREATE, both('r.io/app:1'), ...again('r.io/app:1', TO, 'docker pull --platform linux/amd64')],
      [],
    ],
    ['under the name of a CPU', [CREATE, both('r.io/app:1'), ...again('r.io/app:1', `${TO}-amd64`)], []],
    ['for a test', [CREATE, both('r.io/app:1'), ...again('r.io/app:1', 'localhost:5000/app')], []],
    [
      'as a part of another index',
      [CREATE, both('r.io/app:1'), ...again('r.io/app:1', TO), `docker manifest create ghcr.io/team/app:all ${TO} x`],
      [],
    ],
    ['where it is copied', [CREATE, both('r.io/app:1'), `docker buildx imagetools create -t ${TO} r.io/app:1`], []],
    ['and is not pushed', [CREATE, both('r.io/app:1'), ...again('r.io/app:1', TO).slice(0, 2)], []],
    [
      'that is built now and then',
      [CREATE, 'if [ "$1" ]; then', both('r.io/app:1'), 'fi', ...again('r.io/app:1', TO)],
      [],
    ],
  ])('%s', (_name, lines, expected) => expect(found('a.sh', `${lines.join('\n')}\n`)).toEqual(expected));

  const step = (platforms: string, name: string) =>
    `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/setup-buildx-action@v3\n      - uses: docker/build-push-action@v6\n        with:\n          platforms: ${platforms}\n          push: true\n          tags: r.io/app:\${{ github.sha }}\n      - run: |\n          docker pull ${name}\n          docker tag ${name} ${TO}\n          docker push ${TO}\n`;
  test.each<[string, string, string, readonly string[]]>([
    ['by an action', 'linux/amd64,linux/arm64', 'r.io/app:${{ github.sha }}', FOUND],
    ['by an action, for one platform', 'linux/arm64', 'r.io/app:${{ github.sha }}', []],
    ['by an action, of another name', 'linux/amd64,linux/arm64', 'r.io/other:${{ github.sha }}', []],
  ])('%s', (_name, platforms, name, expected) =>
    expect(found('.github/workflows/a.yml', step(platforms, name)).filter((one) => one.startsWith('pushed'))).toEqual(
      expected,
    ),
  );
});
