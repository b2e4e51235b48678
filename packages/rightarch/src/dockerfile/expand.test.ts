import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandWord, variablesOf } from './expand.ts';

const values: Readonly<Record<string, string>> = { PWD: '/home', SHELL: 'bash', NULL: '', P: '/usr/lib/x.tar.gz' };
const expand = (text: string) => {
  const found = expandWord(text, (name) => values[name]);
  return found.ok ? found.text : `! ${found.problem.kind}`;
};

describe('a word', () => {
  // The cases of BuildKit's own tables (shell/envVarTest) that differ in kind, and the operators that came later.
  it.each([
    ["he'll'o", 'hello'],
    ["he'llo", '! single-quote'],
    ['"hello', '! double-quote'],
    ["he\\'llo", "he'llo"],
    ['"abc\\tdef"', 'abc\\tdef'],
    ['abc\\tdef', 'abctdef'],
    ['hello\\', 'hello'],
    ['$.', '$.'],
    ['he$1x', 'hex'],
    ['he$pwd.', 'he.'],
    ['"he\\$PWD"', 'he$PWD'],
    ['he\\\\$PWD', 'he\\/home'],
    ['${}', '! substitution'],
    ['${.}', '! modifier'],
    ['he${XXX:-${YYY:-yyy}}xx', 'heyyyxx'],
    ['${XXX-d}|${NULL-d}|${NULL:-d}', 'd||d'],
    ['${XXX+a}|${NULL+a}|${NULL:+a}|${PWD:+a}', '|a||a'],
    ['${NULL?}', ''],
    ['${NULL:?}', '! required'],
    ['${XXX?why}', '! required'],
    ['${PWD:=x}', '! modifier'],
    ['${PWD', '! brace'],
    ['${XXX:-\\${PWD}z}', '${PWDz}'],
    ['${P#*/}', 'usr/lib/x.tar.gz'],
    ['${P##*/}', 'x.tar.gz'],
    ['${P%.*}', '/usr/lib/x.tar'],
    ['${P%%.*}', '/usr/lib/x'],
    ['${P/lib/opt}', '/usr/opt/x.tar.gz'],
    ['${P//\\//-}', '-usr-lib-x.tar.gz'],
    ['${P//./_}', '/usr/lib/x_tar_gz'],
    ['${P#\\x}', '! pattern'],
    ['${P/x}', '! slash'],
    ['${PWD:#a}', '! modifier'],
    ['안녕$PWD', '안녕/home'],
  ])('%j is %j', (text, expected) => {
    expect(expand(text)).toBe(expected);
  });

  it('takes the backtick where the file says so', () => {
    expect(expandWord('c:\\a`$b', () => 'x', { escape: '`' })).toMatchObject({ text: 'c:\\a$b' });
  });

  it('splits behind the expansion, but not inside of quotes', () => {
    const words = (text: string) => {
      const found = expandWord(text, () => 'a  b');
      return found.ok ? found.words : undefined;
    };
    expect(words('x$S y')).toEqual(['xa', 'b', 'y']);
    expect(words('"$S" y')).toEqual(['a  b', 'y']);
  });

  it('says which variables it asks for', () => {
    expect(variablesOf('${A:-$B} $A ${C%x}')).toEqual(['B', 'A', 'C']);
    expect(variablesOf('linux/arm64')).toEqual([]);
  });

  it('never throws, however deep or long', () => {
    expect(expand('${a:-'.repeat(100_000))).toBe('! depth');
    expect(expand(`\${P#${'*a'.repeat(2000)}}`)).toBe(values['P']);
    fc.assert(
      fc.property(
        fc
          .array(
            fc.constantFrom('$', '{', '}', ':', '-', '+', '?', '#', '%', '/', '*', '\\', '"', "'", 'P', 'a', ' ', '<'),
          )
          .map((parts) => parts.join('')),
        (text) => {
          const found = expandWord(text, (name) => values[name]);
          if (found.ok) expect(typeof found.text).toBe('string');
          else expect(found.problem.kind).not.toBe('');
        },
      ),
      { numRuns: 1000 },
    );
  });
});
