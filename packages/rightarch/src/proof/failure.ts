import { type Diagnostic, type Platform, samePlatform } from '../core/index.ts';
import { type FileTree, machinePlatform } from '../scan/index.ts';
import type { JudgedFailure, Stage } from '../target/index.ts';
import { elfOf } from './view.ts';

/** Bytes that nobody can have: no runtime pulls them. */
const AT_PULL = /^(registry|image)\/|^proof\/(layer-|diff-id-|entry-not-unpacked|data-after-end)/;

/** What the OCI runtime looks at before it makes a process (runc libcontainer, finalizeNamespace and setupUser). */
const AT_CREATE = new Set([
  'proof/command-not-found',
  'proof/command-missing',
  'proof/is-directory',
  'proof/not-executable',
  'proof/link-loop',
  'proof/working-directory',
  'proof/user-unknown',
]);

/** The files that a program opens for itself, and the commands that it calls. */
const WHEN_USED = new Set([
  'proof/wrong-cpu-module',
  'proof/wrong-cpu-command',
  'proof/platform-package-missing',
  'proof/module-not-loadable',
  'proof/archive-wrong-cpu',
  'proof/native-part-missing',
]);

/** The first thing that fails, in the order in which it would be met: the start comes before what it uses. */
export function failureOf(diagnostics: readonly Diagnostic[]): JudgedFailure | undefined {
  const found = diagnostics.find(({ severity }) => severity === 'error');
  if (found === undefined) return undefined;
  const { code, at, args } = found;
  const prints = args['prints'];
  return {
    code,
    stage: stageOf(code, typeof prints === 'string' ? prints : ''),
    ...(typeof prints === 'string' && prints !== '' ? { prints } : {}),
    ...(at.in === 'image' && at.path !== undefined ? { path: at.path } : {}),
  };
}

/** A shell of the image that finds no program is started already: only runc's own lines come at the creation. */
function stageOf(code: string, prints: string): Stage {
  if (AT_PULL.test(code)) return 'pull';
  if (AT_CREATE.has(code) && /^(exec: "|chdir to cwd|unable to find)/.test(prints)) return 'create';
  return WHEN_USED.has(code) ? 'load' : 'start';
}

const STARTED_WRONG = new Set(['proof/start-wrong-cpu', 'proof/wrong-cpu-command', 'proof/wrong-cpu-image']);

/**
 * The CPUs of the programs that refute an image, where nothing else does and each of them has its loader in the image:
 * on a machine with an emulator for these CPUs it may start all the same. Empty where something else is wrong as well.
 */
export function runsAs(diagnostics: readonly Diagnostic[], tree: FileTree): readonly Platform[] {
  const platforms: Platform[] = [];
  for (const { severity, code, at } of diagnostics) {
    if (severity !== 'error') continue;
    const found = at.in === 'image' && at.path !== undefined ? tree.resolve(at.path) : undefined;
    const facts = found?.found ? elfOf(found.node.entry) : undefined;
    const platform = facts === undefined ? undefined : machinePlatform(facts);
    if (!STARTED_WRONG.has(code) || facts === undefined || platform === undefined) return [];
    if (facts.interpreter !== undefined) {
      const loader = tree.resolve(facts.interpreter);
      const its = loader.found ? elfOf(loader.node.entry) : undefined;
      const fits = its === undefined ? undefined : machinePlatform(its);
      if (fits === undefined || fits.architecture !== platform.architecture) return [];
    }
    if (!platforms.some((one) => samePlatform(one, platform))) platforms.push(platform);
  }
  return platforms;
}
