import { cmd, code, list, q } from '../code.ts';

/** Another engine needs nothing of what is refused here: the line for these very values, the proof behind it. */
const otherEngine = {
  en: (docker: string) => `build with Docker and prove that: ${cmd(docker)}`,
  ja: (docker: string) => `Docker でビルドして証明してください: ${cmd(docker)}`,
  ko: (docker: string) => `Docker로 빌드해서 증명하세요: ${cmd(docker)}`,
};

/** The line of rightarch.yaml that matches a package: by its bare name, quoted because YAML has no plain `@`. */
const neededEntry = (name: string): string =>
  `scripts-not-needed: [{ package: ${JSON.stringify(name.replace(/(?<=.)@[^@/]*$/, ''))}, reason: "…" }]`;

/** The user's own .npmrc as a secret, under the id that the fix names. */
const NPMRC = { id: 'npmrc', source: 'src=$HOME/.npmrc' };

/** The flag that hands over a secret. */
const flagOf = ({ id, source }: { readonly id: string; readonly source: string }): string =>
  `--secret id=${id},${source}`;

/** The mount that puts a secret where npm reads it, for the user who does. */
const mountOf = ({ id, file, uid }: { readonly id: string; readonly file: string; readonly uid: number }): string =>
  `--mount=type=secret,id=${id},target=${file}${uid === 0 ? '' : `,uid=${uid}`}`;

/** The registry answers, and says no to whoever asks. */
const isRefused = (why: string): boolean => /^HTTP 40[13]$/.test(why);

const ofNoRegistry = /^(?:_authToken|_auth|_password|username)$/;

