import type { Diagnostic } from '../core/index.ts';
import { type ArgsOf, type CodeId, diagnostic, type Remark, remark, remarkJson } from '../messages/index.ts';
import { type ElfFacts, machineFit, machinePlatform, machineText, type TreeNode } from '../scan/index.ts';
import { parsePlatformPackage, swapCpuWord, wordsIn } from './cpu-words.ts';
import { dotnetOf, ridLibrary } from './dotnet.ts';
import { explainForeign, fitsPlatform, isInert } from './explain.ts';
import { INTERPRETERS, interpreterExtension, witnessFor } from './interpreter-extensions.ts';
import type { Judgement } from './judgement.ts';
import { libcOf } from './libraries.ts';
import { nodeModule } from './module-rules.ts';
import { emptyFamilies, isOptional, type NodePackage, packageOf } from './node-packages.ts';
import { judgeOtherSystems, type OtherFound, otherProgramOf } from './other-systems.ts';
import { siteOf } from './python-modules.ts';
import { runtimeOf } from './runtime-process.ts';
import { type OnPurpose, type StatedForeign, statedFor } from './stated-foreign.ts';
import type { Obligation, PlatformProof, Verdict } from './types.ts';
import { declaredText, elfOf, instructionOf, placeOf, searchPath, type View } from './view.ts';
import { saidOfFamily, saidWhenLoaded } from './when-loaded.ts';

/** What the machine code of a whole tree came to. */
export interface MachineCodeProof {
  readonly verdict: Verdict;
  readonly counts: PlatformProof['counts'];
  readonly obligations: readonly Obligation[];
  readonly diagnostics: readonly Diagnostic[];
  readonly onPurpose: readonly OnPurpose[];
  readonly witness?: string;
  readonly needs?: string | Remark;
}

/** More of one code than this is told as a number. */
const SHOWN = 10;

interface Found {
  readonly path: string;
  readonly node: TreeNode;
  readonly facts: ElfFacts;
}

/**
 * Every ELF file of the merged tree against the declared platform. What is on PATH or is loaded by a runtime of the
 * image must fit; other code for another CPU is there on purpose, by a named rule, or unexplained.
 */
