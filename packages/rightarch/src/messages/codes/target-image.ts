import { binaryBytes, code, q } from '../code.ts';

type Stage = 'deploy' | 'pull' | 'create' | 'start' | 'load';

const stages = {
  en: {
    deploy: 'when it is deployed',
    pull: 'when it is pulled',
    create: 'when the container is created',
    start: 'when it starts',
    load: 'when the program uses that file',
  },
  ja: {
    deploy: 'デプロイ時',
    pull: 'pull 時',
    create: 'コンテナ作成時',
    start: '起動時',
    load: 'プログラムがそのファイルを使う際',
  },
  ko: {
    deploy: '배포할 때',
    pull: 'pull할 때',
    create: '컨테이너를 만들 때',
    start: '시작할 때',
    load: '프로그램이 그 파일을 쓸 때',
  },
} as const;

const said = {
  en: (stage: Stage, says: string | undefined) =>
    says === undefined ? '' : `; ${stages.en[stage]} it will say: ${q(says)}`,
  ja: (stage: Stage, says: string | undefined) =>
    says === undefined ? '' : `。${stages.ja[stage]}に次のように表示されます: ${q(says)}`,
  ko: (stage: Stage, says: string | undefined) =>
    says === undefined ? '' : `. ${stages.ko[stage]} 다음과 같이 표시됩니다: ${q(says)}`,
} as const;

/** The same on a node with CRI-O, which says it differently. */
const onCrio = {
  en: (says: string | undefined) => (says === undefined ? '' : `, and on CRI-O: ${q(says)}`),
  ja: (says: string | undefined) => (says === undefined ? '' : `。CRI-O では: ${q(says)}`),
  ko: (says: string | undefined) => (says === undefined ? '' : `. CRI-O에서는: ${q(says)}`),
} as const;

const because = {
  en: (cause: string) => (cause === '' ? '' : `, as ${q(cause)} says`),
  ja: (cause: string) => (cause === '' ? '' : ` (${q(cause)} を参照)`),
  ko: (cause: string) => (cause === '' ? '' : `(${q(cause)} 참고)`),
} as const;

function children(found: readonly { readonly platform: string; readonly reference: string }[]): string {
  return found.map(({ reference, platform }) => `\`${reference}\` (${platform})`).join(', ');
}

/** The platforms of one build: a build for the missing one alone would take the others away. */
function together(present: readonly string[], platform: string): string {
  return [...new Set([...present.filter((one) => one !== '?'), platform])].join(',');
}

