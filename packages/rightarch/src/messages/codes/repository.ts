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
  'repository/builder-decides': code<Between & { given: string; message: string | undefined }>({
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
      en: ({ runs }) => `Name the platform where the image is built: ${cmd(`--platform ${runs.split(', ')[0]}`)}`,
      ja: ({ runs }) =>
        `ビルドするときにプラットフォームを指定してください: ${cmd(`--platform ${runs.split(', ')[0]}`)}`,
      ko: ({ runs }) => `빌드할 때 플랫폼을 지정하세요: ${cmd(`--platform ${runs.split(', ')[0]}`)}`,
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
} as const;
