import { readContent } from '../../files/bytes.ts';
import type { LayerEntry } from '../../files/layer-diff.ts';

/** Longer is no configuration of npm. */
const LIMIT = 16 << 20;

/**
 * The first `.npmrc` of a layer with a token in plain text, whoever would read it: a layer stays what it is where a later
 * instruction deletes the file. What is a link of another name in the layer is looked at under that name.
 */
export async function tokenIn(
  entries: readonly LayerEntry[],
): Promise<{ readonly file: string; readonly key: string } | undefined> {
  const byPath = new Map(entries.map((one) => [one.entry.path, one]));
  for (const { entry, inode } of entries) {
    if (!/(?:^|\/)\.npmrc$/.test(entry.path)) continue;
    const held = entry.type === 'hardlink' ? byPath.get(entry.link ?? '')?.inode : inode;
    if (held === undefined || held.size > LIMIT) continue;
    const file = `/${entry.path}`;
    const key = secretIn(Buffer.from(await readContent(await held.content(), file)).toString('utf8'));
    if (key !== undefined) return { file, key };
  }
  return undefined;
}

/** The key of a secret of npm that a file holds in plain text, undefined where it holds none. `${NPM_TOKEN}` is none. */
function secretIn(text: string): string | undefined {
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#;=\s][^=]*?(?:_authToken|_auth|_password))\s*=\s*["']?(.*)$/.exec(line);
    if (match !== null && match[2] !== '' && !/^\$\{[^}]+\}/.test(match[2]!)) return match[1]!.trim();
  }
  return undefined;
}
