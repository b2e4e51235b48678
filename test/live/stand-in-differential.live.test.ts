import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import { copyTree, createLayoutSink, writeArchive } from '../../packages/rightarch/src/oci/index.ts';
import { testImage } from '../../packages/rightarch/src/testing/index.ts';
import { smallBases } from '../support/build-cases/small-bases.ts';
import { typeLine } from '../support/command-line.ts';
import { differences, listImage } from '../support/image-listing.ts';
import { type ReferenceBuilder, startBuildKit } from '../support/reference-builders.ts';
import { sampled } from '../support/sampled.ts';
import { repositoryRoot } from '../support/transcript.ts';

// The same command lines through Docker and through us, into the same Docker: the same status, and the same image under
// the name. Docker's own words and times are not compared.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-same-lines-'));
let docker: ReferenceBuilder;

const files: Readonly<Record<string, string>> = {
  'c/Dockerfile':
    '# what most lines build\nARG BASE=small:base\nFROM $BASE AS build\nARG WHO=nobody\nARG TARGETARCH\nENV WHO=$WHO CPU=$TARGETARCH\nCOPY a.txt dir/ /in/\n\nFROM small:base AS mid\nCOPY --from=build /in /from-build\nLABEL made=mid\n\nFROM scratch AS last\nCOPY --from=mid /from-build /out\nCOPY --chmod=700 a.txt /secret\nENTRYPOINT ["/out/a.txt"]\nCMD ["x"]\n',
  'c/other.Dockerfile': 'FROM small:base\nWORKDIR /w\nCOPY . .\nUSER 7:8\nEXPOSE 81/udp\nVOLUME /v\nSTOPSIGNAL 9\n',
  'c/sub/Dockerfile': 'FROM scratch\nCOPY . /\n',
  'c/sub/inner.txt': 'inner',
  'c/a.txt': 'a',
  'c/dir/b.txt': 'b',
  'c/dir/c.log': 'c',
  'c/.dockerignore': '*.log\n**/*.log\nsub/Dockerfile\n',
  'c/args.Dockerfile': 'ARG TAG=base\nFROM small:$TAG\nARG ONE\nARG TWO=2\nLABEL one=$ONE two=$TWO\n',
  'c/named.Dockerfile': 'FROM scratch\nCOPY --from=extra inner.txt /inner.txt\n',
  'c/heredoc.Dockerfile': 'FROM scratch\nCOPY <<A <<B /h/\none\nA\ntwo\nB\n',
  'c/missing.Dockerfile': 'FROM scratch\nCOPY nowhere.txt /\n',
  'c/broken.Dockerfile': 'FROM scratch\nCOPPY a b\n',
  'c/health.Dockerfile':
    'FROM small:base\nHEALTHCHECK --interval=5s CMD ["/x"]\nSHELL ["/bin/x", "-c"]\nONBUILD COPY a /b\n',
};

/** `@` is the name that the image gets. */
const lines: readonly string[] = [
  'build -t @ c',
  'build --tag=@ c',
  'build -t@ c',
  'build -qt @ c',
  'build -t @ -f c/other.Dockerfile c',
  'build -t @ --file=c/other.Dockerfile c',
  'build c -t @ -f c/other.Dockerfile',
  'build -t @ --target build c',
  'build -t @ --target MID c',
  'build -t @ --target nowhere c',
  'build -t @ --target build --build-arg WHO=me c',
  'build -t @ --target build --build-arg=WHO=me=you c',
  'build -t @ --target build --build-arg WHO c',
  'build -t @ --target build --build-arg BASE=small:base c',
  'build -t @ -f c/args.Dockerfile --build-arg ONE=1 --build-arg TWO= c',
  'build -t @ --label a=b --label c c',
  'build -t @ --label made=line --target mid c',
  'build -t @ --platform linux/amd64 c',
  'build -t @ --no-cache c',
  'build -t @ --no-cache=false --rm --force-rm c',
  'build -t @ --rm=true --compress --memory 1g c',
  'build -t @ --pull=false c',
  'build -t @ --progress=plain c',
  'build -t @ --progress quiet --network host c',
  'build -t @ --iidfile iid c',
  'build -t @ -t @:more c',
  'build -t @ c/sub',
  'build -t @ --build-context extra=c/sub -f c/named.Dockerfile c',
  'build -t @ -f c/heredoc.Dockerfile c',
  'build -t @ -f c/health.Dockerfile c',
  'build -t @ -f c/missing.Dockerfile c',
  'build -t @ -f c/broken.Dockerfile c',
  'build -t @ -f c/nowhere.Dockerfile c',
  'build -t @ nowhere',
  'build -t @',
  'build -t @ c c/sub',
  'build -t @/Bad c',
  'build -t @:a:b c',
  'build -t @ --nonsense c',
  'buildx build --load -t @ c',
  'buildx build --output type=docker -t @ --provenance=false c',
  'image build -t @ --target mid c',
  'builder build -t @ -- c',
];

beforeAll(async () => {
  docker = await startBuildKit(join(directory, 'engine'), join(repositoryRoot, '.cache', 'buildkit'));
  const layout = join(directory, 'bases');
  const sink = createLayoutSink(layout);
  const tree = await testImage(smallBases['small:base']!).tree();
  await sink.tag('small:base', await copyTree(tree, sink));
  await sink.close();
  const archive = join(directory, 'base.tar');
  await writeArchive(await testImage(smallBases['small:base']!).tree(), archive, {
    names: ['docker.io/library/small:base'],
    dockerPlatform: parsePlatform('linux/amd64')!,
  });
  await docker.load(archive);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, 'work', path)), { recursive: true });
    writeFileSync(join(directory, 'work', path), text);
  }
  writeFileSync(join(directory, 'work', 'rightarch.yaml'), `mirrors: { docker.io: "oci:${layout}" }\n`);
}, 300_000);

