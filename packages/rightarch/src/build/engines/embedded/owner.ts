import type { Location } from '../../../core/index.ts';
import { failure } from '../../../messages/index.ts';
import { parseGroup, parsePasswd } from '../../run/accounts.ts';
import { FileProblem, type Ownership, type StageFiles } from '../../stage-files.ts';

const NUMBER = /^\d+$/;

/**
 * The numbers behind `--chown` or USER, by the stage's own files. A number alone is user and group alike; a name
 * brings the group of its passwd line (BuildKit solver/llbsolver/file/user_linux.go).
 */
export async function resolveOwner(text: string, files: StageFiles, at: Location): Promise<Ownership> {
  const colon = text.indexOf(':');
  const user = colon < 0 ? text : text.slice(0, colon);
  const group = colon < 0 ? '' : text.slice(colon + 1);
  let uid = 0;
  let gid = 0;
  if (NUMBER.test(user)) {
    uid = Number(user);
    gid = uid;
  } else if (user !== '') {
    const account = parsePasswd(await lines(files, '/etc/passwd')).find(({ name }) => name === user);
    if (account === undefined) throw failure('engine/user-unknown', { user, file: '/etc/passwd' }, at, 'request');
    ({ uid, gid } = account);
  }
  if (NUMBER.test(group)) gid = Number(group);
  else if (group !== '') {
    const found = parseGroup(await lines(files, '/etc/group')).find(({ name }) => name === group);
    if (found === undefined) throw failure('engine/user-unknown', { user: group, file: '/etc/group' }, at, 'request');
    gid = found.gid;
  }
  return { uid, gid };
}

async function lines(files: StageFiles, path: string): Promise<string> {
  try {
    return Buffer.from(await files.readFile(path)).toString('utf8');
  } catch (problem) {
    if (problem instanceof FileProblem) return '';
    throw problem;
  }
}
