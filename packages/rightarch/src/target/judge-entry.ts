import {
  acceptedPlatforms,
  formatPlatform,
  hasFeatures,
  type Platform,
  platformFit,
  type SelectionRule,
  samePlatform,
  selectEntry,
} from '../core/index.ts';
import { atFile, diagnostic } from '../messages/index.ts';
import { isAssumed } from './assume.ts';
import { canRefuse } from './fact.ts';
import { atImage, type Findings, merge, nameOf, says } from './findings.ts';
import { inRuntimeWords } from './in-runtime-words.ts';
import { readInstance } from './instance.ts';
import type { JudgedEntry, JudgedImage, SelectedBy } from './judge-types.ts';
import type { Stage, Target, TargetAsk } from './types.ts';

interface Question {
  readonly ask: TargetAsk;
  readonly image: JudgedImage;
  readonly platform: Platform;
  readonly today: string | undefined;
}

/** What was found, and the manifest that it was found of. */
export interface JudgedPlatform extends Findings {
  readonly selected?: JudgedEntry;
  readonly by: SelectedBy;
}

const NOTHING: Findings = { diagnostics: [] };

const SELECTED_BY: Readonly<Record<Target['selection'], SelectedBy>> = {
  containerd: 'containerd',
  docker: 'docker',
  'cri-o': 'cri-o',
  exact: 'exact',
  unknown: 'containerd, cri-o',
};

/** What a machine of this platform would take from the image, and whether that starts there. */
export function judgeEntry(question: Question): JudgedPlatform {
  const { ask, image, platform } = question;
  const by = image.form === 'manifest' ? 'single' : SELECTED_BY[ask.target.selection];
  const chosen = choose(ask.target, image, platform);
  if (chosen === undefined) return { ...missing(question), by };
  if (chosen !== undefined && 'differs' in chosen) return { ...differs(question, chosen), by };
  const parts = [
    fit(question, chosen),
    nonRoot(question, chosen),
    start(question, chosen),
    size(question, chosen),
    pages(question, chosen),
    runtimeApi(question, chosen),
    entrypoint(question, chosen),
  ];
  return { ...merge(parts), selected: chosen, by };
}

/**
 * `runAsNonRoot` is looked at before the container is made, and the image's own files are not: a name may be root's
 * (kubelet, pkg/kubelet/kuberuntime/security_context_others.go, verifyRunAsNonRoot, read 2026-11-29).
 */
function nonRoot({ ask, image, platform }: Question, { user }: JudgedEntry): Findings {
  const left = ask.open?.find(({ field }) => field === 'nonRoot');
  if ((ask.nonRoot !== true && left === undefined) || user === undefined) return NOTHING;
  if (ask.open?.some(({ field }) => field === 'user')) return NOTHING;
  const [own = ''] = user.split(':');
  const isZero = (id: string): boolean => /^\d+$/.test(id) && Number(id) === 0;
  const says =
    ask.user !== undefined
      ? isZero(ask.user) && "container's runAsUser breaks non-root policy"
      : own === '' || isZero(own)
        ? 'container has runAsNonRoot and image will run as root'
        : !/^\d+$/.test(own) &&
          `container has runAsNonRoot and image has non-numeric user (${own}), cannot verify user is non-root`;
  if (says === false) return NOTHING;
  if (left !== undefined) {
    const { field, name, text, file, line, column } = left;
    const at = file === undefined ? atImage(image, platform) : atFile(file, line, column);
    return { open: true, diagnostics: [diagnostic('proof/start-open', { field, name, text }, at)] };
  }
  const args = { runtime: ask.target.title, user: ask.user ?? own, says };
  const found = diagnostic('target/root-not-allowed', args, atImage(image, platform));
  return { refuted: true, stage: 'create', says, diagnostics: [found] };
}

interface Rule {
  readonly rule: SelectionRule;
  readonly osFeatures: 'heeded' | 'ignored';
}

/** Which containerd a runtime has on the day is not known of any: both may choose (`selectEntry` has the versions). */
const ofEveryVersion = (rule: SelectionRule): readonly Rule[] => [
  { rule, osFeatures: 'heeded' },
  { rule, osFeatures: 'ignored' },
];
const CRIO: Rule = { rule: 'cri-o', osFeatures: 'ignored' };

const RULES: Readonly<Record<Target['selection'], readonly Rule[]>> = {
  containerd: ofEveryVersion('containerd'),
  docker: ofEveryVersion('containerd'),
  'cri-o': [CRIO],
  exact: ofEveryVersion('exact'),
  unknown: [...ofEveryVersion('containerd'), CRIO],
};

