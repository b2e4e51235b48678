import { cmd, code, q } from '../code.ts';

/**
 * `docker` is the line that builds these very values with Docker, and proves them. No interface: the declarations of the
 * package spell it out where it is used.
 */
type Docker = { readonly docker: string };

const elsewhere = {
  en: ({ docker }: Docker) => `Build with Docker and prove that: ${cmd(docker)}`,
  ja: ({ docker }: Docker) => `Docker でビルドして証明してください: ${cmd(docker)}`,
  ko: ({ docker }: Docker) => `Docker로 빌드해서 증명하세요: ${cmd(docker)}`,
};

/** Where the line can do without what is not followed. */
const without = {
  en: (what: string, docker: string) =>
    `Write the line without ${q(what)}, or build with Docker and prove that: ${cmd(docker)}`,
  ja: (what: string, docker: string) =>
    `${q(what)} を使わない形に書き換えるか、Docker でビルドして証明してください: ${cmd(docker)}`,
  ko: (what: string, docker: string) => `${q(what)} 없이 다시 쓰거나, Docker로 빌드해서 증명하세요: ${cmd(docker)}`,
};

/** A secret that is where npm finds it already. */
const isForNpm = (path: string): boolean => /^\$|\/\.npmrc$|\/etc\/npmrc$/.test(path);
const asFile = (id: string): string => `--mount=type=secret,id=${id},target=/root/.npmrc`;
const asVariable = (id: string): string => `--mount=type=secret,id=${id},env=NPM_TOKEN`;

