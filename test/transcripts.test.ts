import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playTranscript, repositoryRoot } from './support/transcript.ts';

/** What a user sees, whole: the command lines of `test/cli/` and the examples of every page of a code. */
function transcripts(directory: string): string[] {
  return readdirSync(directory)
    .flatMap((name) => {
      const path = join(directory, name);
      return statSync(path).isDirectory() ? transcripts(path) : path.endsWith('.md') ? [path] : [];
    })
    .sort();
}

const files = [
  ...['test/cli', 'docs/codes'].flatMap((directory) => transcripts(join(repositoryRoot, directory))),
  ...['docs/seeds.md', 'docs/check.md', 'docs/docker.md'].map((file) => join(repositoryRoot, file)),
];

describe.concurrent('transcripts', () => {
  test.each(files.map((file) => [relative(repositoryRoot, file), file]))('%s', async (_name, file) => {
    const { expected, actual, commands } = await playTranscript(file);
    expect(commands).toBeGreaterThan(0);
    if (process.env['UPDATE'] === '1' && process.env['CI'] === undefined) writeFileSync(file, actual);
    else expect(actual).toBe(expected);
  });
});
