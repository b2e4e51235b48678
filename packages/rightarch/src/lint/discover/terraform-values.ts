import { posix } from 'node:path';
import {
  child,
  EXPRESSION,
  type Extent,
  entriesOf,
  type HclBlock,
  inner,
  readTrees,
  TEMPLATE,
  type Tree,
} from '../../definition/index.ts';
import { parsedTerraform } from '../documents/parsed.ts';
import type { SourceFile } from '../repository.ts';

/** What a value of Terraform stands for, at the place where it is used; itself where that is not certain. */
export type Meant = (tree: Tree) => Tree;

/** The sources of Terraform, by folder: one folder is one module. */
export interface Modules {
  readonly meantIn: (path: string) => Meant;
}

const folderOf = (path: string): string => posix.dirname(path);

/** More steps from a name to a name than a person follows. */
const MAX_STEPS = 20;
/** No name of a machine, a CPU or an image is longer. */
const MAX_TEXT = 2_000;
/** More values than the files of one repository use, and than those of one file. */
const MAX_FOLLOWED = 200_000;
const MAX_VALUES = 50_000;

/** What Terraform reads without being told (https://developer.hashicorp.com/terraform/language/values/variables, read 2026-11-29). */
const AUTOMATIC = /(?:^|\/)(?:terraform|[^/]*\.auto)\.tfvars(?:\.json)?$/;

/** Names of a folder and what they stand for, read when they are first asked for. */
interface Folder {
  readonly locals: ReadonlyMap<string, Tree>;
  /** The default of each variable; undefined for one that has none. */
  readonly variables: ReadonlyMap<string, Tree | undefined>;
}

/** What is put in for names of Terraform; nothing is evaluated beyond that. */
export function modulesIn(files: readonly SourceFile[]): Modules {
  const sources = files.filter(({ path }) => path.endsWith('.tf'));
  const folders = once((folder: string) => folderIn(sources.filter(({ path }) => folderOf(path) === folder)));
  let budget = MAX_FOLLOWED;
  const calls = lazy(() => callsIn(sources));
  const settings = lazy(() => settingsIn(files));
  const isSetElsewhere = once((name: string) => {
    const set = new RegExp(`\\bTF_VAR_${name}\\b|-var[ =]+["']?${name}=|"${name}"\\s*[:=]\\s*[^\\n]*TF_VAR`);
    return files.some(({ path, text }) => !/\.(?:tf|tfvars)$/.test(path) && set.test(text));
  });

  /** The one value that everybody who calls the module, or the files of its variables, give. */
  function variable(folder: string, name: string, steps: number): Tree | undefined {
    const own = folders(folder).variables;
    if (!own.has(name) || steps > MAX_STEPS || !/^[\w-]+$/.test(name)) return undefined;
    const otherwise = own.get(name);
    const callers = calls().filter(({ source }) => source === folder);
    if (callers.length > 0)
      return agreed(
        callers.map(({ from, body }) => {
          const given = child(body, name);
          return given === undefined ? otherwise : known(follow(from, given, steps + 1));
        }),
      );
    if (isSetElsewhere(name)) return undefined;
    // The default alone is no answer, because whoever applies it may set another: as of parameters of CloudFormation.
    const given = settings().filter(({ path }) => concerns(folder, path));
    const automatic = given.filter(({ path }) => folderOf(path) === folder && AUTOMATIC.test(path));
    const always = automatic.flatMap(({ values }) => values.get(name) ?? []);
    const usual = always.length > 0 ? agreed(always) : otherwise;
    const others = given.filter((one) => !automatic.includes(one));
    const within = folder === '.' ? '' : `${folder}/`;
    return agreed([
      ...(automatic.length > 0 ? [usual] : []),
      ...others.flatMap(({ path, values }) => {
        const value = values.get(name);
        return value !== undefined || path.startsWith(within) ? [value ?? usual] : [];
      }),
    ]);
  }

  function follow(folder: string, tree: Tree, steps: number): Tree {
    if (tree.kind !== 'scalar' || (tree.tag !== EXPRESSION && tree.tag !== TEMPLATE)) return tree;
    if (steps > MAX_STEPS || tree.text.length > MAX_TEXT || --budget < 0) return tree;
    const value = evaluated(tree.text, tree.tag === TEMPLATE, (path) => {
      const [kind, name = '', ...rest] = path;
      const first = kind === 'local' ? folders(folder).locals.get(name) : variable(folder, name, steps + 1);
      const found = first === undefined ? undefined : follow(folder, first, steps + 1);
      const last = rest.reduce<Tree | undefined>((one, key) => {
        const inside = child(one, key);
        return inside === undefined ? undefined : follow(folder, inside, steps + 1);
      }, found);
      return last === undefined ? undefined : known(last);
    });
    return value === undefined ? tree : movedTo(value, tree);
  }

  return {
    meantIn: (path) => {
      let left = MAX_VALUES;
      const folder = folderOf(path);
      const meant: Meant = (tree) => {
        if (--left < 0) return tree;
        const followed = follow(folder, tree, 0);
        if (followed.kind === 'list' && followed.tag === undefined)
          return { ...followed, items: followed.items.map(meant) };
        if (followed.kind !== 'map' || followed.tag !== undefined) return followed;
        return { ...followed, entries: new Map([...followed.entries].map(([key, value]) => [key, meant(value)])) };
      };
      return meant;
    },
  };
}

