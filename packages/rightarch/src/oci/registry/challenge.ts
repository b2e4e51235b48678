/** What a registry asks for: the scheme in lower case, and its parameters. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;

/**
 * Reads WWW-Authenticate by RFC 9110 section 11.6.1; several challenges may stand in one header. Undefined where
 * the text cannot be one.
 */
export function parseChallenges(header: string): readonly Challenge[] | undefined {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let at = 0;
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = at;
    if (pattern.test(header)) at = pattern.lastIndex;
  };
  const token = (): string | undefined => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(header)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  for (;;) {
    skip(/[\s,]*/y);
    if (at >= header.length) break;
    const word = token();
    if (word === undefined) return undefined;
    const afterWord = at;
    skip(/\s*/y);
    if (header[at] !== '=' || challenges.length === 0) {
      // A word with no `=` opens the next challenge.
      if (header[at] === '=') return undefined;
      at = afterWord;
      challenges.push({ scheme: word.toLowerCase(), parameters: Object.create(null) as Record<string, string> });
      continue;
    }
    at++;
    skip(/\s*/y);
    const value = header[at] === '"' ? quoted() : token();
    if (value === undefined) return undefined;
    challenges.at(-1)!.parameters[word.toLowerCase()] = value;
  }
  return challenges.length > 0 ? challenges : undefined;

  function quoted(): string | undefined {
    let text = '';
    for (at++; at < header.length; at++) {
      const c = header[at]!;
      if (c === '"') {
        at++;
        return text;
      }
      text += c === '\\' ? (header[++at] ?? '') : c;
    }
    return undefined;
  }
}
