import { josa } from '../josa.ts';
import type { Label, Text } from '../language.ts';

/** The first screen. Messages of runtimes stay in their own words inside it: people search for them. */
export const doorPhrases = {
  images: { en: 'images', ja: 'イメージ', ko: '이미지' },
  runs: { en: 'runs on', ja: 'ランタイム', ko: '런타임' },
  expect: { en: 'what to expect', ja: '予想される結果', ko: '예상 결과' },
  next: { en: 'next', ja: '次のコマンド', ko: '다음 명령' },
  anyPlatform: { en: 'follows the build', ja: 'ビルド時に決まる', ko: '빌드할 때 정해짐' },
  onBuilder: { en: 'always the CPU of the builder', ja: '常にビルドマシンの CPU', ko: '항상 빌드 머신의 CPU' },
  byNode: { en: 'decided by its nodes', ja: 'ノードの CPU で決まる', ko: '노드의 CPU로 정해짐' },
  declared: { en: 'declared', ja: '宣言あり', ko: '선언됨' },
  default: { en: 'nothing declared: the default', ja: '宣言なし (既定値)', ko: '선언 없음(기본값)' },
  only: { en: 'the only CPU it has', ja: 'この CPU のみ対応', ko: '이 CPU만 지원' },
  instance: { en: 'by its machine', ja: 'マシンの種類で決まる', ko: '머신 종류로 정해짐' },
  assumed: { en: 'assumed', ja: '前提 (assume)', ko: '가정(assume)' },
  noFile: { en: 'not there', ja: 'ファイルなし', ko: '파일 없음' },
  published: { en: 'published as', ja: '公開先', ko: '게시 위치' },
  notPublished: {
    en: 'nothing says where: `repository` and `tags` are open',
    ja: '指定なし (`repository` と `tags` が未記入)',
    ko: '지정 없음(`repository`와 `tags`가 비어 있음)',
  },
  open: {
    en: 'filled in when it is deployed',
    ja: 'デプロイ時に決まる',
    ko: '배포할 때 정해짐',
  },
  node: { en: 'nothing declared', ja: '宣言なし', ko: '선언 없음' },
  nothing: {
    en: 'No Dockerfile and no runtime was found below this folder',
    ja: 'このディレクトリ以下に Dockerfile もランタイムの定義も見つかりません',
    ko: '이 디렉터리 아래에서 Dockerfile도 런타임 정의도 찾지 못했습니다',
  },
  nothingSeen: {
    en: 'Nothing in the sources says that it will not start; only the bytes prove it',
    ja: 'ソースを見る限り、起動を妨げるものはありません。証明するには実際のバイト列が必要です',
    ko: '소스에는 시작을 막을 만한 내용이 없습니다. 증명은 실제 바이트로만 할 수 있습니다',
  },
} satisfies Readonly<Record<string, Label>>;

