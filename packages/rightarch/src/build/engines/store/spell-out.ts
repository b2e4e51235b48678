import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPlatform } from '../../../core/index.ts';
import { csvRow } from '../../docker-flags.ts';
import { cleanPath } from '../../files/root-path.ts';
import { scriptOf } from '../../run/index.ts';
import type { CopySource, PreparedOperation, PreparedStage } from '../../stage/prepare.ts';
import type { CopyOperation, RunOperation } from '../../stage/resolve-stage.ts';
import type { Named } from './with-bases.ts';

/** One line of a Dockerfile that was written here, and what it carries out; nothing where it only sets something up. */
interface Line {
  readonly text: string;
  readonly of?: { readonly operation: PreparedOperation; readonly place: string };
}

/** A Dockerfile in which nothing is left to be read in one way or another. */
export interface SpelledOut {
  readonly text: string;
  /** The lines of each of its stages, FROM first. */
  readonly stages: readonly (readonly Line[])[];
  /** Build contexts that it needs beside those of the request: what stands in heredocs. */
  readonly contexts: Readonly<Record<string, string>>;
}

interface Parts {
  /** The name that an image has in the store. */
  readonly named: Named;
  /** The same of a stage that is an image there already. */
  readonly made: (stage: PreparedStage) => Promise<string> | undefined;
  /** Absolute; for the files of heredocs. */
  readonly scratch: string;
  /** What each stage is labelled with, so that its image is found where it has no name. */
  readonly mark: string;
}

/** The label of a stage. It never comes into an image that is given away: its config is put together here. */
export const MARK = 'rightarch';

const aliasOf = ({ stage }: PreparedStage): string => `rightarch-stage-${stage.index}`;

/**
 * What a stage means and those that it needs, for a builder that reads a Dockerfile in another way than BuildKit: each RUN with its environment, its
 * shell and its script, each COPY with the words that it comes to. Of what is said about the image nothing is in there: its
 * config is known already.
 */
export async function spellOut(end: PreparedStage, parts: Parts): Promise<SpelledOut> {
  const contexts: Record<string, string> = {};
  const inline = async (name: string, data: string): Promise<string> => {
    const context = `rightarch-inline-${Object.keys(contexts).length}`;
    const directory = join(parts.scratch, context);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, name), data);
    await chmod(join(directory, name), 0o644);
    contexts[context] = directory;
    return context;
  };
  const written: Line[][] = [];
  for (const stage of withNeeded(end, parts)) written.push(await linesOf(stage, end, parts, inline));
  const text = written
    .flat()
    .map((line) => `${line.text}\n`)
    .join('');
  return { text, stages: written, contexts };
}

/** In the order of the file. */
function withNeeded(end: PreparedStage, { made }: Parts): readonly PreparedStage[] {
  const found = new Set<PreparedStage>();
  const visit = (stage: PreparedStage): void => {
    if (found.has(stage)) return;
    found.add(stage);
    if (stage !== end && made(stage) !== undefined) return;
    const { base, operations } = stage;
    const sources = operations.flatMap(({ source, mounted = [] }) => [source, ...mounted]);
    for (const one of [base, ...sources]) if (one?.kind === 'stage') visit(one.stage);
  };
  visit(end);
  return [...found].sort((one, other) => one.stage.index - other.stage.index);
}

type Inline = (name: string, data: string) => Promise<string>;

async function linesOf(stage: PreparedStage, end: PreparedStage, parts: Parts, inline: Inline): Promise<Line[]> {
  const { operations, base } = stage;
  const made = stage === end ? undefined : await parts.made(stage);
  // Without any line buildah leaves the container of a stage (1.28, seen 2026-11-30).
  const marked = { text: `LABEL ${MARK}="${parts.mark}"` };
  if (made !== undefined) return [{ text: fromImage(stage, made) }, marked];
  const lines: Line[] = [{ text: await fromLine(stage, parts) }, marked];
  const start = base.kind === 'stage' ? base.stage.state.config : base.kind === 'image' ? base.image.config.config : {};
  const env = new Map<string, string>();
  let user = start?.User ?? '';
  const asUser = (wanted: string): void => {
    if (wanted !== user) lines.push({ text: `USER ${escaped(wanted)}` });
    user = wanted;
  };
  for (const [index, operation] of operations.entries()) {
    const place = `${stage.stage.name === undefined ? '' : `${stage.stage.name} `}${index + 2}/${operations.length + 1}`;
    const of = { operation, place };
    if (operation.kind === 'workdir') {
      asUser(operation.user);
      lines.push({ text: `WORKDIR ${escaped(operation.path)}`, of });
    } else if (operation.kind === 'run') {
      asUser(operation.user);
      for (const [name, value] of Object.entries({ ...operation.env, ...operation.proxies })) {
        if (env.get(name) !== value) lines.push({ text: `ENV ${name}="${value.replaceAll(/[\\"$]/g, '\\$&')}"` });
        env.set(name, value);
      }
      lines.push({ text: await runLine(operation, parts), of });
    } else if (operation.kind === 'copy')
      for (const text of await copyLines(operation, parts, inline)) lines.push({ text, of });
  }
  return lines;
}

