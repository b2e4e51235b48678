import { code, list, q } from '../code.ts';

function choice(nearest: string | undefined, known: readonly string[]) {
  return {
    en: `${nearest ? `Did you mean ${q(nearest)}? ` : ''}Defined: ${known.length > 0 ? list(known) : 'none'}`,
    ja: `${nearest ? `${q(nearest)} の間違いではありませんか。` : ''}定義されているもの: ${known.length > 0 ? list(known) : 'なし'}`,
    ko: `${nearest ? `${q(nearest)}을(를) 쓰려던 것인가요? ` : ''}정의된 것: ${known.length > 0 ? list(known) : '없음'}`,
  };
}

/** Names inside `rightarch.yaml` and whether they fit together. */
export const configNameCodes = {
  'config/name-malformed': code<{ name: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A name has an illegal character',
      ja: '名前に使えない文字がある',
      ko: '이름에 쓸 수 없는 문자가 있음',
    },
    message: {
      en: ({ name }) =>
        `${q(name)} is not a name: at most 63 letters, digits, dots, dashes and underscores, beginning with a letter or digit`,
      ja: ({ name }) =>
        `${q(name)} は名前に使えません。英数字で始まり、英数字と \`.\` \`-\` \`_\` だけで 63 文字までです`,
      ko: ({ name }) =>
        `${q(name)}은(는) 이름으로 쓸 수 없습니다. 영문자나 숫자로 시작하고 영문자, 숫자, \`.\` \`-\` \`_\`만 63자까지 쓸 수 있습니다`,
    },
    fix: {
      en: () => 'Rename it',
      ja: () => '名前を変えてください',
      ko: () => '이름을 바꾸세요',
    },
  }),
  'config/image-unknown': code<{ image: string; known: readonly string[]; nearest: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A target names an image that is not there',
      ja: 'ターゲットのイメージが定義されていない',
      ko: '타깃의 이미지가 정의되지 않음',
    },
    message: {
      en: ({ image }) => `There is no image ${q(image)} under \`images\``,
      ja: ({ image }) => `\`images\` に ${q(image)} がありません`,
      ko: ({ image }) => `\`images\`에 ${q(image)}이(가) 없습니다`,
    },
    fix: {
      en: ({ nearest, known }) => choice(nearest, known).en,
      ja: ({ nearest, known }) => choice(nearest, known).ja,
      ko: ({ nearest, known }) => choice(nearest, known).ko,
    },
  }),
  'config/ignore-expired': code<{ code: string; until: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An entry of ignore is past its day',
      ja: 'ignore の項目の期限が切れている',
      ko: 'ignore 항목의 기한이 지남',
    },
    message: {
      en: ({ code, until }) => `${q(code)} was ignored until ${q(until)}; it is reported again`,
      ja: ({ code, until }) => `${q(code)} の除外は ${q(until)} までです。以後は再び報告します`,
      ko: ({ code, until }) => `${q(code)} 제외 기한은 ${q(until)}까지입니다. 이제 다시 보고합니다`,
    },
    fix: {
      en: () => 'Mend what is reported and delete the entry, or give it a later `until`',
      ja: () => '報告された問題を直してこの項目を削除するか、`until` を先の日付に変えてください',
      ko: () => '보고된 문제를 고치고 이 항목을 지우거나 `until`을 더 뒤 날짜로 바꾸세요',
    },
  }),
  'config/ignore-unused': code<{ code: string; paths: readonly string[] }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An entry of ignore meets no finding',
      ja: 'ignore の項目に該当する指摘がない',
      ko: 'ignore 항목에 해당하는 지적 사항이 없음',
    },
    message: {
      en: ({ code, paths }) =>
        `Nothing was found as ${q(code)}${paths.length > 0 ? ` in ${list(paths)}` : ''}, in no image of this project`,
      ja: ({ code, paths }) =>
        `このプロジェクトのどのイメージにも${paths.length > 0 ? ` ${list(paths)} の` : ''} ${q(code)} はありません`,
      ko: ({ code, paths }) =>
        `이 프로젝트의 어느 이미지에서도${paths.length > 0 ? ` ${list(paths)}의` : ''} ${q(code)}이(가) 나오지 않았습니다`,
    },
    fix: {
      en: () => 'Delete the entry, or correct its code and paths: `rightarch explain` lists the codes',
      ja: () => '項目を削除するか、コードとパスを直してください。コードの一覧は `rightarch explain` で表示します',
      ko: () => '항목을 지우거나 코드와 경로를 고치세요. 코드 목록은 `rightarch explain`으로 볼 수 있습니다',
    },
  }),
  'config/image-needed': code<{ target: string; images: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A target does not say which image it runs',
      ja: 'ターゲットのイメージが指定されていない',
      ko: '타깃의 이미지가 지정되지 않음',
    },
    message: {
      en: ({ target, images }) =>
        `${q(target)} names no image, and there ${images.length === 0 ? 'is none' : `are ${images.length}`}`,
      ja: ({ target, images }) =>
        `${q(target)} にイメージの指定がありません。イメージは${images.length === 0 ? '1 つも定義されていません' : ` ${images.length} 個あります`}`,
      ko: ({ target, images }) =>
        `${q(target)}에 이미지가 지정되지 않았습니다. 이미지는 ${images.length === 0 ? '하나도 정의되지 않았습니다' : `${images.length}개 있습니다`}`,
    },
    fix: {
      en: ({ images }) =>
        images.length > 0 ? `Add \`image:\` with one of: ${list(images)}` : 'Add an image under `images:`',
      ja: ({ images }) =>
        images.length > 0
          ? `\`image:\` に次のどれかを指定してください: ${list(images)}`
          : '`images:` にイメージを追加してください',
      ko: ({ images }) =>
        images.length > 0
          ? `\`image:\`에 다음 중 하나를 지정하세요: ${list(images)}`
          : '`images:`에 이미지를 추가하세요',
    },
  }),
  'config/target-unknown': code<{ target: string; known: readonly string[]; nearest: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A target is not known', ja: '定義されていないターゲット', ko: '정의되지 않은 타깃' },
    message: {
      en: ({ target }) => `There is no target ${q(target)} under \`targets\``,
      ja: ({ target }) => `\`targets\` に ${q(target)} がありません`,
      ko: ({ target }) => `\`targets\`에 ${q(target)}이(가) 없습니다`,
    },
    fix: {
      en: ({ nearest, known }) => choice(nearest, known).en,
      ja: ({ nearest, known }) => choice(nearest, known).ja,
      ko: ({ nearest, known }) => choice(nearest, known).ko,
    },
  }),
  'config/environment-needed': code<{ known: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The environment must be named', ja: '環境の指定が必要', ko: '환경을 지정해야 함' },
    message: {
      en: ({ known }) => `There are ${known.length} environments, and none of them is a default`,
      ja: ({ known }) => `環境が ${known.length} 個あり、既定のものはありません`,
      ko: ({ known }) => `환경이 ${known.length}개 있고 기본 환경은 없습니다`,
    },
    fix: {
      en: ({ known }) => `Say ${known.map((name) => q(`--env ${name}`)).join(' or ')}`,
      ja: ({ known }) => `${known.map((name) => q(`--env ${name}`)).join(' または ')} を指定してください`,
      ko: ({ known }) => `${known.map((name) => q(`--env ${name}`)).join(' 또는 ')}을(를) 지정하세요`,
    },
  }),
  'config/environment-unknown': code<{ environment: string; known: readonly string[]; nearest: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'An environment is not known', ja: '定義されていない環境', ko: '정의되지 않은 환경' },
    message: {
      en: ({ environment }) => `There is no environment ${q(environment)}`,
      ja: ({ environment }) => `${q(environment)} という環境はありません`,
      ko: ({ environment }) => `${q(environment)}(이)라는 환경이 없습니다`,
    },
    fix: {
      en: ({ nearest, known }) => choice(nearest, known).en,
      ja: ({ nearest, known }) => choice(nearest, known).ja,
      ko: ({ nearest, known }) => choice(nearest, known).ko,
    },
  }),
  'config/repository-with-tag': code<{ text: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A repository carries a tag', ja: 'リポジトリにタグが付いている', ko: '저장소에 태그가 붙어 있음' },
    message: {
      en: ({ text }) => `${q(text)} has a tag or a digest, and a repository is the name without them`,
      ja: ({ text }) => `${q(text)} にタグかダイジェストが付いています。リポジトリには名前だけを書きます`,
      ko: ({ text }) => `${q(text)}에 태그나 다이제스트가 붙어 있습니다. 저장소에는 이름만 씁니다`,
    },
    fix: {
      en: () => 'Move the tag to `tags:`',
      ja: () => 'タグは `tags:` に書いてください',
      ko: () => '태그는 `tags:`에 쓰세요',
    },
  }),
  'config/secret-malformed': code<{ text: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A secret cannot be read',
      ja: 'シークレットの指定を読み取れない',
      ko: '시크릿 지정을 해석할 수 없음',
    },
    message: {
      en: ({ text }) => (text === '' ? 'A secret has no `id`' : `A secret does not take ${q(text)}`),
      ja: ({ text }) =>
        text === '' ? 'シークレットに `id` がありません' : `シークレットに ${q(text)} は指定できません`,
      ko: ({ text }) => (text === '' ? '시크릿에 `id`가 없습니다' : `시크릿에 ${q(text)}은(는) 지정할 수 없습니다`),
    },
    fix: {
      en: () => 'Write it as for docker: `id=npm,src=.npmrc` or `id=token,env=TOKEN`',
      ja: () => 'docker と同じように書いてください: `id=npm,src=.npmrc` または `id=token,env=TOKEN`',
      ko: () => 'docker와 같은 형식으로 쓰세요: `id=npm,src=.npmrc` 또는 `id=token,env=TOKEN`',
    },
  }),
  'config/from-not-yet': code<{ from: readonly string[] }>({
    severity: 'warning',
    since: '0.1.0',
    title: { en: '`from` is not read yet', ja: '`from` はまだ読み込まれない', ko: '`from`은 아직 읽지 않음' },
    message: {
      en: ({ from }) => `This version does not read images from ${list(from)} yet`,
      ja: ({ from }) => `このバージョンはまだ ${list(from)} からイメージを読み込めません`,
      ko: ({ from }) => `이 버전은 아직 ${list(from)}에서 이미지를 읽지 못합니다`,
    },
    fix: {
      en: () => 'Describe the images under `images:` for now',
      ja: () => '当面は `images:` にイメージを書いてください',
      ko: () => '지금은 `images:`에 이미지를 적어 주세요',
    },
  }),
} as const;
