import { isObject } from '../../core/index.ts';
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A list of texts; one text stands for a list of it. Undefined where it is neither. */
export function textsOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
}

/** The names of a map; empty where it is none. */
export const namesOf = (value: unknown): readonly string[] => (isObject(value) ? Object.keys(value) : []);

/** Parses JSON; where it is none, where it breaks off or what the parser says. */
export function parseJson(
  text: string,
): { readonly value: unknown } | { readonly problem: string; readonly offset: number } {
  try {
    return { value: JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) };
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : '';
    const offset = Number(/at position (\d+)/.exec(said)?.[1] ?? 0);
    // V8 quotes the text around the place, which may be of any kind.
    return { problem: said.replace(/ in JSON at position.*$|, ".*$|, \.\.\..*$/s, ''), offset };
  }
}

/** JSON as bun.lock has it, with commas before a closing bracket and comments, as plain JSON of the same length. */
export function plainJson(text: string): string {
  let out = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
    } else if (c === '/' && text[i + 1] === '/') {
      const end = text.indexOf('\n', i);
      const stop = end < 0 ? text.length : end;
      out += text.slice(from, i) + ' '.repeat(stop - i);
      from = i = stop;
    } else if (c === ',') {
      let next = i + 1;
      while (next < text.length && /\s/.test(text[next]!)) next++;
      if (text[next] === '}' || text[next] === ']') {
        out += `${text.slice(from, i)} `;
        from = i + 1;
      }
      i = next - 1;
    }
  }
  return out + text.slice(from);
}
