import { cmd, code, list, q } from '../code.ts';

type Words = readonly [en: string, ja: string, ko: string];

/** Why the system does not write, by its own word for it. */
function cannotWrite(errno: string): Words {
  const words: Readonly<Record<string, Words>> = {
    ENOSPC: ['the disk is full', 'ディスクの空き容量がありません', '디스크에 여유 공간이 없습니다'],
    EDQUOT: [
      'the quota of this user is used up',
      'ユーザーのディスク容量制限に達しています',
      '사용자의 디스크 할당량을 모두 썼습니다',
    ],
    EROFS: ['the disk is read-only', 'ディスクが読み取り専用です', '디스크가 읽기 전용입니다'],
    EACCES: [
      'this user may not write there',
      'このユーザーには書き込み権限がありません',
      '이 사용자에게 쓰기 권한이 없습니다',
    ],
    EPERM: ['the system does not permit it', 'システムで許可されていません', '시스템에서 허용하지 않습니다'],
    ENOENT: ['its folder is not there', 'ディレクトリが存在しません', '디렉터리가 없습니다'],
    ENOTDIR: ['a part of its path is a file', 'パスの途中にファイルがあります', '경로 중간에 파일이 있습니다'],
    EEXIST: [
      'a file is there where a folder is needed',
      'ディレクトリが必要な場所にファイルがあります',
      '디렉터리가 있어야 할 자리에 파일이 있습니다',
    ],
    EISDIR: ['it is a folder', '同じ名前のディレクトリがあります', '같은 이름의 디렉터리가 있습니다'],
  };
  return words[errno] ?? [errno, errno, errno];
}

function mendWriting(errno: string): Words {
  if (errno === 'ENOSPC' || errno === 'EDQUOT')
    return [
      'Make room and run it again',
      '空き容量を増やして、もう一度実行してください',
      '공간을 확보하고 다시 실행하세요',
    ];
  if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'EEXIST' || errno === 'EISDIR')
    return [
      'Correct the path, or make the folder first',
      'パスを直すか、先にディレクトリを作成してください',
      '경로를 고치거나 먼저 디렉터리를 만드세요',
    ];
  return [
    'Choose a place that you may write to, and run it again',
    '書き込める場所を指定して、もう一度実行してください',
    '쓸 수 있는 위치를 지정하고 다시 실행하세요',
  ];
}

