import { posix } from 'node:path';
import type { DockerfileView, StepView } from './documents/dockerfile.ts';
import { type ShellCommand, UNSEEN } from './documents/shell.ts';
import { readLockfile } from './lockfiles/index.ts';
import type { PythonPackage } from './lockfiles/types.ts';
import type { RuleContext } from './rule.ts';

/**
 * Packages of Python whose releases on PyPI are compiled for each CPU and do nothing without: no `py3-none-any` wheel among
 * the files of their newest release (each asked of https://pypi.org/pypi/NAME/json on 2026-11-29; polars is one in plain Python
 * that needs a compiled one). Those that go on in plain Python without their compiled part, as MarkupSafe does, are none of
 * them.
 */
const NATIVE: ReadonlySet<string> = new Set(
  `argon2-cffi-bindings asyncpg bcrypt cffi confluent-kafka contourpy cryptography duckdb greenlet grpcio h5py httptools jiter
  kiwisolver lxml lz4 matplotlib mysqlclient numpy onnxruntime opencv-python opencv-python-headless orjson pandas pillow polars-runtime-32
  psycopg-binary psycopg2 psycopg2-binary pyarrow pydantic-core pymssql pynacl pyzmq regex rpds-py safetensors scikit-learn
  scipy shapely tensorflow tiktoken tokenizers torch torchvision ujson uvloop xxhash zstandard`.split(/\s+/),
);

export interface PythonInstall {
  /** Absolute, or relative to where the command runs. */
  readonly path: string;
  /** What is named in the command. */
  readonly names: readonly string[];
  /** Files of requirements that it reads. */
  readonly files: readonly string[];
  /** What would tell, where a file says it. */
  readonly lockfile: string | undefined;
}

/** Where Python's own packages are, by whichever version. */
export const SITE_PACKAGES = '/usr/local/lib/python/site-packages';

export const withoutVersion = (path: string): string =>
  path.replace(/\/python3?(?:\.\d+)?(?=\/|$)/, '/python').replace(/\/dist-packages(?=\/|$)/, '/site-packages');

/** What a command installs for the Python that runs it, and where; nothing where it is told another platform. */
export function pythonInstall({ words }: ShellCommand, before: readonly StepView[]): PythonInstall | undefined {
  const texts = words.map(({ text }) => text);
  const line = texts.join(' ');
  if (texts.some((one) => /^--(?:python-)?platform(?:=|$)/.test(one))) return undefined;
  if (/^uv sync\b/.test(line)) return { path: '.venv', names: [], files: [], lockfile: 'uv.lock' };
  if (/^poetry (?:-\S+ )*(?:install|sync)\b/.test(line)) {
    const path = poetryPath(before);
    return path === undefined ? undefined : { path, names: [], files: [], lockfile: 'poetry.lock' };
  }
  const [, program = '', verb = ''] =
    /^(\S*pip3?(?:\.\d+)?|\S*python3?(?:\.\d+)? -m pip|uv pip) (?:-\S+ )*(install|wheel)\b/.exec(line) ?? [];
  if (verb === '') return undefined;
  const value = (...flags: readonly string[]): string | undefined => {
    const at = texts.findIndex((one) => flags.includes(one));
    return at < 0
      ? texts.find((one) => flags.some((flag) => one.startsWith(`${flag}=`)))?.replace(/^[^=]*=/, '')
      : texts[at + 1];
  };
  const asked = program === 'uv pip' ? value('--python', '-p') : undefined;
  const own = /^(\/\S+)\/bin\/(?:pip|python)/.exec(asked ?? program)?.[1];
  const path =
    (verb === 'wheel' ? (value('-w', '--wheel-dir') ?? '.') : value('-t', '--target', '--prefix', '--root')) ??
    (texts.includes('--user') ? '/root/.local' : undefined) ??
    (own === undefined || /^\/usr(?:\/local)?$/.test(own) ? undefined : own) ??
    venvOf(before) ??
    (program === 'uv pip' && !texts.includes('--system') ? '.venv' : SITE_PACKAGES);
  const files = texts.flatMap((one, i) =>
    /^(?:-r|--requirement)$/.test(one) ? (texts[i + 1] ?? []) : (/^(?:-r|--requirement=)(.+)$/.exec(one)?.[1] ?? []),
  );
  const names = texts
    .slice(texts.indexOf(verb) + 1)
    .flatMap((one, i, all) => (/^-/.test(one) || TAKES_A_VALUE.test(all[i - 1] ?? '') ? [] : nameOf(one)));
  return { path, names, files, lockfile: files[0] };
}

