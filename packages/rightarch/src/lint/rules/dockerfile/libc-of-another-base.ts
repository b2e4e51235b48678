import { posix } from 'node:path';
import type { Copy } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { type BaseLibc, certainLibc, imageBelow } from '../../base-libc.ts';
import { type DockerfileView, type StageView, type StepView, stepsOf } from '../../documents/dockerfile.ts';
import { UNSEEN } from '../../documents/shell.ts';
import { lockedNatives } from '../../locked-natives.ts';
import { nativeOutputs, type Output } from '../../native-output.ts';
import { pythonNatives } from '../../python-output.ts';
import { type DockerfileRule, inFile, type RuleContext } from '../../rule.ts';
import { reaches } from './builder-output-copied.ts';

/**
 * What was linked to glibc and is copied into an image of Alpine, or the other way round: the CPU is right, and the file
 * that the loader asks for is not there. Only where the names of both bases say their libc, and where nothing in the image
 * brings the other one.
 */
export const libcOfAnotherBase: DockerfileRule = function* (view, context) {
  const final = view.stages.find(({ isFinal }) => isFinal);
  if (final === undefined) return;
  const base = imageBelow(view, final);
  const has = certainLibc(base);
  const steps = stepsOf(view, final);
  if (base === undefined || has === undefined || steps.some(bringsTheOther)) return;
  for (const [i, { written, instruction }] of steps.entries()) {
    if (written.keyword !== 'COPY' || instruction.keyword !== 'COPY') continue;
    const from = sourceOf(view, written);
    const image = from && imageBelow(view, from);
    const made = certainLibc(image);
    if (from === undefined || image === undefined || made === undefined || made === has) continue;
    const isMadeAnew = steps.slice(i + 1).some(installs);
    const found = nativeOutputs(view, from).find(
      (output) =>
        instruction.sources.some(({ text }) => isTaken(posix.resolve('/', text), output)) &&
        isLinkedTo(made, { view, from, output, context, isMadeAnew }),
    );
    if (found === undefined) continue;
    const source = instruction.sources.find(({ text }) => isTaken(posix.resolve('/', text), found))!;
    const { stage } = from.node;
    const args = {
      what: found.what as 'go' | 'rust' | 'c' | 'node' | 'python',
      path: source.text,
      stage: stage.name ?? String(stage.index),
      command: found.command,
      image,
      base,
      made,
    };
    yield {
      diagnostic: diagnostic('dockerfile/libc-of-another-base', args, inFile(view.file, source.span)),
      ...(found.what === 'go' && !asksForLibc(context) ? { undecided: true } : {}),
    };
  }
};

/** The stage that a COPY of the image takes from. */
function sourceOf(view: DockerfileView, copy: Copy): StageView | undefined {
  const use = view.stages.flatMap(({ node }) => node.uses).find(({ instruction }) => instruction === copy);
  const index = use?.source.kind === 'stage' ? use.source.index : undefined;
  return index === undefined ? undefined : view.stages.find(({ node }) => node.stage.index === index);
}

/** A program itself and not a folder in which it lies beside others: of that nobody knows what is started. */
const isTaken = (path: string, output: Output): boolean =>
  reaches(path, output) &&
  // What a build script of Cargo wrote is its own affair.
  !/\/target\/(?:[^/]+\/)?(?:release|debug)\/build\//.test(path) &&
  (output.what === 'node' || output.what === 'python' || path === output.path || path.startsWith(`${output.path}/`));

/** A layer that stands in for the other libc, the other libc itself, or a tool that changes what a program asks for. */
const OTHER = /gcompat|libc6-compat|glibc|sgerrand|musl|ld-linux|patchelf|linux-gnu|\blib64\b/;

/** Also whatever is copied from where libraries lie. */
const bringsTheOther = ({ written, instruction }: StepView): boolean =>
  ((written.keyword === 'RUN' || written.keyword === 'ADD') && OTHER.test(textOf(written))) ||
  (instruction.keyword === 'COPY' &&
    ([...instruction.sources, instruction.destination].some(({ text }) => OTHER.test(text)) ||
      (instruction.flags.some(({ name }) => name === 'from') &&
        instruction.sources.some(({ text }) => LIBRARIES.test(posix.resolve('/', text))))));

