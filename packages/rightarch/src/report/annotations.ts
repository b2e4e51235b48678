import { posix, win32 } from 'node:path';
import { type DiagnosticJson, printable } from '../messages/index.ts';

/**
 * Findings as workflow commands of GitHub Actions, one a line: they stand beside the lines of a pull request
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands, read 2026-11-29). `directory` is
 * where the names of files start, from the root of the repository.
 */
export function renderAnnotations(findings: readonly DiagnosticJson[], directory = ''): string {
  return findings
    .map((one) => {
      const kind = one.severity === 'note' ? 'notice' : one.severity;
      const at = [one.at, ...one.related.map((other) => other.at)].find((place) => place.in === 'file');
      const place =
        at?.in === 'file'
          ? {
              file: posix.isAbsolute(at.file) || win32.isAbsolute(at.file) ? at.file : posix.join(directory, at.file),
              line: at.start.line,
              col: at.start.column,
              endLine: at.end.line,
            }
          : {};
      const properties = Object.entries({ ...place, title: one.code })
        .map(([name, value]) => `${name}=${escapeProperty(printable(String(value)))}`)
        .join(',');
      return `::${kind} ${properties}::${escapeData(one.fix === '' ? one.message : `${one.message}\n${one.fix}`)}`;
    })
    .join('\n');
}

/** As `@actions/core` does it (packages/core/src/command.ts). */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
