import { FileProblem } from '../../stage-files.ts';
import { absolute, type Kernel } from '../kernel.ts';

/** One piece of a pattern: text that stands for itself, or a wildcard. */
export type GlobToken = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'star' | 'question' };

/** The names that match, in byte order; none where nothing does. A leading dot is matched by a dot only. */
export function expandGlob(tokens: readonly GlobToken[], kernel: Kernel, cwd: string): string[] {
  const segments: GlobToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind !== 'text') {
      segments.at(-1)!.push(token);
      continue;
    }
    const [first = '', ...rest] = token.text.split('/');
    if (first !== '') segments.at(-1)!.push({ kind: 'text', text: first });
    for (const part of rest) segments.push(part === '' ? [] : [{ kind: 'text', text: part }]);
  }
  let found: string[] = [''];
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1;
    const wild = segment.some((token) => token.kind !== 'text');
    const next: string[] = [];
    for (const prefix of found) {
      if (!wild) {
        const path = prefix + segment.map((token) => (token.kind === 'text' ? token.text : '')).join('');
        if (!last) next.push(`${path}/`);
        else if (path.endsWith('/') || kernel.stat(absolute(path, cwd), { follow: false }) !== undefined)
          next.push(path);
        continue;
      }
      const matches = matcher(segment);
      for (const name of names(kernel, absolute(prefix === '' ? '.' : prefix, cwd), matches)) {
        const path = prefix + name;
        if (last) next.push(path);
        else if (kernel.stat(absolute(path, cwd))?.type === 'directory') next.push(`${path}/`);
      }
    }
    found = next;
  });
  return found.filter((path) => path !== '').sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function names(kernel: Kernel, path: string, wanted: (name: string) => boolean): string[] {
  try {
    return kernel.list(path, wanted);
  } catch (problem) {
    if (problem instanceof FileProblem) return [];
    throw problem;
  }
}

function matcher(segment: readonly GlobToken[]): (name: string) => boolean {
  const source = segment
    .map((token) => {
      if (token.kind === 'text') return token.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return token.kind === 'star' ? '.*' : '.';
    })
    .join('');
  const pattern = new RegExp(`^${source}$`, 'su');
  const dot = segment[0]?.kind === 'text' && segment[0].text.startsWith('.');
  return (name) => (dot || !name.startsWith('.')) && pattern.test(name);
}