const LIBRARIES = /^\/(?:usr(?:\/local)?)?(?:\/?lib)?$|\.so\b/;

const textOf = ({ original, heredocs }: StepView['written']): string =>
  [original, ...heredocs.map(({ body }) => body)].join('\n');

/** Packages are made anew for the image's own libc, or nobody here knows what is done to them. */
const installs = ({ written }: StepView): boolean =>
  written.keyword === 'RUN' && /\b(?:npm|pnpm|yarn|bun|pip3?|uv|poetry)\b/.test(textOf(written));

/**
 * Whose install script compiles or fetches for the libc of the machine, and that bring no file for another one: `install`
 * of their package.json is `prebuild-install … || node-gyp rebuild` (npm, read 2026-11-29; better-sqlite3 up to 12).
 */
const FOR_ONE_LIBC = new Set(['better-sqlite3', 'sqlite3', 'canvas']);

interface Made {
  readonly view: DockerfileView;
  readonly from: StageView;
  readonly output: Output;
  readonly context: RuleContext;
  readonly isMadeAnew: boolean;
}

/** Whether what the command leaves asks for the libc of its own stage, beyond doubt. */
function isLinkedTo(libc: BaseLibc, { view, from, output, context, isMadeAnew }: Made): boolean {
  const { what, by, step, python } = output;
  // What an ARG or a variable decides may be `-static`, or another target.
  if (by.words.some(({ text }) => text.includes(UNSEEN))) return false;
  switch (what) {
    case 'node': {
      if (isMadeAnew) return false;
      return lockedNatives(view, output, context).natives?.some((name) => FOR_ONE_LIBC.has(name)) === true;
    }
    case 'python':
      return !isMadeAnew && python !== undefined && (pythonNatives(view, python, context)?.length ?? 0) > 0;
    case 'c':
      return !isStatic(view, from);
    case 'rust':
      // On Alpine rustup's own target links everything in (https://doc.rust-lang.org/reference/linkage.html, read 2026-11-29).
      return libc === 'glibc' && !isStatic(view, from) && !cargoIsTold(context);
    case 'go':
      return (by.assigned.get('CGO_ENABLED') ?? step.heeded.get('CGO_ENABLED')) === '1' && !isStatic(view, from);
    default:
      return false;
  }
}

/** Cargo's own settings may say that everything is linked in, or of another target. */
const cargoIsTold = ({ files }: RuleContext): boolean =>
  files.some(
    ({ path, text }) => /(?:^|\/)\.cargo\/config(?:\.toml)?$/.test(path) && /static|musl|\btarget\b/.test(text),
  );

/**
 * Modules that are C themselves, and servers and clients, which import `net`: with CGO_ENABLED=1 that takes names from the
 * libc (https://pkg.go.dev/net#hdr-Name_Resolution, read 2026-11-29). A program with neither is static all the same.
 */
const OF_LIBC =
  /^\s*(?:require\s+)?(?:github\.com\/(?:mattn\/go-sqlite3|confluentinc\/confluent-kafka-go|godror\/godror|h2non\/bimg|davidbyttow\/govips|DataDog\/zstd|gin-gonic\/gin|labstack\/echo|gofiber\/fiber|gorilla\/mux|go-chi\/chi|aws\/aws-sdk-go(?:-v2)?|jackc\/pgx|lib\/pq|redis\/go-redis|go-sql-driver\/mysql)|gopkg\.in\/gographics\/imagick|google\.golang\.org\/grpc|k8s\.io\/client-go)(?:\/\S*)?\s+v/m;

const asksForLibc = ({ files }: RuleContext): boolean =>
  files.some(({ path, text }) => /(?:^|\/)go\.mod$/.test(path) && OF_LIBC.test(text));

/** Some command, flag or variable of the stage speaks of static linking, or of a compiler for musl. */
const isStatic = (view: DockerfileView, from: StageView): boolean =>
  stepsOf(view, from).some(
    ({ written }) =>
      (written.keyword === 'RUN' || written.keyword === 'ENV' || written.keyword === 'ARG') &&
      /static|musl|netgo|nostdlib|freestanding/.test(textOf(written)),
  );
