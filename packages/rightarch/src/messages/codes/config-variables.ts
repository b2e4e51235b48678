import { code, list, q } from '../code.ts';

type Why = 'environment' | 'git' | 'version' | 'child' | 'zone';

const why = {
  environment: ['its environment gives it no text', '環境で定義された値が空です', '환경에 정의된 값이 비어 있습니다'],
  git: [
    'there is no Git commit or branch to take it from',
    '元になる Git のコミットやブランチがありません',
    '가져올 Git 커밋이나 브랜치가 없습니다',
  ],
  version: [
    'neither a version tag on HEAD nor package.json gives a version like 1.2.3',
    'HEAD のバージョンタグにも package.json にも 1.2.3 形式のバージョンがありません',
    'HEAD의 버전 태그에도 package.json에도 1.2.3 형식의 버전이 없습니다',
  ],
  child: [
    'it belongs to a single platform, and `tags` are for all of them',
    '単一プラットフォーム用ですが、`tags` は全プラットフォーム共通です',
    '플랫폼 하나에 해당하는 값인데 `tags`는 모든 플랫폼에 공통입니다',
  ],
  zone: [
    'the time zone after the colon is not known',
    'コロンの後ろのタイムゾーンが不明です',
    '콜론 뒤의 시간대를 알 수 없습니다',
  ],
} as const;

const mend = {
  environment: [
    'Give it a value under `environments:`',
    '`environments:` で値を指定してください',
    '`environments:`에서 값을 지정하세요',
  ],
  git: [
    'Run it in a clone with a commit on a branch, or use another variable',
    'コミットとブランチのあるクローンで実行するか、別の変数を使ってください',
    '커밋과 브랜치가 있는 클론에서 실행하거나 다른 변수를 사용하세요',
  ],
  version: [
    'Tag the commit (`git tag v1.2.3`), or set `version` in package.json',
    'コミットにタグを付けるか (`git tag v1.2.3`)、package.json に `version` を書いてください',
    '커밋에 태그를 붙이거나(`git tag v1.2.3`) package.json에 `version`을 쓰세요',
  ],
  child: [
    'Move the tag to `child-tags:`',
    'このタグは `child-tags:` に書いてください',
    '이 태그는 `child-tags:`에 쓰세요',
  ],
  zone: [
    'Write a name of the IANA list, such as `{time:Asia/Tokyo}`',
    '`{time:Asia/Tokyo}` のように IANA の名前で書いてください',
    '`{time:Asia/Seoul}`처럼 IANA 이름으로 쓰세요',
  ],
} as const;

