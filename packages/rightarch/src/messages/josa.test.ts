import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { josa, lastSound } from './josa.ts';

const syllable = fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCharCode(code));

/** The final consonant by another way than arithmetic: the third letter of the decomposed syllable. */
const finalOf = (text: string): string => text.normalize('NFD')[2] ?? '';

describe('behind Hangul', () => {
  test('every syllable takes the particle of its final consonant', () => {
    fc.assert(
      fc.property(syllable, fc.constantFrom('', '`', '"', "'"), (text, quote) => {
        const closed = finalOf(text) !== '';
        const said = (form: string): string =>
          josa(`${quote}${text}${quote}${form}`).slice(text.length + 2 * quote.length);
        expect(said('은(는)')).toBe(closed ? '은' : '는');
        expect(said('이(가)')).toBe(closed ? '이' : '가');
        expect(said('을(를)')).toBe(closed ? '을' : '를');
        expect(said('와(과)')).toBe(closed ? '과' : '와');
        expect(said('(이)며')).toBe(closed ? '이며' : '며');
        expect(said('(으)로')).toBe(closed && finalOf(text) !== '\u11af' ? '으로' : '로');
      }),
    );
  });
});

test('whatever stands before it, a particle is one of its forms and nothing else changes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
      fc.pre(!/[()]/.test(before + after));
      const said = josa(`${before}을(를)${after}`);
      expect([`${before}을${after}`, `${before}를${after}`, `${before}을(를)${after}`]).toContain(said);
      expect(josa(said)).toBe(said);
    }),
  );
});

test.each([
  // Digits: 영 일 이 삼 사 오 육 칠 팔 구 십 백.
  ['0', '을'],
  ['linux/arm64', '를'],
  ['linux/amd64', '를'],
  ['linux/arm/v6', '을'],
  ['linux/arm/v7', '을'],
  ['127', '을'],
  ['10', '을'],
  ['1.2', '를'],
  // Acronyms, letter by letter.
  ['npm', '을'],
  ['S3', '을'],
  ['EKS', '를'],
  ['ECR', '을'],
  ['url', '을'],
  ['cmd', '를'],
  // Words by their sound.
  ['RUN', '을'],
  ['FROM', '을'],
  ['COPY', '를'],
  ['USER', '를'],
  ['SHELL', '을'],
  ['WORKDIR', '를'],
  ['ENTRYPOINT', '를'],
  ['Dockerfile', '을'],
  ['node', '를'],
  ['package.json', '을'],
  ['/usr/bin/tini', '를'],
  ['AWS Lambda', '를'],
  ['Google Cloud Run', '을'],
  ['AWS Fargate', '를'],
  ['server', '를'],
  ['engine', '을'],
  ['volume', '을'],
  ['image', '를'],
  ['app', '을'],
  ['git', '을'],
  ['{account}', '를'],
  ["['/app']", '을'],
  ['manifest', '를'],
  ['link', '를'],
  // What stands in brackets is not read.
  ['Heroku (Cedar)', '를'],
  ['최종 스테이지(linux/amd64)', '를'],
  // Nobody knows.
  ['/', '을(를)'],
  ['東京', '을(를)'],
  ['*', '을(를)'],
  ['', '을(를)'],
])('%s: %s', (word, particle) => {
  expect(josa(`\`${word}\`을(를) 씁니다`)).toBe(`\`${word}\`${particle} 씁니다`);
});

test('no sentence has a particle of one form behind a value', () => {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.includes('josa'),
  );
  expect(files.length).toBeGreaterThan(30);
  const fixed = files.flatMap((file) =>
    readFileSync(new URL(file, folder), 'utf8')
      .split('\n')
      .filter((line) => /\}(?:은|는|이|가|을|를|과|와|로|으로|라는|라고|이라는|이라고)(?=[ ,.])/.test(line)),
  );
  expect(fixed).toEqual([]);
});

test('ㄹ takes 로', () => {
  expect(josa('`Dockerfile`(으)로, 파일(으)로, 127(으)로, 이미지(으)로, 앱(으)로')).toBe(
    '`Dockerfile`로, 파일로, 127로, 이미지로, 앱으로',
  );
  expect(lastSound('레이어')).toBe('vowel');
});
