import { type Diagnostic, formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import type { JudgedFailure, TargetEntry } from '../target/index.ts';
import { failureOf } from './failure.ts';
import type { ImageProof, PlatformProof, TargetProof, TargetStart } from './types.ts';

/** The machine in front of somebody, as its process says it: nothing of it is looked at. */
export interface Host {
  readonly system: 'linux' | 'darwin' | 'win32' | (string & {});
  /** What containers run as there: `linux/arm64` on Apple Silicon. */
  readonly platform: Platform;
}

/**
 * Whether a start on that machine would have shown what is wrong. `depends` is on what was installed there: `process`
 * does not say whether Linux has an emulator registered.
 */
export type Sight = 'shown' | 'hidden' | 'differs' | 'depends';

/** Why; a stable word that the report puts into a sentence. */
export type SightReason =
  /** It is the same there. */
  | 'same'
  /** An emulator runs the platform, and the same fails in it. */
  | 'same-emulated'
  /** The programs of another CPU run there. */
  | 'runs-them'
  /** It would take another entry of the index, its own. */
  | 'takes-own'
  /** What refuses it is that runtime alone. */
  | 'runtime-only'
  /** The emulator has words of its own. */
  | 'emulator-words'
  /** An emulator may be registered there, or not. */
  | 'binfmt'
  /** The CPU there may have what is missing, or not. */
  | 'cpu'
  /** The kernel there has smaller pages. */
  | 'page-size'
  /** The kernel there may have smaller pages, or not. */
  | 'kernel-pages';

export interface Seen {
  readonly sight: Sight;
  readonly why: SightReason;
  /** What runs the programs, where the CPU itself does not. */
  readonly by?: 'rosetta' | 'qemu';
  /** Whose programs run there, or whose entry is taken. */
  readonly platforms?: readonly string[];
}

type Runs = 'cpu' | 'rosetta' | 'qemu' | 'binfmt';

/**
 * What runs a platform there. Docker Desktop on macOS and Windows registers emulators for what its CPU is not:
 * Rosetta for amd64 on Apple Silicon, QEMU for the rest (docs.docker.com/build/building/multi-platform, and
 * docs.docker.com/desktop/settings-and-maintenance/settings; read 2026-11-22). Linux has those that somebody installed.
 */
function runs({ system, platform }: Host, other: Platform): Runs {
  const own = platform.architecture;
  if (other.architecture === own) return 'cpu';
  if (own === 'amd64' && other.architecture === '386') return 'cpu';
  // Apple's CPUs have no 32-bit mode; of other arm64 machines it is the model that decides.
  if (system !== 'darwin' && system !== 'win32') return 'binfmt';
  return system === 'darwin' && own === 'arm64' && other.architecture === 'amd64' ? 'rosetta' : 'qemu';
}

const STARTED_WRONG = new Set(['proof/start-wrong-cpu', 'proof/wrong-cpu-image']);
const CALLED_WRONG = new Set(['proof/wrong-cpu-command']);
/** Faults of bytes that every pull meets. */
const AT_EVERY_PULL =
  /^(image\/(digest-wrong|blob-missing)|registry\/(blob-missing|not-found)|proof\/(layer-damaged|diff-id-mismatch))$/;

/** One refuted image as a machine would meet it. */
interface RefutedHere {
  readonly declared: Platform;
  readonly failure: JudgedFailure;
  /** CPUs of the wrong programs, where they are all that refutes it. */
  readonly runsAs?: readonly Platform[] | undefined;
}

/** Would a start there have shown it? Pure: the host is an input of the report, and no verdict asks for it. */
export function seenOn(host: Host, { declared, failure, runsAs = [] }: RefutedHere): Seen | undefined {
  const { code } = failure;
  if (AT_EVERY_PULL.test(code)) return { sight: 'shown', why: 'same' };
  // What only compares documents with each other shows in no start.
  if (/^(image|registry)\//.test(code)) return undefined;
  const own = runs(host, declared);
  if (STARTED_WRONG.has(code) || CALLED_WRONG.has(code)) {
    if (runsAs.length > 0) return wrongPrograms(host, runsAs, CALLED_WRONG.has(code) ? declared : undefined);
  }
  if (own === 'binfmt') return { sight: 'depends', why: 'binfmt', platforms: [formatPlatform(declared)] };
  if (declared.variant !== undefined && declared.architecture !== 'arm') return { sight: 'depends', why: 'cpu' };
  if (own === 'cpu') {
    const foreign = STARTED_WRONG.has(code) || CALLED_WRONG.has(code);
    // Its loader is missing as well: whoever emulates that CPU says so, and not what the kernel says.
    if (foreign && host.system !== 'linux') return { sight: 'differs', why: 'emulator-words' };
    if (foreign) return { sight: 'depends', why: 'binfmt' };
    return { sight: 'shown', why: 'same' };
  }
  // rosetta error: failed to open elf at …; qemu-x86_64: Could not open '…'
  if (code === 'proof/loader-missing') return { sight: 'differs', why: 'emulator-words', by: own };
  return { sight: 'shown', why: 'same-emulated', by: own };
}

/** Programs of another CPU than the image declares: hidden where they run, and what calls them does. */
function wrongPrograms(host: Host, found: readonly Platform[], caller: Platform | undefined): Seen {
  const needed = [...found, ...(caller !== undefined ? [caller] : [])];
  const open = needed.filter((one) => runs(host, one) === 'binfmt');
  if (open.length > 0) return { sight: 'depends', why: 'binfmt', platforms: names(open) };
  const by = needed.map((one) => runs(host, one)).find((one) => one === 'rosetta' || one === 'qemu');
  return { sight: 'hidden', why: 'runs-them', platforms: names(found), ...(by !== undefined ? { by } : {}) };
}

const names = (platforms: readonly Platform[]): readonly string[] => [...new Set(platforms.map(formatPlatform))];

/** What becomes of one refuted platform on that machine; undefined where it is not refuted, or nothing is known. */
export function platformSeen(host: Host, proof: PlatformProof): Seen | undefined {
  const failure = proof.verdict === 'refuted' ? failureOf(proof.diagnostics) : undefined;
  if (failure === undefined || proof.platform === undefined) return undefined;
  return seenOn(host, { declared: proof.platform, failure, runsAs: proof.runsAs });
}

/** The same for what a runtime would refuse: a machine that pulls by itself takes what is its own. */
export function targetSeen(host: Host, image: ImageProof, target: TargetProof, entry: TargetStart): Seen | undefined {
  if (entry.verdict !== 'refuted') return undefined;
  const codes = new Set(target.diagnostics.filter((one) => isAbout(one, entry)).map(({ code }) => code));
  const whole = image.form === 'index' && (entry.selected === undefined || codes.has('target/index-rejected'));
  if (whole && codes.has('target/platform-missing')) return takesOwn(host, image, entry);
  const { selected } = entry;
  const proof = entry.proof ?? image.platforms.find((one) => one.image === selected?.digest);
  if (codes.has('target/single-platform-other') && selected?.platform !== undefined) {
    return otherCpu(host, selected.platform);
  }
  // x86 has the smallest pages and no others; what an arm64 kernel has, only its own report says.
  if (codes.has('target/page-size'))
    return host.platform.architecture === 'amd64'
      ? { sight: 'hidden', why: 'page-size' }
      : { sight: 'depends', why: 'kernel-pages' };
  const seen = proof === undefined ? undefined : platformSeen(host, proof);
  if (seen !== undefined && codes.has('target/image-refuted')) return seen;
  return { sight: 'hidden', why: 'runtime-only' };
}

function isAbout({ severity, at }: Diagnostic, { asked, selected }: TargetEntry): boolean {
  if (severity !== 'error') return false;
  if (at.in !== 'image' || at.platform === undefined) return true;
  const own = at.platform;
  return [asked, selected?.platform].some((one) => one !== undefined && samePlatform(one, own));
}

function takesOwn({ platform }: Host, image: ImageProof, { asked }: TargetEntry): Seen {
  const own = image.platforms.find((one) => one.platform?.architecture === platform.architecture);
  if (platform.architecture === asked.architecture || own?.platform === undefined)
    return { sight: 'shown', why: 'same' };
  return { sight: 'hidden', why: 'takes-own', platforms: [formatPlatform(own.platform)] };
}

function otherCpu(host: Host, found: Platform): Seen {
  const how = runs(host, found);
  const platforms = [formatPlatform(found)];
  if (how === 'binfmt') return { sight: 'depends', why: 'binfmt', platforms };
  return { sight: 'hidden', why: 'runs-them', platforms, ...(how === 'cpu' ? {} : { by: how }) };
}
