import { describe, expect, it } from 'vitest';
import { atInput, failure } from '../messages/index.ts';
import { openSession, tellFailure } from './session.ts';
import type { Shell } from './shell.ts';

function interrupted(): { readonly session: ReturnType<typeof openSession>; readonly said: string[] } {
  const said: string[] = [];
  const stop = new AbortController();
  stop.abort(new Error('interrupted'));
  const shell = {
    cwd: '/',
    width: 200,
    err: (text: string) => said.push(text),
    signal: stop.signal,
  } as unknown as Shell;
  return { session: openSession(shell, 'en', {}), said };
}

describe('an interrupted command', () => {
  it('says that no tag was moved where none was', () => {
    const { session, said } = interrupted();
    expect(tellFailure(session, new Error('aborted')).status).toBe(3);
    expect(said.join('')).toContain('no tag was moved');
  });

  it('names the tags that an earlier part of it moved', () => {
    const { session, said } = interrupted();
    session.tagsMoved.push('example.com/one:1');
    expect(tellFailure(session, new Error('aborted')).status).toBe(3);
    expect(said.join('')).toContain('after `example.com/one:1` had moved');
  });

  it('does not hide that a tag may have moved', () => {
    const { session } = interrupted();
    const args = { reference: 'example.com/one:1', wanted: 'sha256:1' };
    const unanswered = failure('publish/tag-unanswered', args, atInput('example.com/one:1'), 'outside');
    expect(tellFailure(session, unanswered)).toMatchObject({
      status: 3,
      diagnostics: [{ code: 'publish/tag-unanswered' }],
    });
  });
});
