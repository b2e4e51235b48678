import { expect, test } from 'vitest';
import { hostileReport, manyRuntimes, reportedImages } from '../../../../test/support/hostile-report.ts';
import { htmlReport } from './html.ts';
import { html, sentence } from './markup.ts';

test('text is escaped wherever it stands, and nothing turns the direction of writing', () => {
  expect(html`<a title="${'"><script>'}">${'<b>&\u202e\u001b'}</a>`.markup).toBe(
    '<a title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;\\u202e\\u001b</a>',
  );
  expect(html`${[html`<i>${0}</i>`, undefined, false, "'"]}`.markup).toBe('<i>0</i>&#39;');
  expect(sentence('put `<x>` there').markup).toBe('put <code>&lt;x&gt;</code> there');
});

test.each(['en', 'ja', 'ko'] as const)('the page in %s is whole and asks for nothing', async (language) => {
  const page = await hostileReport(language);
  expect(page).toContain(`<html lang="${language}">`);
  const tags = [...page.matchAll(/<[^>]*>/g)].join('\n');
  expect(tags).not.toMatch(/<(script|img|link|svg|iframe|a|b)\b|\s(src|href|on\w+)=/i);
  expect(page).not.toMatch(/url\(|@import|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/i);
  // Every element that is opened is closed again.
  const open: string[] = [];
  for (const [, close, name, rest] of page
    .replace(/<style>.*<\/style>/s, '')
    .matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
    if (['meta', 'br'].includes(name!) || rest!.endsWith('/')) continue;
    if (close === '') open.push(name!);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
});

test('the same proof gives the same page, and the matrix answers for every runtime', async () => {
  const page = await hostileReport('en');
  expect(await hostileReport('en')).toBe(page);
  const matrix = page.slice(page.indexOf('<table'), page.indexOf('</table>'));
  for (const id of ['fargate:arm64', 'lambda:amd64', 'cloud-run', 'ec2:m7g.large'])
    expect(matrix).toContain(`data-label="${id}"`);
  expect(matrix.match(/class="verdict proven"/g)).toHaveLength(2);
});

test('of many runtimes each has a row of its own, in which every platform answers', async () => {
  const page = await hostileReport('en', manyRuntimes);
  const [platforms = '', runtimes = ''] = page
    .split('<table')
    .slice(1)
    .map((part) => part.slice(0, part.indexOf('</table>')));
  expect(platforms.match(/<th scope="row"/g)).toHaveLength(2);
  expect(runtimes.match(/<th scope="row"/g)).toHaveLength(manyRuntimes.length);
  expect(runtimes.match(/data-label="linux\/arm64"/g)).toHaveLength(manyRuntimes.length);
  expect(runtimes.match(/data-label="linux\/amd64"/g)).toHaveLength(manyRuntimes.length);
});

test('several images stand on one page', async () => {
  const [one] = await reportedImages();
  const page = htmlReport([one!, { ...one!, proof: { ...one!.proof, image: 'second' } }], {
    language: 'en',
    version: '1',
  });
  expect(page.match(/<h1>/g)).toHaveLength(2);
});