export const cliCodes = {
  'cli/baseline-unusable': code<{ file: string; problem: 'missing' | 'invalid' }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The baseline cannot be used',
      ja: 'ベースラインを使えない',
      ko: '베이스라인을 쓸 수 없음',
    },
    message: {
      en: ({ file, problem }) =>
        problem === 'missing'
          ? `There is no file ${q(file)}`
          : `${q(file)} is no baseline of ${cmd('rightarch check')}`,
      ja: ({ file, problem }) =>
        problem === 'missing'
          ? `${q(file)} というファイルはありません`
          : `${q(file)} は ${cmd('rightarch check')} のベースラインではありません`,
      ko: ({ file, problem }) =>
        problem === 'missing'
          ? `${q(file)} 파일이 없습니다`
          : `${q(file)}은(는) ${cmd('rightarch check')}의 베이스라인이 아닙니다`,
    },
    fix: {
      en: ({ file, problem }) =>
        problem === 'missing'
          ? `Type ${cmd(`rightarch check --write-baseline ${file}`)}, and commit what it writes`
          : `Name a file that ${cmd('rightarch check --write-baseline')} wrote, or one that is not there yet`,
      ja: ({ file, problem }) =>
        problem === 'missing'
          ? `${cmd(`rightarch check --write-baseline ${file}`)} を実行し、作成されたファイルをコミットしてください`
          : `${cmd('rightarch check --write-baseline')} で作成したファイルか、まだ存在しないファイル名を指定してください`,
      ko: ({ file, problem }) =>
        problem === 'missing'
          ? `${cmd(`rightarch check --write-baseline ${file}`)}을(를) 실행하고 만들어진 파일을 커밋하세요`
          : `${cmd('rightarch check --write-baseline')}(으)로 만든 파일이나 아직 없는 파일 이름을 지정하세요`,
    },
  }),
  'cli/check-path': code<{ path: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'There is nothing to check at that path',
      ja: 'そのパスに点検するものがない',
      ko: '그 경로에 점검할 것이 없음',
    },
    message: {
      en: ({ path }) =>
        `There is no file or directory ${q(path)}, and sources are what ${cmd('rightarch check')} reads`,
      ja: ({ path }) =>
        `${q(path)} というファイルもディレクトリもありません。${cmd('rightarch check')} が調べるのはソースです`,
      ko: ({ path }) =>
        `${q(path)} 파일이나 디렉터리가 없습니다. ${cmd('rightarch check')}이(가) 검사하는 것은 소스입니다`,
    },
    fix: {
      en: ({ path }) => `Name a directory; if that is an image, type ${cmd(`rightarch verify ${path}`)}`,
      ja: ({ path }) => `ディレクトリを指定してください。イメージのつもりなら ${cmd(`rightarch verify ${path}`)} です`,
      ko: ({ path }) => `디렉터리를 지정하세요. 이미지라면 ${cmd(`rightarch verify ${path}`)}입니다`,
    },
  }),
  'cli/internal': code<{ where: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A bug in rightarch', ja: 'rightarch の不具合', ko: 'rightarch의 버그' },
    message: {
      en: ({ where }) => `rightarch itself failed in ${q(where)}; your image and your files are not the cause`,
      ja: ({ where }) =>
        `${q(where)} の実行中に rightarch の内部でエラーが発生しました。イメージやファイルの問題ではありません`,
      ko: ({ where }) => `${q(where)} 실행 중 rightarch 내부에서 오류가 발생했습니다. 이미지나 파일의 문제가 아닙니다`,
    },
    fix: {
      en: () => 'Run it again with `--verbose` and report what it prints to the makers of rightarch',
      ja: () => '`--verbose` を付けて再実行し、その出力を rightarch の開発元に報告してください',
      ko: () => '`--verbose`를 붙여 다시 실행하고 출력 내용을 rightarch 개발팀에 알려 주세요',
    },
  }),
  'cli/unknown-command': code<{ word: string; near: string | undefined; known: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'No such command', ja: '存在しないコマンド', ko: '없는 명령' },
    message: {
      en: ({ word }) => `${q(word)} is not a command of rightarch`,
      ja: ({ word }) => `rightarch に ${q(word)} というコマンドはありません`,
      ko: ({ word }) => `${q(word)}은(는) rightarch의 명령이 아닙니다`,
    },
    fix: {
      en: ({ near, known }) => (near ? `Did you mean ${cmd(`rightarch ${near}`)}?` : `Use one of ${list(known)}`),
      ja: ({ near, known }) =>
        near ? `${cmd(`rightarch ${near}`)} の間違いではありませんか` : `使えるコマンド: ${list(known)}`,
      ko: ({ near, known }) =>
        near ? `${cmd(`rightarch ${near}`)} 명령을 쓰려던 것인가요?` : `사용할 수 있는 명령: ${list(known)}`,
    },
  }),
  'cli/unknown-code': code<{ word: string; near: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'No such code', ja: '存在しない診断コード', ko: '없는 진단 코드' },
    message: {
      en: ({ word }) => `${q(word)} is not the code of a finding`,
      ja: ({ word }) => `${q(word)} という診断コードはありません`,
      ko: ({ word }) => `${q(word)}은(는) 진단 코드가 아닙니다`,
    },
    fix: {
      en: ({ near }) =>
        near
          ? `Did you mean ${cmd(`rightarch explain ${near}`)}?`
          : 'Give the code in the brackets of a finding; `rightarch explain` lists them all',
      ja: ({ near }) =>
        near
          ? `${cmd(`rightarch explain ${near}`)} の間違いではありませんか`
          : '指摘の角括弧内にあるコードを指定してください。一覧は `rightarch explain` で表示できます',
      ko: ({ near }) =>
        near
          ? `${cmd(`rightarch explain ${near}`)} 명령을 쓰려던 것인가요?`
          : '지적 사항의 대괄호 안에 있는 코드를 지정하세요. 전체 목록은 `rightarch explain`으로 볼 수 있습니다',
    },
  }),
  'cli/unknown-option': code<{ option: string; command: string; near: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'No such option', ja: '存在しないオプション', ko: '없는 옵션' },
    message: {
      en: ({ option, command }) => `${q(command)} has no option ${q(option)}`,
      ja: ({ option, command }) => `${q(command)} に ${q(option)} というオプションはありません`,
      ko: ({ option, command }) => `${q(command)}에는 ${q(option)} 옵션이 없습니다`,
    },
    fix: {
      en: ({ command, near }) => (near ? `Did you mean ${q(near)}?` : `See ${q(`${command} --help`)}`),
      ja: ({ command, near }) =>
        near ? `${q(near)} の間違いではありませんか` : `${q(`${command} --help`)} を参照してください`,
      ko: ({ command, near }) =>
        near ? `${q(near)} 옵션을 쓰려던 것인가요?` : `${q(`${command} --help`)}을(를) 참고하세요`,
    },
  }),
  'cli/bad-value': code<{ option: string; value: string; accepted: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A value is not accepted', ja: '指定できない値', ko: '지정할 수 없는 값' },
    message: {
      en: ({ option, value }) => `${q(option)} does not take ${q(value)}`,
      ja: ({ option, value }) => `${q(option)} に ${q(value)} は指定できません`,
      ko: ({ option, value }) => `${q(option)}에는 ${q(value)} 값을 쓸 수 없습니다`,
    },
    fix: {
      en: ({ accepted }) => `Use ${accepted.map(q).join(' or ')}`,
      ja: ({ accepted }) => `次のいずれかを使ってください: ${list(accepted)}`,
      ko: ({ accepted }) => `다음 중 하나를 쓰세요: ${list(accepted)}`,
    },
  }),
  'cli/usage': code<{ command: string; kind: 'too-many' | 'no-value' | 'other'; detail: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The command line cannot be read', ja: 'コマンドラインを解釈できない', ko: '명령줄을 해석할 수 없음' },
    message: {
      en: ({ command, kind, detail }) =>
        kind === 'too-many'
          ? `${q(command)} does not take ${q(detail)}`
          : kind === 'no-value'
            ? `${q(detail)} of ${q(command)} needs a value`
            : `${q(command)} cannot be read: ${detail}`,
      ja: ({ command, kind, detail }) =>
        kind === 'too-many'
          ? `${q(command)} に ${q(detail)} は指定できません`
          : kind === 'no-value'
            ? `${q(command)} の ${q(detail)} には値が必要です`
            : `${q(command)} を解釈できません: ${detail}`,
      ko: ({ command, kind, detail }) =>
        kind === 'too-many'
          ? `${q(command)}에는 ${q(detail)}을(를) 쓸 수 없습니다`
          : kind === 'no-value'
            ? `${q(command)}의 ${q(detail)}에는 값이 필요합니다`
            : `${q(command)} 명령을 해석할 수 없습니다: ${detail}`,
    },
    fix: {
      en: ({ command }) => `See ${q(`${command} --help`)}`,
      ja: ({ command }) => `${q(`${command} --help`)} を参照してください`,
      ko: ({ command }) => `${q(`${command} --help`)}을(를) 참고하세요`,
    },
  }),
  'cli/not-yet': code<{ what: string; instead: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'Not in this version', ja: 'このバージョンでは未対応', ko: '이 버전에는 없음' },
    message: {
      en: ({ what }) => `${q(what)} is planned and not in this version`,
      ja: ({ what }) => `${q(what)} は今後対応する予定で、このバージョンにはありません`,
      ko: ({ what }) => `${q(what)}은(는) 앞으로 지원할 예정이며 이 버전에는 없습니다`,
    },
    fix: {
      en: ({ instead }) => `Until then: ${cmd(instead)}`,
      ja: ({ instead }) => `それまでは次を使ってください: ${cmd(instead)}`,
      ko: ({ instead }) => `그때까지는 다음을 쓰세요: ${cmd(instead)}`,
    },
  }),
  'cli/stage-not-runtime': code<{ value: string; runtime: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: '`--target` names a stage, not a runtime',
      ja: '`--target` に指定するのはステージ名で、ランタイムではない',
      ko: '`--target`에 지정하는 것은 런타임이 아니라 스테이지 이름임',
    },
    message: {
      en: ({ value }) => `\`--target\` takes a stage of the Dockerfile, as in docker, and ${q(value)} is a runtime`,
      ja: ({ value }) =>
        `\`--target\` に指定するのは docker と同じく Dockerfile のステージ名ですが、${q(value)} はランタイムです`,
      ko: ({ value }) =>
        `\`--target\`에는 docker와 같이 Dockerfile의 스테이지 이름을 지정하지만 ${q(value)}은(는) 런타임입니다`,
    },
    fix: {
      en: ({ runtime }) => `Write \`--for ${runtime}\``,
      ja: ({ runtime }) => `\`--for ${runtime}\` と書いてください`,
      ko: ({ runtime }) => `\`--for ${runtime}\`(으)로 쓰세요`,
    },
  }),
  'cli/folder-not-image': code<{ path: string; command: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A folder was given where an image is meant',
      ja: 'イメージの代わりにディレクトリが指定された',
      ko: '이미지 대신 디렉터리가 지정됨',
    },
    message: {
      en: ({ path }) => `${q(path)} is a folder, not an image`,
      ja: ({ path }) => `${q(path)} はディレクトリで、イメージではありません`,
      ko: ({ path }) => `${q(path)}은(는) 디렉터리이며 이미지가 아닙니다`,
    },
    fix: {
      en: ({ command }) => `Run ${cmd(command)}`,
      ja: ({ command }) => `${cmd(command)} を実行してください`,
      ko: ({ command }) => `${cmd(command)} 명령을 실행하세요`,
    },
  }),
  'cli/nothing-built': code<{ directory: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'No image was named and none was built here',
      ja: 'イメージの指定がなく、ここでビルドされたものもない',
      ko: '이미지 지정이 없고 여기서 빌드된 것도 없음',
    },
    message: {
      en: ({ directory }) => `No image was named, and nothing has been built in ${q(directory)}`,
      ja: ({ directory }) => `イメージが指定されておらず、${q(directory)} でビルドされたものもありません`,
      ko: ({ directory }) => `이미지가 지정되지 않았고 ${q(directory)}에서 빌드된 것도 없습니다`,
    },
    fix: {
      en: () => 'Name an image, as in `rightarch verify ghcr.io/team/app:1.2`, or run `rightarch build` first',
      ja: () =>
        '`rightarch verify ghcr.io/team/app:1.2` のようにイメージを指定するか、先に `rightarch build` を実行してください',
      ko: () => '`rightarch verify ghcr.io/team/app:1.2`처럼 이미지를 지정하거나 먼저 `rightarch build`를 실행하세요',
    },
  }),
  'cli/interrupted': code<{ moved: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'Interrupted', ja: '中断された', ko: '중단됨' },
    message: {
      en: ({ moved }) =>
        moved.length === 0
          ? 'The command was interrupted; no tag was moved and no half-written file is left'
          : `The command was interrupted after ${list(moved)} had moved, whole; no other tag was moved and no half-written file is left`,
      ja: ({ moved }) =>
        moved.length === 0
          ? '処理が中断されました。タグは動かしておらず、書きかけのファイルも残っていません'
          : `処理が中断されました。${list(moved)} はその前に更新が完了しています。ほかのタグは動かしておらず、書きかけのファイルも残っていません`,
      ko: ({ moved }) =>
        moved.length === 0
          ? '작업이 중단되었습니다. 태그는 옮기지 않았고 쓰다 만 파일도 남지 않았습니다'
          : `작업이 중단되었습니다. ${list(moved)}은(는) 그 전에 온전히 옮겨졌습니다. 다른 태그는 옮기지 않았고 쓰다 만 파일도 남지 않았습니다`,
    },
    fix: {
      en: () => 'Run the same command again: what was finished is not done twice',
      ja: () => '同じコマンドを再実行してください。終わった処理は繰り返されません',
      ko: () => '같은 명령을 다시 실행하세요. 끝난 작업은 반복하지 않습니다',
    },
  }),
  'cli/write-failed': code<{ file: string; errno: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A file cannot be written', ja: 'ファイルに書き込めない', ko: '파일을 쓸 수 없음' },
    message: {
      en: ({ file, errno }) => `${q(file)} cannot be written: ${cannotWrite(errno)[0]}`,
      ja: ({ file, errno }) => `${q(file)} に書き込めません。${cannotWrite(errno)[1]}`,
      ko: ({ file, errno }) => `${q(file)}에 쓸 수 없습니다. ${cannotWrite(errno)[2]}`,
    },
    fix: {
      en: ({ errno }) => mendWriting(errno)[0],
      ja: ({ errno }) => mendWriting(errno)[1],
      ko: ({ errno }) => mendWriting(errno)[2],
    },
  }),
  'cli/config-exists': code<{ file: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The configuration is already there', ja: '設定ファイルがすでにある', ko: '설정 파일이 이미 있음' },
    message: {
      en: ({ file }) => `${q(file)} is already here and was not changed`,
      ja: ({ file }) => `${q(file)} はすでに存在します。変更していません`,
      ko: ({ file }) => `${q(file)}이(가) 이미 있어 바꾸지 않았습니다`,
    },
    fix: {
      en: () => 'Edit it, or replace it with `rightarch init --force`',
      ja: () => '直接編集するか、`rightarch init --force` で置き換えてください',
      ko: () => '직접 고치거나 `rightarch init --force`로 덮어쓰세요',
    },
  }),
  'cli/no-dockerfile': code<{
    directory: string;
    /** `file`: one name was asked for; `tracked`, `walked`: every file by its name, from Git or from the disk. */
    looked: 'file' | 'tracked' | 'walked';
    /** Dockerfiles of other names in that folder. */
    others: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'There is no Dockerfile to build',
      ja: 'ビルドする Dockerfile がない',
      ko: '빌드할 Dockerfile이 없음',
    },
    message: {
      en: ({ directory, looked }) =>
        looked === 'file'
          ? `There is no file \`Dockerfile\` in ${q(directory)}`
          : looked === 'tracked'
            ? `None of the files below ${q(directory)} that Git tracks, or does not ignore, is named like a Dockerfile (node_modules and vendor aside)`
            : `No file in ${q(directory)} or up to 7 folders below it is named like a Dockerfile; node_modules, vendor, dist, build and the like were not looked into`,
      ja: ({ directory, looked }) =>
        looked === 'file'
          ? `${q(directory)} に \`Dockerfile\` というファイルがありません`
          : looked === 'tracked'
            ? `${q(directory)} 以下で Git が追跡している (または無視していない) ファイルの中に、Dockerfile らしい名前のものがありません (node_modules と vendor は除く)`
            : `${q(directory)} とその 7 階層下までに、Dockerfile らしい名前のファイルがありません (node_modules、vendor、dist、build などの中は調べていません)`,
      ko: ({ directory, looked }) =>
        looked === 'file'
          ? `${q(directory)}에 \`Dockerfile\`이라는 파일이 없습니다`
          : looked === 'tracked'
            ? `${q(directory)} 아래에서 Git이 추적하거나 무시하지 않는 파일 가운데 Dockerfile 같은 이름이 없습니다(node_modules와 vendor 제외)`
            : `${q(directory)}와(과) 그 아래 7단계 디렉터리까지 Dockerfile 같은 이름의 파일이 없습니다(node_modules, vendor, dist, build 등의 안은 살펴보지 않았습니다)`,
    },
    fix: {
      en: ({ looked, others }) =>
        looked !== 'file'
          ? 'Run it where the Dockerfile is, or write `rightarch.yaml` with `context` and `dockerfile` of the image'
          : others.length > 0
            ? `Name the file with \`-f\`: ${list(others)} ${others.length === 1 ? 'is' : 'are'} there`
            : 'Name its folder, or the file with `-f`',
      ja: ({ looked, others }) =>
        looked !== 'file'
          ? 'Dockerfile のある場所で実行するか、イメージの `context` と `dockerfile` を書いた `rightarch.yaml` を用意してください'
          : others.length > 0
            ? `\`-f\` でファイルを指定してください (${list(others)} があります)`
            : 'Dockerfile のあるディレクトリを指定するか、`-f` でファイルを指定してください',
      ko: ({ looked, others }) =>
        looked !== 'file'
          ? 'Dockerfile이 있는 곳에서 실행하거나, 이미지의 `context`와 `dockerfile`을 적은 `rightarch.yaml`을 만드세요'
          : others.length > 0
            ? `\`-f\`로 파일을 지정하세요(${list(others)}이(가) 있습니다)`
            : 'Dockerfile이 있는 디렉터리를 지정하거나 `-f`로 파일을 지정하세요',
    },
  }),
  'cli/no-config': code<{ option: string; directory: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'It needs a rightarch.yaml', ja: 'rightarch.yaml が必要', ko: 'rightarch.yaml이 필요함' },
    message: {
      en: ({ option, directory }) =>
        `${q(option)} refers to a rightarch.yaml, and there is none in ${q(directory)} or above`,
      ja: ({ option, directory }) =>
        `${q(option)} には rightarch.yaml が必要ですが、${q(directory)} にもその上位にも rightarch.yaml がありません`,
      ko: ({ option, directory }) =>
        `${q(option)}에는 rightarch.yaml이 필요하지만 ${q(directory)}와(과) 그 상위에 rightarch.yaml이 없습니다`,
    },
    fix: {
      en: () => 'Run `rightarch init` to write one',
      ja: () => '`rightarch init` で作成してください',
      ko: () => '`rightarch init`으로 만드세요',
    },
  }),
  'cli/unknown-image': code<{ name: string; known: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'No such image in rightarch.yaml',
      ja: 'rightarch.yaml にないイメージ',
      ko: 'rightarch.yaml에 없는 이미지',
    },
    message: {
      en: ({ name }) => `${q(name)} is neither an image of rightarch.yaml nor a folder with a Dockerfile`,
      ja: ({ name }) => `${q(name)} は rightarch.yaml のイメージでも、Dockerfile のあるディレクトリでもありません`,
      ko: ({ name }) => `${q(name)}은(는) rightarch.yaml의 이미지도 아니고 Dockerfile이 있는 디렉터리도 아닙니다`,
    },
    fix: {
      en: ({ known }) =>
        known.length > 0
          ? `Use one of ${list(known)}, or a folder`
          : 'Name a folder with a Dockerfile, as in `rightarch build .`',
      ja: ({ known }) =>
        known.length > 0
          ? `次のいずれか、またはディレクトリを指定してください: ${list(known)}`
          : '`rightarch build .` のように Dockerfile のあるディレクトリを指定してください',
      ko: ({ known }) =>
        known.length > 0
          ? `다음 중 하나 또는 디렉터리를 지정하세요: ${list(known)}`
          : '`rightarch build .`처럼 Dockerfile이 있는 디렉터리를 지정하세요',
    },
  }),
  'cli/not-confirmed': code<{ environment: string; asked: boolean }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Publishing was not confirmed',
      ja: '公開の確認が済んでいない',
      ko: '게시 확인을 받지 못함',
    },
    message: {
      en: ({ environment, asked }) =>
        `${q(environment)} has \`confirm: true\`, and ${asked ? 'the answer was no' : 'there is no terminal to ask on'}: nothing was built or published`,
      ja: ({ environment, asked }) =>
        `${q(environment)} には \`confirm: true\` があり、${asked ? '確認に同意しませんでした' : '確認するための端末がありません'}。ビルドも公開も行っていません`,
      ko: ({ environment, asked }) =>
        `${q(environment)} 환경에 \`confirm: true\`가 있는데 ${asked ? '확인에 동의하지 않았습니다' : '물어볼 터미널이 없습니다'}. 빌드도 게시도 하지 않았습니다`,
    },
    fix: {
      en: () => 'Repeat it with `--yes` where it is meant',
      ja: () => '意図した操作であれば `--yes` を付けて実行してください',
      ko: () => '의도한 작업이라면 `--yes`를 붙여 다시 실행하세요',
    },
  }),
  'cli/nowhere-to-push': code<{ image: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'Nothing says where to publish', ja: '公開先の指定がない', ko: '게시할 곳이 지정되지 않음' },
    message: {
      en: ({ image }) =>
        `Nothing says where ${q(image)} is published: it has no repository or no tags, and no \`-t\` was given`,
      ja: ({ image }) => `${q(image)} の公開先が分かりません。repository または tags がなく、\`-t\` の指定もありません`,
      ko: ({ image }) =>
        `${q(image)}을(를) 어디에 게시할지 알 수 없습니다. repository나 tags가 없고 \`-t\`도 지정되지 않았습니다`,
    },
    fix: {
      en: ({ image }) =>
        `Add \`repository\` and \`tags\` to ${q(image)} in rightarch.yaml, or name it with \`-t REGISTRY/NAME:TAG\``,
      ja: ({ image }) =>
        `rightarch.yaml の ${q(image)} に \`repository\` と \`tags\` を書くか、\`-t レジストリ/名前:タグ\` を指定してください`,
      ko: ({ image }) =>
        `rightarch.yaml의 ${q(image)}에 \`repository\`와 \`tags\`를 쓰거나 \`-t 레지스트리/이름:태그\`를 지정하세요`,
    },
  }),
  'cli/push-needs-name': code<{ source: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'push was given no name', ja: 'push 先の名前がない', ko: 'push할 이름이 없음' },
    message: {
      en: ({ source }) => `Nothing says under which name ${q(source)} is pushed`,
      ja: ({ source }) => `${q(source)} をどの名前で push するかが分かりません`,
      ko: ({ source }) => `${q(source)}을(를) 어떤 이름으로 push할지 알 수 없습니다`,
    },
    fix: {
      en: ({ source }) => `Name it: ${cmd(`rightarch push ${source} REGISTRY/NAME:TAG`)}`,
      ja: ({ source }) => `名前を指定してください: ${cmd(`rightarch push ${source} REGISTRY/NAME:TAG`)}`,
      ko: ({ source }) => `이름을 지정하세요: ${cmd(`rightarch push ${source} REGISTRY/NAME:TAG`)}`,
    },
  }),
  'cli/nothing-locked': code<{
    image: string;
    /** The plan that was kept and is none any more; null where none was kept. */
    damaged: string | null;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'There is no plan to hold the bases to',
      ja: 'ベースイメージの固定に使うプランがない',
      ko: '베이스 이미지를 고정할 플랜이 없음',
    },
    message: {
      en: ({ image, damaged }) =>
        `\`--locked\` holds ${q(image)} to the base digests of its last plan, and ${damaged === null ? 'there is none' : `${q(damaged)} cannot be read as one`}`,
      ja: ({ image, damaged }) =>
        `\`--locked\` は ${q(image)} のベースイメージを前回のプランのダイジェストに固定しますが、${damaged === null ? 'プランがまだありません' : `${q(damaged)} をプランとして読み取れません`}`,
      ko: ({ image, damaged }) =>
        `\`--locked\`는 ${q(image)}의 베이스 이미지를 지난 플랜의 다이제스트에 고정하지만 ${damaged === null ? '플랜이 아직 없습니다' : `${q(damaged)} 파일을 플랜으로 읽을 수 없습니다`}`,
    },
    fix: {
      en: ({ damaged }) =>
        `${damaged === null ? 'Run' : 'Bring the file back, or to take the digests of today run'} \`rightarch plan\` once, then repeat the command`,
      ja: ({ damaged }) =>
        `${damaged === null ? '' : 'ファイルを元に戻すか、現在のダイジェストでよければ '}\`rightarch plan\` を一度実行してから、同じコマンドを再実行してください`,
      ko: ({ damaged }) =>
        `${damaged === null ? '' : '파일을 되돌리거나, 지금의 다이제스트로도 괜찮다면 '}\`rightarch plan\`을 한 번 실행한 뒤 같은 명령을 다시 실행하세요`,
    },
  }),
  'cli/unproven-digest': code<{ repository: string; proved: string; pushed: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'What was pushed is not what was proved',
      ja: 'push された内容が証明した内容と違う',
      ko: 'push된 내용이 증명한 내용과 다름',
    },
    message: {
      en: ({ repository, proved, pushed }) =>
        `${q(repository)} holds ${q(pushed)}, and the proof is of ${q(proved)}; no tag was moved`,
      ja: ({ repository, proved, pushed }) =>
        `${q(repository)} にあるのは ${q(pushed)} ですが、証明したのは ${q(proved)} です。タグは動かしていません`,
      ko: ({ repository, proved, pushed }) =>
        `${q(repository)}에는 ${q(pushed)}이(가) 있지만 증명한 것은 ${q(proved)}입니다. 태그를 옮기지 않았습니다`,
    },
    fix: {
      en: () => 'Push a subset as an image of its own: build it with `--platform` first',
      ja: () => '一部のプラットフォームだけを公開する場合は、先に `--platform` を付けてビルドしてください',
      ko: () => '일부 플랫폼만 게시하려면 먼저 `--platform`으로 빌드하세요',
    },
  }),
  'cli/file-missing': code<{
    option: string;
    file: string;
    folder?: boolean;
    variable?: boolean;
    /** It is there, and cannot be read. */
    errno?: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A file that was named does not exist',
      ja: '指定したファイルが存在しない',
      ko: '지정한 파일이 없음',
    },
    message: {
      en: ({ option, file, folder, variable, errno }) =>
        errno !== undefined
          ? `${q(option)} names ${q(file)}, which cannot be read (${errno})`
          : variable === true
            ? `${q(option)} names ${q(file)}, which is neither a variable of the environment nor ${folder === true ? 'a file, but a folder' : 'a file'}`
            : `${q(option)} names ${q(file)}, which is ${folder === true ? 'a folder' : 'not there'}`,
      ja: ({ option, file, folder, variable, errno }) =>
        errno !== undefined
          ? `${q(option)} で指定した ${q(file)} を読めません (${errno})`
          : variable === true
            ? `${q(option)} で指定した ${q(file)} という環境変数はなく、${folder === true ? '同名のものはディレクトリです' : '同名のファイルもありません'}`
            : `${q(option)} で指定した ${q(file)} ${folder === true ? 'はディレクトリです' : 'がありません'}`,
      ko: ({ option, file, folder, variable, errno }) =>
        errno !== undefined
          ? `${q(option)}(으)로 지정한 ${q(file)}을(를) 읽을 수 없습니다(${errno})`
          : variable === true
            ? `${q(option)}(으)로 지정한 ${q(file)}(이)라는 환경 변수가 없고, ${folder === true ? '같은 이름의 것은 디렉터리입니다' : '같은 이름의 파일도 없습니다'}`
            : `${q(option)}(으)로 지정한 ${q(file)}${folder === true ? '은(는) 디렉터리입니다' : '이(가) 없습니다'}`,
    },
    fix: {
      en: ({ option, variable }) =>
        variable === true
          ? 'Say where it comes from: `id=NAME,src=FILE` or `id=NAME,env=VARIABLE`'
          : `Name a file; a relative path counts from ${option.startsWith('--') ? 'the working directory' : 'the folder of rightarch.yaml'}`,
      ja: ({ option, variable }) =>
        variable === true
          ? '取得元を指定してください: `id=NAME,src=FILE` または `id=NAME,env=VARIABLE`'
          : `ファイルを指定してください。相対パスは${option.startsWith('--') ? '作業ディレクトリ' : ' rightarch.yaml のあるディレクトリ'}が基準です`,
      ko: ({ option, variable }) =>
        variable === true
          ? '어디에서 가져올지 지정하세요: `id=NAME,src=FILE` 또는 `id=NAME,env=VARIABLE`'
          : `파일을 지정하세요. 상대 경로는 ${option.startsWith('--') ? '작업 디렉터리' : 'rightarch.yaml이 있는 디렉터리'} 기준입니다`,
    },
  }),
  'cli/secret-too-large': code<{ id: string; source: string; limit: number }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A secret is too large', ja: 'シークレットが大きすぎる', ko: '시크릿이 너무 큼' },
    message: {
      en: ({ id, source, limit }) =>
        `The secret ${q(id)} from ${q(source)} is larger than ${limit} KiB, the most that BuildKit takes for one`,
      ja: ({ id, source, limit }) =>
        `${q(source)} から読むシークレット ${q(id)} は、BuildKit が 1 つのシークレットとして受け付ける上限の ${limit} KiB を超えています`,
      ko: ({ id, source, limit }) =>
        `${q(source)}에서 읽는 시크릿 ${q(id)}이(가) BuildKit이 시크릿 하나로 받는 한도인 ${limit} KiB를 넘습니다`,
    },
    fix: {
      en: () => 'Name the file that holds the token itself; files that are no secret come with `--build-context`',
      ja: () => 'トークンそのものが入ったファイルを指定してください。秘密でないファイルは `--build-context` で渡せます',
      ko: () => '토큰 자체가 들어 있는 파일을 지정하세요. 비밀이 아닌 파일은 `--build-context`로 넘길 수 있습니다',
    },
  }),
  'cli/remote-context': code<{ place: string; command: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The build context is not on this machine',
      ja: 'ビルドコンテキストがこのマシンにない',
      ko: '빌드 컨텍스트가 이 머신에 없음',
    },
    message: {
      en: ({ place }) => `${q(place)} is a remote context; contexts are read from folders`,
      ja: ({ place }) => `${q(place)} はリモートのコンテキストです。コンテキストはディレクトリから読み込みます`,
      ko: ({ place }) => `${q(place)}은(는) 원격 컨텍스트입니다. 컨텍스트는 디렉터리에서 읽습니다`,
    },
    fix: {
      en: ({ command }) => `Fetch it first, then name the folder: ${cmd(command)}`,
      ja: ({ command }) => `先に取得してから、そのディレクトリを指定してください: ${cmd(command)}`,
      ko: ({ command }) => `먼저 내려받은 뒤 그 디렉터리를 지정하세요: ${cmd(command)}`,
    },
  }),
  'cli/foreign-unused': code<{ path: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A --foreign pattern meets no file',
      ja: 'どのファイルにも当てはまらない --foreign',
      ko: '어떤 파일에도 해당하지 않는 --foreign',
    },
    message: {
      en: ({ path }) =>
        `No file for another CPU is at ${q(path)} that needs a word, so ${q(`--foreign '${path}'`)} changes nothing`,
      ja: ({ path }) =>
        `${q(path)} には指定が必要な別 CPU 用のファイルがないため、${q(`--foreign '${path}'`)} は何も変えません`,
      ko: ({ path }) =>
        `${q(path)}에는 지정이 필요한 다른 CPU용 파일이 없어 ${q(`--foreign '${path}'`)}은(는) 아무것도 바꾸지 않습니다`,
    },
    fix: {
      en: () => 'Take it away, or write it as the finding has it: `*` stays within a name, `**` does not',
      ja: () =>
        '指定を外すか、指摘に表示されたパスに合わせてください。`*` は 1 つの名前の中だけ、`**` はディレクトリをまたいで一致します',
      ko: () =>
        '지정을 빼거나 지적 사항에 나온 경로에 맞게 적으세요. `*`는 이름 하나 안에서만, `**`는 디렉터리를 넘어 일치합니다',
    },
  }),
  'cli/assume-unused': code<{ text: string; runtimes: readonly string[] }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An --assume answers for nothing',
      ja: '何にも当てはまらない --assume',
      ko: '아무것에도 해당하지 않는 --assume',
    },
    message: {
      en: ({ text, runtimes }) =>
        `${q(`--assume '${text}'`)} changes nothing: ${runtimes.length === 0 ? 'no runtime was asked about' : `nothing under that name is open for ${runtimes.join(', ')}`}`,
      ja: ({ text, runtimes }) =>
        runtimes.length === 0
          ? `ランタイムの指定がないため、${q(`--assume '${text}'`)} は何も変えません`
          : `${runtimes.join('、')} にはこの項目で未確認の情報がないため、${q(`--assume '${text}'`)} は何も変えません`,
      ko: ({ text, runtimes }) =>
        runtimes.length === 0
          ? `지정한 런타임이 없어 ${q(`--assume '${text}'`)}은(는) 아무것도 바꾸지 않습니다`
          : `${runtimes.join(', ')}에는 이 항목에 확인되지 않은 정보가 없어 ${q(`--assume '${text}'`)}은(는) 아무것도 바꾸지 않습니다`,
    },
    fix: {
      en: ({ runtimes }) =>
        runtimes.length === 0
          ? 'Name the runtime with `--for`, or take `--assume` away'
          : 'Take it away; what is confirmed is overruled only in `assume:` of a target in rightarch.yaml',
      ja: ({ runtimes }) =>
        runtimes.length === 0
          ? '`--for` でランタイムを指定するか、`--assume` を外してください'
          : '指定を外してください。確認済みの情報は、rightarch.yaml のターゲットの `assume:` でのみ上書きできます',
      ko: ({ runtimes }) =>
        runtimes.length === 0
          ? '`--for`로 런타임을 지정하거나 `--assume`을 빼세요'
          : '지정을 빼세요. 확인된 정보는 rightarch.yaml에 있는 타깃의 `assume:`으로만 재정의할 수 있습니다',
    },
  }),
} as const;
