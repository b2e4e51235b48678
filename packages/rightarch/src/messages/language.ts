/*
 * The terms of the catalogue, one for a concept (English: Japanese / Korean):
 * image: イメージ / 이미지; index: インデックス / 인덱스; manifest: マニフェスト / 매니페스트; entry: エントリー / 항목;
 * layer: レイヤー / 레이어; tag: タグ / 태그; digest: ダイジェスト / 다이제스트; repository: リポジトリ / 저장소;
 * storage: ストレージ / 스토리지; mirror: ミラー / 미러; platform: プラットフォーム / 플랫폼; runtime: ランタイム / 런타임;
 * target (of rightarch.yaml): ターゲット / 타깃; machine: マシン / 머신; directory, folder: ディレクトリ / 디렉터리;
 * instruction (of a Dockerfile), command: 命令, コマンド / 명령;
 * stage: ステージ / 스테이지; plan: プラン / 플랜; lockfile: ロックファイル / 잠금 파일; machine code: 機械語 / 기계어;
 * loader: ローダー / 로더; shared library: 共有ライブラリ / 공유 라이브러리; to load: 読み込む / 불러오다;
 * to move a tag: タグを動かす / 태그를 옮기다; page size: ページサイズ / 페이지 크기; CPU instruction: CPU 命令 / CPU 명령어;
 * finding: 指摘 / 지적 사항; fix: 対処 / 조치; "nothing to do": 対応は不要です / 조치가 필요 없습니다;
 * proven, refuted, undecided: 証明済み, 反証, 未確定 / 증명됨, 반증됨, 미확정; not claimed: 証明の対象外 / 증명 대상이 아님.
 */

/** The languages of our users. `--json` is English unless `--lang` is given. */
export const languages = ['en', 'ja', 'ko'] as const;
export type Language = (typeof languages)[number];

/** One sentence in every language, made from the same arguments. A missing language does not compile. */
export type Text<Args = void> = Readonly<Record<Language, (args: Args) => string>>;

/** A fixed text in every language. */
export type Label = Readonly<Record<Language, string>>;

export function isLanguage(text: string): text is Language {
  return (languages as readonly string[]).includes(text);
}

/** `ja_JP.UTF-8` is `ja`; `C`, `POSIX` and languages that we do not have are undefined. */
export function parseLanguage(text: string | undefined): Language | undefined {
  const tag = text?.toLowerCase().split(/[_.@-]/)[0];
  return tag !== undefined && isLanguage(tag) ? tag : undefined;
}

/** The first that names a language of ours, in the order flag, configuration, LC_ALL, LC_MESSAGES, LANG; else English. */
export function chooseLanguage(
  asked: { readonly flag?: string | undefined; readonly configured?: string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const explicit = parseLanguage(asked.flag) ?? parseLanguage(asked.configured);
  if (explicit !== undefined) return explicit;
  // POSIX: the first of the three that is set decides, even where it names no language of ours.
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'];
  return parseLanguage(locale) ?? 'en';
}
