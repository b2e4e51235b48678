import { cmd, code, q } from '../code.ts';

const kinds: Readonly<Record<string, readonly [en: string, ja: string, ko: string]>> = {
  file: ['file', 'ファイル', '파일'],
  directory: ['directory', 'ディレクトリ', '디렉터리'],
  symlink: ['symbolic link', 'シンボリックリンク', '심볼릭 링크'],
  hardlink: ['hard link', 'ハードリンク', '하드 링크'],
};

const kind = (word: string, language: 0 | 1 | 2): string => kinds[word]?.[language] ?? word;

/** Each build of theirs does all of its steps (`--layers=false`). */
const isWithoutCache = (engine: string): boolean => engine === 'buildah' || engine === 'podman';

const lacks = {
  program: {
    en: 'there is no program `docker`',
    ja: '`docker` というプログラムがありません',
    ko: '`docker` 프로그램이 없습니다',
  },
  buildx: {
    en: '`docker` has no plugin `buildx`',
    ja: '`docker` に `buildx` プラグインがありません',
    ko: '`docker`에 `buildx` 플러그인이 없습니다',
  },
  daemon: { en: 'Docker does not answer', ja: 'Docker が応答しません', ko: 'Docker가 응답하지 않습니다' },
  buildctl: {
    en: 'there is no program `buildctl`',
    ja: '`buildctl` というプログラムがありません',
    ko: '`buildctl` 프로그램이 없습니다',
  },
  buildah: {
    en: 'neither `buildah` nor `podman` is there and answers',
    ja: '`buildah` も `podman` もないか、応答しません',
    ko: '`buildah`도 `podman`도 없거나 응답하지 않습니다',
  },
  // Said beside a refusal of the embedded engine, which has its own way out: so the command stands in the sentence.
  all: {
    en: 'none of Docker, `buildctl`, `buildah` and `podman`, which would execute it, answers here; start one, or install one: Docker (docs.docker.com/engine/install), `apt-get install buildah` or `dnf install podman`',
    ja: '実行できる Docker、`buildctl`、`buildah`、`podman` のどれも応答しません。どれかを起動するか、Docker (docs.docker.com/engine/install)、`apt-get install buildah`、`dnf install podman` のどれかでインストールしてください',
    ko: '실행할 수 있는 Docker, `buildctl`, `buildah`, `podman` 중 아무것도 응답하지 않습니다. 하나를 시작하거나 설치하세요: Docker(docs.docker.com/engine/install), `apt-get install buildah` 또는 `dnf install podman`',
  },
} as const;

const mends = {
  program: {
    en: 'Install Docker (docs.docker.com/engine/install) and run the same again',
    ja: 'Docker をインストールして (docs.docker.com/engine/install)、もう一度実行してください',
    ko: 'Docker를 설치하고(docs.docker.com/engine/install) 다시 실행하세요',
  },
  buildx: {
    en: 'Install the plugin (docs.docker.com/go/buildx) and run the same again',
    ja: 'プラグインをインストールして (docs.docker.com/go/buildx)、もう一度実行してください',
    ko: '플러그인을 설치하고(docs.docker.com/go/buildx) 다시 실행하세요',
  },
  daemon: {
    en: 'Start Docker and run the same again; `docker info` shows whether it answers',
    ja: 'Docker を起動して、もう一度実行してください。応答するかは `docker info` で確認できます',
    ko: 'Docker를 시작하고 다시 실행하세요. `docker info`로 응답하는지 확인할 수 있습니다',
  },
  buildctl: {
    en: 'Install the client of BuildKit (github.com/moby/buildkit/releases) and run the same again',
    ja: 'BuildKit のクライアントをインストールして (github.com/moby/buildkit/releases)、もう一度実行してください',
    ko: 'BuildKit 클라이언트를 설치하고(github.com/moby/buildkit/releases) 다시 실행하세요',
  },
  all: {
    en: 'Install one of them and run the same again: it is taken by itself',
    ja: 'どれかをインストールして、もう一度実行してください。自動的に使われます',
    ko: '그중 하나를 설치하고 다시 실행하세요. 자동으로 쓰입니다',
  },
  buildah: {
    en: 'Install one (`apt-get install buildah`, `dnf install podman`; on macOS and Windows `podman machine start`) and run the same again; `buildah info` or `podman version` shows whether it answers',
    ja: 'どちらかをインストールして (`apt-get install buildah`、`dnf install podman`。macOS と Windows では `podman machine start`)、もう一度実行してください。応答するかは `buildah info` か `podman version` で確認できます',
    ko: '둘 중 하나를 설치하고(`apt-get install buildah`, `dnf install podman`, macOS와 Windows에서는 `podman machine start`) 다시 실행하세요. `buildah info`나 `podman version`으로 응답하는지 확인할 수 있습니다',
  },
} as const;

