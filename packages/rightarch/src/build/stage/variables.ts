import { type Diagnostic, Failure } from '../../core/index.ts';

/**
 * ARGs that a build takes without a declaration, for proxies (Dockerfile reference, Predefined ARGs). Their values
 * say something about the machine that built, so they are in no history and no key.
 */
export function isProxyArg(name: string): boolean {
  return /^(?:https?|ftp|no|all)_proxy$/i.test(name);
}

/** Throws the first error among what the Dockerfile's own room found. */
export function refuseErrors(problems: readonly Diagnostic[]): void {
  const fatal = problems.find(({ severity }) => severity === 'error');
  if (fatal !== undefined) throw new Failure(fatal, 'request');
}
