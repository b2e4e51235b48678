import { expect, test } from 'vitest';
import { chooseLanguage, parseLanguage, type Text } from './language.ts';

test.each([
  ['ja', 'ja'],
  ['ja_JP.UTF-8', 'ja'],
  ['KO-kr', 'ko'],
  ['en@posix', 'en'],
  ['C', undefined],
  ['POSIX', undefined],
  ['fr_FR', undefined],
  ['japanese', undefined],
  ['', undefined],
  [undefined, undefined],
] as const)('%j is %j', (text, language) => expect(parseLanguage(text)).toBe(language));

test.each([
  ['the flag', { flag: 'ko', configured: 'ja' }, { LC_ALL: 'en_US' }, 'ko'],
  ['the configuration where the flag names none of ours', { flag: 'fr', configured: 'ja' }, {}, 'ja'],
  ['LC_ALL before LC_MESSAGES', {}, { LC_ALL: 'ja_JP', LC_MESSAGES: 'ko_KR', LANG: 'en' }, 'ja'],
  ['LC_MESSAGES before LANG', {}, { LC_ALL: '', LC_MESSAGES: 'ko_KR', LANG: 'ja' }, 'ko'],
  ['LANG', {}, { LANG: 'ja_JP.UTF-8' }, 'ja'],
  ['English where the locale that decides is none of ours', {}, { LC_ALL: 'C', LANG: 'ja_JP' }, 'en'],
  ['English where nothing is said', {}, {}, 'en'],
] as const)('chosen by %s', (_, asked, environment, language) =>
  expect(chooseLanguage(asked, environment)).toBe(language),
);

test('a sentence that lacks a language does not compile', () => {
  // @ts-expect-error: Korean is missing; `npm run types` fails here as soon as that is allowed.
  const text: Text<{ name: string }> = { en: ({ name }) => name, ja: ({ name }) => name };
  expect(Object.keys(text)).toEqual(['en', 'ja']);
});