export function proveMachineCode(
  view: View,
  options: {
    readonly env: readonly string[];
    readonly judged: ReadonlySet<string>;
    readonly foreign?: readonly StatedForeign[] | undefined;
  },
): MachineCodeProof {
  const { tree, declared } = view;
  const commands = commandsOnPath(view, options.env);
  const programs: Found[] = [];
  const manifests: { readonly path: string; readonly node: TreeNode }[] = [];
  const runtimes = {
    node: undefined as string | undefined,
    python: undefined as string | undefined,
    others: [] as string[],
  };
  const others: OtherFound[] = [];
  const wheels = new Set<string>();
  let files = 0;
  for (const [path, node] of tree.walk()) {
    if (node.children !== undefined && path.endsWith('.dist-info')) wheels.add(path.slice(0, path.lastIndexOf('/')));
    if (node.entry.type !== 'file') continue;
    files++;
    if (path.endsWith('/package.json') && node.entry.content !== undefined) manifests.push({ path, node });
    const other = otherProgramOf(node);
    if (other !== undefined) others.push({ path, node, facts: other });
    const facts = elfOf(node.entry);
    if (facts === undefined) continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (/^(node|nodejs|bun|deno|electron)$/.test(name)) runtimes.node ??= path;
    if (/^(python|pypy)[\d.]*$/.test(name)) runtimes.python ??= path;
    if (Object.values(INTERPRETERS).some((names) => names.test(name))) runtimes.others.push(path);
    // What is called by its name is a program, whatever that name looks like.
    if (commands.has(path) || !isInert({ path, facts })) programs.push({ path, node, facts });
  }
  const linked = linkedBinaries(view, [...programs, ...others]);
  const judgements: Judgement[] = [];
  const explained = new Map<string, number>();
  const onPurpose: OnPurpose[] = [];
  let match = 0;
  let mismatch = 0;
  let undecided = 0;
  for (const found of programs) {
    const fit = machineFit(found.facts, declared);
    if (fit.fit === 'match' && !found.facts.damaged) {
      match++;
      continue;
    }
    if (options.judged.has(found.path)) {
      if (fit.fit === 'mismatch') mismatch++;
      else undecided++;
      continue;
    }
    const explain = (rule: string, reason?: string): void => {
      const { layer } = found.node;
      explained.set(rule, (explained.get(rule) ?? 0) + 1);
      onPurpose.push({
        path: found.path,
        found: machineText(found.facts),
        rule,
        ...(reason !== undefined ? { reason } : {}),
        ...(layer > 0 ? { layer } : {}),
      });
    };
    const why = explainForeign({ ...found, declared, isLoadable: isLoadable(found.path, wheels), ...questions(view) });
    // What fits and is damaged is explained by what it is there for alone.
    const purpose = fit.fit === 'match' && why !== 'go-test-data' ? undefined : why;
    // A command on PATH is there to be called: only its own twin, by name, explains it.
    const rule = commands.has(found.path) && purpose !== 'named-twin' ? undefined : purpose;
    if (rule !== undefined || (fit.fit !== 'match' && hasFittingSibling(view, found, programs))) {
      explain(rule ?? 'platform-package');
      continue;
    }
    const stated = statedFor(options.foreign ?? [], found.path);
    if (stated !== undefined) {
      explain('stated', stated.reason);
      continue;
    }
    const judgement = judge(view, found, { commands, linked, runtimes, wheels, env: options.env });
    judgements.push(judgement);
    if (fit.fit === 'mismatch') mismatch++;
    else undecided++;
  }
  const ofOthers = others.filter(
    ({ path }) => !options.judged.has(path) && statedFor(options.foreign ?? [], path) === undefined,
  );
  judgements.push(...judgeOtherSystems(view, ofOthers, { commands, linked, runtimes, wheels }));
  const counts = { files, programs: programs.length, match, mismatch, undecided };
  // What is only unexplained there tells less than a family without a member: it is told again, as refuted.
  const reported = new Set(judgements.flatMap((one) => (one.verdict === 'refuted' ? [packageOf(one.path)?.name] : [])));
  const libc = nodeLibc(view, runtimes.node);
  const empty = runtimes.node === undefined ? [] : manifests.flatMap((one) => emptyFamilies(tree, one, declared, libc));
  for (const family of empty) {
    const { owner, member, installed, holds, node } = family;
    if ([member, ...installed].some((name) => reported.has(name))) continue;
    const prints = saidOfFamily(view, {
      owner: owner.name,
      member,
      others: installed.length > 0,
      there: holds !== undefined,
    });
    const more = { ...(holds ? { holds } : {}), ...(prints !== undefined ? { prints } : {}) };
    const args = { owner: owner.name, member, declared: declaredText(view), installed, ...more };
    judgements.push({
      verdict: 'refuted',
      path: owner.path,
      node,
      evidence: remark('no-member'),
      diagnostic: diagnostic('proof/platform-package-missing', args, placeOf(view, owner.path, node)),
      witness: familyWitness(owner),
    });
  }
  return { ...conclude(view, { counts, judgements, explained, programs }), onPurpose };
}

/** The line of runc where the kernel refuses a program: what whoever calls it sees in its own words. */
const refusedBy = (path: string): string => `exec ${path}: exec format error`;

function isLoadable(path: string, wheels: ReadonlySet<string>): boolean {
  return nodeModule(path) || pythonModule(path, wheels) !== undefined;
}

/** The libc that the image's Node was built for, where its loader says it. */
function nodeLibc(view: View, path: string | undefined): 'glibc' | 'musl' | undefined {
  const found = path === undefined ? undefined : view.tree.resolve(path);
  const facts = found?.found ? elfOf(found.node.entry) : undefined;
  const libc = facts === undefined ? undefined : libcOf(facts);
  return libc === 'glibc' || libc === 'musl' ? libc : undefined;
}

function questions(view: View) {
  const { tree, declared } = view;
  const fits = (path: string): boolean => {
    const found = tree.resolve(path);
    return found.found && fitsPlatform(elfOf(found.node.entry), declared);
  };
  const names = (directory: string): readonly string[] => {
    const found = tree.resolve(directory);
    return found.found ? [...(found.node.children?.keys() ?? [])] : [];
  };
  const holdsFit = (directory: string, name?: string): boolean => {
    const found = tree.resolve(directory);
    const open = found.found ? [found.node] : [];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const [own, child] of node.children ?? []) {
        if (child.children !== undefined) open.push(child);
        else if ((name === undefined || own === name) && fitsPlatform(elfOf(child.entry), declared)) return true;
      }
    }
    return false;
  };
  return { fits, names, holdsFit };
}

