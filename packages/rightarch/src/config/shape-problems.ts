import type { z } from 'zod';
import type { Diagnostic } from '../core/index.ts';
import { diagnostic, nearest } from '../messages/index.ts';
import type { YamlData } from './document.ts';
import { knownKeys } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** More than these nobody reads: the document is something else altogether. */
const MOST = 50;

/** What is wrong with the shape of the document, in our words, at the line where it stands. */
export function shapeProblems(issues: readonly Issue[], data: YamlData): readonly Diagnostic[] {
  return issues.slice(0, MOST).flatMap((issue) => problemsOf(issue, issue.path, data));
}

function problemsOf(issue: Issue, path: readonly PropertyKey[], data: YamlData): readonly Diagnostic[] {
  const at = data.at(path);
  const key = path.map(String).join('.');
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(path);
      return issue.keys.slice(0, MOST).map((unknown) => {
        const args = { key: unknown, where: key, nearest: nearest(unknown, known), known };
        return diagnostic('config/unknown-key', args, data.keyAt([...path, unknown]));
      });
    }
    case 'invalid_union': {
      const branches = issue.errors as readonly (readonly Issue[])[];
      // The branch that got furthest into the value is the one that was meant.
      const deepest = [...branches].sort((a, b) => depth(b) - depth(a))[0] ?? [];
      if (depth(deepest) > 0) return deepest.flatMap((inner) => problemsOf(inner, [...path, ...inner.path], data));
      const number = wrongNumber(path, data);
      if (number !== undefined) return [number];
      const expected = branches.flatMap((branch) =>
        branch.flatMap((inner) => ('expected' in inner ? [String(inner.expected)] : [])),
      );
      return [wrongType(key, [...new Set(expected)], path, data)];
    }
    case 'invalid_value': {
      const known = issue.values.map(String);
      const found = data.source(path) ?? kindAt(path, data);
      return [diagnostic('config/not-one-of', { key, text: found, known, nearest: nearest(found, known) }, at)];
    }
    case 'invalid_type': {
      if (valueAt(path, data) === undefined) {
        const name = String(path.at(-1) ?? '');
        return [
          diagnostic(
            'config/missing-key',
            { key: name, where: path.slice(0, -1).map(String).join('.') },
            data.keyAt(path),
          ),
        ];
      }
      const number = issue.expected === 'string' ? wrongNumber(path, data) : undefined;
      return [number ?? wrongType(key, [issue.expected], path, data)];
    }
    case 'too_small':
      return [diagnostic('config/empty-value', { key }, at)];
    default:
      return [wrongType(key, [], path, data)];
  }
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

/** A number where text belongs: account ids and versions lose digits that way. */
function wrongNumber(path: readonly PropertyKey[], data: YamlData): Diagnostic | undefined {
  const value = valueAt(path, data);
  if (typeof value !== 'number') return undefined;
  const written = data.source(path) ?? String(value);
  return diagnostic(
    'config/number-for-text',
    { key: path.map(String).join('.'), written, number: String(value) },
    data.at(path),
  );
}

function wrongType(key: string, expected: readonly string[], path: readonly PropertyKey[], data: YamlData): Diagnostic {
  const found = kindAt(path, data);
  // `yes`, `on` and `true` may have been meant as text.
  const written = found === 'boolean' && expected.includes('string') ? data.source(path) : undefined;
  const args = { key, expected, found, ...(written !== undefined ? { written } : {}) };
  return diagnostic('config/wrong-type', args, data.at(path));
}

function valueAt(path: readonly PropertyKey[], data: YamlData): unknown {
  let value: unknown = data.value;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

function kindAt(path: readonly PropertyKey[], data: YamlData): string {
  const value = valueAt(path, data);
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? 'array' : typeof value;
}
