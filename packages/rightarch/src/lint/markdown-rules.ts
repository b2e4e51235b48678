import { posix } from 'node:path';
import { type Diagnostic, formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { targets } from '../target/index.ts';
import { discoverCommands } from './discover/commands.ts';
import { viewDockerfile } from './documents/dockerfile.ts';
import { type MarkdownBlock, markdownBlocks, typedOnly } from './documents/markdown.ts';
import { viewWorkflow } from './documents/workflow.ts';
import { type FoundRuntime, locationOf } from './found.ts';
import { discoverRepository, type Repository, type SourceFile } from './repository.ts';
import type { Judged } from './rule.ts';
import { dockerfileRules, workflowExampleRules } from './rules/index.ts';
import { judgeScripts } from './script-rules.ts';
import type { WantedPlatform } from './wanted.ts';
import { buildSteps } from './workflow-builds.ts';

/** Whether a file is a document for people, by its name: what was, or is data of tests, tells nobody what to type. */
export const isDocument = (path: string): boolean =>
  /\.(?:md|markdown)$/i.test(path) &&
  !/(?:^|\/)(?:CHANGELOG|CHANGES|HISTORY|NEWS|RELEASE[\w-]*)[^/]*$/i.test(path) &&
  !/(?:^|\/)(?:node_modules|vendor|third_party|testdata|fixtures?|__\w+__|tests?|\.changeset|\.venv|venv)\//i.test(
    path,
  );

/** The languages that may hold what is judged. */
const DOCKERFILE = /^(?:docker|dockerfile|containerfile)$/;
const SHELL = /^(?:sh|bash|shell|zsh)$/;
const TERMINAL = /^(?:console|shell-session|shellsession|terminal)$/;
const YAML = /^ya?ml$/;

