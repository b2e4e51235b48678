import { formatPlatform, type Platform } from '../core/index.ts';
import { child, entriesOf, itemsOf, readTrees, scalarText, type Tree, wordsOf } from '../definition/index.ts';
import { diagnostic } from '../messages/index.ts';
import { readInstance } from '../target/index.ts';
import { fileRange, type Script } from './documents/script.ts';
import { scriptsOfJob } from './documents/scripts.ts';
import { readShell, UNSEEN } from './documents/shell.ts';
import { locationOf, placesIn } from './found.ts';
import { joinsDigests } from './joins.ts';
import type { SourceFile } from './repository.ts';
import type { Judged } from './rule.ts';
import { buildOf, namesAfter } from './script-builds.ts';

/** GitHub makes 256 of one matrix, GitLab 200 (docs.gitlab.com/ci/yaml/#parallelmatrix, read 2026-11-30). */
const MAX_LEGS = 200;
/** Characters of the scripts of all legs: a job that a person wrote has a few thousand. */
const MAX_READ = 1_000_000;

/** What GitLab tells every leg of a job alike (docs.gitlab.com/ci/variables/predefined_variables, read 2026-11-30). */
const SAME_FOR_ALL =
  /^CI_(?:REGISTRY(?:_IMAGE)?|COMMIT_\w+|PROJECT_\w+|PIPELINE_I?ID|DEFAULT_BRANCH|SERVER_\w+|MERGE_REQUEST_\w+)$/;

type Leg = ReadonlyMap<string, string>;

/** Legs of `parallel: matrix` that push different platforms under one name: the last one to end is what people get. */
export function gitlabLegsOverwrite(files: readonly SourceFile[]): readonly Judged[] {
  return files.flatMap((file) =>
    /(^|\/)\.gitlab-ci\.ya?ml$/.test(file.path) && file.text.includes('matrix') ? inFileOf(file) : [],
  );
}

function inFileOf({ path, text }: SourceFile): readonly Judged[] {
  const place = placesIn(path, text);
  return readTrees(text).roots.flatMap((root) =>
    entriesOf(root).flatMap(([name, job]): readonly Judged[] => {
      const legs = legsOf(job);
      if (legs.length < 2 || legs.length > MAX_LEGS || legs.length * (job.end - job.offset) > MAX_READ) return [];
      // What the legs have written down is joined behind them.
      if (joinsDigests(text)) return [];
      const pushed = legs.flatMap((leg) => scriptsOfJob(root, job, text).flatMap((one) => pushedIn(one, leg, job)));
      const first = pushed.find((one) => pushed.some((other) => overwrites(one, other)));
      const other = pushed.find((one) => first !== undefined && overwrites(first, one));
      if (first === undefined || other === undefined) return [];
      const platforms = [first.platforms, other.platforms].flatMap((one) => one.split(','));
      const args = { job: name, platforms, tag: first.tag };
      return [{ diagnostic: diagnostic('workflow/tag-overwritten', args, locationOf(place(first.from, first.to))) }];
    }),
  );
}

interface Pushed {
  readonly leg: Leg;
  readonly tag: string;
  /** `linux/amd64`, joined by commas. */
  readonly platforms: string;
  readonly from: number;
  readonly to: number;
}

const overwrites = (one: Pushed, other: Pushed): boolean =>
  one.leg !== other.leg && one.tag === other.tag && one.platforms !== other.platforms;

/** The legs of a job: each map of the matrix stands for the product of its lists. */
function legsOf(job: Tree): readonly Leg[] {
  return itemsOf(child(child(job, 'parallel'), 'matrix')).flatMap((one) =>
    entriesOf(one).reduce<readonly Leg[]>(
      (legs, [name, values]) =>
        legs.length > MAX_LEGS
          ? legs
          : legs.flatMap((leg) => listed(values).map((value) => new Map([...leg, [name, value]]))),
      [new Map()],
    ),
  );
}

const listed = (tree: Tree): readonly string[] =>
  tree.kind === 'list'
    ? tree.items.slice(0, MAX_LEGS + 1).flatMap((one) => scalarText(one) ?? [])
    : [scalarText(tree) ?? UNSEEN];

function pushedIn(script: Script, leg: Leg, job: Tree): readonly Pushed[] {
  const variable = (name: string): string | undefined => {
    const value = leg.get(name) ?? script.env?.get(name);
    if (value !== undefined) return value.includes('$') ? UNSEEN : value;
    return SAME_FOR_ALL.test(name) ? name : UNSEEN;
  };
  const commands = readShell(script.text, variable).commands.filter(({ guarded }) => !guarded);
  const pushed = new Set(commands.flatMap((one) => namesAfter(one, 'push').map(({ text }) => text)));
  return commands.flatMap((command) => {
    const build = buildOf(command);
    if (build === undefined || build.byDigest !== undefined) return [];
    const made = build.platformsAt === undefined ? runnerOf(job, leg) : build.platforms;
    if (made === undefined) return [];
    const platforms = made.map(formatPlatform).join();
    return build.tags
      .filter(({ text }) => !text.includes(UNSEEN) && (build.pushes || pushed.has(text)))
      .map(({ text: tag }) => ({
        leg,
        tag,
        platforms,
        ...fileRange(script, { from: command.words[0]!.from, to: command.words.at(-1)!.to }),
      }));
  });
}

/** The CPU of GitLab's own runners, by a tag that may be a variable of the leg. */
function runnerOf(job: Tree, leg: Leg): readonly Platform[] | undefined {
  const told = wordsOf(child(job, 'tags')).map((tag) =>
    readInstance(
      'gitlab-hosted',
      tag.replace(/^\$\{?(\w+)\}?$/, (whole, name: string) => leg.get(name) ?? whole),
    ),
  );
  const cpus = told.flatMap((one) => (one.kind === 'cpu' ? [one.platform.value] : []));
  return cpus.length === 1 ? cpus : undefined;
}
