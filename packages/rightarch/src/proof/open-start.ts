import { posix } from 'node:path';
import type { Diagnostic } from '../core/index.ts';
import { atFile, diagnostic, type Remark, remark } from '../messages/index.ts';
import type { FileTree } from '../scan/index.ts';
import type { OpenSetting } from '../target/index.ts';
import type { PlatformProof, Start } from './types.ts';
import { childrenAt, placeOf, searchPath, type View, variable } from './view.ts';

/** A setting of the target that nobody knows here, or a path that something unknown is mounted over. */
export type Open = Pick<OpenSetting, 'name' | 'text' | 'file' | 'line' | 'column'> & {
  readonly field: OpenSetting['field'] | 'mount' | 'volume';
};

/** The finding: what is not known, where it is said, and so what would decide. */
export function startOpen(view: View, open: Open): Diagnostic {
  const { field, name, text, file, line, column } = open;
  const at = file === undefined ? placeOf(view) : atFile(file, line, column);
  return diagnostic('proof/start-open', { field, name, text }, at);
}

export function openRemark({ field, name, text }: Open): Remark {
  return remark('start-open', { field, name, text });
}

/** Variables that the search for programs, libraries and modules asks, or that change what is executed. */
const ASKED = ['PATH', 'LD_LIBRARY_PATH', 'LD_PRELOAD', 'BASH_ENV', 'PYTHONPATH', 'NODE_PATH'];

/** Variables of any name as those that are asked for and that nothing else sets. */
export function narrowed(open: readonly OpenSetting[], env: Readonly<Record<string, string>>): readonly OpenSetting[] {
  return open.flatMap((one) =>
    one.field !== 'env' || one.name !== undefined
      ? [one]
      : ASKED.filter((name) => !Object.hasOwn(env, name)).map((name) => ({ ...one, name })),
  );
}

const isAsked = (name: string): boolean => ASKED.includes(name) || name.startsWith('LD_');

const isProgramMissing = ({ diagnostics }: PlatformProof): boolean =>
  diagnostics.some(({ code }) => /^proof\/(?:program|framework)-missing$/.test(code));

/** What decides where an interpreter looks for the program that it is told to run. */
const decidesProgram = (proof: PlatformProof, name: string): boolean =>
  isProgramMissing(proof) &&
  /^(?:NODE_OPTIONS|PYTHON\w+|PERL5\w+|RUBY(?:OPT|LIB)|BUNDLE_GEMFILE|(?:npm_config|yarn|pnpm)_\w+|CLASSPATH|BUN_OPTIONS|(?:JDK_|_)?JAVA_(?:TOOL_)?OPTIONS|DOTNET_(?:RO(?:LL_FORWARD|OT)\w*|STARTUP_HOOKS))$/i.test(
    name,
  );

/** Where loaders look unless told otherwise, and the files that libraries and users are looked up in. */
const LIBRARIES = /^\/(?:usr\/(?:local\/)?)?lib(?:64|32|x32)?(?:\/[^/]*-linux-[^/]*)?$/;
const LOADER_FILES = ['/etc/ld.so.cache', '/etc/ld.so.preload'];
const USERS = ['/etc/passwd', '/etc/group'];

/** What a proof depends on that somebody else decides; undefined where it holds whatever that is. */
export function openBy(
  proof: PlatformProof,
  withoutMounts: () => PlatformProof,
  tree: () => FileTree,
): Open | undefined {
  const { start, verdict } = proof;
  if (start === undefined || start.argv.length === 0 || verdict === 'undecided') return undefined;
  return openVariable(proof, start) ?? openMount(proof, start, withoutMounts, tree);
}

/** Proved, and no more than the kernel was needed for it. */
const isStatic = ({ verdict, reach }: PlatformProof): boolean => verdict === 'proven' && reach === 'exec';

/** A static program that is named by its path: nothing is searched for it. */
const isAlone = (proof: PlatformProof): boolean => isStatic(proof) && proof.start?.argv[0]?.includes('/') === true;

function openVariable(proof: PlatformProof, start: Start): Open | undefined {
  const settings = (start.open ?? []).filter(({ field }) => field === 'env');
  const isPath = start.argv[0]?.includes('/') === true;
  // What is named by its path is not searched first of all, and a static program loads nothing.
  const asked = settings.filter(({ name = '' }) =>
    isStatic(proof) ? name === 'PATH' && !isPath : isAsked(name) || decidesProgram(proof, name),
  );
  const open = (isPath ? asked.find(({ name }) => name !== 'PATH') : undefined) ?? asked[0];
  if (open === undefined) return undefined;
  // What the first step fails at asks no variable.
  const [first] = proof.obligations.filter(({ step }) => step === 'exec');
  if (isPath && proof.verdict === 'refuted' && first?.holds === false) return undefined;
  const isStructure = proof.obligations.some(({ step, holds }) => step === 'structure' && holds === false);
  return isStructure ? undefined : open;
}

