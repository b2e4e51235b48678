import { code, list, q } from '../code.ts';

type Unreadable =
  | 'missing'
  | 'other-kind'
  | 'system'
  | 'too-large'
  | 'too-deep'
  | 'not-utf8'
  | 'syntax'
  | 'module'
  | 'nothing';

const unreadable: Readonly<Record<Unreadable, Readonly<Record<'en' | 'ja' | 'ko', string>>>> = {
  missing: { en: 'there is no such file', ja: 'ファイルが存在しません', ko: '파일이 없습니다' },
  'other-kind': {
    en: 'it is not a file',
    ja: '通常のファイルではありません',
    ko: '일반 파일이 아닙니다',
  },
  system: {
    en: 'the system refuses to read it',
    ja: 'OS が読み取りを拒否しました',
    ko: '운영 체제가 읽기를 거부했습니다',
  },
  'too-large': {
    en: 'it is larger than any definition that a service accepts (2,000,000 characters)',
    ja: 'どのサービスの定義の上限よりも大きいファイルです (2,000,000 文字を超過)',
    ko: '어떤 서비스의 정의보다도 큽니다(2,000,000자 초과)',
  },
  'too-deep': { en: 'it is nested too deeply', ja: '入れ子が深すぎます', ko: '중첩이 너무 깊습니다' },
  'not-utf8': { en: 'it is not UTF-8 text', ja: 'UTF-8 のテキストではありません', ko: 'UTF-8 텍스트가 아닙니다' },
  syntax: {
    en: 'it is neither YAML nor JSON',
    ja: 'YAML としても JSON としても読み取れません',
    ko: 'YAML로도 JSON으로도 읽을 수 없습니다',
  },
  module: {
    en: 'what a module of Terraform makes of its arguments stands in the module',
    ja: 'Terraform モジュールが引数から何を作るかは、モジュール側に書かれています',
    ko: 'Terraform 모듈이 인수로 무엇을 만드는지는 모듈 안에 있습니다',
  },
  nothing: {
    en: 'it holds no ECS task definition, Lambda function of an image, pod or workload of Kubernetes, Cloud Run service or compose service',
    ja: 'ECS タスク定義、コンテナイメージの Lambda 関数、Kubernetes の Pod やワークロード、Cloud Run サービス、compose サービスのどれも含まれていません',
    ko: 'ECS 태스크 정의, 컨테이너 이미지 Lambda 함수, Kubernetes Pod나 워크로드, Cloud Run 서비스, compose 서비스 중 아무것도 들어 있지 않습니다',
  },
};

const said = {
  runtime: { en: 'The runtime', ja: 'ランタイム', ko: '런타임' },
  cpu: { en: 'The CPU', ja: 'CPU ', ko: 'CPU' },
} as const;

