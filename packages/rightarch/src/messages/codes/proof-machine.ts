import { code, list, q } from '../code.ts';

/** Which instruction made the layer, as the end of a sentence. */
const made = {
  en: (instruction?: string) => (instruction ? `; it came with ${q(instruction)}` : ''),
  ja: (instruction?: string) => (instruction ? ` (${q(instruction)} で追加)` : ''),
  ko: (instruction?: string) => (instruction ? `(${q(instruction)}에서 추가됨)` : ''),
};

/** What to install for a native module, in words for the package at hand. */
const modules = {
  en: (owner: string, declared: string, wanted?: string) =>
    wanted !== undefined
      ? `Install ${q(wanted)}: run the dependency install in the image's build for ${declared}, and do not copy node_modules in`
      : `Install ${q(owner)} in the image's build for ${declared}, and keep directories built elsewhere out with \`.dockerignore\``,
  ja: (owner: string, declared: string, wanted?: string) =>
    wanted !== undefined
      ? `${q(wanted)} をインストールしてください。依存関係は ${declared} のビルドの中でインストールし、node_modules はコピーしないでください`
      : `${declared} のビルドの中で ${q(owner)} をインストールし、別の環境で作ったディレクトリは \`.dockerignore\` で除外してください`,
  ko: (owner: string, declared: string, wanted?: string) =>
    wanted !== undefined
      ? `${q(wanted)}을(를) 설치하세요. 의존성은 ${declared} 빌드 안에서 설치하고 node_modules는 복사하지 마세요`
      : `${declared} 빌드 안에서 ${q(owner)}을(를) 설치하고, 다른 환경에서 만든 디렉터리는 \`.dockerignore\`로 제외하세요`,
};

/** A .NET application has the native libraries of its packages for the runtime identifiers that they were made for. */
const dotnet = {
  en: (owner: string, declared: string) =>
    `Take a version of the package that has ${q(owner)} for ${declared}, or publish with \`-r\` and the runtime identifier of ${declared}`,
  ja: (owner: string, declared: string) =>
    `${declared} 用の ${q(owner)} を含むバージョンのパッケージを使うか、\`-r\` に ${declared} のランタイム識別子を指定して publish してください`,
  ko: (owner: string, declared: string) =>
    `${declared}용 ${q(owner)}이(가) 든 버전의 패키지를 쓰거나, \`-r\`에 ${declared}의 런타임 식별자를 주고 publish하세요`,
};

/** The one fact that would decide, by its stable word. */
const NEEDS: Readonly<Record<string, readonly [en: string, ja: string, ko: string]>> = {
  'kernel-ia32': [
    'it needs a kernel that runs 32-bit x86 programs',
    '32 ビット x86 を実行できるカーネルが必要です',
    '32비트 x86을 실행하는 커널이 필요합니다',
  ],
  'kernel-x32': [
    'it needs a kernel with the x32 ABI switched on',
    'x32 ABI を有効にしたカーネルが必要です',
    'x32 ABI를 켠 커널이 필요합니다',
  ],
  'cpu-aarch32': [
    'it needs a CPU that still has 32-bit mode, which Graviton4 and Apple chips do not have',
    '32 ビットモードを持つ CPU が必要です (Graviton4 や Apple チップにはありません)',
    '32비트 모드가 있는 CPU가 필요합니다(Graviton4와 Apple 칩에는 없습니다)',
  ],
  'kernel-compat': [
    'it needs a kernel that runs this format beside its own',
    'この形式も実行できるカーネルが必要です',
    '이 형식도 실행하는 커널이 필요합니다',
  ],
  'cpu-level': [
    'it needs a CPU of the level that the file states',
    'ファイルが示すレベルの CPU が必要です',
    '파일이 밝힌 수준의 CPU가 필요합니다',
  ],
  'arm-version': [
    'its headers do not tell which ARM version its code is for',
    'ヘッダーからは対象の ARM バージョンが分かりません',
    '헤더만으로는 어느 ARM 버전용인지 알 수 없습니다',
  ],
};

/** dpkg's record, where a finding is of what it lists. */
const DPKG = /^\/var\/lib\/dpkg\/status(?:\.d\/|$)/;

