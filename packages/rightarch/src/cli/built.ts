import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import {
  formatPlatform,
  formatReference,
  type ImageReference,
  isDigest,
  type Platform,
  parsePlatform,
} from '../core/index.ts';
import { atInput, failure } from '../messages/index.ts';
import { makeDirectory } from '../oci/index.ts';
import type { Session } from './session.ts';
import { writeWhole } from './write-whole.ts';

const FOLDER = '.rightarch';
const LAST = 'last.json';

/** Where `build` leaves an image: `.rightarch/<image name>` beside rightarch.yaml, or in the working directory. */
export function layoutDirectory(root: string, image: string): string {
  return join(root, FOLDER, image.replaceAll(/[^\w.-]/g, '-'));
}

/** One image of the last build. */
export interface Built {
  /** Its name in rightarch.yaml, or the one that it got from `-t` or its folder. */
  readonly image: string;
  /** Absolute directory. */
  readonly layout: string;
  /** A layout of `-o` may hold older images beside it; without a digest it is the only one there. */
  readonly digest: string | undefined;
  /** The names of `-t`. */
  readonly names: readonly string[];
  /** Optional platforms that were asked for and could not be had; others that are not there were not asked for. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly platform: Platform;
  /** What failed of it. */
  readonly step: 'plan' | 'build' | 'proof';
}

export const namesGiven = (references: readonly ImageReference[]): readonly string[] => references.map(formatReference);

/** Keeps what was built last, all images of one run, and keeps the folder out of Git. */
export async function rememberBuilt(root: string, built: readonly Built[]): Promise<void> {
  const folder = join(root, FOLDER);
  await makeDirectory(folder);
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) await writeWhole(ignore, '*\n');
  const images = built.map((one) => ({
    ...one,
    layout: relative(root, one.layout),
    leftOut: one.leftOut.map(({ platform, step }) => ({ platform: formatPlatform(platform), step })),
  }));
  await writeWhole(join(folder, LAST), `${JSON.stringify({ images })}\n`);
}

/** What was built last, here or in a folder above; a failure that says what to do where nothing was. */
export function lastBuilt(session: Session): readonly [Built, ...Built[]] {
  const [first, ...others] = readLast(session).filter(({ layout }) => existsSync(join(layout, 'oci-layout')));
  if (first === undefined)
    throw failure('cli/nothing-built', { directory: session.shell.cwd }, atInput('IMAGE'), 'request');
  return [first, ...others];
}

/** What the last build says of the layout, where it is one of its own. */
export function builtInto(session: Session, layout: string): Built | undefined {
  return readLast(session).find((one) => one.layout === layout);
}

/** A file that cannot be read is as good as none: it holds nothing that cannot be typed. */
function readLast(session: Session): readonly Built[] {
  for (let folder = session.shell.cwd; ; folder = dirname(folder)) {
    const file = join(folder, FOLDER, LAST);
    if (existsSync(file)) {
      try {
        const { images } = JSON.parse(readFileSync(file, 'utf8')) as { readonly images?: unknown };
        return Array.isArray(images) ? images.flatMap((one) => builtOf(one, folder) ?? []) : [];
      } catch {
        return [];
      }
    }
    if (dirname(folder) === folder) return [];
  }
}

function builtOf(value: unknown, folder: string): Built | undefined {
  const { image, layout, digest, names, leftOut } = (value ?? {}) as Partial<Record<keyof Built, unknown>>;
  if (typeof image !== 'string' || typeof layout !== 'string') return undefined;
  const given = Array.isArray(names) ? names.filter((one): one is string => typeof one === 'string') : [];
  return {
    image,
    layout: resolve(folder, layout),
    digest: typeof digest === 'string' && isDigest(digest) ? digest : undefined,
    names: given,
    leftOut: Array.isArray(leftOut) ? leftOut.flatMap((one) => leftOutAs(one) ?? []) : [],
  };
}

function leftOutAs(value: unknown): LeftOut | undefined {
  const { platform: text, step } = (value ?? {}) as Partial<Record<keyof LeftOut, unknown>>;
  const platform = typeof text === 'string' ? parsePlatform(text) : undefined;
  if (platform === undefined || (step !== 'plan' && step !== 'build' && step !== 'proof')) return undefined;
  return { platform, step };
}

/** The image as one would type it here; by its digest only where its layout may hold others. */
export function builtLocator(session: Session, { image, layout, digest }: Built): string {
  const place = `oci:${relative(session.shell.cwd, layout) || '.'}`;
  return digest === undefined || layout.endsWith(layoutDirectory('', image)) ? place : `${place}:${digest}`;
}
