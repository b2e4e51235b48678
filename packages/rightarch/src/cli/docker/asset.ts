import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Diagnostic, formatPlatform, type ImageReference, type Platform, samePlatform } from '../../core/index.ts';
import { asksOfDefinition, readDefinition } from '../../definition/index.ts';
import { consumersIn, type FoundRuntime, type SourceFile } from '../../lint/index.ts';
import { atFile, atInput, diagnostic } from '../../messages/index.ts';
import { canRefuse, type TargetAsk, targets } from '../../target/index.ts';
import { shownPath } from '../shown.ts';

/** The folder of a CDK asset, and what runs its image by the templates of the same app. */
export interface Asset {
  /** Absolute. */
  readonly directory: string;
  readonly consumers: readonly Consumer[];
  /** The templates that they stand in. */
  readonly templates: readonly SourceFile[];
}

interface Consumer {
  /** `Func1 (AWS Lambda)`. */
  readonly shown: string;
  readonly runtime: FoundRuntime['runtime'];
  /** Empty where its own document leaves it open. */
  readonly platforms: readonly Platform[];
  readonly at: Diagnostic['at'];
}

const MAX_BYTES = 4_000_000;
const MAX_FILES = 1_000;
/** cdk-assets names what it builds so (cdk-assets-lib, handlers/container-images.ts, read 2026-11-29). */
export const ASSET_NAME = /^cdkasset-([0-9a-z.-]+)$/;

/**
 * The asset whose folder this is: the asset manifests next door say which image it becomes, the templates which resource
 * runs that. Of several images of one folder one is told by the names of `--tag`, or by the tag that it is pushed under.
 * Undefined elsewhere.
 */
export function assetIn(
  directory: string,
  { names, tag }: { readonly names: readonly string[]; readonly tag?: string | undefined },
): Asset | undefined {
  const files = assemblyAround(dirname(directory));
  const images = files
    .filter(({ path }) => path.endsWith('.assets.json'))
    .flatMap(imagesIn)
    .filter((image) => image.directory === directory);
  if (images.length === 0) return undefined;
  const named = images.filter(
    ({ id, tags }) =>
      (tag !== undefined && tags.includes(tag)) ||
      names.some((name) => ASSET_NAME.exec(name)?.[1] === id.toLowerCase()),
  );
  const tags = (named.length > 0 ? named : images).flatMap((one) => one.tags);
  const templates = files.filter(
    ({ path, text }) => path.endsWith('.template.json') && tags.some((one) => text.includes(`:${one}`)),
  );
  const consumers = templates
    .flatMap((file) => consumersIn(file, tags))
    .map(({ runtime, name, platforms, at }): Consumer => {
      const { title } = targets[runtime];
      const place = { in: 'file', file: at.file, start: { line: at.line, column: at.column }, end: at.end } as const;
      return { shown: name === undefined ? title : `${name} (${title})`, runtime, platforms, at: place };
    });
  return { directory, consumers, templates };
}

/**
 * The starts that the templates make of the image, with what they set over its own: a CDK function may say the command, and
 * the image none. Of a template that has it several times under names that are not told apart, nothing.
 */
export function asksOfAsset(
  { templates }: Asset,
  reference: ImageReference,
  { cwd, today }: { readonly cwd: string; readonly today: string },
): readonly TargetAsk[] {
  return templates.flatMap(({ path, text }) => {
    const file = shownPath(cwd, path);
    const definition = readDefinition(text);
    const asks = asksOfDefinition({ file, definition, at: atFile(file), names: [reference], today });
    return asks.ok ? asks.value : [];
  });
}

/** Manifests and templates of a cloud assembly: those of stages lie in folders of their own (`assembly-Prod`). */
function assemblyAround(root: string): readonly SourceFile[] {
  const files: SourceFile[] = [];
  const open = [root];
  for (let folder = open.pop(); folder !== undefined && files.length < MAX_FILES; folder = open.pop()) {
    for (const entry of list(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name.startsWith('assembly-')) open.push(path);
      if (!entry.isFile() || !/\.(?:assets|template)\.json$/.test(entry.name)) continue;
      const found = statSync(path, { throwIfNoEntry: false });
      if (found !== undefined && found.size <= MAX_BYTES) files.push({ path, text: readFileSync(path, 'utf8') });
    }
  }
  return files;
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

/** The images of one asset manifest (cloud-assembly-schema, DockerImageAsset, read 2026-11-29). */
function imagesIn({ path, text }: SourceFile) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return Object.entries(members(members(value)['dockerImages'])).flatMap(([id, asset]) => {
    const directory = members(members(asset)['source'])['directory'];
    if (typeof directory !== 'string') return [];
    const tags = Object.values(members(members(asset)['destinations'])).flatMap((one) => {
      const tag = members(one)['imageTag'];
      return typeof tag === 'string' ? [tag] : [];
    });
    return [{ id, directory: resolve(dirname(path), directory), tags: [...new Set([id, ...tags])] }];
  });
}

const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** What an asset is to be built for: each platform that something needs which runs it; none where nothing says any. */
export function platformsNeeded({ consumers }: Asset): readonly Platform[] {
  const needed: Platform[] = [];
  for (const platform of consumers.flatMap(({ platforms }) => platforms))
    if (!needed.some((one) => samePlatform(one, platform))) needed.push(platform);
  return needed;
}

/** What stands against building an asset for these platforms. */
export function againstPlatforms(
  { consumers }: Asset,
  platforms: readonly Platform[],
  { asked, today }: { readonly asked: boolean; readonly today: string },
): Diagnostic | undefined {
  for (const { shown, platforms: runs, at } of consumers) {
    const [first] = runs;
    if (first === undefined || runs.some((one) => platforms.some((other) => samePlatform(one, other)))) continue;
    const args = { platforms: platforms.map(formatPlatform), needed: formatPlatform(first), consumer: shown };
    return diagnostic('docker/asset-cpu-differs', args, at);
  }
  const single = consumers.find(({ runtime }) => isSingle(runtime, today));
  if (asked || platforms.length < 2 || single === undefined) return undefined;
  const shown = consumers.map((one) => `${one.shown}, ${one.platforms.map(formatPlatform).join(', ') || '?'}`);
  return diagnostic('docker/asset-cpus-mixed', { consumers: shown, single: single.shown }, atInput('--platform'));
}

/** A runtime that takes no index. */
function isSingle(runtime: FoundRuntime['runtime'], today: string): boolean {
  const { index } = targets[runtime];
  return index !== 'unknown' && index.value === 'rejected' && canRefuse(index, today);
}
