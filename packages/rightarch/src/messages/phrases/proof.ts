import type { Label, Text } from '../language.ts';

/** Words of the verdicts. JSON keeps the English ones. */
export const verdictWords = {
  proven: { en: 'proven', ja: '証明済み', ko: '증명됨' },
  refuted: { en: 'refuted', ja: '反証', ko: '반증됨' },
  undecided: { en: 'undecided', ja: '未確定', ko: '미확정' },
} satisfies Readonly<Record<string, Label>>;

/** Beside a verdict of which every finding is answered for in `ignore:`. */
export const acceptedWord = { en: 'ignored', ja: '除外済み', ko: '제외됨' } satisfies Label;

/** What an obligation is about, for `--verbose`. JSON keeps the ids. */
export const stepWords = {
  structure: { en: 'structure', ja: '構造', ko: '구조' },
  'machine-code': { en: 'machine code', ja: '機械語', ko: '기계어' },
  exec: { en: 'start', ja: '起動', ko: '시작' },
  interpreter: { en: 'interpreter', ja: 'インタープリター', ko: '인터프리터' },
  loader: { en: 'loader', ja: 'ローダー', ko: '로더' },
  library: { en: 'library', ja: 'ライブラリ', ko: '라이브러리' },
  module: { en: 'native modules', ja: 'ネイティブモジュール', ko: '네이티브 모듈' },
  target: { en: 'runtime', ja: 'ランタイム', ko: '런타임' },
} satisfies Readonly<Record<string, Label>>;

/** When an image fails on a runtime, in a word. JSON keeps the ids. */
export const stageWords = {
  deploy: { en: 'deploy', ja: 'デプロイ', ko: '배포' },
  pull: { en: 'pull', ja: 'pull', ko: 'pull' },
  create: { en: 'create', ja: 'コンテナ作成', ko: '컨테이너 생성' },
  start: { en: 'start', ja: '起動', ko: '시작' },
  load: { en: 'use', ja: '使用時', ko: '사용 시' },
} satisfies Readonly<Record<string, Label>>;

export const proofPhrases = {
  platform: { en: 'platform', ja: 'プラットフォーム', ko: '플랫폼' },
  verdict: { en: 'verdict', ja: '判定', ko: '판정' },
  starts: { en: 'what starts', ja: '起動するもの', ko: '시작되는 것' },
  code: { en: 'machine code', ja: '機械語ファイル', ko: '기계어 파일' },
  runtime: { en: 'runs on', ja: 'ランタイム', ko: '런타임' },
  cpu: { en: 'CPU', ja: 'CPU', ko: 'CPU' },
  takes: { en: 'takes', ja: '選ばれるもの', ko: '선택되는 것' },
  onlyManifest: { en: 'the one manifest', ja: '唯一のマニフェスト', ko: '하나뿐인 매니페스트' },
  nothingTaken: { en: 'nothing', ja: 'なし', ko: '없음' },
  failsAt: { en: 'fails at', ja: '失敗する時点', ko: '실패 시점' },
  unknownPlatform: { en: '(none declared)', ja: '(宣言なし)', ko: '(선언 없음)' },
  notInImage: { en: 'not in the image', ja: 'イメージにない', ko: '이미지에 없음' },
  notReadable: { en: 'cannot be read', ja: '読み取れない', ko: '읽을 수 없음' },
  formIndex: { en: 'index', ja: 'インデックス', ko: '인덱스' },
  formManifest: { en: 'manifest', ja: 'マニフェスト', ko: '매니페스트' },
  sourceRegistry: { en: 'registry', ja: 'レジストリ', ko: '레지스트리' },
  sourceLayout: { en: 'OCI layout', ja: 'OCI レイアウト', ko: 'OCI 레이아웃' },
  sourceArchive: { en: 'archive', ja: 'アーカイブ', ko: '아카이브' },
  sourceDocker: { en: 'Docker on this machine', ja: 'このマシンの Docker', ko: '이 머신의 Docker' },
  noTargetAsked: {
    en: 'no runtime was named: add `--for fargate:arm64` (or any of `rightarch targets`) to ask about one',
    ja: 'ランタイムの指定はありません。`--for fargate:arm64` のように指定すると、そのランタイムでの判定も表示します (`rightarch targets` に一覧)',
    ko: '지정한 런타임이 없습니다. `--for fargate:arm64`처럼 지정하면 해당 런타임의 판정도 보여 줍니다(목록: `rightarch targets`)',
  },
  notClaimed: {
    en: 'not claimed: what the program does after it is started, single symbols of its libraries, code inside archives or loaded by computed names or downloaded at run time, ports, health, kernel features other than the executable format',
    ja: '証明の対象外: 起動後のプログラムの動作、ライブラリの個々のシンボル、アーカイブ内のコード、実行時に名前を組み立てて読み込むコードやダウンロードされるコード、ポート、ヘルスチェック、実行形式以外のカーネル機能',
    ko: '증명 대상이 아닌 것: 시작된 뒤의 프로그램 동작, 라이브러리의 개별 심벌, 아카이브 안의 코드, 실행 중 이름을 조합해 불러오거나 내려받는 코드, 포트, 헬스 체크, 실행 형식 외의 커널 기능',
  },
} satisfies Readonly<Record<string, Label>>;

