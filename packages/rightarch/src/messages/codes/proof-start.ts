import { code, q } from '../code.ts';

/** Why the start could not be told, by its stable word. */
const WHY: Readonly<Record<string, readonly [en: string, ja: string, ko: string]>> = {
  damaged: [
    'its headers point outside the file',
    'ヘッダーがファイルの外を指しています',
    '헤더가 파일 밖을 가리킵니다',
  ],
  unaligned: [
    'its segments cannot be mapped by pages of 4096 bytes, the smallest that kernels have',
    'カーネルで最小の 4096 バイトのページでもセグメントをマップできません',
    '커널에서 가장 작은 4096바이트 페이지로도 세그먼트를 매핑할 수 없습니다',
  ],
  launchers: [
    'more programs that start another one stand before it than are followed',
    'その前に、ほかのプログラムを起動するプログラムが、追跡できる数を超えて並んでいます',
    '그 앞에 다른 프로그램을 시작하는 프로그램이 따라갈 수 있는 것보다 많습니다',
  ],
  partial: [
    'its program headers could not be reached in one pass',
    'プログラムヘッダーを 1 回の読み取りで参照できませんでした',
    '프로그램 헤더를 한 번의 읽기로 볼 수 없었습니다',
  ],
  'init-libc': [
    'it is a script without #!, and whether the static init before it falls back to a shell is not known',
    '#! のないスクリプトで、その前に動く静的リンクの init がシェルで実行し直すかどうか分かりません',
    '#!가 없는 스크립트이고, 그 앞에 실행되는 정적 링크 init이 셸로 다시 실행하는지 알 수 없습니다',
  ],
  'package-manager': [
    'the package.json names another package manager, or another version of it, than the one that is to start it',
    'package.json に書かれたパッケージマネージャー (またはそのバージョン) が、起動に使われるものと異なります',
    'package.json에 적힌 패키지 매니저(또는 그 버전)가 시작에 쓰이는 것과 다릅니다',
  ],
  'package-manager-download': [
    'the package manager asks a registry at the start: the image does not hold the release, or the record of it, that package.json or Corepack wants',
    '起動時にパッケージマネージャーがレジストリへ問い合わせます (package.json や Corepack が求めるリリース、またはその記録がイメージにありません)',
    '시작할 때 패키지 매니저가 레지스트리에 문의합니다(package.json이나 Corepack이 요구하는 릴리스 또는 그 기록이 이미지에 없음)',
  ],
  'dev-engines': [
    'its devEngines ask for a version or a system that could not be compared with what is in the image',
    'devEngines が求めるバージョンやシステムを、イメージにあるものと比べられませんでした',
    'devEngines가 요구하는 버전이나 시스템을 이미지에 있는 것과 비교할 수 없었습니다',
  ],
  'user-database': [
    'the user database of the image was too large to read',
    'イメージのユーザーデータベースが大きすぎて読めませんでした',
    '이미지의 사용자 데이터베이스가 너무 커서 읽지 못했습니다',
  ],
  'is-library': [
    'it is a shared library that is executed as a program',
    '共有ライブラリがプログラムとして実行されています',
    '공유 라이브러리를 프로그램으로 실행합니다',
  ],
  'shell-applet': [
    'there is no such file, and whether the busybox shell has it built in is not known',
    '該当するファイルがなく、busybox のシェルに組み込まれているか分かりません',
    '해당 파일이 없고, busybox 셸에 내장되어 있는지 알 수 없습니다',
  ],
  'relative-path': [
    'it is found through a relative part of PATH, which runtimes treat differently',
    'PATH の相対パス経由で見つかり、扱いがランタイムによって異なります',
    'PATH의 상대 경로로 찾았고, 런타임마다 다르게 처리합니다',
  ],
  'archive-end': [
    'it does not begin as a zip archive, and whether it ends as one was not read',
    'zip アーカイブとして始まっておらず、末尾が zip アーカイブかどうかは読み取られていません',
    'zip 아카이브로 시작하지 않으며, 끝이 zip 아카이브인지는 읽지 않았습니다',
  ],
  'loader-cache': [
    'the cache of the loader (/etc/ld.so.cache) could not be read',
    'ローダーのキャッシュ (/etc/ld.so.cache) を読めませんでした',
    '로더 캐시(/etc/ld.so.cache)를 읽지 못했습니다',
  ],
  'loader-directories': [
    'the directories that are built into the loader could not be read',
    'ローダーに組み込まれた検索ディレクトリを読めませんでした',
    '로더에 내장된 검색 디렉터리를 읽지 못했습니다',
  ],
  'loader-tokens': [
    'its library path depends on the CPU ($LIB or $PLATFORM)',
    'ライブラリの検索パスが CPU に依存します ($LIB または $PLATFORM)',
    '라이브러리 검색 경로가 CPU에 따라 달라집니다($LIB 또는 $PLATFORM)',
  ],
  preloads: [
    'what it names is loaded before all libraries, and it was too large to read',
    'すべてのライブラリより先に読み込まれるものを指定していますが、大きすぎて読めませんでした',
    '모든 라이브러리보다 먼저 불러올 것을 지정하지만 너무 커서 읽지 못했습니다',
  ],
  'symbol-versions': [
    'whether the libraries have the symbol versions that are needed of them could not be told',
    '必要なシンボルのバージョンがライブラリにあるかどうか分かりませんでした',
    '필요한 심벌 버전이 라이브러리에 있는지 알 수 없었습니다',
  ],
  'user-ids': [
    'its owner or group may access it, and whether the user of the runtime is one of them is not promised',
    '所有者かグループだけがアクセスでき、ランタイムのユーザーがそれに当たるかどうかは保証されていません',
    '소유자나 그룹만 접근할 수 있는데, 런타임의 사용자가 거기에 속하는지는 보장되지 않습니다',
  ],
  acl: ['its access is decided by an ACL', 'アクセス権が ACL で決まります', '접근 권한이 ACL로 정해집니다'],
};

