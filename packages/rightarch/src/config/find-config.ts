import { existsSync, lstatSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const FILE_NAMES = ['rightarch.yaml', 'rightarch.yml'] as const;

/** The nearest `rightarch.yaml` or `.yml`, from a directory up to the root of its repository; undefined without one. */
export function findConfigFile(startDirectory: string): string | undefined {
  for (let directory = resolve(startDirectory); ; directory = dirname(directory)) {
    for (const name of FILE_NAMES) {
      // A link that leads nowhere is found too: it was meant to be read.
      if (lstatSync(join(directory, name), { throwIfNoEntry: false })) return join(directory, name);
    }
    // Above the repository, a file would belong to something else.
    if (existsSync(join(directory, '.git')) || dirname(directory) === directory) return undefined;
  }
}
