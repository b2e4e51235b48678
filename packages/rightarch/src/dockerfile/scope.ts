import type { Diagnostic, Platform } from '../core/index.ts';
import { formatPlatform, normalizePlatform } from '../core/index.ts';
import { diagnostic, nearest } from '../messages/index.ts';
import { type ExpandOptions, expandWord, type Lookup } from './expand.ts';
import { heredocContent } from './heredoc.ts';
import type { Dockerfile, Flag, Instruction, Span, Word } from './types.ts';

/** What a build is asked with. The build platform is the caller's to know: never the host's own idea here. */
export interface BuildSettings {
  /** `--build-arg`. */
  readonly args: Readonly<Record<string, string>>;
  /** `--target`: a stage by name; the last where absent. */
  readonly target?: string | undefined;
  readonly platform: Platform;
  readonly buildPlatform: Platform;
}

/** The variables that FROM sees, and that a bare `ARG` of a stage takes its value from. */
export interface GlobalScope {
  readonly file: string;
  readonly escape: '\\' | '`';
  readonly args: Readonly<Record<string, string>>;
  readonly values: ReadonlyMap<string, string>;
  /** Names of ARG before the first FROM, those without a value too. */
  readonly declared: ReadonlySet<string>;
  readonly problems: readonly Diagnostic[];
}

/** The PATH of a stage whose base sets none (system.DefaultPathEnvUnix in BuildKit). */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The variables that BuildKit sets by itself, in its order (defaultArgs in dockerfile2llb/platform.go). */
export function automaticArgs(settings: BuildSettings, stageName: string): ReadonlyMap<string, string> {
  const target = normalizePlatform(settings.platform);
  const build = normalizePlatform(settings.buildPlatform);
  const values = new Map([
    ['BUILDPLATFORM', formatPlatform(build)],
    ['BUILDOS', build.os],
    ['BUILDOSVERSION', build.osVersion ?? ''],
    ['BUILDARCH', build.architecture],
    ['BUILDVARIANT', build.variant ?? ''],
    ['TARGETPLATFORM', formatPlatform(target)],
    ['TARGETOS', target.os],
    ['TARGETOSVERSION', target.osVersion ?? ''],
    ['TARGETARCH', target.architecture],
    ['TARGETVARIANT', target.variant ?? ''],
    ['TARGETSTAGE', stageName === '' ? 'default' : stageName],
  ]);
  for (const name of values.keys()) {
    const given = own(settings.args, name);
    if (given !== undefined) values.set(name, given);
  }
  return values;
}

/** The scope before the first FROM: automatic variables, then each ARG in its order, `--build-arg` first (buildMetaArgs). */
export function globalScope(dockerfile: Dockerfile, settings: BuildSettings): GlobalScope {
  const froms = dockerfile.instructions.filter((each) => each.keyword === 'FROM');
  const stageName = settings.target ?? froms.at(-1)?.alias?.text.toLowerCase() ?? '';
  const values = new Map(automaticArgs(settings, stageName));
  const declared = new Set<string>();
  const problems: Diagnostic[] = [];
  for (const instruction of dockerfile.instructions) {
    if (instruction.keyword === 'FROM') break;
    if (instruction.keyword !== 'ARG') continue;
    for (const { name, value } of instruction.args) {
      declared.add(name.text);
      const given = own(settings.args, name.text);
      if (given !== undefined) values.set(name.text, given);
      else if (value !== undefined) {
        const found = expandWord(value.text, (key) => values.get(key), { escape: dockerfile.escape });
        if (found.ok) values.set(name.text, found.text);
        else problems.push(expansionFailed(dockerfile.file, value, found.problem));
      }
    }
  }
  return { file: dockerfile.file, escape: dockerfile.escape, args: settings.args, values, declared, problems };
}

/** Where a stage begins: the environment of its base image, or the stage that it is built from. */
export type StageStart =
  /** `NAME=value`, as in the image's configuration; empty for scratch. */
  { readonly environment: readonly string[] } | { readonly stage: StageScope };

