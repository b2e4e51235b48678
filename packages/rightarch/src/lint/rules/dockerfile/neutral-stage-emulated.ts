import { posix } from 'node:path';
import { formatPlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { type DockerfileView, type StageView, wholeText } from '../../documents/dockerfile.ts';
import { sameFile } from '../../found.ts';
import { type DockerfileRule, inFile, type RuleContext } from '../../rule.ts';

/**
 * A stage that is built once for each platform, and gives the image nothing but what a web server hands out: it could be
 * built once, on the builder's own CPU. Told only of servers whose folder is known, because of no other file that leaves a
 * stage the Dockerfile says that no CPU runs it.
 */
export const neutralStageEmulated: DockerfileRule = function* (view, context) {
  const platforms = builtTogether(view, context);
  if (platforms.length < 2) return;
  for (const stage of view.stages) {
    const { node } = stage;
    if (stage.isFinal || stage.follows !== 'target' || node.base?.kind !== 'image' || node.platformFrom !== 'target')
      continue;
    const works = stage.steps.some(({ script }) => (script?.commands.length ?? 0) > 0);
    if (!works || stage.steps.some(({ written }) => /TARGET|BUILD(?:PLATFORM|ARCH)/.test(wholeText(written)))) continue;
    if (!isOnlyServed(view, stage)) continue;
    const { stage: written } = node;
    const image = written.from.image.text;
    const args = { stage: written.name ?? String(written.index), image, platforms };
    yield {
      diagnostic: diagnostic('dockerfile/neutral-stage-emulated', args, inFile(view.file, written.from.image.span)),
    };
  }
};

/**
 * A builder of several machines, each with its own CPU: nodes of buildx (docs/reference/buildx_create.md of docker/buildx,
 * inputs of docker/setup-buildx-action, read 2026-11-29), or a service that has them.
 */
const SEVERAL_MACHINES =
  /\bdriver(?::|[ =])\s*["']?(?:cloud|remote|kubernetes)\b|\bappend:|\bendpoint:|--append\b|\bdepot\b|namespacelabs|--builder[ =]\S*cloud|docker context create|DOCKER_HOST/;

/** The platforms of one build that has several; what each machine builds for itself needs no emulation. */
function builtTogether({ file }: DockerfileView, { repository, read }: RuleContext): readonly string[] {
  const build = repository.builds.find(
    ({ platforms, dockerfile, at }) =>
      platforms.length > 1 &&
      (dockerfile === undefined || sameFile(dockerfile, file)) &&
      !SEVERAL_MACHINES.test(read(at.file) ?? ''),
  );
  return build === undefined ? [] : build.platforms.map(formatPlatform);
}

/** Where these servers have what they hand out (their pages on Docker Hub, read 2026-11-29). */
const SERVED: readonly (readonly [image: RegExp, folder: RegExp])[] = [
  [
    /^(?:docker\.io\/)?(?:library\/)?nginx(?:[:@]|$)|^nginxinc\/nginx-unprivileged(?:[:@]|$)/,
    /^\/usr\/share\/nginx\/html(?:\/|$)/,
  ],
  [/^(?:docker\.io\/)?(?:library\/)?httpd(?:[:@]|$)/, /^\/usr\/local\/apache2\/htdocs(?:\/|$)/],
  [/^(?:docker\.io\/)?(?:library\/)?caddy(?:[:@]|$)/, /^\/(?:usr\/share\/caddy|srv)(?:\/|$)/],
];

/** Each use of the stage is a COPY into the folder of a web server. */
function isOnlyServed(view: DockerfileView, { node }: StageView): boolean {
  const { index } = node.stage;
  if (view.stages.some((one) => one.node.base?.kind === 'stage' && one.node.base.index === index)) return false;
  const uses = view.stages.flatMap((user) =>
    user.node.uses.flatMap((use) => (use.source.kind === 'stage' && use.source.index === index ? [{ user, use }] : [])),
  );
  return (
    uses.length > 0 &&
    uses.every(({ user, use }) => {
      const step = user.steps.find(({ written }) => written === use.instruction);
      const { base } = user.node;
      if (use.by !== 'copy' || step?.instruction.keyword !== 'COPY' || base?.kind !== 'image') return false;
      const to = posix.resolve(step.workdir, step.instruction.destination.text);
      return SERVED.some(([image, folder]) => image.test(base.reference) && folder.test(to));
    })
  );
}
