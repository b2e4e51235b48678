import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentLimits, readProvenance } from '../oci/index.ts';
import { elfBytes, type TestFile, testImage, testIndex } from '../testing/index.ts';
import { withOrigins } from './blame.ts';
import { originOf } from './origin.ts';
import { recipeOfHistory, recipeOfProvenance } from './recipe.ts';
import { verifyTree } from './verify.ts';

interface Recorded {
  readonly statement: { readonly predicate: { readonly metadata: Record<string, { readonly source: Source }> } };
  readonly layers: readonly string[];
  readonly history: readonly { readonly created_by: string; readonly empty_layer?: boolean }[];
}

/** A statement and a history that the BuildKit of Docker 26.1 wrote, with `mode=max`; what is not read is left out. */
const recordedOf = (name: string): Recorded =>
  JSON.parse(readFileSync(new URL(`../../testdata/provenance/${name}.json`, import.meta.url), 'utf8')) as Recorded;
const recorded = recordedOf('buildkit');
interface Source {
  readonly infos: readonly { readonly data: string }[];
}
const MADE = 'https://mobyproject.org/buildkit@v1#metadata';
const dockerfile = Buffer.from(recorded.statement.predicate.metadata[MADE]!.source.infos[0]!.data, 'base64').toString();
const file = (path: string): TestFile => ({ path, content: path });
const image = testImage({
  layers: ['srv/', 'srv/app/tool', 'bin/sh', 'srv/data', 'srv/text'].map((path) => ({ files: [file(path)] })),
  history: recorded.history,
});

/** The statement as it was recorded, about the layers of the image here. */
function statementHere(of = recorded, about = image): object {
  const text = of.layers.reduce(
    (all, digest, i) => all.replaceAll(digest, about.layers[i]!.digest),
    JSON.stringify(of.statement),
  );
  return JSON.parse(text) as object;
}

async function stated(provenance: object, about = image) {
  const tree = await testIndex({ images: [about], attestations: { provenance } }).tree();
  const [one] = tree.images;
  const found = await readProvenance(tree, one!);
  return found && recipeOfProvenance(one!, found);
}

const wordsIn = ({ by: _, ...args }: { readonly by?: unknown }): unknown[] => Object.values(args);

/** `line remark words`, for reading. */
const shown = (found: ReturnType<typeof originOf>) =>
  found.map(({ at, note }) => [at.in === 'file' && at.start.line, note.remark, ...wordsIn(note.args as object)]);

const FROM_BUILD = [
  [19, 'origin-line', 'COPY --from=build --chmod=755 /app ./app'],
  [8, 'origin-stage', 'build', 'FROM deps AS build'],
];

