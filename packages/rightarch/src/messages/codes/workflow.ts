import { cmd, code, q } from '../code.ts';

/** What names the CPU of a machine there. */
const machines = {
  codebuild: ` (${q('Environment.Type')})`,
  gitlab: ` (${q('tags')})`,
} as const;

/** The scope of GitHub's cache, the tag of one in a registry. */
const whereOf = {
  en: (kind: 'gha' | 'registry', place: string) => (kind === 'gha' ? `the scope ${q(place)}` : q(place)),
  ja: (kind: 'gha' | 'registry', place: string) => (kind === 'gha' ? `スコープ ${q(place)} ` : ` ${q(place)} `),
  ko: (kind: 'gha' | 'registry', place: string) => (kind === 'gha' ? `스코프 ${q(place)}` : q(place)),
};
const ownCache = (kind: 'gha' | 'registry'): string =>
  kind === 'gha'
    ? 'cache-to: type=gha,mode=max,scope=${{ matrix.platform }}'
    : 'cache-to: type=registry,ref=…:cache-${{ matrix.platform }}';

/** As a step of build-push-action has it, and as a command line has it. */
const loads = (isFlag: boolean | undefined): string => (isFlag === true ? '--load' : 'load: true');
const only = ([first]: readonly string[], isFlag: boolean | undefined): string =>
  isFlag === true ? `--platform ${first}` : `platforms: ${first}`;

/** What buildx says (github.com/docker/buildx, build/opt.go, notSupported, read 2026-11-30). */
const stops = (platforms: readonly string[]): string =>
  `${platforms.length === 0 ? 'Attestation' : 'Multi-platform build'} is not supported for the docker driver`;

/** With TLS, as GitLab's recipe for `docker:dind` has it, buildx takes the daemon of a context alone (its builder/builder.go, read 2026-11-30). */
const GITLAB_BUILDER = 'docker context create builder && docker buildx create --use builder';

