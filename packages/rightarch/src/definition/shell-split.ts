const ESCAPED = new Map([
  ['t', '\t'],
  ['n', '\n'],
]);

/**
 * The words of a command line as compose splits it: blanks, quotes and backslashes, `\t` a tab and `\n` a line
 * (github.com/mattn/go-shellwords, Parser.Parse without ParseEnv and ParseBacktick, read 2026-11-29). Undefined where a
 * quote is not closed, and where it would stop reading: at `;`, `&`, `|`, `<`, `>`, a backtick or a parenthesis.
 */
export function shellSplit(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const one = text[i]!;
    if (quote === "'") {
      if (one === quote) quote = '';
      else word = (word ?? '') + one;
    } else if (one === '\\') {
      const next = text[++i];
      if (next === undefined) return undefined;
      word = (word ?? '') + (ESCAPED.get(next) ?? next);
    } else if (one === quote) quote = '';
    else if (quote !== '') word = (word ?? '') + one;
    else if (one === '"' || one === "'") {
      quote = one;
      word ??= '';
    } else if (/[ \t\r\n]/.test(one)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (/[;&|<>`()]/.test(one)) return undefined;
    else word = (word ?? '') + one;
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