/** The file that each command name on PATH stands for: the first one found, links followed. */
function commandsOnPath(view: View, env: readonly string[]): ReadonlyMap<string, string> {
  const commands = new Map<string, string>();
  const seen = new Set<string>();
  for (const directory of searchPath(env, '/')) {
    const found = view.tree.resolve(directory);
    if (!found.found || found.node.children === undefined) continue;
    for (const name of found.node.children.keys()) {
      if (seen.has(name)) continue;
      const file = view.tree.resolve(`${found.path}/${name}`);
      if (!file.found || file.node.entry.type !== 'file' || (file.node.entry.mode & 0o111) === 0) continue;
      seen.add(name);
      if (!commands.has(file.path)) commands.set(file.path, name);
    }
  }
  return commands;
}

/** Files that node_modules/.bin points at: what `npx` and npm scripts start. */
function linkedBinaries(view: View, programs: readonly { readonly path: string }[]): ReadonlySet<string> {
  const linked = new Set<string>();
  const roots = new Set<string>();
  for (const { path } of programs) {
    for (let at = path.indexOf('/node_modules/'); at >= 0; at = path.indexOf('/node_modules/', at + 1)) {
      roots.add(`${path.slice(0, at)}/node_modules/.bin`);
    }
  }
  for (const root of roots) {
    const directory = view.tree.resolve(root);
    if (!directory.found) continue;
    for (const name of directory.node.children?.keys() ?? []) {
      const file = view.tree.resolve(`${directory.path}/${name}`);
      if (file.found) linked.add(file.path);
    }
  }
  return linked;
}

/** A package of one platform beside that of the declared one, with other file names in it. */
function hasFittingSibling(view: View, { path }: Found, programs: readonly Found[]): boolean {
  const own = packageOf(path);
  const parsed = own && parsePlatformPackage(own.name);
  if (own === undefined || parsed === undefined) return false;
  return programs.some((other) => {
    const sibling = packageOf(other.path);
    const its = sibling && parsePlatformPackage(sibling.name);
    return (
      its?.family === parsed.family &&
      its.os === 'linux' &&
      its.architecture === view.declared.architecture &&
      rootOf(sibling!.path) === rootOf(own.path) &&
      fitsPlatform(other.facts, view.declared)
    );
  });
}

/** Where packages are found together: the outermost node_modules. */
function rootOf(path: string): string {
  return path.slice(0, path.indexOf('/node_modules/'));
}

interface Surroundings {
  readonly commands: ReadonlyMap<string, string>;
  readonly linked: ReadonlySet<string>;
  readonly runtimes: {
    readonly node: string | undefined;
    readonly python: string | undefined;
    /** Ruby and PHP. */
    readonly others: readonly string[];
  };
  /** Directories that hold a `.dist-info`. */
  readonly wheels: ReadonlySet<string>;
  readonly env: readonly string[];
}

/** The loader of a program: it opens a library as `dlopen` does, and says what it makes of it. */
function loaderOf(view: View, program: string): string {
  const found = view.tree.resolve(program);
  return (found.found ? elfOf(found.node.entry)?.interpreter : undefined) ?? 'ldd';
}

