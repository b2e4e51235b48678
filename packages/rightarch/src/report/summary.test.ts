import { expect, test } from 'vitest';
import { renderAnnotations } from './annotations.ts';
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

test('a file outside of the working directory stands under its own name', () => {
  const at = (file: string) =>
    ({ in: 'file', file, start: { line: 1, column: 1 }, end: { line: 1, column: 2 } }) as const;
  const finding = (file: string) => ({
    code: 'dockerfile/platform-pinned' as const,
    severity: 'error' as const,
    message: 'm',
    fix: '',
    because: [],
    args: {},
    related: [],
    docs: '',
    at: at(file),
  });
  const files = ['Dockerfile', '/srv/Dockerfile', 'C:\\srv\\Dockerfile'].map(
    (file) => /file=([^,]*)/.exec(renderAnnotations([finding(file)], 'api'))?.[1],
  );
  expect(files).toEqual(['api/Dockerfile', '/srv/Dockerfile', 'C%3A\\srv\\Dockerfile']);
});
