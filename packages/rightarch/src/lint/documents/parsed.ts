import { type Dockerfile, parseDockerfile } from '../../dockerfile/index.ts';
import type { SourceFile } from '../repository.ts';

const parsed = new WeakMap<SourceFile, Dockerfile>();

/** A Dockerfile is looked at by several, and parsed once: who asks hands on the file as it was read. */
export function parsedDockerfile(file: SourceFile): Dockerfile {
  const known = parsed.get(file) ?? parseDockerfile(file.text, { file: file.path });
  parsed.set(file, known);
  return known;
}
