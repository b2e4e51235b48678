import { posix } from 'node:path';
import type { ScriptFault } from '../../../messages/codes/dockerfile-cpu.ts';
import { diagnostic } from '../../../messages/index.ts';
import { entryFiles, entryOf } from '../../context-files.ts';
import { stepsOf } from '../../documents/dockerfile.ts';
import type { ShellCommand } from '../../documents/shell.ts';
import { type DockerfileRule, inFile } from '../../rule.ts';

/**
 * The script that the image starts, as it lies in the repository: without `#!` the kernel says `exec format error`, on
 * every CPU, and with a carriage return behind the interpreter it looks for a file that is not there.
 */
export const entryScriptBroken: DockerfileRule = function* (view, context) {
  const final = view.stages.find(({ isFinal }) => isFinal);
  if (final === undefined) return;
  const steps = stepsOf(view, final);
  const instructions = steps.map(({ instruction }) => instruction);
  const entry = entryOf(instructions);
  if (entry === undefined || entry.command.command.form !== 'json') return;
  const name = posix.basename(entry.path);
  // What Windows starts.
  if (/\.(?:bat|cmd|exe|ps1)$/i.test(name)) return;
  const isMended = steps.some(({ script }) =>
    script?.commands.some(({ words }) => words.some(({ text }) => text.includes(name)) && changes(words[0]?.text)),
  );
  if (isMended) return;
  const there = entryFiles(view.file, instructions).filter((path) => context.read(path) !== undefined);
  // Which one is copied, only the context of the build would tell.
  const [script] = there;
  if (script === undefined || there.length > 1) return;
  const fault = faultOf(context.read(script)!);
  if (fault === undefined) return;
  if (fault === 'carriage-return' && steps.some(({ script }) => script?.commands.some(mendsLines))) return;
  const args = { script, path: entry.path, fault };
  const at = inFile(view.file, entry.command.command.words[0]!.span);
  yield { diagnostic: diagnostic('dockerfile/entry-script-broken', args, at) };
};

/** Commands that write into a file whose name they are given: `sed -i 's/\r$//' entrypoint.sh`. Which ones do, nobody lists. */
const changes = (command: string | undefined): boolean =>
  !/^(?:chmod|chown|ls|test|\[|cat|cp|mv|ln)$/.test(command ?? '');

/** `dos2unix *.sh`, `find . -name '*.sh' -exec sed -i 's/\r$//' {} +`: of which files, patterns and folders would tell. */
const mendsLines = ({ words }: ShellCommand): boolean =>
  words.some(({ text }) => /^(?:.*\/)?(?:dos2unix|fromdos)$|\r|\\r|\\x0d|\\015|\^M/i.test(text));

/** What the kernel makes of its first bytes (fs/binfmt_script.c). */
function faultOf(text: string): ScriptFault | undefined {
  // A program, whatever it is for.
  if (text.slice(0, 256).includes('\0')) return undefined;
  // Its place in a checkout that has not fetched it (git-lfs, docs/spec.md).
  if (text.startsWith('version https://git-lfs.github.com/spec/')) return undefined;
  if (text.startsWith('\ufeff')) return 'byte-order-mark';
  if (!text.startsWith('#!')) return 'no-interpreter';
  return /^[^\n]*\r\n/.test(text) ? 'carriage-return' : undefined;
}
