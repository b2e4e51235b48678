import type { Label, Text } from '../language.ts';

/** Headings of the page that `verify --html` writes. */
export const htmlPhrases = {
  runs: { en: 'Does it run?', ja: '動くか', ko: '실행되는가' },
  findings: { en: 'What was found', ja: '見つかった問題', ko: '발견한 문제' },
  answered: { en: 'On purpose', ja: '意図したもの', ko: '의도한 것' },
  made: { en: 'What it is made of', ja: 'イメージの構成', ko: '이미지 구성' },
  checked: { en: 'What was checked', ja: '検査した項目', ko: '검사한 항목' },
  where: { en: 'where', ja: '場所', ko: '위치' },
  notAsked: { en: 'not asked', ja: '対象外', ko: '대상 아님' },
  madeBy: { en: 'Made by', ja: '作成:', ko: '생성:' },
} satisfies Readonly<Record<string, Label>>;

export const htmlTexts = {
  steps: {
    en: ({ count }) => `${count} ${count === 1 ? 'check' : 'checks'}`,
    ja: ({ count }) => `${count} 項目`,
    ko: ({ count }) => `${count}개 항목`,
  } satisfies Text<{ count: number }>,
  holds: {
    en: ({ holds }) => (holds === 'unknown' ? 'not known' : holds ? 'holds' : 'does not hold'),
    ja: ({ holds }) => (holds === 'unknown' ? '不明' : holds ? '成立' : '不成立'),
    ko: ({ holds }) => (holds === 'unknown' ? '알 수 없음' : holds ? '성립' : '불성립'),
  } satisfies Text<{ holds: boolean | 'unknown' }>,
};
