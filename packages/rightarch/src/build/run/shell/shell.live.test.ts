import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { debian, ran, textIn } from '../test-image.ts';

// The real shells of this machine are the oracle for what is expanded and printed.

const env = { PATH: '/usr/bin:/bin', HOME: '/root', X: 'a b', Y: 'x.tar.gz', E: '', S: '  lead trail  ' };

const scripts = [
  'echo $X "$X" \'$X\' \\$X',
  'echo "a\\tb\\nc" a\\tb',
  'echo -n a; echo -e b; echo -E c; echo -- d',
  'echo "q\\"q" "b\\\\s" "d\\$d" "x\\y"',
  'printf "%s|" a "b c" ; printf "%s %s\\n" 1 2 3',
  "printf 'a\\tb\\n%b' 'c\\td\\n'",
  'printf "%d-%i%%\\n" 3 -4',
  'echo ${Y%.*} ${Y%%.*} ${Y#*.} ${Y##*.} ${#Y}',
  'echo ${N-d}. ${E-d}. ${E:-d}. ${X+s}. ${E:+s}. ${N:=set}. $N. ${N:?no}',
  'echo $S. "$S". .$S',
  'for i in $X "$X" "" $E; do echo "<$i>"; done',
  'echo "${N:-a b}" ${N:-a b} ${N:-"a  b"}',
  'A=1; B=$X; echo "$A$B"; : ${Q:?gone}; echo never',
  'A=2 true; echo $A',
  'true && echo 1 || echo 2; false && echo 3 || echo 4; ! true || echo 5',
  '(A=9; echo $A; exit 3); echo $? "$A"',
  'if false; then echo a; elif true; then echo b; else echo c; fi',
  'set -- ; echo $# 2>/dev/null || true',
  'false; echo $?; true; echo $?',
  'echo $(echo a; echo b) "$(echo a; echo b)"',
  'x=$(false); echo $?; x=$(echo hi) ; echo $? $x',
  '{ echo g; false; } || echo h',
  'set -e; false || true; if false; then :; fi; echo on; (exit 4); echo off',
  'set -u; echo ${N-ok}; echo $N; echo never',
  'cat <<EOF\n$X ${Y} \\$X `echo t` "q" \'s\'\nEOF',
  "cat <<'EOF'\n$X\\n\nEOF",
  'cat <<-EOF\n\tone\n\t\ttwo\n\tEOF',
  'echo a | cat; echo b | cat - | cat',
  'test a = a && [ 1 -lt 2 ] && [ ! a = b ] && [ -n x ] && [ -z "" ] && echo t',
  'test -d / && test -e /etc/passwd && test ! -e /none && echo f',
  'echo {a,b} pre{1,2}post',
  'echo /etc/pas?wd /etc/passw*d /none*',
  'cd /etc; pwd; cd ..; pwd; cd /usr/bin/../; pwd; echo $OLDPWD $PWD',
  'echo ~ ~/x "~" a~',
  'export Q=1; unset X; echo "$Q[$X]"',
  'echo a > /dev/null; echo b 2>/dev/null; echo c 1>&2',
  'command -v echo; command -v true',
  'exit 7',
  'nosuchcommand; echo $?',
  "echo 'it'\\''s' \"a\"'b'c",
  'echo a#b #c',
  'umask 027; true; echo ok',
  'echo x > qq1; echo y > qq*; cat qq1; echo qq*',
  'W="qq 2"; echo x > $W; echo $?; echo qq*',
  'echo a=~/x b=c:~/x',
  'set -e; x=$(false; echo hi); echo "[$x]"',
  'set -e; echo "$(false; echo hi)"; echo on',
  'set -e; x=$(false && echo hi) || echo "[$x]"; x=$(echo a | cat); echo "[$x]"',
  'set -e; x=$(false; echo hi) || echo "[$x]"; echo on',
  'set -e; if x=$(false; echo hi); then echo "[$x]"; fi; echo on',
  ': > /none/a || echo on; echo never',
  'echo > /none/a || echo on; echo on',
];

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rightarch-shell-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const shells = [
  { name: 'dash', file: 'dash', image: debian },
  { name: 'bash', file: 'bash', image: debian },
  { name: 'sh', file: 'bash', image: { ...debian, '/usr/bin/sh': { link: 'bash' } } },
] as const;

for (const { name, file, image } of shells) {
  test.each(scripts)(`${file} as ${name}: %s`, async (script) => {
    const real = spawnSync(`/bin/${file}`, ['-c', script], { argv0: name, env, cwd, encoding: 'utf8' });
    let ours: string;
    try {
      // The outer status is thrown away: it is printed by the last line on both sides.
      const files = await ran(`(${script}\n) > /o; echo "status $?" >> /o`, image, {
        env,
        shell: [`/bin/${name}`, '-c'],
      });
      ours = await textIn(files, '/o');
    } catch (failure) {
      // Refusing is always right; a different answer never is.
      const { code } = (failure as { diagnostic: { code: string } }).diagnostic;
      expect(['run/not-computable', 'run/option-unknown', 'run/syntax', 'run/command-unknown']).toContain(code);
      expect(refusedOnPurpose).toContain(script);
      return;
    }
    expect(ours).toBe(`${real.stdout}status ${real.status}\n`);
  });
}

const refusedOnPurpose: readonly string[] = [
  'set -- ; echo $# 2>/dev/null || true',
  'A=2 true; echo $A',
  'cat <<EOF\n$X ${Y} \\$X `echo t` "q" \'s\'\nEOF',
  'W="qq 2"; echo x > $W; echo $?; echo qq*',
  'echo a=~/x b=c:~/x',
  'set -e; x=$(false; echo hi); echo "[$x]"',
  'set -e; echo "$(false; echo hi)"; echo on',
  'set -e; x=$(false; echo hi) || echo "[$x]"; echo on',
  'set -e; if x=$(false; echo hi); then echo "[$x]"; fi; echo on',
];
