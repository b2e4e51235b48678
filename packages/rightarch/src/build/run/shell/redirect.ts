import type { Redirection, Word } from 'unbash';
import { FileProblem } from '../../stage-files.ts';
import { absolute, strerror } from '../kernel.ts';
import { refuse } from '../refusal.ts';
import type { Outcome } from '../types.ts';
import { type Expander, expandBody, expandText, expandWords } from './expand.ts';

type Target = { readonly to: 'out' | 'err' | 'null' } | { readonly to: 'file'; readonly path: string };

/** Where a command's two outputs go, and what it reads. */
export interface Plumbing {
  readonly out: Target;
  readonly err: Target;
  readonly input: Uint8Array | undefined;
}

/** A redirection that could not be made: the command is not run. */
export class RedirectProblem extends Error {}

const READ_LIMIT = 16 * 1024 * 1024;

/** Opens what the redirections name, in order, as the shell does before it starts the command. */
export async function plumb(
  redirects: readonly Redirection[],
  by: Expander,
  input: Uint8Array | undefined,
): Promise<Plumbing> {
  let out: Target = { to: 'out' };
  let err: Target = { to: 'err' };
  let stdin = input;
  for (const redirect of redirects) {
    const stop = (what: string): never => refuse('run/syntax', { what }, redirect.pos);
    const fd =
      redirect.descriptor === undefined
        ? undefined
        : redirect.descriptor.type === 'FileDescriptor'
          ? redirect.descriptor.value
          : stop('{fd}>');
    if (redirect.type === 'HereDoc') {
      if (redirect.delimiter === undefined || redirect.closing === undefined || (fd ?? 0) !== 0) return stop('<<');
      const { body } = redirect;
      const text = redirect.operator === '<<-' ? body.text.replace(/^\t+/gm, '') : body.text;
      if (redirect.operator === '<<-' && !redirect.delimiter.quoted && body.parts !== undefined) return stop('<<-');
      stdin = Buffer.from(redirect.delimiter.quoted ? text : await expandBody(body.parts, text, by));
      continue;
    }
    if (redirect.type === 'HereString') {
      if (by.state.dialect !== 'bash' || redirect.target === undefined || (fd ?? 0) !== 0) return stop('<<<');
      stdin = Buffer.from(`${await expandText(redirect.target, by)}\n`);
      continue;
    }
    const { operator, target } = redirect;
    if (target === undefined) return stop(operator);
    const name = await targetName(target, by, redirect.pos);
    if (operator === '<') {
      if ((fd ?? 0) !== 0) return stop(`${fd}<`);
      stdin = await opened(name, 'open', async () => {
        if (name === '/dev/null') return undefined;
        return by.kernel.read(absolute(name, by.state.cwd), READ_LIMIT);
      });
      continue;
    }
    if (operator === '>&') {
      if (name === '1' || name === '2') {
        const copy: Target = name === '1' ? out : err;
        if ((fd ?? 1) === 1) out = copy;
        else if (fd === 2) err = copy;
        else return stop(`${fd}>&`);
        continue;
      }
      return stop(`>&${name}`);
    }
    const both = operator === '&>' || operator === '&>>';
    // dash reads `a &> f` as `a &` and `> f`.
    if (both && by.state.dialect !== 'bash') return stop(operator);
    if (operator !== '>' && operator !== '>>' && operator !== '>|' && !both) return stop(operator);
    if (fd !== undefined && fd !== 1 && fd !== 2) return stop(`${fd}>`);
    const made = await openForWriting(name, operator.endsWith('>>'), by);
    if (both || (fd ?? 1) === 1) out = made;
    if (both || fd === 2) err = made;
  }
  return { out, err, input: stdin };
}

/** Bash splits the word and looks for files that match it, unless it is `sh`; no other shell does. */
async function targetName(target: Word, by: Expander, offset: number): Promise<string> {
  if (by.state.dialect !== 'bash' || by.state.posix) return expandText(target, by);
  const [name, ...more] = await expandWords([target], by);
  if (name === undefined || more.length > 0) return refuse('run/syntax', { what: `> ${target.text}` }, offset);
  return name;
}

async function openForWriting(name: string, append: boolean, by: Expander): Promise<Target> {
  if (name === '/dev/null') return { to: 'null' };
  if (name === '/dev/stdout') return { to: 'out' };
  if (name === '/dev/stderr') return { to: 'err' };
  const path = absolute(name, by.state.cwd);
  await opened(name, 'create', async () => {
    if (name === '') throw new FileProblem('ENOENT', name);
    if (append && by.kernel.stat(path) !== undefined) {
      if (!by.kernel.mayAccess(path, { write: true })) throw new FileProblem('EACCES', path);
      if (by.kernel.stat(path)?.type === 'directory') throw new FileProblem('EISDIR', path);
    } else by.kernel.write(path, '');
  });
  return { to: 'file', path };
}

async function opened<T>(name: string, verb: 'create' | 'open', act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (problem) {
    if (problem instanceof FileProblem) throw new RedirectProblem(`cannot ${verb} ${name}: ${strerror(problem.errno)}`);
    throw problem;
  }
}

/** Sends what was printed where it belongs; what is left goes to the caller. */
export async function deliver(outcome: Outcome, plumbing: Plumbing, by: Expander, offset: number): Promise<Outcome> {
  let out = '';
  let err = '';
  const { out: one, err: two } = plumbing;
  // Which of two lines came first in one file is not known here.
  if (
    one.to === two.to &&
    one.to === 'file' &&
    one.path === (two.to === 'file' ? two.path : '') &&
    outcome.out !== '' &&
    outcome.err !== ''
  )
    refuse('run/not-computable', { what: '2>&1' }, offset);
  for (const [text, target, which] of [
    [outcome.out, one, 'out'],
    [outcome.err, two, 'err'],
  ] as const) {
    if (target.to === 'out' || target.to === 'err') {
      if (which === 'err' && target.to === 'out' && text !== '') refuse('run/not-computable', { what: '2>&1' }, offset);
      if (target.to === 'out') out += text;
      else err += text;
    } else if (target.to === 'file') {
      // The words of an error message differ by version and locale: they are no bytes to build with.
      if (which === 'err' && text !== '') refuse('run/not-computable', { what: '2>' }, offset);
      if (which === 'out' && outcome.unknownOut) refuse('run/not-computable', { what: '>' }, offset);
      if (text !== '') await append(target.path, text, by);
    }
  }
  return { ...outcome, out, err };
}

async function append(path: string, text: string, by: Expander): Promise<void> {
  const at = by.kernel.need(path);
  const before = at.size === 0 ? new Uint8Array() : await by.kernel.files.readFile(at.path, { limit: READ_LIMIT });
  by.kernel.write(path, Buffer.concat([before, Buffer.from(text)]));
}
