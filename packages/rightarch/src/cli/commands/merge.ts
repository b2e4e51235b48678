import { Failure, formatPlatform, formatReference } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { buildTexts } from '../../messages/phrases/build.ts';
import type { ImageTree } from '../../oci/index.ts';
import { joinTrees } from '../../publish/index.ts';
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
  const open = async (text: string, published: boolean): Promise<ImageTree> => {
    const corrected = (image: string): string =>
      ['rightarch merge', ...words.map((one) => (one === text ? image : one))].join(' ');
    opened.push(await openImage(session, text, options, { published, corrected }));
    return opened.at(-1)!.tree;
  };
  try {
    const standing = added === undefined ? undefined : await ifThere(() => open(formatReference(readTag(added)), true));
    const given: ImageTree[] = [];
    for (const word of words) given.push(await open(word, !/^(oci|archive|docker):/.test(word)));
    const name = formatReference(first);
    const tree = joinTrees([...(standing === undefined ? [] : [standing]), ...given], {
      name,
      require: readPlatforms(flags, 'require'),
      attestations: flags['no-attestations'] === true ? 'drop' : 'keep',
      ...(allValues(flags, 'annotation').length > 0 ? { annotations: pairsOf(session, flags, 'annotation') } : {}),
    });
    const asks = asksOf(session, flags, project);
    const images = imagesNamed(session, name, project);
    const fresh = given.flatMap((one) => one.images);
    const kept = (standing?.images ?? []).filter(
      ({ descriptor }) => !fresh.some((one) => one.descriptor.digest === descriptor.digest),
    );
    const keptPlatforms = kept.flatMap(({ declared }) => (declared === undefined ? [] : [formatPlatform(declared)]));
    const proving = prove(session, tree, name, {
      platforms: standing === undefined ? [] : fresh.flatMap(({ declared }) => declared ?? []),
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
          if (keptPlatforms.length > 0)
            session.print(buildTexts.standing[session.language]({ platforms: keptPlatforms.join(', ') }));
        }
        return !fails(one);
      },
      names: { references, children: [] },
      flags,
      standing: kept.map(({ descriptor }) => descriptor.digest),
    });
    session.answer({ ...tellPublished(session, name, { proof, published }), standing: keptPlatforms });
    tellUnusedForeign(session, flags, [proof]);
    tellUnusedAssumptions(session, flags, asks);
    return published === null || proof.targets.some(fails) ? 1 : 0;
  } finally {
    for (const image of opened) await image.close();
  }
}

/** A tag that is not there yet has nothing to keep: the first of several machines makes it. */
async function ifThere(open: () => Promise<ImageTree>): Promise<ImageTree | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof Failure && error.diagnostic.code === 'registry/not-found') return undefined;
    throw error;
  }
}
