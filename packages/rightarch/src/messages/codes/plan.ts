import { cmd, code, list, q } from '../code.ts';

const isAttested = (reason: string): boolean => reason === 'plan/attestations-need-buildkit';

export const planCodes = {
  'plan/dockerfile-unreadable': code<{ file: string; detail: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The Dockerfile cannot be read', ja: 'Dockerfile を読み取れない', ko: 'Dockerfile을 읽을 수 없음' },
    message: {
      en: ({ file, detail }) => `${q(file)} cannot be read: ${detail}`,
      ja: ({ file, detail }) => `${q(file)} を読み取れません: ${detail}`,
      ko: ({ file, detail }) => `${q(file)}을(를) 읽을 수 없습니다: ${detail}`,
    },
    fix: {
      en: () =>
        'Check the path: `-f` counts from the working directory, `dockerfile` of rightarch.yaml from its context',
      ja: () =>
        'パスを確認してください。`-f` は作業ディレクトリから、rightarch.yaml の `dockerfile` はコンテキストからの相対パスです',
      ko: () => '경로를 확인하세요. `-f`는 작업 디렉터리 기준, rightarch.yaml의 `dockerfile`은 컨텍스트 기준입니다',
    },
  }),
  'plan/base-platform-missing': code<{ reference: string; platform: string; has: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A base image lacks a platform',
      ja: 'ベースイメージに必要なプラットフォームがない',
      ko: '베이스 이미지에 필요한 플랫폼이 없음',
    },
    message: {
      en: ({ reference, platform, has }) =>
        `${q(reference)} has no image for ${platform}; it has ${has.length > 0 ? list(has) : 'none that says its platform'}`,
      ja: ({ reference, platform, has }) =>
        `${q(reference)} には ${platform} 用のイメージがありません。あるのは ${has.length > 0 ? list(has) : 'プラットフォーム不明のものだけ'} です`,
      ko: ({ reference, platform, has }) =>
        `${q(reference)}에는 ${platform}용 이미지가 없습니다. 있는 것은 ${has.length > 0 ? list(has) : '플랫폼을 알 수 없는 것뿐'}입니다`,
    },
    fix: {
      en: ({ platform }) => `Choose a tag or another base that has ${platform}, or do not build for it`,
      ja: ({ platform }) =>
        `${platform} を含むタグか別のベースイメージを選ぶか、このプラットフォームをビルド対象から外してください`,
      ko: ({ platform }) =>
        `${platform}이(가) 있는 태그나 다른 베이스 이미지를 고르거나 이 플랫폼을 빌드 대상에서 빼세요`,
    },
  }),
  'plan/base-moved': code<{ reference: string; was: string; is: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A base image is no longer the one that was locked',
      ja: '固定したベースイメージが変わっている',
      ko: '고정한 베이스 이미지가 바뀜',
    },
    message: {
      en: ({ reference, was, is }) => `${q(reference)} now points at ${q(is)}, but the plan was locked to ${q(was)}`,
      ja: ({ reference, was, is }) =>
        `${q(reference)} は現在 ${q(is)} を指していますが、プランは ${q(was)} に固定されています`,
      ko: ({ reference, was, is }) =>
        `${q(reference)}은(는) 지금 ${q(is)}을(를) 가리키지만 플랜은 ${q(was)}에 고정되어 있습니다`,
    },
    fix: {
      en: ({ reference, was }) =>
        `Plan again without \`--locked\` to take the new one, or write ${q(`FROM ${reference}@${was}`)}`,
      ja: ({ reference, was }) =>
        `新しいものを使うなら \`--locked\` なしでプランを作り直し、固定したままにするなら ${q(`FROM ${reference}@${was}`)} と書いてください`,
      ko: ({ reference, was }) =>
        `새것을 쓰려면 \`--locked\` 없이 플랜을 다시 만들고, 그대로 쓰려면 ${q(`FROM ${reference}@${was}`)}(으)로 쓰세요`,
    },
  }),
  'plan/base-unlocked': code<{ reference: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A base image is not in the locked plan',
      ja: '固定したプランにないベースイメージ',
      ko: '고정한 플랜에 없는 베이스 이미지',
    },
    message: {
      en: ({ reference }) => `${q(reference)} is not in the plan that \`--locked\` holds to`,
      ja: ({ reference }) => `${q(reference)} は \`--locked\` で固定したプランに含まれていません`,
      ko: ({ reference }) => `${q(reference)}은(는) \`--locked\`로 고정한 플랜에 없습니다`,
    },
    fix: {
      en: () => 'Plan again without `--locked`',
      ja: () => '`--locked` なしでプランを作り直してください',
      ko: () => '`--locked` 없이 플랜을 다시 만드세요',
    },
  }),
  'plan/not-embedded': code<{ instruction: string; what: string; docker: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The embedded engine does not do this',
      ja: '内蔵エンジンが対応していない命令',
      ko: '내장 엔진이 지원하지 않는 명령',
    },
    message: {
      en: ({ instruction, what }) =>
        `${instruction} with ${q(what)} is not done by the embedded engine; BuildKit does it`,
      ja: ({ instruction, what }) =>
        `${q(what)} を使う ${instruction} は内蔵エンジンでは実行できません。BuildKit なら実行できます`,
      ko: ({ instruction, what }) =>
        `${q(what)}을(를) 쓰는 ${instruction}은(는) 내장 엔진에서 실행할 수 없습니다. BuildKit은 할 수 있습니다`,
    },
    fix: {
      en: ({ docker }) =>
        `Run the same where Docker is, and without \`--engine embedded\`: it is built with that then. By hand: ${cmd(docker)}`,
      ja: ({ docker }) =>
        `Docker がある環境で、\`--engine embedded\` を付けずに再実行してください。その場合は Docker でビルドします。手動の場合: ${cmd(docker)}`,
      ko: ({ docker }) =>
        `Docker가 있는 곳에서 \`--engine embedded\` 없이 다시 실행하세요. 그러면 Docker로 빌드합니다. 직접 하려면: ${cmd(docker)}`,
    },
  }),
  'plan/link-over-link': code<{ path: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'COPY --link would replace a link',
      ja: 'COPY --link がリンクを置き換えてしまう',
      ko: 'COPY --link가 링크를 덮어쓰게 됨',
    },
    message: {
      en: ({ path }) => `${q(path)} is a link in the image; \`--link\` replaces it and hides what it led to`,
      ja: ({ path }) =>
        `イメージの ${q(path)} はリンクです。\`--link\` を付けるとリンク自体が置き換わり、リンク先が見えなくなります`,
      ko: ({ path }) =>
        `이미지의 ${q(path)}은(는) 링크입니다. \`--link\`를 붙이면 링크 자체가 바뀌어 링크 대상이 보이지 않게 됩니다`,
    },
    fix: {
      en: () => 'Drop `--link`, or copy to the path that the link points at',
      ja: () => '`--link` を外すか、リンク先のパスにコピーしてください',
      ko: () => '`--link`를 빼거나 링크가 가리키는 경로에 복사하세요',
    },
  }),
  'plan/link-owner-name': code<{ owner: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'COPY --link with a name as owner',
      ja: 'COPY --link の所有者が名前で指定されている',
      ko: 'COPY --link의 소유자가 이름으로 지정됨',
    },
    message: {
      en: ({ owner }) =>
        `\`--link\` reads no file of the image, so ${q(`--chown=${owner}`)} has no /etc/passwd or /etc/group to look in`,
      ja: ({ owner }) =>
        `\`--link\` はイメージのファイルを読まないため、${q(`--chown=${owner}`)} の名前を /etc/passwd や /etc/group から調べられません`,
      ko: ({ owner }) =>
        `\`--link\`는 이미지의 파일을 읽지 않으므로 ${q(`--chown=${owner}`)}의 이름을 /etc/passwd나 /etc/group에서 찾을 수 없습니다`,
    },
    fix: {
      en: () => 'Write numbers, for example `--chown=1000:1000`, or drop `--link`',
      ja: () => '`--chown=1000:1000` のように番号で書くか、`--link` を外してください',
      ko: () => '`--chown=1000:1000`처럼 번호로 쓰거나 `--link`를 빼세요',
    },
  }),
  'plan/base-mislabeled': code<{ reference: string; listed: string; declared: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A base image is not what its index says',
      ja: 'ベースイメージがインデックスの記載と違う',
      ko: '베이스 이미지가 인덱스 내용과 다름',
    },
    message: {
      en: ({ reference, listed, declared }) =>
        `The index of ${q(reference)} lists an image for ${listed}, but that image says of itself that it is for ${declared}`,
      ja: ({ reference, listed, declared }) =>
        `${q(reference)} のインデックスでは ${listed} 用ですが、イメージ自身の設定は ${declared} になっています`,
      ko: ({ reference, listed, declared }) =>
        `${q(reference)}의 인덱스에는 ${listed}용으로 나오지만 이미지 자체의 설정은 ${declared}입니다`,
    },
    fix: {
      en: ({ reference, listed }) =>
        `Take another tag or base for ${listed}, and tell the publisher of ${q(reference)}`,
      ja: ({ reference, listed }) =>
        `${listed} には別のタグかベースイメージを使い、${q(reference)} の公開元に知らせてください`,
      ko: ({ reference, listed }) =>
        `${listed}에는 다른 태그나 베이스 이미지를 쓰고 ${q(reference)} 게시자에게 알려 주세요`,
    },
  }),
  'plan/no-platform': code<{ image: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'No platform to build for', ja: 'ビルド対象のプラットフォームがない', ko: '빌드할 플랫폼이 없음' },
    message: {
      en: ({ image }) => `${q(image)} has no platform to be built for`,
      ja: ({ image }) => `${q(image)} のビルド対象プラットフォームが指定されていません`,
      ko: ({ image }) => `${q(image)}을(를) 빌드할 플랫폼이 지정되지 않았습니다`,
    },
    fix: {
      en: () => 'Name one, as in `--platform linux/amd64,linux/arm64`',
      ja: () => '`--platform linux/amd64,linux/arm64` のように指定してください',
      ko: () => '`--platform linux/amd64,linux/arm64`처럼 지정하세요',
    },
  }),
  'plan/target-fixed': code<{ asked: string; fixed: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The last stage is fixed to another platform',
      ja: '最終ステージが別のプラットフォームに固定されている',
      ko: '최종 스테이지가 다른 플랫폼으로 고정됨',
    },
    message: {
      en: ({ asked, fixed }) =>
        `The image is asked for on ${asked}, but its last stage is fixed to ${fixed}: the index would say ${asked} over ${fixed} bytes`,
      ja: ({ asked, fixed }) =>
        `${asked} 用のイメージが要求されていますが、最終ステージは ${fixed} に固定されています。インデックスでは ${asked} なのに、中身は ${fixed} になります`,
      ko: ({ asked, fixed }) =>
        `${asked}용 이미지를 요청했지만 최종 스테이지가 ${fixed}(으)로 고정되어 있습니다. 인덱스에는 ${asked}(으)로 표시되지만 실제 내용은 ${fixed}입니다`,
    },
    fix: {
      en: ({ fixed }) => `Drop \`--platform\` from that FROM, or build for ${fixed} only`,
      ja: ({ fixed }) => `その FROM から \`--platform\` を外すか、${fixed} だけをビルドしてください`,
      ko: ({ fixed }) => `그 FROM에서 \`--platform\`을 빼거나 ${fixed}만 빌드하세요`,
    },
  }),
  'plan/secret-missing': code<{ id: string; source: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A RUN needs a secret that was not given',
      ja: 'RUN に必要なシークレットが渡されていない',
      ko: 'RUN에 필요한 시크릿이 전달되지 않음',
    },
    message: {
      en: ({ id }) => `This RUN mounts the secret ${q(id)} as \`required\`, and no secret of that id was given`,
      ja: ({ id }) =>
        `この RUN はシークレット ${q(id)} を必須 (\`required\`) としてマウントしますが、この id のシークレットが渡されていません`,
      ko: ({ id }) =>
        `이 RUN은 시크릿 ${q(id)}을(를) 필수(\`required\`)로 마운트하는데, 이 id의 시크릿이 전달되지 않았습니다`,
    },
    fix: {
      en: ({ id, source }) =>
        `Add ${q(`--secret id=${id},${source}`)}, or name it under \`secrets:\` of the image in rightarch.yaml`,
      ja: ({ id, source }) =>
        `${q(`--secret id=${id},${source}`)} を付けるか、rightarch.yaml のイメージの \`secrets:\` に書いてください`,
      ko: ({ id, source }) =>
        `${q(`--secret id=${id},${source}`)}을(를) 붙이거나, rightarch.yaml에서 이미지의 \`secrets:\`에 적으세요`,
    },
  }),
  'plan/ssh-not-yet': code<{ agents: readonly string[]; docker: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An SSH agent is handed to a build by Docker only',
      ja: 'SSH エージェントをビルドに渡せるのは Docker だけ',
      ko: '빌드에 SSH 에이전트를 넘기는 것은 Docker뿐임',
    },
    message: {
      en: ({ agents }) =>
        `${agents.map((one) => q(`--ssh ${one}`)).join(', ')} changes nothing: the embedded engine hands no SSH agent to a RUN, and no RUN here asks for one`,
      ja: ({ agents }) =>
        `${agents.map((one) => q(`--ssh ${one}`)).join('、')} は何の効果もありません。内蔵エンジンは RUN に SSH エージェントを渡さず、このビルドにはエージェントを使う RUN もありません`,
      ko: ({ agents }) =>
        `${agents.map((one) => q(`--ssh ${one}`)).join(', ')}은(는) 아무 효과가 없습니다. 내장 엔진은 RUN에 SSH 에이전트를 넘기지 않으며, 이 빌드에는 에이전트를 쓰는 RUN도 없습니다`,
    },
    fix: {
      en: ({ docker }) => `Leave it out; Docker hands it on: ${cmd(docker)}`,
      ja: ({ docker }) => `指定を外してください。エージェントが必要なら Docker でビルドできます: ${cmd(docker)}`,
      ko: ({ docker }) => `지정을 빼세요. 에이전트가 필요하면 Docker로 빌드할 수 있습니다: ${cmd(docker)}`,
    },
  }),
  'plan/attestations-need-buildkit': code<{
    attests: readonly string[];
    /** Whose work it would be: our own engine, a builder in front of Docker's older image store, or buildah. */
    by: 'embedded' | 'store' | 'buildah';
    docker: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Only BuildKit can state how an image was built',
      ja: 'ビルドの証明 (アテステーション) を作れるのは BuildKit だけ',
      ko: '빌드 증명(attestation)은 BuildKit만 만들 수 있음',
    },
    message: {
      en: ({ attests, by }) =>
        `${attests.map(q).join(', ')} asks for statements that only BuildKit makes, and ${{ embedded: 'the embedded engine would build', store: "this Docker's image store keeps none", buildah: 'buildah would build' }[by]}`,
      ja: ({ attests, by }) =>
        `${attests.map(q).join('、')} のアテステーションは BuildKit だけが作成できますが、${{ embedded: 'ビルドするのは内蔵エンジンです', store: 'この Docker のイメージストアには保存できません', buildah: 'ビルドするのは buildah です' }[by]}`,
      ko: ({ attests, by }) =>
        `${attests.map(q).join(', ')} 증명(attestation)은 BuildKit만 만들 수 있는데, ${{ embedded: '빌드하는 것은 내장 엔진입니다', store: '이 Docker의 이미지 저장소에는 보관할 수 없습니다', buildah: '빌드하는 것은 buildah입니다' }[by]}`,
    },
    fix: {
      en: ({ by, docker }) =>
        by !== 'store'
          ? `Leave it out, or build where Docker runs: ${cmd(docker)}`
          : 'Leave it out, or make a builder that keeps them: `docker buildx create --use --driver docker-container`',
      ja: ({ by, docker }) =>
        by !== 'store'
          ? `指定を外すか、Docker のある環境でビルドしてください: ${cmd(docker)}`
          : '指定を外すか、保存できるビルダーを作成してください: `docker buildx create --use --driver docker-container`',
      ko: ({ by, docker }) =>
        by !== 'store'
          ? `지정을 빼거나 Docker가 있는 곳에서 빌드하세요: ${cmd(docker)}`
          : '지정을 빼거나 보관할 수 있는 빌더를 만드세요: `docker buildx create --use --driver docker-container`',
    },
  }),
  'plan/attestations-left-out': code<{ runtimes: readonly string[] }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'No attestation is made, because a runtime takes none',
      ja: '受け付けない実行環境があるため、アテステーションを作成しない',
      ko: '받지 않는 실행 환경이 있어 증명(attestation)을 만들지 않음',
    },
    message: {
      en: ({ runtimes }) =>
        `No attestation is made: ${runtimes.join(', ')} ${runtimes.length > 1 ? 'take' : 'takes'} no image that has one, because it makes an index of the image`,
      ja: ({ runtimes }) =>
        `アテステーションは作成しません。添えるとイメージがインデックスになり、${runtimes.join('、')} では受け付けられなくなります`,
      ko: ({ runtimes }) =>
        `증명(attestation)을 만들지 않습니다. 덧붙이면 이미지가 인덱스가 되어 ${runtimes.join(', ')}에서 받지 않습니다`,
    },
    fix: {
      en: () => 'Nothing to do; to publish them for other runtimes, build those under a name of their own',
      ja: () => '対応は不要です。ほかの実行環境向けに公開する場合は、別の名前でビルドしてください',
      ko: () => '조치가 필요 없습니다. 다른 실행 환경용으로 게시하려면 별도의 이름으로 빌드하세요',
    },
  }),
  'plan/builder-lacks-cpu': code<{
    builder: string;
    platform: string;
    runs: readonly string[];
    instruction: string;
  }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A builder lacks the CPU that it is named for',
      ja: 'ビルダーが指定されたプラットフォームの CPU を備えていない',
      ko: '빌더에 지정된 플랫폼의 CPU가 없음',
    },
    message: {
      en: ({ builder, platform, runs, instruction }) =>
        `The builder ${q(builder)} is named for ${platform} and says that it runs ${runs.join(', ')} only, and ${q(instruction)} starts a program for ${platform}`,
      ja: ({ builder, platform, runs, instruction }) =>
        `ビルダー ${q(builder)} は ${platform} 用に指定されていますが、実行できるのは ${runs.join('、')} だけだと答えています。${q(instruction)} は ${platform} 用のプログラムを実行します`,
      ko: ({ builder, platform, runs, instruction }) =>
        `빌더 ${q(builder)}은(는) ${platform}용으로 지정되어 있지만 ${runs.join(', ')}만 실행할 수 있다고 답했는데, ${q(instruction)}은(는) ${platform}용 프로그램을 실행합니다`,
    },
    fix: {
      en: ({ platform }) =>
        `Name a machine of that CPU, or register an emulator on this one; the BuildKit of ${q('moby/buildkit')} brings one of its own, which it does not list. \`rightarch plan --rewrite\` looks for a Dockerfile that starts nothing for ${platform}`,
      ja: ({ platform }) =>
        `その CPU を備えたマシンを指定するか、このビルダーのマシンにエミュレーターを登録してください。${q('moby/buildkit')} イメージの BuildKit は独自のエミュレーターを同梱していますが、一覧には表示しません。\`rightarch plan --rewrite\` は ${platform} 用のプログラムを実行しない Dockerfile を探します`,
      ko: ({ platform }) =>
        `그 CPU를 갖춘 머신을 지정하거나 이 빌더의 머신에 에뮬레이터를 등록하세요. ${q('moby/buildkit')} 이미지의 BuildKit에는 목록에 나오지 않는 자체 에뮬레이터가 들어 있습니다. \`rightarch plan --rewrite\`는 ${platform}용 프로그램을 실행하지 않는 Dockerfile을 찾습니다`,
    },
  }),
  'plan/not-buildah': code<{ instruction: string; what: string; program: string; docker: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'buildah does not do this',
      ja: 'buildah が対応していない命令',
      ko: 'buildah가 지원하지 않는 명령',
    },
    message: {
      en: ({ instruction, what, program }) =>
        `${program} does not do ${instruction} with ${q(what)} as it is meant; BuildKit does`,
      ja: ({ instruction, what, program }) =>
        `${program} は ${q(what)} を使う ${instruction} を意図どおりに実行できません。BuildKit なら実行できます`,
      ko: ({ instruction, what, program }) =>
        `${program}은(는) ${q(what)}을(를) 쓰는 ${instruction}을(를) 의도대로 실행하지 못합니다. BuildKit은 할 수 있습니다`,
    },
    fix: {
      en: ({ docker }) => `Write it without that, or run the same where Docker is. By hand: ${cmd(docker)}`,
      ja: ({ docker }) => `その書き方を避けるか、Docker がある環境で実行してください。手動の場合: ${cmd(docker)}`,
      ko: ({ docker }) => `그 표기를 쓰지 않거나 Docker가 있는 곳에서 실행하세요. 직접 하려면: ${cmd(docker)}`,
    },
  }),
  'plan/flag-unused': code<{ flags: readonly string[]; hasCache: boolean; by: 'embedded' | 'buildah' }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A flag changes nothing without Docker',
      ja: 'Docker なしでは効果のないフラグ',
      ko: 'Docker 없이는 효과가 없는 플래그',
    },
    message: {
      en: ({ flags, hasCache, by }) =>
        `${flags.map(q).join(', ')} ${flags.length > 1 ? 'change' : 'changes'} nothing: ${by === 'buildah' ? `only BuildKit knows ${flags.length > 1 ? 'them' : 'it'}, and buildah builds` : `the embedded engine starts no program of the image${hasCache ? ' and has a cache of its own' : ''}`}`,
      ja: ({ flags, hasCache, by }) =>
        `${flags.map(q).join('、')} は何の効果もありません。${by === 'buildah' ? 'BuildKit 専用の指定ですが、ビルドするのは buildah です' : `内蔵エンジンはイメージ内のプログラムを起動せず${hasCache ? '、独自のキャッシュを使います' : 'にビルドします'}`}`,
      ko: ({ flags, hasCache, by }) =>
        `${flags.map(q).join(', ')}은(는) 아무 효과가 없습니다. ${by === 'buildah' ? 'BuildKit 전용인데 빌드하는 것은 buildah입니다' : `내장 엔진은 이미지 안의 프로그램을 실행하지 않${hasCache ? '으며 자체 캐시를 사용합니다' : '고 빌드합니다'}`}`,
    },
    fix: {
      en: ({ hasCache }) =>
        `Leave it out${hasCache ? '; to keep the cache between runs of CI, keep the directory of `RIGHTARCH_CACHE`' : ''}; or build with Docker: \`--engine buildx\``,
      ja: ({ hasCache }) =>
        `指定を外してください。${hasCache ? 'CI の実行間でキャッシュを残すには `RIGHTARCH_CACHE` のディレクトリを保存します。' : ''}Docker でビルドするなら \`--engine buildx\` を付けてください`,
      ko: ({ hasCache }) =>
        `지정을 빼세요. ${hasCache ? 'CI 실행 사이에 캐시를 남기려면 `RIGHTARCH_CACHE` 디렉터리를 보관하세요. ' : ''}Docker로 빌드하려면 \`--engine buildx\`를 붙이세요`,
    },
  }),
  'plan/optional-left-out': code<{ image: string; platform: string; step: 'plan' | 'build' | 'proof' }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An optional platform is left out',
      ja: '任意のプラットフォームが除かれた',
      ko: '선택 플랫폼이 빠짐',
    },
    message: {
      en: ({ image, platform, step }) =>
        `${q(image)} goes without ${platform}, which is optional: it ${{ plan: 'cannot be planned', build: 'could not be built', proof: 'is not proven' }[step]}`,
      ja: ({ image, platform, step }) =>
        `${q(image)} から任意のプラットフォーム ${platform} を除きました。${{ plan: 'プランを作成できません', build: 'ビルドできませんでした', proof: '証明されていません' }[step]}`,
      ko: ({ image, platform, step }) =>
        `${q(image)}에서 선택 플랫폼 ${platform}을(를) 뺐습니다. ${{ plan: '플랜을 만들 수 없습니다', build: '빌드하지 못했습니다', proof: '증명되지 않았습니다' }[step]}`,
    },
    fix: {
      en: ({ platform }) =>
        `Nothing, if ${platform} may be missing; under \`platforms\` instead of \`optional-platforms\` it holds back the others`,
      ja: ({ platform }) =>
        `${platform} がなくてもよければ対応は不要です。必須にするには \`optional-platforms\` ではなく \`platforms\` に書いてください`,
      ko: ({ platform }) =>
        `${platform}이(가) 없어도 된다면 조치가 필요 없습니다. 꼭 있어야 한다면 \`optional-platforms\`가 아니라 \`platforms\`에 적으세요`,
    },
  }),
  'plan/builder-replaced': code<{
    platform: string;
    builder: string;
    instead: string;
    how: 'native' | 'cross' | 'emulate';
  }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Another builder does the work of one that does not answer',
      ja: '応答しないビルダーの代わりに別のビルダーがビルドする',
      ko: '응답하지 않는 빌더를 다른 빌더가 대신함',
    },
    message: {
      en: ({ platform, builder, instead, how }) =>
        `${platform} is built on ${q(instead)}, ${how === 'emulate' ? 'emulated' : how === 'cross' ? 'where none of its programs has to run' : 'natively'}: its own builder ${q(builder)} does not answer`,
      ja: ({ platform, builder, instead, how }) =>
        `${platform} 用のビルダー ${q(builder)} が応答しないため、${q(instead)} で${how === 'emulate' ? 'エミュレーションを使って' : how === 'cross' ? 'クロスビルドとして' : 'ネイティブに'}ビルドします`,
      ko: ({ platform, builder, instead, how }) =>
        `${platform}용 빌더 ${q(builder)}이(가) 응답하지 않아 ${q(instead)}에서 ${how === 'emulate' ? '에뮬레이션으로' : how === 'cross' ? '크로스로' : '네이티브로'} 빌드합니다`,
    },
    fix: {
      en: ({ how }) =>
        `Start that builder${how === 'emulate' ? ': an emulated build takes many times longer' : ''}; without \`--fallback emulate\` nothing is built until it answers`,
      ja: ({ how }) =>
        `${how === 'emulate' ? 'エミュレーションでは数倍以上の時間がかかるため、' : ''}そのビルダーを起動してください。\`--fallback emulate\` を付けなければ、応答するまでビルドしません`,
      ko: ({ how }) =>
        `${how === 'emulate' ? '에뮬레이션 빌드는 몇 배 이상 오래 걸리므로 ' : ''}그 빌더를 시작하세요. \`--fallback emulate\`가 없으면 응답할 때까지 빌드하지 않습니다`,
    },
  }),
  'plan/engine-chosen': code<{ engine: string; builder: string; reason: string }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'Another engine builds this',
      ja: '別のエンジンでビルドする',
      ko: '다른 엔진으로 빌드함',
    },
    message: {
      en: ({ engine, builder, reason }) =>
        `${q(engine)} (builder ${q(builder)}) builds this: the embedded engine ${isAttested(reason) ? 'makes no attestations' : 'does not do this line'}`,
      ja: ({ engine, builder, reason }) =>
        `内蔵エンジンが${isAttested(reason) ? 'アテステーションを作成しない' : 'この行に対応していない'}ため、${q(engine)} (ビルダー ${q(builder)}) でビルドします`,
      ko: ({ engine, builder, reason }) =>
        `내장 엔진이 ${isAttested(reason) ? '증명(attestation)을 만들지 않으므로' : '이 줄을 지원하지 않으므로'} ${q(engine)}(빌더 ${q(builder)})(으)로 빌드합니다`,
    },
    fix: {
      en: ({ reason }) =>
        `Nothing has to be done; \`--engine embedded\` refuses it instead${isAttested(reason) ? '' : ', and says how the line can be mended'}`,
      ja: ({ reason }) =>
        `対応は不要です。\`--engine embedded\` を付けると拒否し${isAttested(reason) ? 'ます' : '、この行の直し方を示します'}`,
      ko: ({ reason }) =>
        `조치할 것은 없습니다. \`--engine embedded\`를 붙이면 거부${isAttested(reason) ? '합니다' : '하고 그 줄을 고치는 방법을 알려 줍니다'}`,
    },
  }),
  'plan/stage-not-rewritten': code<{
    stage: string;
    why:
      | 'image'
      | 'below-image'
      | 'cgo'
      | 'tests'
      | 'runs-output'
      | 'used-there'
      | 'mixed'
      | 'places'
      | 'manager'
      | 'pnpm'
      | 'yarn-classic'
      | 'yarn-pnp'
      | 'pip'
      | 'cargo'
      | 'compiler'
      | 'download'
      | 'inside'
      | 'form';
    command: string;
  }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'A stage has to run on the CPU of the image',
      ja: 'イメージの CPU で実行する必要があるステージ',
      ko: '이미지의 CPU에서 실행해야 하는 스테이지',
    },
    message: {
      en: ({ stage, why, command }) =>
        `Stage ${q(stage)} stays as it is: ${
          {
            image: `${q(command)} runs in the image itself`,
            'below-image': `${q(command)} runs in what the image is built on`,
            cgo: `${q(command)} links with C for the CPU that it runs on`,
            tests: `${q(command)} tests on the CPU that the image is for`,
            'runs-output': `${q(command)} starts what was compiled for the image`,
            'used-there': `${q(command)} runs packages that the image is given`,
            mixed: `${q(command)} stands in one RUN with an install, and what it leaves is not known`,
            places: `${q(command)} leaves files in places that are not known before it runs`,
            manager: `${q(command)} is not told another CPU here`,
            pnpm: `${q(command)} takes another CPU from pnpm 10.14 on`,
            'yarn-classic': `${q(command)} is Yarn 1, which installs for its own CPU alone`,
            'yarn-pnp': `${q(command)} links for Plug'n'Play, whose packages are not in node_modules`,
            pip: `${q(command)} knows no wheels for that CPU and libc`,
            cargo: `${q(command)} needs the standard library and a linker for that CPU, which the image has not`,
            compiler: `${q(command)} compiles for the CPU that it runs on`,
            download: `${q(command)} fetches what is for the CPU that it runs on`,
            inside: `${q(command)} may put the CPU that it runs on into a program, where no comparison sees it`,
            form: `${q(command)} cannot be edited where it stands`,
          }[why]
        }`,
      ja: ({ stage, why, command }) =>
        `ステージ ${q(stage)} はそのままです: ${q(command)} ${
          {
            image: 'はイメージそのものの中で実行されます',
            'below-image': 'はイメージの土台となるステージで実行されます',
            cgo: 'は実行する CPU 用の C ライブラリとリンクします',
            tests: 'はイメージの CPU でのテストです',
            'runs-output': 'はイメージ用にコンパイルしたものを起動します',
            'used-there': 'はイメージに渡すパッケージを実行します',
            mixed: 'はインストールと同じ RUN にあり、何を残すか分かりません',
            places: 'は実行前には分からない場所にファイルを残します',
            manager: 'には別の CPU をここでは指定できません',
            pnpm: 'に別の CPU を指定できるのは pnpm 10.14 からです',
            'yarn-classic': 'は Yarn 1 で、自身の CPU 用にしかインストールできません',
            'yarn-pnp': "は Plug'n'Play 用にリンクするため、パッケージが node_modules に入りません",
            pip: 'が使える、その CPU と libc 用の wheel は知られていません',
            cargo: 'にはその CPU 用の標準ライブラリとリンカーが必要ですが、イメージにありません',
            compiler: 'は実行する CPU 用にコンパイルします',
            download: 'は実行する CPU 用のものを取得します',
            inside: 'は実行する CPU をプログラムの中に埋め込む可能性があり、それは比較では分かりません',
            form: 'はこの書き方では編集できません',
          }[why]
        }`,
      ko: ({ stage, why, command }) =>
        `스테이지 ${q(stage)}은(는) 그대로 둡니다: ${q(command)}${
          {
            image: '은(는) 이미지 자체에서 실행됩니다',
            'below-image': '은(는) 이미지가 기반으로 삼는 스테이지에서 실행됩니다',
            cgo: '은(는) 실행하는 CPU용 C 라이브러리와 링크합니다',
            tests: '은(는) 이미지의 CPU에서 하는 테스트입니다',
            'runs-output': '은(는) 이미지용으로 컴파일한 것을 실행합니다',
            'used-there': '은(는) 이미지에 넘기는 패키지를 실행합니다',
            mixed: '은(는) 설치와 같은 RUN에 있고 무엇을 남기는지 알 수 없습니다',
            places: '은(는) 실행하기 전에는 알 수 없는 곳에 파일을 남깁니다',
            manager: '에는 여기서 다른 CPU를 지정할 수 없습니다',
            pnpm: '에 다른 CPU를 지정할 수 있는 것은 pnpm 10.14부터입니다',
            'yarn-classic': '은(는) Yarn 1이라서 자신의 CPU용으로만 설치합니다',
            'yarn-pnp': "은(는) Plug'n'Play용으로 링크하므로 패키지가 node_modules에 없습니다",
            pip: '이(가) 그 CPU와 libc용으로 쓸 wheel을 알 수 없습니다',
            cargo: '에는 그 CPU용 표준 라이브러리와 링커가 필요한데 이미지에 없습니다',
            compiler: '은(는) 실행하는 CPU용으로 컴파일합니다',
            download: '은(는) 실행하는 CPU용 파일을 받아 옵니다',
            inside: '은(는) 실행하는 CPU를 프로그램 안에 넣을 수 있고, 비교로는 그것을 알 수 없습니다',
            form: '은(는) 지금 형태로는 편집할 수 없습니다',
          }[why]
        }`,
    },
    fix: {
      en: ({ why }) =>
        ({
          image:
            'Move it into a stage of its own and copy what it leaves: `FROM … AS install`, then `COPY --from=install`; a builder of that CPU runs it natively as it is',
          'below-image':
            'Stand the stages that only build on the image itself instead of on the one that ships; a builder of that CPU runs it natively as it is',
          cgo: 'Nothing, or `CGO_ENABLED=0` where the program does without C; a builder of that CPU runs it natively',
          tests: 'Put the tests into a stage of their own, which the image does not need',
          'runs-output':
            'Start it in a test of the image, not while it is built; a builder of that CPU runs it natively',
          'used-there': 'Install twice: in one stage what the build runs, in another one what the image is given',
          mixed: 'Give the install a RUN of its own; a builder of that CPU runs it natively as it is',
          places:
            'Set WORKDIR to an absolute path and install into one directory below it, from a lockfile; a builder of that CPU runs it natively as it is',
          manager: 'A builder of that CPU runs it natively; `npm ci`, pnpm and `uv` can be told another CPU',
          pnpm: 'Set `"packageManager"` in package.json to pnpm 10.14 or later, or use a builder of that CPU',
          'yarn-classic': 'Move to Yarn 4, npm or pnpm, which can be told another CPU, or use a builder of that CPU',
          'yarn-pnp': 'Set `nodeLinker: node-modules` in .yarnrc.yml, or use a builder of that CPU',
          pip: 'Use an official image of Debian or Alpine as the base, or a builder of that CPU',
          cargo:
            'Set up the target by hand: `rustup target add`, a linker and `cargo build --target`; a builder of that CPU runs it natively as it is',
          compiler: 'A builder of that CPU runs it natively; a cross compiler can be set up by hand',
          download: 'Choose by `$TARGETARCH` instead of `uname -m` in a stage on `$BUILDPLATFORM`',
          inside:
            'Say it by `$TARGETARCH`, which is the same on every builder, or by what does not depend on the machine: `git describe`, `go env GOVERSION`',
          form: 'Write it as a plain command of a RUN: `RUN go build …`',
        })[why],
      ja: ({ why }) =>
        ({
          image:
            '専用のステージ (`FROM … AS install`) に移し、結果を `COPY --from=install` でコピーしてください。その CPU のビルダーなら現状のままネイティブで実行できます',
          'below-image':
            'ビルド専用のステージは、出荷するステージではなく元のイメージから始めてください。その CPU のビルダーなら現状のままネイティブで実行できます',
          cgo: '対応は不要です。C が不要なプログラムなら `CGO_ENABLED=0` を指定できます。その CPU のビルダーならネイティブで実行できます',
          tests: 'テストは、イメージが必要としない専用のステージに移してください',
          'runs-output':
            '起動の確認はビルド中ではなくイメージのテストで行ってください。その CPU のビルダーならネイティブで実行できます',
          'used-there':
            'インストールを分けてください: ビルドで実行するものと、イメージに渡すものを別のステージに入れます',
          mixed: 'インストールを単独の RUN に分けてください。その CPU のビルダーなら現状のままネイティブで実行できます',
          places:
            'WORKDIR を絶対パスで指定し、その下の 1 つのディレクトリにロックファイルからインストールしてください。その CPU のビルダーなら現状のままネイティブで実行できます',
          manager: 'その CPU のビルダーならネイティブで実行できます。`npm ci`、pnpm、`uv` には別の CPU を指定できます',
          pnpm: 'package.json の `"packageManager"` を pnpm 10.14 以降にするか、その CPU のビルダーを使ってください',
          'yarn-classic': '別の CPU を指定できる Yarn 4、npm、pnpm に移るか、その CPU のビルダーを使ってください',
          'yarn-pnp': '.yarnrc.yml に `nodeLinker: node-modules` を書くか、その CPU のビルダーを使ってください',
          pip: 'Debian か Alpine の公式イメージを土台にするか、その CPU のビルダーを使ってください',
          cargo:
            '`rustup target add`、リンカー、`cargo build --target` を手作業で用意してください。その CPU のビルダーなら現状のままネイティブで実行できます',
          compiler: 'その CPU のビルダーならネイティブで実行できます。クロスコンパイラは手作業で用意できます',
          download: '`$BUILDPLATFORM` のステージで、`uname -m` の代わりに `$TARGETARCH` で選んでください',
          inside:
            'どのビルダーでも同じになる `$TARGETARCH` で指定するか、マシンに依存しないもの (`git describe`、`go env GOVERSION`) を使ってください',
          form: 'RUN の通常のコマンドとして書いてください: `RUN go build …`',
        })[why],
      ko: ({ why }) =>
        ({
          image:
            '별도 스테이지(`FROM … AS install`)로 옮기고 결과를 `COPY --from=install`로 복사하세요. 그 CPU의 빌더라면 지금 그대로 네이티브로 실행합니다',
          'below-image':
            '빌드만 하는 스테이지는 배포하는 스테이지가 아니라 원래 이미지에서 시작하세요. 그 CPU의 빌더라면 지금 그대로 네이티브로 실행합니다',
          cgo: '조치할 것은 없습니다. C가 필요 없는 프로그램이면 `CGO_ENABLED=0`을 쓸 수 있습니다. 그 CPU의 빌더라면 네이티브로 실행합니다',
          tests: '테스트는 이미지에 필요하지 않은 별도 스테이지로 옮기세요',
          'runs-output':
            '실행 확인은 빌드 중이 아니라 이미지 테스트에서 하세요. 그 CPU의 빌더라면 네이티브로 실행합니다',
          'used-there': '설치를 나누세요: 빌드에서 실행할 것과 이미지에 넘길 것을 다른 스테이지에 둡니다',
          mixed: '설치를 별도 RUN으로 나누세요. 그 CPU의 빌더라면 지금 그대로 네이티브로 실행합니다',
          places:
            'WORKDIR을 절대 경로로 정하고 그 아래 한 디렉터리에 잠금 파일로 설치하세요. 그 CPU의 빌더라면 지금 그대로 네이티브로 실행합니다',
          manager: '그 CPU의 빌더라면 네이티브로 실행합니다. `npm ci`, pnpm, `uv`에는 다른 CPU를 지정할 수 있습니다',
          pnpm: 'package.json의 `"packageManager"`를 pnpm 10.14 이상으로 하거나 그 CPU의 빌더를 쓰세요',
          'yarn-classic': '다른 CPU를 지정할 수 있는 Yarn 4, npm, pnpm으로 옮기거나 그 CPU의 빌더를 쓰세요',
          'yarn-pnp': '.yarnrc.yml에 `nodeLinker: node-modules`를 쓰거나 그 CPU의 빌더를 쓰세요',
          pip: 'Debian이나 Alpine의 공식 이미지를 바탕으로 하거나 그 CPU의 빌더를 쓰세요',
          cargo:
            '`rustup target add`, 링커, `cargo build --target`을 직접 갖추세요. 그 CPU의 빌더라면 지금 그대로 네이티브로 실행합니다',
          compiler: '그 CPU의 빌더라면 네이티브로 실행합니다. 크로스 컴파일러는 직접 갖출 수 있습니다',
          download: '`$BUILDPLATFORM` 스테이지에서 `uname -m` 대신 `$TARGETARCH`로 고르세요',
          inside:
            '어느 빌더에서나 같은 `$TARGETARCH`로 적거나, 머신에 좌우되지 않는 것(`git describe`, `go env GOVERSION`)을 쓰세요',
          form: 'RUN의 평범한 명령으로 쓰세요: `RUN go build …`',
        })[why],
    },
  }),
  'plan/rewrite-unproven': code<{
    /** Of the Dockerfile, with commas. */
    stages: string;
    why: 'no-engine' | 'original-fails' | 'rewritten-fails' | 'differs' | 'verdict';
    platform: string;
    /** Of `differs`: where, and what each build has there. Of `verdict`: the two verdicts. */
    path: string;
    original: string;
    rewritten: string;
    /** Further differences. */
    more: number;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A rewrite of the Dockerfile is not proven, so it is not made',
      ja: 'Dockerfile の書き換えを証明できないため行わない',
      ko: 'Dockerfile 재작성이 증명되지 않아 하지 않음',
    },
    message: {
      en: ({ stages, why, platform, path, original, rewritten, more }) =>
        `${q(stages)} is not rewritten: ${
          {
            'no-engine': 'no engine here can build the original, and there is nothing to compare with',
            'original-fails': 'the original could not be built here, and there is nothing to compare with',
            'rewritten-fails': "on the builder's CPU it cannot be built",
            differs: `for ${platform} ${q(path)} is ${q(rewritten || '-')} instead of ${q(original || '-')}${more > 0 ? `, and ${more} more` : ''}`,
            verdict: `for ${platform} the image is ${rewritten} instead of ${original}`,
          }[why]
        }`,
      ja: ({ stages, why, platform, path, original, rewritten, more }) =>
        `${q(stages)} は書き換えません: ${
          {
            'no-engine': '元の Dockerfile をビルドできるエンジンがここになく、比べるものがありません',
            'original-fails': '元の Dockerfile をここでビルドできず、比べるものがありません',
            'rewritten-fails': 'ビルダーの CPU ではビルドできません',
            differs: `${platform} の ${q(path)} が ${q(original || '-')} ではなく ${q(rewritten || '-')} になります${more > 0 ? ` (ほか ${more} 件)` : ''}`,
            verdict: `${platform} のイメージの判定が ${original} から ${rewritten} に変わります`,
          }[why]
        }`,
      ko: ({ stages, why, platform, path, original, rewritten, more }) =>
        `${q(stages)}은(는) 재작성하지 않습니다: ${
          {
            'no-engine': '원본을 빌드할 수 있는 엔진이 여기에 없어 비교할 것이 없습니다',
            'original-fails': '원본을 여기서 빌드할 수 없어 비교할 것이 없습니다',
            'rewritten-fails': '빌더의 CPU에서는 빌드할 수 없습니다',
            differs: `${platform}에서 ${q(path)} 값이 ${q(original || '-')}이(가) 아니라 ${q(rewritten || '-')}입니다${more > 0 ? `(외 ${more}건)` : ''}`,
            verdict: `${platform} 이미지의 판정이 ${original}에서 ${rewritten}(으)로 바뀝니다`,
          }[why]
        }`,
    },
    fix: {
      en: ({ why }) =>
        ({
          'no-engine':
            'Start Docker with an emulator for the CPU, and plan again: `rightarch doctor` says what is missing',
          'original-fails': 'Mend what is said above; `rightarch doctor` says what an emulated build needs',
          'rewritten-fails': 'Nothing: the Dockerfile stays as it is',
          differs: 'Nothing: the Dockerfile stays as it is. A builder of that CPU runs it natively',
          verdict: 'Nothing: the Dockerfile stays as it is. A builder of that CPU runs it natively',
        })[why],
      ja: ({ why }) =>
        ({
          'no-engine':
            'その CPU のエミュレーターがある Docker を起動してやり直してください。不足しているものは `rightarch doctor` が示します',
          'original-fails': '上の問題を直してください。エミュレーションに必要なものは `rightarch doctor` が示します',
          'rewritten-fails': '対応は不要です。Dockerfile はそのままです',
          differs: '対応は不要です。Dockerfile はそのままです。その CPU のビルダーならネイティブで実行できます',
          verdict: '対応は不要です。Dockerfile はそのままです。その CPU のビルダーならネイティブで実行できます',
        })[why],
      ko: ({ why }) =>
        ({
          'no-engine':
            '그 CPU의 에뮬레이터가 있는 Docker를 시작하고 다시 실행하세요. 빠진 것은 `rightarch doctor`가 알려 줍니다',
          'original-fails': '위 문제를 고치세요. 에뮬레이션에 필요한 것은 `rightarch doctor`가 알려 줍니다',
          'rewritten-fails': '조치할 것은 없습니다. Dockerfile은 그대로입니다',
          differs: '조치할 것은 없습니다. Dockerfile은 그대로입니다. 그 CPU의 빌더라면 네이티브로 실행합니다',
          verdict: '조치할 것은 없습니다. Dockerfile은 그대로입니다. 그 CPU의 빌더라면 네이티브로 실행합니다',
        })[why],
    },
  }),
  'plan/dockerfile-changed': code<{ file: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The Dockerfile changed while its rewrite was proven',
      ja: '書き換えの証明中に Dockerfile が変更された',
      ko: '재작성을 증명하는 동안 Dockerfile이 바뀜',
    },
    message: {
      en: ({ file }) => `${q(file)} is no longer what was built: nothing is written`,
      ja: ({ file }) => `${q(file)} はビルドしたときの内容ではなくなったため、何も書き込みません`,
      ko: ({ file }) => `${q(file)}은(는) 빌드할 때의 내용이 아니므로 아무것도 쓰지 않습니다`,
    },
    fix: {
      en: () => 'Start it again',
      ja: () => 'もう一度実行してください',
      ko: () => '다시 실행하세요',
    },
  }),
  'plan/builder-made': code<{ platform: string; builder: string; command: string }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'A builder is made before the build',
      ja: 'ビルドの前にビルダーを作成する',
      ko: '빌드 전에 빌더를 만듦',
    },
    message: {
      en: ({ platform, builder, command }) =>
        `The builder ${q(builder)} for ${platform} is not there yet: a build makes it by ${cmd(command)}, and its pods start in Kubernetes`,
      ja: ({ platform, builder, command }) =>
        `${platform} 用のビルダー ${q(builder)} がまだないため、ビルド時に ${cmd(command)} で作成し、Kubernetes で Pod を起動します`,
      ko: ({ platform, builder, command }) =>
        `${platform}용 빌더 ${q(builder)}이(가) 아직 없어 빌드할 때 ${cmd(command)}(으)로 만들고 Kubernetes에서 파드를 시작합니다`,
    },
    fix: {
      en: ({ builder }) =>
        `Nothing has to be done; it stays for the next build, until ${cmd(`docker buildx rm ${builder}`)} removes it and its pods`,
      ja: ({ builder }) =>
        `対応は不要です。次のビルドのために残ります。Pod ごと削除するには ${cmd(`docker buildx rm ${builder}`)} を実行してください`,
      ko: ({ builder }) =>
        `조치할 것은 없습니다. 다음 빌드를 위해 남아 있으며, 파드까지 지우려면 ${cmd(`docker buildx rm ${builder}`)}을(를) 실행하세요`,
    },
  }),
} as const;