describe('the lines that BuildKit states', () => {
  it('each layer has its own, and a file is followed into the stage that it was copied from', async () => {
    const recipe = (await stated(statementHere()))!;
    expect(recipe.made.map((one) => one?.instruction.span.start.line)).toEqual([18, 19, 20, 21, 22]);
    expect(shown(originOf(recipe, 1, '/srv/app/lib/one'))).toEqual(FROM_BUILD);
    expect(shown(originOf(recipe, 2, '/bin/sh'))).toEqual([
      [20, 'origin-line', 'COPY --from=deps /bin/sh /bin/sh'],
      [2, 'origin-stage', 'deps', 'FROM scratch AS deps'],
    ]);
    expect(shown(originOf(recipe, 3, '/srv/data'))).toEqual([
      [21, 'origin-line', 'RUN ["/bin/sh", "-c", "echo one >/srv/data"]'],
    ]);
  });

  it('the layers of a base are those of FROM', async () => {
    const based = recordedOf('buildkit-on-a-base');
    const layers = based.layers.map((_, i) => ({ files: [file(`f${i}`)] }));
    const about = testImage({ layers, history: based.history });
    const recipe = await stated(statementHere(based, about), about);
    const lines = [4, 4, 5, 6, 7, 8];
    expect(recipe?.made.map((one) => one?.instruction.span.start.line)).toEqual(lines);
    // The history of the same image says the same.
    const [{ data } = { data: '' }] = based.statement.predicate.metadata[MADE]!.source.infos;
    const text = Buffer.from(data, 'base64').toString();
    const again = recipeOfHistory((await about.tree()).images[0]!, { file: 'Dockerfile', text });
    expect(again?.made.map((one) => one?.instruction.span.start.line)).toEqual(lines);
  });

  it('are the same in the form of SLSA 1.0', async () => {
    const { predicate } = statementHere() as typeof recorded.statement;
    const made = predicate.metadata[MADE];
    const recipe = await stated({
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        runDetails: { metadata: { buildkit_metadata: { ...made, vcs: { 'localdir:dockerfile': 'services/api' } } } },
      },
    });
    expect(recipe?.file).toBe('services/api/Dockerfile');
    expect(shown(originOf(recipe!, 1, '/srv/app/lib/one'))).toEqual(FROM_BUILD);
  });

  it('of stages that begin alike, those of the image count', async () => {
    const based = recordedOf('buildkit-on-a-base');
    const about = testImage({
      layers: based.layers.map((_, i) => ({ files: [file(`f${i}`)] })),
      history: based.history,
    });
    const text = JSON.stringify(statementHere(based, about));
    // The builder names line 4 and line 1 for the base, in whatever order.
    const swapped = JSON.parse(
      text.replace(
        /"step0":\{"locations":\[(\{.*?\]\}),(\{.*?\]\})\]\}/,
        (_, one, other) => `"step0":{"locations":[${other},${one}]}`,
      ),
    ) as object;
    expect(JSON.stringify(swapped)).not.toBe(text);
    const recipe = await stated(swapped, about);
    expect(recipe?.made[0]?.instruction.span.start.line).toBe(4);
  });

  it('that name no line for the base leave its layers out', async () => {
    const digest = (i: number) => image.layers[i]!.digest;
    const source = statementHere() as typeof recorded.statement;
    const made = source.predicate.metadata[MADE]!;
    const chain = (count: number) => [Array.from({ length: count }, (_, i) => ({ digest: digest(i) }))];
    const recipe = await stated({
      ...source,
      predicate: { metadata: { [MADE]: { ...made, layers: { 'step9:0': chain(3), 'step10:0': chain(4) } } } },
    });
    expect(recipe?.made.map((one) => one?.instruction.span.start.line)).toEqual([undefined, undefined, 20, 21]);
  });

  it.each(['../../etc', '/etc', 'a/../..'])(
    'about a file outside of the repository say nothing: %s',
    async (folder) => {
      const source = statementHere() as typeof recorded.statement;
      const made = { ...source.predicate.metadata[MADE]!, vcs: { 'localdir:dockerfile': folder } };
      expect(await stated({ ...source, predicate: { metadata: { [MADE]: made } } })).toBeUndefined();
    },
  );

  it('about other layers say nothing', async () => {
    expect(await stated(recorded.statement)).toBeUndefined();
  });

  it('whatever is in them ends nothing', async () => {
    const text = JSON.stringify(statementHere());
    const anything = fc.oneof(fc.jsonValue(), fc.constant('{"__proto__":1}'));
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), anything, async (at, value) => {
        // A value in place of another: what is no JSON after that is no statement.
        const colon = text.indexOf(':', at);
        const cut = /^(?:"(?:[^"\\]|\\.)*"|\d+|\[|\{)/.exec(text.slice(colon + 1))?.[0] ?? '';
        const changed = `${text.slice(0, colon + 1)}${JSON.stringify(value)}${text.slice(colon + 1 + cut.length)}`;
        let statement: unknown;
        try {
          statement = JSON.parse(changed);
        } catch {
          return;
        }
        if (typeof statement === 'object' && statement !== null) await stated(statement);
      }),
    );
  });
});

describe('what is too large explains nothing', () => {
  it('a statement', async () => {
    const most = documentLimits.statement;
    const { length } = JSON.stringify({ ...statementHere(), more: '' });
    expect(await stated({ ...statementHere(), more: ' '.repeat(most - length) })).toBeDefined();
    expect(await stated({ ...statementHere(), more: ' '.repeat(most - length + 1) })).toBeUndefined();
  });

  it('a Dockerfile', async () => {
    const [made] = (await testImage({ layers: [{}], history: [{ created_by: 'RUN a' }] }).tree()).images;
    const recipe = (size: number) => recipeOfHistory(made!, { file: 'x', text: 'FROM x\nRUN a\n'.padEnd(size, '\n') });
    expect(recipe(256 << 10)).toBeDefined();
    expect(recipe((256 << 10) + 1)).toBeUndefined();
  });

  it('an entry of a history, and quickly', async () => {
    const long = `/bin/sh -c #(nop) COPY dir:2 in a${'/'.repeat(2_000_000)}b`;
    const [made] = (await testImage({ layers: [{}], history: [{ created_by: long }] }).tree()).images;
    expect(recipeOfHistory(made!, { file: 'x', text: 'FROM x\nCOPY a b\n' })).toBeUndefined();
  });
});

