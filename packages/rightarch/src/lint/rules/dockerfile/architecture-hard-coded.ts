import { formatPlatform, type Platform, samePlatform } from '../../../core/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import type { HardCoded } from '../../../messages/codes/dockerfile-cpu.ts';
import { diagnostic } from '../../../messages/index.ts';
import { flagsOfOneCpu } from '../../compiler-flags.ts';
import { cpuInUrl } from '../../cpu-in-url.ts';
import { cpuWords, platformOfWord } from '../../cpu-words.ts';
import { type DockerfileView, type StageView, type StepView, stepsOf } from '../../documents/dockerfile.ts';
import { type ShellCommand, shownText, UNSEEN } from '../../documents/shell.ts';
import { breaksOn, type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';

interface Fixed {
  readonly what: HardCoded;
  readonly token: string;
  readonly platform: Platform;
  /** The architectures that it is right on, where these are more. */
  readonly takenBy?: readonly string[];
  /** The words around it. */
  readonly text: string;
  readonly span: Span;
}

/**
 * One CPU where the platform should decide: in the address of a download, an apt source, `GOARCH`, a Rust target, a .NET
 * runtime identifier. Not where a branch or a test chose it, and not where the same stage does as much for another CPU.
 */
export const architectureHardCoded: DockerfileRule = function* (view, context) {
  const stages = view.stages.map((stage) => ({ stage, found: stage.steps.flatMap((step) => fixedIn(stage, step)) }));
  // Programs for several CPUs in one image, a stage for each, are for those who download them from it.
  const programs = cpusOf(stages.flatMap(({ found }) => found));
  const made = new Map<StageView, readonly string[]>();
  const isMade = (stage: StageView, path: string): boolean => {
    const known = made.get(stage) ?? stepsOf(view, stage).flatMap(madeBy);
    made.set(stage, known);
    return known.some((one) => path === one || path.startsWith(`${one}/`));
  };
  for (const { stage, found: placed } of stages) {
    const flags = stage.follows === 'target' ? flagsIn(view, stage) : [];
    const found = [...placed, ...flags.map((one) => ({ what: 'compiler' as const, ...one }))];
    const own = cpusOf(found);
    const hasPackage = found.some(({ what }) => what === 'package');
    const added = new Set(hasPackage ? stepsOf(view, stage).flatMap(addedTo) : []);
    for (const one of found) {
      // What was downloaded under that name is told there.
      if (one.what === 'package' && (added.has(one.token) || found.some((other) => isSource(other, one)))) continue;
      const cpus = (one.what === 'go' ? programs : own).get(one.what);
      if (cpus !== undefined && cpus.size > 1) continue;
      if (one.what === 'path' && isMade(stage, one.text)) continue;
      const breaks = breaksOn(
        context,
        stage,
        (platform) => one.takenBy?.includes(platform.architecture) ?? samePlatform(platform, one.platform),
      );
      if (breaks.length === 0) continue;
      const { what, token, text } = one;
      yield {
        diagnostic: diagnostic(
          'dockerfile/architecture-hard-coded',
          { what, token, text, platform: formatPlatform(one.platform), breaks: namesOf(breaks) },
          inFile(view.file, one.span),
          { severity: severityOf(breaks) },
        ),
      };
    }
  }
};

const flagsIn = (view: DockerfileView, stage: StageView) =>
  flagsOfOneCpu(stage.steps, () => stepsOf(view, stage), view.dockerfile.instructions);

/** For which CPUs the same is done. */
function cpusOf(found: readonly Fixed[]): ReadonlyMap<HardCoded, ReadonlySet<string>> {
  const cpus = new Map<HardCoded, Set<string>>();
  for (const { what, platform } of found) {
    const known = cpus.get(what) ?? new Set<string>();
    cpus.set(what, known.add(formatPlatform(platform)));
  }
  return cpus;
}

function fixedIn(stage: StageView, step: StepView): readonly Fixed[] {
  const { instruction, script } = step;
  const found: Fixed[] = [];
  // What the builder runs itself it may fetch for itself: only what is built for the image counts there.
  const forImage = stage.follows === 'target';
  if (instruction.keyword === 'ADD' && forImage)
    for (const { text, span } of instruction.sources) found.push(...inUrl(text, span));
  if (instruction.keyword === 'ENV')
    for (const { key, value } of instruction.pairs) {
      const platform = platformOfWord(value.text);
      if (key.text === 'GOARCH' && platform !== undefined && usesGo(stage) && isLinux(step.heeded.get('GOOS')))
        found.push({ what: 'go', token: value.text, platform, text: `GOARCH=${value.text}`, span: value.span });
    }
  if (forImage && instruction.keyword === 'ENV' && stage.steps.some(({ script }) => script?.commands.some(isNpm)))
    for (const { key, value } of instruction.pairs) {
      const platform = platformOfWord(value.text);
      if (/^npm_config_(?:target_)?(?:arch|cpu)$/.test(key.text) && platform !== undefined)
        found.push({ what: 'npm', token: value.text, platform, text: `${key.text}=${value.text}`, span: value.span });
    }
  if (forImage && instruction.keyword === 'ENV')
    // A list of directories is looked through, and one that is not there is passed over.
    for (const { key, value } of instruction.pairs)
      if (!/PATH$|FLAGS$/.test(key.text)) found.push(...inPath(value.text, value.span));
  if (forImage && instruction.keyword === 'COPY' && instruction.flags.some(({ name }) => name === 'from'))
    for (const { text, span } of instruction.sources) found.push(...inPath(text, span), ...inPythonBuild(text, span));
  if (forImage && (instruction.keyword === 'COPY' || instruction.keyword === 'ADD'))
    for (const { body, span } of instruction.heredocs)
      found.push(...inRepository(body, span), ...inAptSource(body, span));
  for (const [position, command] of (script?.commands ?? []).entries()) {
    if (command.guardedByCpu) continue;
    // `npm install … || true`: where it does not fit, it is left out.
    const isCaught = script?.commands[position + 1]?.guarded === true && !command.guarded;
    const span = (): Span => script!.span(command.from, command.to);
    const word = (index: number): Span => script!.span(command.words[index]!.from, command.words[index]!.to);
    const go = command.assigned.get('GOARCH');
    const system = command.assigned.get('GOOS') ?? command.variables.get('GOOS') ?? step.heeded.get('GOOS');
    const goPlatform = platformOfWord(go ?? '');
    if (go !== undefined && goPlatform !== undefined && isGo(command) && isLinux(system))
      found.push({ what: 'go', token: go, platform: goPlatform, text: `GOARCH=${go}`, span: span() });
    const [name = ''] = command.words.map(({ text }) => text);
    for (const [i, { text }] of command.words.entries()) {
      if (forImage && text.includes('://') && !/^(?:echo|printf|rm|sed)$/.test(name))
        found.push(...inUrl(text, word(i)));
      if (forImage) found.push(...inPackage(command, i, word), ...inClassifier(command, i, word));
      if (forImage && !isCaught) found.push(...inInstall(command, i, word));
      if (forImage && /^(?:echo|printf)$/.test(name)) found.push(...inRepository(text, word(i)));
      if (forImage && /^(?:echo|printf|add-apt-repository)$/.test(name)) found.push(...inAptSource(text, word(i)));
      const setting = /^build\.target\s*=\s*["']([^"']+)["']$/.exec(flagValue(command, i, ['--config']) ?? '')?.[1];
      const triple = /^(x86_64|aarch64)-unknown-linux-/.exec(flagValue(command, i, ['--target']) ?? setting ?? '');
      if (name === 'cargo' && triple !== null)
        found.push({
          what: 'rust',
          token: triple[1]!,
          platform: cpuWords[triple[1]!]!,
          text: triple.input,
          span: word(i),
        });
      const rid = /^linux(?:-musl)?-(x64|arm64)$/.exec(flagValue(command, i, ['-r', '--runtime']) ?? '');
      if (name === 'dotnet' && rid !== null)
        found.push({ what: 'dotnet', token: rid[1]!, platform: cpuWords[rid[1]!]!, text: rid.input, span: word(i) });
    }
  }
  return found;
}

/** The value that begins at a word: `--target=X`, or the word behind `--target`. */
function flagValue({ words }: ShellCommand, index: number, flags: readonly string[]): string | undefined {
  const text = words[index]!.text;
  const equals = text.indexOf('=');
  if (equals > 0 && flags.includes(text.slice(0, equals))) return text.slice(equals + 1);
  return index > 0 && flags.includes(words[index - 1]!.text) ? text : undefined;
}

/** The CPU in the address of a download. */
function inUrl(text: string, span: Span): readonly Fixed[] {
  const found = cpuInUrl(text);
  return found === undefined
    ? []
    : [{ what: 'url', token: found.token, platform: found.platform, text: found.url, span }];
}

/** The CPU in the place where Debian puts libraries of several CPUs, or its Java. */
function inPath(text: string, span: Span): readonly Fixed[] {
  const path = /^["']?(\/[^"':\s]+)["']?$/.exec(text)?.[1];
  const token = /\/(x86_64|aarch64)-linux-(?:gnu|musl)(?:\/|$)|\/jvm\/[^/]*-(amd64|arm64)(?:\/|$)/.exec(path ?? '');
  const word = token?.[1] ?? token?.[2];
  if (path === undefined || word === undefined) return [];
  return [{ what: 'path', token: word, platform: platformOfWord(word)!, text: shownText(path), span }];
}

/** Where setuptools puts what it compiles: `build/lib.linux-x86_64-cpython-311`. */
function inPythonBuild(text: string, span: Span): readonly Fixed[] {
  const word = /\/lib\.linux-(x86_64|aarch64)-(?:cpython-)?[\d.]+(?:\/|$)/.exec(text)?.[1];
  return word === undefined
    ? []
    : [{ what: 'python', token: word, platform: platformOfWord(word)!, text: shownText(text), span }];
}

/** A file or a name that is of one CPU, as it is handed to whoever installs it. */
function inPackage({ words }: ShellCommand, index: number, at: (index: number) => Span): readonly Fixed[] {
  const [name = '', ...given] = words.map(({ text }) => text);
  const { text } = words[index]!;
  const isDebian = /^(?:apt|apt-get|dpkg|gdebi)$/.test(name);
  const installs = given.some((one) => /^(?:install|localinstall|in|-i|--install|-[iUvh]+)$/.test(one));
  if (!installs || !/^(?:apt|apt-get|dpkg|gdebi|rpm|yum|dnf|microdnf|zypper)$/.test(name) || text.includes('://'))
    return [];
  const word = (
    isDebian
      ? /[_-](amd64|arm64|x86_64|aarch64)\.deb$|^[a-z0-9][\w.+-]*:(amd64|arm64)$/
      : /[._-](x86_64|aarch64|amd64|arm64)\.rpm$|^[A-Za-z0-9][\w.+-]*\.(x86_64|aarch64)$/
  )
    .exec(text)
    ?.slice(1)
    .find(Boolean);
  const platform = platformOfWord(word ?? '');
  return word === undefined || platform === undefined
    ? []
    : [{ what: 'package', token: word, platform, text: shownText(text), span: at(index) }];
}

const isNpm = ({ words: [name, verb] }: ShellCommand): boolean =>
  /^(?:npm|pnpm|yarn|bun)$/.test(name?.text ?? '') && /^(?:ci|install|i|add)$/.test(verb?.text ?? '');

/** A member of a family of packages (`@rollup/rollup-linux-x64-gnu`): elsewhere npm ends with EBADPLATFORM. */
const OF_ONE_CPU = /^(?:@[\w.-]+\/)?[\w.-]*(?:linux|linuxmusl)-(x64|arm64)(?:-(?:gnu|musl))?(?:@[\w.^~-]+)?$/;

/** Packages of npm and wheels of Python for one CPU, whatever the machine that installs them has. */
function inInstall(command: ShellCommand, index: number, at: (index: number) => Span): readonly Fixed[] {
  const texts = command.words.map(({ text }) => text);
  const text = texts[index] ?? '';
  const fixed = (what: HardCoded, token: string | undefined): readonly Fixed[] => {
    const platform = platformOfWord(token ?? '');
    return token === undefined || platform === undefined ? [] : [{ what, token, platform, text, span: at(index) }];
  };
  if (isNpm(command)) {
    const isOptional = texts.some((one) => /^(?:-O|--save-optional|--optional|-g|--global)$/.test(one));
    const named = index > 1 && !isOptional && !text.startsWith('-') ? OF_ONE_CPU.exec(text)?.[1] : undefined;
    return fixed('npm', named ?? flagValue(command, index, ['--cpu']));
  }
  if (!/(?:^|\/)pip3?(?:\.\d+)?$|^uv$|python3?(?:\.\d+)?$/.test(texts[0] ?? '') || !texts.includes('install'))
    return [];
  const value = flagValue(command, index, ['--platform', '--python-platform']);
  const [, word, triple] = /^(?:many|musl)?linux[\w.]*?_(x86_64|aarch64)$|^(x86_64|aarch64)-/.exec(value ?? '') ?? [];
  return fixed('wheel', word ?? triple);
}

/**
 * `mvn -Dos.detected.classifier=linux-x86_64`: which file of several Maven takes (https://github.com/trustin/os-maven-plugin);
 * `mvn dependency:get -Dartifact=GROUP:NAME:VERSION:jar:linux-x86_64` names it itself.
 */
function inClassifier({ words }: ShellCommand, index: number, at: (index: number) => Span): readonly Fixed[] {
  if (!/^(?:.*\/)?(?:mvnw?|gradlew?)$/.test(words[0]?.text ?? '')) return [];
  const { text } = words[index]!;
  const word =
    /^-D(?:(?:os\.detected\.(?:classifier|arch)|[\w.-]*classifier)=|artifact=[^:]+:[^:]+:[^:]+:[^:]+:)(?:linux-)?(x86_64|aarch_64)$/.exec(
      text,
    )?.[1];
  const platform = platformOfWord(word?.replace('aarch_64', 'aarch64') ?? '');
  return word === undefined || platform === undefined
    ? []
    : [{ what: 'maven', token: word, platform, text: shownText(text), span: at(index) }];
}

/** A line of a source, also behind the `\n` of `printf`; several words are a list. */
const APT_SOURCE =
  /(?:^|\\n)\s*(?:deb(?:-src)?\s+\[[^\]]*\barch=([a-z0-9,]+)(?=[\s\]])[^\]]*\]\s*(\S*)|(Architectures):[ \t]*([a-z0-9]+(?:[ \t]+[a-z0-9]+)*)[ \t]*(?=$|\\n))/gm;

