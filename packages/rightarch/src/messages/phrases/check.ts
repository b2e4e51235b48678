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
  chain: {
    en: 'built for → published as → run on',
    ja: 'ビルド対象 → 公開先 → 実行先',
    ko: '빌드 대상 → 게시 위치 → 실행 위치',
  },
  builderDecides: {
    en: 'the CPU of whoever builds it',
    ja: 'ビルドするマシンの CPU',
    ko: '빌드하는 머신의 CPU',
  },
  nameUnseen: { en: 'no name in the sources', ja: 'ソースに名前なし', ko: '소스에 이름 없음' },
  mended: { en: 'mended', ja: '修正', ko: '수정' },
  asked: { en: 'asked for', ja: '指定', ko: '지정' },
  assumed: {
    en: 'nobody says where it runs',
    ja: '実行先の指定なし',
    ko: '실행하는 곳을 알 수 없음',
  },
} satisfies Readonly<Record<string, Label>>;

export const checkTexts = {
  /** What `--write-baseline` says, with what to type from then on. */
  baselineWritten: {
    en: ({ findings, file }) =>
      `${findings} ${findings === 1 ? 'finding is' : 'findings are'} known from now on; \`rightarch check --baseline ${file}\` tells only of others`,
    ja: ({ findings, file }) =>
      `既知の指摘 ${findings} 件を記録しました。今後は \`rightarch check --baseline ${file}\` で、それ以外の指摘だけを表示します`,
    ko: ({ findings, file }) =>
      `알려진 지적 ${findings}개를 기록했습니다. 이제부터 \`rightarch check --baseline ${file}\`로 그 밖의 지적만 표시합니다`,
  } satisfies Text<{ findings: number; file: string }>,
  /** Entries of the baseline that nothing answers to any more. */
  mendedSince: {
    en: ({ times, file }) =>
      `${times} of the baseline ${times === 1 ? 'is' : 'are'} mended; \`rightarch check --write-baseline ${file}\` takes ${times === 1 ? 'it' : 'them'} out`,
    ja: ({ times, file }) =>
      `ベースラインのうち ${times} 件は解消しています。\`rightarch check --write-baseline ${file}\` で取り除けます`,
    ko: ({ times, file }) =>
      `베이스라인 중 ${times}개는 해결되었습니다. \`rightarch check --write-baseline ${file}\`로 제거할 수 있습니다`,
  } satisfies Text<{ times: number; file: string }>,
  /** `Judged for linux/arm64 (Lambda api, terraform/main.tf:1)`. */
  judgedFor: {
    en: ({ platforms }) => `Judged for ${platforms}`,
    ja: ({ platforms }) => `対象: ${platforms}`,
    ko: ({ platforms }) => `대상: ${platforms}`,
  } satisfies Text<{ platforms: string }>,
  /** `Packages for linux/arm64: 812 in 3 lockfiles, 2 of them without a build`. */
  ready: {
    en: ({ platform, files, packages, lacking, unseen }) =>
      `Packages for ${platform}: ${packages} in ${files} ${files === 1 ? 'lockfile' : 'lockfiles'}, ${lacking === 0 ? 'none seen without a build' : `${lacking} without a build`}${unseen > 0 ? `, ${unseen} not to be seen` : ''}`,
    ja: ({ platform, files, packages, lacking, unseen }) =>
      `${platform} 用のパッケージ: ロックファイル ${files} 件に ${packages} 個、${lacking === 0 ? 'ビルドのないものは見つかっていません' : `ビルドのないもの ${lacking} 個`}${unseen > 0 ? `、判断できないもの ${unseen} 個` : ''}`,
    ko: ({ platform, files, packages, lacking, unseen }) =>
      `${platform}용 패키지: 잠금 파일 ${files}개에 ${packages}개, ${lacking === 0 ? '빌드가 없는 것은 보이지 않음' : `빌드가 없는 것 ${lacking}개`}${unseen > 0 ? `, 판단 불가 ${unseen}개` : ''}`,
  } satisfies Text<{ platform: string; files: number; packages: number; lacking: number; unseen: number }>,
  summary: {
    en: ({ errors, warnings, undecided, suppressed, files }) =>
      `${[
        `${errors} ${errors === 1 ? 'error' : 'errors'}`,
        `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
        ...(undecided > 0 ? [`${undecided} undecided`] : []),
        ...(suppressed > 0 ? [`${suppressed} silenced`] : []),
      ].join(
        ', ',
      )}${files === 0 ? '' : ` in ${files} ${files === 1 ? 'Dockerfile' : 'Dockerfiles'} and what goes with them`}`,
    ja: ({ errors, warnings, undecided, suppressed, files }) =>
      (files === 0 ? '' : `Dockerfile ${files} 件と関連ファイルに`) +
      [
        `エラー ${errors} 件`,
        `警告 ${warnings} 件`,
        ...(undecided > 0 ? [`判断できないもの ${undecided} 件`] : []),
        ...(suppressed > 0 ? [`抑制 ${suppressed} 件`] : []),
      ].join('、'),
    ko: ({ errors, warnings, undecided, suppressed, files }) =>
      (files === 0 ? '' : `Dockerfile ${files}개와 관련 파일에서 `) +
      [
        `오류 ${errors}개`,
        `경고 ${warnings}개`,
        ...(undecided > 0 ? [`판단 불가 ${undecided}개`] : []),
        ...(suppressed > 0 ? [`무시 ${suppressed}개`] : []),
      ].join(', '),
  } satisfies Text<{ errors: number; warnings: number; undecided: number; suppressed: number; files: number }>,
} as const;
