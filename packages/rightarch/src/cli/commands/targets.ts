import { orThrow } from '../../core/index.ts';
import { atInput } from '../../messages/index.ts';
import { renderTarget, renderTargets } from '../../report/index.ts';
import { findTarget, parseTargetAsk, type Target, targets, unknownRuntime } from '../../target/index.ts';
import type { ExitStatus } from '../exit.ts';
import type { Session } from '../session.ts';

/** `targets [ID…]`: what is known about runtimes, with source and date. */
export async function showTargets(session: Session, words: readonly string[]): Promise<ExitStatus> {
  const found: readonly Target[] = words.length === 0 ? Object.values(targets) : words.map(targetOf);
  if (session.json) session.printJson(words.length === 1 ? found[0] : found);
  else if (words.length === 0) session.print(renderTargets(session.page, found));
  else for (const target of found) session.print(`${renderTarget(session.page, target)}\n`);
  return 0;
}

/** An id, an alias, or an ask with a CPU or an instance type behind the colon. */
function targetOf(word: string): Target {
  const plain = findTarget(word);
  if (plain !== undefined) return plain;
  const asked = word.includes(':') ? parseTargetAsk(word) : unknownRuntime(word, atInput(word));
  return orThrow(asked, 'request').target;
}
