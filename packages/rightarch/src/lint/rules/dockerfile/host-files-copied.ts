import { posix } from 'node:path';
import { type Platform, samePlatform } from '../../../core/index.ts';
import { type Copy, isDockerfile } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { loaderWords } from '../../../proof/index.ts';
import { machinePlatform, machineText } from '../../../scan/index.ts';
import { bringsPackages, type HostNative, ignoredIn, type NativeProgram } from '../../context-files.ts';
import { type DockerfileView, type StageView, type StepView, stepsOf, wholeText } from '../../documents/dockerfile.ts';
import { familyOf } from '../../locked-natives.ts';
import { isDocument } from '../../markdown-rules.ts';
import { breaksOn, type DockerfileRule, inFile, type Judged, type RuleContext, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';

/**
 * `COPY . .` with the packages of this machine in it: what npm, pip or bundler compiled or chose here is in the image,
 * whatever the image is for; and a program that is named and is of this machine. Only what lies in the folder today tells;
 * a fresh checkout has none of it.
 */
export const hostFilesCopied: DockerfileRule = function* (view, context) {
  const there = context.natives.filter(({ path }) => belongsTo(view.file, path));
  if (there.length === 0) return;
  const directory = posix.dirname(view.file);
  const ignored = ignoredIn(view.file, context.read);
  const sent = there.filter(({ path }) => !ignored(posix.relative(directory, path)));
  const told = new Set<Copy>();
  for (const stage of view.stages) {
    const steps = stepsOf(view, stage);
    for (const [i, { written, instruction }] of steps.entries()) {
      if (instruction.keyword !== 'COPY' || written.keyword !== 'COPY' || told.has(written)) continue;
      if (instruction.flags.some(({ name }) => name === 'from')) continue;
      const elsewhere = othersCopied(view, context, { stage, steps, at: i, sent });
      if (elsewhere !== undefined) {
        told.add(written);
        yield elsewhere;
        continue;
      }
      if (steps.slice(i + 1).some(installsAnew)) continue;
      const source = instruction.sources.find(({ text }) => bringsPackages(text));
      if (source === undefined) continue;
      // What was installed before stays where the names differ, and is written over where they are the same.
      const isOver = steps.slice(0, i).some(installsAnew);
      const below = posix.join(directory, source.text.replace(/^\//, ''));
      const files = sent.filter(
        ({ path }) => kindOf(path) === 'node' && isWithin(path, below) && !(isOver && namesCpu(path)),
      );
      const broken = (platform: Platform): readonly HostNative[] => brokenOn(files, platform);
      const breaks = breaksOn(context, stage, (platform) => broken(platform).length === 0);
      const [first] = breaks;
      if (first === undefined) continue;
      told.add(written);
      const wrong = broken(first.platform);
      const packages = [...new Set(wrong.map(packageOf))].sort();
      const [example] = wrong;
      const args = {
        what: 'node' as const,
        source: source.text,
        packages: packages.slice(0, 5),
        count: packages.length,
        file: example!.path,
        holds: machineText(example!.program),
        prints: loaderWords(example!.program, first.platform),
        ignore: posix.join(directory, '.dockerignore'),
        breaks: namesOf(breaks),
      };
      const isEverywhere = context.wanted.every((one) => breaks.includes(one));
      yield {
        diagnostic: diagnostic('dockerfile/host-files-copied', args, inFile(view.file, source.span), {
          severity: isEverywhere ? 'error' : severityOf(breaks),
        }),
        // What a script does to the folder is not to be seen from here.
        ...(steps.slice(i + 1).some(runsAScript) ? { undecided: true } : {}),
      };
    }
  }
};

type Kind = 'node' | 'python' | 'ruby' | 'program';

const kindOf = (path: string): Kind =>
  path.includes('node_modules/')
    ? 'node'
    : path.includes('/site-packages/')
      ? 'python'
      : path.includes('vendor/bundle/')
        ? 'ruby'
        : 'program';

/** What the image starts from its packages, and what makes them anew. */
const USE = {
  python: {
    uses: /\.?venv\/bin/,
    anew: /\b(?:uv|venv|virtualenv|poetry|pdm|pipenv|hatch|rye)\b|rm -\w*r\w* \S*venv/,
    made: /venv|site-packages|\s\/\S*\s/,
  },
  ruby: {
    uses: /vendor\/bundle|BUNDLE_DEPLOYMENT/,
    anew: /\bbundler? (?:install|update|pristine)\b|\bbundle$|rm -\w*r\w* \S*vendor/,
    made: /vendor|bundle|gems|\s\/\S*\s/,
  },
} as const;

/**
 * An environment of Python or gems of Ruby that the image uses, or a program that a COPY names. One of Linux breaks only
 * where somebody says for which CPUs the image is: whoever builds on the machine that it was made on is right.
 */
function othersCopied(
  view: DockerfileView,
  context: RuleContext,
  {
    stage,
    steps,
    at,
    sent,
  }: {
    readonly stage: StageView;
    readonly steps: readonly StepView[];
    readonly at: number;
    readonly sent: readonly HostNative[];
  },
): Judged | undefined {
  const { instruction } = steps[at]!;
  if (instruction.keyword !== 'COPY') return undefined;
  const directory = posix.dirname(view.file);
  const all = steps.map(({ written }) => wholeText(written));
  for (const source of instruction.sources) {
    const below = posix.join(directory, source.text.replace(/^\//, ''));
    for (const what of ['program', 'python', 'ruby'] as const) {
      const files = sent.filter(
        ({ path }) => kindOf(path) === what && (what === 'program' ? path === below : isWithin(path, below)),
      );
      if (files.length === 0) continue;
      if (what === 'program' && (instruction.sources.length > 1 || isChosen(view, all))) continue;
      if (what !== 'program') {
        const { uses, anew, made } = USE[what];
        const runs = all.filter((_, i) => steps[i]!.written.keyword === 'RUN');
        if (!all.some((text) => uses.test(text)) || runs.some((text) => anew.test(text))) continue;
        // One that another stage made lies there too: which of the two is used is not to be seen from here.
        if (all.some((text) => /^COPY\s.*--from=/i.test(text) && made.test(text))) continue;
      }
      const broken = (platform: Platform): readonly HostNative[] =>
        files.filter((one) => !isFor(one.program, platform));
      const breaks = breaksOn(context, stage, (platform) => broken(platform).length === 0);
      const isForNone = breaks.length > 0 && context.wanted.every((one) => breaks.includes(one));
      if (!isForNone && breaks.every(({ because }) => because === 'assumed')) continue;
      const wrong = broken(breaks[0]!.platform);
      const packages = what === 'program' ? [] : [...new Set(wrong.map(packageOf))].sort();
      const [example] = wrong;
      const args = {
        what,
        source: source.text,
        packages: packages.slice(0, 5),
        count: packages.length,
        file: example!.path,
        holds: machineText(example!.program),
        prints: what === 'program' ? 'exec format error' : loaderWords(example!.program, breaks[0]!.platform),
        ignore: posix.join(directory, '.dockerignore'),
        breaks: namesOf(breaks),
      };
      const severity = isForNone ? 'error' : severityOf(breaks);
      return {
        diagnostic: diagnostic('dockerfile/host-files-copied', args, inFile(view.file, source.span), { severity }),
        ...(what === 'program' && isMadeFor(context, example!.path) ? { undecided: true } : {}),
      };
    }
  }
  return undefined;
}

/** A command, or what is set for one, that names a system or a CPU itself. */
const NAMES_CPU =
  /\bGO(?:OS|ARCH)\b|--target\b|CARGO_BUILD_TARGET|-linux-(?:gnu|musl)|\b(?:docker|podman) run\b|--runtime\b|goreleaser/;
const COMPILES = /\b(?:go|cargo|cross|zig|ninja|meson|cmake|make|bazel|goreleaser|dotnet|gcc|g\+\+|clang|cc)\b/;

/**
 * Whether commands of the repository that name a CPU may make the file anew before the image is built: what lies there
 * today is then of no account. By a command without, it is made for whoever runs it, which is what lies there.
 */
const isMadeFor = ({ files }: RuleContext, path: string): boolean =>
  files.some(
    ({ path: file, text }) =>
      !isDockerfile(file) &&
      !isDocument(file) &&
      NAMES_CPU.test(text) &&
      text.split(/\r?\n(?![ \t]*\\)/).some((line) => line.includes(posix.basename(path)) || COMPILES.test(line)),
  );

/** One program for each CPU, of which a RUN or the name of a stage takes the right one. */
const isChosen = ({ graph }: DockerfileView, steps: readonly string[]): boolean =>
  steps.some((text) => /TARGETARCH|TARGETPLATFORM|uname -m|--print-arch/.test(text)) ||
  graph.stages.some(({ stage }) => /\$\{?TARGET/.test(stage.from.original.replace(/--platform=\S+/, '')));

/** `numpy` of `site-packages/numpy/…`, `nokogiri` of `gems/nokogiri-1.18.9-arm64-darwin/…`. */
const foreignPackage = (path: string): string =>
  /\/site-packages\/([\w-]+)/.exec(path)?.[1] ??
  /\/(?:gems|extensions\/[^/]+\/[^/]+)\/([\w-]+?)-\d/.exec(path)?.[1] ??
  posix.basename(path);

const isWithin = (path: string, folder: string): boolean =>
  folder === '.' || path === folder || path.startsWith(`${folder}/`);

/** The context of a Dockerfile is taken to be its own folder: of another one, nothing is said. */
const belongsTo = (dockerfile: string, path: string): boolean => isWithin(path, posix.dirname(dockerfile));

const INSTALLS =
  /^(?:ci|cit|i|it|install|install-(?:ci-)?test|clean-install|rebuild|rb|add|up|update|upgrade|focus|fetch|deploy|prune|bootstrap)$/;

/** From then on the folder is what the image's own platform makes of it, or nobody here knows. */
const installsAnew = ({ script, instruction }: StepView): boolean => {
  if (instruction.keyword === 'RUN' && instruction.command.form === 'json')
    return installs(instruction.command.words.map(({ text }) => text));
  return script?.commands.some(({ words }) => installs(words.map(({ text }) => text))) === true;
};

/** `make`, `./install.sh`, `sh build.sh`, `npm run build`: what that does is written elsewhere. */
const runsAScript = ({ script }: StepView): boolean =>
  script?.commands.some(({ words }) => {
    const [name = '', verb = ''] = words.map(({ text }) => text);
    const isManager = /^(?:npm|pnpm|yarn|bun|npx)$/.test(name) && verb !== '';
    return isManager || /^(?:make|just|task|sh|bash|node)$/.test(name) || /^\.?\.?\/|\.sh$/.test(name);
  }) === true;

function installs(words: readonly string[]): boolean {
  const manager = words.findIndex((word) => /^(?:.*\/)?(?:npm|pnpm|yarn|bun|lerna|rush)(?:@.*)?$/.test(word));
  const given = words.slice(manager + 1);
  // `yarn --frozen-lockfile` installs, and a verb may stand behind flags: `pnpm -r install`.
  const isInstall =
    manager >= 0 && (given.some((word) => INSTALLS.test(word)) || given.every((word) => word.startsWith('-')));
  const removes = words[0] === 'rm' && words.some((word) => word.includes('node_modules'));
  return isInstall || removes || (words[0] === 'git' && words.includes('clean'));
}

/** The path of a package for one CPU names it: a package for another one lies beside it and not in its place. */
const namesCpu = (path: string): boolean => /(?:x64|x86_64|amd64|arm64|aarch64)/.test(path);

/**
 * Loaded on macOS alone, whatever else is there (fsevents: its package.json says `"os": ["darwin"]`, and has no sibling), or
 * by whoever debugs.
 */
const ONLY_ELSEWHERE: ReadonlySet<string> = new Set(['fsevents', 'debugpy']);

/** Files of the packages that have none for that platform. One that brings files for many CPUs chooses among them. */
function brokenOn(files: readonly HostNative[], platform: Platform): readonly HostNative[] {
  const fits = new Set(files.filter(({ program }) => isFor(program, platform)).map(packageOf));
  return files.filter((one) => !fits.has(packageOf(one)) && !ONLY_ELSEWHERE.has(packageOf(one)));
}

function isFor(program: NativeProgram, platform: Platform): boolean {
  const own = program.kind === 'elf' ? machinePlatform(program) : undefined;
  return own !== undefined && samePlatform(own, platform);
}

function packageOf({ path }: HostNative): string {
  if (kindOf(path) !== 'node') return foreignPackage(path);
  const below = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return familyOf(
    below
      .split('/')
      .slice(0, below.startsWith('@') ? 2 : 1)
      .join('/'),
  );
}
