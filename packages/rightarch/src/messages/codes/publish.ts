import { cmd, code, list, q } from '../code.ts';

export const publishCodes = {
  'publish/platform-twice': code<{ platform: string; first: string; second: string; digests: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Two images of one platform are to be joined',
      ja: '同じプラットフォームのイメージが 2 つある',
      ko: '같은 플랫폼의 이미지가 두 개 있음',
    },
    message: {
      en: ({ platform, first, second, digests }) =>
        `${q(first)} and ${q(second)} both have an image for ${q(platform)}, and not the same one: ${list(digests)}`,
      ja: ({ platform, first, second, digests }) =>
        `${q(first)} と ${q(second)} のどちらにも ${q(platform)} のイメージがあり、中身が違います: ${list(digests)}`,
      ko: ({ platform, first, second, digests }) =>
        `${q(first)}과(와) ${q(second)} 모두에 ${q(platform)} 이미지가 있는데 서로 다릅니다: ${list(digests)}`,
    },
    fix: {
      en: ({ second, platform }) =>
        `Name one of them only; where ${q(second)} was meant to be for another CPU, build it there: ${cmd(`rightarch inspect ${second}`)} shows that it is ${q(platform)}. To put a new image in the place of one that a tag has, merge all of its platforms anew, without \`--add\``,
      ja: ({ second, platform }) =>
        `どちらか一方だけを指定してください。${q(second)} が別の CPU 用のはずなら、その CPU でビルドし直してください (${cmd(`rightarch inspect ${second}`)} で ${q(platform)} だと確認できます)。タグにあるイメージを入れ替えるには、\`--add\` を付けずに全プラットフォームをまとめ直します`,
      ko: ({ second, platform }) =>
        `둘 중 하나만 지정하세요. ${q(second)}이(가) 다른 CPU용이어야 한다면 그 CPU에서 다시 빌드하세요(${cmd(`rightarch inspect ${second}`)}(으)로 ${q(platform)}임을 볼 수 있습니다). 태그에 있는 이미지를 바꾸려면 \`--add\` 없이 모든 플랫폼을 다시 합치세요`,
    },
  }),
  'publish/platform-required': code<{ missing: readonly string[]; have: readonly string[] }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A platform that is required is missing',
      ja: '必要なプラットフォームが足りない',
      ko: '필요한 플랫폼이 없음',
    },
    message: {
      en: ({ missing, have }) =>
        `Required, and in none of the images: ${list(missing)}. They have ${have.length === 0 ? 'none' : list(have)}; no tag was moved`,
      ja: ({ missing, have }) =>
        `どのイメージにもない必須プラットフォーム: ${list(missing)}。あるのは${have.length === 0 ? 'なし' : ` ${list(have)} `}です。タグは動かしていません`,
      ko: ({ missing, have }) =>
        `어느 이미지에도 없는 필수 플랫폼: ${list(missing)}. 있는 것: ${have.length === 0 ? '없음' : list(have)}. 태그는 옮기지 않았습니다`,
    },
    fix: {
      en: ({ missing }) => `Wait for the build of ${list(missing)} and name its image too, or require less`,
      ja: ({ missing }) =>
        `${list(missing)} のビルドを待って、そのイメージも指定してください。不要なら \`--require\` から外します`,
      ko: ({ missing }) =>
        `${list(missing)} 빌드를 기다려 그 이미지도 지정하거나, 필요 없으면 \`--require\`에서 빼세요`,
    },
  }),
  'publish/tag-malformed': code<{ tag: string }>({
    severity: 'error',
    since: '0.1.0',
    title: { en: 'A tag cannot be used', ja: '使えないタグ', ko: '쓸 수 없는 태그' },
    message: {
      en: ({ tag }) =>
        tag === ''
          ? 'A tag is empty'
          : `${q(tag)} is not a tag: it has an illegal character, begins with \`.\` or \`-\`, or is longer than 128 characters`,
      ja: ({ tag }) =>
        tag === ''
          ? 'タグが空です'
          : `${q(tag)} はタグとして使えません。使えない文字がある、\`.\` か \`-\` で始まる、128 文字を超える、のいずれかです`,
      ko: ({ tag }) =>
        tag === ''
          ? '태그가 비어 있습니다'
          : `${q(tag)}은(는) 태그로 쓸 수 없습니다. 쓸 수 없는 문자가 있거나, \`.\` 또는 \`-\`로 시작하거나, 128자를 넘습니다`,
    },
    fix: {
      en: () => 'Use letters, digits, `_`, `.` and `-`; in a branch name, replace `/` with `-`',
      ja: () => '英数字と `_` `.` `-` だけを使ってください。ブランチ名の `/` は `-` に置き換えます',
      ko: () => '영문자, 숫자, `_`, `.`, `-`만 쓰세요. 브랜치 이름의 `/`는 `-`로 바꿉니다',
    },
  }),
  'publish/tag-twice': code<{ reference: string; one: string; other: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'One tag is given to two images',
      ja: '1 つのタグに 2 つの内容が指定されている',
      ko: '하나의 태그에 두 가지가 지정됨',
    },
    message: {
      en: ({ reference, one, other }) =>
        `${q(reference)} would be ${q(one)} and ${q(other)} at once (\`*\` is the whole image)`,
      ja: ({ reference, one, other }) =>
        `${q(reference)} に ${q(one)} と ${q(other)} の両方が指定されています (\`*\` はイメージ全体)`,
      ko: ({ reference, one, other }) =>
        `${q(reference)}에 ${q(one)}와(과) ${q(other)}이(가) 함께 지정되었습니다(\`*\`는 이미지 전체)`,
    },
    fix: {
      en: () => 'Put `{arch}` into `child-tags`, so that every platform has a tag of its own',
      ja: () => '`child-tags` に `{arch}` を入れて、プラットフォームごとに別のタグにしてください',
      ko: () => '`child-tags`에 `{arch}`를 넣어 플랫폼마다 다른 태그가 되게 하세요',
    },
  }),
  'publish/registry-differs': code<{ repository: string; digest: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'What was pushed cannot be read back',
      ja: 'push した内容を読み戻せない',
      ko: 'push한 내용을 다시 읽을 수 없음',
    },
    message: {
      en: ({ repository, digest }) =>
        `${q(repository)} does not give back ${q(digest)} as it was pushed; no tag was moved`,
      ja: ({ repository, digest }) =>
        `${q(repository)} から ${q(digest)} を push したとおりに読み戻せません。タグは動かしていません`,
      ko: ({ repository, digest }) =>
        `${q(repository)}에서 ${q(digest)}을(를) push한 그대로 다시 읽을 수 없습니다. 태그는 옮기지 않았습니다`,
    },
    fix: {
      en: () => 'Look at the storage and the cache of the registry, delete this digest there, and push again',
      ja: () => 'レジストリのストレージとキャッシュを確認し、このダイジェストを削除してから push し直してください',
      ko: () => '레지스트리의 스토리지와 캐시를 확인하고, 이 다이제스트를 삭제한 뒤 다시 push하세요',
    },
  }),
  'publish/tags-partly-moved': code<{
    moved: readonly string[];
    left: readonly string[];
    unanswered: readonly string[];
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Some tags have moved and some have not',
      ja: '一部のタグだけが更新された',
      ko: '일부 태그만 옮겨짐',
    },
    message: {
      en: ({ moved, left, unanswered }) =>
        `${list(moved)} moved to the new image${left.length > 0 ? `, ${list(left)} did not` : ''}${unanswered.length > 0 ? `, of ${list(unanswered)} nobody can say` : ''}; whatever a tag points at is complete`,
      ja: ({ moved, left, unanswered }) =>
        `${list(moved)} は新しいイメージに更新されました${left.length > 0 ? `が、${list(left)} は更新されていません` : ''}。${unanswered.length > 0 ? `${list(unanswered)} が更新されたかどうかは確認できません。` : ''}タグが指すのはいずれも完全なイメージです`,
      ko: ({ moved, left, unanswered }) =>
        `${list(moved)}은(는) 새 이미지로 옮겨졌${left.length > 0 ? `지만 ${list(left)}은(는) 옮겨지지 않았` : ''}습니다. ${unanswered.length > 0 ? `${list(unanswered)}은(는) 옮겨졌는지 알 수 없습니다. ` : ''}태그가 가리키는 것은 모두 온전한 이미지입니다`,
    },
    fix: {
      en: () => 'Run it again: only the tags that are left are moved',
      ja: () => '再実行してください。残りのタグだけが更新されます',
      ko: () => '다시 실행하세요. 남은 태그만 옮겨집니다',
    },
  }),
  'publish/tag-unanswered': code<{ reference: string; wanted: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'Whether a tag has moved is not known',
      ja: 'タグが更新されたかどうか分からない',
      ko: '태그가 옮겨졌는지 알 수 없음',
    },
    message: {
      en: ({ reference, wanted }) =>
        `The registry was told to move ${q(reference)} to ${q(wanted)} and never answered; whatever the tag points at is complete`,
      ja: ({ reference, wanted }) =>
        `${q(reference)} を ${q(wanted)} に更新する要求を送りましたが、レジストリから応答がありません。どちらを指していても、タグが指すのは完全なイメージです`,
      ko: ({ reference, wanted }) =>
        `${q(reference)}을(를) ${q(wanted)}(으)로 옮기라는 요청을 보냈지만 레지스트리가 응답하지 않았습니다. 어느 쪽을 가리키든 태그가 가리키는 것은 온전한 이미지입니다`,
    },
    fix: {
      en: ({ reference }) =>
        `Look where it points with \`rightarch inspect ${reference}\`, or run the same command again: a tag that has moved is left as it is`,
      ja: ({ reference }) =>
        `\`rightarch inspect ${reference}\` で現在の参照先を確認するか、同じコマンドを再実行してください。更新済みのタグはそのまま残ります`,
      ko: ({ reference }) =>
        `\`rightarch inspect ${reference}\`로 무엇을 가리키는지 확인하거나 같은 명령을 다시 실행하세요. 이미 옮겨진 태그는 그대로 둡니다`,
    },
  }),
  'publish/tag-immutable': code<{ reference: string; there: string; wanted: string }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'The registry does not let this tag move',
      ja: 'このタグは変更できない設定になっている',
      ko: '이 태그는 옮길 수 없게 설정됨',
    },
    message: {
      en: ({ reference, there, wanted }) =>
        `${q(reference)} is immutable and stays at ${q(there)}; ${q(wanted)} is in the repository under its digest only`,
      ja: ({ reference, there, wanted }) =>
        `${q(reference)} は変更不可 (immutable) で、${q(there)} を指したままです。${q(wanted)} はダイジェストでだけ参照できます`,
      ko: ({ reference, there, wanted }) =>
        `${q(reference)}은(는) 변경 불가(immutable)라 계속 ${q(there)}을(를) 가리킵니다. ${q(wanted)}은(는) 다이제스트로만 참조할 수 있습니다`,
    },
    fix: {
      en: () => 'Give every build a tag of its own (`{sha}`, `{version}`), or exclude this tag from immutability there',
      ja: () =>
        'ビルドごとに別のタグ (`{sha}`、`{version}`) を付けるか、レジストリでこのタグを immutable の対象から外してください',
      ko: () =>
        '빌드마다 다른 태그(`{sha}`, `{version}`)를 붙이거나, 레지스트리에서 이 태그를 immutable 대상에서 빼세요',
    },
  }),
  'publish/tag-moved': code<{ reference: string; planned: string; found: string }>({
    severity: 'warning',
    since: '0.1.0',
    title: {
      en: 'Somebody else moved a tag in the meantime',
      ja: '途中で別の誰かがタグを動かした',
      ko: '그사이 다른 누군가가 태그를 옮김',
    },
    message: {
      en: ({ reference, planned, found }) =>
        `${q(reference)} ${planned === '' ? 'did not exist' : `was at ${q(planned)}`} when this push began, and ${found === '' ? 'was gone' : `at ${q(found)}`} when its tags were moved`,
      ja: ({ reference, planned, found }) =>
        `push の開始時に ${q(reference)} は${planned === '' ? 'ありませんでした' : ` ${q(planned)} でした`}が、タグを動かす時点では${found === '' ? '消えていました' : ` ${q(found)} になっていました`}`,
      ko: ({ reference, planned, found }) =>
        `push를 시작할 때 ${q(reference)}은(는) ${planned === '' ? '없었지만' : `${q(planned)}(이)었지만`}, 태그를 옮길 때는 ${found === '' ? '사라져 있었습니다' : `${q(found)}(으)로 바뀌어 있었습니다`}`,
    },
    fix: {
      en: () => 'Look at who else pushes this tag; let one job at a time publish it',
      ja: () => 'このタグを push している別のジョブを確認し、同時に公開するジョブを 1 つにしてください',
      ko: () => '이 태그를 push하는 다른 작업을 확인하고, 한 번에 한 작업만 게시하게 하세요',
    },
  }),
} as const;
