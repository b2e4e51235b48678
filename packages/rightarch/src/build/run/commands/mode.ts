import { refuse } from '../refusal.ts';

/** A mode as chmod and mkdir -m read it; applied to a file it gives the new permission bits. */
export interface ModeChange {
  apply(before: number, isDirectory: boolean): number;
}

const CLAUSE = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/;
const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };

/**
 * Reads `755`, `u=rwX,go-w`, `+x`, `g=u`. `keepsDirectoryBits`: GNU keeps set-user-ID and set-group-ID of a directory
 * for an octal mode of up to four digits (coreutils manual, 27.5); busybox does not.
 */
export function parseMode(
  text: string,
  options: { readonly umask: number; readonly keepsDirectoryBits: boolean; readonly command: string },
): ModeChange | undefined {
  if (/^[0-7]+$/.test(text)) {
    const octal = Number.parseInt(text, 8);
    if (octal > 0o7777) return undefined;
    const keeps = options.keepsDirectoryBits && text.length <= 4;
    return { apply: (before, isDirectory) => octal | (keeps && isDirectory ? before & 0o6000 : 0) };
  }
  const clauses = text.split(',').map((clause) => CLAUSE.exec(clause));
  if (clauses.some((c) => c === null)) return undefined;
  // `s` and `t` have rules of their own by maker and by file type.
  if (/[st]/.test(text)) return refuse('run/option-unknown', { command: options.command, option: text });
  return {
    apply(before, isDirectory) {
      let mode = before;
      for (const clause of clauses) {
        const who = [...clause![1]!].reduce((bits, letter) => bits | WHO[letter]!, 0);
        for (const [, operator, letters] of clause![2]!.matchAll(/([-+=])([^-+=]*)/g)) {
          const bits = permissionBits(letters!, mode, isDirectory);
          // Without `ugoa` the umask decides which bits are touched.
          const touched = (who === 0 ? bits & ~options.umask : bits & who) & 0o777;
          if (operator === '+') mode |= touched;
          else if (operator === '-') mode &= ~touched;
          else mode = (mode & ~((who === 0 ? 0o777 : who) & 0o777)) | touched;
        }
      }
      return mode;
    },
  };
}

function permissionBits(letters: string, mode: number, isDirectory: boolean): number {
  if (/^[ugo]$/.test(letters)) {
    const shift = { u: 6, g: 3, o: 0 }[letters as 'u' | 'g' | 'o'];
    const three = (mode >> shift) & 7;
    return three * 0o111;
  }
  let bits = 0;
  for (const letter of letters) {
    if (letter === 'r') bits |= 0o444;
    else if (letter === 'w') bits |= 0o222;
    else if (letter === 'x') bits |= 0o111;
    else if (letter === 'X' && (isDirectory || (mode & 0o111) !== 0)) bits |= 0o111;
  }
  return bits;
}
