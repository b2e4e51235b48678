import { formatPlatform, type Location, type Platform } from '../core/index.ts';
import { type ArgsOf, diagnostic } from '../messages/index.ts';
import { isAssumed } from './assume.ts';
import { canRefuse, isStale } from './fact.ts';
import { atImage, type Findings, isLocal, merge, nameOf, says } from './findings.ts';
import { judgeEntry } from './judge-entry.ts';
import type { JudgedImage, JudgedVerdict, TargetEntry, TargetJudgement } from './judge-types.ts';
import type { Acceptance, assumableFacts, Fact, IndexRule, Known, TargetAsk } from './types.ts';

/**
 * Whether a runtime would take this image, choose an entry and start it. Pure: what the bytes say is passed in.
 * Only a confirmed fact that is younger than 180 days by `today` refutes; anything less warns and leaves it open.
 */
export function judgeTarget(ask: TargetAsk, image: JudgedImage, today?: string): TargetJudgement {
  const form = judgeForm(ask, image, today);
  const unknown = unknownFacts(ask, image);
  const asked = ask.platforms.map((platform) => {
    const cpu = judgeCpu({ ...ask, platforms: [platform] }, image, today);
    return { platform, cpu, entry: judgeEntry({ ask, image, platform, today }) };
  });
  const parts: Findings[] = [
    assumed(ask, image),
    form,
    ...asked.map(({ cpu }) => cpu),
    ...asked.map(({ entry }) => entry),
    unknown,
    staleFacts(ask, image, today),
    status(ask, image),
    readOnlyRoot(ask, image),
  ];
  const entries = asked.map(({ platform, cpu, entry }): TargetEntry => {
    const { refuted = false, open = false, stage, says: said } = merge([form, cpu, entry, unknown]);
    const { selected, by } = form.refuted === true ? {} : entry;
    return {
      asked: platform,
      ...(selected !== undefined ? { selected: { digest: selected.digest, platform: selected.platform } } : {}),
      ...(by !== undefined ? { by } : {}),
      verdict: verdictOf({ refuted, open }),
      ...(stage !== undefined ? { stage } : {}),
      ...(said !== undefined ? { says: said } : {}),
    };
  });
  const refuted = parts.some((part) => part.refuted === true);
  const open = asked.length === 0 || parts.some((part) => part.open === true);
  return { verdict: verdictOf({ refuted, open }), entries, diagnostics: parts.flatMap((part) => part.diagnostics) };
}

function verdictOf({ refuted, open }: { readonly refuted: boolean; readonly open: boolean }): JudgedVerdict {
  return refuted ? 'refuted' : open ? 'undecided' : 'proven';
}

const OCI = /^application\/vnd\.oci\.image\./;

function ruleOf(ask: TargetAsk): Known<IndexRule> | IndexRule {
  return ask.assume?.index ?? ask.target.index;
}

function plain<T extends string>(known: Known<T> | T): T | 'unknown' {
  return typeof known === 'object' ? known.value : known;
}

/** Whether an image that has attestations beside it is none for this runtime: they make an index of every image. */
export function refusesAttestations(ask: TargetAsk): boolean {
  const attestations = ask.assume?.attestations ?? plain(ask.target.attestations);
  return attestations === 'rejected' || plain(ruleOf(ask)) === 'rejected';
}

/** Top-level form and media types: an index where none is taken, OCI where only Docker's manifests are. */
function judgeForm(ask: TargetAsk, image: JudgedImage, today: string | undefined): Findings {
  const { target } = ask;
  const findings: Findings[] = [];
  const rule = ruleOf(ask);
  if (image.form === 'index' && plain(rule) === 'rejected') {
    // Who says so in the configuration is believed.
    const firm = typeof rule !== 'object' || canRefuse(rule, today);
    const fact = typeof target.index === 'object' ? target.index : undefined;
    const children = ask.platforms.map((platform) => childFor(image, platform));
    const args = {
      runtime: target.title,
      image: image.name,
      children: children.filter((one) => one !== undefined),
      says: says(target.mismatch.index, quoted(image, image.mediaType)),
      attestations: image.attestations > 0 && image.entries.length === 1,
      source: fact?.source ?? 'rightarch.yaml',
      checked: fact?.checked ?? today ?? '',
    };
    findings.push(firmly('target/index-rejected', args, atImage(image), firm, args.says));
  }
  const types = [image.mediaType, ...image.entries.map((entry) => entry.mediaType)];
  const oci = types.find((type) => OCI.test(type));
  if (oci !== undefined && isRejected(target.oci) && ask.assume?.oci === undefined) {
    const said = says(target.mismatch.index, quoted(image, oci));
    const args = {
      runtime: target.title,
      mediaType: oci,
      says: said,
      source: target.oci.source,
      checked: target.oci.checked,
    };
    findings.push(firmly('target/media-type-rejected', args, atImage(image), canRefuse(target.oci, today), said));
  }
  return merge(findings);
}

