import { type Piece, type Run, runScript, type Word } from '../../dockerfile/index.ts';

/** A text of shell in a Dockerfile, with the way back to the file. */
interface ShellText {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

const SHELL = '(?:/(?:usr/)?bin/)?(?:env +)?(?:ba|da|a|z)?sh';
/** Without `-c`: what is run is what it reads; with `-n` it is only read. */
const FLAGS = '(?: +-(?!-?[a-bd-z]*c)(?!n\\b)[-\\w]+| +-o +\\w+| +-)*';
const MARK = '<<-?\\s*["\']?[\\w.-]+["\']?';

const OF_SHELL = new RegExp(`^#! *(?:/usr/bin/env +(?:-S +)?)?${SHELL}(?:[ \\t]+-\\S+)*[ \\t]*\\r?(?:\\n|$)`);
const READS_IT = new RegExp(`^\\s*(?:${MARK} *${SHELL}${FLAGS}|${SHELL}${FLAGS} *${MARK})\\s*$`);
const IS_SHELL = new RegExp(`^${SHELL}$`);

/**
 * The script that a RUN hands to a shell, in whichever form: the line itself, a heredoc, one that begins with `#!/bin/bash`,
 * one that `bash <<EOF` reads, and `["bash", "-c", "…"]`. Nothing where another program is given it.
 */
export function shellOf(run: Run): ShellText | undefined {
  const { command, heredocs } = run;
  const [first, ...more] = heredocs;
  if (command.form === 'shell' && first !== undefined && more.length === 0 && READS_IT.test(command.text)) {
    // As if the mark stood alone; what the outer shell would put in has the same value within, unless it is set there.
    if (!first.expand || !readsItsOwn(first.body))
      return asShell(runScript({ ...run, command: { ...command, text: `<<${first.name}` } }));
  }
  return asShell(runScript(run));
}

function asShell(script: ReturnType<typeof runScript>): ShellText | undefined {
  if (script.kind === 'shell') return script;
  if (script.kind === 'file') return OF_SHELL.test(script.text) ? script : undefined;
  const [shell, flag, given] = script.words;
  const isShell = IS_SHELL.test(shell?.text ?? '') && /^-[a-z]*c$/.test(flag?.text ?? '');
  return isShell && given !== undefined && script.words.length === 3 ? asWritten(given) : undefined;
}

/** A word of JSON whose characters stand in the file as they are; of another one the places are not known. */
function asWritten({ text, span }: Word): ShellText | undefined {
  const { start, end } = span;
  if (start.line !== end.line || end.column - start.column !== text.length + 2) return undefined;
  return { text, pieces: [{ offset: 0, start: { line: start.line, column: start.column + 1 } }] };
}

/** Whether a script reads a variable that it sets itself: the outer shell puts in what that was before. */
function readsItsOwn(body: string): boolean {
  const set = [...body.matchAll(/(?:^|[\s;&|(])(\w+)=|\b(?:for|read(?: -\w+)*)\s+(\w+)/g)].map(([, a, b]) => a ?? b!);
  return set.some((name) => new RegExp(`(?<!\\\\)\\$\\{?${name}\\b`).test(body));
}
