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

/** What ends the build for a CPU that no branch is for. */
const endOf = {
  case: '*) echo "no build for this CPU" >&2; exit 1 ;;',
  if: 'else echo "no build for this CPU" >&2; exit 1; fi',
} as const;

/** Why a variable of BuildKit stays as it is written; `at-start`: the shell of the container is asked, and no ARG is there. */
export type NotExpanded = 'quoted' | 'heredoc' | 'escaped' | 'exec' | 'at-start';

const notExpanded = {
  quoted: {
    en: (keyword: string) => `stays as it is written in this ${keyword}: single quotes keep it from being filled in`,
    ja: (name: string, keyword: string) =>
      `この ${keyword} の ${name} は書かれたまま残ります。一重引用符の中は展開されません`,
    ko: (name: string, keyword: string) =>
      `이 ${keyword}의 ${name}은(는) 적힌 그대로 남습니다. 작은따옴표 안은 값이 채워지지 않습니다`,
  },
  escaped: {
    en: (keyword: string) =>
      `stays as it is written in this ${keyword}: the backslash before it keeps it from being filled in`,
    ja: (name: string, keyword: string) =>
      `この ${keyword} の ${name} は書かれたまま残ります。前にバックスラッシュがあるため展開されません`,
    ko: (name: string, keyword: string) =>
      `이 ${keyword}의 ${name}은(는) 적힌 그대로 남습니다. 앞의 백슬래시 때문에 값이 채워지지 않습니다`,
  },
  exec: {
    en: (keyword: string) =>
      `stays as it is written in this ${keyword}: words in brackets are read by no shell, and BuildKit does not fill them in either`,
    ja: (name: string, keyword: string) =>
      `この ${keyword} の ${name} は書かれたまま残ります。角括弧の形式はシェルを通らず、BuildKit も展開しません`,
    ko: (name: string, keyword: string) =>
      `이 ${keyword}의 ${name}은(는) 적힌 그대로 남습니다. 대괄호 형식은 셸을 거치지 않고 BuildKit도 값을 채우지 않습니다`,
  },
  heredoc: {
    en: (keyword: string) =>
      `stays as it is written in the file of this ${keyword}: behind a quoted ${q("<<'EOF'")} nothing is filled in`,
    ja: (name: string, keyword: string) =>
      `この ${keyword} が書くファイルの中で ${name} は書かれたまま残ります。引用符付きの ${q("<<'EOF'")} の中は展開されません`,
    ko: (name: string, keyword: string) =>
      `이 ${keyword}이(가) 쓰는 파일에서 ${name}은(는) 적힌 그대로 남습니다. 따옴표가 있는 ${q("<<'EOF'")} 안은 값이 채워지지 않습니다`,
  },
  'at-start': {
    en: (keyword: string) =>
      `is empty in the container: BuildKit does not fill ${keyword} in, and an ${q('ARG')} is there while the image is built only`,
    ja: (name: string, keyword: string) =>
      `コンテナーの中で ${name} は空です。BuildKit は ${keyword} を展開せず、${q('ARG')} の値はビルド中にしかありません`,
    ko: (name: string, keyword: string) =>
      `컨테이너 안에서 ${name}은(는) 비어 있습니다. BuildKit은 ${keyword}의 값을 채우지 않으며 ${q('ARG')}은(는) 빌드하는 동안에만 있습니다`,
  },
} as const;

