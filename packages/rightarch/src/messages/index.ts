/**
 * Every sentence that a person reads, in English, Japanese and Korean, one row a code and one file an area.
 * Never here: I/O, decisions, the choice of what to report.
 * Start with `code.ts` (what a row is), then any file of `codes/`; `phrases/` holds the words around the diagnostics.
 */
export { binaryBytes, type CodeRow, list, nearest, printable, q } from './code.ts';
export { type ArgsOf, type CodeId, codes } from './codes/index.ts';
export { atFile, atInput, diagnostic, docsFor, failure, inWords, reasons, refusal, type Worded } from './diagnose.ts';
export { type DiagnosticJson, diagnosticJson, type LocationJson, locationJson } from './diagnostic-json.ts';
export {
  chooseLanguage,
  isLanguage,
  type Label,
  type Language,
  languages,
  parseLanguage,
  type Text,
} from './language.ts';
export { commandFor, sentenceFor } from './own-commands.ts';
export { type Remark, remark, remarkJson, remarkText } from './phrases/remarks.ts';
