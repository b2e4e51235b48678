import { describe, expect, test } from 'vitest';
import { Failure } from '../core/index.ts';
import { parseTargetAsk } from '../target/index.ts';
import { attestationsOf } from './attestations.ts';
import type { Flags } from './specs.ts';

const made = (flags: Flags, ...targets: readonly string[]) => attestationsOf(flags, targets.map(ask));
function ask(text: string) {
  const found = parseTargetAsk(text);
  if (!found.ok) throw new Error(`no runtime: ${text}`);
  return found.value;
}

describe('attestationsOf', () => {
  test.each<[Flags, readonly string[] | undefined]>([
    [{}, undefined],
    [{ provenance: 'true' }, ['type=provenance']],
    [{ provenance: 'mode=max,version=v1' }, ['type=provenance,mode=max,version=v1']],
    [{ provenance: 'false', sbom: 'F' }, undefined],
    [{ provenance: '' }, undefined],
    [{ sbom: '1', provenance: '0' }, ['type=sbom']],
    [{ sbom: 'generator=r.example.com/scanner:1' }, ['type=sbom,generator=r.example.com/scanner:1']],
    [{ attest: ['type=sbom', 'type=provenance,mode=max'] }, ['type=sbom', 'type=provenance,mode=max']],
    [{ attest: ['type=sbom,disabled=true'] }, undefined],
    [{ attest: ['type=sbom,disabled=false'] }, ['type=sbom,disabled=false']],
  ])('reads %j as docker does', (flags, attests) => expect(made(flags).attests).toEqual(attests));

  test('refuses what names no type', () => {
    expect(() => made({ attest: ['mode=max'] })).toThrow(Failure);
    expect(() => made({ attest: ['type='] })).toThrow(Failure);
  });

  test('makes none where one of the runtimes takes none, and names it', () => {
    const asked = { provenance: 'true' };
    expect(made(asked, 'cloud-run:amd64')).toEqual({ attests: ['type=provenance'] });
    expect(made(asked, 'cloud-run:amd64', 'lambda:arm64', 'sagemaker:amd64')).toEqual({
      attestsRefusedBy: ['AWS Lambda', expect.stringContaining('SageMaker')],
    });
    // Nobody asked for one, so nothing is left out.
    expect(made({ provenance: 'false' }, 'lambda:arm64')).toEqual({});
    const assumed = {
      ...ask('lambda:arm64'),
      assume: { index: 'accepted', attestations: 'accepted', reason: 'seen' },
    } as const;
    expect(attestationsOf(asked, [assumed])).toEqual({ attests: ['type=provenance'] });
  });
});
