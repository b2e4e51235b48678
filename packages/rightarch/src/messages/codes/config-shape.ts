import { code, list, q } from '../code.ts';

const kinds: Readonly<Record<string, readonly [en: string, ja: string, ko: string]>> = {
  string: ['text', '文字列', '문자열'],
  number: ['a number', '数値', '숫자'],
  boolean: ['true or false', '真偽値', '불리언'],
  array: ['a list', 'リスト', '목록'],
  object: ['a map of keys', 'キーと値のマップ', '키와 값의 맵'],
  record: ['a map of keys', 'キーと値のマップ', '키와 값의 맵'],
  nothing: ['nothing', '空', '빈 값'],
};

function kind(names: readonly string[], language: 0 | 1 | 2): string {
  const words = names.map((name) => kinds[name]?.[language] ?? name);
  return [...new Set(words)].join([' or ', ' または ', ' 또는 '][language]);
}

/** What is said instead of the parser's own words. */
const syntaxMessages: Readonly<Record<string, readonly [en: string, ja: string, ko: string]>> = {
  tab: [
    'This line is indented with a tab, and YAML allows only spaces there',
    'この行はタブでインデントされていますが、YAML のインデントに使えるのは空白だけです',
    '이 줄은 탭으로 들여 썼지만 YAML의 들여쓰기에는 공백만 쓸 수 있습니다',
  ],
  documents: [
    'A second document begins here, and the configuration is one document',
    'ここから 2 つ目のドキュメントが始まりますが、設定ファイルに書けるドキュメントは 1 つです',
    '여기서 두 번째 문서가 시작되지만 설정 파일에는 문서를 하나만 쓸 수 있습니다',
  ],
  merge: [
    '`<<` takes a map, an alias of a map, or a list of those',
    '`<<` に指定できるのは、マップ、マップのエイリアス、またはそれらのリストです',
    '`<<`에는 맵, 맵의 별칭 또는 그 목록만 쓸 수 있습니다',
  ],
};

const syntaxFixes = {
  tab: ['Replace the tab by spaces', 'タブを空白に置き換えてください', '탭을 공백으로 바꾸세요'],
  documents: [
    'Remove the `---` line and what follows it',
    '`---` の行とそれ以降を削除してください',
    '`---` 줄과 그 뒤의 내용을 지우세요',
  ],
  alias: [
    'Define the anchor (`&name`) before the alias, or put quotes around a value that begins with `*`',
    'アンカー (`&名前`) をエイリアスより前に定義するか、`*` で始まる値を引用符で囲んでください',
    '앵커(`&이름`)를 별칭보다 앞에 정의하거나 `*`로 시작하는 값을 따옴표로 묶으세요',
  ],
  merge: [
    'Write `<<: *name`, with the anchor `&name` on a map',
    '`<<: *名前` と書き、マップにアンカー `&名前` を付けてください',
    '`<<: *이름`으로 쓰고 맵에 앵커 `&이름`을 붙이세요',
  ],
  other: [
    'Correct the line; a value that begins with `{`, `*`, `&` or `@` needs quotes',
    'この行を直してください。`{`、`*`、`&`、`@` で始まる値には引用符が必要です',
    '이 줄을 고치세요. `{`, `*`, `&`, `@`로 시작하는 값은 따옴표가 필요합니다',
  ],
} as const;

