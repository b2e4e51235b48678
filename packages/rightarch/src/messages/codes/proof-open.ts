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
    field === 'mount'
      ? `what is mounted at ${text}`
      : field === 'env'
        ? `${name ?? 'PATH'}, which ${text} may set`
        : `${fieldIn(field, 0)}, ${text} in the definition`,
  ja: ({ field, name, text }: OpenArgs): string =>
    field === 'mount'
      ? `${text} にマウントされるものの中身`
      : field === 'env'
        ? `${text} が設定しうる ${name ?? 'PATH'} の値`
        : `定義ファイルで ${text} と書かれている${fieldIn(field, 1)}`,
  ko: ({ field, name, text }: OpenArgs): string =>
    field === 'mount'
      ? `${text}에 마운트되는 것의 내용`
      : field === 'env'
        ? `${text}이(가) 설정할 수 있는 ${name ?? 'PATH'}의 값`
        : `정의 파일에 ${text}(으)로 쓰인 ${fieldIn(field, 2)}`,
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
    message: {
      en: ({ field, name, text }) =>
        field === 'mount'
          ? `Something is mounted at ${q(text)}, where the start looks for its files: what the image has there is not seen`
          : field === 'env'
            ? `The start depends on ${q(name ?? 'PATH')}, and ${q(text)} may set it to a value that is not here`
            : `${fieldIn(field, 0).replace(/^./, (c) => c.toUpperCase())} is ${q(text)}, whose value is not here`,
      ja: ({ field, name, text }) =>
        field === 'mount'
          ? `起動時に参照される ${q(text)} に別のものがマウントされるため、イメージのファイルは使われません`
          : field === 'env'
            ? `起動は ${q(name ?? 'PATH')} に左右されますが、${q(text)} が設定する値はここでは分かりません`
            : `${fieldIn(field, 1)}が ${q(text)} と書かれていて、その値はここでは分かりません`,
      ko: ({ field, name, text }) =>
        field === 'mount'
          ? `시작할 때 찾는 ${q(text)}에 다른 것이 마운트되어 이미지의 파일은 쓰이지 않습니다`
          : field === 'env'
            ? `시작은 ${q(name ?? 'PATH')}에 달려 있는데 ${q(text)}이(가) 설정하는 값은 여기서 알 수 없습니다`
            : `${fieldIn(field, 2)}이(가) ${q(text)}(으)로 쓰여 있고 그 값은 여기서 알 수 없습니다`,
    },
    fix: {
      en: ({ field, name, text }) =>
        field === 'mount'
          ? `Start the program from a path outside ${q(text)}, or look at what is mounted there`
          : field === 'env'
            ? /^(?:ConfigMap|Secret)\//.test(text)
              ? `Pass ${q(text)} in the same text, as ${q(`kubectl get ${text.toLowerCase()} -o yaml`)} prints it`
              : `Set ${q(name ?? 'PATH')} to a value in the definition itself`
            : 'Pass the definition as it runs: the rendered template, or what the live service answers',
      ja: ({ field, name, text }) =>
        field === 'mount'
          ? `${q(text)} 以外のパスからプログラムを起動するか、マウントされるものの中身を確認してください`
          : field === 'env'
            ? /^(?:ConfigMap|Secret)\//.test(text)
              ? `${q(`kubectl get ${text.toLowerCase()} -o yaml`)} の出力の ${q(text)} も一緒に渡してください`
              : `定義ファイル自体で ${q(name ?? 'PATH')} の値を設定してください`
            : '実際に動く定義 (レンダリング済みのテンプレートや、稼働中のサービスから取得したもの) を渡してください',
      ko: ({ field, name, text }) =>
        field === 'mount'
          ? `${q(text)} 밖의 경로에서 프로그램을 시작하거나, 마운트되는 것의 내용을 확인하세요`
          : field === 'env'
            ? /^(?:ConfigMap|Secret)\//.test(text)
              ? `${q(`kubectl get ${text.toLowerCase()} -o yaml`)} 출력의 ${q(text)}도 함께 넘기세요`
              : `정의 파일 자체에 ${q(name ?? 'PATH')}의 값을 설정하세요`
            : '실제로 실행되는 정의(렌더링한 템플릿이나 실행 중인 서비스에서 가져온 것)를 넘기세요',
    },
  }),
} as const;
