import { code, q } from '../code.ts';

/** The first places that were looked at; Python has a dozen. */
const places = (looked: readonly string[], between: string): string =>
  `${looked.slice(0, 4).map(q).join(between)}${looked.length > 4 ? `${between}…` : ''}`;

/** Microsoft's image that has a framework: `mcr.microsoft.com/dotnet/aspnet:8.0`. */
function runtimeImage(isWeb: boolean, version: string): string {
  const name = isWeb ? 'aspnet' : 'runtime';
  return `mcr.microsoft.com/dotnet/${name}:${version.split('.').slice(0, 2).join('.')}`;
}

/** What an interpreter is told to run and does not find. */
export const proofInterpreterCodes = {
  'proof/framework-missing': code<{
    app: string;
    framework: string;
    version: string;
    has: readonly string[];
    directory: string;
    isWeb: boolean;
    prints: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The image lacks the .NET framework that the application needs',
      ja: 'アプリケーションに必要な .NET フレームワークがイメージにない',
      ko: '애플리케이션에 필요한 .NET 프레임워크가 이미지에 없음',
    },
    message: {
      en: ({ app, framework, version, has, directory, prints }) =>
        `${q(app)} needs ${q(`${framework} ${version}`)}, and ${has.length === 0 ? `there is no ${q(directory)}` : `${q(directory)} has only ${places(has, ', ')}`}; dotnet prints: ${q(prints)}`,
      ja: ({ app, framework, version, has, directory, prints }) =>
        `${q(app)} には ${q(`${framework} ${version}`)} が必要ですが、${has.length === 0 ? `${q(directory)} がありません` : `${q(directory)} には ${places(has, '、')} しかありません`}。dotnet の出力: ${q(prints)}`,
      ko: ({ app, framework, version, has, directory, prints }) =>
        `${q(app)}에는 ${q(`${framework} ${version}`)}이(가) 필요하지만 ${has.length === 0 ? `${q(directory)} 디렉터리가 없습니다` : `${q(directory)}에는 ${places(has, ', ')}만 있습니다`}. dotnet 출력: ${q(prints)}`,
    },
    fix: {
      en: ({ isWeb, version }) =>
        `Base the final stage on ${q(runtimeImage(isWeb, version))}, or publish it self-contained`,
      ja: ({ isWeb, version }) =>
        `最終ステージのベースを ${q(runtimeImage(isWeb, version))} にするか、自己完結型 (self-contained) で発行してください`,
      ko: ({ isWeb, version }) =>
        `최종 스테이지의 베이스를 ${q(runtimeImage(isWeb, version))}(으)로 바꾸거나 자체 포함(self-contained)으로 게시하세요`,
    },
  }),
  'proof/plugin-missing': code<{ program: string; config: string; plugin: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A module that the server is told to load is not in the image',
      ja: 'サーバーが読み込むよう指示されたモジュールがイメージにない',
      ko: '서버가 로드하도록 지정된 모듈이 이미지에 없음',
    },
    message: {
      en: ({ program, config, plugin, prints }) =>
        `${q(config)} has ${q(program)} load ${q(plugin)}, and the image has no such file; it prints: ${q(prints)}`,
      ja: ({ program, config, plugin, prints }) =>
        `${q(config)} は ${q(program)} に ${q(plugin)} を読み込ませますが、イメージにそのファイルがありません。出力: ${q(prints)}`,
      ko: ({ program, config, plugin, prints }) =>
        `${q(config)}에서 ${q(program)}이(가) ${q(plugin)}을(를) 로드하도록 지정했지만 이미지에 그 파일이 없습니다. 출력: ${q(prints)}`,
    },
    fix: {
      en: ({ plugin }) => `Install the package that has ${q(plugin)} in the final stage, or drop the line`,
      ja: ({ plugin }) => `${q(plugin)} を含むパッケージを最終ステージにインストールするか、その行を削除してください`,
      ko: ({ plugin }) => `${q(plugin)}이(가) 들어 있는 패키지를 최종 스테이지에 설치하거나 그 줄을 지우세요`,
    },
  }),
  'proof/program-missing': code<{ runtime: string; asked: string; looked: readonly string[]; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'What the interpreter is told to run is not in the image',
      ja: 'インタープリターに渡されたプログラムがイメージにない',
      ko: '인터프리터가 실행할 프로그램이 이미지에 없음',
    },
    message: {
      en: ({ runtime, asked, looked, prints }) =>
        `${q(runtime)} is told to run ${q(asked)}, and the image has no ${places(looked, ' or ')}; it prints: ${q(prints)}`,
      ja: ({ runtime, asked, looked, prints }) =>
        `${q(runtime)} に ${q(asked)} の実行が指示されていますが、イメージには ${places(looked, '、')} がありません。出力: ${q(prints)}`,
      ko: ({ runtime, asked, looked, prints }) =>
        `${q(runtime)}이(가) ${q(asked)}을(를) 실행해야 하지만 이미지에 없습니다(찾는 위치: ${places(looked, ', ')}). 출력: ${q(prints)}`,
    },
    fix: {
      en: () => `Copy it into the final stage, or correct the command and the working directory`,
      ja: () => `最終ステージにコピーするか、コマンドと作業ディレクトリを修正してください`,
      ko: () => `최종 스테이지에 복사하거나 명령과 작업 디렉터리를 고치세요`,
    },
  }),
  'proof/package-refused': code<{ manager: string; path: string; prints: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The package manager refuses the package.json',
      ja: 'パッケージマネージャーが package.json を受け付けない',
      ko: '패키지 매니저가 package.json을 거부함',
    },
    message: {
      en: ({ manager, path, prints }) =>
        `${q(manager)} refuses ${q(path)} and runs nothing: the file asks for another package manager or another version; it prints: ${q(prints)}`,
      ja: ({ manager, path, prints }) =>
        `${q(manager)} は ${q(path)} を受け付けず、何も実行しません。別のパッケージマネージャーか別のバージョンを求めるファイルです。出力: ${q(prints)}`,
      ko: ({ manager, path, prints }) =>
        `${q(manager)}이(가) ${q(path)}을(를) 거부하고 아무것도 실행하지 않습니다. 이 파일은 다른 패키지 매니저나 다른 버전을 요구합니다. 출력: ${q(prints)}`,
    },
    fix: {
      en: () =>
        `Start it with what \`packageManager\` and \`devEngines\` name, or without a package manager: \`CMD ["node", …]\``,
      ja: () =>
        `\`packageManager\` と \`devEngines\` に書かれたもので起動するか、パッケージマネージャーを使わずに起動してください: \`CMD ["node", …]\``,
      ko: () =>
        `\`packageManager\`와 \`devEngines\`에 적힌 것으로 시작하거나 패키지 매니저 없이 시작하세요: \`CMD ["node", …]\``,
    },
  }),
} as const;