/**
 * What has packages for every CPU alone, which apt on arm64 finds in the list of amd64 too (apt 2.6, seen 2026-11-30): Yarn's,
 * Jenkins's, sbt's and Cassandra's are `Architecture: all` (scripts/build-deb.sh of yarnpkg/yarn, deb/build/debian/control of
 * jenkinsci/packaging, DebianPlugin of sbt/sbt-native-packager, debian/control of apache/cassandra, read 2026-11-30).
 */
const OF_EVERY_CPU =
  /^https?:\/\/(?:dl\.yarnpkg\.com|pkg\.jenkins\.io|repo\.scala-sbt\.org|debian\.cassandra\.apache\.org)\//;

/**
 * `deb [arch=amd64] https://…`, and `Architectures: amd64` of deb822. Ubuntu's own archive has amd64 and i386, its ports the
 * others: sources that name both are right, so a list counts for the others, and says nothing by itself.
 */
function inAptSource(text: string, span: Span): readonly Fixed[] {
  const sources = Array.from(text.matchAll(APT_SOURCE), ([, one, url = '', field, others]) => ({
    words: OF_EVERY_CPU.test(url) ? [] : (one ?? others ?? '').split(/[\s,]+/),
    shown: (word: string) => (field === undefined ? `[arch=${word}]` : `${field}: ${word}`),
  }));
  if (!sources.some(({ words }) => words.length === 1)) return [];
  const found = sources.flatMap(({ words, shown }) =>
    words.flatMap((token): Fixed[] => {
      const platform = platformOfWord(token);
      return platform === undefined ? [] : [{ what: 'apt', token, platform, text: shown(token), span }];
    }),
  );
  return found.filter((one, i) => found.findIndex(({ text }) => text === one.text) === i);
}

