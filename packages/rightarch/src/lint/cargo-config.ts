import { type Platform, samePlatform } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { certainLibc, imageBelow } from './base-libc.ts';
import { isOfTarget, type Verdict } from './cargo-cfg.ts';
import { cargoRuns } from './cargo-runs.ts';
import { cpuFlagIn } from './compiler-flags.ts';
import { type DockerfileView, type StageView, stepsOf } from './documents/dockerfile.ts';
import { OWN_CPU, TARGET_CPU, UNSEEN } from './documents/shell.ts';
import { readToml, type TomlValue } from './documents/toml.ts';
import { locationOf, placesIn } from './found.ts';
import { machineWords } from './machine-words.ts';
import type { SourceFile } from './repository.ts';
import { breaksOn, type Judged, type RuleContext } from './rule.ts';
import { severityOfLevel } from './rules/dockerfile/cpu-of-builder.ts';

/** Where cargo looks for it, in each folder up from where it runs. */
export const CARGO_CONFIG = /(?:^|\/)\.cargo\/config\.toml$/;

/**
 * `rustflags` of `.cargo/config.toml` that ask for some CPUs of the platform alone, where a Dockerfile brings that file into a
 * stage and runs cargo there: what nobody sees in the Dockerfile holds for its image too. RUSTFLAGS takes its place where it
 * is set, and `[target.…]` of what is compiled for that of `[build]`
 * (doc.rust-lang.org/cargo/reference/config.html#buildrustflags, read 2026-11-30).
 */
export function judgeCargoConfig(
  dockerfiles: readonly { readonly view: DockerfileView; readonly context: RuleContext }[],
  files: readonly SourceFile[],
): readonly Judged[] {
  return files.flatMap((file) => {
    if (!CARGO_CONFIG.test(file.path) || !/target-(?:cpu|feature)/.test(file.text)) return [];
    const settings = settingsIn(file.text);
    const narrow = settings?.flags.filter((one) => one.level !== undefined) ?? [];
    if (settings === undefined || narrow.length === 0) return [];
    const compiled = dockerfiles.flatMap(({ view, context }) =>
      view.stages.flatMap((stage) => {
        const runs = cargoRuns(file.path, stepsOf(view, stage), view.file, context.read);
        const wanted = runs.length === 0 ? [] : breaksOn(context, stage, () => false);
        return wanted.flatMap(({ platform }) =>
          runs.map(({ target }) => ({
            platform,
            triples: triplesOf(target ?? settings.target, { platform, view, stage }),
          })),
        );
      }),
    );
    const place = placesIn(file.path, file.text);
    return narrow.flatMap(({ flag, level, platform, key, offset }) => {
      const holds = compiled.some(
        (one) =>
          one.triples.length > 0 &&
          (platform === undefined || samePlatform(platform, one.platform)) &&
          (key === undefined
            ? !settings.flags.some((other) => other.key !== undefined && verdictOf(other.key, one.triples) !== false)
            : verdictOf(key, one.triples) === true),
      );
      if (!holds || flag === undefined || level === undefined) return [];
      const at = locationOf(place(offset, offset + flag.length));
      const severity = severityOfLevel(level);
      return [{ diagnostic: diagnostic('dockerfile/cpu-of-builder', { what: 'flag', flag, level }, at, { severity }) }];
    });
  });
}

/** Of what may be compiled for: whether all of it, some or none. */
function verdictOf(key: string, triples: readonly string[]): Verdict {
  const [first, ...others] = triples.map((triple) => isOfTarget(key, triple));
  return others.every((one) => one === first) ? first : undefined;
}

/**
 * The Rust targets of the platform that a compilation may be for, by the one that it names or else by the machine that it runs
 * on; none where it is for another platform, or where that is not seen.
 */
function triplesOf(
  named: string | undefined,
  { platform, view, stage }: { readonly platform: Platform; readonly view: DockerfileView; readonly stage: StageView },
): readonly string[] {
  const cpu = machineWords(platform)?.rust;
  if (cpu === undefined) return [];
  const isOwn = stage.follows === 'target' || (stage.pinned !== undefined && samePlatform(stage.pinned, platform));
  if (named !== undefined) {
    const filled = named.replaceAll(TARGET_CPU, cpu).replaceAll(OWN_CPU, isOwn ? cpu : UNSEEN);
    return !filled.includes(UNSEEN) && filled.startsWith(`${cpu}-`) && filled.includes('-linux-') ? [filled] : [];
  }
  if (!isOwn) return [];
  const image = imageBelow(view, stage);
  const libc = certainLibc(image);
  const abi = cpu === 'armv7' ? 'eabihf' : '';
  const musl = `${cpu}-unknown-linux-musl${abi}`;
  return [
    ...(libc === 'musl' ? [] : [`${cpu}-unknown-linux-gnu${abi}`]),
    ...(libc === 'glibc' ? [] : [musl]),
    // Alpine's own package has a triple of its own (aports, community/rust/APKBUILD); the image `rust` has rustup's.
    ...(libc === 'glibc' || /(?:^|\/)rust:/.test(image ?? '') ? [] : [musl.replace('unknown', 'alpine')]),
  ];
}

interface CargoSettings {
  /** `[build] target`. */
  readonly target: string | undefined;
  readonly flags: readonly {
    /** Of `[target.KEY]`; undefined for `[build]`. */
    readonly key: string | undefined;
    readonly flag: string | undefined;
    readonly level: NonNullable<ReturnType<typeof cpuFlagIn>>['level'];
    /** Whose level it is. */
    readonly platform: Platform | undefined;
    readonly offset: number;
  }[];
}

/** Undefined where the file says it in a way that is not read here: nothing is certain then. */
function settingsIn(text: string): CargoSettings | undefined {
  const read = readToml(text);
  if ('problem' in read) return undefined;
  // `[target]` with inline tables, and keys with dots.
  const isOther = ({ name, values }: (typeof read.tables)[number]): boolean =>
    name === 'target' ||
    [...values.keys()].some((key) => (name === '' ? /^(?:build|target)\./ : /^rustflags\./).test(key));
  if (read.tables.some(isOther)) return undefined;
  const target = read.tables.find(({ name }) => name === 'build')?.values.get('target')?.value;
  const flags = read.tables.flatMap(({ name, values }) => {
    const key = name.startsWith('target.') ? name.slice('target.'.length) : undefined;
    const written = values.get('rustflags');
    if (written === undefined || (name !== 'build' && key === undefined)) return [];
    const { flag, level, platform } = cpuFlagIn(textOf(written.value)) ?? {};
    const offset = Math.max(flag === undefined ? 0 : text.indexOf(flag, written.offset), written.offset);
    return [{ key, flag, level, platform, offset }];
  });
  // Several targets are compiled for in turn.
  return { target: target === undefined ? undefined : typeof target === 'string' ? target : UNSEEN, flags };
}

const textOf = (value: TomlValue | undefined): string =>
  Array.isArray(value)
    ? value.filter((one) => typeof one === 'string').join(' ')
    : typeof value === 'string'
      ? value
      : '';
