import { code, list, q } from '../code.ts';

/** What is odd about an entry of a layer, by the kinds of scan/tree.ts. */
function oddity(kind: string): readonly [en: string, ja: string, ko: string] {
  const words: Readonly<Record<string, readonly [string, string, string]>> = {
    'dangling-hard-link': [
      'it is a hard link to a file that is not there',
      '存在しないファイルへのハードリンクです',
      '없는 파일을 가리키는 하드 링크입니다',
    ],
    'hard-link-below': [
      'it is a hard link to a file of a lower layer, which overlay unpackers do not find',
      '下位レイヤーのファイルへのハードリンクで、overlay で展開するとリンク先が見つかりません',
      '아래 레이어의 파일을 가리키는 하드 링크여서 overlay로 풀면 대상을 찾지 못합니다',
    ],
    'name-too-long': [
      'its name is longer than Linux takes',
      '名前が Linux の上限を超えています',
      '이름이 Linux 한도를 넘습니다',
    ],
    outside: ['its name leads out of the image', '名前がイメージの外を指しています', '이름이 이미지 밖을 가리킵니다'],
    'through-file': ['a part of its path is a file', 'パスの途中がファイルです', '경로 중간이 파일입니다'],
    'through-loop': [
      'a part of its path is a link that leads back to itself',
      'パスの途中が循環リンクです',
      '경로 중간이 순환 링크입니다',
    ],
  };
  return words[kind] ?? [kind, kind, kind];
}

