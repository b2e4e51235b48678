import { code, q } from '../code.ts';

export const cliCodes = {
  'cli/internal': code<{ where: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A bug in rightarch', ja: 'rightarch の不具合', ko: 'rightarch의 버그' },
    message: {
      en: ({ where }) => `rightarch itself failed in ${q(where)}; your image and your files are not to blame`,
      ja: ({ where }) => `rightarch 自身が ${q(where)} で失敗しました。イメージやファイルの問題ではありません`,
      ko: ({ where }) => `rightarch 자체가 ${q(where)}에서 실패했습니다. 이미지나 파일의 문제가 아닙니다`,
    },
    fix: {
      en: () =>
        'Run it again with `--verbose` and report what it prints at https://github.com/rightarch/rightarch/issues',
      ja: () =>
        '`--verbose` を付けて再実行し、その出力を https://github.com/rightarch/rightarch/issues に報告してください',
      ko: () =>
        '`--verbose`를 붙여 다시 실행하고 출력 내용을 https://github.com/rightarch/rightarch/issues 에 알려 주세요',
    },
  }),
} as const;
