import { code, list, nearest, q } from '../code.ts';
import type { Language } from '../language.ts';

const mib = (bytes: number) => `${Math.round(bytes / 104857.6) / 10} MiB`;

/** Words for what a place in a document had to be. */
const shapes = {
  en: {
    object: 'an object',
    list: 'a list',
    text: 'text',
    texts: 'a list of texts',
    textMap: 'an object of texts',
    number: 'a size in bytes',
    digest: 'a digest (sha256 or sha512 in lower-case hexadecimal)',
    schema2: 'schemaVersion 2',
    one: 'one form only: it is written as an index and as a manifest at once',
    exact: 'written with exactly these capitals: programs in Go take both spellings for one member',
    once: 'written once: it appears twice, and programs disagree about which one counts',
  },
  ja: {
    object: 'オブジェクト',
    list: '配列',
    text: '文字列',
    texts: '文字列の配列',
    textMap: '値がすべて文字列のオブジェクト',
    number: 'バイト数',
    digest: 'ダイジェスト (小文字 16 進の sha256 または sha512)',
    schema2: 'schemaVersion 2',
    one: 'インデックスかマニフェストのどちらか一方 (両方の形で書かれています)',
    exact: '仕様どおりの大文字・小文字の表記 (Go 製のプログラムは両方の表記を同じメンバーとして扱います)',
    once: '1 回だけの記述 (2 回書かれていて、読むプログラムによって意味が変わります)',
  },
  ko: {
    object: '객체',
    list: '배열',
    text: '문자열',
    texts: '문자열 배열',
    textMap: '값이 모두 문자열인 객체',
    number: '바이트 수',
    digest: '다이제스트(소문자 16진수 sha256 또는 sha512)',
    schema2: 'schemaVersion 2',
    one: '인덱스 또는 매니페스트 중 하나(두 형식이 섞여 있습니다)',
    exact: '사양대로의 대소문자 표기(Go 프로그램은 두 표기를 같은 멤버로 취급합니다)',
    once: '한 번만 쓴 멤버(두 번 쓰여 있어 읽는 프로그램마다 뜻이 달라집니다)',
  },
} as const;

/** What the documents of an image are called; `config` is said as it is written. */
const documents = {
  ja: { index: 'インデックス', manifest: 'マニフェスト', config: 'config' },
  ko: { index: '인덱스', manifest: '매니페스트', config: 'config' },
} as const;

/** Japanese stands off from Latin letters by a space, and from its own by none. */
const behind = (name: string): string => (/[\x21-\x7e]$/.test(name) ? `${name} ` : name);

/** A document of the image by its name, and by its digest where it has one. */
function wholeDocument(language: Language, document = 'index', digest?: string): string {
  const name =
    document === 'docker-manifest'
      ? '`manifest.json`'
      : document === 'layout'
        ? '`index.json`'
        : language === 'en'
          ? `the ${document}`
          : documents[language][document as keyof (typeof documents)['ja']];
  return digest === undefined ? name : `${name} ${digest}`;
}

/** What a member of a document was expected to be. */
export type DocumentShape = keyof (typeof shapes)['en'];

export interface Names {
  readonly source: string;
  readonly known: readonly string[];
}