function isRejected(known: Known<Acceptance>): known is Fact<'rejected'> {
  return plain(known) === 'rejected';
}

/** The same finding as an error where a firm fact stands behind it, as a warning where none does. */
function firmly<Id extends 'target/index-rejected' | 'target/media-type-rejected'>(
  id: Id,
  args: ArgsOf<Id>,
  at: Location,
  firm: boolean,
  said: string | undefined,
): Findings {
  const diagnostics = [diagnostic(id, args, at, firm ? {} : { severity: 'warning' })];
  return { diagnostics, refuted: firm, open: !firm, ...(firm ? { stage: 'deploy', says: said } : {}) };
}

/** A CPU that the runtime does not have, where an assumption or an unsure fact let the ask through. */
function judgeCpu(ask: TargetAsk, image: JudgedImage, today: string | undefined): Findings {
  const { platforms } = ask.target;
  const missing = ask.platforms.filter(
    (asked) =>
      !platforms.value.some((one) => one.os === asked.os && one.architecture === asked.architecture) &&
      !isAssumed(ask, asked),
  );
  if (missing.length === 0) return { diagnostics: [] };
  const firm = canRefuse(platforms, today);
  const diagnostics = missing.map((platform) =>
    diagnostic(
      'target/cpu-not-offered',
      {
        runtime: ask.target.title,
        asked: formatPlatform(platform),
        offered: platforms.value.map(formatPlatform),
        source: platforms.source,
        checked: platforms.checked,
      },
      atImage(image, platform),
      firm ? {} : { severity: 'warning' },
    ),
  );
  return { diagnostics, refuted: firm, open: !firm };
}

function assumed(ask: TargetAsk, image: JudgedImage): Findings {
  if (ask.assume === undefined) return { diagnostics: [] };
  const { architecture, reason } = ask.assume;
  const others = (['index', 'attestations', 'oci', 'zstd', 'size'] as const).flatMap((fact) =>
    ask.assume?.[fact] === undefined ? [] : [`${fact} ${ask.assume[fact]}`],
  );
  const what = [...(architecture ?? []).map(formatPlatform), ...others];
  return { diagnostics: [diagnostic('target/assumed', { runtime: ask.target.title, what, reason }, atImage(image))] };
}

type FactName = (typeof assumableFacts)[number];

/** Facts that matter for this very image and that nobody assumed: its CPU, its form, its media types, its layers. */
function factsInPlay(ask: TargetAsk, image: JudgedImage): readonly (readonly [name: FactName, fact: Known<unknown>])[] {
  const { target, assume } = ask;
  const facts: (readonly [FactName, Known<unknown>])[] = [];
  const isAnswered = ask.platforms.every((asked) => isAssumed(ask, asked));
  if (!isAnswered) {
    facts.push(['architecture', target.platforms]);
    if (ask.basis !== undefined) facts.push(['architecture', ask.basis]);
  }
  if (image.form === 'index' && assume?.index === undefined) facts.push(['index', target.index]);
  if (image.attestations > 0 && assume?.attestations === undefined) facts.push(['attestations', target.attestations]);
  const types = [image.mediaType, ...image.entries.map((entry) => entry.mediaType)];
  if (types.some((type) => OCI.test(type)) && assume?.oci === undefined) facts.push(['oci', target.oci]);
  const isZstd = image.entries.some((entry) => entry.layerMediaTypes.some((type) => /zstd/.test(type)));
  if (isZstd && assume?.zstd === undefined) facts.push(['zstd', target.zstd]);
  return facts;
}

