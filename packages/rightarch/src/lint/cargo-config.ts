import { posix } from 'node:path';
import { type Platform, parsePlatform, samePlatform } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { cpuFlagIn } from './compiler-flags.ts';
import { contextsOf, ignoredIn } from './context-files.ts';
import { type DockerfileView, type StepView, stepsOf } from './documents/dockerfile.ts';
import { readToml, type TomlValue } from './documents/toml.ts';
import { locationOf, placesIn } from './found.ts';
import type { SourceFile } from './repository.ts';
import { breaksOn, type Judged, type RuleContext } from './rule.ts';
import { severityOfLevel } from './rules/dockerfile/cpu-of-builder.ts';

/** Where cargo looks for it, in each folder up from where it runs. */
export const CARGO_CONFIG = /(?:^|\/)\.cargo\/config\.toml$/;

/**
 * `rustflags` of `.cargo/config.toml` that ask for some CPUs of the platform alone, where a Dockerfile brings that file into a
 * stage and runs cargo there: what nobody sees in the Dockerfile holds for its image too. RUSTFLAGS takes its place where it
 * is set (doc.rust-lang.org/cargo/reference/config.html#buildrustflags, read 2026-11-30).
 */
export function judgeCargoConfig(
  dockerfiles: readonly { readonly view: DockerfileView; readonly context: RuleContext }[],
  files: readonly SourceFile[],
): readonly Judged[] {
  return files.flatMap((file) => {
    if (!CARGO_CONFIG.test(file.path) || !file.text.includes('target-cpu')) return [];
    const place = placesIn(file.path, file.text);
    return flagsIn(file.text).flatMap(({ flag, level, platforms, offset }) => {
      const isFor = (one: Platform): boolean =>
        platforms === undefined || platforms.some((own) => samePlatform(own, one));
      const holds = dockerfiles.some(({ view, context }) =>
        view.stages.some(
          (stage) =>
            breaksOn(context, stage, (one) => !isFor(one)).length > 0 &&
            runsWith(file.path, stepsOf(view, stage), view.file, context.read),
        ),
      );
      if (!holds) return [];
      const at = locationOf(place(offset, offset + flag.length));
      const severity = severityOfLevel(level);
      return [{ diagnostic: diagnostic('dockerfile/cpu-of-builder', { what: 'flag', flag, level }, at, { severity }) }];
    });
  });
}

function flagsIn(text: string) {
  const read = readToml(text);
  if ('problem' in read) return [];
  return read.tables.flatMap(({ name, values }) => {
    // `[build]`, `[target.x86_64-unknown-linux-gnu]`, and one that a condition chooses.
    const triple = /^target\.["']?(\w+)-[\w-]*linux/.exec(name)?.[1];
    const own = triple === undefined ? undefined : parsePlatform(`linux/${triple}`);
    if (name !== 'build' && !name.startsWith('target.')) return [];
    if (name.startsWith('target.') && own === undefined && !/linux|cfg\(all\(\)\)/.test(name)) return [];
    const written = values.get('rustflags');
    const { flag, level, platform } = cpuFlagIn(textOf(written?.value)) ?? {};
    if (written === undefined || flag === undefined || level === undefined) return [];
    // rustc passes over a CPU that the target has not.
    if (own !== undefined && platform !== undefined && !samePlatform(own, platform)) return [];
    const one = own ?? platform;
    const offset = text.indexOf(flag, written.offset);
    return [
      { flag, level, platforms: one === undefined ? undefined : [one], offset: Math.max(offset, written.offset) },
    ];
  });
}

const textOf = (value: TomlValue | undefined): string =>
  Array.isArray(value)
    ? value.filter((one) => typeof one === 'string').join(' ')
    : typeof value === 'string'
      ? value
      : '';

/** Whether a stage has the file when it runs cargo, and nothing that takes the place of its flags. */
function runsWith(
  path: string,
  steps: readonly StepView[],
  dockerfile: string,
  read: (path: string) => string | undefined,
): boolean {
  const ignored = ignoredIn(dockerfile, read);
  const brings = ({ instruction }: StepView): boolean =>
    (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') &&
    !instruction.flags.some(({ name }) => name === 'from') &&
    instruction.sources.some(({ text }) =>
      contextsOf(dockerfile).some((context) => {
        const source = posix.join(context, text.replace(/^\/+/, '') || '.').replace(/\/$/, '');
        const isBelow = source === '.' || path === source || path.startsWith(`${source}/`);
        return isBelow && !ignored(posix.relative(context, path));
      }),
    );
  const from = steps.findIndex(brings);
  const after = from < 0 ? [] : steps.slice(from);
  const setsFlags = steps.some(
    ({ instruction, script }) =>
      (instruction.keyword === 'ENV' && instruction.pairs.some(({ key }) => key.text.includes('RUSTFLAGS'))) ||
      script?.commands.some(
        ({ assigned, variables, words }) =>
          [...assigned.keys(), ...variables.keys()].some((name) => name.includes('RUSTFLAGS')) ||
          words.some(({ text }) => text.includes('.cargo') || text.includes('RUSTFLAGS')),
      ) === true,
  );
  return (
    !setsFlags &&
    after.some(({ script }) =>
      script?.commands.some(
        ({ words }) => words[0]?.text === 'cargo' && /^(?:build|install|b)$/.test(words[1]?.text ?? ''),
      ),
    )
  );
}
