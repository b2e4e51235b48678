import { josa } from '../josa.ts';
import type { Label, Text } from '../language.ts';

export const initPhrases = {
  askRepository: {
    en: 'Where is it published? (registry/name, empty for nowhere)',
    ja: 'どこに公開しますか? (レジストリ/名前。空欄なら公開しない)',
    ko: '어디에 게시합니까? (레지스트리/이름, 비우면 게시하지 않음)',
  },
  askRuntimes: {
    en: 'Where does it run? (runtimes, separated by commas)',
    ja: 'どこで動かしますか? (ランタイムをカンマ区切りで)',
    ko: '어디서 실행합니까? (런타임을 쉼표로 구분)',
  },
  askTags: {
    en: 'Which tags? (separated by commas)',
    ja: 'タグは何にしますか? (カンマ区切り)',
    ko: '어떤 태그를 붙입니까? (쉼표로 구분)',
  },
  header: {
    en: 'What is built for where. `rightarch plan` says what follows from it.',
    ja: '何をどこ向けにビルドするか。結果は `rightarch plan` で確認できます。',
    ko: '무엇을 어디용으로 빌드하는지. 결과는 `rightarch plan`으로 확인합니다.',
  },
  needsRepository: {
    en: 'registry/name; the sources do not say it, and `rightarch ship` needs it',
    ja: 'レジストリ/名前。ソースからは分からず、`rightarch ship` に必要',
    ko: '레지스트리/이름. 소스에서는 알 수 없으며 `rightarch ship`에 필요',
  },
  needsTags: {
    en: 'the sources name no constant tag, and `rightarch ship` needs one',
    ja: 'ソースに固定のタグがなく、`rightarch ship` に必要',
    ko: '소스에 고정된 태그가 없으며 `rightarch ship`에 필요',
  },
  otherTags: {
    en: 'other tags that only a run makes known',
    ja: '実行するまで分からないほかのタグ',
    ko: '실행해야 알 수 있는 다른 태그',
  },
  fillIn: {
    en: 'the sources do not say what `?` is',
    ja: '`?` の部分はソースからは分からない',
    ko: '`?` 부분은 소스에서 알 수 없음',
  },
  hostDecides: {
    en: 'nothing names a CPU: without this line it is built for the machine that builds',
    ja: 'CPU の指定がないため、この行がなければビルドするマシンの CPU 向けになる',
    ko: 'CPU 지정이 없으므로 이 줄이 없으면 빌드하는 머신의 CPU용이 됨',
  },
  open: {
    en: 'to be filled in, each before the command beside it',
    ja: '各行のコマンドを実行する前に記入が必要な項目',
    ko: '각 줄의 명령을 실행하기 전에 채워야 할 항목',
  },
  whichImage: {
    en: 'say which image runs here: image: NAME',
    ja: 'ここで動かすイメージを指定: image: NAME',
    ko: '여기서 실행할 이미지를 지정: image: NAME',
  },
  nodeDecides: {
    en: 'add the CPU of its nodes: architecture: [amd64, arm64]',
    ja: 'ノードの CPU を追加: architecture: [amd64, arm64]',
    ko: '노드의 CPU를 추가: architecture: [amd64, arm64]',
  },
} satisfies Readonly<Record<string, Label>>;

export const initTexts = {
  sharedTag: {
    en: ({ reference, images, place }) => `${place} has ${reference} for ${images}: give each image tags of its own`,
    ja: ({ reference, images, place }) =>
      `${place} では ${images} がどれも ${reference} です。イメージごとに別のタグにしてください`,
    ko: ({ reference, images, place }) =>
      `${place}에서는 ${images}이(가) 모두 ${reference}입니다. 이미지마다 다른 태그를 쓰세요`,
  } satisfies Text<{ reference: string; images: string; place: string }>,
  written: {
    en: ({ file, command }) => `wrote ${file}; next: ${command}`,
    ja: ({ file, command }) => `${file} を作成しました。次のコマンド: ${command}`,
    ko: ({ file, command }) => josa(`${file}을(를) 만들었습니다. 다음 명령: ${command}`),
  } satisfies Text<{ file: string; command: string }>,
};