/** `baseurl=https://…/el9/x86_64/` of yum, dnf or zypper. */
function inRepository(text: string, span: Span): readonly Fixed[] {
  const [, url] = /(?:^|[\s'"\\n])baseurl\s*=\s*(https?:\/\/[^\s'"\\]+)/.exec(text) ?? [];
  const found = url === undefined ? undefined : cpuInUrl(url);
  return found === undefined
    ? []
    : [{ what: 'yum', token: found.token, platform: found.platform, text: found.url, span }];
}

/** `dpkg --add-architecture amd64`: its packages are wanted beside those of the image. */
const addedTo = ({ script }: StepView): readonly string[] =>
  (script?.commands ?? []).flatMap(({ words }) =>
    words[0]?.text === 'dpkg' && words[1]?.text === '--add-architecture' ? (words[2]?.text ?? []) : [],
  );

/** A file of that CPU was downloaded, under whichever name. */
const isSource = (download: Fixed, { text, platform }: Fixed): boolean =>
  download.what === 'url' && /\.(?:deb|rpm)$/.test(text) && samePlatform(download.platform, platform);

/** `ln -s /usr/lib/jvm/java-17-openjdk-$(dpkg --print-architecture) PATH`: that name is then there on every CPU. */
const madeBy = ({ script }: StepView): readonly string[] =>
  (script?.commands ?? [])
    .filter(({ words }) => /^(?:ln|mv|cp|mkdir)$/.test(words[0]?.text ?? ''))
    .map(({ words }) => words.at(-1)!.text.replace(/\/$/, ''))
    .filter((path) => /x86_64|aarch64|amd64|arm64/.test(path));

/** A program for another system does not run in the image, whatever its CPU. */
const isLinux = (system: string | undefined): boolean =>
  system === undefined || system === 'linux' || system.includes(UNSEEN);

const isGo = ({ words }: ShellCommand): boolean =>
  words[0]?.text === 'go' && /^(?:build|install|test|run)$/.test(words[1]?.text ?? '');

const usesGo = ({ steps }: StageView): boolean => steps.some(({ script }) => script?.commands.some(isGo) === true);
