import { code, q } from '../code.ts';

/** Whose words for CPUs count in a place. */
const namers = {
  go: { en: 'Go', ja: 'Go', ko: 'Go' },
  rust: { en: 'Rust', ja: 'Rust', ko: 'Rust' },
  dotnet: { en: '.NET', ja: '.NET', ko: '.NET' },
  npm: { en: 'npm', ja: 'npm', ko: 'npm' },
  apt: { en: 'apt', ja: 'apt', ko: 'apt' },
  'debian-folder': {
    en: 'the folder of Debian',
    ja: 'Debian のフォルダー',
    ko: 'Debian의 폴더',
  },
  'debian-java': { en: "the folder of Debian's Java", ja: 'Debian の Java のフォルダー', ko: 'Debian Java의 폴더' },
} as const;

type Namers = keyof typeof namers | 'project';

const namerOf = (language: 'en' | 'ja' | 'ko', namer: Namers, project: string | undefined): string =>
  namer === 'project' ? q(project) : namers[namer][language];

/** Mistakes in how a Dockerfile chooses by the CPU, and in the words that it uses for it. */
export const dockerfileChoiceCodes = {
  'dockerfile/platform-without-branch': code<{
    asked: string;
    kind: 'case' | 'if';
    /** The variable that is left empty; undefined where the rest takes what is for another CPU. */
    name: string | undefined;
    text: string;
    platforms: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A choice by the CPU has nothing for a platform that is built',
      ja: 'CPU による分岐に、ビルドするプラットフォームの選択肢がない',
      ko: 'CPU에 따른 분기에 빌드하는 플랫폼의 갈래가 없음',
    },
    message: {
      en: ({ asked, kind, name, text, platforms }) =>
        name === undefined
          ? `${q(asked)} has no branch for ${platforms.join(', ')}, and ${q(kind === 'case' ? '*)' : 'else')} gives it what is for another CPU: ${q(text)}`
          : `${q(asked)} has no branch for ${platforms.join(', ')}, so ${q(`$${name}`)} is empty there: ${q(text)}`,
      ja: ({ asked, kind, name, text, platforms }) =>
        name === undefined
          ? `${q(asked)} に ${platforms.join('、')} の分岐がなく、${q(kind === 'case' ? '*)' : 'else')} が別の CPU 用のものを渡します: ${q(text)}`
          : `${q(asked)} に ${platforms.join('、')} の分岐がないため、そこでは ${q(`$${name}`)} が空になります: ${q(text)}`,
      ko: ({ asked, kind, name, text, platforms }) =>
        name === undefined
          ? `${q(asked)}에 ${platforms.join(', ')} 갈래가 없고 ${q(kind === 'case' ? '*)' : 'else')}가 다른 CPU용을 줍니다: ${q(text)}`
          : `${q(asked)}에 ${platforms.join(', ')} 갈래가 없어 거기서는 ${q(`$${name}`)}이(가) 비어 있습니다: ${q(text)}`,
    },
    fix: {
      en: ({ kind, platforms }) =>
        `Add a branch for ${platforms.join(', ')}, and let whatever is left over end the build: ${q(kind === 'case' ? '*) echo "no build for this CPU" >&2; exit 1 ;;' : 'else echo "no build for this CPU" >&2; exit 1; fi')}`,
      ja: ({ kind, platforms }) =>
        `${platforms.join('、')} の分岐を追加し、残りはビルドを止めてください: ${q(kind === 'case' ? '*) echo "no build for this CPU" >&2; exit 1 ;;' : 'else echo "no build for this CPU" >&2; exit 1; fi')}`,
      ko: ({ kind, platforms }) =>
        `${platforms.join(', ')} 갈래를 추가하고 나머지는 빌드를 멈추게 하세요: ${q(kind === 'case' ? '*) echo "no build for this CPU" >&2; exit 1 ;;' : 'else echo "no build for this CPU" >&2; exit 1; fi')}`,
    },
  }),
  'dockerfile/cpu-name-unknown': code<{
    namer: Namers;
    project: string | undefined;
    word: string;
    expected: string;
    text: string;
    platforms: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The CPU has another name there',
      ja: 'その箇所では CPU の呼び名が異なる',
      ko: '그 자리에서는 CPU의 이름이 다름',
    },
    message: {
      en: ({ namer, project, word, expected, text, platforms }) =>
        `${q(text)} says ${q(word)} for ${platforms[0]}, which ${namerOf('en', namer, project)} calls ${q(expected)}: nothing of that name is there, and the build for ${platforms.join(', ')} fails`,
      ja: ({ namer, project, word, expected, text, platforms }) =>
        `${q(text)} は ${platforms[0]} を ${q(word)} としていますが、${namerOf('ja', namer, project)} での名前は ${q(expected)} です。その名前のものは存在せず、${platforms.join('、')} のビルドは失敗します`,
      ko: ({ namer, project, word, expected, text, platforms }) =>
        `${q(text)}은(는) ${platforms[0]}을(를) ${q(word)}(이)라고 하지만 ${namerOf('ko', namer, project)}에서는 ${q(expected)}(이)라고 합니다. 그런 이름은 없어 ${platforms.join(', ')} 빌드가 실패합니다`,
    },
    fix: {
      en: ({ word, expected }) =>
        `Choose the word by the platform, and let any other end the build: ${q(`case "$TARGETARCH" in ${/arm|aarch/.test(word) ? `amd64) … ;; arm64) cpu=${expected}` : `amd64) cpu=${expected} ;; arm64) …`} ;; *) exit 1 ;; esac`)}`,
      ja: ({ word, expected }) =>
        `プラットフォームごとに語を選び、それ以外ではビルドを止めてください: ${q(`case "$TARGETARCH" in ${/arm|aarch/.test(word) ? `amd64) … ;; arm64) cpu=${expected}` : `amd64) cpu=${expected} ;; arm64) …`} ;; *) exit 1 ;; esac`)}`,
      ko: ({ word, expected }) =>
        `플랫폼마다 낱말을 고르고 그 밖에는 빌드를 멈추게 하세요: ${q(`case "$TARGETARCH" in ${/arm|aarch/.test(word) ? `amd64) … ;; arm64) cpu=${expected}` : `amd64) cpu=${expected} ;; arm64) …`} ;; *) exit 1 ;; esac`)}`,
    },
  }),
} as const;
