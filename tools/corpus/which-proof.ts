import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, '..', '..', 'packages', 'rightarch', 'src');

/** The rooms that a verdict comes from, and those that it is put into words by. */
const ROOMS = ['core', 'messages', 'target', 'tar', 'oci', 'scan', 'proof'];
/** Words of what is no finding of a proof. */
const OTHER_WORDS = /^codes\/(?!image|platform|proof|target)/;

/** Which proof this is, by its sources: what another one said of an image is not what this one says. */
export function whichProof(source = SOURCE): string {
  const hash = createHash('sha256');
  for (const room of ROOMS) {
    const files = readdirSync(join(source, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .filter((path) => room !== 'messages' || !OTHER_WORDS.test(path))
      .sort();
    for (const path of files)
      hash
        .update(`${room}/${path}\0`)
        .update(readFileSync(join(source, room, path)))
        .update('\0');
  }
  return hash.digest('hex').slice(0, 12);
}
