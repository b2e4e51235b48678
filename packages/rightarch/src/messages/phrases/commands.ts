import type { Label } from '../language.ts';

/** What each command does, in a line; the order is the order of `--help`. */
export const commandSummaries = {
  rightarch: {
    en: 'One image tag, the right CPU everywhere, proven before it is deployed',
    ja: '1 つのイメージタグを、どの CPU でも正しく。デプロイの前に証明します',
    ko: '이미지 태그 하나로 모든 CPU에서 올바르게. 배포 전에 증명합니다',
  },
  verify: {
    en: 'Prove from the bytes that an image starts on the CPUs it claims and on the runtimes you name',
    ja: 'イメージが宣言どおりの CPU と指定のランタイムで起動することを、中身のバイト列から証明する',
    ko: '이미지가 선언한 CPU와 지정한 런타임에서 시작되는지 실제 바이트로 증명합니다',
  },
  check: {
    en: 'Find the mistakes about CPUs in the sources of a repository, before anything is built',
    ja: 'リポジトリのソースから、CPU に関する誤りをビルド前に見つける (点検)',
    ko: '저장소의 소스에서 CPU와 관련된 실수를 빌드 전에 찾습니다(점검)',
  },
  inspect: {
    en: 'Show what an image really is: index, platforms, layers, sizes, what is shared',
    ja: 'イメージの実体を表示する: インデックス、プラットフォーム、レイヤー、サイズ、共有部分',
    ko: '이미지의 실제 모습을 보여 줍니다: 인덱스, 플랫폼, 레이어, 크기, 공유 부분',
  },
  diff: {
    en: 'Show what differs between two platforms of an image, or between two images',
    ja: '1 つのイメージの 2 つのプラットフォーム、または 2 つのイメージの違いを表示する',
    ko: '한 이미지의 두 플랫폼 또는 두 이미지의 차이를 보여 줍니다',
  },
  plan: {
    en: 'Say what would be built: which platforms and why, on which engine, which line decides',
    ja: '何をビルドするかを示す: どのプラットフォームをなぜ、どのエンジンで、決め手の行はどれか',
    ko: '무엇을 빌드할지 알려 줍니다: 어떤 플랫폼을 왜, 어떤 엔진으로, 어느 줄이 결정하는지',
  },
  build: {
    en: 'Build a Dockerfile for every platform that its targets need, into an OCI layout',
    ja: 'ターゲットが必要とするすべてのプラットフォーム向けに Dockerfile をビルドし、OCI レイアウトに出力する',
    ko: '타깃이 필요로 하는 모든 플랫폼용으로 Dockerfile을 빌드해 OCI 레이아웃에 저장합니다',
  },
  push: {
    en: 'Push an image by digest, prove it, and only then move the tags',
    ja: 'イメージをダイジェストで push し、証明してからタグを動かす',
    ko: '이미지를 다이제스트로 push하고 증명한 다음에야 태그를 옮깁니다',
  },
  merge: {
    en: 'Join images that were built for one platform each into one tag, proven first',
    ja: 'プラットフォームごとにビルドしたイメージを、証明したうえで 1 つのタグにまとめる',
    ko: '플랫폼별로 빌드한 이미지를 증명한 뒤 태그 하나로 합칩니다',
  },
  ship: {
    en: 'Build, prove and publish in one step; repeated with nothing changed it touches nothing',
    ja: 'ビルド、証明、公開を一度に行う。変更がなければ何もしない',
    ko: '빌드, 증명, 게시를 한 번에 합니다. 바뀐 것이 없으면 아무것도 건드리지 않습니다',
  },
  docker: {
    en: 'Stand in for docker: build, push, tag, inspect, images, rmi, login; all else goes to Docker itself',
    ja: 'docker の代わりに実行する: build、push、tag、inspect、images、rmi、login。それ以外は Docker に渡す',
    ko: 'docker를 대신합니다: build, push, tag, inspect, images, rmi, login. 나머지는 Docker에 그대로 전달합니다',
  },
  init: {
    en: 'Write a rightarch.yaml from what this repository already says',
    ja: 'このリポジトリの内容から rightarch.yaml を作る',
    ko: '이 저장소에 이미 있는 내용으로 rightarch.yaml을 만듭니다',
  },
  doctor: {
    en: 'Show what this machine builds natively, what it emulates, and what is missing',
    ja: 'このマシンのネイティブ実行、エミュレーション、足りないものを示す',
    ko: '이 머신에서 네이티브로 되는 것, 에뮬레이션되는 것, 부족한 것을 보여 줍니다',
  },
  targets: {
    en: 'Show what is known about the runtimes, with source and date',
    ja: 'ランタイムについて分かっていることを出典と日付つきで表示する',
    ko: '런타임에 대해 알려진 사실을 출처와 날짜와 함께 보여 줍니다',
  },
  explain: {
    en: 'Say more about a finding: why it is one, with an example and its remedy',
    ja: '診断コードの意味を、理由、例、直し方とともに説明する',
    ko: '진단 코드의 의미를 이유, 예, 해결 방법과 함께 설명합니다',
  },
} satisfies Readonly<Record<string, Label>>;

