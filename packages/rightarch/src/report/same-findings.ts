import { type Diagnostic, groupBy } from '../core/index.ts';
import type { Language } from '../messages/index.ts';
import { inOneLine } from '../messages/phrases/report.ts';

/** What several runtimes say alike of one image, said once with their names in a row. */
export function joinRuntimes(diagnostics: readonly Diagnostic[], language: Language): readonly Diagnostic[] {
  const groups = groupBy(diagnostics, (one) => {
    const { runtime, ...args } = one.args;
    // What sends to the page of one runtime is about that one.
    const alike = typeof runtime === 'string' && one.code.startsWith('target/') && args['page'] === undefined;
    return JSON.stringify(alike ? [one.code, one.severity, args, one.at, one.related] : one);
  });
  return [...groups.values()].map((group) => {
    const [first] = group;
    const names = [...new Set(group.map(({ args }) => String(args['runtime'])))];
    return names.length < 2 ? first : { ...first, args: { ...first.args, runtime: inOneLine(names, language) } };
  });
}
