import type { Label, Language, Text } from '../language.ts';

/** The words around diagnostics: labels of lines, places, counts. */
export const reportPhrases = {
  error: { en: 'error', ja: 'エラー', ko: '오류' },
  warning: { en: 'warning', ja: '警告', ko: '경고' },
  note: { en: 'note', ja: '参考', ko: '참고' },
  fix: { en: 'fix', ja: '対処', ko: '조치' },
  because: { en: 'because', ja: '原因', ko: '원인' },
  onPurpose: { en: 'if on purpose', ja: '意図どおりの場合', ko: '의도한 것이라면' },
  docs: { en: 'docs', ja: '説明', ko: '설명' },
} satisfies Readonly<Record<string, Label>>;

export const reportTexts = {
  layer: {
    en: ({ number, of }) => `layer ${number} of ${of}`,
    ja: ({ number, of }) => `レイヤー ${number}/${of}`,
    ko: ({ number, of }) => `레이어 ${number}/${of}`,
  } satisfies Text<{ number: number; of: number }>,
  findings: {
    en: ({ errors, warnings }) =>
      [count(errors, 'error', 'errors'), count(warnings, 'warning', 'warnings')].filter(Boolean).join(', ') ||
      'no findings',
    ja: ({ errors, warnings }) =>
      [errors ? `エラー ${errors} 件` : '', warnings ? `警告 ${warnings} 件` : ''].filter(Boolean).join('、') ||
      '指摘なし',
    ko: ({ errors, warnings }) =>
      [errors ? `오류 ${errors}건` : '', warnings ? `경고 ${warnings}건` : ''].filter(Boolean).join(', ') ||
      '지적 사항 없음',
  } satisfies Text<{ errors: number; warnings: number }>,
};

function count(n: number, one: string, many: string): string {
  return n === 0 ? '' : `${n} ${n === 1 ? one : many}`;
}

/** `A, B and C`. */
export function inOneLine(names: readonly string[], language: Language): string {
  const [last = '', ...others] = [...names].reverse();
  if (language !== 'en' || others.length === 0) return names.join(language === 'ja' ? '、' : ', ');
  return `${others.reverse().join(', ')} and ${last}`;
}