function judge(view: View, found: Found, { commands, linked, runtimes, wheels, env }: Surroundings): Judgement {
  const { path, node, facts } = found;
  const declared = declaredText(view);
  const text = machineText(facts);
  const open = { verdict: 'undecided', path, node, evidence: text } as const;
  const refuted = { ...open, verdict: 'refuted' } as const;
  const tell = <Id extends CodeId>(id: Id, args: ArgsOf<Id>) => diagnostic(id, args, placeOf(view, path, node));
  const fit = machineFit(facts, view.declared);
  if (fit.fit === 'match' || facts.damaged) {
    return {
      ...open,
      diagnostic: tell('proof/damaged-program', { path, found: text }),
      needs: remark('whole', { path }),
    };
  }
  const command = commands.get(path);
  if (fit.fit === 'depends') {
    return {
      ...open,
      diagnostic: tell('proof/needs-cpu', { path, declared, found: text, needs: fit.needs, files: 1 }),
      needs: fit.level === undefined ? fit.needs : `x86-64-${fit.level}`,
    };
  }
  const made = instructionOf(view, node);
  if (command !== undefined) {
    return {
      ...refuted,
      diagnostic: tell('proof/wrong-cpu-command', {
        path,
        command,
        declared,
        found: text,
        prints: refusedBy(path),
        ...made,
      }),
      witness: command,
    };
  }
  const owner = packageOf(path);
  const loadable = /\.node$|\.so(\.\d+)*$/.test(path) || linked.has(path);
  if (owner !== undefined && loadable && runtimes.node !== undefined) {
    if (isOptional(view.tree, owner)) {
      return {
        ...open,
        diagnostic: tell('proof/optional-module', { path, owner: owner.name, declared, found: text }),
        needs: remark('required', { name: owner.name }),
      };
    }
    const wanted = wantedPackage(view, owner.name, facts);
    const language = 'node' as const;
    // What npm links into .bin is executed, everything else is opened as a library.
    const prints =
      linked.has(path) && !path.endsWith('.node')
        ? refusedBy(path)
        : saidWhenLoaded(view, { path, node, language, runtime: runtimes.node });
    const args = { path, owner: owner.name, declared, found: text, files: 1, language, prints, ...made };
    return {
      ...refuted,
      diagnostic: tell('proof/wrong-cpu-module', { ...args, ...(wanted !== undefined ? { wanted } : {}) }),
      witness: path.endsWith('.node') ? nodeWitness(path) : linked.has(path) ? path : nodeWitness(owner.path),
    };
  }
  const module = pythonModule(path, wheels);
  if (module !== undefined && runtimes.python !== undefined) {
    const language = 'python' as const;
    const prints = saidWhenLoaded(view, { path, node, language, runtime: runtimes.python });
    const args = { path, owner: module, declared, found: text, files: 1, language, prints, ...made };
    const name = module.replace(/\.(dist-info|libs)$/, '').replace(/\..*$/, '');
    // A name that this Python does not look for is not found; any other is opened, whatever is imported before it.
    const unseen = /No module named '([\w.]+)'/.exec(prints)?.[1];
    const opens = `${runtimes.python} -c 'import ctypes; ctypes.CDLL("${path.replaceAll('"', '\\"')}")' # import ${name}`;
    return {
      ...refuted,
      diagnostic: tell('proof/wrong-cpu-module', args),
      witness: unseen === undefined ? opens : `${runtimes.python} -c 'import ${unseen}'`,
    };
  }
  const extension = interpreterExtension(view.tree, path);
  const interpreter =
    extension && runtimeOf(view, { env, cwd: '/' }, INTERPRETERS[extension.language], runtimes.others);
  if (extension !== undefined && interpreter !== undefined) {
    const { owner, language } = extension;
    const prints = saidWhenLoaded(view, { path, node, language, runtime: interpreter });
    const args = { path, owner, declared, found: text, files: 1, language, prints, ...made };
    return {
      ...refuted,
      diagnostic: tell('proof/wrong-cpu-module', args),
      witness: witnessFor(extension, interpreter, path),
    };
  }
  const library = ridLibrary(path);
  const dotnet = library && dotnetOf(view, library, env);
  if (library !== undefined && dotnet !== undefined) {
    const args = { path, owner: library.name, declared, found: text, files: 1, language: 'dotnet' as const, ...made };
    return {
      ...refuted,
      diagnostic: tell('proof/wrong-cpu-module', args),
      witness: `${loaderOf(view, dotnet)} ${path}`,
    };
  }
  return {
    ...open,
    diagnostic: tell('proof/unexplained-machine-code', { path, declared, found: text, files: 1, ...made }),
    needs: remark('executed', { path }),
  };
}