/** What an instruction says with its variables filled in. */
export interface Applied {
  /** The same instruction; the words that BuildKit expands hold their values, without quotes and escapes. */
  readonly instruction: Instruction;
  /** Notes for variables that are not set, errors for expansions that fail: with an error nothing may be built. */
  readonly problems: readonly Diagnostic[];
}

/** The variables of one stage, followed through its instructions. Apply them in their order, each once. */
export interface StageScope {
  /** What expansion and RUN see: ENV and ARG in one list, the later wins. A live view. */
  readonly environment: ReadonlyMap<string, string>;
  /** What goes into the image's configuration: the base's and ENV, never ARG. A live view, in the order of Docker. */
  readonly imageEnvironment: ReadonlyMap<string, string>;
  /** ARGs in scope, with their values where they have one. A live view. */
  readonly args: ReadonlyMap<string, string | undefined>;
  apply(instruction: Instruction): Applied;
}

/** Opens the scope of a stage at its FROM. */
export function openStage(global: GlobalScope, start: StageStart): StageScope {
  const imageEnvironment = new Map<string, string>();
  const environment = new Map<string, string>();
  const args = new Map<string, string | undefined>();
  if ('stage' in start) {
    for (const [name, value] of start.stage.environment) environment.set(name, value);
    for (const [name, value] of start.stage.imageEnvironment) imageEnvironment.set(name, value);
    for (const [name, value] of start.stage.args) args.set(name, value);
  } else {
    for (const entry of start.environment) {
      const equals = entry.indexOf('=');
      if (equals < 0) imageEnvironment.set(entry, '');
      else imageEnvironment.set(entry.slice(0, equals), entry.slice(equals + 1));
    }
  }
  if (!imageEnvironment.has('PATH')) imageEnvironment.set('PATH', defaultPath);
  // BuildKit sets the image's variables again at every FROM, so there an ENV of the other stage beats its ARG.
  for (const [name, value] of imageEnvironment) environment.set(name, value);
  const lookup: Lookup = (name) => environment.get(name);

  const apply = (instruction: Instruction): Applied => {
    const problems: Diagnostic[] = [];
    const noted = new Set<string>();
    const fill = (word: Word, options: ExpandOptions = { escape: global.escape }): Word => {
      const found = expandWord(word.text, lookup, options);
      if (!found.ok) {
        problems.push(expansionFailed(global.file, word, found.problem));
        return word;
      }
      for (const name of found.unset) {
        if (noted.has(name) || args.has(name)) continue;
        noted.add(name);
        problems.push(undefinedVariable(global.file, name, word.span, [...environment.keys()]));
      }
      return { text: found.text, span: word.span };
    };
    const fillFlags = (flags: readonly Flag[], names: readonly string[]): readonly Flag[] =>
      flags.map((flag) => (names.includes(flag.name) ? { ...flag, value: fill(flag.value) } : flag));

    switch (instruction.keyword) {
      case 'ENV':
      case 'LABEL': {
        // All words see the variables as they were before the instruction.
        const pairs = instruction.pairs.map(({ key, value }) => ({ key: fill(key), value: fill(value) }));
        if (instruction.keyword === 'ENV') {
          for (const { key, value } of pairs) {
            environment.set(key.text, value.text);
            imageEnvironment.set(key.text, value.text);
          }
        }
        return { instruction: { ...instruction, pairs }, problems };
      }
      case 'ARG': {
        const filled = instruction.args.map(({ name, value }) => {
          const given = own(global.args, name.text);
          let result: Word | undefined;
          if (given !== undefined) result = { text: given, span: name.span };
          else if (value !== undefined) result = fill(value);
          else {
            const inherited = global.values.get(name.text);
            if (inherited !== undefined) result = { text: inherited, span: name.span };
          }
          // These two say how attestations are made; they are no variables (nonEnvArgs in convert.go).
          if (result !== undefined && !/^BUILDKIT_SBOM_SCAN_(?:CONTEXT|STAGE)$/.test(name.text)) {
            environment.set(name.text, result.text);
          }
          args.set(name.text, result?.text);
          return result === undefined ? { name } : { name, value: result };
        });
        return { instruction: { ...instruction, args: filled }, problems };
      }
      case 'COPY':
      case 'ADD': {
        const flags = fillFlags(
          instruction.flags,
          instruction.keyword === 'ADD' ? ['chown', 'chmod', 'checksum'] : ['chown', 'chmod'],
        );
        const sources = instruction.sources.map((word) => fill(word));
        const destination = fill(instruction.destination);
        const heredocs = instruction.heredocs.map((heredoc) => {
          const content = heredocContent(heredoc);
          const body = heredoc.expand
            ? fill({ text: content, span: heredoc.span }, { ignoreQuotes: true }).text
            : content;
          return { ...heredoc, chomp: false, expand: false, body, pieces: [] };
        });
        return { instruction: { ...instruction, flags, sources, destination, heredocs }, problems };
      }
      case 'WORKDIR':
      case 'USER':
      case 'STOPSIGNAL':
        return { instruction: { ...instruction, value: fill(instruction.value) }, problems };
      case 'VOLUME':
        return { instruction: { ...instruction, values: instruction.values.map((word) => fill(word)) }, problems };
      case 'EXPOSE': {
        const values = instruction.values.flatMap((word) => {
          const found = expandWord(word.text, lookup, { escape: global.escape });
          fill(word);
          return found.ok ? found.words.map((text) => ({ text, span: word.span })) : [];
        });
        return { instruction: { ...instruction, values }, problems };
      }
      case 'RUN': {
        const flags = instruction.flags.map((flag) => {
          if (flag.name !== 'mount') return flag;
          // Only what stands behind the `=` of each field is expanded (parseMount).
          const text = flag.value.text
            .split(',')
            .map((field) => {
              const equals = field.indexOf('=');
              if (equals < 0) return field;
              const value = fill({ text: field.slice(equals + 1), span: flag.value.span });
              return field.slice(0, equals + 1) + value.text;
            })
            .join(',');
          return { ...flag, value: { text, span: flag.value.span } };
        });
        return { instruction: { ...instruction, flags }, problems };
      }
      default:
        return { instruction, problems };
    }
  };
  return { environment, imageEnvironment, args, apply };
}

