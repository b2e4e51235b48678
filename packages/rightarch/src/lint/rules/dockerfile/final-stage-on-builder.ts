import { diagnostic } from '../../../messages/index.ts';
import { breaksOn, type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';
import { flagOf } from './platform-pinned.ts';

/** `FROM --platform=$BUILDPLATFORM` in the stage that the image is: the base itself has the CPU of the builder. */
export const finalStageOnBuilder: DockerfileRule = function* (view, context) {
  for (const stage of view.stages) {
    if (!stage.isFinal || stage.follows !== 'builder') continue;
    const flag = flagOf(view, stage);
    if (flag === undefined) continue;
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
