import { formatPlatform } from '../core/index.ts';
import { diagnosticJson, type Language, remarkJson } from '../messages/index.ts';
import { notClaimed } from './not-claimed.ts';
import { type Host, platformSeen, type Seen, targetSeen } from './seen-here.ts';
import type { ImageProof, PlatformProof, TargetProof, TargetStart } from './types.ts';

/** A proof as `verify --json` prints it: the shape of `schema/verify.json`. */
export function proofJson(proof: ImageProof, language: Language, host?: Host) {
  const diagnostics = [
    ...proof.diagnostics,
    ...proof.platforms.flatMap((platform) => platform.diagnostics),
    ...proof.targets.flatMap((target) => target.diagnostics),
  ];
  return {
    image: proof.image,
    source: proof.source,
    digest: proof.digest,
    form: proof.form,
    verdict: proof.verdict,
    ...accepted(proof),
    // What `onHost` is about; no verdict depends on it.
    ...(host !== undefined ? { host: { system: host.system, platform: formatPlatform(host.platform) } } : {}),
    platforms: proof.platforms.map((platform) => ({
      ...platformJson(platform, proof.targets),
      ...seenJson(host && platformSeen(host, platform)),
    })),
    targets: proof.targets.map((target) => ({
      id: target.id,
      runtime: target.runtime,
      platforms: target.platforms.map(formatPlatform),
      verdict: target.verdict,
      ...accepted(target),
      ...(target.setAt === undefined ? {} : { setAt: target.setAt }),
      entries: target.entries.map((entry) => ({
        ...entryJson(entry),
        ...seenJson(host && targetSeen(host, proof, target, entry)),
      })),
    })),
    diagnostics: diagnostics.map((one) => diagnosticJson(one, language)),
    ...(proof.ignored === undefined
      ? {}
      : {
          ignored: proof.ignored.map(({ diagnostic, ...why }) => ({ ...diagnosticJson(diagnostic, language), ...why })),
        }),
    notClaimed,
  };
}

function platformJson(proof: PlatformProof, targets: readonly TargetProof[]) {
  const { platform, start } = proof;
  const text = platform === undefined ? null : formatPlatform(platform);
  return {
    platform: text,
    digest: proof.image,
    verdict: proof.verdict,
    ...accepted(proof),
    reach: proof.reach ?? null,
    start: start === undefined ? null : { argv: start.argv, cwd: start.cwd, user: start.user, from: start.from },
    counts: proof.counts,
    obligations: proof.obligations.map((one) => ({ ...one, evidence: remarkJson(one.evidence) })),
    ...(proof.onPurpose.length > 0 ? { onPurpose: proof.onPurpose } : {}),
    ...(proof.witness !== undefined ? { witness: proof.witness } : {}),
    ...(proof.needs !== undefined ? { needs: remarkJson(proof.needs) } : {}),
    targets: targets
      .filter((target) => target.platforms.some((one) => formatPlatform(one) === text))
      .map(({ id, verdict, entries }) => ({
        id,
        // Of a target that asks for several platforms, what becomes of this one.
        verdict: entries.find(({ asked }) => formatPlatform(asked) === text)?.verdict ?? verdict,
      })),
  };
}

function entryJson({ asked, selected, by, verdict, stage, says, proof }: TargetStart) {
  return {
    asked: formatPlatform(asked),
    selected:
      selected === undefined
        ? null
        : {
            digest: selected.digest,
            platform: selected.platform === undefined ? null : formatPlatform(selected.platform),
          },
    selectedBy: by ?? null,
    verdict,
    ...(stage !== undefined ? { stage } : {}),
    ...(says !== undefined ? { says } : {}),
    ...(proof !== undefined ? startJson(proof) : {}),
  };
}

/** How far a start was followed, and what had to hold for it. */
function startJson({ reach, start, obligations, witness, needs }: PlatformProof) {
  return {
    reach: reach ?? null,
    start: start === undefined ? null : { argv: start.argv, cwd: start.cwd, user: start.user, from: start.from },
    obligations: obligations.map((one) => ({ ...one, evidence: remarkJson(one.evidence) })),
    ...(witness !== undefined ? { witness } : {}),
    ...(needs !== undefined ? { needs: remarkJson(needs) } : {}),
  };
}

const seenJson = (seen: Seen | undefined) => (seen === undefined ? {} : { onHost: seen });

const accepted = (part: { readonly accepted?: true }) => (part.accepted === true ? { accepted: true } : {});
