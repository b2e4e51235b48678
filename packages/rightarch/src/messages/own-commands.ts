/**
 * `rightarch` as the reader has to type it, `npx rightarch` where there is none on PATH: in our own commands, and never
 * in a value that reads like one.
 */
export type Quoted = 'data' | 'command';

/** Two characters around what was quoted. `printable` lets neither through from data. */
const MARKS: Readonly<Record<Quoted, readonly [string, string]>> = {
  data: ['\u0001', '\u0002'],
  command: ['\u0003', '\u0004'],
};

/** Only while a sentence is written for a reader who types another name: nothing else ever sees a mark. */
let isMarking = false;

/** What stands between backticks, with its kind where that is asked for. */
export function marked(text: string, kind: Quoted): string {
  const [begin, end] = MARKS[kind];
  return isMarking ? `${begin}${text}${end}` : text;
}

/** The sentence that `write` gives, with its commands as they are typed here. */
export function sentenceFor(program: string | undefined, write: () => string): string {
  if (program === undefined) return write();
  isMarking = true;
  try {
    return write().replace(
      /\u0001([^\u0002]*)\u0002|\u0003([^\u0004]*)\u0004|`rightarch(?=[ `])/g,
      (_, data: string | undefined, line: string | undefined) =>
        data ?? (line === undefined ? `\`${program}` : commandFor(program, line)),
    );
  } finally {
    isMarking = false;
  }
}

/** A command line: `rightarch` where a command begins, and not in the words that a shell keeps together. */
export function commandFor(program: string | undefined, line: string): string {
  if (program === undefined) return line;
  return line.replace(
    /'[^']*(?:'|$)|"(?:\\.|[^"\\])*(?:"|$)|\\.|(^| && )rightarch(?= |$)/gs,
    (all: string, before: string | undefined) => (before === undefined ? all : before + program),
  );
}
