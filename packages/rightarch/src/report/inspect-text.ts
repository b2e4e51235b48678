import { type Digest, formatPlatform, shortDigest } from '../core/index.ts';
import { printable } from '../messages/index.ts';
import { inspectPhrases, inspectTexts } from '../messages/phrases/inspect.ts';
import type { Attestation, Descriptor, Image, ImageTree } from '../oci/index.ts';
import { instructionText, layerUsers, platformText, shortMediaType } from './layers.ts';
import { formatBytes, ink, type Page } from './page.ts';
import { renderTable } from './table.ts';

/** What `inspect` knows beside the tree itself. */
export interface Inspection {
  readonly name: string;
  readonly tree: ImageTree;
  /** Those of the tree that were asked for. */
  readonly images: readonly Image[];
  readonly attestations: readonly Attestation[];
  /** Artifacts that name the image as their subject; undefined where the place cannot be asked. */
  readonly referrers: readonly Descriptor[] | undefined;
  /** Every tag of its repository; undefined where the place has none or does not say. */
  readonly tags: readonly string[] | undefined;
}

/** Tags of the text; a repository may have thousands. */
const SHOWN_TAGS = 12;

/** What an image is, in one readable picture: index, platforms, start, layers, what is shared. */
export function renderTree(page: Page, { name, tree, images, attestations, referrers, tags = [] }: Inspection): string {
  const say = (key: keyof typeof inspectPhrases): string => inspectPhrases[key][page.language];
  const { root } = tree;
  const lines = [
    `${ink(page, 'bold', printable(name))}  ${ink(page, 'dim', `${shortMediaType(root.mediaType)}, ${root.digest}, ${formatBytes(root.size)}`)}`,
  ];
  const ofIndex = tree.form === 'index' ? annotationsOf(tree.rawRoot) : {};
  if (Object.keys(ofIndex).length > 0) lines.push(`  ${say('annotations')}`, pairs(page, ofIndex, '    '));
  if (tags.length > 0) {
    const more = tags.length > SHOWN_TAGS ? ` (+${tags.length - SHOWN_TAGS})` : '';
    lines.push(`  ${say('tags')}  ${printable(tags.slice(0, SHOWN_TAGS).join(', '))}${more}`);
  }
  const users = layerUsers(tree);
  for (const image of images) lines.push('', ...imageLines(page, image, users));
  if (attestations.length > 0) {
    const rows = attestations.map(({ descriptor, subject, predicates }) => [
      shortDigest(descriptor.digest),
      formatBytes(descriptor.size),
      predicates.length === 0 ? say('notStated') : printable(predicates.map(predicateName).join(', ')),
      subject === undefined ? '' : inspectTexts.about[page.language]({ what: subjectText(tree, subject) }),
    ]);
    lines.push('', `  ${say('attestations')}`, renderTable(page, [], rows, '    '));
  }
  const listing = (title: string, entries: readonly Descriptor[]): void => {
    if (entries.length === 0) return;
    const rows = entries.map((entry) => [
      shortDigest(entry.digest),
      formatBytes(entry.size),
      printable(shortMediaType(entry.artifactType ?? entry.mediaType)),
    ]);
    lines.push('', `  ${title}`, renderTable(page, [], rows, '    '));
  };
  listing(say('others'), tree.others);
  listing(say('referrers'), referrers ?? []);
  if (images.length > 1) {
    const all = images.flatMap(({ layers }) => layers.map(({ descriptor }) => descriptor));
    const unique = new Map(all.map(({ digest, size }) => [digest, size]));
    const sum = (sizes: Iterable<number>): string => formatBytes([...sizes].reduce((a, b) => a + b, 0));
    lines.push(
      '',
      inspectTexts.total[page.language]({ unique: sum(unique.values()), sum: sum(all.map(({ size }) => size)) }),
    );
  }
  return lines.join('\n');
}

/** Annotations of a document that was read and verified before. */
function annotationsOf(raw: Uint8Array): Readonly<Record<string, string>> {
  const { annotations } = JSON.parse(Buffer.from(raw).toString('utf8')) as { annotations?: Record<string, string> };
  return annotations ?? {};
}

/** `https://slsa.dev/provenance/v0.2` is long for what it says. */
const predicateName = (uri: string): string =>
  /^https:\/\/slsa\.dev\/provenance\/(v[\d.]+)$/.test(uri)
    ? `SLSA provenance ${uri.slice(uri.lastIndexOf('/') + 1)}`
    : /^https:\/\/spdx\.dev\/Document/.test(uri)
      ? 'SPDX SBOM'
      : /^https:\/\/cyclonedx\.org\/bom/.test(uri)
        ? 'CycloneDX SBOM'
        : uri;

function subjectText(tree: ImageTree, subject: Digest): string {
  const image = tree.images.find(({ descriptor }) => descriptor.digest === subject);
  return image === undefined ? printable(shortDigest(subject)) : platformText(image);
}

const pairs = (page: Page, values: Readonly<Record<string, string>>, indent: string): string =>
  renderTable(
    page,
    [],
    Object.entries(values)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [printable(key), printable(value)]),
    indent,
  );

