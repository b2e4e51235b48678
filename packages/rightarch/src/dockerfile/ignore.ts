import { compilePattern, isGoPattern, type PathPattern } from './ignore-pattern.ts';

/** A pattern that Docker refuses, with its line of the ignore file. */
export interface BadPattern {
  readonly pattern: string;
  readonly line: number;
}

/** What matched a directory, for the paths inside it. */
export type MatchInfo = readonly boolean[];

/** The compiled patterns of an ignore file, or of `--exclude`. Paths are relative to the context, with slashes. */
export interface IgnoreMatcher {
  /** True where a pattern begins with `!`. */
  readonly hasExceptions: boolean;
  /** True if the path or one of its parents matches and no later exception takes it back. */
  ignores(path: string): boolean;
  /** The same in a walk from the top: hand in what the parent directory gave. Cheaper than `ignores` for many paths. */
  enter(path: string, parent?: MatchInfo): { readonly ignored: boolean; readonly info: MatchInfo };
  /**
   * What a walk from the top says of a path: what BuildKit does with a context and with `--exclude` (fsutil). It differs
   * from `ignores` where a later pattern matches a directory that an earlier one had ignored already.
   */
  ignoresInWalk(path: string): boolean;
  /** True if an exception may match something inside of an ignored directory, so that a walk must go in. */
  mayHoldException(directory: string): boolean;
}

/**
 * The names of the ignore files that apply, the first that exists wins alone: `<Dockerfile>.dockerignore` beside the
 * Dockerfile, then `.dockerignore` at the top of the context (BuildKit's dockerui/config.go).
 */
export function ignoreFiles(dockerfile: string): readonly [besideDockerfile: string, inContext: string] {
  return [`${dockerfile}.dockerignore`, '.dockerignore'];
}

/** Reads an ignore file: lines, comments, `!`, cleaned paths, as moby/patternmatcher's ignorefile.ReadAll. */
export function parseIgnoreFile(text: string): readonly { readonly pattern: string; readonly line: number }[] {
  const found: { pattern: string; line: number }[] = [];
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (const [index, raw] of lines.entries()) {
    if (raw.startsWith('#')) continue;
    let pattern = goTrim(raw);
    if (pattern === '') continue;
    const exception = pattern.startsWith('!');
    if (exception) pattern = goTrim(pattern.slice(1));
    if (pattern !== '') {
      pattern = cleanPath(pattern);
      if (pattern.length > 1 && pattern.startsWith('/')) pattern = pattern.slice(1);
    }
    found.push({ pattern: exception ? `!${pattern}` : pattern, line: index + 1 });
  }
  return found;
}

/**
 * Compiles an ignore file. Patterns that Docker refuses are handed back, and then nothing may be built: Docker stops
 * there too. Matching takes time in proportion to the path and the patterns, whatever they are.
 */
export function compileIgnoreFile(text: string): {
  readonly matcher: IgnoreMatcher;
  readonly bad: readonly BadPattern[];
} {
  return compilePatterns(parseIgnoreFile(text));
}

/** Compiles patterns that are given one by one: `COPY --exclude`, and `--parents` with its wildcards. */
export function compilePatterns(patterns: readonly { readonly pattern: string; readonly line: number }[]): {
  readonly matcher: IgnoreMatcher;
  readonly bad: readonly BadPattern[];
} {
  const compiled: Rule[] = [];
  const bad: BadPattern[] = [];
  for (const { pattern: written, line } of patterns) {
    const trimmed = goTrim(written);
    if (trimmed === '') continue;
    const cleaned = cleanPath(trimmed);
    const exception = cleaned.startsWith('!');
    const pattern = exception ? cleaned.slice(1) : cleaned;
    const match = pattern !== '' && isGoPattern(pattern) ? compilePattern(pattern) : undefined;
    if (match === undefined) bad.push({ pattern: written, line });
    else compiled.push({ pattern, exception, match });
  }
  return { matcher: matcherOf(compiled), bad };
}

interface Rule {
  readonly pattern: string;
  readonly exception: boolean;
  readonly match: PathPattern;
}

function matcherOf(rules: readonly Rule[]): IgnoreMatcher {
  const exceptions = rules.filter(({ exception }) => exception);
  const enter = (path: string, parent?: MatchInfo) => {
    let ignored = false;
    const info: boolean[] = new Array<boolean>(rules.length).fill(false);
    for (const [index, { exception, match }] of rules.entries()) {
      let matches = parent?.[index] === true;
      if (!matches) {
        // A pattern that cannot change the answer is not asked, and then counts as not matched for what is inside.
        if (exception !== ignored) continue;
        matches = match(path) || (parent === undefined && parentsOf(path).some((each) => match(each)));
      }
      info[index] = matches;
      if (matches) ignored = !exception;
    }
    return { ignored, info };
  };
  const directories = new Map<string, MatchInfo>();
  const infoOf = (directory: string): MatchInfo => {
    const known = directories.get(directory);
    if (known !== undefined) return known;
    const slash = directory.lastIndexOf('/');
    const { info } = enter(directory, slash < 0 ? undefined : infoOf(directory.slice(0, slash)));
    directories.set(directory, info);
    return info;
  };
  return {
    hasExceptions: exceptions.length > 0,
    enter,
    ignoresInWalk: (path) => {
      const slash = path.lastIndexOf('/');
      return enter(path, slash < 0 ? undefined : infoOf(path.slice(0, slash))).ignored;
    },
    ignores: (path) => enter(path).ignored,
    mayHoldException: (directory) =>
      exceptions.some(({ pattern }) => {
        const plain = pattern.replace(/(?:\/\*\*)+$|\/\*$/, '');
        return /[*[\]?^\\]/.test(plain) || `${plain}/`.startsWith(`${directory}/`);
      }),
  };
}

function parentsOf(path: string): readonly string[] {
  const parents: string[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (slash > 0) parents.push(path.slice(0, slash));
  }
  return parents;
}

/** Go's strings.TrimSpace. */
function goTrim(text: string): string {
  return text
    .replace(/^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/, '')
    .replace(/[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/, '');
}

/** Go's path.Clean: no `.`, no `..` that can be resolved, no doubled or trailing slash. */
export function cleanPath(path: string): string {
  const absolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!absolute) parts.push('..');
  }
  const joined = parts.join('/');
  return absolute ? `/${joined}` : joined || '.';
}
