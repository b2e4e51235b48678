import type { Diagnostic } from '../core/index.ts';
import { diagnostic, type Remark, remark } from '../messages/index.ts';
import { machineFit } from '../scan/index.ts';
import { Ledger, Stop } from './ledger.ts';
import { loadElf } from './load-elf.ts';
import { worksWithout } from './module-rules.ts';
import { commandsOnPath } from './named-commands.ts';
import type { PartProof } from './structure.ts';
import type { Obligation, Start } from './types.ts';
import { startUser } from './user.ts';
import { elfOf, placeOf, type View } from './view.ts';

/** More of them are told as a number. */
const SHOWN = 10;

/**
 * The commands on PATH beside what is started: each is there to be called, so its loader, its libraries and their
 * versions have to be in the image as those of the start do. That it is for this CPU is asked in `machine-code.ts`.
 */
export function provePathCommands(
  view: View,
  options: {
    readonly start: Pick<Start, 'env' | 'cwd' | 'user' | 'ownUser'>;
    /** What was judged as part of the start. */
    readonly judged: ReadonlySet<string>;
  },
): PartProof & { readonly witness?: string } {
  const { env } = options.start;
  const start: Start = { argv: [], from: 'image', ...options.start };
  const user = startUser(view.tree, start);
  const diagnostics: Diagnostic[] = [];
  const obligations: Obligation[] = [];
  const told = new Map<string, number>();
  /** What loads, by all that its loader goes by: most commands of a base ask for the same. */
  const alike = new Set<string>();
  let [all, loaded] = [0, 0];
  let witness: string | undefined;
  let needs: string | Remark | undefined;
  for (const [path, command] of commandsOnPath(view, env)) {
    const found = view.tree.resolve(path);
    const facts = found.found ? elfOf(found.node.entry) : undefined;
    if (!found.found || facts?.interpreter === undefined || options.judged.has(path)) continue;
    if (facts.damaged || machineFit(facts, view.declared).fit !== 'match') continue;
    const ledger = new Ledger(view, start);
    if (user.ok === true) ledger.identity = user.identity;
    if (ledger.allowed(found) !== true) continue;
    all++;
    const { node } = found;
    const { mode, xattrs } = node.entry;
    // `$ORIGIN` is where the program lies, and one that gains rights is loaded without its environment.
    const isPlain =
      facts.rpath === undefined && facts.runpath === undefined && (mode & 0o6000) === 0 && xattrs === undefined;
    const key = isPlain ? JSON.stringify(facts) : undefined;
    if (key !== undefined && alike.has(key)) {
      loaded++;
      continue;
    }
    const caller = { kind: 'runtime', name: 'runc' } as const;
    try {
      loadElf(ledger, { path, node, facts, caller, called: path, invoked: command, step: 'exec', through: [] });
      loaded++;
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      const one = ledger.diagnostics.find(({ code }) => code !== 'proof/preload-ignored');
      if (one === undefined || worksWithout(path, String(one.args['library'] ?? ''))) {
        loaded++;
        continue;
      }
      if (error.outcome === 'refuted') witness ??= command;
      else needs ??= ledger.needs;
      obligations.push(...ledger.obligations.filter(({ holds }) => holds !== true));
      // One cause breaks many: a whole directory copied from another image lacks the same library.
      const cause = [one.code, one.args['loader'], one.args['library'], one.args['version']].join(' ');
      const times = told.get(cause) ?? 0;
      told.set(cause, times + 1);
      if (times === 0) diagnostics.push(one);
    }
  }
  if (all > 0) {
    const holds = witness !== undefined ? false : needs !== undefined ? 'unknown' : true;
    const evidence = remark('commands-load', { loaded, all });
    obligations.unshift({ step: 'library', holds, subject: 'PATH', evidence });
  }
  const shown = diagnostics.slice(0, SHOWN);
  const count = all - loaded - shown.length;
  if (count > 0) shown.push(diagnostic('proof/more-files', { code: shown[0]!.code, count }, placeOf(view)));
  return {
    verdict: witness !== undefined ? 'refuted' : needs !== undefined ? 'undecided' : 'proven',
    obligations,
    diagnostics: shown,
    ...(witness !== undefined ? { witness } : {}),
    ...(witness === undefined && needs !== undefined ? { needs } : {}),
  };
}
