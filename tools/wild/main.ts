/**
 * `npm run wild DIRECTORY [--write]`: runs check over the checkouts of public repositories in a directory, each in a
 * folder `owner+name` at the commit of testdata/wild/repositories.tsv, and holds every finding against the labels of
 * testdata/wild/labels.tsv, what readers without answers saw (second.tsv, blind.tsv, blind-second.tsv, blind-ci.tsv) against every finding, and counts the
 * mistakes put into testdata/wild/clean that are told. `--write` enters the tables in docs/truth.md. The files themselves are other people's, and
 * not here. Each repository is asked twice: for the platforms that it names itself, and for amd64 and arm64.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Platform, parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import { isDockerfile } from '../../packages/rightarch/src/dockerfile/index.ts';
import { checkRepository, type SourceFile, wantedFile } from '../../packages/rightarch/src/lint/index.ts';
import {
  agreement,
  isOfOneCpu,
  type ReadRow,
  readDisagreements,
  readFiles,
  readingFigures,
  readReadings,
} from './figures.ts';
import { readLabels, tally, type WildFinding } from './labels.ts';
import { cleanProjects, mutantsOf, mutationTable } from './mutations.ts';
import { agreementTable, disagreementTable, kindTable, readingTable, wildTable, withWildTable } from './page.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DATA = join(ROOT, 'packages', 'rightarch', 'testdata', 'wild');
const PAGE = join(ROOT, 'docs', 'truth.md');
/** As the command reads them. */
const MAX_BYTES = 2_000_000;
const MAX_LOCK_BYTES = 30_000_000;
const BOTH: readonly Platform[] = ['linux/amd64', 'linux/arm64'].flatMap((text) => parsePlatform(text) ?? []);

const [directory, ...options] = process.argv.slice(2);
if (directory === undefined) {
  console.error('npm run wild DIRECTORY [--write]');
  process.exit(2);
}
const findings: WildFinding[] = [];
const absent: string[] = [];
let files = 0;
let dockerfiles = 0;
let repositories = 0;
let milliseconds = 0;
for (const row of readFileSync(join(DATA, 'repositories.tsv'), 'utf8').trim().split('\n').slice(1)) {
  const repository = row.split('\t')[0]!;
  const root = join(directory, repository.replace('/', '+'));
  if (!existsSync(root)) {
    absent.push(repository);
    continue;
  }
  const sources = readSources(root);
  repositories += 1;
  files += sources.length;
  dockerfiles += sources.filter(({ path }) => isDockerfile(path)).length;
  const seen = new Set<string>();
  for (const platforms of [[], BOTH]) {
    const began = performance.now();
    const result = checkRepository(sources, { platforms, inlineIgnore: true, today: '2026-11-29' });
    if (platforms.length === 0) milliseconds += performance.now() - began;
    for (const { code, at } of [...result.diagnostics, ...result.undecided]) {
      if (at.in !== 'file') continue;
      const key = `${code} ${at.file}:${at.start.line}:${at.start.column}`;
      if (seen.has(key)) continue;
      seen.add(key);
      findings.push({ repository, path: at.file, line: at.start.line, code });
    }
  }
}
const data = (name: string): string => readFileSync(join(DATA, name), 'utf8');
const labels = readLabels(data('labels.tsv'));
const tallies = tally(findings, labels);
for (const { unlabelled, missed } of tallies) {
  for (const { repository, path, line, code } of unlabelled)
    console.log(`not labelled\t${repository}\t${path}\t${line}\t${code}`);
  for (const { repository, path, line, code } of missed)
    console.log(`missed\t${repository}\t${path}\t${line}\t${code}`);
}
const day = new Date().toISOString().slice(0, 10);
const perThousand = milliseconds / files;
const sentence = `${day}, \`npm run wild\`: ${repositories} repositories, ${files} files, ${dockerfiles} of them Dockerfiles; 1,000 files took ${perThousand.toFixed(2)} s.`;
const chosen = readFiles(data('files.tsv'));
const workflows = chosen.filter(({ kind }) => kind === 'workflow').length;
const second = readReadings(data('second.tsv'));
const blind = readReadings(data('blind.tsv'));
const others = readReadings(data('blind-second.tsv'));
const builders = readReadings(data('blind-ci.tsv'));
const workflowPaths = new Set(
  chosen.flatMap((one) => (one.kind === 'workflow' ? [`${one.repository} ${one.path}`] : [])),
);
const isWorkflowRow = ({ repository, path }: ReadRow): boolean => workflowPaths.has(`${repository} ${path}`);
const isRight = ({ repository, path }: ReadRow): boolean =>
  labels.some((row) => row.label === 'right' && row.repository === repository && row.path === path);
