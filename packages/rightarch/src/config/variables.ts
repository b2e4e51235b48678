import type { Diagnostic, Location } from '../core/index.ts';
import { diagnostic, nearest } from '../messages/index.ts';

/** Variables that only tags have, since their values come from Git, the clock and the platform. */
export const tagVariables = [
  'sha',
  'commit',
  'time',
  'arch',
  'platform',
  'version',
  'minor',
  'major',
  'latest',
  'branch',
] as const;

/** `{name}` or `{time:Asia/Tokyo}`; never the `${NAME}` of a shell. */
const VARIABLE = /(?<!\$)\{([A-Za-z][A-Za-z0-9_-]*)(?::([A-Za-z0-9_+/-]{1,64}))?\}/g;

/**
 * Puts variables into text. An unknown one is a problem with the nearest name; one that is known and empty is too,
 * because a name with a hole in it is some other name. In tags, the variables of tags stay for `expandTags`.
 */
export function putIn(
  text: string,
  values: Readonly<Record<string, string>>,
  more: { readonly at: Location; readonly problems: Diagnostic[]; readonly inTag?: boolean },
): string {
  return text.replace(VARIABLE, (whole, name: string, argument: string | undefined) => {
    if (argument === undefined && Object.hasOwn(values, name)) {
      const value = values[name] ?? '';
      if (value === '') more.problems.push(diagnostic('config/variable-empty', { name, why: 'environment' }, more.at));
      return value;
    }
    const ofTags = (tagVariables as readonly string[]).includes(name);
    if (ofTags && more.inTag === true && (argument === undefined || name === 'time')) return whole;
    const known = [...Object.keys(values), ...(more.inTag === true ? tagVariables : [])];
    more.problems.push(
      diagnostic('config/variable-unknown', { name, known, nearest: nearest(name, known), onlyTags: ofTags }, more.at),
    );
    return whole;
  });
}

/** The variables of a text, each with what stands behind its colon. */
export function variablesIn(text: string): readonly { readonly name: string; readonly argument: string | undefined }[] {
  return [...text.matchAll(VARIABLE)].map((match) => ({ name: match[1] ?? '', argument: match[2] }));
}

/** Replaces each variable by what `read` gives for it. */
export function replaceVariables(text: string, read: (name: string, argument: string | undefined) => string): string {
  return text.replace(VARIABLE, (_whole, name: string, argument: string | undefined) => read(name, argument));
}
