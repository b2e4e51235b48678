import { isSpace, type Line, linesOf } from './source.ts';
import type { Directive, Syntax } from './types.ts';

const KNOWN: readonly string[] = ['syntax', 'escape', 'check'];

/** `name = value` behind the comment sign, if it is one of the three directives. Linear, unlike the expression in BuildKit's source. */
export function readDirective(
  text: string,
  line: Pick<Line, 'from' | 'to'>,
  sign: '#' | '//' = '#',
): { readonly name: string; readonly value: string } | undefined {
  if (!text.startsWith(sign, line.from) || line.from + sign.length > line.to) return undefined;
  let from = line.from + sign.length;
  while (from < line.to && isSpace(text[from])) from++;
  const equals = text.indexOf('=', from);
  // Only names that are directives count, so a far `=` is not searched for at every line.
  if (equals < 0 || equals >= line.to || equals - from > 64) return undefined;
  const name = text.slice(from, equals).trimEnd().toLowerCase();
  if (!KNOWN.includes(name) || equals + 1 >= line.to) return undefined;
  return { name, value: text.slice(equals + 1, line.to).trim() };
}

/**
 * The frontend that a text asks for: BuildKit's DetectSyntax (parser/directives.go). A first line `#!…` is skipped,
 * then `# syntax=` is tried, then `// syntax=`, then a JSON document with a `syntax` member.
 */
export function detectSyntax(text: string): Syntax | undefined {
  for (const sign of ['#', '//'] as const) {
    const found = directivesAtTop(text, sign).find(({ name }) => name === 'syntax');
    if (found !== undefined) return { reference: found.value.split(' ')[0] ?? '', span: found.span };
  }
  const start = /^\uFEFF?(?:#![^\n]*\n)?/.exec(text)?.[0].length ?? 0;
  if (!/^\s*\{/.test(text.slice(start, start + 1024))) return undefined;
  try {
    const value: unknown = (JSON.parse(text.slice(start)) as { syntax?: unknown }).syntax;
    if (typeof value !== 'string') return undefined;
    const line = { line: 1, column: 1 };
    return { reference: value, span: { start: line, end: line } };
  } catch {
    return undefined;
  }
}

/** The directives at the top of a text, as the tools that look for `syntax` and `check` see them. */
export function directivesAtTop(text: string, sign: '#' | '//'): readonly Directive[] {
  const found: Directive[] = [];
  for (const line of linesOf(text)) {
    if (line.number === 1 && text.startsWith('#!', line.from)) continue;
    const directive = readDirective(text, line, sign);
    if (directive === undefined || found.some(({ name }) => name === directive.name)) break;
    found.push({
      ...directive,
      span: {
        start: { line: line.number, column: 1 },
        end: { line: line.number, column: 1 + line.to - line.from },
      },
    });
  }
  return found;
}
