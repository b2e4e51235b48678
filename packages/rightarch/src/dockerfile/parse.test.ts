import { readdirSync, readFileSync } from 'node:fs';
import { DockerfileParser } from 'dockerfile-ast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inWords, languages } from '../messages/index.ts';
import { compileIgnoreFile } from './ignore.ts';
import { parseDockerfile } from './parse.ts';
import { runScript } from './script.ts';
import { positionAt } from './source.ts';
import { stageGraph } from './stages.ts';
import type { Instruction, Word } from './types.ts';

const folder = new URL('../../testdata/dockerfile/corpus/', import.meta.url);
const corpus = readdirSync(folder)
  .sort()
  .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
const platforms = {
  args: {},
  platform: { os: 'linux', architecture: 'arm64' },
  buildPlatform: { os: 'linux', architecture: 'amd64' },
};
const parse = (text: string) => parseDockerfile(text, { file: 'Dockerfile' });
const codes = (text: string) => parse(text).problems.map(({ code }) => code);

describe('real Dockerfiles', () => {
  it('are at least 49', () => expect(corpus.length).toBeGreaterThanOrEqual(49));

  it.each(corpus)('%s says the same to dockerfile-ast', (_, text) => {
    const ours = parse(text);
    const theirs = DockerfileParser.parse(text).getInstructions();
    expect(ours.instructions.map((each) => each.name.text.toUpperCase())).toEqual(
      theirs.map((each) => each.getKeyword()),
    );
    expect(ours.instructions.map((each) => each.name.span.start)).toEqual(
      theirs.map((each) => ({
        line: each.getInstructionRange().start.line + 1,
        column: each.getInstructionRange().start.character + 1,
      })),
    );
    const lastLine = (each: { getRange(): { end: { line: number } } }) => each.getRange().end.line + 1;
    expect(ours.instructions.map(({ span }) => span.end.line)).toEqual(theirs.map(lastLine));
  });

  it.each(corpus)('%s has its words at their places', (_, text) => {
    const lines = text.split('\n');
    for (const instruction of parse(text).instructions) {
      for (const word of wordsOf(instruction)) {
        const { start, end } = word.span;
        if (start.line !== end.line) continue;
        const found = lines[start.line - 1]!.slice(start.column - 1, end.column - 1);
        expect(found.startsWith('"') && instruction.original.includes('[') ? JSON.parse(found) : found).toBe(word.text);
      }
    }
  });

  it.each(corpus.filter(([name]) => !name.startsWith('seed-')))('%s has no error', (_, text) => {
    const file = parse(text);
    const { problems } = stageGraph(file, platforms);
    expect([...file.problems, ...problems].filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('the parser', () => {
  it.each([
    ['', 'dockerfile/empty'],
    ['# only\n\n', 'dockerfile/empty'],
    ['ARG A\n', 'dockerfile/no-stage'],
    ['RUN a\nFROM b', 'dockerfile/before-from'],
    ['FROM a\nRNU b', 'dockerfile/unknown-instruction'],
    ['FROM --plattform=x a', 'dockerfile/unknown-flag'],
    ['FROM a\nCOPY --link=maybe a b', 'dockerfile/flag-value'],
    ['FROM a\nCOPY --from a b', 'dockerfile/flag-value'],
    ['FROM a\nRUN --network=bridge b', 'dockerfile/flag-value'],
    ['FROM a\nCOPY b', 'dockerfile/argument-required'],
    ['FROM a\nENV b', 'dockerfile/argument-required'],
    ['FROM a\nWORKDIR', 'dockerfile/argument-required'],
    ['FROM a b', 'dockerfile/from-form'],
    ['FROM a AS 1b', 'dockerfile/stage-name-invalid'],
    ['FROM a AS b\nFROM a AS B', 'dockerfile/stage-name-duplicate'],
    ['FROM a AS scratch', 'dockerfile/stage-name-reserved'],
    ['FROM a\nENV b=c d', 'dockerfile/pair-form'],
    ['FROM a\nENV =c', 'dockerfile/name-blank'],
    ['FROM a\nCMD ["a", 1]', 'dockerfile/json-not-strings'],
    ['FROM a\nSHELL bash -c', 'dockerfile/json-required'],
    ["FROM a\nCMD ['a']", 'dockerfile/json-malformed'],
    ['FROM a\nONBUILD FROM b', 'dockerfile/onbuild-forbidden'],
    ['FROM a\nHEALTHCHECK curl x', 'dockerfile/healthcheck-form'],
    ['FROM a\nRUN <<E\nb', 'dockerfile/heredoc-unterminated'],
    ['FROM a\nCOPY a <<E\nE', 'dockerfile/heredoc-destination'],
    ['# escape=\\\n# escape=`\nFROM a', 'dockerfile/directive-duplicate'],
    ['# escape=x\nFROM a', 'dockerfile/escape-invalid'],
    ['FROM a\nRUN b \\\n\n c', 'dockerfile/empty-continuation'],
    [`FROM a\nRUN ${'x'.repeat(70_000)}`, 'dockerfile/line-too-long'],
  ])('says %j is %s, in words of every language', (text, code) => {
    const { problems } = parse(text);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    for (const language of languages) {
      const { message, fix } = inWords(problems[0]!, language);
      expect(`${message} ${fix}`).not.toMatch(/undefined|\[object/);
    }
  });

  it('has no complaint about what BuildKit takes', () => {
    expect(codes('FROM a\nRUN [ -f x ] && [ -d y ]\nRUN\nSTOPSIGNAL --x 9')).toEqual([]);
    expect(codes('\uFEFFFROM a\r\nRUN b \\\r\n  c\r\n')).toEqual([]);
  });

  it('names the nearest word', () => {
    expect(parse('FROM a\nCOPPY a b').problems[0]!.args).toEqual({ word: 'COPPY', nearest: 'COPY' });
    expect(parse('FROM --platfrom=a b').problems[0]!.args['nearest']).toBe('--platform');
  });

  it('finds the frontend in its three forms', () => {
    expect(parse('# syntax=docker/dockerfile:1 x\nFROM a').syntax?.reference).toBe('docker/dockerfile:1');
    expect(parse('#!/bin/sh\n# SYNTAX = a/b\nFROM a').syntax?.reference).toBe('a/b');
    expect(parse('// syntax=a/b\n').syntax?.reference).toBe('a/b');
    expect(parse('{"syntax": "a/b"}').syntax?.reference).toBe('a/b');
    expect(parse('FROM a\n# syntax=a/b').syntax).toBeUndefined();
  });

  it('leads from the text of a RUN back to the file', () => {
    const text = 'FROM a\nRUN one \\\n# note\n  && two <<X three\nbody\nX\n';
    const run = parse(text).instructions[1]!;
    if (run.keyword !== 'RUN') throw new Error(run.keyword);
    const script = runScript(run);
    if (script.kind !== 'shell') throw new Error(script.kind);
    expect(script.text).toBe('one   && two <<X three\nbody\nX');
    expect(positionAt(script.pieces, script.text.indexOf('two'))).toEqual({ line: 4, column: 6 });
    expect(positionAt(script.pieces, script.text.indexOf('body'))).toEqual({ line: 5, column: 1 });
  });

  it('takes a lone heredoc as the script, and one with #! as a file', () => {
    const scripts = parse('FROM a\nRUN <<-E\n\tx\n\t y\n\tE\nRUN <<"E"\n#!/bin/x\nE\nRUN <<E cat\nE\n')
      .instructions.slice(1)
      .map((each) => (each.keyword === 'RUN' ? runScript(each) : undefined));
    expect(scripts).toMatchObject([
      { kind: 'shell', text: 'x\n y\n', pieces: [{ offset: 0, start: { line: 3, column: 2 } }, { offset: 2 }] },
      { kind: 'file', path: '/dev/pipes/E', text: '#!/bin/x\n' },
      { kind: 'shell', text: '<<E cat\nE' },
    ]);
  });

  it('keeps ONBUILD as text with its heredoc', () => {
    const onbuild = parse('FROM a\nONBUILD RUN <<E\nx\nE\n').instructions[1]!;
    expect(onbuild).toMatchObject({
      expression: 'RUN <<E\nx\nE',
      trigger: { keyword: 'RUN', heredocs: [{ body: 'x\n' }] },
    });
  });
});

describe('any text', () => {
  const everything = (text: string) => {
    const file = parse(text);
    stageGraph(file, platforms);
    for (const each of file.instructions) if (each.keyword === 'RUN') runScript(each);
    compileIgnoreFile(text).matcher.ignores('a/b');
    return file;
  };

  it('never makes the parser throw, and leaves every place inside of the file', () => {
    const alphabet = fc.constantFrom(
      'FROM ',
      'RUN ',
      'COPY ',
      'ENV ',
      '--from=',
      '<<E',
      'E',
      '\n',
      '\\',
      '`',
      '"',
      "'",
      '$',
      '{',
      '}',
      ':-',
      '[',
      ']',
      ',',
      '=',
      ' ',
      '\t',
      '#',
      'a',
      '\r',
      '\uFEFF',
      '\u00a0',
      '😀',
      '\ud800',
    );
    const pieces = fc.array(alphabet, { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), pieces), (text) => {
        const file = everything(text);
        const count = text.split('\n').length;
        for (const { span } of file.instructions) {
          expect(span.start.line).toBeGreaterThan(0);
          expect(span.end.line).toBeLessThanOrEqual(count);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('may be a real Dockerfile with pieces cut, doubled and swapped', () => {
    const change = fc.tuple(fc.nat(), fc.nat({ max: 40 }), fc.string({ maxLength: 6 }));
    fc.assert(
      fc.property(fc.constantFrom(...corpus), fc.array(change, { maxLength: 6 }), ([, text], changes) => {
        let mutant = text;
        for (const [at, length, put] of changes) {
          const from = at % (mutant.length + 1);
          mutant = mutant.slice(0, from) + put + mutant.slice(from + length);
        }
        everything(mutant);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['one line', (n: number) => `FROM a\nRUN ${'x y '.repeat(n)}`],
    ['blanks', (n: number) => `FROM a\nENV a=${' '.repeat(n)}b\n# syntax=${' '.repeat(n)}`],
    ['continued lines', (n: number) => `FROM a\nRUN b \\\n${'c \\\n'.repeat(n)}`],
    ['instructions', (n: number) => `FROM a\n${'COPY a b\n'.repeat(n / 4)}`],
    ['heredocs', (n: number) => `FROM a\nRUN ${'<<E '.repeat(n / 8)}\n${'E\n'.repeat(n / 8)}`],
    ['nesting', (n: number) => `FROM a\nENV a=${'${a:-'.repeat(n)}`],
    ['brackets', (n: number) => `FROM a\nCMD ${'['.repeat(n)}`],
    ['quotes', (n: number) => `FROM a\nENV ${'"'.repeat(n)}`],
    ['words of ENV', (n: number) => `FROM a\nENV ${'a=b '.repeat(n / 4)}`],
  ])('is read in linear time: %s', (_, make) => {
    // Not measured by a clock: with quadratic work one of these would take minutes, and the test would time out.
    const file = parse(make(300_000));
    expect(file.instructions.length).toBeGreaterThan(1);
  });
});

function wordsOf(each: Instruction): readonly Word[] {
  switch (each.keyword) {
    case 'FROM':
      return each.alias ? [each.image, each.alias] : [each.image];
    case 'COPY':
    case 'ADD':
      return [...each.sources, each.destination];
    case 'ENV':
    case 'LABEL':
      return each.pairs.flatMap(({ key, value }) => [key, value]);
    case 'ARG':
      return each.args.flatMap(({ name, value }) => (value ? [name, value] : [name]));
    case 'EXPOSE':
    case 'VOLUME':
      return each.values;
    case 'WORKDIR':
    case 'USER':
    case 'STOPSIGNAL':
    case 'MAINTAINER':
      return [each.value];
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
      return each.command.form === 'json' ? each.command.words : [];
    default:
      return [];
  }
}