/** A value that is written out, whole. */
const known = (tree: Tree): Tree | undefined =>
  tree.tag === undefined && tree.kind !== 'unreadable' ? tree : undefined;

/** The value that all of these are. */
function agreed(values: readonly (Tree | undefined)[]): Tree | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  const text = plainOf(first);
  return text !== undefined && values.every((one) => one !== undefined && plainOf(one) === text) ? first : undefined;
}

/** What is the same for two values that mean the same; undefined for one that is not written out. */
function plainOf(tree: Tree): string | undefined {
  if (tree.tag !== undefined || tree.kind === 'unreadable') return undefined;
  if (tree.kind === 'scalar') return JSON.stringify(tree.value);
  const inside =
    tree.kind === 'list' ? tree.items.map(plainOf) : entriesOf(tree).map(([key, one]) => `${key}=${plainOf(one)}`);
  return inside.some((one) => one === undefined || one.endsWith('=undefined'))
    ? undefined
    : `${tree.kind}(${inside.join()})`;
}

/** The same value at the place where it is used: that of its own may be in another file. */
function movedTo(tree: Tree, { offset, end }: Extent): Tree {
  const at = { offset, end, ...(tree.tag === undefined ? {} : { tag: tree.tag }) };
  if (tree.kind === 'list') return { ...at, kind: 'list', items: tree.items.map((one) => movedTo(one, at)) };
  if (tree.kind === 'map')
    return { ...at, kind: 'map', entries: new Map([...tree.entries].map(([key, one]) => [key, movedTo(one, at)])) };
  return { ...tree, ...at };
}

const NAME = String.raw`(?:local|var)(?:\.[A-Za-z_][\w-]*|\["[^"\n]+"\])+`;
const WHOLE = new RegExp(`^${NAME}$`);
const CASED = new RegExp(`^(upper|lower)\\((${NAME})\\)$`);
const CHOICE = new RegExp(
  `^(${NAME})\\s*(==|!=)\\s*"([^"$%\\\\]*)"\\s*\\?\\s*"([^"$%\\\\]*)"\\s*:\\s*"([^"$%\\\\]*)"$`,
);

