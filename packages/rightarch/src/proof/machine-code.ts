import { diagnostic, remark } from '../messages/index.ts';
import { machineFit, machineText, type TreeNode } from '../scan/index.ts';
import { parsePlatformPackage } from './cpu-words.ts';
import { explainForeign, fitsPlatform, isInert } from './explain.ts';
import { saidOfFamily, witnessOfFamily } from './family-owners.ts';
import { type Found, judgeForeign, pythonModule } from './foreign-code.ts';
import { INTERPRETERS } from './interpreter-extensions.ts';
import type { Judgement } from './judgement.ts';
import { libcOf } from './libraries.ts';
import { conclude, type MachineCodeProof } from './machine-code-told.ts';
import { nodeModule } from './module-rules.ts';
import { commandsOnPath, linkedBinaries } from './named-commands.ts';
import { emptyFamilies, packageOf } from './node-packages.ts';
import { judgeOtherSystems, type OtherFound, otherProgramOf } from './other-systems.ts';
import { type OnPurpose, type StatedForeign, statedFor } from './stated-foreign.ts';
import { declaredText, elfOf, placeOf, type View } from './view.ts';

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
  const families = fittingFamilies(view, programs);
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
    const { mode } = found.node.entry;
    const loadable = isLoadable(found.path, wheels);
    const why = explainForeign({ ...found, declared, mode, isLoadable: loadable, ...questions(view) });
    // What fits and is damaged is explained by what it is there for alone.
    const purpose = fit.fit === 'match' && why !== 'go-test-data' ? undefined : why;
    // A command on PATH is there to be called: only its own twin, by name, explains it.
    const rule = commands.has(found.path) && purpose !== 'named-twin' ? undefined : purpose;
    if (rule !== undefined || (fit.fit !== 'match' && families.has(familyOf(found.path)?.key ?? ''))) {
      explain(rule ?? 'platform-package');
      continue;
    }
    const stated = statedFor(options.foreign ?? [], found.path);
    if (stated !== undefined) {
      explain('stated', stated.reason);
      continue;
    }
    const judgement = judgeForeign(view, found, { commands, linked, runtimes, wheels, env: options.env });
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
    const prints = saidOfFamily(owner.name, {
      declared,
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
      witness: witnessOfFamily(owner),
    });
  }
  return { ...conclude(view, { counts, judgements, explained, programs }), onPurpose };
}

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

/**
 * Families of per-platform packages that have a member of the declared platform with code for it: beside one, a member
 * with other file names is there for another platform. By family and place.
 */
function fittingFamilies({ declared }: View, programs: readonly Found[]): ReadonlySet<string> {
  const fitting = new Set<string>();
  for (const { path, facts } of programs) {
    const family = familyOf(path);
    if (family?.os === 'linux' && family.architecture === declared.architecture && fitsPlatform(facts, declared))
      fitting.add(family.key);
  }
  return fitting;
}

function familyOf(path: string) {
  const own = packageOf(path);
  const parsed = own && parsePlatformPackage(own.name);
  return own && parsed && { ...parsed, key: `${rootOf(own.path)} ${parsed.family}` };
}

/** Where packages are found together: the outermost node_modules. */
function rootOf(path: string): string {
  return path.slice(0, path.indexOf('/node_modules/'));
}
