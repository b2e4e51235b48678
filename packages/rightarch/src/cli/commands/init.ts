import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { orThrow, parseReference } from '../../core/index.ts';
import { discoverRepository, type Proposal, type Publication, proposeProject } from '../../lint/index.ts';
import { atInput, failure, printable, refusal } from '../../messages/index.ts';
import { initPhrases, initTexts } from '../../messages/phrases/init.ts';
import { type OpenKey, renderProject, renderTable, typed } from '../../report/index.ts';
import { findTarget } from '../../target/index.ts';
import type { ExitStatus } from '../exit.ts';
import { tagFacts } from '../project.ts';
import { readRepositoryFiles } from '../repository-files.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';
import { writeWhole } from '../write-whole.ts';

const FILE = 'rightarch.yaml';

/**
 * `init`: writes what was found, each value with the line that says so, and names what only a person can say.
 * At most three questions, each with what was found as its default; without a terminal none.
 */
export async function init(session: Session, _words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const { shell, language } = session;
  const path = join(shell.cwd, FILE);
  if (existsSync(path) && flags.force !== true) {
    throw failure('cli/config-exists', { file: FILE }, atInput(FILE), 'request');
  }
  const { files, looked } = await readRepositoryFiles(shell.cwd, { environment: shell.env, signal: shell.signal });
  const found = discoverRepository(files);
  if (found.images.length === 0)
    throw failure('cli/no-dockerfile', { directory: shell.cwd, looked, others: [] }, atInput(shell.cwd), 'request');
  const proposal = proposeProject(found, basename(shell.cwd));
  const chosen = shell.interactive && flags.yes !== true ? await askAbout(session, proposal) : proposal;
  const { text, open } = renderProject(language, chosen);
  await writeWhole(path, text);
  if (session.json) session.printJson({ file: FILE, ...chosen, open });
  else {
    session.print(initTexts.written[language]({ file: FILE, command: typed(session.page, 'rightarch plan') }));
    if (open.length > 0) session.print(`\n${openText(session, open)}`);
  }
  return 0;
}

/** What is missing and where it goes, each with the command that will ask for it. */
function openText({ page, language }: Session, open: readonly OpenKey[]): string {
  const rows = open.map(({ key, line, neededBy }) => [
    `${FILE}:${line}`,
    printable(key),
    typed(page, `rightarch ${neededBy}`),
  ]);
  return `${initPhrases.open[language]}\n${renderTable(page, [], rows)}`;
}

async function askAbout(session: Session, proposal: Proposal): Promise<Proposal> {
  const { shell, language } = session;
  const ask = async (question: string, fallback: string): Promise<string> =>
    (await shell.ask(`${question}${fallback === '' ? '' : ` [${fallback}]`} `)).trim() || fallback;
  const runtimes = await ask(
    initPhrases.askRuntimes[language],
    proposal.targets.map(({ runtime }) => runtime).join(', '),
  );
  const targets = chooseTargets(proposal, splitList(runtimes));
  const found = proposal.images.map(({ publication }) => publication);
  const repositories = textsOf(found.map((one) => one.repositories));
  const repository = await ask(initPhrases.askRepository[language], repositories.join(', '));
  if (repository === '') return { ...proposal, targets };
  for (const one of splitList(repository)) checkRepository(one);
  const tags = textsOf(found.map((one) => (one.shared === undefined ? one.tags : [])));
  // A commit that is not there would leave a hole in the tag.
  const usual = (await tagFacts(session, shell.cwd)).commit === undefined ? ['latest'] : ['{sha}', 'latest'];
  const written = (tags.length > 0 ? tags : usual).join(', ');
  const typed = await ask(initPhrases.askTags[language], written);
  const several = proposal.images.length > 1;
  const images = proposal.images.map((image) => {
    const kept = repository === repositories.join(', ') ? image.publication.repositories : [];
    const publication: Publication = {
      // What was found for one image is its own; what is typed for several gets the name of each.
      repositories: kept.length > 0 ? kept : textsToKnown(repository, several ? '-{image}' : ''),
      tags:
        typed === written && kept.length > 0 && image.publication.tags.length > 0
          ? image.publication.tags
          : textsToKnown(typed),
      partly: [],
      otherTags: [],
      shared: kept.length > 0 && typed === written ? image.publication.shared : undefined,
    };
    return { ...image, publication };
  });
  return { ...proposal, targets, images };
}

const splitList = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

const textsOf = (lists: readonly Publication['tags'][]): readonly string[] => [
  ...new Set(lists.flat().map(({ text }) => text)),
];

const textsToKnown = (typed: string, suffix = ''): Publication['tags'] =>
  splitList(typed).map((text) => ({ text: `${text}${suffix}`, at: undefined }));

/** What is typed is read as the file will be: a repository without a tag, in which variables may stand. */
function checkRepository(text: string): void {
  const parsed = parseReference(text.replaceAll(/\{[\w-]+\}/g, 'x'));
  if (!parsed.ok)
    orThrow(refusal('platform/reference-malformed', { text, problem: parsed.problem }, atInput(text)), 'request');
  else if (parsed.value.tag !== undefined || parsed.value.digest !== undefined)
    throw failure('config/repository-with-tag', { text }, atInput(text), 'request');
}

/** The found targets that were kept, and those that were typed. */
function chooseTargets(proposal: Proposal, words: readonly string[]): Proposal['targets'] {
  return words.flatMap((word): Proposal['targets'] => {
    const found = proposal.targets.filter(({ runtime, name }) => runtime === word || name === word);
    if (found.length > 0) return found;
    const target = findTarget(word);
    if (target === undefined)
      throw failure(
        'cli/bad-value',
        { option: 'runtime', value: word, accepted: ['lambda', 'ecs-fargate', 'cloud-run', 'eks'] },
        atInput(word),
        'request',
      );
    return [
      {
        name: target.id,
        runtime: target.id,
        architecture: [],
        choice: target.platforms.value.length > 1 && target.fallback === 'unknown',
        image: proposal.images.length === 1 ? proposal.images[0]?.name : undefined,
        how: undefined,
        at: undefined,
      },
    ];
  });
}
