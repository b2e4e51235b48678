import { code, list, q } from '../code.ts';

/** What can be wrong with `--for` or a target of the configuration, before any image is looked at. */
export const targetAskCodes = {
  'target/unknown-runtime': code<{ text: string; nearest: string | undefined; known: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A runtime is not known', ja: '登録されていないランタイム', ko: '등록되지 않은 런타임' },
    message: {
      en: ({ text }) => `${q(text)} is not a runtime that rightarch knows`,
      ja: ({ text }) => `${q(text)} というランタイムは rightarch に登録されていません`,
      ko: ({ text }) => `${q(text)}은(는) rightarch에 등록된 런타임이 아닙니다`,
    },
    fix: {
      en: ({ nearest, known }) => `${nearest ? `Write ${q(nearest)}, or one of` : 'Write one of'}: ${list(known)}`,
      ja: ({ nearest, known }) =>
        `${nearest ? `${q(nearest)} の間違いではありませんか。使える名前` : '次のどれかを指定してください'}: ${list(known)}`,
      ko: ({ nearest, known }) =>
        `${nearest ? `${q(nearest)}을(를) 쓰려던 것인가요? 사용할 수 있는 이름` : '다음 중 하나를 지정하세요'}: ${list(known)}`,
    },
  }),
  'target/cpu-unreadable': code<{ text: string; runtime: string; accepted: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A CPU cannot be read', ja: 'CPU 名を読み取れない', ko: 'CPU 이름을 해석할 수 없음' },
    message: {
      en: ({ text, runtime }) => `${q(text)} after ${q(`${runtime}:`)} is not a CPU`,
      ja: ({ text, runtime }) => `${q(`${runtime}:`)} の後ろの ${q(text)} は CPU 名ではありません`,
      ko: ({ text, runtime }) => `${q(`${runtime}:`)} 뒤의 ${q(text)}은(는) CPU 이름이 아닙니다`,
    },
    fix: {
      en: ({ runtime, accepted }) => `Write ${q(`${runtime}:arm64`)}, or another of these CPUs: ${list(accepted)}`,
      ja: ({ runtime, accepted }) =>
        `${q(`${runtime}:arm64`)} のように書いてください。使える CPU 名: ${list(accepted)}`,
      ko: ({ runtime, accepted }) => `${q(`${runtime}:arm64`)}처럼 쓰세요. 사용할 수 있는 CPU 이름: ${list(accepted)}`,
    },
  }),
  'target/cpu-not-offered': code<{
    runtime: string;
    asked: string;
    offered: readonly string[];
    source: string;
    checked: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The runtime does not have that CPU',
      ja: 'ランタイムにない CPU',
      ko: '런타임에 없는 CPU',
    },
    message: {
      en: ({ runtime, asked, offered, source, checked }) =>
        `${runtime} does not run ${asked}: it has ${offered.join(', ')} (${source}, read ${checked})`,
      ja: ({ runtime, asked, offered, source, checked }) =>
        `${runtime} は ${asked} に対応していません。使えるのは ${offered.join(', ')} です (${source}、${checked} 確認)`,
      ko: ({ runtime, asked, offered, source, checked }) =>
        `${runtime}은(는) ${asked}을(를) 지원하지 않습니다. 사용할 수 있는 것은 ${offered.join(', ')}입니다(${source}, ${checked} 확인)`,
    },
    fix: {
      en: ({ offered }) =>
        `Ask for ${offered.join(' or ')}; if the source is out of date, set \`assume: { architecture: …, reason: … }\` on the target`,
      ja: ({ offered }) =>
        `${offered.join(' または ')} を指定してください。出典が古い場合は、ターゲットに \`assume: { architecture: …, reason: … }\` を書いてください`,
      ko: ({ offered }) =>
        `${offered.join(' 또는 ')}을(를) 지정하세요. 출처가 오래되었다면 타깃에 \`assume: { architecture: …, reason: … }\`를 쓰세요`,
    },
  }),
  'target/cpu-undeclared': code<{ runtime: string; asks: readonly string[]; instances: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The CPU is not declared', ja: 'CPU が指定されていない', ko: 'CPU가 지정되지 않음' },
    message: {
      en: ({ runtime }) => `On ${runtime} the machine decides the CPU, and nothing says which machine it is`,
      ja: ({ runtime }) => `${runtime} の CPU はマシンによって決まりますが、どのマシンかが指定されていません`,
      ko: ({ runtime }) => `${runtime}의 CPU는 머신에 따라 정해지는데, 어떤 머신인지 지정되지 않았습니다`,
    },
    fix: {
      en: ({ asks, instances }) =>
        `Use ${asks.map((ask) => q(`--for ${ask}`)).join(' or ')}, or set \`architecture:\`${instances.length > 0 ? ` or \`instance:\` (such as ${list(instances)})` : ''} on the target`,
      ja: ({ asks, instances }) =>
        `${asks.map((ask) => q(`--for ${ask}`)).join(' または ')} と指定するか、ターゲットに \`architecture:\`${instances.length > 0 ? ` か \`instance:\` (${list(instances)} など)` : ''} を書いてください`,
      ko: ({ asks, instances }) =>
        `${asks.map((ask) => q(`--for ${ask}`)).join(' 또는 ')}(으)로 지정하거나, 타깃에 \`architecture:\`${instances.length > 0 ? ` 또는 \`instance:\`(예: ${list(instances)})` : ''}을(를) 쓰세요`,
    },
  }),
  'target/instance-unknown': code<{ instance: string; runtime: string; examples: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The CPU of a machine is not known',
      ja: 'マシンの CPU が分からない',
      ko: '머신의 CPU를 알 수 없음',
    },
    message: {
      en: ({ instance, runtime }) => `No confirmed rule for ${q(runtime)} tells the CPU of ${q(instance)}`,
      ja: ({ instance, runtime }) => `${q(runtime)} の ${q(instance)} がどの CPU かを示す、確認済みの規則がありません`,
      ko: ({ instance, runtime }) =>
        `${q(runtime)}의 ${q(instance)}이(가) 어떤 CPU인지 알려 주는 확인된 규칙이 없습니다`,
    },
    fix: {
      en: ({ runtime, examples }) =>
        `Check the spelling${examples.length > 0 ? ` (as in ${list(examples)})` : ''}, or name the CPU: ${q(`${runtime}:amd64`)} or ${q(`${runtime}:arm64`)}`,
      ja: ({ runtime, examples }) =>
        `つづりを確認するか${examples.length > 0 ? ` (例: ${list(examples)})` : ''}、CPU を直接指定してください: ${q(`${runtime}:amd64`)} または ${q(`${runtime}:arm64`)}`,
      ko: ({ runtime, examples }) =>
        `철자를 확인하거나${examples.length > 0 ? `(예: ${list(examples)})` : ''} CPU를 직접 지정하세요: ${q(`${runtime}:amd64`)} 또는 ${q(`${runtime}:arm64`)}`,
    },
  }),
  'target/instance-no-linux': code<{ instance: string; runtime: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A machine runs no Linux containers',
      ja: 'Linux コンテナを実行できないマシン',
      ko: 'Linux 컨테이너를 실행할 수 없는 머신',
    },
    message: {
      en: ({ instance, runtime }) =>
        `${q(instance)} of ${runtime} runs macOS or Windows, and does not run Linux containers by itself`,
      ja: ({ instance, runtime }) =>
        `${runtime} の ${q(instance)} は macOS か Windows で、そのままでは Linux コンテナを実行できません`,
      ko: ({ instance, runtime }) =>
        `${runtime}의 ${q(instance)}은(는) macOS 또는 Windows라서 Linux 컨테이너를 그대로 실행할 수 없습니다`,
    },
    fix: {
      en: () => 'Name a Linux machine, or a CPU instead',
      ja: () => 'Linux のマシンを指定するか、代わりに CPU を指定してください',
      ko: () => 'Linux 머신을 지정하거나 CPU를 지정하세요',
    },
  }),
  'target/instance-other-cpu': code<{ instance: string; declared: string; found: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The machine has another CPU than declared',
      ja: 'マシンの CPU が宣言と違う',
      ko: '머신의 CPU가 선언과 다름',
    },
    message: {
      en: ({ instance, declared, found }) =>
        `${q(instance)} is ${found.join(', ')}, but the target declares ${declared}`,
      ja: ({ instance, declared, found }) =>
        `${q(instance)} は ${found.join(', ')} ですが、ターゲットの宣言は ${declared} です`,
      ko: ({ instance, declared, found }) =>
        `${q(instance)}은(는) ${found.join(', ')}인데 타깃에는 ${declared}(으)로 선언되어 있습니다`,
    },
    fix: {
      en: ({ found }) => `Remove \`architecture:\`, or set it to ${found.join(', ')}`,
      ja: ({ found }) => `\`architecture:\` を消すか、${found.join(', ')} にしてください`,
      ko: ({ found }) => `\`architecture:\`를 지우거나 ${found.join(', ')}(으)로 바꾸세요`,
    },
  }),
} as const;
