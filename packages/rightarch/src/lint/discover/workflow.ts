import { isTag, type Platform, parsePlatform } from '../../core/index.ts';
import { type Found, lineAt } from '../found.ts';
import type { Around, SourceFile } from '../repository.ts';
import { joinLines, readCommands } from './commands.ts';
import { assignedIn, fillIn, type Literals, readName, variablesOfWorkflow } from './names.ts';

/** Runner labels whose CPU is documented; anything else, variables included, stays unknown. */
function runnerPlatform(label: string | undefined): Platform | undefined {
  if (label === undefined) return undefined;
  if (/^ubuntu-[\d.]+-arm$/.test(label)) return parsePlatform('linux/arm64');
  return /^ubuntu-(latest|slim|[\d.]+)$/.test(label) ? parsePlatform('linux/amd64') : undefined;
}

/** What a workflow builds and pushes: build-push-action steps and command lines, and the CPU of its runners. */
export function discoverWorkflow({ path, text }: SourceFile, { githubRepository }: Around): Partial<Found> {
  const labels = new Set([...text.matchAll(/^\s*runs-on:\s*([^\s#]+)/gm)].map(([, label]) => label));
  const builder = labels.size === 1 ? runnerPlatform([...labels][0]) : undefined;
  const literals = new Map([...assignedIn(text), ...variablesOfWorkflow(text, githubRepository)]);
  const { runtimes, builds, names } = readCommands(path, joinLines(text), text, { literals, builder });
  const metadata = stepsOf(text, /uses:\s*docker\/metadata-action@\S+/g);
  for (const step of stepsOf(text, /uses:\s*docker\/(?:build-push-action|bake-action)@\S+/g)) {
    const context = inputOf(step, 'context')[0]?.value;
    const file = inputOf(step, 'file')[0]?.value;
    const place = { file: path, line: lineAt(text, step.offset) };
    builds.push({
      platforms: inputOf(step, 'platforms')
        .flatMap(({ value }) => value.split(','))
        .flatMap((name) => parsePlatform(fillIn(name.trim(), literals)) ?? []),
      builder,
      dockerfile: file,
      context: context?.includes('$') ? undefined : context,
      at: place,
    });
    const push = inputOf(step, 'push')[0]?.value ?? '';
    const outputs = inputOf(step, 'outputs').map(({ value }) => value);
    const pushed = (push !== '' && push !== 'false') || outputs.some((one) => /push=true|type=registry/.test(one));
    for (const { value, offset } of inputOf(step, 'tags')) {
      const id = /steps\.([\w-]+)\.outputs\.tags/.exec(value)?.[1];
      const made =
        id === undefined ? undefined : metadata.find((one) => new RegExp(`\\bid:\\s*${id}\\b`).test(one.text));
      const found =
        id === undefined
          ? [{ name: readName(value, literals), offset }]
          : made === undefined
            ? []
            : namesOfMetadata(made, literals);
      for (const { name, offset } of found) {
        if (name === undefined) continue;
        const at = { file: path, line: lineAt(text, offset) };
        const how = pushed ? 'pushed' : 'given';
        names.push({
          ...name,
          how,
          dockerfile: dockerfileOf(file, context),
          before: undefined,
          runtime: undefined,
          at,
        });
      }
    }
  }
  return { runtimes, builds, names };
}

function dockerfileOf(file: string | undefined, context: string | undefined): string | undefined {
  if (file !== undefined) return file.includes('$') ? undefined : file;
  return context === undefined || /[${]/.test(context) ? undefined : `${context.replace(/\/$/, '')}/Dockerfile`;
}

/** One step of a workflow. */
interface Step {
  readonly offset: number;
  readonly text: string;
  /** Where its text begins in the file. */
  readonly start: number;
}

/** The steps that use an action, each from its dash to the next step. */
function stepsOf(text: string, action: RegExp): readonly Step[] {
  return [...text.matchAll(action)].map(({ index }) => {
    const start = [...text.slice(0, index).matchAll(/^[ \t]*- /gm)].at(-1)?.index ?? index;
    const end = text.slice(index).search(/\n\s*- (?:name|uses|run|id|if):/);
    return { offset: index, start, text: text.slice(start, end < 0 ? text.length : index + end) };
  });
}

/** The values of an input, one a line in a block, with where each stands. */
function inputOf({ text, start }: Step, name: string): readonly { readonly value: string; readonly offset: number }[] {
  const head = new RegExp(`^([ \\t]+)${name}:[ \\t]*([^\\n]*)\\n?`, 'm').exec(text);
  if (head === null) return [];
  const [whole, indent = '', rest = ''] = head;
  const inline = rest.replace(/[ \t]+#.*$/, '').trim();
  if (!/^[|>][+-]?$/.test(inline))
    return inline === '' ? [] : [{ value: inline.replace(/^(["'])(.*)\1$/, '$2'), offset: start + head.index }];
  const values: { value: string; offset: number }[] = [];
  let at = head.index + whole.length;
  for (const line of text.slice(at).split('\n')) {
    if (line.trim() !== '' && !(line.startsWith(indent) && /^[ \t]/.test(line.slice(indent.length)))) break;
    if (line.trim() !== '' && !line.trim().startsWith('#')) values.push({ value: line.trim(), offset: start + at });
    at += line.length + 1;
  }
  return values;
}

/**
 * What docker/metadata-action makes of `images` and `tags`; a kind of tag that depends on the event stays unknown
 * (https://github.com/docker/metadata-action#tags-input, read 2026-11-28).
 */
function namesOfMetadata(
  step: Step,
  literals: Literals,
): readonly { readonly name: ReturnType<typeof readName>; readonly offset: number }[] {
  const rules = inputOf(step, 'tags').map(({ value }) => tagOfRule(value, literals));
  return inputOf(step, 'images').flatMap(({ value, offset }) => {
    // The action writes it in lower case, as registries want it.
    const repository = readName(value.replace(/^name=/, '').replace(/,.*$/, ''), literals)?.repository.toLowerCase();
    if (repository === undefined) return [];
    return (rules.length === 0 ? [undefined] : rules).map((tag) => ({ name: { repository, tag }, offset }));
  });
}

function tagOfRule(rule: string, literals: Literals): string | undefined {
  const parts = new Map(rule.split(',').map((part) => [part.split('=')[0] ?? '', part.slice(part.indexOf('=') + 1)]));
  // Whether the tag is made at all depends on the event that started the run.
  if (parts.has('enable') || parts.has('suffix')) return undefined;
  const written = parts.get('prefix');
  const prefix = written === undefined ? undefined : fillIn(written, literals);
  switch (parts.get('type')) {
    case 'raw':
      return tagOrNone(`${prefix ?? ''}${fillIn(parts.get('value') ?? '', literals)}`);
    case 'sha':
      return tagOrNone(`${prefix ?? 'sha-'}${parts.get('format') === 'long' ? '{commit}' : '{sha}'}`);
    case 'semver': {
      const variable = { '{{version}}': '{version}', '{{major}}.{{minor}}': '{minor}', '{{major}}': '{major}' };
      const found = variable[(parts.get('pattern') ?? '') as keyof typeof variable];
      return found === undefined ? undefined : tagOrNone(`${prefix ?? ''}${found}`);
    }
    default:
      return undefined;
  }
}

const tagOrNone = (tag: string): string | undefined => (isTag(tag.replace(/\{\w+\}/g, 'x')) ? tag : undefined);
