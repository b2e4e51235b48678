/** Which small files keep their content in the facts, because a proof or a build reads them. */
export interface KeepRule {
  /** Names the rule in the scan cache: two rules that keep different things have different ids. */
  readonly id: string;
  /** Asked before the content is seen. */
  wants(path: string, size: number): boolean;
  /** Asked once the content is here: false drops it again, and bytes are kept instead of it. */
  retains?(path: string, content: Uint8Array): boolean | Uint8Array;
}

const SMALL = 64 << 10;
const LARGE = 4 << 20;

/** Files by their whole path, with the most that is kept of them. */
const PATHS: ReadonlyMap<string, number> = new Map([
  ['etc/passwd', LARGE],
  ['etc/group', LARGE],
  ['etc/os-release', SMALL],
  ['usr/lib/os-release', SMALL],
  ['etc/ld.so.cache', LARGE],
  ['etc/ld.so.preload', SMALL],
]);

/** Scripts that stand before the real program, by where they usually are. */
const ENTRY_SCRIPT = /entry[^/]*$|-foreground$|\.sh$/;
/** glibc's loader, which has the directories that it searches inside; musl's, which reads them from a file. */
const LOADER = /(^|\/)(ld-linux[^/]*\.so\.\d+|ld64\.so\.\d+|ld-2\.\d+\.so)$/;
/** Where a Node whose own file does not tell says its NODE_MODULE_VERSION. */
const NODE_HEADER = /(^|\/)include\/node\/node_version\.h$/;
const MUSL_PATHS = /^etc\/ld-musl-[^/]+\.path$/;
const PACKAGE = /(^|\/)node_modules\/(@[^/]+\/)?[^/@.][^/]*\/package\.json$/;
/** Of an application, where `npm start` may run in its directory. */
const OWN_PACKAGE = /^(?!.*node_modules\/)([^/]+\/){0,3}package\.json$/;

/** What package managers that are installed say of themselves; a project's own settings of Yarn. */
const MANAGER = /(^|\/)node_modules\/(npm|pnpm|yarn)\/package\.json$/;
const YARN_SETTINGS = /^(?!.*node_modules\/)([^/]+\/){0,3}\.yarnrc(\.yml)?$/;

/** Of the first their version: a proof asks what that release does. */
function managerVersion(content: Uint8Array): Uint8Array | false {
  const version = /^ {0,4}"version": *"([\w.+-]+)"/m.exec(Buffer.from(content).toString('utf8'))?.[1];
  return version !== undefined && Buffer.from(JSON.stringify({ version }));
}

/** Of the second where they have another Yarn, and nothing else: tokens stand there too. */
function yarnPath(content: Uint8Array): Uint8Array {
  const line = /^"?(?:yarnPath|yarn-path)"?:? +(.+)$/m.exec(Buffer.from(content).toString('utf8'))?.[1] ?? '';
  return Buffer.from(`yarnPath: ${line.replace(/ +#.*$/, '').trim()}`);
}

const PNPM_LOCK = /^(?!.*node_modules\/)([^/]+\/){0,3}pnpm-lock\.yaml$/;
const PNPM_PIN = /^ +packageManagerDependencies:\n(?: {6}.*\n)*? {6}pnpm:\n +specifier: .*\n +version: ([\w.+-]+)$/m;

/** Of pnpm's lockfile which pnpm it records: without that one it is asked for again. */
function pnpmPin(content: Uint8Array): Uint8Array | false {
  const version = PNPM_PIN.exec(Buffer.from(content).toString('utf8', 0, SMALL))?.[1];
  return version !== undefined && Buffer.from(version);
}

/** Of it its scripts, and which package manager and other engines it says are its own. */
function scripts(content: Uint8Array): Uint8Array | false {
  try {
    const read: unknown = JSON.parse(Buffer.from(content).toString('utf8'));
    const own = typeof read === 'object' && read !== null ? (read as Readonly<Record<string, unknown>>) : {};
    const { scripts = {}, packageManager, devEngines } = own;
    return typeof scripts === 'object' && scripts !== null
      ? Buffer.from(JSON.stringify({ scripts, packageManager, devEngines }))
      : false;
  } catch {
    return false;
  }
}