afterAll(async () => {
  await docker?.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const cwd = join(directory, 'work');

const typeDocker = (words: readonly string[]) =>
  new Promise<{ readonly status: number; readonly out: string; readonly err: string }>((resolve) => {
    execFile('docker', [...words], { cwd, env: { ...docker.env, WHO: 'env' } }, (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });

/** What Docker itself said of a line that was handed on to it. */
let passed: { readonly out: string; readonly err: string } = { out: '', err: '' };

const typeOurs = (words: readonly string[]) =>
  typeLine(cwd, ['docker', ...words], {
    env: { ...(docker.env as Record<string, string>), WHO: 'env', RIGHTARCH_CACHE: join(directory, 'cache') },
    home: directory,
    temporary: directory,
    now: () => new Date(),
    runProgram: programRunner(docker.env),
    passOn: async (_program, args) => {
      const end = await typeDocker(args);
      passed = end;
      return end.status;
    },
  });

describe.each(sampled(lines, 6).map((line, index) => ({ line, index })))('docker $line', ({ line, index }) => {
  test('ends as through Docker, and leaves the same image', async () => {
    const words = (name: string) => line.split(' ').map((word) => word.replace('@', name));
    const [theirs, ours] = [`theirs-${index}`, `ours-${index}`];
    const through = await typeDocker(words(theirs));
    const iid = line.includes('iidfile') ? readFileSync(join(cwd, 'iid'), 'utf8') : undefined;
    const here = await typeOurs(words(ours));
    expect(here.status, `${through.err}\n${here.all}`).toBe(through.status);
    if (through.status !== 0) return;
    const listed = await Promise.all(
      [theirs, ours].map(async (name) => {
        const archive = join(directory, `${name}.tar`);
        await docker.save(`docker.io/library/${name}:latest`, archive);
        const found = await listImage({ archive });
        rmSync(archive);
        return found;
      }),
    );
    expect(differences(listed[1]!, listed[0]!)).toEqual([]);
    const idOf = async (name: string) => (await typeDocker(['inspect', '--format', '{{.Id}}', name])).out.trim();
    if (line.includes('-q')) expect(here.out.trim()).toBe(await idOf(ours));
    if (iid !== undefined) {
      expect(iid).toBe(await idOf(theirs));
      expect(readFileSync(join(cwd, 'iid'), 'utf8')).toBe(await idOf(ours));
    }
  });
});

describe('docker rmi', () => {
  const say = (text: string, mine: string) =>
    text.replaceAll(mine, 'NAME').replaceAll(/(?:sha256:)?[0-9a-f]{12,64}/g, 'ID');
  const images = (name: string) => ['images', '--quiet', '--filter', `reference=${name}*`];

  // `@` as above, `#` the id of the image; each line has two images of its own, `@` and `@:more`, which are one.
  const removals = [
    'rmi @',
    'rmi @ @:more',
    'rmi @:more nowhere-at-all @',
    'rmi nowhere-at-all',
    'rmi -f nowhere-at-all',
    'rmi --force @ nowhere-at-all',
    'image rm @',
    'image remove --no-prune @ @:more',
    'rmi #',
    'rmi -f #',
    'rmi',
    'rmi @/Bad',
    'rmi --nonsense @',
  ];
  test.each(sampled(removals, 3))(
    '%s ends as through Docker, says the same and leaves the same',
    { timeout: 60_000 },
    async (line) => {
      const index = line.replaceAll(/[^a-z]+/g, '-').replace(/-$/, '');
      const ends = [];
      for (const [name, type] of [
        [`theirs-rm-${index}`, typeDocker] as const,
        [`ours-rm-${index}`, typeOurs] as const,
      ]) {
        const built = await type(['build', '-q', '-t', name, '-t', `${name}:more`, '--label', `of=${name}`, 'c/sub']);
        expect(built.status, built.err).toBe(0);
        const id = (await typeDocker(['inspect', '--format', '{{.Id}}', name])).out.trim();
        const words = line.split(' ').map((word) => word.replace('@', name).replace('#', id));
        passed = { out: '', err: '' };
        const { status, out, err } = await type(words);
        const left = await typeDocker(images(name));
        ends.push({
          status,
          out: say(out + passed.out, name),
          err: say(err + passed.err, name),
          left: left.out.split('\n').filter(Boolean).length,
        });
        // What is gone from Docker is not found here either.
        if (type === typeOurs)
          for (const tag of [name, `${name}:more`])
            expect((await typeOurs(['inspect', tag])).status).toBe((await typeDocker(['inspect', tag])).status);
      }
      expect(ends[1]).toEqual(ends[0]);
    },
  );

  test('what Docker has lost is removed here', { timeout: 60_000 }, async () => {
    expect((await typeOurs(['build', '-q', '-t', 'lost', 'c/sub'])).status).toBe(0);
    await typeDocker(['rmi', '-f', 'lost']);
    expect((await typeOurs(['inspect', 'lost'])).status).toBe(0);
    const removed = await typeOurs(['rmi', 'lost']);
    expect(removed, removed.all).toMatchObject({ status: 0, err: '' });
    expect(removed.out).toMatch(/^Untagged: lost:latest\nDeleted: sha256:[0-9a-f]{64}\n$/);
    expect((await typeOurs(['inspect', 'lost'])).status).toBe(1);
  });
});
