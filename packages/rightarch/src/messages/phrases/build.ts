import { josa } from '../josa.ts';
import type { Label, Text } from '../language.ts';

export const buildPhrases = {
  platform: { en: 'platform', ja: 'プラットフォーム', ko: '플랫폼' },
  how: { en: 'how', ja: '方法', ko: '방법' },
  why: { en: 'why', ja: '理由', ko: '이유' },
  native: { en: 'native', ja: 'ネイティブ', ko: '네이티브' },
  cross: { en: 'cross, nothing is emulated', ja: 'クロス (エミュレーションなし)', ko: '크로스(에뮬레이션 없음)' },
  emulate: { en: 'emulated', ja: 'エミュレーション', ko: '에뮬레이션' },
  optional: {
    en: 'promised where it can be built and proven',
    ja: 'ビルドと証明ができれば含める',
    ko: '빌드와 증명이 되면 포함',
  },
  promise: {
    en: 'promised to whoever pulls it',
    ja: '公開するプラットフォームとして宣言',
    ko: '게시할 플랫폼으로 선언됨',
  },
  flag: { en: 'asked for with --platform', ja: '--platform で指定', ko: '--platform으로 지정' },
  host: {
    en: 'this machine; no target and no --platform say otherwise',
    ja: 'このマシン (ターゲットも --platform も指定なし)',
    ko: '이 머신(타깃도 --platform도 지정 없음)',
  },
  node: { en: 'builder', ja: 'ビルダー', ko: '빌더' },
  engine: { en: 'engine', ja: 'エンジン', ko: '엔진' },
  bases: { en: 'base images', ja: 'ベースイメージ', ko: '베이스 이미지' },
  stages: { en: 'stages', ja: 'ステージ', ko: '스테이지' },
  faster: { en: 'what would make it faster', ja: '速くするには', ko: '더 빠르게 하려면' },
  own: { en: "for the builder's own CPU", ja: 'ビルダー自身の CPU 用', ko: '빌더 자신의 CPU용' },
  pinned: {
    en: "its FROM asks for the builder's CPU",
    ja: 'FROM がビルダーの CPU を指定',
    ko: 'FROM이 빌더의 CPU를 지정',
  },
  files: { en: 'nothing in it is run', ja: '実行するものなし', ko: '실행하는 것이 없음' },
  'without-running': {
    en: 'its RUNs are carried out without starting a program of it',
    ja: 'RUN をプログラムを起動せずに実施',
    ko: 'RUN을 프로그램 실행 없이 처리',
  },
  builder: {
    en: 'a builder with that CPU would run it natively',
    ja: 'その CPU のビルダーならネイティブで実行できます',
    ko: '그 CPU의 빌더라면 네이티브로 실행합니다',
  },
  rewrite: {
    en: "it may do on the builder's CPU: `rightarch plan --rewrite` writes that Dockerfile and proves it",
    ja: 'ビルダーの CPU で済む可能性があります。`rightarch plan --rewrite` がその Dockerfile を書いて証明します',
    ko: '빌더의 CPU로 충분할 수 있습니다. `rightarch plan --rewrite`가 그 Dockerfile을 쓰고 증명합니다',
  },
  nothingToRewrite: {
    en: 'nothing is emulated, so nothing has to be rewritten',
    ja: 'エミュレーションがないため、書き換えは不要です',
    ko: '에뮬레이션하는 것이 없어 재작성할 것도 없습니다',
  },
  steps: { en: 'steps', ja: 'ステップ', ko: '단계' },
  base: { en: 'base', ja: 'ベース', ko: '베이스' },
  metadata: { en: 'metadata', ja: 'メタデータ', ko: '메타데이터' },
  copy: { en: 'copy', ja: 'コピー', ko: '복사' },
  simulate: { en: 'file work', ja: 'ファイル操作', ko: '파일 작업' },
  install: { en: 'install', ja: 'インストール', ko: '설치' },
  execute: { en: 'run', ja: '実行', ko: '실행' },
  refused: { en: 'refused', ja: '対応不可', ko: '거부' },
  published: { en: 'published', ja: '公開', ko: '게시됨' },
  unchanged: { en: 'unchanged', ja: '変更なし', ko: '변경 없음' },
  moved: { en: 'moved', ja: '更新', ko: '옮겨짐' },
  new: { en: 'new', ja: '新規', ko: '새로 생성' },
} satisfies Readonly<Record<string, Label>>;