export const doorTexts = {
  head: {
    en: ({ images, runtimes, host }) =>
      `${images} ${images === 1 ? 'image' : 'images'} · ${runtimes} ${runtimes === 1 ? 'runtime' : 'runtimes'} · a plain build on this machine makes ${host}`,
    ja: ({ images, runtimes, host }) =>
      `イメージ ${images} 件 · ランタイム ${runtimes} 件 · このマシンでオプションなしでビルドすると ${host}`,
    ko: ({ images, runtimes, host }) =>
      `이미지 ${images}개 · 런타임 ${runtimes}개 · 이 머신에서 옵션 없이 빌드하면 ${host}`,
  } satisfies Text<{ images: number; runtimes: number; host: string }>,
  byHost: {
    en: ({ host }) => `${host} (nothing names a CPU: this machine's)`,
    ja: ({ host }) => `${host} (CPU の指定なし: このマシンのもの)`,
    ko: ({ host }) => `${host}(CPU 지정 없음: 이 머신의 것)`,
  } satisfies Text<{ host: string }>,
  optional: {
    en: ({ platform }) => `${platform} (optional)`,
    ja: ({ platform }) => `${platform} (任意)`,
    ko: ({ platform }) => `${platform}(선택)`,
  } satisfies Text<{ platform: string }>,
  pinned: {
    en: ({ platform, line }) => `fixed to ${platform} (line ${line})`,
    ja: ({ platform, line }) => `${platform} に固定 (${line} 行目)`,
    ko: ({ platform, line }) => josa(`${platform}(으)로 고정(${line}행)`),
  } satisfies Text<{ platform: string; line: number }>,
  failsPinned: {
    en: ({ runtime, cpu, given, at, message }) =>
      `${at} fixes the image to ${given}, and ${runtime} runs ${cpu} here. You will see: ${message}`,
    ja: ({ runtime, cpu, given, at, message }) =>
      `${at} でイメージが ${given} に固定されていますが、この構成では ${runtime} の CPU は ${cpu} です。表示されるエラー: ${message}`,
    ko: ({ runtime, cpu, given, at, message }) =>
      josa(
        `${at}에서 이미지가 ${given}(으)로 고정되어 있지만 이 구성에서 ${runtime}의 CPU는 ${cpu}입니다. 표시될 오류: ${message}`,
      ),
  } satisfies Text<{ runtime: string; cpu: string; given: string; at: string; message: string }>,
  failsBuilt: {
    en: ({ runtime, cpu, given, at, message }) =>
      `${at} builds ${given} alone, and ${runtime} runs ${cpu} here. You will see: ${message}`,
    ja: ({ runtime, cpu, given, at, message }) =>
      `${at} では ${given} だけをビルドしますが、この構成では ${runtime} の CPU は ${cpu} です。表示されるエラー: ${message}`,
    ko: ({ runtime, cpu, given, at, message }) =>
      `${at}에서는 ${given}만 빌드하지만 이 구성에서 ${runtime}의 CPU는 ${cpu}입니다. 표시될 오류: ${message}`,
  } satisfies Text<{ runtime: string; cpu: string; given: string; at: string; message: string }>,
  failsHost: {
    en: ({ runtime, cpu, given, message }) =>
      `\`docker build\` on this machine makes ${given}, and ${runtime} runs ${cpu} here. You will see: ${message}`,
    ja: ({ runtime, cpu, given, message }) =>
      `このマシンの \`docker build\` は ${given} を作りますが、この構成では ${runtime} の CPU は ${cpu} です。表示されるエラー: ${message}`,
    ko: ({ runtime, cpu, given, message }) =>
      josa(
        `이 머신의 \`docker build\`는 ${given}을(를) 만들지만 이 구성에서 ${runtime}의 CPU는 ${cpu}입니다. 표시될 오류: ${message}`,
      ),
  } satisfies Text<{ runtime: string; cpu: string; given: string; message: string }>,
  holdsByPin: {
    en: ({ runtime, pinned, at, other, message }) =>
      `The CPU fits ${runtime} because ${at} fixes it to ${pinned}${other ? `. On ${other} it would not start: ${message}` : ''}`,
    ja: ({ runtime, pinned, at, other, message }) =>
      `${at} で ${pinned} に固定されているため、${runtime} の CPU と合っています${other ? `。${other} では起動しません: ${message}` : ''}`,
    ko: ({ runtime, pinned, at, other, message }) =>
      josa(
        `${at}에서 ${pinned}(으)로 고정되어 있어 ${runtime}의 CPU와 맞습니다${other ? `. ${other}에서는 시작되지 않습니다: ${message}` : ''}`,
      ),
  } satisfies Text<{ runtime: string; pinned: string; at: string; other: string | undefined; message: string }>,
  indexRefused: {
    en: ({ runtime, at, message }) =>
      `${at} makes an index of several platforms, and ${runtime} takes none. You will see: ${message}`,
    ja: ({ runtime, at, message }) =>
      `${at} は複数プラットフォームのインデックスを作りますが、${runtime} はインデックスを受け付けません。表示されるエラー: ${message}`,
    ko: ({ runtime, at, message }) =>
      josa(
        `${at}은(는) 여러 플랫폼의 인덱스를 만들지만 ${runtime}은(는) 인덱스를 받지 않습니다. 표시될 오류: ${message}`,
      ),
  } satisfies Text<{ runtime: string; at: string; message: string }>,
  stagesDiffer: {
    en: ({ at, first, final }) =>
      `${at} fixes a stage to ${first} beside the final one${final ? ` (${final})` : ''}: the legacy builder runs every stage, and the two CPUs of one base tag get mixed up in its cache`,
    ja: ({ at, first, final }) =>
      `${at} のステージは ${first} に固定され、最終ステージ${final ? ` (${final})` : ''} と異なります。レガシービルダーはすべてのステージを実行するため、同じベースイメージタグの 2 つの CPU がキャッシュで混ざります`,
    ko: ({ at, first, final }) =>
      josa(
        `${at}의 스테이지는 ${first}(으)로 고정되어 최종 스테이지${final ? `(${final})` : ''}와(과) 다릅니다. 레거시 빌더는 모든 스테이지를 실행하므로 같은 베이스 이미지 태그의 두 CPU가 캐시에서 뒤섞입니다`,
      ),
  } satisfies Text<{ at: string; first: string; final: string | undefined }>,
  finalOnBuilder: {
    en: ({ at }) =>
      `${at} puts \`$BUILDPLATFORM\` on what is shipped: every platform gets the files of the builder's CPU, native modules included. Remove the flag`,
    ja: ({ at }) =>
      `${at} は公開されるステージに \`$BUILDPLATFORM\` を指定しています。どのプラットフォームにもビルドマシンの CPU のファイル (ネイティブモジュールを含む) が入ります。この指定を外してください`,
    ko: ({ at }) =>
      josa(
        `${at}은(는) 게시되는 스테이지에 \`$BUILDPLATFORM\`을 지정합니다. 모든 플랫폼에 빌드 머신 CPU의 파일(네이티브 모듈 포함)이 들어갑니다. 이 플래그를 빼세요`,
      ),
  } satisfies Text<{ at: string }>,
  noSuchCpu: {
    en: ({ runtime, cpus, built, at, source, checked }) =>
      `${at} builds ${built}, and ${runtime} runs ${cpus} only (${source}, read ${checked})`,
    ja: ({ runtime, cpus, built, at, source, checked }) =>
      `${at} は ${built} をビルドしますが、${runtime} が対応するのは ${cpus} だけです (${source}、${checked} 確認)`,
    ko: ({ runtime, cpus, built, at, source, checked }) =>
      josa(`${at}은(는) ${built}을(를) 빌드하지만 ${runtime}은(는) ${cpus}만 지원합니다(${source}, ${checked} 확인)`),
  } satisfies Text<{ runtime: string; cpus: string; built: string; at: string; source: string; checked: string }>,
};