function expandedBy(how: NotExpanded, keyword: string, name: string): Readonly<Record<'en' | 'ja' | 'ko', string>> {
  if (how === 'quoted')
    return {
      en: `Write it in double quotes`,
      ja: '二重引用符で囲んでください',
      ko: '큰따옴표로 감싸세요',
    };
  if (how === 'heredoc')
    return {
      en: `Write ${q('<<EOF')} without quotes, and a backslash before what is to stay`,
      ja: `${q('<<EOF')} と引用符なしで書き、残したい ${q('$')} の前にはバックスラッシュを付けてください`,
      ko: `따옴표 없이 ${q('<<EOF')}(으)로 쓰고, 남길 ${q('$')} 앞에는 백슬래시를 붙이세요`,
    };
  if (how === 'escaped')
    return {
      en: 'Leave the backslash out',
      ja: 'バックスラッシュを取り除いてください',
      ko: '백슬래시를 빼세요',
    };
  if (keyword === 'RUN')
    return {
      en: `Write this ${q('RUN')} without brackets: then a shell fills it in`,
      ja: `この ${q('RUN')} を角括弧なしで書いてください。シェルが展開します`,
      ko: `이 ${q('RUN')}을(를) 대괄호 없이 쓰세요. 그러면 셸이 값을 채웁니다`,
    };
  const copy = q(`COPY --from=build /out/$${name}/app /usr/bin/app`);
  return {
    en: `Give the file a name without the CPU where it is put into the image, as in ${copy}, and start that name`,
    ja: `${copy} のように、イメージに入れるときに CPU 名を含まない名前にして、その名前で起動してください`,
    ko: `${copy}처럼 이미지에 넣을 때 CPU가 없는 이름을 붙이고 그 이름으로 시작하세요`,
  };
}

type Words = Readonly<Record<string, string>>;

/** Whether they are BuildKit's own words, so that no choice is needed. */
const areDockers = (words: Words): boolean => Object.entries(words).every(([docker, theirs]) => docker === theirs);

const choiceOf = (words: Words): string =>
  `case "$TARGETARCH" in ${Object.entries(words)
    .map(([docker, theirs]) => `${docker}) cpu=${theirs} ;;`)
    .join(' ')} *) exit 1 ;; esac`;

