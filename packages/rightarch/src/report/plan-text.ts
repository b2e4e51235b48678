import type { Because, BuildPlan } from '../build/types.ts';
import { shortDigest } from '../core/index.ts';
import { printable } from '../messages/index.ts';
import { buildPhrases, buildTexts } from '../messages/phrases/build.ts';
import { ink, type Page } from './page.ts';
import { renderTable } from './table.ts';

/** Why a platform is built, as a clause. */
export function becauseText(page: Page, because: Because): string {
  if (because.kind === 'target') return buildTexts.target[page.language](because);
  return buildPhrases[because.kind][page.language];
}

/** A plan for people: platforms with their reasons, bases with their digests, and each line of the Dockerfile. */
export function renderPlan(page: Page, plan: BuildPlan): string {
  const say = (key: keyof typeof buildPhrases): string => buildPhrases[key][page.language];
  const hasNodes = plan.platforms.some(({ node }) => node !== undefined);
  const where = ({ engine = plan.engine, node }: BuildPlan['platforms'][number]): string =>
    node === undefined ? engine : `${engine} ${printable(node)}`;
  const lines = [
    `${ink(page, 'bold', printable(plan.image))}  ${ink(page, 'dim', `${say('engine')}: ${plan.engine}`)}`,
    '',
    renderTable(
      page,
      [say('platform'), say('how'), ...(hasNodes ? [say('node')] : []), say('why')],
      plan.platforms.map((one) => [
        one.platform,
        say(one.how),
        ...(hasNodes ? [where(one)] : []),
        becauseText(page, one.because),
      ]),
    ),
  ];
  if (plan.bases.length > 0) {
    const rows = plan.bases.map(({ reference, root, source }) => [
      printable(reference),
      shortDigest(root.digest),
      ink(page, 'dim', printable(source)),
    ]);
    lines.push('', `  ${say('bases')}`, renderTable(page, [], rows, '    '));
  }
  lines.push(...stageLines(page, plan));
  const [first] = plan.platforms;
  if (first !== undefined) {
    const rows = first.steps.map(({ line, how, instruction }) => [
      String(line),
      how === 'refused' ? ink(page, 'red', say(how)) : say(how),
      oneLine(instruction),
    ]);
    lines.push('', `  ${say('steps')}`, renderTable(page, [], rows, '    '));
  }
  return lines.join('\n');
}

/** Each stage on the way to each platform, where there is more to say than of the platform. */
function stageLines(page: Page, { platforms }: BuildPlan): readonly string[] {
  const say = (key: keyof typeof buildPhrases): string => buildPhrases[key][page.language];
  const all = platforms.flatMap(({ platform, stages }) => stages.map((stage) => ({ to: platform, ...stage })));
  const ways = new Set(all.map(({ how }) => how));
  if (!ways.has('emulate') && (all.length === platforms.length || !ways.has('cross'))) return [];
  const rows = all.map(({ to, stage, name, how, engine, node, because }) => [
    to,
    printable(name ?? String(stage)),
    say(how),
    printable(node === undefined ? engine : `${engine} ${node}`),
    because.kind === 'runs' || because.kind === 'refused'
      ? `${because.line}: ${oneLine(because.instruction)}`
      : say(because.kind),
  ]);
  const lines = ['', `  ${say('stages')}`, renderTable(page, [], rows, '    ')];
  const slow = all.filter(({ faster }) => faster !== undefined);
  if (slow.length === 0) return lines;
  const advice = slow.flatMap(({ stage, name, faster = [] }) =>
    faster.map((one) => [printable(name ?? String(stage)), say(one)]),
  );
  const each = [...new Map(advice.map((row) => [row.join('\0'), row])).values()];
  return [...lines, '', `  ${say('faster')}`, renderTable(page, [], each, '    ')];
}

function oneLine(instruction: string): string {
  const text = printable(instruction.replace(/\s+/g, ' '));
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
