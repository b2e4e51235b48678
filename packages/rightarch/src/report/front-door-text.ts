import type { ResolvedProject } from '../config/index.ts';
import { formatPlatform, formatReference, type Platform, relativePath } from '../core/index.ts';
import {
  type FoundImage,
  type FoundRuntime,
  type Place,
  type Prospect,
  type Repository,
  undeclaredRuntimes,
} from '../lint/index.ts';
import { printable } from '../messages/index.ts';
import { doorPhrases, doorTexts } from '../messages/phrases/front-door.ts';
import { targets } from '../target/index.ts';
import { ink, type Page, typed } from './page.ts';
import { renderTable } from './table.ts';

/** A rightarch.yaml, in each of its environments; in one that has no name where it has none. */
export interface DoorProject {
  /** As one would type it here. */
  readonly file: string;
  /** Absolute. */
  readonly directory: string;
  readonly environments: readonly string[];
  readonly resolved: readonly ResolvedProject[];
}

export interface FrontDoor {
  /** Name of the repository's folder. */
  readonly name: string;
  readonly host: Platform;
  readonly repository: Repository;
  readonly project: DoorProject | undefined;
  readonly prospects: readonly Prospect[];
  /** Commands with what each does, the most useful first. */
  readonly next: readonly string[];
}

/** The first screen: what is here, where it runs, on which CPU and how that is known, what breaks, what to type. */
export function renderFrontDoor(page: Page, door: FrontDoor): string {
  const say = (key: keyof typeof doorPhrases): string => doorPhrases[key][page.language];
  const { images, runtimes } = door.repository;
  const project = door.project;
  const others = undeclaredRuntimes(runtimes, project?.resolved ?? []);
  const imageRows =
    project === undefined ? images.map((image) => foundRow(page, image)) : projectImages(page, door, project);
  const runtimeRows = [
    ...(project === undefined ? [] : projectTargets(page, project)),
    ...others.map((runtime) => [
      targets[runtime.runtime].title,
      printable(runtime.name ?? ''),
      runtime.platforms.length === 0
        ? runtime.how === 'open'
          ? '?'
          : say('byNode')
        : runtime.platforms.map(formatPlatform).join(', '),
      placeText(runtime.at),
      say(runtime.how),
    ]),
  ];
  const head = doorTexts.head[page.language]({
    // One that differs between environments has several rows.
    images: project?.resolved[0]?.images.length ?? images.length,
    runtimes: (project?.resolved[0]?.targets.length ?? 0) + others.length,
    host: formatPlatform(door.host),
  });
  const lines = [`${ink(page, 'bold', printable(door.name))} · ${head}`];
  if (imageRows.length === 0 && runtimeRows.length === 0) lines.push('', say('nothing'));
  const from = project === undefined ? '' : ` (${printable(project.file)})`;
  if (imageRows.length > 0)
    lines.push('', `${ink(page, 'bold', say('images'))}${from}`, renderTable(page, [], imageRows));
  const published = project === undefined ? [] : publishedRows(page, project);
  if (published.length > 0) lines.push('', ink(page, 'bold', say('published')), renderTable(page, [], published));
  if (runtimeRows.length > 0) lines.push('', ink(page, 'bold', say('runs')), renderTable(page, [], runtimeRows));
  if (imageRows.length > 0) {
    const sentences = door.prospects.map((prospect) => `  ${prospectText(page, prospect)}`);
    lines.push(
      '',
      ink(page, 'bold', say('expect')),
      ...(sentences.length > 0 ? sentences : [`  ${say('nothingSeen')}`]),
    );
  }
  if (door.next.length > 0)
    lines.push('', ink(page, 'bold', say('next')), ...door.next.map((command) => `  ${typed(page, command)}`));
  return lines.join('\n');
}

