import { cmd, code, list, q } from '../code.ts';

export type LockToolName = 'npm' | 'pnpm' | 'yarn-classic' | 'yarn' | 'bun' | 'uv' | 'poetry' | 'pip' | 'go';

export interface NoBuild {
  readonly package: string;
  readonly version: string;
  /** `linux/arm64`, `linux/arm64 (musl)`. */
  readonly platforms: readonly string[];
  readonly how: 'family' | 'refused' | 'wheel' | 'download' | 'linked';
  /** What it is for: names of its packages, its limits, platforms of its wheels. */
  readonly has: readonly string[];
  /** How many more there are. */
  readonly more: number;
  readonly tool: LockToolName;
  readonly direct: boolean;
  readonly dev: boolean;
  readonly unless: 'extra' | 'marker' | 'install-script' | undefined;
  /** The nearest release that has a build. */
  readonly nearest: string | undefined;
  /** False: nobody looked for one. */
  readonly asked: boolean;
  /** The command that looks. */
  readonly ask: string;
  readonly source: string | undefined;
  readonly checked: string | undefined;
}

export interface Pruned {
  readonly platforms: readonly string[];
  readonly tool: LockToolName;
  readonly cause: 'lost' | 'ignored' | 'supported' | 'environments';
  /** Names that would fit, or the pattern that keeps them out. */
  readonly missing: readonly string[];
  readonly count: number;
  /** What is there for other platforms. */
  readonly has: readonly string[];
  readonly setting: string | undefined;
}

const release = ({ package: name, version }: Pick<NoBuild, 'package' | 'version'>): string => q(`${name} ${version}`);

const MORE = {
  en: (count: number) => (count > 0 ? ` and ${count} more` : ''),
  ja: (count: number) => (count > 0 ? ` ほか ${count} 件` : ''),
  ko: (count: number) => (count > 0 ? ` 외 ${count}개` : ''),
};

/** The command that takes another release into the project. */
function takes({ package: name, nearest, tool, direct }: NoBuild): string | undefined {
  if (nearest === undefined) return undefined;
  if (tool === 'go') return `go get ${nearest.includes('@') ? nearest : `${name}@${nearest}`}`;
  if (tool === 'uv') return direct ? `uv add '${name}==${nearest}'` : `uv lock --upgrade-package '${name}==${nearest}'`;
  if (!direct) return undefined;
  const adds = {
    npm: 'npm install',
    pnpm: 'pnpm add',
    'yarn-classic': 'yarn add',
    yarn: 'yarn add',
    bun: 'bun add',
    poetry: 'poetry add',
  };
  return tool === 'pip' ? undefined : `${adds[tool]} ${name}@${nearest}`;
}

/** The command that shows who wants it. */
function explains({ package: name, tool }: NoBuild): string {
  const commands = {
    npm: `npm explain ${name}`,
    pnpm: `pnpm why ${name}`,
    'yarn-classic': `yarn why ${name}`,
    yarn: `yarn why ${name}`,
    bun: `bun why ${name}`,
    uv: `uv tree --invert --package ${name}`,
    poetry: `poetry show --why --tree ${name}`,
    pip: `pip show ${name}`,
    go: `go mod why -m ${name}`,
  };
  return commands[tool];
}

/** What its own tool says of a package that is not for the machine. */
const REFUSAL: Readonly<Partial<Record<LockToolName, string>>> = {
  npm: 'EBADPLATFORM',
  'yarn-classic': 'is incompatible with this module',
};

/** The command that writes the members of other platforms back: tried with npm 11 over a lockfile of npm 10. */
const RESTORES = 'npx npm@11 install --package-lock-only';

