import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../core/index.ts';
import { diagnosticJson } from '../messages/index.ts';
import {
  displayWidth,
  formatBytes,
  formatDuration,
  ink,
  type Page,
  renderDiagnostic,
  renderTable,
  sortDiagnostics,
} from './index.ts';
import { renderDetails } from './table.ts';

const page: Page = { language: 'en', color: false, width: 80 };

describe('numbers', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [12_345, '12 kB'],
    [999_500, '1.0 MB'],
    [104_857_600, '105 MB'],
    [3_200_000_000, '3.2 GB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test.each([
    [0, '0.0 s'],
    [1_449, '1.4 s'],
    [9_940, '9.9 s'],
    [12_400, '12 s'],
    [65_000, '1 min 05 s'],
  ])('%d ms are %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('tables', () => {
  test.each([
    ['abc', 3],
    ['日本語', 6],
    ['한국어', 6],
    ['ｱ', 1],
    ['é', 1],
    ['e\u0301', 1],
    ['\u001b[31mred\u001b[39m', 3],
    ['👩‍👩‍👧', 2],
  ])('%s takes %d columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test('columns line up over wide characters, and nothing trails', () => {
    expect(
      renderTable(
        page,
        ['名前', 'x'],
        [
          ['a', '1'],
          ['日本', '22'],
        ],
      ),
    ).toBe('  名前  x\n  a     1\n  日本  22');
  });

  test('colour is only where the page has it', () => {
    expect(ink(page, 'red', 'x')).toBe('x');
    expect(ink({ ...page, color: true }, 'red', 'x')).toBe('\u001b[31mx\u001b[39m');
  });
});

const finding = (line: number, column: number, code = 'platform/malformed'): Diagnostic => ({
  code,
  severity: 'error',
  args: { text: 'linux', accepted: ['amd64'] },
  at: { in: 'file', file: 'a.yaml', start: { line, column }, end: { line, column: column + 5 } },
  related: [],
});

describe('diagnostics', () => {
  test('point at the very characters, also behind wide ones', () => {
    const text = renderDiagnostic(page, finding(2, 5), () => 'x\n日本: linux\n');
    expect(text.split('\n').slice(2, 5)).toEqual(['   |', ' 2 | 日本: linux', '   |       ^^^^^']);
  });

  test('a hostile name cannot write to the terminal', () => {
    const text = renderDiagnostic(page, {
      ...finding(1, 1),
      at: { in: 'input', name: 'a\u001b[2Jb\u202e' },
      args: { text: '\u0007', accepted: [] },
    });
    expect(text).not.toMatch(/[\u0007\u001b\u202e]/);
  });

  test('are in the order of their places, whatever the order they were found in', () => {
    const list = [finding(10, 1), finding(2, 9), finding(2, 1, 'z/z'), finding(2, 1)];
    const places = (found: readonly Diagnostic[]) =>
      found.map(({ at, code }) => `${at.in === 'file' ? `${at.start.line}:${at.start.column}` : ''} ${code}`);
    expect(places(sortDiagnostics(list))).toEqual([
      '2:1 platform/malformed',
      '2:1 z/z',
      '2:9 platform/malformed',
      '10:1 platform/malformed',
    ]);
    expect(places(sortDiagnostics([...list].reverse()))).toEqual(places(sortDiagnostics(list)));
  });

  test('speak the language that is asked for, in JSON too', () => {
    expect(diagnosticJson(finding(1, 1), 'ko')['message']).toMatch(/플랫폼/);
    expect(diagnosticJson(finding(1, 1), 'en')).toMatchObject({
      code: 'platform/malformed',
      at: { file: 'a.yaml' },
      docs: 'rightarch explain platform/malformed',
    });
  });

  test('a code of a later version keeps its arguments', () => {
    expect(renderDiagnostic(page, { ...finding(1, 1), code: 'new/thing' })).toContain('new/thing {"text":"linux"');
  });
});

describe('details of a row', () => {
  const rows = [['✓', 'library', '/usr/lib/libc.so.6', 'layer 1 sha256:0123', 'x86-64 (e_machine 62) '.repeat(4)]];

  test('stand beside it where there is room', () => {
    expect(renderDetails({ ...page, width: 200 }, rows, 3).split('\n')).toHaveLength(1);
  });

  test('stand below it, folded between words, where there is none', () => {
    const text = renderDetails({ ...page, width: 60 }, rows, 3);
    expect(text.split('\n').every((line) => line.length <= 60)).toBe(true);
    // Nothing is lost.
    expect(text.replace(/\s+/g, ' ').trim()).toBe(rows[0]!.join(' ').trim());
  });
});
