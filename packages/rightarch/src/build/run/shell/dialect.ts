import { FileProblem } from '../../stage-files.ts';
import type { Dialect } from '../commands/print.ts';
import type { Kernel } from '../kernel.ts';
import { executable } from '../programs.ts';
import { refuse } from '../refusal.ts';

/**
 * Which shell a path is in the image, by what its links end at and the words inside that file. dash names itself
 * nowhere, so its file name counts together with a message that only dash and its kin have.
 */
export async function shellDialect(kernel: Kernel, shell: string): Promise<Dialect> {
  const found = executable(kernel, shell);
  if (typeof found === 'number')
    return refuse('run/shell-unknown', { shell, found: found === 127 ? 'missing' : 'not-executable' });
  const name = found.slice(found.lastIndexOf('/') + 1);
  let bytes: Uint8Array;
  try {
    bytes = await kernel.files.readFile(found, { limit: 8 * 1024 * 1024 });
  } catch (problem) {
    if (problem instanceof FileProblem) return refuse('run/shell-unknown', { shell, found });
    throw problem;
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (text.includes('BusyBox v')) return 'busybox';
  if (text.includes('GNU bash, version')) return 'bash';
  if (name === 'dash' && text.includes('Bad substitution')) return 'dash';
  return refuse('run/shell-unknown', { shell, found });
}
