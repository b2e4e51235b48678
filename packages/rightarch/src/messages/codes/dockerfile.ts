import { cmd, code, list, printable, q } from '../code.ts';

const near = {
  en: (nearest: string | undefined) => (nearest === undefined ? '' : `; did you mean ${q(nearest)}?`),
  ja: (nearest: string | undefined) => (nearest === undefined ? '' : ` (${q(nearest)} の間違いではありませんか)`),
  ko: (nearest: string | undefined) => (nearest === undefined ? '' : `(${q(nearest)}을(를) 쓰려던 것인가요?)`),
};

const problems: Readonly<Record<'en' | 'ja' | 'ko', Readonly<Record<string, string>>>> = {
  en: {
    'single-quote': 'a single quote is not closed',
    'double-quote': 'a double quote is not closed',
    brace: 'a `}` is missing',
    slash: 'a `/` is missing in `${NAME/PATTERN/TEXT}`',
    substitution: 'there is no name in `${…}`',
    modifier: 'what follows the name in `${…}` is not known',
    pattern: 'the pattern in `${…}` is malformed',
    depth: '`${…}` is nested too deep',
  },
  ja: {
    'single-quote': '単一引用符が閉じられていません',
    'double-quote': '二重引用符が閉じられていません',
    brace: '`}` がありません',
    slash: '`${名前/パターン/文字列}` の `/` がありません',
    substitution: '`${…}` に名前がありません',
    modifier: '`${…}` の名前の後の記号は使えません',
    pattern: '`${…}` のパターンが正しくありません',
    depth: '`${…}` の入れ子が深すぎます',
  },
  ko: {
    'single-quote': '작은따옴표가 닫히지 않았습니다',
    'double-quote': '큰따옴표가 닫히지 않았습니다',
    brace: '`}`가 없습니다',
    slash: '`${이름/패턴/문자열}`의 `/`가 없습니다',
    substitution: '`${…}`에 이름이 없습니다',
    modifier: '`${…}`의 이름 뒤 기호는 쓸 수 없습니다',
    pattern: '`${…}`의 패턴이 올바르지 않습니다',
    depth: '`${…}`의 중첩이 너무 깊습니다',
  },
};

