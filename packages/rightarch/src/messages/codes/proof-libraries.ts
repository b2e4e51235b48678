import { code, q } from '../code.ts';
import { why } from './proof-start.ts';

/** Why a native module does not load, and what the word means in a sentence. */
type Cause =
  | 'library'
  | 'version'
  | 'unusable'
  | 'musl-module'
  | 'glibc-module'
  | 'other-python'
  | 'other-directory'
  | 'other-node'
  | 'gone';

/** No interface: the declarations of the package spell it out where it is used. */
type ModuleArgs = {
  readonly path: string;
  readonly owner: string;
  readonly runtime: string;
  readonly language: 'node' | 'python' | 'ruby' | 'php' | 'java';
  readonly cause: Cause;
  /** The library, or the version of one, or how the names end that Python looks for, or a NODE_MODULE_VERSION. */
  readonly library: string;
  /** What the import or `require` throws, without the language's own prefix. */
  readonly prints: string;
  readonly files: number;
};

const cause = {
  en: ({ cause: word, library }: ModuleArgs): string =>
    ({
      library: `nothing in the image is found as ${q(library)}`,
      version: `the image's library is older than ${q(library)}`,
      unusable: `${q(library)} is not usable`,
      'musl-module': 'it was built for musl (Alpine), and the runtime uses glibc',
      'glibc-module': 'it was built for glibc, and the runtime uses musl (Alpine)',
      'other-python': `it was built for another Python, and this one looks for ${q(`*${library}`)}`,
      'other-directory': `it was installed for another Python, and this one looks in ${q(library)}`,
      'other-node': `it was built for another Node (NODE_MODULE_VERSION ${library})`,
      gone: `${q(library)} lists it, and it is not there`,
    })[word],
  ja: ({ cause: word, library }: ModuleArgs): string =>
    ({
      library: `${q(library)} がイメージ内に見つかりません`,
      version: `イメージのライブラリが古く、${q(library)} がありません`,
      unusable: `${q(library)} が使えません`,
      'musl-module': 'musl (Alpine) 向けにビルドされていますが、ランタイムは glibc を使っています',
      'glibc-module': 'glibc 向けにビルドされていますが、ランタイムは musl (Alpine) を使っています',
      'other-python': `別の Python 向けにビルドされており、この Python が探すのは ${q(`*${library}`)} です`,
      'other-directory': `別の Python 用にインストールされており、この Python が探すのは ${q(library)} です`,
      'other-node': `別のバージョンの Node 向け (NODE_MODULE_VERSION ${library}) にビルドされています`,
      gone: `${q(library)} に記載されていますが、ファイルがありません`,
    })[word],
  ko: ({ cause: word, library }: ModuleArgs): string =>
    ({
      library: `이미지에서 ${q(library)}을(를) 찾을 수 없습니다`,
      version: `이미지의 라이브러리가 오래되어 ${q(library)}이(가) 없습니다`,
      unusable: `${q(library)}을(를) 쓸 수 없습니다`,
      'musl-module': 'musl(Alpine)용으로 빌드되었지만 런타임은 glibc를 씁니다',
      'glibc-module': 'glibc용으로 빌드되었지만 런타임은 musl(Alpine)을 씁니다',
      'other-python': `다른 Python용으로 빌드되었고, 이 Python은 ${q(`*${library}`)}을(를) 찾습니다`,
      'other-directory': `다른 Python용으로 설치되었고, 이 Python은 ${q(library)}을(를) 찾습니다`,
      'other-node': `다른 버전의 Node용(NODE_MODULE_VERSION ${library})으로 빌드되었습니다`,
      gone: `${q(library)}에 적혀 있지만 파일이 없습니다`,
    })[word],
};

