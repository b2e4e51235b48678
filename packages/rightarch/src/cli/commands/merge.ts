import { Failure, formatPlatform, formatReference } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { buildTexts } from '../../messages/phrases/build.ts';
import { worstVerdict } from '../../proof/index.ts';
import { type Joining, joinTrees, whatToPublish } from '../../publish/index.ts';
import { type OpenedImage, openImage, openOptions } from '../access.ts';
import { allValues, oneValue } from '../arguments.ts';
import type { ExitStatus } from '../exit.ts';
import { pairsOf, readPlatforms, readTag } from '../jobs.ts';
import { asksOf, loadProject, tellUnusedAssumptions } from '../project.ts';
import { failsOn, imagesNamed, prove, statedByFlags, tellUnusedForeign } from '../proving.ts';
import { confirmWrite, proveAndPublish, tellPublished } from '../publishing.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';
import { sayProof } from './verify.ts';

/**
 * `merge IMAGE… -t NAME`: what was built on several machines, as one index under one name. Nothing is built and nothing
 * pulled to disk; what is new is proven, and the tags move last. With `--add` what the name has already stays.
 */
export async function merge(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const added = oneValue(flags, 'add');
  const tags = allValues(flags, 'tag');
  const references = (tags.length > 0 || added === undefined ? tags : [added]).map(readTag);
  const [first] = references;
  if (first === undefined) throw failure('cli/nowhere-to-push', { image: words.join(' ') }, atInput('-t'), 'request');
  const project = await loadProject(session, flags);
  await confirmWrite(session, project, flags);
  const options = await openOptions(session, project?.mirrors);
  const opened: OpenedImage[] = [];
  const open = async (
    text: string,
    how: { readonly published: boolean; readonly mirrored: boolean },
  ): Promise<Joining> => {
    const corrected = (image: string): string =>
      ['rightarch merge', ...words.map((one) => (one === text ? image : one))].join(' ');
    const places = how.mirrored ? options : { ...options, mirrors: [] };
    opened.push(await openImage(session, text, places, { published: how.published, corrected }));
    return { name: text, tree: opened.at(-1)!.tree };
  };
  try {
    const kept = added === undefined ? undefined : formatReference(readTag(added));
    // A mirror may be late, and what it has would be put back.
    const standing =
      kept === undefined ? undefined : await ifThere(() => open(kept, { published: true, mirrored: false }));
    const given: Joining[] = [];
    for (const word of words)
      given.push(await open(word, { published: !/^(oci|archive|docker):/.test(word), mirrored: true }));
    const name = formatReference(first);
    const annotations = pairsOf(session, flags, 'annotation');
    const joined = await joinTrees(given, {
      name,
      standing,
      require: readPlatforms(flags, 'require'),
      attestations: flags['no-attestations'] === true ? 'drop' : 'keep',
      annotations,
      signal: session.shell.signal,
    });
    const { tree } = whatToPublish({ tree: joined });
    const asks = asksOf(session, flags, project);
    const images = imagesNamed(session, name, project);
    const fresh = given.flatMap((one) => one.tree.images);
    // Under another name than its own nothing stands yet: there all of it is new.
    const stays = references.every((one) => formatReference(one) === kept) ? (standing?.tree.images ?? []) : [];
    const unproven = stays.filter(
      ({ descriptor }) => !fresh.some((one) => one.descriptor.digest === descriptor.digest),
    );
    const platforms = unproven.flatMap(({ declared }) => (declared === undefined ? [] : [formatPlatform(declared)]));
    const proving = prove(session, tree, name, {
      platforms: unproven.length === 0 ? [] : fresh.flatMap(({ declared }) => declared ?? []),
      targets: asks,
      foreign: [...statedByFlags(flags), ...images.flatMap(({ foreign }) => foreign)],
      noCache: flags['no-cache'] === true,
      project,
      images,
    }).then(({ proof }) => proof);
    const fails = failsOn(flags);
    const { proof, published } = await proveAndPublish(session, {
      tree,
      proving,
      told: (one) => {
        if (!session.json) {
          sayProof(session, one, { canAsk: false });
          if (platforms.length > 0)
            session.print(buildTexts.standing[session.language]({ platforms: platforms.join(', ') }));
        }
        return !fails(one);
      },
      names: { references, children: [] },
      flags,
      standing: unproven.map(({ descriptor }) => descriptor.digest),
      expected: kept === undefined ? undefined : { reference: kept, digest: standing?.tree.root.digest },
    });
    const value = tellPublished(session, name, { proof, published });
    // Of an index of which only a part was looked at, nothing is proven as a whole.
    const verdict = unproven.length > 0 ? worstVerdict([proof.verdict, 'undecided']) : proof.verdict;
    session.answer({ ...value, verdict, standing: platforms });
    tellUnusedForeign(session, flags, [proof]);
    tellUnusedAssumptions(session, flags, asks);
    return published === null || proof.targets.some(fails) ? 1 : 0;
  } finally {
    for (const image of opened) await image.close();
  }
}

/** A tag that is not there yet has nothing to keep: the first of several machines makes it. */
async function ifThere<T>(open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof Failure && error.diagnostic.code === 'registry/not-found') return undefined;
    throw error;
  }
}
