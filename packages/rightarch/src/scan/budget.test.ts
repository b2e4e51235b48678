import { describe, expect, it } from 'vitest';
import type { TarEntry } from '../tar/index.ts';
import { elfBytes, testImage, testTar } from '../testing/index.ts';
import { BudgetShare, openBudget, type ScanBudget } from './budget.ts';
import { proofKeep } from './keep.ts';
import { openLayerPool } from './layer-pool.ts';
import { readLayer } from './read-layer.ts';
import { scanImage } from './scan-image.ts';
import type { LayerFacts } from './types.ts';

const taken = ({ taken: [entries, names] }: ScanBudget) => [entries, names];
const entry = (path: string, more: Partial<TarEntry> = {}) => ({ path, type: 'file', link: '', ...more }) as TarEntry;

describe('what all layers of a run may cost', () => {
  it.each<readonly [string, readonly TarEntry[], number, number]>([
    ['a file', [entry('a')], 1, 1],
    ['files of one directory', [entry('d/a'), entry('d/b')], 3, 6],
    ['a directory and its file', [entry('d', { type: 'directory' }), entry('d/a')], 2, 4],
    ['directories that nobody has named', [entry('a/b/c/d')], 4, 7],
    ['a link to where a file may come to lie', [entry('l', { type: 'symlink', link: 'a/b/c' })], 3, 6],
    ['attributes', [entry('a', { xattrs: { 'user.k': 'value' } })], 1, 12],
  ])('%s', (_, entries, count, characters) => {
    const budget = openBudget();
    const share = new BudgetShare(budget);
    for (const each of entries) share.take(each, 0);
    expect(taken(budget)).toEqual([count, characters]);
  });

  it('is one sum over the layers, and what is beyond it is not complete', async () => {
    const layer = (name: string) => [
      { path: `${name}1`, mode: 0o755, content: elfBytes({}) },
      { path: `${name}2`, content: 'x' },
    ];
    const image = testImage({ layers: ['a', 'b', 'c'].map((name) => ({ files: layer(name) })) });
    const tree = await image.tree();
    const scan = (entries: number) => scanImage(tree, tree.images[0]!, { budget: openBudget({ entries }) });
    const complete = (layers: readonly LayerFacts[]) => layers.filter((facts) => facts.complete).length;
    expect(complete(await scan(6))).toBe(3);
    const less = await scan(5);
    expect(complete(less)).toBe(2);
    expect(less.flatMap(({ problems }) => problems)).toMatchObject([
      { code: 'proof/layer-damaged', args: { what: 'limit', detail: 'all layers together have more than 5 entries' } },
    ]);
    expect(less.reduce((sum, { files }) => sum + files.length, 0)).toBe(5);
  });

  it('counts in threads too', async () => {
    const pool = openLayerPool(1);
    const budget = openBudget({ entries: 3 });
    const tar = testTar([
      { path: 'a', content: 'x' },
      { path: 'b', content: 'x' },
    ]);
    async function* bytes() {
      yield Uint8Array.from(tar);
    }
    try {
      const [first, second] = [
        await pool.read(bytes(), { keep: proofKeep, limits: { budget } }),
        await readLayer(bytes(), { keep: proofKeep, limits: { budget } }),
      ];
      expect([first.files.length, first.summary.damage?.kind]).toEqual([2, undefined]);
      expect([second.files.length, second.summary.damage?.kind]).toEqual([1, 'limit']);
      expect(taken(budget)).toEqual([3, 3]);
    } finally {
      await pool.close();
    }
  });

  it('long owner names count once a layer', async () => {
    const budget = openBudget({ names: 30 });
    const tar = testTar(['a', 'b'].map((path) => ({ path, content: 'x', uname: 'u'.repeat(20) })));
    async function* bytes() {
      yield Uint8Array.from(tar);
    }
    const read = () => readLayer(bytes(), { keep: proofKeep, limits: { budget } });
    expect((await read()).summary.damage).toBeUndefined();
    expect((await read()).summary.damage?.kind).toBe('limit');
  });
});
