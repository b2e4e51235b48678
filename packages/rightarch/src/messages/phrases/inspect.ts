import type { Label, Text } from '../language.ts';

export const inspectPhrases = {
  annotations: { en: 'annotations', ja: 'アノテーション', ko: '어노테이션' },
  attestations: { en: 'attestations', ja: 'アテステーション', ko: 'attestation' },
  notStated: { en: '(kind not stated)', ja: '(種類の記載なし)', ko: '(종류 표시 없음)' },
  others: { en: 'other entries', ja: 'その他のエントリー', ko: '그 밖의 항목' },
  tags: { en: 'tags of the repository', ja: 'リポジトリのタグ', ko: '저장소의 태그' },
  referrers: { en: 'referrers', ja: 'リファラー', ko: 'referrer' },
  layers: { en: 'layers', ja: 'レイヤー', ko: '레이어' },
  size: { en: 'size', ja: 'サイズ', ko: '크기' },
  digest: { en: 'digest', ja: 'ダイジェスト', ko: '다이제스트' },
  mediaType: { en: 'media type', ja: 'メディアタイプ', ko: '미디어 타입' },
  madeBy: { en: 'made by', ja: '作成した命令', ko: '만든 명령' },
  sharedWith: { en: 'shared with', ja: '共有先', ko: '공유' },
  entrypoint: { en: 'entrypoint', ja: 'エントリーポイント', ko: '엔트리포인트' },
  command: { en: 'command', ja: 'コマンド', ko: '명령' },
  user: { en: 'user', ja: 'ユーザー', ko: '사용자' },
  directory: { en: 'directory', ja: 'ディレクトリ', ko: '디렉터리' },
  ports: { en: 'ports', ja: 'ポート', ko: '포트' },
  volumes: { en: 'volumes', ja: 'ボリューム', ko: '볼륨' },
  shell: { en: 'shell', ja: 'シェル', ko: '셸' },
  stopSignal: { en: 'stop signal', ja: '停止シグナル', ko: '종료 시그널' },
  healthcheck: { en: 'health check', ja: 'ヘルスチェック', ko: '헬스 체크' },
  onBuild: { en: 'on build', ja: 'ONBUILD', ko: 'ONBUILD' },
  created: { en: 'created', ja: '作成日時', ko: '만든 시각' },
  author: { en: 'author', ja: '作成者', ko: '작성자' },
  variables: { en: 'variables', ja: '環境変数', ko: '환경 변수' },
  labels: { en: 'labels', ja: 'ラベル', ko: '라벨' },
  config: { en: 'config', ja: 'config', ko: 'config' },
  history: { en: 'history', ja: '履歴', ko: '히스토리' },
  none: { en: '(none)', ja: '(なし)', ko: '(없음)' },
} satisfies Readonly<Record<string, Label>>;

export const inspectTexts = {
  about: {
    en: ({ what }) => `about ${what}`,
    ja: ({ what }) => `対象 ${what}`,
    ko: ({ what }) => `대상 ${what}`,
  } satisfies Text<{ what: string }>,
  history: {
    en: ({ entries, empty }) =>
      `${entries} ${entries === 1 ? 'entry' : 'entries'}${empty > 0 ? `, ${empty} without a layer` : ''}`,
    ja: ({ entries, empty }) => `${entries} 件${empty > 0 ? ` (うちレイヤーなし ${empty})` : ''}`,
    ko: ({ entries, empty }) => `${entries}개${empty > 0 ? `(레이어 없음 ${empty})` : ''}`,
  } satisfies Text<{ entries: number; empty: number }>,
  inLayers: {
    en: ({ bytes, layers }) => `${bytes} in ${layers} ${layers === 1 ? 'layer' : 'layers'}`,
    ja: ({ bytes, layers }) => `${bytes} (${layers} レイヤー)`,
    ko: ({ bytes, layers }) => `${bytes}(레이어 ${layers}개)`,
  } satisfies Text<{ bytes: string; layers: number }>,
  total: {
    en: ({ unique, sum }) => `${unique} to pull for all platforms, ${sum} if nothing were shared`,
    ja: ({ unique, sum }) => `全プラットフォームの pull 量 ${unique} (共有がない場合 ${sum})`,
    ko: ({ unique, sum }) => `모든 플랫폼을 pull할 때 ${unique}(공유가 없다면 ${sum})`,
  } satisfies Text<{ unique: string; sum: string }>,
};
