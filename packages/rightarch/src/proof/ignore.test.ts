import { describe, expect, it } from 'vitest';
import { diagnostic } from '../messages/index.ts';
import { elfBytes, testImage } from '../testing/index.ts';
import { type IgnoreRule, ignoreFindings } from './ignore.ts';
import { verifyTree } from './verify.ts';

const at = { in: 'input', name: 'rightarch.yaml' } as const;
const rule = (parts: Partial<IgnoreRule> & Pick<IgnoreRule, 'code'>): IgnoreRule => ({
  paths: [],
  reason: 'looked at',
  at,
  ...parts,
});

/** One program that starts, one data file for no CPU of ours beside it: undecided for one finding. */
async function proofOf() {
  const image = testImage({
    platform: 'linux/amd64',
    files: [
      { path: 'app', mode: 0o755, content: elfBytes({ machine: 'amd64' }) },
      { path: 'opt/tool', mode: 0o755, content: elfBytes({ machine: 'arm64' }) },
    ],
    config: { Cmd: ['/app'] },
  });
  const proof = await verifyTree(await image.tree());
  const [finding] = proof.platforms[0]!.diagnostics;
  return { proof, code: finding!.code };
}

const TODAY = '2026-11-23';

describe('what somebody answers for', () => {
  it.each([
    ['by its code', {}],
    ['by its file', { paths: ['/opt/**'] }],
    ['on the last day', { until: TODAY }],
  ])('is taken out %s, and the verdict stays', async (_, parts) => {
    const { proof, code } = await proofOf();
    expect(proof.verdict).not.toBe('proven');
    const rules = [rule({ code, ...parts })];
    const { proof: after, used, expired } = ignoreFindings(proof, rules, TODAY);
    expect(after).toMatchObject({ verdict: proof.verdict, accepted: true });
    expect(after.platforms[0]).toMatchObject({ verdict: proof.platforms[0]!.verdict, accepted: true, diagnostics: [] });
    expect(after.ignored).toMatchObject([{ diagnostic: { code }, reason: 'looked at' }]);
    expect([...used]).toEqual(rules);
    expect(expired).toEqual([]);
  });

  it.each([
    ['another code', { code: 'proof/no-image' }],
    ['another file', { paths: ['/opt/other/**'] }],
    ['a day that is past', { until: '2026-11-22' }],
  ])('is not %s', async (_, parts) => {
    const { proof, code } = await proofOf();
    const { proof: after, used, expired } = ignoreFindings(proof, [rule({ code, ...parts })], TODAY);
    expect(after).toEqual(proof);
    expect(used.size).toBe(0);
    expect(expired).toHaveLength('until' in parts ? 1 : 0);
  });

  it('is not what is told as a number, unless every file is meant', async () => {
    const { proof, code } = await proofOf();
    const [platform] = proof.platforms;
    const more = diagnostic('proof/more-files', { code, count: 3 }, platform!.diagnostics[0]!.at);
    const many = { ...proof, platforms: [{ ...platform!, diagnostics: [...platform!.diagnostics, more] }] };
    expect(ignoreFindings(many, [rule({ code, paths: ['/opt/**'] })], TODAY).proof.accepted).toBeUndefined();
    expect(ignoreFindings(many, [rule({ code })], TODAY).proof.accepted).toBe(true);
  });

  it('takes along what a runtime says because of it, and nothing else', async () => {
    const { proof, code } = await proofOf();
    const target = (other: string) => ({
      id: 'api',
      runtime: 'ecs-fargate',
      platforms: [],
      verdict: 'refuted' as const,
      entries: [],
      diagnostics: [diagnostic(other as 'target/index-rejected', {} as never, at)],
    });
    const whole = { ...proof, targets: [target('target/image-refuted'), target('target/index-rejected')] };
    const { targets } = ignoreFindings(whole, [rule({ code })], TODAY).proof;
    expect(targets.map(({ accepted }) => accepted)).toEqual([true, undefined]);
  });

  it('is nothing where nobody answered: what could not be judged stays open', async () => {
    const { proof } = await proofOf();
    const platforms = proof.platforms.map((part) => ({ ...part, verdict: 'proven' as const, diagnostics: [] }));
    const open = { id: 'api', runtime: 'ecs-fargate', platforms: [], verdict: 'undecided' as const, entries: [] };
    const followed = diagnostic('target/image-undecided', { runtime: 'x', platform: 'linux/arm64' }, at);
    const whole = {
      ...proof,
      platforms,
      targets: [
        { ...open, diagnostics: [] },
        { ...open, diagnostics: [followed] },
      ],
    };
    const { proof: after } = ignoreFindings(whole, [], TODAY);
    expect(after.targets.map(({ accepted }) => accepted)).toEqual([undefined, undefined]);
    expect(after.targets[1]!.diagnostics).toEqual([followed]);
    expect(after.accepted).toBeUndefined();
  });
});
