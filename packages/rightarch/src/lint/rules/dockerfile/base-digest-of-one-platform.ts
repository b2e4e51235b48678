import { diagnostic } from '../../../messages/index.ts';
import { isOffered, platformNames } from '../../bases.ts';
import { type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';

/**
 * A base by the digest of one platform's manifest, by what its registry says (`--online`): the builder takes it for every
 * platform, because a digest leaves nothing to choose (containerd, core/images/image.go, read 2026-11-29).
 */
export const baseDigestOfOnePlatform: DockerfileRule = function* (view, { bases, basesUsed }) {
  const told = new Set<string>();
  for (const { reference, span } of basesUsed) {
    const answer = bases?.get(reference);
    const key = `${reference} ${span.start.line}`;
    if (answer?.form !== 'manifest' || answer.platforms === undefined) continue;
    if (!reference.includes('@') || told.has(key)) continue;
    told.add(key);
    const { platforms, index } = answer;
    const breaks = basesUsed
      .filter(
        (one) =>
          one.reference === reference && one.span.start.line === span.start.line && !isOffered(one.platform, platforms),
      )
      .map(({ wanted }) => wanted);
    if (breaks.length === 0) continue;
    const mends = index !== undefined && breaks.every(({ platform }) => isOffered(platform, index.platforms));
    const args = {
      reference,
      platform: platformNames(platforms).join(', '),
      breaks: [...new Set(namesOf(breaks))],
      instead: mends ? reference.replace(/@.*$/, `@${index.digest}`) : undefined,
      // Of another release: whoever takes it takes what has changed since.
      isNewer: mends && !index.holds,
    };
    yield {
      diagnostic: diagnostic('dockerfile/base-digest-of-one-platform', args, inFile(view.file, span), {
        severity: severityOf(breaks),
      }),
    };
  }
};
