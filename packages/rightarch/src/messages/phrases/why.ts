import type { Label, Text } from '../language.ts';

export const whyPhrases = {
  entry: { en: 'index', ja: 'インデックス', ko: '인덱스' },
  manifest: { en: 'manifest', ja: 'マニフェスト', ko: '매니페스트' },
  config: { en: 'config', ja: 'config', ko: 'config' },
  taken: { en: 'takes', ja: '選ばれるもの', ko: '선택되는 것' },
  command: { en: 'command', ja: 'コマンド', ko: '명령' },
  definition: { en: 'definition', ja: '定義', ko: '정의' },
} satisfies Readonly<Record<string, Label>>;

/** Why machine code for another CPU is there on purpose, by the rule that says so. */
export const purposeWords = {
  stated: { en: 'stated', ja: '明示的な指定', ko: '직접 지정' },
  'another-system': {
    en: 'for another operating system',
    ja: '別の OS 用',
    ko: '다른 운영 체제용',
  },
  multiarch: {
    en: "a second architecture's libraries, beside the platform's own",
    ja: '追加アーキテクチャのライブラリ (本来のライブラリもあり)',
    ko: '추가 아키텍처의 라이브러리(원래 라이브러리도 있음)',
  },
  multilib: {
    en: "libraries for 32 bits, beside the platform's own",
    ja: '32 ビット用ライブラリ (本来のライブラリもあり)',
    ko: '32비트용 라이브러리(원래 라이브러리도 있음)',
  },
  firmware: {
    en: 'for a machine that an emulator or a boot loader starts',
    ja: 'エミュレーターやブートローダーが起動するマシン用',
    ko: '에뮬레이터나 부트로더가 시작하는 머신용',
  },
  'go-test-data': {
    en: 'what the tests of Go code read',
    ja: 'Go のテストが読むデータ',
    ko: 'Go 테스트가 읽는 데이터',
  },
  'rust-target': {
    en: "Rust's libraries for another target, beside its own",
    ja: 'Rust の別ターゲット用ライブラリ (本来のものもあり)',
    ko: 'Rust의 다른 타깃용 라이브러리(원래 것도 있음)',
  },
  'named-directory': {
    en: 'in a directory named for its CPU, with one for the right one',
    ja: '名前に CPU を含むディレクトリ内、該当 CPU 用のディレクトリもあり',
    ko: '이름에 CPU가 있는 디렉터리 안, 알맞은 CPU용 디렉터리도 있음',
  },
  'debugger-attach': {
    en: 'injected by debugpy, never imported',
    ja: 'debugpy がプロセスに注入するもの (import されない)',
    ko: 'debugpy가 프로세스에 주입하는 것(import되지 않음)',
  },
  'dotnet-rids': {
    en: 'for another runtime identifier of .NET, the right one beside it',
    ja: '.NET の別の RID 用 (該当 RID 用もあり)',
    ko: '.NET의 다른 RID용(알맞은 것도 있음)',
  },
  'cross-toolchain': {
    en: 'target libraries of a cross compiler',
    ja: 'クロスコンパイラーのターゲット用ライブラリ',
    ko: '크로스 컴파일러의 타깃용 라이브러리',
  },
  prebuilds: {
    en: 'prebuilt for several CPUs, the right one beside it',
    ja: '複数 CPU 向けの prebuilds (該当 CPU 用もあり)',
    ko: '여러 CPU용 prebuilds(알맞은 것도 있음)',
  },
  'prisma-engines': {
    en: 'engines of Prisma for several CPUs, the right one beside it',
    ja: '複数 CPU 向けの Prisma エンジン (該当 CPU 用もあり)',
    ko: '여러 CPU용 Prisma 엔진(알맞은 것도 있음)',
  },
  'named-twin': {
    en: 'named for its CPU, with the same file for the right one',
    ja: '名前に CPU を含み、該当 CPU 用の同じファイルもあり',
    ko: '이름에 CPU가 있고, 알맞은 CPU용 같은 파일도 있음',
  },
  'platform-package': {
    en: 'a package for one platform, the right one beside it',
    ja: 'プラットフォーム別パッケージ (該当プラットフォーム用もあり)',
    ko: '플랫폼별 패키지(알맞은 것도 있음)',
  },
} satisfies Readonly<Record<string, Label>>;

