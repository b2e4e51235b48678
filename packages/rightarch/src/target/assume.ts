import { type Platform, parseCpu, samePlatform } from '../core/index.ts';
import { type Assumption, assumableFacts, type Fact, type Known, type TargetAsk } from './types.ts';

/** One fact that somebody answers for on the command line: `oci=accepted:seen in our account`. */
export interface AssumedFact {
  readonly value: Omit<Assumption, 'reason'>;
  readonly reason: string;
}

/** Reads `FACT=VALUE:REASON`; undefined where it is none. A reason is part of it. */
export function parseAssumed(text: string): AssumedFact | undefined {
  const [, fact = '', value = '', reason = ''] = /^([^=]*)=([^:]*):(.*)$/s.exec(text) ?? [];
  if (reason.trim() === '') return undefined;
  if (fact === 'architecture') {
    const platforms = value.split(',').map((word) => parseCpu(word.trim()));
    return platforms.every((one) => one !== undefined) ? { value: { architecture: platforms }, reason } : undefined;
  }
  if (fact === 'index') {
    return value === 'accepted' || value === 'amd64-entry-required' ? { value: { index: value }, reason } : undefined;
  }
  const isOther = assumableFacts.some((one) => one === fact);
  return isOther && value === 'accepted' ? { value: { [fact]: value }, reason } : undefined;
}

/** Whether somebody answers for this very CPU: a word for one is none for another. */
export function isAssumed({ assume }: Pick<TargetAsk, 'assume'>, platform: Platform): boolean {
  return assume?.architecture?.some((one) => samePlatform(one, platform)) === true;
}

/** True where none of the runtimes has a fact of this name that is still open: the word changes nothing. */
export function answersNothing(assumed: AssumedFact, asks: readonly TargetAsk[]): boolean {
  return !asks.some((ask) => isUsable(assumed, ask));
}

/**
 * The ask with what is answered for on the command line. Several runtimes may be asked about at once, so this speaks
 * for what nobody has confirmed of this one; only the configuration of one target overrules what is confirmed.
 */
export function assuming(ask: TargetAsk, assumed: readonly AssumedFact[]): TargetAsk {
  const usable = assumed.filter((one) => isUsable(one, ask));
  if (usable.length === 0) return ask;
  const reasons = [...usable.map(({ reason }) => reason.trim()), ...(ask.assume ? [ask.assume.reason] : [])];
  const values = Object.assign({}, ...usable.map(({ value }) => value)) as Omit<Assumption, 'reason'>;
  return { ...ask, assume: { ...values, ...ask.assume, reason: [...new Set(reasons)].join('; ') } };
}

function isUsable({ value }: AssumedFact, ask: TargetAsk): boolean {
  return assumableFacts.some(
    (name) => value[name] !== undefined && knownOf(ask, name).some((fact) => !isConfirmed(fact)),
  );
}

function isConfirmed(fact: Known<unknown>): fact is Fact<unknown> {
  return fact !== 'unknown' && fact.standing === 'confirmed';
}

/** The facts behind a name, as far as the runtime has them. */
function knownOf({ target, basis }: TargetAsk, name: (typeof assumableFacts)[number]): readonly Known<unknown>[] {
  if (name === 'architecture') return [target.platforms, ...(basis !== undefined ? [basis] : [])];
  if (name === 'size') return target.maxImageBytes === undefined ? [] : [target.maxImageBytes];
  return [target[name]];
}