/** A fact that is unknown or partial is no support: open until somebody answers for it by its name. */
function unknownFacts(ask: TargetAsk, image: JudgedImage): Findings {
  const inPlay = factsInPlay(ask, image);
  const named = (facts: typeof inPlay) => [...new Set(facts.map(([name]) => name))];
  const unknown = inPlay.filter(([, fact]) => fact === 'unknown');
  const unsure = inPlay.filter(([, fact]) => typeof fact === 'object' && fact.standing === 'partial');
  const about = (facts: typeof inPlay) => ({
    runtime: ask.target.title,
    page: ask.target.id,
    facts: named(facts),
    assume: named(facts).map((name) => [name, valueToAssume(name, ask)] as const),
  });
  return {
    diagnostics: [
      ...(unknown.length > 0 ? [diagnostic('target/fact-unknown', about(unknown), atImage(image))] : []),
      ...(unsure.length > 0 ? [diagnostic('target/fact-partial', about(unsure), atImage(image))] : []),
    ],
    open: unknown.length > 0 || unsure.length > 0,
  };
}

/** What somebody writes who answers for a fact as it is known, or as it has to be. */
function valueToAssume(name: FactName, { target, platforms }: TargetAsk): string {
  if (name === 'architecture') return platforms.map(({ architecture }) => architecture).join(',');
  return name === 'index' && target.index !== 'unknown' ? target.index.value : 'accepted';
}

function staleFacts(ask: TargetAsk, image: JudgedImage, today: string | undefined): Findings {
  if (today === undefined) return { diagnostics: [] };
  const stale = factsInPlay(ask, image).filter(
    (pair): pair is readonly [FactName, Fact<unknown>] => typeof pair[1] === 'object' && isStale(pair[1], today),
  );
  if (stale.length === 0) return { diagnostics: [] };
  const oldest = stale.map(([, fact]) => fact.checked).sort()[0] ?? '';
  const args = {
    runtime: ask.target.title,
    page: ask.target.id,
    facts: [...new Set(stale.map(([name]) => name))],
    oldest,
  };
  return { diagnostics: [diagnostic('target/fact-stale', args, atImage(image))] };
}

function status(ask: TargetAsk, image: JudgedImage): Findings {
  const { status: fact, title } = ask.target;
  if (fact === undefined) return { diagnostics: [] };
  return {
    diagnostics: [
      diagnostic('target/status', { runtime: title, status: fact.value, source: fact.source }, atImage(image)),
    ],
  };
}

/** Nothing in the bytes tells what a program writes: said, and never held against the image. */
function readOnlyRoot(ask: TargetAsk, image: JudgedImage): Findings {
  if (ask.readOnly !== true) return { diagnostics: [] };
  const args = { runtime: ask.target.title, lambda: ask.target.id === 'lambda' };
  return { diagnostics: [diagnostic('target/read-only-root', args, atImage(image))] };
}

function childFor(image: JudgedImage, platform: Platform): { platform: string; reference: string } | undefined {
  const entry = image.entries.find(
    (one) =>
      // One that cannot start there is no way out.
      one.verdict !== 'refuted' &&
      one.platform !== undefined &&
      formatPlatform(one.platform) === formatPlatform(platform),
  );
  return entry === undefined
    ? undefined
    : { platform: formatPlatform(platform), reference: `${repositoryOf(image.name)}@${entry.digest}` };
}

/** What a runtime would print of this image; where it stands is known only once it is in a registry. */
function quoted(image: JudgedImage, mediaType: string): Readonly<Record<string, string>> {
  return { mediaType, ...nameOf(image) };
}

/** `repo:1.2` and `repo@sha256:…` as `repo`: what a child digest is written behind. */
function repositoryOf(name: string): string {
  if (isLocal(name)) return '<repository>';
  const [repository = name] = name.split('@');
  const colon = repository.lastIndexOf(':');
  return colon > repository.lastIndexOf('/') ? repository.slice(0, colon) : repository;
}
