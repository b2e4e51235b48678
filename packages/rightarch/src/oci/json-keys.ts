/**
 * The path of the first member that an object has twice (`config.digest`), or undefined. `JSON.parse` keeps the last
 * one, Go's encoding/json merges both into one structure, so the same bytes would be two different images. `text` is
 * JSON already; linear, and in memory no more than the keys of the objects that are open at a time.
 */
export function duplicateKey(text: string): string | undefined {
  const open: { keys: Set<string> | undefined; name: string | number }[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at];
    const top = open.at(-1);
    if (c === '{') open.push({ keys: new Set(), name: '' });
    else if (c === '[') open.push({ keys: undefined, name: 0 });
    else if (c === '}' || c === ']') open.pop();
    else if (c === ',' && typeof top?.name === 'number') top.name++;
    else if (c === '"') {
      const end = endOfString(text, at);
      // Only a key has a colon behind it.
      let next = end;
      while (text[next] === ' ' || text[next] === '\t' || text[next] === '\n' || text[next] === '\r') next++;
      if (text[next] === ':' && top?.keys !== undefined) {
        const key = JSON.parse(text.slice(at, end)) as string;
        top.name = key;
        if (top.keys.has(key)) return pathOf(open.map(({ name }) => name));
        top.keys.add(key);
      }
      at = end;
      continue;
    }
    at++;
  }
  return undefined;
}

/** Behind the closing quote. By hand, because a regular expression would keep a step for every escape. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const quote = text.indexOf('"', at);
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote + 1;
    at = quote;
  }
}

/** `layers[1].digest`; of a path that nobody could read, the end. */
function pathOf(names: readonly (string | number)[]): string {
  const shown = names.length > 8 ? names.slice(-8) : names;
  return shown
    .map((name, i) => (typeof name === 'number' ? `[${name}]` : i === 0 ? name : `.${name}`))
    .join('')
    .slice(0, 200);
}