/** Where installers of Python put the commands of a package, and how those begin (distlib, uv: entry points). */
const COMMAND = /(^|\/)bin\/[\w-]+$/;
const COMMAND_MOST = 2 << 10;
const COMMAND_OF = /^#![^\n]*\n(?:#[^\n]*\n|import (?:re|sys)\n)*from ([\w.]+) import \w+\n/;

/** Of such a command the module that it imports, behind a heading. */
function command(content: Uint8Array): Uint8Array | false {
  const module = COMMAND_OF.exec(Buffer.from(content).toString('latin1'))?.[1];
  return module !== undefined && Buffer.from(`command of ${module}`);
}

/** Where build tools and servers have what starts them, not where those of the system are; and s6-overlay's. */
const START_SCRIPT = /^(?!(usr\/(local\/)?)?s?bin\/)((.*\/)?bin\/[\w.-]+|init)$/;
/** The runtime that a release of Erlang or Elixir brings along. */
const RELEASE = /(^|\/)releases\/start_erl\.data$/;
/**
 * What each of these scripts has in it, and no other: Gradle's, Tomcat's, s6-overlay's, that of mix, and what Phoenix puts in front
 * (phx.gen.release).
 */
const START_SCRIPTS: readonly (readonly [kind: string, has: RegExp])[] = [
  [
    'gradle',
    /^if \[ -n "\$JAVA_HOME" \] ; then\n(?:.*\n){1,8} +die "ERROR: JAVA_HOME is set to an invalid directory: /m,
  ],
  ['tomcat', /^ *\. "\$CATALINA_HOME"\/bin\/setclasspath\.sh$/m],
  ['s6', /^exec s6-overlay-suexec\b/m],
  ['release', /\/start_erl\.data\b/],
  ['phoenix', /^cd -P -- "\$\(dirname -- "\$0"\)"\n(?:[A-Z_]+=\w+ )?exec \.\/(?:\w+) start$/m],
];

/** Of such a script what it is, and what it starts. */
function startScript(content: Uint8Array): Uint8Array | false {
  const text = Buffer.from(content).toString('utf8');
  const [kind, has] = (text.startsWith('#!') && START_SCRIPTS.find((one) => one[1].test(text))) || [];
  // What somebody has written into it before, or for the loader, is not followed.
  if (has === undefined || /^\s*(export +)?(JAVA_HOME|JRE_HOME)=/m.test(text.slice(0, text.search(has)))) return false;
  if (/\bLD_\w+=/.test(text)) return false;
  const name = kind === 'phoenix' ? ` ${/exec \.\/(\w+) start/.exec(text)?.[1]}` : '';
  return Buffer.from(`start of ${kind}${name}`);
}

/** Where nginx is told which modules it loads; distributions have a file for each. */
const NGINX = /(^|\/)nginx\/(.*\/)?[^/]+\.conf$/;
/** A word of it, quoted or not; or the sign that a block begins or a directive ends. */
const NGINX_WORD = /#[^\n]*|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|([{};])|[^\s{};"'#]+/g;

/**
 * Of it the modules that it loads and the files that it includes before its first block, a line each: behind that nothing
 * is loaded any more (src/core/nginx.c, ngx_load_module).
 */
function nginxModules(content: Uint8Array): Uint8Array | false {
  const found: string[] = [];
  let words: string[] = [];
  for (const [word, double, single, sign] of Buffer.from(content).toString('utf8').matchAll(NGINX_WORD)) {
    if (word.startsWith('#')) continue;
    if (sign === undefined) words.push(double ?? single ?? word);
    else if (sign === ';') {
      if (words.length === 2 && /^(load_module|include)$/.test(words[0]!)) found.push(words.join(' '));
      words = [];
    } else break;
  }
  return found.length > 0 && Buffer.from(found.join('\n'));
}

/** Where Apache is told which modules it loads. */
const APACHE = /(^|\/)(apache2|httpd)\/(.*\/)?[^/]+\.conf$/;

