import { cmd, code, q } from '../code.ts';

const list = (names: readonly string[]): string => names.map((name) => q(name)).join(', ');

export const dockerCodes = {
  'docker/needed': code<{ command: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The command is one of Docker alone',
      ja: 'Docker 本体が必要なコマンド',
      ko: 'Docker 자체가 필요한 명령',
    },
    message: {
      en: ({ command }) => `${q(command)} is handed to Docker, and there is no program \`docker\` on PATH`,
      ja: ({ command }) =>
        `${q(command)} は Docker に渡すコマンドですが、PATH に \`docker\` というプログラムがありません`,
      ko: ({ command }) => `${q(command)} 명령은 Docker에 전달되지만 PATH에 \`docker\` 프로그램이 없습니다`,
    },
    fix: {
      en: () =>
        'Install Docker (docs.docker.com/engine/install); without it `build`, `push`, `tag`, `inspect`, `images`, `rmi` and `login` are done here',
      ja: () =>
        'Docker をインストールしてください (docs.docker.com/engine/install)。Docker なしで使えるのは `build`、`push`、`tag`、`inspect`、`images`、`rmi`、`login` です',
      ko: () =>
        'Docker를 설치하세요(docs.docker.com/engine/install). Docker 없이 쓸 수 있는 것은 `build`, `push`, `tag`, `inspect`, `images`, `rmi`, `login`입니다',
    },
  }),
  'docker/not-done-here': code<{ command: string; what: string; lack: 'docker' | 'proof' }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A flag of Docker that is not done here',
      ja: 'ここでは実行できない Docker のフラグ',
      ko: '여기서 처리하지 못하는 Docker 플래그',
    },
    message: {
      en: ({ command, what, lack }) =>
        lack === 'docker'
          ? `${q(what)} of ${q(command)} is left to Docker, and there is none here`
          : `${q(what)} of ${q(command)} is left to Docker, which would publish the image before it is proven`,
      ja: ({ command, what, lack }) =>
        lack === 'docker'
          ? `${q(command)} の ${q(what)} は Docker に任せるものですが、ここには Docker がありません`
          : `${q(command)} の ${q(what)} は Docker に任せるものですが、Docker は証明の前にイメージを公開してしまいます`,
      ko: ({ command, what, lack }) =>
        lack === 'docker'
          ? `${q(command)}의 ${q(what)} 처리는 Docker에 맡기는데 여기에는 Docker가 없습니다`
          : `${q(command)}의 ${q(what)} 처리는 Docker에 맡기는데, Docker는 증명하기 전에 이미지를 게시합니다`,
    },
    fix: {
      en: ({ lack }) =>
        lack === 'docker'
          ? 'Leave it out, or run the same where Docker is'
          : `Leave it out, or build without publishing and then run ${cmd('rightarch docker push NAME')}, which proves what Docker built`,
      ja: ({ lack }) =>
        lack === 'docker'
          ? '外すか、Docker のある環境で実行してください'
          : `外すか、公開せずにビルドしてから ${cmd('rightarch docker push NAME')} を実行してください。Docker がビルドしたものを証明してから公開します`,
      ko: ({ lack }) =>
        lack === 'docker'
          ? '빼거나 Docker가 있는 곳에서 실행하세요'
          : `빼거나, 게시하지 않고 빌드한 다음 ${cmd('rightarch docker push NAME')} 명령을 실행하세요. Docker가 빌드한 것을 증명한 뒤 게시합니다`,
    },
  }),
  'docker/image-missing': code<{ name: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'No image of that name is here',
      ja: 'その名前のイメージがない',
      ko: '그 이름의 이미지가 없음',
    },
    message: {
      en: ({ name }) => `No such image: ${q(name)} is neither in Docker nor among what was built here`,
      ja: ({ name }) => `${q(name)} というイメージは、Docker にも、ここでビルドしたものの中にもありません`,
      ko: ({ name }) => `${q(name)} 이미지는 Docker에도, 여기서 빌드한 것 중에도 없습니다`,
    },
    fix: {
      en: ({ name }) => `Build it first: ${cmd(`rightarch docker build -t ${name} .`)}`,
      ja: ({ name }) => `先にビルドしてください: ${cmd(`rightarch docker build -t ${name} .`)}`,
      ko: ({ name }) => `먼저 빌드하세요: ${cmd(`rightarch docker build -t ${name} .`)}`,
    },
  }),
  'docker/asset-cpu-differs': code<{ platforms: readonly string[]; needed: string; consumer: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A CDK asset is built for another CPU than the one that runs it',
      ja: 'CDK アセットのビルド対象が、実行する側の CPU と違う',
      ko: 'CDK 에셋의 빌드 대상이 실행하는 쪽의 CPU와 다름',
    },
    message: {
      en: ({ platforms, needed, consumer }) =>
        `The asset is asked for on ${list(platforms)}, and ${q(consumer)} runs it on ${q(needed)}: it would end with \`exec format error\` there`,
      ja: ({ platforms, needed, consumer }) =>
        `アセットのプラットフォームは ${list(platforms)} と指定されていますが、${q(consumer)} は ${q(needed)} で実行するため、\`exec format error\` になります`,
      ko: ({ platforms, needed, consumer }) =>
        `에셋은 ${list(platforms)}용으로 지정되었지만 ${q(consumer)}은(는) ${q(needed)}에서 실행하므로 \`exec format error\`로 끝납니다`,
    },
    fix: {
      en: ({ needed }) =>
        `Take \`platform\` out of the asset, then it is built for ${q(needed)}; or give the other the CPU that is meant`,
      ja: ({ needed }) =>
        `アセットの \`platform\` を外せば ${q(needed)} 向けにビルドします。実行する側の CPU を直すこともできます`,
      ko: ({ needed }) =>
        `에셋에서 \`platform\`을 빼면 ${q(needed)}용으로 빌드합니다. 또는 실행하는 쪽의 CPU를 고치세요`,
    },
  }),
  'docker/asset-cpus-mixed': code<{ consumers: readonly string[]; single: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A CDK asset is run on several CPUs, by something that takes only one',
      ja: 'CDK アセットが複数の CPU で実行されるが、1 つしか受け付けないものがある',
      ko: 'CDK 에셋이 여러 CPU에서 실행되는데 하나만 받는 것이 있음',
    },
    message: {
      en: ({ consumers, single }) =>
        `One asset is run by ${list(consumers)}, and ${q(single)} does not take an image of several platforms`,
      ja: ({ consumers, single }) =>
        `1 つのアセットを ${list(consumers)} が実行しますが、${q(single)} は複数プラットフォームのイメージを受け付けません`,
      ko: ({ consumers, single }) =>
        `에셋 하나를 ${list(consumers)}에서 실행하지만 ${q(single)}은(는) 여러 플랫폼의 이미지를 받지 않습니다`,
    },
    fix: {
      en: () => 'Make an asset of its own for each CPU: the same folder with another `platform` is another asset',
      ja: () => 'CPU ごとにアセットを分けてください。同じフォルダーでも `platform` が違えば別のアセットになります',
      ko: () => 'CPU마다 에셋을 따로 만드세요. 같은 폴더라도 `platform`이 다르면 다른 에셋입니다',
    },
  }),
  'docker/login-incomplete': code<{ lack: 'username' | 'password'; registry: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A login without a name or a password',
      ja: 'ユーザー名またはパスワードのないログイン',
      ko: '사용자 이름이나 비밀번호가 없는 로그인',
    },
    message: {
      en: ({ lack, registry }) =>
        lack === 'username'
          ? `A login to ${q(registry)} needs \`--username\``
          : `A login to ${q(registry)} takes its password from stdin, by \`--password-stdin\`; here it is not asked for`,
      ja: ({ lack, registry }) =>
        lack === 'username'
          ? `${q(registry)} へのログインには \`--username\` が必要です`
          : `${q(registry)} へのログインでは \`--password-stdin\` で標準入力からパスワードを渡します。ここでは入力を求めません`,
      ko: ({ lack, registry }) =>
        lack === 'username'
          ? `${q(registry)} 로그인에는 \`--username\`이 필요합니다`
          : `${q(registry)} 로그인 비밀번호는 \`--password-stdin\`으로 표준 입력에서 받습니다. 여기서는 묻지 않습니다`,
    },
    fix: {
      en: ({ registry }) =>
        `Pipe it in: ${cmd(`echo "$TOKEN" | rightarch docker login --username NAME --password-stdin ${registry}`)}`,
      ja: ({ registry }) =>
        `パイプで渡してください: ${cmd(`echo "$TOKEN" | rightarch docker login --username NAME --password-stdin ${registry}`)}`,
      ko: ({ registry }) =>
        `파이프로 넘기세요: ${cmd(`echo "$TOKEN" | rightarch docker login --username NAME --password-stdin ${registry}`)}`,
    },
  }),
} as const;