export const whyTexts = {
  selectedBy: {
    en: ({ by }) =>
      by === 'single'
        ? 'a single manifest: taken whatever platform it is for'
        : by === 'exact'
          ? 'by an exact match of the platform'
          : `by the rules of ${by.replace(', ', ' and of ').replace('cri-o', 'CRI-O').replace('docker', 'Docker')}`,
    ja: ({ by }) =>
      by === 'single'
        ? '単一のマニフェスト: どのプラットフォーム用でも選ばれます'
        : by === 'exact'
          ? 'プラットフォームの完全一致による'
          : `${by.replace(', ', ' と ').replace('cri-o', 'CRI-O').replace('docker', 'Docker')} の規則による`,
    ko: ({ by }) =>
      by === 'single'
        ? '단일 매니페스트: 어떤 플랫폼용이든 선택됨'
        : by === 'exact'
          ? '플랫폼 완전 일치 규칙에 따름'
          : `${by.replace(', ', ', ').replace('cri-o', 'CRI-O').replace('docker', 'Docker')} 규칙에 따름`,
  } satisfies Text<{ by: string }>,
  layer: {
    en: ({ number, digest, made }) => [`layer ${number}`, digest, made].filter(Boolean).join(' '),
    ja: ({ number, digest, made }) => [`レイヤー ${number}`, digest, made].filter(Boolean).join(' '),
    ko: ({ number, digest, made }) => [`레이어 ${number}`, digest, made].filter(Boolean).join(' '),
  } satisfies Text<{ number: number; digest: string; made: string }>,
  from: {
    en: ({ from, cwd, user }) => `from the ${from}, in ${cwd || '/'}, as ${user || 'root'}`,
    ja: ({ from, cwd, user }) =>
      `${from === 'image' ? 'イメージ' : 'ターゲット'}の指定、ディレクトリ ${cwd || '/'}、ユーザー ${user || 'root'}`,
    ko: ({ from, cwd, user }) =>
      `${from === 'image' ? '이미지' : '타깃'} 지정, 디렉터리 ${cwd || '/'}, 사용자 ${user || 'root'}`,
  } satisfies Text<{ from: 'image' | 'target'; cwd: string; user: string }>,
  onPurpose: {
    en: ({ platform, count }) => `${platform}: ${count} ${count === 1 ? 'file' : 'files'} of another CPU, on purpose`,
    ja: ({ platform, count }) => `${platform}: 意図して置かれた別 CPU 用のファイル ${count} 個`,
    ko: ({ platform, count }) => `${platform}: 의도적으로 둔 다른 CPU용 파일 ${count}개`,
  } satisfies Text<{ platform: string; count: number }>,
  ignored: {
    en: ({ count }) => `${count} ${count === 1 ? 'finding' : 'findings'} ignored by rightarch.yaml; the verdict stays`,
    ja: ({ count }) => `rightarch.yaml の ignore で除外した指摘 ${count} 件 (判定は変わりません)`,
    ko: ({ count }) => `rightarch.yaml의 ignore로 제외한 지적 사항 ${count}건(판정은 그대로)`,
  } satisfies Text<{ count: number }>,
  reason: {
    en: ({ reason, until }) => (until === undefined ? reason : `${reason} (until ${until})`),
    ja: ({ reason, until }) => (until === undefined ? reason : `${reason} (${until} まで)`),
    ko: ({ reason, until }) => (until === undefined ? reason : `${reason}(${until}까지)`),
  } satisfies Text<{ reason: string; until: string | undefined }>,
};
