/** How this process was called: a fix that is pasted has to start the same program. */
export type OwnName = 'rightarch' | 'npx rightarch';

/**
 * `npx rightarch` where npm started us or the program lies in a project's `node_modules`: there is no `rightarch` on PATH
 * then. npm names its command in `npm_command` (docs.npmjs.com/cli, scripts, environment; read 2026-11-28).
 */
export function ownName(env: Readonly<Record<string, string | undefined>>, program: string | undefined): OwnName {
  const local = /[\\/]node_modules[\\/]\.bin[\\/]/.test(program ?? '');
  return local || env['npm_command'] === 'exec' || env['npm_command'] === 'run-script' ? 'npx rightarch' : 'rightarch';
}

/** A quoted line of a file: what it says is the user's. */
const QUOTED = /^ *\d* \| /;

/** The text with every command line of ours as it is typed here. Sentences name the program without a command behind it. */
export function asTyped(text: string, name: OwnName, commands: readonly string[]): string {
  if (name === 'rightarch') return text;
  const ours = new RegExp(`(?<![\\w./@:-]|npx )rightarch(?= (?:${commands.join('|')})\\b)`, 'g');
  return text
    .split('\n')
    .map((line) => (QUOTED.test(line) ? line : line.replace(ours, name)))
    .join('\n');
}
