import { cmd, code, q } from '../code.ts';

/** `Amazon ECS on Fargate` or `Amazon ECS on Fargate (api)`. */
const runtimeOf = (runtime: string, name: string | undefined): string =>
  name === undefined ? runtime : `${runtime} (${name})`;

const said = {
  en: (message: string | undefined) =>
    message === undefined ? 'it does not start there' : `there it says ${q(message)}`,
  ja: (message: string | undefined) =>
    message === undefined ? 'そこでは起動しません' : `そこでは ${q(message)} と表示されます`,
  ko: (message: string | undefined) =>
    message === undefined ? '거기서는 시작되지 않습니다' : `거기서는 ${q(message)} 메시지가 나옵니다`,
};

export interface Between {
  readonly runtime: string;
  readonly name: string | undefined;
  /** Platforms that it runs: `linux/arm64`. */
  readonly runs: string;
}

/** As UpdateProject and CreateProject answer (github.com/aws/copilot-cli/issues/3110, read 2026-11-30). */
const refuses = (image: string, type: string): string =>
  `AWS CodeBuild curated image ${image} is not supported for projects with environment type ${type}`;
/**
 * The newest of CodeBuild's own for a CPU. Its Lambda compute has images of its own, one for each language
 * (https://docs.aws.amazon.com/codebuild/latest/userguide/lambda-compute-images.html, read 2026-11-30).
 */
function imageFor(runs: string, image: string, type: string): string {
  const cpu = runs === 'linux/arm64' ? 'aarch64' : 'x86_64';
  const language = /lambda-standard:(.+)$/.exec(image)?.[1] ?? 'LANGUAGE';
  if (isLambda(type)) return `aws/codebuild/amazonlinux-${cpu}-lambda-standard:${language}`;
  return `aws/codebuild/amazonlinux-${cpu}-standard:${cpu === 'aarch64' ? '3.0' : '5.0'}`;
}
const isLambda = (text: string): boolean => /lambda/i.test(text);
/** One kind of machine does not take the images of the other, whatever its CPU. */
const isOfKind = (image: string, type: string): boolean => isLambda(image) === isLambda(type);
/** The same kind of machine with the other CPU. */
const typeFor = (runs: string, type: string): string =>
  runs === 'linux/arm64' ? type.replace(/^ARM/, 'LINUX') : type.replace(/^LINUX(?:_GPU)?/, 'ARM');

