import type { Label, Text } from '../language.ts';

export const checkPhrases = {
  undecided: { en: 'Not to be seen from here', ja: 'ここからは判断できないもの', ko: '여기서는 판단할 수 없는 것' },
  nothing: {
    en: 'No mistake about CPUs was found.',
    ja: 'CPU に関する問題は見つかりませんでした。',
    ko: 'CPU와 관련된 문제를 찾지 못했습니다.',
  },
  noDockerfile: {
    en: 'There is no Dockerfile here; `check` reads sources, and `verify IMAGE` reads images.',
    ja: 'ここに Dockerfile はありません。`check` はソースを、`verify イメージ` はイメージを調べます。',
    ko: '여기에는 Dockerfile이 없습니다. `check`는 소스를, `verify 이미지`는 이미지를 검사합니다.',
  },
  mended: { en: 'mended', ja: '修正', ko: '수정' },
  asked: { en: 'asked for', ja: '指定', ko: '지정' },
  assumed: {
    en: 'nobody says where it runs',
    ja: '実行先の指定なし',
    ko: '실행하는 곳을 알 수 없음',
  },
} satisfies Readonly<Record<string, Label>>;

export const checkTexts = {
  /** `Judged for linux/arm64 (Lambda api, terraform/main.tf:1)`. */
  judgedFor: {
    en: ({ platforms }) => `Judged for ${platforms}`,
    ja: ({ platforms }) => `対象: ${platforms}`,
    ko: ({ platforms }) => `대상: ${platforms}`,
  } satisfies Text<{ platforms: string }>,
  summary: {
    en: ({ errors, warnings, undecided, suppressed, files }) =>
      `${[
        `${errors} ${errors === 1 ? 'error' : 'errors'}`,
        `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
        ...(undecided > 0 ? [`${undecided} undecided`] : []),
        ...(suppressed > 0 ? [`${suppressed} silenced`] : []),
      ].join(', ')} in ${files} ${files === 1 ? 'Dockerfile' : 'Dockerfiles'} and what goes with them`,
    ja: ({ errors, warnings, undecided, suppressed, files }) =>
      `Dockerfile ${files} 件と関連ファイルに` +
      [
        `エラー ${errors} 件`,
        `警告 ${warnings} 件`,
        ...(undecided > 0 ? [`判断できないもの ${undecided} 件`] : []),
        ...(suppressed > 0 ? [`抑制 ${suppressed} 件`] : []),
      ].join('、'),
    ko: ({ errors, warnings, undecided, suppressed, files }) =>
      `Dockerfile ${files}개와 관련 파일에서 ` +
      [
        `오류 ${errors}개`,
        `경고 ${warnings}개`,
        ...(undecided > 0 ? [`판단 불가 ${undecided}개`] : []),
        ...(suppressed > 0 ? [`무시 ${suppressed}개`] : []),
      ].join(', '),
  } satisfies Text<{ errors: number; warnings: number; undecided: number; suppressed: number; files: number }>,
} as const;
