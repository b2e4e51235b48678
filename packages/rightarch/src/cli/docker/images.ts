import { openLayout, openTree } from '../../oci/index.ts';
import { padEnd } from '../../report/index.ts';
import { formatBytes } from '../../report/page.ts';
import type { Session } from '../session.ts';
import { dockerFlags, isOn, notDoneHere } from './flags.ts';
import { formatGo } from './format.ts';
import type { Standing } from './stand-in.ts';
import { type Kept, keptImages, shownName, storeDirectory } from './store.ts';

/** `docker images`: Docker's own list where there is one, else what was built here. */
export async function images({ session, words, label, handOn, out }: Standing): Promise<number> {
  const status = await handOn();
  if (status !== undefined) return status;
  const given = dockerFlags(words.rest, ['a,all', 'digests', 'f,filter=', 'format=', 'no-trunc', 'q,quiet']);
  const filters = given.values.get('filter') ?? [];
  const strange = given.unknown ?? filters.find((one) => !one.startsWith('reference='));
  if (strange !== undefined) throw notDoneHere(label, given.unknown ?? `--filter ${strange}`);
  const patterns = [...filters.map((one) => one.slice('reference='.length)), ...given.words];
  const kept = (await keptImages(session.shell)).filter(
    (one) => patterns.length === 0 || patterns.some((pattern) => fits(pattern, one)),
  );
  const short = (id: string): string => (isOn(given, 'no-trunc') ? id : id.replace('sha256:', '').slice(0, 12));
  if (isOn(given, 'quiet')) {
    for (const { descriptor } of kept) out(`${short(descriptor.digest)}\n`);
    return 0;
  }
  const rows = await Promise.all(kept.map((one) => rowOf(session, one, short)));
  const template = given.values.get('format')?.at(-1);
  if (template !== undefined && template !== 'table') {
    for (const row of rows) {
      const line = template === 'json' ? JSON.stringify(row) : formatGo(template, row);
      if (line === undefined || template.startsWith('table ')) throw notDoneHere(label, `--format ${template}`);
      out(`${line}\n`);
    }
    return 0;
  }
  const columns = [
    'Repository',
    'Tag',
    ...(isOn(given, 'digests') ? ['Digest' as const] : []),
    'ID',
    'CreatedSince',
    'Size',
  ] as const;
  const heads = {
    Repository: 'REPOSITORY',
    Tag: 'TAG',
    Digest: 'DIGEST',
    ID: 'IMAGE ID',
    CreatedSince: 'CREATED',
    Size: 'SIZE',
  };
  const table = [heads, ...rows];
  const widths = columns.map((column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table)
    out(
      `${columns
        .map((column, i) => padEnd(row[column], widths[i]!))
        .join('   ')
        .trimEnd()}\n`,
    );
  return 0;
}

/** The fields of a row (docker/cli, cli/command/formatter/image.go, read 2026-11-29). */
async function rowOf({ shell }: Session, kept: Kept, short: (id: string) => string) {
  const source = openLayout(storeDirectory(shell));
  try {
    const { images: all } = await openTree(source, kept.descriptor);
    const sizes = new Map(
      all.flatMap(({ layers }) => layers.map(({ descriptor }) => [descriptor.digest, descriptor.size])),
    );
    const { repository, tag, digest } = shownName(kept);
    const seconds = Math.max(0, (shell.now().getTime() - kept.facts.at.getTime()) / 1000);
    return {
      Repository: repository,
      Tag: tag,
      Digest: digest,
      ID: short(digest),
      CreatedSince: `${since(seconds)} ago`,
      CreatedAt: kept.facts.at.toISOString(),
      Size: formatBytes([...sizes.values()].reduce((sum, size) => sum + size, 0)),
    };
  } finally {
    await source.close();
  }
}

/** In docker's words, which scripts may have seen. */
function since(seconds: number): string {
  for (const [name, length] of [
    ['week', 604_800],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const)
    if (seconds >= length) {
      const count = Math.floor(seconds / length);
      return `${count} ${name}${count === 1 ? '' : 's'}`;
    }
  return 'Less than a minute';
}

/** `path.Match` on the name with and without its tag (distribution/reference, FamiliarMatch): no part goes over a slash. */
function fits(pattern: string, kept: Kept): boolean {
  const { repository, tag } = shownName(kept);
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  try {
    const expression = new RegExp(`^${source}$`);
    return expression.test(`${repository}:${tag}`) || expression.test(repository);
  } catch {
    return false;
  }
}