/** Why a start or the load of a module could not be told. */
export const why = {
  en: (word: string) => WHY[word]?.[0] ?? word,
  ja: (word: string) => WHY[word]?.[1] ?? word,
  ko: (word: string) => WHY[word]?.[2] ?? word,
};

const libcs = {
  glibc: {
    en: 'glibc (Debian, Ubuntu, RHEL)',
    ja: 'glibc (Debian、Ubuntu、RHEL など)',
    ko: 'glibc(Debian, Ubuntu, RHEL 등)',
  },
  musl: { en: 'musl (Alpine)', ja: 'musl (Alpine)', ko: 'musl(Alpine)' },
} as const;
const other = (libc: keyof typeof libcs): keyof typeof libcs => (libc === 'glibc' ? 'musl' : 'glibc');

/** What stands between an image and the first program that it starts. `prints` is what the runtime prints. */
export const proofStartCodes = {
  'proof/no-command': code<Record<string, never>>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'The image names no command',
      ja: 'イメージに起動コマンドがない',
      ko: '이미지에 시작 명령이 없음',
    },
    message: {
      en: () => `The image has neither ENTRYPOINT nor CMD, so what it starts is decided where it is run`,
      ja: () => `イメージに ENTRYPOINT も CMD もないため、何が起動するかは実行する側で決まります`,
      ko: () => `이미지에 ENTRYPOINT도 CMD도 없어 무엇이 시작될지는 실행하는 쪽에서 정해집니다`,
    },
    fix: {
      en: () =>
        `Add a \`CMD\` to the Dockerfile, or say what starts it: \`--definition FILE\`, or \`command:\` of a target in rightarch.yaml`,
      ja: () =>
        `Dockerfile に \`CMD\` を追加するか、起動するものを \`--definition FILE\` か rightarch.yaml のターゲットの \`command:\` で指定してください`,
      ko: () =>
        `Dockerfile에 \`CMD\`를 넣거나, 시작할 것을 \`--definition FILE\` 또는 rightarch.yaml 타깃의 \`command:\`로 지정하세요`,
    },
  }),
  'proof/command-not-found': code<{ command: string; path: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The start command is not on PATH',
      ja: '起動コマンドが PATH にない',
      ko: '시작 명령이 PATH에 없음',
    },
    message: {
      en: ({ command, path, prints }) =>
        `${q(command)} is in no directory of PATH (${q(path)}); the runtime says: ${q(prints)}`,
      ja: ({ command, path, prints }) =>
        `${q(command)} は PATH (${q(path)}) のどのディレクトリにもありません。ランタイムの出力: ${q(prints)}`,
      ko: ({ command, path, prints }) =>
        `${q(command)}이(가) PATH(${q(path)})의 어느 디렉터리에도 없습니다. 런타임 출력: ${q(prints)}`,
    },
    fix: {
      en: ({ command }) => `Install ${q(command)} in the final stage, or name its full path`,
      ja: ({ command }) => `最終ステージに ${q(command)} をインストールするか、フルパスで指定してください`,
      ko: ({ command }) => `최종 스테이지에 ${q(command)}을(를) 설치하거나 전체 경로로 지정하세요`,
    },
  }),
  'proof/command-missing': code<{ path: string; stopped: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The start command does not exist',
      ja: '起動コマンドが存在しない',
      ko: '시작 명령이 존재하지 않음',
    },
    message: {
      en: ({ path, stopped, prints }) =>
        `${q(path)} does not exist in the image${stopped === path ? '' : ` (${q(stopped)} is missing)`}; the runtime says: ${q(prints)}`,
      ja: ({ path, stopped, prints }) =>
        `${q(path)} はイメージにありません${stopped === path ? '' : ` (${q(stopped)} がありません)`}。ランタイムの出力: ${q(prints)}`,
      ko: ({ path, stopped, prints }) =>
        `${q(path)}이(가) 이미지에 없습니다${stopped === path ? '' : `(${q(stopped)} 없음)`}. 런타임 출력: ${q(prints)}`,
    },
    fix: {
      en: () => `Copy it into the final stage, or correct ENTRYPOINT and CMD`,
      ja: () => `最終ステージにコピーするか、ENTRYPOINT と CMD を修正してください`,
      ko: () => `최종 스테이지에 복사하거나 ENTRYPOINT와 CMD를 고치세요`,
    },
  }),
  'proof/link-loop': code<{ path: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The links of the start command lead in a circle',
      ja: '起動コマンドのリンクが循環している',
      ko: '시작 명령의 링크가 순환함',
    },
    message: {
      en: ({ path, prints }) => `The links of ${q(path)} lead in a circle; the runtime says: ${q(prints)}`,
      ja: ({ path, prints }) => `${q(path)} のシンボリックリンクが循環しています。ランタイムの出力: ${q(prints)}`,
      ko: ({ path, prints }) => `${q(path)}의 심볼릭 링크가 순환합니다. 런타임 출력: ${q(prints)}`,
    },
    fix: {
      en: () => `Make the link point at the file itself`,
      ja: () => `リンクが実際のファイルを指すようにしてください`,
      ko: () => `링크가 실제 파일을 가리키게 하세요`,
    },
  }),
  'proof/is-directory': code<{ path: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The start command is not a file',
      ja: '起動コマンドがファイルではない',
      ko: '시작 명령이 파일이 아님',
    },
    message: {
      en: ({ path, prints }) => `${q(path)} is a directory or a device, not a program; the runtime says: ${q(prints)}`,
      ja: ({ path, prints }) =>
        `${q(path)} はディレクトリまたはデバイスで、プログラムではありません。ランタイムの出力: ${q(prints)}`,
      ko: ({ path, prints }) => `${q(path)}은(는) 디렉터리나 장치이지 프로그램이 아닙니다. 런타임 출력: ${q(prints)}`,
    },
    fix: {
      en: () => `Name the program inside it in ENTRYPOINT or CMD`,
      ja: () => `ENTRYPOINT または CMD にその中のプログラムを指定してください`,
      ko: () => `ENTRYPOINT나 CMD에 그 안의 프로그램을 지정하세요`,
    },
  }),
  'proof/not-executable': code<{ path: string; mode: string; user: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The user may not execute the start command',
      ja: '起動コマンドに実行権限がない',
      ko: '시작 명령에 실행 권한이 없음',
    },
    message: {
      en: ({ path, mode, user, prints }) =>
        `User ${q(user)} may not execute ${q(path)} (mode ${mode}); the runtime says: ${q(prints)}`,
      ja: ({ path, mode, user, prints }) =>
        `ユーザー ${q(user)} には ${q(path)} (モード ${mode}) の実行権限がありません。ランタイムの出力: ${q(prints)}`,
      ko: ({ path, mode, user, prints }) =>
        `사용자 ${q(user)}에게 ${q(path)}(모드 ${mode})의 실행 권한이 없습니다. 런타임 출력: ${q(prints)}`,
    },
    fix: {
      en: () => `Run \`chmod 755\` on the file before it is added, or write \`COPY --chmod=755\``,
      ja: () => `イメージに追加する前に \`chmod 755\` を実行するか、\`COPY --chmod=755\` と書いてください`,
      ko: () => `이미지에 추가하기 전에 \`chmod 755\`를 실행하거나 \`COPY --chmod=755\`로 쓰세요`,
    },
  }),
  'proof/not-readable': code<{
    path: string;
    mode: string;
    user: string;
    prints: string;
    /** What is told to run it; undefined for a script that is executed. */
    runtime?: string;
    /** It is one on the way to what is told to run. */
    isDirectory?: true;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The user may not read what is started',
      ja: '起動するファイルに読み取り権限がない',
      ko: '시작할 파일에 읽기 권한이 없음',
    },
    message: {
      en: ({ path, mode, user, prints, runtime, isDirectory }) =>
        isDirectory
          ? `User ${q(user)} may not enter the directory ${q(path)} (mode ${mode}), where ${q(runtime ?? '')} looks for what it is told to run; it prints: ${q(prints)}`
          : runtime === undefined
            ? `User ${q(user)} may execute but not read the script ${q(path)} (mode ${mode}), so its interpreter fails: ${q(prints)}`
            : `User ${q(user)} may not read ${q(path)} (mode ${mode}), which ${q(runtime)} is told to run; it prints: ${q(prints)}`,
      ja: ({ path, mode, user, prints, runtime, isDirectory }) =>
        isDirectory
          ? `ユーザー ${q(user)} は、${q(runtime ?? '')} が実行対象を探すディレクトリー ${q(path)} (モード ${mode}) に入れません。出力: ${q(prints)}`
          : runtime === undefined
            ? `ユーザー ${q(user)} はスクリプト ${q(path)} (モード ${mode}) を読めないため、インタープリターが失敗します: ${q(prints)}`
            : `ユーザー ${q(user)} は、${q(runtime)} が実行する ${q(path)} (モード ${mode}) を読めません。出力: ${q(prints)}`,
      ko: ({ path, mode, user, prints, runtime, isDirectory }) =>
        isDirectory
          ? `사용자 ${q(user)}은(는) ${q(runtime ?? '')}이(가) 실행할 파일을 찾는 디렉터리 ${q(path)}(모드 ${mode})에 들어갈 수 없습니다. 출력: ${q(prints)}`
          : runtime === undefined
            ? `사용자 ${q(user)}이(가) 스크립트 ${q(path)}(모드 ${mode})을(를) 읽을 수 없어 인터프리터가 실패합니다: ${q(prints)}`
            : `사용자 ${q(user)}은(는) ${q(runtime)}이(가) 실행할 ${q(path)}(모드 ${mode})을(를) 읽을 수 없습니다. 출력: ${q(prints)}`,
    },
    fix: {
      en: ({ path, runtime, isDirectory }) =>
        isDirectory
          ? `Run ${q(`chmod a+rx ${path}`)} in the Dockerfile, or copy it with \`--chown\` for that user`
          : runtime === undefined
            ? `Run \`chmod 755\` on the script`
            : `Run ${q(`chmod a+r ${path}`)} in the Dockerfile, or copy it with \`--chown\` for that user`,
      ja: ({ path, runtime, isDirectory }) =>
        isDirectory
          ? `Dockerfile で ${q(`chmod a+rx ${path}`)} を実行するか、\`--chown\` でそのユーザーのディレクトリーとしてコピーしてください`
          : runtime === undefined
            ? `スクリプトに \`chmod 755\` を実行してください`
            : `Dockerfile で ${q(`chmod a+r ${path}`)} を実行するか、\`--chown\` でそのユーザーのファイルとしてコピーしてください`,
      ko: ({ path, runtime, isDirectory }) =>
        isDirectory
          ? `Dockerfile에서 ${q(`chmod a+rx ${path}`)}을(를) 실행하거나, \`--chown\`으로 그 사용자의 디렉터리로 복사하세요`
          : runtime === undefined
            ? `스크립트에 \`chmod 755\`를 실행하세요`
            : `Dockerfile에서 ${q(`chmod a+r ${path}`)}을(를) 실행하거나, \`--chown\`으로 그 사용자의 파일로 복사하세요`,
    },
  }),
  'proof/start-wrong-cpu': code<{
    path: string;
    declared: string;
    found: string;
    prints: string;
    instruction?: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The program that is started is for another CPU',
      ja: '起動するプログラムが別の CPU 用',
      ko: '시작하는 프로그램이 다른 CPU용',
    },
    message: {
      en: ({ path, declared, found, prints }) =>
        `${q(path)} is started and is ${found}, but the image declares ${declared}: ${q(prints)}`,
      ja: ({ path, declared, found, prints }) =>
        `起動される ${q(path)} は ${found} ですが、イメージは ${declared} と宣言しています: ${q(prints)}`,
      ko: ({ path, declared, found, prints }) =>
        `시작되는 ${q(path)}은(는) ${found}인데 이미지는 ${declared}(으)로 선언되어 있습니다: ${q(prints)}`,
    },
    fix: {
      en: ({ path, declared }) =>
        `Build ${q(path)} for ${declared}, and drop \`--platform\` from the stage that it is copied from`,
      ja: ({ path, declared }) =>
        `${q(path)} を ${declared} 用にビルドし、コピー元ステージの \`--platform\` を外してください`,
      ko: ({ path, declared }) =>
        `${q(path)}을(를) ${declared}용으로 빌드하고, 복사해 오는 스테이지의 \`--platform\`을 빼세요`,
    },
  }),
  'proof/no-interpreter-line': code<{ path: string; bom: boolean; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The start script has no #! line',
      ja: '起動スクリプトに #! 行がない',
      ko: '시작 스크립트에 #! 줄이 없음',
    },
    message: {
      en: ({ path, bom, prints }) =>
        `${bom ? `A byte order mark comes before the #! of ${q(path)}` : `${q(path)} is a text without a #! line`}, so the kernel does not start it: ${q(prints)}`,
      ja: ({ path, bom, prints }) =>
        `${bom ? `${q(path)} の #! の前に BOM がある` : `${q(path)} は #! 行のないテキストである`}ため、カーネルは起動できません: ${q(prints)}`,
      ko: ({ path, bom, prints }) =>
        `${bom ? `${q(path)}의 #! 앞에 BOM이 있어` : `${q(path)}은(는) #! 줄이 없는 텍스트라서`} 커널이 시작하지 못합니다: ${q(prints)}`,
    },
    fix: {
      en: ({ path }) => `Make \`#!/bin/sh\` the very first bytes of ${q(path)}`,
      ja: ({ path }) => `${q(path)} の先頭を \`#!/bin/sh\` にしてください`,
      ko: ({ path }) => `${q(path)}의 맨 앞을 \`#!/bin/sh\`로 시작하세요`,
    },
  }),
  'proof/not-a-program': code<{ path: string; kind: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The start command is not a Linux program',
      ja: '起動コマンドが Linux のプログラムではない',
      ko: '시작 명령이 Linux 프로그램이 아님',
    },
    message: {
      en: ({ path, kind, prints }) => `${q(path)} is not a program that Linux can start (${kind}): ${q(prints)}`,
      ja: ({ path, kind, prints }) =>
        `${q(path)} は Linux が起動できるプログラムではありません (${kind}): ${q(prints)}`,
      ko: ({ path, kind, prints }) =>
        `${q(path)}은(는) Linux가 시작할 수 있는 프로그램이 아닙니다(${kind}): ${q(prints)}`,
    },
    fix: {
      en: () => `Put a program for Linux there; macOS and Windows builds of it do not start in a container`,
      ja: () => `Linux 用のプログラムを置いてください。macOS や Windows 用のビルドはコンテナでは起動しません`,
      ko: () => `Linux용 프로그램을 두세요. macOS나 Windows용 빌드는 컨테이너에서 시작되지 않습니다`,
    },
  }),
  'proof/interpreter-missing': code<{ path: string; interpreter: string; crlf: boolean; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: "The script's interpreter is missing",
      ja: 'スクリプトのインタープリターがない',
      ko: '스크립트의 인터프리터가 없음',
    },
    message: {
      en: ({ path, interpreter, crlf, prints }) =>
        `${q(path)} asks for ${q(interpreter)}, which ${crlf ? 'ends in a carriage return (Windows line ending) and ' : ''}does not exist in the image: ${q(prints)}`,
      ja: ({ path, interpreter, crlf, prints }) =>
        `${q(path)} は ${q(interpreter)} を要求しますが${crlf ? '、末尾に CR (Windows の改行) が付いており' : ''}、イメージにありません: ${q(prints)}`,
      ko: ({ path, interpreter, crlf, prints }) =>
        `${q(path)}이(가) 요구하는 ${q(interpreter)}은(는) ${crlf ? '끝에 CR(Windows 줄바꿈)이 붙어 있어 ' : ''}이미지에 없습니다: ${q(prints)}`,
    },
    fix: {
      en: ({ path, crlf }) =>
        `${crlf ? `Save ${q(path)} with LF line endings (\`* text eol=lf\` in .gitattributes)` : `Install the interpreter in the final stage, or name one that is there in the #! line`}`,
      ja: ({ path, crlf }) =>
        `${crlf ? `${q(path)} を LF 改行で保存してください (.gitattributes に \`* text eol=lf\`)` : `最終ステージにインタープリターをインストールするか、#! 行にイメージにあるものを書いてください`}`,
      ko: ({ path, crlf }) =>
        `${crlf ? `${q(path)}을(를) LF 줄바꿈으로 저장하세요(.gitattributes에 \`* text eol=lf\`)` : `최종 스테이지에 인터프리터를 설치하거나 #! 줄에 이미지에 있는 것을 적으세요`}`,
    },
  }),
  'proof/too-many-interpreters': code<{ path: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The chain of interpreters is too long',
      ja: 'インタープリターの連鎖が長すぎる',
      ko: '인터프리터 체인이 너무 김',
    },
    message: {
      en: ({ path, prints }) => `${q(path)} goes through more than 5 scripts that interpret each other: ${q(prints)}`,
      ja: ({ path, prints }) => `${q(path)} は 6 段以上のスクリプトを経由します: ${q(prints)}`,
      ko: ({ path, prints }) => `${q(path)}은(는) 스크립트를 5단계 넘게 거칩니다: ${q(prints)}`,
    },
    fix: {
      en: () => `Name a program, not another script, in the #! line`,
      ja: () => `#! 行にはスクリプトではなくプログラムを書いてください`,
      ko: () => `#! 줄에는 스크립트가 아니라 프로그램을 적으세요`,
    },
  }),
  'proof/loader-missing': code<{
    path: string;
    loader: string;
    prints: string;
    /** What it was built for, where the image has the other libc alone, and a base that has it. */
    built?: 'glibc' | 'musl';
    base?: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: "The program's loader is not in the image",
      ja: 'プログラムのローダーがイメージにない',
      ko: '프로그램의 로더가 이미지에 없음',
    },
    message: {
      en: ({ path, loader, prints, built }) =>
        built === undefined
          ? `${q(path)} needs the loader ${q(loader)}, which is not in the image: ${q(prints)}`
          : `${q(path)} was built for ${libcs[built].en}, and the image has ${libcs[other(built)].en}: its loader ${q(loader)} is not there: ${q(prints)}`,
      ja: ({ path, loader, prints, built }) =>
        built === undefined
          ? `${q(path)} に必要なローダー ${q(loader)} がイメージにありません: ${q(prints)}`
          : `${q(path)} は ${libcs[built].ja} 向けにビルドされていますが、イメージの libc は ${libcs[other(built)].ja} です。ローダー ${q(loader)} がありません: ${q(prints)}`,
      ko: ({ path, loader, prints, built }) =>
        built === undefined
          ? `${q(path)}에 필요한 로더 ${q(loader)}이(가) 이미지에 없습니다: ${q(prints)}`
          : `${q(path)}은(는) ${libcs[built].ko}용으로 빌드되었지만 이미지의 libc는 ${libcs[other(built)].ko}입니다. 로더 ${q(loader)}이(가) 없습니다: ${q(prints)}`,
    },
    fix: {
      en: ({ loader, base }) =>
        base !== undefined
          ? `Take a base such as ${q(base)} for the final stage, or build it on the base that it runs on, or link it statically`
          : loader.includes('musl')
            ? 'Build it on the same base as it runs on, or start from Alpine: it was built for musl'
            : 'Build it on the same base as it runs on, or link it statically: it was built for another libc or another image',
      ja: ({ loader, base }) =>
        base !== undefined
          ? `最終ステージのベースを ${q(base)} などにするか、実行時と同じベースでビルドするか、静的リンクしてください`
          : loader.includes('musl')
            ? '実行時と同じベースでビルドするか、Alpine をベースにしてください (musl 用にビルドされています)'
            : '実行時と同じベースでビルドするか、静的リンクしてください (別の libc または別のイメージ用です)',
      ko: ({ loader, base }) =>
        base !== undefined
          ? `최종 스테이지의 베이스를 ${q(base)} 등으로 바꾸거나, 실행할 베이스와 같은 베이스에서 빌드하거나, 정적으로 링크하세요`
          : loader.includes('musl')
            ? '실행할 베이스와 같은 베이스에서 빌드하거나 Alpine을 쓰세요(musl용으로 빌드됨)'
            : '실행할 베이스와 같은 베이스에서 빌드하거나 정적으로 링크하세요(다른 libc나 다른 이미지용)',
    },
  }),
  'proof/loader-unusable': code<{ path: string; loader: string; found: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: "The program's loader does not run here",
      ja: 'プログラムのローダーを使えない',
      ko: '프로그램의 로더를 쓸 수 없음',
    },
    message: {
      en: ({ path, loader, found, prints }) => `The loader ${q(loader)} of ${q(path)} is ${found}: ${q(prints)}`,
      ja: ({ path, loader, found, prints }) => `${q(path)} のローダー ${q(loader)} は ${found} です: ${q(prints)}`,
      ko: ({ path, loader, found, prints }) => `${q(path)}의 로더 ${q(loader)}은(는) ${found}입니다: ${q(prints)}`,
    },
    fix: {
      en: () => `Take the base image and the program from the same platform`,
      ja: () => `ベースイメージとプログラムを同じプラットフォームに揃えてください`,
      ko: () => `베이스 이미지와 프로그램을 같은 플랫폼으로 맞추세요`,
    },
  }),
  'proof/library-missing': code<{
    path: string;
    library: string;
    neededBy: string;
    prints: string;
    skipped: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A shared library that the program needs is not in the image',
      ja: 'プログラムに必要な共有ライブラリがイメージにない',
      ko: '프로그램에 필요한 공유 라이브러리가 이미지에 없음',
    },
    message: {
      en: ({ path, library, neededBy, prints, skipped }) =>
        `${q(path)} needs ${q(library)}${neededBy === path ? '' : ` (through ${q(neededBy)})`}, and its loader does not find it${skipped.length === 0 ? '' : `; it passes over ${q(skipped[0]!)}, which is for another CPU or float ABI`}: ${q(prints)}`,
      ja: ({ path, library, neededBy, prints, skipped }) =>
        `${q(path)} には ${q(library)} が必要です${neededBy === path ? '' : ` (${q(neededBy)} 経由)`}が、ローダーが見つけられません${skipped.length === 0 ? '' : ` (${q(skipped[0]!)} は別の CPU または浮動小数点 ABI 用のため読み飛ばされます)`}: ${q(prints)}`,
      ko: ({ path, library, neededBy, prints, skipped }) =>
        `${q(path)}에 필요한 ${q(library)}${neededBy === path ? '' : `(${q(neededBy)} 경유)`}을(를) 로더가 찾지 못합니다${skipped.length === 0 ? '' : `(${q(skipped[0]!)}은(는) 다른 CPU 또는 부동소수점 ABI용이라 건너뜁니다)`}: ${q(prints)}`,
    },
    fix: {
      en: ({ library }) =>
        `Install the package with ${q(library)} in the final stage; where it is there under another directory, run \`ldconfig\` or set LD_LIBRARY_PATH (a line in ld.so.conf alone changes nothing)`,
      ja: ({ library }) =>
        `${q(library)} を含むパッケージを最終ステージにインストールしてください。別のディレクトリにある場合は \`ldconfig\` を実行するか LD_LIBRARY_PATH を設定してください (ld.so.conf に書くだけでは効きません)`,
      ko: ({ library }) =>
        `${q(library)}이(가) 든 패키지를 최종 스테이지에 설치하세요. 다른 디렉터리에 있다면 \`ldconfig\`를 실행하거나 LD_LIBRARY_PATH를 설정하세요(ld.so.conf에 적는 것만으로는 적용되지 않습니다)`,
    },
  }),
  'proof/library-unusable': code<{ path: string; library: string; found: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The loader stops at a file that is not a usable library',
      ja: '使えないライブラリファイルでローダーが止まる',
      ko: '쓸 수 없는 라이브러리 파일에서 로더가 멈춤',
    },
    message: {
      en: ({ path, library, found, prints }) =>
        `The loader of ${q(path)} takes ${q(library)} (${found}) and stops there: ${q(prints)}`,
      ja: ({ path, library, found, prints }) =>
        `${q(path)} のローダーは ${q(library)} (${found}) を読み込もうとして止まります: ${q(prints)}`,
      ko: ({ path, library, found, prints }) =>
        `${q(path)}의 로더가 ${q(library)}(${found})을(를) 불러오다가 멈춥니다: ${q(prints)}`,
    },
    fix: {
      en: ({ library }) => `Remove ${q(library)}, or put a library for this platform in its place`,
      ja: ({ library }) => `${q(library)} を削除するか、このプラットフォーム用のライブラリに置き換えてください`,
      ko: ({ library }) => `${q(library)}을(를) 지우거나 이 플랫폼용 라이브러리로 바꾸세요`,
    },
  }),
  'proof/carriage-return': code<{ path: string; argument: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A `#!` line ends in a carriage return',
      ja: '`#!` 行の末尾に CR が付いている',
      ko: '`#!` 줄 끝에 CR이 붙어 있음',
    },
    message: {
      en: ({ path, argument, prints }) =>
        `The \`#!\` line of ${q(path)} ends in a carriage return (Windows line ending), which the shell reads as part of the option ${q(argument)}: ${q(prints)}`,
      ja: ({ path, argument, prints }) =>
        `${q(path)} の \`#!\` 行の末尾に CR (Windows の改行) があり、シェルはオプション ${q(argument)} の一部として読みます: ${q(prints)}`,
      ko: ({ path, argument, prints }) =>
        `${q(path)}의 \`#!\` 줄 끝에 CR(Windows 줄바꿈)이 있어 셸이 옵션 ${q(argument)}의 일부로 읽습니다: ${q(prints)}`,
    },
    fix: {
      en: ({ path }) => `Save ${q(path)} with LF line endings (\`* text eol=lf\` in .gitattributes)`,
      ja: ({ path }) => `${q(path)} を LF 改行で保存してください (.gitattributes に \`* text eol=lf\`)`,
      ko: ({ path }) => `${q(path)}을(를) LF 줄바꿈으로 저장하세요(.gitattributes에 \`* text eol=lf\`)`,
    },
  }),
  'proof/working-directory': code<{ path: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The working directory is not a directory',
      ja: '作業ディレクトリがディレクトリではない',
      ko: '작업 디렉터리가 디렉터리가 아님',
    },
    message: {
      en: ({ path, prints }) => `WORKDIR ${q(path)} is not a directory in the image; the runtime says: ${q(prints)}`,
      ja: ({ path, prints }) =>
        `WORKDIR ${q(path)} はイメージ内でディレクトリではありません。ランタイムの出力: ${q(prints)}`,
      ko: ({ path, prints }) => `WORKDIR ${q(path)}은(는) 이미지에서 디렉터리가 아닙니다. 런타임 출력: ${q(prints)}`,
    },
    fix: {
      en: ({ path }) => `Name another WORKDIR, or do not copy a file to ${q(path)}`,
      ja: ({ path }) => `別の WORKDIR を指定するか、${q(path)} にファイルをコピーしないでください`,
      ko: ({ path }) => `다른 WORKDIR을 지정하거나 ${q(path)}에 파일을 복사하지 마세요`,
    },
  }),
  'proof/user-unknown': code<{ user: string; by?: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: "The image's user does not exist in it",
      ja: 'USER のユーザーがイメージにない',
      ko: 'USER의 사용자가 이미지에 없음',
    },
    message: {
      en: ({ user, by, prints }) =>
        by !== undefined
          ? `${q(by)} cannot become ${q(user)}, who is not in the image; it says: ${q(prints)}`
          : `USER ${q(user)} is not in the image; the runtime says: ${q(prints)}`,
      ja: ({ user, by, prints }) =>
        by !== undefined
          ? `${q(by)} が切り替えるユーザー ${q(user)} はイメージに存在しません。出力: ${q(prints)}`
          : `USER ${q(user)} はイメージに存在しません。ランタイムの出力: ${q(prints)}`,
      ko: ({ user, by, prints }) =>
        by !== undefined
          ? `${q(by)}이(가) 전환할 사용자 ${q(user)}이(가) 이미지에 없습니다. 출력: ${q(prints)}`
          : `USER ${q(user)}이(가) 이미지에 없습니다. 런타임 출력: ${q(prints)}`,
    },
    fix: {
      en: ({ by = 'USER' }) => `Create it in the final stage, or use a number: \`${by} 1000\``,
      ja: ({ by = 'USER' }) => `最終ステージで作成するか、\`${by} 1000\` のように数値で指定してください`,
      ko: ({ by = 'USER' }) => `최종 스테이지에서 만들거나 \`${by} 1000\`처럼 숫자로 지정하세요`,
    },
  }),
  'proof/unpack-rule': code<{ path: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Runtimes unpack this image differently',
      ja: 'ランタイムによって展開結果が異なる',
      ko: '런타임마다 다르게 풀리는 이미지',
    },
    message: {
      en: ({ path }) =>
        `A layer writes through the link ${q(path)} of a lower layer: overlay unpackers hide what is behind it, others keep it, and the answer differs`,
      ja: ({ path }) =>
        `レイヤーが下位レイヤーのリンク ${q(path)} を経由して書き込んでいます。overlay ではリンク先が隠れ、ほかの方式では残るため、結果が変わります`,
      ko: ({ path }) =>
        `레이어가 아래 레이어의 링크 ${q(path)}을(를) 거쳐 파일을 씁니다. overlay에서는 링크 대상이 가려지고 다른 방식에서는 남아 결과가 달라집니다`,
    },
    fix: {
      en: () => `Write to the place that the link points at, for instance \`/usr/bin\` for \`/bin\``,
      ja: () => `リンク先に直接書き込んでください (例: \`/bin\` ではなく \`/usr/bin\`)`,
      ko: () => `링크가 가리키는 곳에 직접 쓰세요(예: \`/bin\` 대신 \`/usr/bin\`)`,
    },
  }),
  'proof/start-undecided': code<{ path: string; needs: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Whether the program starts is not known',
      ja: '起動できるかどうか判定できない',
      ko: '시작되는지 판정할 수 없음',
    },
    message: {
      en: ({ path, needs }) => `It is not known whether ${q(path)} starts: ${why.en(needs)}`,
      ja: ({ path, needs }) => `${q(path)} が起動できるか判定できません: ${why.ja(needs)}`,
      ko: ({ path, needs }) => `${q(path)}이(가) 시작되는지 판정할 수 없습니다: ${why.ko(needs)}`,
    },
    fix: {
      en: ({ path }) => `Look at ${q(path)} in the image, or start the image on that CPU`,
      ja: ({ path }) => `イメージ内の ${q(path)} を確認するか、その CPU で起動してみてください`,
      ko: ({ path }) => `이미지의 ${q(path)}을(를) 확인하거나 그 CPU에서 시작해 보세요`,
    },
  }),
} as const;
