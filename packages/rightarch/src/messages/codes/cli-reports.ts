import { code, q } from '../code.ts';

const platformsIn = (
  images: readonly { readonly name: string; readonly platforms: readonly string[] }[],
  has: string,
  none: string,
): string => images.map(({ name, platforms }) => `${q(name)} ${has} ${platforms.join(', ') || none}`).join('; ');

/** What is wrong with a request for a report. */
export const cliReportCodes = {
  'cli/nothing-to-compare': code<{
    images: readonly { readonly name: string; readonly platforms: readonly string[] }[];
    /** Each image was to be compared with itself, not one with the other. */
    alone: boolean;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'There are no two platforms to compare',
      ja: '比較できる 2 つのプラットフォームがない',
      ko: '비교할 플랫폼 두 개가 없음',
    },
    message: {
      en: ({ images, alone }) =>
        alone
          ? `Two platforms of one image are needed; ${platformsIn(images, 'has', 'none')}`
          : `The two images have no platform in common: ${platformsIn(images, 'has', 'none')}`,
      ja: ({ images, alone }) =>
        alone
          ? `1 つのイメージに 2 つのプラットフォームが必要です (${platformsIn(images, ':', 'なし')})`
          : `2 つのイメージに共通のプラットフォームがありません (${platformsIn(images, ':', 'なし')})`,
      ko: ({ images, alone }) =>
        alone
          ? `한 이미지에 플랫폼이 두 개 필요합니다(${platformsIn(images, ':', '없음')})`
          : `두 이미지에 공통된 플랫폼이 없습니다(${platformsIn(images, ':', '없음')})`,
    },
    fix: {
      en: () => 'Name an image of several platforms, or two images: `rightarch diff IMAGE IMAGE`',
      ja: () =>
        '複数のプラットフォームを持つイメージか、2 つのイメージを指定してください: `rightarch diff IMAGE IMAGE`',
      ko: () => '플랫폼이 여러 개인 이미지를 지정하거나 이미지 두 개를 지정하세요: `rightarch diff IMAGE IMAGE`',
    },
  }),
} as const;