/** Where Poetry puts packages by its settings; undefined where that is a folder of its own below a cache. */
function poetryPath(steps: readonly StepView[]): string | undefined {
  const isSet = (name: string, value: RegExp): boolean =>
    steps.some(
      ({ instruction, script }) =>
        (instruction.keyword === 'ENV' &&
          instruction.pairs.some(
            (one) =>
              one.key.text === `POETRY_${name.replace(/[.-]/g, '_').toUpperCase()}` && value.test(one.value.text),
          )) ||
        script?.commands.some(({ words }) => {
          const [, setting, written = ''] =
            /^poetry config (?:-\S+ )*(\S+) (\S+)/.exec(words.map(({ text }) => text).join(' ')) ?? [];
          return setting === name && value.test(written);
        }) === true,
    );
  if (isSet('virtualenvs.create', /^(?:false|0)$/)) return SITE_PACKAGES;
  return isSet('virtualenvs.in-project', /^(?:true|1)$/) ? '.venv' : undefined;
}

/** Options of pip whose next word is theirs. */
const TAKES_A_VALUE =
  /^(?:-[rctwif]|--(?:requirement|constraint|target|prefix|root|wheel-dir|index-url|extra-index-url|find-links|cache-dir|trusted-host|timeout|retries|(?:only|no)-binary|progress-bar|python|proxy|cert|log|src))$/;

/** The environment that a stage made and put first on its PATH. */
function venvOf(steps: readonly StepView[]): string | undefined {
  const made = steps.flatMap(({ script, workdir }) =>
    (script?.commands ?? []).flatMap(({ words }) => {
      const found = /^(?:\S*python3?(?:\.\d+)? -m venv|\S*virtualenv|uv venv) (?:-\S+ )*([^\s-]\S*)/.exec(
        words.map(({ text }) => text).join(' '),
      )?.[1];
      return found === undefined ? [] : [posix.resolve(workdir, found)];
    }),
  );
  const isUsed = (path: string): boolean =>
    steps.some(
      ({ instruction, script }) =>
        (instruction.keyword === 'ENV' &&
          instruction.pairs.some(({ key, value }) => key.text === 'PATH' && value.text.includes(`${path}/bin`))) ||
        script?.commands.some(
          ({ words }) => /^(?:\.|source)$/.test(words[0]?.text ?? '') && words[1]?.text.endsWith('/bin/activate'),
        ) === true,
    );
  return made.findLast(isUsed);
}

function nameOf(requirement: string): readonly string[] {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(requirement)?.[0];
  return name === undefined || requirement.includes(UNSEEN) ? [] : [name.toLowerCase().replace(/[-_.]+/g, '-')];
}

/** The native packages that it surely brings; undefined where what is named depends on what nobody sees here. */
export function pythonNatives(
  view: DockerfileView,
  { names, files, lockfile }: PythonInstall,
  { read }: RuleContext,
): readonly string[] | undefined {
  const folder = posix.dirname(view.file);
  const listed = files.flatMap((file) => {
    const text = [file, posix.basename(file)].map((one) => read(posix.join(folder, one))).find(Boolean) ?? '';
    return text
      .split(/\r?\n/)
      .flatMap((line) => (/^\s*[-#]/.test(line) || line.includes(';') ? [] : nameOf(line.trim())));
  });
  const locked = lockfile === undefined || files.length > 0 ? undefined : lockedIn(posix.join(folder, lockfile), read);
  const certain = (locked ?? []).filter(isAlwaysWanted).map(({ name }) => name);
  const found = [...new Set([...names, ...listed, ...certain])].filter((name) => NATIVE.has(name)).sort();
  if (found.length > 0) return found;
  // Without a wheel that every machine takes, one may have a compiled part that it needs or goes on without.
  const isPlain = ({ wheels }: PythonPackage): boolean => wheels?.some((wheel) => wheel.endsWith('-any.whl')) === true;
  return locked?.every((one) => isProject(one) || isPlain(one)) === true ? [] : undefined;
}

function lockedIn(file: string, read: RuleContext['read']): readonly PythonPackage[] | undefined {
  const text = read(file);
  const found = text === undefined ? undefined : readLockfile(file, text, () => undefined);
  return found !== undefined && 'lockfile' in found && found.lockfile.kind === 'python'
    ? found.lockfile.packages
    : undefined;
}

/** Not only for development, and not only where a marker holds. */
const isAlwaysWanted = ({ wantedBy, marker }: PythonPackage): boolean =>
  marker === undefined &&
  (wantedBy.length === 0 || wantedBy.some((want) => want.kind === 'always' && want.marker === undefined));

/** A project that the lockfile is of: it is built here, from its source. */
const isProject = ({ wantedBy, wheels }: PythonPackage): boolean =>
  wheels === undefined && wantedBy.some(({ by }) => by === undefined);
