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
