import { formatPlatform, orThrow } from '../../core/index.ts';
import { atInput } from '../../messages/index.ts';
import { renderTarget, renderTargets } from '../../report/index.ts';
import {
  findTarget,
  parseTargetAsk,
  type Target,
  type TargetAsk,
  targets,
  unknownRuntime,
} from '../../target/index.ts';
import type { ExitStatus } from '../exit.ts';
import type { Session } from '../session.ts';

/** `targets [ID…]`: what is known about runtimes, with source and date. */
export async function showTargets(session: Session, words: readonly string[]): Promise<ExitStatus> {
  if (words.length === 0) {
    const all = Object.values(targets);
    if (session.json) session.printJson(all);
    else session.print(renderTargets(session.page, all));
    return 0;
  }
  const found = words.map(targetOf);
  if (session.json) {
    const values = found.map(({ target, ask }) => (ask === undefined ? target : { ...target, asked: askedJson(ask) }));
    session.printJson(values.length === 1 ? values[0] : values);
  } else for (const { target, ask } of found) session.print(`${renderTarget(session.page, target, ask)}\n`);
  return 0;
}

/** An id, an alias, or an ask with a CPU or an instance type behind the colon. */
function targetOf(word: string): { readonly target: Target; readonly ask?: TargetAsk } {
  const plain = findTarget(word);
  if (plain !== undefined) return { target: plain };
  const asked = word.includes(':') ? parseTargetAsk(word) : unknownRuntime(word, atInput(word));
  const ask = orThrow(asked, 'request');
  return { target: ask.target, ask };
}

/** What was asked: which platforms it comes to, and who says so. */
function askedJson({ name, instance, platforms, decidedBy }: TargetAsk) {
  return {
    name,
    ...(instance !== undefined ? { instance } : {}),
    platforms: platforms.map(formatPlatform),
    decidedBy,
  };
}
