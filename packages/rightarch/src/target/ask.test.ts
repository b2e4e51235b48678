import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlatform, parseCpu } from '../core/index.ts';
import { inWords } from '../messages/index.ts';
import { parseTargetAsk } from './ask.ts';

const today = '2026-11-22';

function read(text: string): string {
  const ask = parseTargetAsk(text, { today });
  if (!ask.ok) return ask.why.code;
  const { target, platforms, decidedBy } = ask.value;
  return `${target.id} ${platforms.map(formatPlatform).join('+')} ${decidedBy}`;
}

describe('parseTargetAsk', () => {
  it.each([
    ['lambda', 'lambda linux/amd64 default'],
    ['lambda:x86_64', 'lambda linux/amd64 declared'],
    ['lambda:ARM64', 'lambda linux/arm64 declared'],
    ['fargate:arm64', 'ecs-fargate linux/arm64 declared'],
    ['fargate', 'ecs-fargate linux/amd64 default'],
    ['cloudrun', 'cloud-run linux/amd64 only'],
    ['eks:amd64,arm64', 'eks linux/amd64+linux/arm64 declared'],
    ['gke', 'gke linux/amd64 default'],
    ['ec2:m7g.large', 'ec2 linux/arm64 instance'],
    ['ec2:t3.small', 'ec2 linux/amd64 instance'],
    ['ec2:graviton', 'ec2 linux/arm64 declared'],
    ['azure-vm:Standard_D2ps_v6', 'azure-vm linux/arm64 instance'],
    ['gce:t2a-standard-1', 'gce linux/arm64 instance'],
    ['kubernetes:linux/riscv64', 'kubernetes linux/riscv64 declared'],
    ['raspberry-pi-64', 'raspberry-pi-64 linux/arm64 default'],
    ['raspberry-pi-32', 'raspberry-pi-32 linux/arm/v7 default'],
    ['raspberry-pi-32:arm/v6', 'raspberry-pi-32 linux/arm/v6 declared'],
    ['gitlab:saas-linux-small-arm64', 'gitlab-hosted linux/arm64 instance'],
    ['azure-app-service', 'azure-app-service linux/amd64 only'],
    // Only partly confirmed that it has no other CPU: not refused here, the judge warns.
    ['azure-app-service:arm64', 'azure-app-service linux/arm64 declared'],
  ])('%s', (text, expected) => expect(read(text)).toBe(expected));

  it.each([
    ['', 'target/unknown-runtime'],
    ['lamda', 'target/unknown-runtime'],
    ['__proto__', 'target/unknown-runtime'],
    ['lambda:', 'target/cpu-unreadable'],
    ['lambda:vax', 'target/cpu-unreadable'],
    ['eks:amd64,vax', 'target/cpu-unreadable'],
    ['kubernetes', 'target/cpu-undeclared'],
    ['eks', 'target/cpu-undeclared'],
    ['ec2', 'target/cpu-undeclared'],
    ['codebuild', 'target/cpu-undeclared'],
    ['apprunner:arm64', 'target/cpu-not-offered'],
    ['cloud-run:arm64', 'target/cpu-not-offered'],
    ['lambda:riscv64', 'target/cpu-not-offered'],
    ['ec2:mac2.metal', 'target/instance-no-linux'],
    ['ec2:nonsense', 'target/instance-unknown'],
    ['gce:n4a-standard-1', 'target/instance-unknown'],
  ])('%j is refused with %s', (text, code) => expect(read(text)).toBe(code));

  it('names the source and the day of a refusal', () => {
    const ask = parseTargetAsk('apprunner:arm64', { today });
    if (ask.ok) throw new Error('not refused');
    expect(inWords(ask.why, 'en').message).toBe(
      'AWS App Runner does not run linux/arm64: it has linux/amd64 (https://github.com/aws/apprunner-roadmap/issues/98, read 2026-11-22)',
    );
    expect(inWords(ask.why, 'en').fix).toContain('assume: { architecture:');
  });

  it('proposes the nearest name and the form that would do', () => {
    const near = parseTargetAsk('lamda');
    if (near.ok) throw new Error('not refused');
    expect(near.why.args['nearest']).toBe('lambda');
    const needs = parseTargetAsk('eks');
    if (needs.ok) throw new Error('not refused');
    expect(inWords(needs.why, 'en').fix).toContain('`--for eks:arm64`');
  });

  it('gives way to an assumption, and to the age of the fact', () => {
    const arm64 = parseCpu('arm64')!;
    const assumed = parseTargetAsk('apprunner', {
      today,
      assume: { architecture: [arm64], reason: 'seen in our account' },
    });
    expect(assumed.ok && [assumed.value.decidedBy, assumed.value.platforms]).toEqual(['assumed', [arm64]]);
    expect(parseTargetAsk('apprunner:arm64', { today: '2028-01-01' }).ok).toBe(true);
    // A word for one CPU is none for another.
    const assume = { architecture: [parseCpu('riscv64')!], reason: 'seen' };
    expect(parseTargetAsk('apprunner:arm64', { today, assume }).ok).toBe(false);
    expect(parseTargetAsk('apprunner:riscv64,arm64', { today, assume }).ok).toBe(false);
    expect(parseTargetAsk('apprunner:riscv64', { today, assume }).ok).toBe(true);
  });

  it('never throws, and puts every refusal into words', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `ec2:${text}`),
        ),
        (text) => {
          const ask = parseTargetAsk(text, { today });
          if (!ask.ok) for (const language of ['en', 'ja', 'ko'] as const) inWords(ask.why, language);
        },
      ),
    );
  });
});

it('a page size is taken where a file is held to it, and nowhere else', () => {
  expect(parseTargetAsk('ec2:arm64-64k')).toMatchObject({ ok: true, value: { pages: 65_536 } });
  expect(parseTargetAsk('ec2:amd64-64k')).toMatchObject({ ok: false, why: { code: 'target/instance-unknown' } });
});
