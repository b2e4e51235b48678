import type { Label, Text } from '../language.ts';

export const diffPhrases = {
  files: { en: 'files', ja: 'ファイル数', ko: '파일 수' },
  size: { en: 'size', ja: 'サイズ', ko: '크기' },
  programs: { en: 'machine code', ja: '機械語ファイル', ko: '기계어 파일' },
  absent: { en: '(not there)', ja: '(なし)', ko: '(없음)' },
  sameCode: {
    en: 'the same CPU on both sides (suspicious)',
    ja: '両方で同じ CPU 用の機械語 (要確認)',
    ko: '양쪽이 같은 CPU용인 기계어(확인 필요)',
  },
  packages: {
    en: 'package versions that differ',
    ja: 'バージョンの異なるパッケージ',
    ko: '버전이 다른 패키지',
  },
  kinds: {
    en: 'the same path, another kind of thing',
    ja: '同じパスで種類が異なるもの',
    ko: '경로는 같지만 종류가 다른 것',
  },
  sizes: {
    en: 'files without machine code that differ in size',
    ja: 'サイズの異なるファイル (機械語以外)',
    ko: '크기가 다른 파일(기계어 제외)',
  },
  allSizes: { en: 'files that differ in size', ja: 'サイズの異なるファイル', ko: '크기가 다른 파일' },
  nothingAtAll: { en: 'nothing differs', ja: '違いはありません', ko: '다른 점이 없습니다' },
  nothing: {
    en: 'nothing differs but the machine code itself',
    ja: '機械語そのもの以外に違いはありません',
    ko: '기계어 자체를 빼면 다른 점이 없습니다',
  },
  unsuspicious: {
    en: 'no machine code of one CPU stands on both sides',
    ja: '両方に同じ CPU 用の機械語が置かれている箇所はありません',
    ko: '양쪽에 같은 CPU용 기계어가 놓인 곳은 없습니다',
  },
  contents: {
    en: 'compared by path, kind, CPU, size and package version; text of equal size is not compared',
    ja: '比較したもの: パス、種類、CPU、サイズ、パッケージのバージョン。サイズが同じテキストの内容は比較していません',
    ko: '비교한 것: 경로, 종류, CPU, 크기, 패키지 버전. 크기가 같은 텍스트의 내용은 비교하지 않았습니다',
  },
} satisfies Readonly<Record<string, Label>>;

export const diffTexts = {
  only: {
    en: ({ side }) => `only in ${side}`,
    ja: ({ side }) => `${side} だけにあるもの`,
    ko: ({ side }) => `${side}에만 있는 것`,
  } satisfies Text<{ side: string }>,
  files: {
    en: ({ count }) => `${count} ${count === 1 ? 'file' : 'files'}`,
    ja: ({ count }) => `${count} ファイル`,
    ko: ({ count }) => `파일 ${count}개`,
  } satisfies Text<{ count: number }>,
  layer: {
    en: ({ number }) => `layer ${number}`,
    ja: ({ number }) => `レイヤー ${number}`,
    ko: ({ number }) => `레이어 ${number}`,
  } satisfies Text<{ number: number }>,
  layers: {
    en: ({ left, right }) => `layer ${left} and layer ${right}`,
    ja: ({ left, right }) => `レイヤー ${left} とレイヤー ${right}`,
    ko: ({ left, right }) => `레이어 ${left}, 레이어 ${right}`,
  } satisfies Text<{ left: number; right: number }>,
  sameLayer: {
    en: ({ number }) => `the very same layer ${number}`,
    ja: ({ number }) => `まったく同じレイヤー ${number}`,
    ko: ({ number }) => `완전히 같은 레이어 ${number}`,
  } satisfies Text<{ number: number }>,
  wrongOn: {
    en: ({ side }) => `cannot run on ${side ?? 'either'}`,
    ja: ({ side }) => (side === undefined ? 'どちらでも実行できません' : `${side} では実行できません`),
    ko: ({ side }) => (side === undefined ? '어느 쪽에서도 실행할 수 없음' : `${side}에서 실행할 수 없음`),
  } satisfies Text<{ side: string | undefined }>,
  more: {
    en: ({ count }) => `… and ${count} more: --json has all of them`,
    ja: ({ count }) => `… ほか ${count} 件 (--json ですべて表示)`,
    ko: ({ count }) => `… 외 ${count}건(--json으로 모두 표시)`,
  } satisfies Text<{ count: number }>,
  suspicious: {
    en: ({ count }) =>
      `${count} ${count === 1 ? 'file is' : 'files are'} for one CPU on both sides: \`rightarch verify\` tells whether anything loads ${count === 1 ? 'it' : 'them'}`,
    ja: ({ count }) =>
      `${count} 個のファイルが両方で同じ CPU 用です。実際に読み込まれるかどうかは \`rightarch verify\` で確認できます`,
    ko: ({ count }) =>
      `파일 ${count}개가 양쪽 모두 같은 CPU용입니다. 실제로 불러오는지는 \`rightarch verify\`로 확인할 수 있습니다`,
  } satisfies Text<{ count: number }>,
  twins: {
    en: ({ count }) =>
      `${count} ${count === 1 ? 'file has its' : 'files have their'} counterpart under the name of the other CPU`,
    ja: ({ count }) => `${count} 個のファイルは、もう一方の CPU 名のパスに対応するファイルがあります`,
    ko: ({ count }) => `파일 ${count}개는 다른 CPU 이름의 경로에 대응하는 파일이 있습니다`,
  } satisfies Text<{ count: number }>,
};
