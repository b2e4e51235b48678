/** npm-install-checks' rule for `os`, `cpu` and `libc` lists. */
export function listFits(value: string | undefined, list: readonly string[] | undefined): boolean {
  if (list === undefined) return true;
  if (list.length === 1 && list[0] === 'any') return true;
  let negated = 0;
  let match = false;
  for (const entry of list) {
    if (entry.startsWith('!')) {
      negated++;
      if (value === entry.slice(1)) return false;
    } else match ||= value === entry;
  }
  return match || negated === list.length;
}