/** What is in a jar was built elsewhere: another base, or another version of the jar, is all that helps. */
interface JarFix {
  readonly library: string;
  /** A libc and what has it, where the libc is wrong, and the image's own one. */
  readonly base?: readonly [libc: string, where: string, own: string];
}
const BASES: Readonly<Partial<Record<Cause, JarFix['base']>>> = {
  'glibc-module': ['glibc', 'Debian, Ubuntu', 'musl'],
  'musl-module': ['musl', 'Alpine', 'glibc'],
};
const ofJar = ({ language, cause: word, library }: ModuleArgs): JarFix | undefined => {
  const base = BASES[word];
  if (language !== 'java' || (base === undefined && word !== 'version')) return undefined;
  return { library, ...(base !== undefined ? { base } : {}) };
};

const mendJar = {
  en: ({ library, base }: JarFix): string =>
    base === undefined
      ? `Move the final stage to a newer release that has ${q(library)}, or take a version of the jar that was built on an older one`
      : `Take a base with ${base[0]} (${base[1]}) for the final stage, or a version of the jar that has the library for ${base[2]}`,
  ja: ({ library, base }: JarFix): string =>
    base === undefined
      ? `最終ステージを ${q(library)} のある新しいリリースに変えるか、より古いリリース上でビルドされた版の jar を使ってください`
      : `最終ステージのベースを ${base[0]} 系 (${base[1]}) にするか、${base[2]} 用のライブラリを含む版の jar を使ってください`,
  ko: ({ library, base }: JarFix): string =>
    base === undefined
      ? `최종 스테이지를 ${q(library)}이(가) 있는 더 새 릴리스로 바꾸거나, 더 오래된 릴리스에서 빌드된 버전의 jar를 쓰세요`
      : `최종 스테이지의 베이스를 ${base[0]} 계열(${base[1]})로 바꾸거나, ${base[2]}용 라이브러리가 들어 있는 버전의 jar를 쓰세요`,
};

const mend = {
  en: ({ cause: word, library, owner }: ModuleArgs): string =>
    word === 'gone'
      ? `Install ${q(owner)} again, and keep its ${q('*.so')} files when the image is made smaller`
      : word === 'library'
        ? `Install the system package with ${q(library)} in the final stage`
        : word === 'version'
          ? `Install ${q(owner)} on the release of the final stage, or move the final stage to a newer one`
          : word === 'unusable'
            ? `Replace ${q(library)} by a library for this platform`
            : word === 'other-python' || word === 'other-directory'
              ? `Install ${q(owner)} with the Python of the final stage: the same version, libc and CPU in the stage that installs`
              : word === 'other-node'
                ? `Install ${q(owner)} with the Node of the final stage, of the same major version, or run \`npm rebuild ${owner}\` there`
                : `Install ${q(owner)} in an image of the same libc as the final stage (Alpine with Alpine, Debian with Debian)`,
  ja: ({ cause: word, library, owner }: ModuleArgs): string =>
    word === 'gone'
      ? `${q(owner)} をインストールし直し、イメージを小さくするときも ${q('*.so')} は残してください`
      : word === 'library'
        ? `${q(library)} を含むシステムパッケージを最終ステージにインストールしてください`
        : word === 'version'
          ? `${q(owner)} を最終ステージと同じリリース上でインストールするか、最終ステージを新しいリリースに変えてください`
          : word === 'unusable'
            ? `${q(library)} をこのプラットフォーム用のライブラリに置き換えてください`
            : word === 'other-python' || word === 'other-directory'
              ? `${q(owner)} は最終ステージの Python でインストールしてください (インストールするステージの Python のバージョン、libc、CPU を揃える)`
              : word === 'other-node'
                ? `${q(owner)} は最終ステージと同じメジャーバージョンの Node でインストールするか、最終ステージで \`npm rebuild ${owner}\` を実行してください`
                : `${q(owner)} を最終ステージと同じ libc のイメージでインストールしてください (Alpine なら Alpine、Debian なら Debian)`,
  ko: ({ cause: word, library, owner }: ModuleArgs): string =>
    word === 'gone'
      ? `${q(owner)}을(를) 다시 설치하고, 이미지를 줄일 때 ${q('*.so')} 파일은 남겨 두세요`
      : word === 'library'
        ? `${q(library)}이(가) 든 시스템 패키지를 최종 스테이지에 설치하세요`
        : word === 'version'
          ? `${q(owner)}을(를) 최종 스테이지와 같은 릴리스에서 설치하거나, 최종 스테이지를 더 새 릴리스로 바꾸세요`
          : word === 'unusable'
            ? `${q(library)}을(를) 이 플랫폼용 라이브러리로 바꾸세요`
            : word === 'other-python' || word === 'other-directory'
              ? `${q(owner)}을(를) 최종 스테이지의 Python으로 설치하세요(설치하는 스테이지의 Python 버전, libc, CPU를 맞춤)`
              : word === 'other-node'
                ? `${q(owner)}을(를) 최종 스테이지와 같은 메이저 버전의 Node로 설치하거나, 거기서 \`npm rebuild ${owner}\`를 실행하세요`
                : `${q(owner)}을(를) 최종 스테이지와 같은 libc 이미지에서 설치하세요(Alpine은 Alpine, Debian은 Debian)`,
};

