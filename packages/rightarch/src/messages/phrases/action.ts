import type { Text } from '../language.ts';

/** What the action for GitHub says by itself. */
export const actionTexts = {
  /** Of an input that build-push-action has and this build does not act on. */
  unused: {
    en: ({ name }) =>
      name === 'provenance'
        ? 'provenance: no attestation is made; the image is published as it was proven'
        : `${name}: not used; the embedded engine keeps its layers in $RIGHTARCH_CACHE, which actions/cache can keep`,
    ja: ({ name }) =>
      name === 'provenance'
        ? 'provenance: アテステーションは作成せず、証明したとおりのイメージを公開します'
        : `${name}: 使用しません。内蔵エンジンはレイヤーを $RIGHTARCH_CACHE に保存します (actions/cache で保持できます)`,
    ko: ({ name }) =>
      name === 'provenance'
        ? 'provenance: 증명(attestation)을 만들지 않고, 검증한 이미지를 그대로 게시합니다'
        : `${name}: 사용하지 않습니다. 내장 엔진은 레이어를 $RIGHTARCH_CACHE에 저장하며 actions/cache로 보관할 수 있습니다`,
  } satisfies Text<{ name: string }>,
} as const;
