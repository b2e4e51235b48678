import { MOST_SCRIPTS, type Script } from './script.ts';

const TEXT = `"""(?:[^\\\\]|\\\\[^])*?"""|'''(?:[^\\\\]|\\\\[^])*?'''|"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'`;
const SHELL = new RegExp(`\\bsh\\s*\\(?\\s*(?:[\\w]+\\s*:\\s*\\w+\\s*,\\s*)*(?:script\\s*:\\s*)?(${TEXT})`, 'g');
const BUILD = new RegExp(`\\bdocker\\.build\\s*\\(\\s*(${TEXT})\\s*(?:,\\s*(${TEXT})\\s*)?\\)`, 'g');
/** Longer than any Jenkinsfile. */
const MAX_TEXT = 200_000;

/**
 * The shell of a Jenkinsfile: what its `sh` steps run, and the `docker build` that `docker.build(NAME, ARGUMENTS)` makes
 * (jenkins.io/doc/book/pipeline/docker/, read 2026-11-30). Groovy itself is not read.
 */
export function groovyScripts(text: string): readonly Script[] {
  if (text.length > MAX_TEXT || !/\bdocker\b/.test(text)) return [];
  const shell = [...text.matchAll(SHELL)].map(({ 0: whole, 1: written = '', index }): Script => {
    const mark = /^(?:"""|''')/.test(written) ? 3 : 1;
    const begin = index + whole.length - written.length + mark;
    return { text: unquoted(written), source: (offset) => begin + offset };
  });
  const built = [...text.matchAll(BUILD)].map(({ 1: name = '', 2: more, index }): Script => {
    const words = more === undefined ? '.' : unquoted(more);
    return { text: `docker build -t ${unquoted(name)} ${words}`, source: () => index };
  });
  return [...shell, ...built].slice(0, MOST_SCRIPTS);
}

/** What Groovy puts into a text in double quotes is one character for each of its own. */
function unquoted(written: string): string {
  const mark = /^(?:"""|''')/.test(written) ? 3 : 1;
  const inner = written.slice(mark, -mark);
  return written.startsWith('"')
    ? inner.replace(/(?<!\\)\$(?:\{[^}]*\}|[A-Za-z_]\w*)/g, (found) => '\0'.repeat(found.length))
    : inner;
}