export type CommandName = keyof typeof commandSummaries;

/** Flags by their long name. One flag means one thing in every command. */
export const optionSummaries = {
  lang: { en: 'language of the output: en, ja, ko', ja: '出力の言語: en、ja、ko', ko: '출력 언어: en, ja, ko' },
  json: {
    en: 'print one JSON value instead of text',
    ja: 'テキストの代わりに JSON の値を 1 つ出力する',
    ko: '텍스트 대신 JSON 값 하나를 출력',
  },
  verbose: {
    en: 'print every check, and the stack trace of a failure',
    ja: 'すべての検査項目と、エラー時のスタックトレースを表示する',
    ko: '모든 검사 항목과 오류의 스택 추적을 출력',
  },
  mirror: {
    en: 'read a registry from somewhere else: docker.io=oci:DIR or docker.io=http://127.0.0.1:5000',
    ja: 'レジストリを別の場所から読む: docker.io=oci:DIR または docker.io=http://127.0.0.1:5000',
    ko: '레지스트리를 다른 곳에서 읽기: docker.io=oci:DIR 또는 docker.io=http://127.0.0.1:5000',
  },
  'allow-http': {
    en: 'registry host that may be reached without TLS',
    ja: 'TLS なしで接続してよいレジストリホスト',
    ko: 'TLS 없이 접속해도 되는 레지스트리 호스트',
  },
  for: {
    en: 'runtime that must run it: ID[:CPU] or a target of rightarch.yaml (lambda:arm64, fargate, api)',
    ja: '動かすランタイム: ID[:CPU] または rightarch.yaml のターゲット名 (lambda:arm64、fargate、api)',
    ko: '실행할 런타임: ID[:CPU] 또는 rightarch.yaml의 타깃 이름(lambda:arm64, fargate, api)',
  },
  definition: {
    en: 'file that says how it is started, - for stdin: ECS task definition, pod, Lambda or Cloud Run template, compose file, Terraform',
    ja: '起動方法を定めたファイル (- は標準入力): ECS タスク定義、Pod、Lambda や Cloud Run のテンプレート、compose ファイル、Terraform',
    ko: '시작 방법이 적힌 파일(-는 표준 입력): ECS 태스크 정의, Pod, Lambda나 Cloud Run 템플릿, compose 파일, Terraform',
  },
  container: {
    en: 'container of the definition that runs the image: NAME or WORKLOAD/NAME',
    ja: '定義の中でこのイメージを実行するコンテナ: NAME または WORKLOAD/NAME',
    ko: '정의에서 이 이미지를 실행하는 컨테이너: NAME 또는 WORKLOAD/NAME',
  },
  platform: {
    en: 'platforms, separated by commas: linux/amd64,linux/arm64',
    ja: 'プラットフォーム (カンマ区切り): linux/amd64,linux/arm64',
    ko: '플랫폼(쉼표로 구분): linux/amd64,linux/arm64',
  },
  'fail-on': {
    en: 'what exits 1: undecided (and refuted), or refuted alone; of sources: undecided, warning or error, and worse',
    ja: '終了コード 1 とするもの: undecided (refuted を含む) または refuted のみ。ソースの点検では undecided、warning、error のいずれか以上',
    ko: '종료 코드 1로 처리할 것: undecided(refuted 포함) 또는 refuted만. 소스 점검에서는 undecided, warning, error 중 하나 이상',
  },
  fix: {
    en: 'mend what can be mended without a doubt, and say what is left',
    ja: '確実に直せるものを修正し、残りを表示する',
    ko: '확실하게 고칠 수 있는 것을 고치고 남은 것을 표시',
  },
  diff: {
    en: 'show what --fix or --rewrite would change, as a patch; alone it changes nothing',
    ja: '--fix や --rewrite の変更内容をパッチとして表示する。単独では何も変更しない',
    ko: '--fix나 --rewrite가 바꿀 내용을 패치로 표시. 단독으로는 아무것도 바꾸지 않음',
  },
  baseline: {
    en: 'tell only of findings that are not in this file',
    ja: 'このファイルにない指摘だけを表示する',
    ko: '이 파일에 없는 지적만 표시',
  },
  'write-baseline': {
    en: 'write all findings of today into a file for --baseline',
    ja: '現在の指摘をすべて --baseline 用のファイルに書き出す',
    ko: '현재의 지적을 모두 --baseline용 파일로 저장',
  },
  online: {
    en: 'ask registries what base images are for, and npm and PyPI about packages that lockfiles leave open and the nearest release with a build',
    ja: 'ベースイメージのプラットフォームをレジストリに、ロックファイルで分からないパッケージとビルドのある最も近いリリースを npm と PyPI に問い合わせる',
    ko: '베이스 이미지의 플랫폼은 레지스트리에, 잠금 파일로 알 수 없는 패키지와 빌드가 있는 가장 가까운 릴리스는 npm과 PyPI에 물어봄',
  },
  junit: {
    en: 'write the findings as JUnit XML',
    ja: '指摘を JUnit XML として書き出す',
    ko: '지적 사항을 JUnit XML로 저장',
  },
  github: {
    en: 'print the findings as annotations of GitHub Actions too',
    ja: '指摘を GitHub Actions のアノテーションとしても出力する',
    ko: '지적 사항을 GitHub Actions 주석으로도 출력',
  },
  'no-inline-ignore': {
    en: 'let no comment in a file silence a finding',
    ja: 'ファイル内のコメントによる抑制を無効にする',
    ko: '파일 안의 주석으로 지적을 끄지 못하게 함',
  },
  why: {
    en: 'print the chain from the index to the last library, each with its layer and instruction',
    ja: 'インデックスから最後のライブラリまでの連鎖を、レイヤーと命令つきで表示する',
    ko: '인덱스부터 마지막 라이브러리까지의 체인을 레이어, 명령과 함께 표시',
  },
  all: {
    en: 'print the files of another CPU that are there on purpose, and by which rule',
    ja: '意図して置かれた別 CPU 用のファイルを、判断の根拠とともに表示する',
    ko: '의도적으로 둔 다른 CPU용 파일을 판단 근거와 함께 표시',
  },
  foreign: {
    en: 'files that are for another CPU on purpose: /opt/cross/** (with a reason: /opt/cross/**=toolchain)',
    ja: '意図して置かれた別 CPU 用のファイル: /opt/cross/** (理由つき: /opt/cross/**=toolchain)',
    ko: '의도적으로 둔 다른 CPU용 파일: /opt/cross/**(이유 포함: /opt/cross/**=toolchain)',
  },
  assume: {
    en: 'answer for a fact about the runtimes that nobody has confirmed: oci=accepted:"ran there in May"',
    ja: 'ランタイムの未確認の情報を、理由を添えて受け入れる: oci=accepted:"5 月に動作を確認"',
    ko: '런타임의 확인되지 않은 정보를 이유와 함께 받아들임: oci=accepted:"5월에 동작 확인"',
  },
  sarif: {
    en: 'also write the findings for code scanning, as SARIF 2.1.0',
    ja: '指摘を code scanning 用に SARIF 2.1.0 でも書き出す',
    ko: '지적 사항을 code scanning용 SARIF 2.1.0으로도 저장',
  },
  report: {
    en: 'also write what --json prints into a file',
    ja: '--json の出力をファイルにも書き出す',
    ko: '--json의 출력을 파일로도 저장',
  },
  html: {
    en: 'also write the report as one HTML page that needs nothing else',
    ja: 'レポートを単独で開ける HTML 1 ファイルにも書き出す',
    ko: '보고서를 단독으로 열 수 있는 HTML 파일 하나로도 저장',
  },
  raw: {
    en: 'print the exact bytes of the index or, with --platform, of its manifest',
    ja: 'インデックス (--platform 指定時はそのマニフェスト) をバイト単位でそのまま出力する',
    ko: '인덱스(--platform을 주면 그 매니페스트)를 바이트 그대로 출력',
  },
  quick: {
    en: 'only look at layers with a table of contents (eStargz, zstd:chunked), by parts; what was only looked at stays undecided',
    ja: '目次のあるレイヤー (eStargz、zstd:chunked) は一部だけを取得して確認する。その結果は未確定 (undecided) にとどまる',
    ko: '목차가 있는 레이어(eStargz, zstd:chunked)는 일부만 받아 살펴봄. 그 결과는 미확정(undecided)으로 남음',
  },
  'no-cache': {
    en: 'do not use what was kept from earlier runs',
    ja: '以前の実行で保存したキャッシュを使わない',
    ko: '이전 실행에서 저장한 캐시를 쓰지 않음',
  },
  tag: {
    en: 'name the result; may be repeated',
    ja: '結果に付ける名前 (複数指定可)',
    ko: '결과에 붙일 이름(여러 번 지정 가능)',
  },
  file: {
    en: 'Dockerfile, relative to the working directory',
    ja: 'Dockerfile (作業ディレクトリからの相対パス)',
    ko: 'Dockerfile(작업 디렉터리 기준)',
  },
  target: {
    en: 'stage of the Dockerfile to build',
    ja: 'ビルドする Dockerfile のステージ',
    ko: '빌드할 Dockerfile 스테이지',
  },
  'build-arg': { en: 'set a build argument', ja: 'ビルド引数を設定する', ko: '빌드 인수 설정' },
  secret: {
    en: 'secret for a RUN: id=NAME,src=FILE or id=NAME,env=VARIABLE',
    ja: 'RUN に渡すシークレット: id=NAME,src=FILE または id=NAME,env=VARIABLE',
    ko: 'RUN에 넘길 시크릿: id=NAME,src=FILE 또는 id=NAME,env=VARIABLE',
  },
  ssh: {
    en: 'SSH agent for RUN --mount=type=ssh, with Docker',
    ja: 'RUN --mount=type=ssh に渡す SSH エージェント (Docker でのビルド)',
    ko: 'RUN --mount=type=ssh에 넘길 SSH 에이전트(Docker로 빌드할 때)',
  },
  network: {
    en: 'network of every RUN: default, none or host',
    ja: 'RUN のネットワーク: default、none、host のいずれか',
    ko: 'RUN의 네트워크: default, none, host 중 하나',
  },
  'add-host': {
    en: 'name of a host for every RUN',
    ja: 'RUN に追加するホスト名',
    ko: 'RUN에 추가할 호스트 이름',
  },
  'shm-size': {
    en: 'size of /dev/shm in a RUN',
    ja: 'RUN での /dev/shm のサイズ',
    ko: 'RUN에서의 /dev/shm 크기',
  },
  ulimit: { en: 'limit of a RUN', ja: 'RUN の ulimit', ko: 'RUN의 ulimit' },
  allow: {
    en: 'what BuildKit may do: network.host, security.insecure',
    ja: 'BuildKit に許可する権限: network.host、security.insecure',
    ko: 'BuildKit에 허용할 권한: network.host, security.insecure',
  },
  'cache-from': {
    en: "where BuildKit's cache comes from",
    ja: 'BuildKit のキャッシュの取得元',
    ko: 'BuildKit 캐시를 가져올 곳',
  },
  'cache-to': {
    en: "where BuildKit's cache goes",
    ja: 'BuildKit のキャッシュの保存先',
    ko: 'BuildKit 캐시를 저장할 곳',
  },
  provenance: {
    en: "BuildKit's provenance beside the image: true, mode=max",
    ja: 'イメージに添える BuildKit の provenance: true、mode=max',
    ko: '이미지에 덧붙일 BuildKit provenance: true, mode=max',
  },
  sbom: {
    en: "BuildKit's list of packages beside the image: true",
    ja: 'イメージに添える BuildKit の SBOM: true',
    ko: '이미지에 덧붙일 BuildKit SBOM: true',
  },
  attest: {
    en: 'what BuildKit states beside the image: type=provenance,mode=max',
    ja: 'イメージに添える BuildKit のアテステーション: type=provenance,mode=max',
    ko: '이미지에 덧붙일 BuildKit 증명(attestation): type=provenance,mode=max',
  },
  'build-context': {
    en: 'additional named context: NAME=DIR',
    ja: '追加の名前付きコンテキスト: NAME=DIR',
    ko: '이름을 붙인 추가 컨텍스트: NAME=DIR',
  },
  label: { en: 'set a label of the image', ja: 'イメージのラベルを設定する', ko: '이미지 라벨 설정' },
  annotation: {
    en: 'set an annotation of the manifests',
    ja: 'マニフェストのアノテーションを設定する',
    ko: '매니페스트 어노테이션 설정',
  },
  pull: {
    en: 'ask the registry again for every base image',
    ja: 'すべてのベースイメージをレジストリに問い合わせ直す',
    ko: '모든 베이스 이미지를 레지스트리에 다시 확인',
  },
  push: {
    en: 'publish under the tags after the proof',
    ja: '証明の後、タグを付けて公開する',
    ko: '증명한 뒤 태그로 게시',
  },
  load: {
    en: 'load the result into the local Docker',
    ja: '結果をローカルの Docker にロードする',
    ko: '결과를 로컬 Docker에 로드',
  },
  output: {
    en: 'where to leave it: oci:DIR, archive:FILE, docker: or type=oci,dest=FILE',
    ja: '出力先: oci:DIR、archive:FILE、docker:、または type=oci,dest=FILE',
    ko: '저장 위치: oci:DIR, archive:FILE, docker: 또는 type=oci,dest=FILE',
  },
  'metadata-file': {
    en: 'write the result as JSON to a file',
    ja: '結果を JSON でファイルに書く',
    ko: '결과를 JSON으로 파일에 기록',
  },
  iidfile: { en: 'write the digest to a file', ja: 'ダイジェストをファイルに書く', ko: '다이제스트를 파일에 기록' },
  progress: { en: 'auto, plain or quiet', ja: 'auto、plain、quiet のいずれか', ko: 'auto, plain, quiet 중 하나' },
  quiet: { en: 'print only the digest', ja: 'ダイジェストだけを表示する', ko: '다이제스트만 출력' },
  engine: {
    en: 'auto, embedded, buildx (Docker), buildkit (buildctl) or buildah (or podman)',
    ja: 'auto、embedded、buildx (Docker)、buildkit (buildctl)、buildah (または podman) のいずれか',
    ko: 'auto, embedded, buildx(Docker), buildkit(buildctl), buildah(또는 podman) 중 하나',
  },
  fallback: {
    en: 'emulate: where one of `builders:` does not answer, another goes on',
    ja: 'emulate を指定すると、`builders:` のどれかが応答しないとき別のビルダーで続ける',
    ko: 'emulate로 지정하면 `builders:` 중 하나가 응답하지 않을 때 다른 빌더로 계속',
  },
  env: {
    en: 'an environment of rightarch.yaml',
    ja: 'rightarch.yaml で定義した環境',
    ko: 'rightarch.yaml에 정의한 환경',
  },
  locked: {
    en: 'refuse a base image whose tag has moved since the last plan',
    ja: '前回のプランからタグが動いたベースイメージを拒否する',
    ko: '지난 플랜 이후 태그가 옮겨진 베이스 이미지를 거부',
  },
  rewrite: {
    en: "print the Dockerfile whose stages run on the builder's CPU, once two builds proved that nothing else changes",
    ja: '2 回のビルドで結果が変わらないと証明できたら、ビルダーの CPU でステージを実行する Dockerfile を表示する',
    ko: '두 번 빌드해 결과가 같다고 증명되면 빌더의 CPU에서 스테이지를 실행하는 Dockerfile을 출력',
  },
  write: {
    en: 'put what --rewrite proves in place of the Dockerfile',
    ja: '--rewrite で証明したものを Dockerfile に書き込む',
    ko: '--rewrite로 증명한 것을 Dockerfile에 씀',
  },
  drop: {
    en: 'platform that the tag may lose',
    ja: 'タグから外れてもよいプラットフォーム',
    ko: '태그에서 빠져도 되는 플랫폼',
  },
  add: {
    en: 'join the images to those that this tag has already',
    ja: 'このタグに今あるイメージに加える',
    ko: '이 태그에 이미 있는 이미지에 추가',
  },
  require: {
    en: 'platforms without which no tag is moved',
    ja: 'そろわなければタグを動かさないプラットフォーム',
    ko: '모두 있어야 태그를 옮기는 플랫폼',
  },
  'no-attestations': {
    en: 'leave provenance and SBOM out',
    ja: 'provenance と SBOM を含めない',
    ko: 'provenance와 SBOM을 넣지 않음',
  },
  yes: {
    en: 'ask nothing: take what was found, and confirm',
    ja: '質問せず、見つかった既定値を使い、確認に同意する',
    ko: '묻지 않고 찾은 기본값을 쓰며 확인에 동의함',
  },
  force: {
    en: 'replace an existing rightarch.yaml',
    ja: '既存の rightarch.yaml を置き換える',
    ko: '기존 rightarch.yaml을 덮어씀',
  },
  help: { en: 'show this help', ja: 'このヘルプを表示する', ko: '이 도움말 표시' },
  version: { en: 'show the version', ja: 'バージョンを表示する', ko: '버전 표시' },
} satisfies Readonly<Record<string, Label>>;

