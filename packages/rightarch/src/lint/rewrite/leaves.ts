import { posix } from 'node:path';
import { mountsOf, type Run } from '../../dockerfile/index.ts';
import { imageBelow } from '../base-libc.ts';
import type { StageView, StepView } from '../documents/dockerfile.ts';
import { UNSEEN } from '../documents/shell.ts';
import type { TextEdit } from '../fixes.ts';
import { inDirectories, isWithin, mountedAt, type Placed, textOf } from '../placed.ts';
import { SITE_PACKAGES } from '../python-output.ts';
import { type Teller, type Told, tell, tellGo, tellNode } from './commands.ts';
import { outputsIn } from './gives.ts';
import type { Obstacle, RewriteKind } from './types.ts';

/** What a RUN leaves: where it is once the builder's CPU did it, and where the image has it. */
export interface Left {
  readonly from: string;
  readonly to: string;
}

/** A RUN of which all is known: what it becomes on the builder's CPU, and all that it leaves beside caches. */
export interface Movable {
  readonly kinds: readonly RewriteKind[];
  readonly edits: readonly TextEdit[];
  readonly leaves: readonly Left[];
}

interface Refused {
  readonly why: Obstacle;
  readonly command: string;
}

/** Commands that leave nothing in the image, or take away what package managers keep for their next run. */
const LEAVES_NOTHING =
  /^(?:cd|set|true|:|test|\[|npm cache (?:clean|verify)|yarn cache clean|pnpm store prune|(?:python3? -m )?pip3? cache purge|uv cache (?:clean|prune)|go clean -(?:mod)?cache|rm(?: -\w+| (?:\/root|~|\/home\/\w+)\/\.(?:npm|cache)(?:\/\S*)?| \/(?:var\/)?tmp\/\S*)+$)(?:\s|$)/;

/**
 * What a RUN of the image itself becomes on the builder's CPU. Undefined where nothing in it installs or compiles for a CPU;
 * the reason where something does, and not all of what the RUN does can be copied back.
 */
export function movableRun(teller: Teller, stage: StageView, step: StepView): Movable | Refused | undefined {
  if (step.script === undefined) return undefined;
  const kinds = new Set<RewriteKind>();
  const edits: TextEdit[] = [];
  const leaves: Left[] = [];
  let other: string | undefined;
  for (const placed of inDirectories(step)) {
    const { command } = placed;
    const text = textOf(command);
    if (LEAVES_NOTHING.test(text)) continue;
    const known = command.guardedByCpu ? undefined : knownCommand(teller, stage, placed);
    if (known === undefined) {
      other ??= text;
      continue;
    }
    if ('why' in known.told) return known.told;
    if (known.leaves === undefined) return { why: 'places', command: text };
    kinds.add(known.told.kind);
    edits.push(...known.told.edits);
    leaves.push(...known.leaves);
  }
  if (leaves.length === 0) return undefined;
  const { original } = step.written;
  if (other !== undefined) return { why: 'mixed', command: other };
  if (/[^2&]>(?!\s*(?:\/dev\/null|&))/.test(original)) return { why: 'mixed', command: original };
  if (leaves.some(({ to }) => to.includes(UNSEEN))) return { why: 'places', command: original };
  const mounted = mountsOf(step.instruction as Run).flatMap(({ fields }) => mountedAt(fields, step.workdir) ?? []);
  return {
    kinds: [...kinds],
    edits,
    leaves: leaves.filter(
      ({ to }) => !mounted.some((mount) => isWithin(to, mount) || (to === '/go' && mount.startsWith('/go/pkg'))),
    ),
  };
}

interface Known {
  readonly told: Told;
  /** Undefined where it writes to places that its text does not say. */
  readonly leaves: readonly Left[] | undefined;
}

function knownCommand(teller: Teller, stage: StageView, placed: Placed): Known | undefined {
  const { step, command, directory } = placed;
  const text = textOf(command);
  // Without a WORKDIR it is the base image's own, which the text does not say.
  const isSaid = stage.steps.some(
    ({ written, instruction }) =>
      instruction.keyword === 'WORKDIR' && instruction.value.text.startsWith('/') && isBefore(written, step.written),
  );
  const at = (...paths: readonly string[]): readonly Left[] | undefined =>
    !isSaid && paths.some((path) => !path.startsWith('/'))
      ? undefined
      : paths.map((path) => ({ from: posix.resolve(directory, path), to: posix.resolve(directory, path) }));
  if (/^(?:npm|pnpm|yarn)(?:\s|$)/.test(text)) return nodeCommand(teller, stage, placed, at);
  if (/^go (?:build|mod download)\b/.test(text)) return goCommand(teller, stage, placed, at);
  const makes = /^(?:\S*python3?(?:\.\d+)? -m venv|virtualenv|uv venv) (?:-\S+ )*([^\s-]\S*)$/.exec(text)?.[1];
  if (makes !== undefined) return { told: NEUTRAL, leaves: at(makes) };
  const output = outputsIn(teller.view, stage).find(({ by }) => by === command);
  if (output === undefined || output.step !== step) return undefined;
  const told = tell(teller, stage, output);
  if (output.what !== 'python' || 'why' in told) return { told, leaves: undefined };
  return pythonCommand(teller, stage, { told, path: output.path, placed, at });
}

const NEUTRAL: Told = { kind: 'neutral', edits: [] };
type At = (...paths: readonly string[]) => readonly Left[] | undefined;

/** What one that installs into several packages, or names what package.json is to have, leaves is in more places. */
function nodeCommand(teller: Teller, stage: StageView, { step, command }: Placed, at: At): Known | undefined {
  const words = command.words.map(({ text }) => text);
  const [name, verb = 'install', ...rest] = words;
  const flags = name === 'yarn' && verb.startsWith('-') ? [verb, ...rest] : rest;
  const isInstall = name === 'yarn' ? /^(?:install|-.*)$/.test(verb) : /^(?:ci|install|i)$/.test(verb);
  const isElsewhere =
    /^(?:-g|--global|-C|--cwd|--prefix|--dir|--cpu|--os|-w|--workspaces?|-r|--recursive|-F|--filter)(?:=|$)/;
  if (!isInstall || flags.some((word) => isElsewhere.test(word))) return undefined;
  const told = tellNode(teller, stage, step, command);
  if ('why' in told) return { told, leaves: undefined };
  const isSeveral =
    /"workspaces"\s*:/.test(teller.read('package.json') ?? '') ||
    /^packages:/m.test(teller.read('pnpm-workspace.yaml') ?? '');
  const names = flags.some((word) => !word.startsWith('-'));
  if (isSeveral || names) return { told, leaves: undefined };
  const isLocked =
    verb === 'ci' ||
    flags.some((word) => /^(?:--frozen-lockfile|--immutable|--no-package-lock|--package-lock=false)$/.test(word));
  const hasNone = name === 'npm' && /^package-lock\s*=\s*false\s*$/m.test(teller.read('.npmrc') ?? '');
  const lock = { npm: 'package-lock.json', pnpm: 'pnpm-lock.yaml', yarn: 'yarn.lock' }[name as 'npm'];
  return { told, leaves: at('node_modules', ...(isLocked || hasNone ? [] : [lock])) };
}

/** In the official image modules are below /go (https://github.com/docker-library/golang, read 2026-11-30). */
function goCommand(teller: Teller, stage: StageView, { step, command }: Placed, at: At): Known | undefined {
  const text = textOf(command);
  const isOfficial = /^(?:docker\.io\/)?(?:library\/)?golang(?::|@|$)/.test(imageBelow(teller.view, stage) ?? '');
  const needsModules = /^go mod/.test(text) || teller.read('go.sum') !== undefined;
  const modules = isOfficial ? at('/go') : undefined;
  if (text === 'go mod download') return { told: NEUTRAL, leaves: modules };
  if (!text.startsWith('go build')) return undefined;
  const told = tellGo(teller, stage, step, command);
  const words = command.words.map(({ text: word }) => word);
  const out = words[words.indexOf('-o') + 1];
  const program = words.includes('-o')
    ? out
    : /^go build(?: -\S+)*(?: \.)?$/.test(text)
      ? moduleName(teller)
      : undefined;
  if (program === undefined || program.endsWith('/') || (needsModules && modules === undefined))
    return { told, leaves: undefined };
  const made = at(program);
  return { told, leaves: made === undefined ? undefined : [...(needsModules ? (modules ?? []) : []), ...made] };
}

/** What `go build` calls a program that is not named: the last part of its module's path (`go help build`). */
function moduleName({ read }: Teller): string | undefined {
  const module = /^module\s+(\S+)/m.exec(read('go.mod') ?? '')?.[1];
  return module?.split('/').findLast((part) => !/^v\d+$/.test(part));
}

const isBefore = (one: StepView['written'], other: StepView['written']): boolean =>
  one.span.start.line < other.span.start.line;

/** Who a step is done as, as it is written; undefined where that is root, or whom the base image says. */
export function userAt(stage: StageView, step: StepView): string | undefined {
  const found = stage.steps.findLast(({ written }) => written.keyword === 'USER' && isBefore(written, step.written));
  const user = found?.instruction.keyword === 'USER' ? found.instruction.value.text : '';
  return user === '' || /^(?:root|0)(?::|$)/.test(user) ? undefined : user;
}

/** Into Python itself: beside it first, for what is there already is for the builder's CPU. */
function pythonCommand(
  { editor, view }: Teller,
  stage: StageView,
  {
    told,
    path,
    placed: { step, command },
    at,
  }: {
    readonly told: Extract<Told, { kind: RewriteKind }>;
    readonly path: string;
    readonly placed: Placed;
    readonly at: At;
  },
): Known {
  const words = command.words.map(({ text }) => text);
  // `pip install --upgrade pip` takes away what the image has.
  if (told.edits.length === 0) return { told, leaves: undefined };
  // A user installs into a home that the text does not say, and may not write beside Python.
  if (userAt(stage, step) !== undefined && (path === SITE_PACKAGES || words.includes('--user')))
    return { told, leaves: undefined };
  if (path !== SITE_PACKAGES) {
    const isLocked = words[1] !== 'sync' || words.some((word) => /^--(?:frozen|locked)$/.test(word));
    return { told, leaves: at(path, ...(isLocked ? [] : ['uv.lock'])) };
  }
  const isOfficial = /^(?:docker\.io\/)?(?:library\/)?python(?::|@|$)/.test(imageBelow(view, stage) ?? '');
  const beside = editor.insert(step, command, words.indexOf('install'), 'behind', ' --prefix=/install');
  const isPlain = !words.some((word) => /^(?:--prefix|--root|--user|--upgrade|-U|--force-reinstall)$/.test(word));
  if (!isOfficial || !isPlain || beside === undefined) return { told, leaves: undefined };
  return {
    told: { kind: told.kind, edits: [...told.edits, beside] },
    leaves: [{ from: '/install', to: '/usr/local' }],
  };
}
