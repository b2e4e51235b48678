import type { ResolvedProject } from '../config/index.ts';
import { type ImageReference, orThrow } from '../core/index.ts';
import { type AskedRuntime, asksOfDefinition, type Definition } from '../definition/index.ts';
import { atInput, failure } from '../messages/index.ts';
import { assuming, parseAskParts, type TargetAsk } from '../target/index.ts';
import { allValues, oneValue } from './arguments.ts';
import { readDefinitionFile, readPiped } from './definition-file.ts';
import { assumedByFlags, today } from './project.ts';
import type { Session } from './session.ts';
import type { Flags } from './specs.ts';

/** `--definition FILE`, read once. */
export interface GivenDefinition {
  readonly file: string;
  readonly definition: Definition;
}

/** What `--definition` names; `-` is stdin. A container alone chooses nothing. */
export async function givenDefinition(session: Session, flags: Flags): Promise<GivenDefinition | undefined> {
  const file = oneValue(flags, 'definition');
  if (file === undefined) {
    if (flags.container === undefined) return undefined;
    const args = {
      option: '--container',
      value: oneValue(flags, 'container') ?? '',
      accepted: ['--definition FILE --container NAME'],
    };
    throw failure('cli/bad-value', args, atInput('--container'), 'request');
  }
  const at = atInput(`--definition ${file}`);
  const read = file === '-' ? await readPiped(session.shell, at) : readDefinitionFile(session.path(file), file, at);
  return { file, definition: orThrow(read, 'request') };
}

/** The starts that a definition makes of an image that goes by these names, on what `--for` names where it does. */
export function asksOfGiven(
  session: Session,
  flags: Flags,
  project: ResolvedProject | undefined,
  { file, definition }: GivenDefinition,
  names: readonly ImageReference[],
): readonly TargetAsk[] {
  const day = today(session);
  const asked = allValues(flags, 'for').map((text): AskedRuntime => {
    const ask = project?.targets.find(({ name }) => name === text)?.ask;
    if (ask === undefined) return orThrow(parseAskParts(text, { today: day }), 'request');
    const { name, target, platforms, decidedBy, instance, pages, assume } = ask;
    return { name, target, declared: decidedBy === 'declared' ? platforms : [], instance, pages, assume, today: day };
  });
  const assumed = assumedByFlags(flags);
  const container = oneValue(flags, 'container');
  const given = { file, definition, at: atInput(`--definition ${file}`), names, container, today: day };
  return (asked.length === 0 ? [undefined] : asked).flatMap((one) =>
    orThrow(asksOfDefinition({ ...given, asked: one }), 'request').map((ask) => assuming(ask, assumed)),
  );
}