const need = {
  en: (word: string) => NEEDS[word]?.[0] ?? word,
  ja: (word: string) => NEEDS[word]?.[1] ?? word,
  ko: (word: string) => NEEDS[word]?.[2] ?? word,
};

/** Why it is open whether a client of Prisma finds its engine. */
const ENGINE_OPEN = {
  place: {
    en: 'one stands where its runtime is not known to look',
    ja: 'クライアントが探すとは限らない場所に置かれています',
    ko: '클라이언트가 찾는다고 확인되지 않은 위치에 있습니다',
  },
  target: {
    en: 'which one it asks for depends on its version and on the OpenSSL that it finds',
    ja: 'どのエンジンを探すかは、バージョンと検出される OpenSSL によって変わります',
    ko: '어떤 엔진을 찾는지는 버전과 감지되는 OpenSSL에 따라 달라집니다',
  },
  environment: {
    en: 'the environment names a file that is no such engine in the image',
    ja: '環境変数が指すファイルは、イメージ内の該当するエンジンではありません',
    ko: '환경 변수가 가리키는 파일이 이미지 안의 해당 엔진이 아닙니다',
  },
  start: {
    en: 'the image holds none, and what it starts is a program of its own that need not start Node',
    ja: 'イメージにエンジンはありませんが、起動するのは Node を使うとは限らない単独のプログラムです',
    ko: '이미지에 엔진이 없지만, 시작되는 것은 Node를 실행하지 않을 수도 있는 독립 프로그램입니다',
  },
} as const;

