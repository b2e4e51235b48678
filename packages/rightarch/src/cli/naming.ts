import { type Checked, expandTags, type ResolvedProject } from '../config/index.ts';
import { type Diagnostic, formatReference, type ImageReference, type Platform } from '../core/index.ts';
import { atInput, diagnostic, failure } from '../messages/index.ts';
import type { Job } from './jobs.ts';
import type { Shippable } from './optional.ts';
import { accept, tagFacts } from './project.ts';
import type { Session } from './session.ts';

/** The names that one image gets: of the whole, and of its single platforms. */
export interface Names {
  readonly references: readonly ImageReference[];
  readonly children: readonly { readonly platform: Platform; readonly reference: ImageReference }[];
}

/** One image of a run with the names that it gets; undefined where nothing says any. */
export interface Named<T extends Shippable = Job> {
  readonly job: T;
  readonly names: Names | undefined;
}

/**
 * `-t`, else the repositories and tags of the configuration, for all images of a run: worked out before anything is
 * built, by `plan` and `build` too, so that a wrong tag costs a second and not a build. Everything wrong is said at once.
 */
export async function nameJobs<T extends Shippable>(
  session: Session,
  jobs: readonly T[],
  project: ResolvedProject | undefined,
): Promise<readonly Named<T>[]> {
  const problems: Diagnostic[] = [];
  const named: Named<T>[] = [];
  for (const job of jobs) {
    const names = await namesOf(session, job, project);
    if (!names.ok) problems.push(...names.problems);
    else named.push({ job, names: names.value });
  }
  problems.push(...sharedNames(named));
  return accept(problems.length > 0 ? { ok: false, problems } : { ok: true, value: named });
}

/** The names of an image that is to be published; nowhere to publish is a failure. */
export function publishedNames({ job, names }: Named<Shippable>): Names {
  if (names !== undefined) return names;
  const { name } = job.request;
  throw failure('cli/nowhere-to-push', { image: name }, job.image?.at ?? atInput(name), 'request');
}

async function namesOf(
  session: Session,
  { references, image, request, root }: Shippable,
  project: ResolvedProject | undefined,
): Promise<Checked<Names | undefined>> {
  if (references.length > 0) return { ok: true, value: { references, children: [] } };
  if (image === undefined) return { ok: true, value: undefined };
  const facts = await tagFacts(session, project?.directory ?? root);
  const names = expandTags(image, facts, { platforms: request.platforms.map(({ platform }) => platform) });
  return names.ok && names.value.references.length === 0 ? { ok: true, value: undefined } : names;
}

/** Two images of one run with the same name: whichever came last would win. */
function sharedNames(named: readonly Named<Shippable>[]): readonly Diagnostic[] {
  const owners = new Map<string, string>();
  return named.flatMap(({ job, names }) =>
    [...(names?.references ?? []), ...(names?.children ?? []).map((child) => child.reference)].flatMap((reference) => {
      const own = job.request.name;
      const text = formatReference(reference);
      const owner = owners.get(text) ?? own;
      owners.set(text, own);
      if (owner === own) return [];
      const args = { reference: text, images: [owner, own] };
      return [diagnostic('config/tag-shared', args, job.image?.at ?? atInput(text))];
    }),
  );
}
