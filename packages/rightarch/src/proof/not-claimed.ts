/** What no proof of this version says anything about, as stable words; the report puts them into sentences. */
export const notClaimed = [
  'what-the-program-does',
  'symbols-of-shared-libraries',
  'machine-code-inside-archives',
  'dlopen-of-computed-names',
  'code-generated-downloaded-or-mounted-at-run-time',
  'ports-health-and-permissions-outside-the-image',
  'kernel-features-beyond-the-executable-format',
] as const;
