import { formatPlatform, shortDigest } from '../core/index.ts';
import { printable } from '../messages/index.ts';
import { inspectPhrases, inspectTexts } from '../messages/phrases/inspect.ts';
import type { Descriptor, Image, ImageTree } from '../oci/types.ts';
import { formatBytes, ink, type Page } from './page.ts';
import { renderTable } from './table.ts';

const short = (mediaType: string): string =>
  mediaType.replace(/^application\/vnd\.(oci|docker)\./, '$1 ').replace(/\+json$|^application\//, '');

/** What an image is, in one readable picture: index, platforms, start, layers, what is shared. */
export function renderTree(page: Page, tree: ImageTree, name: string): string {
  const say = (key: keyof typeof inspectPhrases): string => inspectPhrases[key][page.language];
  const lines = [
    `${ink(page, 'bold', printable(name))}  ${ink(page, 'dim', `${short(tree.root.mediaType)}, ${tree.root.digest}, ${formatBytes(tree.root.size)}`)}`,
  ];
  const users = layerUsers(tree);
  for (const image of tree.images) lines.push('', ...imageLines(page, image, users));
  const listing = (title: string, entries: readonly Descriptor[]): void => {
    if (entries.length === 0) return;
    lines.push(
      '',
      `  ${title}`,
      renderTable(
        page,
        [],
        entries.map((entry) => [shortDigest(entry.digest), formatBytes(entry.size), short(entry.mediaType)]),
        '    ',
      ),
    );
  };
  listing(say('attestations'), tree.attestations);
  listing(say('others'), tree.others);
  if (tree.images.length > 1) {
    const all = tree.images.flatMap(({ layers }) => layers.map(({ descriptor }) => descriptor));
    const unique = new Map(all.map(({ digest, size }) => [digest, size]));
    const sum = (sizes: Iterable<number>): string => formatBytes([...sizes].reduce((a, b) => a + b, 0));
    lines.push(
      '',
      inspectTexts.total[page.language]({ unique: sum(unique.values()), sum: sum(all.map(({ size }) => size)) }),
    );
  }
  return lines.join('\n');
}

/** For each layer, the platforms that have it. */
function layerUsers(tree: ImageTree): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const image of tree.images) {
    for (const { descriptor } of image.layers)
      users.set(descriptor.digest, [...(users.get(descriptor.digest) ?? []), platformOf(image)]);
  }
  return users;
}

const platformOf = ({ declared, entryPlatform }: Image): string => {
  const platform = declared ?? entryPlatform;
  return platform === undefined ? '?' : formatPlatform(platform);
};

function imageLines(page: Page, image: Image, users: ReadonlyMap<string, readonly string[]>): string[] {
  const say = (key: keyof typeof inspectPhrases): string => inspectPhrases[key][page.language];
  const { config = {}, created } = image.config;
  const size = image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  const words = (list: readonly string[] | null | undefined): string =>
    list?.length ? printable(JSON.stringify(list)) : say('none');
  const facts: (readonly [string, string])[] = [
    [say('entrypoint'), words(config.Entrypoint)],
    [say('command'), words(config.Cmd)],
    [say('user'), printable(config.User || 'root')],
    [say('directory'), printable(config.WorkingDir || '/')],
  ];
  const ports = Object.keys(config.ExposedPorts ?? {});
  if (ports.length > 0) facts.push([say('ports'), printable(ports.join(', '))]);
  if (config.Env?.length)
    facts.push([say('variables'), printable(config.Env.map((pair) => pair.split('=')[0]).join(', '))]);
  if (created !== undefined) facts.push([say('created'), printable(created)]);
  return [
    `  ${ink(page, 'cyan', platformOf(image))}  ${ink(page, 'dim', `${image.descriptor.digest}, ${formatBytes(size)}`)}`,
    renderTable(page, [], facts, '    '),
    renderTable(
      page,
      [say('layers'), say('size'), say('digest'), say('madeBy')],
      image.layers.map(({ descriptor, position, history }) => {
        const others = (users.get(descriptor.digest) ?? []).filter((platform) => platform !== platformOf(image));
        const shared = others.length > 0 ? `  (${say('sharedWith')} ${others.join(', ')})` : '';
        return [
          `${position[0]}/${position[1]}`,
          formatBytes(descriptor.size),
          shortDigest(descriptor.digest),
          `${instructionOf(history?.created_by)}${shared}`,
        ];
      }),
      '    ',
    ),
  ];
}

/** The instruction as in the Dockerfile: without the shell that BuildKit and the legacy builder write around it. */
function instructionOf(createdBy: string | undefined): string {
  const text = printable((createdBy ?? '').replace(/\s+/g, ' ').trim())
    .replace(/^\/bin\/sh -c #\(nop\)\s+/, '')
    .replace(/^\/bin\/sh -c /, 'RUN ')
    .replace(/^RUN \/bin\/sh -c /, 'RUN ')
    .replace(/ # (buildkit|rightarch)$/, '');
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}

/** The same for programs. */
export function treeJson(tree: ImageTree, name: string): Record<string, unknown> {
  return {
    image: name,
    digest: tree.root.digest,
    mediaType: tree.root.mediaType,
    form: tree.form,
    platforms: tree.images.map((image) => ({
      platform: image.declared === undefined ? null : formatPlatform(image.declared),
      entryPlatform: image.entryPlatform === undefined ? null : formatPlatform(image.entryPlatform),
      digest: image.descriptor.digest,
      mediaType: image.descriptor.mediaType,
      config: { digest: image.manifest.config.digest, ...image.config.config },
      created: image.config.created ?? null,
      layers: image.layers.map(({ descriptor, diffId, history }) => ({
        digest: descriptor.digest,
        size: descriptor.size,
        mediaType: descriptor.mediaType,
        diffId: diffId ?? null,
        createdBy: history?.created_by ?? null,
      })),
    })),
    attestations: tree.attestations.map(({ digest, size }) => ({ digest, size })),
    others: tree.others.map(({ digest, size, mediaType }) => ({ digest, size, mediaType })),
  };
}