const part = (rows: readonly ReadRow[]) => readingFigures(rows, findings, labels);
const readers = [
  ['a second reader, Dockerfiles with a finding that is right', part(second.filter(isRight))],
  [
    'other Dockerfiles that are for one CPU by their path',
    part(second.filter((row) => !isRight(row) && isOfOneCpu(row.path))),
  ],
  ['other Dockerfiles', part(second.filter((row) => !isRight(row) && !isOfOneCpu(row.path)))],
  ['the first reader, workflows and infrastructure', part(blind)],
  ['a second reader, workflows', part(others.filter(isWorkflowRow))],
  ['a second reader, infrastructure', part(others.filter((row) => !isWorkflowRow(row)))],
  ['a reader of GitLab CI, buildspecs and app specs', part(builders)],
] as const;
const right = labels.filter(({ label }) => label === 'right');
const certain = (rows: readonly ReadRow[]) => rows.filter((row) => row.certainty === 'certain');
const said = (rows: readonly ReadRow[]) => rows.filter(({ line }) => line !== undefined);
const kinds = [
  ['workflows', chosen.filter(({ kind }) => kind === 'workflow')],
  ['infrastructure', chosen.filter(({ kind }) => kind !== 'workflow')],
] as const;
const agreed = [
  [
    'the labels and the second reader: Dockerfiles that are not for one CPU by their path',
    agreement(
      second.filter(({ path }) => !isOfOneCpu(path)),
      right,
      certain(second),
    ),
  ],
  ...kinds.map(
    ([kind, files]) => [`the labels and the second reader: ${kind}`, agreement(files, right, certain(others))] as const,
  ),
  ...kinds.flatMap(([kind, files]) => {
    const both = files.filter(({ isBlind }) => isBlind);
    return [
      [`both readers, ${kind}: certain`, agreement(both, certain(blind), certain(others))],
      [`both readers, ${kind}: certain or arguable`, agreement(both, said(blind), said(others))],
    ] as const;
  }),
] as const;
const clean = cleanProjects(join(DATA, 'clean'));
const tables = [
  sentence,
  wildTable(tallies),
  `Chosen beforehand: ${workflows} workflows and ${chosen.length - workflows} infrastructure files; ${new Set(builders.map(({ repository, path }) => `${repository} ${path}`)).size} files of GitLab CI, CodeBuild and app specs.`,
  kindTable(findings, labels),
  readingTable(readers),
  'How far two agree who did not know of each other (Cohen’s kappa: 1 is all, 0 what chance gives, – where there is no mistake):',
  agreementTable(agreed),
  'What only one of the two readers of workflows and infrastructure saw, and what it is. Half of the files the first did not read before the answers:',
  disagreementTable(readDisagreements(data('disagreements.tsv'))),
  `${clean.length} clean projects, and one mistake put into them at a time:`,
  mutationTable(mutantsOf(clean)),
].join('\n\n');
console.log(tables);
if (absent.length > 0) console.log(`not there: ${absent.join(', ')}`);
if (options.includes('--write')) {
  if (absent.length > 0) throw new Error('the table of a part is not written');
  writeFileSync(PAGE, withWildTable(readFileSync(PAGE, 'utf8'), tables));
}

function readSources(root: string): readonly SourceFile[] {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  return paths.flatMap((path) => {
    const isLock = posix.basename(path) === 'package-lock.json';
    const found = wantedFile(path) || isLock ? statSync(join(root, path)) : undefined;
    if (found?.isFile() !== true || found.size > (isLock ? MAX_LOCK_BYTES : MAX_BYTES)) return [];
    return [{ path, text: readFileSync(join(root, path), 'utf8') }];
  });
}
