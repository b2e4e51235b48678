import { code, q } from '../code.ts';

const kinds: Readonly<Record<string, readonly [en: string, ja: string, ko: string]>> = {
  fifo: ['named pipe', '名前付きパイプ', '이름 있는 파이프'],
  'block device': ['block device', 'ブロックデバイス', '블록 장치 파일'],
  'character device': ['character device', 'キャラクターデバイス', '문자 장치 파일'],
};

export const contextCodes = {
  'context/missing': code<{ directory: string; detail: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The build context is not a directory',
      ja: 'ビルドコンテキストがディレクトリではない',
      ko: '빌드 컨텍스트가 디렉터리가 아님',
    },
    message: {
      en: ({ directory, detail }) => `The build context ${q(directory)} cannot be read as a directory: ${detail}`,
      ja: ({ directory, detail }) => `ビルドコンテキスト ${q(directory)} をディレクトリとして読み取れません: ${detail}`,
      ko: ({ directory, detail }) => `빌드 컨텍스트 ${q(directory)}을(를) 디렉터리로 읽을 수 없습니다: ${detail}`,
    },
    fix: {
      en: () => 'Name the directory that holds the Dockerfile and the files it copies',
      ja: () => 'Dockerfile とコピーするファイルがあるディレクトリを指定してください',
      ko: () => 'Dockerfile과 복사할 파일이 있는 디렉터리를 지정하세요',
    },
  }),
  'context/unreadable': code<{ path: string; detail: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A file of the build context cannot be read',
      ja: 'ビルドコンテキストのファイルを読み取れない',
      ko: '빌드 컨텍스트의 파일을 읽을 수 없음',
    },
    message: {
      en: ({ path, detail }) => `${q(path)} in the build context cannot be read: ${detail}`,
      ja: ({ path, detail }) => `ビルドコンテキストの ${q(path)} を読み取れません: ${detail}`,
      ko: ({ path, detail }) => `빌드 컨텍스트의 ${q(path)}을(를) 읽을 수 없습니다: ${detail}`,
    },
    fix: {
      en: ({ path }) => `Make it readable, or leave it out with a line ${q(path)} in .dockerignore`,
      ja: ({ path }) => `読み取り権限を付けるか、.dockerignore に ${q(path)} の行を追加して除外してください`,
      ko: ({ path }) => `읽기 권한을 주거나 .dockerignore에 ${q(path)} 줄을 추가해 제외하세요`,
    },
  }),
  'context/archive-damaged': code<{ path: string; detail: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An archive that ADD unpacks is damaged',
      ja: 'ADD で展開するアーカイブが壊れている',
      ko: 'ADD로 푸는 아카이브가 손상됨',
    },
    message: {
      en: ({ path, detail }) => `${q(path)} begins as an archive, but cannot be unpacked to its end: ${detail}`,
      ja: ({ path, detail }) => `${q(path)} はアーカイブですが、最後まで展開できません: ${detail}`,
      ko: ({ path, detail }) => `${q(path)}은(는) 아카이브이지만 끝까지 풀 수 없습니다: ${detail}`,
    },
    fix: {
      en: ({ path }) => `Make or download ${q(path)} again, or write COPY to keep the file as it is`,
      ja: ({ path }) =>
        `${q(path)} を作り直すかダウンロードし直してください。そのままのファイルとして置く場合は COPY を使ってください`,
      ko: ({ path }) => `${q(path)}을(를) 다시 만들거나 내려받으세요. 파일을 그대로 두려면 COPY를 쓰세요`,
    },
  }),
  'context/changed': code<{ path: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A file changed during the build',
      ja: 'ビルド中にファイルが変更された',
      ko: '빌드 중에 파일이 변경됨',
    },
    message: {
      en: ({ path }) =>
        `${q(path)} changed while it was read, so the image would hold neither the old nor the new file`,
      ja: ({ path }) =>
        `${q(path)} が読み取り中に変更されました。このままでは変更前でも変更後でもない内容がイメージに入ります`,
      ko: ({ path }) =>
        `${q(path)}이(가) 읽는 도중에 변경되었습니다. 이대로는 변경 전도 후도 아닌 내용이 이미지에 들어갑니다`,
    },
    fix: {
      en: ({ path }) => `Stop what writes ${q(path)} and build again, or leave it out in .dockerignore`,
      ja: ({ path }) =>
        `${q(path)} に書き込んでいるプロセスを止めてから再ビルドするか、.dockerignore で除外してください`,
      ko: ({ path }) => `${q(path)}에 쓰는 프로세스를 멈추고 다시 빌드하거나 .dockerignore로 제외하세요`,
    },
  }),
  'context/case-collision': code<{ one: string; other: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Two names differ only in case',
      ja: '大文字と小文字だけが違う名前がある',
      ko: '대소문자만 다른 이름이 있음',
    },
    message: {
      en: ({ one, other }) =>
        `Git tracks ${q(one)} and ${q(other)}, and only one of them is here, as on a file system that takes them for one name: the image would lack the other`,
      ja: ({ one, other }) =>
        `Git は ${q(one)} と ${q(other)} を管理していますが、ここには片方しかありません (大文字と小文字などを区別しないファイルシステムで起こります)。このままではもう片方がイメージに入りません`,
      ko: ({ one, other }) =>
        `Git은 ${q(one)}와(과) ${q(other)}을(를) 관리하지만 여기에는 하나만 있습니다(대소문자 등을 구분하지 않는 파일 시스템에서 생깁니다). 이대로는 다른 하나가 이미지에 들어가지 않습니다`,
    },
    fix: {
      en: ({ one }) => `Rename one of them: \`git mv ${one} …\``,
      ja: ({ one }) => `どちらかの名前を変えてください: \`git mv ${one} …\``,
      ko: ({ one }) => `둘 중 하나의 이름을 바꾸세요: \`git mv ${one} …\``,
    },
  }),
  'context/special-file': code<{ path: string; kind: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A pipe or device cannot be copied into an image',
      ja: 'パイプやデバイスはイメージにコピーできない',
      ko: '파이프나 장치는 이미지에 복사할 수 없음',
    },
    message: {
      en: ({ path, kind }) => `${q(path)} is a ${kinds[kind]?.[0] ?? kind}, which COPY cannot bring into an image`,
      ja: ({ path, kind }) => `${q(path)} は${kinds[kind]?.[1] ?? kind}なので、COPY でイメージに入れられません`,
      ko: ({ path, kind }) => `${q(path)}은(는) ${kinds[kind]?.[2] ?? kind}이므로 COPY로 이미지에 넣을 수 없습니다`,
    },
    fix: {
      en: ({ path }) => `Remove it, or add a line ${q(path)} to .dockerignore`,
      ja: ({ path }) => `削除するか、.dockerignore に ${q(path)} の行を追加してください`,
      ko: ({ path }) => `삭제하거나 .dockerignore에 ${q(path)} 줄을 추가하세요`,
    },
  }),
  'context/source-missing': code<{ source: string; from: string; ignored: boolean }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'COPY names a file that is not there',
      ja: 'COPY のコピー元がない',
      ko: 'COPY의 원본이 없음',
    },
    message: {
      en: ({ source, from, ignored }) =>
        ignored ? `${q(source)} exists, but .dockerignore leaves it out of ${from}` : `${q(source)} is not in ${from}`,
      ja: ({ source, from, ignored }) =>
        ignored
          ? `${q(source)} は存在しますが、.dockerignore により ${from} から除外されています`
          : `${q(source)} が ${from} にありません`,
      ko: ({ source, from, ignored }) =>
        ignored
          ? `${q(source)}은(는) 있지만 .dockerignore 때문에 ${from}에서 제외됩니다`
          : `${q(source)}이(가) ${from}에 없습니다`,
    },
    fix: {
      en: ({ source, ignored }) =>
        ignored
          ? `Add a line ${q(`!${source}`)} to .dockerignore`
          : 'Correct the path; it is relative to the root of that context, stage or image, not to the Dockerfile',
      ja: ({ source, ignored }) =>
        ignored
          ? `.dockerignore に ${q(`!${source}`)} の行を追加してください`
          : 'パスを直してください。Dockerfile の場所ではなく、コピー元 (コンテキスト、ステージ、イメージ) のルートからの相対パスです',
      ko: ({ source, ignored }) =>
        ignored
          ? `.dockerignore에 ${q(`!${source}`)} 줄을 추가하세요`
          : '경로를 고치세요. Dockerfile 위치가 아니라 원본(컨텍스트, 스테이지, 이미지)의 루트를 기준으로 한 상대 경로입니다',
    },
  }),
} as const;
