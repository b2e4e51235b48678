import { posix } from 'node:path';
import { type Diagnostic, formatPlatform, type Location } from '../core/index.ts';
import { type CheckResult, chainsTold } from '../lint/index.ts';
import type { Session } from './session.ts';

/** What of it one file shows. */
export function onlyIn(file: string, result: CheckResult): CheckResult {
  const isThere = ({ at, related }: Diagnostic): boolean =>
    [at, ...related.map((one) => one.at)].some((place) => place.in === 'file' && place.file === file);
  return {
    ...result,
    diagnostics: result.diagnostics.filter(isThere),
    undecided: result.undecided.filter(isThere),
    suppressed: result.suppressed.filter(({ diagnostic }) => isThere(diagnostic)),
    fixes: result.fixes.filter((fix) => fix.file === file),
    chains: chainsTold(result.chains, result.diagnostics.filter(isThere)),
    checked: result.checked.filter((one) => one === file),
    mendedSince: 0,
    lockfiles: result.lockfiles.filter((one) => one.file === file),
  };
}

/** Paths as they are typed here, not as they stand in the repository. */
export function placedAt(root: string, result: CheckResult): CheckResult {
  if (root === '') return result;
  const place = <At extends Location>(at: At): At =>
    at.in === 'file' ? { ...at, file: posix.join(root, at.file) } : at;
  const inRoot = <At extends { readonly file: string }>(at: At): At => ({ ...at, file: posix.join(root, at.file) });
  const move = (one: Diagnostic): Diagnostic => ({
    ...one,
    at: place(one.at),
    related: one.related.map((other) => ({ ...other, at: place(other.at) })),
  });
  return {
    ...result,
    diagnostics: result.diagnostics.map(move),
    undecided: result.undecided.map(move),
    suppressed: result.suppressed.map((one) => ({ ...one, diagnostic: move(one.diagnostic) })),
    chains: result.chains.map(({ built, published, runs }) => ({
      built: { ...built, at: inRoot(built.at) },
      published: published && { ...published, at: inRoot(published.at) },
      runs: runs.map((end) => ({ ...end, runtime: { ...end.runtime, at: inRoot(end.runtime.at) } })),
    })),
    checked: result.checked.map((path) => posix.join(root, path)),
    lockfiles: result.lockfiles.map((one) => ({ ...one, file: posix.join(root, one.file) })),
    wanted: result.wanted.map((one) => (one.at === undefined ? one : { ...one, at: inRoot(one.at) })),
  };
}

/** As `--json` prints it: the shape of `schema/check.json`. */
export function checkJson(session: Session, result: CheckResult) {
  const { diagnostics, undecided, suppressed, wanted, checked, chains, lockfiles, repository, bases } = result;
  return {
    platforms: wanted.map(({ platform, because, at }) => ({
      platform: formatPlatform(platform),
      because,
      ...(at === undefined ? {} : { at }),
    })),
    checked,
    lockfiles: lockfiles.map(({ file, tool, packages, platforms, unseen, libcs }) => ({
      file,
      tool,
      packages,
      unseen,
      libcs,
      platforms: platforms.map(({ platform, lacking }) => ({ platform: formatPlatform(platform), lacking })),
    })),
    bases: [...bases].map(([reference, answer]) =>
      answer.form === 'unknown'
        ? { reference, unknown: answer.why }
        : {
            reference,
            form: answer.form,
            digest: answer.digest,
            platforms: answer.platforms?.map(formatPlatform) ?? [],
          },
    ),
    read: repository.read,
    diagnostics: session.findingsJson(diagnostics),
    undecided: session.findingsJson(undecided),
    chains: chains.map(({ built, published, runs }) => ({
      built: { platforms: built.platforms.map(formatPlatform), at: built.at },
      published: published ?? null,
      runs: runs.map(({ runtime: { runtime, name, platforms, how, at }, link, code }) => ({
        runtime,
        name: name ?? null,
        platforms: platforms.map(formatPlatform),
        how,
        at,
        link,
        ...(code === undefined ? {} : { code }),
      })),
    })),
    silenced: suppressed.map(({ diagnostic, reason }) => ({
      diagnostic: session.findingsJson([diagnostic])[0],
      reason,
    })),
  };
}