export const npmCodes = {
  'npm/config-refused': code<{ file: string; key: string; docker: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An npm setting is not supported',
      ja: '扱えない npm 設定',
      ko: '처리하지 않는 npm 설정',
    },
    message: {
      en: ({ file, key }) =>
        `${q(file)} sets ${q(key)}, which could change what is installed in ways that are not reproduced here`,
      ja: ({ file, key }) =>
        `${q(file)} の ${q(key)} は、ここでは再現できない形でインストール結果を変える可能性があります`,
      ko: ({ file, key }) => `${q(file)}의 ${q(key)}은(는) 여기서 재현할 수 없는 방식으로 설치 결과를 바꿀 수 있습니다`,
    },
    fix: {
      en: ({ key, docker }) =>
        ofNoRegistry.test(key)
          ? `Write it for its registry, ${q(`//HOST/:${key}`)}: from npm 9 on, npm ends with ERR_INVALID_AUTH without one`
          : `Remove ${q(key)} if it is not needed for this image, or ${otherEngine.en(docker)}`,
      ja: ({ key, docker }) =>
        ofNoRegistry.test(key)
          ? `${q(`//HOST/:${key}`)} のようにレジストリを付けて書いてください。付いていないと npm 9 以降は ERR_INVALID_AUTH で終了します`
          : `このイメージに不要なら ${q(key)} を削除するか、${otherEngine.ja(docker)}`,
      ko: ({ key, docker }) =>
        ofNoRegistry.test(key)
          ? `${q(`//HOST/:${key}`)}처럼 레지스트리를 붙여 쓰세요. 없으면 npm 9부터는 ERR_INVALID_AUTH로 끝납니다`
          : `이 이미지에 필요 없다면 ${q(key)}을(를) 지우거나 ${otherEngine.ko(docker)}`,
    },
  }),
  'npm/family-empty': code<{ package: string; platform: string; members: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'No native package of a family fits this platform',
      ja: 'このプラットフォームに合うネイティブパッケージがない',
      ko: '이 플랫폼에 맞는 네이티브 패키지가 없음',
    },
    message: {
      en: ({ package: name, platform, members }) =>
        `${q(name)} gets its native code from one of several packages, and the lockfile has none for ${platform}: it has ${members.length === 0 ? 'none at all' : list(members.slice(0, 6))}`,
      ja: ({ package: name, platform, members }) =>
        `${q(name)} のネイティブコードはプラットフォーム別パッケージに入っていますが、ロックファイルに ${platform} 用がありません (あるもの: ${members.length === 0 ? 'なし' : list(members.slice(0, 6))})`,
      ko: ({ package: name, platform, members }) =>
        `${q(name)}의 네이티브 코드는 플랫폼별 패키지에 들어 있는데 잠금 파일에 ${platform}용이 없습니다(있는 것: ${members.length === 0 ? '없음' : list(members.slice(0, 6))})`,
    },
    fix: {
      en: () => 'Write the lockfile anew, for all platforms: `rm -rf node_modules package-lock.json && npm install`',
      ja: () =>
        '全プラットフォーム分のロックファイルを作り直してください: `rm -rf node_modules package-lock.json && npm install`',
      ko: () => '모든 플랫폼용 잠금 파일을 다시 만드세요: `rm -rf node_modules package-lock.json && npm install`',
    },
  }),
  'npm/fetch-failed': code<{
    url: string;
    why: string;
    /** A secret that the RUN mounts and that nobody gave. */
    absent?: { readonly id: string; readonly source: string };
    /** A secret that the RUN mounts and that npm did not read, and the file that it would read. */
    unread?: { readonly id: string; readonly file: string; readonly uid: number };
  }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A package cannot be fetched', ja: 'パッケージを取得できない', ko: '패키지를 가져올 수 없음' },
    message: {
      en: ({ url, why }) => `${q(url)} cannot be fetched: ${why}`,
      ja: ({ url, why }) => `${q(url)} を取得できません: ${why}`,
      ko: ({ url, why }) => `${q(url)}을(를) 가져올 수 없습니다: ${why}`,
    },
    fix: {
      en: ({ absent, unread, why }) =>
        absent !== undefined
          ? `This RUN mounts the secret ${q(absent.id)}, which was not given: add ${q(flagOf(absent))}`
          : unread !== undefined
            ? `npm reads ${q(unread.file)} in this RUN, and not the secret ${q(unread.id)}: write ${q(mountOf(unread))}`
            : isRefused(why)
              ? 'Check the token and the registry in `.npmrc`, then run it again: what was fetched is kept'
              : 'Check the network and the registry in `.npmrc`, then run it again: what was fetched is kept',
      ja: ({ absent, unread, why }) =>
        absent !== undefined
          ? `この RUN がマウントするシークレット ${q(absent.id)} が渡されていません。${q(flagOf(absent))} を付けてください`
          : unread !== undefined
            ? `この RUN の npm が読むのは ${q(unread.file)} で、シークレット ${q(unread.id)} は読まれていません。${q(mountOf(unread))} と書いてください`
            : isRefused(why)
              ? '`.npmrc` のトークンとレジストリを確認して再実行してください。取得済みのものは再利用されます'
              : 'ネットワークと `.npmrc` のレジストリを確認して再実行してください。取得済みのものは再利用されます',
      ko: ({ absent, unread, why }) =>
        absent !== undefined
          ? `이 RUN이 마운트하는 시크릿 ${q(absent.id)}이(가) 전달되지 않았습니다. ${q(flagOf(absent))}을(를) 붙이세요`
          : unread !== undefined
            ? `이 RUN의 npm은 ${q(unread.file)}을(를) 읽고 시크릿 ${q(unread.id)}은(는) 읽지 않습니다. ${q(mountOf(unread))}(으)로 적으세요`
            : isRefused(why)
              ? '`.npmrc`의 토큰과 레지스트리를 확인한 뒤 다시 실행하세요. 이미 받은 것은 재사용됩니다'
              : '네트워크와 `.npmrc`의 레지스트리를 확인한 뒤 다시 실행하세요. 이미 받은 것은 재사용됩니다',
    },
  }),
  'npm/integrity-mismatch': code<{ package: string; url: string; expected: string; found: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A package is not what the lockfile says',
      ja: 'パッケージがロックファイルと一致しない',
      ko: '패키지가 잠금 파일과 다름',
    },
    message: {
      en: ({ package: name, url, expected, found }) =>
        `The tarball of ${q(name)} from ${q(url)} has ${q(found)}, but the lockfile expects ${q(expected)}`,
      ja: ({ package: name, url, expected, found }) =>
        `${q(url)} から取得した ${q(name)} の tarball は ${q(found)} ですが、ロックファイルでは ${q(expected)} です`,
      ko: ({ package: name, url, expected, found }) =>
        `${q(url)}에서 받은 ${q(name)}의 tarball은 ${q(found)}인데 잠금 파일에는 ${q(expected)}(으)로 되어 있습니다`,
    },
    fix: {
      en: () => 'Find out who changed the package before you write a new lockfile',
      ja: () => 'ロックファイルを作り直す前に、パッケージが変わった理由を確認してください',
      ko: () => '잠금 파일을 다시 만들기 전에 패키지가 바뀐 이유를 확인하세요',
    },
  }),
  'npm/lockfile-missing': code<{ directory: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'There is no lockfile', ja: 'ロックファイルがない', ko: '잠금 파일이 없음' },
    message: {
      en: ({ directory }) =>
        `${q(directory)} in the image has no package-lock.json, so which packages to install is not fixed`,
      ja: ({ directory }) =>
        `イメージの ${q(directory)} に package-lock.json がなく、インストールするパッケージが決まりません`,
      ko: ({ directory }) => `이미지의 ${q(directory)}에 package-lock.json이 없어 설치할 패키지가 정해지지 않습니다`,
    },
    fix: {
      en: () => 'Run `npm install --package-lock-only`, commit package-lock.json and COPY it before this line',
      ja: () =>
        '`npm install --package-lock-only` を実行し、package-lock.json をコミットしてこの行の前で COPY してください',
      ko: () => '`npm install --package-lock-only`를 실행해 package-lock.json을 커밋하고 이 줄 앞에서 COPY하세요',
    },
  }),
  'npm/lockfile-malformed': code<{ file: string; problem: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A lockfile cannot be read', ja: 'ロックファイルを読み取れない', ko: '잠금 파일을 해석할 수 없음' },
    message: {
      en: ({ file, problem }) => `${q(file)} cannot be used: ${problem}`,
      ja: ({ file, problem }) => `${q(file)} を使用できません: ${problem}`,
      ko: ({ file, problem }) => `${q(file)}을(를) 사용할 수 없습니다: ${problem}`,
    },
    fix: {
      en: () => 'Write it anew: `rm package-lock.json && npm install --package-lock-only`',
      ja: () => '作り直してください: `rm package-lock.json && npm install --package-lock-only`',
      ko: () => '다시 만드세요: `rm package-lock.json && npm install --package-lock-only`',
    },
  }),
  'npm/lockfile-old': code<{ file: string; version: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The lockfile is too old to name platforms',
      ja: 'ロックファイルが古くプラットフォーム情報がない',
      ko: '잠금 파일이 오래되어 플랫폼 정보가 없음',
    },
    message: {
      en: ({ file, version }) =>
        `${q(file)} has lockfileVersion ${version}, which does not say which CPU a package is for`,
      ja: ({ file, version }) =>
        `${q(file)} は lockfileVersion ${version} で、パッケージの対象 CPU が記録されていません`,
      ko: ({ file, version }) =>
        `${q(file)}은(는) lockfileVersion ${version}(이)며, 패키지가 어떤 CPU용인지 기록되어 있지 않습니다`,
    },
    fix: {
      en: () => 'Bring it up to date: `npm install --package-lock-only --lockfile-version 3`',
      ja: () => '更新してください: `npm install --package-lock-only --lockfile-version 3`',
      ko: () => '업데이트하세요: `npm install --package-lock-only --lockfile-version 3`',
    },
  }),
  'npm/not-reproducible': code<{ directory: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An install without a lockfile is not reproducible',
      ja: 'ロックファイルのないインストールは再現できない',
      ko: '잠금 파일 없는 설치는 재현할 수 없음',
    },
    message: {
      en: ({ directory }) =>
        `${q(directory)} has no package-lock.json, so \`npm install\` took the versions of today: this step is not reproducible and is never cached`,
      ja: ({ directory }) =>
        `${q(directory)} に package-lock.json がないため、\`npm install\` は現時点のバージョンを選びました。このステップは再現できず、キャッシュもされません`,
      ko: ({ directory }) =>
        `${q(directory)}에 package-lock.json이 없어 \`npm install\`이 현재 시점의 버전을 골랐습니다. 이 단계는 재현할 수 없고 캐시되지 않습니다`,
    },
    fix: {
      en: () =>
        'Run `npm install --package-lock-only`, commit package-lock.json, COPY it before this line and install with `npm ci`',
      ja: () =>
        '`npm install --package-lock-only` を実行して package-lock.json をコミットし、この行の前で COPY して `npm ci` でインストールしてください',
      ko: () =>
        '`npm install --package-lock-only`를 실행해 package-lock.json을 커밋하고, 이 줄 앞에서 COPY한 뒤 `npm ci`로 설치하세요',
    },
  }),
  'npm/package-malformed': code<{ package: string; problem: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A package cannot be unpacked', ja: 'パッケージを展開できない', ko: '패키지를 풀 수 없음' },
    message: {
      en: ({ package: name, problem }) => `The tarball of ${q(name)} cannot be unpacked: ${problem}`,
      ja: ({ package: name, problem }) => `${q(name)} の tarball を展開できません: ${problem}`,
      ko: ({ package: name, problem }) => `${q(name)}의 tarball을 풀 수 없습니다: ${problem}`,
    },
    fix: {
      en: () => 'Try another version of the package, and tell its authors',
      ja: () => '別のバージョンを試し、パッケージの作者に報告してください',
      ko: () => '다른 버전을 시도하고 패키지 작성자에게 알려 주세요',
    },
  }),
  'npm/resolve-failed': code<{ npm: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'npm could not make a lockfile',
      ja: 'npm がロックファイルを作成できない',
      ko: 'npm이 잠금 파일을 만들지 못함',
    },
    message: {
      en: ({ npm }) => `There is no package-lock.json, and npm ${npm} could not make one from package.json`,
      ja: ({ npm }) => `package-lock.json がなく、npm ${npm} は package.json から作成できませんでした`,
      ko: ({ npm }) => `package-lock.json이 없고, npm ${npm}이(가) package.json에서 만들지 못했습니다`,
    },
    fix: {
      en: () => 'Run `npm install --package-lock-only` yourself, commit package-lock.json and COPY it before this line',
      ja: () =>
        '手元で `npm install --package-lock-only` を実行し、package-lock.json をコミットしてこの行の前で COPY してください',
      ko: () => '직접 `npm install --package-lock-only`를 실행해 package-lock.json을 커밋하고 이 줄 앞에서 COPY하세요',
    },
  }),
  'npm/resolver-unknown': code<{ npm: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Without a lockfile this release of npm is not known',
      ja: 'ロックファイルなしでは扱えない npm のバージョン',
      ko: '잠금 파일 없이는 처리할 수 없는 npm 버전',
    },
    message: {
      en: ({ npm }) =>
        `There is no package-lock.json, and only npm ${npm} itself chooses what npm ${npm} in the image would: that release is neither on this machine nor among those known here`,
      ja: ({ npm }) =>
        `package-lock.json がない場合、イメージ内の npm ${npm} と同じ選択ができるのは同じバージョンの npm だけですが、このマシンにも既知のリリースにもありません`,
      ko: ({ npm }) =>
        `package-lock.json이 없으면 이미지의 npm ${npm}와(과) 같은 선택은 같은 버전의 npm만 할 수 있는데, 이 머신에도 알려진 릴리스에도 없습니다`,
    },
    fix: {
      en: ({ npm }) =>
        `Run \`npm install --package-lock-only\`, commit package-lock.json and COPY it before this line; or install that npm here: \`npm install -g npm@${npm}\``,
      ja: ({ npm }) =>
        `\`npm install --package-lock-only\` を実行して package-lock.json をコミットし、この行の前で COPY してください。または同じ npm を入れてください: \`npm install -g npm@${npm}\``,
      ko: ({ npm }) =>
        `\`npm install --package-lock-only\`를 실행해 package-lock.json을 커밋하고 이 줄 앞에서 COPY하세요. 또는 같은 npm을 설치하세요: \`npm install -g npm@${npm}\``,
    },
  }),
  'npm/script-needed': code<{ package: string; script: string; docker: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An install script would have to run',
      ja: 'インストールスクリプトの実行が必要',
      ko: '설치 스크립트를 실행해야 함',
    },
    message: {
      en: ({ package: name, script }) =>
        `${q(name)} has an install script (${script}), and the embedded engine executes no code of a package or project`,
      ja: ({ package: name, script }) =>
        `${q(name)} にはインストールスクリプト (${script}) がありますが、内蔵エンジンはパッケージやプロジェクトのコードを実行しません`,
      ko: ({ package: name, script }) =>
        `${q(name)}에는 설치 스크립트(${script})가 있지만, 내장 엔진은 패키지나 프로젝트의 코드를 실행하지 않습니다`,
    },
    fix: {
      en: ({ package: name, docker }) =>
        `If the application works without it, add \`--ignore-scripts\`, or add \`${neededEntry(name)}\` to the image in rightarch.yaml; else ${otherEngine.en(docker)}`,
      ja: ({ package: name, docker }) =>
        `スクリプトなしで動くなら \`--ignore-scripts\` を付けるか、rightarch.yaml のイメージに \`${neededEntry(name)}\` を書いてください。必要なら ${otherEngine.ja(docker)}`,
      ko: ({ package: name, docker }) =>
        `스크립트 없이 동작한다면 \`--ignore-scripts\`를 붙이거나 rightarch.yaml의 이미지에 \`${neededEntry(name)}\` 줄을 추가하세요. 필요하다면 ${otherEngine.ko(docker)}`,
    },
  }),
  'npm/source-refused': code<{ package: string; source: string; docker: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A package that comes from no registry',
      ja: 'レジストリ以外から取得するパッケージ',
      ko: '레지스트리에서 오지 않는 패키지',
    },
    message: {
      en: ({ package: name, source }) =>
        `${q(name)} comes from ${q(source)}: a git dependency runs its own \`prepare\`, and a tarball from elsewhere has no registry to vouch for it`,
      ja: ({ package: name, source }) =>
        `${q(name)} は ${q(source)} から取得されます。git の依存パッケージは自身の \`prepare\` を実行し、レジストリ以外の tarball は内容が保証されません`,
      ko: ({ package: name, source }) =>
        `${q(name)}은(는) ${q(source)}에서 옵니다. git 의존성은 자체 \`prepare\`를 실행하고, 레지스트리 밖의 tarball은 내용을 보증할 수 없습니다`,
    },
    fix: {
      en: ({ docker }) => `Depend on a published version, or ${otherEngine.en(docker)}`,
      ja: ({ docker }) => `公開済みのバージョンに依存するように変えるか、${otherEngine.ja(docker)}`,
      ko: ({ docker }) => `배포된 버전에 의존하도록 바꾸거나 ${otherEngine.ko(docker)}`,
    },
  }),
  'npm/token-in-layer': code<{ file: string; key: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A token ends up in a layer', ja: 'トークンがレイヤーに残る', ko: '토큰이 레이어에 남음' },
    message: {
      en: ({ file, key }) => `${q(file)} in the image holds a secret (${q(key)}): whoever pulls the image can read it`,
      ja: ({ file, key }) =>
        `イメージ内の ${q(file)} にシークレット (${q(key)}) があり、イメージを pull した人は誰でも読めます`,
      ko: ({ file, key }) =>
        `이미지의 ${q(file)}에 시크릿(${q(key)})이 있어, 이미지를 pull하는 누구나 읽을 수 있습니다`,
    },
    fix: {
      en: () =>
        `Take the token out of the file that is copied and revoke it. A mirror of the public registry is reached with your own \`~/.npmrc\`; for a private registry write \`RUN --mount=type=secret,id=npmrc,target=/root/.npmrc\` and build with ${q(flagOf(NPMRC))}`,
      ja: () =>
        `COPY するファイルからトークンを外し、失効させてください。公開レジストリのミラーには手元の \`~/.npmrc\` が使われます。プライベートレジストリの場合は \`RUN --mount=type=secret,id=npmrc,target=/root/.npmrc\` と書き、${q(flagOf(NPMRC))} を付けてビルドしてください`,
      ko: () =>
        `복사되는 파일에서 토큰을 빼고 폐기하세요. 공개 레지스트리의 미러에는 이 머신의 \`~/.npmrc\`가 쓰입니다. 비공개 레지스트리는 \`RUN --mount=type=secret,id=npmrc,target=/root/.npmrc\`로 적고 ${q(flagOf(NPMRC))}을(를) 붙여 빌드하세요`,
    },
  }),
  'npm/version-unknown': code<{ tool: string; path: string; docker: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The version of node or npm in the image is not known',
      ja: 'イメージ内の node または npm のバージョンが分からない',
      ko: '이미지의 node 또는 npm 버전을 알 수 없음',
    },
    message: {
      en: ({ tool, path }) => `The version of ${q(tool)} at ${q(path)} cannot be told from its files`,
      ja: ({ tool, path }) => `${q(path)} にある ${q(tool)} のバージョンがファイルから判別できません`,
      ko: ({ tool, path }) => `${q(path)}에 있는 ${q(tool)}의 버전을 파일에서 알 수 없습니다`,
    },
    fix: {
      en: ({ docker }) => `Use an official \`node\` base image, or ${otherEngine.en(docker)}`,
      ja: ({ docker }) => `公式の \`node\` ベースイメージを使うか、${otherEngine.ja(docker)}`,
      ko: ({ docker }) => `공식 \`node\` 베이스 이미지를 쓰거나 ${otherEngine.ko(docker)}`,
    },
  }),
} as const;