/**
 * What a host may call itself. Docker looks at the CPU: an engine on an x86-64-v3 machine takes the `amd64/v3` entry
 * (moby daemon/internal/distribution/pull_v2_unix.go, maximumSpec; in the containerd store since moby 944e8057 of
 * 2026-06-17, before that never). containerd by itself and CRI-O know plain amd64 only.
 */
function hostsOf(target: Target, host: Platform): readonly Platform[] {
  if (target.selection !== 'docker' || host.architecture !== 'amd64' || host.variant !== undefined) return [host];
  return [host, ...['v2', 'v3', 'v4'].map((variant) => ({ ...host, variant }))];
}

/** Why runtimes of one kind do not agree: their versions, the level of the CPU, or what they are. */
type Differs = { readonly differs: 'features' | 'level' | 'runtime' };

/** The entry that is taken, or why that is open. A single manifest is always taken. */
function choose(target: Target, image: JudgedImage, host: Platform): JudgedEntry | Differs | undefined {
  if (image.form === 'manifest') return image.entries[0];
  const hosts = hostsOf(target, host);
  const taken = hosts.flatMap((one) => RULES[target.selection].map((rule) => takenBy(rule, image, one)));
  const [first, ...others] = taken;
  // Whichever is taken starts: the plain one is shown.
  const isAlike = (one: JudgedEntry | undefined): boolean =>
    one?.listed !== undefined && first?.listed !== undefined && samePlatform(one.listed, first.listed);
  const allProven = (hosts.length > 1 || taken.every(isAlike)) && taken.every((one) => one?.verdict === 'proven');
  if (allProven || others.every((one) => one === first)) return first;
  const byVersion = RULES[target.selection].filter(({ rule }) => rule !== 'cri-o');
  const byFeatures = hosts.some((one) => new Set(byVersion.map((rule) => takenBy(rule, image, one))).size > 1);
  return { differs: byFeatures ? 'features' : target.selection === 'docker' ? 'level' : 'runtime' };
}

function takenBy({ rule, osFeatures }: Rule, image: JudgedImage, host: Platform): JudgedEntry | undefined {
  const entries = image.entries.map((entry) => ({
    entry,
    zstd: entry.zstd === true,
    ...(entry.listed !== undefined ? { platform: entry.listed } : {}),
  }));
  const found = selectEntry(entries, { host, rule, osFeatures })?.entry;
  if (found === undefined || found.listed !== undefined || found.unread === true || rule === 'cri-o') return found;
  // The first without a platform is taken, and its config looked at then: no other one is tried (containerd
  // core/images/image.go, Manifest).
  const { platform } = found;
  const accepted = platform === undefined ? [] : acceptedPlatforms(host, rule);
  const fits = osFeatures === 'ignored' || hasFeatures(host, platform);
  return fits && accepted.some((one) => platform !== undefined && samePlatform(one, platform)) ? found : undefined;
}

function presentIn(image: JudgedImage): readonly string[] {
  return image.entries.map(({ listed, platform = listed }) => {
    const features = (platform?.osFeatures ?? []).join(', ');
    const text = platform === undefined ? '?' : formatPlatform(platform);
    return features === '' ? text : `${text} (os.features ${features})`;
  });
}

/** The fact behind the CPU: without a firm one, a missing platform is a warning. */
function isFirm({ ask, platform, today }: Question): boolean {
  return (
    !(ask.decidedBy === 'assumed' && isAssumed(ask, platform)) &&
    (ask.basis === undefined || ask.decidedBy === 'declared' || canRefuse(ask.basis, today))
  );
}

function missing(question: Question): Findings {
  const { ask, image, platform } = question;
  const firm = isFirm(question);
  const { mismatch, title } = ask.target;
  const found = presentIn(image);
  const args = {
    runtime: title,
    platform: formatPlatform(platform),
    present: found,
    stage: mismatch.stage,
    // A runtime that takes no index never gets as far as this; its own words are quoted where the index is refused.
    says: rejectsIndex(ask)
      ? undefined
      : says(mismatch.index, {
          platform: formatPlatform(platform),
          architecture: platform.architecture,
          ...nameOf(image),
          mediaType: image.mediaType,
          found: found[0] ?? '?',
        }),
    elsewhere: crioWords(question),
  };
  const at = atImage(image, platform);
  return {
    diagnostics: [diagnostic('target/platform-missing', args, at, firm ? {} : { severity: 'warning' })],
    refuted: firm,
    open: !firm,
    stage: args.stage,
    says: args.says,
  };
}

/** CRI-O's own line. It spells the variant of an arm64 host out (containers/image, platform_matcher.go). */
function crioWords({ ask, platform }: Question): string | undefined {
  const { indexElsewhere } = ask.target.mismatch;
  const { architecture, variant = architecture === 'arm64' ? 'v8' : '' } = platform;
  return indexElsewhere === undefined ? undefined : says(indexElsewhere, { architecture, variant });
}

