import type { Diagnostic } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import type { TreeNode } from '../scan/index.ts';
import { parsePlatformPackage } from './cpu-words.ts';
import { unbuiltGems } from './gems.ts';
import { codeIn, isOptional, member, type NodePackage, packageOf, parseJson } from './node-packages.ts';
import { lostExtensions } from './php-extensions.ts';
import { enginelessClients } from './prisma.ts';
import type { PartProof } from './structure.ts';
import type { Obligation } from './types.ts';
import { declaredText, elfOf, instructionOf, placeOf, type View } from './view.ts';

/** More of them are told as a number. */
const SHOWN = 10;

/** Programs that look for the native module of a package, as its dependencies name them, and what each prints. */
const LOADERS: readonly (readonly [name: RegExp, prints: (view: View) => string, call: (path: string) => string])[] = [
  [
    /^node-gyp-build(-optional-packages)?$/,
    ({ declared }) =>
      `No native build was found for platform=linux arch=${CPUS[declared.architecture] ?? declared.architecture}`,
    (path) => `(${JSON.stringify(path)})`,
  ],
  [
    /^bindings$/,
    () => 'Could not locate the bindings file.',
    (path) => `({ bindings: "addon", module_root: ${JSON.stringify(path)} })`,
  ],
];

/** `process.arch` of Node. */
const CPUS: Readonly<Record<string, string>> = { amd64: 'x64', '386': 'ia32', ppc64le: 'ppc64' };

/** What an install script begins with that leaves a `.node` behind, or fails. */
const BUILDS =
  /^(?:cross-env \S+ )*(?:node-gyp-build(?:-optional-packages)?|node-gyp (?:re)?build|prebuild-install|(?:node-)?pre-gyp|node-pre-gyp install|cmake-js)\b/;
/** Its failure is no failure: the package does without. */
const TOLERATES = /\|\|\s*(?:true\b|:|exit 0|echo\b|node\s+(?!\S*(?:build|compile|gyp|install)))/;

/**
 * Packages of Node that are compiled, or whose binary is downloaded, when they are installed: each holds a native module
 * that may be loaded on this platform. None is there after `--ignore-scripts`, or where only another system's was copied,
 * and `npm ls` finds nothing wrong with it. Which of several is opened, and whether it loads, is for `native-modules.ts`.
 */