export const runCodes = {
  'run/command-failed': code<{ command: string; status: number }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A RUN fails in the image', ja: 'RUN がイメージ内で失敗する', ko: 'RUN이 이미지 안에서 실패함' },
    message: {
      en: ({ command, status }) => `${q(command)} exits with status ${status} in this image`,
      ja: ({ command, status }) => `${q(command)} はこのイメージでは終了コード ${status} で失敗します`,
      ko: ({ command, status }) => `${q(command)}은(는) 이 이미지에서 종료 코드 ${status}(으)로 실패합니다`,
    },
    fix: {
      en: ({ status }) =>
        status === 127
          ? 'Install the command in an earlier step, or use a base image that has it'
          : 'Fix what the command itself says above; every other engine would fail at the same line',
      ja: ({ status }) =>
        status === 127
          ? 'このコマンドを前のステップでインストールするか、コマンドを含むベースイメージを使ってください'
          : '上に表示されたコマンドのメッセージに従って直してください。ほかのエンジンでも同じ行で失敗します',
      ko: ({ status }) =>
        status === 127
          ? '이 명령을 앞 단계에서 설치하거나, 이 명령이 들어 있는 베이스 이미지를 쓰세요'
          : '위에 표시된 명령의 메시지에 따라 고치세요. 다른 엔진에서도 같은 줄에서 실패합니다',
    },
  }),
  'run/command-unknown': code<{ command: string } & Docker>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A RUN needs a command that is not simulated',
      ja: 'シミュレートできないコマンドが RUN にある',
      ko: '시뮬레이션할 수 없는 명령이 RUN에 있음',
    },
    message: {
      en: ({ command }) => `${q(command)} would have to be executed, and the embedded engine executes nothing`,
      ja: ({ command }) => `${q(command)} は実行が必要ですが、内蔵エンジンは何も実行しません`,
      ko: ({ command }) => `${q(command)}은(는) 실행해야 하지만, 내장 엔진은 아무것도 실행하지 않습니다`,
    },
    fix: elsewhere,
  }),
  'run/implementation-unknown': code<{ command: string; path: string } & Docker>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The implementation of a command is not known',
      ja: 'コマンドの実装を特定できない',
      ko: '명령의 구현을 알 수 없음',
    },
    message: {
      en: ({ command, path }) =>
        `${q(command)} is ${q(path)} in this image, which is none of GNU coreutils, shadow, busybox and Debian's adduser 3.134: what it does exactly is not known`,
      ja: ({ command, path }) =>
        `このイメージの ${q(command)} は ${q(path)} で、GNU coreutils、shadow、busybox、Debian の adduser 3.134 のいずれでもないため、正確な動作が分かりません`,
      ko: ({ command, path }) =>
        `이 이미지의 ${q(command)}은(는) ${q(path)}(이)며 GNU coreutils, shadow, busybox, Debian의 adduser 3.134 중 어느 것도 아니어서 정확한 동작을 알 수 없습니다`,
    },
    fix: elsewhere,
  }),
  'run/not-computable': code<{ what: string } & Docker>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A value is only known when the image runs',
      ja: 'イメージを動かさないと値が決まらない',
      ko: '이미지를 실행해야만 알 수 있는 값',
    },
    message: {
      en: ({ what }) => `What ${q(what)} gives cannot be told from the files of the image alone`,
      ja: ({ what }) => `${q(what)} の結果は、イメージのファイルだけでは決まりません`,
      ko: ({ what }) => `${q(what)}의 결과는 이미지의 파일만으로는 알 수 없습니다`,
    },
    fix: {
      // A value can be written out; a state of the shell cannot.
      en: ({ what, docker }) =>
        what.startsWith('$')
          ? `Write the value in place of ${q(what)}, or build with Docker and prove that: ${cmd(docker)}`
          : elsewhere.en({ docker }),
      ja: ({ what, docker }) =>
        what.startsWith('$')
          ? `${q(what)} の代わりに値を直接書くか、Docker でビルドして証明してください: ${cmd(docker)}`
          : elsewhere.ja({ docker }),
      ko: ({ what, docker }) =>
        what.startsWith('$')
          ? `${q(what)} 대신 값을 직접 쓰거나, Docker로 빌드해서 증명하세요: ${cmd(docker)}`
          : elsewhere.ko({ docker }),
    },
  }),
  'run/option-unknown': code<{ command: string; option: string } & Docker>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A RUN uses an option that is not simulated',
      ja: 'シミュレートできないオプションが RUN にある',
      ko: '시뮬레이션할 수 없는 옵션이 RUN에 있음',
    },
    message: {
      en: ({ command, option }) => `${q(command)} is known, but not with ${q(option)}`,
      ja: ({ command, option }) => `${q(command)} は扱えますが、${q(option)} 付きでは扱えません`,
      ko: ({ command, option }) => `${q(command)}은(는) 처리할 수 있지만 ${q(option)} 옵션은 처리할 수 없습니다`,
    },
    fix: {
      en: ({ option, docker }) => without.en(option, docker),
      ja: ({ option, docker }) => without.ja(option, docker),
      ko: ({ option, docker }) => without.ko(option, docker),
    },
  }),
  'run/path-mounted': code<{ path: string } & Docker>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A RUN uses a path that the engine mounts',
      ja: 'エンジンがマウントするパスを RUN が使っている',
      ko: '엔진이 마운트하는 경로를 RUN에서 사용함',
    },
    message: {
      en: ({ path }) => `${q(path)} is mounted by the engine while a RUN is carried out: it is not a file of the image`,
      ja: ({ path }) => `${q(path)} は RUN の実行中にエンジンがマウントするもので、イメージのファイルではありません`,
      ko: ({ path }) => `${q(path)}은(는) RUN 실행 중에 엔진이 마운트하며, 이미지의 파일이 아닙니다`,
    },
    fix: {
      en: ({ path, docker }) => `Use another path than ${q(path)}, or build with Docker and prove that: ${cmd(docker)}`,
      ja: ({ path, docker }) => `${q(path)} 以外のパスを使うか、Docker でビルドして証明してください: ${cmd(docker)}`,
      ko: ({ path, docker }) => `${q(path)} 말고 다른 경로를 쓰거나, Docker로 빌드해서 증명하세요: ${cmd(docker)}`,
    },
  }),
  'run/secret-used': code<{ path: string; id: string } & Docker>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A RUN uses a secret itself',
      ja: 'RUN がシークレットを直接使っている',
      ko: 'RUN이 시크릿을 직접 사용함',
    },
    message: {
      en: ({ path, id }) =>
        `${q(path)} is the secret ${q(id)}: only npm reads secrets here, from an \`.npmrc\` or from a variable that an \`.npmrc\` names`,
      ja: ({ path, id }) =>
        `${q(path)} はシークレット ${q(id)} です。内蔵エンジンでシークレットを読むのは npm だけで、\`.npmrc\` か、その中で参照される環境変数から読みます`,
      ko: ({ path, id }) =>
        `${q(path)}은(는) 시크릿 ${q(id)}입니다. 내장 엔진에서는 npm만 \`.npmrc\`나 그 안에서 쓰는 환경 변수로 시크릿을 읽습니다`,
    },
    fix: {
      en: ({ path, id, docker }) =>
        isForNpm(path)
          ? `Leave ${q(path)} to npm, or build with Docker and prove that: ${cmd(docker)}`
          : `Mount it where npm looks (${q(asFile(id))}), or as a variable that an \`.npmrc\` names (${q(asVariable(id))}), or build with Docker and prove that: ${cmd(docker)}`,
      ja: ({ path, id, docker }) =>
        isForNpm(path)
          ? `${q(path)} は npm だけに読ませるか、Docker でビルドして証明してください: ${cmd(docker)}`
          : `npm が読む場所にマウントする (${q(asFile(id))}) か、\`.npmrc\` で参照する環境変数として渡す (${q(asVariable(id))}) か、Docker でビルドして証明してください: ${cmd(docker)}`,
      ko: ({ path, id, docker }) =>
        isForNpm(path)
          ? `${q(path)}은(는) npm만 읽게 두거나, Docker로 빌드해서 증명하세요: ${cmd(docker)}`
          : `npm이 읽는 위치에 마운트하거나(${q(asFile(id))}), \`.npmrc\`에서 쓰는 환경 변수로 넘기거나(${q(asVariable(id))}), Docker로 빌드해서 증명하세요: ${cmd(docker)}`,
    },
  }),
  'run/shell-unknown': code<{ shell: string; found: string } & Docker>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The shell of a RUN is not known', ja: 'RUN のシェルを特定できない', ko: 'RUN의 셸을 알 수 없음' },
    message: {
      en: ({ shell, found }) =>
        found === 'missing'
          ? `There is no ${q(shell)} in this image, so no RUN in shell form can work`
          : `${q(shell)} is ${q(found)} in this image, which is not dash, bash or busybox ash as far as its bytes tell`,
      ja: ({ shell, found }) =>
        found === 'missing'
          ? `このイメージには ${q(shell)} がないため、シェル形式の RUN は動きません`
          : `このイメージの ${q(shell)} は ${q(found)} で、内容から見て dash、bash、busybox ash のいずれでもありません`,
      ko: ({ shell, found }) =>
        found === 'missing'
          ? `이 이미지에는 ${q(shell)}이(가) 없어 셸 형식의 RUN이 동작하지 않습니다`
          : `이 이미지의 ${q(shell)}은(는) ${q(found)}(이)며, 내용으로 보아 dash, bash, busybox ash 중 어느 것도 아닙니다`,
    },
    fix: {
      en: ({ found, docker }) =>
        found === 'missing' ? 'Do the work in a stage that has a shell and COPY the result' : elsewhere.en({ docker }),
      ja: ({ found, docker }) =>
        found === 'missing' ? 'シェルのあるステージで処理し、結果を COPY してください' : elsewhere.ja({ docker }),
      ko: ({ found, docker }) =>
        found === 'missing' ? '셸이 있는 스테이지에서 처리하고 결과를 COPY하세요' : elsewhere.ko({ docker }),
    },
  }),
  'run/syntax': code<{ what: string } & Docker>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A RUN uses shell syntax that is not simulated',
      ja: 'シミュレートできないシェル構文が RUN にある',
      ko: '시뮬레이션할 수 없는 셸 문법이 RUN에 있음',
    },
    message: {
      en: ({ what }) => `${q(what)} is shell syntax that the embedded engine does not follow`,
      ja: ({ what }) => `${q(what)} は内蔵エンジンが扱わないシェル構文です`,
      ko: ({ what }) => `${q(what)}은(는) 내장 엔진이 처리하지 않는 셸 문법입니다`,
    },
    fix: {
      en: ({ what, docker }) => without.en(what, docker),
      ja: ({ what, docker }) => without.ja(what, docker),
      ko: ({ what, docker }) => without.ko(what, docker),
    },
  }),
  'run/tool-not-yet': code<{ tool: string } & Docker>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An installer that is not supported yet',
      ja: 'まだ対応していないインストーラー',
      ko: '아직 지원하지 않는 설치 도구',
    },
    message: {
      en: ({ tool }) => `${q(tool)} is not carried out by the embedded engine of this version; npm is`,
      ja: ({ tool }) => `このバージョンの内蔵エンジンは ${q(tool)} に対応していません。対応しているのは npm です`,
      ko: ({ tool }) => `이 버전의 내장 엔진은 ${q(tool)}을(를) 지원하지 않습니다. 지원하는 도구는 npm입니다`,
    },
    fix: elsewhere,
  }),
  'run/user-unknown': code<{ user: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'USER is not in the image',
      ja: 'USER のユーザーがイメージにない',
      ko: 'USER의 사용자가 이미지에 없음',
    },
    message: {
      en: ({ user }) =>
        `USER ${q(user)} is in neither /etc/passwd nor /etc/group of this image, so nothing can run as it`,
      ja: ({ user }) =>
        `USER ${q(user)} がこのイメージの /etc/passwd にも /etc/group にもないため、そのユーザーでは何も実行できません`,
      ko: ({ user }) =>
        `USER ${q(user)}이(가) 이 이미지의 /etc/passwd에도 /etc/group에도 없어 해당 사용자로 실행할 수 없습니다`,
    },
    fix: {
      en: () => 'Create the user before USER names it, or write its number',
      ja: () => 'USER で指定する前にユーザーを作成するか、番号で指定してください',
      ko: () => 'USER로 지정하기 전에 사용자를 만들거나 번호로 지정하세요',
    },
  }),
} as const;
