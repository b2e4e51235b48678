import { isUtf8 } from 'node:buffer';
import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { cpuWords, type Diagnostic, type Platform, parsePlatform } from '../core/index.ts';
import { atFile, diagnostic, nearest } from '../messages/index.ts';
import { findTarget, unknownRuntime } from '../target/index.ts';
import { readYaml } from './document.ts';
import { projectSchema } from './schema.ts';
import { shapeProblems } from './shape-problems.ts';
import type { Checked, Project, ProjectShape } from './types.ts';
import { tagVariables, variablesIn } from './variables.ts';

const MAX_FILE_BYTES = 1_048_576;

/** Reads and checks a configuration file. Every fault of it is reported, and nothing is thrown. */
export async function readProject(file: string): Promise<Checked<Project>> {
  const path = resolve(file);
  let text: string;
  try {
    const found = await stat(path);
    // Opening a pipe would wait for somebody to write into it.
    if (!found.isFile()) {
      const why = found.isDirectory() ? 'directory' : 'other-kind';
      return { ok: false, problems: [diagnostic('config/unreadable', { file, why }, atFile(file))] };
    }
    const handle = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      const bytes = buffer.subarray(0, bytesRead);
      const foreign = notUtf8(bytes, path);
      if (foreign !== undefined) return { ok: false, problems: [foreign] };
      text = bytes.toString('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const problem = diagnostic('config/unreadable', { file, why: 'system' }, atFile(file), { because: [said] });
    return { ok: false, problems: [problem] };
  }
  return parseProject(text, path);
}

/** Where the bytes stop being UTF-8. Read over, they would be other names than the editor shows. */
function notUtf8(bytes: Buffer, file: string): Diagnostic | undefined {
  if (isUtf8(bytes)) return undefined;
  const mark = bytes.length > 1 ? bytes.readUInt16BE(0) : 0;
  if (mark === 0xfffe || mark === 0xfeff) return diagnostic('config/not-utf8', { encoding: 'utf-16' }, atFile(file));
  // A file that was cut at its limit may end within a character; that it is too large is said then.
  if (bytes.length > MAX_FILE_BYTES) return undefined;
  const before = bytes.toString('utf8');
  const at = Math.max(0, before.indexOf('\ufffd'));
  const lines = before.slice(0, at).split('\n');
  return diagnostic(
    'config/not-utf8',
    { encoding: 'other' },
    atFile(file, lines.length, (lines.at(-1)?.length ?? 0) + 1),
  );
}

/** The same for text that is already there. `file` is only for places and for what is relative to it. */
export function parseProject(text: string, file: string): Checked<Project> {
  const data = readYaml(text, file);
  if (data.problems.length > 0) return { ok: false, problems: data.problems };
  // An empty file is a project without images, as the comment at its top will say.
  const parsed = projectSchema.safeParse(data.value ?? {}, { reportInput: false });
  if (!parsed.success) return { ok: false, problems: byPlace(shapeProblems(parsed.error.issues, data)) };
  const project: Project = { file, directory: dirname(file), shape: parsed.data, at: data.at, keyAt: data.keyAt };
  const problems = [
    ...checkImages(project),
    ...checkTargets(project),
    ...checkEnvironments(project),
    ...checkBuilders(project),
  ];
  return problems.length > 0 ? { ok: false, problems: byPlace(problems) } : { ok: true, value: project };
}

function byPlace(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const line = ({ at }: Diagnostic) => (at.in === 'file' ? at.start.line * 10_000 + at.start.column : 0);
  return [...problems].sort((a, b) => line(a) - line(b));
}

/** One text or several, as a list. */
export function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** Platform words with their own positions in a list. A word with a variable is read later. */
export function readPlatforms(
  project: Project,
  path: readonly PropertyKey[],
  words: string | readonly string[] | undefined,
  problems: Diagnostic[],
): readonly Platform[] {
  return listOf(words).flatMap((word, i) => {
    const platform = parsePlatform(word.trim());
    if (platform !== undefined) return [platform];
    const place = Array.isArray(words) ? [...path, i] : path;
    problems.push(diagnostic('platform/malformed', { text: word, accepted: cpuWords }, project.at(place)));
    return [];
  });
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

function checkNames(project: Project, kind: 'images' | 'targets' | 'environments'): readonly Diagnostic[] {
  return Object.keys(project.shape[kind] ?? {}).flatMap((name) =>
    NAME.test(name) ? [] : [diagnostic('config/name-malformed', { name }, project.keyAt([kind, name]))],
  );
}

function checkImages(project: Project): readonly Diagnostic[] {
  const problems: Diagnostic[] = [...checkNames(project, 'images')];
  const images: (readonly [readonly PropertyKey[], ProjectShape['defaults']])[] = [
    [['defaults'], project.shape.defaults],
  ];
  for (const [name, image] of Object.entries(project.shape.images ?? {}))
    images.push([['images', name], image ?? undefined]);
  for (const [path, image] of images) {
    for (const key of ['platforms', 'optional-platforms'] as const) {
      readPlatforms(project, [...path, key], image?.[key], problems);
    }
  }
  return problems;
}

function checkBuilders(project: Project): readonly Diagnostic[] {
  return Object.keys(project.shape.builders ?? {}).flatMap((word) => {
    const path = ['builders', word];
    if (parsePlatform(word) === undefined)
      return [diagnostic('platform/malformed', { text: word, accepted: cpuWords }, project.keyAt(path))];
    const written = project.shape.builders?.[word];
    if (typeof written !== 'object') return [];
    const where = path.join('.');
    if (written.kubernetes === undefined)
      return written.address === undefined
        ? [diagnostic('config/missing-key', { key: 'address', where }, project.keyAt(path))]
        : [];
    // Where both stand, nobody could tell which counts.
    return Object.keys(written).flatMap((key) => {
      const args = { key, where, nearest: undefined, known: ['kubernetes'] };
      return key === 'kubernetes' ? [] : [diagnostic('config/unknown-key', args, project.keyAt([...path, key]))];
    });
  });
}

function checkTargets(project: Project): readonly Diagnostic[] {
  const problems: Diagnostic[] = [...checkNames(project, 'targets')];
  const names = Object.keys(project.shape.images ?? {});
  const check = (
    path: readonly PropertyKey[],
    target: { runtime?: string | undefined; image?: string | undefined },
  ) => {
    if (target.runtime !== undefined && findTarget(target.runtime) === undefined) {
      const unknown = unknownRuntime(target.runtime, project.at([...path, 'runtime']));
      if (!unknown.ok) problems.push(unknown.why);
    }
    if (target.image !== undefined && !names.includes(target.image) && project.shape.from === undefined) {
      const args = { image: target.image, known: names, nearest: nearest(target.image, names) };
      problems.push(diagnostic('config/image-unknown', args, project.at([...path, 'image'])));
    }
  };
  const platforms = (
    path: readonly PropertyKey[],
    target: {
      architecture?: string | string[] | undefined;
      assume?: { architecture?: string | string[] | undefined } | undefined;
    },
  ) => {
    readPlatforms(project, [...path, 'architecture'], target.architecture, problems);
    readPlatforms(project, [...path, 'assume', 'architecture'], target.assume?.architecture, problems);
  };
  for (const [name, target] of Object.entries(project.shape.targets ?? {})) {
    const path = ['targets', name];
    check(path, target);
    platforms(path, target);
    if (target.image === undefined && names.length !== 1 && project.shape.from === undefined) {
      problems.push(diagnostic('config/image-needed', { target: name, images: names }, project.keyAt(path)));
    }
  }
  for (const [environment, rule] of Object.entries(project.shape.environments ?? {})) {
    for (const [name, override] of Object.entries(rule?.targets ?? {})) {
      const path = ['environments', environment, 'targets', name];
      check(path, override);
      platforms(path, override);
      const known = Object.keys(project.shape.targets ?? {});
      if (!known.includes(name)) {
        problems.push(
          diagnostic(
            'config/target-unknown',
            { target: name, known, nearest: nearest(name, known) },
            project.keyAt(path),
          ),
        );
      }
    }
  }
  return problems;
}

/** Variables that rightarch itself puts in; an environment cannot redefine them. */
export const ownVariables = ['env', 'image'] as const;

const ENVIRONMENT_KEYS = ['profile', 'confirm', 'targets'];

/** The variables of one environment: everything in it that is no key of ours; `profile` is both. */
export function variablesOf(rule: object | null | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(rule ?? {}).filter(
    (pair): pair is [string, string] =>
      typeof pair[1] === 'string' && (pair[0] === 'profile' || !ENVIRONMENT_KEYS.includes(pair[0])),
  );
  return Object.fromEntries(entries);
}

function checkEnvironments(project: Project): readonly Diagnostic[] {
  const problems: Diagnostic[] = [...checkNames(project, 'environments')];
  for (const [environment, rule] of Object.entries(project.shape.environments ?? {})) {
    for (const [name, value] of Object.entries(variablesOf(rule))) {
      const inner = variablesIn(value)[0]?.name;
      if (inner !== undefined) {
        const place = project.at(['environments', environment, name]);
        problems.push(diagnostic('config/variable-nested', { name, inner }, place));
      }
      const at = project.keyAt(['environments', environment, name]);
      if (([...ownVariables, ...tagVariables] as readonly string[]).includes(name)) {
        problems.push(diagnostic('config/variable-reserved', { name }, at));
      } else if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) {
        problems.push(diagnostic('config/name-malformed', { name }, at));
      }
    }
  }
  return problems;
}