/**
 * Of it the modules that it loads for certain, with their files, a line each: outside of sections, before it includes other
 * files, and none twice, since it passes over what it has (modules/core/mod_so.c, load_module).
 */
function apacheModules(content: Uint8Array): Uint8Array | false {
  const found: string[] = [];
  const names = new Set<string>();
  let depth = 0;
  for (const line of Buffer.from(content)
    .toString('utf8')
    .replace(/\\\r?\n/g, ' ')
    .split('\n')) {
    const [directive = '', name = '', file = ''] = line.trim().split(/\s+/);
    if (directive.startsWith('</')) depth--;
    else if (directive.startsWith('<')) depth++;
    else if (/^include(optional)?$/i.test(directive)) break;
    if (!/^loadmodule$/i.test(directive) || names.has(name)) continue;
    names.add(name);
    const path = /^(["']?)([\w./+-]+)\1$/.exec(file)?.[2];
    if (depth === 0 && path !== undefined) found.push(`${name} ${path}`);
  }
  return found.length > 0 && Buffer.from(found.join('\n'));
}

/** What a Java runtime says that it was linked of (jlink; docs.oracle.com, The jlink Command). */
const JAVA_RELEASE = /(^|\/)release$/;
const JAVA_MODULES = /^MODULES="([\w. ]+)"$/m;

/** What cmake-ts goes by when it chooses among the builds of a package; its keys are JSON in a string. */
const BUILDS = /(^|\/)node_modules\/(@[^/]+\/)?[^/@.][^/]*\/build\/manifest\.json$/;
const TARGETS = Buffer.from('\\"targetDirectory\\"');
/** What a package.json has in it that says which platforms the package is for, or that it is compiled when installed. */
const NATIVE_WORDS = [
  '"optionalDependencies"',
  '"os"',
  '"gypfile"',
  'node-gyp',
  'prebuild-install',
  'node-pre-gyp',
  '"bindings"',
  'cmake-js',
  'pkg-prebuilds',
].map((word) => Buffer.from(word));

/**
 * A generated client of Prisma, which stands wherever the project wants it: what it is, its content tells. Of packages
 * only the first folder is looked at, and folders that are named for it: node_modules has thousands of other index.js.
 */
const PRISMA_CLIENT = /(^|\/)(index|client)\.[cm]?js$/;
const PRISMA_IN_PACKAGES =
  /(^|\/)node_modules\/((@[^/]+\/)?[^/]+\/|(.*\/)?(\.prisma\/client|generated\/([^/]+\/)*|prisma\/client)\/?)(index|client)\.[cm]?js$/;

const isPrismaClient = (path: string): boolean =>
  PRISMA_CLIENT.test(path) &&
  (!path.includes('node_modules/') || PRISMA_IN_PACKAGES.test(path.slice(path.lastIndexOf('node_modules/'))));

/** Where such a client names the engines beside it, for tools that bundle. */
const PRISMA_ENGINE = /path\.join\(__dirname, ["']((?:lib)?query[-_]engine-[^"'\n]+)["']\)/g;
const PRISMA_WORDS = ['query_engine-', 'query-engine-'].map((word) => Buffer.from(word));

/**
 * Of a client of Prisma the names of its engines, a line each, and what it says of its version and its places; nothing of
 * one that has none.
 */
function engines(content: Uint8Array): Uint8Array | false {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (!PRISMA_WORDS.some((word) => bytes.includes(word))) return false;
  const text = bytes.toString('utf8');
  if (/"copyEngine": ?false/.test(text)) return false;
  const lines = [...text.matchAll(PRISMA_ENGINE)].map(([, name = '']) => name);
  if (lines.length === 0) return false;
  const said: readonly (readonly [string, RegExp])[] = [
    ['version', /"clientVersion": ?"([\w.-]+)"/],
    ['output', /"output": ?\{\s*"value": ?"(\/[^"\n]+)"/],
    ['relative', /"relativePath": ?"([^"\n]+)"/],
  ];
  for (const [name, pattern] of said) {
    const value = pattern.exec(text)?.[1];
    if (value !== undefined) lines.push(`${name} ${value}`);
  }
  return Buffer.from(lines.join('\n'));
}

/** dpkg's own record of what is installed; a file for each package in images that have no dpkg. */
const DPKG_STATUS = /^var\/lib\/dpkg\/status(\.d\/[^/]+)?$/;
const DPKG_MOST = 32 << 20;

/**
 * Of it the packages that are built for a variant of their architecture and are there, a line each: `libc6 amd64v3`.
 * Line by line: what is hostile has millions of stanzas.
 */
function variants(content: Uint8Array): Uint8Array | false {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (!text.includes('Architecture-Variant:')) return false;
  const found: string[] = [];
  let [name, variant, isThere] = ['?', '', true];
  for (const [, field, value = ''] of `${text.toString('utf8')}\n\n`.matchAll(
    /^(?:(Package|Architecture-Variant|Status): *([^\n]*)|)$/gm,
  )) {
    if (field === 'Package') name = value.trim();
    else if (field === 'Architecture-Variant') variant = value.trim();
    // Configuration alone may be left of one that was removed.
    else if (field === 'Status') isThere = !/\b(?:config-files|not-installed)$/.test(value.trim());
    else {
      if (variant !== '' && isThere) found.push(`${name} ${variant}`);
      [name, variant, isThere] = ['?', '', true];
    }
  }
  return found.length > 0 && Buffer.from(found.join('\n'));
}

/** pacman's record of one package. */
const PACMAN = /^var\/lib\/pacman\/local\/[^/]+\/desc$/;

/** Of it the same line, where the package is for a level of x86-64: CachyOS has repositories of those. */
function pacmanLevel(content: Uint8Array): Uint8Array | false {
  const text = Buffer.from(content).toString('utf8');
  const field = (name: string): string | undefined => new RegExp(`^%${name}%\\n([^\\n]+)`, 'm').exec(text)?.[1];
  const arch = field('ARCH');
  return arch !== undefined && /^x86_64_v[2-4]$/.test(arch) && Buffer.from(`${field('NAME') ?? '?'} ${arch}`);
}

/** What RubyGems writes of an installed gem; one with native code lists what builds it. */
const GEMSPEC = /(^|\/)specifications\/[^/]+\.gemspec$/;
const EXTENSIONS = /^[ \t]*s\.extensions[ \t]*=[ \t]*\[[ \t]*["']/m;
/** Where PHP is told which extensions it loads; Debian has links to mods-available. */
const PHP_INI = /(^|\/)php[^/]*\/(.*\/)?(php\.ini|(conf\.d|mods-available)\/[^/]+\.ini)$/;
const EXTENSION = /^[ \t]*((zend_)?extension|extension_dir)[ \t]*=/m;
/** What adds directories to a Python's path, and what tells whether an environment has those of its Python. */
const PYTHON_PATH = /(^|\/)((site|dist)-packages\/[^/]+\.pth|pyvenv\.cfg)$/;
/** Which framework an application of .NET runs on. */
const RUNTIME_CONFIG = /\.runtimeconfig\.json$/;
/** What a Python distribution says of itself (packaging.python.org, Recording installed projects). */
const DIST_INFO = /\.dist-info\/(METADATA|WHEEL|RECORD|INSTALLER)$/;

/** Of METADATA its headers, without the description behind them; of RECORD the lines about shared objects and programs. */
function distInfo(file: string, content: Uint8Array): boolean | Uint8Array {
  if (file === 'WHEEL' || file === 'INSTALLER') return content.length <= SMALL;
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (file === 'METADATA') {
    const end = /\r?\n\r?\n/.exec(text.toString('latin1'))?.index;
    return end === undefined ? true : Uint8Array.from(text.subarray(0, end + 1));
  }
  const lines = text.toString('utf8').split('\n');
  return Buffer.from(lines.filter((line) => /\.so(?:\.[\d.]+)?"?,|^"?(?:[^,]*\/)?[^,./]+"?,/.test(line)).join('\n'));
}

/** What the proof reads: users, the loader's cache, entry scripts, packages that come in one piece per platform. */
export const proofKeep: KeepRule = {
  id: 'proof-27',
  wants(path, size) {
    const limit = PATHS.get(path);
    if (limit !== undefined) return size <= limit;
    if (LOADER.test(path)) return size <= LARGE;
    if (MUSL_PATHS.test(path) || NODE_HEADER.test(path)) return size <= SMALL;
    if (GEMSPEC.test(path)) return size <= SMALL;
    if (PHP_INI.test(path)) return size <= 2 * SMALL;
    if (RUNTIME_CONFIG.test(path) || JAVA_RELEASE.test(path)) return size <= SMALL;
    if (DIST_INFO.test(path)) return size <= LARGE;
    if (NGINX.test(path) || APACHE.test(path)) return size <= SMALL;
    if (PYTHON_PATH.test(path)) return size <= SMALL;
    if (DPKG_STATUS.test(path)) return size <= (path.endsWith('/status') ? DPKG_MOST : SMALL);
    if (PACMAN.test(path)) return size <= SMALL;
    if (path.endsWith('package.json')) return size <= SMALL && (PACKAGE.test(path) || OWN_PACKAGE.test(path));
    if (YARN_SETTINGS.test(path)) return size <= SMALL;
    if (PNPM_LOCK.test(path)) return size <= LARGE;
    if (path.endsWith('/build/manifest.json')) return size <= SMALL && BUILDS.test(path);
    if (path.endsWith('node_modules/.package-lock.json')) return size <= LARGE;
    if (isPrismaClient(path)) return size <= LARGE;
    if (size <= COMMAND_MOST && COMMAND.test(path)) return true;
    if (RELEASE.test(path) || START_SCRIPT.test(path)) return size <= SMALL;
    return size <= SMALL && ENTRY_SCRIPT.test(path) && path.split('/').length <= 4;
  },
  retains(path, content) {
    if (GEMSPEC.test(path)) return EXTENSIONS.test(Buffer.from(content).toString('latin1'));
    if (PHP_INI.test(path)) return EXTENSION.test(Buffer.from(content).toString('latin1'));
    if (isPrismaClient(path)) return engines(content);
    if (JAVA_RELEASE.test(path)) {
      const modules = JAVA_MODULES.exec(Buffer.from(content).toString('latin1'))?.[1];
      return modules !== undefined && Buffer.from(modules);
    }
    if (NGINX.test(path)) return nginxModules(content);
    if (APACHE.test(path)) return apacheModules(content);
    if (DPKG_STATUS.test(path)) return variants(content);
    if (PACMAN.test(path)) return pacmanLevel(content);
    const dist = DIST_INFO.exec(path)?.[1];
    if (dist !== undefined) return distInfo(dist, content);
    if (OWN_PACKAGE.test(path)) return scripts(content);
    if (YARN_SETTINGS.test(path)) return yarnPath(content);
    if (PNPM_LOCK.test(path)) return pnpmPin(content);
    if (path.endsWith('package.json'))
      return (
        NATIVE_WORDS.some((word) => Buffer.from(content).includes(word)) ||
        (MANAGER.test(path) && managerVersion(content))
      );
    if (path.endsWith('/build/manifest.json')) return Buffer.from(content).includes(TARGETS);
    if (PYTHON_PATH.test(path)) return true;
    if (RUNTIME_CONFIG.test(path)) return Buffer.from(content).includes('"runtimeOptions"');
    if (PATHS.has(path) || path.endsWith('.package-lock.json')) return true;
    if (LOADER.test(path) || MUSL_PATHS.test(path) || NODE_HEADER.test(path)) return true;
    if (RELEASE.test(path)) return content.length < 128;
    const starts = START_SCRIPT.test(path) && startScript(content);
    if (starts) return starts;
    if (COMMAND.test(path) && content.length <= COMMAND_MOST) {
      const own = command(content);
      if (own !== false || !ENTRY_SCRIPT.test(path)) return own;
    }
    return ENTRY_SCRIPT.test(path) && content[0] === 0x23 && content[1] === 0x21;
  },
};

/** The rules that a worker thread knows, by their ids. */
export const keepRules: ReadonlyMap<string, KeepRule> = new Map([[proofKeep.id, proofKeep]]);
