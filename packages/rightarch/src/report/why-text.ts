import { type Digest, formatPlatform, shortDigest } from '../core/index.ts';
import { printable, remarkText } from '../messages/index.ts';
import { proofPhrases, stepWords } from '../messages/phrases/proof.ts';
import { purposeWords, whyPhrases, whyTexts } from '../messages/phrases/why.ts';
import type { Image, ImageTree } from '../oci/index.ts';
import type { Ignored, ImageProof, OnPurpose, PlatformProof, Recipe, TargetProof } from '../proof/index.ts';
import { instructionText, shortMediaType } from './layers.ts';
import { ink, type Page } from './page.ts';
import { holdsMark, setAtParts } from './proof-text.ts';
import { renderDetails, renderTable } from './table.ts';

/** What an image was read from, and the Dockerfiles that are known to have made it, by manifest. */
export interface MadeFrom {
  readonly tree: ImageTree;
  readonly recipes: ReadonlyMap<Digest, Recipe>;
}

/**
 * `--why`: for each platform the chain from the entry of the index to the manifest, the config, the command, its
 * interpreters, its loader and each library, with the layer, its digest and the instruction that made it.
 */
export function renderWhy(page: Page, proof: ImageProof, made: MadeFrom): string {
  const { tree } = made;
  const platforms = proof.platforms.map((one) => {
    const image = tree.images.find(({ descriptor }) => descriptor.digest === one.image);
    const name =
      one.platform === undefined ? proofPhrases.unknownPlatform[page.language] : formatPlatform(one.platform);
    const rows = [...documents(page, image, tree), ...started(page, one), ...obligations(page, one, image, made)];
    return `  ${ink(page, 'cyan', name)}\n${renderDetails(page, rows, 3, '    ')}`;
  });
  return [...platforms, ...proof.targets.flatMap((target) => selections(page, proof, target, made))].join('\n\n');
}

/** What a runtime takes from the image and by which rule; the whole start where the target sets one of its own. */
function selections(page: Page, whole: ImageProof, target: TargetProof, made: MadeFrom): string[] {
  const { id, entries } = target;
  const said = setAtParts(page, whole.image, target);
  const set =
    said === undefined ? [] : [['', whyPhrases.definition[page.language], said[0], '', ink(page, 'dim', said[1])]];
  return entries.map((entry) => {
    const { asked, by, selected, proof } = entry;
    const image = made.tree.images.find(({ descriptor }) => descriptor.digest === selected?.digest);
    const chosen = [
      '',
      whyPhrases.taken[page.language],
      selected === undefined ? proofPhrases.nothingTaken[page.language] : shortDigest(selected.digest),
      '',
      ink(page, 'dim', by === undefined ? '' : whyTexts.selectedBy[page.language]({ by })),
    ];
    const own = proof === undefined ? [] : [...started(page, proof), ...obligations(page, proof, image, made)];
    const name = printable([id, formatPlatform(asked)].join(' '));
    return `  ${ink(page, 'cyan', name)}\n${renderDetails(page, [chosen, ...set, ...own], 3, '    ')}`;
  });
}

function documents(page: Page, image: Image | undefined, tree: ImageTree): string[][] {
  if (image === undefined) return [];
  const row = (what: keyof typeof whyPhrases, digest: Digest, rest: string): string[] => [
    '',
    whyPhrases[what][page.language],
    shortDigest(digest),
    '',
    ink(page, 'dim', printable(rest)),
  ];
  const { descriptor, manifest, entryPlatform, declared } = image;
  const said = (platform: typeof declared): string => (platform === undefined ? '' : formatPlatform(platform));
  return [
    ...(tree.form === 'index' ? [row('entry', tree.root.digest, said(entryPlatform))] : []),
    row('manifest', descriptor.digest, shortMediaType(descriptor.mediaType)),
    row('config', manifest.config.digest, said(declared)),
  ];
}

