import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { type Location, ok, type Result } from '../core/index.ts';
import { type Definition, MAX_DEFINITION_CHARACTERS, readDefinition } from '../definition/index.ts';
import { atFile, refusal } from '../messages/index.ts';
import type { Shell } from './shell.ts';

/** No more bytes can be a text of so many characters. */
const MOST_BYTES = MAX_DEFINITION_CHARACTERS * 4;

/** The definition in a file. What is no text, or too large to be one, is refused before it is parsed. */
export function readDefinitionFile(path: string, file: string, at: Location): Result<Definition> {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return refusal('definition/unreadable', { file, kind: 'missing' }, at);
    // Opening a pipe would wait for somebody to write into it.
    if (!found.isFile()) return refusal('definition/unreadable', { file, kind: 'other-kind' }, at);
    if (found.size > MOST_BYTES) return refusal('definition/unreadable', { file, kind: 'too-large' }, at);
    const bytes = readFileSync(path);
    if (!isUtf8(bytes)) return refusal('definition/unreadable', { file, kind: 'not-utf8' }, at);
    return parsed(bytes.toString('utf8'), file, at);
  } catch (error) {
    const because = [error instanceof Error ? error.message : String(error)];
    return refusal('definition/unreadable', { file, kind: 'system' }, at, { because });
  }
}

/** The definition that stdin brings. */
export async function readPiped(shell: Shell, at: Location): Promise<Result<Definition>> {
  const text = await shell.input(MOST_BYTES);
  if (text.includes('\ufffd')) return refusal('definition/unreadable', { file: '-', kind: 'not-utf8' }, at);
  return parsed(text, '-', at);
}

function parsed(written: string, file: string, at: Location): Result<Definition> {
  const text = written.replace(/^\ufeff/, '');
  if (text.includes('\0')) return refusal('definition/unreadable', { file, kind: 'not-utf8' }, at);
  const definition = readDefinition(text);
  const { problem } = definition;
  if (problem === undefined) return ok(definition);
  const place = problem.kind === 'syntax' || problem.kind === 'module' ? atFile(file, problem.line, 1) : at;
  const because = 'said' in problem && problem.said !== undefined ? { because: [problem.said] } : {};
  return refusal('definition/unreadable', { file, kind: problem.kind }, place, because);
}