export const buildTexts = {
  target: {
    en: ({ target, runtime }) => (target === runtime ? `${runtime} needs it` : `${target} (${runtime}) needs it`),
    ja: ({ target, runtime }) => (target === runtime ? `${runtime} に必要` : `${target} (${runtime}) に必要`),
    ko: ({ target, runtime }) => (target === runtime ? `${runtime}에 필요` : `${target}(${runtime})에 필요`),
  } satisfies Text<{ target: string; runtime: string }>,
  built: {
    en: ({ image, directory, time }) => `built ${image} in ${time}, left in ${directory}`,
    ja: ({ image, directory, time }) => `${image} をビルドしました (${time})。出力先: ${directory}`,
    ko: ({ image, directory, time }) => `${image} 빌드 완료(${time}). 저장 위치: ${directory}`,
  } satisfies Text<{ image: string; directory: string; time: string }>,
  proved: {
    en: ({ time }) => `proof took ${time}`,
    ja: ({ time }) => `証明にかかった時間: ${time}`,
    ko: ({ time }) => `증명에 걸린 시간: ${time}`,
  } satisfies Text<{ time: string }>,
  pushed: {
    en: ({ repository, uploaded, present, bytes, time }) =>
      uploaded === 0
        ? `${repository}: nothing to upload, ${present} blobs were there, ${time}`
        : `${repository}: ${uploaded} blobs uploaded (${bytes}), ${present} were there, ${time}`,
    ja: ({ repository, uploaded, present, bytes, time }) =>
      uploaded === 0
        ? `${repository}: アップロードなし (${present} 個の blob は登録済み)、${time}`
        : `${repository}: blob ${uploaded} 個をアップロード (${bytes})、${present} 個は登録済み、${time}`,
    ko: ({ repository, uploaded, present, bytes, time }) =>
      uploaded === 0
        ? `${repository}: 업로드 없음(blob ${present}개는 이미 있음), ${time}`
        : `${repository}: blob ${uploaded}개 업로드(${bytes}), ${present}개는 이미 있음, ${time}`,
  } satisfies Text<{ repository: string; uploaded: number; present: number; bytes: string; time: string }>,
  confirm: {
    en: ({ environment }: { readonly environment: string }) => `Publish to ${environment}? [y/N]`,
    ja: ({ environment }: { readonly environment: string }) => `${environment} に公開しますか? [y/N]`,
    ko: ({ environment }: { readonly environment: string }) => `${environment} 환경에 게시할까요? [y/N]`,
  },
  standing: {
    en: ({ platforms }) => `already under that tag, not proven again: ${platforms}`,
    ja: ({ platforms }) => `このタグに以前からあり、今回は証明していません: ${platforms}`,
    ko: ({ platforms }) => `이 태그에 이미 있어 다시 증명하지 않음: ${platforms}`,
  } satisfies Text<{ platforms: string }>,
  notPublished: {
    en: ({ image }) => `${image} was not published: no tag was moved`,
    ja: ({ image }) => `${image} は公開していません。タグも動かしていません`,
    ko: ({ image }) => josa(`${image}은(는) 게시하지 않았습니다. 태그도 옮기지 않았습니다`),
  } satisfies Text<{ image: string }>,
  loaded: {
    en: ({ names, platforms, left }) =>
      `loaded ${platforms} into Docker as ${names}${left === '' ? '' : `; its image store holds one platform under a name, so ${left} is not there`}`,
    ja: ({ names, platforms, left }) =>
      `${platforms} を ${names} として Docker にロードしました${left === '' ? '' : `。この Docker のイメージストアは 1 つの名前に 1 つのプラットフォームしか持てないため、${left} は入っていません`}`,
    ko: ({ names, platforms, left }) =>
      josa(
        `${platforms}을(를) ${names}(으)로 Docker에 로드했습니다${left === '' ? '' : `. 이 Docker의 이미지 저장소는 이름 하나에 플랫폼 하나만 담을 수 있어 ${left}은(는) 들어 있지 않습니다`}`,
      ),
  } satisfies Text<{ names: string; platforms: string; left: string }>,
  sameBuilt: {
    en: ({ platform, files, programs, verdict }) =>
      `${platform}: both builds have the same ${files} files with the same modes and owners, ${programs} of them machine code for the same CPU, the same packages and configuration, and are ${verdict}`,
    ja: ({ platform, files, programs, verdict }) =>
      `${platform}: 2 つのビルドはファイル ${files} 個 (モード、所有者)、そのうち機械語 ${programs} 個の CPU、パッケージ、設定が同じで、判定はどちらも ${verdict} です`,
    ko: ({ platform, files, programs, verdict }) =>
      `${platform}: 두 빌드는 파일 ${files}개(모드, 소유자), 그중 기계어 ${programs}개의 CPU, 패키지, 설정이 같고 판정은 둘 다 ${verdict}입니다`,
  } satisfies Text<{ platform: string; files: number; programs: number; verdict: string }>,
  permitted: {
    en: ({ why, files, example }) =>
      `${{ bytecode: "Python's bytecode, which holds times", cache: 'caches of package managers', log: 'logs', program: 'machine code with other bytes, for the same CPU, loader and libraries' }[why]}: ${files}, as ${example}`,
    ja: ({ why, files, example }) =>
      `${{ bytecode: '時刻を含む Python のバイトコード', cache: 'パッケージマネージャーのキャッシュ', log: 'ログ', program: 'CPU、ローダー、ライブラリが同じでバイト列が異なる機械語' }[why]}: ${files} 個 (例: ${example})`,
    ko: ({ why, files, example }) =>
      `${{ bytecode: '시각이 들어가는 Python 바이트코드', cache: '패키지 관리자 캐시', log: '로그', program: 'CPU, 로더, 라이브러리는 같고 바이트만 다른 기계어' }[why]}: ${files}개(예: ${example})`,
  } satisfies Text<{ why: 'bytecode' | 'cache' | 'log' | 'program'; files: number; example: string }>,
  rewriteTimes: {
    en: ({ original, rewritten }) =>
      `built here in ${original} as it was, in ${rewritten} rewritten, with whatever was cached`,
    ja: ({ original, rewritten }) =>
      `ここでのビルド時間: 元のまま ${original}、書き換え後 ${rewritten} (キャッシュ込み)`,
    ko: ({ original, rewritten }) => `여기서 빌드한 시간: 원본 ${original}, 재작성 ${rewritten}(캐시 포함)`,
  } satisfies Text<{ original: string; rewritten: string }>,
  wrote: {
    en: ({ file }) => `wrote ${file}`,
    ja: ({ file }) => `${file} に書き込みました`,
    ko: ({ file }) => `${file}에 썼습니다`,
  } satisfies Text<{ file: string }>,
  notLoaded: {
    en: ({ image }) => `${image} was not loaded into Docker`,
    ja: ({ image }) => `${image} は Docker にロードしていません`,
    ko: ({ image }) => josa(`${image}은(는) Docker에 로드하지 않았습니다`),
  } satisfies Text<{ image: string }>,
  deployLater: {
    en: () => 'Deploying comes in a later version: hand the digest above to your CDK, Terraform or console',
    ja: () => 'デプロイは今後のバージョンで対応します。上のダイジェストを CDK、Terraform、コンソールに渡してください',
    ko: () => '배포는 이후 버전에서 지원합니다. 위 다이제스트를 CDK, Terraform, 콘솔에 넘기세요',
  } satisfies Text<void>,
};
