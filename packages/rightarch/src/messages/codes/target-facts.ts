import { cmd, code, q } from '../code.ts';

/** What somebody may write who answers for facts: `oci` `accepted`. */
type Assumed = readonly (readonly [fact: string, value: string])[];

const inFile = (facts: Assumed): string =>
  q(
    `assume: { ${facts.map(([fact, value]) => `${fact}: ${value.includes(',') ? `[${value}]` : value}`).join(', ')}, reason: … }`,
  );

const asFlags = (facts: Assumed): string =>
  q(facts.map(([fact, value]) => `--assume '${fact}=${value}:REASON'`).join(' '));

/** How sure we are of what is known about a runtime. */
export const targetFactCodes = {
  'target/fact-unknown': code<{ runtime: string; page: string; facts: readonly string[]; assume: Assumed }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Nobody has confirmed how the runtime handles this',
      ja: 'ランタイムでの扱いが確認されていない',
      ko: '런타임의 처리 방식이 확인되지 않음',
    },
    message: {
      en: ({ runtime, facts }) => `It is not known how ${runtime} handles this image: ${facts.join(', ')}`,
      ja: ({ runtime, facts }) => `${runtime} がこのイメージをどう扱うかは分かっていません: ${facts.join(', ')}`,
      ko: ({ runtime, facts }) =>
        `${runtime}이(가) 이 이미지를 어떻게 처리하는지 알려져 있지 않습니다: ${facts.join(', ')}`,
    },
    fix: {
      en: ({ page, assume }) =>
        `See what is known with ${cmd(`rightarch targets ${page}`)}, and try it there once; if it ran, answer for it with ${inFile(assume)} on the target, or ${asFlags(assume)}`,
      ja: ({ page, assume }) =>
        `分かっていることは ${cmd(`rightarch targets ${page}`)} で確認し、一度実際に試してください。動いたら、ターゲットの ${inFile(assume)} か ${asFlags(assume)} で受け入れられます`,
      ko: ({ page, assume }) =>
        `알려진 내용은 ${cmd(`rightarch targets ${page}`)}(으)로 확인하고 실제로 한 번 시험해 보세요. 동작했다면 타깃의 ${inFile(assume)} 또는 ${asFlags(assume)}(으)로 받아들일 수 있습니다`,
    },
  }),
  'target/fact-partial': code<{ runtime: string; page: string; facts: readonly string[]; assume: Assumed }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'What is known about the runtime is only partly confirmed',
      ja: 'ランタイムの情報が一部しか確認されていない',
      ko: '런타임 정보가 일부만 확인됨',
    },
    message: {
      en: ({ runtime, facts }) => `What is known about ${runtime} is only partly confirmed: ${facts.join(', ')}`,
      ja: ({ runtime, facts }) => `${runtime} についての次の情報は一部しか確認されていません: ${facts.join(', ')}`,
      ko: ({ runtime, facts }) => `${runtime}에 대한 다음 정보는 일부만 확인되었습니다: ${facts.join(', ')}`,
    },
    fix: {
      en: ({ page, assume }) =>
        `See the sources with ${cmd(`rightarch targets ${page}`)}; if you know it from your own account, answer for it with ${inFile(assume)} on the target, or ${asFlags(assume)}`,
      ja: ({ page, assume }) =>
        `出典は ${cmd(`rightarch targets ${page}`)} で確認してください。自分の環境で確かめてあれば、ターゲットの ${inFile(assume)} か ${asFlags(assume)} で受け入れられます`,
      ko: ({ page, assume }) =>
        `출처는 ${cmd(`rightarch targets ${page}`)}(으)로 확인하세요. 직접 확인했다면 타깃의 ${inFile(assume)} 또는 ${asFlags(assume)}(으)로 받아들일 수 있습니다`,
    },
  }),
  'target/fact-stale': code<{ runtime: string; page: string; facts: readonly string[]; oldest: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'What is known about the runtime is old',
      ja: 'ランタイムの情報が古い',
      ko: '런타임 정보가 오래됨',
    },
    message: {
      en: ({ runtime, facts, oldest }) =>
        `What is known about ${runtime} was last checked on ${oldest}, more than 180 days ago, so nothing is refused because of it: ${facts.join(', ')}`,
      ja: ({ runtime, facts, oldest }) =>
        `${runtime} の情報を最後に確認したのは ${oldest} で、180 日を過ぎているため、拒否の根拠には使いません: ${facts.join(', ')}`,
      ko: ({ runtime, facts, oldest }) =>
        `${runtime} 정보는 ${oldest}에 마지막으로 확인했고 180일이 지났으므로 거부 근거로 쓰지 않습니다: ${facts.join(', ')}`,
    },
    fix: {
      en: () => 'Install a newer rightarch',
      ja: () => '新しい rightarch をインストールしてください',
      ko: () => '새 버전의 rightarch를 설치하세요',
    },
  }),
  'target/assumed': code<{ runtime: string; what: readonly string[]; reason: string }>({
    severity: 'note',
    since: '0.1.0',
    title: { en: 'A fact is overruled', ja: '情報が設定で上書きされている', ko: '정보를 설정에서 재정의함' },
    message: {
      en: ({ runtime, what, reason }) => `What is assumed for ${runtime}: ${what.join(', ')} (${reason})`,
      ja: ({ runtime, what, reason }) => `${runtime} について次のように仮定しています: ${what.join(', ')} (${reason})`,
      ko: ({ runtime, what, reason }) => `${runtime}에 대해 다음과 같이 가정합니다: ${what.join(', ')} (${reason})`,
    },
    fix: {
      en: () => 'Remove `assume:` from the target, or `--assume`, when it is no longer needed',
      ja: () => '不要になったらターゲットの `assume:` または `--assume` を消してください',
      ko: () => '더 이상 필요하지 않으면 타깃의 `assume:` 또는 `--assume`을 지우세요',
    },
  }),
  'target/status': code<{ runtime: string; status: string; source: string }>({
    severity: 'note',
    since: '0.1.0',
    title: { en: 'News about a runtime', ja: 'ランタイムについてのお知らせ', ko: '런타임 관련 소식' },
    message: {
      en: ({ runtime, status }) => `${runtime}: ${status}`,
      ja: ({ runtime, status }) => `${runtime}: ${status}`,
      ko: ({ runtime, status }) => `${runtime}: ${status}`,
    },
    fix: {
      en: ({ source }) => `Read ${source}`,
      ja: ({ source }) => `${source} を参照してください`,
      ko: ({ source }) => `${source} 페이지를 참고하세요`,
    },
  }),
  'target/read-only-root': code<{ runtime: string; lambda: boolean }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'The root file system is read-only there',
      ja: 'ルートファイルシステムが読み取り専用',
      ko: '루트 파일 시스템이 읽기 전용임',
    },
    message: {
      en: ({ runtime, lambda }) =>
        `${runtime}: the root file system is read-only${lambda ? ', and only `/tmp` can be written' : ''}; a start writes nothing by itself, and what the program writes is not claimed`,
      ja: ({ runtime, lambda }) =>
        `${runtime} ではルートファイルシステムが読み取り専用です${lambda ? ' (書き込めるのは `/tmp` だけ)' : ''}。起動だけなら書き込みは起きません。プログラム自身の書き込みは証明の対象外です`,
      ko: ({ runtime, lambda }) =>
        `${runtime}에서는 루트 파일 시스템이 읽기 전용입니다${lambda ? '(`/tmp`에만 쓸 수 있음)' : ''}. 시작 자체는 아무것도 쓰지 않습니다. 프로그램이 쓰는 것은 증명 대상이 아닙니다`,
    },
    fix: {
      en: ({ lambda }) =>
        lambda
          ? 'Let the program write to `/tmp` only, and point `HOME` and caches there'
          : 'Let the program write to a mounted volume only',
      ja: ({ lambda }) =>
        lambda
          ? 'プログラムの書き込み先を `/tmp` だけにし、`HOME` やキャッシュの場所も `/tmp` にしてください'
          : 'プログラムの書き込み先をマウントしたボリュームだけにしてください',
      ko: ({ lambda }) =>
        lambda
          ? '프로그램이 `/tmp`에만 쓰게 하고 `HOME`과 캐시 위치도 그곳으로 지정하세요'
          : '프로그램이 마운트한 볼륨에만 쓰게 하세요',
    },
  }),
} as const;
