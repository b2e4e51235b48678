import { posix } from 'node:path';
import type { NativeOutput } from '../messages/codes/dockerfile-cpu.ts';
import { imageBelow } from './base-libc.ts';
import { type DockerfileView, type StageView, stepsOf } from './documents/dockerfile.ts';
import { OWN_CPU } from './documents/shell.ts';
import type { Output } from './native-output.ts';
import { flagValue, heededBy, inDirectories, type Placed, setsGoCpu, shortened } from './placed.ts';

/**
 * Programs that a stage has for its own CPU beside those of `nativeOutputs`: what the package manager of its distribution
 * installs, what an ecosystem's own installer compiles or fetches, and what a compiler makes that knows no other CPU.
 */
export function programOutputs(view: DockerfileView, stage: StageView): readonly Output[] {
  const commands = stepsOf(view, stage).flatMap(inDirectories);
  if (commands.some(({ command }) => MAY_BE_FOREIGN.test(command.words.map(({ text }) => text).join(' ')))) return [];
  const isRust = /(?:^|\/)rust:?/.test(imageBelow(view, stage) ?? '');
  return commands.flatMap((placed) =>
    // Another branch may do it for the other CPU.
    placed.command.guardedByCpu ? [] : [...installedOf(placed, commands), ...builtOf(placed, isRust, commands)],
  );
}

/** Packages of another CPU beside those of the distribution, a root of another one, or a cross compiler. */
const MAY_BE_FOREIGN =
  /^(?:xx-|dpkg --add-architecture|debootstrap|mmdebstrap|multistrap)|^(?:sudo )?(?:apt|apt-get|apk|dnf|yum|microdnf|zypper) (?:.* )?(?:(?:--arch|--root|--installroot|--forcearch|-p)(?:=| )|\S+:(?:amd64|arm64|armhf|i386)\b)/;

/**
 * Packages whose program has their own name, or one that is told, and is machine code: of Debian 12 each was unpacked on
 * 2026-11-30 (`psql` is a script there, and `redis-server` a link); su-exec is one of Alpine's alone. One of scripts
 * (`certbot`, `yarn`) is none of them.
 */
const PROGRAMS: ReadonlyMap<string, readonly string[]> = new Map(
  `bash busybox curl dumb-init ffmpeg:ffmpeg,ffprobe git gosu jq nginx openssl protobuf-compiler:protoc rsync socat sqlite3 strace
  su-exec tcpdump tini unzip wget zip`
    .split(/\s+/)
    .map((one) => {
      const [name = '', programs = name] = one.split(':');
      return [name, programs.split(',')] as const;
    }),
);

const PLACES = ['/bin', '/sbin', '/usr/bin', '/usr/sbin'] as const;

/** `apk add tini`, `apt-get install -y curl`: the program of that name, wherever its distribution has it. */
function installedOf(placed: Placed, commands: readonly Placed[]): readonly Output[] {
  const words = placed.command.words.map(({ text }) => text);
  const [, list] =
    /^(?:sudo )?(?:apk (?:-\S+ )*add|(?:apt|apt-get|dnf|yum|microdnf|zypper) (?:-\S+ )*install) (.+)$/.exec(
      words.join(' '),
    ) ?? [];
  if (list === undefined) return [];
  const names = list.split(' ').map((word) => word.replace(/[=~<>@].*$/, ''));
  return names.flatMap((name) =>
    (PROGRAMS.get(name) ?? []).flatMap((program) =>
      PLACES.map((place) => `${place}/${program}`)
        // Something else may put its own there.
        .filter((path) => !commands.some((one) => one !== placed && isWrittenBy(path, one)))
        .map((path) => outputAt('os', path, placed)),
    ),
  );
}

const isWrittenBy = (path: string, { command, directory }: Placed): boolean =>
  command.words.slice(1).some(({ text }) => posix.resolve(directory, text.replace(/^of=/, '')) === path);

