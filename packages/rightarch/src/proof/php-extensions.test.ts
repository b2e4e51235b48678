import { describe, expect, it } from 'vitest';
import { elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const elf = (path: string, type?: number): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', ...(type !== undefined ? { type } : {}) }),
});
const text = (path: string, content = ''): TestFile => ({ path, mode: 0o644, content });
const INI = 'usr/local/etc/php/conf.d/docker-php-ext-redis.ini';
const DIRECTORY = 'usr/local/lib/php/extensions/no-debug-non-zts-20230831';
const php = elf('usr/local/bin/php');
const ini = text(INI, '; by docker-php-ext-enable\nextension=redis\n');

async function prove(files: readonly TestFile[], env: readonly string[] = ['PHP_VERSION=8.3.12']) {
  const config = { Cmd: ['/start'], Env: ['PATH=/usr/local/bin', ...env] };
  const image = testImage({ platform: 'linux/arm64', files: [elf('start'), ...files], config });
  const proof = (await verifyTree(await image.tree())).platforms[0]!;
  return { ...proof, codes: proof.diagnostics.map(({ code }) => code) };
}

describe('an extension that PHP is told to load', () => {
  it('and that is not there is refuted', async () => {
    const proof = await prove([php, ini]);
    expect(proof).toMatchObject({
      verdict: 'refuted',
      codes: ['proof/module-not-loadable'],
      witness: `/usr/local/bin/php -r 'exit(extension_loaded("redis") ? 0 : 1);'`,
    });
    expect(proof.diagnostics[0]!.args).toMatchObject({
      path: `/${DIRECTORY}/redis.so`,
      cause: 'gone',
      library: `/${INI}`,
      prints: "PHP Startup: Unable to load dynamic library 'redis'",
    });
  });

  it.each([
    ['by its path', 'extension=/opt/redis.so\n', '/opt/redis.so'],
    ['in a directory that is set', 'extension=redis\nextension_dir = "/opt"\n', 'redis'],
  ])('%s and that is not there is refuted, as one for another CPU is', async (_, content, said) => {
    const missing = await prove([php, text(INI, content)]);
    expect(missing).toMatchObject({ verdict: 'refuted', codes: ['proof/module-not-loadable'] });
    expect(missing.diagnostics[0]!.args).toMatchObject({
      path: '/opt/redis.so',
      prints: `PHP Startup: Unable to load dynamic library '${said}'`,
    });
    const wrong = { ...elf('opt/redis.so', 3), content: elfBytes({ machine: 'amd64', type: 3 }) };
    const foreign = await prove([php, text(INI, content), wrong]);
    expect(foreign).toMatchObject({
      verdict: 'refuted',
      codes: ['proof/wrong-cpu-module'],
      witness: `/usr/local/bin/php -r 'exit(extension_loaded("redis") ? 0 : 1);'`,
    });
  });

  it('and that was copied from a PHP of another release is refuted', async () => {
    const other = elf(`${DIRECTORY.replace('20230831', '20220829')}/redis.so`, 3);
    expect((await prove([php, ini, other])).verdict).toBe('refuted');
  });

  it.each([
    ['Debian', 'usr/bin/php8.2', 'etc/php/8.2/cli/conf.d/20-redis.ini', 'usr/lib/php/20220829/redis.so'],
    ['Alpine', 'usr/bin/php83', 'etc/php83/conf.d/redis.ini', 'usr/lib/php83/modules/redis.so'],
  ])('on %s is looked for where its packages are', async (_, program, settings, file) => {
    const files = [elf(program), text(settings, 'extension=redis.so\n')];
    expect((await prove(files, [])).verdict).toBe('refuted');
    expect(await prove([...files, elf(file, 3)], [])).toMatchObject({ verdict: 'proven', codes: [] });
  });

  it.each([
    ['is there', [php, ini, elf(`${DIRECTORY}/redis.so`, 3)], undefined],
    ['may be built in', [php, text(INI, 'extension=curl\nzend_extension=opcache\n')], undefined],
    ['is named in a comment', [php, text(INI, ';extension=redis\n')], undefined],
    ['is elsewhere by its path', [php, text(INI, 'extension=/opt/redis.so\n'), elf('opt/redis.so', 3)], undefined],
    [
      'is in a directory that is set',
      [php, text(INI, 'extension_dir=/opt\nextension=redis\n'), elf('opt/redis.so', 3)],
      undefined,
    ],
    ['is in a directory that a variable names', [php, text(INI, 'extension_dir=${DIR}\nextension=redis\n')], undefined],
    ['is named by a variable', [php, text(INI, 'extension=/opt/${NAME}.so\n')], undefined],
    ['is named by what is not read', [php, ini], ['PHP_VERSION=8.3.12', 'PHP_INI_SCAN_DIR=/etc/php']],
    ['is of a release that is not known', [php, ini], ['PHP_VERSION=9.1.0']],
    ['is of a PHP that is not there', [ini], undefined],
    [
      'is left over of another release',
      [elf('usr/bin/php8.2'), text('etc/php/8.1/cli/conf.d/r.ini', 'extension=redis')],
      [],
    ],
  ] as const)('and that %s is no finding', async (_, files, env) => {
    expect(await prove(files, env)).toMatchObject({ verdict: 'proven', codes: [] });
  });
});
