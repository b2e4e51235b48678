import type { Label, Text } from '../language.ts';

/** Whether the machine in front of the reader would have shown what is wrong. */
export const sightWords = {
  shown: { en: 'shown', ja: '表面化する', ko: '드러남' },
  hidden: { en: 'hidden', ja: '隠れる', ko: '가려짐' },
  differs: { en: 'shown otherwise', ja: '別の形で表面化', ko: '다르게 드러남' },
  depends: { en: 'depends', ja: '環境次第', ko: '환경에 따라 다름' },
} satisfies Readonly<Record<string, Label>>;

interface Why {
  readonly by: 'rosetta' | 'qemu' | undefined;
  readonly platforms: readonly string[];
}

const NAMES = { rosetta: 'Rosetta', qemu: 'QEMU' } as const;
const nameOf = (by: Why['by']): string => (by === undefined ? 'QEMU' : NAMES[by]);

export const sightReasons = {
  same: {
    en: () => 'the same fails here',
    ja: () => 'ここでも同じように失敗します',
    ko: () => '여기서도 똑같이 실패합니다',
  },
  'same-emulated': {
    en: ({ by }) => `${nameOf(by)} runs this platform here, and the same fails in it`,
    ja: ({ by }) => `ここでは ${nameOf(by)} で動き、同じように失敗します`,
    ko: ({ by }) => `여기서는 ${nameOf(by)}(으)로 실행되고 똑같이 실패합니다`,
  },
  'runs-them': {
    en: ({ by, platforms }) =>
      by === undefined
        ? `its programs for ${platforms.join(', ')} run on this CPU`
        : `${nameOf(by)} runs its programs for ${platforms.join(', ')} here`,
    ja: ({ by, platforms }) =>
      by === undefined
        ? `${platforms.join('、')} 用のプログラムはこの CPU で動きます`
        : `${platforms.join('、')} 用のプログラムはここでは ${nameOf(by)} で動きます`,
    ko: ({ by, platforms }) =>
      by === undefined
        ? `${platforms.join(', ')}용 프로그램이 이 CPU에서 실행됩니다`
        : `${platforms.join(', ')}용 프로그램이 여기서는 ${nameOf(by)}(으)로 실행됩니다`,
  },
  'takes-own': {
    en: ({ platforms }) => `this machine takes the entry for ${platforms.join(', ')}`,
    ja: ({ platforms }) => `このマシンでは ${platforms.join('、')} のエントリーが使われます`,
    ko: ({ platforms }) => `이 머신에서는 ${platforms.join(', ')} 항목이 쓰입니다`,
  },
  'runtime-only': {
    en: () => 'only that runtime refuses it',
    ja: () => '拒否するのはそのランタイムだけです',
    ko: () => '그 런타임만 거부합니다',
  },
  'emulator-words': {
    en: () => 'the emulator here has words of its own for it',
    ja: () => 'ここではエミュレーターが独自のメッセージを出します',
    ko: () => '여기서는 에뮬레이터가 고유한 메시지를 냅니다',
  },
  binfmt: {
    en: ({ platforms }) =>
      `it depends on whether an emulator ${platforms.length > 0 ? `for ${platforms.join(', ')} ` : ''}is registered here (binfmt_misc)`,
    ja: ({ platforms }) =>
      `${platforms.length > 0 ? `${platforms.join('、')} 用の` : ''}エミュレーターがここに登録されているか (binfmt_misc) によります`,
    ko: ({ platforms }) =>
      `${platforms.length > 0 ? `${platforms.join(', ')}용 ` : ''}에뮬레이터가 여기에 등록되어 있는지(binfmt_misc)에 따라 다릅니다`,
  },
  cpu: {
    en: () => 'it depends on what the CPU here has',
    ja: () => 'このマシンの CPU が対応する命令によります',
    ko: () => '이 머신의 CPU가 지원하는 명령어에 따라 다릅니다',
  },
  'page-size': {
    en: () => 'the kernel here has smaller pages',
    ja: () => 'このマシンのカーネルはページサイズがより小さいためです',
    ko: () => '이 머신의 커널은 페이지 크기가 더 작기 때문입니다',
  },
  'kernel-pages': {
    en: () => 'it depends on the page size of the kernel here: `getconf PAGESIZE` in a container tells it',
    ja: () => 'このマシンのカーネルのページサイズによります (コンテナで `getconf PAGESIZE` を実行すると分かります)',
    ko: () => '이 머신의 커널 페이지 크기에 따라 다릅니다(컨테이너에서 `getconf PAGESIZE`로 확인)',
  },
} satisfies Readonly<Record<string, Text<Why>>>;

export const seenTexts = {
  question: {
    en: ({ system, platform }) => `Would this machine have shown it? (${system}, containers as ${platform})`,
    ja: ({ system, platform }) => `このマシンで気付けたか (${system}、コンテナは ${platform})`,
    ko: ({ system, platform }) => `이 머신에서 드러났을까(${system}, 컨테이너는 ${platform})`,
  } satisfies Text<{ system: string; platform: string }>,
};