describe('a finding of one of two images for a platform', () => {
  it('is told by the recipe of its own', async () => {
    const [one, other] = ['one', 'other'].map((name) =>
      testImage({
        platform: 'linux/amd64',
        layers: [{ files: [{ path: name, mode: 0o755, content: elfBytes({ machine: 'arm64' }) }] }],
        history: [{ created_by: `COPY ${name} /${name}` }],
        config: { Entrypoint: [`/${name}`] },
      }),
    );
    const tree = await testIndex({ images: [one!, other!] }).tree();
    const recipes = new Map(
      tree.images.map((image, i) => {
        const name = ['one', 'other'][i]!;
        const written = { file: `${name}/Dockerfile`, text: `FROM scratch\nCOPY ${name} /${name}\n` };
        return [image.descriptor.digest, recipeOfHistory(image, written)!];
      }),
    );
    const blamed = withOrigins(await verifyTree(tree), recipes);
    const files = blamed.platforms.map(({ diagnostics }) =>
      diagnostics.flatMap(({ related }) => related.map(({ at }) => at.in === 'file' && at.file)),
    );
    expect(files).toEqual([['one/Dockerfile'], ['other/Dockerfile']]);
  });
});

describe('the words that a history ends with', () => {
  const one = async (history: typeof recorded.history, text = dockerfile, stage?: string) => {
    const count = history.filter(({ empty_layer }) => empty_layer !== true).length;
    const layers = Array.from({ length: count }, (_, i) => ({ files: [file(`f${i}`)] }));
    const [made] = (await testImage({ layers, history }).tree()).images;
    return recipeOfHistory(made!, { file: 'Dockerfile', text, stage });
  };
  const base = [{ created_by: '/bin/sh -c #(nop) ADD file:1 in / ' }, { created_by: 'CMD ["sh"]', empty_layer: true }];

  it('are those of BuildKit', async () => {
    const recipe = await one(recorded.history);
    expect(recipe?.made.map((made) => made?.instruction.span.start.line)).toEqual([18, 19, 20, 21, 22]);
  });

  it('are those of the classic builder, behind a base', async () => {
    const text = 'FROM debian\nARG A\nRUN make all\nCOPY --chown=1:1 app /app/\nWORKDIR /srv\nCMD ["x"]\n';
    const recipe = await one(
      [
        ...base,
        { created_by: '/bin/sh -c #(nop)  ARG A', empty_layer: true },
        { created_by: '|1 A=1 /bin/sh -c make all' },
        { created_by: '/bin/sh -c #(nop) COPY --chown=1:1 file:2 in /app/ ' },
        { created_by: '/bin/sh -c #(nop) WORKDIR /srv' },
        { created_by: '/bin/sh -c #(nop)  CMD ["x"]', empty_layer: true },
      ],
      text,
    );
    expect(recipe?.made.map((made) => made?.instruction.span.start.line)).toEqual([1, 3, 4, 5]);
    expect(shown(originOf(recipe!, 0, '/bin/sh'))).toEqual([[1, 'origin-base', 'FROM debian']]);
  });

  it.each([
    ['another command', 'FROM x\nRUN make some\n'],
    ['another destination', 'FROM x\nRUN make all\nCOPY app /opt/\n'],
    ['more than there is', 'FROM x\nRUN make all\nCOPY app /app/\nRUN more\n'],
    ['nothing', 'FROM x\n'],
    ['no Dockerfile', 'hello\n'],
    [
      'no file',
      'FROM x\nWORKDIR /app\nCMD ["x"]\n',
      [...base, { created_by: 'WORKDIR /app' }, { created_by: 'CMD ["x"]' }],
    ],
    [
      'another command at its end',
      'FROM x\nRUN a\nCMD ["y"]\n',
      [...base, { created_by: 'RUN a' }, { created_by: 'CMD ["x"]' }],
    ],
    [
      'more in front of the command',
      'FROM x\nRUN npm ci\n',
      [...base, { created_by: 'RUN /bin/sh -c cd /x && npm ci' }],
    ],
    [
      'a longer destination',
      'FROM x\nCOPY x app\n',
      [...base, { created_by: '/bin/sh -c #(nop) COPY dir:2 in /srv/webapp ' }],
    ],
    ['another source', 'FROM x\nCOPY x /app\n', [...base, { created_by: 'COPY y /app # buildkit' }]],
    [
      'an entry point that was taken back',
      'FROM x\nRUN a\nENTRYPOINT []\n',
      [...base, { created_by: 'RUN a' }, { created_by: 'ENTRYPOINT ["/x"]' }],
    ],
    ['another user', 'FROM x\nRUN a\nUSER app\n', [...base, { created_by: 'RUN a' }, { created_by: 'USER node' }]],
  ])('that are not those of a Dockerfile say nothing: %s', async (_name, text, other?: typeof base) => {
    const history = other ?? [
      ...base,
      { created_by: 'RUN /bin/sh -c make all # buildkit' },
      { created_by: 'COPY app /app/' },
    ];
    expect(await one(history, text)).toBeUndefined();
  });

  it('may be those of a shell', async () => {
    const text = 'FROM x\nRUN a\nENTRYPOINT ["/e", "-x"]\nCMD npm start $A\nUSER $U\n';
    const words = ['RUN /bin/sh -c a', 'ENTRYPOINT ["/e" "-x"]', 'CMD ["/bin/sh" "-c" "npm start $A"]', 'USER 7'];
    expect(await one([...base, ...words.map((created_by) => ({ created_by }))], text)).toBeDefined();
  });

  it.each([
    ['of another shell', 'SHELL ["/bin/bash", "-c"]\nRUN a', ['SHELL [/bin/bash -c]', 'RUN |1 A=b /bin/bash -c a']],
    ['of nothing to start', 'RUN a\nENTRYPOINT []\nCMD []', ['RUN /bin/sh -c a', 'ENTRYPOINT []', 'CMD []']],
    ['of a heredoc', 'COPY a /a\nRUN <<E\nb\nE', ['COPY a /a # buildkit', 'RUN /bin/sh -c <<E (b) # buildkit']],
  ])('may be those %s', async (_name, lines, words) => {
    const history = [...base, ...words.map((created_by) => ({ created_by }))];
    expect(await one(history, `FROM x\n${lines}\n`)).toBeDefined();
  });

  it('are those of the stage that was asked for', async () => {
    const text = 'FROM x AS dev\nRUN one\nFROM dev AS more\nRUN two\nFROM dev\nRUN three\n';
    const history = [...base, { created_by: 'RUN /bin/sh -c one' }, { created_by: 'RUN /bin/sh -c two' }];
    const recipe = await one(history, text, 'more');
    expect(recipe?.made.map((made) => made?.instruction.span.start.line)).toEqual([1, 2, 4]);
    expect(await one(history, text)).toBeUndefined();
  });
});

