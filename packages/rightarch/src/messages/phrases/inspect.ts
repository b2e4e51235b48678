import type { Label, Text } from '../language.ts';

export const inspectPhrases = {
  attestations: { en: 'attestations', ja: 'アテステーション', ko: 'attestation' },
  others: { en: 'other entries', ja: 'その他のエントリー', ko: '그 밖의 항목' },
  layers: { en: 'layers', ja: 'レイヤー', ko: '레이어' },
  size: { en: 'size', ja: 'サイズ', ko: '크기' },
  digest: { en: 'digest', ja: 'ダイジェスト', ko: '다이제스트' },
  madeBy: { en: 'made by', ja: '作成した命令', ko: '만든 명령' },
  sharedWith: { en: 'shared with', ja: '共有先', ko: '공유' },
  entrypoint: { en: 'entrypoint', ja: 'エントリーポイント', ko: '엔트리포인트' },
  command: { en: 'command', ja: 'コマンド', ko: '명령' },
  user: { en: 'user', ja: 'ユーザー', ko: '사용자' },
  directory: { en: 'directory', ja: 'ディレクトリ', ko: '디렉터리' },
  ports: { en: 'ports', ja: 'ポート', ko: '포트' },
  created: { en: 'created', ja: '作成日時', ko: '만든 시각' },
  variables: { en: 'variables', ja: '環境変数', ko: '환경 변수' },
  none: { en: '(none)', ja: '(なし)', ko: '(없음)' },
} satisfies Readonly<Record<string, Label>>;

export const inspectTexts = {
  total: {
    en: ({ unique, sum }) => `${unique} to pull for all platforms, ${sum} if nothing were shared`,
    ja: ({ unique, sum }) => `全プラットフォームの pull 量 ${unique} (共有がない場合 ${sum})`,
    ko: ({ unique, sum }) => `모든 플랫폼을 pull할 때 ${unique}(공유가 없다면 ${sum})`,
  } satisfies Text<{ unique: string; sum: string }>,
};
