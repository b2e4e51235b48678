import { cmd, code, q } from '../code.ts';

const install = (architecture: string): string =>
  cmd(`docker run --privileged --rm tonistiigi/binfmt --install ${architecture}`);

const faults = {
  disabled: {
    en: 'it is switched off',
    ja: '無効になっています',
    ko: '꺼져 있습니다',
  },
  'not-fixed': {
    en: 'it was registered without the flag `F`, so that a container looks for that file inside itself and does not find it',
    ja: '`F` フラグなしで登録されているため、コンテナーは自分の中でこのファイルを探し、見つけられません',
    ko: '`F` 플래그 없이 등록되어 컨테이너가 자기 안에서 이 파일을 찾다가 찾지 못합니다',
  },
  gone: {
    en: 'that file is not there any more',
    ja: 'このファイルはもうありません',
    ko: '이 파일이 더 이상 없습니다',
  },
} as const;

const legacy = {
  variable: {
    en: '`DOCKER_BUILDKIT` turns BuildKit off',
    ja: '`DOCKER_BUILDKIT` で BuildKit が無効になっています',
    ko: '`DOCKER_BUILDKIT`으로 BuildKit이 꺼져 있습니다',
  },
  'no-buildx': {
    en: 'the plugin buildx is missing',
    ja: 'buildx プラグインがありません',
    ko: 'buildx 플러그인이 없습니다',
  },
  default: {
    en: 'this version uses it unless it is told otherwise',
    ja: 'このバージョンでは、指定しない限りこちらが使われます',
    ko: '이 버전은 따로 지정하지 않으면 이것을 씁니다',
  },
} as const;

const legacyMends = {
  variable: {
    en: '`unset DOCKER_BUILDKIT`',
    ja: '`unset DOCKER_BUILDKIT`',
    ko: '`unset DOCKER_BUILDKIT`',
  },
  'no-buildx': {
    en: 'Install it: `apt-get install docker-buildx-plugin` (of Docker), `docker-buildx` (of Debian and Ubuntu) or `brew install docker-buildx`',
    ja: 'インストールしてください: `apt-get install docker-buildx-plugin` (Docker 配布)、`docker-buildx` (Debian、Ubuntu)、または `brew install docker-buildx`',
    ko: '설치하세요: `apt-get install docker-buildx-plugin`(Docker 배포), `docker-buildx`(Debian, Ubuntu) 또는 `brew install docker-buildx`',
  },
  default: {
    en: '`export DOCKER_BUILDKIT=1`, or use Docker 23.0 or newer with buildx',
    ja: '`export DOCKER_BUILDKIT=1` を設定するか、Docker 23.0 以降と buildx を使ってください',
    ko: '`export DOCKER_BUILDKIT=1`을 설정하거나 Docker 23.0 이상과 buildx를 쓰세요',
  },
} as const;

