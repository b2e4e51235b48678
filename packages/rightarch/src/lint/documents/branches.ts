import type { Assignment, Statement, SyntaxNode } from 'unbash';

/** A branch of a choice, in either spelling. */
export interface Branch {
  readonly label: string;
  readonly body: { readonly commands: readonly Statement[]; readonly pos: number; readonly end: number };
}

/** The variables that every branch sets which does not end the script, and what each gives them, as it is written. */
export function settingsOf(branches: readonly Branch[]): ReadonlyMap<string, readonly string[]> {
  const going = branches.filter(({ body }) => !body.commands.some(({ command }) => ends(command)));
  const sets = going.map(({ body }) => body.commands.flatMap(({ command }) => setIn(command)));
  const names = new Set(sets[0]?.map(({ name }) => name) ?? []);
  return new Map(
    [...names]
      .map((name) => [name, sets.map((all) => all.findLast((one) => one.name === name))] as const)
      .flatMap(([name, all]) =>
        all.every((one) => one !== undefined)
          ? [[name, all.map(({ value }) => (value.type === 'Word' ? value.value : ''))] as const]
          : [],
      ),
  );
}

/** A command that is run for its answer. */
export function asksSomething(node: SyntaxNode): boolean {
  if (node.type === 'Pipeline') return node.commands.some(asksSomething);
  if (node.type === 'Command') return /^(?:\[|test|e?grep|command|which|type|false)$/.test(node.name?.value ?? '');
  return node.type !== 'BraceGroup' && node.type !== 'Subshell';
}

/** Whether a script goes no further behind it. */
export function ends(node: SyntaxNode): boolean {
  if (node.type === 'Command') return /^(?:exit|return|false)$/.test(node.name?.value ?? '');
  if (node.type === 'AndOr') return node.commands.some(ends);
  if (node.type === 'Subshell' || node.type === 'BraceGroup')
    return node.body.commands.some(({ command }) => ends(command));
  return false;
}

/** What a statement sets in the shell that goes on. */
function setIn(node: SyntaxNode): readonly Assignment[] {
  if (node.type === 'AndOr') return node.commands.flatMap(setIn);
  if (node.type !== 'Command') return [];
  const isAlone = node.name === undefined;
  const declares = /^(?:export|readonly|declare)$/.test(node.name?.value ?? '');
  return [...(isAlone ? node.prefix : []), ...(declares ? node.args : [])].filter((one) => one.type === 'Assignment');
}
