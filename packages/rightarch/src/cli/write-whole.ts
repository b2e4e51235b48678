import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { atInput, failure } from '../messages/index.ts';

/** Writes a small file whole or not at all: a full disk leaves what was there before. */
export function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw failure('cli/write-failed', { file, reason: (error as Error).message }, atInput(file), 'outside', {
      cause: error,
    });
  }
}