/** Variables in strings, and the tags that are made of them. */
export const configVariableCodes = {
  'config/variable-unknown': code<{
    name: string;
    known: readonly string[];
    nearest: string | undefined;
    onlyTags: boolean;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A variable is not known', ja: '定義されていない変数', ko: '정의되지 않은 변수' },
    message: {
      en: ({ name, onlyTags }) =>
        onlyTags
          ? `${q(`{${name}}`)} has a value in \`tags\` and \`child-tags\` only`
          : `Nothing gives ${q(`{${name}}`)} a value`,
      ja: ({ name, onlyTags }) =>
        onlyTags
          ? `${q(`{${name}}`)} は \`tags\` と \`child-tags\` でしか使えません`
          : `${q(`{${name}}`)} の値がどこにも定義されていません`,
      ko: ({ name, onlyTags }) =>
        onlyTags
          ? `${q(`{${name}}`)}은(는) \`tags\`와 \`child-tags\`에서만 쓸 수 있습니다`
          : `${q(`{${name}}`)}의 값이 어디에도 정의되지 않았습니다`,
    },
    fix: {
      en: ({ name, known, nearest }) =>
        `${nearest ? `Did you mean ${q(`{${nearest}}`)}? ` : ''}Add ${q(name)} to the environment, or use one of: ${known.map((one) => q(`{${one}}`)).join(', ') || 'none here'}`,
      ja: ({ name, known, nearest }) =>
        `${nearest ? `${q(`{${nearest}}`)} の間違いではありませんか。` : ''}環境に ${q(name)} を追加するか、次のどれかを使ってください: ${known.map((one) => q(`{${one}}`)).join(', ') || 'なし'}`,
      ko: ({ name, known, nearest }) =>
        `${nearest ? `${q(`{${nearest}}`)}을(를) 쓰려던 것인가요? ` : ''}환경에 ${q(name)}을(를) 추가하거나 다음 중 하나를 사용하세요: ${known.map((one) => q(`{${one}}`)).join(', ') || '없음'}`,
    },
  }),
  'config/variable-empty': code<{ name: string; why: Why }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A variable is empty', ja: '変数が空', ko: '변수가 비어 있음' },
    message: {
      en: ({ name, why: reason }) => `${q(`{${name}}`)} is empty: ${why[reason][0]}`,
      ja: ({ name, why: reason }) => `${q(`{${name}}`)} が空です。${why[reason][1]}`,
      ko: ({ name, why: reason }) => `${q(`{${name}}`)}이(가) 비어 있습니다. ${why[reason][2]}`,
    },
    fix: {
      en: ({ why: reason }) => mend[reason][0],
      ja: ({ why: reason }) => mend[reason][1],
      ko: ({ why: reason }) => mend[reason][2],
    },
  }),
  'config/variable-reserved': code<{ name: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A variable has a reserved name', ja: '予約された変数名', ko: '예약된 변수 이름' },
    message: {
      en: ({ name }) => `${q(name)} is a variable that rightarch itself puts in`,
      ja: ({ name }) => `${q(name)} は rightarch が値を入れる変数です`,
      ko: ({ name }) => `${q(name)}은(는) rightarch가 값을 넣는 변수입니다`,
    },
    fix: {
      en: () => 'Give yours another name',
      ja: () => '別の名前にしてください',
      ko: () => '다른 이름을 쓰세요',
    },
  }),
  'config/variable-nested': code<{ name: string; inner: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A variable stands in the value of another',
      ja: '変数の値に変数が入っている',
      ko: '변수의 값에 변수가 들어 있음',
    },
    message: {
      en: ({ name, inner }) =>
        `The value of ${q(name)} contains ${q(`{${inner}}`)}, and what a variable stands for is not expanded again`,
      ja: ({ name, inner }) =>
        `${q(name)} の値に ${q(`{${inner}}`)} が含まれていますが、変数の値がさらに展開されることはありません`,
      ko: ({ name, inner }) =>
        `${q(name)}의 값에 ${q(`{${inner}}`)}이(가) 들어 있지만 변수의 값은 다시 확장하지 않습니다`,
    },
    fix: {
      en: ({ name, inner }) => `Write ${q(`{${inner}}`)} beside ${q(`{${name}}`)} where that is used`,
      ja: ({ name, inner }) => `${q(`{${name}}`)} を使う場所に ${q(`{${inner}}`)} を並べて書いてください`,
      ko: ({ name, inner }) => `${q(`{${name}}`)}을(를) 쓰는 곳에 ${q(`{${inner}}`)}을(를) 나란히 쓰세요`,
    },
  }),
  'config/tag-malformed': code<{ template: string; tag: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A tag has an illegal character',
      ja: 'タグに使えない文字がある',
      ko: '태그에 쓸 수 없는 문자가 있음',
    },
    message: {
      en: ({ template, tag }) =>
        `${template === tag ? `${q(tag)} is not a tag` : `${q(template)} becomes ${q(tag)}`}: a tag has at most 128 letters, digits, \`_\`, \`.\` and \`-\`, and does not begin with \`.\` or \`-\``,
      ja: ({ template, tag }) =>
        `${template === tag ? `${q(tag)} はタグにできません。` : `${q(template)} は ${q(tag)} になりますが、`}タグに使えるのは英数字と \`_\` \`.\` \`-\` で、128 文字まで、先頭に \`.\` と \`-\` は使えません`,
      ko: ({ template, tag }) =>
        `${template === tag ? `${q(tag)}은(는) 태그로 쓸 수 없습니다. ` : `${q(template)}은(는) ${q(tag)}이(가) 되는데, `}태그에는 영문자, 숫자, \`_\` \`.\` \`-\`만 128자까지 쓸 수 있고 \`.\`과 \`-\`로 시작할 수 없습니다`,
    },
    fix: {
      en: () => 'Change the text around the variables, or the variable',
      ja: () => '変数の前後の文字か、使う変数を変えてください',
      ko: () => '변수 앞뒤의 글자나 사용하는 변수를 바꾸세요',
    },
  }),
  'config/tag-shared': code<{ reference: string; images: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Two images would push the same tag',
      ja: '2 つのイメージが同じタグを push する',
      ko: '두 이미지가 같은 태그를 push함',
    },
    message: {
      en: ({ reference, images }) => `${q(reference)} would be pushed by ${images.map(q).join(' and by ')}`,
      ja: ({ reference, images }) => `${list(images)} が同じ ${q(reference)} を push しようとしています`,
      ko: ({ reference, images }) => `${list(images)}이(가) 같은 ${q(reference)}을(를) push하려고 합니다`,
    },
    fix: {
      en: () => 'Put `{image}` into the repository or the tag, or `{platform}` into `child-tags`',
      ja: () => 'リポジトリかタグに `{image}` を、`child-tags` には `{platform}` を入れてください',
      ko: () => '저장소나 태그에 `{image}`를, `child-tags`에는 `{platform}`을 넣으세요',
    },
  }),
} as const;