export type OptionName = keyof typeof optionSummaries;

export const helpPhrases = {
  examples: { en: 'Examples', ja: '例', ko: '예' },
  usage: { en: 'Usage', ja: '使い方', ko: '사용법' },
  commands: { en: 'Commands', ja: 'コマンド', ko: '명령' },
  options: { en: 'Options', ja: 'オプション', ko: '옵션' },
  everywhere: { en: 'Everywhere', ja: '共通', ko: '공통' },
  explainEnglish: {
    en: '',
    ja: '解説ページは英語です。ページ内の例での指摘と対処は、日本語では次のように表示されます。',
    ko: '설명 페이지는 영어입니다. 페이지에 있는 예의 지적 사항과 조치는 한국어로 다음과 같이 표시됩니다.',
  },
  explainOne: {
    en: '`rightarch explain CODE` says more about one of them',
    ja: '`rightarch explain コード` で個々の説明を表示します',
    ko: '`rightarch explain 코드`로 각 항목의 설명을 볼 수 있습니다',
  },
  later: {
    en: 'Planned, not here yet: copy, promote, deploy, status, rollback, login, audit',
    ja: '予定 (未実装): copy、promote、deploy、status、rollback、login、audit',
    ko: '예정(아직 지원 안 함): copy, promote, deploy, status, rollback, login, audit',
  },
} satisfies Readonly<Record<string, Label>>;
