import { type Diagnostic, formatPlatform, type Location } from '../core/index.ts';
import { inWords, reasons } from './diagnose.ts';
import type { Language } from './language.ts';
import { remarkText } from './phrases/remarks.ts';

/** A place for programs. Every `--json` writes places in this one form; `in` says which members follow. */
export type LocationJson =
  | Extract<Location, { readonly in: 'file' } | { readonly in: 'input' }>
  | (Omit<Extract<Location, { readonly in: 'image' }>, 'platform'> & { readonly platform?: string });

/** A diagnostic for programs: the sentences beside the code and its arguments. */
export interface DiagnosticJson extends Pick<Diagnostic, 'code' | 'severity' | 'args' | 'because'> {
  readonly message: string;
  readonly fix: string;
  readonly docs: string;
  readonly at: LocationJson;
  readonly related: readonly { readonly at: LocationJson; readonly note: string }[];
}

/** A diagnostic as every `--json` prints it: `$defs/diagnostic` of schema/verify.json. */
export function diagnosticJson(one: Diagnostic, language: Language): DiagnosticJson {
  const { message, fix, docs } = inWords(one, language);
  const because = reasons(one, language);
  return {
    code: one.code,
    severity: one.severity,
    message,
    fix,
    docs,
    at: locationJson(one.at),
    args: one.args,
    related: one.related.map(({ at, note }) => ({ at: locationJson(at), note: remarkText(note, language) })),
    ...(because.length > 0 ? { because } : {}),
  };
}

/** A place with its platform written out: `linux/arm64`. */
export function locationJson(at: Location): LocationJson {
  if (at.in !== 'image') return at;
  const { platform, ...rest } = at;
  return platform === undefined ? rest : { ...rest, platform: formatPlatform(platform) };
}