async function fromLine(stage: PreparedStage, { named }: Parts): Promise<string> {
  const { base } = stage;
  if (base.kind === 'image') return fromImage(stage, await named(base));
  return `FROM ${base.kind === 'stage' ? aliasOf(base.stage) : 'scratch'} AS ${aliasOf(stage)}`;
}

const fromImage = (stage: PreparedStage, name: string): string =>
  `FROM --platform=${formatPlatform(stage.platform)} ${name} AS ${aliasOf(stage)}`;

/** Always as a list: then nobody else chooses the shell, and a heredoc is a word as any other. */
async function runLine(operation: PreparedOperation & RunOperation, parts: Parts): Promise<string> {
  const { input, shell, flags, mounts, mounted = [], cwd } = operation;
  const others = flags.filter(({ name }) => name !== 'mount').map(({ name, value }) => `--${name}=${value}`);
  const words: string[] = [];
  for (const [index, { fields }] of mounts.entries()) {
    const from = await fromWord(mounted[index], parts);
    const row = [...fields].map(([name, value]) => {
      const isPlace = name === 'target' || name === 'dst' || name === 'destination';
      const own = isPlace && value !== undefined ? cleanPath(value, cwd) : value;
      const text = name === 'from' && from !== undefined ? from : own;
      return text === undefined ? name : `${name}=${text}`;
    });
    words.push(flagWord(`--mount=${csvRow(row)}`));
  }
  const argv = input.form === 'json' ? input.argv : [...shell, scriptOf(input).text];
  return ['RUN', ...words, ...others, JSON.stringify(argv)].join(' ');
}

async function copyLines(
  { source, ...operation }: PreparedOperation & CopyOperation,
  parts: Parts,
  inline: Inline,
): Promise<readonly string[]> {
  const { destination, special, chown, chmod, link, parents } = operation;
  const from = await fromWord(source, parts);
  const flags = [
    // A group alone is that of root, which buildah 1.28 does not read.
    ...(chown === '' ? [] : [`--chown=${chown.replace(/^:/, '0:')}`]),
    ...(chmod === '' ? [] : [`--chmod=${chmod}`]),
    ...(link ? ['--link'] : []),
    ...(parents ? ['--parents'] : []),
    ...special,
  ].map((flag) => flagWord(escaped(flag)));
  const line = (keyword: 'ADD' | 'COPY', of: string | undefined, sources: readonly string[]): string =>
    [
      keyword,
      ...(of === undefined ? [] : [`--from=${of}`]),
      ...flags,
      JSON.stringify([...sources, destination].map(escaped)),
    ].join(' ');
  // One after the other: for several at once buildah makes a directory of a name that has no slash at its end.
  const isName = !destination.endsWith('/');
  const rows = isName ? operation.sources.map((one) => [one]) : operation.sources.length > 0 ? [operation.sources] : [];
  const lines = rows.map((sources) => line(operation.add ? 'ADD' : 'COPY', from, sources));
  // Nothing of a heredoc is unpacked, and `ADD --from` there is not.
  for (const { name, data } of operation.inline) lines.push(line('COPY', await inline(name, data), [name]));
  return lines;
}

/** What `--from` or `from=` has to say; undefined for the build context. */
async function fromWord(source: CopySource | undefined, { named }: Parts): Promise<string | undefined> {
  if (source === undefined) return undefined;
  if (source.kind === 'stage') return aliasOf(source.stage);
  if (source.kind === 'image') return named(source);
  return source.kind === 'scratch' ? 'scratch' : source.name;
}

/**
 * A flag as the reader of a line takes it apart, which goes before any variable is put in (openshift/imagebuilder,
 * dockerfile/parser/split_command.go; buildah 1.28 tried, 2026-11-30).
 */
const flagWord = (text: string): string => text.replaceAll(/[\s\\"']/g, '\\$&');

/** A word that stays as it is where variables and quotes are looked for. */
const escaped = (text: string): string => text.replaceAll(/[\\"'$]/g, '\\$&');