function imageLines(page: Page, image: Image, users: ReadonlyMap<string, readonly string[]>): string[] {
  const say = (key: keyof typeof inspectPhrases): string => inspectPhrases[key][page.language];
  const { config = {}, created, author, history } = image.config;
  const size = image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  const words = (list: readonly string[] | null | undefined): string =>
    list?.length ? printable(JSON.stringify(list)) : say('none');
  const facts: (readonly [string, string])[] = [
    [say('entrypoint'), words(config.Entrypoint)],
    [say('command'), words(config.Cmd)],
    [say('user'), printable(config.User || 'root')],
    [say('directory'), printable(config.WorkingDir || '/')],
  ];
  const fact = (label: keyof typeof inspectPhrases, text: string | undefined): void => {
    if (text) facts.push([say(label), printable(text)]);
  };
  const many = (label: keyof typeof inspectPhrases, values: readonly string[]): void => {
    for (const [i, value] of values.entries()) facts.push([i === 0 ? say(label) : '', printable(value)]);
  };
  const joined = (label: keyof typeof inspectPhrases, values: Readonly<Record<string, string>> | null | undefined) =>
    many(
      label,
      Object.entries(values ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}=${value}`),
    );
  fact('ports', Object.keys(config.ExposedPorts ?? {}).join(', '));
  fact('volumes', Object.keys(config.Volumes ?? {}).join(', '));
  if (config.Shell?.length) fact('shell', JSON.stringify(config.Shell));
  fact('stopSignal', config.StopSignal);
  if (config.Healthcheck !== undefined) fact('healthcheck', JSON.stringify(config.Healthcheck));
  many('onBuild', config.OnBuild ?? []);
  many('variables', config.Env ?? []);
  joined('labels', config.Labels);
  joined('annotations', { ...image.descriptor.annotations, ...image.manifest.annotations });
  fact('created', created);
  fact('author', author);
  fact('config', `${image.manifest.config.digest}, ${formatBytes(image.manifest.config.size)}`);
  if (history !== undefined) {
    const empty = history.filter((entry) => entry.empty_layer === true).length;
    facts.push([say('history'), inspectTexts.history[page.language]({ entries: history.length, empty })]);
  }
  const types = new Set(image.layers.map(({ descriptor }) => descriptor.mediaType));
  const [common] = types;
  if (types.size === 1 && common !== undefined) fact('mediaType', common);
  return [
    `  ${ink(page, 'cyan', platformText(image))}  ${ink(page, 'dim', `${image.descriptor.digest}, ${shortMediaType(image.descriptor.mediaType)}, ${inspectTexts.inLayers[page.language]({ bytes: formatBytes(size), layers: image.layers.length })}`)}`,
    renderTable(page, [], facts, '    '),
    renderTable(
      page,
      [say('layers'), say('size'), say('digest'), ...(types.size > 1 ? [say('mediaType')] : []), say('madeBy')],
      image.layers.map(({ descriptor, position, history: made }) => {
        const others = (users.get(descriptor.digest) ?? []).filter((platform) => platform !== platformText(image));
        const shared = others.length > 0 ? `  (${say('sharedWith')} ${others.join(', ')})` : '';
        return [
          `${position[0]}/${position[1]}`,
          formatBytes(descriptor.size),
          shortDigest(descriptor.digest),
          ...(types.size > 1 ? [printable(shortMediaType(descriptor.mediaType))] : []),
          `${instructionText(made?.created_by)}${shared}`,
        ];
      }),
      '    ',
    ),
  ];
}

const layerJson = (descriptor: Descriptor) => ({
  digest: descriptor.digest,
  size: descriptor.size,
  mediaType: descriptor.mediaType,
  ...(descriptor.annotations !== undefined ? { annotations: descriptor.annotations } : {}),
  ...(descriptor.artifactType !== undefined ? { artifactType: descriptor.artifactType } : {}),
  ...(descriptor.urls !== undefined ? { urls: descriptor.urls } : {}),
});

/** The same for programs, complete: `document` is the config as it is stored. */
export function treeJson({ name, tree, images, attestations, referrers, tags }: Inspection): Record<string, unknown> {
  const users = layerUsers(tree);
  return {
    image: name,
    digest: tree.root.digest,
    mediaType: tree.root.mediaType,
    size: tree.root.size,
    form: tree.form,
    annotations: tree.form === 'index' ? annotationsOf(tree.rawRoot) : {},
    platforms: images.map((image) => ({
      platform: image.declared === undefined ? null : formatPlatform(image.declared),
      entryPlatform: image.entryPlatform === undefined ? null : formatPlatform(image.entryPlatform),
      digest: image.descriptor.digest,
      size: image.descriptor.size,
      mediaType: image.descriptor.mediaType,
      annotations: { ...image.descriptor.annotations, ...image.manifest.annotations },
      config: { digest: image.manifest.config.digest, ...image.config.config },
      document: JSON.parse(Buffer.from(image.rawConfig).toString('utf8')) as unknown,
      created: image.config.created ?? null,
      layers: image.layers.map(({ descriptor, diffId, history }) => ({
        ...layerJson(descriptor),
        diffId: diffId ?? null,
        createdBy: history?.created_by ?? null,
        sharedWith: (users.get(descriptor.digest) ?? []).filter((platform) => platform !== platformText(image)),
      })),
    })),
    attestations: attestations.map(({ descriptor, subject, predicates }) => ({
      ...layerJson(descriptor),
      subject: subject ?? null,
      predicates,
    })),
    others: tree.others.map(layerJson),
    referrers: referrers?.map(layerJson) ?? null,
    tags: tags ?? null,
  };
}
