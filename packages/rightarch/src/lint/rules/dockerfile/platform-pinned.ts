import { formatPlatform, samePlatform } from '../../../core/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { automaticNames, type DockerfileView, type StageView } from '../../documents/dockerfile.ts';
import { breaksOn, type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';

/**
 * `FROM --platform=linux/amd64` in the stage that the image is. A stage that only gives files away is judged by what it
 * gives (builder-output-copied), and one that is chosen by its name is for its own platform alone.
 */
export const platformPinned: DockerfileRule = function* (view, context) {
  for (const stage of view.stages) {
    const { pinned } = stage;
    if (!stage.isFinal || pinned === undefined || stage.follows !== 'constant') continue;
    const flag = flagOf(view, stage);
    // Behind an ARG it is whatever `--build-arg` says; a default of BuildKit's own name only hides what BuildKit says.
    if (flag === undefined || (flag.text.includes('$') && !isAutomatic(flag.text))) continue;
    const breaks = breaksOn(context, stage, (platform) => samePlatform(platform, pinned));
    if (breaks.length === 0) continue;
    const args = { flag: `--platform=${flag.text}`, platform: formatPlatform(pinned), breaks: namesOf(breaks) };
    yield {
      diagnostic: diagnostic('dockerfile/platform-pinned', args, inFile(view.file, flag.span), {
        severity: severityOf(breaks),
      }),
    };
  }
};

const isAutomatic = (text: string): boolean =>
  automaticNames.includes(/^\$(?:(\w+)|\{(\w+)\})$/.exec(text)?.slice(1).find(Boolean) ?? '');

/** The flag that decides a stage: its own, or that of the stage it is built on. */
export function flagOf(view: DockerfileView, stage: StageView): { text: string; span: Span } | undefined {
  let node = stage.node;
  while (node.platformFrom !== 'target' && 'stage' in node.platformFrom)
    node = view.graph.stages[node.platformFrom.stage]!;
  const written = node.stage.from.flags.find(({ name }) => name === 'platform');
  return written === undefined ? undefined : { text: written.value.text, span: written.span };
}
