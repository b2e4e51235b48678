import { cmd, code, list, q } from '../code.ts';

/** A stage by its name, else by its number from 0, as Docker counts. */
const stageOf = (stage: string) => q(stage);

/** What is fixed to one CPU, and what to write instead. */
const hardCoded = {
  url: {
    en: 'the download',
    ja: 'ダウンロード先',
    ko: '다운로드 주소',
  },
  apt: { en: 'the apt source', ja: 'apt の取得元', ko: 'apt 소스' },
  go: { en: '`GOARCH`', ja: '`GOARCH`', ko: '`GOARCH`' },
  rust: { en: 'the Rust target', ja: 'Rust のターゲット', ko: 'Rust 타깃' },
  path: { en: 'the path', ja: 'パス', ko: '경로' },
  python: { en: "the folder of Python's build", ja: 'Python のビルドフォルダー', ko: 'Python 빌드 폴더' },
  package: { en: 'the package', ja: 'パッケージ', ko: '패키지' },
  maven: { en: 'the Maven classifier', ja: 'Maven のクラシファイア', ko: 'Maven 분류자' },
  yum: { en: 'the package repository', ja: 'パッケージリポジトリ', ko: '패키지 저장소' },
  dotnet: { en: 'the .NET runtime identifier', ja: '.NET のランタイム識別子', ko: '.NET 런타임 식별자' },
  npm: { en: 'what npm installs', ja: 'npm がインストールするもの', ko: 'npm이 설치하는 것' },
  compiler: { en: 'the compiler flag', ja: 'コンパイラーのフラグ', ko: '컴파일러 플래그' },
  wheel: { en: 'the platform of the wheels', ja: 'wheel のプラットフォーム', ko: 'wheel의 플랫폼' },
} as const;

export type HardCoded = keyof typeof hardCoded;

type ArmLevel = 'armv8.2' | 'armv8.4' | 'sve' | 'armv8.7' | 'armv9';

/** What such a level needs at least, and machines in use that are below it. */
const arm: Readonly<Record<ArmLevel, { readonly needs: string; readonly without: string }>> = {
  'armv8.2': { needs: 'Armv8.2', without: 'Raspberry Pi 4, Amazon EC2 A1' },
  'armv8.4': { needs: 'Armv8.4', without: 'Graviton2, Ampere Altra' },
  sve: { needs: 'SVE', without: 'Graviton2, Ampere Altra' },
  'armv8.7': { needs: 'Armv8.7', without: 'Graviton2, Graviton3' },
  armv9: { needs: 'Armv9 / SVE2', without: 'Graviton2, Graviton3' },
};

/** A flag that names a version says it itself; `undefined` for what is none of Arm. */
function armOf(level: string, flag: string): { readonly needs: string; readonly without: string } | undefined {
  if (!Object.hasOwn(arm, level)) return undefined;
  const { needs, without } = arm[level as ArmLevel];
  const version = /=(armv8\.\d)-a/.exec(flag)?.[1];
  return { needs: level.startsWith('armv8') && version !== undefined ? version.replace('a', 'A') : needs, without };
}

/** The oldest CPUs as the compiler of the flag is told them: rustc has one option for both. */
function oldestOf(flag: string, level: string): readonly string[] {
  const [x86, cpu] = /^target-(?:cpu|feature)=/.test(flag) ? ['target-cpu=', 'target-cpu='] : ['-march=', '-mcpu='];
  if (level === 'native') return [`${x86}x86-64-v2`, `${cpu}neoverse-n1`];
  return [`${cpu}${level === 'armv8.2' ? 'cortex-a72' : 'neoverse-n1'}`];
}

/** What declares and asks for the CPU that a flag of a compiler is for, in BuildKit's words: the kernel's are its machine's. */
function flagFor(flag: string, platform: string): { readonly declared: string; readonly branch: string } {
  const [, architecture = '', variant] = platform.split('/');
  const names = variant === undefined ? ['TARGETARCH'] : ['TARGETARCH', 'TARGETVARIANT'];
  const asked = names.map((name) => `$${name}`).join('');
  return {
    declared: `ARG ${names.join(' ')}`,
    branch: `case "${asked}" in ${architecture}${variant ?? ''}) CFLAGS="$CFLAGS ${flag}" ;; esac`,
  };
}

interface Fixed {
  readonly what: HardCoded;
  readonly token: string;
  readonly text: string;
  /** What the token is of. */
  readonly platform: string;
}

