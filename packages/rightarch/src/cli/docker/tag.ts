import { formatReference } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { readTag } from '../jobs.ts';
import { dockerFlags, notDoneHere } from './flags.ts';
import { askDocker, dockerIdOf, type Standing } from './stand-in.ts';
import { findKept, keepName } from './store.ts';

/** `docker tag`: in Docker as far as it has the image, and here as far as it was built here. */
export async function tag({ session, words, label, out }: Standing): Promise<number> {
  const { shell } = session;
  const given = dockerFlags(words.rest, []);
  const [source, target, ...more] = given.words;
  if (given.unknown !== undefined) throw notDoneHere(label, given.unknown);
  if (source === undefined || target === undefined || more.length > 0) {
    const kind = target === undefined ? 'no-value' : 'too-many';
    throw failure('cli/usage', { command: label, kind, detail: more.join(' ') || 'TARGET' }, atInput(label), 'request');
  }
  const name = formatReference(readTag(target));
  const kept = await findKept(shell, source);
  const dockerId = await dockerIdOf(session, source);
  if (dockerId !== undefined) {
    const { status, out: said, err } = await askDocker(session, ['tag', source, target]);
    out(said);
    shell.err(err);
    if (status !== 0) return status ?? 1;
  }
  const isSame = kept !== undefined && (dockerId === undefined || dockerId === kept.facts.dockerId);
  if (isSame) await keepName(shell, name, kept.descriptor, { ...kept.facts, at: shell.now() });
  else if (dockerId === undefined) throw failure('docker/image-missing', { name: source }, atInput(source), 'request');
  return 0;
}
