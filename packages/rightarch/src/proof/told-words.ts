/** The first word that is no option, where all before it are known; `at` is where it stands. */
export function wordAt(
  argv: readonly string[],
  flags: RegExp,
  valued: RegExp = /^$/,
): { readonly word: string; readonly before: readonly string[] } | undefined {
  for (let i = 1; i < argv.length; i++) {
    const arg = argv[i]!;
    if (arg === '--') return undefined;
    if (valued.test(arg)) i++;
    else if (!arg.startsWith('-')) return arg === '' ? undefined : { word: arg, before: argv.slice(1, i) };
    else if (!flags.test(arg)) return undefined;
  }
  return undefined;
}
