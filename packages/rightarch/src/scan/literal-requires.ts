/** A file that Node runs as CommonJS or with a `require` of its own making. */
export const OWN_SCRIPT = /^(?!(?:.*\/)?node_modules\/).*\.c?js$/;

const NATIVE = Buffer.from('.node');
/**
 * `const addon = require('./build/Release/addon.node')` at the beginning of a line. What is indented stands in a block,
 * which may be a `try`.
 */
const REQUIRE =
  /^(?:(?:const|let|var)[ \t][\w$ \t{},:]+=[ \t]*|(?:module\.)?exports(?:\.[\w$]+)?[ \t]*=[ \t]*)?require\([ \t]*(['"])(\.{1,2}\/[^'"\\\n]*\.node)\1[ \t]*\)/gm;

/** What goes on in the next line: an operator, or a condition without a block. */
const CONTINUES = /(?:[?:|&=>,(+]|\n[ \t}]*(?:if|else|for|while)\b[^\n{]*|^(?:if|for|while)\b[^\n{]*)$/;

/** Characters in front of one that are looked at for that. */
const LINES_BEFORE = 400;

/**
 * The native modules that a script requires by a relative path whenever it runs, one a line; undefined where it has none.
 * What is not certain is left out: behind an open block, a template or a comment.
 */
export function literalRequires(content: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (!bytes.includes(NATIVE)) return undefined;
  const text = withoutComments(bytes.toString('utf8'));
  const found: string[] = [];
  const open = { braces: 0, ticks: 0 };
  let from = 0;
  // In one pass: a hostile script may have tens of thousands of these lines.
  for (const match of text.matchAll(REQUIRE)) {
    const between = text.slice(from, match.index);
    from = match.index;
    open.braces += count(between, '{') - count(between, '}');
    open.ticks += count(between, '`');
    const isCertain = open.braces === 0 && open.ticks % 2 === 0;
    const before = text.slice(Math.max(0, match.index - LINES_BEFORE), match.index);
    if (isCertain && !CONTINUES.test(before.trimEnd())) found.push(match[2]!);
  }
  return found.length === 0 ? undefined : Buffer.from(found.join('\n'));
}

function withoutComments(text: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf('/*'); at >= 0; at = text.indexOf('/*', from)) {
    kept.push(text.slice(from, at));
    const end = text.indexOf('*/', at + 2);
    if (end < 0) return kept.join('');
    from = end + 2;
  }
  return kept.join('') + text.slice(from);
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
