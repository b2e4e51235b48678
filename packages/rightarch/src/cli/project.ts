import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Checked,
  findConfigFile,
  type ReadDefinition,
  type ResolvedProject,
  readGitFacts,
  type TagFacts,
} from '../config/index.ts';
import { ok, orThrow, relativePath } from '../core/index.ts';
import { atInput, diagnostic, failure } from '../messages/index.ts';
import {
  type AssumedFact,
  answersNothing,
  assumableFacts,
  assuming,
  parseAssumed,
  parseTargetAsk,
  type TargetAsk,
} from '../target/index.ts';
import { allValues, oneValue } from './arguments.ts';
import { Refusals, type Session } from './session.ts';
import type { Flags } from './specs.ts';

/** The day of this run, for the age of facts. */
export const today = ({ shell }: Session): string => shell.now().toISOString().slice(0, 10);

/**
 * The project that the working directory belongs to, in the environment that was asked for; undefined without a file.
 * `rightarch build examples/app` above all projects means the one of that folder.
 */
export async function loadProject(
  session: Session,
  flags: Flags,
  words: readonly string[] = [],
): Promise<ResolvedProject | undefined> {
  const env = oneValue(flags, 'env');
  const file = findConfigFile(session.shell.cwd) ?? configOf(session, words);
  if (file === undefined) {
    if (env !== undefined)
      throw failure('cli/no-config', { option: '--env', directory: session.shell.cwd }, atInput('--env'), 'request');
    return undefined;
  }
  // What reads it is a tenth of a second to load, and most commands run where there is none.
  const [{ readProject }, { resolveProject }, { readDefinitionFile }] = await Promise.all([
    import('../config/project.ts'),
    import('../config/resolve.ts'),
    import('./definition-file.ts'),
  ]);
  const project = accept(await readProject(file));
  const readDefinition: ReadDefinition = (path, at) => {
    const shownAs = relativePath(session.shell.cwd, path);
    const definition = readDefinitionFile(path, shownAs, at);
    return definition.ok ? ok({ file: shownAs, definition: definition.value }) : definition;
  };
  const kubeconfig = session.shell.env['KUBECONFIG'];
  const resolved = accept(resolveProject(project, { env, today: today(session), readDefinition, kubeconfig }));
  for (const note of resolved.notes) session.warn(note);
  return resolved;
}

/** The configuration beside the one context that was named. */
function configOf(session: Session, words: readonly string[]): string | undefined {
  const [context, ...others] = words;
  if (context === undefined || others.length > 0) return undefined;
  const file = join(session.path(context), 'rightarch.yaml');
  return existsSync(file) ? file : undefined;
}

/** The value, or everything that is wrong with the file at once. */
export function accept<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new Refusals(checked.problems);
}

/** What `--for` names: a target of the project by its name, else a runtime; the name wins where both fit. */
export function asksOf(session: Session, flags: Flags, project: ResolvedProject | undefined): readonly TargetAsk[] {
  const assumed = assumedByFlags(flags);
  return allValues(flags, 'for').flatMap((text) => {
    const named = (project?.targets ?? []).filter(({ name }) => name === text).map(({ ask }) => ask);
    const asks = named.length > 0 ? named : [orThrow(parseTargetAsk(text, { today: today(session) }), 'request')];
    return asks.map((ask) => assuming(ask, assumed));
  });
}

/** What the targets of the project ask for, with what is answered for on the command line. */
export function asksOfTargets(
  flags: Flags,
  targets: readonly { readonly ask: TargetAsk }[] | undefined,
): readonly TargetAsk[] {
  const assumed = assumedByFlags(flags);
  return (targets ?? []).map(({ ask }) => assuming(ask, assumed));
}

/** `--assume FACT=VALUE:REASON`: what somebody answers for. */
export function assumedByFlags(flags: Flags): readonly AssumedFact[] {
  return allValues(flags, 'assume').map((text) => {
    const parsed = parseAssumed(text);
    if (parsed !== undefined) return parsed;
    const accepted = assumableFacts.map((fact) => `${fact}=${fact === 'architecture' ? 'CPU' : 'accepted'}:REASON`);
    throw failure('cli/bad-value', { option: '--assume', value: text, accepted }, atInput('--assume'), 'request');
  });
}

/** An `--assume` that no runtime was asked about for which it is open: a fact that is confirmed, or no `--for`. */
export function tellUnusedAssumptions(session: Session, flags: Flags, asks: readonly TargetAsk[]): void {
  const texts = allValues(flags, 'assume');
  const runtimes = [...new Set(asks.map(({ target }) => target.title))];
  for (const [i, one] of assumedByFlags(flags).entries()) {
    if (!answersNothing(one, asks)) continue;
    session.warn(diagnostic('cli/assume-unused', { text: texts[i] ?? '', runtimes }, atInput('--assume')));
  }
}

/** Git, the clock and package.json, for the variables of tags; the clock follows SOURCE_DATE_EPOCH. */
export function tagFacts({ shell }: Session, directory: string): Promise<TagFacts> {
  const epoch = sourceDateEpoch(shell.env);
  return readGitFacts(directory, epoch === undefined ? shell.now().getTime() : epoch * 1000, {
    environment: shell.env,
    signal: shell.signal,
  });
}

/** SOURCE_DATE_EPOCH as whole seconds; undefined where it is not set or no number (reproducible-builds.org specification). */
export function sourceDateEpoch(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = env['SOURCE_DATE_EPOCH'];
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
