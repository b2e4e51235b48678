import {
  type Diagnostic,
  formatPlatform,
  formatReference,
  type ImageReference,
  isTag,
  type Platform,
} from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import type { Checked, ExpandedTags, ProjectImage, TagFacts } from './types.ts';
import { replaceVariables, variablesIn } from './variables.ts';

/** `armv7`, `amd64v3`: the CPU as it is usually written in a tag. */
function tagWord({ architecture, variant }: Platform): string {
  return `${architecture}${variant ?? ''}`;
}

/** UTC or a named zone, as `20261122-203000`. Undefined where the zone is not known. */
function stamp(timeMs: number, zone: string): string | undefined {
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }).formatToParts(timeMs);
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
    return `${part('year')}${part('month')}${part('day')}-${part('hour')}${part('minute')}${part('second')}`;
  } catch {
    return undefined;
  }
}

/** semver.org section 9: anything behind a dash is a pre-release. */
function semver(
  version: string | undefined,
): { readonly major: string; readonly minor: string; readonly stable: boolean } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.exec(version ?? '');
  return match
    ? { major: match[1] ?? '', minor: `${match[1]}.${match[2]}`, stable: match[4] === undefined }
    : undefined;
}

/**
 * The value of a variable of tags: text; empty where the fact is missing; `skip` where the tag is not meant for
 * this release (`{latest}`, `{major}` and `{minor}` never point at a pre-release or an older line).
 */
function tagValue(
  variable: { readonly name: string; readonly argument: string | undefined },
  facts: TagFacts,
  platform: Platform | undefined,
): { readonly text: string } | 'skip' {
  const version = semver(facts.version);
  switch (variable.name) {
    case 'sha':
      return { text: facts.commit?.slice(0, 7) ?? '' };
    case 'commit':
      return { text: facts.commit ?? '' };
    case 'time':
      return { text: stamp(facts.timeMs, variable.argument ?? 'UTC') ?? '' };
    case 'arch':
      return { text: platform === undefined ? '' : tagWord(platform) };
    case 'platform':
      return { text: platform === undefined ? '' : formatPlatform(platform).replaceAll('/', '-') };
    case 'version':
      // Build metadata follows a plus, which no tag may hold.
      return { text: (facts.version ?? '').replace(/\+.*$/, '') };
    case 'minor':
    case 'major':
      return version?.stable === false ? 'skip' : { text: version?.[variable.name] ?? '' };
    case 'latest':
      return facts.isLatest ? { text: 'latest' } : 'skip';
    case 'branch':
      return { text: (facts.branch ?? '').replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[.-]+/, '') };
    default:
      return { text: '' };
  }
}

/** One template in one tag; undefined where it is skipped, or where a problem was added. */
function expandOne(
  template: string,
  ask: {
    readonly facts: TagFacts;
    readonly platform: Platform | undefined;
    readonly image: ProjectImage;
    readonly problems: Diagnostic[];
  },
): string | undefined {
  const { facts, platform, image, problems } = ask;
  for (const variable of variablesIn(template)) {
    const value = tagValue(variable, facts, platform);
    if (value === 'skip') return undefined;
    if (value.text === '') {
      const zone = variable.name === 'time';
      const child = variable.name === 'arch' || variable.name === 'platform';
      const why = zone
        ? 'zone'
        : child
          ? 'child'
          : variable.name === 'version' || variable.name === 'major' || variable.name === 'minor'
            ? 'version'
            : 'git';
      problems.push(diagnostic('config/variable-empty', { name: variable.name, why }, image.at));
      return undefined;
    }
  }
  const tag = replaceVariables(template, (name, argument) => {
    const value = tagValue({ name, argument }, facts, platform);
    return value === 'skip' ? '' : value.text;
  });
  if (isTag(tag)) return tag;
  problems.push(diagnostic('config/tag-malformed', { template, tag }, image.at));
  return undefined;
}

/** Every reference that pushing this image makes: repositories times tags, and the tags of its single platforms. */
export function expandTags(
  image: ProjectImage,
  facts: TagFacts,
  more: { readonly platforms?: readonly Platform[] } = {},
): Checked<ExpandedTags> {
  const problems: Diagnostic[] = [];
  const platforms = more.platforms ?? image.platforms.map((one) => one.platform);
  const expand = (templates: readonly string[], platform: Platform | undefined): readonly ImageReference[] => {
    const tags = templates.flatMap((template) => expandOne(template, { facts, platform, image, problems }) ?? []);
    return image.repositories.flatMap((repository) => [...new Set(tags)].map((tag) => ({ ...repository, tag })));
  };
  const references = expand(image.tags, undefined);
  const children = platforms.flatMap((platform) =>
    expand(image.childTags, platform).map((reference) => ({ platform, reference })),
  );
  const seen = new Map<string, string>(references.map((one) => [formatReference(one), image.name]));
  for (const { platform, reference } of children) {
    const text = formatReference(reference);
    const owner = seen.get(text);
    const name = `${image.name} (${formatPlatform(platform)})`;
    if (owner !== undefined)
      problems.push(diagnostic('config/tag-shared', { reference: text, images: [owner, name] }, image.at));
    seen.set(text, name);
  }
  return problems.length > 0
    ? { ok: false, problems: unique(problems) }
    : { ok: true, value: { references, children } };
}

/** The tags of several images at once; two of them that would push the same name are a problem. */
export function expandAllTags(
  images: readonly ProjectImage[],
  facts: TagFacts,
): Checked<ReadonlyMap<string, ExpandedTags>> {
  const problems: Diagnostic[] = [];
  const all = new Map<string, ExpandedTags>();
  const owners = new Map<string, string>();
  for (const image of images) {
    const expanded = expandTags(image, facts);
    if (!expanded.ok) {
      problems.push(...expanded.problems);
      continue;
    }
    all.set(image.name, expanded.value);
    for (const reference of [
      ...expanded.value.references,
      ...expanded.value.children.map((child) => child.reference),
    ]) {
      const text = formatReference(reference);
      const owner = owners.get(text);
      if (owner !== undefined && owner !== image.name) {
        problems.push(diagnostic('config/tag-shared', { reference: text, images: [owner, image.name] }, image.at));
      }
      owners.set(text, image.name);
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: all };
}

function unique(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const texts = problems.map((one) => JSON.stringify(one));
  return problems.filter((_, i) => texts.indexOf(texts[i] ?? '') === i);
}
