import { posix } from 'node:path';
import { type Platform, samePlatform } from '../../../core/index.ts';
import type { Copy } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { loaderWords } from '../../../proof/index.ts';
import { machinePlatform, machineText } from '../../../scan/index.ts';
import { bringsPackages, type HostNative, ignoredIn, type NativeProgram } from '../../context-files.ts';
import { type StepView, stepsOf } from '../../documents/dockerfile.ts';
import { familyOf } from '../../locked-natives.ts';
import { breaksOn, type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';

/**
 * `COPY . .` with the node_modules of this machine in it: what npm compiled or chose here is in the image, whatever the
 * image is for. Only what lies in the folder today tells; a fresh checkout has none of it.
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
      if (instruction.flags.some(({ name }) => name === 'from') || steps.slice(i + 1).some(installsAnew)) continue;
      const source = instruction.sources.find(({ text }) => bringsPackages(text));
      if (source === undefined) continue;
      // What was installed before stays where the names differ, and is written over where they are the same.
      const isOver = steps.slice(0, i).some(installsAnew);
      const below = posix.join(directory, source.text.replace(/^\//, ''));
      const files = sent.filter(({ path }) => isWithin(path, below) && !(isOver && namesCpu(path)));
      const broken = (platform: Platform): readonly HostNative[] => brokenOn(files, platform);
      const breaks = breaksOn(context, stage, (platform) => broken(platform).length === 0);
      const [first] = breaks;
      if (first === undefined) continue;
      told.add(written);
      const wrong = broken(first.platform);
      const packages = [...new Set(wrong.map(packageOf))].sort();
      const [example] = wrong;
      const args = {
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

/** Loaded on macOS alone, whatever else is there (its package.json says `"os": ["darwin"]`, and has no sibling). */
const ONLY_ELSEWHERE: ReadonlySet<string> = new Set(['fsevents']);

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
  const below = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return familyOf(
    below
      .split('/')
      .slice(0, below.startsWith('@') ? 2 : 1)
      .join('/'),
  );
}