/** What is wrong with an image's structure and the bytes of its layers. */
export const proofLayerCodes = {
  'proof/layer-looked-at': code<{ layers: readonly string[]; count: number }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A layer was only looked at through its table of contents',
      ja: '目次だけで確認したレイヤーがある',
      ko: '목차로만 살펴본 레이어가 있음',
    },
    message: {
      en: ({ layers, count }) =>
        `${layers.length === 1 ? 'Layer' : 'Layers'} ${layers.join(', ')} of ${count} ${layers.length === 1 ? 'was' : 'were'} only looked at through the table of contents; what a runtime unpacks may be other files`,
      ja: ({ layers, count }) =>
        `${count} 個のレイヤーのうち、次の番号のものは目次だけで確認しました: ${layers.join(', ')}。実際に展開されるファイルは目次と異なる場合があります`,
      ko: ({ layers, count }) =>
        `레이어 ${count}개 중 다음 번호는 목차로만 살펴보았습니다: ${layers.join(', ')}. 런타임이 실제로 푸는 파일은 목차와 다를 수 있습니다`,
    },
    fix: {
      en: () => 'Run `rightarch verify` again without `--quick`: it reads the layers whole and decides',
      ja: () => '`--quick` を付けずに `rightarch verify` を実行してください。レイヤー全体を読み、判定を確定します',
      ko: () => '`--quick` 없이 `rightarch verify`를 다시 실행하세요. 레이어 전체를 읽고 판정을 확정합니다',
    },
  }),
  'proof/layer-damaged': code<{ what: string; offset: number; detail: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A layer cannot be read to its end',
      ja: 'レイヤーを最後まで読み取れない',
      ko: '레이어를 끝까지 읽을 수 없음',
    },
    message: {
      en: ({ what, offset, detail }) =>
        what === 'limit'
          ? `The layer was not read to its end, so nothing is said about what starts: ${detail}`
          : `The layer is damaged: ${what} stops at byte ${offset} (${detail})`,
      ja: ({ what, offset, detail }) =>
        what === 'limit'
          ? `レイヤーを最後まで読んでいないため、起動については判定しません: ${detail}`
          : `レイヤーが壊れています: ${what} が ${offset} バイト目で途切れています (${detail})`,
      ko: ({ what, offset, detail }) =>
        what === 'limit'
          ? `레이어를 끝까지 읽지 않아 시작 여부를 판정하지 않습니다: ${detail}`
          : `레이어가 손상되었습니다: ${what}이(가) ${offset}번째 바이트에서 끊겼습니다(${detail})`,
    },
    fix: {
      en: ({ what }) =>
        what === 'limit'
          ? 'Leave files out of the image that the program does not need, such as sources, tests and caches'
          : 'Build and push the image again; if it comes from a mirror, pull it from its origin',
      ja: ({ what }) =>
        what === 'limit'
          ? 'ソース、テスト、キャッシュなど、プログラムに不要なファイルをイメージから除いてください'
          : 'イメージをビルドし直して push してください。ミラーから取得した場合は、元のレジストリから pull してください',
      ko: ({ what }) =>
        what === 'limit'
          ? '소스, 테스트, 캐시처럼 프로그램에 필요 없는 파일을 이미지에서 빼세요'
          : '이미지를 다시 빌드해서 push하세요. 미러에서 받았다면 원본 레지스트리에서 pull하세요',
    },
  }),
  'proof/diff-id-mismatch': code<{ named: string; found: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A layer does not unpack to the bytes that the config names',
      ja: 'レイヤーの中身が config の diff_id と一致しない',
      ko: '레이어 내용이 config의 diff_id와 일치하지 않음',
    },
    message: {
      en: ({ named, found }) => `The layer unpacks to ${q(found)}, but the config names diff_id ${q(named)}`,
      ja: ({ named, found }) => `レイヤーを展開すると ${q(found)} ですが、config の diff_id は ${q(named)} です`,
      ko: ({ named, found }) => `레이어를 풀면 ${q(found)}이지만 config의 diff_id는 ${q(named)}입니다`,
    },
    fix: {
      en: () => 'Build the image again; a tool that rewrote the layer did not rewrite the config',
      ja: () => 'イメージをビルドし直してください。レイヤーを書き換えたツールが config を更新していません',
      ko: () => '이미지를 다시 빌드하세요. 레이어를 다시 쓴 도구가 config를 갱신하지 않았습니다',
    },
  }),
  'proof/diff-id-missing': code<{ found: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The config lists no diff_id for a layer',
      ja: 'config にレイヤーの diff_id がない',
      ko: 'config에 레이어의 diff_id가 없음',
    },
    message: {
      en: ({ found }) => `The config lists no diff_id for this layer, which unpacks to ${q(found)}`,
      ja: ({ found }) => `config にこのレイヤーの diff_id がありません (展開結果は ${q(found)})`,
      ko: ({ found }) => `config에 이 레이어의 diff_id가 없습니다(푼 결과는 ${q(found)})`,
    },
    fix: {
      en: () => 'Build the image again so that `rootfs.diff_ids` has one entry for each layer',
      ja: () => '`rootfs.diff_ids` がレイヤーと同じ数になるように、イメージをビルドし直してください',
      ko: () => '`rootfs.diff_ids`가 레이어 수와 같아지도록 이미지를 다시 빌드하세요',
    },
  }),
  'proof/diff-id-unsupported': code<{ named: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A diff_id that is not sha256 was not checked',
      ja: '検証していない sha256 以外の diff_id',
      ko: '검증하지 않은 sha256 이외의 diff_id',
    },
    message: {
      en: ({ named }) => `The diff_id ${q(named)} was not compared with the layer's bytes`,
      ja: ({ named }) => `diff_id ${q(named)} はレイヤーのバイト列と照合していません`,
      ko: ({ named }) => `diff_id ${q(named)}을(를) 레이어 바이트와 비교하지 않았습니다`,
    },
    fix: {
      en: () => 'Build the image with sha256 diff_ids, which every runtime reads',
      ja: () => 'どのランタイムでも読める sha256 の diff_id でイメージをビルドしてください',
      ko: () => '모든 런타임이 읽는 sha256 diff_id로 이미지를 빌드하세요',
    },
  }),
  'proof/data-after-end': code<{ bytes: number }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: "A layer has data after the tar's end marker",
      ja: 'tar の終端マーカーより後ろにデータがある',
      ko: 'tar의 끝 표시 뒤에 데이터가 있음',
    },
    message: {
      en: ({ bytes }) => `${bytes} bytes after the tar's end marker are not unpacked by runtimes and were not judged`,
      ja: ({ bytes }) => `tar の終端マーカーより後ろの ${bytes} バイトはランタイムが展開しないため、判定していません`,
      ko: ({ bytes }) => `tar의 끝 표시 뒤의 ${bytes}바이트는 런타임이 풀지 않으므로 판정하지 않았습니다`,
    },
    fix: {
      en: () => 'Do not join tar archives with `cat`; write the layer as one archive',
      ja: () => 'tar を `cat` で連結せず、1 つのアーカイブとしてレイヤーを作成してください',
      ko: () => 'tar를 `cat`으로 이어 붙이지 말고 하나의 아카이브로 레이어를 만드세요',
    },
  }),
  'proof/sparse-gnu': code<{ path: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A file is stored in the old GNU sparse form',
      ja: '古い GNU sparse 形式のファイルがある',
      ko: '옛 GNU sparse 형식의 파일이 있음',
    },
    message: {
      en: ({ path }) => `${q(path)} is stored in the old GNU sparse form, which Docker and containerd do not unpack`,
      ja: ({ path }) => `${q(path)} は古い GNU sparse 形式で、Docker や containerd は展開できません`,
      ko: ({ path }) => `${q(path)}은(는) 옛 GNU sparse 형식이라 Docker와 containerd가 풀지 못합니다`,
    },
    fix: {
      en: () => 'Write the layer with `tar --format=pax`, or without `--sparse`',
      ja: () => '`tar --format=pax` を使うか、`--sparse` を外してレイヤーを作成してください',
      ko: () => '`tar --format=pax`로 만들거나 `--sparse` 없이 레이어를 만드세요',
    },
  }),
  'proof/entry-not-unpacked': code<{ path: string; kind: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Runtimes refuse an entry of a layer, or disagree about it',
      ja: 'ランタイムが拒否するか、扱いが分かれるエントリーがある',
      ko: '런타임이 거부하거나 다르게 처리하는 항목이 있음',
    },
    message: {
      en: ({ path, kind }) => `Runtimes unpack the entry ${q(path)} differently: ${oddity(kind)[0]}`,
      ja: ({ path, kind }) => `エントリー ${q(path)} の展開結果はランタイムによって異なります。${oddity(kind)[1]}`,
      ko: ({ path, kind }) => `항목 ${q(path)}을(를) 푸는 결과가 런타임마다 다릅니다. ${oddity(kind)[2]}`,
    },
    fix: {
      en: ({ path }) => `Rebuild the layer without ${q(path)}, or with its parents as real directories`,
      ja: ({ path }) => `${q(path)} を除くか、親を実ディレクトリにしてレイヤーを作り直してください`,
      ko: ({ path }) => `${q(path)}을(를) 빼거나 상위를 실제 디렉터리로 두고 레이어를 다시 만드세요`,
    },
  }),
  'proof/no-image': code<{ entries: number }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'There is no runnable image',
      ja: '実行できるイメージがない',
      ko: '실행할 수 있는 이미지가 없음',
    },
    message: {
      en: ({ entries }) =>
        entries === 1
          ? 'The index has one entry, and it is not a runnable image'
          : `The index has ${entries} entries and none of them is a runnable image`,
      ja: ({ entries }) => `インデックスの ${entries} 件のエントリーに、実行できるイメージがありません`,
      ko: ({ entries }) => `인덱스의 항목 ${entries}개 중 실행할 수 있는 이미지가 없습니다`,
    },
    fix: {
      en: () => 'Push the image again with `rightarch push`, or name another tag',
      ja: () => '`rightarch push` で push し直すか、別のタグを指定してください',
      ko: () => '`rightarch push`로 다시 push하거나 다른 태그를 지정하세요',
    },
  }),
  'proof/platform-missing': code<{ platform: string; found: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The image has nothing for a platform that was asked for',
      ja: '要求されたプラットフォームのイメージがない',
      ko: '요청한 플랫폼의 이미지가 없음',
    },
    message: {
      en: ({ platform, found }) =>
        `The image has nothing for ${platform}; ${found.length > 0 ? `it has ${list(found)}` : 'it has no platform at all'}`,
      ja: ({ platform, found }) =>
        `${platform} のイメージがありません (${found.length > 0 ? `あるのは ${list(found)}` : 'プラットフォームが 1 つもありません'})`,
      ko: ({ platform, found }) =>
        `${platform} 이미지가 없습니다(${found.length > 0 ? `있는 것: ${list(found)}` : '플랫폼이 하나도 없습니다'})`,
    },
    fix: {
      en: ({ platform, found }) => `Build it with \`--platform ${[...found, platform].join(',')}\``,
      ja: ({ platform, found }) => `\`--platform ${[...found, platform].join(',')}\` を付けてビルドしてください`,
      ko: ({ platform, found }) => `\`--platform ${[...found, platform].join(',')}\`를 붙여 빌드하세요`,
    },
  }),
  'proof/entry-skipped': code<{ platform: string; mediaType: string; digest: string }>({
    severity: 'note',
    since: '0.1.0',
    title: {
      en: 'An entry of the index was not judged',
      ja: '判定していないインデックスのエントリー',
      ko: '판정하지 않은 인덱스 항목',
    },
    message: {
      en: ({ platform, mediaType, digest }) => `The entry ${q(digest)} (${platform}, ${mediaType}) was not judged`,
      ja: ({ platform, mediaType, digest }) => `エントリー ${q(digest)} (${platform}, ${mediaType}) は判定していません`,
      ko: ({ platform, mediaType, digest }) => `항목 ${q(digest)}(${platform}, ${mediaType})은(는) 판정하지 않았습니다`,
    },
    fix: {
      en: () => 'Nothing to do, if no Linux machine is meant to run it',
      ja: () => 'Linux で動かす予定がなければ、対応は不要です',
      ko: () => 'Linux에서 실행할 예정이 없다면 조치가 필요 없습니다',
    },
  }),
  'proof/layer-compression': code<{ mediaType: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'A compressed layer says that it is plain',
      ja: '圧縮されたレイヤーが非圧縮と宣言されている',
      ko: '압축된 레이어가 비압축으로 선언됨',
    },
    message: {
      en: ({ mediaType }) =>
        `The layer is compressed, but its media type ${q(mediaType)} says that it is a plain tar: containerd does not unpack it, Docker and CRI-O do`,
      ja: ({ mediaType }) =>
        `レイヤーは圧縮されていますが、メディアタイプ ${q(mediaType)} は非圧縮の tar を意味します。containerd では展開できず、Docker と CRI-O では展開されます`,
      ko: ({ mediaType }) =>
        `레이어는 압축되어 있지만 미디어 타입 ${q(mediaType)}은(는) 압축되지 않은 tar를 뜻합니다. containerd에서는 풀리지 않고 Docker와 CRI-O에서는 풀립니다`,
    },
    fix: {
      en: () =>
        'Build and push the image again with a tool that writes the type of what it packed: `…tar+gzip` or `…tar+zstd`',
      ja: () =>
        '圧縮形式どおりのメディアタイプ (`…tar+gzip` または `…tar+zstd`) を書き込むツールで、ビルドと push をやり直してください',
      ko: () => '압축 형식에 맞는 미디어 타입(`…tar+gzip` 또는 `…tar+zstd`)을 기록하는 도구로 다시 빌드해서 push하세요',
    },
  }),
  'proof/variant-not-selected': code<{ platform: string; baseline: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Runtimes do not select this variant by default',
      ja: '既定では選択されないバリアント',
      ko: '기본 설정에서 선택되지 않는 variant',
    },
    message: {
      en: ({ platform, baseline }) =>
        `There is only ${platform}, and containerd on ${baseline} does not select it: it asks for the baseline`,
      ja: ({ platform, baseline }) =>
        `${platform} しかありませんが、${baseline} の containerd はベースラインを要求するため選択しません`,
      ko: ({ platform, baseline }) =>
        `${platform}만 있지만 ${baseline}의 containerd는 베이스라인을 요구하므로 선택하지 않습니다`,
    },
    fix: {
      en: ({ baseline }) => `Add an image for ${baseline} to the index`,
      ja: ({ baseline }) => `インデックスに ${baseline} のイメージを追加してください`,
      ko: ({ baseline }) => `인덱스에 ${baseline} 이미지를 추가하세요`,
    },
  }),
  'proof/same-bytes': code<{ platforms: readonly string[]; path: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Two platforms are the same bytes',
      ja: '複数のプラットフォームの中身が同一',
      ko: '여러 플랫폼의 내용이 똑같음',
    },
    message: {
      en: ({ platforms, path }) =>
        `${platforms.join(' and ')} have the same layers, machine code included (${q(path)})`,
      ja: ({ platforms, path }) =>
        `${platforms.join(' と ')} のレイヤーが、機械語のファイル (${q(path)}) も含めて同一です`,
      ko: ({ platforms, path }) => `${platforms.join(', ')}의 레이어가 기계어 파일(${q(path)})까지 똑같습니다`,
    },
    fix: {
      en: () => 'Build every platform from the Dockerfile instead of listing one image twice',
      ja: () =>
        '1 つのイメージを複数のプラットフォームとして登録せず、プラットフォームごとに Dockerfile からビルドしてください',
      ko: () => '이미지 하나를 여러 플랫폼으로 등록하지 말고 플랫폼마다 Dockerfile로 빌드하세요',
    },
  }),
} as const;
