import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CorpusImage, Row } from './types.ts';

/** What was said of an image, or why it could not be made, and on which day. */
export interface Result {
  readonly day: string;
  readonly rows: readonly Row[];
  readonly unmade?: string;
}

/** Results by the names of images. A run that was stopped leaves those that it came to. */
export interface Kept {
  enter(name: string, result: Result): Promise<void>;
  /** The results of all of these images, in their order; undefined where one has none. */
  all(list: readonly CorpusImage[]): ReadonlyMap<string, Result> | undefined;
}

export async function openKept(file: string): Promise<Kept> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const results = new Map(Object.entries(JSON.parse(text) as Record<string, Result>));
  return {
    async enter(name, result) {
      results.set(name, result);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.draft`, JSON.stringify(Object.fromEntries(results)));
      await rename(`${file}.draft`, file);
    },
    all(list) {
      if (list.some(({ name }) => !results.has(name))) return undefined;
      return new Map(list.map(({ name }) => [name, results.get(name)!]));
    },
  };
}
