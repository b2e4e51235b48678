import { code, list, q } from '../code.ts';

export const platformCodes = {
  'platform/malformed': code<{ text: string; accepted: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A platform cannot be read',
      ja: 'プラットフォームを読み取れない',
      ko: '플랫폼을 해석할 수 없음',
    },
    message: {
      en: ({ text }) => `${q(text)} is not a platform: it needs an operating system and a CPU, as in \`linux/arm64\``,
      ja: ({ text }) =>
        `${q(text)} はプラットフォームではありません。\`linux/arm64\` のように OS と CPU の両方が必要です`,
      ko: ({ text }) => `${q(text)}은(는) 플랫폼이 아닙니다. \`linux/arm64\`처럼 운영 체제와 CPU가 모두 필요합니다`,
    },
    fix: {
      en: ({ accepted }) => `Write \`linux/CPU\`, or one of these CPUs alone: ${list(accepted)}`,
      ja: ({ accepted }) => `\`linux/CPU\` と書くか、次の CPU 名だけを指定してください: ${list(accepted)}`,
      ko: ({ accepted }) => `\`linux/CPU\` 형식으로 쓰거나 다음 CPU 이름 중 하나만 지정하세요: ${list(accepted)}`,
    },
  }),
  'platform/not-built': code<{ text: string; nearest: string | undefined; known: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Nothing can be built for this platform',
      ja: 'このプラットフォーム用にはビルドできない',
      ko: '이 플랫폼용으로는 빌드할 수 없음',
    },
    message: {
      en: ({ text, nearest }) =>
        `${q(text)} is no platform of Linux containers that is known here${nearest === undefined ? '' : `; did you mean ${q(nearest)}?`}`,
      ja: ({ text, nearest }) =>
        `${q(text)} は Linux コンテナのプラットフォームとして知られていません${nearest === undefined ? '' : ` (${q(nearest)} の間違いではありませんか)`}`,
      ko: ({ text, nearest }) =>
        `Linux 컨테이너 플랫폼 가운데 ${q(text)}(이)라는 것은 없습니다${nearest === undefined ? '' : `(${q(nearest)}을(를) 쓰려던 것인가요?)`}`,
    },
    fix: {
      en: ({ known }) => `Name one of these CPUs: ${list(known)}`,
      ja: ({ known }) => `次の CPU のいずれかを指定してください: ${list(known)}`,
      ko: ({ known }) => `다음 CPU 중 하나를 지정하세요: ${list(known)}`,
    },
  }),
  'platform/reference-malformed': code<{ text: string; problem: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An image name cannot be read',
      ja: 'イメージ名を読み取れない',
      ko: '이미지 이름을 해석할 수 없음',
    },
    message: {
      en: ({ text, problem }) =>
        `${q(text)} is not an image name: ${
          {
            empty: 'it is empty',
            uppercase: 'repositories are lower case',
            tag: 'the tag has an illegal character or more than 128 characters',
            digest: 'the digest is not `sha256:` and 64 hexadecimal digits',
            length: 'it is longer than 255 characters',
          }[problem] ?? 'it does not follow `host/repository:tag`'
        }`,
      ja: ({ text, problem }) =>
        `${q(text)} はイメージ名ではありません。${
          {
            empty: '空です',
            uppercase: 'リポジトリ名は小文字だけです',
            tag: 'タグに使えない文字があるか、128 文字を超えています',
            digest: 'ダイジェストは `sha256:` と 16 進数 64 桁です',
            length: '255 文字を超えています',
          }[problem] ?? '`ホスト/リポジトリ:タグ` の形になっていません'
        }`,
      ko: ({ text, problem }) =>
        `${q(text)}은(는) 이미지 이름이 아닙니다. ${
          {
            empty: '비어 있습니다',
            uppercase: '저장소 이름은 소문자만 씁니다',
            tag: '태그에 쓸 수 없는 문자가 있거나 128자를 넘습니다',
            digest: '다이제스트는 `sha256:`과 16진수 64자리입니다',
            length: '255자를 넘습니다',
          }[problem] ?? '`호스트/저장소:태그` 형식이 아닙니다'
        }`,
    },
    fix: {
      en: ({ text, problem }) =>
        problem === 'uppercase'
          ? `Write ${q(text.toLowerCase())}`
          : 'Write it as in `ghcr.io/team/app:1.2` or `app@sha256:…`',
      ja: ({ text, problem }) =>
        problem === 'uppercase'
          ? `${q(text.toLowerCase())} と書いてください`
          : '`ghcr.io/team/app:1.2` や `app@sha256:…` のように書いてください',
      ko: ({ text, problem }) =>
        problem === 'uppercase'
          ? `${q(text.toLowerCase())}(으)로 쓰세요`
          : '`ghcr.io/team/app:1.2` 또는 `app@sha256:…`처럼 쓰세요',
    },
  }),
} as const;