/** A name, a text with names in it, a name in other letters, or a choice of two words by a name. */
function evaluated(
  text: string,
  isTemplate: boolean,
  meaningOf: (path: readonly string[]) => Tree | undefined,
): Tree | undefined {
  const at = { offset: 0, end: 0 };
  const scalar = (value: string): Tree => ({ ...at, kind: 'scalar', value, text: value });
  const word = (name: string): string | undefined => {
    const found = meaningOf(pathOf(name));
    return found?.kind === 'scalar' ? found.text : undefined;
  };
  if (isTemplate) {
    if (/%\{|\$\$\{/.test(text)) return undefined;
    let missing = false;
    const filled = text.replace(/\$\{([^{}]*)\}/g, (_, inside: string) => {
      const value = WHOLE.test(inside.trim()) ? word(inside.trim()) : undefined;
      missing ||= value === undefined;
      return value ?? '';
    });
    return missing || filled.includes('${') ? undefined : scalar(filled);
  }
  if (WHOLE.test(text)) return meaningOf(pathOf(text));
  const cased = CASED.exec(text);
  if (cased !== null) {
    const value = word(cased[2] ?? '');
    return value === undefined ? undefined : scalar(cased[1] === 'upper' ? value.toUpperCase() : value.toLowerCase());
  }
  const choice = CHOICE.exec(text);
  const asked = choice === null ? undefined : word(choice[1] ?? '');
  if (choice === null || asked === undefined) return undefined;
  const [, , operator, other, yes = '', no = ''] = choice;
  return scalar((asked === other) === (operator === '==') ? yes : no);
}

const pathOf = (name: string): readonly string[] =>
  [...name.matchAll(/[A-Za-z_][\w-]*|\["([^"]+)"\]/g)].map(([whole, quoted]) => quoted ?? whole);

function folderIn(files: readonly SourceFile[]): Folder {
  const blocks = files.flatMap((file) => parsedTerraform(file));
  const locals = new Map(blocks.flatMap(({ type, body }) => (type === 'locals' ? entriesOf(body) : [])));
  const variables = new Map(
    blocks.flatMap(({ type, labels: [name], body }: HclBlock) =>
      type === 'variable' && name !== undefined ? [[name, child(body, 'default')] as const] : [],
    ),
  );
  return { locals, variables };
}

interface Call {
  /** The folder that calls, and the one that is called. */
  readonly from: string;
  readonly source: string;
  readonly body: Tree;
}

/** Modules of the same repository that are called. */
function callsIn(sources: readonly SourceFile[]): readonly Call[] {
  return sources.flatMap((file) =>
    /\bmodule\b/.test(file.text)
      ? parsedTerraform(file).flatMap(({ type, body }): readonly Call[] => {
          const written = type === 'module' ? child(body, 'source') : undefined;
          if (written?.kind !== 'scalar' || written.tag !== undefined || !/^\.\.?\//.test(written.text)) return [];
          const from = folderOf(file.path);
          return [{ from, source: posix.join(from, written.text).replace(/(?<=.)\/$/, ''), body }];
        })
      : [],
  );
}

interface Setting {
  readonly path: string;
  readonly values: ReadonlyMap<string, Tree>;
}

/** Files of variables, whichever of them somebody names when it is applied. */
function settingsIn(files: readonly SourceFile[]): readonly Setting[] {
  return files.flatMap(({ path, text }): readonly Setting[] => {
    if (!/\.tfvars(?:\.json)?$/.test(path)) return [];
    if (path.endsWith('.json')) return [{ path, values: new Map(entriesOf(readTrees(text).roots[0])) }];
    // A file of assignments is the body of a block.
    const [block] = parsedTerraform({ path, text: `values {\n${text}\n}\n` });
    return [{ path, values: new Map(entriesOf(inner(block?.body))) }];
  });
}

/** Whether a file of variables may be meant for a folder: one in it or below, or in a folder beside it (`../env/prod.tfvars`). */
function concerns(folder: string, path: string): boolean {
  const around = folder === '.' ? '.' : posix.dirname(folder);
  return around === '.' || path.startsWith(`${around}/`);
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly as: T } | undefined;
  return () => {
    made ??= { as: make() };
    return made.as;
  };
}

function once<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, { readonly as: T }>();
  return (key) => {
    const before = known.get(key) ?? { as: make(key) };
    known.set(key, before);
    return before.as;
  };
}
