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
  written: {
    en: ({ file, command }) => `wrote ${file}; next: ${command}`,
    ja: ({ file, command }) => `${file} を作成しました。次のコマンド: ${command}`,
    ko: ({ file, command }) => josa(`${file}을(를) 만들었습니다. 다음 명령: ${command}`),
  } satisfies Text<{ file: string; command: string }>,
};