export const workflowCodes = {
  'workflow/tag-overwritten': code<{
    /** Undefined where a script does it. */
    job: string | undefined;
    platforms: readonly string[];
    tag: string;
    /** No legs of a matrix: another step of the job, or another job. */
    beside?: 'step' | 'job';
    other?: string | undefined;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Different platforms are pushed under one tag, one after the other',
      ja: '別々のプラットフォームを同じタグに順に push している',
      ko: '서로 다른 플랫폼을 같은 태그에 차례로 push함',
    },
    message: {
      en: ({ job, platforms, tag, beside, other }) =>
        beside === 'job'
          ? `Jobs ${q(job ?? '')} and ${q(other ?? '')} push different platforms (${platforms.join(', ')}) under the same tag ${q(tag)}: the one that ends last takes the tag from the other`
          : beside === 'step'
            ? `Two steps of job ${q(job ?? '')} push different platforms (${platforms.join(', ')}) under the same tag ${q(tag)}, one after the other: the last takes the tag from the first`
            : job === undefined
              ? `${platforms.join(', ')} are pushed under the same tag ${q(tag)}, one after the other: the last takes the tag from the others`
              : `Each leg of job ${q(job)} pushes its own platform (${platforms.join(', ')}) under the same tag ${q(tag)}: the leg that ends last takes the tag from the others`,
      ja: ({ job, platforms, tag, beside, other }) =>
        beside === 'job'
          ? `ジョブ ${q(job ?? '')} と ${q(other ?? '')} が、別々のプラットフォーム (${platforms.join('、')}) を同じタグ ${q(tag)} へ push します。後に終わったほうだけがタグに残ります`
          : beside === 'step'
            ? `ジョブ ${q(job ?? '')} の 2 つのステップが、別々のプラットフォーム (${platforms.join('、')}) を同じタグ ${q(tag)} へ順に push します。後のものだけがタグに残ります`
            : job === undefined
              ? `${platforms.join('、')} を同じタグ ${q(tag)} へ順に push しています。最後のものだけがタグに残ります`
              : `ジョブ ${q(job)} は、プラットフォームごと (${platforms.join('、')}) に同じタグ ${q(tag)} へ push します。最後に終わったものだけがタグに残ります`,
      ko: ({ job, platforms, tag, beside, other }) =>
        beside === 'job'
          ? `작업 ${q(job ?? '')}와(과) ${q(other ?? '')}이(가) 서로 다른 플랫폼(${platforms.join(', ')})을 같은 태그 ${q(tag)}에 push합니다. 나중에 끝난 것만 태그에 남습니다`
          : beside === 'step'
            ? `작업 ${q(job ?? '')}의 두 단계가 서로 다른 플랫폼(${platforms.join(', ')})을 같은 태그 ${q(tag)}에 차례로 push합니다. 뒤의 것만 태그에 남습니다`
            : job === undefined
              ? `${platforms.join(', ')}을(를) 같은 태그 ${q(tag)}에 차례로 push합니다. 마지막 것만 태그에 남습니다`
              : `작업 ${q(job)}은(는) 플랫폼마다(${platforms.join(', ')}) 같은 태그 ${q(tag)}에 push합니다. 마지막에 끝난 것만 태그에 남습니다`,
    },
    fix: {
      en: ({ job, platforms, beside }) =>
        beside === 'step'
          ? `Build them in one step: ${q(`platforms: ${platforms.join(',')}`)}`
          : job === undefined
            ? `Build them together: ${cmd(`docker buildx build --platform ${platforms.join(',')} -t TAG --push .`)}`
            : `Push each leg by digest (${q('outputs: type=image,push-by-digest=true,name-canonical=true,push=true')}) and join them in a last job: ${cmd('docker buildx imagetools create -t TAG DIGEST DIGEST')}`,
      ja: ({ job, platforms, beside }) =>
        beside === 'step'
          ? `1 つのステップでまとめてビルドしてください: ${q(`platforms: ${platforms.join(',')}`)}`
          : job === undefined
            ? `まとめてビルドしてください: ${cmd(`docker buildx build --platform ${platforms.join(',')} -t TAG --push .`)}`
            : `各ジョブはダイジェストで push し (${q('outputs: type=image,push-by-digest=true,name-canonical=true,push=true')})、最後のジョブでまとめてください: ${cmd('docker buildx imagetools create -t TAG DIGEST DIGEST')}`,
      ko: ({ job, platforms, beside }) =>
        beside === 'step'
          ? `한 단계에서 함께 빌드하세요: ${q(`platforms: ${platforms.join(',')}`)}`
          : job === undefined
            ? `함께 빌드하세요: ${cmd(`docker buildx build --platform ${platforms.join(',')} -t TAG --push .`)}`
            : `각 작업은 다이제스트로 push하고(${q('outputs: type=image,push-by-digest=true,name-canonical=true,push=true')}) 마지막 작업에서 합치세요: ${cmd('docker buildx imagetools create -t TAG DIGEST DIGEST')}`,
    },
  }),
  'workflow/digests-not-joined': code<{ job: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Images are pushed by digest, and nothing gives them a tag',
      ja: 'ダイジェストで push したイメージにタグを付ける処理がない',
      ko: '다이제스트로 push한 이미지에 태그를 붙이는 단계가 없음',
    },
    message: {
      en: ({ job }) =>
        `${job === undefined ? 'This command' : `Job ${q(job)}`} pushes by digest, which gives no tag, and nothing in this repository joins the digests under one`,
      ja: ({ job }) =>
        `${job === undefined ? 'このコマンド' : `ジョブ ${q(job)} `}はダイジェストで push するためタグが付きません。ダイジェストを 1 つのタグにまとめる処理もこのリポジトリにありません`,
      ko: ({ job }) =>
        `${job === undefined ? '이 명령' : `작업 ${q(job)}`}은(는) 다이제스트로 push하므로 태그가 붙지 않는데, 다이제스트를 한 태그로 합치는 단계가 이 저장소에 없습니다`,
    },
    fix: {
      en: ({ job }) =>
        `Join them ${job === undefined ? 'afterwards' : 'in a job that needs this one'}: ${cmd('docker buildx imagetools create -t TAG DIGEST DIGEST')}`,
      ja: ({ job }) =>
        `${job === undefined ? 'その後で' : 'このジョブの後のジョブで'}まとめてください: ${cmd('docker buildx imagetools create -t TAG DIGEST DIGEST')}`,
      ko: ({ job }) =>
        `${job === undefined ? '그 뒤에' : '이 작업 뒤의 작업에서'} 합치세요: ${cmd('docker buildx imagetools create -t TAG DIGEST DIGEST')}`,
    },
  }),
  'workflow/manifest-of-indexes': code<Record<string, never>>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: '`docker manifest create` is given indexes',
      ja: '`docker manifest create` にインデックスを渡している',
      ko: '`docker manifest create`에 인덱스를 줌',
    },
    message: {
      en: () =>
        `What buildx pushes has provenance beside it, and so is an index; ${q('docker manifest create')} takes single images and says ${q('… is a manifest list')}`,
      ja: () =>
        `buildx は来歴 (provenance) を付けて push するため、各タグはインデックスになります。${q('docker manifest create')} は単一のイメージしか受け付けず、${q('… is a manifest list')} で失敗します`,
      ko: () =>
        `buildx는 출처 정보(provenance)를 붙여 push하므로 각 태그가 인덱스가 됩니다. ${q('docker manifest create')}은(는) 단일 이미지만 받으며 ${q('… is a manifest list')} 메시지로 실패합니다`,
    },
    fix: {
      en: () => `Join them with ${cmd('docker buildx imagetools create -t TAG TAG-amd64 TAG-arm64')}`,
      ja: () => `${cmd('docker buildx imagetools create -t TAG TAG-amd64 TAG-arm64')} でまとめてください`,
      ko: () => `${cmd('docker buildx imagetools create -t TAG TAG-amd64 TAG-arm64')}(으)로 합치세요`,
    },
  }),
  'workflow/attestations-refused': code<{ runtime: string; name: string | undefined; message: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Provenance makes an index of an image, and the runtime refuses indexes',
      ja: '来歴が付いてインデックスになり、ランタイムに拒否される',
      ko: '출처 정보 때문에 인덱스가 되어 런타임이 거부함',
    },
    message: {
      en: ({ runtime, name, message }) =>
        `The image is pushed with provenance, which makes an index of it, and ${runtime}${name === undefined ? '' : ` (${name})`} takes a single image${message === undefined ? '' : `: there it says ${q(message)}`}`,
      ja: ({ runtime, name, message }) =>
        `イメージは来歴 (provenance) 付きで push されインデックスになりますが、${runtime}${name === undefined ? '' : ` (${name})`} は単一のイメージしか受け付けません${message === undefined ? '' : `。${q(message)} と表示されます`}`,
      ko: ({ runtime, name, message }) =>
        `이미지가 출처 정보(provenance)와 함께 push되어 인덱스가 되는데 ${runtime}${name === undefined ? '' : ` (${name})`}은(는) 단일 이미지만 받습니다${message === undefined ? '' : `. ${q(message)} 메시지가 나옵니다`}`,
    },
    fix: {
      en: () => `Add ${q('provenance: false')} to this step`,
      ja: () => `このステップに ${q('provenance: false')} を追加してください`,
      ko: () => `이 단계에 ${q('provenance: false')}을(를) 추가하세요`,
    },
  }),
  'workflow/load-several': code<{ platforms: readonly string[]; isFlag?: boolean }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Several platforms are to be loaded into Docker at once',
      ja: '複数のプラットフォームを一度に Docker へ load しようとしている',
      ko: '여러 플랫폼을 한 번에 Docker로 load하려 함',
    },
    message: {
      en: ({ platforms, isFlag }) =>
        `${q(loads(isFlag))} with ${platforms.join(' and ')}: buildx stops with ${q('docker exporter does not currently support exporting manifest lists')}`,
      ja: ({ platforms, isFlag }) =>
        `${platforms.join(' と ')} に対して ${q(loads(isFlag))} が指定されています。buildx は ${q('docker exporter does not currently support exporting manifest lists')} で失敗します`,
      ko: ({ platforms, isFlag }) =>
        `${platforms.join(', ')}에 ${q(loads(isFlag))}을(를) 지정했습니다. buildx는 ${q('docker exporter does not currently support exporting manifest lists')} 메시지로 실패합니다`,
    },
    fix: {
      en: ({ platforms, isFlag }) =>
        `Load the one platform that ${isFlag === true ? 'runs here' : 'this job runs'} (${q(only(platforms, isFlag))}), and push the others without loading them`,
      ja: ({ platforms, isFlag }) =>
        `${isFlag === true ? 'ここ' : 'このジョブ'}で実行する 1 つだけを load し (${q(only(platforms, isFlag))})、ほかは load せずに push してください`,
      ko: ({ platforms, isFlag }) =>
        `${isFlag === true ? '여기서' : '이 작업에서'} 실행할 하나만 load하고(${q(only(platforms, isFlag))}) 나머지는 load 없이 push하세요`,
    },
  }),
  'workflow/no-builder': code<{
    /** None: it is attestations that are asked for. */
    platforms: readonly string[];
    /** The version on the runner, or the service that a job of GitLab has it from; undefined where that is not seen. */
    docker: string | undefined;
    isService?: true;
    asOf: string;
    unseen?: 'runner' | 'container' | 'step';
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: "Docker's own builder is asked for several platforms or attestations, which it cannot make",
      ja: 'Docker 標準のビルダーに、作れない複数のプラットフォームやアテステーションを求めている',
      ko: 'Docker 기본 빌더에 만들 수 없는 여러 플랫폼이나 증명(attestation)을 요구함',
    },
    message: {
      en: ({ platforms, docker, isService, asOf, unseen }) =>
        docker === undefined
          ? `${platforms.length === 0 ? 'Attestations' : platforms.join(' and ')} on Docker's own builder: it makes ${platforms.length === 0 ? 'them' : 'them together'} only with containerd's image store, and ${{ runner: 'which Docker this runner has', container: "which Docker this job's container speaks to", step: 'whether a script or an action before the build sets up another builder' }[unseen ?? 'runner']} is not seen here`
          : `No ${isService ? 'command' : 'step'} before sets up a builder, and ${isService ? `the Docker of ${q(docker)}` : `the runner's Docker ${docker} (as of ${asOf})`} keeps images without containerd: the build stops with ${q(stops(platforms))}`,
      ja: ({ platforms, docker, isService, asOf, unseen }) =>
        docker === undefined
          ? `${platforms.length === 0 ? 'アテステーション' : `${platforms.join(' と ')} `}を Docker 標準のビルダーで作れるのは containerd のイメージストアを使う場合だけですが、${{ runner: 'このランナーの Docker が何か', container: 'このジョブのコンテナーが使う Docker が何か', step: 'ビルドの前のスクリプトやアクションが別のビルダーを用意するか' }[unseen ?? 'runner']}はここからは分かりません`
          : `ビルダーを用意する${isService ? 'コマンド' : 'ステップ'}がなく、${isService ? `${q(docker)} の Docker` : `ランナーの Docker ${docker} (${asOf} 時点)`} は containerd を使わずにイメージを保存します。ビルドは ${q(stops(platforms))} で失敗します`,
      ko: ({ platforms, docker, isService, asOf, unseen }) =>
        docker === undefined
          ? `Docker 기본 빌더는 containerd 이미지 저장소를 쓸 때만 ${platforms.length === 0 ? '증명(attestation)' : platforms.join(', ')}을(를) 만들 수 있는데, ${{ runner: '이 러너의 Docker가 무엇인지', container: '이 작업의 컨테이너가 쓰는 Docker가 무엇인지', step: '빌드 앞의 스크립트나 액션이 다른 빌더를 준비하는지' }[unseen ?? 'runner']} 여기서는 알 수 없습니다`
          : `앞에 빌더를 준비하는 ${isService ? '명령이' : '단계가'} 없고, ${isService ? `${q(docker)}의 Docker는` : `러너의 Docker ${docker}(${asOf} 기준)은(는)`} containerd 없이 이미지를 보관합니다. 빌드는 ${q(stops(platforms))}(으)로 실패합니다`,
    },
    fix: {
      en: ({ isService }) =>
        isService
          ? `Run ${q(GITLAB_BUILDER)} before it`
          : `Add ${q('- uses: docker/setup-buildx-action@v3')} before this step`,
      ja: ({ isService }) =>
        isService
          ? `その前に ${q(GITLAB_BUILDER)} を実行してください`
          : `このステップの前に ${q('- uses: docker/setup-buildx-action@v3')} を追加してください`,
      ko: ({ isService }) =>
        isService
          ? `그 앞에서 ${q(GITLAB_BUILDER)}을(를) 실행하세요`
          : `이 단계 앞에 ${q('- uses: docker/setup-buildx-action@v3')}을(를) 추가하세요`,
    },
  }),
  'workflow/no-emulation': code<{ platforms: readonly string[]; runner: string; ci?: 'codebuild' | 'gitlab' }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A platform is built that the runner can neither run nor emulate',
      ja: 'ランナーが実行もエミュレートもできないプラットフォームをビルドしている',
      ko: '러너가 실행도 에뮬레이션도 할 수 없는 플랫폼을 빌드함',
    },
    message: {
      en: ({ platforms, runner }) =>
        `The runner is ${runner}, no step before gives it an emulator or a builder that has one, and the Dockerfile runs commands for ${platforms.join(', ')}: the first RUN stops with ${q('exec format error')}`,
      ja: ({ platforms, runner }) =>
        `ランナーは ${runner} ですが、エミュレーターやそれを備えたビルダーを用意するステップがなく、Dockerfile は ${platforms.join('、')} 用のコマンドを実行します。最初の RUN が ${q('exec format error')} で失敗します`,
      ko: ({ platforms, runner }) =>
        `러너는 ${runner}인데 에뮬레이터나 그것을 갖춘 빌더를 준비하는 단계가 없고, Dockerfile은 ${platforms.join(', ')}용 명령을 실행합니다. 첫 RUN이 ${q('exec format error')}(으)로 실패합니다`,
    },
    fix: {
      en: ({ platforms, ci }) =>
        ci !== undefined
          ? `Build on a machine of ${platforms.join(', ')}${machines[ci]}, or run ${q('docker run --privileged --rm tonistiigi/binfmt --install all')} before it`
          : `Add ${q('- uses: docker/setup-qemu-action@v3')} and ${q('- uses: docker/setup-buildx-action@v3')} before this step, or build on a runner of that CPU (${q('ubuntu-24.04-arm')})`,
      ja: ({ platforms, ci }) =>
        ci !== undefined
          ? `${platforms.join('、')} のマシン${machines[ci]}でビルドするか、その前に ${q('docker run --privileged --rm tonistiigi/binfmt --install all')} を実行してください`
          : `このステップの前に ${q('- uses: docker/setup-qemu-action@v3')} と ${q('- uses: docker/setup-buildx-action@v3')} を追加するか、その CPU のランナー (${q('ubuntu-24.04-arm')}) でビルドしてください`,
      ko: ({ platforms, ci }) =>
        ci !== undefined
          ? `${platforms.join(', ')} 머신${machines[ci]}에서 빌드하거나, 그 전에 ${q('docker run --privileged --rm tonistiigi/binfmt --install all')}을(를) 실행하세요`
          : `이 단계 앞에 ${q('- uses: docker/setup-qemu-action@v3')}와(과) ${q('- uses: docker/setup-buildx-action@v3')}을(를) 추가하거나, 그 CPU의 러너(${q('ubuntu-24.04-arm')})에서 빌드하세요`,
    },
  }),
  'workflow/cache-shared': code<{ platforms: readonly string[]; kind: 'gha' | 'registry'; place: string }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'Builds for different platforms write their cache to one place',
      ja: '別々のプラットフォームのビルドが同じ場所にキャッシュを書き込む',
      ko: '서로 다른 플랫폼의 빌드가 같은 곳에 캐시를 씀',
    },
    message: {
      en: ({ platforms, kind, place }) =>
        `The builds for ${platforms.join(' and ')} each write their cache to ${whereOf.en(kind, place)}: the last one replaces what the others wrote, and these begin anew next time`,
      ja: ({ platforms, kind, place }) =>
        `${platforms.join(' と ')} のビルドが、それぞれ${whereOf.ja(kind, place)}にキャッシュを書き込みます。最後のものがほかを上書きし、次回はキャッシュなしで始まります`,
      ko: ({ platforms, kind, place }) =>
        `${platforms.join(', ')} 빌드가 각각 ${whereOf.ko(kind, place)}에 캐시를 씁니다. 마지막 것이 나머지를 덮어써 다음에는 캐시 없이 시작합니다`,
    },
    fix: {
      en: ({ kind }) => `Give each platform its own: ${q(ownCache(kind))}, in ${q('cache-from')} too`,
      ja: ({ kind }) => `プラットフォームごとに分けてください: ${q(ownCache(kind))} (${q('cache-from')} も同様)`,
      ko: ({ kind }) => `플랫폼마다 따로 쓰세요: ${q(ownCache(kind))}(${q('cache-from')}도 같게)`,
    },
  }),
  'workflow/buildkit-off': code<{
    dockerfile: string;
    line: number;
    /** `TARGETARCH`. */
    name: string;
    /** It decides the platform of a stage. */
    isFrom: boolean;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'BuildKit is off, and the Dockerfile asks it for the CPU',
      ja: 'BuildKit が無効なのに Dockerfile が CPU を BuildKit から得ている',
      ko: 'BuildKit을 껐는데 Dockerfile이 CPU를 BuildKit에서 얻음',
    },
    message: {
      en: ({ dockerfile, line, name, isFrom }) =>
        `This build runs without BuildKit, which alone sets ${q(name)}, and ${dockerfile}:${line} reads it: it is empty there${isFrom ? `, and the build stops with ${q('failed to parse platform')}` : ', whichever CPU is built for'}`,
      ja: ({ dockerfile, line, name, isFrom }) =>
        `このビルドは BuildKit なしで実行されますが、${q(name)} を設定するのは BuildKit だけです。${dockerfile}:${line} では空になり${isFrom ? `、ビルドは ${q('failed to parse platform')} で失敗します` : 'ます'}`,
      ko: ({ dockerfile, line, name, isFrom }) =>
        `이 빌드는 BuildKit 없이 실행되는데 ${q(name)}은(는) BuildKit만 설정합니다. ${dockerfile}:${line}에서는 비어 있${isFrom ? `어 빌드가 ${q('failed to parse platform')}(으)로 실패합니다` : '습니다'}`,
    },
    fix: {
      en: () => `Take ${q('DOCKER_BUILDKIT=0')} out, or build with ${cmd('docker buildx build')}`,
      ja: () => `${q('DOCKER_BUILDKIT=0')} を外すか、${cmd('docker buildx build')} でビルドしてください`,
      ko: () => `${q('DOCKER_BUILDKIT=0')}을(를) 빼거나 ${cmd('docker buildx build')}(으)로 빌드하세요`,
    },
  }),
  'workflow/pushed-again': code<{ image: string; again: string; platforms: readonly string[] }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An index is pulled and pushed again, as one platform of it',
      ja: 'インデックスを pull して push し直し、1 つのプラットフォームだけになる',
      ko: '인덱스를 pull한 뒤 다시 push해 플랫폼 하나만 남음',
    },
    message: {
      en: ({ image, again, platforms }) =>
        `${q(image)} is pushed for ${platforms.join(' and ')}. ${q('docker pull')} takes the one platform of this machine, and so ${q(again)} gets that one alone`,
      ja: ({ image, again, platforms }) =>
        `${q(image)} は ${platforms.join(' と ')} 用に push されます。${q('docker pull')} はこのマシンの 1 つだけを取得するため、${q(again)} にはそのプラットフォームしか入りません`,
      ko: ({ image, again, platforms }) =>
        `${q(image)}은(는) ${platforms.join(', ')}용으로 push됩니다. ${q('docker pull')}은(는) 이 머신의 플랫폼 하나만 가져오므로 ${q(again)}에는 그것만 들어갑니다`,
    },
    fix: {
      en: ({ image, again }) =>
        `Copy the index as it is, in place of pull, tag and push: ${cmd(`docker buildx imagetools create -t ${again} ${image}`)}`,
      ja: ({ image, again }) =>
        `pull、tag、push の代わりに、インデックスをそのままコピーしてください: ${cmd(`docker buildx imagetools create -t ${again} ${image}`)}`,
      ko: ({ image, again }) =>
        `pull, tag, push 대신 인덱스를 그대로 복사하세요: ${cmd(`docker buildx imagetools create -t ${again} ${image}`)}`,
    },
  }),
  'workflow/joined-too-early': code<{
    job: string;
    /** A name that is joined; `digest` where they are joined by what is downloaded. */
    image: string | 'digest';
    /** The job that pushes it; undefined where none does. */
    pushedBy: string | undefined;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Images are joined that no job before has pushed',
      ja: '前のジョブが push していないイメージをまとめている',
      ko: '앞선 작업이 push하지 않은 이미지를 합침',
    },
    message: {
      en: ({ job, image, pushedBy }) =>
        pushedBy === undefined
          ? `Job ${q(job)} joins ${q(image)}, and no leg of this workflow pushes that name: the registry has none, or an old one`
          : `Job ${q(job)} joins ${image === 'digest' ? 'the digests' : q(image)} that job ${q(pushedBy)} pushes, and does not wait for it: what is not there yet stops it, and what is there is that of the last run`,
      ja: ({ job, image, pushedBy }) =>
        pushedBy === undefined
          ? `ジョブ ${q(job)} は ${q(image)} をまとめますが、その名前で push するジョブがこのワークフローにありません。レジストリには存在しないか、古いものしかありません`
          : `ジョブ ${q(job)} は、ジョブ ${q(pushedBy)} が push する${image === 'digest' ? 'ダイジェスト' : ` ${q(image)} `}をその完了を待たずにまとめます。まだなければ失敗し、あれば前回の実行のものです`,
      ko: ({ job, image, pushedBy }) =>
        pushedBy === undefined
          ? `작업 ${q(job)}은(는) ${q(image)}을(를) 합치는데, 이 워크플로에는 그 이름으로 push하는 작업이 없습니다. 레지스트리에 없거나 오래된 것만 있습니다`
          : `작업 ${q(job)}은(는) 작업 ${q(pushedBy)}이(가) push하는 ${image === 'digest' ? '다이제스트를' : `${q(image)}을(를)`} 기다리지 않고 합칩니다. 아직 없으면 실패하고, 있으면 지난번 실행의 것입니다`,
    },
    fix: {
      en: ({ pushedBy }) =>
        pushedBy === undefined
          ? 'Add a leg that builds and pushes it, or take it out of what is joined'
          : `Add ${q(pushedBy)} to ${q('needs:')} of this job`,
      ja: ({ pushedBy }) =>
        pushedBy === undefined
          ? 'それをビルドして push するレッグを追加するか、まとめる対象から外してください'
          : `このジョブの ${q('needs:')} に ${q(pushedBy)} を追加してください`,
      ko: ({ pushedBy }) =>
        pushedBy === undefined
          ? '그것을 빌드해 push하는 작업을 추가하거나, 합치는 대상에서 빼세요'
          : `이 작업의 ${q('needs:')}에 ${q(pushedBy)}을(를) 추가하세요`,
    },
  }),
} as const;
