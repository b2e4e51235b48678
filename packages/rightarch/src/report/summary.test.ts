import { expect, test } from 'vitest';
import { renderSummary } from './summary.ts';

test('a page that GitHub would drop for its size says how much it leaves out', () => {
  const answers = Array.from({ length: 40 }, (_, i) => ({
    image: `app-${i} ${'x'.repeat(60_000)}`,
    verdict: 'refuted' as const,
  }));
  const page = renderSummary(answers, 'en');
  expect(Buffer.byteLength(page)).toBeLessThan(1 << 20);
  const told = page.match(/<h3>/g)!.length;
  expect(told).toBeGreaterThan(10);
  expect(page).toContain(`<p>+${40 - told}</p>`);
});