/** `amd64` and `arm64` are BuildKit's own words, `x86_64` and `aarch64` are the kernel's, others are the project's. */
const instead = {
  en: ({ what, token, text, platform }: Fixed): string => {
    if (what === 'compiler') {
      const { declared, branch } = flagFor(token, platform);
      return `declare ${q(declared)} in this stage and give it to that CPU alone: ${q(branch)}`;
    }
    if (what === 'apt' && text.startsWith('Architectures:'))
      return "leave the field out: apt then takes the packages of the image's own CPU";
    if (what === 'apt') return `write ${q('[arch=$(dpkg --print-architecture)]')}`;
    if (what === 'python') return `write ${q('lib.linux-*')}: a COPY takes patterns`;
    if (what === 'npm')
      return 'leave it out: npm takes the package of the CPU that is built for. Where a lockfile has lost it, delete `node_modules` and the lockfile and make it anew';
    if (what === 'wheel') return 'leave it out: the wheels of the CPU that is built for are taken';
    if (what === 'yum')
      return `write ${q('$basearch')} for ${q(token)} where no shell fills it in, if the repository has its folder under that name`;
    if (what === 'maven')
      return `leave it out where the plugin finds it by itself, or choose it by ${q('$(uname -m)')}: ${q('linux-x86_64')}, ${q('linux-aarch_64')}`;
    if (what === 'package')
      return `write ${q('$(dpkg --print-architecture)')} or ${q('$(uname -m)')} for ${q(token)}, whichever word the file has, or leave it out of a name`;
    if (what === 'go') return `declare ${q('ARG TARGETARCH')} in this stage and write ${q('GOARCH=$TARGETARCH')}`;
    if (what === 'dotnet') return `declare ${q('ARG TARGETARCH')} in this stage and write ${q('-a $TARGETARCH')}`;
    if (what === 'path' && /^(?:x86_64|aarch64)$/.test(token))
      return `give it a place without the CPU in its name, as in ${q('RUN ln -s /usr/lib/*-linux-gnu/libNAME.so /usr/local/lib/')}, and name that; a COPY takes ${q('*-linux-gnu')} as a pattern`;
    if (/^(?:amd64|arm64)$/.test(token))
      return `declare ${q('ARG TARGETARCH')} in this stage and write ${q('${TARGETARCH}')} for ${q(token)}`;
    if (/^(?:x86_64|aarch64)$/.test(token) && what === 'url')
      return `write ${q('$(uname -m)')} for ${q(token)}: here it is the platform that is built for`;
    return `declare ${q('ARG TARGETARCH')} in this stage and choose the word for ${q(token)} by it: ${q('case "$TARGETARCH" in amd64) … ;; arm64) … ;; *) exit 1 ;; esac')}`;
  },
  ja: ({ what, token, text, platform }: Fixed): string => {
    if (what === 'compiler') {
      const { declared, branch } = flagFor(token, platform);
      return `このステージで ${q(declared)} を宣言し、その CPU にだけ渡してください: ${q(branch)}`;
    }
    if (what === 'apt' && text.startsWith('Architectures:'))
      return 'このフィールドを外してください。apt はイメージ自身の CPU 用のパッケージを取得します';
    if (what === 'apt') return `${q('[arch=$(dpkg --print-architecture)]')} と書いてください`;
    if (what === 'python') return `${q('lib.linux-*')} と書いてください。COPY にはパターンを書けます`;
    if (what === 'npm')
      return '指定を外してください。npm がビルド対象の CPU 用のパッケージを選びます。ロックファイルから消えている場合は、`node_modules` とロックファイルを削除して作り直します';
    if (what === 'wheel') return '指定を外してください。ビルド対象の CPU 用の wheel が選ばれます';
    if (what === 'yum')
      return `${q(token)} を ${q('$basearch')} に置き換えてください。シェルに展開されないように書き、リポジトリにその名前のフォルダーがあるかも確かめます`;
    if (what === 'maven')
      return `プラグインが自動で判定する場合は指定を外すか、${q('$(uname -m)')} に応じて ${q('linux-x86_64')}、${q('linux-aarch_64')} から選んでください`;
    if (what === 'package')
      return `${q(token)} を、ファイル名の語に合わせて ${q('$(dpkg --print-architecture)')} か ${q('$(uname -m)')} に置き換えるか、パッケージ名から外してください`;
    if (what === 'go')
      return `このステージで ${q('ARG TARGETARCH')} を宣言し、${q('GOARCH=$TARGETARCH')} と書いてください`;
    if (what === 'dotnet')
      return `このステージで ${q('ARG TARGETARCH')} を宣言し、${q('-a $TARGETARCH')} と書いてください`;
    if (what === 'path' && /^(?:x86_64|aarch64)$/.test(token))
      return `${q('RUN ln -s /usr/lib/*-linux-gnu/libNAME.so /usr/local/lib/')} のように CPU 名を含まない場所を用意し、そちらを指定してください。COPY では ${q('*-linux-gnu')} をパターンとして書けます`;
    if (/^(?:amd64|arm64)$/.test(token))
      return `このステージで ${q('ARG TARGETARCH')} を宣言し、${q(token)} を ${q('${TARGETARCH}')} に置き換えてください`;
    if (/^(?:x86_64|aarch64)$/.test(token) && what === 'url')
      return `${q(token)} を ${q('$(uname -m)')} に置き換えてください。このステージではビルド対象のプラットフォームになります`;
    return `このステージで ${q('ARG TARGETARCH')} を宣言し、${q(token)} に当たる語をその値で選んでください: ${q('case "$TARGETARCH" in amd64) … ;; arm64) … ;; *) exit 1 ;; esac')}`;
  },
  ko: ({ what, token, text, platform }: Fixed): string => {
    if (what === 'compiler') {
      const { declared, branch } = flagFor(token, platform);
      return `이 스테이지에 ${q(declared)}을(를) 선언하고 그 CPU에만 주세요: ${q(branch)}`;
    }
    if (what === 'apt' && text.startsWith('Architectures:'))
      return '이 필드를 빼세요. 그러면 apt가 이미지 자신의 CPU용 패키지를 가져옵니다';
    if (what === 'apt') return `${q('[arch=$(dpkg --print-architecture)]')}(으)로 쓰세요`;
    if (what === 'python') return `${q('lib.linux-*')}(으)로 쓰세요. COPY에는 패턴을 쓸 수 있습니다`;
    if (what === 'npm')
      return '빼세요. npm이 빌드하려는 CPU용 패키지를 고릅니다. 잠금 파일에서 빠졌다면 `node_modules`와 잠금 파일을 지우고 다시 만드세요';
    if (what === 'wheel') return '빼세요. 빌드하려는 CPU용 wheel이 선택됩니다';
    if (what === 'yum')
      return `${q(token)} 대신 ${q('$basearch')}을(를), 셸이 값을 채우지 않게 쓰고, 저장소에 그 이름의 폴더가 있는지도 확인하세요`;
    if (what === 'maven')
      return `플러그인이 스스로 찾으면 빼고, 아니면 ${q('$(uname -m)')}에 따라 ${q('linux-x86_64')}, ${q('linux-aarch_64')} 중에서 고르세요`;
    if (what === 'package')
      return `파일 이름의 낱말에 맞춰 ${q(token)} 대신 ${q('$(dpkg --print-architecture)')}이나 ${q('$(uname -m)')}을(를) 쓰거나 패키지 이름에서 빼세요`;
    if (what === 'go')
      return `이 스테이지에 ${q('ARG TARGETARCH')}을(를) 선언하고 ${q('GOARCH=$TARGETARCH')}(으)로 쓰세요`;
    if (what === 'dotnet')
      return `이 스테이지에 ${q('ARG TARGETARCH')}을(를) 선언하고 ${q('-a $TARGETARCH')}(으)로 쓰세요`;
    if (what === 'path' && /^(?:x86_64|aarch64)$/.test(token))
      return `${q('RUN ln -s /usr/lib/*-linux-gnu/libNAME.so /usr/local/lib/')}처럼 이름에 CPU가 없는 자리를 만들어 그것을 지정하세요. COPY에서는 ${q('*-linux-gnu')}을(를) 패턴으로 쓸 수 있습니다`;
    if (/^(?:amd64|arm64)$/.test(token))
      return `이 스테이지에 ${q('ARG TARGETARCH')}을(를) 선언하고 ${q(token)} 대신 ${q('${TARGETARCH}')}을(를) 쓰세요`;
    if (/^(?:x86_64|aarch64)$/.test(token) && what === 'url')
      return `${q(token)} 대신 ${q('$(uname -m)')}을(를) 쓰세요. 이 스테이지에서는 빌드하려는 플랫폼의 값입니다`;
    return `이 스테이지에 ${q('ARG TARGETARCH')}을(를) 선언하고 ${q(token)}에 해당하는 낱말을 그 값으로 고르세요: ${q('case "$TARGETARCH" in amd64) … ;; arm64) … ;; *) exit 1 ;; esac')}`;
  },
};