/** Structure of images, and the places that they are read from and written to. */
export const imageCodes = {
  'image/locator-invalid': code<{ text: string; problem: string; instead?: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The name of an image cannot be read',
      ja: 'イメージの指定を読み取れない',
      ko: '이미지 지정을 해석할 수 없음',
    },
    message: {
      en: ({ text, problem }) =>
        problem === 'path'
          ? `${q(text)} looks like a path, but an image without a prefix is a name in a registry`
          : `${q(text)} does not name an image: ${{ empty: 'it is empty', uppercase: 'names are lower-case', tag: 'what follows the colon is not a tag', digest: 'what follows `@` is not a digest', length: 'it has more than 255 characters', url: 'it is an address, and a reference has no scheme' }[problem] ?? 'it does not have the form of a reference'}`,
      ja: ({ text, problem }) =>
        problem === 'path'
          ? `${q(text)} はパスのようですが、接頭辞のないイメージ指定はレジストリ上の名前として扱われます`
          : `${q(text)} はイメージ名として読めません: ${{ empty: '空です', uppercase: '名前に大文字は使えません', tag: 'コロンの後ろがタグの形式ではありません', digest: '`@` の後ろがダイジェストではありません', length: '255 文字を超えています', url: 'URL の形式です。イメージ参照にスキームは付きません' }[problem] ?? 'イメージ参照の形式ではありません'}`,
      ko: ({ text, problem }) =>
        problem === 'path'
          ? `${q(text)}은(는) 경로처럼 보이지만, 접두사가 없는 이미지는 레지스트리의 이름으로 해석됩니다`
          : `${q(text)}은(는) 이미지 이름으로 읽을 수 없습니다: ${{ empty: '비어 있습니다', uppercase: '이름에 대문자를 쓸 수 없습니다', tag: '콜론 뒤가 태그 형식이 아닙니다', digest: '`@` 뒤가 다이제스트가 아닙니다', length: '255자를 넘습니다', url: 'URL 형식입니다. 이미지 참조에는 스킴을 붙이지 않습니다' }[problem] ?? '이미지 참조 형식이 아닙니다'}`,
    },
    fix: {
      en: ({ instead }) =>
        instead === undefined
          ? 'Write a reference (`registry.example/team/app:tag`), `oci:DIRECTORY[:NAME]`, `archive:FILE[:NAME]` or `docker:NAME`'
          : `Write ${q(instead)}`,
      ja: ({ instead }) =>
        instead === undefined
          ? 'イメージ参照 (`registry.example/team/app:tag`)、`oci:ディレクトリ[:名前]`、`archive:ファイル[:名前]`、`docker:名前` のいずれかで指定してください'
          : `${q(instead)} と指定してください`,
      ko: ({ instead }) =>
        instead === undefined
          ? '이미지 참조(`registry.example/team/app:tag`), `oci:디렉터리[:이름]`, `archive:파일[:이름]`, `docker:이름` 중 하나로 지정하세요'
          : `${q(instead)}(으)로 지정하세요`,
    },
  }),
  'image/not-found': code<{ source: string; path: string; kind: 'layout' | 'archive' }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'There is no layout or archive',
      ja: 'レイアウトまたはアーカイブがない',
      ko: '레이아웃 또는 아카이브가 없음',
    },
    message: {
      en: ({ path, kind }) =>
        kind === 'layout'
          ? `There is no OCI layout at ${q(path)}: no such directory, or nothing of a layout in it`
          : `${q(path)} is not a file that can be read`,
      ja: ({ path, kind }) =>
        kind === 'layout'
          ? `${q(path)} に OCI レイアウトがありません。ディレクトリがないか、レイアウトのファイルが入っていません`
          : `${q(path)} は読み取れるファイルではありません`,
      ko: ({ path, kind }) =>
        kind === 'layout'
          ? `${q(path)}에 OCI 레이아웃이 없습니다. 디렉터리가 없거나 레이아웃 파일이 들어 있지 않습니다`
          : `${q(path)}은(는) 읽을 수 있는 파일이 아닙니다`,
    },
    fix: {
      en: ({ kind }) =>
        kind === 'layout'
          ? 'Give the directory that holds `index.json`, or build the image first'
          : 'Give the tar file that `docker save` or a build wrote',
      ja: ({ kind }) =>
        kind === 'layout'
          ? '`index.json` のあるディレクトリを指定するか、先にイメージをビルドしてください'
          : '`docker save` やビルドが出力した tar ファイルを指定してください',
      ko: ({ kind }) =>
        kind === 'layout'
          ? '`index.json`이 있는 디렉터리를 지정하거나, 먼저 이미지를 빌드하세요'
          : '`docker save`나 빌드가 만든 tar 파일을 지정하세요',
    },
  }),
  'image/layout-invalid': code<{ source: string; problem: 'marker' | 'version' | 'index' | 'loop' }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A directory is not an OCI layout',
      ja: 'ディレクトリが OCI レイアウトではない',
      ko: '디렉터리가 OCI 레이아웃이 아님',
    },
    message: {
      en: ({ source, problem }) =>
        ({
          marker: `${q(source)} is not an OCI layout: it has no \`oci-layout\` file`,
          version: `${q(source)} is not an OCI layout of version 1.0.0: its \`oci-layout\` file says something else`,
          index: `${q(source)} has no \`index.json\``,
          loop: `\`index.json\` of ${q(source)} is a link that leads back to itself`,
        })[problem],
      ja: ({ source, problem }) =>
        ({
          marker: `${q(source)} は OCI レイアウトではありません。\`oci-layout\` ファイルがありません`,
          version: `${q(source)} の \`oci-layout\` ファイルがバージョン 1.0.0 を示していません`,
          index: `${q(source)} に \`index.json\` がありません`,
          loop: `${q(source)} の \`index.json\` は、自分自身に戻る循環リンクです`,
        })[problem],
      ko: ({ source, problem }) =>
        ({
          marker: `${q(source)}은(는) OCI 레이아웃이 아닙니다. \`oci-layout\` 파일이 없습니다`,
          version: `${q(source)}의 \`oci-layout\` 파일이 버전 1.0.0을 나타내지 않습니다`,
          index: `${q(source)}에 \`index.json\`이 없습니다`,
          loop: `${q(source)}의 \`index.json\`은 자기 자신으로 되돌아오는 순환 링크입니다`,
        })[problem],
    },
    fix: {
      en: () => 'Give the directory that a build with `-o oci:DIRECTORY` wrote',
      ja: () => '`-o oci:ディレクトリ` でビルドしたディレクトリを指定してください',
      ko: () => '`-o oci:디렉터리`로 빌드한 디렉터리를 지정하세요',
    },
  }),
  'image/archive-invalid': code<{
    source: string;
    problem: 'no-image' | 'v1' | 'damaged' | 'missing' | 'compressed';
    what?: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A file is not an image archive',
      ja: 'ファイルがイメージのアーカイブではない',
      ko: '파일이 이미지 아카이브가 아님',
    },
    message: {
      en: ({ source, problem, what }) =>
        ({
          'no-image': `${q(source)} holds neither \`index.json\` nor \`manifest.json\`, so it is not an image archive`,
          v1: `${q(source)} holds an image in the form that Docker wrote before 1.10, without \`manifest.json\``,
          damaged: `${q(source)} is damaged: ${what ?? 'it is not a tar'}`,
          missing: `${q(source)} names ${q(what)}, but does not hold it`,
          compressed: `${q(source)} cannot be decompressed: ${what ?? ''}`,
        })[problem],
      ja: ({ source, problem, what }) =>
        ({
          'no-image': `${q(source)} には \`index.json\` も \`manifest.json\` もなく、イメージのアーカイブではありません`,
          v1: `${q(source)} は Docker 1.10 より前の形式で、\`manifest.json\` がありません`,
          damaged: `${q(source)} は壊れています: ${what ?? 'tar ではありません'}`,
          missing: `${q(source)} は ${q(what)} を参照していますが、アーカイブ内にありません`,
          compressed: `${q(source)} を展開できません: ${what ?? ''}`,
        })[problem],
      ko: ({ source, problem, what }) =>
        ({
          'no-image': `${q(source)}에 \`index.json\`도 \`manifest.json\`도 없어 이미지 아카이브가 아닙니다`,
          v1: `${q(source)}은(는) Docker 1.10 이전 형식이며 \`manifest.json\`이 없습니다`,
          damaged: `${q(source)}이(가) 손상되었습니다: ${what ?? 'tar가 아닙니다'}`,
          missing: `${q(source)}이(가) ${q(what)}을(를) 참조하지만 아카이브에 없습니다`,
          compressed: `${q(source)}의 압축을 풀 수 없습니다: ${what ?? ''}`,
        })[problem],
    },
    fix: {
      en: () => 'Write the archive again with `docker save IMAGE -o FILE`, and copy it whole',
      ja: () => '`docker save IMAGE -o FILE` でアーカイブを作り直し、最後までコピーされたか確認してください',
      ko: () => '`docker save IMAGE -o FILE`로 아카이브를 다시 만들고, 끝까지 복사되었는지 확인하세요',
    },
  }),
  'image/empty': code<{ source: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'There is no image', ja: 'イメージがない', ko: '이미지가 없음' },
    message: {
      en: ({ source }) => `${q(source)} holds no image`,
      ja: ({ source }) => `${q(source)} にはイメージがありません`,
      ko: ({ source }) => `${q(source)}에 이미지가 없습니다`,
    },
    fix: {
      en: () => 'Build or copy an image into it first',
      ja: () => '先にイメージをビルドするか、コピーしてください',
      ko: () => '먼저 이미지를 빌드하거나 복사해 넣으세요',
    },
  }),
  'image/name-unknown': code<Names & { name: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'No image has that name', ja: 'その名前のイメージがない', ko: '그 이름의 이미지가 없음' },
    message: {
      en: ({ name, source, known }) =>
        `${q(source)} has no image named ${q(name)}; ${known.length > 0 ? `it has ${list(known)}` : 'its images have no names'}`,
      ja: ({ name, source, known }) =>
        `${q(source)} に ${q(name)} という名前のイメージはありません。${known.length > 0 ? `あるのは ${list(known)} です` : '名前の付いたイメージはありません'}`,
      ko: ({ name, source, known }) =>
        `${q(source)}에 ${q(name)}(이)라는 이미지가 없습니다. ${known.length > 0 ? `있는 이름: ${list(known)}` : '이름이 붙은 이미지가 없습니다'}`,
    },
    fix: {
      en: ({ name, known }) => {
        const near = nearest(name, known) ?? known[0];
        return near === undefined ? 'Leave the name out' : `Name the image ${q(near)}`;
      },
      ja: ({ name, known }) => {
        const near = nearest(name, known) ?? known[0];
        return near === undefined ? '名前を省いてください' : `${q(near)} を指定してください`;
      },
      ko: ({ name, known }) => {
        const near = nearest(name, known) ?? known[0];
        return near === undefined ? '이름을 빼고 지정하세요' : `${q(near)}을(를) 지정하세요`;
      },
    },
  }),
  'image/name-needed': code<Names>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'There are several images and none was named',
      ja: '複数のイメージがあり、指定がない',
      ko: '이미지가 여러 개인데 지정되지 않음',
    },
    message: {
      en: ({ source, known }) => `${q(source)} holds more than one image: ${list(known)}`,
      ja: ({ source, known }) => `${q(source)} には複数のイメージがあります: ${list(known)}`,
      ko: ({ source, known }) => `${q(source)}에 이미지가 여러 개 있습니다: ${list(known)}`,
    },
    fix: {
      en: ({ source, known }) => `Add the name: ${q(`${source}:${known[0] ?? 'NAME'}`)}`,
      ja: ({ source, known }) => `名前を付けて指定してください: ${q(`${source}:${known[0] ?? '名前'}`)}`,
      ko: ({ source, known }) => `이름을 붙여 지정하세요: ${q(`${source}:${known[0] ?? '이름'}`)}`,
    },
  }),
  'image/name-ambiguous': code<{ source: string; name: string; digests: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'One name is given to several images',
      ja: '1 つの名前が複数のイメージに付いている',
      ko: '한 이름이 여러 이미지에 붙어 있음',
    },
    message: {
      en: ({ source, name, digests }) => `${q(source)} gives the name ${q(name)} to ${digests.length} different images`,
      ja: ({ source, name, digests }) =>
        `${q(source)} では ${q(name)} という名前が ${digests.length} 個の異なるイメージに付いています`,
      ko: ({ source, name, digests }) =>
        `${q(source)}에서 ${q(name)}(이)라는 이름이 서로 다른 이미지 ${digests.length}개에 붙어 있습니다`,
    },
    fix: {
      en: ({ digests }) => `Name one by its digest: ${list(digests)}`,
      ja: ({ digests }) => `ダイジェストで指定してください: ${list(digests)}`,
      ko: ({ digests }) => `다이제스트로 지정하세요: ${list(digests)}`,
    },
  }),
  'image/blob-missing': code<{ source: string; digest: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A part of the image is missing', ja: 'イメージの一部がない', ko: '이미지의 일부가 없음' },
    message: {
      en: ({ source, digest }) => `${q(source)} names ${digest}, but does not hold it`,
      ja: ({ source, digest }) => `${q(source)} は ${digest} を参照していますが、その中にありません`,
      ko: ({ source, digest }) => `${q(source)}이(가) ${digest}을(를) 참조하지만 그 안에 없습니다`,
    },
    fix: {
      en: () => 'Copy or build the image again; the copy that made this one was not finished',
      ja: () => 'イメージをもう一度コピーまたはビルドしてください。前回の処理が最後まで終わっていません',
      ko: () => '이미지를 다시 복사하거나 빌드하세요. 이전 작업이 끝까지 완료되지 않았습니다',
    },
  }),
  'image/unreadable': code<{ source: string; what: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A file of the image cannot be read',
      ja: 'イメージのファイルを読み取れない',
      ko: '이미지의 파일을 읽을 수 없음',
    },
    message: {
      en: ({ what }) => `${q(what)} cannot be read`,
      ja: ({ what }) => `${q(what)} を読み取れません`,
      ko: ({ what }) => `${q(what)}을(를) 읽을 수 없습니다`,
    },
    fix: {
      en: ({ what }) => `Look at the permissions of ${q(what)} and the health of its disk`,
      ja: ({ what }) => `${q(what)} の権限とディスクの状態を確認してください`,
      ko: ({ what }) => `${q(what)}의 권한과 디스크 상태를 확인하세요`,
    },
  }),
  'image/digest-wrong': code<{ want: string; wantSize: number; got?: string; gotSize: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Bytes are not what their digest says',
      ja: '内容がダイジェストと一致しない',
      ko: '내용이 다이제스트와 다름',
    },
    message: {
      en: ({ want, wantSize, got, gotSize }) =>
        gotSize !== wantSize
          ? `${want} should have ${wantSize} bytes, but ${gotSize > wantSize ? 'more came' : `only ${gotSize} came`}`
          : `The bytes that should be ${want} have the digest ${got ?? 'of something else'}`,
      ja: ({ want, wantSize, got, gotSize }) =>
        gotSize !== wantSize
          ? `${want} は ${wantSize} バイトのはずですが、${gotSize > wantSize ? 'それより多く送られてきました' : `${gotSize} バイトしか届きませんでした`}`
          : `${want} であるはずの内容のダイジェストが ${got ?? '別の値'} です`,
      ko: ({ want, wantSize, got, gotSize }) =>
        gotSize !== wantSize
          ? `${want}은(는) ${wantSize}바이트여야 하지만 ${gotSize > wantSize ? '그보다 많이 왔습니다' : `${gotSize}바이트만 왔습니다`}`
          : `${want}(이)어야 할 내용의 다이제스트가 ${got ?? '다른 값'}입니다`,
    },
    fix: {
      en: () => 'Copy or push the image again; if it stays, the place that serves it has damaged or replaced it',
      ja: () => 'もう一度コピーまたは push してください。直らなければ、配信元で内容が壊れているか差し替えられています',
      ko: () => '다시 복사하거나 push하세요. 그래도 같으면 제공하는 쪽에서 내용이 손상되었거나 바뀐 것입니다',
    },
  }),
  'image/document-too-large': code<{ digest: string; size: number; limit: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A manifest or config is too large',
      ja: 'マニフェストまたは config が大きすぎる',
      ko: '매니페스트 또는 config가 너무 큼',
    },
    message: {
      en: ({ digest, size, limit }) =>
        `${digest} has ${mib(size)}, more than the ${mib(limit)} that a document like this may have`,
      ja: ({ digest, size, limit }) =>
        `${digest} は ${mib(size)} あり、この種の文書の上限 ${mib(limit)} を超えています`,
      ko: ({ digest, size, limit }) =>
        `${digest}의 크기가 ${mib(size)}(으)로, 이런 문서의 한도 ${mib(limit)}을(를) 넘습니다`,
    },
    fix: {
      en: () => 'Look at what wrote the image: registries refuse documents of this size as well',
      ja: () => 'イメージを作ったツールを確認してください。このサイズの文書はレジストリも受け付けません',
      ko: () => '이미지를 만든 도구를 확인하세요. 이런 크기의 문서는 레지스트리도 거부합니다',
    },
  }),
  'image/json-invalid': code<{
    document: 'index' | 'manifest' | 'config' | 'layout' | 'docker-manifest';
    digest?: string;
    place: string;
    wanted: DocumentShape | 'json';
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A document of the image is malformed',
      ja: 'イメージの文書の形式が正しくない',
      ko: '이미지 문서의 형식이 올바르지 않음',
    },
    message: {
      en: ({ document, digest, place, wanted }) => {
        const whole = wholeDocument('en', document, digest);
        return wanted === 'json'
          ? `${whole} is not JSON, at ${place}`
          : `${q(place)} of ${whole} is not ${shapes.en[wanted]}`;
      },
      ja: ({ document, digest, place, wanted }) => {
        const whole = wholeDocument('ja', document, digest);
        return wanted === 'json'
          ? `${whole} が JSON として読めません (${place})`
          : `${whole} の ${q(place)} の形式が正しくありません (正しい形式: ${shapes.ja[wanted]})`;
      },
      ko: ({ document, digest, place, wanted }) => {
        const whole = wholeDocument('ko', document, digest);
        return wanted === 'json'
          ? `${whole}을(를) JSON으로 읽을 수 없습니다(${place})`
          : `${whole}의 ${q(place)} 형식이 올바르지 않습니다(올바른 형식: ${shapes.ko[wanted]})`;
      },
    },
    fix: {
      en: () => 'Look at what wrote the image; container runtimes refuse it as well',
      ja: () => 'イメージを作ったツールを確認してください。コンテナランタイムもこの内容を拒否します',
      ko: () => '이미지를 만든 도구를 확인하세요. 컨테이너 런타임도 이 내용을 거부합니다',
    },
  }),
  'image/media-type-differs': code<{ digest: string; listed: string; written: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A document calls itself something else',
      ja: '文書の mediaType が参照元と違う',
      ko: '문서의 mediaType이 참조와 다름',
    },
    message: {
      en: ({ digest, listed, written }) => `${digest} is listed as ${q(listed)}, but calls itself ${q(written)}`,
      ja: ({ digest, listed, written }) =>
        `${digest} は ${q(listed)} として参照されていますが、自身の mediaType は ${q(written)} です`,
      ko: ({ digest, listed, written }) =>
        `${digest}은(는) ${q(listed)}(으)로 참조되지만 자신의 mediaType은 ${q(written)}입니다`,
    },
    fix: {
      en: () => 'Push the image again with the tool that built it; containerd refuses this one',
      ja: () => 'ビルドしたツールでもう一度 push してください。containerd はこのイメージを拒否します',
      ko: () => '빌드한 도구로 다시 push하세요. containerd는 이 이미지를 거부합니다',
    },
  }),
  'image/media-type-unknown': code<{ digest: string; mediaType: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A part is of an unknown kind',
      ja: '種類の分からない要素がある',
      ko: '종류를 알 수 없는 요소가 있음',
    },
    message: {
      en: ({ digest, mediaType }) =>
        `${digest} has the media type ${q(mediaType)}, which is not an image manifest, index or layer`,
      ja: ({ digest, mediaType }) =>
        `${digest} の mediaType ${q(mediaType)} は、イメージのマニフェスト、インデックス、レイヤーのいずれでもありません`,
      ko: ({ digest, mediaType }) =>
        `${digest}의 mediaType ${q(mediaType)}은(는) 이미지의 매니페스트, 인덱스, 레이어 중 어느 것도 아닙니다`,
    },
    fix: {
      en: () => 'Nothing to do where the artifact is there on purpose; it is shown and not judged',
      ja: () => '意図して置いたアーティファクトであれば対応は不要です。表示はしますが判定はしません',
      ko: () => '의도한 아티팩트라면 조치가 필요 없습니다. 표시만 하고 판정하지 않습니다',
    },
  }),
  'image/entry-config-differ': code<{ entry: string; config: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The index and the config name different platforms',
      ja: 'インデックスと config のプラットフォームが違う',
      ko: '인덱스와 config의 플랫폼이 다름',
    },
    message: {
      en: ({ entry, config }) => `The index lists this image as ${entry}, but its own config says ${config}`,
      ja: ({ entry, config }) => `インデックスでは ${entry} とされていますが、イメージ自身の config は ${config} です`,
      ko: ({ entry, config }) => `인덱스에는 ${entry}(으)로 올라 있지만 이미지 자신의 config는 ${config}입니다`,
    },
    fix: {
      en: ({ entry }) => `Build the image for ${entry} and make the index from that, instead of annotating this one`,
      ja: ({ entry }) =>
        `このイメージにアノテーションを付けるのではなく、${entry} 向けにビルドしたイメージからインデックスを作り直してください`,
      ko: ({ entry }) => `이 이미지에 어노테이션만 붙이지 말고, ${entry}용으로 빌드한 이미지로 인덱스를 다시 만드세요`,
    },
  }),
  'image/entry-duplicate': code<{ platform: string; first: string; second: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An index lists a platform twice',
      ja: 'インデックスに同じプラットフォームが複数ある',
      ko: '인덱스에 같은 플랫폼이 여러 개 있음',
    },
    message: {
      en: ({ platform, first, second }) =>
        first === second
          ? `The index lists ${first} twice for ${platform}`
          : `The index lists two images for ${platform}: ${first} and ${second}; runtimes take the first`,
      ja: ({ platform, first, second }) =>
        first === second
          ? `インデックスに ${platform} の ${first} が 2 回あります`
          : `インデックスに ${platform} のイメージが 2 つあります: ${first} と ${second}。ランタイムは最初のものを使います`,
      ko: ({ platform, first, second }) =>
        first === second
          ? `인덱스에 ${platform}의 ${first}이(가) 두 번 있습니다`
          : `인덱스에 ${platform} 이미지가 두 개 있습니다: ${first}, ${second}. 런타임은 첫 번째를 사용합니다`,
    },
    fix: {
      en: ({ platform }) => `Make the index again with one image for ${platform}`,
      ja: ({ platform }) => `${platform} のイメージを 1 つだけにしてインデックスを作り直してください`,
      ko: ({ platform }) => `${platform} 이미지를 하나만 넣어 인덱스를 다시 만드세요`,
    },
  }),
  'image/entry-no-platform': code<{ digest: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An entry of the index names no platform',
      ja: 'インデックスのエントリーにプラットフォームがない',
      ko: '인덱스 항목에 플랫폼이 없음',
    },
    message: {
      en: ({ digest }) =>
        `The index lists ${digest} without a platform, so runtimes choose it only where nothing else fits`,
      ja: ({ digest }) =>
        `インデックスの ${digest} にプラットフォームがなく、ほかに合うものがないときにしか選ばれません`,
      ko: ({ digest }) => `인덱스의 ${digest}에 플랫폼이 없어, 달리 맞는 것이 없을 때만 선택됩니다`,
    },
    fix: {
      en: () =>
        'Make the index again with a tool that writes the platform of each config, such as `docker buildx imagetools create`',
      ja: () =>
        '`docker buildx imagetools create` など、各 config のプラットフォームを書き込むツールでインデックスを作り直してください',
      ko: () => '`docker buildx imagetools create`처럼 각 config의 플랫폼을 기록하는 도구로 인덱스를 다시 만드세요',
    },
  }),
  'image/entry-unreadable': code<{ digest: string; platform: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An entry of the index cannot be read',
      ja: 'インデックスのエントリーを読み取れない',
      ko: '인덱스 항목을 읽을 수 없음',
    },
    message: {
      en: ({ digest, platform }) => `The index lists ${digest} for ${platform}, but that image cannot be read`,
      ja: ({ digest, platform }) =>
        `インデックスには ${platform} のイメージとして ${digest} が登録されていますが、読み取れません`,
      ko: ({ digest, platform }) => `인덱스에 ${platform} 이미지로 ${digest}이(가) 등록되어 있지만 읽을 수 없습니다`,
    },
    fix: {
      en: ({ platform }) => `Push the image for ${platform} again, then the index`,
      ja: ({ platform }) => `${platform} のイメージを push し直してから、インデックスを push してください`,
      ko: ({ platform }) => `${platform} 이미지를 다시 push한 다음 인덱스를 push하세요`,
    },
  }),
  'image/platform-missing': code<{ digest: string; missing: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The config does not say for which platform it is',
      ja: 'config にプラットフォームの記載がない',
      ko: 'config에 플랫폼이 적혀 있지 않음',
    },
    message: {
      en: ({ digest, missing }) =>
        `The config ${digest} does not say ${missing.map(q).join(' and ')}, and it is not guessed`,
      ja: ({ digest, missing }) => `config ${digest} に ${missing.map(q).join(' と ')} がありません。推測はしません`,
      ko: ({ digest, missing }) => `config ${digest}에 ${missing.map(q).join(', ')}이(가) 없습니다. 추측하지 않습니다`,
    },
    fix: {
      en: () => 'Build the image again with a tool that writes `os` and `architecture` into the config',
      ja: () => 'config に `os` と `architecture` を書き込むツールでビルドし直してください',
      ko: () => 'config에 `os`와 `architecture`를 기록하는 도구로 다시 빌드하세요',
    },
  }),
  'image/layers-differ': code<{ layers: number; diffIds: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The manifest and the config list different numbers of layers',
      ja: 'マニフェストと config のレイヤー数が違う',
      ko: '매니페스트와 config의 레이어 수가 다름',
    },
    message: {
      en: ({ layers, diffIds }) =>
        `The manifest lists ${layers} ${layers === 1 ? 'layer' : 'layers'}, but the config lists ${diffIds} diff_ids`,
      ja: ({ layers, diffIds }) =>
        `マニフェストのレイヤーは ${layers} 個ですが、config の diff_ids は ${diffIds} 個です`,
      ko: ({ layers, diffIds }) => `매니페스트의 레이어는 ${layers}개이지만 config의 diff_ids는 ${diffIds}개입니다`,
    },
    fix: {
      en: () => 'Build or push the image again; runtimes refuse it with "mismatched image rootfs and manifest layers"',
      ja: () =>
        'ビルドまたは push し直してください。ランタイムは "mismatched image rootfs and manifest layers" として拒否します',
      ko: () => '다시 빌드하거나 push하세요. 런타임은 "mismatched image rootfs and manifest layers"로 거부합니다',
    },
  }),
  'image/nested-index': code<{ digest: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'An index lists another index',
      ja: 'インデックスの中に別のインデックスがある',
      ko: '인덱스 안에 다른 인덱스가 있음',
    },
    message: {
      en: ({ digest }) => `The index lists another index, ${digest}, which most runtimes do not enter`,
      ja: ({ digest }) => `インデックスの中に別のインデックス ${digest} があり、多くのランタイムはその中を見ません`,
      ko: ({ digest }) => `인덱스 안에 다른 인덱스 ${digest}이(가) 있으며, 대부분의 런타임은 그 안을 보지 않습니다`,
    },
    fix: {
      en: ({ digest }) => `List the images of ${digest} in the outer index, or verify it by its own digest`,
      ja: ({ digest }) =>
        `${digest} の中のイメージを外側のインデックスに並べるか、そのダイジェストを直接指定して検証してください`,
      ko: ({ digest }) => `${digest} 안의 이미지를 바깥 인덱스에 나열하거나, 그 다이제스트를 직접 지정해 검증하세요`,
    },
  }),
  'image/schema-1': code<{ digest: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The manifest is of schema 1',
      ja: 'マニフェストが schema 1 形式',
      ko: '매니페스트가 schema 1 형식임',
    },
    message: {
      en: ({ digest }) => `${digest} is a manifest of schema 1, which Docker and containerd no longer pull`,
      ja: ({ digest }) => `${digest} は schema 1 のマニフェストです。現在の Docker と containerd は pull できません`,
      ko: ({ digest }) => `${digest}은(는) schema 1 매니페스트입니다. Docker와 containerd는 더 이상 pull하지 않습니다`,
    },
    fix: {
      en: () => 'Build and push the image again with a current tool',
      ja: () => '現行のツールでビルドし、push し直してください',
      ko: () => '최신 도구로 다시 빌드해 push하세요',
    },
  }),
  'image/foreign-layer': code<{ digest: string; urls: readonly string[] }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A layer is not in the registry',
      ja: 'レイヤーがレジストリ内にない',
      ko: '레이어가 레지스트리 안에 없음',
    },
    message: {
      en: ({ digest, urls }) =>
        `Layer ${digest} is foreign${urls.length > 0 ? `: runtimes fetch it from ${list(urls)}` : ''}, and it is not read from there`,
      ja: ({ digest, urls }) =>
        `レイヤー ${digest} は foreign レイヤーです${urls.length > 0 ? ` (ランタイムは ${list(urls)} から取得します)` : ''}。そこからは読み取りません`,
      ko: ({ digest, urls }) =>
        `레이어 ${digest}은(는) foreign 레이어입니다${urls.length > 0 ? `(런타임은 ${list(urls)}에서 가져옵니다)` : ''}. 그곳에서는 읽지 않습니다`,
    },
    fix: {
      en: () =>
        'If it is to be proven, build it so that the registry holds all its layers as ordinary ones, as BuildKit does by default',
      ja: () =>
        '証明が必要なら、すべてのレイヤーが通常のレイヤーとしてレジストリに入るようにビルドしてください (BuildKit の既定の動作です)',
      ko: () => '증명하려면 모든 레이어가 일반 레이어로 레지스트리에 저장되도록 빌드하세요(BuildKit의 기본 동작입니다)',
    },
  }),
  'image/too-many-entries': code<{
    /** A digest or a file as written, or a document and its digest. */
    what?: string;
    document?: 'index' | 'manifest' | 'config' | 'layout' | 'docker-manifest' | undefined;
    digest?: string | undefined;
    count: number;
    limit: number;
    /** What is counted; entries unless told. */
    of?: 'levels';
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'An index or manifest lists too much',
      ja: 'インデックスやマニフェストの要素が多すぎる',
      ko: '인덱스나 매니페스트의 항목이 너무 많음',
    },
    message: {
      en: ({ what, document, digest, count, limit, of }) =>
        of === 'levels'
          ? `${what} is an index ${count} levels below another, more than the ${limit} that are followed`
          : `${what ?? wholeDocument('en', document, digest).replace(/^t/, 'T')} lists ${count} entries, more than the ${limit} that are read`,
      ja: ({ what, document, digest, count, limit, of }) =>
        of === 'levels'
          ? `${what} はインデックスの ${count} 階層下にあるインデックスで、たどる上限の ${limit} 階層を超えています`
          : `${behind(what ?? wholeDocument('ja', document, digest))}に ${count} 個の要素があり、読み取る上限 ${limit} を超えています`,
      ko: ({ what, document, digest, count, limit, of }) =>
        of === 'levels'
          ? `${what}은(는) 다른 인덱스의 ${count}단계 아래에 있는 인덱스로, 따라가는 한도 ${limit}단계를 넘습니다`
          : `${what ?? wholeDocument('ko', document, digest)}에 항목이 ${count}개 있어, 읽는 한도 ${limit}개를 넘습니다`,
    },
    fix: {
      en: () => 'Look at what wrote the image: no runtime needs as many',
      ja: () => 'イメージを作ったツールを確認してください。これほど多く必要とするランタイムはありません',
      ko: () => '이미지를 만든 도구를 확인하세요. 이렇게 많이 필요로 하는 런타임은 없습니다',
    },
  }),
  'image/platform-absent': code<{ source: string; platform: string; known: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The image lacks a platform that was asked for',
      ja: '指定したプラットフォームがイメージにない',
      ko: '요청한 플랫폼이 이미지에 없음',
    },
    message: {
      en: ({ source, platform, known }) =>
        `${q(source)} has no image for ${platform}; ${known.length > 0 ? `it has ${known.join(', ')}` : 'no image of it says its platform'}`,
      ja: ({ source, platform, known }) =>
        `${q(source)} に ${platform} のイメージはありません。${known.length > 0 ? `あるのは ${known.join(', ')} です` : 'プラットフォームを示すイメージがありません'}`,
      ko: ({ source, platform, known }) =>
        `${q(source)}에 ${platform} 이미지가 없습니다. ${known.length > 0 ? `있는 것: ${known.join(', ')}` : '플랫폼을 밝힌 이미지가 없습니다'}`,
    },
    fix: {
      en: ({ platform }) => `Build the image for ${platform} as well: add \`--platform ${platform}\` to the build`,
      ja: ({ platform }) => `ビルドに \`--platform ${platform}\` を追加し、${platform} 向けにもビルドしてください`,
      ko: ({ platform }) => `빌드에 \`--platform ${platform}\`을(를) 추가해 ${platform}용으로도 빌드하세요`,
    },
  }),
  'image/disk-full': code<{ path: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The disk is full', ja: 'ディスクの空きがない', ko: '디스크가 가득 참' },
    message: {
      en: ({ path }) => `The disk is full: ${q(path)} cannot be written, and nothing half-written was left`,
      ja: ({ path }) => `ディスクの空きがなく ${q(path)} に書き込めません。書きかけのファイルは残していません`,
      ko: ({ path }) => `디스크가 가득 차 ${q(path)}에 쓸 수 없습니다. 쓰다 만 파일은 남기지 않았습니다`,
    },
    fix: {
      en: () => 'Free some room or write to another disk, then repeat the command; what is whole is not written again',
      ja: () => '空きを作るか別のディスクを指定して、もう一度実行してください。書き込み済みのものはそのまま使われます',
      ko: () => '공간을 확보하거나 다른 디스크를 지정한 뒤 다시 실행하세요. 이미 쓰인 것은 다시 쓰지 않습니다',
    },
  }),
  'image/write-failed': code<{ path: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'The place cannot be written to', ja: '書き込み先に書き込めない', ko: '대상 위치에 쓸 수 없음' },
    message: {
      en: ({ path }) => `${q(path)} cannot be written`,
      ja: ({ path }) => `${q(path)} に書き込めません`,
      ko: ({ path }) => `${q(path)}에 쓸 수 없습니다`,
    },
    fix: {
      en: ({ path }) => `Look at who may write to ${q(path)}, or give another directory`,
      ja: ({ path }) => `${q(path)} の書き込み権限を確認するか、別のディレクトリを指定してください`,
      ko: ({ path }) => `${q(path)}의 쓰기 권한을 확인하거나 다른 디렉터리를 지정하세요`,
    },
  }),
  'image/layout-locked': code<{ directory: string; pid: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Another process holds the layout',
      ja: '別のプロセスがレイアウトを使用している',
      ko: '다른 프로세스가 레이아웃을 사용 중',
    },
    message: {
      en: ({ directory, pid }) =>
        `${q(directory)} has been held for a long time by ${pid ? `process ${pid}` : 'another process'}`,
      ja: ({ directory, pid }) =>
        `${q(directory)} は${pid ? `プロセス ${pid} ` : '別のプロセス'}によって長時間ロックされています`,
      ko: ({ directory, pid }) =>
        `${pid ? `프로세스 ${pid}이(가)` : '다른 프로세스가'} ${q(directory)}을(를) 오랫동안 잠그고 있습니다`,
    },
    fix: {
      en: () => 'Wait for it to finish, or end it; its lock ends with it',
      ja: () => 'そのプロセスの終了を待つか、終了させてください。ロックも同時に解放されます',
      ko: () => '그 프로세스가 끝나기를 기다리거나 종료하세요. 잠금도 함께 풀립니다',
    },
  }),
  'image/docker-unreachable': code<{ address: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'Docker does not answer', ja: 'Docker に接続できない', ko: 'Docker에 연결할 수 없음' },
    message: {
      en: ({ address }) => `Docker does not answer at ${q(address)}`,
      ja: ({ address }) => `${q(address)} の Docker に接続できません`,
      ko: ({ address }) => `${q(address)}의 Docker에 연결할 수 없습니다`,
    },
    fix: {
      en: () => 'Start Docker, or name the image where it is: in a registry, `oci:DIRECTORY` or `archive:FILE`',
      ja: () => 'Docker を起動するか、レジストリ、`oci:ディレクトリ`、`archive:ファイル` のいずれかで指定してください',
      ko: () => 'Docker를 시작하거나, 레지스트리, `oci:디렉터리`, `archive:파일` 중 하나로 지정하세요',
    },
  }),
  'image/docker-elsewhere': code<{ name: string; address: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Docker is not on this machine',
      ja: 'Docker がこのマシンにない',
      ko: 'Docker가 이 머신에 없음',
    },
    message: {
      en: ({ address }) => `\`docker\` asks ${q(address)}, which is no socket of this machine`,
      ja: ({ address }) => `\`docker\` の接続先は ${q(address)} で、このマシンのソケットではありません`,
      ko: ({ address }) => `\`docker\`의 연결 대상은 ${q(address)}이며, 이 머신의 소켓이 아닙니다`,
    },
    fix: {
      en: ({ name }) => `Run \`docker save ${name} -o image.tar\` and give ${q('archive:image.tar')}`,
      ja: ({ name }) => `\`docker save ${name} -o image.tar\` を実行し、${q('archive:image.tar')} を指定してください`,
      ko: ({ name }) => `\`docker save ${name} -o image.tar\`를 실행하고 \`archive:image.tar\`를 지정하세요`,
    },
  }),
  'image/docker-missing': code<{ name: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'Docker does not have the image', ja: 'Docker にイメージがない', ko: 'Docker에 이미지가 없음' },
    message: {
      en: ({ name }) => `The local Docker has no image ${q(name)}`,
      ja: ({ name }) => `ローカルの Docker に ${q(name)} というイメージはありません`,
      ko: ({ name }) => `로컬 Docker에 ${q(name)} 이미지가 없습니다`,
    },
    fix: {
      en: ({ name }) => `Pull it with \`docker pull ${name}\`, or read it from its registry: ${q(`registry:${name}`)}`,
      ja: ({ name }) =>
        `\`docker pull ${name}\` で取得するか、レジストリから読み取ってください: ${q(`registry:${name}`)}`,
      ko: ({ name }) => `\`docker pull ${name}\`로 받거나, 레지스트리에서 읽으세요: ${q(`registry:${name}`)}`,
    },
  }),
  'image/docker-refused': code<{ name: string; status: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Docker does not hand the image over',
      ja: 'Docker がイメージを渡さない',
      ko: 'Docker가 이미지를 내주지 않음',
    },
    message: {
      en: ({ name, status }) => `Docker answers ${status} instead of the image ${q(name)}`,
      ja: ({ name, status }) => `Docker が ${q(name)} を渡さず、ステータス ${status} を返しました`,
      ko: ({ name, status }) => `Docker가 ${q(name)} 이미지 대신 상태 ${status}을(를) 반환했습니다`,
    },
    fix: {
      en: ({ name }) => `Try \`docker save ${name} -o image.tar\` and give ${q('archive:image.tar')}`,
      ja: ({ name }) => `\`docker save ${name} -o image.tar\` を試し、${q('archive:image.tar')} を指定してください`,
      ko: ({ name }) => `\`docker save ${name} -o image.tar\`를 실행해 보고 ${q('archive:image.tar')}을(를) 지정하세요`,
    },
  }),
} as const;
