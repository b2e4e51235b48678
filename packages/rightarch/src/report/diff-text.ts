import { formatPlatform } from '../core/index.ts';
import { printable } from '../messages/index.ts';
import { diffPhrases, diffTexts } from '../messages/phrases/diff.ts';
import type { ComparedSide, OneSided, TreeComparison } from '../proof/index.ts';
import { formatBytes, ink, type Page, typedWithin } from './page.ts';
import { renderTable } from './table.ts';

/** Two platforms laid beside each other, under the names that people gave them. */
export interface Comparison {
  readonly left: ComparedSide & { readonly name: string };
  readonly right: ComparedSide & { readonly name: string };
  readonly found: TreeComparison;
}

/** Lines of one list: more is folded into directories, so that the whole is read in a screen. */
const LINES = 12;

/** What differs between two platforms: what is suspicious first, then packages, then files by directory. */
export function renderComparison(page: Page, { left, right, found }: Comparison): string {
  const { language } = page;
  const say = (key: keyof typeof diffPhrases): string => diffPhrases[key][language];
  const [one, other] = sideNames(left, right);
  const lines = [
    `${ink(page, 'bold', one)}  ↔  ${ink(page, 'bold', other)}`,
    '',
    renderTable(
      page,
      ['', say('files'), say('size'), say('programs')],
      [
        [one, String(found.left.files), formatBytes(found.left.bytes), String(found.left.programs)],
        [other, String(found.right.files), formatBytes(found.right.bytes), String(found.right.programs)],
      ],
    ),
  ];
  const section = (title: string, rows: readonly (readonly string[])[], more = 0): void => {
    if (rows.length === 0) return;
    lines.push('', title, renderTable(page, [], rows));
    if (more > 0) lines.push(`  ${ink(page, 'dim', diffTexts.more[language]({ count: more }))}`);
  };
  const layer = (number: number | undefined): string =>
    number === undefined ? '' : ink(page, 'dim', diffTexts.layer[language]({ number }));
  const same = found.sameCode.slice(0, LINES).map((code) => [
    ink(page, 'red', printable(code.path)),
    printable(code.found),
    diffTexts.wrongOn[language]({
      side: code.wrongOn === 'both' ? undefined : code.wrongOn === 'left' ? one : other,
    }),
    ink(
      page,
      'dim',
      code.sameLayer
        ? diffTexts.sameLayer[language]({ number: code.leftLayer })
        : diffTexts.layers[language]({ left: code.leftLayer, right: code.rightLayer }),
    ),
  ]);
  section(ink(page, 'bold', say('sameCode')), same, found.sameCode.length - same.length);
  const packages = found.packages
    .slice(0, LINES)
    .map(({ kind, name, left: own, right: its }) => [
      ink(page, 'dim', kind),
      printable(name),
      own === undefined ? say('absent') : printable(own),
      its === undefined ? say('absent') : printable(its),
    ]);
  section(
    `${ink(page, 'bold', say('packages'))}  ${ink(page, 'dim', `${one} | ${other}`)}`,
    packages,
    found.packages.length - packages.length,
  );
  const kinds = found.kinds
    .slice(0, LINES)
    .map(({ path, left: own, right: its }) => [printable(path), printable(own), printable(its)]);
  section(ink(page, 'bold', say('kinds')), kinds, found.kinds.length - kinds.length);
  const only = (title: string, entries: readonly OneSided[]): void => {
    const folded = foldPaths(entries);
    const rows = folded
      .slice(0, LINES)
      .map(({ path, files, bytes, layer: from }) => [
        printable(path),
        path.endsWith('/') ? diffTexts.files[language]({ count: files }) : '',
        formatBytes(bytes),
        layer(from),
      ]);
    section(ink(page, 'bold', title), rows, folded.length - rows.length);
  };
  only(diffTexts.only[language]({ side: one }), found.onlyLeft);
  only(diffTexts.only[language]({ side: other }), found.onlyRight);
  const sizes = foldPaths(
    found.sizes.map(({ path, left: own, right: its }) => ({ path, files: 1, bytes: Math.abs(own - its) })),
  );
  const sized = sizes
    .slice(0, LINES)
    .map(({ path, files, bytes }) => [
      printable(path),
      path.endsWith('/') ? diffTexts.files[language]({ count: files }) : '',
      `± ${formatBytes(bytes)}`,
    ]);
  const sameCpu = left.platform.architecture === right.platform.architecture;
  section(ink(page, 'bold', say(sameCpu ? 'allSizes' : 'sizes')), sized, sizes.length - sized.length);
  lines.push('', summary(page, found, sameCpu));
  return lines.join('\n');
}

function summary(page: Page, found: TreeComparison, sameCpu: boolean): string {
  const { language } = page;
  const nothing =
    found.onlyLeft.length + found.onlyRight.length + found.kinds.length + found.sizes.length === 0 &&
    found.sameCode.length + found.packages.length === 0;
  const lines: string[] = [];
  if (found.sameCode.length > 0)
    lines.push(ink(page, 'red', typedWithin(page, diffTexts.suspicious[language]({ count: found.sameCode.length }))));
  else if (nothing) lines.push(diffPhrases[sameCpu ? 'nothingAtAll' : 'nothing'][language]);
  else if (!sameCpu) lines.push(diffPhrases.unsuspicious[language]);
  if (found.namedTwins > 0) lines.push(ink(page, 'dim', diffTexts.twins[language]({ count: found.namedTwins })));
  lines.push(ink(page, 'dim', diffPhrases.contents[language]));
  return lines.join('\n');
}

/** The platform alone where both are of one image, else the image with it. */
function sideNames(left: Comparison['left'], right: Comparison['right']): readonly [string, string] {
  const [a, b] = [formatPlatform(left.platform), formatPlatform(right.platform)];
  return left.name === right.name ? [a, b] : [`${printable(left.name)} ${a}`, `${printable(right.name)} ${b}`];
}

/** Entries gathered into their directories, the deepest first, until they fit; then by size. */
function foldPaths(entries: readonly OneSided[]): readonly OneSided[] {
  let folded = [...entries];
  const depth = (path: string): number => path.replace(/\/$/, '').split('/').length;
  while (folded.length > LINES) {
    const deepest = Math.max(...folded.map(({ path }) => depth(path)));
    if (deepest <= 2) break;
    const groups = new Map<string, OneSided>();
    for (const entry of folded) {
      const trimmed = entry.path.replace(/\/$/, '');
      const path = depth(entry.path) < deepest ? entry.path : trimmed.slice(0, trimmed.lastIndexOf('/') + 1);
      const known = groups.get(path);
      if (known === undefined) groups.set(path, { ...entry, path });
      else {
        const { layer: _, ...rest } = known;
        const bytes = known.bytes + entry.bytes;
        const files = known.files + entry.files;
        groups.set(path, { ...(known.layer === entry.layer ? known : rest), files, bytes });
      }
    }
    folded = [...groups.values()];
  }
  return folded.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
}

/** The same for programs, nothing folded: `schema` by example in docs. */
export function comparisonJson({ left, right, found }: Comparison): Record<string, unknown> {
  const side = ({ name, platform, image }: Comparison['left']) => ({
    image: name,
    platform: formatPlatform(platform),
    digest: image.descriptor.digest,
  });
  const { left: ours, right: theirs, ...rest } = found;
  return {
    left: { ...side(left), ...ours },
    right: { ...side(right), ...theirs },
    ...rest,
    packages: found.packages.map(({ kind, name, left: own, right: its }) => ({
      kind,
      name,
      left: own ?? null,
      right: its ?? null,
    })),
  };
}
