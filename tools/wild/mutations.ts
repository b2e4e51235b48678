import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Platform, parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import { checkRepository, type SourceFile } from '../../packages/rightarch/src/lint/index.ts';
import { type Mutation, mutations } from './mutation-list.ts';

/** A small repository that is right on both CPUs: testdata/wild/clean, written for this. */
export interface CleanProject {
  readonly name: string;
  readonly files: readonly SourceFile[];
}

/** One clean project with one mistake in it. */
export interface Mutant {
  readonly mutation: Mutation;
  readonly project: string;
  readonly path: string;
  readonly found: boolean;
  /** The codes that were told instead. */
  readonly told: readonly string[];
}

const BOTH: readonly Platform[] = ['linux/amd64', 'linux/arm64'].flatMap((text) => parsePlatform(text) ?? []);

/** The codes of what check says or leaves undecided, for the platforms that the files name themselves and for both. */
export function toldOf(files: readonly SourceFile[]): readonly string[] {
  const results = [[], BOTH].map((platforms) =>
    checkRepository(files, { platforms, inlineIgnore: true, today: '2026-11-29' }),
  );
  return [
    ...new Set(results.flatMap(({ diagnostics, undecided }) => [...diagnostics, ...undecided].map(({ code }) => code))),
  ].sort();
}

export function cleanProjects(directory: string): readonly CleanProject[] {
  return readdirSync(directory)
    .sort()
    .map((name) => {
      const root = join(directory, name);
      const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
      const files = paths.filter((path) => statSync(join(root, path)).isFile()).sort();
      return { name, files: files.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })) };
    });
}

/** Every mutant of these projects, each asked on its own. */
export function mutantsOf(projects: readonly CleanProject[], list = mutations): readonly Mutant[] {
  return list.flatMap((mutation) =>
    projects.flatMap(({ name, files }) =>
      files.flatMap((file) => {
        if (!mutation.file.test(file.path)) return [];
        return [...file.text.matchAll(mutation.from)].flatMap((match): Mutant[] => {
          const { index } = match;
          let place = -1;
          const text = file.text.replace(mutation.from, (...groups) => {
            const offset = groups.find((one, i) => i > 0 && typeof one === 'number') as number;
            place = offset;
            if (offset !== index) return groups[0] as string;
            return mutation.to.replace(/\$(\d)/g, (_, digit: string) => String(groups[Number(digit)] ?? ''));
          });
          if (place < 0 || text === file.text) return [];
          const told = toldOf(files.map((one) => (one.path === file.path ? { path: one.path, text } : one)));
          return [
            {
              mutation,
              project: name,
              path: file.path,
              found: told.some((code) => mutation.codes.includes(code)),
              told,
            },
          ];
        });
      }),
    ),
  );
}

/** The rows of the list, each with how many of its mutants are told. */
export function mutationTable(mutants: readonly Mutant[], list = mutations): string {
  const rows = list.map(({ name, file, unsaid }) => {
    const own = mutants.filter(({ mutation }) => mutation.name === name && mutation.file === file);
    const found = own.filter((one) => one.found).length;
    const codes = [
      ...new Set(
        own
          .filter((one) => one.found)
          .flatMap(({ told, mutation }) => told.filter((code) => mutation.codes.includes(code))),
      ),
    ];
    return [name, String(own.length), String(found), codes.map((code) => `\`${code}\``).join(', '), unsaid ?? ''];
  });
  const found = mutants.filter((one) => one.found).length;
  const all = ['all', String(mutants.length), String(found), `recall ${(found / mutants.length).toFixed(3)}`, ''];
  const head = ['mistake', 'put in', 'told', 'by', 'why not'];
  return [head, head.map(() => '---'), ...rows, all].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
