import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expandWord } from './expand.ts';
import { compileIgnoreFile, parseIgnoreFile } from './ignore.ts';
import { matchGlob } from './ignore-pattern.ts';
import { parseDockerfile } from './parse.ts';
import type { Instruction } from './types.ts';

// What BuildKit's own parser and lexer (moby/buildkit 73ed6825), moby/patternmatcher and Go's filepath.Match gave for
// generated input. Recorded by running them, so that the rules here are held to the real ones and not to our reading.
const recorded = <T>(name: string): readonly T[] =>
  JSON.parse(readFileSync(new URL(`../../testdata/dockerfile/recorded/${name}.json`, import.meta.url), 'utf8'));

const variables: Readonly<Record<string, string>> = { A: 'aval', B: '', P: '/foo/boo/x*y.go', S: 'a  b' };
const paths = 'a|b|a/b|a/b/c|foo|foo/a|x|.a|a/foo/b|*|d|5|a\nb|é|abc|c/x/a'.split('|');

describe('what BuildKit gave', () => {
  it('is what expansion gives', () => {
    const rows = recorded<{
      text: string;
      escape: '\\' | '`';
      ignoreQuotes: boolean;
      error?: true;
      value?: string;
      words?: string[];
    }>('words');
    expect(rows.length).toBeGreaterThan(300);
    for (const { text, escape: sign, ignoreQuotes, value, words } of rows) {
      const found = expandWord(text, (name) => variables[name], { escape: sign, ignoreQuotes });
      expect(found.ok ? { text, value: found.text, words: found.words } : { text }).toEqual(
        value === undefined ? { text } : { text, value, words },
      );
    }
  });

  it('is what the parser gives', () => {
    interface Node {
      value: string;
      args: string[];
      flags: string[];
      original: string;
      lines: [number, number];
      heredocs: [string, string, boolean, boolean][];
    }
    const rows = recorded<{ text: string; nodes?: Node[]; error?: string }>('parse');
    expect(rows.length).toBeGreaterThan(200);
    let compared = 0;
    for (const { text, nodes } of rows) {
      const file = parseDockerfile(text, { file: 'Dockerfile' });
      if (nodes === undefined) {
        expect(
          file.problems.some(({ severity }) => severity === 'error'),
          text,
        ).toBe(true);
        continue;
      }
      expect(file.instructions.length, text).toBe(nodes.length);
      for (const [index, instruction] of file.instructions.entries()) {
        const node = nodes[index]!;
        expect(instruction.original).toBe(node.original);
        expect([instruction.span.start.line, instruction.span.end.line], text).toEqual(node.lines);
        expect(instruction.heredocs.map((h) => [h.name, h.body, h.expand, h.chomp])).toEqual(node.heredocs);
        if (isUnknown(instruction)) continue;
        compared++;
        expect(instruction.flags.map((f) => `--${f.name}${f.assigned ? `=${f.value.text}` : ''}`)).toEqual(node.flags);
        const plain = (args: readonly string[]) => args.filter((arg) => !arg.startsWith('<<'));
        const heredocsTaken = ['COPY', 'ADD', 'ONBUILD'].includes(instruction.keyword);
        const args = argumentsOf(instruction);
        const theirs = instruction.keyword === 'HEALTHCHECK' ? node.args.slice(1) : node.args;
        expect(heredocsTaken ? plain(args) : args, text).toEqual(heredocsTaken ? plain(theirs) : theirs);
      }
    }
    expect(compared).toBeGreaterThan(400);
  });

  it('is what ignore files give', () => {
    const rows = recorded<{ text: string; patterns: string[]; matched: string[] }>('ignore');
    expect(rows.length).toBeGreaterThan(150);
    for (const { text, patterns, matched } of rows) {
      expect(parseIgnoreFile(text).map(({ pattern }) => pattern)).toEqual(patterns);
      const { matcher, bad } = compileIgnoreFile(text);
      expect(bad).toEqual([]);
      expect({ text, matched: paths.filter((path) => matcher.ignores(path)) }).toEqual({ text, matched });
    }
  });

  it('is what the globs of COPY give', () => {
    for (const { pattern, matched } of recorded<{ pattern: string; matched: string[] }>('glob')) {
      expect({ pattern, matched: paths.filter((path) => matchGlob(pattern, path) === true) }).toEqual({
        pattern,
        matched,
      });
    }
  });
});

function isUnknown(instruction: Instruction): boolean {
  return instruction.keyword === 'ONBUILD' ? isUnknown(instruction.trigger) : instruction.keyword === 'UNKNOWN';
}

/** The arguments as BuildKit's syntax tree lists them. */
function argumentsOf(each: Instruction): readonly string[] {
  switch (each.keyword) {
    case 'FROM':
      return each.alias
        ? [each.image.text, 'AS', each.alias.text].map((word, i) => (i === 1 ? asWritten(each.original) : word))
        : [each.image.text];
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
      if (each.command.form === 'json') return each.command.words.map(({ text }) => text);
      return each.command.text === '' ? [] : [each.command.text];
    case 'HEALTHCHECK':
      if (each.command === undefined) return [];
      return each.command.form === 'json' ? each.command.words.map(({ text }) => text) : [each.command.text];
    case 'COPY':
    case 'ADD':
      return [...each.sources, each.destination].map(({ text }) => text);
    case 'ENV':
    case 'LABEL':
      return each.pairs.flatMap(({ key, value }) => [key.text, value.text, each.legacy ? '' : '=']);
    case 'ARG':
      return each.args.map(({ name, value }) => (value === undefined ? name.text : `${name.text}=${value.text}`));
    case 'EXPOSE':
    case 'VOLUME':
      return each.values.map(({ text }) => text);
    case 'ONBUILD':
      return [each.trigger.name.text, ...argumentsOf(each.trigger)];
    case 'UNKNOWN':
      return [];
    default:
      return [each.value.text];
  }
}

function asWritten(original: string): string {
  return /\b(as)\b/i.exec(original)?.[1] ?? 'AS';
}
