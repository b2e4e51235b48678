import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { discoverRepository, type Proposal, proposeProject } from '../../lint/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { initPhrases, initTexts } from '../../messages/phrases/init.ts';
import { findTarget } from '../../target/index.ts';
import type { ExitStatus } from '../exit.ts';
import { readRepositoryFiles } from '../repository-files.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';
import { writeWhole } from '../write-whole.ts';

const FILE = 'rightarch.yaml';

/** `init`: writes what was found. At most three questions, each with a default; without a terminal none. */
export async function init(session: Session, _words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const { shell, language } = session;
  const path = join(shell.cwd, FILE);
  if (existsSync(path) && flags.force !== true) {
    throw failure('cli/config-exists', { file: FILE }, atInput(FILE), 'request');
  }
  const found = discoverRepository(
    await readRepositoryFiles(shell.cwd, { environment: shell.env, signal: shell.signal }),
  );
  if (found.images.length === 0)
    throw failure('cli/no-dockerfile', { directory: shell.cwd }, atInput(shell.cwd), 'request');
  const proposal = proposeProject(found, basename(shell.cwd));
  const asking = shell.interactive && flags.yes !== true;
  const ask = async (question: string, fallback: string): Promise<string> =>
    asking ? (await shell.ask(`${question}${fallback === '' ? '' : ` [${fallback}]`} `)).trim() || fallback : fallback;
  const runtimes = await ask(
    initPhrases.askRuntimes[language],
    proposal.targets.map(({ runtime }) => runtime).join(', '),
  );
  const repository = await ask(initPhrases.askRepository[language], '');
  const tags = repository === '' ? '' : await ask(initPhrases.askTags[language], '{sha}, latest');
  const chosen = { ...proposal, targets: chooseTargets(proposal, splitList(runtimes)) };
  writeWhole(path, projectText(session, chosen, { repository, tags: splitList(tags) }));
  if (session.json) session.printJson({ file: FILE, ...chosen });
  else session.print(initTexts.written[language]({ file: FILE, command: 'rightarch plan' }));
  return 0;
}

const splitList = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** The found targets that were kept, and those that were typed. */
function chooseTargets(proposal: Proposal, words: readonly string[]): Proposal['targets'] {
  return words.flatMap((word) => {
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
    const choice = target.platforms.value.length > 1;
    return [
      {
        name: target.id,
        runtime: target.id,
        architecture: [],
        choice,
        image: proposal.images.length === 1 ? proposal.images[0]?.name : undefined,
      },
    ];
  });
}

function projectText(
  { language }: Session,
  { images, targets }: Proposal,
  published: { readonly repository: string; readonly tags: readonly string[] },
): string {
  const lines = [`# ${initPhrases.header[language]}`];
  if (language !== 'en') lines.push(`language: ${language}`);
  lines.push('images:');
  for (const image of images) {
    lines.push(`  ${image.name}:`, `    context: ${image.context}`);
    if (image.dockerfile !== undefined) lines.push(`    dockerfile: ${image.dockerfile}`);
    if (published.repository !== '') {
      const repository = images.length === 1 ? published.repository : `${published.repository}-{image}`;
      lines.push(
        `    repository: ${JSON.stringify(repository)}`,
        `    tags: [${published.tags.map((tag) => JSON.stringify(tag)).join(', ')}]`,
      );
    }
  }
  if (targets.length > 0) lines.push('targets:');
  for (const target of targets) {
    const keys = [`runtime: ${target.runtime}`];
    if (images.length > 1 && target.image !== undefined) keys.unshift(`image: ${target.image}`);
    if (target.architecture.length === 1) keys.push(`architecture: ${target.architecture[0]}`);
    else if (target.architecture.length > 1) keys.push(`architecture: [${target.architecture.join(', ')}]`);
    const open: string[] = [];
    if (images.length > 1 && target.image === undefined) open.push(initPhrases.whichImage[language]);
    if (target.choice && target.architecture.length === 0) open.push(initPhrases.nodeDecides[language]);
    lines.push(`  ${target.name}: { ${keys.join(', ')} }${open.length > 0 ? `  # ${open.join('; ')}` : ''}`);
  }
  return `${lines.join('\n')}\n`;
}
