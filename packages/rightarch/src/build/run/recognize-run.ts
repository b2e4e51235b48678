import { type Command, forEachChild, parse, type SyntaxNode } from 'unbash';
import type { Diagnostic } from '../../core/index.ts';
import { accountPrograms } from './commands/accounts.ts';
import { filePrograms } from './commands/index.ts';
import { Refusal, refusalFound, refuse } from './refusal.ts';
import { scriptOf } from './script.ts';
import { builtinNames, refusedBuiltins } from './shell/builtins.ts';
import { refusedNodes } from './shell/refused-nodes.ts';
import { toolsNotYet } from './tools.ts';
import type { RunInput } from './types.ts';

export type Recognized = { readonly how: 'simulate' | 'install' } | { readonly refused: Diagnostic };

/**
 * What can be told of a RUN from its text alone, for the plan: whether every command in it is one that is carried
 * out here. The build may still refuse, where the image turns out to have another implementation of a command.
 */
export function recognizeRun(
  run: RunInput,
  options: { readonly shell: readonly string[]; readonly docker: string },
): Recognized {
  let at = run.at;
  try {
    if (run.form === 'json') {
      const [name = '', ...rest] = run.argv;
      const c = rest.findIndex((arg) => /^-[a-z]*c$/.test(arg));
      const shell = /(^|\/)(sh|bash|dash|ash)$/.test(name) && c >= 0;
      return { how: shell ? lookAt(rest[c + 1] ?? '') : kindOf(name, rest[0], 0) };
    }
    const shell = options.shell[0] ?? '';
    if (!/(^|\/)(sh|bash|dash|ash)$/.test(shell)) refuse('run/shell-unknown', { shell, found: shell });
    const script = scriptOf(run);
    at = script.at;
    return { how: lookAt(script.text) };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return { refused: refusalFound(thrown, { at, docker: options.docker }) };
  }
}

function lookAt(text: string): 'simulate' | 'install' {
  const script = parse(text);
  const [error] = script.errors ?? [];
  if (error !== undefined) refuse('run/syntax', { what: error.message }, error.pos);
  let how: 'simulate' | 'install' = 'simulate';
  const visit = (node: SyntaxNode): void => {
    const what = refusedNodes[node.type];
    if (what !== undefined) refuse('run/syntax', { what }, node.pos);
    if (node.type === 'Statement' && node.background) refuse('run/syntax', { what: '&' }, node.end - 1);
    if (node.type === 'Pipeline') {
      for (const command of node.commands.slice(0, -1)) {
        const name = command.type === 'Command' ? command.name?.value : undefined;
        if (name === undefined || !['echo', 'printf', 'cat'].includes(name))
          refuse('run/syntax', { what: '|' }, command.end);
      }
    }
    if (node.type === 'Command' && commandKind(node) === 'install') how = 'install';
    forEachChild(node, visit);
  };
  forEachChild(script, visit);
  return how;
}

function commandKind(node: Command): 'simulate' | 'install' {
  const { name } = node;
  if (name === undefined) return 'simulate';
  // A name that is computed is seen when it is carried out.
  if (name.parts?.some((part) => part.type !== 'Literal' && part.type !== 'SingleQuoted')) return 'simulate';
  const first = node.suffix.find((part) => part.type === 'Word');
  return kindOf(name.value, first?.type === 'Word' ? first.value : undefined, node.pos);
}

function kindOf(path: string, first: string | undefined, offset: number): 'simulate' | 'install' {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'npm') {
    if (first !== undefined && !first.startsWith('-') && !NPM_COMMANDS.has(first))
      refuse('run/command-unknown', { command: `npm ${first}` }, offset);
    return 'install';
  }
  if (toolsNotYet.has(name)) refuse('run/tool-not-yet', { tool: name }, offset);
  if (refusedBuiltins.has(name)) refuse('run/syntax', { what: name }, offset);
  if (
    !(builtinNames as readonly string[]).includes(name) &&
    filePrograms[name] === undefined &&
    accountPrograms[name] === undefined
  )
    refuse('run/command-unknown', { command: name }, offset);
  return 'simulate';
}

const NPM_COMMANDS: ReadonlySet<string> = new Set(['ci', 'clean-install', 'install', 'i', 'cache', 'config', 'set']);
