import { formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { remark } from '../messages/phrases/remarks.ts';
import { type Target, type TargetId, targets } from '../target/index.ts';
import type { AskedRuntime } from './between.ts';
import { isBuildspec, isGitlab } from './documents/scripts.ts';
import { type FoundNodes, type FoundRuntime, locationOf, type Place } from './found.ts';
import { gitlabWithoutBuilder } from './gitlab-builder.ts';
import { gitlabLegsOverwrite } from './gitlab-legs.ts';
import { nodesFor, ofOneCluster } from './placement.ts';
import { onlyBuilt } from './prospects.ts';
import type { Repository, SourceFile } from './repository.ts';
import type { Judged } from './rule.ts';
import { runsOnTarget } from './runs-on-target.ts';

/** What the files that build and run say against each other, beside the image and its runtime (`between.ts`). */
export function judgeInfrastructure(
  repository: Repository,
  {
    files,
    declared,
    asks,
  }: { readonly files: readonly SourceFile[]; readonly declared: boolean; readonly asks: readonly AskedRuntime[] },
): readonly Judged[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  // What rightarch.yaml builds is no command's.
  const built = declared
    ? []
    : [...(files.some(patchesNodes) ? [] : nodesMixed(repository)), ...cpusOpen(repository, asks)];
  return [
    ...built,
    // A target of rightarch.yaml is one of one image, and the files may run others.
    // AWS Batch takes no queue whose environments have several (API_ComputeEnvironmentOrder, read 2026-11-29).
    ...(declared ? [] : tasksSpread(repository, (path) => texts.get(path))),
    ...(declared && repository.images.length > 1 ? [] : asOthersAsk(repository, asks)),
    ...servicesNotBuilt(repository),
    ...layersDiffer(repository),
    ...imagesOfProjects(repository),
    ...notEmulated(repository, (path) => texts.get(path)),
    ...gitlabLegsOverwrite(files),
    ...gitlabWithoutBuilder(files),
  ];
}

/** A runtime that has another CPU by its own file than the one that somebody asks about it: that stands between, too. */
function asOthersAsk({ runtimes }: Repository, asks: readonly AskedRuntime[]): readonly Judged[] {
  return runtimes.flatMap(({ runtime, name, platforms, how, at }) => {
    const { title, family, declaredBy } = targets[runtime];
    const asked = asks
      .filter((one) => one.named === true && (one.runtime === runtime || isCluster(one.runtime, family)))
      .flatMap((one) => one.platforms);
    const [first] = asked;
    if (first === undefined || platforms.length === 0 || (how !== 'declared' && how !== 'default')) return [];
    if (asked.some((one) => platforms.some((other) => samePlatform(one, other)))) return [];
    const property = at.file.endsWith('.tf')
      ? declaredBy['terraform']
      : /\.(?:ts|py)$/.test(at.file)
        ? declaredBy['cdk']
        : (declaredBy['cloudformation'] ?? declaredBy['yaml']);
    const args = {
      runtime: title,
      name,
      runs: platforms.map(formatPlatform).join(', '),
      asked: formatPlatform(first),
      how,
      property,
    };
    return [{ diagnostic: diagnostic('repository/declares-other-cpu', args, locationOf(at)) }];
  });
}

/** A manifest of Kubernetes is one of any cluster. */
const isCluster = (asked: TargetId, family: Target['family']): boolean =>
  family === 'kubernetes' && targets[asked].family === family;

/** A patch of kustomize may say on which nodes the pods of a manifest run, and which ones it changes is not read here. */
const patchesNodes = ({ path, text }: SourceFile): boolean =>
  /(^|\/)kustomization\.ya?ml$|(^|\/)(?:patches|overlays)\//i.test(path) &&
  /nodeSelector|nodeAffinity|kubernetes\.io\/arch/.test(text);

/** `platform:` of a compose service that is not among `build.platforms` (compose-go, loader/validate.go, read 2026-11-29). */
function servicesNotBuilt({ builds }: Repository): readonly Judged[] {
  return builds.flatMap(({ platforms, runsAs, platformsAt }) => {
    if (runsAs === undefined || platforms.length === 0) return [];
    if (platforms.some((one) => samePlatform(one, runsAs.platform))) return [];
    const args = {
      service: runsAs.service,
      platform: formatPlatform(runsAs.platform),
      platforms: platforms.map(formatPlatform),
    };
    const other = isFor(platformsAt, 'build.platforms', platforms, 'declared');
    return [{ diagnostic: diagnostic('repository/platform-not-built', args, locationOf(runsAs.at), other) }];
  });
}

/** A layer by its name against the CPU of its function. */
function layersDiffer({ layers }: Repository): readonly Judged[] {
  return layers.flatMap(({ layer, made, own, function: name, runs, how, at, runsAt }) => {
    if (samePlatform(made, runs)) return [];
    const args = { function: name, layer, made: formatPlatform(made), runs: formatPlatform(runs) };
    // Lambda takes it (aws-cdk, aws-lambda/lib/function.ts, read 2026-11-29), and what is in it may run on both.
    const severity = own === true ? { severity: 'warning' as const } : {};
    const other = { ...isFor(runsAt, name, [runs], how), ...severity };
    return [{ diagnostic: diagnostic('repository/layer-differs', args, locationOf(at), other) }];
  });
}

/** An image of CodeBuild's own that is for another CPU than the type of the project's environment has: the project is refused. */
function imagesOfProjects({ projects }: Repository): readonly Judged[] {
  return projects.flatMap(({ builder, type, image, at }) => {
    if (builder === 'unknown' || type === undefined || image === undefined || samePlatform(builder, image.cpu))
      return [];
    const args = { image: image.name, made: formatPlatform(image.cpu), type, runs: formatPlatform(builder) };
    const other = isFor(at, type, [builder], 'declared');
    return [{ diagnostic: diagnostic('repository/build-image-differs', args, locationOf(image.at), other) }];
  });
}

/** Pods that name no CPU, nodes of several, and an image for one of them. */
function nodesMixed(repository: Repository): readonly Judged[] {
  const only = onlyBuilt(repository);
  const pod = repository.runtimes.find(
    ({ runtime, how }) => how === 'node' && targets[runtime].family === 'kubernetes',
  );
  if (only === undefined || pod === undefined) return [];
  const nodes = repository.nodes.filter((one) => one.of === 'kubernetes');
  if (!ofOneCluster(nodes)) return [];
  // Where a taint or the nodes themselves may be filled in later, nobody knows whether the pod gets there.
  const open = (nodesFor(pod, nodes) ?? []).filter(({ tainted, optional }) => tainted === false && optional !== true);
  return mixed(pod, open, only);
}

/** A service of ECS whose strategy spreads tasks that name no CPU over machines of several. */
function tasksSpread(repository: Repository, read: (path: string) => string | undefined): readonly Judged[] {
  const only = onlyBuilt(repository);
  if (only === undefined) return [];
  return repository.runtimes.flatMap((task) => {
    const nodes = repository.nodes.filter(({ tasks }) => task.name !== undefined && tasks?.includes(task.name));
    // A constraint may keep it where it belongs.
    const isConstrained = [task, ...nodes].some(({ at }) => read(at.file)?.includes('ecs.cpu-architecture'));
    return task.runtime !== 'ecs-ec2' || task.how !== 'node' || isConstrained ? [] : mixed(task, nodes, only);
  });
}

function mixed(
  pod: FoundRuntime,
  open: readonly FoundNodes[],
  only: { readonly platform: Platform; readonly at: Place },
): readonly Judged[] {
  const others = open.filter(({ platforms }) => platforms?.some((one) => !samePlatform(one, only.platform)));
  // Nodes of its own CPU must be there: else it is not known what those of the other are for.
  const isHome = open.some(({ platforms }) => platforms?.some((one) => samePlatform(one, only.platform)));
  const [first] = others;
  if (first === undefined || !isHome) return [];
  const foreign = first.platforms!.filter((one) => !samePlatform(one, only.platform));
  const args = {
    runtime: targets[pod.runtime].title,
    name: pod.name,
    built: formatPlatform(only.platform),
    other: foreign.map(formatPlatform).join(', '),
    nodes: others.map(({ name }) => name).join(', '),
    ...(pod.runtime === 'ecs-ec2' ? { providers: true as const } : {}),
  };
  const other = isFor(first.at, first.name, first.platforms!, 'declared');
  return [{ diagnostic: diagnostic('repository/nodes-mixed', args, locationOf(only.at), other) }];
}

/** One platform is built, and a parameter decides where it runs. What no command builds is built for what is asked. */
function cpusOpen(repository: Repository, asks: readonly AskedRuntime[]): readonly Judged[] {
  const asked = repository.builds.length === 0 ? asks.flatMap(({ named, platforms }) => (named ? platforms : [])) : [];
  const built = onlyBuilt(repository)?.platform ?? (asked.length === 1 ? asked[0] : undefined);
  if (built === undefined || repository.images.length !== 1) return [];
  return repository.runtimes.flatMap(({ runtime, name, how, usually, at }) => {
    if (how !== 'open' || (usually !== undefined && samePlatform(usually, built))) return [];
    const args = {
      runtime: targets[runtime].title,
      name,
      built: formatPlatform(built),
      ...(usually === undefined ? {} : { usually: formatPlatform(usually) }),
    };
    return [{ diagnostic: diagnostic('repository/cpu-open', args, locationOf(at)), undecided: true as const }];
  });
}

/** Commands of CodeBuild and GitLab that build for a CPU which their machine has not, and that nothing emulates there. */
function notEmulated({ builds }: Repository, read: (path: string) => string | undefined): readonly Judged[] {
  return builds.flatMap(({ platforms, builder, ownEngine, dockerfile, context, at, platformsAt }) => {
    const ci = isBuildspec(at.file) ? 'codebuild' : isGitlab(at.file) ? 'gitlab' : undefined;
    if (ci === undefined || ownEngine || builder === undefined || builder === 'unknown') return [];
    const foreign = platforms.filter((one) => !samePlatform(one, builder));
    if (foreign.length === 0 || /qemu|binfmt|buildx\s+(?:create|use)|--builder/i.test(read(at.file) ?? '')) return [];
    const path = (dockerfile ?? `${(context ?? '.').replace(/\/$/, '')}/Dockerfile`).replace(/^(?:\.\/)+/, '');
    const text = read(path);
    if (text === undefined || !runsOnTarget(path, text)) return [];
    const args = { platforms: foreign.map(formatPlatform), runner: formatPlatform(builder), ci } as const;
    return [{ diagnostic: diagnostic('workflow/no-emulation', args, locationOf(platformsAt ?? at)) }];
  });
}

/** The other end: what is declared there. */
function isFor(at: Place | undefined, what: string, platforms: readonly Platform[], how: 'declared' | 'default') {
  if (at === undefined) return {};
  const note = remark('is-for', { what, platforms: platforms.map(formatPlatform), how });
  return { related: [{ at: locationOf(at), note }] };
}