/** What a runtime would say to this very image. */
export const targetImageCodes = {
  'target/index-rejected': code<{
    runtime: string;
    image: string;
    children: readonly { readonly platform: string; readonly reference: string }[];
    says: string | undefined;
    attestations: boolean;
    source: string;
    checked: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The runtime takes no index',
      ja: 'インデックスを受け付けないランタイム',
      ko: '인덱스를 받지 않는 런타임',
    },
    message: {
      en: ({ runtime, image, says, attestations }) =>
        `${runtime} takes single manifests only, and ${q(image)} is an index${attestations ? ' (of one platform and its attestations)' : ''}${said.en('deploy', says)}`,
      ja: ({ runtime, image, says, attestations }) =>
        `${runtime} が受け付けるのは単一のマニフェストだけですが、${q(image)} はインデックスです${attestations ? ' (1 つのプラットフォームとアテステーション)' : ''}${said.ja('deploy', says)}`,
      ko: ({ runtime, image, says, attestations }) =>
        `${runtime}은(는) 단일 매니페스트만 받는데 ${q(image)}은(는) 인덱스입니다${attestations ? '(플랫폼 하나와 attestation)' : ''}${said.ko('deploy', says)}`,
    },
    fix: {
      en: ({ children: found }) =>
        found.length > 0
          ? `Deploy the manifest inside it by its digest: ${children(found)}`
          : 'Build the platform that the runtime needs, and deploy that manifest by its digest',
      ja: ({ children: found }) =>
        found.length > 0
          ? `中のマニフェストをダイジェストで指定してデプロイしてください: ${children(found)}`
          : '必要なプラットフォームをビルドし、そのマニフェストをダイジェストで指定してデプロイしてください',
      ko: ({ children: found }) =>
        found.length > 0
          ? `안에 있는 매니페스트를 다이제스트로 지정해 배포하세요: ${children(found)}`
          : '필요한 플랫폼을 빌드한 뒤 그 매니페스트를 다이제스트로 지정해 배포하세요',
    },
  }),
  'target/media-type-rejected': code<{
    runtime: string;
    mediaType: string;
    says: string | undefined;
    source: string;
    checked: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The runtime does not take this media type',
      ja: 'メディアタイプを受け付けないランタイム',
      ko: '미디어 타입을 받지 않는 런타임',
    },
    message: {
      en: ({ runtime, mediaType, says }) =>
        `${runtime} takes Docker manifests (schema 2) only, and this is ${q(mediaType)}${said.en('deploy', says)}`,
      ja: ({ runtime, mediaType, says }) =>
        `${runtime} が受け付けるのは Docker マニフェスト (schema 2) だけですが、これは ${q(mediaType)} です${said.ja('deploy', says)}`,
      ko: ({ runtime, mediaType, says }) =>
        `${runtime}은(는) Docker 매니페스트(schema 2)만 받는데 이것은 ${q(mediaType)}입니다${said.ko('deploy', says)}`,
    },
    fix: {
      en: () =>
        'Push it with Docker media types, one platform, without attestations (`docker buildx build --provenance=false --sbom=false --output type=registry,oci-mediatypes=false`)',
      ja: () =>
        'Docker のメディアタイプで、単一プラットフォーム、アテステーションなしで push してください (`docker buildx build --provenance=false --sbom=false --output type=registry,oci-mediatypes=false`)',
      ko: () =>
        'Docker 미디어 타입으로, 플랫폼 하나만, attestation 없이 push하세요(`docker buildx build --provenance=false --sbom=false --output type=registry,oci-mediatypes=false`)',
    },
  }),
  'target/platform-missing': code<{
    runtime: string;
    platform: string;
    present: readonly string[];
    stage: Stage;
    says: string | undefined;
    elsewhere?: string | undefined;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The index lacks the platform of a runtime',
      ja: 'ランタイムに必要なプラットフォームがインデックスにない',
      ko: '런타임에 필요한 플랫폼이 인덱스에 없음',
    },
    message: {
      en: ({ runtime, platform, present, stage, says, elsewhere }) =>
        `${platform} is needed for ${runtime}, and the index has ${present.length > 0 ? `only ${present.join(', ')}` : 'no image'}${said.en(stage, says)}${onCrio.en(elsewhere)}`,
      ja: ({ runtime, platform, present, stage, says, elsewhere }) =>
        `${runtime} には ${platform} が必要ですが、インデックスには ${present.length > 0 ? `${present.join(', ')} しかありません` : 'イメージがありません'}${said.ja(stage, says)}${onCrio.ja(elsewhere)}`,
      ko: ({ runtime, platform, present, stage, says, elsewhere }) =>
        `${runtime}에는 ${platform}이(가) 필요한데 인덱스에는 ${present.length > 0 ? `${present.join(', ')}만 있습니다` : '이미지가 없습니다'}${said.ko(stage, says)}${onCrio.ko(elsewhere)}`,
    },
    fix: {
      en: ({ platform, present }) =>
        `Build it for ${platform} too: \`rightarch build --platform ${together(present, platform)}\``,
      ja: ({ platform, present }) =>
        `${platform} 向けにもビルドしてください: \`rightarch build --platform ${together(present, platform)}\``,
      ko: ({ platform, present }) =>
        `${platform}용으로도 빌드하세요: \`rightarch build --platform ${together(present, platform)}\``,
    },
  }),
  'target/single-platform-other': code<{
    runtime: string;
    needed: string;
    found: string;
    stage: Stage;
    says: string | undefined;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The image is for another CPU', ja: 'イメージが別の CPU 用', ko: '이미지가 다른 CPU용' },
    message: {
      en: ({ runtime, needed, found, stage, says }) =>
        `${runtime}: it runs on ${needed}, and the image is ${found}${stage === 'start' ? '; it is pulled all the same' : ''}${said.en(stage, says)}`,
      ja: ({ runtime, needed, found, stage, says }) =>
        `${runtime} は ${needed} で実行しますが、イメージは ${found} です${stage === 'start' ? '。pull は成功します' : ''}${said.ja(stage, says)}`,
      ko: ({ runtime, needed, found, stage, says }) =>
        `${runtime}은(는) ${needed}에서 실행하지만 이미지는 ${found}입니다${stage === 'start' ? '. pull은 성공합니다' : ''}${said.ko(stage, says)}`,
    },
    fix: {
      en: ({ needed }) => `Build it for ${needed}: \`rightarch build --platform ${needed}\``,
      ja: ({ needed }) => `${needed} 向けにビルドしてください: \`rightarch build --platform ${needed}\``,
      ko: ({ needed }) => `${needed}용으로 빌드하세요: \`rightarch build --platform ${needed}\``,
    },
  }),
  'target/emulated': code<{ runtime: string; needed: string; found: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: { en: 'The image runs only emulated', ja: 'エミュレーションでしか動かない', ko: '에뮬레이션으로만 실행됨' },
    message: {
      en: ({ runtime, needed, found }) =>
        `${runtime} is ${needed} and runs ${found} emulated: slower, and without some CPU instructions`,
      ja: ({ runtime, needed, found }) =>
        `${runtime} は ${needed} で、${found} はエミュレーションで動きます。動作は遅く、使えない CPU 命令もあります`,
      ko: ({ runtime, needed, found }) =>
        `${runtime}은(는) ${needed}(이)고 ${found}은(는) 에뮬레이션으로 실행됩니다. 느리고, 쓸 수 없는 CPU 명령어도 있습니다`,
    },
    fix: {
      en: ({ needed, found }) =>
        `Build it for ${needed} too: \`rightarch build --platform ${together([found], needed)}\``,
      ja: ({ needed, found }) =>
        `${needed} 向けにもビルドしてください: \`rightarch build --platform ${together([found], needed)}\``,
      ko: ({ needed, found }) =>
        `${needed}용으로도 빌드하세요: \`rightarch build --platform ${together([found], needed)}\``,
    },
  }),
  'target/platform-undeclared': code<{ runtime: string; platform: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'The image does not say its platform',
      ja: 'イメージがプラットフォームを宣言していない',
      ko: '이미지가 플랫폼을 선언하지 않음',
    },
    message: {
      en: ({ runtime, platform }) =>
        `${runtime} needs ${platform}, and neither the index nor the config says what this image is for`,
      ja: ({ runtime, platform }) =>
        `${runtime} には ${platform} が必要ですが、インデックスにも config にもプラットフォームが書かれていません`,
      ko: ({ runtime, platform }) =>
        `${runtime}에는 ${platform}이(가) 필요한데 인덱스에도 config에도 플랫폼이 적혀 있지 않습니다`,
    },
    fix: {
      en: () => 'Rebuild it with a tool that writes os and architecture into the image config',
      ja: () => 'os と architecture をイメージの config に書き込むツールでビルドし直してください',
      ko: () => 'os와 architecture를 이미지 config에 기록하는 도구로 다시 빌드하세요',
    },
  }),
  'target/level-unknown': code<{ runtime: string; needed: string; found: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'The image is for a better CPU than the runtime promises',
      ja: 'ランタイムが保証するより上位の CPU 向けのイメージ',
      ko: '런타임이 보장하는 것보다 높은 CPU용 이미지',
    },
    message: {
      en: ({ runtime, needed, found }) =>
        `The image says ${found}. ${runtime} promises ${needed} and pulls a single image without comparing; whether a program in it needs more is not known`,
      ja: ({ runtime, needed, found }) =>
        `イメージは ${found} を宣言しています。${runtime} が保証するのは ${needed} で、単一イメージは比較せずに取得します。上位の CPU 命令を使うプログラムがあるかどうかは分かりません`,
      ko: ({ runtime, needed, found }) =>
        `이미지는 ${found}(으)로 선언되어 있습니다. ${runtime}에서 보장되는 것은 ${needed}(이)고, 단일 이미지는 비교 없이 가져옵니다. 더 높은 수준의 CPU 명령어를 쓰는 프로그램이 있는지는 알 수 없습니다`,
    },
    fix: {
      en: ({ needed }) => `Build it for ${needed}, or name an instance type whose CPU has that level`,
      ja: ({ needed }) => `${needed} 向けにビルドするか、そのレベルの CPU を持つインスタンスタイプを指定してください`,
      ko: ({ needed }) => `${needed}용으로 빌드하거나 그 수준의 CPU를 갖춘 인스턴스 유형을 지정하세요`,
    },
  }),
  'target/root-not-allowed': code<{ runtime: string; user: string; says: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The runtime refuses this user',
      ja: 'ランタイムがこのユーザーを拒否する',
      ko: '런타임이 이 사용자를 거부함',
    },
    message: {
      en: ({ runtime, user, says }) =>
        `${runtime}: the definition asks for a user who is not root, and ${user === '' ? 'the image names none' : `${q(user)} is not known to be one`}; it will say: ${q(says)}`,
      ja: ({ runtime, user, says }) =>
        `${runtime}: 定義ファイルは root 以外のユーザーを要求していますが、${user === '' ? 'イメージにユーザーの指定がありません' : `${q(user)} は root 以外と確認できません`}。出力: ${q(says)}`,
      ko: ({ runtime, user, says }) =>
        `${runtime}: 정의 파일은 root가 아닌 사용자를 요구하는데 ${user === '' ? '이미지에 사용자가 지정되어 있지 않습니다' : `${q(user)}이(가) root가 아니라고 확인할 수 없습니다`}. 출력: ${q(says)}`,
    },
    fix: {
      en: () => 'Use a number other than 0: `USER 1000` in the Dockerfile, or `runAsUser: 1000` in the definition',
      ja: () => '0 以外の数値で指定してください: Dockerfile に `USER 1000`、または定義ファイルに `runAsUser: 1000`',
      ko: () => '0이 아닌 숫자로 지정하세요: Dockerfile에 `USER 1000`, 또는 정의 파일에 `runAsUser: 1000`',
    },
  }),
  'target/only-32-bit': code<{
    runtime: string;
    needed: string;
    found: string;
    instance: string | undefined;
    /** The program, where an image for this CPU starts one of 32 bits. */
    path?: string | undefined;
    says?: string | undefined;
  }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Only a 32-bit image fits',
      ja: '使えるのが 32 ビットのイメージだけ',
      ko: '쓸 수 있는 것이 32비트 이미지뿐임',
    },
    message: {
      en: ({ runtime, needed, found, instance, path, says }) =>
        path !== undefined
          ? `${runtime}: ${q(path)} is ${found}, and ${instance === undefined ? 'it' : q(instance)} runs no 32-bit programs${said.en('start', says)}`
          : instance === undefined
            ? `${runtime} would take ${found} on ${needed}, but whether its CPU runs 32-bit programs is not known`
            : `${runtime} would take ${found} on ${needed}, but ${q(instance)} has no 32-bit mode`,
      ja: ({ runtime, needed, found, instance, path, says }) =>
        path !== undefined
          ? `${runtime}${instance === undefined ? '' : ` の ${q(instance)}`} は 32 ビットのプログラムを実行しませんが、${q(path)} は ${found} です${said.ja('start', says)}`
          : instance === undefined
            ? `${runtime} の ${needed} では ${found} が選ばれますが、その CPU で 32 ビットのプログラムが動くかどうかは分かっていません`
            : `${runtime} の ${needed} では ${found} が選ばれますが、${q(instance)} には 32 ビットモードがありません`,
      ko: ({ runtime, needed, found, instance, path, says }) =>
        path !== undefined
          ? `${runtime}${instance === undefined ? '' : `의 ${q(instance)}`}에서는 32비트 프로그램이 실행되지 않는데 ${q(path)}은(는) ${found}입니다${said.ko('start', says)}`
          : instance === undefined
            ? `${runtime}의 ${needed}에서는 ${found}이(가) 선택되지만, 그 CPU에서 32비트 프로그램이 실행되는지는 알려져 있지 않습니다`
            : `${runtime}의 ${needed}에서는 ${found}이(가) 선택되지만, ${q(instance)}에는 32비트 모드가 없습니다`,
    },
    fix: {
      en: ({ needed }) => `Build it for ${needed}: \`rightarch build --platform ${needed}\``,
      ja: ({ needed }) => `${needed} 向けにビルドしてください: \`rightarch build --platform ${needed}\``,
      ko: ({ needed }) => `${needed}용으로 빌드하세요: \`rightarch build --platform ${needed}\``,
    },
  }),
  'target/selection-differs': code<{
    runtime: string;
    platform: string;
    present: readonly string[];
    by: 'runtime' | 'level' | 'features';
  }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Which image is chosen depends on the node',
      ja: 'どのイメージが選ばれるかはノード次第',
      ko: '노드에 따라 선택되는 이미지가 다름',
    },
    message: {
      en: ({ runtime, platform, present, by }) =>
        by === 'level'
          ? `On ${platform}, Docker chooses from this index (${present.join(', ')}) by the CPU level of the machine (x86-64-v2, v3, v4), and ${runtime} may take either`
          : by === 'features'
            ? `On ${platform}, containerd from 2.3 on, which heeds os.features, and those that know nothing of it choose differently from this index (${present.join(', ')}), and ${runtime} may have either`
            : `On ${platform}, containerd and CRI-O choose differently from this index (${present.join(', ')}), and ${runtime} may use either`,
      ja: ({ runtime, platform, present, by }) =>
        by === 'level'
          ? `${platform} では、Docker はマシンの CPU レベル (x86-64-v2、v3、v4) に応じてこのインデックス (${present.join(', ')}) から選びます。${runtime} ではどのイメージが使われるか決まりません`
          : by === 'features'
            ? `${platform} では、os.features を見る containerd 2.3 以降と見ない実装とで、このインデックス (${present.join(', ')}) から選ばれるイメージが異なります。${runtime} ではどちらも使われる可能性があります`
            : `${platform} では containerd と CRI-O がこのインデックス (${present.join(', ')}) から別々のイメージを選びます。${runtime} ではどちらも使われる可能性があります`,
      ko: ({ runtime, platform, present, by }) =>
        by === 'level'
          ? `${platform}에서 Docker는 머신의 CPU 수준(x86-64-v2, v3, v4)에 따라 이 인덱스(${present.join(', ')})에서 이미지를 고르므로, ${runtime}에서 어느 이미지가 쓰일지 정해지지 않습니다`
          : by === 'features'
            ? `${platform}에서는 os.features를 보는 containerd 2.3 이상과 보지 않는 구현이 이 인덱스(${present.join(', ')})에서 서로 다른 이미지를 선택하는데, ${runtime}에서는 둘 중 어느 쪽이든 쓰일 수 있습니다`
            : `${platform}에서는 containerd와 CRI-O가 이 인덱스(${present.join(', ')})에서 서로 다른 이미지를 선택하는데, ${runtime}에서는 둘 중 어느 쪽이든 쓰일 수 있습니다`,
    },
    fix: {
      en: ({ platform, by }) =>
        by === 'level'
          ? `Make every entry for ${platform} one that is proven, and keep one without a level`
          : by === 'features'
            ? `Put an entry for ${platform} without os.features before all others for it`
            : `Add an entry for exactly ${platform}`,
      ja: ({ platform, by }) =>
        by === 'level'
          ? `${platform} のエントリーをすべて証明できる状態にし、レベルなしのエントリーも残してください`
          : by === 'features'
            ? `os.features のない ${platform} のエントリーを、同じプラットフォームの他のエントリーより前に置いてください`
            : `${platform} と完全に一致するエントリーを追加してください`,
      ko: ({ platform, by }) =>
        by === 'level'
          ? `${platform} 항목을 모두 증명되는 상태로 만들고, 수준이 없는 항목도 남겨 두세요`
          : by === 'features'
            ? `os.features가 없는 ${platform} 항목을 같은 플랫폼의 다른 항목보다 앞에 두세요`
            : `${platform}와(과) 정확히 일치하는 항목을 추가하세요`,
    },
  }),
  'target/image-refuted': code<{
    runtime: string;
    platform: string;
    /** The finding that it follows from. */
    cause: string;
    stage: Stage;
    says: string | undefined;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The chosen image does not start',
      ja: '選ばれるイメージが起動しない',
      ko: '선택되는 이미지가 시작되지 않음',
    },
    message: {
      en: ({ runtime, platform, cause, stage, says }) =>
        `${runtime}: the image for ${platform} is taken, and it fails ${stages.en[stage]}${says === undefined ? because.en(cause) : `: ${q(says)}`}`,
      ja: ({ runtime, platform, cause, stage, says }) =>
        `${runtime} では ${platform} のイメージが選ばれ、${stages.ja[stage]}に失敗します${says === undefined ? because.ja(cause) : `: ${q(says)}`}`,
      ko: ({ runtime, platform, cause, stage, says }) =>
        `${runtime}에서는 ${platform} 이미지가 선택되고, ${stages.ko[stage]} 실패합니다${says === undefined ? because.ko(cause) : `: ${q(says)}`}`,
    },
    fix: {
      en: ({ platform }) => `Fix what is reported for ${platform}`,
      ja: ({ platform }) => `${platform} について報告された問題を直してください`,
      ko: ({ platform }) => `${platform}에 대해 보고된 문제를 고치세요`,
    },
  }),
  'target/emulation-hides': code<{ runtime: string; platform: string; found: readonly string[] }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An emulator hides what is wrong with the image',
      ja: 'イメージの誤りがエミュレーションで隠れてしまう',
      ko: '이미지의 문제가 에뮬레이션에 가려짐',
    },
    message: {
      en: ({ runtime, platform, found }) =>
        `${runtime}: the image for ${platform} is taken, and its ${found.join(', ')} programs may start there all the same, emulated: what is wrong with it shows on another machine first`,
      ja: ({ runtime, platform, found }) =>
        `${runtime} では ${platform} のイメージが選ばれますが、中の ${found.join(', ')} 用プログラムはエミュレーションで起動することがあります。誤りはほかのマシンで初めて表面化します`,
      ko: ({ runtime, platform, found }) =>
        `${runtime}에서는 ${platform} 이미지가 선택되는데, 그 안의 ${found.join(', ')} 프로그램이 에뮬레이션으로 시작될 수 있습니다. 문제는 다른 머신에서 처음 드러납니다`,
    },
    fix: {
      en: ({ platform }) => `Fix what is reported for ${platform}, and do not take a start on this machine for a proof`,
      ja: ({ platform }) =>
        `${platform} について報告された問題を直してください。このマシンで起動しても正しさの証拠にはなりません`,
      ko: ({ platform }) =>
        `${platform}에 대해 보고된 문제를 고치세요. 이 머신에서 시작되더라도 올바르다는 증거가 되지 않습니다`,
    },
  }),
  'target/image-undecided': code<{ runtime: string; platform: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'The chosen image is not proven',
      ja: '選ばれるイメージが証明されていない',
      ko: '선택되는 이미지가 증명되지 않음',
    },
    message: {
      en: ({ runtime, platform }) => `${runtime}: the image for ${platform} is taken, and that one is undecided`,
      ja: ({ runtime, platform }) => `${runtime} では ${platform} のイメージが選ばれますが、そのイメージは未確定です`,
      ko: ({ runtime, platform }) => `${runtime}에서는 ${platform} 이미지가 선택되는데, 그 이미지는 미확정입니다`,
    },
    fix: {
      en: ({ platform }) => `See what would decide it under ${platform}`,
      ja: ({ platform }) => `確定に必要な情報は ${platform} の項目で確認してください`,
      ko: ({ platform }) => `확정에 필요한 정보는 ${platform} 항목에서 확인하세요`,
    },
  }),
  'target/image-too-large': code<{ runtime: string; bytes: number; limit: number; source: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The image is too large', ja: 'イメージが大きすぎる', ko: '이미지가 너무 큼' },
    message: {
      en: ({ runtime, bytes, limit }) =>
        `The image unpacks to ${bytes} bytes, and ${runtime} takes ${binaryBytes(limit)} (${limit} bytes) at most`,
      ja: ({ runtime, bytes, limit }) =>
        `展開後のイメージは ${bytes} バイトですが、${runtime} の上限は ${binaryBytes(limit)} (${limit} バイト) です`,
      ko: ({ runtime, bytes, limit }) =>
        `압축을 푼 이미지는 ${bytes}바이트인데 ${runtime}의 한도는 ${binaryBytes(limit)}(${limit}바이트)입니다`,
    },
    fix: {
      en: () => 'Leave build tools and caches out of the last stage',
      ja: () => 'ビルドツールやキャッシュを最終ステージに含めないでください',
      ko: () => '빌드 도구와 캐시를 최종 스테이지에 넣지 마세요',
    },
  }),
  'target/page-size': code<{
    runtime: string;
    path: string;
    /** The largest page by which the file can be mapped. */
    bytes: number;
    /** What the kernel may have; empty where nobody says. */
    sizes: readonly number[];
    says: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A file cannot be mapped by a kernel with larger pages',
      ja: 'ページサイズの大きいカーネルではマップできないファイル',
      ko: '페이지 크기가 더 큰 커널에서는 매핑할 수 없는 파일',
    },
    message: {
      en: ({ runtime, path, bytes, sizes, says }) =>
        sizes.length === 0
          ? `${runtime}: ${q(path)} can be mapped by pages of up to ${bytes} bytes; on an arm64 kernel with larger ones it says: ${q(says)}`
          : `${runtime}: the kernel has pages of ${sizes.join(' or ')} bytes, and ${q(path)} can be mapped by pages of up to ${bytes}; with larger ones it says: ${q(says)}`,
      ja: ({ runtime, path, bytes, sizes, says }) =>
        sizes.length === 0
          ? `${runtime}: ${q(path)} をマップできるのは、ページサイズが ${bytes} バイト以下のカーネルだけです。それより大きい arm64 カーネルでは次のように失敗します: ${q(says)}`
          : `${runtime} のカーネルのページサイズは ${sizes.join(' または ')} バイトですが、${q(path)} をマップできるのは ${bytes} バイトまでです。それより大きいと次のように失敗します: ${q(says)}`,
      ko: ({ runtime, path, bytes, sizes, says }) =>
        sizes.length === 0
          ? `${runtime}: ${q(path)}은(는) 페이지 크기가 ${bytes}바이트 이하여야 매핑할 수 있습니다. 페이지 크기가 더 큰 arm64 커널에서는 다음과 같이 실패합니다: ${q(says)}`
          : `${runtime}의 커널 페이지 크기는 ${sizes.join(' 또는 ')}바이트인데 ${q(path)}은(는) ${bytes}바이트 이하여야 매핑할 수 있습니다. 더 크면 다음과 같이 실패합니다: ${q(says)}`,
    },
    fix: {
      en: () =>
        'Link it for pages of 64 KiB (`-Wl,-z,max-page-size=65536`, which runs on every kernel), or use a build of it that is',
      ja: () =>
        '64 KiB ページ向けにリンクし直すか (`-Wl,-z,max-page-size=65536`、どのカーネルでも動きます)、そのようにビルドされた版を使ってください',
      ko: () =>
        '64KiB 페이지용으로 링크하거나(`-Wl,-z,max-page-size=65536`, 모든 커널에서 동작함) 그렇게 빌드된 것을 쓰세요',
    },
  }),
  'target/lambda-runtime-missing': code<{ source: string; checked: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Nothing in the image speaks the Lambda runtime API',
      ja: 'Lambda Runtime API と通信するものがイメージにない',
      ko: '이미지에 Lambda Runtime API와 통신하는 것이 없음',
    },
    message: {
      en: () =>
        'AWS Lambda sends no requests to a port: the image must fetch its events from the Lambda runtime API, and it has neither a runtime interface client nor the Lambda Web Adapter in `/opt/extensions`, so a plain server starts and is never called',
      ja: () =>
        'AWS Lambda はポートにリクエストを送りません。イメージ側が Lambda Runtime API からイベントを取得する必要がありますが、ランタイムインターフェイスクライアントも `/opt/extensions` の Lambda Web Adapter もないため、通常のサーバーは起動しても呼び出されません',
      ko: () =>
        'AWS Lambda는 포트로 요청을 보내지 않습니다. 이미지가 Lambda Runtime API에서 이벤트를 가져와야 하는데, 런타임 인터페이스 클라이언트도 `/opt/extensions`의 Lambda Web Adapter도 없어서 일반 서버는 시작되어도 호출되지 않습니다',
    },
    fix: {
      en: () =>
        'For a web server: `COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1 /lambda-adapter /opt/extensions/lambda-adapter`; for a handler: start it through the runtime interface client of its language',
      ja: () =>
        'Web サーバーなら `COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1 /lambda-adapter /opt/extensions/lambda-adapter` を追加し、ハンドラーなら使っている言語のランタイムインターフェイスクライアントから起動してください',
      ko: () =>
        '웹 서버라면 `COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1 /lambda-adapter /opt/extensions/lambda-adapter`를 추가하고, 핸들러라면 해당 언어의 런타임 인터페이스 클라이언트로 시작하세요',
    },
  }),
  'target/lambda-entrypoint': code<{ word: string; link?: string; source: string; checked: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Lambda asks for another entrypoint',
      ja: 'Lambda が求める形のエントリーポイントではない',
      ko: 'Lambda가 요구하는 형태의 진입점이 아님',
    },
    message: {
      en: ({ word, link }) =>
        link === undefined
          ? `AWS Lambda is given ${q(word)} to start, and asks for an absolute path`
          : `AWS Lambda is given ${q(word)} to start, a symbolic link to ${q(link)}, and asks for a path that is none`,
      ja: ({ word, link }) =>
        link === undefined
          ? `AWS Lambda で起動するのは ${q(word)} ですが、Lambda は絶対パスを求めています`
          : `AWS Lambda で起動する ${q(word)} は ${q(link)} へのシンボリックリンクですが、Lambda はシンボリックリンクではないパスを求めています`,
      ko: ({ word, link }) =>
        link === undefined
          ? `AWS Lambda에서 시작되는 것은 ${q(word)}인데, Lambda는 절대 경로를 요구합니다`
          : `AWS Lambda에서 시작되는 ${q(word)}은(는) ${q(link)}(으)로의 심볼릭 링크인데, Lambda는 심볼릭 링크가 아닌 경로를 요구합니다`,
    },
    fix: {
      en: ({ word, link }) =>
        `Write the path of the program itself in ENTRYPOINT${link === undefined ? ` in place of ${q(word)}` : `: ${q(link)}`}`,
      ja: ({ word, link }) =>
        link === undefined
          ? `ENTRYPOINT には ${q(word)} の代わりにプログラム本体のパスを書いてください`
          : `ENTRYPOINT にはプログラム本体のパス ${q(link)} を書いてください`,
      ko: ({ word, link }) =>
        link === undefined
          ? `ENTRYPOINT에 ${q(word)} 대신 프로그램 자체의 경로를 쓰세요`
          : `ENTRYPOINT에 프로그램 자체의 경로 ${q(link)}을(를) 쓰세요`,
    },
  }),
  'target/lambda-runtime-unknown': code<{ platform: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Whether it speaks the Lambda runtime API was not seen',
      ja: 'Lambda Runtime API と通信するかどうか確認できない',
      ko: 'Lambda Runtime API와 통신하는지 확인하지 못함',
    },
    message: {
      en: ({ platform }) =>
        `AWS Lambda needs a client of its runtime API, and for ${platform} it was not seen whether the image has one`,
      ja: ({ platform }) =>
        `AWS Lambda には Runtime API のクライアントが必要ですが、${platform} のイメージにあるかどうか確認できませんでした`,
      ko: ({ platform }) =>
        `AWS Lambda에는 Runtime API 클라이언트가 필요한데, ${platform} 이미지에 있는지 확인하지 못했습니다`,
    },
    fix: {
      en: () => 'Look for a runtime interface client in the image, or for `/opt/extensions/lambda-adapter`',
      ja: () =>
        'イメージにランタイムインターフェイスクライアントか `/opt/extensions/lambda-adapter` があるか確認してください',
      ko: () => '이미지에 런타임 인터페이스 클라이언트나 `/opt/extensions/lambda-adapter`가 있는지 확인하세요',
    },
  }),
} as const;
