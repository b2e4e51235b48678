import { code, q } from '../code.ts';

/** Where a newer library would come from, by the family of the version. */
const SOURCES: Readonly<Record<string, string>> = {
  GLIBC: 'glibc',
  GLIBCXX: 'libstdc++',
  CXXABI: 'libstdc++',
  GCC: 'libgcc',
};
const source = (version: string): string => SOURCES[version.slice(0, version.lastIndexOf('_'))] ?? 'library';

/** Findings about the libraries that a program or a native module loads. */
export const proofLibrariesCodes = {
  'proof/symbol-version-missing': code<{
    path: string;
    version: string;
    library: string;
    neededBy: string;
    newest: string | undefined;
    more: number;
    prints: string;
  }>({
    severity: 'error',
    since: '0.1.0',
    title: {
      en: 'A shared library in the image is older than the program needs',
      ja: 'イメージ内の共有ライブラリが、プログラムの必要とするものより古い',
      ko: '이미지의 공유 라이브러리가 프로그램에 필요한 것보다 오래됨',
    },
    message: {
      en: ({ version, library, neededBy, newest, more, prints }) =>
        `${q(neededBy)} needs ${q(version)}, and ${q(library)} of the image ${newest === undefined ? 'does not define it' : `ends at ${q(newest)}`}${more > 0 ? ` (and ${more} more versions are missing)` : ''}: ${q(prints)}`,
      ja: ({ version, library, neededBy, newest, more, prints }) =>
        `${q(neededBy)} には ${q(version)} が必要ですが、イメージの ${q(library)} ${newest === undefined ? 'では定義されていません' : `は ${q(newest)} までです`}${more > 0 ? ` (ほかに ${more} 件のバージョンが不足)` : ''}: ${q(prints)}`,
      ko: ({ version, library, neededBy, newest, more, prints }) =>
        `${q(neededBy)}에는 ${q(version)}이(가) 필요하지만 이미지의 ${q(library)}${newest === undefined ? '에는 정의되어 있지 않습니다' : `은(는) ${q(newest)}까지만 있습니다`}${more > 0 ? `(그 밖에 ${more}개 버전이 없음)` : ''}: ${q(prints)}`,
    },
    fix: {
      en: ({ neededBy, version }) =>
        `Build ${q(neededBy)} on the same release as the final stage, or move the final stage to one whose ${source(version)} has ${q(version)}`,
      ja: ({ neededBy, version }) =>
        `${q(neededBy)} を最終ステージと同じリリース上でビルドするか、最終ステージを、${source(version)} に ${q(version)} があるリリースに変えてください`,
      ko: ({ neededBy, version }) =>
        `${q(neededBy)}을(를) 최종 스테이지와 같은 릴리스에서 빌드하거나, 최종 스테이지를 ${source(version)}에 ${q(version)}이(가) 있는 릴리스로 바꾸세요`,
    },
  }),
} as const;