const told = (args: ModuleArgs, jar: (found: JarFix) => string, others: (args: ModuleArgs) => string): string => {
  const found = ofJar(args);
  return found === undefined ? others(args) : jar(found);
};

/** What would decide about a module that does not load, by its stable word. */
const OPEN: Readonly<Record<string, readonly [en: string, ja: string, ko: string]>> = {
  required: [
    'whether its package is required is not known',
    'このパッケージが必須かどうか分かりません',
    '이 패키지가 필수인지 알 수 없습니다',
  ],
  preloaded: [
    'a library of that name is elsewhere in the image, and whether the package opens it first is not known',
    '同名のライブラリがイメージの別の場所にあり、パッケージがそれを先に読み込むかどうか分かりません',
    '같은 이름의 라이브러리가 이미지의 다른 곳에 있고, 패키지가 그것을 먼저 불러오는지 알 수 없습니다',
  ],
  chosen: [
    'another file of the package loads, and which of them it opens is not known',
    '同じパッケージの別のファイルは読み込めますが、どちらが使われるか分かりません',
    '같은 패키지의 다른 파일은 불러올 수 있지만, 어느 쪽이 쓰이는지 알 수 없습니다',
  ],
  'node-abi': [
    'the NODE_MODULE_VERSION of the runtime is not known',
    'ランタイムの NODE_MODULE_VERSION が分かりません',
    '런타임의 NODE_MODULE_VERSION을 알 수 없습니다',
  ],
  'module-abi': [
    'the NODE_MODULE_VERSION that it was built for could not be read',
    'どの NODE_MODULE_VERSION 向けにビルドされたか読み取れません',
    '어느 NODE_MODULE_VERSION용으로 빌드되었는지 읽을 수 없습니다',
  ],
  'other-node': [
    'another Node of the image has that version, and which of them loads it is not known',
    'イメージの別の Node がそのバージョンで、どちらが読み込むか分かりません',
    '이미지의 다른 Node가 그 버전이고, 어느 쪽이 불러오는지 알 수 없습니다',
  ],
  site: [
    'nothing here says that Python looks in this directory',
    'Python がこのディレクトリを探すかどうか分かりません',
    'Python이 이 디렉터리를 찾는지 알 수 없습니다',
  ],
  requirements: [
    'it and what it names have more requirements than are followed, so whether all of them are there is not known',
    'このパッケージからたどる依存関係の数が上限を超えており、すべて揃っているかどうか分かりません',
    '이 패키지에서 따라가야 할 의존성의 수가 한도를 넘어, 모두 있는지 알 수 없습니다',
  ],
  application: [
    'whether the application loads it is not known',
    'アプリケーションが読み込むかどうかは分かりません',
    '애플리케이션이 불러오는지는 알 수 없습니다',
  ],
  opened: [
    'whether the package opens it is not known',
    'パッケージがこれを開くかどうか分かりません',
    '패키지가 이것을 여는지 알 수 없습니다',
  ],
  imported: [
    'whether this part of the package is imported is not known',
    'パッケージのこの部分が import されるかどうか分かりません',
    '패키지의 이 부분이 import되는지 알 수 없습니다',
  ],
};

