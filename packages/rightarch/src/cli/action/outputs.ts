import { randomUUID } from 'node:crypto';
import { worstVerdict } from '../../proof/index.ts';
import type { Answer } from '../../report/index.ts';

/** The outputs of the step. Of `check` there is no digest and no verdict: sources are not proven. */
export interface Outputs {
  /** Of the index or the one manifest; of several images, empty. */
  readonly digest: string;
  /** JSON: platform to digest; of several images, by their names. */
  readonly digests: string;
  /** The worst of the image and of its runtimes: `proven`, `undecided`, `refuted`. */
  readonly verdict: string;
  /** The file with all of it. */
  readonly report: string;
}

export function outputsOf(answers: readonly Answer[], report: string): Outputs {
  const judged = answers.filter(({ verdict }) => verdict !== undefined);
  // Of two that were asked for, the one that could be had is not the image of the step.
  const isOne = answers.length === 1;
  const digests = judged.map(({ image = '', platforms = [] }) => {
    const own = Object.fromEntries(
      platforms.flatMap(({ platform, digest }) =>
        platform === null || digest === undefined ? [] : [[platform, digest]],
      ),
    );
    return isOne ? own : { [image]: own };
  });
  // One image of several that could not be had has no verdict, and the others do not stand for it.
  const verdicts = answers.flatMap(({ verdict, targets = [] }) =>
    verdict === undefined ? (['undecided'] as const) : [verdict, ...targets.map((target) => target.verdict)],
  );
  return {
    digest: (isOne ? judged[0]?.digest : undefined) ?? '',
    digests: judged.length === 0 ? '' : JSON.stringify(Object.assign({}, ...digests)),
    verdict: judged.length === 0 ? '' : worstVerdict(verdicts),
    report,
  };
}

/** For GITHUB_OUTPUT: a value of any lines, between marks that nobody can know (as `@actions/core` writes it). */
export function outputText(outputs: Outputs): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      const mark = `ghadelimiter_${randomUUID()}`;
      return `${name}<<${mark}\n${value}\n${mark}\n`;
    })
    .join('');
}
