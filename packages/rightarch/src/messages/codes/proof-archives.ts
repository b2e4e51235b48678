import { code, q } from '../code.ts';

/** Machine code inside jars and zipped Python programs. */
export const proofArchivesCodes = {
  'proof/archive-wrong-cpu': code<{ path: string; member: string; declared: string; found: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An archive holds a native library for other CPUs only',
      ja: 'アーカイブ内のネイティブライブラリが別の CPU 用しかない',
      ko: '아카이브 안의 네이티브 라이브러리가 다른 CPU용뿐임',
    },
    message: {
      en: ({ path, member, declared, found }) =>
        `${q(path)} holds ${q(member)} for ${found} and not for ${declared}; whether the application loads it is not known`,
      ja: ({ path, member, declared, found }) =>
        `${q(path)} に含まれる ${q(member)} は ${found} 用のみで、${declared} 用がありません。アプリケーションが読み込むかどうかは分かりません`,
      ko: ({ path, member, declared, found }) =>
        `${q(path)} 안의 ${q(member)}은(는) ${found}용만 있고 ${declared}용이 없습니다. 애플리케이션이 불러오는지는 알 수 없습니다`,
    },
    fix: {
      en: ({ declared }) =>
        `Take a version of the library that has code for ${declared}, or add its artifact for ${declared} (with Maven, the dependency with that \`classifier\`)`,
      ja: ({ declared }) =>
        `${declared} 用のコードを含むバージョンに更新するか、${declared} 用のアーティファクトを追加してください (Maven では該当する \`classifier\` の依存関係)`,
      ko: ({ declared }) =>
        `${declared}용 코드가 들어 있는 버전을 쓰거나 ${declared}용 아티팩트를 추가하세요(Maven에서는 해당 \`classifier\`의 의존성)`,
    },
  }),
  'proof/archive-unread': code<{ path: string; why: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An archive could not be read to its end',
      ja: 'アーカイブを最後まで読み取れない',
      ko: '아카이브를 끝까지 읽을 수 없음',
    },
    message: {
      en: ({ path, why }) => `${q(path)} could not be searched for native libraries: ${why}`,
      ja: ({ path, why }) => `${q(path)} 内のネイティブライブラリを調べられませんでした: ${why}`,
      ko: ({ path, why }) => `${q(path)} 안의 네이티브 라이브러리를 조사할 수 없었습니다: ${why}`,
    },
    fix: {
      en: ({ path }) => `Look at it with \`unzip -t\`; where nothing loads ${q(path)}, leave it out of the image`,
      ja: ({ path }) =>
        `\`unzip -t\` で確認してください。${q(path)} を読み込むものがなければ、イメージから取り除いてください`,
      ko: ({ path }) => `\`unzip -t\`로 확인하세요. ${q(path)}을(를) 불러오는 것이 없으면 이미지에서 빼세요`,
    },
  }),
} as const;
