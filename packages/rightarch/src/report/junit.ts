import type { CheckResult } from '../lint/index.ts';
import { inWords, type Language, printable } from '../messages/index.ts';
import { renderLocation, sortDiagnostics } from './diagnostics.ts';

/**
 * What `check` found as JUnit XML, for CI systems that list tests: a suite for each file, a failed test for each finding,
 * a test that passed for each Dockerfile without one. What is undecided is skipped, not failed.
 */
export function junitOfCheck({ diagnostics, undecided, checked }: CheckResult, language: Language): string {
  const fileOf = (one: (typeof diagnostics)[number]): string => (one.at.in === 'file' ? one.at.file : '');
  const files = [...new Set([...checked, ...[...diagnostics, ...undecided].map(fileOf)])].sort();
  const suites = files.map((file) => {
    const failed = sortDiagnostics(diagnostics.filter((one) => fileOf(one) === file));
    const skipped = sortDiagnostics(undecided.filter((one) => fileOf(one) === file));
    const cases = [
      ...failed.map((one) =>
        testCase(
          file,
          one.code,
          `<failure type="${xml(one.severity)}" message="${xml(inWords(one, language).message)}">${xml(`${renderLocation(one.at, language)}\n${inWords(one, language).fix}`)}</failure>`,
        ),
      ),
      ...skipped.map((one) => testCase(file, one.code, `<skipped message="${xml(inWords(one, language).message)}"/>`)),
      ...(failed.length + skipped.length === 0 ? [testCase(file, 'check', '')] : []),
    ];
    return `  <testsuite name="${xml(file)}" tests="${cases.length}" failures="${failed.length}" skipped="${skipped.length}">\n${cases.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="rightarch check" failures="${diagnostics.length}">\n${suites.join('\n')}\n</testsuites>\n`;
}

const testCase = (file: string, name: string, inside: string): string =>
  inside === ''
    ? `    <testcase classname="${xml(file)}" name="${xml(name)}"/>`
    : `    <testcase classname="${xml(file)}" name="${xml(name)}">${inside}</testcase>`;

/** Characters that XML cannot hold are shown as escapes, as on a terminal. */
function xml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    '\n': '&#10;',
  };
  const whole = Buffer.from(text.split('\n').map(printable).join('\n')).toString('utf8');
  return whole.replace(/[&<>"\n]/g, (c) => entities[c]!);
}
