import { posix } from 'node:path';
import { type DockerfileView, type StageView, stepsOf, wholeText } from './documents/dockerfile.ts';
import type { Output } from './native-output.ts';
import { inDirectories, type Placed, shortened } from './placed.ts';

/** Told another CPU, or which one to make programs for: then nothing is certain of what it makes. */
const TOLD =
  /TARGET(?:ARCH|PLATFORM|OS|VARIANT)|BUILDARCH|--host|--target(?!\s+install\b)|--cross|CROSS_COMPILE|TOOLCHAIN|CMAKE_SYSTEM_|\bCC=|\bCXX=|-linux-(?:gnu|musl)|\bxx-|\bxx\b|\bemc|wasi|GOARCH|zig\b/i;

/**
 * What `./configure` or `cmake` was told to install under a folder of its own, and was installed there: programs and libraries of
 * C, for the CPU of the stage. Only where nothing in the stage speaks of another one, and of folders that hold such files:
 * a library of headers alone has none, and whoever copies all of the prefix may have that.
 */
export function configuredOutputs(view: DockerfileView, stage: StageView): readonly Output[] {
  const steps = stepsOf(view, stage);
  const commands = steps.flatMap(inDirectories);
  const isNone = !commands.some((one) => prefixOf(one) !== undefined);
  if (isNone || steps.some(({ written }) => TOLD.test(wholeText(written)))) return [];
  return commands.flatMap((placed, i): readonly Output[] => {
    const prefix = prefixOf(placed);
    const install = commands.slice(i).find(isInstall);
    if (prefix === undefined || install === undefined || placed.command.guardedByCpu) return [];
    const root = install.command.words.map(({ text }) => /^DESTDIR=(.+)$/.exec(text)?.[1]).find(Boolean) ?? '';
    // `--prefix=/usr/local` is where other programs stand too.
    if (root === '' && /^\/(?:usr(?:\/local)?)?\/?$/.test(prefix)) return [];
    const { step, command, directory } = install;
    const shown = shortened(command.words.map(({ text }) => text));
    return ['bin', 'sbin', 'lib'].map((folder) => ({
      what: 'compiled' as const,
      mayBeHeaders: true as const,
      command: shown,
      path: posix.join(root, posix.resolve(directory, prefix), folder),
      step,
      by: command,
      directory,
    }));
  });
}

function prefixOf({ command: { words } }: Placed): string | undefined {
  const [name = '', ...given] = words.map(({ text }) => text);
  const isConfigure = /(?:^|\/)configure$/.test(name);
  // One that only installs was configured before.
  if (!isConfigure && (name !== 'cmake' || given[0] === '--build')) return undefined;
  const value = given
    .map((word) => (isConfigure ? /^--prefix=(.+)$/ : /^-DCMAKE_INSTALL_PREFIX(?::\w+)?=(.+)$/).exec(word)?.[1])
    .findLast(Boolean);
  const flag = given.indexOf('--prefix');
  return value ?? (flag < 0 ? undefined : given[flag + 1]);
}

function isInstall({ command: { words } }: Placed): boolean {
  const [name = '', ...given] = words.map(({ text }) => text);
  if (/^(?:make|ninja)$/.test(name)) return given.some((word) => /^install(?:-strip|\/strip)?$/.test(word));
  return name === 'cmake' && (given.includes('--install') || (given.includes('--build') && given.includes('install')));
}
