import { posix } from 'node:path';
import { diagnostic } from '../../../messages/index.ts';
import type { StageView } from '../../documents/dockerfile.ts';
import { breaksOn, type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';
import { flagOf } from './platform-pinned.ts';

/** `FROM --platform=$BUILDPLATFORM` in the stage that the image is: the base itself has the CPU of the builder. */
export const finalStageOnBuilder: DockerfileRule = function* (view, context) {
  for (const stage of view.stages) {
    if (!stage.isFinal || stage.follows !== 'builder') continue;
    const flag = flagOf(view, stage);
    if (flag === undefined || bringsItsProgram(stage)) continue;
    let { node } = stage;
    while (node.base?.kind === 'stage') node = view.graph.stages[node.base.index]!;
    const breaks = breaksOn(context, stage, () => false);
    const args = { base: node.stage.from.image.text, breaks: namesOf(breaks) };
    yield {
      diagnostic: diagnostic('dockerfile/final-stage-on-builder', args, inFile(view.file, flag.span), {
        severity: severityOf(breaks),
      }),
    };
  }
};

/**
 * Nothing of the base is run while it is built, and the image starts what another stage gave it: of a base like
 * distroless/static only certificates and time zones remain. What that stage gave is judged by other rules.
 */
function bringsItsProgram(stage: StageView): boolean {
  if (stage.node.base?.kind === 'stage' || stage.steps.some(({ written }) => written.keyword === 'RUN')) return false;
  const starts = stage.steps.flatMap(({ instruction }) =>
    (instruction.keyword === 'ENTRYPOINT' || instruction.keyword === 'CMD') && instruction.command.form === 'json'
      ? [{ keyword: instruction.keyword, program: instruction.command.words[0]?.text ?? '' }]
      : [],
  );
  const start = starts.findLast(({ keyword }) => keyword === 'ENTRYPOINT') ?? starts.at(-1);
  if (start === undefined || start.program === '') return false;
  return stage.steps.some(({ instruction, workdir }) => {
    if (instruction.keyword !== 'COPY' || !instruction.flags.some(({ name }) => name === 'from')) return false;
    const to = posix.resolve(workdir, instruction.destination.text);
    const program = posix.resolve(workdir, start.program);
    return to === program || instruction.sources.some(({ text }) => posix.join(to, posix.basename(text)) === program);
  });
}
