import { type Digest, Failure, isDigest } from '../core/index.ts';
import { attestedLayers, subjectOf } from './attestations.ts';
import type { CallOptions, Image, ImageTree } from './types.ts';
import { documentLimits, readVerified } from './verified.ts';

/** How BuildKit made an image (provenance with `mode=max`): its Dockerfile, and the line of each step. */
export interface Provenance {
  /** The Dockerfile's name as the builder had it, and its text. */
  readonly file: string;
  readonly text: string;
  /** `--target` of the build. */
  readonly stage: string | undefined;
  /** What an image consists of after a step, first layer first, and the lines (from 1) that the step stands on. */
  readonly steps: readonly { readonly layers: readonly Digest[]; readonly lines: readonly number[] }[];
}

/**
 * The provenance of an image, where it has one that names lines. It is what the builder says, nothing that was proved:
 * it explains a finding and decides none. Shapes: moby/buildkit, solver/llbsolver/provenance/types (read 2026-11-28);
 * v0.2 as Docker 26.1 wrote it here, v1 by that source alone.
 */
export async function readProvenance(
  tree: ImageTree,
  image: Image,
  options: CallOptions = {},
): Promise<Provenance | undefined> {
  for await (const statement of statementsOf(tree, image, options)) {
    const found = provenanceOf(statement);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The platforms of the images that an image was made of, as its provenance lists them; `?` of one without a platform. */
export async function readMaterials(
  tree: ImageTree,
  image: Image,
  options: CallOptions = {},
): Promise<readonly { readonly name: string; readonly platform: string }[]> {
  for await (const statement of statementsOf(tree, image, options)) {
    const predicate = member(statement, 'predicate');
    const listed = member(predicate, 'materials') ?? member(predicate, 'buildDefinition', 'resolvedDependencies');
    const found = listOf(listed).flatMap((one) => {
      // moby/buildkit, util/purl/image.go: `pkg:docker/debian@12?platform=linux%2Famd64`, the digest beside it.
      const match = /^pkg:docker\/([^?#]+)(?:\?([^#]*))?/.exec(`${member(one, 'uri')}`);
      if (match === null) return [];
      return [{ name: match[1]!, platform: new URLSearchParams(match[2]).get('platform') ?? '?' }];
    });
    if (found.length > 0) return found;
  }
  return [];
}

async function* statementsOf(tree: ImageTree, image: Image, options: CallOptions): AsyncGenerator<unknown> {
  for (const descriptor of tree.attestations) {
    if (subjectOf(descriptor) !== image.descriptor.digest) continue;
    for (const statement of await attestedLayers(tree, descriptor, options)) {
      if (!statement.annotations?.['in-toto.io/predicate-type']?.startsWith('https://slsa.dev/provenance/')) continue;
      try {
        const at = { in: 'image', image: tree.source.name } as const;
        const raw = await readVerified(tree.source, statement, { ...options, at, limit: documentLimits.statement });
        yield JSON.parse(Buffer.from(raw).toString('utf8'));
      } catch (error) {
        if (!(error instanceof Failure) && !(error instanceof SyntaxError)) throw error;
      }
    }
  }
}

/** A line for each stage that has the step; nobody writes more stages that begin alike. */
const MOST_LINES = 64;

function provenanceOf(statement: unknown): Provenance | undefined {
  const predicate = member(statement, 'predicate');
  const made =
    member(predicate, 'metadata', 'https://mobyproject.org/buildkit@v1#metadata') ??
    member(predicate, 'runDetails', 'metadata', 'buildkit_metadata');
  const [info] = listOf(member(made, 'source', 'infos'));
  const [file, data] = [member(info, 'filename'), member(info, 'data')];
  if (typeof file !== 'string' || typeof data !== 'string') return undefined;
  const linesOf = new Map<string, readonly number[]>();
  for (const [step, places] of entriesOf(member(made, 'source', 'locations'))) {
    const lines = listOf(member(places, 'locations')).flatMap((place) => {
      const line = member(listOf(member(place, 'ranges'))[0], 'start', 'line');
      // Of several files the first is the Dockerfile; a place in another has its number.
      return (member(place, 'sourceIndex') ?? 0) === 0 && typeof line === 'number' ? [line] : [];
    });
    linesOf.set(step, lines.slice(0, MOST_LINES));
  }
  const steps = entriesOf(member(made, 'layers')).flatMap(([output, chains]) => {
    const lines = linesOf.get(output.slice(0, output.lastIndexOf(':'))) ?? [];
    if (lines.length === 0) return [];
    return listOf(chains).map((chain) => ({
      lines,
      layers: listOf(chain).flatMap((layer) => {
        const digest = member(layer, 'digest');
        return typeof digest === 'string' && isDigest(digest) ? [digest] : [];
      }),
    }));
  });
  // Where the Dockerfile lay in its repository, as buildx says it (build/git.go).
  const folder = member(made, 'vcs', 'localdir:dockerfile');
  const path = typeof folder === 'string' && folder !== '' && folder !== '.' ? `${folder}/${file}` : file;
  // A report shows it as a place in the reader's repository: nothing outside of that.
  if (/^[/\\]|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(path)) return undefined;
  const stage =
    member(predicate, 'invocation', 'parameters', 'args', 'target') ??
    member(predicate, 'buildDefinition', 'externalParameters', 'request', 'args', 'target');
  return {
    file: path,
    stage: typeof stage === 'string' ? stage : undefined,
    text: Buffer.from(data, 'base64').toString('utf8'),
    steps,
  };
}

function member(value: unknown, ...path: readonly string[]): unknown {
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];
