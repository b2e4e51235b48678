import { type Diagnostic, groupBy } from '../core/index.ts';
import { diagnostic, type Remark, remark, remarkJson } from '../messages/index.ts';
import { type Found, refusedBy } from './foreign-code.ts';
import type { Judgement } from './judgement.ts';
import { packageOf } from './node-packages.ts';
import type { OnPurpose } from './stated-foreign.ts';
import type { Obligation, PlatformProof, Verdict } from './types.ts';
import { declaredText, instructionOf, placeOf, type View } from './view.ts';

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

/** What all judgements of one image come to, and which of them are told. */
export function conclude(
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
  const groups = groupBy(judgements, (judgement) => {
    const { code } = judgement.diagnostic;
    return code === 'proof/wrong-cpu-module'
      ? `${code} ${packageOf(judgement.path)?.path ?? judgement.diagnostic.args['owner']}`
      : code === 'proof/unexplained-machine-code' || code === 'proof/needs-cpu'
        ? `${code} ${judgement.path.slice(0, judgement.path.lastIndexOf('/'))}`
        : `${code} ${judgement.path}`;
  });
  const told = [...groups.values()].map(([{ diagnostic: one }, ...others]) =>
    'files' in one.args ? { ...one, args: { ...one.args, files: 1 + others.length } } : one,
  );
  const shown = groupBy(told, ({ code }) => code);
  const diagnostics: Diagnostic[] = [];
  for (const [code, list] of shown) {
    diagnostics.push(...list.slice(0, SHOWN));
    if (list.length > SHOWN) {
      diagnostics.push(diagnostic('proof/more-files', { code, count: list.length - SHOWN }, placeOf(view)));
    }
  }
  return diagnostics;
}
