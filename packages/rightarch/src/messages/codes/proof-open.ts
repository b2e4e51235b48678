import { code, q } from '../code.ts';

type OpenArgs = {
  field: string;
  name: string | undefined;
  text: string;
};

const fields: Readonly<Record<string, readonly [en: string, ja: string, ko: string]>> = {
  command: ['the command', 'コマンド', '명령'],
  entrypoint: ['the entrypoint', 'エントリポイント', '엔트리포인트'],
  user: ['the user', 'ユーザー', '사용자'],
  group: ['the group', 'グループ', '그룹'],
  workdir: ['the working directory', '作業ディレクトリ', '작업 디렉터리'],
  nonRoot: ['`runAsNonRoot`', '`runAsNonRoot`', '`runAsNonRoot`'],
};
const fieldIn = (field: string, language: 0 | 1 | 2): string => fields[field]?.[language] ?? field;

/** What is open, as a clause: also what would decide. */
export const openSetting = {
  en: ({ field, name, text }: OpenArgs): string =>
    field === 'mount' || field === 'volume'
      ? `what is mounted at ${text}`
      : field === 'env'
        ? `${name ?? 'PATH'}, which ${text} may set`
        : `${fieldIn(field, 0)}, ${text} in the definition`,
  ja: ({ field, name, text }: OpenArgs): string =>
    field === 'mount' || field === 'volume'
      ? `${text} にマウントされるものの中身`
      : field === 'env'
        ? `${text} が設定しうる ${name ?? 'PATH'} の値`
        : `定義ファイルで ${text} と書かれている${fieldIn(field, 1)}`,
  ko: ({ field, name, text }: OpenArgs): string =>
    field === 'mount' || field === 'volume'
      ? `${text}에 마운트되는 것의 내용`
      : field === 'env'
        ? `${text}이(가) 설정할 수 있는 ${name ?? 'PATH'}의 값`
        : `정의 파일에 ${text}(으)로 쓰인 ${fieldIn(field, 2)}`,
};

type Says = Readonly<Record<'en' | 'ja' | 'ko', (args: OpenArgs) => string>>;

/** What is not seen, and what to do, by what leaves it open; any other is a setting whose value is elsewhere. */
const OPEN: Readonly<Record<string, { readonly message: Says; readonly fix: Says }>> = {
  mount: {
    message: {
      en: ({ text }) =>
        `Something is mounted at ${q(text)}, where the start looks for its files: what the image has there is not seen`,
      ja: ({ text }) =>
        `起動時に参照される ${q(text)} に別のものがマウントされるため、イメージのファイルは使われません`,
      ko: ({ text }) => `시작할 때 찾는 ${q(text)}에 다른 것이 마운트되어 이미지의 파일은 쓰이지 않습니다`,
    },
    fix: {
      en: ({ text }) => `Start the program from a path outside ${q(text)}, or look at what is mounted there`,
      ja: ({ text }) => `${q(text)} 以外のパスからプログラムを起動するか、マウントされるものの中身を確認してください`,
      ko: ({ text }) => `${q(text)} 밖의 경로에서 프로그램을 시작하거나, 마운트되는 것의 내용을 확인하세요`,
    },
  },
  volume: {
    message: {
      en: ({ text }) =>
        `What is started is looked for in ${q(text)}, a volume of the image that the image has nothing in: it may come with what is mounted there`,
      ja: ({ text }) =>
        `起動するプログラムは ${q(text)} で探されますが、そこはイメージでは空のボリュームです。マウントされるものに含まれている可能性があります`,
      ko: ({ text }) =>
        `시작할 프로그램은 ${q(text)}에서 찾는데, 그곳은 이미지에서 비어 있는 볼륨입니다. 마운트되는 것에 들어 있을 수 있습니다`,
    },
    fix: {
      en: ({ text }) =>
        `If it belongs into the image, copy it into the final stage; if it is mounted at ${q(text)}, \`ignore\` this with that as the reason`,
      ja: ({ text }) =>
        `イメージに入れるべきものなら最終ステージにコピーし、${q(text)} にマウントするものなら、それを理由に \`ignore\` に記載してください`,
      ko: ({ text }) =>
        `이미지에 들어가야 하는 것이면 최종 스테이지에 복사하고, ${q(text)}에 마운트하는 것이면 그것을 이유로 \`ignore\`에 적으세요`,
    },
  },
  env: {
    message: {
      en: ({ name, text }) =>
        `The start depends on ${q(name ?? 'PATH')}, and ${q(text)} may set it to a value that is not here`,
      ja: ({ name, text }) =>
        `起動は ${q(name ?? 'PATH')} に左右されますが、${q(text)} が設定する値はここでは分かりません`,
      ko: ({ name, text }) =>
        `시작은 ${q(name ?? 'PATH')}에 달려 있는데 ${q(text)}이(가) 설정하는 값은 여기서 알 수 없습니다`,
    },
    fix: {
      en: ({ name, text }) =>
        isOfKubernetes(text)
          ? `Pass ${q(text)} in the same text, as ${q(printedBy(text))} prints it`
          : `Set ${q(name ?? 'PATH')} to a value in the definition itself`,
      ja: ({ name, text }) =>
        isOfKubernetes(text)
          ? `${q(printedBy(text))} の出力の ${q(text)} も一緒に渡してください`
          : `定義ファイル自体で ${q(name ?? 'PATH')} の値を設定してください`,
      ko: ({ name, text }) =>
        isOfKubernetes(text)
          ? `${q(printedBy(text))} 출력의 ${q(text)}도 함께 넘기세요`
          : `정의 파일 자체에 ${q(name ?? 'PATH')}의 값을 설정하세요`,
    },
  },
};

const SETTING: (typeof OPEN)[string] = {
  message: {
    en: ({ field, text }) =>
      `${fieldIn(field, 0).replace(/^./, (c) => c.toUpperCase())} is ${q(text)}, whose value is not here`,
    ja: ({ field, text }) => `${fieldIn(field, 1)}が ${q(text)} と書かれていて、その値はここでは分かりません`,
    ko: ({ field, text }) => `${fieldIn(field, 2)}이(가) ${q(text)}(으)로 쓰여 있고 그 값은 여기서 알 수 없습니다`,
  },
  fix: {
    en: () => 'Pass the definition as it runs: the rendered template, or what the live service answers',
    ja: () => '実際に動く定義 (レンダリング済みのテンプレートや、稼働中のサービスから取得したもの) を渡してください',
    ko: () => '실제로 실행되는 정의(렌더링한 템플릿이나 실행 중인 서비스에서 가져온 것)를 넘기세요',
  },
};

const isOfKubernetes = (text: string): boolean => /^(?:ConfigMap|Secret)\//.test(text);
const printedBy = (text: string): string => `kubectl get ${text.toLowerCase()} -o yaml`;

const said = (part: 'message' | 'fix'): Says => {
  const say = (language: keyof Says) => (args: OpenArgs) => (OPEN[args.field] ?? SETTING)[part][language](args);
  return { en: say('en'), ja: say('ja'), ko: say('ko') };
};

/** What the definition of a target leaves to somebody else. */
export const proofOpenCodes = {
  'proof/start-open': code<OpenArgs>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'The start depends on a value that is not here',
      ja: '起動がここにない値に左右される',
      ko: '시작이 여기에 없는 값에 달려 있음',
    },
    message: said('message'),
    fix: said('fix'),
  }),
} as const;
