import { MOST_SCRIPTS, type Script, together } from './script.ts';

/** Whether make reads a file, by its name. */
export const isMakefile = (path: string): boolean => /(^|\/)Makefile$|\.mk$/i.test(path);

/**
 * The variables of a Makefile that have one value whoever runs it: `NAME = value`, `NAME := value`, once and in any case.
 * Not `?=` and `+=`, what stands in a condition, is another value for one target or in a `$(MAKE)` of its own, and none
 * of a file that includes others.
 */
export function makeVariables(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const open = new Set<string>();
  let depth = 0;
  for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    if (/^[ ]*(?:-|s)?include\b/.test(line)) return new Map();
    if (/^[ ]*(?:ifn?(?:eq|def)|define)\b/.test(line)) depth++;
    else if (/^[ ]*(?:endif|endef)\b/.test(line)) depth--;
    if (line.startsWith('\t')) {
      if (/\$[({]MAKE[)}]|\bmake\b/.test(line)) for (const [, name = ''] of line.matchAll(/\s(\w+)=/g)) open.add(name);
      continue;
    }
    const [, target, name = '', sign, value = ''] =
      /^([^=#\s]*:[ \t]+)?[ ]*(?:(?:export|override)[ \t]+)*(\w+)[ \t]*(:{0,3}|[?+!])=[ \t]*(.*)$/.exec(line) ?? [];
    if (name === '') continue;
    if (target !== undefined || depth > 0 || /[?+!]/.test(sign ?? '') || values.has(name)) open.add(name);
    else values.set(name, value.replace(/[ \t]+#.*$/, '').trim());
  }
  return new Map([...values].filter(([name]) => !open.has(name)));
}

/** The recipes of a Makefile or Justfile, each target's as one script: its lines run one after another. */
export function recipes(text: string, indent: RegExp): readonly Script[] {
  const found: Script[] = [];
  let lines: { readonly text: string; readonly at: number }[] = [];
  const end = (): void => {
    const own = lines;
    lines = [];
    if (own.length === 0 || found.length >= MOST_SCRIPTS) return;
    found.push(...together(own.map(({ text: line, at }) => ({ text: line, source: (offset: number) => at + offset }))));
  };
  let at = 0;
  let isContinued = false;
  for (const line of text.split('\n')) {
    const isRecipe: boolean = indent.test(line) || isContinued;
    if (isRecipe && (lines.length > 0 || indent.test(line))) {
      const mark = isContinued ? 0 : (/^[ \t]*[@+-]*/.exec(line)?.[0].length ?? 0);
      // `$(NAME)` is a variable of make, and `$$` the shell's sign: both keep their length.
      const shell = line
        .slice(mark)
        .replace(/\$\$/g, '\u0000\u0000')
        .replace(/\$\([^()\n]*\)|\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\}/g, (whole) => '\u0000'.repeat(whole.length));
      lines.push({ text: shell, at: at + mark });
    } else if (line.trim() !== '' && !line.startsWith('#')) end();
    isContinued = isRecipe && line.trimEnd().endsWith('\\');
    at += line.length + 1;
  }
  end();
  return found;
}
