import { describe, expect, test } from 'vitest';
import { runSimulated } from './run-simulated.ts';
import { alpine, contextOf, debian, PATH, ran, shellRun, shown, stageOf, textIn } from './test-image.ts';

const refused = async (text: string, image = debian, more = {}) =>
  ran(text, image, more).then(
    () => 'done',
    (failure) => {
      const { docker, ...args } = failure.diagnostic?.args ?? {};
      return `${failure.diagnostic?.code ?? failure} ${Object.values(args).join(' ')}`;
    },
  );

describe('what a RUN leaves, by the rules of its shell', () => {
  test('bash splits the word of a redirection and looks for files, and forgets `set -e` in $(…)', async () => {
    const shell = ['/bin/bash', '-c'];
    const files = await ran('touch /a1; echo x > /a*; set -e; x=$(false; echo hi); echo $x > /o', debian, { shell });
    expect([await textIn(files, '/a1'), await textIn(files, '/o')]).toEqual(['x\n', 'hi\n']);
    expect(await refused('W="a b"; echo x > $W', debian, { shell })).toBe('run/syntax > $W');
    expect(await refused('echo PREFIX=~/x', debian, { shell })).toBe('run/syntax PREFIX=~/x');
  });

  test.each([
    ['echo "a\\tb" > /o', debian, 'a\tb\n'],
    ['echo "a\\tb" > /o', alpine, 'a\\tb\n'],
    ['echo -e "a\\tb" > /o', debian, '-e a\tb\n'],
    ['echo -e "a\\tb" > /o', alpine, 'a\tb\n'],
    ['echo -n x > /o; echo y >> /o', debian, 'xy\n'],
    ['echo {a,b} > /o', debian, '{a,b}\n'],
    ['printf "%s-%s\\n" a b c > /o', debian, 'a-b\nc-\n'],
    ["printf '%%%d\\101' 7 > /o", debian, '%7A'],
    ['echo $X "$X" ${X:-d e} ${Y-unset} ${X+set} ${X%%.*} ${#X} > /o', debian, 'a.b c a.b c a.b c unset set a 5\n'],
    ['Z="1 2"; echo $Z "$Z" \'$Z\' > /o', debian, '1 2 1 2 $Z\n'],
    ['echo /none/* /etc/pass* /etc/*.x > /o', debian, '/none/* /etc/passwd /etc/*.x\n'],
    ['mkdir /d && cd /d && touch .h a b && echo * .* > /o', debian, 'a b .h\n'],
    ['cd /tmp && pwd > /o', debian, '/tmp\n'],
    ['(cd /tmp); pwd > /o', debian, '/\n'],
    ['echo ~ ~/x > /o', debian, '/root /root/x\n'],
    ['echo $(id -u) $(uname -m) $(echo a; echo b) > /o', debian, '0 aarch64 a b\n'],
    ['if [ -f /none ]; then echo y; elif test -d /tmp; then echo d; fi > /o', debian, 'd\n'],
    ['for i in 1 "2 3"; do echo "<$i>"; done > /o', debian, '<1>\n<2 3>\n'],
    ['cat <<EOF > /o\n$X \\$X "q"\nEOF', debian, 'a.b c $X "q"\n'],
    ["cat <<'EOF' > /o\n$X\nEOF", debian, '$X\n'],
    ['echo a | tee /o > /dev/null', debian, 'a\n'],
    ['export A=1; B=2; A=3 B=4 mkdir /q; echo "$A$B" > /o', debian, '12\n'],
    ['! false && echo ok > /o', debian, 'ok\n'],
    ['false || { echo g; echo h; } > /o', debian, 'g\nh\n'],
    ['command -v mkdir > /o', debian, '/usr/bin/mkdir\n'],
    ['echo "a" "" b > /o', debian, 'a  b\n'],
  ] as const)('%s', async (text, image, expected) => {
    const files = await ran(text, image, { env: { PATH: '/usr/bin:/bin', X: 'a.b c' } });
    expect(await textIn(files, '/o')).toBe(expected);
  });

  test('braces are expanded by bash only', async () => {
    const files = await ran('mkdir -p /a/{b,c}/d', debian, { shell: ['/bin/bash', '-o', 'pipefail', '-c'] });
    expect([shown(files, '/a/b/d'), shown(files, '/a/c/d'), shown(files, '/a/{b,c}')]).toEqual([
      'd755 0:0',
      'd755 0:0',
      undefined,
    ]);
  });

  test('the exec form has no shell: nothing is expanded and && is an argument', async () => {
    const files = stageOf(debian);
    const at = shellRun('').at;
    await runSimulated({ form: 'json', argv: ['mkdir', '$X', '&&'], at }, contextOf(files, { cwd: '/tmp' }));
    expect([shown(files, '/tmp/$X'), shown(files, '/tmp/&&')]).toEqual(['d755 0:0', 'd755 0:0']);
  });

  test('one heredoc alone is the script, and a script with #! is refused', async () => {
    const files = stageOf(debian);
    const body = 'mkdir /h\ntouch /h/f\n';
    await runSimulated(shellRun('<<EOF', [{ name: 'EOF', expand: true, chomp: false, body }]), contextOf(files));
    expect(shown(files, '/h/f')).toBe('-644 0:0');
    const script = [{ name: 'EOF', expand: true, chomp: false, body: '#!/usr/bin/python3\nprint(1)\n' }];
    await expect(runSimulated(shellRun('<<EOF', script), contextOf(files))).rejects.toMatchObject({
      diagnostic: { code: 'run/syntax' },
    });
  });

  test('a heredoc behind a command is put together again as BuildKit does', async () => {
    const files = stageOf(debian);
    await runSimulated(
      shellRun('cat <<EOF > /f', [{ name: 'EOF', expand: true, chomp: false, body: 'one\ntwo\n' }]),
      contextOf(files),
    );
    expect(await textIn(files, '/f')).toBe('one\ntwo\n');
  });
});

