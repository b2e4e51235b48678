import { diagnostic } from '../messages/index.ts';
import { type ElfFacts, machineFit, machineText, type TreeNode } from '../scan/index.ts';
import { TEXTS } from './errno.ts';
import { type Caller, evidence, type Ledger, prefix, Stop } from './ledger.ts';
import { findLibraries, isUnaligned, libcOf } from './libraries.ts';
import { otherLibc } from './other-libc.ts';
import { declaredText, elfOf, instructionOf, placeOf, programText } from './view.ts';

export interface LoadAsk {
  readonly path: string;
  readonly node: TreeNode;
  readonly facts: ElfFacts;
  readonly caller: Caller;
  /** argv[0] of what is started: what the runtime's message names. */
  readonly called: string;
  /** argv[0] of this file: what its own loader calls it. */
  readonly invoked: string;
  readonly step: 'exec' | 'interpreter';
  readonly through: readonly string[];
}

/** What the kernel and the loader do with an ELF program. Returns whether it has a loader; stops where it ends. */
export function loadElf(ledger: Ledger, ask: LoadAsk): boolean {
  const { path, node, facts, caller, called, step, through } = ask;
  const { view } = ledger;
  const fit = machineFit(facts, view.declared);
  const found = machineText(facts);
  if (fit.fit === 'mismatch') {
    const prints = prefix(caller, called, 'ENOEXEC');
    const args = { path, declared: declaredText(view), found, prints, ...instructionOf(view, node) };
    ledger.refute('proof/start-wrong-cpu', args, path, node, step, found);
  }
  if (facts.damaged || facts.partial) ledger.undecided(path, facts.damaged ? 'damaged' : 'partial', node, found);
  if (facts.type !== 2 && facts.type !== 3) {
    const prints = prefix(caller, called, 'ENOEXEC');
    ledger.refute('proof/not-a-program', { path, kind: `ELF type ${facts.type}`, prints }, path, node, step, found);
  }
  if (isUnaligned(facts)) ledger.undecided(path, 'unaligned', node, found);
  if (fit.fit === 'depends') {
    const args = { path, declared: declaredText(view), found, needs: fit.needs, files: 1 };
    ledger.diagnostics.push(diagnostic('proof/needs-cpu', args, placeOf(view, path, node)));
    ledger.note(step, path, found, node, 'unknown');
    ledger.needs = fit.level === undefined ? fit.needs : `x86-64-${fit.level}`;
    throw new Stop('undecided');
  }
  // A shared library is executed like a static program, and nobody relocates it: it may do anything.
  if (facts.interpreter === undefined && facts.type === 3 && (facts.soname !== undefined || facts.needed?.length)) {
    const isLoader = /^ld[-.]/.test(path.slice(path.lastIndexOf('/') + 1));
    if (!isLoader) ledger.undecided(path, 'is-library', node, found);
  }
  ledger.note(step, path, evidence(through, found), node);
  if (facts.interpreter === undefined) return false;
  loadLoader(ledger, ask, facts.interpreter);
  return true;
}

function loadLoader(ledger: Ledger, ask: LoadAsk, loader: string): void {
  const { path, node, caller, called } = ask;
  const { view, start } = ledger;
  const found = view.tree.resolve(loader, { cwd: start.cwd });
  if (!found.found) {
    const prints = prefix(caller, called, found.problem === 'loop' ? 'ELOOP' : 'ENOENT');
    const other = found.problem === 'missing' ? otherLibc(view, ask.facts) : undefined;
    ledger.refute('proof/loader-missing', { path, loader, prints, ...other }, path, node, 'loader');
  }
  ledger.files.add(found.path);
  const facts = elfOf(found.node.entry);
  const text = programText(found.node.entry);
  const allowed = found.node.entry.type === 'file' && ledger.allowed(found);
  if (typeof allowed === 'string') ledger.undecided(found.path, allowed, found.node);
  const fit = facts && machineFit(facts, view.declared);
  if (!allowed || fit === undefined || fit.fit === 'mismatch') {
    const prints = prefix(caller, called, allowed ? 'ELIBBAD' : 'EACCES');
    const args = { path, loader, found: text, prints };
    ledger.refute('proof/loader-unusable', args, found.path, found.node, 'loader', text);
  }
  if (fit.fit === 'depends' || facts?.damaged || facts?.partial) {
    ledger.undecided(found.path, fit.fit === 'depends' ? fit.needs : 'damaged', found.node, text);
  }
  if (facts !== undefined && isUnaligned(facts)) ledger.undecided(found.path, 'unaligned', found.node, text);
  ledger.note('loader', found.path, evidence(found.through, text), found.node);
  loadLibraries(ledger, ask, found);
}

function loadLibraries(ledger: Ledger, ask: LoadAsk, loader: { readonly path: string; readonly node: TreeNode }): void {
  const { view, start, identity } = ledger;
  const { path, node, facts, invoked } = ask;
  const program = { path, node, facts };
  const { libraries, skipped, ignored, outcome } = findLibraries({
    view,
    program,
    loader,
    env: start.env,
    cwd: start.cwd,
    identity,
  });
  for (const { name, from, says } of ignored) {
    // A launcher and what it launches have one environment: it is told once.
    if (ledger.diagnostics.some(({ code, args }) => code === 'proof/preload-ignored' && args['object'] === name))
      continue;
    const prints = `ERROR: ld.so: object '${name}' from ${from} cannot be preloaded (${says}): ignored.`;
    const args = { object: name, from, prints: libcOf(facts) === 'musl' ? '' : prints };
    ledger.diagnostics.push(diagnostic('proof/preload-ignored', args, placeOf(view, path, node)));
  }
  for (const library of libraries) {
    ledger.files.add(library.path);
    ledger.note('library', library.path, library.evidence, library.node);
  }
  // Passed over by the loader's own rule, and the right one came behind: no code of these is loaded.
  if (outcome.kind === 'loaded') for (const one of skipped) ledger.files.add(one);
  const musl = libcOf(facts) === 'musl';
  const prints = (name: string, why: string): string =>
    musl
      ? `Error loading shared library ${name}: ${why}`
      : `${invoked}: error while loading shared libraries: ${name}: ${why}`;
  if (outcome.kind === 'missing') {
    const { name, neededBy } = outcome;
    const capital = TEXTS.ENOENT.charAt(0).toUpperCase() + TEXTS.ENOENT.slice(1);
    const says = musl ? `${capital} (needed by ${neededBy})` : `cannot open shared object file: ${capital}`;
    const args = { path, library: name, neededBy, prints: prints(name, says), skipped };
    ledger.refute('proof/library-missing', args, path, node, 'library', name);
  }
  if (outcome.kind === 'unusable') {
    const { says, found } = outcome;
    const line = musl ? says : `${invoked}: error while loading shared libraries: ${says}`;
    ledger.files.add(outcome.path);
    const args = { path, library: outcome.path, found, prints: line };
    ledger.refute('proof/library-unusable', args, outcome.path, outcome.node, 'library', found);
  }
  if (outcome.kind === 'too-old') {
    const [first, ...more] = outcome.missing;
    const { version, library, newest } = first;
    const itself = first.neededBy.facts === facts;
    const neededBy = itself ? path : first.neededBy.path;
    const line = `${invoked}: ${library}: version \`${version}' not found (required by ${itself ? invoked : neededBy})`;
    const args = { path, version, library, neededBy, newest, more: more.length, prints: line };
    ledger.refute('proof/symbol-version-missing', args, path, node, 'library', version);
  }
  if (outcome.kind === 'undecided') ledger.undecided(outcome.path, outcome.needs, outcome.node);
}