/** What can be wrong with `--definition` or `definition:`, before any image is looked at. */
export const definitionCodes = {
  'definition/unreadable': code<{ file: string; kind: Unreadable }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A definition cannot be read',
      ja: '定義ファイルを読み取れない',
      ko: '정의 파일을 읽을 수 없음',
    },
    message: {
      en: ({ file, kind }) => `${q(file)} says nothing about what starts: ${unreadable[kind].en}`,
      ja: ({ file, kind }) => `${q(file)} から起動設定を読み取れません: ${unreadable[kind].ja}`,
      ko: ({ file, kind }) => `${q(file)}에서 시작 설정을 읽을 수 없습니다: ${unreadable[kind].ko}`,
    },
    fix: {
      en: ({ file, kind }) =>
        kind === 'module'
          ? 'Pipe the plan into it, where all values stand: `terraform plan -out plan.out && terraform show -json plan.out | rightarch verify IMAGE --definition -`'
          : file === '-'
            ? 'Pipe the output of `aws ecs describe-task-definition`, `kubectl get -o yaml` or `docker compose config` into it, and look at what that prints'
            : `Write the path of a task definition, a rendered manifest or template, or a compose file in place of ${q(file)}, or ${q('-')} for stdin`,
      ja: ({ file, kind }) =>
        kind === 'module'
          ? 'すべての値が入っているプランをパイプで渡してください: `terraform plan -out plan.out && terraform show -json plan.out | rightarch verify IMAGE --definition -`'
          : file === '-'
            ? '`aws ecs describe-task-definition`、`kubectl get -o yaml`、`docker compose config` などの出力をパイプで渡し、その出力内容も確認してください'
            : `${q(file)} の代わりに、タスク定義、レンダリング済みのマニフェストやテンプレート、compose ファイルのパスを指定してください。標準入力は ${q('-')} です`,
      ko: ({ file, kind }) =>
        kind === 'module'
          ? '모든 값이 들어 있는 플랜을 파이프로 넘기세요: `terraform plan -out plan.out && terraform show -json plan.out | rightarch verify IMAGE --definition -`'
          : file === '-'
            ? '`aws ecs describe-task-definition`, `kubectl get -o yaml`, `docker compose config` 같은 명령의 출력을 파이프로 넘기고, 그 출력도 확인하세요'
            : `${q(file)} 대신 태스크 정의, 렌더링한 매니페스트나 템플릿, compose 파일의 경로를 쓰세요. 표준 입력은 ${q('-')}입니다`,
    },
  }),
  'definition/container-needed': code<{
    file: string;
    wanted: string | undefined;
    found: readonly string[];
    nearest: string | undefined;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Which container runs the image is not known',
      ja: 'イメージを実行するコンテナが特定できない',
      ko: '이미지를 실행하는 컨테이너를 알 수 없음',
    },
    message: {
      en: ({ file, wanted }) =>
        wanted === undefined
          ? `${q(file)} has several containers, and none names this image`
          : `${q(file)} has no container ${q(wanted)}`,
      ja: ({ file, wanted }) =>
        wanted === undefined
          ? `${q(file)} にはコンテナが複数ありますが、このイメージを指定しているものはありません`
          : `${q(file)} に ${q(wanted)} というコンテナはありません`,
      ko: ({ file, wanted }) =>
        wanted === undefined
          ? `${q(file)}에 컨테이너가 여러 개 있지만 이 이미지를 지정한 것이 없습니다`
          : `${q(file)}에 ${q(wanted)}(이)라는 컨테이너가 없습니다`,
    },
    fix: {
      en: ({ found, nearest }) =>
        `Name it with ${q('--container')}${nearest === undefined ? '' : ` (${q(nearest)}?)`}, in rightarch.yaml with ${q('container:')}: ${list(found)}`,
      ja: ({ found, nearest }) =>
        `${q('--container')} (rightarch.yaml では ${q('container:')}) で指定してください${nearest === undefined ? '' : `。${q(nearest)} の間違いではありませんか`}。見つかったコンテナ: ${list(found)}`,
      ko: ({ found, nearest }) =>
        `${q('--container')}(rightarch.yaml에서는 ${q('container:')})로 지정하세요.${nearest === undefined ? '' : ` ${q(nearest)}을(를) 쓰려던 것인가요?`} 찾은 컨테이너: ${list(found)}`,
    },
  }),
  'definition/differs': code<{ what: keyof typeof said | 'start'; asked: string; found: string; file: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The definition says something else',
      ja: '指定と定義ファイルが食い違っている',
      ko: '지정한 값과 정의 파일이 다름',
    },
    message: {
      en: ({ what, asked, found, file }) =>
        what === 'start'
          ? `Both ${q(asked)} and ${q(found)} say how the image is started, and only one of them can count`
          : `${said[what].en} that is asked for is ${q(asked)}, and ${q(file)} says ${q(found)}`,
      ja: ({ what, asked, found, file }) =>
        what === 'start'
          ? `起動方法が ${q(asked)} と ${q(found)} の両方で指定されていますが、有効にできるのは片方だけです`
          : `${said[what].ja}の指定は ${q(asked)} ですが、${q(file)} では ${q(found)} になっています`,
      ko: ({ what, asked, found, file }) =>
        what === 'start'
          ? `시작 방법이 ${q(asked)}와(과) ${q(found)} 양쪽에 지정되어 있는데 하나만 쓸 수 있습니다`
          : `${said[what].ko} 지정은 ${q(asked)}인데 ${q(file)}에는 ${q(found)}(으)로 되어 있습니다`,
    },
    fix: {
      en: ({ what, asked, found }) =>
        what === 'start'
          ? `Remove ${q(asked)} or ${q('definition:')} from the target`
          : `Ask for ${q(found)}, or leave it out: the definition says it`,
      ja: ({ what, asked, found }) =>
        what === 'start'
          ? `ターゲットから ${q(asked)} と ${q('definition:')} のどちらかを削除してください`
          : `${q(found)} を指定するか、指定を省略してください。定義ファイルの値が使われます`,
      ko: ({ what, asked, found }) =>
        what === 'start'
          ? `타깃에서 ${q(asked)}와(과) ${q('definition:')} 중 하나를 지우세요`
          : `${q(found)}을(를) 지정하거나 지정을 생략하세요. 정의 파일의 값이 쓰입니다`,
    },
  }),
  'definition/open': code<{ what: 'runtime' | 'cpu'; text: string; file: string; runtimes: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The definition leaves the CPU or the machine open',
      ja: '定義ファイルだけでは CPU やマシンが決まらない',
      ko: '정의 파일만으로는 CPU나 머신이 정해지지 않음',
    },
    message: {
      en: ({ what, text, file }) =>
        what === 'runtime'
          ? `${text} in ${q(file)} runs on any machine, and nothing says which`
          : `The CPU in ${q(file)} is ${q(text)}, which only the deployment knows`,
      ja: ({ what, text, file }) =>
        what === 'runtime'
          ? `${q(file)} (${text}) はどのマシンでも動くため、実行先が決まりません`
          : `${q(file)} の CPU は ${q(text)} と書かれていて、デプロイするまで決まりません`,
      ko: ({ what, text, file }) =>
        what === 'runtime'
          ? `${q(file)}(${text})은(는) 어떤 머신에서나 실행되므로 실행 위치가 정해지지 않습니다`
          : `${q(file)}의 CPU는 ${q(text)}(으)로 쓰여 있어 배포할 때까지 정해지지 않습니다`,
    },
    fix: {
      en: ({ runtimes }) => `Add ${runtimes.map((one) => q(`--for ${one}`)).join(' or ')}`,
      ja: ({ runtimes }) => `${runtimes.map((one) => q(`--for ${one}`)).join(' または ')} を追加してください`,
      ko: ({ runtimes }) => `${runtimes.map((one) => q(`--for ${one}`)).join(' 또는 ')}을(를) 추가하세요`,
    },
  }),
} as const;
