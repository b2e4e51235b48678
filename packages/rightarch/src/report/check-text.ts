import { type Diagnostic, formatPlatform } from '../core/index.ts';
import type { CheckResult, Fix, LockfileAnswer, WantedPlatform } from '../lint/index.ts';
import { printable } from '../messages/index.ts';
import { checkPhrases, checkTexts } from '../messages/phrases/check.ts';
import { doorPhrases } from '../messages/phrases/front-door.ts';
import { targets } from '../target/index.ts';
import { renderChains } from './chain-text.ts';
import { type ReadSource, renderDiagnostic, sortDiagnostics } from './diagnostics.ts';
import { ink, type Page } from './page.ts';

/** Findings with their lines, what cannot be seen apart from them, and a last line that counts. */
export function renderCheck(page: Page, result: CheckResult, readSource: ReadSource): string {
  const say = (key: keyof typeof checkPhrases): string => checkPhrases[key][page.language];
  const { diagnostics, undecided, suppressed, checked, wanted, lockfiles } = result;
  const of = (severity: Diagnostic['severity']): number =>
    diagnostics.filter((one) => one.severity === severity).length;
  if (checked.length === 0 && diagnostics.length + lockfiles.length === 0) return say('noDockerfile');
  const parts = sortDiagnostics(diagnostics).map((one) => renderDiagnostic(page, one, readSource));
  if (undecided.length > 0)
    parts.push(
      ink(page, 'bold', say('undecided')),
      ...sortDiagnostics(undecided).map((one) => renderDiagnostic(page, one, readSource)),
    );
  if (result.chains.length > 0) parts.push(renderChains(page, result.chains));
  const platforms = wanted.map((one) => `${formatPlatform(one.platform)} (${whyText(page, one)})`).join(', ');
  const counts = {
    errors: of('error'),
    warnings: of('warning'),
    undecided: undecided.length,
    suppressed: suppressed.length,
    files: checked.length,
  };
  parts.push(
    [
      ...readyLines(
        page,
        lockfiles,
        wanted.some(({ because }) => because === 'asked'),
      ),
      checkTexts.judgedFor[page.language]({ platforms }),
      diagnostics.length + undecided.length === 0 && suppressed.length === 0
        ? say('nothing')
        : checkTexts.summary[page.language](counts),
    ].join('\n'),
  );
  return parts.join('\n\n');
}

/** What `--fix` did to a file, one line a finding. */
export function renderMended(page: Page, file: string, done: readonly Fix[]): string {
  const word = ink(page, 'green', checkPhrases.mended[page.language]);
  return done
    .map(({ diagnostic: { at, code } }) => {
      const line = at.in === 'file' ? `:${at.start.line}` : '';
      return `${word} ${printable(file)}${line} ${code}`;
    })
    .join('\n');
}

/** One line a platform: how much of what is locked has a build for it. Nobody asked: only where something is wrong. */
function readyLines({ language }: Page, lockfiles: readonly LockfileAnswer[], asked: boolean): readonly string[] {
  const found = new Map<string, { files: number; packages: number; lacking: number; unseen: number }>();
  for (const { packages, platforms, unseen, usual } of lockfiles)
    for (const { platform, lacking } of platforms) {
      const name = `${formatPlatform(platform)}${usual ? ' (glibc)' : ''}`;
      const before = found.get(name) ?? { files: 0, packages: 0, lacking: 0, unseen: 0 };
      found.set(name, {
        files: before.files + 1,
        packages: before.packages + packages,
        lacking: before.lacking + lacking,
        unseen: before.unseen + unseen,
      });
    }
  return [...found]
    .filter(([, { lacking }]) => asked || lacking > 0)
    .map(([platform, counts]) => checkTexts.ready[language]({ platform, ...counts }));
}

function whyText({ language }: Page, { because, runtime, at }: WantedPlatform): string {
  const place = at === undefined ? '' : printable(`${at.file}:${at.line}`);
  if (runtime !== undefined) {
    const where = `${targets[runtime.runtime].title}, ${place}`;
    return because === 'assumed' ? `${where}: ${doorPhrases.open[language]}` : where;
  }
  if (because === 'built') return place;
  return checkPhrases[because === 'assumed' ? 'assumed' : 'asked'][language];
}