function nodeWitness(path: string): string {
  return `node -e 'require(${JSON.stringify(path).replaceAll("'", `'\\''`)})'`;
}

/** esbuild looks for its program when it is used, not when it is loaded (lib/npm/node-platform.ts; seen with 0.28.2). */
function familyWitness({ name, path }: NodePackage): string {
  return name === 'esbuild' ? `node ${path}/bin/esbuild --version` : nodeWitness(path);
}

function wantedPackage(view: View, name: string, facts: ElfFacts): string | undefined {
  const found = machinePlatform(facts);
  if (parsePlatformPackage(name) === undefined || found === undefined) return undefined;
  const architecture = view.declared.architecture;
  return swapCpuWord(name, found, view.declared).find((other) => {
    const parsed = parsePlatformPackage(other);
    // Node's own words, since these are names of npm packages.
    return (
      parsed?.architecture === architecture &&
      /(^|[-_/])(x64|arm64|arm|ia32|riscv64|ppc64|s390x|loong64)([-_]|$)/.test(other)
    );
  });
}

/** The top-level package of a file that Python's import or the loader behind it opens; undefined for other files. */
function pythonModule(path: string, wheels: ReadonlySet<string>): string | undefined {
  if (!/\.so(\.\d+)*$/.test(path)) return undefined;
  const site = siteOf(path, wheels)?.path;
  if (site === undefined) return undefined;
  const [top = ''] = path.slice(site.length + 1).split('/');
  const name = path.slice(path.lastIndexOf('/') + 1);
  const tagged = /\.(cpython-[^.]+|abi3|pypy[^.]+)\.so$/.test(name);
  // What only lies beside wheels may be a cache of them, or a library of the application's own.
  if (!/\/(?:site|dist)-packages$/.test(site) && (site.includes('/.cache/') || !(tagged || top.endsWith('.libs')))) {
    return undefined;
  }
  // A name that carries a CPU of its own is chosen by its package, not by import.
  return !tagged && wordsIn(name).length > 0 ? undefined : top;
}

function conclude(
  view: View,
  parts: {
    readonly counts: PlatformProof['counts'];
    readonly judgements: readonly Judgement[];
    readonly explained: ReadonlyMap<string, number>;
    readonly programs: readonly Found[];
  },
): Omit<MachineCodeProof, 'onPurpose'> {
  const { counts, judgements, explained } = parts;
  const obligations: Obligation[] = [];
  const declared = declaredText(view);
  obligations.push({
    step: 'machine-code',
    holds: judgements.length === 0 ? true : judgements.some(({ verdict }) => verdict === 'refuted') ? false : 'unknown',
    subject: declared,
    evidence: remark('programs-match', {
      match: counts.match,
      programs: counts.programs,
      onPurpose: [...explained].sort(),
    }),
  });
  for (const { verdict, path, node, evidence } of judgements) {
    const { layer } = node;
    obligations.push({
      step: 'machine-code',
      holds: verdict === 'refuted' ? false : 'unknown',
      subject: path,
      evidence,
      ...(layer > 0 ? { layer } : {}),
    });
  }
  const refuted = judgements.find(({ verdict }) => verdict === 'refuted');
  const open = judgements.find(({ verdict }) => verdict === 'undecided');
  return {
    verdict: refuted !== undefined ? 'refuted' : open !== undefined ? 'undecided' : 'proven',
    counts,
    obligations,
    diagnostics: shorten(view, parts),
    ...(refuted?.witness !== undefined ? { witness: refuted.witness } : {}),
    ...(refuted === undefined && open?.needs !== undefined ? { needs: open.needs } : {}),
  };
}

/** One finding where the whole image is for another CPU, one for each directory of unexplained code, and not too many. */
function shorten(
  view: View,
  { counts, judgements, programs }: Pick<Parameters<typeof conclude>[1], 'counts' | 'judgements' | 'programs'>,
): readonly Diagnostic[] {
  const wrong = judgements.filter(({ diagnostic: { code } }) => /wrong-cpu|unexplained/.test(code));
  const [first] = wrong;
  if (
    counts.match === 0 &&
    counts.mismatch > 1 &&
    first !== undefined &&
    wrong.some((one) => one.verdict === 'refuted')
  ) {
    const example = wrong.find((one) => one.verdict === 'refuted') ?? first;
    const { path, node, evidence } = example;
    const args = {
      declared: declaredText(view),
      found: remarkJson(evidence),
      count: programs.length,
      path,
      prints: String(example.diagnostic.args['prints'] ?? refusedBy(path)),
      ...instructionOf(view, node),
    };
    const rest = judgements.filter((one) => !wrong.includes(one)).map((one) => one.diagnostic);
    return [diagnostic('proof/wrong-cpu-image', args, placeOf(view, path, node)), ...rest];
  }
  const groups = new Map<string, Judgement[]>();
  for (const judgement of judgements) {
    const { code } = judgement.diagnostic;
    const group =
      code === 'proof/wrong-cpu-module'
        ? `${code} ${packageOf(judgement.path)?.path ?? judgement.diagnostic.args['owner']}`
        : code === 'proof/unexplained-machine-code' || code === 'proof/needs-cpu'
          ? `${code} ${judgement.path.slice(0, judgement.path.lastIndexOf('/'))}`
          : `${code} ${judgement.path}`;
    groups.set(group, [...(groups.get(group) ?? []), judgement]);
  }
  const shown = new Map<string, Diagnostic[]>();
  for (const [{ diagnostic: one }, ...others] of [...groups.values()].map(
    (group) => group as [Judgement, ...Judgement[]],
  )) {
    const grouped = 'files' in one.args ? { ...one, args: { ...one.args, files: 1 + others.length } } : one;
    shown.set(one.code, [...(shown.get(one.code) ?? []), grouped]);
  }
  const diagnostics: Diagnostic[] = [];
  for (const [code, list] of shown) {
    diagnostics.push(...list.slice(0, SHOWN));
    if (list.length > SHOWN) {
      diagnostics.push(diagnostic('proof/more-files', { code, count: list.length - SHOWN }, placeOf(view)));
    }
  }
  return diagnostics;
}
