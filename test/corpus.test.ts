import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { purposeRules } from '../packages/rightarch/src/proof/index.ts';
import { FileTree, file } from '../tools/bases/file-tree.ts';
import { configureAlternatives } from '../tools/corpus/alternatives.ts';
import { openKept } from '../tools/corpus/kept.ts';
import { corpus } from '../tools/corpus/list.ts';
import { expectationOf, isExpected, judgeResults, pageMark, renderPage } from '../tools/corpus/page.ts';
import type { CorpusImage, Row } from '../tools/corpus/types.ts';
import { whichProof } from '../tools/corpus/which-proof.ts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'corpus.md');

test('each rule of what is there on purpose is told in docs/corpus.md, and the tests that it names are there', () => {
  const page = readFileSync(PAGE, 'utf8');
  const rows = page.split('\n').filter((line) => /^\| .* \| .* \| .* \| .* \|$/.test(line));
  for (const { id } of purposeRules)
    expect(
      rows.filter((row) => row.startsWith(`| \`${id}\` |`)),
      id,
    ).toHaveLength(1);
  const linked = [...page.matchAll(/\]\((\.\.\/[^)]+)\)/g)].map(([, path]) => join(dirname(PAGE), path!));
  for (const path of linked) expect(existsSync(path), path).toBe(true);
});

test('the list holds at least 150 images of packages, each name once', () => {
  const names = corpus.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(corpus.filter(({ from }) => from !== 'bases' && from !== 'examples').length).toBeGreaterThanOrEqual(150);
});

const proven: Row = {
  name: 'a',
  platform: 'linux/arm64/v8',
  verdict: 'proven',
  programs: 1,
  findings: [],
  onPurpose: { prebuilds: 2 },
};
const refuted: Row = { ...proven, verdict: 'refuted', findings: [{ code: 'proof/x', message: 'no | b' }] };
const image: CorpusImage = { name: 'a', from: 'npm', packages: ['a'], command: ['node'] };
const broken: CorpusImage = { ...image, expected: { verdict: 'refuted', code: 'proof/x', fact: 'it is', on: 'arm64' } };

test('what is said is held to the facts about an image, on the CPU that they are about', () => {
  expect(isExpected(proven, image)).toBe(true);
  expect(isExpected(refuted, image)).toBe(false);
  expect(isExpected({ ...proven, findings: refuted.findings }, image)).toBe(false);
  expect(isExpected(refuted, broken)).toBe(true);
  expect(isExpected(proven, broken)).toBe(false);
  expect(isExpected({ ...proven, platform: 'linux/amd64' }, broken)).toBe(true);
  expect(isExpected({ ...refuted, findings: [{ code: 'proof/y', message: '' }] }, broken)).toBe(false);
  expect(expectationOf(refuted, image)).toBeUndefined();
});

test('the page counts, tells what was said and why, and which rules were silent', () => {
  const page = renderPage(new Map([['a', { proof: 'p', day: '2026-11-28', rows: [proven, refuted] }]]), [broken]);
  expect(page).toContain('\n2026-11-28, `npm run corpus`: ');
  expect(page).toContain(
    '2 platforms of 1 images (of 1 in the list), 2 programs in them: 1 proven, 1 refuted, 0 undecided (0.0 %).',
  );
  expect(page).toContain('| a | linux/arm64/v8 | refuted | proof/x: no \\| b | it is |');
  expect(page).toContain('| `prebuilds` | 4 | a |');
});