describe('the exit status decides', () => {
  test.each([
    ['false; true', 'done'],
    ['true; false', 'run/command-failed true; false 1'],
    ['set -e; false; true', 'run/command-failed set -e; false; true 1'],
    ['set -e; false || true; ! true; true', 'done'],
    ['set -e; if false; then :; fi; false && true; true', 'done'],
    ['mkdir /tmp', 'run/command-failed mkdir /tmp 1'],
    ['mkdir -p /tmp', 'done'],
    ['nosuch', 'run/command-failed nosuch 127'],
    ['nosuch || true', 'done'],
    ['rmdir /etc', 'run/command-failed rmdir /etc 1'],
    ['rm /none', 'run/command-failed rm /none 1'],
    ['rm -f /none', 'done'],
    ['exit 3', 'run/command-failed exit 3 3'],
    ['cd /none && true', 'run/command-failed cd /none && true 2'],
    ['echo x > /none/y', 'run/command-failed echo x > /none/y 2'],
    ['chown nobody /tmp', 'run/command-failed chown nobody /tmp 1'],
    ['set -u; echo $NOPE', 'run/command-failed set -u; echo $NOPE 2'],
  ])('%s', async (text, expected) => {
    expect(await refused(text)).toBe(expected);
  });

  test.each([
    ['cat /none | tee /o', 'done', 1],
    ['echo a | cat /none', 1, 1],
    ['cat /none | nosuch', 127, 127],
    ['! cat /none | tee /o', 1, 'done'],
    ['set -e; cat /none | cat; true', 'done', 1],
  ])('of a pipe it is that of its end, with pipefail that of whoever failed: %s', async (text, plain, pipefail) => {
    const status = async (...shell: string[]) => {
      const [code, ...rest] = (await refused(text, debian, { shell })).split(' ');
      return code === 'run/command-failed' ? Number(rest.at(-1)) : code;
    };
    expect(await status('/bin/sh', '-c')).toBe(plain);
    expect(await status('/bin/bash', '-c')).toBe(plain);
    expect(await status('/bin/bash', '-o', 'pipefail', '-c')).toBe(pipefail);
  });

  test('a command that the image lacks fails as it would there, with what the shell says', async () => {
    await expect(ran('useradd x')).rejects.toMatchObject({
      diagnostic: {
        code: 'run/command-failed',
        args: { status: 127 },
        because: ['sh: 1: useradd: not found'],
        at: { file: 'Dockerfile', start: { line: 7 } },
      },
    });
  });
});