/** What a build leaves that only one CPU runs. */
export const native = {
  go: { en: 'a Go program', ja: ' Go のプログラム', ko: 'Go 프로그램' },
  rust: { en: 'a Rust program', ja: ' Rust のプログラム', ko: 'Rust 프로그램' },
  c: { en: 'a compiled program', ja: 'コンパイル済みのプログラム', ko: '컴파일한 프로그램' },
  download: { en: 'a program', ja: 'プログラム', ko: '프로그램' },
  python: { en: 'native packages of Python', ja: ' Python のネイティブパッケージ', ko: 'Python 네이티브 패키지' },
  node: { en: 'native packages of npm', ja: ' npm のネイティブパッケージ', ko: 'npm 네이티브 패키지' },
  ruby: { en: 'native gems', ja: 'ネイティブ gem', ko: '네이티브 gem' },
  os: { en: 'a program of the distribution', ja: 'ディストリビューションのプログラム', ko: '배포판 프로그램' },
  compiled: { en: 'a compiled program', ja: 'コンパイル済みのプログラム', ko: '컴파일한 프로그램' },
  dotnet: {
    en: 'a .NET program with its runtime',
    ja: 'ランタイム込みの .NET プログラム',
    ko: '런타임을 포함한 .NET 프로그램',
  },
} as const;

export type NativeOutput = keyof typeof native;

const forTarget = {
  en: {
    go: `declare ${q('ARG TARGETARCH')} in the build stage and put ${q('GOARCH=$TARGETARCH')} before the command`,
    rust: 'give the command the Rust target of `$TARGETARCH` (`--target`), or take `--platform` from the FROM of its stage',
    c: 'use a cross compiler for `$TARGETARCH`, or take `--platform` from the FROM of its stage',
    download:
      'ask for the CPU of the image: `ARG TARGETARCH` in that stage, and its word in place of what the machine says of itself',
    node: 'install the packages in a stage without `--platform`, and copy from that one',
    python: 'install the packages in a stage without `--platform`, and copy from that one',
    ruby: 'install the gems in a stage without `--platform`, and copy from that one',
    os: 'install it in the image itself, or in a stage without `--platform`',
    compiled:
      'take `--platform` from the FROM of the stage that compiles it: this compiler makes programs for its own CPU',
    dotnet: `declare ${q('ARG TARGETARCH')} in the build stage and write ${q('-a $TARGETARCH')} behind ${q('dotnet publish')}, and behind the ${q('dotnet restore')} before it`,
  },
  ja: {
    go: `ビルドステージで ${q('ARG TARGETARCH')} を宣言し、コマンドの前に ${q('GOARCH=$TARGETARCH')} を付けてください`,
    rust: 'コマンドに `$TARGETARCH` に対応する Rust ターゲット (`--target`) を渡すか、そのステージの FROM から `--platform` を外してください',
    c: '`$TARGETARCH` 用のクロスコンパイラを使うか、そのステージの FROM から `--platform` を外してください',
    download:
      'イメージの CPU で選んでください。そのステージで `ARG TARGETARCH` を宣言し、マシン自身の CPU を調べる代わりにその値を使います',
    node: '`--platform` のないステージでパッケージをインストールし、そこからコピーしてください',
    python: '`--platform` のないステージでパッケージをインストールし、そこからコピーしてください',
    ruby: '`--platform` のないステージで gem をインストールし、そこからコピーしてください',
    os: 'イメージ自身か、`--platform` のないステージでインストールしてください',
    compiled:
      'コンパイルするステージの FROM から `--platform` を外してください。このコンパイラは自身の CPU 向けのプログラムを作ります',
    dotnet: `ビルドステージで ${q('ARG TARGETARCH')} を宣言し、${q('dotnet publish')} と、その前の ${q('dotnet restore')} に ${q('-a $TARGETARCH')} を付けてください`,
  },
  ko: {
    go: `빌드 스테이지에 ${q('ARG TARGETARCH')}을(를) 선언하고 명령 앞에 ${q('GOARCH=$TARGETARCH')}을(를) 붙이세요`,
    rust: '명령에 `$TARGETARCH`에 맞는 Rust 타깃(`--target`)을 주거나 그 스테이지의 FROM에서 `--platform`을 빼세요',
    c: '`$TARGETARCH`용 크로스 컴파일러를 쓰거나 그 스테이지의 FROM에서 `--platform`을 빼세요',
    download:
      '이미지의 CPU로 고르세요. 그 스테이지에 `ARG TARGETARCH`를 선언하고, 머신 자신의 CPU를 묻는 대신 그 값을 씁니다',
    node: '`--platform`이 없는 스테이지에서 패키지를 설치하고 거기에서 복사하세요',
    python: '`--platform`이 없는 스테이지에서 패키지를 설치하고 거기에서 복사하세요',
    ruby: '`--platform`이 없는 스테이지에서 gem을 설치하고 거기에서 복사하세요',
    os: '이미지 자체에서, 또는 `--platform`이 없는 스테이지에서 설치하세요',
    compiled: '컴파일하는 스테이지의 FROM에서 `--platform`을 빼세요. 이 컴파일러는 자신의 CPU용 프로그램을 만듭니다',
    dotnet: `빌드 스테이지에 ${q('ARG TARGETARCH')}을(를) 선언하고 ${q('dotnet publish')} 뒤와 그 앞의 ${q('dotnet restore')} 뒤에 ${q('-a $TARGETARCH')}을(를) 붙이세요`,
  },
} as const;

/** Why the kernel does not start a script. */
export type ScriptFault = 'no-interpreter' | 'byte-order-mark' | 'carriage-return';

/** The first line of a script, by the name of its file. */
const interpreterFor = (script: string): string =>
  /\.[cm]?js$/.test(script) ? '#!/usr/bin/env node' : script.endsWith('.py') ? '#!/usr/bin/env python3' : '#!/bin/sh';

/** Where packages of a machine lie, what loads them, and what installs them in an image. */
const hostFolder = { node: 'node_modules', python: '.venv', ruby: 'vendor/bundle' } as const;
const hostProgram = { node: 'node', python: 'python', ruby: 'ruby' } as const;
const installRun = { node: 'RUN npm ci', python: 'RUN uv sync --frozen', ruby: 'RUN bundle install' } as const;

const more = (packages: readonly string[], count: number): string =>
  count > packages.length ? ` (+${count - packages.length})` : '';

