import { describe, expect, it } from 'vitest';
import type { ResolvedProject } from '../config/index.ts';
import { Failure } from '../core/index.ts';
import { confirmWrite } from './publishing.ts';
import type { Session } from './session.ts';

/** The question that was asked, and what came of it. */
async function confirmed(parts: { confirm: boolean; interactive?: boolean; answer?: string; yes?: boolean }) {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return parts.answer ?? '';
  };
  const session = { shell: { interactive: parts.interactive ?? true, ask }, language: 'en' } as unknown as Session;
  const project = { environment: { name: 'prod', confirm: parts.confirm } } as ResolvedProject;
  const outcome = await confirmWrite(session, project, parts.yes ? { yes: true } : {}).then(
    () => 'goes on',
    (error: unknown) => (error instanceof Failure ? error.diagnostic.code : String(error)),
  );
  return [outcome, ...asked];
}

describe('an environment with confirm: true', () => {
  const QUESTION = 'Publish to prod? [y/N] ';
  it.each([
    ['y', 'goes on'],
    ['Yes ', 'goes on'],
    ['', 'cli/not-confirmed'],
    ['n', 'cli/not-confirmed'],
    ['yesterday', 'cli/not-confirmed'],
  ])('asks, and %j is an answer', async (answer, outcome) => {
    expect(await confirmed({ confirm: true, answer })).toEqual([outcome, QUESTION]);
  });

  it('asks nothing of --yes, and nobody where there is no terminal', async () => {
    expect(await confirmed({ confirm: true, yes: true })).toEqual(['goes on']);
    expect(await confirmed({ confirm: true, interactive: false, answer: 'y' })).toEqual(['cli/not-confirmed']);
  });

  it('is the only one that asks', async () => expect(await confirmed({ confirm: false })).toEqual(['goes on']));
});
