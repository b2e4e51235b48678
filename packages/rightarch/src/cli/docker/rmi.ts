import { familiarReference, parseReference, withDefaultTag } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { dockerFlags, isOn, notDoneHere } from './flags.ts';
import { askDocker, type Standing } from './stand-in.ts';
import { canonicalName, findKept, forgetNames, type Kept, keptImages, shownName } from './store.ts';

/** `docker rmi`: Docker's own removal as far as it has the image, and the name is forgotten here as well. */
export async function rmi(standing: Standing): Promise<number> {
  const { session, words, label, handOn, out } = standing;
  const given = dockerFlags(words.rest, ['f,force', 'no-prune']);
  const isOurs = await Promise.all(given.words.map((word) => findKept(session.shell, word)));
  if (given.unknown !== undefined || isOurs.every((one) => one === undefined)) {
    const status = await handOn();
    if (status !== undefined) return status;
  }
  if (given.unknown !== undefined) throw notDoneHere(label, given.unknown);
  if (given.words.length === 0)
    throw failure('cli/usage', { command: label, kind: 'no-value', detail: 'IMAGE' }, atInput(label), 'request');
  // As docker does it: the others are removed all the same, what went wrong is said at the end, and with --force what was
  // not there is no failure (docker/cli, cli/command/image/remove.go, read 2026-11-30).
  const refused: string[] = [];
  let isFatal = false;
  for (const word of given.words) {
    const removed = await remove(standing, word, isOn(given, 'force'));
    for (const line of removed.lines) out(`${line}\n`);
    if (removed.refused !== undefined) refused.push(removed.refused);
    isFatal ||= removed.isFatal === true;
  }
  for (const line of refused) session.shell.err(`${line}\n`);
  return isFatal || (refused.length > 0 && !isOn(given, 'force')) ? 1 : 0;
}

interface Removed {
  readonly lines: readonly string[];
  readonly refused?: string;
  /** --force does not help. */
  readonly isFatal?: boolean;
}

async function remove({ session, words, hasDocker }: Standing, word: string, force: boolean): Promise<Removed> {
  const { shell } = session;
  const found = await findKept(shell, word);
  const lines: string[] = [];
  const asked = await askDocker(session, ['image', 'inspect', '--format', '{{.Id}}', word]);
  const inDocker = asked.status === 0;
  // Of a Docker that does not answer nobody knows whether it has the image: then nothing is forgotten either.
  if (hasDocker && !inDocker && !/No such (image|object)/i.test(asked.err))
    return { lines, refused: asked.err.trim(), isFatal: true };
  if (inDocker) {
    const flags = words.rest.filter((one) => one.startsWith('-') && one !== '--');
    const { status, out, err } = await askDocker(session, ['rmi', ...flags, '--', word]);
    lines.push(...out.split('\n').filter(Boolean));
    if (status !== 0) return { lines, refused: err.trim(), isFatal: true };
  }
  const daemon = hasDocker ? 'Error response from daemon' : 'Error';
  if (found === undefined)
    return inDocker ? { lines } : { lines, refused: `${daemon}: No such image: ${withTag(word)}` };
  const same = (await keptImages(shell)).filter((one) => one.descriptor.digest === found.descriptor.digest);
  // By its name only that goes, by an id all of them.
  const gone = found.name === canonicalName(word) ? [found] : same;
  const repositories = new Set(gone.map((one) => shownName(one).repository));
  if (!inDocker && !force && repositories.size > 1) {
    const why = 'must be forced) - image is referenced in multiple repositories';
    return { lines, refused: `${daemon}: conflict: unable to delete ${word} (${why}`, isFatal: true };
  }
  await forgetNames(shell, gone);
  return { lines: inDocker ? lines : [...lines, ...told(gone, same)] };
}

function withTag(word: string): string {
  const parsed = parseReference(word);
  return parsed.ok ? familiarReference(withDefaultTag(parsed.value)) : word;
}

/** In docker's words; the image itself goes with its last name. */
function told(gone: readonly Kept[], same: readonly Kept[]): readonly string[] {
  const named = gone.map(shownName).filter(({ repository }) => repository !== '<none>');
  return [
    ...named.map(({ repository, tag }) => `Untagged: ${repository}:${tag}`),
    ...(gone.length === same.length ? [`Deleted: ${gone[0]!.descriptor.digest}`] : []),
  ];
}
