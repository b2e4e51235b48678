import type { TreeNode } from '../scan/index.ts';
import { fitsPlatform } from './explain.ts';
import { PHP_SETTING } from './interpreter-extensions.ts';
import { elfOf, type View, variable } from './view.ts';

/** An extension that PHP is told to load, and that is not where it looks. */
export interface LostExtension {
  readonly name: string;
  /** Where it would be. */
  readonly path: string;
  readonly php: string;
  /** The file that names it. */
  readonly ini: { readonly path: string; readonly node: TreeNode };
  readonly prints: string;
  readonly witness: string;
}

/** A PHP of the image, with the directories that its package or its image gives it. */
interface Php {
  readonly path: string;
  /** Holds php.ini and conf.d. */
  readonly settings: string;
  readonly extensions: readonly string[];
}

/** ZEND_MODULE_API_NO, which names the directory of extensions, by release (php-src, Zend/zend_modules.h, 2026-11-29). */
const APIS: Readonly<Record<string, string>> = {
  '7.4': '20190902',
  '8.0': '20200930',
  '8.1': '20210902',
  '8.2': '20220829',
  '8.3': '20230831',
  '8.4': '20240924',
};

/** What PHP's own source brings (php-src/ext): it may be built in, and is loaded then whatever is told of a file. */
const BUNDLED = new Set(
  (
    'bcmath bz2 calendar com_dotnet ctype curl date dba dl_test dom enchant exif ffi fileinfo filter ftp gd gettext gmp ' +
    'hash iconv imap intl json ldap libxml mbstring mysqli mysqlnd oci8 odbc opcache openssl pcntl pcre pdo pdo_dblib ' +
    'pdo_firebird pdo_mysql pdo_oci pdo_odbc pdo_pgsql pdo_sqlite pgsql phar posix pspell random readline reflection ' +
    'session shmop simplexml snmp soap sockets sodium spl sqlite3 standard sysvmsg sysvsem sysvshm tidy tokenizer xml ' +
    'xmlreader xmlrpc xmlwriter xsl zip zlib zend_test'
  ).split(' '),
);

/**
 * Extensions of PECL that the settings of a PHP name and that are not in its directory of extensions: left in the stage
 * that built them, or copied from a PHP of another release, which has a directory of another name.
 */
export function lostExtensions(view: View, env: readonly string[]): readonly LostExtension[] {
  if ((variable(env, 'PHP_INI_SCAN_DIR') ?? variable(env, 'PHPRC')) !== undefined) return [];
  return phpsOf(view, env).flatMap((php) => lostOf(view, php));
}

function phpsOf(view: View, env: readonly string[]): readonly Php[] {
  const { tree, declared } = view;
  const found: Php[] = [];
  const isProgram = (path: string) => {
    const at = tree.resolve(path);
    return at.found && fitsPlatform(elfOf(at.node.entry), declared);
  };
  // github.com/docker-library/php: one for each release, with its version in the environment.
  const official = APIS[/^(\d\.\d)\./.exec(variable(env, 'PHP_VERSION') ?? '')?.[1] ?? ''];
  if (official !== undefined && isProgram('/usr/local/bin/php')) {
    const root = '/usr/local/lib/php/extensions';
    const own = namesIn(view, root).filter((name) => name.endsWith(`-${official}`));
    const extensions = (own.length > 0 ? own : [`no-debug-non-zts-${official}`]).map((name) => `${root}/${name}`);
    found.push({ path: '/usr/local/bin/php', settings: '/usr/local/etc/php', extensions });
  }
  for (const [version, api] of Object.entries(APIS)) {
    // Debian and Ubuntu: settings for each way to run it.
    const [debian, alpine] = [`/usr/bin/php${version}`, `/usr/bin/php${version.replace('.', '')}`];
    if (isProgram(debian))
      found.push({ path: debian, settings: `/etc/php/${version}/cli`, extensions: [`/usr/lib/php/${api}`] });
    if (isProgram(alpine)) {
      const name = alpine.slice('/usr/bin/'.length);
      found.push({ path: alpine, settings: `/etc/${name}`, extensions: [`/usr/lib/${name}/modules`] });
    }
  }
  return found;
}

function lostOf(view: View, { path: php, settings, extensions }: Php): readonly LostExtension[] {
  const files = [
    `${settings}/php.ini`,
    ...namesIn(view, `${settings}/conf.d`)
      .filter((name) => name.endsWith('.ini'))
      .map((name) => `${settings}/conf.d/${name}`),
  ];
  const told = files.flatMap((path) => {
    const found = view.tree.resolve(path);
    const content = found.found ? found.node.entry.content : undefined;
    if (!found.found || content === undefined) return [];
    return [...Buffer.from(content).toString('utf8').matchAll(PHP_SETTING)].map(([, zend, directory, value = '']) => ({
      zend,
      directory,
      value,
      ini: { path: found.path, node: found.node },
    }));
  });
  // The last that says where it looks is right; constants and variables (php.net/configuration.file) are not followed.
  const set = told.findLast(({ directory }) => directory !== undefined)?.value;
  if (set !== undefined && !/^\/[\w./-]+$/.test(set)) return [];
  const directories = set === undefined ? extensions : [set];
  const lost: LostExtension[] = [];
  for (const { zend, directory, value, ini } of told) {
    const name = value.replace(/^.*\//, '').replace(/\.so$/, '');
    const isPlace = /^\/[\w./-]+$/.test(value);
    if (directory !== undefined || (!isPlace && !/^\w+(?:\.so)?$/.test(value)) || BUNDLED.has(name)) continue;
    const places = isPlace ? [value] : directories.map((one) => `${one}/${name}.so`);
    if (places.some((one) => view.tree.resolve(one).found)) continue;
    lost.push({
      name,
      path: places[0]!,
      php,
      ini,
      prints:
        zend === undefined
          ? `PHP Startup: Unable to load dynamic library '${value}'`
          : `Failed loading ${isPlace ? value : `Zend extension '${value}'`}`,
      witness: `${php} -r 'exit(extension_loaded("${name}") ? 0 : 1);'`,
    });
  }
  return [...new Map(lost.map((one) => [one.name, one])).values()];
}

function namesIn({ tree }: View, directory: string): readonly string[] {
  const found = tree.resolve(directory);
  return found.found ? [...(found.node.children?.keys() ?? [])].sort() : [];
}
