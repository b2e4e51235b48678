/** A text, a comment, or a piece of neither, of TypeScript; and of Python. What is not closed goes to the end of its line or of the file. */
const TYPESCRIPT =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?|`(?:\\[\s\S]|[^`\\])*`?/g;
const PYTHON =
  /#[^\n]*|"""(?:\\[\s\S]|[^\\])*?(?:"""|$)|'''(?:\\[\s\S]|[^\\])*?(?:'''|$)|'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?/g;

/** Source with blanks in place of its comments and of what stands in quotes: the same length, and the same lines. */
export function withoutWords(text: string, isPython: boolean): string {
  return text.replace(isPython ? PYTHON : TYPESCRIPT, (part) => {
    const isText = !/^(?:\/[/*]|#)/.test(part);
    const blank = part.replace(/[^\n]/g, ' ');
    return isText && part.length > 1 ? `${part[0]}${blank.slice(1, -1)}${part[0]}` : blank;
  });
}