/** Mistakes in how a Dockerfile chooses by the CPU, and in the words that it uses for it. */
export const dockerfileChoiceCodes = {
  'dockerfile/target-argument-not-expanded': code<{
    name: string;
    how: NotExpanded;
    keyword: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A platform variable stands where nothing fills it in',
      ja: '展開されない箇所にプラットフォーム変数がある',
      ko: '값이 채워지지 않는 자리에 플랫폼 변수가 있음',
    },
    message: {
      en: ({ name, how, keyword }) => `${q(`$${name}`)} ${notExpanded[how].en(q(keyword))}`,
      ja: ({ name, how, keyword }) => notExpanded[how].ja(q(`$${name}`), q(keyword)),
      ko: ({ name, how, keyword }) => notExpanded[how].ko(q(`$${name}`), q(keyword)),
    },
    fix: {
      en: ({ name, how, keyword }) => expandedBy(how, keyword, name).en,
      ja: ({ name, how, keyword }) => expandedBy(how, keyword, name).ja,
      ko: ({ name, how, keyword }) => expandedBy(how, keyword, name).ko,
    },
  }),
  'dockerfile/platform-without-branch': code<{
    asked: string;
    kind: 'case' | 'if';
    /** The variable that is left empty; undefined where the rest takes what is for another CPU, or ends the build. */
    name: string | undefined;
    stops: boolean;
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
      en: ({ asked, kind, name, stops, text, platforms }) =>
        stops
          ? `${q(asked)} has no branch for ${platforms.join(', ')}, and ${q(kind === 'case' ? '*)' : 'else')} ends the build there`
          : name === undefined
            ? `${q(asked)} has no branch for ${platforms.join(', ')}, and ${q(kind === 'case' ? '*)' : 'else')} gives it what is for another CPU: ${q(text)}`
            : `${q(asked)} has no branch for ${platforms.join(', ')}, so ${q(`$${name}`)} is empty there: ${q(text)}`,
      ja: ({ asked, kind, name, stops, text, platforms }) =>
        stops
          ? `${q(asked)} に ${platforms.join('、')} の分岐がなく、${q(kind === 'case' ? '*)' : 'else')} がそこでビルドを止めます`
          : name === undefined
            ? `${q(asked)} に ${platforms.join('、')} の分岐がなく、${q(kind === 'case' ? '*)' : 'else')} が別の CPU 用のものを渡します: ${q(text)}`
            : `${q(asked)} に ${platforms.join('、')} の分岐がないため、そこでは ${q(`$${name}`)} が空になります: ${q(text)}`,
      ko: ({ asked, kind, name, stops, text, platforms }) =>
        stops
          ? `${q(asked)}에 ${platforms.join(', ')} 갈래가 없고 ${q(kind === 'case' ? '*)' : 'else')}이(가) 거기서 빌드를 멈춥니다`
          : name === undefined
            ? `${q(asked)}에 ${platforms.join(', ')} 갈래가 없고 ${q(kind === 'case' ? '*)' : 'else')}이(가) 다른 CPU용을 줍니다: ${q(text)}`
            : `${q(asked)}에 ${platforms.join(', ')} 갈래가 없어 거기서는 ${q(`$${name}`)}이(가) 비어 있습니다: ${q(text)}`,
    },
    fix: {
      en: ({ kind, stops, platforms }) =>
        stops
          ? `Add a branch for ${platforms.join(', ')}, or take that platform from what builds and runs the image`
          : `Add a branch for ${platforms.join(', ')}, and let whatever is left over end the build: ${q(endOf[kind])}`,
      ja: ({ kind, stops, platforms }) =>
        stops
          ? `${platforms.join('、')} の分岐を追加するか、ビルドと実行の対象からそのプラットフォームを外してください`
          : `${platforms.join('、')} の分岐を追加し、残りはビルドを止めてください: ${q(endOf[kind])}`,
      ko: ({ kind, stops, platforms }) =>
        stops
          ? `${platforms.join(', ')} 갈래를 추가하거나 빌드와 실행 대상에서 그 플랫폼을 빼세요`
          : `${platforms.join(', ')} 갈래를 추가하고 나머지는 빌드를 멈추게 하세요: ${q(endOf[kind])}`,
    },
  }),
  'dockerfile/cpu-name-unknown': code<{
    namer: Namers;
    project: string | undefined;
    word: string;
    expected: string;
    /** Theirs, by what `TARGETARCH` says. */
    words: Readonly<Record<string, string>>;
    keyword: string;
    /** Whether the stage has an `ARG TARGETARCH`. */
    isDeclared: boolean;
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
      en: (args) => {
        const declare = args.isDeclared ? '' : `, behind an ${q('ARG TARGETARCH')} of this stage`;
        if (areDockers(args.words)) return `Write ${q('${TARGETARCH}')} there${declare}`;
        const choose = `Choose the word by the platform, and let any other end the build: ${q(choiceOf(args.words))}${declare}`;
        return args.keyword === 'RUN'
          ? choose
          : `${choose}. ${q(args.keyword)} has no shell: do it in a ${q('RUN')}, and give what it finds a name without the CPU`;
      },
      ja: (args) => {
        const declare = args.isDeclared ? '' : `このステージに ${q('ARG TARGETARCH')} を書き、`;
        if (areDockers(args.words)) return `${declare}${q('${TARGETARCH}')} を使ってください`;
        const choose = `${declare}プラットフォームごとに語を選び、それ以外ではビルドを止めてください: ${q(choiceOf(args.words))}`;
        return args.keyword === 'RUN'
          ? choose
          : `${choose}。${q(args.keyword)} はシェルを通らないため、${q('RUN')} の中で行い、CPU を含まない名前を付けます`;
      },
      ko: (args) => {
        const declare = args.isDeclared ? '' : `이 스테이지에 ${q('ARG TARGETARCH')}을(를) 쓰고 `;
        if (areDockers(args.words)) return `${declare}${q('${TARGETARCH}')}을(를) 쓰세요`;
        const choose = `${declare}플랫폼마다 낱말을 고르고 그 밖에는 빌드를 멈추게 하세요: ${q(choiceOf(args.words))}`;
        return args.keyword === 'RUN'
          ? choose
          : `${choose}. ${q(args.keyword)}은(는) 셸을 거치지 않으므로 ${q('RUN')} 안에서 하고 CPU가 없는 이름을 붙입니다`;
      },
    },
  }),
} as const;