/**
 * The proxy variables of `--build-arg`, as every RUN has them without any ARG, in both cases. They are in no image, no
 * history and no cache key, and expansion does not see them (proxyEnvFromBuildArgs, llb/exec.go).
 */
export function proxyEnvironment(args: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of Object.keys(args).sort()) {
    if (!/^(?:http|https|ftp|no|all)_proxy$/i.test(name)) continue;
    const value = args[name]!;
    found.set(name.toUpperCase(), value);
    found.set(name.toLowerCase(), value);
  }
  return found;
}

/** A word of FROM with the global variables. Undefined, with a problem, where it cannot be expanded. */
export function expandGlobal(
  global: GlobalScope,
  word: Word,
): { readonly text: string | undefined; readonly problems: readonly Diagnostic[] } {
  const found = expandWord(word.text, (name) => global.values.get(name), { escape: global.escape });
  if (!found.ok) return { text: undefined, problems: [expansionFailed(global.file, word, found.problem)] };
  const problems = [...found.unset]
    .filter((name) => !global.declared.has(name))
    .map((name) => undefinedVariable(global.file, name, word.span, [...global.values.keys()]));
  return { text: found.text, problems };
}

function own(args: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(args, name) ? args[name] : undefined;
}

function expansionFailed(file: string, word: Word, problem: { readonly kind: string }): Diagnostic {
  const { kind, ...detail } = problem;
  const message = 'message' in detail && typeof detail.message === 'string' ? detail.message : '';
  const name = 'name' in detail && typeof detail.name === 'string' ? detail.name : '';
  return diagnostic(
    'dockerfile/expansion-failed',
    { word: word.text.slice(0, 200), problem: kind, name, message },
    { in: 'file', file, ...word.span },
  );
}

function undefinedVariable(file: string, name: string, span: Span, known: readonly string[]): Diagnostic {
  const near = nearest(name.slice(0, 64), known.filter((each) => each.length <= 64).slice(0, 500));
  return diagnostic('dockerfile/variable-undefined', { name, nearest: near }, { in: 'file', file, ...span });
}