/** What compilers make that are told no other CPU, and the installers of Rust and Go. */
function builtOf(placed: Placed, isRust: boolean, commands: readonly Placed[]): readonly Output[] {
  const { command, step } = placed;
  const words = command.words.map(({ text }) => text);
  const [name = '', verb = ''] = words;
  const heeds = heededBy(step, command);
  const isTold = (...flags: readonly string[]): boolean =>
    flags.some((flag) => flagValue(words, flag)?.includes(OWN_CPU) === false);
  if (name === 'cargo' && (verb === 'install' || verb === 'binstall')) {
    // What another one makes for the CPU of the image may stand there as well.
    const isMixed = flagValue(words, '--root') === undefined && commands.some(isRustForAnother);
    if (isMixed || isTold('--target', '--targets') || heeds('CARGO_BUILD_TARGET') !== undefined) return [];
    const root = flagValue(words, '--root');
    // The image of Rust sets CARGO_HOME (docker-library/rust, Dockerfile-slim.template, read 2026-11-30).
    const roots = root === undefined ? [isRust ? '/usr/local/cargo' : '/root/.cargo'] : [root];
    return roots.map((one) => outputAt('rust', posix.join(one, 'bin'), placed));
  }
  if (name === 'go' && verb === 'install') {
    const cpu = heeds('GOARCH');
    if (
      setsGoCpu(commands) ||
      (cpu !== undefined && cpu !== OWN_CPU) ||
      heeds('GOBIN') !== undefined ||
      heeds('CC') !== undefined
    )
      return [];
    // The image of Go sets GOPATH (docker-library/golang, Dockerfile-linux.template, read 2026-11-30).
    return words.flatMap((word) => {
      const program = /^[\w.-]+\.[a-z]+\/\S+@\S+$/.test(word) ? goProgram(word) : undefined;
      return program === undefined ? [] : [outputAt('go', `/go/bin/${program}`, placed)];
    });
  }
  if (name === 'swift' && verb === 'build')
    return isTold('--triple', '--swift-sdk', '--destination', '--arch') ? [] : [outputAt('compiled', '.build', placed)];
  // It makes programs for the machine that it runs on only (https://github.com/oracle/graal/issues/407, read 2026-11-30).
  if (/(?:^|\/)native-image$/.test(name)) {
    const file = flagValue(words, '-o') ?? flagValue(words, '-H:Name');
    return file === undefined || isTold('--target') ? [] : [outputAt('compiled', file, placed)];
  }
  if (/(?:^|\/)gradlew?$/.test(name) && words.some((word) => /(?:^|:)nativeCompile$/.test(word)))
    return [outputAt('compiled', 'build/native/nativeCompile', placed)];
  return name === 'dotnet' && verb === 'publish' ? publishedOf(words, placed) : [];
}

const isRustForAnother = ({ command: { words } }: Placed): boolean =>
  words[0]?.text === 'cargo' &&
  words[1]?.text.endsWith('install') === true &&
  words.some(({ text }) => /^--targets?(?:=|$)/.test(text));

/** The last element of a path, before a major version. */
const goProgram = (path: string): string | undefined =>
  path
    .replace(/@.*$/, '')
    .split('/')
    .findLast((part) => !/^v\d+$/.test(part));

/**
 * `dotnet publish --self-contained` without a runtime identifier takes that of the SDK
 * (https://learn.microsoft.com/dotnet/core/compatibility/sdk/7.0/automatic-rid-publish-only, read 2026-11-30).
 */
function publishedOf(words: readonly string[], placed: Placed): readonly Output[] {
  const line = words.join(' ');
  const isOne =
    / --(?:self-contained|sc)(?:[ =]true| -|$)|[-/]p:(?:SelfContained|PublishAot|PublishSingleFile)=true\b/i.test(line);
  const isTold =
    / (?:-r|--runtime|--use-current-runtime|--ucr|-a|--arch|--os)(?:[ =]|$)|[-/]p(?:roperty)?:\S*\bRuntimeIdentifiers?=/i.test(
      line,
    );
  const out = flagValue(words, '-o') ?? flagValue(words, '--output');
  return !isOne || isTold || out === undefined ? [] : [outputAt('dotnet', out, placed)];
}

function outputAt(what: NativeOutput, path: string, { step, command, directory }: Placed): Output {
  const shown = shortened(command.words.map(({ text }) => text));
  return { what, command: shown, path: posix.resolve(directory, path), step, by: command, directory };
}
