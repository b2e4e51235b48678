/**
 * The part of Go's templates that scripts write for `--format`: `{{.Field.Member}}`, `{{json .Field}}`,
 * `{{index .List 0}}`, and text between. Undefined for what is more than that, which is left to Docker.
 */
export function formatGo(template: string, value: unknown): string | undefined {
  // Text stands at even places, actions at odd ones.
  const parts = template.split(/\{\{-?\s*([\s\S]*?)\s*-?\}\}/).map((part, i) => {
    if (i % 2 === 1) return evaluate(part, value);
    return part.includes('{{') ? undefined : part.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
  });
  return parts.includes(undefined) ? undefined : parts.join('');
}

const MISSING = Symbol();

function evaluate(action: string, value: unknown): string | undefined {
  const [, verb, path = action, rest] = /^(json|index|println|print)\s+(\.[\w.]*)(?:\s+(.+))?$/.exec(action) ?? [];
  if (!/^\.[\w.]*$/.test(path) || (rest !== undefined && verb !== 'index')) return undefined;
  let found = at(value, path);
  if (verb === 'index') {
    for (const [word, quoted, number] of (rest ?? '').matchAll(/"([^"]*)"|(\d+)|\S+/g)) {
      if (quoted === undefined && number === undefined && word !== '') return undefined;
      found = member(found, quoted ?? number!);
    }
  }
  if (found === MISSING) return verb === 'index' ? '' : undefined;
  if (verb === 'json') return JSON.stringify(found ?? null);
  return verb === 'println' ? `${goText(found)}\n` : goText(found);
}

function at(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.').filter((one) => one !== '')) found = member(found, name);
  return found;
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return MISSING;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** As fmt.Print writes values: lists in brackets without commas, maps with their keys sorted. */
function goText(value: unknown): string {
  if (value === null || value === undefined) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, one]) => `${key}:${goText(one)}`).join(' ')}]`;
}
