import type { TarEntry } from './types.ts';

/** What a type flag makes of an entry; what nobody knows is `other`, which has content and no meaning. */
export function typeOf(flag: string, name: string): TarEntry['type'] {
  switch (flag) {
    case '0':
    case 'S':
      return 'file';
    case '\0':
      // v7 had no directories: a slash at the end makes one.
      return name.endsWith('/') ? 'directory' : 'file';
    case '1':
      return 'hardlink';
    case '2':
      return 'symlink';
    case '3':
      return 'character';
    case '4':
      return 'block';
    case '5':
      return 'directory';
    case '6':
      return 'fifo';
    default:
      return 'other';
  }
}

/** Leading `./` and `/` and trailing `/` go; everything else stays to be seen. */
export function cleanPath(name: string): string {
  let start = 0;
  for (;;) {
    if (name[start] === '/') start++;
    else if (name[start] === '.' && (name[start + 1] === '/' || start + 1 === name.length)) start++;
    else break;
  }
  let end = name.length;
  while (end > start && name[end - 1] === '/') end--;
  return start === 0 && end === name.length ? name : name.slice(start, end);
}