export const engineCodes = {
  'engine/base-damaged': code<{ image: string; digest: string; detail: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A layer of the base image is damaged',
      ja: 'ベースイメージのレイヤーが壊れている',
      ko: '베이스 이미지의 레이어가 손상됨',
    },
    message: {
      en: ({ image, digest, detail }) => `Layer ${q(digest)} of ${q(image)} is not what its digest says: ${detail}`,
      ja: ({ image, digest, detail }) =>
        `${q(image)} のレイヤー ${q(digest)} の内容がダイジェストと一致しません: ${detail}`,
      ko: ({ image, digest, detail }) =>
        `${q(image)}의 레이어 ${q(digest)} 내용이 다이제스트와 일치하지 않습니다: ${detail}`,
    },
    fix: {
      en: ({ image }) => `Pull ${q(image)} again from another mirror, or ask its publisher to push it again`,
      ja: ({ image }) => `別のミラーから ${q(image)} を取得し直すか、公開元に再 push を依頼してください`,
      ko: ({ image }) => `다른 미러에서 ${q(image)}을(를) 다시 받거나 게시자에게 다시 push해 달라고 요청하세요`,
    },
  }),
  'engine/write-failed': code<{ directory: string; detail: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The disk cannot be written',
      ja: 'ディスクに書き込めない',
      ko: '디스크에 쓸 수 없음',
    },
    message: {
      en: ({ directory, detail }) => `${q(directory)} cannot be written: ${detail}`,
      ja: ({ directory, detail }) => `${q(directory)} に書き込めません: ${detail}`,
      ko: ({ directory, detail }) => `${q(directory)}에 쓸 수 없습니다: ${detail}`,
    },
    fix: {
      en: ({ directory }) =>
        `Free space on the disk of ${q(directory)} and check that you may write there: \`df -h ${directory}\``,
      ja: ({ directory }) =>
        `${q(directory)} のディスクの空き容量と書き込み権限を確認してください: \`df -h ${directory}\``,
      ko: ({ directory }) => `${q(directory)}의 디스크 여유 공간과 쓰기 권한을 확인하세요: \`df -h ${directory}\``,
    },
  }),
  'engine/output-not-layout': code<{ directory: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The output directory holds something else',
      ja: '出力ディレクトリに別のものがある',
      ko: '출력 디렉터리에 다른 것이 있음',
    },
    message: {
      en: ({ directory }) => `${q(directory)} is not empty and is not an OCI layout, so nothing is written there`,
      ja: ({ directory }) => `${q(directory)} は空でも OCI レイアウトでもないため、何も書き込みません`,
      ko: ({ directory }) => `${q(directory)}은(는) 비어 있지도 않고 OCI 레이아웃도 아니므로 아무것도 쓰지 않습니다`,
    },
    fix: {
      en: () => 'Name an empty or new directory with `-o oci:DIR`',
      ja: () => '`-o oci:DIR` で空のディレクトリか新しいディレクトリを指定してください',
      ko: () => '`-o oci:DIR`로 빈 디렉터리나 새 디렉터리를 지정하세요',
    },
  }),
  'engine/canceled': code<{ image: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The build was stopped', ja: 'ビルドが中断された', ko: '빌드가 중단됨' },
    message: {
      en: ({ image }) => `The build of ${q(image)} was stopped before it was done; what was there before is unchanged`,
      ja: ({ image }) => `${q(image)} のビルドは完了前に中断されました。以前の出力はそのまま残っています`,
      ko: ({ image }) => `${q(image)}의 빌드가 끝나기 전에 중단되었습니다. 이전 출력은 그대로 남아 있습니다`,
    },
    fix: {
      en: () => 'Run it again: layers that were finished are taken from the cache',
      ja: () => '再実行してください。完成済みのレイヤーはキャッシュから再利用されます',
      ko: () => '다시 실행하세요. 완성된 레이어는 캐시에서 가져옵니다',
    },
  }),
  'engine/copy-conflict': code<{ path: string; found: string; wanted: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'COPY meets something of another kind',
      ja: 'COPY 先に種類の違うファイルがある',
      ko: 'COPY 대상에 다른 종류의 파일이 있음',
    },
    message: {
      en: ({ path, found, wanted }) =>
        `${q(path)} is a ${kind(found, 0)} in the image, so a ${kind(wanted, 0)} cannot be copied there`,
      ja: ({ path, found, wanted }) =>
        `イメージの ${q(path)} は${kind(found, 1)}なので、そこに${kind(wanted, 1)}をコピーできません`,
      ko: ({ path, found, wanted }) =>
        `이미지의 ${q(path)}은(는) ${kind(found, 2)}이므로 그 자리에 ${kind(wanted, 2)}을(를) 복사할 수 없습니다`,
    },
    fix: {
      en: ({ path, found, wanted }) =>
        found === 'symlink' && wanted === 'directory'
          ? `Copy what is in that directory by a line of its own, to ${q(`${path}/`)}: there the link is followed`
          : `Name another destination, or remove ${q(path)} in a RUN before`,
      ja: ({ path, found, wanted }) =>
        found === 'symlink' && wanted === 'directory'
          ? `そのディレクトリの中身は、コピー先を ${q(`${path}/`)} にした別の行でコピーしてください。そこではリンクをたどります`
          : `コピー先を変えるか、先に RUN で ${q(path)} を削除してください`,
      ko: ({ path, found, wanted }) =>
        found === 'symlink' && wanted === 'directory'
          ? `그 디렉터리의 내용은 대상 경로가 ${q(`${path}/`)}인 별도의 줄로 복사하세요. 그때는 링크를 따라갑니다`
          : `대상을 바꾸거나 앞선 RUN에서 ${q(path)}을(를) 삭제하세요`,
    },
  }),
  'engine/path-blocked': code<{ path: string; errno: string; instruction: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A path in the image cannot be made',
      ja: 'イメージ内にパスを作れない',
      ko: '이미지 안에 경로를 만들 수 없음',
    },
    message: {
      en: ({ path, errno, instruction }) => `${instruction} cannot use ${q(path)} in the image: ${errno}`,
      ja: ({ path, errno, instruction }) => `${instruction} はイメージ内の ${q(path)} を使えません: ${errno}`,
      ko: ({ path, errno, instruction }) => `${instruction}에서 이미지의 ${q(path)}을(를) 사용할 수 없습니다: ${errno}`,
    },
    fix: {
      en: ({ path }) => `Look at what ${q(path)} and its parents are in the base image, and name another path`,
      ja: ({ path }) => `ベースイメージの ${q(path)} とその親ディレクトリを確認し、別のパスを指定してください`,
      ko: ({ path }) => `베이스 이미지의 ${q(path)}와(과) 그 상위 디렉터리를 확인하고 다른 경로를 지정하세요`,
    },
  }),
  'engine/user-unknown': code<{ user: string; file: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A user or group is not in the image',
      ja: 'ユーザーまたはグループがイメージにない',
      ko: '사용자 또는 그룹이 이미지에 없음',
    },
    message: {
      en: ({ user, file }) => `${q(user)} has no line in ${q(file)} of the image`,
      ja: ({ user, file }) => `${q(user)} がイメージの ${q(file)} にありません`,
      ko: ({ user, file }) => `${q(user)}이(가) 이미지의 ${q(file)}에 없습니다`,
    },
    fix: {
      en: () => 'Create it before this line, or write numbers: `--chown=1000:1000`, `USER 1000`',
      ja: () => 'この行より前で作成するか、`--chown=1000:1000` や `USER 1000` のように番号で書いてください',
      ko: () => '이 줄보다 먼저 만들거나 `--chown=1000:1000`, `USER 1000`처럼 번호로 쓰세요',
    },
  }),
  'engine/needs-directory': code<{ destination: string; count: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Several files are copied to one name',
      ja: '複数のファイルを 1 つの名前にコピーしている',
      ko: '여러 파일을 한 이름으로 복사함',
    },
    message: {
      en: ({ destination, count }) =>
        `${count} sources are copied to ${q(destination)}, which does not end in \`/\` and so names one file`,
      ja: ({ destination, count }) =>
        `${count} 個のコピー元に対し、コピー先 ${q(destination)} が \`/\` で終わっていないため 1 つのファイル名になります`,
      ko: ({ destination, count }) =>
        `원본이 ${count}개인데 대상 ${q(destination)}이(가) \`/\`로 끝나지 않아 파일 하나의 이름이 됩니다`,
    },
    fix: {
      en: ({ destination }) => `Write ${q(`${destination}/`)}`,
      ja: ({ destination }) => `${q(`${destination}/`)} と書いてください`,
      ko: ({ destination }) => `${q(`${destination}/`)}(으)로 쓰세요`,
    },
  }),
  'engine/value-invalid': code<{ instruction: string; value: string; expected: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A value of an instruction cannot be read',
      ja: '命令の値を読み取れない',
      ko: '명령의 값을 해석할 수 없음',
    },
    message: {
      en: ({ instruction, value, expected }) =>
        `${q(value)} is not a value for ${instruction}: ${expected} is expected`,
      ja: ({ instruction, value, expected }) =>
        `${q(value)} は ${instruction} の値として使えません。${expected} のような形で指定します`,
      ko: ({ instruction, value, expected }) =>
        `${q(value)}은(는) ${instruction}의 값으로 쓸 수 없습니다. ${expected} 같은 형식이어야 합니다`,
    },
    fix: {
      en: ({ expected }) => `Write it as in ${expected}`,
      ja: ({ expected }) => `${expected} のように書いてください`,
      ko: ({ expected }) => `${expected}처럼 쓰세요`,
    },
  }),
  'engine/whiteout-name': code<{ path: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A file name means "deleted" in a layer',
      ja: 'レイヤー内で「削除」を意味するファイル名',
      ko: '레이어에서 "삭제"를 뜻하는 파일 이름',
    },
    message: {
      en: ({ path }) => `${q(path)} begins with \`.wh.\`, which every runtime reads as the deletion of another file`,
      ja: ({ path }) => `${q(path)} は \`.wh.\` で始まるため、どのランタイムでも別ファイルの削除として扱われます`,
      ko: ({ path }) => `${q(path)}은(는) \`.wh.\`로 시작하므로 모든 런타임이 다른 파일의 삭제로 처리합니다`,
    },
    fix: {
      en: ({ path }) => `Rename it, or leave ${q(path)} out of the image`,
      ja: ({ path }) => `名前を変えるか、${q(path)} をイメージに入れないでください`,
      ko: ({ path }) => `이름을 바꾸거나 ${q(path)}을(를) 이미지에 넣지 마세요`,
    },
  }),
  'engine/unavailable': code<{ engine: string; lack: keyof typeof lacks }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The engine is not there, or cannot do this',
      ja: 'エンジンがない、またはこのビルドに対応していない',
      ko: '엔진이 없거나 이 빌드를 할 수 없음',
    },
    message: {
      en: ({ engine, lack }) => `${q(engine)} cannot build this here: ${lacks[lack].en}`,
      ja: ({ engine, lack }) => `ここでは ${q(engine)} でビルドできません。${lacks[lack].ja}`,
      ko: ({ engine, lack }) => `여기서는 ${q(engine)}(으)로 빌드할 수 없습니다. ${lacks[lack].ko}`,
    },
    fix: {
      en: ({ lack }) => mends[lack].en,
      ja: ({ lack }) => mends[lack].ja,
      ko: ({ lack }) => mends[lack].ko,
    },
  }),
  'engine/not-loaded': code<{
    lack: 'program' | 'daemon' | 'refused' | 'platform';
    engine: string;
    has: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Docker cannot take the image',
      ja: 'Docker にイメージをロードできない',
      ko: 'Docker에 이미지를 로드할 수 없음',
    },
    message: {
      en: ({ lack, engine, has }) =>
        `The image cannot be loaded into Docker: ${
          lack === 'refused'
            ? '`docker load` does not take it'
            : lack === 'platform'
              ? `its image store holds one platform under a name, its own is ${engine}, and the image has ${has.join(', ')}`
              : lacks[lack].en
        }`,
      ja: ({ lack, engine, has }) =>
        `イメージを Docker にロードできません。${
          lack === 'refused'
            ? '`docker load` が受け付けませんでした'
            : lack === 'platform'
              ? `イメージストアは 1 つの名前に 1 つのプラットフォームしか持てず、Docker 自身は ${engine} ですが、イメージにあるのは ${has.join('、')} です`
              : lacks[lack].ja
        }`,
      ko: ({ lack, engine, has }) =>
        `이미지를 Docker에 로드할 수 없습니다. ${
          lack === 'refused'
            ? '`docker load`가 받아들이지 않았습니다'
            : lack === 'platform'
              ? `이미지 저장소는 이름 하나에 플랫폼 하나만 담을 수 있습니다. Docker 자신의 플랫폼: ${engine}, 이미지의 플랫폼: ${has.join(', ')}`
              : lacks[lack].ko
        }`,
    },
    fix: {
      en: ({ lack, has }) =>
        lack === 'refused'
          ? 'What Docker said stands above; the image itself is there, and `-o archive:app.tar` writes it for another one'
          : lack === 'platform'
            ? `Name one: \`--platform ${has[0] ?? ''}\``
            : mends[lack].en,
      ja: ({ lack, has }) =>
        lack === 'refused'
          ? 'Docker の出力は上のとおりです。イメージ自体はできており、`-o archive:app.tar` で別の環境用に書き出せます'
          : lack === 'platform'
            ? `1 つ指定してください: \`--platform ${has[0] ?? ''}\``
            : mends[lack].ja,
      ko: ({ lack, has }) =>
        lack === 'refused'
          ? 'Docker의 출력은 위와 같습니다. 이미지 자체는 만들어졌으며 `-o archive:app.tar`로 다른 환경용으로 쓸 수 있습니다'
          : lack === 'platform'
            ? `하나만 지정하세요: \`--platform ${has[0] ?? ''}\``
            : mends[lack].ko,
    },
  }),
  // `builder` where one is named, and it and its platforms alone failed.
  'engine/build-failed': code<{
    engine: string;
    instruction: string;
    detail: string;
    builder?: string;
    right?: string;
    /** The command that lets go of a base that was half fetched. */
    half?: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A step of the build failed', ja: 'ビルドのステップが失敗した', ko: '빌드 단계가 실패함' },
    message: {
      en: ({ engine, instruction, detail, builder }) =>
        `${instruction === '' ? q(engine) : `${q(instruction)} by ${q(engine)}`}${builder === undefined ? '' : ` (builder ${q(builder)})`} failed: ${detail}`,
      ja: ({ engine, instruction, detail, builder }) => {
        const by = `${q(engine)}${builder === undefined ? '' : ` (ビルダー ${q(builder)})`}`;
        return `${instruction === '' ? by : `${by} による ${q(instruction)}`} が失敗しました: ${detail}`;
      },
      ko: ({ engine, instruction, detail, builder }) => {
        const by = `${q(engine)}${builder === undefined ? '' : `(빌더 ${q(builder)})`}`;
        return `${instruction === '' ? by : `${by}에서 ${q(instruction)}`} 실행에 실패했습니다: ${detail}`;
      },
    },
    fix: {
      en: ({ engine, right, half }) =>
        half !== undefined
          ? `That BuildKit has a part of a base whose fetch was cut off, and cannot go on with it: run ${cmd(half)}, which has it forget that part and removes nothing else, and run the same again`
          : right === undefined
            ? `What the step printed stands above; mend it and run the same again${isWithoutCache(engine) ? '' : ': steps that were done are cached'}`
            : `Leave out the flag that asks for ${right}, or start that BuildKit with \`--allow-insecure-entitlement ${right}\` (\`docker buildx create --buildkitd-flags "--allow-insecure-entitlement ${right}"\`)`,
      ja: ({ engine, right, half }) =>
        half !== undefined
          ? `その BuildKit には取得が中断されたベースイメージの一部が残っていて、続きを取得できません。${cmd(half)} を実行し (その一部を破棄するだけで、他には何も削除しません)、もう一度実行してください`
          : right === undefined
            ? `ステップの出力は上のとおりです。修正して再実行してください${isWithoutCache(engine) ? '' : '。完了済みのステップはキャッシュから再利用されます'}`
            : `${right} を要求するフラグを外すか、その BuildKit を \`--allow-insecure-entitlement ${right}\` 付きで起動してください（\`docker buildx create --buildkitd-flags "--allow-insecure-entitlement ${right}"\`）`,
      ko: ({ engine, right, half }) =>
        half !== undefined
          ? `해당 BuildKit에 가져오다 중단된 베이스 이미지의 일부가 남아 있어 이어서 가져올 수 없습니다. ${cmd(half)}을(를) 실행하고(그 일부만 버리고 다른 것은 지우지 않음) 다시 실행하세요`
          : right === undefined
            ? `단계의 출력은 위와 같습니다. 고친 뒤 다시 실행하세요${isWithoutCache(engine) ? '' : '. 끝난 단계는 캐시에서 가져옵니다'}`
            : `${right} 권한을 요구하는 플래그를 빼거나, 해당 BuildKit을 \`--allow-insecure-entitlement ${right}\` 옵션으로 시작하세요(\`docker buildx create --buildkitd-flags "--allow-insecure-entitlement ${right}"\`)`,
    },
  }),
  'engine/builder-down': code<{ builder: string; platforms: readonly string[]; during: boolean }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A builder does not answer',
      ja: 'ビルダーが応答しない',
      ko: '빌더가 응답하지 않음',
    },
    message: {
      en: ({ builder, platforms, during }) =>
        `The builder ${q(builder)}${platforms.length === 0 ? '' : ` for ${platforms.join(', ')}`} ${during ? 'went away in the midst of the build' : 'does not answer'}`,
      ja: ({ builder, platforms, during }) =>
        `${platforms.length === 0 ? '' : `${platforms.join('、')} 用の`}ビルダー ${q(builder)} ${during ? 'との接続がビルド中に切れました' : 'が応答しません'}`,
      ko: ({ builder, platforms, during }) =>
        `${platforms.length === 0 ? '' : `${platforms.join(', ')}용 `}빌더 ${q(builder)}${during ? '와(과)의 연결이 빌드 도중에 끊어졌습니다' : '이(가) 응답하지 않습니다'}`,
    },
    fix: {
      en: () =>
        'Start it and run the same again: steps that were done are cached where they were. Where `builders:` names others, `--fallback emulate` has one of them do its platforms; `rightarch doctor` asks all of them',
      ja: () =>
        'ビルダーを起動して、もう一度実行してください。完了済みのステップは各ビルダーのキャッシュから再利用されます。`builders:` に他のビルダーがあれば、`--fallback emulate` を付けるとそのどれかが引き受けます。全ビルダーの状態は `rightarch doctor` で確認できます',
      ko: () =>
        '빌더를 시작하고 다시 실행하세요. 끝난 단계는 각 빌더의 캐시에서 가져옵니다. `builders:`에 다른 빌더가 있으면 `--fallback emulate`를 붙여 그중 하나가 대신 빌드하게 할 수 있습니다. 모든 빌더의 상태는 `rightarch doctor`로 확인할 수 있습니다',
    },
  }),
  'engine/builder-silent': code<{ builder: string; platforms: readonly string[]; seconds: number }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A builder says nothing any more',
      ja: 'ビルダーから応答がなくなった',
      ko: '빌더가 더 이상 응답하지 않음',
    },
    message: {
      en: ({ builder, platforms, seconds }) =>
        `No word from the builder ${q(builder)}, which builds ${platforms.join(', ')}, for ${seconds} s, and it does not answer when it is asked`,
      ja: ({ builder, platforms, seconds }) =>
        `${platforms.join('、')} をビルド中のビルダー ${q(builder)} から ${seconds} 秒間出力がなく、問い合わせにも応答しません`,
      ko: ({ builder, platforms, seconds }) =>
        `${platforms.join(', ')}을(를) 빌드하는 빌더 ${q(builder)}에서 ${seconds}초 동안 출력이 없고, 물어도 응답하지 않습니다`,
    },
    fix: {
      en: () =>
        'Look at its machine and the way there. It is asked again, and given up after some two minutes; Ctrl-C ends the build at once, and nothing of it is kept',
      ja: () =>
        'そのマシンとネットワーク経路を確認してください。問い合わせは繰り返され、約 2 分で打ち切られます。Ctrl-C を押すとビルドはすぐに終了し、途中の結果は残りません',
      ko: () =>
        '해당 머신과 네트워크 경로를 확인하세요. 계속 다시 물어보고 약 2분 뒤에는 포기합니다. Ctrl-C를 누르면 빌드가 바로 끝나고 만들던 것은 남지 않습니다',
    },
  }),
  'engine/no-emulation': code<{ platform: string; architecture: string; instruction: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The builder cannot run programs of this platform',
      ja: 'ビルダーがこのプラットフォームのプログラムを実行できない',
      ko: '빌더가 이 플랫폼의 프로그램을 실행할 수 없음',
    },
    message: {
      en: ({ platform, instruction }) =>
        `${q(instruction)} runs programs for ${platform}, and the builder has no such CPU and no emulator for it: \`exec format error\``,
      ja: ({ platform, instruction }) =>
        `${q(instruction)} は ${platform} 用のプログラムを実行しますが、ビルダーにはその CPU もエミュレーターもありません: \`exec format error\``,
      ko: ({ platform, instruction }) =>
        `${q(instruction)}은(는) ${platform}용 프로그램을 실행하지만 빌더에 그 CPU도 에뮬레이터도 없습니다: \`exec format error\``,
    },
    fix: {
      en: ({ architecture }) =>
        `Register an emulator on the builder's machine: \`docker run --privileged --rm tonistiigi/binfmt --install ${architecture}\`; or run that line in a stage \`FROM --platform=$BUILDPLATFORM\` and copy its result`,
      ja: ({ architecture }) =>
        `ビルダーのマシンにエミュレーターを登録してください: \`docker run --privileged --rm tonistiigi/binfmt --install ${architecture}\`。または、その行を \`FROM --platform=$BUILDPLATFORM\` のステージで実行し、結果をコピーしてください`,
      ko: ({ architecture }) =>
        `빌더의 머신에 에뮬레이터를 등록하세요: \`docker run --privileged --rm tonistiigi/binfmt --install ${architecture}\`. 또는 그 줄을 \`FROM --platform=$BUILDPLATFORM\` 스테이지에서 실행하고 결과를 복사하세요`,
    },
  }),
} as const;