function rejectsIndex({ target, assume }: TargetAsk): boolean {
  return assume?.index === undefined && target.index !== 'unknown' && target.index.value === 'rejected';
}

function differs({ ask, image, platform }: Question, { differs: by }: Differs): Findings {
  const args = { runtime: ask.target.title, platform: formatPlatform(platform), present: presentIn(image), by };
  return { diagnostics: [diagnostic('target/selection-differs', args, atImage(image, platform))], open: true };
}

/** A chosen entry of another CPU: a single manifest is not compared by any runtime and dies at the start. */
function fit(question: Question, entry: JudgedEntry): Findings {
  const { ask, image, platform } = question;
  const at = atImage(image, platform);
  const runtime = ask.target.title;
  const needed = formatPlatform(platform);
  if (entry.platform === undefined) {
    return { diagnostics: [diagnostic('target/platform-undeclared', { runtime, platform: needed }, at)], open: true };
  }
  const found = formatPlatform(entry.platform);
  const how = platformFit({ host: platform, binary: entry.platform });
  if (how === 'exact') return NOTHING;
  // A 32-bit arm machine runs what older ones run.
  if (how === 'compatible' && platform.architecture === 'arm') return NOTHING;
  if (how === 'compatible' && ask.target.selection !== 'exact') {
    const never = platform.architecture === 'arm64' && lacksArm32(ask);
    const args = { runtime, needed, found, instance: never ? ask.instance : undefined };
    const found32 = diagnostic('target/only-32-bit', args, at, never ? { severity: 'error' } : {});
    return { diagnostics: [found32], refuted: never, open: !never };
  }
  // The same CPU with another level: its label decides nothing where a single image is not compared.
  if (entry.platform.architecture === platform.architecture && /^(amd64|arm64)$/.test(platform.architecture)) {
    return { diagnostics: [diagnostic('target/level-unknown', { runtime, needed, found }, at)], open: true };
  }
  const { mismatch, emulates } = ask.target;
  const foreign = entry.platform;
  if (emulates?.value.some((one) => samePlatform(one, foreign)) === true) {
    return { diagnostics: [diagnostic('target/emulated', { runtime, needed, found }, at)], open: true };
  }
  const firm = isFirm(question);
  const path = entry.command ?? entry.failure?.path;
  const values = { found, platform: needed, ...nameOf(image), ...(path !== undefined ? { path } : {}) };
  const said = says(mismatch.single, values);
  // Where both say the same, the platform is compared up front; any other runtime finds out at the start.
  const compared = said !== undefined && said === says(mismatch.index, values);
  const args = { runtime, needed, found, stage: compared ? mismatch.stage : ('start' as const), says: said };
  return {
    diagnostics: [diagnostic('target/single-platform-other', args, at, firm ? {} : { severity: 'warning' })],
    refuted: firm,
    open: !firm,
    stage: args.stage,
    says: said,
  };
}

/** Whether the runtime is known to run no 32-bit programs of this kind. */
function lacks(ask: TargetAsk, needs: 'ia32' | 'aarch32', today: string | undefined): boolean {
  const fact = ask.target.lacks;
  if (fact?.value.includes(needs) === true && canRefuse(fact, today)) return true;
  return needs === 'aarch32' && lacksArm32(ask);
}

/** Graviton4 and later cannot run 32-bit arm; of any other arm64 machine nobody has confirmed either. */
function lacksArm32(ask: TargetAsk): boolean {
  if (ask.instance === undefined) return false;
  const answer = readInstance(ask.target.id, ask.instance);
  return answer.kind === 'cpu' && answer.arm32 === 'no';
}

/** The image's own verdict carries over: what does not start on its platform does not start on the runtime. */
function start({ ask, image, platform, today }: Question, entry: JudgedEntry): Findings {
  if (entry.verdict === 'proven') return NOTHING;
  const at = atImage(image, platform);
  const runtime = ask.target.title;
  const { only32 } = entry;
  if (entry.verdict === 'undecided' && only32 !== undefined && lacks(ask, only32.needs, today)) {
    const { path, found } = only32;
    const says = inRuntimeWords(ask.target, {
      stage: 'start',
      prints: `exec ${path}: exec format error`,
    }).says;
    const args = { runtime, needed: formatPlatform(platform), found, instance: ask.instance, path, says };
    const diagnostics = [diagnostic('target/only-32-bit', args, at, { severity: 'error' })];
    return { diagnostics, refuted: true, stage: 'start', says };
  }
  const taken = entry.platform === undefined ? formatPlatform(platform) : formatPlatform(entry.platform);
  if (entry.verdict === 'undecided') {
    return { diagnostics: [diagnostic('target/image-undecided', { runtime, platform: taken }, at)], open: true };
  }
  const { emulates } = ask.target;
  const runs = entry.runsAs ?? [];
  if (runs.length > 0 && runs.every((one) => emulates?.value.some((other) => samePlatform(one, other)))) {
    const args = { runtime, platform: taken, found: [...new Set(runs.map(formatPlatform))] };
    return { diagnostics: [diagnostic('target/emulation-hides', args, at)], open: true };
  }
  const { failure } = entry;
  const stage = stageOn(ask.target, failure);
  const words = failure === undefined ? undefined : inRuntimeWords(ask.target, failure);
  const args = { runtime, platform: taken, cause: failure?.code ?? '', stage, says: words?.says };
  return {
    diagnostics: [diagnostic('target/image-refuted', args, at)],
    refuted: true,
    stage,
    says: words?.says,
  };
}

