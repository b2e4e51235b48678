import { join } from 'node:path';
import { type Digest, familiarReference, formatReference, parseReference, withDefaultTag } from '../../core/index.ts';
import { collectLayout, createLayoutSink, type Descriptor, openLayout, openTree } from '../../oci/index.ts';
import { readLayoutIndex } from '../../oci/layout.ts';
import { dropEntries } from '../../oci/layout-sink.ts';
import { leaseLayout } from '../../oci/lease.ts';
import { namesOf } from '../../oci/names.ts';
import { cacheDirectory, type Shell } from '../shell.ts';

/** A name that stands for an image which was built here. */
export interface Kept {
  /** Canonical: `docker.io/library/app:latest`; of what was built without a name, that of its folder. */
  readonly name: string;
  readonly descriptor: Descriptor;
  readonly facts: KeptFacts;
}

/** What is remembered of a name beside its image. */
export interface KeptFacts {
  /** When it got this name. */
  readonly at: Date;
  /** What Docker called the image when it was loaded: as long as it has that under the name, the two are one. */
  readonly dockerId?: string | undefined;
  /** The folder of the CDK asset that it was built from. */
  readonly asset?: string | undefined;
}

const FACTS = { at: 'dev.rightarch.named', dockerId: 'dev.rightarch.docker', asset: 'dev.rightarch.asset' } as const;

/** Docker keeps its images until somebody removes them; nobody knows of these, so they go by themselves. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const KEPT_NAMES = 500;

/** Below it is `.rightarch`, which is where layouts of our own are collected. */
export const storeRoot = (shell: Shell): string => join(cacheDirectory(shell), 'docker');
export const storeDirectory = (shell: Shell): string => join(storeRoot(shell), '.rightarch', 'images');

/** A name as it stands in the store; undefined for what can be none. */
export function canonicalName(text: string): string | undefined {
  const parsed = parseReference(text);
  return parsed.ok ? formatReference(withDefaultTag(parsed.value)) : undefined;
}

/** Every name, the latest first. Where nothing was built yet there is none. */
export async function keptImages(shell: Shell): Promise<readonly Kept[]> {
  const directory = storeDirectory(shell);
  await leaseLayout(directory);
  const index = await readLayoutIndex(directory, 'rightarch docker').catch(() => undefined);
  const kept = (index?.index.manifests ?? []).flatMap((entry): readonly Kept[] => {
    const [name] = namesOf(entry);
    if (name === undefined) return [];
    const { annotations = {}, ...descriptor } = entry;
    const { [FACTS.at]: at = '', [FACTS.dockerId]: dockerId, [FACTS.asset]: asset } = annotations;
    return [{ name, descriptor, facts: { at: new Date(at), dockerId, asset } }];
  });
  return kept.sort((a, b) => b.facts.at.getTime() - a.facts.at.getTime());
}

/** The image that goes by a name, or by an id: its digest, or what Docker called it, or their first twelve digits. */
export async function findKept(shell: Shell, text: string): Promise<Kept | undefined> {
  const kept = await keptImages(shell);
  const name = canonicalName(text);
  const named = kept.find((one) => one.name === name);
  if (named !== undefined || !/^(?:sha256:)?[0-9a-f]{12,64}$/.test(text)) return named;
  const id = text.startsWith('sha256:') ? text : `sha256:${text}`;
  for (const one of kept) {
    const ids: readonly (string | undefined)[] = [one.descriptor.digest, one.facts.dockerId];
    if (ids.some((other) => other?.startsWith(id))) return one;
    const source = openLayout(storeDirectory(shell));
    try {
      const { images } = await openTree(source, one.descriptor);
      if (images.some(({ manifest }) => manifest.config.digest.startsWith(id))) return one;
    } finally {
      await source.close();
    }
  }
  return undefined;
}

/** Gives an image of the store a name, in the place of whatever had it. */
export async function keepName(
  shell: Shell,
  name: string,
  { mediaType, digest, size, platform }: Descriptor,
  facts: KeptFacts,
): Promise<void> {
  const sink = createLayoutSink(storeDirectory(shell));
  const annotations = {
    [FACTS.at]: facts.at.toISOString(),
    ...(facts.dockerId === undefined ? {} : { [FACTS.dockerId]: facts.dockerId }),
    ...(facts.asset === undefined ? {} : { [FACTS.asset]: facts.asset }),
  };
  try {
    const descriptor = { mediaType, digest, size, ...(platform === undefined ? {} : { platform }), annotations };
    await sink.tag(name, descriptor, { signal: shell.signal });
  } finally {
    await sink.close();
  }
}

/** Forgets these names, and what only they led to. */
export async function forgetNames(shell: Shell, names: readonly Kept[]): Promise<void> {
  const gone = new Set(names.map(({ name }) => name));
  if (gone.size > 0) await dropEntries(storeDirectory(shell), (entry) => namesOf(entry).some((name) => gone.has(name)));
  await collectLayout(storeDirectory(shell));
}

/** Forgets names of long ago and what only they led to. What was done is done, whatever comes of this. */
export async function boundStore(shell: Shell): Promise<void> {
  try {
    const names = (await keptImages(shell)).filter(
      ({ facts }, index) => index >= KEPT_NAMES || shell.now().getTime() - facts.at.getTime() > KEPT_MS,
    );
    await forgetNames(shell, names);
  } catch {
    // The next build tries again.
  }
}

/** What docker shows of a name: repository and tag as people type them, `<none>` where it has none. */
export function shownName({ name, descriptor }: Kept): {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
} {
  const parsed = /[/:]/.test(name) ? parseReference(name) : undefined;
  if (parsed === undefined || !parsed.ok) return { repository: '<none>', tag: '<none>', digest: descriptor.digest };
  const { tag = '<none>', ...rest } = parsed.value;
  return { repository: familiarReference(rest), tag, digest: descriptor.digest };
}
