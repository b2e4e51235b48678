import type { Platform } from '../../core/index.ts';
import { child, type Extent, itemsOf, scalarText, subText, type Tree } from '../../definition/index.ts';
import { readInstance } from '../../target/index.ts';
import type { FoundName, FoundRuntime } from '../found.ts';
import { referenceOf } from './machines.ts';
import { nameAt } from './names.ts';
import { runtimeAt } from './runtime.ts';
import type { Named, PlaceOf } from './tree-parts.ts';

/** A model of SageMaker: the images of its containers. */
export interface Model {
  /** What its variants call it: its name in the same sources, and its own where it has one. */
  readonly called: readonly string[];
  readonly name: string;
  readonly images: readonly Tree[];
  readonly at: Extent;
}

/** A production variant: a model on machines of one type. */
export interface Variant {
  readonly model: string | undefined;
  readonly type: Tree | undefined;
  /** Serverless: AWS says nowhere which CPU that has. */
  readonly serverless: boolean;
}

export interface Models {
  readonly runtimes: readonly FoundRuntime[];
  readonly names: readonly FoundName[];
}

/**
 * Models on the machines of their variants: an endpoint has the CPU of its instance type, and its container is pulled as it
 * is (CreateEndpointConfig, ProductionVariant, read 2026-11-29). What is only used by jobs has no machine here.
 */
export function modelsAt(models: readonly Model[], variants: readonly Variant[], place: PlaceOf): Models {
  const runtimes: FoundRuntime[] = [];
  const names: FoundName[] = [];
  for (const { called, name, images, at } of models) {
    const own = variants.filter(({ model }) => model !== undefined && called.includes(model));
    const cpus = own.map(({ type, serverless }) => (serverless ? undefined : cpuOf(type)));
    const seen = {
      name,
      images: images.map((image) => scalarText(image) ?? subText(image) ?? undefined),
    };
    const first = own[0]?.type;
    // One variant that nobody can tell leaves the others as they are.
    const known = cpus.flatMap((cpu) => cpu ?? []);
    const platforms = known.filter((cpu, i) => known.findIndex((one) => one.architecture === cpu.architecture) === i);
    for (const platform of platforms) {
      const type = own.find((_, i) => cpus[i]?.architecture === platform.architecture)?.type ?? first;
      runtimes.push(runtimeAt('sagemaker', place(type ?? at), { ...seen, declared: [platform] }));
    }
    if (platforms.length === 0) runtimes.push(runtimeAt('sagemaker', place(at), seen));
    for (const image of images)
      names.push(...nameAt(scalarText(image) ?? subText(image), place(image), { how: 'pulled', runtime: 'sagemaker' }));
  }
  return { runtimes, names };
}

function cpuOf(type: Tree | undefined): Platform | undefined {
  const answer = readInstance('sagemaker', scalarText(type) ?? '');
  return answer.kind === 'cpu' ? answer.platform.value : undefined;
}

/** `AWS::SageMaker::Model` and `AWS::SageMaker::EndpointConfig`. */
export function templateModels(resources: Named, place: PlaceOf): Models {
  const models: Model[] = [];
  const variants: Variant[] = [];
  for (const [name, resource] of resources) {
    const type = scalarText(child(resource, 'Type'));
    const properties = child(resource, 'Properties');
    if (type === 'AWS::SageMaker::Model') {
      const containers = [child(properties, 'PrimaryContainer'), ...itemsOf(child(properties, 'Containers'))];
      const images = containers.flatMap((one) => child(one, 'Image') ?? []);
      const own = scalarText(child(properties, 'ModelName'));
      if (images.length > 0)
        models.push({ called: own === undefined ? [name] : [name, own], name: own ?? name, images, at: resource });
    }
    if (type === 'AWS::SageMaker::EndpointConfig')
      for (const one of itemsOf(child(properties, 'ProductionVariants'))) {
        const model = child(one, 'ModelName');
        variants.push({
          model: scalarText(model) ?? referenceOf(model),
          type: child(one, 'InstanceType'),
          serverless: child(one, 'ServerlessConfig') !== undefined,
        });
      }
  }
  return modelsAt(models, variants, place);
}
