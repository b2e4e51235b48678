import { positionsOf } from '../../core/index.ts';
import type { GoModule, LockRead } from './types.ts';

/** go.mod (go.dev/ref/mod#go-mod-file): the modules that it requires, with a replacement by another release of the same. */
export function readGoMod(text: string, file: string): LockRead {
  const position = positionsOf(text);
  const packages: GoModule[] = [];
  const replaced = new Set<string>();
  let block = '';
  let isModule = false;
  for (let from = 0; from < text.length; ) {
    let end = text.indexOf('\n', from);
    if (end < 0) end = text.length;
    const line = text.slice(from, end).replace(/\/\/.*$/, '');
    const offset = from + (line.length - line.trimStart().length);
    from = end + 1;
    const words = line.trim().split(/\s+/);
    const [first = ''] = words;
    if (first === 'module') isModule = true;
    if (first === ')') block = '';
    else if (words[1] === '(') block = first;
    else {
      const row = block === '' ? words.slice(1) : words;
      const verb = block === '' ? first : block;
      const [name = '', version = ''] = row;
      if (verb === 'require' && version.startsWith('v')) {
        const lead = block === '' ? line.indexOf(name) - (line.length - line.trimStart().length) : 0;
        packages.push({ name, version, at: () => position(offset + Math.max(0, lead)) });
      } else if (verb === 'replace') replaced.add(name);
    }
  }
  if (!isModule) return { malformed: { problem: 'lacks', detail: 'module', at: position(0) } };
  // What stands in for a module is another one, or a folder.
  const kept = packages.filter(({ name }) => !replaced.has(name));
  return { lockfile: { kind: 'go', tool: 'go', file, packages: kept } };
}
