import { formatPlatform, samePlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { type DockerfileRule, inFile } from '../../rule.ts';

/**
 * A stage that nothing is taken from, of the same image as a later one and for another platform. BuildKit passes it over.
 * The legacy builder carries out every stage up to its target, pulls the tag for the first platform, and gives the stage
 * behind it what the local tag then means (Docker 20.10.24, test/live/legacy-builder.live.test.ts).
 */
export const unusedStagePinned: DockerfileRule = function* (view) {
  const built = new Set(view.stages.map(({ node }) => node.stage.index));
  const last = Math.max(...built);
  for (const { stage, platform } of view.graph.stages) {
    const flag = stage.from.flags.find(({ name }) => name === 'platform');
    if (built.has(stage.index) || stage.index > last || flag === undefined || platform === undefined) continue;
    if (flag.value.text.includes('$')) continue;
    const image = stage.from.image.text;
    const victim = view.stages.find(
      ({ node }) =>
        node.stage.index > stage.index &&
        node.stage.from.image.text === image &&
        node.platform !== undefined &&
        !samePlatform(node.platform, platform),
    );
    if (victim === undefined) continue;
    const args = {
      stage: stage.name ?? String(stage.index),
      image,
      platform: formatPlatform(platform),
      other: formatPlatform(victim.node.platform!),
      line: victim.node.stage.from.span.start.line,
    };
    yield { diagnostic: diagnostic('dockerfile/unused-stage-pinned', args, inFile(view.file, flag.span)) };
  }
};