export const dockerfileCodes = {
  'dockerfile/empty': code<Record<string, never>>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The Dockerfile has no instructions',
      ja: 'Dockerfile に命令がない',
      ko: 'Dockerfile에 명령이 없음',
    },
    message: {
      en: () => 'The Dockerfile has no instructions',
      ja: () => 'Dockerfile に命令が 1 つもありません',
      ko: () => 'Dockerfile에 명령이 하나도 없습니다',
    },
    fix: {
      en: () => 'Begin with a base image, for example `FROM node:22-slim`',
      ja: () => '`FROM node:22-slim` のように、ベースイメージの指定から書き始めてください',
      ko: () => '`FROM node:22-slim`처럼 베이스 이미지부터 작성하세요',
    },
  }),
  'dockerfile/no-stage': code<Record<string, never>>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The Dockerfile has no FROM',
      ja: 'Dockerfile に FROM がない',
      ko: 'Dockerfile에 FROM이 없음',
    },
    message: {
      en: () => 'The Dockerfile has no `FROM`, so there is no stage to build',
      ja: () => '`FROM` がないため、ビルドするステージがありません',
      ko: () => '`FROM`이 없어 빌드할 스테이지가 없습니다',
    },
    fix: {
      en: () => 'Add a base image, for example `FROM node:22-slim`',
      ja: () => '`FROM node:22-slim` のようにベースイメージを指定してください',
      ko: () => '`FROM node:22-slim`처럼 베이스 이미지를 지정하세요',
    },
  }),
  'dockerfile/before-from': code<{ instruction: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An instruction comes before the first FROM',
      ja: '最初の FROM より前に命令がある',
      ko: '첫 FROM 앞에 명령이 있음',
    },
    message: {
      en: ({ instruction }) => `${q(instruction)} comes before the first \`FROM\`; only \`ARG\` may`,
      ja: ({ instruction }) => `${q(instruction)} が最初の \`FROM\` より前にあります。前に置けるのは \`ARG\` だけです`,
      ko: ({ instruction }) =>
        `${q(instruction)}이(가) 첫 \`FROM\` 앞에 있습니다. 앞에 올 수 있는 것은 \`ARG\`뿐입니다`,
    },
    fix: {
      en: ({ instruction }) => `Move ${q(instruction)} below the first \`FROM\``,
      ja: ({ instruction }) => `${q(instruction)} を最初の \`FROM\` の後に移してください`,
      ko: ({ instruction }) => `${q(instruction)}을(를) 첫 \`FROM\` 뒤로 옮기세요`,
    },
  }),
  'dockerfile/unknown-instruction': code<{ word: string; nearest: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A line begins with a word that is not an instruction',
      ja: '行の先頭が命令ではない',
      ko: '줄이 명령으로 시작하지 않음',
    },
    message: {
      en: ({ word, nearest }) => `${q(word)} is not a Dockerfile instruction${near.en(nearest)}`,
      ja: ({ word, nearest }) => `${q(word)} という命令は Dockerfile にありません${near.ja(nearest)}`,
      ko: ({ word, nearest }) => `${q(word)}은(는) Dockerfile 명령이 아닙니다${near.ko(nearest)}`,
    },
    fix: {
      en: ({ nearest }) =>
        nearest === undefined
          ? 'Correct the word, or end the line before it with a backslash if this line continues it'
          : `Write ${q(nearest)}, or end the line before with a backslash if this line continues it`,
      ja: ({ nearest }) =>
        `${nearest === undefined ? '命令を修正する' : `${q(nearest)} に直す`}か、前の行の続きであれば前の行の末尾にバックスラッシュを付けてください`,
      ko: ({ nearest }) =>
        `${nearest === undefined ? '명령을 고치거나' : `${q(nearest)}(으)로 고치거나`}, 앞줄에서 이어지는 줄이라면 앞줄 끝에 백슬래시를 붙이세요`,
    },
  }),
  'dockerfile/unknown-flag': code<{
    instruction: string;
    flag: string;
    known: readonly string[];
    nearest: string | undefined;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An instruction has a flag that it does not know',
      ja: '命令に未知のフラグがある',
      ko: '명령에 알 수 없는 플래그가 있음',
    },
    message: {
      en: ({ instruction, flag, nearest }) => `${q(instruction)} has no flag ${q(flag)}${near.en(nearest)}`,
      ja: ({ instruction, flag, nearest }) =>
        `${q(instruction)} に ${q(flag)} というフラグはありません${near.ja(nearest)}`,
      ko: ({ instruction, flag, nearest }) => `${q(instruction)}에는 ${q(flag)} 플래그가 없습니다${near.ko(nearest)}`,
    },
    fix: {
      en: ({ known }) => (known.length === 0 ? 'Remove the flag' : `Use one of ${list(known)}`),
      ja: ({ known }) => (known.length === 0 ? 'フラグを削除してください' : `使えるフラグ: ${list(known)}`),
      ko: ({ known }) => (known.length === 0 ? '플래그를 지우세요' : `사용할 수 있는 플래그: ${list(known)}`),
    },
  }),
  'dockerfile/flag-value': code<{
    instruction: string;
    flag: string;
    value: string;
    problem: 'duplicate' | 'missing' | 'boolean' | 'choice';
    accepted: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A flag has a value that cannot be used',
      ja: 'フラグの値が正しくない',
      ko: '플래그의 값이 올바르지 않음',
    },
    message: {
      en: ({ instruction, flag, value, problem }) =>
        problem === 'duplicate'
          ? `${q(instruction)} has ${q(flag)} more than once`
          : problem === 'missing'
            ? `${q(flag)} of ${q(instruction)} has no value`
            : `${q(flag)} of ${q(instruction)} has the value ${q(value)}, which it does not take`,
      ja: ({ instruction, flag, value, problem }) =>
        problem === 'duplicate'
          ? `${q(instruction)} に ${q(flag)} が複数あります`
          : problem === 'missing'
            ? `${q(instruction)} の ${q(flag)} に値がありません`
            : `${q(instruction)} の ${q(flag)} に ${q(value)} は指定できません`,
      ko: ({ instruction, flag, value, problem }) =>
        problem === 'duplicate'
          ? `${q(instruction)}에 ${q(flag)}이(가) 여러 번 있습니다`
          : problem === 'missing'
            ? `${q(instruction)}의 ${q(flag)}에 값이 없습니다`
            : `${q(instruction)}의 ${q(flag)}에는 ${q(value)} 값을 쓸 수 없습니다`,
    },
    fix: {
      en: ({ flag, problem, accepted }) =>
        problem === 'duplicate'
          ? `Keep one ${q(flag)}`
          : accepted.length > 0
            ? `Use one of ${list(accepted)}`
            : `Write ${q(`${flag}=VALUE`)}`,
      ja: ({ flag, problem, accepted }) =>
        problem === 'duplicate'
          ? `${q(flag)} を 1 つだけ残してください`
          : accepted.length > 0
            ? `次のいずれかを指定してください: ${list(accepted)}`
            : `${q(`${flag}=値`)} の形で書いてください`,
      ko: ({ flag, problem, accepted }) =>
        problem === 'duplicate'
          ? `${q(flag)}을(를) 하나만 남기세요`
          : accepted.length > 0
            ? `다음 중 하나를 쓰세요: ${list(accepted)}`
            : `${q(`${flag}=값`)} 형식으로 쓰세요`,
    },
  }),
  'dockerfile/argument-required': code<{ instruction: string; needs: 'one' | 'exactly-one' | 'two' | 'value' }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An instruction lacks an argument',
      ja: '命令の引数が足りない',
      ko: '명령의 인수가 부족함',
    },
    message: {
      en: ({ instruction, needs }) =>
        needs === 'two'
          ? `${q(instruction)} needs at least a source and a destination`
          : needs === 'value'
            ? `${q(instruction)} needs a value after the name`
            : `${q(instruction)} needs ${needs === 'one' ? 'at least one argument' : 'an argument'}`,
      ja: ({ instruction, needs }) =>
        needs === 'two'
          ? `${q(instruction)} にはコピー元とコピー先が必要です`
          : needs === 'value'
            ? `${q(instruction)} の名前の後に値が必要です`
            : `${q(instruction)} には引数が必要です`,
      ko: ({ instruction, needs }) =>
        needs === 'two'
          ? `${q(instruction)}에는 원본과 대상이 모두 필요합니다`
          : needs === 'value'
            ? `${q(instruction)}의 이름 뒤에 값이 필요합니다`
            : `${q(instruction)}에는 인수가 필요합니다`,
    },
    fix: {
      en: ({ instruction, needs }) =>
        needs === 'two'
          ? `Write ${q(`${instruction} SOURCE DESTINATION`)}`
          : needs === 'value'
            ? `Write ${q(`${instruction} NAME=VALUE`)}`
            : `Add the argument, or remove ${q(instruction)}`,
      ja: ({ instruction, needs }) =>
        needs === 'two'
          ? `${q(`${instruction} コピー元 コピー先`)} の形で書いてください`
          : needs === 'value'
            ? `${q(`${instruction} 名前=値`)} の形で書いてください`
            : `引数を追加するか、${q(instruction)} を削除してください`,
      ko: ({ instruction, needs }) =>
        needs === 'two'
          ? `${q(`${instruction} 원본 대상`)} 형식으로 쓰세요`
          : needs === 'value'
            ? `${q(`${instruction} 이름=값`)} 형식으로 쓰세요`
            : `인수를 추가하거나 ${q(instruction)}을(를) 지우세요`,
    },
  }),
  'dockerfile/from-form': code<{ words: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'FROM is not of the form `FROM IMAGE [AS NAME]`',
      ja: 'FROM が `FROM イメージ [AS 名前]` の形ではない',
      ko: 'FROM이 `FROM 이미지 [AS 이름]` 형식이 아님',
    },
    message: {
      en: ({ words }) =>
        `\`FROM\` has the words ${list(words) || 'none'}; it takes an image, or an image, \`AS\` and a name`,
      ja: ({ words }) => `\`FROM\` の引数は「イメージ」か「イメージ AS 名前」です (現在: ${list(words) || 'なし'})`,
      ko: ({ words }) =>
        `\`FROM\`의 인수는 "이미지" 또는 "이미지 AS 이름"이어야 합니다(현재: ${list(words) || '없음'})`,
    },
    fix: {
      en: () => 'Write `FROM IMAGE` or `FROM IMAGE AS NAME`, with flags such as `--platform` before the image',
      ja: () =>
        '`FROM イメージ` または `FROM イメージ AS 名前` と書き、`--platform` などのフラグはイメージの前に置いてください',
      ko: () => '`FROM 이미지` 또는 `FROM 이미지 AS 이름`으로 쓰고, `--platform` 같은 플래그는 이미지 앞에 두세요',
    },
  }),
  'dockerfile/stage-name-invalid': code<{ name: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A stage has a name that is not allowed',
      ja: 'ステージ名に使えない名前',
      ko: '사용할 수 없는 스테이지 이름',
    },
    message: {
      en: ({ name }) =>
        `${q(name)} is not a stage name: it begins with a letter and has only letters, digits, \`-\`, \`_\` and \`.\``,
      ja: ({ name }) =>
        `${q(name)} はステージ名に使えません。先頭は英字で、使えるのは英数字と \`-\` \`_\` \`.\` だけです`,
      ko: ({ name }) =>
        `${q(name)}은(는) 스테이지 이름으로 쓸 수 없습니다. 영문자로 시작하고 영문자, 숫자, \`-\`, \`_\`, \`.\`만 쓸 수 있습니다`,
    },
    fix: {
      en: () => 'Rename the stage, also where `--from` and `FROM` refer to it',
      ja: () => 'ステージ名を変更し、`--from` や `FROM` の参照も合わせて直してください',
      ko: () => '스테이지 이름을 바꾸고 `--from`과 `FROM`의 참조도 함께 고치세요',
    },
  }),
  'dockerfile/stage-name-duplicate': code<{ name: string; line: number }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Two stages have the same name',
      ja: '同じ名前のステージが複数ある',
      ko: '이름이 같은 스테이지가 여러 개 있음',
    },
    message: {
      en: ({ name, line }) =>
        `Stage ${q(name)} has the same name as the stage on line ${line}; \`--from\` and \`--target\` mean the last one`,
      ja: ({ name, line }) =>
        `ステージ ${q(name)} は ${line} 行目のステージと同じ名前です。\`--from\` と \`--target\` は最後のものを指します`,
      ko: ({ name, line }) =>
        `스테이지 ${q(name)}의 이름이 ${line}행의 스테이지와 같습니다. \`--from\`과 \`--target\`은 마지막 것을 가리킵니다`,
    },
    fix: {
      en: () => 'Give each stage a name of its own',
      ja: () => 'ステージごとに異なる名前を付けてください',
      ko: () => '스테이지마다 다른 이름을 붙이세요',
    },
  }),
  'dockerfile/stage-name-reserved': code<{ name: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A stage has a reserved name',
      ja: 'ステージ名が予約語',
      ko: '스테이지 이름이 예약어임',
    },
    message: {
      en: ({ name }) => `${q(name)} is a reserved name, and a stage has it`,
      ja: ({ name }) => `${q(name)} は予約された名前ですが、ステージ名に使われています`,
      ko: ({ name }) => `${q(name)}은(는) 예약된 이름인데 스테이지 이름으로 쓰였습니다`,
    },
    fix: {
      en: () => 'Rename the stage',
      ja: () => 'ステージ名を変更してください',
      ko: () => '스테이지 이름을 바꾸세요',
    },
  }),
  'dockerfile/pair-form': code<{ instruction: string; word: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A word of ENV or LABEL has no `=`',
      ja: 'ENV または LABEL に `=` のない語がある',
      ko: 'ENV 또는 LABEL에 `=`가 없는 단어가 있음',
    },
    message: {
      en: ({ instruction, word }) => `${q(word)} of ${q(instruction)} has no \`=\`, but the words before it have`,
      ja: ({ instruction, word }) => `${q(instruction)} の ${q(word)} に \`=\` がありません (前の語にはあります)`,
      ko: ({ instruction, word }) => `${q(instruction)}의 ${q(word)}에 \`=\`가 없습니다(앞의 단어에는 있습니다)`,
    },
    fix: {
      en: () => 'Write `NAME=VALUE`, and put a value with blanks in double quotes',
      ja: () => '`名前=値` の形で書き、空白を含む値は二重引用符で囲んでください',
      ko: () => '`이름=값` 형식으로 쓰고, 공백이 든 값은 큰따옴표로 묶으세요',
    },
  }),
  'dockerfile/name-blank': code<{ instruction: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A name is empty',
      ja: '名前が空',
      ko: '이름이 비어 있음',
    },
    message: {
      en: ({ instruction }) => `An argument of ${q(instruction)} is empty where a name is needed`,
      ja: ({ instruction }) => `${q(instruction)} の名前が空です`,
      ko: ({ instruction }) => `${q(instruction)}의 이름이 비어 있습니다`,
    },
    fix: {
      en: () => 'Write the name, or remove the argument',
      ja: () => '名前を書くか、その引数を削除してください',
      ko: () => '이름을 쓰거나 그 인수를 지우세요',
    },
  }),
  'dockerfile/json-not-strings': code<{ instruction: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A JSON array has a value that is not a string',
      ja: 'JSON 配列に文字列以外の値がある',
      ko: 'JSON 배열에 문자열이 아닌 값이 있음',
    },
    message: {
      en: ({ instruction }) => `The JSON array of ${q(instruction)} has a value that is not a string`,
      ja: ({ instruction }) => `${q(instruction)} の JSON 配列に文字列でない値があります`,
      ko: ({ instruction }) => `${q(instruction)}의 JSON 배열에 문자열이 아닌 값이 있습니다`,
    },
    fix: {
      en: () => 'Put every element in double quotes, numbers too',
      ja: () => '数値も含め、すべての要素を二重引用符で囲んでください',
      ko: () => '숫자를 포함해 모든 요소를 큰따옴표로 묶으세요',
    },
  }),
  'dockerfile/json-required': code<{ instruction: string; text: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'SHELL is not a JSON array',
      ja: 'SHELL が JSON 配列ではない',
      ko: 'SHELL이 JSON 배열이 아님',
    },
    message: {
      en: ({ instruction, text }) => `${q(instruction)} takes only a JSON array, and ${q(text)} is not one`,
      ja: ({ instruction, text }) =>
        `${q(instruction)} には JSON 配列が必要ですが、${q(text)} は JSON 配列ではありません`,
      ko: ({ instruction, text }) =>
        `${q(instruction)}에는 JSON 배열이 필요하지만 ${q(text)}은(는) JSON 배열이 아닙니다`,
    },
    fix: {
      en: () => 'Write for example `SHELL ["/bin/bash", "-c"]`, with double quotes',
      ja: () => '`SHELL ["/bin/bash", "-c"]` のように二重引用符で書いてください',
      ko: () => '`SHELL ["/bin/bash", "-c"]`처럼 큰따옴표로 쓰세요',
    },
  }),
  'dockerfile/json-malformed': code<{ instruction: string; text: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Brackets that are not JSON are taken as plain text',
      ja: '角括弧の中が JSON ではなく、ただの文字列として扱われる',
      ko: '대괄호 안이 JSON이 아니어서 일반 문자열로 처리됨',
    },
    message: {
      en: ({ instruction, text }) =>
        `${q(instruction)} has ${q(text)}, which is not a JSON array, so it is taken as plain text`,
      ja: ({ instruction, text }) =>
        `${q(instruction)} の ${q(text)} は JSON 配列として読めないため、ただの文字列として扱われます`,
      ko: ({ instruction, text }) =>
        `${q(instruction)}의 ${q(text)}은(는) JSON 배열로 읽을 수 없어 일반 문자열로 처리됩니다`,
    },
    fix: {
      en: () => 'Use double quotes, a comma between the elements and none after the last',
      ja: () => '二重引用符を使い、要素の間をコンマで区切り、最後の要素の後にはコンマを付けないでください',
      ko: () => '큰따옴표를 쓰고 요소 사이를 쉼표로 나누되 마지막 요소 뒤에는 쉼표를 붙이지 마세요',
    },
  }),
  'dockerfile/onbuild-forbidden': code<{ trigger: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An instruction cannot be used with ONBUILD',
      ja: 'ONBUILD に指定できない命令',
      ko: 'ONBUILD에 쓸 수 없는 명령',
    },
    message: {
      en: ({ trigger }) => `\`ONBUILD ${trigger}\` is not allowed`,
      ja: ({ trigger }) => `\`ONBUILD ${trigger}\` は使えません`,
      ko: ({ trigger }) => `\`ONBUILD ${trigger}\`은(는) 쓸 수 없습니다`,
    },
    fix: {
      en: () => 'Remove the line; `FROM`, `MAINTAINER` and `ONBUILD` cannot be triggers',
      ja: () => 'この行を削除してください。`FROM`、`MAINTAINER`、`ONBUILD` はトリガーにできません',
      ko: () => '이 줄을 지우세요. `FROM`, `MAINTAINER`, `ONBUILD`는 트리거가 될 수 없습니다',
    },
  }),
  'dockerfile/healthcheck-form': code<{ type: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'HEALTHCHECK is neither `CMD …` nor `NONE`',
      ja: 'HEALTHCHECK が `CMD …` でも `NONE` でもない',
      ko: 'HEALTHCHECK가 `CMD …`도 `NONE`도 아님',
    },
    message: {
      en: ({ type }) => `\`HEALTHCHECK\` with ${q(type)} is neither \`CMD\` with a command nor \`NONE\` alone`,
      ja: ({ type }) => `\`HEALTHCHECK\` の ${q(type)} は、コマンド付きの \`CMD\` でも単独の \`NONE\` でもありません`,
      ko: ({ type }) => `\`HEALTHCHECK\`의 ${q(type)}은(는) 명령이 있는 \`CMD\`도, 단독 \`NONE\`도 아닙니다`,
    },
    fix: {
      en: () => 'Write `HEALTHCHECK CMD COMMAND` or `HEALTHCHECK NONE`',
      ja: () => '`HEALTHCHECK CMD コマンド` または `HEALTHCHECK NONE` と書いてください',
      ko: () => '`HEALTHCHECK CMD 명령` 또는 `HEALTHCHECK NONE`으로 쓰세요',
    },
  }),
  'dockerfile/heredoc-unterminated': code<{ name: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A heredoc has no end',
      ja: 'ヒアドキュメントが閉じられていない',
      ko: '히어독이 닫히지 않음',
    },
    message: {
      en: ({ name }) => `The heredoc has no line that is ${q(name)} alone, so it runs to the end of the file`,
      ja: ({ name }) => `${q(name)} だけの行がないため、ヒアドキュメントがファイルの終わりまで続いています`,
      ko: ({ name }) => `${q(name)}만 있는 줄이 없어 히어독이 파일 끝까지 이어집니다`,
    },
    fix: {
      en: ({ name }) => `Add a line with nothing but ${q(name)}; spaces before or after it are not allowed`,
      ja: ({ name }) => `${q(name)} だけの行を追加してください。行の前後に空白を入れないでください`,
      ko: ({ name }) => `${q(name)}만 있는 줄을 추가하세요. 앞뒤에 공백을 두지 마세요`,
    },
  }),
  'dockerfile/heredoc-destination': code<{ instruction: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The destination is a heredoc',
      ja: 'コピー先がヒアドキュメントになっている',
      ko: '대상이 히어독임',
    },
    message: {
      en: ({ instruction }) => `The last argument of ${q(instruction)} is a heredoc, but it must be the destination`,
      ja: ({ instruction }) => `${q(instruction)} の最後の引数はコピー先ですが、ヒアドキュメントになっています`,
      ko: ({ instruction }) => `${q(instruction)}의 마지막 인수는 대상이어야 하는데 히어독입니다`,
    },
    fix: {
      en: ({ instruction }) => `Write ${q(`${instruction} <<EOF /path/of/the/file`)}`,
      ja: ({ instruction }) => `${q(`${instruction} <<EOF /コピー先/ファイル`)} の形で書いてください`,
      ko: ({ instruction }) => `${q(`${instruction} <<EOF /대상/파일`)} 형식으로 쓰세요`,
    },
  }),
  'dockerfile/directive-duplicate': code<{ name: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A parser directive is given twice',
      ja: 'パーサーディレクティブが重複している',
      ko: '파서 지시문이 중복됨',
    },
    message: {
      en: ({ name }) => `The parser directive ${q(name)} is given twice`,
      ja: ({ name }) => `パーサーディレクティブ ${q(name)} が 2 回指定されています`,
      ko: ({ name }) => `파서 지시문 ${q(name)}이(가) 두 번 지정되었습니다`,
    },
    fix: {
      en: () => 'Keep one of the two lines',
      ja: () => 'どちらか 1 行だけを残してください',
      ko: () => '둘 중 한 줄만 남기세요',
    },
  }),
  'dockerfile/escape-invalid': code<{ value: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The escape directive has a character that is not allowed',
      ja: 'escape ディレクティブに使えない文字がある',
      ko: 'escape 지시문에 쓸 수 없는 문자가 있음',
    },
    message: {
      en: ({ value }) => `The \`escape\` directive is ${q(value)}; it is a backslash or a backtick`,
      ja: ({ value }) =>
        `\`escape\` ディレクティブの値が ${q(value)} です。使えるのはバックスラッシュかバッククォートです`,
      ko: ({ value }) => `\`escape\` 지시문의 값이 ${q(value)}입니다. 백슬래시나 백틱만 쓸 수 있습니다`,
    },
    fix: {
      en: () => 'Write `# escape=\\`, or remove the line',
      ja: () => '`# escape=\\` と書くか、この行を削除してください',
      ko: () => '`# escape=\\`로 쓰거나 이 줄을 지우세요',
    },
  }),
  'dockerfile/empty-continuation': code<Record<string, never>>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An empty line is inside an instruction',
      ja: '命令の途中に空行がある',
      ko: '명령 중간에 빈 줄이 있음',
    },
    message: {
      en: () => 'The line before continues here, but this line is empty; a later version of BuildKit will refuse that',
      ja: () => '前の行がこの行に続いていますが、この行は空です。BuildKit の将来のバージョンではエラーになります',
      ko: () => '앞줄이 이 줄로 이어지지만 이 줄은 비어 있습니다. BuildKit의 이후 버전에서는 오류가 됩니다',
    },
    fix: {
      en: () => 'Remove the empty line, or make it a comment line with `#`',
      ja: () => '空行を削除するか、`#` でコメント行にしてください',
      ko: () => '빈 줄을 지우거나 앞에 `#`을 붙여 주석으로 만드세요',
    },
  }),
  'dockerfile/line-too-long': code<{ bytes: number; limit: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A line is longer than BuildKit reads',
      ja: '行が BuildKit の上限を超えている',
      ko: '줄이 BuildKit의 한도를 넘음',
    },
    message: {
      en: ({ bytes, limit }) => `The line has ${bytes} bytes; BuildKit reads lines of at most ${limit}`,
      ja: ({ bytes, limit }) => `この行は ${bytes} バイトあります。BuildKit が読めるのは 1 行 ${limit} バイトまでです`,
      ko: ({ bytes, limit }) => `이 줄은 ${bytes}바이트입니다. BuildKit은 한 줄에 최대 ${limit}바이트까지 읽습니다`,
    },
    fix: {
      en: () => 'Break the line with a backslash, or move the content into a file and `COPY` it',
      ja: () => 'バックスラッシュで行を分けるか、内容をファイルに移して `COPY` してください',
      ko: () => '백슬래시로 줄을 나누거나 내용을 파일로 옮겨 `COPY`하세요',
    },
  }),
  'dockerfile/variable-undefined': code<{ name: string; nearest: string | undefined }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'A variable is used that is not set',
      ja: '設定されていない変数が使われている',
      ko: '설정되지 않은 변수가 쓰임',
    },
    message: {
      en: ({ name, nearest }) => `The variable ${q(name)} is not set here, so it is empty${near.en(nearest)}`,
      ja: ({ name, nearest }) => `変数 ${q(name)} はここでは設定されていないため、空になります${near.ja(nearest)}`,
      ko: ({ name, nearest }) => `변수 ${q(name)}이(가) 여기서는 설정되어 있지 않아 빈 값이 됩니다${near.ko(nearest)}`,
    },
    fix: {
      en: ({ name }) =>
        `Declare it in this stage with ${q(`ARG ${name}`)}, or give a default: ${q(`\${${name}:-VALUE}`)}`,
      ja: ({ name }) =>
        `このステージで ${q(`ARG ${name}`)} と宣言するか、${q(`\${${name}:-値}`)} のように既定値を指定してください`,
      ko: ({ name }) =>
        `이 스테이지에서 ${q(`ARG ${name}`)}(으)로 선언하거나 ${q(`\${${name}:-값}`)}처럼 기본값을 지정하세요`,
    },
  }),
  'dockerfile/expansion-failed': code<{ word: string; problem: string; name: string; message: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A word with variables cannot be expanded',
      ja: '変数を展開できない',
      ko: '변수를 확장할 수 없음',
    },
    message: {
      en: ({ word, problem, name, message }) =>
        problem === 'required'
          ? `${q(word)} needs the variable ${q(name)}${message === '' ? '' : `: ${q(message)}`}`
          : `${q(word)} cannot be expanded: ${problems.en[problem] ?? problem}`,
      ja: ({ word, problem, name, message }) =>
        problem === 'required'
          ? `${q(word)} には変数 ${q(name)} が必要です${message === '' ? '' : ` (${q(message)})`}`
          : `${q(word)} を展開できません: ${problems.ja[problem] ?? problem}`,
      ko: ({ word, problem, name, message }) =>
        problem === 'required'
          ? `${q(word)}에는 변수 ${q(name)}이(가) 필요합니다${message === '' ? '' : `(${q(message)})`}`
          : `${q(word)}을(를) 확장할 수 없습니다: ${problems.ko[problem] ?? problem}`,
    },
    fix: {
      en: ({ problem, name }) =>
        problem === 'required'
          ? `Give it with ${q(`--build-arg ${name}=VALUE`)}, or declare it before`
          : 'Correct the word; a literal `$` is written `\\$`',
      ja: ({ problem, name }) =>
        problem === 'required'
          ? `${q(`--build-arg ${name}=値`)} で渡すか、前もって宣言してください`
          : '記述を修正してください。文字としての `$` は `\\$` と書きます',
      ko: ({ problem, name }) =>
        problem === 'required'
          ? `${q(`--build-arg ${name}=값`)}(으)로 넘기거나 앞에서 선언하세요`
          : '표기를 고치세요. 문자 `$`는 `\\$`로 씁니다',
    },
  }),
  'dockerfile/base-blank': code<{ expression: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'FROM names no image',
      ja: 'FROM のイメージ名が空',
      ko: 'FROM의 이미지 이름이 비어 있음',
    },
    message: {
      en: ({ expression }) =>
        `The image of \`FROM ${printable(expression)}\` is empty once its variables are filled in`,
      ja: ({ expression }) => `\`FROM ${printable(expression)}\` は変数を展開するとイメージ名が空になります`,
      ko: ({ expression }) => `\`FROM ${printable(expression)}\`은(는) 변수를 확장하면 이미지 이름이 비게 됩니다`,
    },
    fix: {
      en: () =>
        'Give the variable a default with `ARG NAME=VALUE` before the first `FROM`, or pass it with `--build-arg`',
      ja: () => '最初の `FROM` より前に `ARG 名前=値` で既定値を書くか、`--build-arg` で渡してください',
      ko: () => '첫 `FROM` 앞에 `ARG 이름=값`으로 기본값을 쓰거나 `--build-arg`로 넘기세요',
    },
  }),
  'dockerfile/checks-not-run': code<{ what: string; docker: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Build checks that should stop the build are not run',
      ja: 'ビルドを止めるはずのビルドチェックが実行されない',
      ko: '빌드를 멈춰야 할 빌드 체크가 실행되지 않음',
    },
    message: {
      en: ({ what }) =>
        `${q(what)} asks that a finding of BuildKit's build checks stops the build, and the embedded engine runs none of them`,
      ja: ({ what }) =>
        `${q(what)} は BuildKit のビルドチェックで問題が見つかればビルドを止める指定ですが、内蔵エンジンはこのチェックを実行しません`,
      ko: ({ what }) =>
        `${q(what)}은(는) BuildKit의 빌드 체크에서 문제가 나오면 빌드를 멈추라는 지정이지만, 내장 엔진은 이 체크를 실행하지 않습니다`,
    },
    fix: {
      en: ({ docker }) => `Run the checks beside it: ${cmd(docker)}`,
      ja: ({ docker }) => `チェックは別に実行してください: ${cmd(docker)}`,
      ko: ({ docker }) => `체크는 따로 실행하세요: ${cmd(docker)}`,
    },
  }),
  'dockerfile/platform-invalid': code<{ expression: string; value: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: '`FROM --platform` names no platform',
      ja: '`FROM --platform` の値がプラットフォームではない',
      ko: '`FROM --platform`의 값이 플랫폼이 아님',
    },
    message: {
      en: ({ expression, value }) =>
        `\`--platform=${printable(expression)}\` ${value === '' ? 'is empty once its variables are filled in' : `comes to ${q(value)}, which is not a platform`}`,
      ja: ({ expression, value }) =>
        `\`--platform=${printable(expression)}\` の値${value === '' ? 'が空です' : ` ${q(value)} はプラットフォームではありません`}`,
      ko: ({ expression, value }) =>
        `\`--platform=${printable(expression)}\`의 값${value === '' ? '이 비어 있습니다' : ` ${q(value)}은(는) 플랫폼이 아닙니다`}`,
    },
    fix: {
      en: () => 'Write `os/architecture`, for example `linux/arm64`, or `$BUILDPLATFORM` for a stage that only builds',
      ja: () =>
        '`linux/arm64` のように `os/architecture` の形で書くか、ビルド用のステージなら `$BUILDPLATFORM` を使ってください',
      ko: () => '`linux/arm64`처럼 `os/architecture` 형식으로 쓰거나, 빌드용 스테이지라면 `$BUILDPLATFORM`을 쓰세요',
    },
  }),
  'dockerfile/from-variable': code<{ value: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: '`--from` has a variable',
      ja: '`--from` に変数が使われている',
      ko: '`--from`에 변수가 쓰임',
    },
    message: {
      en: ({ value }) => `\`from=${printable(value)}\` has a variable, and BuildKit does not expand variables there`,
      ja: ({ value }) => `\`from=${printable(value)}\` に変数がありますが、BuildKit はここでは展開しません`,
      ko: ({ value }) => `\`from=${printable(value)}\`에 변수가 있지만 BuildKit은 여기서 확장하지 않습니다`,
    },
    fix: {
      en: ({ value }) => `Add a stage ${q(`FROM ${value} AS tools`)} and write ${q('from=tools')}`,
      ja: ({ value }) => `${q(`FROM ${value} AS tools`)} というステージを追加し、${q('from=tools')} と書いてください`,
      ko: ({ value }) => `${q(`FROM ${value} AS tools`)} 스테이지를 추가하고 ${q('from=tools')}(으)로 쓰세요`,
    },
  }),
  'dockerfile/stage-unknown': code<{ name: string; stages: readonly string[]; nearest: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The Dockerfile has no stage with that name',
      ja: 'その名前のステージが Dockerfile にない',
      ko: '그 이름의 스테이지가 Dockerfile에 없음',
    },
    message: {
      en: ({ name, nearest }) => `The Dockerfile has no stage ${q(name)}${near.en(nearest)}`,
      ja: ({ name, nearest }) => `Dockerfile に ${q(name)} というステージはありません${near.ja(nearest)}`,
      ko: ({ name, nearest }) => `Dockerfile에 ${q(name)} 스테이지가 없습니다${near.ko(nearest)}`,
    },
    fix: {
      en: ({ stages }) =>
        stages.length === 0 ? 'Name a stage with `FROM IMAGE AS NAME`' : `Use one of ${list(stages)}`,
      ja: ({ stages }) =>
        stages.length === 0
          ? '`FROM イメージ AS 名前` でステージに名前を付けてください'
          : `使えるステージ: ${list(stages)}`,
      ko: ({ stages }) =>
        stages.length === 0
          ? '`FROM 이미지 AS 이름`으로 스테이지에 이름을 붙이세요'
          : `사용할 수 있는 스테이지: ${list(stages)}`,
    },
  }),
  'dockerfile/stage-index': code<{ index: string; count: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'There is no stage with that number',
      ja: 'その番号のステージがない',
      ko: '그 번호의 스테이지가 없음',
    },
    message: {
      en: ({ index, count }) =>
        `\`--from=${printable(index)}\` names no stage: the Dockerfile has ${count}, counted from 0`,
      ja: ({ index, count }) =>
        `\`--from=${printable(index)}\` のステージはありません。ステージは 0 から数えて ${count} 個です`,
      ko: ({ index, count }) =>
        `\`--from=${printable(index)}\`에 해당하는 스테이지가 없습니다. 스테이지는 0부터 세어 ${count}개입니다`,
    },
    fix: {
      en: () => 'Name the stage with `AS NAME` and use the name',
      ja: () => '`AS 名前` でステージに名前を付け、その名前を使ってください',
      ko: () => '`AS 이름`으로 스테이지에 이름을 붙이고 그 이름을 쓰세요',
    },
  }),
  'dockerfile/stage-cycle': code<{ stages: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Stages need each other in a circle',
      ja: 'ステージの参照が循環している',
      ko: '스테이지 참조가 순환함',
    },
    message: {
      en: ({ stages }) => `The stages ${list(stages)} need each other in a circle`,
      ja: ({ stages }) => `ステージ ${list(stages)} の参照が循環しています`,
      ko: ({ stages }) => `스테이지 ${list(stages)}의 참조가 순환합니다`,
    },
    fix: {
      en: () => 'Move what they share into a stage above both',
      ja: () => '共通の部分を、両方より前のステージに移してください',
      ko: () => '공통 부분을 둘보다 앞선 스테이지로 옮기세요',
    },
  }),
  'dockerfile/stage-later': code<{ name: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A stage is used before it is defined',
      ja: '定義より前にステージが使われている',
      ko: '정의되기 전에 스테이지가 쓰임',
    },
    message: {
      en: ({ name }) => `Stage ${q(name)} is used here, but is defined further down`,
      ja: ({ name }) => `ステージ ${q(name)} をここで使っていますが、定義はこれより後にあります`,
      ko: ({ name }) => `스테이지 ${q(name)}을(를) 여기서 쓰지만 정의는 더 뒤에 있습니다`,
    },
    fix: {
      en: ({ name }) => `Move the stage ${q(name)} above this one`,
      ja: ({ name }) => `ステージ ${q(name)} をこのステージより前に移してください`,
      ko: ({ name }) => `스테이지 ${q(name)}을(를) 이 스테이지 앞으로 옮기세요`,
    },
  }),
  'dockerfile/ignore-pattern': code<{ pattern: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A pattern of .dockerignore is malformed',
      ja: '.dockerignore のパターンが正しくない',
      ko: '.dockerignore의 패턴이 올바르지 않음',
    },
    message: {
      en: ({ pattern }) => `${q(pattern)} is not a pattern that Docker can read`,
      ja: ({ pattern }) => `${q(pattern)} は Docker が読めるパターンではありません`,
      ko: ({ pattern }) => `${q(pattern)}은(는) Docker가 읽을 수 있는 패턴이 아닙니다`,
    },
    fix: {
      en: () => 'Close each `[`, and write a literal bracket or backslash with a backslash before it',
      ja: () => '`[` を閉じるか、文字としての角括弧やバックスラッシュの前にバックスラッシュを付けてください',
      ko: () => '`[`를 닫거나, 문자 그대로의 대괄호와 백슬래시 앞에 백슬래시를 붙이세요',
    },
  }),
} as const;