function started(page: Page, { start }: PlatformProof): string[][] {
  if (start === undefined) return [];
  const from = whyTexts.from[page.language]({
    from: start.from,
    cwd: printable(start.cwd),
    user: printable(start.user),
  });
  return [['', whyPhrases.command[page.language], printable(JSON.stringify(start.argv)), '', ink(page, 'dim', from)]];
}

function obligations(page: Page, proof: PlatformProof, image: Image | undefined, { recipes }: MadeFrom): string[][] {
  const recipe = image && recipes.get(image.descriptor.digest);
  return proof.obligations
    .filter(({ step }) => step !== 'structure')
    .map(({ step, holds, subject, evidence, layer }) => [
      holdsMark(page, holds),
      stepWords[step][page.language],
      printable(subject),
      layer === undefined ? '' : layerText(page, image, layer, recipe),
      ink(page, 'dim', printable(remarkText(evidence, page.language))),
    ]);
}

/** `layer 3 sha256:9f2c41d0a7be Dockerfile:7 COPY app /app`. */
function layerText(page: Page, image: Image | undefined, number: number, recipe: Recipe | undefined): string {
  const layer = image?.layers[number - 1];
  const made = recipe?.made[number - 1]?.instruction;
  const place = recipe === undefined || made === undefined ? [] : [`${printable(recipe.file)}:${made.span.start.line}`];
  const own = layer === undefined ? '' : instructionText(layer.history?.created_by);
  // What a base consists of has the words of another Dockerfile.
  const words = made?.keyword === 'FROM' ? `${instructionText(made.original)} (${own})` : own;
  const digest = layer === undefined ? '' : shortDigest(layer.descriptor.digest);
  return whyTexts.layer[page.language]({ number, digest, made: [...place, words].join(' ') });
}

/** `--all`: the machine code that does not fit and is there on purpose, by which rule; what was stated is always told. */
export function renderOnPurpose(page: Page, proof: ImageProof, { all }: { readonly all: boolean }): string {
  const parts = proof.platforms.flatMap(({ platform, onPurpose }) => {
    const shown = all ? onPurpose : onPurpose.filter(({ rule }) => rule === 'stated');
    if (shown.length === 0) return [];
    const name = platform === undefined ? proofPhrases.unknownPlatform[page.language] : formatPlatform(platform);
    const title = whyTexts.onPurpose[page.language]({ platform: name, count: shown.length });
    return [
      `${title}\n${renderTable(
        page,
        [],
        shown.map((one) => purposeRow(page, one)),
        '  ',
      )}`,
    ];
  });
  return parts.join('\n\n');
}

/** Findings that somebody answers for: which, where, why and for how long. */
export function renderIgnored(page: Page, ignored: readonly Ignored[]): string {
  const rows = ignored.map(({ diagnostic: { code, at }, reason, until }) => [
    code,
    at.in === 'image' && at.platform !== undefined ? formatPlatform(at.platform) : '',
    at.in === 'image' && at.path !== undefined ? printable(at.path) : '',
    ink(page, 'dim', whyTexts.reason[page.language]({ reason: printable(reason), until })),
  ]);
  return `${whyTexts.ignored[page.language]({ count: ignored.length })}\n${renderTable(page, [], rows, '  ')}`;
}

/** By which rule, or by whose word and why, a file is there on purpose. */
export function purposeText({ language }: Page, { rule, reason }: OnPurpose): string {
  const words = (purposeWords as Readonly<Record<string, (typeof purposeWords)['stated']>>)[rule]?.[language] ?? rule;
  return reason === undefined ? words : `${words}: ${printable(reason)}`;
}

function purposeRow(page: Page, one: OnPurpose): string[] {
  const { path, found, layer } = one;
  return [
    printable(path),
    printable(found),
    layer === undefined ? '' : whyTexts.layer[page.language]({ number: layer, digest: '', made: '' }),
    ink(page, 'dim', purposeText(page, one)),
  ];
}
