import type { Diagnostic } from '../core/index.ts';
import { inWords, type Language, printable } from '../messages/index.ts';
import { sortDiagnostics } from './diagnostics.ts';

/**
 * Findings as workflow commands of GitHub Actions, one a line: they stand beside the lines of a pull request
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands, read 2026-11-29).
 */
export function renderAnnotations(diagnostics: readonly Diagnostic[], language: Language): string {
  return sortDiagnostics(diagnostics)
    .map((one) => {
      const { message, fix } = inWords(one, language);
      const kind = one.severity === 'note' ? 'notice' : one.severity;
      const place =
        one.at.in === 'file'
          ? { file: one.at.file, line: one.at.start.line, col: one.at.start.column, endLine: one.at.end.line }
          : {};
      const properties = Object.entries({ ...place, title: one.code })
        .map(([name, value]) => `${name}=${escapeProperty(printable(String(value)))}`)
        .join(',');
      return `::${kind} ${properties}::${escapeData(`${message}\n${fix}`)}`;
    })
    .join('\n');
}

/** As `@actions/core` does it (packages/core/src/command.ts). */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
