import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { languages } from '../../packages/rightarch/src/messages/index.ts';
import { type Browser, startChromium } from '../support/chromium.ts';
import { hostileReport, manyRuntimes } from '../support/hostile-report.ts';
import { repositoryRoot } from '../support/transcript.ts';

const shots = join(repositoryRoot, '.cache', 'html-report');
let browser: Browser;

beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  browser = await startChromium();
});
afterAll(() => browser?.close());

const looks = [
  { width: 390, height: 844 },
  { width: 1280, height: 900 },
].flatMap((size) => (['light', 'dark'] as const).map((scheme) => ({ ...size, scheme })));

test.each(languages.flatMap((language) => looks.map((look) => [language, look] as const)))(
  'the page stands in a real browser: %s %j',
  async (language, look) => {
    const file = join(shots, `${language}.html`);
    writeFileSync(file, await hostileReport(language));
    const seen = await browser.open(pathToFileURL(file).href, look);
    writeFileSync(join(shots, `${language}-${look.width}-${look.scheme}.png`), seen.screenshot);
    expect(seen.requests).toEqual([]);
    expect(seen.complaints).toEqual([]);
    expect(await seen.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    expect(await seen.evaluate('document.documentElement.lang')).toBe(language);
    // Names of files are text: no element of theirs came to be, and none of their scripts ran.
    expect(await seen.evaluate("document.querySelectorAll('script, img, iframe, a, b').length")).toBe(0);
    expect(await seen.evaluate('typeof window.harmed')).toBe('undefined');
    const ground = await seen.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe(look.scheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(255, 255, 255)');
    // Words on their ground can be read: WCAG 2.2 asks 4.5 to 1.
    expect(await seen.evaluate<number>(leastContrast)).toBeGreaterThanOrEqual(4.5);
  },
);

test.each(looks)('many runtimes are cut off on no screen: %j', async (look) => {
  const file = join(shots, 'many.html');
  writeFileSync(file, await hostileReport('en', manyRuntimes));
  const seen = await browser.open(pathToFileURL(file).href, look);
  writeFileSync(join(shots, `many-${look.width}-${look.scheme}.png`), seen.screenshot);
  expect(await seen.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  const hidden = "[...document.querySelectorAll('.wide')].filter((one) => one.scrollWidth > one.clientWidth).length";
  expect(await seen.evaluate(hidden)).toBe(0);
});

/** The lowest contrast of the verdicts' words against what is behind them. */
const leastContrast = `(() => {
  const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const parse = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (text) => { const [r, g, b] = parse(text).map(channel); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  return Math.min(...[...document.querySelectorAll('.verdict')].map((node) => {
    const { color, backgroundColor } = getComputedStyle(node);
    const [a, b] = [light(color), light(backgroundColor)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
})()`;