export function proveNativeParts(
  view: View,
  { skip, start }: { readonly skip: ReadonlySet<string>; readonly start: Parameters<typeof enginelessClients>[1] },
): PartProof & { readonly witness?: string } {
  const { packages, node, optional } = find(view);
  const diagnostics: Diagnostic[] = [];
  const obligations: Obligation[] = [];
  let witness: string | undefined;
  let whole = 0;
  for (const gem of unbuiltGems(view, start.env)) {
    const { name: owner, path, prints, builtFor } = gem;
    const args = { owner, path, declared: declaredText(view), prints, language: 'ruby' as const };
    const foreign = builtFor === undefined ? {} : { foreign: { path: `extensions/${builtFor}`, text: builtFor } };
    diagnostics.push(diagnostic('proof/native-part-missing', { ...args, ...foreign }, placeOf(view, path, gem.node)));
    const { layer } = gem.node;
    const evidence = builtFor === undefined ? 'extensions not built' : `extensions built for ${builtFor}`;
    obligations.push({ step: 'module', holds: false, subject: path, evidence, ...(layer > 0 ? { layer } : {}) });
    witness ??= gem.witness;
  }
  for (const { name, path, php, ini, prints, witness: fails } of lostExtensions(view, start.env)) {
    const said = { path, owner: name, runtime: php, language: 'php', cause: 'gone', library: ini.path } as const;
    const args = { ...said, prints, files: 1, ...instructionOf(view, ini.node) };
    diagnostics.push(diagnostic('proof/module-not-loadable', args, placeOf(view, ini.path, ini.node)));
    const { layer } = ini.node;
    obligations.push({
      step: 'module',
      holds: false,
      subject: path,
      evidence: prints,
      ...(layer > 0 ? { layer } : {}),
    });
    witness ??= fails;
  }
  for (const client of node === undefined ? [] : enginelessClients(view, start, node)) {
    const { path, prints, foreign, open, target } = client;
    if (skip.has('.prisma') && path.endsWith('/.prisma/client')) continue;
    const declared = target ?? declaredText(view);
    const said = { owner: '@prisma/client', path, declared, prints, language: 'prisma' as const };
    const args = { ...said, ...(foreign === undefined ? {} : { foreign }), ...(open === undefined ? {} : { open }) };
    const severity = open === undefined ? 'error' : 'warning';
    diagnostics.push(diagnostic('proof/native-part-missing', args, placeOf(view, path, client.node), { severity }));
    const { layer } = client.node;
    const evidence = foreign === undefined ? 'no query engine' : `${foreign.path}: ${foreign.text}`;
    const holds = open === undefined ? false : ('unknown' as const);
    obligations.push({ step: 'module', holds, subject: path, evidence, ...(layer > 0 ? { layer } : {}) });
    witness ??= client.witness;
  }
  for (const found of node === undefined ? [] : packages.values()) {
    const { own, directory } = found;
    if (!isNeeded(view, found, optional)) continue;
    const { fits, wasm, foreign } = codeIn({ path: own.path, node: directory }, view.declared);
    if (fits) {
      whole++;
      continue;
    }
    // Its portable form is there, and takes the place of what was not built.
    if (wasm || skip.has(own.name)) continue;
    const { prints, command } = failure(view, found, node!);
    const args = { owner: own.name, path: own.path, declared: declaredText(view), prints, language: 'node' as const };
    diagnostics.push(
      diagnostic(
        'proof/native-part-missing',
        { ...args, ...(foreign ? { foreign } : {}) },
        placeOf(view, own.path, found.node),
      ),
    );
    const { layer } = found.node;
    const evidence = foreign === undefined ? 'no native module' : `${foreign.path}: ${foreign.text}`;
    obligations.push({ step: 'module', holds: false, subject: own.path, evidence, ...(layer > 0 ? { layer } : {}) });
    witness ??= command;
  }
  if (whole > 0 && node !== undefined) {
    const evidence = `${whole} of ${whole + diagnostics.length} packages that are compiled when installed hold a native module`;
    obligations.unshift({ step: 'module', holds: diagnostics.length === 0, subject: node, evidence });
  }
  const isRefuted = diagnostics.some(({ severity }) => severity === 'error');
  const shown = diagnostics.slice(0, SHOWN);
  if (diagnostics.length > SHOWN) {
    const args = { code: diagnostics[SHOWN]!.code, count: diagnostics.length - SHOWN };
    shown.push(diagnostic('proof/more-files', args, placeOf(view)));
  }
  return {
    verdict: isRefuted ? 'refuted' : diagnostics.length > 0 ? 'undecided' : 'proven',
    obligations,
    diagnostics: shown,
    ...(witness !== undefined ? { witness } : {}),
  };
}

/** One package that may need native code of its own. */
interface Found {
  readonly own: NodePackage;
  readonly directory: TreeNode;
  /** The file that says so. */
  readonly node: TreeNode;
  /** It was compiled in place, for whatever system: `build/Release/addon.node`. */
  readonly built: boolean;
}