export const machineCodes = {
  'machine/no-emulator': code<{ platform: string; architecture: string; host: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Programs of a platform cannot be run here',
      ja: 'このマシンではそのプラットフォームのプログラムを実行できない',
      ko: '이 머신에서는 그 플랫폼의 프로그램을 실행할 수 없음',
    },
    message: {
      en: ({ platform, host }) =>
        `Containers run as ${q(host)} here, and nothing runs programs of ${q(platform)}: a \`RUN\` in an image for it ends with \`exec format error\``,
      ja: ({ platform, host }) =>
        `ここではコンテナーは ${q(host)} として動作し、${q(platform)} のプログラムを実行するものがありません。その \`RUN\` は \`exec format error\` で終わります`,
      ko: ({ platform, host }) =>
        `여기서 컨테이너는 ${q(host)}(으)로 실행되고 ${q(platform)} 프로그램을 실행할 것이 없습니다. 그 이미지의 \`RUN\`은 \`exec format error\`로 끝납니다`,
    },
    fix: {
      en: ({ architecture }) =>
        `Register an emulator: ${install(architecture)}, or ${cmd('rightarch doctor --fix')}; a Dockerfile without such a \`RUN\` (${cmd('rightarch plan')} says so) needs none`,
      ja: ({ architecture }) =>
        `エミュレーターを登録してください: ${install(architecture)}、または ${cmd('rightarch doctor --fix')}。そうした \`RUN\` のない Dockerfile では不要です (${cmd('rightarch plan')} で確認できます)`,
      ko: ({ architecture }) =>
        `에뮬레이터를 등록하세요: ${install(architecture)} 또는 ${cmd('rightarch doctor --fix')}. 그런 \`RUN\`이 없는 Dockerfile에는 필요 없습니다(${cmd('rightarch plan')}(으)로 확인)`,
    },
  }),
  'machine/emulator-unusable': code<{
    platform: string;
    architecture: string;
    name: string;
    interpreter: string;
    why: keyof typeof faults;
  }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An emulator is registered, and containers do not get to it',
      ja: 'エミュレーターは登録済みだが、コンテナーからは使えない',
      ko: '에뮬레이터가 등록되어 있지만 컨테이너에서 쓸 수 없음',
    },
    message: {
      en: ({ platform, name, interpreter, why }) =>
        `${q(name)} is to run programs of ${q(platform)} by ${q(interpreter)}, and ${faults[why].en}`,
      ja: ({ platform, name, interpreter, why }) =>
        `${q(name)} は ${q(platform)} のプログラムを ${q(interpreter)} で実行する設定ですが、${faults[why].ja}`,
      ko: ({ platform, name, interpreter, why }) =>
        `${q(name)}은(는) ${q(platform)} 프로그램을 ${q(interpreter)}(으)로 실행하도록 되어 있지만 ${faults[why].ko}`,
    },
    fix: {
      en: ({ architecture }) =>
        `Register it anew: ${install(architecture)}, or ${cmd('rightarch doctor --fix')} as root`,
      ja: ({ architecture }) =>
        `登録し直してください: ${install(architecture)}、または root で ${cmd('rightarch doctor --fix')}`,
      ko: ({ architecture }) =>
        `다시 등록하세요: ${install(architecture)} 또는 root로 ${cmd('rightarch doctor --fix')}`,
    },
  }),
  'machine/legacy-builder': code<{ version: string; why: keyof typeof legacy }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: '`docker build` uses the legacy builder',
      ja: '`docker build` が旧ビルダーを使う',
      ko: '`docker build`가 구형 빌더를 사용함',
    },
    message: {
      en: ({ version, why }) =>
        `\`docker build\` of Docker ${version} uses the builder from before BuildKit: ${legacy[why].en}. It runs every stage up to the target, knows no \`TARGETARCH\`, and where two stages name one image for two platforms, the second one runs on the CPU of the first`,
      ja: ({ version, why }) =>
        `Docker ${version} の \`docker build\` は BuildKit 以前のビルダーを使います。${legacy[why].ja}。このビルダーは対象までの全ステージを実行し、\`TARGETARCH\` を知らず、2 つのステージが同じイメージを別のプラットフォームで指定すると、2 つ目が 1 つ目の CPU で動きます`,
      ko: ({ version, why }) =>
        `Docker ${version}의 \`docker build\`는 BuildKit 이전의 빌더를 씁니다. ${legacy[why].ko}. 이 빌더는 대상까지의 모든 스테이지를 실행하고, \`TARGETARCH\`를 모르며, 두 스테이지가 같은 이미지를 서로 다른 플랫폼으로 지정하면 두 번째가 첫 번째의 CPU로 실행됩니다`,
    },
    fix: {
      en: ({ why }) => legacyMends[why].en,
      ja: ({ why }) => legacyMends[why].ja,
      ko: ({ why }) => legacyMends[why].ko,
    },
  }),
  'machine/windows-containers': code<{ platform: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Docker runs Windows containers here',
      ja: 'この Docker は Windows コンテナーを実行する',
      ko: '이 Docker는 Windows 컨테이너를 실행함',
    },
    message: {
      en: ({ platform }) =>
        `Docker's engine here is ${q(platform)}: it runs Windows containers, no \`RUN\` of a Linux image, and \`docker build\` is the builder from before BuildKit unless it is told otherwise`,
      ja: ({ platform }) =>
        `ここの Docker エンジンは ${q(platform)} です。Windows コンテナーを実行し、Linux イメージの \`RUN\` は実行できません。\`docker build\` は、指定しない限り BuildKit 以前のビルダーです`,
      ko: ({ platform }) =>
        `여기의 Docker 엔진은 ${q(platform)}입니다. Windows 컨테이너를 실행하며 Linux 이미지의 \`RUN\`은 실행하지 못하고, \`docker build\`는 따로 지정하지 않으면 BuildKit 이전의 빌더입니다`,
    },
    fix: {
      en: () =>
        'Switch to Linux containers: in the menu of Docker Desktop, or `& "$Env:ProgramFiles\\Docker\\Docker\\DockerCli.exe" -SwitchLinuxEngine` in PowerShell',
      ja: () =>
        'Linux コンテナーに切り替えてください: Docker Desktop のメニュー、または PowerShell で `& "$Env:ProgramFiles\\Docker\\Docker\\DockerCli.exe" -SwitchLinuxEngine`',
      ko: () =>
        'Linux 컨테이너로 전환하세요: Docker Desktop 메뉴, 또는 PowerShell에서 `& "$Env:ProgramFiles\\Docker\\Docker\\DockerCli.exe" -SwitchLinuxEngine`',
    },
  }),
} as const;
