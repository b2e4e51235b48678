import type { EngineId } from '../../../packages/rightarch/src/build/index.ts';
import type { Kind } from '../permitted-differences.ts';

/** A file of a context: a text, bytes, a link, or a text with a mode. A name that ends in `/` is an empty directory. */
export type ContextFile =
  | string
  | Uint8Array
  | { readonly link: string }
  | { readonly text: string; readonly mode: number };

/** One Dockerfile that we and a real builder build. */
export interface BuildCase {
  readonly name: string;
  readonly dockerfile: string;
  readonly context?: Readonly<Record<string, ContextFile>>;
  /** What files of the context cannot have by umask alone: modes of directories. */
  readonly modes?: Readonly<Record<string, number>>;
  readonly args?: Readonly<Record<string, string>>;
  readonly target?: string;
  /** Texts by the id of `--secret`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Docker's builders fail here, and so do we, with this code. */
  readonly fails?: string;
  /** Every builder makes an image, and we refuse with this code: what is not known is not guessed. */
  readonly refused?: string;
  /** What is built is started as well; it says `hello world` among other things. */
  readonly starts?: true;
  /** The BuildKit of the suite has not got what it is about; with the reason. */
  readonly not?: { readonly buildkit: string };
  /** Engines that make something else of it, by the kind of what differs. */
  readonly differs?: Readonly<Partial<Record<EngineId, Kind>>>;
}

export const sources = {
  'a.txt': 'a\n',
  'b.txt': 'b\n',
  'dir/c.txt': 'c\n',
  'dir/deep/d.md': 'd\n',
  'dir/.hidden': 'h\n',
};