/** A runtime that is handed no container to create, as Lambda is, says everything when it starts. */
function stageOn({ mismatch }: Target, failure: JudgedEntry['failure']): Stage {
  if (failure === undefined) return 'start';
  return failure.stage === 'create' && mismatch.notOnPath !== undefined ? 'start' : failure.stage;
}

function size({ ask, image, platform, today }: Question, entry: JudgedEntry): Findings {
  const limit = ask.target.maxImageBytes;
  if (
    ask.assume?.size !== undefined ||
    limit === undefined ||
    entry.unpackedBytes === undefined ||
    entry.unpackedBytes <= limit.value
  )
    return NOTHING;
  const firm = canRefuse(limit, today);
  const args = { runtime: ask.target.title, bytes: entry.unpackedBytes, limit: limit.value, source: limit.source };
  return {
    diagnostics: [
      diagnostic('target/image-too-large', args, atImage(image, platform), firm ? {} : { severity: 'warning' }),
    ],
    refuted: firm,
    open: !firm,
  };
}

/**
 * Segments that overlap within a page cannot be mapped by a kernel with larger ones. Where nobody says which pages the
 * kernel has, that is told and held against nothing: almost every arm64 kernel has the smallest.
 */
function pages({ ask, image, platform, today }: Question, entry: JudgedEntry): Findings {
  if (entry.pages === undefined || platform.architecture !== 'arm64') return NOTHING;
  const fact = ask.pages === undefined ? ask.target.pages : undefined;
  const sizes = ask.pages === undefined ? (fact?.value ?? []) : [ask.pages];
  const { bytes, path, says: said } = entry.pages;
  const firm = fact === undefined || canRefuse(fact, today);
  const fits = sizes.length > 0 && Math.max(...sizes) <= bytes;
  // What one report says is no support: it is as if nobody had said it.
  if (fits && firm) return NOTHING;
  const known = fits ? [] : sizes;
  const never = known.length > 0 && Math.min(...known) > bytes;
  // Where only part of a page is lost, it is open whether that is the part that a start needs.
  const refuted = never && entry.pages.shares === undefined && firm;
  const args = { runtime: ask.target.title, path, bytes, sizes: known, says: said };
  const severity = refuted ? 'error' : known.length > 0 ? 'warning' : 'note';
  return {
    diagnostics: [diagnostic('target/page-size', args, atImage(image, platform), { severity })],
    refuted,
    open: known.length > 0 && !refuted,
    ...(refuted ? { stage: 'start', says: said } : {}),
  };
}

/** Told and no more: it finds bare names on PATH, and images that are started through a link are known to run there. */
function entrypoint({ ask, image, platform }: Question, { entry }: JudgedEntry): Findings {
  const fact = ask.target.requires?.find((one) => one.value === 'absolute-entrypoint');
  if (fact === undefined || entry === undefined || (entry.word.startsWith('/') && entry.link === undefined))
    return NOTHING;
  const args = { ...entry, source: fact.source, checked: fact.checked };
  const severity = entry.link === undefined ? 'note' : 'warning';
  return { diagnostics: [diagnostic('target/lambda-entrypoint', args, atImage(image, platform), { severity })] };
}

function runtimeApi({ ask, image, platform, today }: Question, entry: JudgedEntry): Findings {
  const fact = ask.target.requires?.find((one) => one.value === 'lambda-runtime-api');
  if (fact === undefined || entry.lambdaRuntimeClient === 'present') return NOTHING;
  const at = atImage(image, platform);
  if (entry.lambdaRuntimeClient === undefined) {
    return {
      diagnostics: [diagnostic('target/lambda-runtime-unknown', { platform: formatPlatform(platform) }, at)],
      open: true,
    };
  }
  const firm = canRefuse(fact, today);
  const args = { source: fact.source, checked: fact.checked };
  return {
    diagnostics: [diagnostic('target/lambda-runtime-missing', args, at, firm ? {} : { severity: 'warning' })],
    refuted: firm,
    open: !firm,
  };
}
