import { posix } from 'node:path';
import { formatPlatform, samePlatform } from '../../../core/index.ts';
import type { Copy } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { nextConfigs } from '../../context-files.ts';
import type { DockerfileView, StageView } from '../../documents/dockerfile.ts';
import { type LockedNatives, lockedNatives, lockedVersion } from '../../locked-natives.ts';
import { holds, type Output } from '../../native-output.ts';
import { outputsOf } from '../../passed-on.ts';
import { pythonNatives, withoutVersion } from '../../python-output.ts';
import { isReplaced } from '../../replaced.ts';
import { lockedNativeGems, nativeGems } from '../../ruby-output.ts';
import { breaksOn, type DockerfileRule, inFile, type Judged, type RuleContext, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';

/**
 * What a stage on the builder's CPU, or on a fixed one, made for that CPU and an image for another one takes over: the
 * worst of these mistakes, because the build succeeds and the label is right.
 */
export const builderOutputCopied: DockerfileRule = function* (view, context) {
  const kept = keptStages(view);
  for (const stage of view.stages) {
    if (!kept.has(stage.node.stage.index)) continue;
    if (stage.follows !== 'target' && !(stage.isFinal && stage.follows === 'constant')) continue;
    for (const { by, source, instruction } of stage.node.uses) {
      if (by !== 'copy' || source.kind !== 'stage' || instruction.keyword !== 'COPY') continue;
      const from = view.stages.find(({ node }) => node.stage.index === source.index);
      if (from === undefined || (from.follows !== 'builder' && from.follows !== 'constant')) continue;
      yield* judgeCopy(view, context, { stage, from, copy: instruction });
    }
  }
};

/** Stages that the image, or what runs on its CPU, is made of: not those that a stage on the builder only mounts. */
function keptStages(view: DockerfileView): ReadonlySet<number> {
  const kept = new Set<number>();
  const keep = (index: number): void => {
    if (kept.has(index)) return;
    kept.add(index);
    const stage = view.stages.find(({ node }) => node.stage.index === index);
    // All that an image on the builder's CPU takes runs there; that it is one is told at its FROM.
    if (stage === undefined || (stage.isFinal && stage.follows === 'builder')) return;
    if (stage.node.base?.kind === 'stage') keep(stage.node.base.index);
    for (const { by, source } of stage.node.uses)
      if (source.kind === 'stage' && (by === 'copy' || stage.follows !== 'builder')) keep(source.index);
  };
  for (const { isFinal, node } of view.stages) if (isFinal) keep(node.stage.index);
  return kept;
}

function* judgeCopy(
  view: DockerfileView,
  context: RuleContext,
  { stage, from, copy }: { readonly stage: StageView; readonly from: StageView; readonly copy: Copy },
): Iterable<Judged> {
  const { pinned } = from.follows === 'constant' ? from : { pinned: undefined };
  const breaks = breaksOn(context, stage, (platform) => pinned !== undefined && samePlatform(platform, pinned));
  // Both fixed to one CPU, or chosen for it.
  if (breaks.length === 0 || (pinned !== undefined && stage.pinned !== undefined && samePlatform(pinned, stage.pinned)))
    return;
  const madeFor = pinned === undefined ? '$BUILDPLATFORM' : formatPlatform(pinned);
  const applied = stage.steps.find(({ written }) => written === copy)?.instruction ?? copy;
  const sources = applied.keyword === 'COPY' ? applied.sources : copy.sources;
  const told = new Set<string>();
  for (const output of outputsOf(view, from)) {
    const whole = sources.find(({ text }) => {
      const path = posix.resolve('/', text);
      return reaches(path, output) && !isText(path, output);
    });
    const source = whole ?? sources.find(({ text }) => isTraced(posix.resolve('/', text), output));
    const isOpen = output.mayBeHeaders === true && source !== undefined && !isWithin(source.text, output.path);
    const key = `${output.what} ${isOpen}`;
    if (source === undefined || told.has(key) || isReplaced(view, stage, copy, output)) continue;
    told.add(key);
    const name = from.node.stage.name ?? String(from.node.stage.index);
    const args = { madeFor, command: output.command, path: source.text, stage: name };
    const at = inFile(view.file, source.span);
    if (isOpen) {
      const found = { ...args, lockfile: undefined, packages: [], open: 'headers' as const };
      yield { diagnostic: diagnostic('dockerfile/builder-output-unknown', found, at), undecided: true };
      continue;
    }
    if (output.what !== 'node' && output.what !== 'python' && output.what !== 'ruby') {
      const found = { ...args, what: output.what, packages: [], breaks: namesOf(breaks) };
      yield { diagnostic: diagnostic('dockerfile/builder-output-copied', found, at, { severity: severityOf(breaks) }) };
      continue;
    }
    const { natives, unseen, lockfile, open } =
      whole === undefined ? tracedOf(view, output, context) : nativesOf(view, output, context);
    if (natives !== undefined && natives.length > 0) {
      const packages = natives.slice(0, 5);
      const found = { ...args, what: output.what, packages, breaks: namesOf(breaks) };
      // The server starts, and fails where it is asked for an image.
      const severity = whole === undefined ? 'warning' : severityOf(breaks);
      yield { diagnostic: diagnostic('dockerfile/builder-output-copied', found, at, { severity }) };
    } else if (natives === undefined || unseen.length > 0) {
      const found = { ...args, lockfile, packages: unseen.slice(0, 5), open };
      yield { diagnostic: diagnostic('dockerfile/builder-output-unknown', found, at), undecided: true };
    }
  }
}

/** What a rule needs of a lockfile, and why some of it is open. */
type Natives = LockedNatives & { readonly open?: 'groups' };

function nativesOf(view: DockerfileView, output: Output, context: RuleContext): Natives {
  const { python, ruby } = output;
  if (ruby !== undefined) {
    const lockfile = posix.join(posix.dirname(view.file), 'Gemfile.lock');
    const text = ruby.gems === undefined ? context.read(lockfile) : undefined;
    if (text === undefined) return { natives: ruby.gems && nativeGems(ruby.gems), unseen: [], lockfile };
    const gemfile = context.read(posix.join(posix.dirname(view.file), 'Gemfile'));
    return { ...lockedNativeGems(text, gemfile, ruby.without), lockfile, open: 'groups' };
  }
  if (python === undefined) return lockedNatives(view, output, context);
  const lockfile = python.lockfile && posix.join(posix.dirname(view.file), posix.basename(python.lockfile));
  return { natives: pythonNatives(view, python, context), unseen: [], lockfile };
}

/** What stands beside programs and libraries under a prefix, and is text, or a language's own where nobody sees which. */
const OF_TEXT =
  /^\/(?:(?:cmake|pkgconfig|systemd|udev|tmpfiles\.d|sysusers\.d|python[\d.]*|perl\d*|ruby)(?:\/|$)|.*(?:\.(?:sh|py|pl|rb|pc|cmake|la|h|hpp|json|conf|txt|xml)|-config)$)/;

const isText = (copied: string, { mayBeHeaders, path }: Output): boolean =>
  mayBeHeaders === true && copied.startsWith(path) && OF_TEXT.test(copied.slice(path.length));

/** Itself, or something in it. */
const isWithin = (written: string, path: string): boolean => holds(path, posix.resolve('/', written));

/** A program stands where the command put it; of what a compiler leaves in a directory, anything below may be taken. */
export function reaches(written: string, output: Output): boolean {
  const copied = output.what === 'python' ? withoutVersion(written) : written;
  // What else lies beside a program may be data.
  const isFolder = output.what !== 'go' && output.what !== 'download' && output.what !== 'os';
  return holds(copied, output.path) || (isFolder && holds(output.path, copied));
}

/** `.next/standalone`: what Next.js leaves beside its project of the packages that its server was seen to read. */
const isTraced = (copied: string, { what, path }: Output): boolean =>
  what === 'node' && path.endsWith('/node_modules') && copied === posix.join(posix.dirname(path), '.next/standalone');

/**
 * Of these sharp alone is certain: its server makes images with it, unless next.config turns that off, and since 15 it is a
 * package of Next.js itself (https://nextjs.org/docs/messages/install-sharp, read 2026-11-30).
 */
function tracedOf(view: DockerfileView, output: Output, context: RuleContext): Natives {
  const { natives = [], lockfile } = lockedNatives(view, output, context);
  const folder = posix.dirname(view.file);
  const configs = nextConfigs(folder).flatMap((path) => context.read(path) ?? []);
  const isOff = configs.length === 0 || configs.some((text) => /unoptimized|loader/.test(text));
  const isOwn = Number.parseInt(lockedVersion(view, 'next', context) ?? '0', 10) >= 15;
  return { natives: isOff || !isOwn ? [] : natives.filter((one) => one === 'sharp'), unseen: [], lockfile };
}
