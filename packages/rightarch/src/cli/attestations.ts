import { csvFields, readSwitch } from '../build/docker-flags.ts';
import type { BuildRequest } from '../build/index.ts';
import { atInput, failure } from '../messages/index.ts';
import { refusesAttestations, type TargetAsk } from '../target/index.ts';
import { allValues, oneValue } from './arguments.ts';
import type { Flags } from './specs.ts';

/**
 * The attestations that are asked for, in the form of `--attest`, of which `--provenance` and `--sbom` are short ones
 * (buildx, util/buildflags/attests.go, read 2026-11-29), and the runtimes that take none. Unlike docker's own build
 * none is made unless it is asked for: each makes an index of an image.
 */
export function attestationsOf(
  flags: Flags,
  asks: readonly TargetAsk[],
): Pick<BuildRequest, 'attests' | 'attestsRefusedBy'> {
  const given = [
    ...allValues(flags, 'attest').map(checked),
    ...(['provenance', 'sbom'] as const).flatMap((type) => {
      const value = oneValue(flags, type) ?? '';
      if (value === '') return [];
      const isOn = readSwitch(value);
      return [isOn === undefined ? `type=${type},${value}` : `type=${type}${isOn ? '' : ',disabled=true'}`];
    }),
  ];
  const attests = given.filter((text) => !isDisabled(text));
  if (attests.length === 0) return {};
  const refusedBy = asks.filter(refusesAttestations).map(({ target }) => target.title);
  return refusedBy.length === 0 ? { attests } : { attestsRefusedBy: [...new Set(refusedBy)] };
}

function checked(text: string): string {
  if (csvFields(text).some((field) => /^type=./.test(field))) return text;
  const accepted = ['type=provenance,mode=max', 'type=sbom'];
  throw failure('cli/bad-value', { option: '--attest', value: text, accepted }, atInput('--attest'), 'request');
}

const isDisabled = (text: string): boolean =>
  csvFields(text).some(
    (field) => field.startsWith('disabled=') && readSwitch(field.slice('disabled='.length)) === true,
  );