export const proofTexts = {
  dockerLoads: {
    en: ({ loaded, more }) =>
      `\`docker load\` gives ${loaded}${more ? '; Docker with the containerd image store takes every platform' : ''}`,
    ja: ({ loaded, more }) =>
      `\`docker load\` で読み込まれるのは ${loaded}${more ? '。containerd イメージストアの Docker は全プラットフォームを読み込みます' : ''}`,
    ko: ({ loaded, more }) =>
      `\`docker load\`로 불러오는 플랫폼: ${loaded}${more ? '. containerd 이미지 스토어를 쓰는 Docker는 모든 플랫폼을 불러옵니다' : ''}`,
  } satisfies Text<{ loaded: string; more: boolean }>,
  dockerRefuses: {
    en: () =>
      '`docker load` takes this archive with the containerd image store only: `invalid archive: does not contain a manifest.json`',
    ja: () =>
      '`docker load` で読み込めるのは containerd イメージストアの Docker だけです。それ以外では次のエラーになります: `invalid archive: does not contain a manifest.json`',
    ko: () =>
      '`docker load`는 containerd 이미지 스토어를 쓰는 Docker에서만 됩니다. 그 밖에는 다음 오류가 납니다: `invalid archive: does not contain a manifest.json`',
  } satisfies Text,
  inLayer: {
    en: ({ layer }) => `layer ${layer}`,
    ja: ({ layer }) => `レイヤー ${layer}`,
    ko: ({ layer }) => `레이어 ${layer}`,
  } satisfies Text<{ layer: number }>,
  through: {
    en: ({ program, wrapper }) => `${program} (through ${wrapper})`,
    ja: ({ program, wrapper }) => `${program} (${wrapper} 経由)`,
    ko: ({ program, wrapper }) => `${program} (${wrapper} 경유)`,
  } satisfies Text<{ program: string; wrapper: string }>,
  matching: {
    en: ({ match, mismatch, undecided }) =>
      [
        `${match} match`,
        mismatch > 0 ? `${mismatch} of another CPU` : '',
        undecided > 0 ? `${undecided} unexplained` : '',
      ]
        .filter(Boolean)
        .join(', '),
    ja: ({ match, mismatch, undecided }) =>
      [`一致 ${match}`, mismatch > 0 ? `別 CPU ${mismatch}` : '', undecided > 0 ? `説明なし ${undecided}` : '']
        .filter(Boolean)
        .join('、'),
    ko: ({ match, mismatch, undecided }) =>
      [`일치 ${match}`, mismatch > 0 ? `다른 CPU ${mismatch}` : '', undecided > 0 ? `설명 없음 ${undecided}` : '']
        .filter(Boolean)
        .join(', '),
  } satisfies Text<{ match: number; mismatch: number; undecided: number }>,
  setAt: {
    en: ({ container, image, sets }) =>
      [
        container && `container ${container}`,
        image && `runs ${image}`,
        sets === '' ? "sets nothing of the start: all is the image's" : `sets ${sets}; all else is the image's`,
      ]
        .filter(Boolean)
        .join(', '),
    ja: ({ container, image, sets }) =>
      [
        [container && `コンテナ ${container}`, image && `イメージ ${image}`].filter(Boolean).join('、'),
        sets === '' ? '起動設定の指定なし (すべてイメージの設定)' : `${sets} を指定 (ほかはイメージの設定)`,
      ]
        .filter(Boolean)
        .join(': '),
    ko: ({ container, image, sets }) =>
      [
        [container && `컨테이너 ${container}`, image && `이미지 ${image}`].filter(Boolean).join(', '),
        sets === '' ? '시작 설정 지정 없음(모두 이미지 설정)' : `${sets} 지정(나머지는 이미지 설정)`,
      ]
        .filter(Boolean)
        .join(': '),
  } satisfies Text<{ container: string; image: string; sets: string }>,
  needs: {
    en: ({ fact }) => `open: ${fact}`,
    ja: ({ fact }) => `未確定の点: ${fact}`,
    ko: ({ fact }) => `미확정인 점: ${fact}`,
  } satisfies Text<{ fact: string }>,
  witness: {
    en: ({ command }) => `to see it, run: ${command}`,
    ja: ({ command }) => `実行して確かめるには: ${command}`,
    ko: ({ command }) => `실행해서 확인하려면: ${command}`,
  } satisfies Text<{ command: string }>,
  summary: {
    en: ({ proven, platforms, provenTargets, targets }) =>
      `${proven} of ${platforms} ${platforms === 1 ? 'platform' : 'platforms'} proven${targets > 0 ? `, ${provenTargets} of ${targets} ${targets === 1 ? 'runtime' : 'runtimes'} proven` : ''}`,
    ja: ({ proven, platforms, provenTargets, targets }) =>
      `プラットフォーム ${platforms} 件中 ${proven} 件を証明${targets > 0 ? `、ランタイム ${targets} 件中 ${provenTargets} 件を証明` : ''}`,
    ko: ({ proven, platforms, provenTargets, targets }) =>
      `플랫폼 ${platforms}개 중 ${proven}개 증명${targets > 0 ? `, 런타임 ${targets}개 중 ${provenTargets}개 증명` : ''}`,
  } satisfies Text<{ proven: number; platforms: number; provenTargets: number; targets: number }>,
};
