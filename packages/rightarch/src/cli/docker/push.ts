import type { ResolvedProject } from '../../config/index.ts';
import {
  Failure,
  familiarReference,
  formatReference,
  type ImageReference,
  type Platform,
  parseReference,
} from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { type Descriptor, openLayout, openTree } from '../../oci/index.ts';
import type { ImageProof } from '../../proof/index.ts';
import { openImage, openOptions } from '../access.ts';
import { sayProof } from '../commands/verify.ts';
import { readTag } from '../jobs.ts';
import { loadProject, today } from '../project.ts';
import { failsOn, imagesNamed, prove } from '../proving.ts';
import { proveAndPublish, tellPublished } from '../publishing.ts';
import type { Session } from '../session.ts';
import { type Asset, againstPlatforms, asksOfAsset, assetIn } from './asset.ts';
import { type DockerFlags, dockerFlags, isOn } from './flags.ts';
import { askDocker, dockerIdOf, type Standing } from './stand-in.ts';
import { findKept, keptImages, storeDirectory } from './store.ts';

/** `docker push`: what was built here by digest, proven, the tag last; what only Docker has is proven before Docker pushes it. */
export async function push(standing: Standing): Promise<number> {
  const { words, label } = standing;
  const given = dockerFlags(words.rest, ['a,all-tags', 'q,quiet', 'disable-content-trust']);
  const [name, ...more] = given.words;
  // One platform of an image: nobody has proven what that sends.
  if (given.unknown !== undefined) {
    const args = { command: label, what: given.unknown, lack: 'proof' } as const;
    throw failure('docker/not-done-here', args, atInput(given.unknown), 'request');
  }
  if (name === undefined || more.length > 0) {
    const kind = name === undefined ? 'no-value' : 'too-many';
    throw failure('cli/usage', { command: label, kind, detail: more.join(' ') || 'NAME' }, atInput(label), 'request');
  }
  if (isOn(given, 'all-tags')) return pushAll(standing, name, given);
  return pushOne(standing, name, given);
}

/** Every tag that a repository has here, one after the other as docker does; the first that is not proven ends it. */
async function pushAll(standing: Standing, name: string, given: DockerFlags): Promise<number> {
  const { session, label } = standing;
  const parsed = parseReference(name);
  if (!parsed.ok || parsed.value.tag !== undefined || parsed.value.digest !== undefined) {
    // docker's own rule, in cli/command/image/push.go (read 2026-11-30).
    const args = { option: '--all-tags', value: name, accepted: [`${name.replace(/[:@][^/]*$/, '')}`] };
    throw failure('cli/bad-value', args, atInput('--all-tags'), 'request');
  }
  const wanted = formatReference(parsed.value);
  const { status, out } = await askDocker(session, ['image', 'ls', '--format', '{{.Tag}}', name]);
  const theirs = status === 0 ? out.split('\n').filter((tag) => tag !== '' && tag !== '<none>') : [];
  const ours = (await keptImages(session.shell)).flatMap((kept) => {
    const one = parseReference(kept.name);
    if (!one.ok) return [];
    const { tag = '', ...repository } = one.value;
    return formatReference(repository) === wanted ? [tag] : [];
  });
  const tags = [...new Set([...theirs, ...ours])].sort();
  if (tags.length === 0) throw failure('docker/image-missing', { name }, atInput(label), 'request');
  for (const tag of tags) {
    const one = `${name}:${tag}`;
    const handOn = () => standing.handOn(undefined, isOn(given, 'quiet') ? ['--quiet'] : [], [one]);
    const ended = await pushOne({ ...standing, handOn }, one, given);
    if (ended !== 0) return ended;
  }
  return 0;
}

async function pushOne({ session, handOn, out }: Standing, name: string, given: DockerFlags): Promise<number> {
  const reference = readTag(name);
  const project = await loadProject(session, {});
  const kept = await findKept(session.shell, formatReference(reference));
  const id = await dockerIdOf(session, name);
  // Somebody built or tagged it again by Docker alone: that is what the name means now.
  const isOurs = kept !== undefined && (id === undefined || id === kept.facts.dockerId);
  if (isOurs) {
    const { descriptor: root, facts } = kept;
    const status = await publishKept(session, { root, references: [reference], project, asset: facts.asset });
    if (status !== 0) return status;
    const { digest, size } = root;
    // The last line of `docker push`, which scripts read the digest from.
    out(
      isOn(given, 'quiet') ? `${formatReference(reference)}\n` : `${reference.tag}: digest: ${digest} size: ${size}\n`,
    );
    return 0;
  }
  if (id === undefined)
    throw failure('docker/image-missing', { name: familiarReference(reference) }, atInput(name), 'request');
  const image = await openImage(session, `docker:${name}`, await openOptions(session, project?.mirrors));
  try {
    const { proof } = await prove(session, image.tree, name, provingOf(session, name, project));
    sayProof(session, proof, { canAsk: false });
    if (proof.platforms.some(failsOn({}))) {
      tellPublished(session, name, { proof, published: null });
      return 1;
    }
  } finally {
    await image.close();
  }
  return (await handOn()) ?? 1;
}

const provingOf = (session: Session, name: string, project: ResolvedProject | undefined) => ({
  platforms: [],
  targets: [],
  foreign: imagesNamed(session, name, project).flatMap(({ foreign }) => foreign),
  project,
  images: imagesNamed(session, name, project),
});

/** Publishes an image of the store: blobs, the proof, everything by digest, and the tags last. */
export async function publishKept(
  session: Session,
  {
    root,
    references,
    project,
    asset,
  }: {
    readonly root: Descriptor;
    readonly references: readonly ImageReference[];
    readonly project: ResolvedProject | undefined;
    readonly asset?: string | undefined;
  },
): Promise<number> {
  const [first] = references;
  if (first === undefined) throw failure('cli/nowhere-to-push', { image: root.digest }, atInput('--push'), 'request');
  const name = familiarReference(first);
  const source = openLayout(storeDirectory(session.shell));
  try {
    const tree = await openTree(source, root, { signal: session.shell.signal });
    const platforms = tree.images.flatMap(({ declared }) => declared ?? []);
    const found = asset === undefined ? undefined : assetIn(asset, { names: [], tag: first.tag });
    if (found !== undefined) refuseOthers(session, found, platforms);
    const day = { cwd: session.shell.cwd, today: today(session) };
    const targets = found === undefined ? [] : asksOfAsset(found, first, day);
    const how = { ...provingOf(session, name, project), targets };
    const proving = prove(session, tree, name, how).then(({ proof }) => proof);
    const told = (proof: ImageProof): boolean => {
      sayProof(session, proof, { canAsk: false });
      return !proof.platforms.some(failsOn({}));
    };
    const names = { references, children: [] };
    const outcome = await proveAndPublish(session, { tree, proving, told, names, flags: {} });
    tellPublished(session, name, outcome);
    // What a runtime is known to refuse must not be deployed; what is not known of it stands in the proof.
    const refused = outcome.proof.targets.some(failsOn({ 'fail-on': 'refuted' }));
    return outcome.published === null || refused ? 1 : 0;
  } finally {
    await source.close();
  }
}

/** What runs the asset may have got another CPU since it was built. */
function refuseOthers(session: Session, asset: Asset, platforms: readonly Platform[]): void {
  const against = againstPlatforms(asset, platforms, { asked: true, today: today(session) });
  if (against !== undefined) throw new Failure(against, 'request');
}