function find(view: View) {
  const packages = new Map<string, Found>();
  /** Whatever some package lists among its optional dependencies. */
  const optional = new Set<string>();
  let node: string | undefined;
  for (const [path, at] of view.tree.walk()) {
    if (at.entry.type !== 'file') continue;
    if (/\/(node|nodejs|bun)$/.test(path) && elfOf(at.entry) !== undefined) node ??= path;
    const own = packageOf(path);
    if (own === undefined) continue;
    const inside = path.slice(own.path.length);
    if (inside === '/package.json' && at.entry.content !== undefined) {
      const listed = member(parseJson(at.entry.content), 'optionalDependencies');
      if (typeof listed === 'object' && listed !== null) for (const name of Object.keys(listed)) optional.add(name);
    }
    const built = /^\/build\/Release\/[^/]+\.node$/.test(inside);
    if (inside !== '/binding.gyp' && inside !== '/package.json' && !built) continue;
    if (inside === '/package.json' && at.entry.content === undefined) continue;
    const directory = view.tree.resolve(own.path);
    if (!directory.found || !isReachable(own)) continue;
    const before = packages.get(own.path);
    packages.set(own.path, {
      own,
      directory: directory.node,
      node: before?.node ?? at,
      built: built || before?.built === true,
    });
  }
  return { packages, node, optional };
}

/** True where `require` may find the package: not in the folder of tests or templates inside another one. */
function isReachable({ path }: NodePackage): boolean {
  const [, ...parts] = path.split('/node_modules/');
  return parts.slice(0, -1).every((part) => /^(?:@[^/]+\/)?[^/]+$/.test(part) || part.startsWith('.'));
}

function manifestOf({ directory }: Found): unknown {
  const content = directory.children?.get('package.json')?.entry.content;
  return content === undefined ? undefined : parseJson(content);
}

function isNeeded(view: View, found: Found, listedOptional: ReadonlySet<string>): boolean {
  const { own, directory, built } = found;
  if (parsePlatformPackage(own.name) !== undefined || isOptional(view.tree, own)) return false;
  // Without npm's hidden lockfile, what anybody lists as optional may be there for that reason only.
  if (listedOptional.has(own.name) && !hasLock(view, own)) return false;
  const manifest = manifestOf(found);
  const os = member(manifest, 'os');
  if (
    Array.isArray(os) &&
    (os.includes('!linux') || (!os.includes('linux') && os.some((one) => !`${one}`.startsWith('!'))))
  )
    return false;
  // One whose binaries are packages of their own is a family: `node-packages.ts`.
  const optional = member(manifest, 'optionalDependencies');
  const names = typeof optional === 'object' && optional !== null ? Object.keys(optional) : [];
  if (names.some((name) => parsePlatformPackage(name) !== undefined)) return false;
  const script = member(member(manifest, 'scripts'), 'install');
  if (typeof script === 'string' && TOLERATES.test(script)) return false;
  // The package's own word that npm builds nothing of it (docs.npmjs.com, package.json, gypfile).
  if (member(manifest, 'gypfile') === false && !built) return false;
  // npm runs `node-gyp rebuild` for a package with a binding.gyp and no script (docs.npmjs.com, scripts, life cycle).
  if (directory.children?.has('binding.gyp') === true || built) return true;
  return typeof script === 'string' && BUILDS.test(script);
}

function hasLock({ tree }: View, { path }: NodePackage): boolean {
  return tree.resolve(`${path.slice(0, path.indexOf('/node_modules/'))}/node_modules/.package-lock.json`).found;
}

/** What fails, as a command, and what it prints: some packages open their native module at their first use only. */
function failure(view: View, found: Found, node: string): { readonly prints: string; readonly command: string } {
  const { path } = found.own;
  const names = Object.keys((member(manifestOf(found), 'dependencies') ?? {}) as object);
  for (const [pattern, prints, call] of LOADERS) {
    const name = names.find((one) => pattern.test(one));
    if (name === undefined || !isInstalled(view, path, name)) continue;
    const from = JSON.stringify(`${path}/package.json`);
    return {
      prints: prints(view),
      command: `${node} -e 'require("module").createRequire(${from})(${JSON.stringify(name)})${call(path)}'`,
    };
  }
  return { prints: 'Cannot find module', command: `${node} -e 'require(${JSON.stringify(path)})'` };
}

function isInstalled({ tree }: View, from: string, name: string): boolean {
  for (let at = from; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    if (tree.resolve(`${at}/node_modules/${name}`).found) return true;
  }
  return false;
}
