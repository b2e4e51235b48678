import { describe, expect, it } from 'vitest';
import { diagnostic, inWords } from '../messages/index.ts';
import { joinRuntimes } from './same-findings.ts';

const at = { in: 'image', image: 'app:1' } as const;
const refuted = (runtime: string, says = 'exec /app: exec format error') =>
  diagnostic('target/image-refuted', { runtime, platform: 'linux/arm64', cause: '', stage: 'start', says }, at);

describe('joinRuntimes', () => {
  it('says once what several runtimes say alike, and apart what they do not', () => {
    const all = [refuted('A'), refuted('L', 'fork/exec /app'), refuted('B'), refuted('C'), refuted('C')];
    const names = (language: 'en' | 'ja' | 'ko') => joinRuntimes(all, language).map(({ args }) => args['runtime']);
    expect(names('en')).toEqual(['A, B and C', 'L']);
    expect(names('ja')).toEqual(['A、B、C', 'L']);
    expect(names('ko')).toEqual(['A, B, C', 'L']);
    expect(inWords(joinRuntimes(all, 'en')[0]!, 'en').message).toContain('A, B and C: the image for linux/arm64');
  });

  it('leaves what sends to the page of one runtime with that one', () => {
    const partial = (page: string) =>
      diagnostic(
        'target/fact-partial',
        { runtime: page, page, facts: ['index'], assume: [['index', 'accepted']] },
        at,
        { severity: 'warning' },
      );
    expect(joinRuntimes([partial('fly'), partial('render')], 'en')).toHaveLength(2);
  });
});
