import { formatPlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { isOffered, platformNames } from '../../bases.ts';
import { type DockerfileRule, inFile } from '../../rule.ts';

/**
 * A base without an image for a platform that is to be built, by what its registry says (`--online`). Where nobody says
 * which platforms are built, a base for one is no mistake.
 */
export const basePlatformMissing: DockerfileRule = function* (view, { bases, basesUsed }) {
  const told = new Set<string>();
  for (const { reference, span } of basesUsed) {
    const answer = bases?.get(reference);
    const key = `${reference} ${span.start.line}`;
    if (answer === undefined || answer.form === 'unknown' || answer.platforms === undefined || told.has(key)) continue;
    // A digest of one manifest is a mistake of its own.
    if (answer.form === 'manifest' && reference.includes('@')) continue;
    const { platforms } = answer;
    const lacking = basesUsed.filter(
      (one) =>
        one.reference === reference &&
        one.span.start.line === span.start.line &&
        one.wanted.because !== 'assumed' &&
        !isOffered(one.platform, platforms),
    );
    if (lacking.length === 0) continue;
    told.add(key);
    const missing = [...new Set(lacking.map((one) => formatPlatform(one.platform)))];
    const args = { reference, platform: missing.join(', '), has: platformNames(platforms) };
    yield { diagnostic: diagnostic('plan/base-platform-missing', args, inFile(view.file, span)) };
  }
};