describe('what is not known is refused', () => {
  test.each([
    ['apt-get update', 'run/command-failed apt-get update 127'],
    ['mkdir --context=x /a', 'run/option-unknown mkdir --context=x'],
    ['f() { :; }; f', 'run/syntax ()'],
    ['sleep 1 &', 'run/syntax &'],
    ['while true; do :; done', 'run/syntax while'],
    ['mkdir /a | cat', 'run/syntax |'],
    ['echo $((1+1))', 'run/syntax $((1+1))'],
    ['echo [ab]*', 'run/syntax [ab]'],
    ['echo $RANDOM', 'run/not-computable $RANDOM'],
    ['. /etc/profile', 'run/syntax .'],
    ['[[ -f /x ]]', 'run/syntax [['],
    ["echo $'a'", "run/syntax $'a'"],
    ['echo x > /proc/y', 'run/path-mounted /proc/y'],
    ['rm -rf /etc/hosts', 'run/path-mounted /etc/hosts'],
    ['echo /etc/host* > /o', 'run/path-mounted /etc/hosts'],
    ['cp -r /etc /copy', 'run/path-mounted /etc/resolv.conf'],
    ['echo 1 > /etc/resolv.conf', 'run/path-mounted /etc/resolv.conf'],
    ['set -o pipefail', 'run/option-unknown set -o pipefail'],
    ['npm run build', 'run/command-failed npm run build 127'],
    ['mkdir 2>/err /tmp', 'run/not-computable 2>'],
  ])('%s', async (text, expected) => {
    expect(await refused(text)).toBe(expected);
  });

  test('a program of an unknown maker, and one whose link leads to another program', async () => {
    const image = { ...debian, '/usr/bin/mkdir': { file: '\x7fELF toybox', mode: 0o755 } };
    expect(await refused('mkdir /a', image)).toBe('run/implementation-unknown mkdir /usr/bin/mkdir');
    const swapped = { ...debian, '/usr/bin/mkdir': { link: 'rm' } };
    expect(await refused('mkdir /a', swapped)).toBe('run/implementation-unknown mkdir /usr/bin/rm');
  });

  test('an unknown shell, and no shell at all', async () => {
    expect(await refused('true', { ...debian, '/usr/bin/dash': { file: '\x7fELF mksh', mode: 0o755 } })).toBe(
      'run/shell-unknown /bin/sh /usr/bin/dash',
    );
    expect(await refused('true', { '/app': { dir: 0o755 } })).toBe('run/shell-unknown /bin/sh missing');
  });

  // As images with nvm have it: PATH, and so npm and node, are made by files that a shell reads first.
  test.each<[string, string, string[], Record<string, string>, string]>([
    ['a login shell', 'true', ['/bin/bash', '--login', '-c'], {}, 'run/option-unknown SHELL --login'],
    ['the same in short', 'true', ['/bin/bash', '-lc'], {}, 'run/option-unknown SHELL -lc'],
    ['an interactive one', 'true', ['/bin/bash', '-ic'], {}, 'run/option-unknown SHELL -ic'],
    ['one in an exec form', 'bash -lc true', ['/bin/sh', '-c'], {}, 'run/'],
    ['BASH_ENV', 'true', ['/bin/bash', '-c'], { BASH_ENV: '/root/.bashrc' }, 'run/not-computable BASH_ENV'],
    ['BASH_ENV, which dash does not read', 'true', ['/bin/sh', '-c'], { BASH_ENV: '/root/.bashrc' }, 'done'],
    ['nvm.sh', '. /root/.nvm/nvm.sh', ['/bin/bash', '-c'], {}, 'run/syntax .'],
    ['the same by its long name', 'source /root/.nvm/nvm.sh', ['/bin/bash', '-c'], {}, 'run/'],
    [
      'names in the order of a language',
      'echo /etc/*',
      ['/bin/bash', '-c'],
      { LANG: 'de_DE.UTF-8' },
      'run/not-computable LC_COLLATE',
    ],
  ])('%s', async (_, text, shell, more, expected) => {
    const env = { PATH: '/usr/bin:/bin', ...more };
    expect(await refused(text, debian, { shell, env })).toMatch(new RegExp(`^${expected.replaceAll('.', '[.]')}`));
  });

  // Amazon Linux, Fedora and UBI have it so: the images of Lambda among them.
  test('bash as /bin/sh is bash in POSIX mode', async () => {
    const image = { ...debian, '/usr/bin/sh': { link: 'bash' } };
    const files = await ran('mkdir /a{b,c}; echo x > /t*; x=$(false; echo hi); echo "[$x]" > /o', image, {
      env: { PATH, BASH_ENV: '/root/.bashrc' },
    });
    expect([shown(files, '/ac'), await textIn(files, '/t*'), await textIn(files, '/o')]).toEqual([
      'd755 0:0',
      'x\n',
      '[hi]\n',
    ]);
    expect(await refused('set -e; x=$(false; echo hi)', image)).toBe('run/syntax set -e … $(…; …)');
    expect(await refused('true', image, { env: { PATH, SHELLOPTS: 'errexit' } })).toBe('run/not-computable SHELLOPTS');
  });

  test('an unknown USER', async () => {
    expect(await refused('true', debian, { user: 'app' })).toBe('run/user-unknown app');
  });
});