test('what was kept makes the page only when every image has a result, with its day or why it was not made', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rightarch-kept-'));
  try {
    const file = join(directory, 'below', 'results.json');
    const other = { ...image, name: 'b' };
    await (await openKept(file, 'p')).enter('a', { day: '2026-11-27', rows: [proven] });
    const kept = await openKept(file, 'p');
    expect(kept.all([image, other])).toBeUndefined();
    await kept.enter('b', { day: '2026-11-28', rows: [], unmade: 'E: gone' });
    const page = renderPage((await openKept(file, 'p')).all([image, other])!, [image, other]);
    expect(page).toContain(
      '2026-11-27 (1 images), 2026-11-28 (1 images), `npm run corpus`: 1 platforms of 1 images (of 2',
    );
    expect(page).toContain('E: gone');
    // What another proof said is not what this one says.
    const next = await openKept(file, 'q');
    expect(next.some([image, other]).size).toBe(0);
    await next.enter('b', { day: '2026-11-29', rows: [] });
    expect([...(await openKept(file, 'q')).some([image, other]).keys()]).toEqual(['b']);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a run answers for everything that is kept, not only for what it judged itself', () => {
  const before = { proof: 'p', day: '2026-11-27', rows: [refuted] };
  const gone = { proof: 'p', day: '2026-11-28', rows: [], unmade: 'E: gone' };
  const { rows, wrong, unmade } = judgeResults(
    new Map([
      ['a', before],
      ['b', gone],
    ]),
    [image, { ...image, name: 'b' }],
  );
  expect({ rows, wrong, unmade }).toEqual({ rows: [refuted], wrong: [refuted], unmade: 1 });
  expect(judgeResults(new Map([['a', before]]), [broken]).wrong).toEqual([]);
});

test('a proof is known by the sources of every room that a verdict comes from', () => {
  const source = mkdtempSync(join(tmpdir(), 'rightarch-proof-'));
  try {
    const rooms = ['core', 'messages', 'target', 'tar', 'oci', 'scan', 'proof'];
    const write = (path: string, text: string) => writeFileSync(join(source, path), text);
    for (const room of rooms) {
      mkdirSync(join(source, room, 'below'), { recursive: true });
      write(`${room}/below/a.ts`, '1');
    }
    const first = whichProof(source);
    write('proof/a.test.ts', 'a test decides nothing');
    expect(whichProof(source)).toBe(first);
    for (const room of rooms) {
      write(`${room}/below/a.ts`, '2');
      expect(whichProof(source), room).not.toBe(first);
      write(`${room}/below/a.ts`, '1');
    }
    expect(whichProof(source)).toBe(first);
    mkdirSync(join(source, 'messages/codes'));
    write('messages/codes/npm.ts', 'words of what no proof finds');
    expect(whichProof(source)).toBe(first);
    write('messages/codes/proof-start.ts', 'words of what it finds');
    expect(whichProof(source)).not.toBe(first);
  } finally {
    rmSync(source, { recursive: true });
  }
});

test('under the mark of docs/corpus.md is what a whole run writes, or that there was none', () => {
  const [, ...under] = readFileSync(PAGE, 'utf8').split(pageMark);
  expect(under).toHaveLength(1);
  const written = pageMark + under[0];
  if (written === renderPage(undefined, corpus)) return;
  // The frame of the page without its values, which only the run knows.
  const frame = (text: string) => text.split('\n').filter((line) => /^(\| (image|---)|Every platform|<!--)/.test(line));
  const empty = renderPage(new Map(), corpus);
  expect(frame(written)).toEqual(expect.arrayContaining(frame(empty)));
  expect(written).toMatch(
    /^<!--.*-->\n\n\d{4}-\d\d-\d\d[^\n]*, `npm run corpus`: \d+ platforms of \d+ images \(of \d+ in the list\), /,
  );
});

test('alternatives are the links that maintainer scripts make in so many words, the best of them', () => {
  const tree = new FileTree();
  const script = (name: string, text: string) => tree.put(`var/lib/dpkg/info/${name}.postinst`, file(0, text));
  script(
    'libblas3',
    'update-alternatives --install /usr/lib/libblas.so.3 \\\n   blas /usr/lib/blas/libblas.so.3 10\nldconfig\n',
  );
  script('openblas', 'update-alternatives --install /usr/lib/libblas.so.3 blas /usr/lib/openblas/libblas.so.3 100\n');
  script('gone', 'update-alternatives --install /usr/bin/pager pager /usr/bin/less 77\n');
  script('computed', 'update-alternatives --install /usr/bin/$i $i /usr/lib/$i 1\n');
  for (const name of ['blas', 'openblas']) tree.put(`usr/lib/${name}/libblas.so.3`, file(0, 'library'));
  configureAlternatives(tree, 0);
  expect(tree.follow('usr/lib/libblas.so.3')).toBe('usr/lib/openblas/libblas.so.3');
  expect(tree.get('usr/bin/pager')).toBeUndefined();
});
