import { josa } from '../josa.ts';
import type { Label, Text } from '../language.ts';

export const machinePhrases = {
  platform: { en: 'platform', ja: 'プラットフォーム', ko: '플랫폼' },
  programs: { en: 'its programs run', ja: 'プログラムの実行', ko: '프로그램 실행' },
  native: { en: 'natively', ja: 'ネイティブ', ko: '네이티브' },
  emulated: { en: 'emulated', ja: 'エミュレーション', ko: '에뮬레이션' },
  not: { en: 'not at all', ja: '不可', ko: '불가' },
  unknown: { en: 'not known from here', ja: 'ここからは不明', ko: '여기서는 알 수 없음' },
  emulators: { en: 'emulators of this kernel', ja: 'このカーネルのエミュレーター', ko: '이 커널의 에뮬레이터' },
  noEmulators: { en: 'none is registered', ja: '登録なし', ko: '등록된 것 없음' },
  unseen: {
    en: 'not to be seen here (binfmt_misc is not mounted, or this is no Linux)',
    ja: 'ここでは確認できません (binfmt_misc が未マウント、または Linux ではない)',
    ko: '여기서는 볼 수 없음(binfmt_misc가 마운트되지 않았거나 Linux가 아님)',
  },
  engines: { en: 'engines', ja: 'エンジン', ko: '엔진' },
  embedded: {
    en: 'any platform, without emulation and without running its programs',
    ja: '全プラットフォーム対応。エミュレーションも対象プログラムの実行もしない',
    ko: '모든 플랫폼. 에뮬레이션도, 대상 프로그램 실행도 없음',
  },
  noDocker: { en: 'no docker here', ja: 'docker なし', ko: 'docker 없음' },
  noAnswer: { en: 'the engine does not answer', ja: 'エンジンが応答しません', ko: '엔진이 응답하지 않음' },
  builders: {
    en: 'builders that are named here, and what they run',
    ja: '指定されたビルダーと、実行できるプラットフォーム',
    ko: '지정된 빌더와 실행할 수 있는 플랫폼',
  },
  silent: { en: 'does not answer', ja: '応答なし', ko: '응답 없음' },
  unmade: {
    en: 'not there yet: the first build makes it',
    ja: '未作成: 最初のビルドで作成',
    ko: '아직 없음: 첫 빌드에서 만듦',
  },
  noBuilder: {
    en: 'no builder that can hand over what it builds',
    ja: 'ビルド結果を取り出せるビルダーなし',
    ko: '빌드 결과를 내줄 수 있는 빌더 없음',
  },
  nothing: { en: 'Nothing is missing.', ja: '足りないものはありません。', ko: '부족한 것이 없습니다.' },
  done: { en: 'done', ja: '実行', ko: '실행함' },
  failed: { en: 'did not work', ja: '失敗', ko: '실패' },
} satisfies Readonly<Record<string, Label>>;

export const machineTexts = {
  elsewhere: {
    en: ({ platform }) => `Docker's engine is on another machine, where containers run as ${platform}`,
    ja: ({ platform }) => `Docker のエンジンは別のマシンにあり、そこではコンテナーは ${platform} として動作します`,
    ko: ({ platform }) => josa(`Docker 엔진은 다른 머신에 있고, 거기서 컨테이너는 ${platform}(으)로 실행됩니다`),
  } satisfies Text<{ platform: string }>,
  host: {
    en: ({ platform }) => `containers run as ${platform} here`,
    ja: ({ platform }) => `ここではコンテナーは ${platform} として動作します`,
    ko: ({ platform }) => josa(`여기서 컨테이너는 ${platform}(으)로 실행됩니다`),
  } satisfies Text<{ platform: string }>,
};