function openMount(
  proof: PlatformProof,
  start: Start,
  withoutMounts: () => PlatformProof,
  tree: () => FileTree,
): Open | undefined {
  const mounts = (start.mounts ?? []).filter(
    (one) => !/^\/(?:tmp|proc|sys|dev|run|var\/run|var\/tmp)(?:\/|$)/.test(one),
  );
  const open = (path: string | undefined): Open | undefined =>
    path === undefined ? undefined : { field: 'mount', text: path, line: 1, column: 1 };
  const [first] = mounts;
  if (first === undefined) return undefined;
  const touched = mounts.find((mount) => isSearched(mount, isAlone(proof), start));
  if (touched !== undefined) return open(touched);
  if (proof.verdict === 'proven') return undefined;
  const failed = failedOf(proof);
  const paths = pathsOf(proof, start.cwd);
  // A module is looked for as a directory and with extensions: one of those may be what is mounted.
  const isModule = (mount: string, path: string): boolean =>
    isProgramMissing(proof) && (mount.startsWith(`${path}.`) || isWithin(mount, path));
  const files = tree();
  const isCovered = (path: string) => (mount: string) => isWithin(path, mount) || isModule(mount, path);
  const covering = mounts.find((one) => paths.some((path) => placesOf(files, one).some(isCovered(path))));
  if (covering !== undefined) return open(covering);
  // What fails with the image's own files fails for another reason than that they are hidden.
  const own = withoutMounts();
  const same = own.verdict === 'refuted' && JSON.stringify(failedOf(own)) === JSON.stringify(failed);
  return same ? undefined : open(first);
}

/** What a start ends with where the file that it names is not there. */
const ABSENT = ['proof/program-missing', 'proof/command-missing', 'proof/command-not-found'];

/**
 * A volume that the image declares and has nothing in is for what somebody mounts there: a program that is looked for in
 * it may come with that. What the image has in a volume a runtime copies into it, and then nothing is open.
 */
export function openVolume(proof: PlatformProof, volumes: readonly string[], tree: () => FileTree): Open | undefined {
  const { start, diagnostics } = proof;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (
    volumes.length === 0 ||
    start === undefined ||
    errors.length === 0 ||
    errors.some(({ code }) => !ABSENT.includes(code))
  )
    return undefined;
  const searched = errors.some(({ code }) => code === 'proof/command-not-found');
  const looked = [...pathsOf(proof, start.cwd), ...(searched ? searchPath(start.env, start.cwd) : [])];
  const files = tree();
  const named = volumes
    .map((volume) => posix.resolve('/', volume))
    .filter((volume) => looked.some((path) => placesOf(files, volume).some((one) => isWithin(path, one))));
  const text = named.find((volume) => (childrenAt(files, volume)?.size ?? 0) === 0);
  return text === undefined ? undefined : { field: 'volume', text, line: 1, column: 1 };
}

/** A path as it is written, and where its links lead. */
function placesOf(tree: FileTree, path: string): readonly string[] {
  const found = tree.resolve(path);
  return found.found && found.path !== path ? [path, found.path] : [path];
}

const failedOf = ({ obligations }: PlatformProof): PlatformProof['obligations'][number] | undefined =>
  obligations.find(({ holds }) => holds === false);

/** Every path that a refutation names, a relative one from the working directory. */
function pathsOf({ obligations, diagnostics }: PlatformProof, cwd: string): readonly string[] {
  const failed = obligations.filter(({ holds }) => holds === false).map(({ subject }) => subject);
  const named = diagnostics
    .filter(({ severity }) => severity === 'error')
    .flatMap(({ args, at }) => [...Object.values(args).flat(), at.in === 'image' ? at.path : undefined]);
  return [...failed, ...named].flatMap((one) =>
    typeof one !== 'string' || !/^\.{0,2}\//.test(one) ? [] : posix.resolve(cwd, one),
  );
}

const isWithin = (path: string, directory: string): boolean =>
  directory === '/' || path === directory || path.startsWith(`${directory}/`);

/** Whether users are looked for there, or programs and libraries where any are searched. */
function isSearched(mount: string, alone: boolean, { env, cwd }: Start): boolean {
  if (USERS.some((one) => isWithin(one, mount))) return true;
  if (alone) return false;
  const libraries = (variable(env, 'LD_LIBRARY_PATH') ?? '').split(':').filter(Boolean);
  const searched = [...searchPath(env, cwd), ...libraries, ...LOADER_FILES];
  return LIBRARIES.test(mount) || searched.some((one) => isWithin(one, mount));
}