describe('files', () => {
  test.each([
    ['mkdir -p -m 700 /a/b', '/a/b', 'd700 0:0'],
    ['mkdir -p -m 700 /a/b', '/a', 'd755 0:0'],
    ['umask 077; mkdir /a', '/a', 'd700 0:0'],
    ['touch /a', '/a', '-644 0:0'],
    ['touch /a && chmod +x /a', '/a', '-755 0:0'],
    ['touch /a && chmod u=rw,g=,o= /a', '/a', '-600 0:0'],
    ['touch /a && chmod 4755 /a', '/a', '-4755 0:0'],
    ['mkdir /a && chmod g=u /a', '/a', 'd775 0:0'],
    ['mkdir /a && chmod 2755 /a && chmod 755 /a', '/a', 'd2755 0:0'],
    ['touch /a && chown node: /a', '/a', '-644 1000:1000'],
    ['touch /a && chown node:www-data /a', '/a', '-644 1000:33'],
    ['touch /a && chown 5:6 /a', '/a', '-644 5:6'],
    ['touch /a && chgrp adm /a', '/a', '-644 0:4'],
    ['touch /a && ln -s a /b && chown -h node /b', '/b', 'l777 1000:0 -> a'],
    ['touch /a && ln -s a /b && chown node /b', '/a', '-644 1000:0'],
    ['mkdir /d && ln -s /etc/passwd /d/l && chown -R node /d', '/etc/passwd', '-644 0:0'],
    ['ln -sf /usr/bin/env /bin/x', '/usr/bin/x', 'l777 0:0 -> /usr/bin/env'],
    ['cp /etc/passwd /home/node/', '/home/node/passwd', '-644 0:0'],
    ['cp -a /home/node /home/two', '/home/two', 'd755 1000:1000'],
    ['cp -r /home/node /home/two', '/home/two', 'd755 0:0'],
    ['touch /a && chmod 640 /a && mv /a /tmp', '/tmp/a', '-640 0:0'],
    ['install -d -m 0750 -o node -g adm /srv/a', '/srv/a', 'd750 1000:4'],
    ['install -m 600 /etc/passwd /p', '/p', '-600 0:0'],
    ['mkdir -p /a/b && rm -rf /a', '/a', undefined],
    ['touch /a && rm -r /a/b; :', '/a', '-644 0:0'],
  ] as const)('%s', async (text, path, expected) => {
    expect(shown(await ran(text), path)).toBe(expected);
  });

  test('Alpine: octal modes take set-group-ID from a directory', async () => {
    expect(shown(await ran('mkdir /a && chmod 2755 /a && chmod 755 /a', alpine), '/a')).toBe('d755 0:0');
  });
});

describe('USER', () => {
  test.each([
    ['mkdir /app', 'run/command-failed mkdir /app 1'],
    ['mkdir /home/node/app', 'done'],
    ['touch /etc/passwd', 'run/command-failed touch /etc/passwd 1'],
    ['echo x > /tmp/f', 'done'],
    ['chown root /home/node', 'run/command-failed chown root /home/node 1'],
    ['chgrp adm /home/node', 'done'],
    ['cat /root/x', 'run/command-failed cat /root/x 1'],
    ['! [ -e /root ] || ! [ -e /root/x ]', 'done'],
    ['[ -f /root/x ]', 'run/command-failed [ -f /root/x ] 1'],
    ['test "$HOME" = /home/node', 'done'],
    ['rm -rf /tmp/other', 'run/command-failed rm -rf /tmp/other 1'],
  ])('node: %s', async (text, expected) => {
    const image = { ...debian, '/tmp/other': { file: 'x' } };
    expect(await refused(text, image, { user: 'node' })).toBe(expected);
  });

  test('a number without an account has / as HOME and group 0', async () => {
    const files = await ran('echo "$HOME" > /tmp/h', debian, { user: '4711' });
    expect([await textIn(files, '/tmp/h'), shown(files, '/tmp/h')]).toEqual(['/\n', '-644 4711:0']);
  });
});

test.each(['chown 5 /p', 'echo > /p'])('%s takes a capability away, which is not written down here', async (text) => {
  const image = { ...debian, '/p': { file: 'p', mode: 0o755, xattrs: { 'security.capability': 'x' } } };
  await expect(ran(text, image)).rejects.toMatchObject({
    diagnostic: { code: 'run/not-computable', args: { what: '/p' } },
  });
  await expect(ran('chmod 700 /p && rm /p', image)).resolves.toBeDefined();
});
