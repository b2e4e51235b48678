import { type Platform, parseCpu } from '../../core/index.ts';
import { child, itemsOf, scalarText, subText, type Tree, wordsOf } from '../../definition/index.ts';
import type { FoundBuild, FoundCluster, FoundLayer, FoundName, FoundNodes, FoundProject } from '../found.ts';
import { cpuDeclared, type LayerText, layersAt } from './layers.ts';
import { referenceOf } from './machines.ts';
import { ecrName, nameAt } from './names.ts';
import { isNever, labelsOf, namedLabels, nodesAt, projectAt, taintedBy } from './nodes.ts';
import { type Named, type PlaceOf, pathBeside } from './tree-parts.ts';

/** The repositories that a template makes. */
export function repositories(resources: Named, place: PlaceOf): readonly FoundName[] {
  return resources.flatMap(([, resource]) => {
    if (scalarText(child(resource, 'Type')) !== 'AWS::ECR::Repository') return [];
    const written = child(child(resource, 'Properties'), 'RepositoryName');
    const name = scalarText(written);
    const made = name === undefined ? undefined : ecrName(name);
    return nameAt(made, place(written ?? resource), { how: 'declared' });
  });
}

/** `Metadata: { Dockerfile, DockerContext }` of a SAM function: what `sam build` builds for it. */
export function samBuilds(resources: Named, file: string, place: PlaceOf): readonly FoundBuild[] {
  return resources.flatMap(([, resource]) => {
    const metadata = child(resource, 'Metadata');
    const dockerfile = scalarText(child(metadata, 'Dockerfile'));
    const context = scalarText(child(metadata, 'DockerContext'));
    if (metadata === undefined || dockerfile === undefined || context === undefined) return [];
    // `sam build` always names a platform: x86_64 where none is declared. One that is filled in later is not seen.
    const declared = child(child(resource, 'Properties'), 'Architectures');
    const platforms = declared === undefined ? cpusOf(['x86_64']) : cpusOf(wordsOf(declared));
    const unseen = platforms.length === 0;
    return [
      {
        platforms,
        ...(unseen ? { unseen } : {}),
        builder: undefined,
        dockerfile: pathBeside(file, context, dockerfile),
        context: pathBeside(file, context),
        at: place(metadata),
        ...(declared === undefined ? {} : { platformsAt: place(declared) }),
      },
    ];
  });
}

const cpusOf = (names: readonly string[]): readonly Platform[] => names.flatMap((name) => parseCpu(name) ?? []);

/** The layers of functions whose CPU both names tell. */
export function templateLayers(root: Tree, resources: Named, place: PlaceOf): readonly FoundLayer[] {
  const globals = child(child(root, 'Globals'), 'Function');
  const own = new Map(resources);
  const layerOf = (tree: Tree): readonly LayerText[] => {
    const name = referenceOf(tree);
    const made = name === undefined ? undefined : own.get(name);
    if (name === undefined || made === undefined) return layerText(tree);
    const type = scalarText(child(made, 'Type'));
    if (type !== 'AWS::Lambda::LayerVersion' && type !== 'AWS::Serverless::LayerVersion') return [];
    const declared = cpuDeclared(child(child(made, 'Properties'), 'CompatibleArchitectures'));
    return declared === undefined ? [] : [{ text: name, declared, offset: tree.offset, end: tree.end }];
  };
  return resources.flatMap(([name, resource]) => {
    const type = scalarText(child(resource, 'Type'));
    if (type !== 'AWS::Lambda::Function' && type !== 'AWS::Serverless::Function') return [];
    const properties = child(resource, 'Properties');
    const shared = type === 'AWS::Serverless::Function' ? globals : undefined;
    const declared = child(properties, 'Architectures') ?? child(shared, 'Architectures');
    const layers = [...itemsOf(child(properties, 'Layers')), ...itemsOf(child(shared, 'Layers'))];
    return layersAt(name, layers.flatMap(layerOf), { declared, otherwise: properties ?? resource }, place);
  });
}

/** An ARN, whatever is put in for its region and its account. */
function layerText(tree: Tree): readonly LayerText[] {
  const joined = tree.tag === '!Join' ? tree : child(tree, 'Fn::Join');
  const parts = itemsOf(itemsOf(joined)[1]).map((part) => scalarText(part) ?? '?');
  const text =
    scalarText(tree) ??
    subText(tree) ??
    (parts.length > 0 ? parts.join(scalarText(itemsOf(joined)[0]) ?? '') : undefined);
  return text === undefined ? [] : [{ text, offset: tree.offset, end: tree.end }];
}

/** Where CodeBuild runs what a buildspec says: `Environment.Type` is required, and is the CPU. */
export function templateProjects(resources: Named, place: PlaceOf): readonly FoundProject[] {
  return resources.flatMap(([, resource]) => {
    if (scalarText(child(resource, 'Type')) !== 'AWS::CodeBuild::Project') return [];
    const properties = child(resource, 'Properties');
    const environment = child(properties, 'Environment');
    const type = child(environment, 'Type');
    const image = child(environment, 'Image');
    const buildspec = scalarText(child(child(properties, 'Source'), 'BuildSpec'));
    const own = image && { name: scalarText(image), at: place(image) };
    return [projectAt(scalarText(type), buildspec, place(type ?? resource), own)];
  });
}

/** Node groups of EKS. */
export function templateNodes(resources: Named, place: PlaceOf): readonly FoundNodes[] {
  return resources.flatMap(([name, resource]) => {
    if (scalarText(child(resource, 'Type')) !== 'AWS::EKS::Nodegroup') return [];
    const properties = child(resource, 'Properties');
    if (isNever(child(child(properties, 'ScalingConfig'), 'MaxSize'))) return [];
    const types = child(properties, 'InstanceTypes') ?? child(properties, 'AmiType');
    const tainted = taintedBy(child(properties, 'Taints'));
    const labels = new Map([
      ...namedLabels(scalarText(child(properties, 'NodegroupName')), 'eks.amazonaws.com/nodegroup'),
      ...labelsOf(child(properties, 'Labels')),
    ]);
    const cluster = clusterOf(child(properties, 'ClusterName'), resources, place(resource).file);
    return [nodesAt({ of: 'kubernetes', machines: 'ec2', name, types, at: resource, tainted, labels, cluster }, place)];
  });
}

/** The cluster that a node group joins: one of the same template, or of another. */
function clusterOf(tree: Tree | undefined, resources: Named, file: string): FoundCluster {
  const text = scalarText(tree);
  const reference = referenceOf(tree);
  const made = resources.find(
    ([name, one]) =>
      scalarText(child(one, 'Type')) === 'AWS::EKS::Cluster' &&
      (name === reference || (text !== undefined && scalarText(child(child(one, 'Properties'), 'Name')) === text)),
  );
  if (made !== undefined) return { name: `${file}:${made[0]}`, isMade: true };
  const other = text ?? reference;
  return { name: other === undefined ? undefined : `${file}:${other}`, isMade: false };
}
