import { join } from 'node:path';
import {
  type ElfParts,
  elfBytes,
  startRegistry,
  type TestFile,
  type TestImageParts,
  type TestRegistry,
  testImage,
  testIndex,
} from '../../packages/rightarch/src/testing/index.ts';

/** A file of a recipe: what `testImage` takes, with `elf` for a made program. */
type RecipeFile = TestFile & { readonly elf?: ElfParts };

/** One image, or `images` for an index of several; `name` is its name in the layout. */
interface Recipe extends Omit<TestImageParts, 'files' | 'layers'> {
  readonly name?: string;
  readonly files?: readonly RecipeFile[];
  readonly layers?: readonly (Omit<NonNullable<TestImageParts['layers']>[number], 'files'> & {
    readonly files?: readonly RecipeFile[];
  })[];
  readonly images?: readonly Recipe[];
  readonly attestations?: boolean;
}

/** What a transcript can stand on: images in layouts, a registry. */
export interface Places {
  makeImage(directory: string, recipe: unknown): Promise<void>;
  startRegistry(): Promise<void>;
  registryHost(): string;
  close(): Promise<void>;
}

export function startPlaces(directory: string): Places {
  let registry: TestRegistry | undefined;
  return {
    makeImage: async (name, recipe) => {
      const read = recipe as Recipe;
      const made =
        read.images === undefined
          ? testImage(partsOf(read))
          : testIndex({ images: read.images.map(partsOf), ...(read.attestations ? { attestations: true } : {}) });
      await made.writeLayout(join(directory, name), read.name);
    },
    startRegistry: async () => {
      registry ??= await startRegistry();
    },
    registryHost: () => registry?.host ?? '',
    close: async () => {
      await registry?.close();
    },
  };
}

function partsOf({
  name: _name,
  images: _images,
  attestations: _attestations,
  files,
  layers,
  ...rest
}: Recipe): TestImageParts {
  return {
    ...rest,
    ...(files !== undefined ? { files: files.map(fileOf) } : {}),
    ...(layers !== undefined
      ? { layers: layers.map(({ files: inside, ...layer }) => ({ ...layer, files: (inside ?? []).map(fileOf) })) }
      : {}),
  };
}

function fileOf({ elf, ...file }: RecipeFile): TestFile {
  return elf === undefined ? file : { mode: 0o755, ...file, content: elfBytes(elf) };
}
