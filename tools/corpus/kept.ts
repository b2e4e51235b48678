import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CorpusImage, Row } from './types.ts';

/** What was said of an image, or why it could not be made, on which day and by which proof. */
export interface Result {
  readonly proof: string;
  readonly day: string;
  readonly rows: readonly Row[];
  readonly unmade?: string;
}

/** Results by the names of images. A run that was stopped leaves those that it came to. */
export interface Kept {
  enter(name: string, result: Omit<Result, 'proof'>): Promise<void>;
  /** The results of those of these images that have one, in their order. */
  some(list: readonly CorpusImage[]): ReadonlyMap<string, Result>;
  /** The results of all of these images, in their order; undefined where one has none. */
  all(list: readonly CorpusImage[]): ReadonlyMap<string, Result> | undefined;
}

/** Opens what the same proof said; what another said is dropped. */
export async function openKept(file: string, proof: string): Promise<Kept> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const every = Object.entries(JSON.parse(text) as Record<string, Result>);
  const results = new Map(every.filter(([, result]) => result.proof === proof));
  const some = (list: readonly CorpusImage[]): ReadonlyMap<string, Result> =>
    new Map(
      list.flatMap(({ name }) => {
        const result = results.get(name);
        return result === undefined ? [] : [[name, result] as const];
      }),
    );
  return {
    async enter(name, result) {
      results.set(name, { ...result, proof });
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.draft`, JSON.stringify(Object.fromEntries(results)));
      await rename(`${file}.draft`, file);
    },
    some,
    all: (list) => (list.every(({ name }) => results.has(name)) ? some(list) : undefined),
  };
}