const FENCE = /^[ \t]*(?:`{3,}|~{3,})[ \t]*\{?\.?(?:docker|containerfile|sh|bash|zsh|console|terminal|ya?ml)/im;
const WORD = /\bFROM[ \t]+\S|\b(?:docker|podman|nerdctl)[ \t]+(?:buildx|build|manifest|push)\b|\bbuild-push-action\b/;

/** Whether a document may have anything that is judged: it is not kept otherwise. */
export const saysCommands = (text: string): boolean => FENCE.test(text) && WORD.test(text);

/** Of one mistake in one document: whoever mends the first three knows the others. */
const MOST_OF_A_CODE = 3;

/**
 * The fenced blocks of Markdown. A document deploys nothing, so it is no part of the repository that is judged, and each
 * finding is a note: it fails no build. Judged is what stands on its own: a Dockerfile whose last stage starts something
 * or has no name, a workflow with its jobs, commands. What is shown as a mistake is none.
 */
export function judgeMarkdown(
  file: SourceFile,
  context: {
    readonly repository: Repository;
    readonly wanted: readonly WantedPlatform[];
    readonly files: readonly SourceFile[];
  },
): readonly Judged[] {
  const blocks = markdownBlocks(file.text);
  const told = new Map<string, number>();
  const seen = new Set<string>();
  return blocks
    .filter(({ isBad }) => !isBad)
    .flatMap((block) => judgeBlock(file.path, block, { ...context, blocks }))
    .filter(({ diagnostic: { code, at }, undecided }) => {
      const key = `${code} ${at.in === 'file' ? `${at.start.line}:${at.start.column}` : ''}`;
      const count = told.get(code) ?? 0;
      if (undecided === true || seen.has(key) || count >= MOST_OF_A_CODE) return false;
      seen.add(key);
      told.set(code, count + 1);
      return true;
    })
    .map(({ diagnostic: found }) => ({ diagnostic: inDocument(found, file.path) }));
}

interface Around {
  readonly repository: Repository;
  readonly wanted: readonly WantedPlatform[];
  readonly files: readonly SourceFile[];
  readonly blocks: readonly MarkdownBlock[];
}

function judgeBlock(path: string, block: MarkdownBlock, around: Around): readonly Judged[] {
  const { language } = block;
  if (DOCKERFILE.test(language)) return dockerfileExample(path, block.text, around);
  if (YAML.test(language)) return workflowExample(path, block.text, around);
  const commands = commandsOf(block);
  if (commands === undefined) return [];
  // As a script the same commands have the same rules, but for what only a whole repository tells.
  const judged = judgeScripts(commands, around.files).filter(
    (one) => one.diagnostic.code !== 'workflow/digests-not-joined',
  );
  return [...judged, ...builderDecides(commands, around)];
}

/** The commands of a block, as a script. */
function commandsOf({ language, text }: MarkdownBlock): SourceFile | undefined {
  const script = SHELL.test(language) ? text : TERMINAL.test(language) ? typedOnly(text) : undefined;
  return script === undefined ? undefined : { path: 'block.sh', text: script };
}

/**
 * Whether documents tell people to build for this CPU, always: where no file builds an image, that is how it is built,
 * and its platform is named.
 */
export function isDocumentedFor(platforms: readonly Platform[], files: readonly SourceFile[]): boolean {
  const builds = files.flatMap(({ path, text }) => {
    const blocks = isDocument(path) ? markdownBlocks(text).filter(({ isBad }) => !isBad) : [];
    return blocks.flatMap((block) => {
      const commands = commandsOf(block);
      return commands === undefined ? [] : (discoverCommands(commands).builds ?? []);
    });
  });
  const fits = (one: Platform): boolean => platforms.some((other) => samePlatform(one, other));
  return builds.length > 0 && builds.every((build) => build.platforms.some(fits));
}

/** What the rules are told of an example: it has no files beside it. */
const alone = ({ wanted, repository }: Around) => ({
  wanted,
  read: () => undefined,
  files: [],
  repository,
  natives: [],
  basesUsed: [],
});

function dockerfileExample(path: string, text: string, around: Around): readonly Judged[] {
  const platforms = around.wanted.map(({ platform }) => platform);
  const view = viewDockerfile({ path, text }, platforms);
  const [first] = view.dockerfile.instructions;
  const problems = [...view.dockerfile.problems, ...view.graph.problems].some(({ severity }) => severity === 'error');
  if (problems || (first?.keyword !== 'FROM' && first?.keyword !== 'ARG') || isPart(view)) return [];
  const judged = dockerfileRules.flatMap((rule) => [...rule(view, alone(around))]);
  // A stage on the builder that starts nothing is one that others take from.
  return starts(view) ? judged : judged.filter((one) => one.diagnostic.code !== 'dockerfile/final-stage-on-builder');
}

type View = ReturnType<typeof viewDockerfile>;

/** The beginning of a Dockerfile: its last stage has a name for what comes behind it, and starts nothing. */
function isPart(view: View): boolean {
  const last = lastFrom(view);
  return last === undefined || (last.alias !== undefined && !starts(view));
}

const lastFrom = ({ dockerfile: { instructions } }: View) =>
  instructions.flatMap((one) => (one.keyword === 'FROM' ? [one] : [])).at(-1);

/** Whether the last stage says what it starts. */
function starts(view: View): boolean {
  const from = lastFrom(view)?.span.start.line ?? 0;
  return view.dockerfile.instructions.some(
    ({ keyword, span }) => (keyword === 'CMD' || keyword === 'ENTRYPOINT') && span.start.line > from,
  );
}

function workflowExample(path: string, text: string, around: Around): readonly Judged[] {
  if (!/^[ \t]*jobs:/m.test(text) || !/^[ \t]*steps:/m.test(text)) return [];
  const view = viewWorkflow(path, text);
  const builds = buildSteps(view);
  return workflowExampleRules.flatMap((rule) => [...rule(view, { ...alone(around), builds })]);
}

/**
 * Commands that build without a platform and push, in a repository or a document that says where it runs: whoever types
 * them on a machine of the other CPU pushes an image that does not start.
 */
function builderDecides(commands: SourceFile, { repository, blocks }: Around): readonly Judged[] {
  if (/buildx\s+imagetools/.test(commands.text)) return [];
  const { builds = [], names = [] } = discoverCommands(commands);
  const build = builds.find(({ platforms, unseen }) => platforms.length === 0 && unseen === undefined);
  if (build === undefined || builds.length > 1 || !names.some(({ how }) => how === 'pushed')) return [];
  const runtime = onlyRuntime(repository.runtimes) ?? onlyRuntime(runtimesIn(blocks));
  const platform = runtime?.platforms[0];
  const given = HOSTS.find((host) => platform !== undefined && !samePlatform(host, platform));
  if (runtime === undefined || platform === undefined || given === undefined) return [];
  const { title, mismatch } = targets[runtime.runtime];
  const args = {
    runtime: title,
    name: runtime.name,
    runs: formatPlatform(platform),
    given: formatPlatform(given),
    write: `--platform ${formatPlatform(platform)}`,
    message: mismatch.single === 'unknown' ? undefined : mismatch.single.value.replace(/\{\w+\}/g, '…'),
  };
  return [{ diagnostic: diagnostic('repository/builder-decides', args, locationOf(build.at)) }];
}

/** Machines that people type on. */
const HOSTS: readonly Platform[] = [
  { os: 'linux', architecture: 'arm64' },
  { os: 'linux', architecture: 'amd64' },
];

/** The first, where all of them have one CPU and the same. */
function onlyRuntime(runtimes: readonly FoundRuntime[]): FoundRuntime | undefined {
  const known = runtimes.filter(({ platforms }) => platforms.length > 0);
  const words = new Set(known.map(({ platforms }) => platforms.map(formatPlatform).join(' ')));
  const [first] = known;
  return words.size === 1 && first?.platforms.length === 1 && known.length === runtimes.length ? first : undefined;
}

/** What a document itself says runs: commands that deploy, templates, stacks. */
function runtimesIn(blocks: readonly MarkdownBlock[]): readonly FoundRuntime[] {
  const files = blocks.flatMap(({ language, text }, i): readonly SourceFile[] => {
    const ending = SHELL.test(language)
      ? 'sh'
      : YAML.test(language)
        ? 'yaml'
        : /^(?:ts|typescript)$/.test(language)
          ? 'ts'
          : undefined;
    return ending === undefined ? [] : [{ path: `block-${i}.${ending}`, text }];
  });
  return discoverRepository(files).runtimes;
}

/** A note at its line of the document, whatever the block was read as. */
function inDocument(found: Diagnostic, path: string): Diagnostic {
  const { at } = found;
  return {
    ...found,
    severity: 'note',
    at: at.in === 'file' ? { ...at, file: path } : at,
    // Another place is one of a block as well, or of the repository.
    related: found.related.filter((one) => one.at.in !== 'file' || posix.extname(one.at.file) !== '.sh'),
  };
}