/** The words for what is not known of a native module, or of a start. */
export const open = {
  en: (needs: string): string => OPEN[needs]?.[0] ?? why.en(needs),
  ja: (needs: string): string => OPEN[needs]?.[1] ?? why.ja(needs),
  ko: (needs: string): string => OPEN[needs]?.[2] ?? why.ko(needs),
};
const said = (prints: string): string => (prints === '' ? '' : `: ${q(prints)}`);

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const others = {
  en: (files: number) => (files > 1 ? ` (and ${files - 1} more files)` : ''),
  ja: (files: number) => (files > 1 ? ` (ほか ${files - 1} 個)` : ''),
  ko: (files: number) => (files > 1 ? `(외 ${files - 1}개)` : ''),
};

/** Where a newer library would come from, by the family of the version. */
const SOURCES: Readonly<Record<string, string>> = {
  GLIBC: 'glibc',
  GLIBCXX: 'libstdc++',
  CXXABI: 'libstdc++',
  GCC: 'libgcc',
};
const source = (version: string): string => SOURCES[version.slice(0, version.lastIndexOf('_'))] ?? 'library';

/** Findings about the libraries that a program or a native module loads. */
export const proofLibrariesCodes = {
  'proof/symbol-version-missing': code<{
    path: string;
    version: string;
    library: string;
    neededBy: string;
    newest: string | undefined;
    more: number;
    prints: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A shared library in the image is older than the program needs',
      ja: 'イメージ内の共有ライブラリが、プログラムの必要とするものより古い',
      ko: '이미지의 공유 라이브러리가 프로그램에 필요한 것보다 오래됨',
    },
    message: {
      en: ({ version, library, neededBy, newest, more, prints }) =>
        `${q(neededBy)} needs ${q(version)}, and ${q(library)} of the image ${newest === undefined ? 'does not define it' : `ends at ${q(newest)}`}${more > 0 ? ` (and ${more} more versions are missing)` : ''}: ${q(prints)}`,
      ja: ({ version, library, neededBy, newest, more, prints }) =>
        `${q(neededBy)} には ${q(version)} が必要ですが、イメージの ${q(library)} ${newest === undefined ? 'では定義されていません' : `は ${q(newest)} までです`}${more > 0 ? ` (ほかに ${more} 件のバージョンが不足)` : ''}: ${q(prints)}`,
      ko: ({ version, library, neededBy, newest, more, prints }) =>
        `${q(neededBy)}에는 ${q(version)}이(가) 필요하지만 이미지의 ${q(library)}${newest === undefined ? '에는 정의되어 있지 않습니다' : `은(는) ${q(newest)}까지만 있습니다`}${more > 0 ? `(그 밖에 ${more}개 버전이 없음)` : ''}: ${q(prints)}`,
    },
    fix: {
      en: ({ neededBy, version }) =>
        `Build ${q(neededBy)} on the same release as the final stage, or move the final stage to one whose ${source(version)} has ${q(version)}`,
      ja: ({ neededBy, version }) =>
        `${q(neededBy)} を最終ステージと同じリリース上でビルドするか、最終ステージを、${source(version)} に ${q(version)} があるリリースに変えてください`,
      ko: ({ neededBy, version }) =>
        `${q(neededBy)}을(를) 최종 스테이지와 같은 릴리스에서 빌드하거나, 최종 스테이지를 ${source(version)}에 ${q(version)}이(가) 있는 릴리스로 바꾸세요`,
    },
  }),
  'proof/module-not-loadable': code<ModuleArgs & { instruction?: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A native module cannot be loaded by the runtime in the image',
      ja: 'イメージのランタイムがネイティブモジュールを読み込めない',
      ko: '이미지의 런타임이 네이티브 모듈을 불러올 수 없음',
    },
    message: {
      en: (args) =>
        `${q(args.path)}${others.en(args.files)} of ${q(args.owner)} does not load in ${q(args.runtime)}: ${cause.en(args)}${said(args.prints)}`,
      ja: (args) =>
        `${q(args.owner)} の ${q(args.path)}${others.ja(args.files)} を ${q(args.runtime)} は読み込めません。${cause.ja(args)}${said(args.prints)}`,
      ko: (args) =>
        `${q(args.owner)}의 ${q(args.path)}${others.ko(args.files)}을(를) ${q(args.runtime)}에서 불러올 수 없습니다. ${cause.ko(args)}${said(args.prints)}`,
    },
    fix: { en: mend.en, ja: mend.ja, ko: mend.ko },
  }),
  'proof/module-undecided': code<ModuleArgs & { needs: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A native module may not load, and whether it matters is not known',
      ja: '読み込めない可能性があり、影響を判定できないネイティブモジュール',
      ko: '불러오지 못할 수 있고 영향을 판정할 수 없는 네이티브 모듈',
    },
    message: {
      en: (args) =>
        `${q(args.path)}${others.en(args.files)} of ${q(args.owner)} may not load in ${q(args.runtime)}${said(args.prints)}; ${open.en(args.needs)}`,
      ja: (args) =>
        `${q(args.owner)} の ${q(args.path)}${others.ja(args.files)} は ${q(args.runtime)} で読み込めない可能性があります${said(args.prints)}。${open.ja(args.needs)}`,
      ko: (args) =>
        `${q(args.owner)}의 ${q(args.path)}${others.ko(args.files)}은(는) ${q(args.runtime)}에서 불러오지 못할 수 있습니다${said(args.prints)}. ${open.ko(args.needs)}`,
    },
    fix: {
      en: (args) =>
        `${told(args, mendJar.en, mend.en)}, or write in \`ignore:\` of rightarch.yaml why it is not needed`,
      ja: (args) =>
        `${told(args, mendJar.ja, mend.ja)}。不要な場合は理由を rightarch.yaml の \`ignore:\` に書いてください`,
      ko: (args) => `${told(args, mendJar.ko, mend.ko)}. 필요 없다면 이유를 rightarch.yaml의 \`ignore:\`에 적으세요`,
    },
  }),
  'proof/preload-ignored': code<{ object: string; from: string; prints: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A library that is to be preloaded cannot be',
      ja: 'プリロードするライブラリを読み込めない',
      ko: '프리로드할 라이브러리를 불러올 수 없음',
    },
    message: {
      en: ({ object, from, prints }) =>
        `${q(from)} names ${q(object)}, which the loader does not find for this CPU; the program starts without it${said(prints)}`,
      ja: ({ object, from, prints }) =>
        `${q(from)} が指定する ${q(object)} をこの CPU 用に見つけられません。プログラムはそれなしで起動します${said(prints)}`,
      ko: ({ object, from, prints }) =>
        `${q(from)}에 지정된 ${q(object)}을(를) 이 CPU용으로 찾을 수 없습니다. 프로그램은 이것 없이 시작됩니다${said(prints)}`,
    },
    fix: {
      en: ({ object, from }) =>
        `Give ${q(from)} the name alone where the path holds a CPU's name (${q(baseName(object))}), and install its package in the final stage`,
      ja: ({ object, from }) =>
        `パスに CPU 名が入っている場合は ${q(from)} にファイル名だけ (${q(baseName(object))}) を指定し、そのパッケージを最終ステージにインストールしてください`,
      ko: ({ object, from }) =>
        `경로에 CPU 이름이 들어 있다면 ${q(from)}에는 파일 이름만(${q(baseName(object))}) 적고, 해당 패키지를 최종 스테이지에 설치하세요`,
    },
  }),
} as const;