/** `rightarch.yaml` as a document: syntax, keys, kinds of values. */
export const configShapeCodes = {
  'config/unreadable': code<{ file: string; why: 'directory' | 'other-kind' | 'system' }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The configuration cannot be read', ja: '設定ファイルを読み込めない', ko: '설정 파일을 읽을 수 없음' },
    message: {
      en: ({ file, why }) =>
        why === 'system'
          ? `${q(file)} cannot be read`
          : `${q(file)} is ${why === 'directory' ? 'a folder' : 'not a file'}`,
      ja: ({ file, why }) =>
        why === 'system'
          ? `${q(file)} を読み込めません`
          : `${q(file)} は${why === 'directory' ? 'ディレクトリで、' : '通常の'}ファイルではありません`,
      ko: ({ file, why }) =>
        why === 'system'
          ? `${q(file)}을(를) 읽을 수 없습니다`
          : `${q(file)}은(는) ${why === 'directory' ? '디렉터리이며' : '일반'} 파일이 아닙니다`,
    },
    fix: {
      en: ({ why }) =>
        why === 'system'
          ? 'Check that the file exists, that a link leads to it, and that you may read it'
          : 'Put a file there, or remove it to work without a configuration',
      ja: ({ why }) =>
        why === 'system'
          ? 'ファイルまたはリンク先が存在し、読み取り権限があることを確認してください'
          : 'ファイルに置き換えるか、設定なしで使う場合は削除してください',
      ko: ({ why }) =>
        why === 'system'
          ? '파일이나 링크 대상이 있는지, 읽기 권한이 있는지 확인하세요'
          : '파일로 바꾸거나, 설정 없이 쓰려면 지우세요',
    },
  }),
  'config/not-utf8': code<{ encoding: 'utf-16' | 'other' }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The configuration is not UTF-8',
      ja: '設定ファイルが UTF-8 ではない',
      ko: '설정 파일이 UTF-8이 아님',
    },
    message: {
      en: ({ encoding }) =>
        encoding === 'utf-16'
          ? 'The file is UTF-16, as older PowerShell writes it with `>`'
          : 'The bytes here are not UTF-8',
      ja: ({ encoding }) =>
        encoding === 'utf-16'
          ? 'ファイルが UTF-16 です (古い PowerShell の `>` で書くとこうなります)'
          : 'この位置のバイト列は UTF-8 ではありません',
      ko: ({ encoding }) =>
        encoding === 'utf-16'
          ? '파일이 UTF-16입니다(구버전 PowerShell의 `>`로 쓰면 이렇게 됩니다)'
          : '이 위치의 바이트는 UTF-8이 아닙니다',
    },
    fix: {
      en: () => 'Save the file as UTF-8',
      ja: () => 'ファイルを UTF-8 で保存し直してください',
      ko: () => '파일을 UTF-8로 다시 저장하세요',
    },
  }),
  'config/syntax': code<{ said: string; kind: 'tab' | 'documents' | 'alias' | 'merge' | 'other' }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The configuration is not YAML',
      ja: '設定ファイルが YAML として正しくない',
      ko: '설정 파일이 올바른 YAML이 아님',
    },
    message: {
      en: ({ said, kind }) => syntaxMessages[kind]?.[0] ?? `This is not valid YAML: ${said}`,
      ja: ({ said, kind }) => syntaxMessages[kind]?.[1] ?? `YAML として読み取れません: ${said}`,
      ko: ({ said, kind }) => syntaxMessages[kind]?.[2] ?? `YAML로 읽을 수 없습니다: ${said}`,
    },
    fix: {
      en: ({ kind }) => syntaxFixes[kind][0],
      ja: ({ kind }) => syntaxFixes[kind][1],
      ko: ({ kind }) => syntaxFixes[kind][2],
    },
  }),
  'config/too-large': code<{ what: string; limit: number }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The configuration is too large', ja: '設定ファイルが大きすぎる', ko: '설정 파일이 너무 큼' },
    message: {
      en: ({ what, limit }) =>
        `The document has more than ${limit} ${what}${what === 'characters' ? '' : ', counted with its aliases unfolded'}`,
      ja: ({ what, limit }) =>
        `ドキュメントの${{ characters: '文字数', values: '値の数', levels: '階層の深さ' }[what] ?? what}が${what === 'characters' ? '' : '、エイリアスを展開すると'}上限の ${limit} を超えています`,
      ko: ({ what, limit }) =>
        `문서의 ${{ characters: '글자 수', values: '값의 수', levels: '중첩 깊이' }[what] ?? what}이(가) ${what === 'characters' ? '' : '별칭을 펼치면 '}한도 ${limit}을(를) 넘습니다`,
    },
    fix: {
      en: () => 'Check that this is the file you mean; a configuration is a page or two',
      ja: () => '意図したファイルか確認してください。設定ファイルは通常 1～2 ページに収まります',
      ko: () => '의도한 파일인지 확인하세요. 설정 파일은 보통 한두 페이지입니다',
    },
  }),
  'config/duplicate-key': code<{ key: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A key appears twice', ja: 'キーが重複している', ko: '키가 중복됨' },
    message: {
      en: ({ key }) => `${q(key)} appears twice in the same map`,
      ja: ({ key }) => `同じマップに ${q(key)} が 2 回あります`,
      ko: ({ key }) => `같은 맵에 ${q(key)}이(가) 두 번 있습니다`,
    },
    fix: {
      en: () => 'Keep one of the two',
      ja: () => 'どちらか一方を残してください',
      ko: () => '둘 중 하나만 남기세요',
    },
  }),
  'config/key-malformed': code<Record<string, never>>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A key is not a name', ja: 'キーに使えない値', ko: '키로 쓸 수 없는 값' },
    message: {
      en: () => 'A key must be a plain word, and this one is a list, a map, empty or reserved',
      ja: () => 'キーは単純な名前でなければなりませんが、リスト、マップ、空、または予約語になっています',
      ko: () => '키는 단순한 이름이어야 하는데 목록, 맵, 빈 값 또는 예약어입니다',
    },
    fix: {
      en: () => 'Write the key as a word',
      ja: () => 'キーを名前で書いてください',
      ko: () => '키를 이름으로 쓰세요',
    },
  }),
  'config/unknown-key': code<{ key: string; where: string; nearest: string | undefined; known: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A key is not known', ja: '未知のキー', ko: '알 수 없는 키' },
    message: {
      en: ({ key, where }) => `${q(key)} is not a key${where ? ` of ${q(where)}` : ' of rightarch.yaml'}`,
      ja: ({ key, where }) => `${q(key)} というキーは${where ? ` ${q(where)} ` : ' rightarch.yaml '}にはありません`,
      ko: ({ key, where }) => `${q(key)}은(는) ${where ? q(where) : 'rightarch.yaml'}에 없는 키입니다`,
    },
    fix: {
      en: ({ nearest, known }) =>
        `${nearest ? `Did you mean ${q(nearest)}? Known here` : 'Known here'}: ${list(known)}`,
      ja: ({ nearest, known }) =>
        `${nearest ? `${q(nearest)} の間違いではありませんか。使えるキー` : '使えるキー'}: ${list(known)}`,
      ko: ({ nearest, known }) =>
        `${nearest ? `${q(nearest)}을(를) 쓰려던 것인가요? 사용할 수 있는 키` : '사용할 수 있는 키'}: ${list(known)}`,
    },
  }),
  'config/missing-key': code<{ key: string; where: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A key is missing', ja: '必須のキーがない', ko: '필수 키가 없음' },
    message: {
      en: ({ key, where }) => `${q(where)} needs ${q(key)}`,
      ja: ({ key, where }) => `${q(where)} には ${q(key)} が必要です`,
      ko: ({ key, where }) => `${q(where)}에는 ${q(key)}이(가) 필요합니다`,
    },
    fix: {
      en: ({ key }) => `Add \`${key}:\``,
      ja: ({ key }) => `\`${key}:\` を追加してください`,
      ko: ({ key }) => `\`${key}:\` 키를 추가하세요`,
    },
  }),
  'config/number-for-text': code<{ key: string; written: string; number: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A number is given where text belongs',
      ja: '文字列であるべき値が数値になっている',
      ko: '문자열이어야 할 값이 숫자임',
    },
    message: {
      en: ({ key, written, number }) =>
        `${q(key)} is text, and without quotes YAML reads ${q(written)} as the number ${number}${written === number ? '; other ids would lose leading zeros' : ''}`,
      ja: ({ key, written, number }) =>
        `${q(key)} は文字列ですが、引用符がないため YAML は ${q(written)} を数値 ${number} として読みます${written === number ? ' (先頭が 0 の値では 0 が失われます)' : ''}`,
      ko: ({ key, written, number }) =>
        `${q(key)}은(는) 문자열인데 따옴표가 없어 YAML이 ${q(written)}을(를) 숫자 ${number}(으)로 읽습니다${written === number ? '(0으로 시작하는 값이라면 앞의 0이 사라집니다)' : ''}`,
    },
    fix: {
      en: ({ written }) => `Write \`"${written}"\``,
      ja: ({ written }) => `\`"${written}"\` と書いてください`,
      ko: ({ written }) => `\`"${written}"\`처럼 따옴표로 묶어 쓰세요`,
    },
  }),
  'config/wrong-type': code<{ key: string; expected: readonly string[]; found: string; written?: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A value has the wrong type', ja: '値の型が違う', ko: '값의 형식이 다름' },
    message: {
      en: ({ key, expected, found }) =>
        `${q(key || 'rightarch.yaml')} is ${kind([found], 0)}${expected.length > 0 ? `, and ${kind(expected, 0)} belongs there` : ', which does not belong there'}`,
      ja: ({ key, expected, found }) =>
        `${q(key || 'rightarch.yaml')} の値は${kind([found], 1)}です${expected.length > 0 ? `が、${kind(expected, 1)}である必要があります` : 'が、ここには指定できません'}`,
      ko: ({ key, expected, found }) =>
        `${q(key || 'rightarch.yaml')}의 값은 ${kind([found], 2)}인데 ${expected.length > 0 ? `${kind(expected, 2)} 형식이어야 합니다` : '여기에는 쓸 수 없습니다'}`,
    },
    fix: {
      en: ({ expected, written }) =>
        written !== undefined
          ? `Write \`"${written}"\``
          : expected.length > 0
            ? `Write ${kind(expected, 0)}`
            : 'Correct the value or remove the key',
      ja: ({ expected, written }) =>
        written !== undefined
          ? `\`"${written}"\` と書いてください`
          : expected.length > 0
            ? `${kind(expected, 1)}で書いてください`
            : '値を直すか、キーを消してください',
      ko: ({ expected, written }) =>
        written !== undefined
          ? `\`"${written}"\`처럼 따옴표로 묶어 쓰세요`
          : expected.length > 0
            ? `${kind(expected, 2)} 형식으로 쓰세요`
            : '값을 고치거나 키를 지우세요',
    },
  }),
  'config/empty-value': code<{ key: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A value is empty', ja: '値が空', ko: '값이 비어 있음' },
    message: {
      en: ({ key }) => `${q(key)} is empty`,
      ja: ({ key }) => `${q(key)} が空です`,
      ko: ({ key }) => `${q(key)}이(가) 비어 있습니다`,
    },
    fix: {
      en: () => 'Write a value, or remove the key',
      ja: () => '値を書くか、キーを消してください',
      ko: () => '값을 쓰거나 키를 지우세요',
    },
  }),
  'config/not-one-of': code<{ key: string; text: string; known: readonly string[]; nearest: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A value is not one of those accepted', ja: '指定できない値', ko: '지정할 수 없는 값' },
    message: {
      en: ({ key, text }) => `${q(key)} cannot be ${q(text)}`,
      ja: ({ key, text }) => `${q(key)} に ${q(text)} は指定できません`,
      ko: ({ key, text }) => `${q(key)}에는 ${q(text)}을(를) 지정할 수 없습니다`,
    },
    fix: {
      en: ({ known, nearest }) => `Write ${nearest ? `${q(nearest)}, or one of` : 'one of'}: ${list(known)}`,
      ja: ({ known, nearest }) =>
        `${nearest ? `${q(nearest)} の間違いではありませんか。` : ''}次のどれかを書いてください: ${list(known)}`,
      ko: ({ known, nearest }) =>
        `${nearest ? `${q(nearest)}을(를) 쓰려던 것인가요? ` : ''}다음 중 하나를 쓰세요: ${list(known)}`,
    },
  }),
} as const;