export const repositoryCodes = {
  'repository/cpu-differs': code<Between & { built: string; message: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The image is built for one CPU and run on another',
      ja: 'ビルド対象の CPU と実行先の CPU が異なる',
      ko: '빌드하는 CPU와 실행하는 CPU가 다름',
    },
    message: {
      en: ({ runtime, name, runs, built, message }) =>
        `Built for ${built} only, and ${runtimeOf(runtime, name)} runs ${runs}: ${said.en(message)}`,
      ja: ({ runtime, name, runs, built, message }) =>
        `${built} だけをビルドしていますが、${runtimeOf(runtime, name)} は ${runs} で動きます。${said.ja(message)}`,
      ko: ({ runtime, name, runs, built, message }) =>
        `${built}만 빌드하는데 ${runtimeOf(runtime, name)}은(는) ${runs}에서 실행됩니다. ${said.ko(message)}`,
    },
    fix: {
      en: ({ runs }) => `Build for ${runs} here, or declare the CPU that is built where it runs`,
      ja: ({ runs }) => `ここで ${runs} をビルドするか、実行先の定義をビルドする CPU に合わせてください`,
      ko: ({ runs }) => `여기서 ${runs}을(를) 빌드하거나, 실행하는 곳의 선언을 빌드하는 CPU에 맞추세요`,
    },
  }),
  'repository/builder-decides': code<
    Between & {
      given: string;
      message: string | undefined;
      /** What names a platform in that file. */
      write: string;
    }
  >({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'The image has the CPU of whoever builds it',
      ja: 'イメージの CPU がビルドするマシンで決まる',
      ko: '이미지의 CPU가 빌드하는 머신에 따라 정해짐',
    },
    message: {
      en: ({ runtime, name, runs, given, message }) =>
        `No platform is named, so a machine of ${given} builds an image for ${given}, and ${runtimeOf(runtime, name)} runs ${runs}: ${said.en(message)}`,
      ja: ({ runtime, name, runs, given, message }) =>
        `プラットフォームの指定がないため、${given} のマシンでは ${given} 用のイメージになります。${runtimeOf(runtime, name)} は ${runs} で動きます。${said.ja(message)}`,
      ko: ({ runtime, name, runs, given, message }) =>
        `플랫폼을 지정하지 않아 ${given} 머신에서는 ${given}용 이미지가 만들어집니다. ${runtimeOf(runtime, name)}은(는) ${runs}에서 실행됩니다. ${said.ko(message)}`,
    },
    fix: {
      en: ({ write }) => `Name the platform where the image is built: ${cmd(write)}`,
      ja: ({ write }) => `ビルドするときにプラットフォームを指定してください: ${cmd(write)}`,
      ko: ({ write }) => `빌드할 때 플랫폼을 지정하세요: ${cmd(write)}`,
    },
  }),
  'repository/index-refused': code<Omit<Between, 'runs'> & { message: string | undefined }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Several platforms under one tag, for a runtime that takes one image',
      ja: '単一イメージしか受け付けないランタイムに、複数プラットフォームのタグを渡している',
      ko: '단일 이미지만 받는 런타임에 여러 플랫폼의 태그를 줌',
    },
    message: {
      en: ({ runtime, name, message }) =>
        `Several platforms are built under one tag, and ${runtimeOf(runtime, name)} takes a single image: ${said.en(message)}`,
      ja: ({ runtime, name, message }) =>
        `1 つのタグに複数のプラットフォームをビルドしていますが、${runtimeOf(runtime, name)} は単一のイメージしか受け付けません。${said.ja(message)}`,
      ko: ({ runtime, name, message }) =>
        `태그 하나에 여러 플랫폼을 빌드하는데 ${runtimeOf(runtime, name)}은(는) 단일 이미지만 받습니다. ${said.ko(message)}`,
    },
    fix: {
      en: () => `Give this runtime the digest of its own platform: ${cmd('rightarch inspect IMAGE')} lists them`,
      ja: () =>
        `このランタイムには、そのプラットフォームのダイジェストを渡してください。一覧は ${cmd('rightarch inspect IMAGE')} で表示します`,
      ko: () =>
        `이 런타임에는 해당 플랫폼의 다이제스트를 주세요. ${cmd('rightarch inspect IMAGE')}(으)로 목록을 볼 수 있습니다`,
    },
  }),
  'repository/no-such-cpu': code<Between & { built: string; source: string; checked: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The runtime has no machine of that CPU',
      ja: 'ランタイムにその CPU のマシンがない',
      ko: '런타임에 그 CPU의 머신이 없음',
    },
    message: {
      en: ({ runtime, name, runs, built, source, checked }) =>
        `Built for ${built} only, and ${runtimeOf(runtime, name)} has ${runs} and nothing else (${source}, read ${checked})`,
      ja: ({ runtime, name, runs, built, source, checked }) =>
        `${built} だけをビルドしていますが、${runtimeOf(runtime, name)} が対応するのは ${runs} だけです (${source}、${checked} 確認)`,
      ko: ({ runtime, name, runs, built, source, checked }) =>
        `${built}만 빌드하는데 ${runtimeOf(runtime, name)}은(는) ${runs}만 지원합니다(${source}, ${checked} 확인)`,
    },
    fix: {
      en: ({ runs }) => `Build for ${runs}`,
      ja: ({ runs }) => `${runs} をビルドしてください`,
      ko: ({ runs }) => `${runs}을(를) 빌드하세요`,
    },
  }),
  'repository/platform-not-built': code<{ service: string; platform: string; platforms: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A service runs as a platform that its build does not make',
      ja: 'サービスの実行プラットフォームがビルド対象に含まれていない',
      ko: '서비스가 실행되는 플랫폼이 빌드 대상에 없음',
    },
    message: {
      en: ({ service, platform, platforms }) =>
        `${service} is built for ${platforms.join(', ')} and runs as ${platform}: compose stops with ${q(`service.build.platforms MUST include service.platform "${platform}"`)}`,
      ja: ({ service, platform, platforms }) =>
        `${service} は ${platforms.join('、')} 用にビルドされ、${platform} として実行されます。compose は ${q(`service.build.platforms MUST include service.platform "${platform}"`)} で停止します`,
      ko: ({ service, platform, platforms }) =>
        `${service}은(는) ${platforms.join(', ')}용으로 빌드되는데 ${platform}(으)로 실행됩니다. compose가 ${q(`service.build.platforms MUST include service.platform "${platform}"`)}(으)로 멈춥니다`,
    },
    fix: {
      en: ({ platform }) => `Add ${platform} to ${cmd('build.platforms')}, or take ${cmd('platform')} away`,
      ja: ({ platform }) =>
        `${cmd('build.platforms')} に ${platform} を追加するか、${cmd('platform')} を削除してください`,
      ko: ({ platform }) =>
        `${cmd('build.platforms')}에 ${platform}을(를) 추가하거나 ${cmd('platform')}을(를) 지우세요`,
    },
  }),
  'repository/layer-differs': code<{ function: string; layer: string; made: string; runs: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A layer of a function is for the other CPU',
      ja: '関数のレイヤーが別の CPU 向け',
      ko: '함수의 레이어가 다른 CPU용임',
    },
    message: {
      en: ({ function: name, layer, made, runs }) =>
        `The layer ${layer} is for ${made}, and the function ${name} runs on ${runs}: an extension in it stops with ${q('fork/exec /opt/extensions/…: exec format error')}`,
      ja: ({ function: name, layer, made, runs }) =>
        `レイヤー ${layer} は ${made} 用ですが、関数 ${name} は ${runs} で動きます。含まれる拡張機能は ${q('fork/exec /opt/extensions/…: exec format error')} で失敗します`,
      ko: ({ function: name, layer, made, runs }) =>
        `레이어 ${layer}은(는) ${made}용인데 함수 ${name}은(는) ${runs}에서 실행됩니다. 안에 든 확장은 ${q('fork/exec /opt/extensions/…: exec format error')}(으)로 실패합니다`,
    },
    fix: {
      en: ({ runs }) => `Take the layer for ${runs}, or declare the function's CPU to be that of the layer`,
      ja: ({ runs }) => `${runs} 用のレイヤーを指定するか、関数の CPU の宣言をレイヤーに合わせてください`,
      ko: ({ runs }) => `${runs}용 레이어를 쓰거나, 함수의 CPU 선언을 레이어에 맞추세요`,
    },
  }),
  'repository/build-image-differs': code<{ image: string; made: string; type: string; runs: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A project of CodeBuild takes the image of the other CPU',
      ja: 'CodeBuild プロジェクトが別の CPU 用のイメージを指定している',
      ko: 'CodeBuild 프로젝트가 다른 CPU용 이미지를 지정함',
    },
    message: {
      en: ({ image, made, type, runs }) =>
        `${q(image)} is for ${made}, and ${q(type)} is ${runs}: CodeBuild refuses the project with ${q(refuses(image, type))}`,
      ja: ({ image, made, type, runs }) =>
        `${q(image)} は ${made} 用ですが、${q(type)} は ${runs} です。CodeBuild は ${q(refuses(image, type))} でプロジェクトを拒否します`,
      ko: ({ image, made, type, runs }) =>
        `${q(image)}은(는) ${made}용인데 ${q(type)}은(는) ${runs}입니다. CodeBuild는 ${q(refuses(image, type))}(으)로 프로젝트를 거부합니다`,
    },
    fix: {
      en: ({ image, type, runs }) =>
        `Take ${q(imageFor(runs, image, type))}${isOfKind(image, type) ? `, or the type ${q(typeFor(runs, type))}` : ''}`,
      ja: ({ image, type, runs }) =>
        `${q(imageFor(runs, image, type))} を指定${isOfKind(image, type) ? `するか、タイプを ${q(typeFor(runs, type))} に` : ''}してください`,
      ko: ({ image, type, runs }) =>
        isOfKind(image, type)
          ? `${q(imageFor(runs, image, type))}을(를) 쓰거나 유형을 ${q(typeFor(runs, type))}(으)로 바꾸세요`
          : `${q(imageFor(runs, image, type))}을(를) 쓰세요`,
    },
  }),
  'repository/nodes-mixed': code<
    Omit<Between, 'runs'> & {
      built: string;
      other: string;
      nodes: string;
      /** The strategy of a service of ECS chooses them. */
      providers?: true;
    }
  >({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An image for one CPU may be put on nodes of another',
      ja: '1 つの CPU 用のイメージが別の CPU のノードに配置されうる',
      ko: '한 CPU용 이미지가 다른 CPU의 노드에 배치될 수 있음',
    },
    message: {
      en: ({ runtime, name, built, other, nodes }) =>
        `Built for ${built} only, ${runtimeOf(runtime, name)} names no CPU, and the nodes ${nodes} are ${other}: where the scheduler chooses one of those, it says ${q('exec format error')}`,
      ja: ({ runtime, name, built, other, nodes }) =>
        `${built} だけをビルドし、${runtimeOf(runtime, name)} には CPU の指定がなく、ノード ${nodes} は ${other} です。スケジューラーがそのノードを選ぶと ${q('exec format error')} になります`,
      ko: ({ runtime, name, built, other, nodes }) =>
        `${built}만 빌드하는데 ${runtimeOf(runtime, name)}에는 CPU 지정이 없고 노드 ${nodes}은(는) ${other}입니다. 스케줄러가 그 노드를 고르면 ${q('exec format error')} 오류가 납니다`,
    },
    fix: {
      en: ({ built, other, providers }) =>
        providers
          ? `Build for ${other} too, or take the capacity providers of ${other} out of the strategy of the service`
          : `Build for ${other} too, or keep the pods off those nodes: ${cmd(`nodeSelector: { kubernetes.io/arch: ${built.replace(/^linux\//, '')} }`)}`,
      ja: ({ built, other, providers }) =>
        providers
          ? `${other} もビルドするか、サービスのキャパシティプロバイダー戦略から ${other} のものを外してください`
          : `${other} もビルドするか、Pod の配置先を限定してください: ${cmd(`nodeSelector: { kubernetes.io/arch: ${built.replace(/^linux\//, '')} }`)}`,
      ko: ({ built, other, providers }) =>
        providers
          ? `${other}도 빌드하거나, 서비스의 용량 공급자 전략에서 ${other}용을 빼세요`
          : `${other}도 빌드하거나, 파드가 갈 노드를 제한하세요: ${cmd(`nodeSelector: { kubernetes.io/arch: ${built.replace(/^linux\//, '')} }`)}`,
    },
  }),
  'repository/cpu-open': code<Omit<Between, 'runs'> & { built: string; usually?: string }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'One CPU is built, and the one that it runs on is filled in later',
      ja: 'ビルド対象の CPU は 1 つで、実行先の CPU は後から決まる',
      ko: '한 CPU만 빌드하는데 실행할 CPU는 나중에 정해짐',
    },
    message: {
      en: ({ runtime, name, built, usually }) =>
        `Built for ${built} only, and the CPU of ${runtimeOf(runtime, name)} is a value that the deployment fills in${usually === undefined ? '' : `, ${usually} where nobody says otherwise`}: whether it is the same is not seen here`,
      ja: ({ runtime, name, built, usually }) =>
        `${built} だけをビルドしていますが、${runtimeOf(runtime, name)} の CPU はデプロイ時に入る値${usually === undefined ? '' : ` (指定がなければ ${usually}) `}です。一致するかどうかはここからは判断できません`,
      ko: ({ runtime, name, built, usually }) =>
        `${built}만 빌드하는데 ${runtimeOf(runtime, name)}의 CPU는 배포할 때 채워지는 값입니다${usually === undefined ? '' : ` (따로 정하지 않으면 ${usually})`}. 같은지는 여기서 알 수 없습니다`,
    },
    fix: {
      en: ({ built }) =>
        `Write ${built} where it runs, build for every CPU that may be filled in, or prove what was deployed: ${cmd('rightarch verify IMAGE --definition FILE')}`,
      ja: ({ built }) =>
        `実行先の定義に ${built} を書くか、入りうるすべての CPU をビルドするか、デプロイ後の定義で証明してください: ${cmd('rightarch verify IMAGE --definition FILE')}`,
      ko: ({ built }) =>
        `실행하는 곳에 ${built}을(를) 적거나, 채워질 수 있는 모든 CPU를 빌드하거나, 배포된 정의로 증명하세요: ${cmd('rightarch verify IMAGE --definition FILE')}`,
    },
  }),
  'repository/declares-other-cpu': code<
    Between & { asked: string; how: 'declared' | 'default'; property: string | undefined }
  >({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'What runs the image has another CPU than the one that is asked about',
      ja: '実行先の CPU が、指定された CPU と異なる',
      ko: '이미지를 실행하는 곳의 CPU가 지정한 CPU와 다름',
    },
    message: {
      en: ({ runtime, name, runs, asked, how }) =>
        `${cmd('--for')} asks about ${asked}, and ${runtimeOf(runtime, name)} ${how === 'declared' ? `is declared here to run ${runs}` : `declares no CPU here, which is ${runs}`}: an image for ${asked} does not start there`,
      ja: ({ runtime, name, runs, asked, how }) =>
        `${cmd('--for')} で ${asked} が指定されましたが、${runtimeOf(runtime, name)} は${how === 'declared' ? `ここで ${runs} と宣言されています` : `ここで CPU を宣言しておらず、${runs} になります`}。${asked} 用のイメージはそこでは起動しません`,
      ko: ({ runtime, name, runs, asked, how }) =>
        `${cmd('--for')}에 ${asked}을(를) 지정했는데 ${runtimeOf(runtime, name)}은(는) ${how === 'declared' ? `여기서 ${runs}(으)로 선언되어 있습니다` : `여기서 CPU를 선언하지 않아 ${runs}이(가) 됩니다`}. ${asked}용 이미지는 거기서 시작되지 않습니다`,
    },
    fix: {
      en: ({ asked, property }) => `Declare ${asked} here${property === undefined ? '' : `: ${cmd(property)}`}`,
      ja: ({ asked, property }) =>
        `ここで ${asked} を宣言してください${property === undefined ? '' : `: ${cmd(property)}`}`,
      ko: ({ asked, property }) =>
        `여기서 ${asked}을(를) 선언하세요${property === undefined ? '' : `: ${cmd(property)}`}`,
    },
  }),
} as const;