describe('from stage to stage', () => {
  const follow = async (text: string, path: string) => {
    const [made] = (await testImage({ layers: [{}], history: [{ created_by: lastCopy(text) }] }).tree()).images;
    return shown(originOf(recipeOfHistory(made!, { file: 'Dockerfile', text })!, 0, path));
  };
  const lastCopy = (text: string) =>
    text
      .trim()
      .split('\n')
      .at(-1)!
      .replace(/ --\S+/g, '');

  it('a directory is followed through stages, as what may be', async () => {
    const text = `FROM --platform=$BUILDPLATFORM node AS deps
WORKDIR /app
RUN npm ci
FROM node AS build
WORKDIR /app
COPY --from=deps /app/node_modules node_modules
RUN npm run build
FROM node
COPY --from=build /app /srv
`;
    expect(await follow(text, '/srv/node_modules/x.node')).toEqual([
      [9, 'origin-line', 'COPY --from=build /app /srv'],
      [4, 'origin-stage', 'build', 'FROM node AS build'],
      [6, 'origin-before', 'COPY --from=deps /app/node_modules node_modules', false],
      [1, 'origin-stage', 'deps', 'FROM --platform=$BUILDPLATFORM node AS deps'],
    ]);
    // Another file of the same directory is not said to come by that line.
    expect(await follow(text, '/srv/dist/app')).toHaveLength(2);
  });

  it('a single file keeps its name, or gets another', async () => {
    const text = (copy: string) => `FROM scratch AS a
COPY x /x
FROM scratch AS b
COPY --from=a /x /out/tool
FROM scratch
${copy}
`;
    const stages = async (copy: string, path: string) => (await follow(text(copy), path)).map(([line]) => line);
    expect(await stages('COPY --from=b /out/tool /usr/bin/', '/usr/bin/tool')).toEqual([6, 3, 4, 1]);
    expect(await stages('COPY --from=b /out/tool /usr/bin/t', '/usr/bin/t')).toEqual([6, 3, 4, 1]);
    expect(await stages('COPY --from=1 /out/ /', '/tool')).toEqual([6, 3, 4, 1]);
    expect(await stages('COPY --from=b /out/* /bin/', '/bin/tool')).toEqual([6, 3]);
    expect(await stages('COPY --from=image /x /bin/', '/bin/x')).toEqual([6]);
  });

  it('what the context may have brought is not said to come from a stage before', async () => {
    const text = `FROM scratch AS a
COPY x /x
FROM scratch AS b
COPY --from=a / /app
COPY . /app
FROM scratch
COPY --from=b /app /app
`;
    expect((await follow(text, '/app/x')).map(([line]) => line)).toEqual([7, 3]);
  });

  it.each([
    ['by name', 'COPY --from=a /x /out/x', [7, 3, 5, 1], true],
    ['by name, and a RUN may have changed it', 'COPY --from=a /x /out/x\nRUN chmod +x /out/x', [8, 3, 5, 1], false],
    ['with what else a directory holds', 'COPY --from=a /lib /out', [7, 3, 5, 1], false],
    ['by one of two lines', 'COPY --from=a /lib /out\nCOPY --from=a /etc/motd /out/', [8, 3], undefined],
    ['by ADD', 'COPY --from=a /x /out/x\nADD more.tar /out', [8, 3], undefined],
    ['by a line that a variable decides', 'COPY --from=a /x /out/x\nCOPY --from=a /y $TO', [8, 3], undefined],
  ])('into a stage %s', async (_name, lines, expected, sure) => {
    const text = `FROM scratch AS a\nCOPY x /x\nFROM scratch AS b\nWORKDIR /\n${lines}\nFROM scratch\nCOPY --from=b /out /app\n`;
    const found = await follow(text, '/app/x');
    expect(found.map(([line]) => line)).toEqual(expected);
    expect(found.find(([, word]) => word === 'origin-before')?.[3]).toBe(sure);
  });

  it('a FROM with a variable may be of another stage', async () => {
    const text = `ARG B=a
FROM scratch AS x
COPY y /y
FROM scratch AS a
COPY --from=x /y /y
FROM $B AS b
RUN z
FROM scratch
COPY --from=b /y /y
`;
    expect((await follow(text, '/y')).map(([line]) => line)).toEqual([9, 6]);
  });

  it('eight stages back, and no further', async () => {
    const stages = Array.from(
      { length: 12 },
      (_, i) => `FROM scratch AS s${i}\nCOPY ${i === 0 ? 'x' : `--from=s${i - 1} /x`} /x\n`,
    );
    const found = await follow(`${stages.join('')}FROM scratch\nCOPY --from=s11 /x /x\n`, '/x');
    expect(found.filter(([, word]) => word === 'origin-stage').map(([, , name]) => name)).toEqual([
      's11',
      's10',
      's9',
      's8',
      's7',
      's6',
      's5',
      's4',
    ]);
  });

  it('thousands of lines and of sources are walked once', async () => {
    const many = Array.from({ length: 20_000 }, () => 'COPY a b').join('\n');
    const sources = Array.from({ length: 2000 }, (_, i) => `/${i}`).join(' ');
    const text = `FROM scratch AS a
${many}
FROM scratch AS b
COPY --from=a ${sources} /x/
FROM scratch
COPY --from=b ${sources} /x/
`;
    expect((await follow(text, '/x/1/2')).map(([line]) => line)).toEqual([20_005, 20_002]);
  });

  it('any Dockerfile ends', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'FROM a',
        'FROM a AS a',
        'FROM b AS a',
        'FROM 0 AS b',
        'FROM scratch AS c',
        'WORKDIR ..',
        'RUN x',
      ),
      fc.constantFrom('COPY --from=a / .', 'COPY --from=0 /a /', 'COPY --from=b /a /b/', 'ONBUILD COPY --from=0 . /'),
    );
    return fc.assert(
      fc.asyncProperty(fc.array(line), fc.constantFrom('/', '/a', '/b/a', undefined), async (lines, path) => {
        const text = ['FROM a AS a', ...lines].join('\n');
        const history = lines.map((created_by) => ({ created_by: created_by.replace(/ --\S+/g, '') }));
        const layers = history.map(() => ({}));
        const [made] = (await testImage({ layers, history }).tree()).images;
        const recipe = made && recipeOfHistory(made, { file: 'Dockerfile', text });
        for (const layer of history.keys()) {
          const found = recipe === undefined ? [] : originOf(recipe, layer, path);
          // Every line that is told is one of the file, and the first is the one that made the layer.
          expect(found.every(({ at }) => at.in === 'file' && at.start.line <= lines.length + 1)).toBe(true);
          if (found[0] !== undefined) expect(/^origin-(line|base)$/.test(found[0].note.remark)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});