/** What is wrong with the machine code of an image, for the platform that it declares. */
export const proofMachineCodes = {
  'proof/wrong-cpu-image': code<{
    declared: string;
    found: string;
    count: number;
    path: string;
    prints: string;
    instruction?: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Every program in the image is for another CPU',
      ja: 'イメージのプログラムがすべて別の CPU 用',
      ko: '이미지의 모든 프로그램이 다른 CPU용',
    },
    message: {
      en: ({ declared, found, count, path, prints }) =>
        `The image declares ${declared}, but all ${count} of its programs are for another CPU: ${q(path)} is ${found}: ${q(prints)}`,
      ja: ({ declared, found, count, path, prints }) =>
        `イメージは ${declared} と宣言していますが、${count} 個のプログラムはすべて別の CPU 用です (例: ${q(path)} は ${found}): ${q(prints)}`,
      ko: ({ declared, found, count, path, prints }) =>
        `이미지는 ${declared}(으)로 선언되어 있지만 프로그램 ${count}개가 모두 다른 CPU용입니다(예: ${q(path)}은(는) ${found}): ${q(prints)}`,
    },
    fix: {
      en: ({ declared }) =>
        `Build with \`--platform ${declared}\`, and take \`--platform\` off the \`FROM\` lines of the Dockerfile`,
      ja: ({ declared }) =>
        `\`--platform ${declared}\` を付けてビルドし、Dockerfile の \`FROM\` から \`--platform\` を外してください`,
      ko: ({ declared }) => `\`--platform ${declared}\`로 빌드하고 Dockerfile의 \`FROM\`에서 \`--platform\`을 빼세요`,
    },
  }),
  'proof/wrong-cpu-command': code<{
    path: string;
    command: string;
    declared: string;
    found: string;
    prints: string;
    instruction?: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A command on PATH is for another CPU',
      ja: 'PATH 上のコマンドが別の CPU 用',
      ko: 'PATH의 명령이 다른 CPU용',
    },
    message: {
      en: ({ path, declared, found, prints, instruction }) =>
        `${q(path)} is on PATH and is ${found}, but the image declares ${declared}: ${q(prints)}${made.en(instruction)}`,
      ja: ({ path, declared, found, prints, instruction }) =>
        `PATH 上の ${q(path)} は ${found} ですが、イメージは ${declared} と宣言しています: ${q(prints)}${made.ja(instruction)}`,
      ko: ({ path, declared, found, prints, instruction }) =>
        `PATH의 ${q(path)}은(는) ${found}인데 이미지는 ${declared}(으)로 선언되어 있습니다: ${q(prints)}${made.ko(instruction)}`,
    },
    fix: {
      en: ({ command, declared }) =>
        `Install ${q(command)} for ${declared}: take the CPU from \`$TARGETARCH\` where it is downloaded, and drop \`--platform\` from the stage that it is copied from`,
      ja: ({ command, declared }) =>
        `${declared} 用の ${q(command)} をインストールしてください。ダウンロードするファイルの CPU は \`$TARGETARCH\` で決め、コピー元ステージの \`--platform\` を外してください`,
      ko: ({ command, declared }) =>
        `${q(command)}을(를) ${declared}용으로 설치하세요. 내려받을 파일의 CPU는 \`$TARGETARCH\`로 정하고, 복사해 오는 스테이지의 \`--platform\`을 빼세요`,
    },
  }),
  'proof/wrong-cpu-module': code<{
    path: string;
    owner: string;
    declared: string;
    found: string;
    files: number;
    language: 'node' | 'python' | 'ruby' | 'php' | 'dotnet';
    wanted?: string;
    prints?: string;
    instruction?: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A native module is for another CPU',
      ja: 'ネイティブモジュールが別の CPU 用',
      ko: '네이티브 모듈이 다른 CPU용',
    },
    message: {
      en: ({ path, owner, declared, found, prints, instruction }) =>
        `${q(path)} of ${q(owner)} is ${found}, but the image declares ${declared}${prints === undefined ? '' : `: ${q(prints)}`}${made.en(instruction)}`,
      ja: ({ path, owner, declared, found, prints, instruction }) =>
        `${q(owner)} の ${q(path)} は ${found} ですが、イメージは ${declared} と宣言しています${prints === undefined ? '' : `: ${q(prints)}`}${made.ja(instruction)}`,
      ko: ({ path, owner, declared, found, prints, instruction }) =>
        `${q(owner)}의 ${q(path)}은(는) ${found}인데 이미지는 ${declared}(으)로 선언되어 있습니다${prints === undefined ? '' : `: ${q(prints)}`}${made.ko(instruction)}`,
    },
    fix: {
      en: ({ owner, declared, wanted, language }) =>
        language === 'dotnet' ? dotnet.en(owner, declared) : modules.en(owner, declared, wanted),
      ja: ({ owner, declared, wanted, language }) =>
        language === 'dotnet' ? dotnet.ja(owner, declared) : modules.ja(owner, declared, wanted),
      ko: ({ owner, declared, wanted, language }) =>
        language === 'dotnet' ? dotnet.ko(owner, declared) : modules.ko(owner, declared, wanted),
    },
  }),
  'proof/platform-package-missing': code<{
    owner: string;
    member: string;
    declared: string;
    installed: readonly string[];
    /** The member is there, without code for the platform: where one looked, and what was found instead. */
    holds?: { readonly path: string; readonly text: string | undefined };
    /** What the package prints, where that is known. */
    prints?: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: "A package's part for this platform is not installed",
      ja: 'このプラットフォーム用のパッケージがない',
      ko: '이 플랫폼용 패키지가 설치되어 있지 않음',
    },
    message: {
      en: ({ owner, member, declared, installed, holds, prints }) =>
        `${q(owner)} needs ${q(member)} on ${declared}, and ${
          holds === undefined
            ? 'it is not installed'
            : holds.text === undefined
              ? `no machine code is in ${q(holds.path)}`
              : `what is in it is not for ${declared}: ${q(holds.path)} is ${holds.text}`
        }${installed.length > 0 ? ` (installed: ${list(installed)})` : ''}${prints === undefined ? '' : `: ${q(prints)}`}`,
      ja: ({ owner, member, declared, installed, holds, prints }) =>
        `${declared} では ${q(owner)} に ${q(member)} が必要ですが、${
          holds === undefined
            ? 'インストールされていません'
            : holds.text === undefined
              ? `${q(holds.path)} に機械語のファイルがありません`
              : `中身が ${declared} 用ではありません: ${q(holds.path)} は ${holds.text} です`
        }${installed.length > 0 ? ` (インストール済み: ${list(installed)})` : ''}${prints === undefined ? '' : `: ${q(prints)}`}`,
      ko: ({ owner, member, declared, installed, holds, prints }) =>
        `${declared}에서 ${q(owner)}에는 ${q(member)}이(가) 필요하지만 ${
          holds === undefined
            ? '설치되어 있지 않습니다'
            : holds.text === undefined
              ? `${q(holds.path)}에 기계어 파일이 없습니다`
              : `내용이 ${declared}용이 아닙니다. ${q(holds.path)}은(는) ${holds.text}입니다`
        }${installed.length > 0 ? `(설치된 것: ${list(installed)})` : ''}${prints === undefined ? '' : `: ${q(prints)}`}`,
    },
    fix: {
      en: ({ member }) =>
        `Install dependencies for this platform, and keep optional ones: no \`--omit=optional\`, no node_modules copied from another machine; if package-lock.json lacks ${q(member)}, delete node_modules and package-lock.json and run \`npm install\``,
      ja: ({ member }) =>
        `このプラットフォーム用に依存関係をインストールし直してください。\`--omit=optional\` は付けず、別のマシンの node_modules もコピーしないでください。package-lock.json に ${q(member)} がなければ、node_modules と package-lock.json を削除して \`npm install\` を実行してください`,
      ko: ({ member }) =>
        `이 플랫폼용으로 의존성을 다시 설치하세요. \`--omit=optional\`을 쓰지 말고, 다른 머신의 node_modules도 복사하지 마세요. package-lock.json에 ${q(member)}이(가) 없으면 node_modules와 package-lock.json을 지우고 \`npm install\`을 실행하세요`,
    },
  }),
  'proof/native-part-missing': code<{
    owner: string;
    language: 'node' | 'ruby' | 'prisma';
    path: string;
    declared: string;
    /** A file of the package for another platform or system. */
    foreign?: { readonly path: string; readonly text: string };
    /** What is not known of a client of Prisma, and decides. */
    open?: 'place' | 'target' | 'environment' | 'start';
    /** What the program prints that looks for it. */
    prints: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: "A package's native code was never installed",
      ja: 'パッケージのネイティブコードがインストールされていない',
      ko: '패키지의 네이티브 코드가 설치되지 않음',
    },
    message: {
      en: ({ owner, path, declared, foreign, prints, language, open }) =>
        language === 'prisma' && open !== undefined
          ? `The client of Prisma in ${q(path)} opens a query engine, and it is open whether it finds one: ${ENGINE_OPEN[open].en}${foreign === undefined ? '' : ` (${q(foreign.path)} is ${foreign.text})`}`
          : language === 'prisma'
            ? `The client of Prisma in ${q(path)} opens a query engine, and the image holds none for ${declared}${foreign === undefined ? '' : ` (${q(foreign.path)} is ${foreign.text})`}: ${q(prints)}`
            : `${q(owner)} is compiled or downloaded when it is installed, and ${q(path)} holds no native module for ${declared}${foreign === undefined ? '' : ` (${q(foreign.path)} is ${foreign.text})`}: ${q(prints)}`,
      ja: ({ owner, path, declared, foreign, prints, language, open }) =>
        language === 'prisma' && open !== undefined
          ? `${q(path)} の Prisma クライアントはクエリエンジンを読み込みますが、見つかるかどうかはわかりません。${ENGINE_OPEN[open].ja}${foreign === undefined ? '' : ` (${q(foreign.path)} は ${foreign.text})`}`
          : language === 'prisma'
            ? `${q(path)} の Prisma クライアントはクエリエンジンを読み込みますが、${declared} 用のものがイメージにありません${foreign === undefined ? '' : ` (${q(foreign.path)} は ${foreign.text})`}: ${q(prints)}`
            : `${q(owner)} のネイティブモジュールはインストール時にコンパイルまたはダウンロードされますが、${q(path)} に ${declared} 用のものがありません${foreign === undefined ? '' : ` (${q(foreign.path)} は ${foreign.text})`}: ${q(prints)}`,
      ko: ({ owner, path, declared, foreign, prints, language, open }) =>
        language === 'prisma' && open !== undefined
          ? `${q(path)}의 Prisma 클라이언트는 쿼리 엔진을 불러오는데, 찾을 수 있는지는 알 수 없습니다. ${ENGINE_OPEN[open].ko}${foreign === undefined ? '' : `(${q(foreign.path)}은(는) ${foreign.text})`}`
          : language === 'prisma'
            ? `${q(path)}의 Prisma 클라이언트는 쿼리 엔진을 불러오는데, 이미지에 ${declared}용이 없습니다${foreign === undefined ? '' : `(${q(foreign.path)}은(는) ${foreign.text})`}: ${q(prints)}`
            : `${q(owner)}의 네이티브 모듈은 설치할 때 컴파일되거나 다운로드되는데, ${q(path)}에 ${declared}용이 없습니다${foreign === undefined ? '' : `(${q(foreign.path)}은(는) ${foreign.text})`}: ${q(prints)}`,
    },
    fix: {
      en: ({ owner, declared, language }) =>
        language === 'ruby'
          ? `Run \`bundle install\` in a stage for ${declared}, and do not copy gems of another machine; \`gem pristine ${owner.replace(/-\d.*$/, '')}\` there mends it alone`
          : language === 'prisma'
            ? `Run \`prisma generate\` in a stage for ${declared}, or name its engine in \`binaryTargets\` of the schema, and copy the engines with the client; \`--no-engine\` and Prisma 7 need none`
            : `Install ${q(owner)} in a stage for ${declared} with its install script: no \`--ignore-scripts\`, allowed where pnpm or Bun ask (\`onlyBuiltDependencies\`, \`trustedDependencies\`), and no node_modules copied from another machine; \`npm rebuild ${owner}\` mends it alone`,
      ja: ({ owner, declared, language }) =>
        language === 'ruby'
          ? `${declared} 用のステージで \`bundle install\` を実行し、別のマシンの gem はコピーしないでください。これだけを直すには、そこで \`gem pristine ${owner.replace(/-\d.*$/, '')}\` を実行します`
          : language === 'prisma'
            ? `${declared} 用のステージで \`prisma generate\` を実行するか、スキーマの \`binaryTargets\` にそのエンジンを加え、クライアントと一緒にエンジンもコピーしてください。\`--no-engine\` や Prisma 7 では不要です`
            : `${declared} 用のステージで、${q(owner)} をインストールスクリプト込みでインストールしてください。\`--ignore-scripts\` は付けず、pnpm や Bun では許可し (\`onlyBuiltDependencies\`、\`trustedDependencies\`)、別のマシンの node_modules はコピーしないでください。これだけを直すには \`npm rebuild ${owner}\` を実行します`,
      ko: ({ owner, declared, language }) =>
        language === 'ruby'
          ? `${declared}용 스테이지에서 \`bundle install\`을 실행하고, 다른 머신의 gem은 복사하지 마세요. 이것만 고치려면 거기서 \`gem pristine ${owner.replace(/-\d.*$/, '')}\`을 실행하세요`
          : language === 'prisma'
            ? `${declared}용 스테이지에서 \`prisma generate\`를 실행하거나 스키마의 \`binaryTargets\`에 해당 엔진을 넣고, 클라이언트와 함께 엔진도 복사하세요. \`--no-engine\`이나 Prisma 7에서는 필요 없습니다`
            : `${declared}용 스테이지에서 ${q(owner)}을(를) 설치 스크립트와 함께 설치하세요. \`--ignore-scripts\`를 쓰지 말고, pnpm이나 Bun에서는 허용하고(\`onlyBuiltDependencies\`, \`trustedDependencies\`), 다른 머신의 node_modules를 복사하지 마세요. 이것만 고치려면 \`npm rebuild ${owner}\`를 실행하세요`,
    },
  }),
  'proof/requirement-missing': code<{
    /** Name and version of the distribution that asks for it. */
    owner: string;
    requirement: string;
    marker: string;
    name: string;
    python: string;
    declared: string;
    prints: string;
    instruction?: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A Python requirement of this platform is not installed',
      ja: 'このプラットフォームで必要な Python パッケージがない',
      ko: '이 플랫폼에 필요한 Python 패키지가 설치되어 있지 않음',
    },
    message: {
      en: ({ owner, requirement, marker, declared, python, prints, instruction }) =>
        `${q(owner)} requires ${q(requirement)} where ${q(marker)}, which holds on ${declared} with ${q(python)}, and it is not installed: ${q(prints)}${made.en(instruction)}`,
      ja: ({ owner, requirement, marker, declared, python, prints, instruction }) =>
        `${q(owner)} は ${q(marker)} のとき ${q(requirement)} を必要とし、${declared} の ${q(python)} はこれに当てはまりますが、インストールされていません: ${q(prints)}${made.ja(instruction)}`,
      ko: ({ owner, requirement, marker, declared, python, prints, instruction }) =>
        `${q(owner)}은(는) ${q(marker)}일 때 ${q(requirement)}이(가) 필요하고 ${declared}의 ${q(python)}이(가) 여기에 해당하지만 설치되어 있지 않습니다: ${q(prints)}${made.ko(instruction)}`,
    },
    fix: {
      en: ({ name, declared }) =>
        `Resolve the dependencies for ${declared} with the image's own Python: \`pip install --platform\` and lockfiles of another machine evaluate the marker there; \`uv pip install --python-platform\` does not. \`pip install ${name}\` in the final stage mends it alone`,
      ja: ({ name, declared }) =>
        `依存関係は ${declared} 用に、イメージの Python で解決してください。\`pip install --platform\` や別のマシンのロックファイルでは、条件がそのマシンで評価されます (\`uv pip install --python-platform\` は対象側で評価します)。これだけを直すには、最終ステージで \`pip install ${name}\` を実行します`,
      ko: ({ name, declared }) =>
        `의존성을 ${declared}용으로, 이미지의 Python으로 해석하세요. \`pip install --platform\`이나 다른 머신의 잠금 파일은 조건을 그 머신에서 평가합니다(\`uv pip install --python-platform\`은 대상 쪽에서 평가). 이것만 고치려면 최종 스테이지에서 \`pip install ${name}\`을 실행하세요`,
    },
  }),
  'proof/optional-module': code<{ path: string; owner: string; declared: string; found: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An optional native module is for another CPU',
      ja: 'オプションのネイティブモジュールが別の CPU 用',
      ko: '선택적 네이티브 모듈이 다른 CPU용',
    },
    message: {
      en: ({ path, owner, declared, found }) =>
        `${q(path)} of ${q(owner)} is ${found}, not ${declared}; whether the application needs this optional package is not known`,
      ja: ({ path, owner, declared, found }) =>
        `${q(owner)} の ${q(path)} は ${declared} ではなく ${found} です。アプリケーションがこのオプションのパッケージを必要とするかは分かりません`,
      ko: ({ path, owner, declared, found }) =>
        `${q(owner)}의 ${q(path)}은(는) ${declared}이(가) 아니라 ${found}입니다. 애플리케이션에 이 선택적 패키지가 필요한지는 알 수 없습니다`,
    },
    fix: {
      en: ({ owner, declared }) =>
        `Install ${q(owner)} for ${declared}, or leave it out: the packages that use it then work without it`,
      ja: ({ owner, declared }) =>
        `${declared} 用の ${q(owner)} をインストールするか、取り除いてください。これを使うパッケージは、なくても動作します`,
      ko: ({ owner, declared }) =>
        `${q(owner)}을(를) ${declared}용으로 설치하거나 빼세요. 이것을 쓰는 패키지는 없어도 동작합니다`,
    },
  }),
  'proof/unexplained-machine-code': code<{
    path: string;
    declared: string;
    found: string;
    files: number;
    instruction?: string;
  }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Machine code for another CPU is present and nothing explains it',
      ja: '理由の分からない別の CPU 用の機械語がある',
      ko: '이유를 알 수 없는 다른 CPU용 기계어가 있음',
    },
    message: {
      en: ({ path, declared, found, files, instruction }) =>
        `${q(path)}${files > 1 ? ` (and ${files - 1} more there)` : ''} is ${found}, not ${declared}; whether anything runs it is not known${made.en(instruction)}`,
      ja: ({ path, declared, found, files, instruction }) =>
        `${q(path)}${files > 1 ? ` (ほか ${files - 1} 個)` : ''} は ${declared} ではなく ${found} です。実行されるかどうかは分かりません${made.ja(instruction)}`,
      ko: ({ path, declared, found, files, instruction }) =>
        `${q(path)}${files > 1 ? `(외 ${files - 1}개)` : ''}은(는) ${declared}이(가) 아니라 ${found}입니다. 실행되는지는 알 수 없습니다${made.ko(instruction)}`,
    },
    fix: {
      en: ({ declared }) =>
        `Put the file for ${declared} there, remove it, or write why it is there into \`ignore:\` of rightarch.yaml`,
      ja: ({ declared }) =>
        `${declared} 用のファイルに置き換えるか、取り除くか、置いてある理由を rightarch.yaml の \`ignore:\` に書いてください`,
      ko: ({ declared }) =>
        `${declared}용 파일로 바꾸거나, 지우거나, 있는 이유를 rightarch.yaml의 \`ignore:\`에 적으세요`,
    },
  }),
  'proof/needs-cpu': code<{ path: string; declared: string; found: string; needs: string; files: number }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A program needs more than the declared platform promises',
      ja: '宣言されたプラットフォームだけでは足りないプログラム',
      ko: '선언된 플랫폼 이상을 요구하는 프로그램',
    },
    message: {
      en: ({ path, declared, found, needs }) =>
        `${q(path)} ${DPKG.test(path) ? 'lists' : 'is'} ${found}; ${declared} alone does not say whether it runs: ${need.en(needs)}`,
      ja: ({ path, declared, found, needs }) =>
        `${q(path)} ${DPKG.test(path) ? `に ${found} があります` : `は ${found} です`}。${declared} だけでは動くかどうか分かりません: ${need.ja(needs)}`,
      ko: ({ path, declared, found, needs }) =>
        `${q(path)}${DPKG.test(path) ? `에 ${found}이(가) 있습니다` : `은(는) ${found}입니다`}. ${declared}만으로는 실행 여부를 알 수 없습니다: ${need.ko(needs)}`,
    },
    fix: {
      en: ({ path, declared }) =>
        DPKG.test(path)
          ? 'Install the packages for the baseline again (`APT::Architecture-Variants` without it), or name the runtime with `--for`'
          : `Build ${q(path)} for the baseline of ${declared}, or name the runtime with \`--for\``,
      ja: ({ path, declared }) =>
        DPKG.test(path)
          ? 'パッケージをベースライン版で入れ直すか (`APT::Architecture-Variants` から外す)、`--for` でランタイムを指定してください'
          : `${q(path)} を ${declared} のベースライン向けにビルドするか、\`--for\` でランタイムを指定してください`,
      ko: ({ path, declared }) =>
        DPKG.test(path)
          ? '패키지를 베이스라인용으로 다시 설치하거나(`APT::Architecture-Variants`에서 제외) `--for`로 런타임을 지정하세요'
          : `${q(path)}을(를) ${declared}의 베이스라인용으로 빌드하거나 \`--for\`로 런타임을 지정하세요`,
    },
  }),
  'proof/damaged-program': code<{ path: string; found: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A program is damaged',
      ja: '壊れたプログラム',
      ko: '손상된 프로그램',
    },
    message: {
      en: ({ path, found }) => `${q(path)} (${found}) has headers that point outside the file, so it was not judged`,
      ja: ({ path, found }) => `${q(path)} (${found}) のヘッダーがファイルの外を指しているため、判定していません`,
      ko: ({ path, found }) => `${q(path)}(${found})의 헤더가 파일 밖을 가리켜 판정하지 않았습니다`,
    },
    fix: {
      en: ({ path }) => `Check whether ${q(path)} was cut short when it was downloaded or copied`,
      ja: ({ path }) => `${q(path)} がダウンロードやコピーの途中で切れていないか確認してください`,
      ko: ({ path }) => `${q(path)}이(가) 내려받거나 복사하다가 잘리지 않았는지 확인하세요`,
    },
  }),
  'proof/more-files': code<{ code: string; count: number }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'More findings of the same kind',
      ja: '同じ種類の指摘がほかにもある',
      ko: '같은 종류의 지적 사항이 더 있음',
    },
    message: {
      en: ({ code: id, count }) => `${count} more findings of ${q(id)} are not shown`,
      ja: ({ code: id, count }) => `${q(id)} の指摘がほかに ${count} 件あります (表示は省略)`,
      ko: ({ code: id, count }) => `${q(id)} 지적 사항이 ${count}건 더 있습니다(표시 생략)`,
    },
    fix: {
      en: () => `Fix those that are shown and verify again`,
      ja: () => `表示された指摘を直してから、もう一度検証してください`,
      ko: () => `표시된 지적 사항부터 고치고 다시 검증하세요`,
    },
  }),
} as const;
