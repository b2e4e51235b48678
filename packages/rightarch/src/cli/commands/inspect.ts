import { renderTree, treeJson } from '../../report/index.ts';
import { openImage, openOptions } from '../access.ts';
import { lastBuilt } from '../built.ts';
import type { ExitStatus } from '../exit.ts';
import type { Session } from '../session.ts';

/** `inspect`: what an image really is. Faults of its structure are findings. */
export async function inspect(session: Session, words: readonly string[]): Promise<ExitStatus> {
  const names = words.length > 0 ? words : [lastBuilt(session)];
  const options = await openOptions(session);
  const values: unknown[] = [];
  let faults = 0;
  for (const name of names) {
    const image = await openImage(session, name, options);
    try {
      faults += image.tree.problems.filter(({ severity }) => severity === 'error').length;
      if (session.json) values.push(treeJson(image.tree, name));
      else {
        session.print(`${renderTree(session.page, image.tree, name)}\n`);
        session.printFindings(image.tree.problems);
      }
    } finally {
      await image.close();
    }
  }
  if (session.json) session.printJson(values.length === 1 ? values[0] : values);
  return faults > 0 ? 1 : 0;
}
