import { type Platform, parseCpu } from '../../core/index.ts';
import { type Extent, type Tree, wordsOf } from '../../definition/index.ts';
import type { FoundLayer } from '../found.ts';
import type { PlaceOf } from './tree-parts.ts';

export interface LayerText extends Extent {
  readonly text: string;
  /** A layer of the same sources, by what they say that it is for. */
  readonly declared?: Platform;
}

const [amd64, arm64] = ['amd64', 'arm64'].map((word) => parseCpu(word)) as [Platform, Platform];

/**
 * Layers of programs that have a name of their own for arm64, so that the plain name is x86_64
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Lambda-Insights-extension-versions.html,
 * https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-lambda-extensions-versions.html,
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html,
 * https://github.com/DataDog/serverless-plugin-datadog/issues/201, read 2026-11-29).
 */
const PLAIN_IS_AMD64 = new Set([
  'LambdaInsightsExtension',
  'AWS-AppConfig-Extension',
  'AWS-Parameters-and-Secrets-Lambda-Extension',
  'Datadog-Extension',
  // Its other one is called `LambdaAdapterLayerArm64` (https://awslabs.github.io/aws-lambda-web-adapter/getting-started/zip-packages.html, read 2026-11-29).
  'LambdaAdapterLayerX86',
]);

/** The other one has `-Arm64` behind it (https://aws-sdk-pandas.readthedocs.io/en/stable/layers.html, read 2026-11-29). */
const PANDAS = /^AWSSDKPandas-Python3\d+$/;

/** The CPU that the name of a layer says; undefined where it says none, or two. */
export function cpuOfLayer(name: string): Platform | undefined {
  const isArm = /(?:^|[-_]|(?<=[a-z\d]))(?:arm64|aarch64)(?:$|[-_])|[-_]ARM$/i.test(name);
  // `linux64` is any of 64 bits.
  const isAmd = /(?:^|[-_]|(?<=[a-z\d]))(?:x86[-_]64|amd64)(?:$|[-_])|(?:^|[-_])x64(?:$|[-_])/i.test(name);
  if (isArm !== isAmd) return isArm ? arm64 : amd64;
  return !isArm && (PLAIN_IS_AMD64.has(name) || PANDAS.test(name)) ? amd64 : undefined;
}

/** Of the layers of a function those whose CPU is told, where its own is. */
export function layersAt(
  name: string,
  layers: readonly LayerText[],
  { declared, otherwise }: { readonly declared: Tree | undefined; readonly otherwise: Extent },
  place: PlaceOf,
): readonly FoundLayer[] {
  const words = wordsOf(declared).flatMap((word) => parseCpu(word) ?? []);
  // Without one a function has x86_64 (CreateFunction, Architectures, read 2026-11-29).
  const runs = declared === undefined ? amd64 : words.length === 1 ? words[0] : undefined;
  if (runs === undefined) return [];
  return layers.flatMap(({ text, declared: own, offset, end }) => {
    const layer = own === undefined ? /:layer:([^:]+)/.exec(text)?.[1] : text;
    const made = own ?? (layer === undefined || /[${]/.test(layer) ? undefined : cpuOfLayer(layer));
    if (layer === undefined || made === undefined) return [];
    return [
      {
        layer,
        made,
        ...(own === undefined ? {} : { own: true as const }),
        function: name,
        runs,
        how: declared === undefined ? ('default' as const) : ('declared' as const),
        at: place({ offset, end }),
        runsAt: place(declared ?? otherwise),
      },
    ];
  });
}

/** The one CPU that a layer is declared for; of one for both, and of one that says none, undefined. */
export function cpuDeclared(tree: Tree | undefined): Platform | undefined {
  const words = wordsOf(tree);
  const isWhole = tree?.kind === 'list' ? words.length === tree.items.length : true;
  return isWhole && words.length === 1 ? parseCpu(words[0] ?? '') : undefined;
}
