import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askGit, commitSeconds, gitFiles } from './git.ts';
import { readGitFacts } from './git-facts.ts';

/**
 * Repositories made to execute something as soon as somebody looks at them. Each leaves a mark where plain Git would,
 * which is tested first: a trap that never springs proves nothing.
 */
describe.skipIf(process.platform === 'win32')('a hostile repository', () => {
  let directory = '';
  let mark = '';
  let trap = '';
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const options = { environment };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: directory,
      stdio: 'pipe',
      env: { ...environment, GIT_COMMITTER_DATE: '1700000000 +0000' },
    }).toString();
  const careless = (...args: string[]) => {
    try {
      git(...args);
    } catch {
      // What it answers does not matter here, only what it starts.
    }
  };
  const configure = (text: string) => appendFileSync(join(directory, '.git', 'config'), `\n${text}\n`);

  beforeAll(() => {
    const base = mkdtempSync(join(tmpdir(), 'rightarch-hostile-'));
    directory = join(base, 'repository');
    mark = join(base, 'mark');
    trap = join(base, 'trap.sh');
    mkdirSync(directory);
    writeFileSync(trap, `#!/bin/sh\necho "$0 $*" >> '${mark}'\nexit 1\n`);
    chmodSync(trap, 0o755);
  });
  afterAll(() => rmSync(join(directory, '..'), { recursive: true, force: true }));
  beforeEach(() => {
    rmSync(directory, { recursive: true, force: true });
    rmSync(mark, { force: true });
    mkdirSync(directory);
    git('init', '-q', '-b', 'main');
    writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\n');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
  });

  const everything = async () => {
    await gitFiles(directory, options);
    await commitSeconds(directory, options);
    await readGitFacts(directory, 0, options);
    await askGit(directory, ['cat-file', '-p', 'HEAD'], options);
  };

  it('answers like any other', async () => {
    expect(await gitFiles(directory, options)).toEqual(['Dockerfile']);
    expect(await commitSeconds(directory, options)).toBe(1_700_000_000);
    expect((await readGitFacts(directory, 0, options)).branch).toBe('main');
  });

  it('starts no file system monitor', async () => {
    configure(`[core]\n\tfsmonitor = ${trap}`);
    careless('status');
    expect(existsSync(mark)).toBe(true);
    rmSync(mark);
    await everything();
    expect(existsSync(mark)).toBe(false);
    expect(await gitFiles(directory, options)).toEqual(['Dockerfile']);
  });

  it('starts no gpg for a signed commit', async () => {
    const signed = execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd: directory, env: environment })
      .toString()
      .replace('\n\n', '\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n');
    writeFileSync(join(directory, 'commit'), signed);
    git('update-ref', 'HEAD', git('hash-object', '-t', 'commit', '-w', 'commit').trim());
    rmSync(join(directory, 'commit'));
    configure(`[log]\n\tshowSignature = true\n[gpg]\n\tprogram = ${trap}`);
    careless('log', '-1', '--format=%ct');
    expect(existsSync(mark)).toBe(true);
    rmSync(mark);
    await everything();
    expect(existsSync(mark)).toBe(false);
    expect(await commitSeconds(directory, options)).toBe(1_700_000_000);
  });

  it('fetches nothing that is missing from a partial clone', async () => {
    const commit = git('rev-parse', 'HEAD').trim();
    configure(`[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin`);
    configure(`[remote "origin"]\n\turl = ext::${trap} %S\n\tpromisor = true\n[protocol "ext"]\n\tallow = always`);
    configure(`[core]\n\tsshCommand = ${trap}`);
    rmSync(join(directory, '.git', 'objects', commit.slice(0, 2), commit.slice(2)));
    careless('log', '-1', '--format=%ct');
    expect(existsSync(mark)).toBe(true);
    rmSync(mark);
    await everything();
    expect(existsSync(mark)).toBe(false);
    expect(await commitSeconds(directory, options)).toBeUndefined();
  });

  it('is not taken for one where it is a bare repository in a directory of another', async () => {
    const inner = join(directory, 'fixtures');
    execFileSync('git', ['init', '-q', '--bare', inner], { env: environment });
    appendFileSync(join(inner, 'config'), `\n[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = ${trap}\n`);
    try {
      execFileSync('git', ['ls-files', '--others'], { cwd: inner, env: environment, stdio: 'pipe' });
    } catch {}
    expect(existsSync(mark)).toBe(true);
    rmSync(mark);
    expect(await gitFiles(inner, options)).toBeUndefined();
    expect(existsSync(mark)).toBe(false);
  });

  it('of another owner, without commits, damaged, or shallow: an answer, not a failure', async () => {
    expect(await commitSeconds(join(directory, 'nowhere'), options)).toBeUndefined();
    expect(await gitFiles(directory, { environment: { PATH: join(directory, 'nowhere') } })).toBeUndefined();
    const other = { environment: { ...environment, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } };
    expect(await gitFiles(directory, other)).toBeUndefined();
    expect(await readGitFacts(directory, 0, other)).toEqual({ timeMs: 0, isLatest: false });
    const commit = git('rev-parse', 'HEAD').trim();
    writeFileSync(join(directory, '.git', 'shallow'), `${commit}\n`);
    expect((await readGitFacts(directory, 0, options)).commit).toBe(commit);
    writeFileSync(join(directory, '.git', 'config'), '[core\n');
    expect(await gitFiles(directory, options)).toBeUndefined();
    expect(await readGitFacts(directory, 0, options)).toEqual({ timeMs: 0, isLatest: false });
  });

  it('does not hold anybody up', async () => {
    const config = join(directory, '.git', 'config');
    rmSync(config);
    execFileSync('mkfifo', [config]);
    expect(await askGit(directory, ['rev-parse', 'HEAD'], { ...options, timeoutMs: 300 })).toBeUndefined();
  });
});