export const dockerfileCpuCodes = {
  'dockerfile/entry-script-broken': code<{ script: string; path: string; fault: ScriptFault }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The script that the image starts is none to the kernel',
      ja: 'イメージが起動するスクリプトをカーネルが実行できない',
      ko: '이미지가 시작하는 스크립트를 커널이 실행할 수 없음',
    },
    message: {
      en: ({ script, path, fault }) =>
        fault === 'carriage-return'
          ? `${q(script)} has a carriage return behind its interpreter, which is a part of the name to the kernel: ${q(path)} stops with ${q('no such file or directory')} on every CPU`
          : fault === 'byte-order-mark'
            ? `${q(script)} begins with a byte order mark, so its ${q('#!')} is none to the kernel: ${q(path)} stops with ${q('exec format error')} on every CPU`
            : `${q(script)} does not begin with ${q('#!')}: ${q(path)} stops with ${q('exec format error')} on every CPU, and the image's platform is not the cause`,
      ja: ({ script, path, fault }) =>
        fault === 'carriage-return'
          ? `${q(script)} のインタープリターの後ろに復帰文字 (CR) があり、カーネルはそれも名前の一部と見なします。${q(path)} はどの CPU でも ${q('no such file or directory')} で停止します`
          : fault === 'byte-order-mark'
            ? `${q(script)} の先頭にバイト順マーク (BOM) があるため、カーネルは ${q('#!')} を認識しません。${q(path)} はどの CPU でも ${q('exec format error')} で停止します`
            : `${q(script)} が ${q('#!')} で始まっていません。${q(path)} はどの CPU でも ${q('exec format error')} で停止します。イメージのプラットフォームが原因ではありません`,
      ko: ({ script, path, fault }) =>
        fault === 'carriage-return'
          ? `${q(script)}의 인터프리터 뒤에 캐리지 리턴(CR)이 있는데, 커널은 이것도 이름의 일부로 봅니다. ${q(path)}은(는) 어느 CPU에서나 ${q('no such file or directory')}(으)로 멈춥니다`
          : fault === 'byte-order-mark'
            ? `${q(script)} 맨 앞에 바이트 순서 표시(BOM)가 있어 커널이 ${q('#!')}을(를) 알아보지 못합니다. ${q(path)}은(는) 어느 CPU에서나 ${q('exec format error')}(으)로 멈춥니다`
            : `${q(script)}이(가) ${q('#!')}(으)로 시작하지 않습니다. ${q(path)}은(는) 어느 CPU에서나 ${q('exec format error')}(으)로 멈추며, 이미지의 플랫폼이 원인이 아닙니다`,
    },
    fix: {
      en: ({ script, fault }) =>
        fault === 'carriage-return'
          ? `Save it with plain line ends: ${cmd(`sed -i 's/\\r$//' ${script}`)}; ${q('*.sh text eol=lf')} in ${q('.gitattributes')} keeps it so on Windows`
          : fault === 'byte-order-mark'
            ? `Save it as UTF-8 without the mark: ${cmd(`sed -i '1s/^\\xEF\\xBB\\xBF//' ${script}`)}`
            : `Write ${q(interpreterFor(script))} into its first line`,
      ja: ({ script, fault }) =>
        fault === 'carriage-return'
          ? `改行を LF にして保存してください: ${cmd(`sed -i 's/\\r$//' ${script}`)}。${q('.gitattributes')} に ${q('*.sh text eol=lf')} と書けば、Windows でもそのまま保たれます`
          : fault === 'byte-order-mark'
            ? `BOM なしの UTF-8 で保存してください: ${cmd(`sed -i '1s/^\\xEF\\xBB\\xBF//' ${script}`)}`
            : `最初の行に ${q(interpreterFor(script))} と書いてください`,
      ko: ({ script, fault }) =>
        fault === 'carriage-return'
          ? `줄 끝을 LF로 저장하세요: ${cmd(`sed -i 's/\\r$//' ${script}`)}. ${q('.gitattributes')}에 ${q('*.sh text eol=lf')}(이)라고 적으면 Windows에서도 유지됩니다`
          : fault === 'byte-order-mark'
            ? `BOM 없는 UTF-8로 저장하세요: ${cmd(`sed -i '1s/^\\xEF\\xBB\\xBF//' ${script}`)}`
            : `첫 줄에 ${q(interpreterFor(script))}을(를) 쓰세요`,
    },
  }),
  'dockerfile/checksum-of-one': code<{ url: string; checksum: string; platforms: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'One checksum for a file that is another one on each CPU',
      ja: 'CPU ごとに異なるファイルに対してチェックサムが 1 つしかない',
      ko: 'CPU마다 다른 파일에 체크섬이 하나뿐임',
    },
    message: {
      en: ({ url, checksum, platforms }) =>
        `The checksum ${q(`${checksum}…`)} is compared with ${q(url)}, which is another file on each of ${platforms.join(', ')}: it is right for one of them at most, and the build stops on the others`,
      ja: ({ url, checksum, platforms }) =>
        `チェックサム ${q(`${checksum}…`)} を ${q(url)} と照合していますが、これは ${platforms.join('、')} のそれぞれで別のファイルです。一致するのは多くても 1 つで、ほかのプラットフォームではビルドが止まります`,
      ko: ({ url, checksum, platforms }) =>
        `체크섬 ${q(`${checksum}…`)}을(를) ${q(url)}과(와) 비교하지만, 이것은 ${platforms.join(', ')}에서 저마다 다른 파일입니다. 많아야 하나만 일치하고 나머지에서는 빌드가 멈춥니다`,
    },
    fix: {
      en: () =>
        `Give each CPU its own: ${q('case "$TARGETARCH" in amd64) sum=… ;; arm64) sum=… ;; *) exit 1 ;; esac')}, or compare with the list of checksums that is published beside the file`,
      ja: () =>
        `CPU ごとに用意してください: ${q('case "$TARGETARCH" in amd64) sum=… ;; arm64) sum=… ;; *) exit 1 ;; esac')}。配布元がチェックサムの一覧を公開していれば、それと照合する方法もあります`,
      ko: () =>
        `CPU마다 따로 두세요: ${q('case "$TARGETARCH" in amd64) sum=… ;; arm64) sum=… ;; *) exit 1 ;; esac')}. 배포처가 체크섬 목록을 함께 게시한다면 그것과 비교해도 됩니다`,
    },
  }),
  'dockerfile/cpu-of-builder': code<{
    what: 'flag' | 'base';
    flag: string;
    level: 'native' | 'v3' | 'v4' | ArmLevel;
  }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'The program is compiled for some CPUs of the platform alone',
      ja: '同じプラットフォームでも一部の CPU でしか動かないようにコンパイルしている',
      ko: '같은 플랫폼에서도 일부 CPU에서만 실행되도록 컴파일함',
    },
    message: {
      en: ({ what, flag, level }) =>
        what === 'base'
          ? `${q(flag)} needs x86-64-${level}; on a linux/amd64 machine or emulator below that, such as Rosetta without AVX, every program in it stops with ${q(`Fatal glibc error: CPU does not support x86-64-${level}`)}`
          : level === 'native'
            ? `${q(flag)} uses whatever the building machine has; on a machine of the same platform that lacks it, the program stops with ${q('Illegal instruction')}`
            : armOf(level, flag) !== undefined
              ? `${q(flag)} needs ${armOf(level, flag)?.needs}; on a linux/arm64 machine below that, such as ${armOf(level, flag)?.without}, the program stops with ${q('Illegal instruction')}`
              : `${q(flag)} needs x86-64-${level}; on a linux/amd64 machine or emulator below that, such as ${level === 'v3' ? 'Rosetta without AVX' : 'most machines without AVX-512'}, the program stops with ${q('Illegal instruction')}`,
      ja: ({ what, flag, level }) =>
        what === 'base'
          ? `${q(flag)} には x86-64-${level} が必要です。それに満たない linux/amd64 のマシンやエミュレーター (AVX のない Rosetta など) では、中のどのプログラムも ${q(`Fatal glibc error: CPU does not support x86-64-${level}`)} で停止します`
          : level === 'native'
            ? `${q(flag)} はビルドするマシンの命令をそのまま使います。同じプラットフォームでもその命令がないマシンでは ${q('Illegal instruction')} で停止します`
            : armOf(level, flag) !== undefined
              ? `${q(flag)} には ${armOf(level, flag)?.needs} が必要です。それに満たない linux/arm64 のマシン (${armOf(level, flag)?.without} など) では ${q('Illegal instruction')} で停止します`
              : `${q(flag)} には x86-64-${level} が必要です。それに満たない linux/amd64 のマシンやエミュレーター (${level === 'v3' ? 'AVX のない Rosetta など' : 'AVX-512 のない多くのマシン'}) では ${q('Illegal instruction')} で停止します`,
      ko: ({ what, flag, level }) =>
        what === 'base'
          ? `${q(flag)}에는 x86-64-${level}이(가) 필요합니다. 그보다 낮은 linux/amd64 머신이나 에뮬레이터(AVX가 없는 Rosetta 등)에서는 안의 모든 프로그램이 ${q(`Fatal glibc error: CPU does not support x86-64-${level}`)}(으)로 멈춥니다`
          : level === 'native'
            ? `${q(flag)}은(는) 빌드하는 머신의 명령을 그대로 씁니다. 같은 플랫폼이라도 그 명령이 없는 머신에서는 ${q('Illegal instruction')}(으)로 멈춥니다`
            : armOf(level, flag) !== undefined
              ? `${q(flag)}에는 ${armOf(level, flag)?.needs}이(가) 필요합니다. 그보다 낮은 linux/arm64 머신(${armOf(level, flag)?.without} 등)에서는 ${q('Illegal instruction')}(으)로 멈춥니다`
              : `${q(flag)}에는 x86-64-${level}이(가) 필요합니다. 그보다 낮은 linux/amd64 머신이나 에뮬레이터(${level === 'v3' ? 'AVX가 없는 Rosetta 등' : 'AVX-512가 없는 대부분의 머신'})에서는 ${q('Illegal instruction')}(으)로 멈춥니다`,
    },
    fix: {
      en: ({ what, flag, level }) =>
        what === 'base'
          ? 'Stay with the release before it, which needs x86-64-v2, or silence this with the machines as the reason'
          : level === 'native'
            ? `Take the flag out, or name the oldest CPU that it must run on: ${list(oldestOf(flag, level))}`
            : armOf(level, flag) !== undefined
              ? `Name the oldest CPU that it must run on (${list(oldestOf(flag, level))}), or silence this with the machines as the reason`
              : 'Ask for the level that every machine has which runs it (`v2`), or silence this with the machines as the reason',
      ja: ({ what, flag, level }) =>
        what === 'base'
          ? 'x86-64-v2 で動く 1 つ前のリリースを使うか、対象のマシンを理由として抑制してください'
          : level === 'native'
            ? `フラグを外すか、動かす必要のある最も古い CPU を指定してください: ${oldestOf(flag, level).map(q).join('、')}`
            : armOf(level, flag) !== undefined
              ? `動かす必要のある最も古い CPU を指定するか (${list(oldestOf(flag, level))})、対象のマシンを理由として抑制してください`
              : '実行するすべてのマシンが満たすレベル (`v2`) を指定するか、対象のマシンを理由として抑制してください',
      ko: ({ what, flag, level }) =>
        what === 'base'
          ? 'x86-64-v2로 실행되는 바로 전 릴리스를 쓰거나, 대상 머신을 이유로 적어 무시하세요'
          : level === 'native'
            ? `플래그를 빼거나 실행해야 하는 가장 오래된 CPU를 지정하세요: ${list(oldestOf(flag, level))}`
            : armOf(level, flag) !== undefined
              ? `실행해야 하는 가장 오래된 CPU를 지정하거나(${list(oldestOf(flag, level))}), 대상 머신을 이유로 적어 무시하세요`
              : '실행하는 모든 머신이 갖춘 수준(`v2`)을 지정하거나, 대상 머신을 이유로 적어 무시하세요',
    },
  }),
  'dockerfile/unused-stage-pinned': code<{
    stage: string;
    image: string;
    platform: string;
    other: string;
    line: number;
  }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A stage that nothing needs gives its CPU to the image where BuildKit is off',
      ja: 'BuildKit が無効だと、使われないステージの CPU がイメージに入る',
      ko: 'BuildKit이 꺼져 있으면 쓰지 않는 스테이지의 CPU가 이미지에 들어감',
    },
    message: {
      en: ({ stage, image, platform, other, line }) =>
        `Nothing is taken from stage ${stageOf(stage)}, and BuildKit passes it over; a builder without BuildKit carries it out, and line ${line} then gets ${q(image)} for ${platform} in place of ${other}, because the tag on that machine means it`,
      ja: ({ stage, image, platform, other, line }) =>
        `ステージ ${stageOf(stage)} はどこからも使われず、BuildKit なら実行されません。BuildKit を使わないビルダーはこれも実行し、そのマシンのタグ ${q(image)} が ${platform} を指すようになるため、${line} 行目は ${other} ではなく ${platform} になります`,
      ko: ({ stage, image, platform, other, line }) =>
        `스테이지 ${stageOf(stage)}은(는) 어디에서도 쓰지 않아 BuildKit은 건너뜁니다. BuildKit을 쓰지 않는 빌더는 이것도 실행하고, 그 머신의 태그 ${q(image)}이(가) ${platform}을(를) 가리키게 되어 ${line}행은 ${other} 대신 ${platform}이(가) 됩니다`,
    },
    fix: {
      en: ({ platform }) =>
        `Take the stage out, and name the platform where it is built: ${cmd(`docker build --platform ${platform} .`)}; on a builder of old, ${q('DOCKER_BUILDKIT=1')} before the command builds only what is needed`,
      ja: ({ platform }) =>
        `このステージを削除し、プラットフォームはビルドするときに指定してください: ${cmd(`docker build --platform ${platform} .`)}。古いビルダーでは、コマンドの前に ${q('DOCKER_BUILDKIT=1')} を付けると必要なステージだけがビルドされます`,
      ko: ({ platform }) =>
        `이 스테이지를 지우고 플랫폼은 빌드할 때 지정하세요: ${cmd(`docker build --platform ${platform} .`)}. 오래된 빌더에서는 명령 앞에 ${q('DOCKER_BUILDKIT=1')}을(를) 붙이면 필요한 스테이지만 빌드합니다`,
    },
  }),
  'dockerfile/host-files-copied': code<{
    what: 'node' | 'python' | 'ruby' | 'program';
    source: string;
    packages: readonly string[];
    count: number;
    file: string;
    holds: string;
    /** By the loader of glibc, or by the kernel. */
    prints: string;
    ignore: string;
    breaks: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The packages or programs of this machine are copied into the image',
      ja: 'このマシンのパッケージやプログラムがイメージにコピーされる',
      ko: '이 컴퓨터의 패키지나 프로그램이 이미지에 복사됨',
    },
    message: {
      en: ({ what, source, packages, count, file, holds, prints, breaks }) =>
        what === 'program'
          ? `${q(`COPY ${source}`)} takes a program that was made elsewhere: ${q(file)} is ${holds}, and on ${breaks.join(', ')} it stops with ${q(prints)}`
          : `${q(`COPY ${source}`)} brings ${q(hostFolder[what])} along, with ${list(packages)}${more(packages, count)} as installed here: ${q(file)} is ${holds}, and on ${breaks.join(', ')} ${hostProgram[what]} stops with ${q(prints)} or finds no package for its CPU`,
      ja: ({ what, source, packages, count, file, holds, prints, breaks }) =>
        what === 'program'
          ? `${q(`COPY ${source}`)} でコピーされるプログラム ${q(file)} は ${holds} で、${breaks.join('、')} では ${q(prints)} で停止します`
          : `${q(`COPY ${source}`)} で ${q(hostFolder[what])} もコピーされ、このマシンでインストールした ${list(packages)}${more(packages, count)} が入ります。${q(file)} は ${holds} で、${breaks.join('、')} では ${q(prints)} になるか、その CPU 用のパッケージが見つからず停止します`,
      ko: ({ what, source, packages, count, file, holds, prints, breaks }) =>
        what === 'program'
          ? `${q(`COPY ${source}`)}(으)로 복사되는 프로그램 ${q(file)}은(는) ${holds}이며, ${breaks.join(', ')}에서는 ${q(prints)}(으)로 멈춥니다`
          : `${q(`COPY ${source}`)}(으)로 ${q(hostFolder[what])}도 복사되어 이 컴퓨터에서 설치한 ${list(packages)}${more(packages, count)}이(가) 들어갑니다. ${q(file)}은(는) ${holds}이며, ${breaks.join(', ')}에서는 ${q(prints)}이(가) 나거나 그 CPU용 패키지를 찾지 못해 멈춥니다`,
    },
    fix: {
      en: ({ what, ignore, file }) =>
        what === 'program'
          ? `Build it in a stage of the Dockerfile, or have one file for each CPU beside it and name it by ${q('$TARGETARCH')}: ${q(`COPY ${file.split('/').at(-1)}-$TARGETARCH`)}`
          : `Write ${q(hostFolder[what])} into ${q(ignore)}, and let the Dockerfile install the packages: ${q(installRun[what])}`,
      ja: ({ what, ignore, file }) =>
        what === 'program'
          ? `Dockerfile のステージでビルドするか、CPU ごとのファイルを用意して ${q('$TARGETARCH')} で選んでください: ${q(`COPY ${file.split('/').at(-1)}-$TARGETARCH`)}`
          : `${q(ignore)} に ${q(hostFolder[what])} と書き、パッケージは Dockerfile の中でインストールしてください: ${q(installRun[what])}`,
      ko: ({ what, ignore, file }) =>
        what === 'program'
          ? `Dockerfile의 스테이지에서 빌드하거나, CPU마다 파일을 두고 ${q('$TARGETARCH')}(으)로 고르세요: ${q(`COPY ${file.split('/').at(-1)}-$TARGETARCH`)}`
          : `${q(ignore)}에 ${q(hostFolder[what])}(이)라고 적고, 패키지는 Dockerfile 안에서 설치하세요: ${q(installRun[what])}`,
    },
  }),
  'dockerfile/platform-pinned': code<{ flag: string; platform: string; breaks: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'FROM fixes the image to one platform',
      ja: 'FROM がイメージを 1 つのプラットフォームに固定している',
      ko: 'FROM이 이미지를 한 플랫폼에 고정함',
    },
    message: {
      en: ({ flag, platform, breaks }) =>
        `${q(flag)} makes this image ${platform} whichever platform is asked for; on ${breaks.join(', ')} it stops with ${q('exec format error')}`,
      ja: ({ flag, platform, breaks }) =>
        `${q(flag)} があるため、どのプラットフォームを指定してもイメージの中身は ${platform} になり、${breaks.join('、')} では ${q('exec format error')} で停止します`,
      ko: ({ flag, platform, breaks }) =>
        `${q(flag)} 때문에 어떤 플랫폼을 지정해도 이미지의 내용은 ${platform}이(가) 되며, ${breaks.join(', ')}에서는 ${q('exec format error')}(으)로 멈춥니다`,
    },
    fix: {
      en: ({ platform }) =>
        `Take the flag out: the stage then has the platform that is asked for. Name that where the image is built: ${cmd(`docker build --platform ${platform} .`)}`,
      ja: ({ platform }) =>
        `このフラグを外してください。ステージは指定されたプラットフォームになります。プラットフォームはビルドするときに指定します: ${cmd(`docker build --platform ${platform} .`)}`,
      ko: ({ platform }) =>
        `이 플래그를 빼세요. 그러면 스테이지가 지정한 플랫폼을 따릅니다. 플랫폼은 빌드할 때 지정합니다: ${cmd(`docker build --platform ${platform} .`)}`,
    },
  }),
  'dockerfile/final-stage-on-builder': code<{ base: string; breaks: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The image itself is made for the CPU of the builder',
      ja: 'イメージ自体がビルドするマシンの CPU 向けになる',
      ko: '이미지 자체가 빌드하는 머신의 CPU용이 됨',
    },
    message: {
      en: ({ base, breaks }) =>
        `The final stage is ${q(base)} for ${q('$BUILDPLATFORM')}: under each label stand the bytes of whichever CPU built it, so an image for ${breaks.join(' or ')} made on another CPU stops with ${q('exec format error')}`,
      ja: ({ base, breaks }) =>
        `最終ステージが ${q('$BUILDPLATFORM')} の ${q(base)} です。どのラベルでも中身はビルドしたマシンの CPU 用になるため、別の CPU でビルドした ${breaks.join('、')} 用イメージは ${q('exec format error')} で停止します`,
      ko: ({ base, breaks }) =>
        `최종 스테이지가 ${q('$BUILDPLATFORM')}의 ${q(base)}입니다. 어느 라벨이든 내용은 빌드한 머신의 CPU용이므로, 다른 CPU에서 빌드한 ${breaks.join(', ')} 이미지는 ${q('exec format error')}(으)로 멈춥니다`,
    },
    fix: {
      en: () =>
        `Take ${q('--platform=$BUILDPLATFORM')} out of the FROM that the image consists of; it belongs on stages that only prepare files which run on no CPU`,
      ja: () =>
        `イメージになる FROM から ${q('--platform=$BUILDPLATFORM')} を外してください。これは CPU に依存しないファイルを用意するだけのステージに付けるものです`,
      ko: () =>
        `이미지가 되는 FROM에서 ${q('--platform=$BUILDPLATFORM')}을(를) 빼세요. 이 플래그는 CPU와 무관한 파일만 준비하는 스테이지에 쓰는 것입니다`,
    },
  }),
  'dockerfile/builder-output-copied': code<{
    what: NativeOutput;
    /** `$BUILDPLATFORM`, or the one platform of its stage. */
    madeFor: string;
    command: string;
    path: string;
    stage: string;
    packages: readonly string[];
    breaks: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'What is copied was made for the CPU of the builder',
      ja: 'コピーされるものがビルドするマシンの CPU 向けに作られている',
      ko: '복사하는 것이 빌드하는 머신의 CPU용으로 만들어짐',
    },
    message: {
      en: ({ what, madeFor, command, path, stage, packages, breaks }) =>
        `${q(path)} of stage ${stageOf(stage)} holds ${native[what].en}${packages.length > 0 ? ` (${list(packages)})` : ''} that ${q(command)} made for ${q(madeFor)}; the image for ${breaks.join(', ')} gets the same, and on another CPU it does not load`,
      ja: ({ what, madeFor, command, path, stage, packages, breaks }) =>
        `ステージ ${stageOf(stage)} の ${q(path)} には、${q(command)} が ${q(madeFor)} 用に作った${native[what].ja}${packages.length > 0 ? ` (${list(packages)}) ` : ''}があります。${breaks.join('、')} 用イメージにも同じものが入り、CPU が異なると読み込めません`,
      ko: ({ what, madeFor, command, path, stage, packages, breaks }) =>
        `스테이지 ${stageOf(stage)}의 ${q(path)}에는 ${q(command)}이(가) ${q(madeFor)}용으로 만든 ${native[what].ko}${packages.length > 0 ? `(${list(packages)})` : ''}이(가) 있습니다. ${breaks.join(', ')} 이미지에도 같은 것이 들어가며, CPU가 다르면 로드되지 않습니다`,
    },
    fix: {
      en: ({ what }) => `${forTarget.en[what].charAt(0).toUpperCase()}${forTarget.en[what].slice(1)}`,
      ja: ({ what }) => forTarget.ja[what],
      ko: ({ what }) => forTarget.ko[what],
    },
  }),
  'dockerfile/builder-output-unknown': code<{
    command: string;
    madeFor: string;
    path: string;
    stage: string;
    /** Undefined where the command names packages and reads no file. */
    lockfile: string | undefined;
    /** Of which a script runs at the install, where the lockfile is there and that is all that is open. */
    packages: readonly string[];
    /** Of a group that may be left out; of a library that may be headers alone. */
    open?: 'groups' | 'headers' | undefined;
  }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'What is copied may be for the CPU of the builder',
      ja: 'コピーされるものがビルドするマシンの CPU 向けかもしれない',
      ko: '복사하는 것이 빌드하는 머신의 CPU용일 수 있음',
    },
    message: {
      en: ({ command, madeFor, path, stage, lockfile, packages, open }) =>
        `${q(path)} of stage ${stageOf(stage)} holds what ${q(command)} installed for ${q(madeFor)}; ${open === 'headers' ? 'whether that is programs and libraries, or headers alone, is not seen here' : open === 'groups' ? `${list(packages)} may be in a group that is left out: the lockfile does not say` : packages.length > 0 ? `what the install script of ${list(packages)} leaves is not known here` : lockfile === undefined ? 'whether the packages that the command names, or one that these need, are native is not known here' : `whether a package of it is native is not seen here: ${q(lockfile)} would tell`}`,
      ja: ({ command, madeFor, path, stage, lockfile, packages, open }) =>
        `ステージ ${stageOf(stage)} の ${q(path)} には ${q(command)} が ${q(madeFor)} 用にインストールしたものがあります。${open === 'headers' ? 'プログラムやライブラリなのか、ヘッダーだけなのかはここでは分かりません' : open === 'groups' ? `${list(packages)} は除外されたグループのものかもしれず、ロックファイルからは分かりません` : packages.length > 0 ? `${list(packages)} のインストールスクリプトが何を残すかはここでは分かりません` : lockfile === undefined ? 'コマンドで指定されたパッケージや、その依存パッケージがネイティブかどうかはここでは分かりません' : `ネイティブパッケージが含まれるかどうかはここでは分かりません。${q(lockfile)} があれば判断できます`}`,
      ko: ({ command, madeFor, path, stage, lockfile, packages, open }) =>
        `스테이지 ${stageOf(stage)}의 ${q(path)}에는 ${q(command)}이(가) ${q(madeFor)}용으로 설치한 것이 있습니다. ${open === 'headers' ? '프로그램과 라이브러리인지 헤더뿐인지는 여기서 알 수 없습니다' : open === 'groups' ? `${list(packages)}은(는) 제외된 그룹의 것일 수 있으며, 잠금 파일로는 알 수 없습니다` : packages.length > 0 ? `${list(packages)}의 설치 스크립트가 무엇을 남기는지는 여기서 알 수 없습니다` : lockfile === undefined ? '명령에 적힌 패키지나 그것이 필요로 하는 패키지가 네이티브인지는 여기서 알 수 없습니다' : `네이티브 패키지가 있는지는 여기서 알 수 없으며, ${q(lockfile)}이(가) 있으면 알 수 있습니다`}`,
    },
    fix: {
      en: ({ open }) =>
        `Install ${open === 'headers' ? 'it' : 'the packages'} in a stage without ${q('--platform')}, and copy from that one`,
      ja: ({ open }) =>
        `${q('--platform')} のないステージで${open === 'headers' ? '' : 'パッケージを'}インストールし、そこからコピーしてください`,
      ko: ({ open }) =>
        `${q('--platform')}이(가) 없는 스테이지에서 ${open === 'headers' ? '' : '패키지를 '}설치하고 거기에서 복사하세요`,
    },
  }),
  'dockerfile/architecture-hard-coded': code<{
    what: HardCoded;
    token: string;
    text: string;
    platform: string;
    breaks: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'One CPU is written where the platform decides',
      ja: 'プラットフォームで決まるべき箇所に CPU が直接書かれている',
      ko: '플랫폼이 정할 자리에 CPU가 직접 적혀 있음',
    },
    message: {
      en: ({ what, token, text, breaks }) =>
        what === 'compiler'
          ? `${q(token)} is a flag of one CPU, and the compiler of ${breaks.join(', ')} ends with an error at it (${q(text)})`
          : `${hardCoded[what].en.charAt(0).toUpperCase()}${hardCoded[what].en.slice(1)} says ${q(token)} for every platform (${q(text)}), so the image for ${breaks.join(', ')} holds code for another CPU, or its build fails`,
      ja: ({ what, token, text, breaks }) =>
        what === 'compiler'
          ? `${q(token)} は 1 つの CPU 専用のフラグで、${breaks.join('、')} のコンパイラーはエラーで終了します (${q(text)})`
          : `${hardCoded[what].ja}がどのプラットフォームでも ${q(token)} です (${q(text)})。${breaks.join('、')} 用イメージに別の CPU のコードが入るか、ビルドが失敗します`,
      ko: ({ what, token, text, breaks }) =>
        what === 'compiler'
          ? `${q(token)}은(는) 한 CPU 전용 플래그라서 ${breaks.join(', ')}의 컴파일러가 오류로 끝납니다(${q(text)})`
          : `${hardCoded[what].ko}이(가) 모든 플랫폼에서 ${q(token)}입니다(${q(text)}). ${breaks.join(', ')} 이미지에 다른 CPU의 코드가 들어가거나 빌드가 실패합니다`,
    },
    fix: {
      en: (fixed) => {
        const text = instead.en(fixed);
        return text.charAt(0).toUpperCase() + text.slice(1);
      },
      ja: (fixed) => instead.ja(fixed),
      ko: (fixed) => instead.ko(fixed),
    },
  }),
  'dockerfile/target-argument-undeclared': code<{ name: string; fallback: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A platform variable is used in a stage that does not declare it',
      ja: 'ステージで宣言していないプラットフォーム変数を使っている',
      ko: '스테이지에서 선언하지 않은 플랫폼 변수를 사용함',
    },
    message: {
      en: ({ name, fallback }) =>
        fallback === undefined
          ? `${q(`$${name}`)} is empty here: this stage has no ${q(`ARG ${name}`)}`
          : `${q(`$${name}`)} is always ${q(fallback)} here, whatever is built: this stage has no ${q(`ARG ${name}`)}`,
      ja: ({ name, fallback }) =>
        fallback === undefined
          ? `このステージに ${q(`ARG ${name}`)} がないため、ここでの ${q(`$${name}`)} は空です`
          : `このステージに ${q(`ARG ${name}`)} がないため、何をビルドしてもここでの ${q(`$${name}`)} は ${q(fallback)} です`,
      ko: ({ name, fallback }) =>
        fallback === undefined
          ? `이 스테이지에 ${q(`ARG ${name}`)}이(가) 없어 여기서 ${q(`$${name}`)}은(는) 비어 있습니다`
          : `이 스테이지에 ${q(`ARG ${name}`)}이(가) 없어 무엇을 빌드하든 여기서 ${q(`$${name}`)}은(는) ${q(fallback)}입니다`,
    },
    fix: {
      en: ({ name }) => `Add ${q(`ARG ${name}`)} behind the FROM of this stage, before this instruction`,
      ja: ({ name }) => `このステージの FROM より後、この命令より前に ${q(`ARG ${name}`)} を追加してください`,
      ko: ({ name }) => `이 스테이지의 FROM 뒤, 이 명령 앞에 ${q(`ARG ${name}`)}을(를) 추가하세요`,
    },
  }),
  'dockerfile/target-argument-default': code<{ name: string; value: string; breaks: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A default takes the place of the platform',
      ja: '既定値がプラットフォームの値を上書きしている',
      ko: '기본값이 플랫폼 값을 덮어씀',
    },
    message: {
      en: ({ name, value, breaks }) =>
        `${q(`ARG ${name}=${value}`)} wins over the value that BuildKit sets, so ${q(`$${name}`)} is ${q(value)} for ${breaks.join(', ')} too`,
      ja: ({ name, value, breaks }) =>
        `${q(`ARG ${name}=${value}`)} は BuildKit が設定する値より優先されるため、${breaks.join('、')} でも ${q(`$${name}`)} は ${q(value)} になります`,
      ko: ({ name, value, breaks }) =>
        `${q(`ARG ${name}=${value}`)}은(는) BuildKit이 넣는 값보다 우선하므로 ${breaks.join(', ')}에서도 ${q(`$${name}`)}은(는) ${q(value)}입니다`,
    },
    fix: {
      en: ({ name, value }) =>
        `Write ${q(`ARG ${name}`)} without a value; where a builder without BuildKit needs one, write ${q(`\${${name}:-${value}}`)} where it is used`,
      ja: ({ name, value }) =>
        `値を付けずに ${q(`ARG ${name}`)} と書いてください。BuildKit を使わないビルダーのために既定値が必要なら、使う箇所で ${q(`\${${name}:-${value}}`)} と書きます`,
      ko: ({ name, value }) =>
        `값 없이 ${q(`ARG ${name}`)}(이)라고 쓰세요. BuildKit이 아닌 빌더 때문에 기본값이 필요하면 사용하는 곳에 ${q(`\${${name}:-${value}}`)}을(를) 쓰세요`,
    },
  }),
  'dockerfile/base-for-one-platform': code<{
    reference: string;
    platform: string;
    instead: string;
    breaks: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The name of an image fixes one CPU',
      ja: 'イメージの名前が 1 つの CPU に固定している',
      ko: '이미지 이름이 한 CPU로 고정함',
    },
    message: {
      en: ({ reference, platform, breaks }) =>
        `${q(reference)} is ${platform} by its name, and is taken for ${breaks.join(', ')} too: there it stops with ${q('exec format error')}`,
      ja: ({ reference, platform, breaks }) =>
        `${q(reference)} は名前のとおり ${platform} 専用ですが、${breaks.join('、')} でも使われ、${q('exec format error')} で停止します`,
      ko: ({ reference, platform, breaks }) =>
        `${q(reference)}은(는) 이름대로 ${platform} 전용인데 ${breaks.join(', ')}에서도 쓰이며, 거기서는 ${q('exec format error')}(으)로 멈춥니다`,
    },
    fix: {
      en: ({ instead }) =>
        `Name the image without the CPU, ${q(instead)}, and make sure that it has every platform: ${cmd(`rightarch inspect ${instead}`)}`,
      ja: ({ instead }) =>
        `CPU の付かない名前 ${q(instead)} にして、必要なプラットフォームがそろっているか確かめてください: ${cmd(`rightarch inspect ${instead}`)}`,
      ko: ({ instead }) =>
        `CPU가 붙지 않은 이름 ${q(instead)}을(를) 쓰고, 필요한 플랫폼이 모두 있는지 확인하세요: ${cmd(`rightarch inspect ${instead}`)}`,
    },
  }),
} as const;
