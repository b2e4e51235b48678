import { formatPlatform } from '../core/index.ts';
import type { Known, Place, Proposal, ProposedImage, ProposedTarget, Publication } from '../lint/index.ts';
import { type Language, printable } from '../messages/index.ts';
import { doorPhrases } from '../messages/phrases/front-door.ts';
import { initPhrases, initTexts } from '../messages/phrases/init.ts';

/** Something that only the user can say, where it goes, and the first command that needs it. */
export interface OpenKey {
  /** `images.api.repository`. */
  readonly key: string;
  readonly line: number;
  readonly neededBy: 'plan' | 'ship';
}

export interface ProjectText {
  readonly text: string;
  readonly open: readonly OpenKey[];
}

/** One line of the file: a key with its value, what it is known from, and whether it is only a place to fill in. */
interface Line {
  readonly text: string;
  readonly comment?: string | undefined;
  readonly open?: readonly Omit<OpenKey, 'line'>[];
}

/** `rightarch.yaml` as it is proposed: what was found with its file and line, what was not as a comment that says so. */
export function renderProject(language: Language, { images, targets }: Proposal): ProjectText {
  const lines: Line[] = [{ text: `# ${initPhrases.header[language]}` }];
  if (language !== 'en') lines.push({ text: `language: ${language}` });
  lines.push({ text: 'images:' });
  for (const image of images) lines.push(...imageLines(language, image, targets));
  if (targets.length > 0) lines.push({ text: 'targets:' });
  for (const target of targets) lines.push(...targetLines(language, target, images));
  return {
    text: `${lines.map(({ text, comment }) => (comment === undefined ? text : `${text}  # ${printable(comment)}`)).join('\n')}\n`,
    open: lines.flatMap(({ open }, i) => (open ?? []).map((key) => ({ ...key, line: i + 1 }))),
  };
}

function imageLines(language: Language, image: ProposedImage, targets: readonly ProposedTarget[]): readonly Line[] {
  const { name, context, dockerfile, platforms } = image;
  const lines: Line[] = [{ text: `  ${name}:` }, { text: `    context: ${scalar(context)}` }];
  if (dockerfile !== undefined) lines.push({ text: `    dockerfile: ${scalar(dockerfile)}` });
  lines.push(...publicationLines(language, image));
  if (platforms.length > 0) {
    const words = platforms.map(({ platform }) => formatPlatform(platform));
    lines.push({ text: `    platforms: [${words.join(', ')}]`, comment: places(platforms) });
  } else if (!targets.some((target) => target.image === name))
    lines.push({ text: '    # platforms: [?]', comment: initPhrases.hostDecides[language] });
  return lines;
}

function publicationLines(language: Language, { name, publication }: ProposedImage): readonly Line[] {
  return [...repositoryLines(language, name, publication), tagsLine(language, name, publication)];
}

function repositoryLines(language: Language, name: string, { repositories, partly }: Publication): readonly Line[] {
  if (repositories.length > 0)
    return [{ text: `    repository: ${oneOrList(repositories)}`, comment: places(repositories) }];
  const open = [{ key: `images.${name}.repository`, neededBy: 'ship' }] as const;
  if (partly.length === 0)
    return [{ text: '    # repository: ?', comment: initPhrases.needsRepository[language], open }];
  return partly.map(({ text, at }, i) => ({
    text: `    # repository: ${scalar(text)}`,
    comment: `${place(at)}; ${initPhrases.fillIn[language]}`,
    ...(i === 0 ? { open } : {}),
  }));
}

function tagsLine(language: Language, name: string, { tags, otherTags, shared }: Publication): Line {
  const open = [{ key: `images.${name}.tags`, neededBy: 'ship' }] as const;
  if (tags.length === 0) return { text: '    # tags: [?]', comment: initPhrases.needsTags[language], open };
  const list = `tags: [${tags.map(({ text }) => scalar(text)).join(', ')}]`;
  if (shared !== undefined) {
    const args = { reference: shared.reference, images: shared.images.join(', '), place: places([shared]) ?? '' };
    return { text: `    # ${list}`, comment: initTexts.sharedTag[language](args), open };
  }
  const others = places(otherTags.map((at) => ({ at })));
  const unknown = others === undefined ? [] : [`${initPhrases.otherTags[language]}: ${others}`];
  const comment = [...(places(tags) === undefined ? [] : [places(tags)]), ...unknown].join('; ');
  return { text: `    ${list}`, comment: comment === '' ? undefined : comment };
}

function targetLines(language: Language, target: ProposedTarget, images: readonly ProposedImage[]): readonly Line[] {
  const { name, runtime, architecture, choice, image, how, at } = target;
  const keys = [`runtime: ${runtime}`];
  if (images.length > 1 && image !== undefined) keys.unshift(`image: ${image}`);
  if (architecture.length === 1) keys.push(`architecture: ${architecture[0]}`);
  else if (architecture.length > 1) keys.push(`architecture: [${architecture.join(', ')}]`);
  const comments = at === undefined ? [] : [place(at)];
  if (how === 'default' && architecture.length > 0) comments.push(doorPhrases.default[language]);
  const open: Omit<OpenKey, 'line'>[] = [];
  if (images.length > 1 && image === undefined) {
    comments.push(initPhrases.whichImage[language]);
    open.push({ key: `targets.${name}.image`, neededBy: 'plan' });
  }
  if (choice && architecture.length === 0) {
    comments.push(initPhrases.nodeDecides[language]);
    open.push({ key: `targets.${name}.architecture`, neededBy: 'plan' });
  }
  return [
    {
      text: `  ${name}: { ${keys.join(', ')} }`,
      comment: comments.length > 0 ? comments.join('; ') : undefined,
      open,
    },
  ];
}

const place = ({ file, line }: Place): string => `${file}:${line}`;

/** Each place once, the lines of one file behind each other; nothing where it was typed and not found. */
function places(list: readonly { readonly at: Place | undefined }[]): string | undefined {
  const lines = new Map<string, Set<number>>();
  for (const { at } of list) if (at !== undefined) lines.set(at.file, (lines.get(at.file) ?? new Set()).add(at.line));
  return lines.size === 0 ? undefined : [...lines].map(([file, set]) => `${file}:${[...set].join(', ')}`).join('; ');
}

const oneOrList = (list: readonly Known[]): string =>
  list.length === 1 ? scalar(list[0]!.text) : `[${list.map(({ text }) => scalar(text)).join(', ')}]`;

/** Plain where YAML reads it back as the same text, else quoted: `1.0` would be a number, `{sha}` a map. */
function scalar(text: string): string {
  const plain =
    /^(?:[A-Za-z_/]|\.(?!\d))[\w./:@-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$|:$/i.test(text);
  return plain ? text : JSON.stringify(text);
}