function foundRow(page: Page, image: FoundImage): readonly string[] {
  // A pin is told by its beginning: whole digests would push the answer off the screen.
  const base = (image.base ?? '').replace(/(?<=@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '');
  return [printable(image.dockerfile), printable(base), imagePlatform(page, image)];
}

/** Rows that are the same in every environment stand once; the others with the environments that they are of. */
function byEnvironment(
  { environments, resolved }: DoorProject,
  rowsOf: (project: ResolvedProject) => readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const found = new Map<string, { readonly row: readonly string[]; readonly names: string[] }>();
  for (const project of resolved) {
    for (const row of rowsOf(project)) {
      const key = JSON.stringify(row);
      const entry = found.get(key) ?? { row, names: [] };
      entry.names.push(project.environment?.name ?? '');
      found.set(key, entry);
    }
  }
  return [...found.values()].map(({ row, names }) =>
    names.length === resolved.length || environments.length < 2 ? row : [...row, printable(names.join(', '))],
  );
}

function projectImages(
  page: Page,
  { repository, host }: FrontDoor,
  project: DoorProject,
): readonly (readonly string[])[] {
  return byEnvironment(project, ({ directory, images }) =>
    images.map(({ name, dockerfile, stage, platforms }) => {
      const path = relativePath(directory, dockerfile);
      const found = repository.images.find((image) => image.dockerfile === path);
      // Which base a named stage has is for `plan` to say.
      const base =
        found === undefined ? doorPhrases.noFile[page.language] : stage === undefined ? found.base : `(${stage})`;
      const words = platforms.map(({ platform, optional }) =>
        optional ? doorTexts.optional[page.language]({ platform: formatPlatform(platform) }) : formatPlatform(platform),
      );
      const shown =
        words.length > 0 ? words.join(', ') : doorTexts.byHost[page.language]({ host: formatPlatform(host) });
      return [printable(name), printable(path), printable(base ?? ''), shown];
    }),
  );
}

function publishedRows(page: Page, project: DoorProject): readonly (readonly string[])[] {
  return byEnvironment(project, ({ images }) =>
    images.map(({ name, repositories, tags }) => [
      printable(name),
      repositories.length === 0 || tags.length === 0
        ? doorPhrases.notPublished[page.language]
        : printable(`${repositories.map(formatReference).join(', ')}  ${tags.join(', ')}`),
    ]),
  );
}

function projectTargets(page: Page, project: DoorProject): readonly (readonly string[])[] {
  return byEnvironment(project, ({ images, targets: own }) =>
    own.map(({ name, image, at, ask }) => [
      ask.target.title,
      printable(images.length > 1 ? `${name} (${image})` : name),
      ask.platforms.map(formatPlatform).join(', '),
      placeText({ file: project.file, line: at.in === 'file' ? at.start.line : 1 }),
      doorPhrases[ask.decidedBy][page.language],
    ]),
  );
}

/** The same as data. */
export function projectDoorJson({ file, environments, resolved }: DoorProject): object {
  return {
    file,
    environments,
    resolved: resolved.map(({ environment, directory, images, targets: own }) => ({
      environment: environment?.name ?? null,
      images: images.map(({ name, dockerfile, stage, platforms, repositories, tags }) => ({
        name,
        dockerfile: relativePath(directory, dockerfile),
        ...(stage === undefined ? {} : { stage }),
        platforms: platforms.map(({ platform, because, optional }) => ({
          platform: formatPlatform(platform),
          because,
          optional,
        })),
        repositories: repositories.map(formatReference),
        tags,
      })),
      targets: own.map(({ name, image, at, ask }) => ({
        name,
        image,
        runtime: ask.target.id,
        platforms: ask.platforms.map(formatPlatform),
        decidedBy: ask.decidedBy,
        line: at.in === 'file' ? at.start.line : null,
      })),
    })),
  };
}

const placeText = ({ file, line }: Pick<Place, 'file' | 'line'>): string => printable(`${file}:${line}`);
const titleOf = ({ runtime }: FoundRuntime): string => targets[runtime].title;
const cpuOf = ({ platforms }: FoundRuntime): string => platforms.map(formatPlatform).join(', ');

function imagePlatform(page: Page, { pinned, onBuilder }: FoundImage): string {
  if (onBuilder !== undefined) return ink(page, 'red', doorPhrases.onBuilder[page.language]);
  if (pinned === undefined) return doorPhrases.anyPlatform[page.language];
  return doorTexts.pinned[page.language]({ platform: formatPlatform(pinned.platform), line: pinned.at.line });
}

function prospectText(page: Page, prospect: Prospect): string {
  const { language } = page;
  // The facts write `{path}` for what differs from image to image.
  const message = (text: string | undefined): string =>
    `\`${(text ?? 'exec format error').replace(/\{(\w+)\}/g, '<$1>')}\``;
  switch (prospect.kind) {
    case 'fails': {
      const args = {
        runtime: titleOf(prospect.runtime),
        cpu: cpuOf(prospect.runtime),
        given: formatPlatform(prospect.given),
        at: placeText(prospect.at),
        message: message(prospect.message),
      };
      if (prospect.because === 'pinned') return doorTexts.failsPinned[language](args);
      return prospect.because === 'built' ? doorTexts.failsBuilt[language](args) : doorTexts.failsHost[language](args);
    }
    case 'holds-by-pin':
      return doorTexts.holdsByPin[language]({
        runtime: titleOf(prospect.runtime),
        pinned: formatPlatform(prospect.pinned),
        at: placeText(prospect.at),
        other: prospect.other && formatPlatform(prospect.other),
        message: message(undefined),
      });
    case 'index-refused':
      return doorTexts.indexRefused[language]({
        runtime: titleOf(prospect.runtime),
        at: placeText(prospect.at),
        message: message(prospect.message),
      });
    case 'stages-differ':
      return doorTexts.stagesDiffer[language]({
        at: placeText(prospect.at),
        first: formatPlatform(prospect.first),
        final: prospect.final && formatPlatform(prospect.final),
      });
    case 'final-on-builder':
      return doorTexts.finalOnBuilder[language]({ at: placeText(prospect.at) });
    case 'no-such-cpu':
      return doorTexts.noSuchCpu[language]({
        runtime: titleOf(prospect.runtime),
        cpus: targets[prospect.runtime.runtime].platforms.value.map(formatPlatform).join(', '),
        built: formatPlatform(prospect.built),
        at: placeText(prospect.at),
        source: prospect.source,
        checked: prospect.checked,
      });
  }
}