export const lockfileCodes = {
  'lockfile/no-build-for-cpu': code<NoBuild>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A locked package has no build for the CPU',
      ja: 'ロックされたパッケージにその CPU 用のビルドがない',
      ko: '잠긴 패키지에 그 CPU용 빌드가 없음',
    },
    message: {
      en: (a) => {
        const where = a.platforms.join(', ');
        const said = REFUSAL[a.tool];
        const open = {
          extra: '; it is installed only where an extra asks for it',
          marker: '; whether it is installed there depends on a marker that cannot be decided here',
          'install-script': '; its install script may make or fetch one',
        };
        const body = {
          family: `has no build for ${where}: its packages are ${list(a.has)}${MORE.en(a.more)}`,
          refused: `is not for ${where}${a.has.length > 0 ? ` (${a.has.join('; ')})` : ', as its name says'}, and is no optional dependency: ${said === undefined ? 'its code does not run there' : `the install stops with ${q(said)}`}`,
          wheel: `has no wheel for ${where} and no source to build one from: its wheels are for ${a.has.join(', ')}${MORE.en(a.more)}`,
          download: `brings a program for ${a.has.join(', ')}, and none for ${where} (read in the package on ${a.checked})`,
          linked: `is linked to a library that it brings for ${a.has.join(', ')}, and not for ${where} (read in the module on ${a.checked})`,
        };
        return `${release(a)} ${body[a.how]}${a.unless === undefined ? '' : open[a.unless]}`;
      },
      ja: (a) => {
        const where = a.platforms.join('、');
        const said = REFUSAL[a.tool];
        const open = {
          extra: '。extra が指定されたときだけインストールされます',
          marker: '。そこにインストールされるかどうかは、ここでは判断できないマーカーで決まります',
          'install-script': '。インストールスクリプトがビルドまたは取得する可能性はあります',
        };
        const body = {
          family: `には ${where} 用のビルドがありません。あるのは ${list(a.has)}${MORE.ja(a.more)} です`,
          refused: `は ${where} に対応しておらず${a.has.length > 0 ? ` (${a.has.join('; ')})` : ' (名前による)'}、optional な依存関係でもありません。${said === undefined ? 'そこでは動きません' : `インストールは ${q(said)} で止まります`}`,
          wheel: `には ${where} 用の wheel がなく、ビルドするためのソースもありません。wheel があるのは ${a.has.join('、')}${MORE.ja(a.more)} です`,
          download: `に含まれるプログラムは ${a.has.join('、')} 用だけで、${where} 用はありません (${a.checked} にパッケージで確認)`,
          linked: `がリンクするライブラリは ${a.has.join('、')} 用だけで、${where} 用はありません (${a.checked} にモジュールで確認)`,
        };
        return `${release(a)} ${body[a.how]}${a.unless === undefined ? '' : open[a.unless]}`;
      },
      ko: (a) => {
        const where = a.platforms.join(', ');
        const said = REFUSAL[a.tool];
        const open = {
          extra: '. extra를 지정할 때만 설치됩니다',
          marker: '. 거기에 설치되는지는 여기서 판단할 수 없는 마커에 달려 있습니다',
          'install-script': '. 설치 스크립트가 만들거나 내려받을 수는 있습니다',
        };
        const body = {
          family: `에는 ${where}용 빌드가 없습니다. 있는 것은 ${list(a.has)}${MORE.ko(a.more)}입니다`,
          refused: `은(는) ${where}용이 아니며${a.has.length > 0 ? `(${a.has.join('; ')})` : '(이름 기준)'} optional 의존성도 아닙니다. ${said === undefined ? '거기서는 실행되지 않습니다' : `설치가 ${q(said)}(으)로 멈춥니다`}`,
          wheel: `에는 ${where}용 wheel이 없고 빌드할 소스도 없습니다. wheel은 ${a.has.join(', ')}${MORE.ko(a.more)}용뿐입니다`,
          download: `에 든 프로그램은 ${a.has.join(', ')}용뿐이고 ${where}용은 없습니다(${a.checked}에 패키지에서 확인)`,
          linked: `이(가) 링크하는 라이브러리는 ${a.has.join(', ')}용뿐이고 ${where}용은 없습니다(${a.checked}에 모듈에서 확인)`,
        };
        return `${release(a)}${body[a.how]}${a.unless === undefined ? '' : open[a.unless]}`;
      },
    },
    fix: {
      en: (a) => {
        const command = takes(a);
        if (a.how === 'refused')
          return a.direct
            ? `List it under ${q('optionalDependencies')} of package.json, where an install leaves out what does not fit`
            : `${cmd(explains(a))} shows who wants it: that package is for another platform as well`;
        if (command !== undefined) return `Take the nearest release that has one: ${cmd(command)}`;
        if (a.nearest !== undefined && a.tool === 'pip')
          return `Pin ${q(`${a.package}==${a.nearest}`)}, the nearest release that has one`;
        if (a.nearest !== undefined)
          return `${q(`${a.package} ${a.nearest}`)} has one; ${cmd(explains(a))} shows who holds it at ${a.version}`;
        return a.asked
          ? `No release that is known has one; ${cmd(explains(a))} shows who wants it, and what would have to be replaced`
          : `Ask for the nearest release that has one: ${cmd(a.ask)}`;
      },
      ja: (a) => {
        const command = takes(a);
        if (a.how === 'refused')
          return a.direct
            ? `package.json の ${q('optionalDependencies')} に移してください。合わないものはインストール時に省かれます`
            : `${cmd(explains(a))} で依存元を確認してください。そのパッケージも別のプラットフォーム用です`;
        if (command !== undefined) return `ビルドがある最も近いリリースにしてください: ${cmd(command)}`;
        if (a.nearest !== undefined && a.tool === 'pip')
          return `ビルドがある最も近いリリース ${q(`${a.package}==${a.nearest}`)} に固定してください`;
        if (a.nearest !== undefined)
          return `${q(`${a.package} ${a.nearest}`)} にはあります。${a.version} に固定している依存元は ${cmd(explains(a))} で確認できます`;
        return a.asked
          ? `ビルドがあるリリースは知られていません。${cmd(explains(a))} で依存元を確認し、置き換えを検討してください`
          : `ビルドがある最も近いリリースを調べてください: ${cmd(a.ask)}`;
      },
      ko: (a) => {
        const command = takes(a);
        if (a.how === 'refused')
          return a.direct
            ? `package.json의 ${q('optionalDependencies')}(으)로 옮기세요. 맞지 않는 것은 설치할 때 빠집니다`
            : `${cmd(explains(a))}(으)로 누가 쓰는지 확인하세요. 그 패키지도 다른 플랫폼용입니다`;
        if (command !== undefined) return `빌드가 있는 가장 가까운 릴리스를 쓰세요: ${cmd(command)}`;
        if (a.nearest !== undefined && a.tool === 'pip')
          return `빌드가 있는 가장 가까운 릴리스 ${q(`${a.package}==${a.nearest}`)}(으)로 고정하세요`;
        if (a.nearest !== undefined)
          return `${q(`${a.package} ${a.nearest}`)}에는 있습니다. ${a.version}에 묶어 둔 패키지는 ${cmd(explains(a))}(으)로 확인할 수 있습니다`;
        return a.asked
          ? `빌드가 있는 릴리스는 알려진 것이 없습니다. ${cmd(explains(a))}(으)로 누가 쓰는지 확인하고 대체를 검토하세요`
          : `빌드가 있는 가장 가까운 릴리스를 알아보세요: ${cmd(a.ask)}`;
      },
    },
  }),
  'lockfile/resolved-for-other-platforms': code<Pruned>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A lockfile was resolved without the platform',
      ja: 'ロックファイルがそのプラットフォームを含まずに解決されている',
      ko: '잠금 파일이 그 플랫폼을 빼고 만들어짐',
    },
    message: {
      en: ({ platforms, tool, cause, missing, count, has, setting }) => {
        const where = platforms.join(', ');
        const names = `${list(missing)}${MORE.en(count - missing.length)}`;
        return {
          lost: `The lockfile has nothing of ${names}, which ${where} needs${has.length > 0 ? `: it has ${list(has)}, those of the machine that wrote it` : ''}${tool === 'npm' ? '; npm 10 installs without them and says nothing' : ''}`,
          ignored: `${q(`ignoredOptionalDependencies: ${setting}`)} keeps what ${where} needs out of the lockfile`,
          supported: `${q(`supportedArchitectures: ${setting}`)} leaves out ${where}: ${names} ${count === 1 ? 'is' : 'are'} in the lockfile and ${count === 1 ? 'is' : 'are'} not installed there`,
          environments: `The lockfile was resolved for ${q(setting)} alone, and ${where} is none of these: uv stops with ${q("The current Python platform is not compatible with the lockfile's supported environments")}`,
        }[cause];
      },
      ja: ({ platforms, tool, cause, missing, count, has, setting }) => {
        const where = platforms.join('、');
        const names = `${list(missing)}${MORE.ja(count - missing.length)}`;
        return {
          lost: `ロックファイルに ${where} で必要な ${names} がありません${has.length > 0 ? `。あるのは書き出したマシン用の ${list(has)} だけです` : ''}${tool === 'npm' ? '。npm 10 は何も言わずに省いてインストールします' : ''}`,
          ignored: `${q(`ignoredOptionalDependencies: ${setting}`)} により、${where} で必要なものがロックファイルに入っていません`,
          supported: `${q(`supportedArchitectures: ${setting}`)} に ${where} が含まれていません。${names} はロックファイルにありますが、そこではインストールされません`,
          environments: `ロックファイルは ${q(setting)} だけを対象に解決されており、${where} は含まれません。uv は ${q("The current Python platform is not compatible with the lockfile's supported environments")} で止まります`,
        }[cause];
      },
      ko: ({ platforms, tool, cause, missing, count, has, setting }) => {
        const where = platforms.join(', ');
        const names = `${list(missing)}${MORE.ko(count - missing.length)}`;
        return {
          lost: `잠금 파일에 ${where}에서 필요한 ${names}이(가) 없습니다${has.length > 0 ? `. 있는 것은 파일을 만든 머신용인 ${list(has)}뿐입니다` : ''}${tool === 'npm' ? '. npm 10은 아무 말 없이 빼고 설치합니다' : ''}`,
          ignored: `${q(`ignoredOptionalDependencies: ${setting}`)} 때문에 ${where}에서 필요한 것이 잠금 파일에 들어 있지 않습니다`,
          supported: `${q(`supportedArchitectures: ${setting}`)}에 ${where}이(가) 없습니다. ${names}은(는) 잠금 파일에 있지만 거기에는 설치되지 않습니다`,
          environments: `잠금 파일은 ${q(setting)}만 대상으로 만들어졌고 ${where}은(는) 여기에 없습니다. uv는 ${q("The current Python platform is not compatible with the lockfile's supported environments")} 메시지로 멈춥니다`,
        }[cause];
      },
    },
    fix: {
      en: ({ cause, tool }) =>
        ({
          lost:
            tool === 'npm'
              ? `Have npm 11 write them back, with every version kept: ${cmd(RESTORES)}`
              : `Resolve it anew with all optional dependencies: ${cmd(`${tool === 'yarn-classic' ? 'yarn' : tool} install`)}`,
          ignored: `Take the pattern out of ${q('ignoredOptionalDependencies')}, then ${cmd('pnpm install')}`,
          supported: `Add ${q('current')} to each of its lists`,
          environments: `Add ${q("sys_platform == 'linux'")} to ${q('environments')} of ${q('[tool.uv]')}, then ${cmd('uv lock')}`,
        })[cause],
      ja: ({ cause, tool }) =>
        ({
          lost:
            tool === 'npm'
              ? `npm 11 で書き戻してください (バージョンはそのままです): ${cmd(RESTORES)}`
              : `optional な依存関係をすべて含めて解決し直してください: ${cmd(`${tool === 'yarn-classic' ? 'yarn' : tool} install`)}`,
          ignored: `${q('ignoredOptionalDependencies')} からそのパターンを除き、${cmd('pnpm install')} を実行してください`,
          supported: `それぞれのリストに ${q('current')} を追加してください`,
          environments: `${q('[tool.uv]')} の ${q('environments')} に ${q("sys_platform == 'linux'")} を追加し、${cmd('uv lock')} を実行してください`,
        })[cause],
      ko: ({ cause, tool }) =>
        ({
          lost:
            tool === 'npm'
              ? `npm 11로 다시 써 넣으세요(버전은 그대로입니다): ${cmd(RESTORES)}`
              : `optional 의존성을 모두 넣어 다시 만드세요: ${cmd(`${tool === 'yarn-classic' ? 'yarn' : tool} install`)}`,
          ignored: `${q('ignoredOptionalDependencies')}에서 그 패턴을 빼고 ${cmd('pnpm install')}을(를) 실행하세요`,
          supported: `각 목록에 ${q('current')}을(를) 추가하세요`,
          environments: `${q('[tool.uv]')}의 ${q('environments')}에 ${q("sys_platform == 'linux'")}을(를) 추가하고 ${cmd('uv lock')}을(를) 실행하세요`,
        })[cause],
    },
  }),
  'lockfile/compiled-at-install': code<{ platforms: readonly string[]; packages: readonly string[]; count: number }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'A compiler is needed where other CPUs have wheels',
      ja: 'ほかの CPU には wheel があり、この CPU ではコンパイラが必要',
      ko: '다른 CPU에는 wheel이 있지만 이 CPU에서는 컴파일러가 필요함',
    },
    message: {
      en: ({ platforms, packages, count }) =>
        `For ${platforms.join(', ')} there is no wheel of ${list(packages)}${MORE.en(count - packages.length)}: the install compiles ${count === 1 ? 'it' : 'them'} from source`,
      ja: ({ platforms, packages, count }) =>
        `${platforms.join('、')} には ${list(packages)}${MORE.ja(count - packages.length)} の wheel がありません。インストール時にソースからコンパイルされます`,
      ko: ({ platforms, packages, count }) =>
        `${platforms.join(', ')}에는 ${list(packages)}${MORE.ko(count - packages.length)}의 wheel이 없습니다. 설치할 때 소스에서 컴파일됩니다`,
    },
    fix: {
      en: () => 'Install in a stage that has a compiler and their headers, or take a release with a wheel',
      ja: () => 'コンパイラとヘッダーのあるステージでインストールするか、wheel のあるリリースにしてください',
      ko: () => '컴파일러와 헤더가 있는 스테이지에서 설치하거나 wheel이 있는 릴리스를 쓰세요',
    },
  }),
  'lockfile/build-unknown': code<{
    tool: LockToolName;
    packages: readonly string[];
    count: number;
    of: number;
    platforms: readonly string[];
    ask: string;
  }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'A lockfile does not say for which platforms its packages are',
      ja: 'ロックファイルからは、パッケージがどのプラットフォーム用か分からない',
      ko: '잠금 파일만으로는 패키지가 어떤 플랫폼용인지 알 수 없음',
    },
    message: {
      en: ({ packages, count, of, platforms }) =>
        `This format says of no package where it runs: ${count} of ${of} are open for ${platforms.join(', ')} (${list(packages)}${MORE.en(count - packages.length)})`,
      ja: ({ packages, count, of, platforms }) =>
        `この形式には、パッケージがどこで動くかの記載がありません。全 ${of} 件のうち ${count} 件は、${platforms.join('、')} 用のものがあるかここからは分かりません (${list(packages)}${MORE.ja(count - packages.length)})`,
      ko: ({ packages, count, of, platforms }) =>
        `이 형식에는 패키지가 어디서 실행되는지 적혀 있지 않습니다. 전체 ${of}개 중 ${count}개는 ${platforms.join(', ')}용이 있는지 여기서는 알 수 없습니다(${list(packages)}${MORE.ko(count - packages.length)})`,
    },
    fix: {
      en: ({ ask }) => `Ask the registry: ${cmd(ask)}`,
      ja: ({ ask }) => `レジストリに問い合わせてください: ${cmd(ask)}`,
      ko: ({ ask }) => `레지스트리에 물어보세요: ${cmd(ask)}`,
    },
  }),
  'lockfile/malformed': code<{ problem: 'merge' | 'lacks' | 'syntax'; detail: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A lockfile cannot be read',
      ja: 'ロックファイルを読み取れない',
      ko: '잠금 파일을 읽을 수 없음',
    },
    message: {
      en: ({ problem, detail }) =>
        `The lockfile cannot be read: ${{ merge: 'it has the marks of a merge that was not finished', lacks: `it has no ${q(detail)}`, syntax: q(detail) }[problem]}`,
      ja: ({ problem, detail }) =>
        `ロックファイルを読み取れません: ${{ merge: '終わっていないマージの印が残っています', lacks: `${q(detail)} がありません`, syntax: q(detail) }[problem]}`,
      ko: ({ problem, detail }) =>
        `잠금 파일을 읽을 수 없습니다: ${{ merge: '끝나지 않은 병합 표시가 남아 있습니다', lacks: `${q(detail)}이(가) 없습니다`, syntax: q(detail) }[problem]}`,
    },
    fix: {
      en: () => 'Have its own tool write it again',
      ja: () => '元のツールで書き直してください',
      ko: () => '원래 도구로 다시 만드세요',
    },
  }),
} as const;
