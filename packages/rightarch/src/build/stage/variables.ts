import { Failure, type Location } from '../../core/index.ts';
import { expandWord, type GlobalScope, type Word } from '../../dockerfile/index.ts';
import { failure } from '../../messages/index.ts';

/**
 * ARGs that a build takes without a declaration, for proxies (Dockerfile reference, Predefined ARGs). Their values
 * say something about the machine that built, so they are in no history and no key.
 */
export function isProxyArg(name: string): boolean {
  return /^(?:https?|ftp|no|all)_proxy$/i.test(name);
}

/** A word of FROM or `--from` with the global variables in. Throws where BuildKit would refuse it. */
export function expandGlobally(word: Word, global: GlobalScope, at: Location): string {
  const result = expandWord(word.text, (name) => global.values.get(name), { escape: global.escape });
  if (result.ok) return result.text;
  const { problem } = result;
  const detail = problem.kind === 'required' ? `${problem.name}: ${problem.message}` : problem.kind;
  throw failure('plan/not-expandable', { text: word.text, detail }, at, 'request');
}

/** Throws the first error among what the Dockerfile's own room found. */
export function refuseErrors(problems: GlobalScope['problems']): void {
  const fatal = problems.find(({ severity }) => severity === 'error');
  if (fatal !== undefined) throw new Failure(fatal, 'request');
}
