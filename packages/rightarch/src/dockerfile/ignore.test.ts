import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanPath, compileIgnoreFile, compilePatterns, ignoreFiles } from './ignore.ts';
import { hasWildcards, matchGlob } from './ignore-pattern.ts';

const ignores = (text: string, path: string) => compileIgnoreFile(text).matcher.ignores(path);

describe('an ignore file', () => {
  it.each([
    ['node_modules', 'node_modules/a/b.js', true],
    ['node_modules', 'x/node_modules/a', false],
    ['**/node_modules', 'x/node_modules/a', true],
    ['/a', 'a', true],
    ['*.md\n!README.md', 'README.md', false],
    ['*\n!src\nsrc/secret', 'src/a.ts', false],
    ['*\n!src\nsrc/secret', 'src/secret', true],
    ['docs\n!docs/README.md', 'docs/README.md', false],
    ['!a\na', 'a', true],
    ['# a\na ', 'a', true],
    ['\uFEFFa', 'a', true],
    [' # b', '# b', true],
    ['a/../b', 'b', true],
    ['abc/**', 'abc', false],
    ['a?c', 'a/c', false],
    ['a\\*', 'a*', true],
    ['', 'a', false],
  ])('%j about %j: %s', (text, path, expected) => {
    expect(ignores(text, path)).toBe(expected);
  });

  const walk = (text: string, parts: readonly string[]) => {
    const { matcher } = compileIgnoreFile(text);
    let entered = matcher.enter(parts[0]!);
    for (let depth = 2; depth <= parts.length; depth++)
      entered = matcher.enter(parts.slice(0, depth).join('/'), entered.info);
    expect(matcher.ignoresInWalk(parts.join('/'))).toBe(entered.ignored);
    return { walked: entered.ignored, asked: matcher.ignores(parts.join('/')) };
  };

  it('says the same in a walk from the top where the exceptions come last', () => {
    const part = fc.constantFrom('src', 'keep', 'x', 'a.ts', 'b.log', 'y');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const { walked, asked } = walk('src\n**/*.log\nsrc/keep/x\n!src/keep/**/*.ts', parts);
        expect(walked).toBe(asked);
      }),
      { numRuns: 500 },
    );
  });

  // moby/patternmatcher's MatchesUsingParentResults leaves a pattern out that cannot change the answer for a directory,
  // and so does not know later that the directory matched it. A build walks: what the walk says is what it does.
  it('keeps the difference between the two that patternmatcher has', () => {
    const text = 'src\n!src/keep/**/*.ts\nsrc/keep/x\n**/*.log';
    expect(walk(text, ['src', 'keep', 'b.log', 'a.ts'])).toEqual({ walked: false, asked: true });
    expect(walk(text, ['src', 'keep', 'x', 'a.ts'])).toEqual({ walked: false, asked: true });
  });

  it('knows where an exception may hide', () => {
    const plain = compileIgnoreFile('src\n!src/keep/a').matcher;
    expect([plain.mayHoldException('src'), plain.mayHoldException('src/other')]).toEqual([true, false]);
    expect(compileIgnoreFile('src\n!**/a').matcher.mayHoldException('src')).toBe(true);
    expect(compileIgnoreFile('src').matcher.hasExceptions).toBe(false);
  });

  it.each(['!', 'a[', '[z-a]', 'a\\', '[[:alpha:]]'])('refuses %j with its line', (pattern) => {
    expect(compileIgnoreFile(`ok\n${pattern}`).bad).toMatchObject([{ line: 2 }]);
  });

  it('takes patterns that would ruin a backtracking matcher', () => {
    const { matcher } = compilePatterns([
      { pattern: `${'*a'.repeat(40)}b`, line: 1 },
      { pattern: `${'**/'.repeat(200)}z*`, line: 2 },
    ]);
    expect(matcher.ignores('a'.repeat(4000))).toBe(false);
  });

  it('has two names, the one beside the Dockerfile first', () => {
    expect(ignoreFiles('docker/Dockerfile.eks')).toEqual(['docker/Dockerfile.eks.dockerignore', '.dockerignore']);
  });
});

describe('a source of COPY', () => {
  it('matches as Go does: no `**`, no slash in a star', () => {
    expect(matchGlob('**/a', 'x/y/a')).toBe(false);
    expect(matchGlob('*/[a-c]?', 'x/b1')).toBe(true);
    expect(matchGlob('[', 'a')).toBeUndefined();
    expect(['a*', 'a\\*', 'a[b]', 'a?'].map(hasWildcards)).toEqual([true, false, true, true]);
  });

  it('is cleaned as Go does', () => {
    expect(['./a//b/', '../x', '/..', '', 'a/..'].map(cleanPath)).toEqual(['a/b', '../x', '/', '.', '.']);
  });
});
