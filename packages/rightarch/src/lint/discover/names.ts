import { isTag } from '../../core/index.ts';
import type { FoundName, Place } from '../found.ts';

/** What names stand for in a file that sets them itself. */
export type Literals = ReadonlyMap<string, string>;

const NONE: Literals = new Map();

/**
 * Names that a script or a Makefile sets: `NAME=value`, `NAME := value`. One that is set twice to different values is
 * left out, because only running it would tell which one counts where.
 */
export function assignedIn(text: string): Literals {
  return collect(text.matchAll(ASSIGNMENT));
}

const ASSIGNMENT =
  /(?:^|[;&)]|\b(?:then|else|do)\b)[ \t]*(?:export[ \t]+|readonly[ \t]+|local[ \t]+)?([A-Za-z_]\w*)[ \t]*[:?]{0,2}=[ \t]*([^\n;]*)/gm;

/** Names under `env:` of a workflow, whichever job they belong to, and `variables:` of GitLab. */
export function variablesOfWorkflow(text: string, githubRepository: string | undefined): Literals {
  const set = collect(text.matchAll(/^[ \t]+([A-Z_][A-Z0-9_]*):[ \t]+([^\n]+)$/gm));
  if (githubRepository !== undefined) {
    set.set('github.repository', githubRepository);
    set.set('github.repository_owner', githubRepository.split('/')[0] ?? '');
    set.set('github.event.repository.name', githubRepository.split('/')[1] ?? '');
  }
  return set;
}

function collect(matches: Iterable<RegExpMatchArray>): Map<string, string> {
  const found = new Map<string, string | undefined>();
  for (const [, name = '', rest = ''] of matches) {
    const value = plain(rest);
    found.set(name, found.has(name) && found.get(name) !== value ? undefined : value);
  }
  return new Map([...found].filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** A value without its quotes and without what follows it. */
function plain(text: string): string {
  const trimmed = text.trim();
  const quoted = /^(["'])(.*?)\1/.exec(trimmed)?.[2];
  return (
    quoted ??
    trimmed
      .replace(/[ \t]+#.*$/, '')
      .replace(/;.*$/, '')
      .trim()
  );
}

/** What CI systems and Git call the commit, as rightarch.yaml calls it. */
const FACTS: ReadonlyMap<string, string> = new Map([
  ['github.sha', '{commit}'],
  ['GITHUB_SHA', '{commit}'],
  ['CI_COMMIT_SHA', '{commit}'],
  ['COMMIT_SHA', '{commit}'],
  ['CODEBUILD_RESOLVED_SOURCE_VERSION', '{commit}'],
  ['SHORT_SHA', '{sha}'],
  ['git rev-parse HEAD', '{commit}'],
  ['git rev-parse --short HEAD', '{sha}'],
  ['git rev-parse --short=7 HEAD', '{sha}'],
  ['date -u +%Y%m%d-%H%M%S', '{time}'],
]);

const VARIABLE =
  /\$\{\{\s*([^}]*?)\s*\}\}|\$\(([^()]*)\)|\$\{([A-Za-z_][\w:]*)(?::?-([^}]*))?\}|\$\{[^}]*\}|\$([A-Za-z_]\w*)|\$\$?[0-9@*#]|\{\{[^}]*\}\}/g;

/** A name that is longer than this, or made of more parts, is none. */
const MAX_NAME = 500;
const MAX_PARTS = 40;

/** Text with the variables put in that the file itself sets; every other one is `?`. */
export function fillIn(text: string, literals: Literals): string {
  let parts = 0;
  const fill = (part: string): string =>
    part.length > MAX_NAME
      ? '?'
      : part.replace(
          VARIABLE,
          (_whole, expression?: string, call?: string, name?: string, other?: string, bare?: string) => {
            const asked = expression?.replace(/^env\./, '') ?? call?.trim() ?? name ?? bare ?? '';
            const value = FACTS.get(asked) ?? literals.get(asked) ?? (other === '' ? undefined : other);
            return value === undefined || ++parts > MAX_PARTS ? '?' : fill(value);
          },
        );
  return fill(text);
}

/** A name of an image as it is written; undefined where nothing of it can be told, or it is none. */
export function readName(
  written: string,
  literals: Literals = NONE,
): { readonly repository: string; readonly tag: string | undefined } | undefined {
  const filled = fillIn(written.trim(), literals).replace(/@sha\d+:.*$/, '');
  const colon = filled.lastIndexOf(':');
  const tagged = colon > filled.lastIndexOf('/');
  const repository = tagged ? filled.slice(0, colon) : filled;
  const tag = tagged ? filled.slice(colon + 1) : 'latest';
  if (!/^[\w?.:[\]/-]+$/.test(repository) || !/[a-z0-9]/i.test(repository)) return undefined;
  return { repository, tag: tagOrNone(tag) };
}

/** A tag as `tags:` of rightarch.yaml takes it; undefined where a part of it is not known, or it is none. */
export const tagOrNone = (tag: string): string | undefined => (isTag(tag.replace(/\{\w+\}/g, 'x')) ? tag : undefined);

/** What a line that has the name says beside it; a `tag` where it is not the one behind the name's colon. */
type Beside = Pick<FoundName, 'how'> & Partial<Pick<FoundName, 'tag' | 'dockerfile' | 'before' | 'runtime'>>;

/** A name where it is written: one, or none where `readName` finds none. */
export function nameAt(
  written: string | undefined,
  at: Place,
  beside: Beside,
  literals: Literals = NONE,
): readonly FoundName[] {
  const name = written === undefined ? undefined : readName(written, literals);
  if (name === undefined) return [];
  return [{ ...name, dockerfile: undefined, before: undefined, runtime: undefined, ...beside, at }];
}

/** The name that a repository of ECR gets: the account and the region are those of whoever makes it. */
export const ecrName = (repository: string): string =>
  `\${account}.dkr.ecr.\${region}.amazonaws.com/${repository}:\${tag}`;
