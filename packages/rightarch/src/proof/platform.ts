import type { Diagnostic } from '../core/index.ts';
import { diagnostic, remark } from '../messages/index.ts';
import type { Image, ImageTree } from '../oci/index.ts';
import { type FileFacts, FileTree, type LayerFacts, machineFit, type UnpackRule } from '../scan/index.ts';
import { proveArchives } from './archives.ts';
import { effectiveStart, type StartOverride } from './effective-start.ts';
import { runsAs } from './failure.ts';
import { entryLink, lambdaClient } from './lambda-client.ts';
import { proveMachineCode } from './machine-code.ts';
import { proveModules } from './native-modules.ts';
import { proveNativeParts } from './native-parts.ts';
import { packageOf } from './node-packages.ts';
import { openBy, openRemark, openVolume, startOpen } from './open-start.ts';
import { provePackageLevels } from './package-levels.ts';
import { provePathCommands } from './path-commands.ts';
import { provePythonPackages } from './python-requirements.ts';
import { proveStart } from './start.ts';
import type { OnPurpose, StatedForeign } from './stated-foreign.ts';
import { type PartProof, platformOf, problemsOf, proveStructure } from './structure.ts';
import { type PlatformProof, worstVerdict } from './types.ts';
import { elfOf, placeOf, type View } from './view.ts';

export interface PlatformQuestion {
  readonly tree: ImageTree;
  readonly image: Image;
  readonly layers: readonly LayerFacts[];
  readonly override?: StartOverride | undefined;
  /** The x86-64 level that every machine in question has: more than the platform that the image declares. */
  readonly level?: string | undefined;
  /** Files that somebody says are foreign on purpose; what the start executes is never among them. */
  readonly foreign?: readonly StatedForeign[] | undefined;
}

const NONE: PlatformProof['counts'] = { files: 0, programs: 0, match: 0, mismatch: 0, undecided: 0 };

/**
 * The proof for one image: structure, machine code and start, from facts alone. Where unpackers disagree about the
 * layers, both file systems are judged, and only what holds in both is said.
 */
export function provePlatform(question: PlatformQuestion): PlatformProof {
  return heldToLooks(question, heldToOpen(question, proveFacts(question)));
}

/** What is mounted or set by somebody else decides nothing here, and leaves open what depends on it. */
function heldToOpen(question: PlatformQuestion, proof: PlatformProof): PlatformProof {
  const volumes = Object.keys(question.image.config.config?.Volumes ?? {});
  const tree = () => treeUnder(question, 'overlay');
  const withoutMounts = () => {
    const { mounts: _, ...override } = question.override ?? {};
    return proveFacts({ ...question, override });
  };
  const open = openBy(proof, withoutMounts, tree) ?? openVolume(proof, volumes, tree);
  if (open === undefined) return proof;
  const { witness: _, runsAs: __, ...rest } = proof;
  const view = viewOf(question, new FileTree());
  return {
    ...rest,
    verdict: 'undecided',
    diagnostics: [...proof.diagnostics.filter(({ severity }) => severity !== 'error'), startOpen(view, open)],
    needs: openRemark(open),
  };
}

/**
 * traps.md: a table of contents is a view that the runtime does not unpack, and it can disagree with the tar. What was
 * seen through it is told, and proves and refutes nothing.
 */
function heldToLooks(question: PlatformQuestion, proof: PlatformProof): PlatformProof {
  const layers = question.layers.flatMap(({ lookedAt }, i) => (lookedAt === undefined ? [] : [i + 1]));
  if (layers.length === 0) return proof;
  const { witness: _, runsAs: __, ...rest } = proof;
  const at = { in: 'image', image: question.tree.source.name } as const;
  const place = proof.platform === undefined ? at : { ...at, platform: proof.platform };
  const args = { layers: layers.map(String), count: question.layers.length };
  const own = diagnostic('proof/layer-looked-at', args, place);
  return { ...rest, verdict: 'undecided', diagnostics: [...proof.diagnostics, own], needs: remark('whole-layers') };
}

function proveFacts(question: PlatformQuestion): PlatformProof {
  const { tree, image } = question;
  if (platformOf(image) === undefined) {
    const diagnostics = problemsOf(tree, image);
    return unjudged(image, { verdict: 'undecided', obligations: [], diagnostics, needs: remark('own-platform') });
  }
  // What was not read may hold anything: neither that a file is missing nor that all are right can be said.
  if (question.layers.some(({ complete, lookedAt }) => !complete && lookedAt === undefined)) {
    const files = new FileTree();
    const { layers } = question;
    return unjudged(image, proveStructure(viewOf(question, files), { tree, layers, files }));
  }
  const { proof, linkHidden } = proveUnder(question, 'overlay');
  if (linkHidden === undefined) return proof;
  const other = proveUnder(question, 'resolve').proof;
  if (proof.verdict === other.verdict) return proof;
  const view = viewOf(question, new FileTree());
  const found = diagnostic('proof/unpack-rule', { path: linkHidden }, placeOf(view, linkHidden));
  const worse = proof.verdict === 'proven' ? other : proof;
  const { witness: _, ...rest } = worse;
  return {
    ...rest,
    verdict: 'undecided',
    diagnostics: [found, ...worse.diagnostics],
    needs: remark('unpacker'),
    obligations: [
      ...worse.obligations,
      { step: 'exec', holds: 'unknown', subject: linkHidden, evidence: remark('overlay-hides') },
    ],
  };
}

/**
 * What every runtime mounts a file system of its own over, so that nothing an image has there is ever seen
 * (runtime-spec config-linux.md, Default Filesystems): as whiteouts behind the last layer.
 */
const MOUNTED: readonly FileFacts[] = ['proc', 'sys', 'dev'].map((directory) => hidden(`${directory}/.wh..wh..opq`));

/** A whiteout behind the last layer. */
function hidden(path: string): FileFacts {
  return {
    path,
    type: 'file',
    mode: 0,
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    size: 0,
    mtime: 0,
    link: '',
  };
}

/** What a target mounts, over a directory or over a file of the image. */
function hiddenBy(files: FileTree, mounts: readonly string[]): readonly FileFacts[] {
  return mounts.flatMap((mount) => {
    const found = files.resolve(mount);
    if (!found.found || found.path === '/') return [];
    const path = found.path.slice(1);
    const slash = path.lastIndexOf('/') + 1;
    const isDirectory = found.node.children !== undefined;
    return [hidden(isDirectory ? `${path}/.wh..wh..opq` : `${path.slice(0, slash)}.wh.${path.slice(slash)}`)];
  });
}

/** A proof that got no further than its structure. */
export function unjudged(image: Image, part: PartProof): PlatformProof {
  return {
    image: image.descriptor.digest,
    platform: platformOf(image),
    verdict: part.verdict,
    reach: undefined,
    start: effectiveStart(image),
    obligations: part.obligations,
    counts: NONE,
    onPurpose: [],
    diagnostics: part.diagnostics,
    ...(part.needs !== undefined ? { needs: part.needs } : {}),
  };
}

function viewOf({ tree, image, level }: PlatformQuestion, files: FileTree): View {
  const own = platformOf(image)!;
  const declared = own.architecture === 'amd64' && level !== undefined ? { ...own, variant: level } : own;
  return { name: tree.source.name, image, declared, tree: files };
}

/** The file system that one kind of unpacker leaves, with what is mounted over it. */
function treeUnder({ layers, override }: PlatformQuestion, rule: UnpackRule): FileTree {
  const files = new FileTree();
  for (const [i, layer] of layers.entries()) files.apply(layer.files, i + 1, rule);
  files.apply([...MOUNTED, ...hiddenBy(files, override?.mounts ?? [])], layers.length, 'resolve');
  return files;
}

function proveUnder(question: PlatformQuestion, rule: UnpackRule) {
  const { tree, image, layers, override, foreign } = question;
  const files = treeUnder(question, rule);
  const view = viewOf(question, files);
  const start = effectiveStart(image, override);
  const structure = proveStructure(view, { tree, layers, files });
  const started = proveStart(view, start);
  const env = start?.env ?? image.config.config?.Env ?? [];
  const code = proveMachineCode(view, { env, judged: started.files, foreign });
  const skip = new Set([...packagesOf(code.diagnostics), ...packagesStated(code.onPurpose)]);
  const process = start ?? { env, cwd: '/', user: '' };
  const modules = proveModules(view, { start: process, skip });
  // What keeps the program of the start from being loaded keeps the others from it as well.
  const commands =
    started.verdict === 'refuted' ? undefined : provePathCommands(view, { start: process, judged: started.files });
  const program = started.obligations.findLast(({ step, holds }) => step === 'exec' && holds === true)?.subject;
  const parts = proveNativeParts(view, { skip, start: { ...process, program } });
  const python = provePythonPackages(view, process);
  const archives = proveArchives(view, process);
  const levels = provePackageLevels(view);
  const verdict = worstVerdict([
    structure.verdict,
    started.verdict,
    code.verdict,
    ...(commands !== undefined ? [commands.verdict] : []),
    modules.verdict,
    parts.verdict,
    python.verdict,
    archives.verdict,
    levels.verdict,
  ]);
  const witness =
    started.witness ?? code.witness ?? commands?.witness ?? modules.witness ?? parts.witness ?? python.witness;
  const needs =
    structure.needs ??
    started.needs ??
    code.needs ??
    commands?.needs ??
    modules.needs ??
    python.needs ??
    archives.needs ??
    levels.needs;
  const diagnostics: Diagnostic[] = [
    ...structure.diagnostics,
    ...started.diagnostics,
    ...code.diagnostics,
    ...(commands?.diagnostics ?? []),
    ...modules.diagnostics,
    ...parts.diagnostics,
    ...python.diagnostics,
    ...archives.diagnostics,
    ...levels.diagnostics,
  ];
  const emulated = verdict === 'refuted' ? runsAs(diagnostics, files) : [];
  const proof: PlatformProof = {
    image: image.descriptor.digest,
    platform: view.declared,
    verdict,
    reach: verdict === 'refuted' ? undefined : started.reach,
    start,
    obligations: [
      ...structure.obligations,
      ...started.obligations,
      ...code.obligations,
      ...(commands?.obligations ?? []),
      ...modules.obligations,
      ...parts.obligations,
      ...python.obligations,
      ...archives.obligations,
      ...levels.obligations,
    ],
    counts: code.counts,
    onPurpose: code.onPurpose,
    diagnostics,
    ...(emulated.length > 0 ? { runsAs: emulated } : {}),
    ...smallestPages(view, started.files),
    ...lambdaClient(layers, files, started.obligations),
    ...entryLink(files, start?.argv[0]),
    ...(verdict === 'refuted' && witness !== undefined ? { witness } : {}),
    ...(verdict === 'undecided' && needs !== undefined ? { needs } : {}),
  };
  return { proof, linkHidden: files.linkHidden, files };
}

/**
 * Of everything that the start maps, the file that needs the smallest pages. The kernel that cannot map a program ends
 * it without a word (fs/binfmt_elf.c, past the point of no return); a loader that cannot map a library says so.
 */
function smallestPages(view: View, files: ReadonlySet<string>): Pick<PlatformProof, 'pages'> {
  let least: PlatformProof['pages'];
  const musl = [...files].some((path) => /\/ld-musl-[^/]*$/.test(path));
  for (const path of files) {
    const found = view.tree.resolve(path);
    const facts = found.found ? elfOf(found.node.entry) : undefined;
    if (facts?.pages === undefined || facts.pages >= (least?.bytes ?? Number.POSITIVE_INFINITY)) continue;
    if (machineFit(facts, view.declared).fit !== 'match') continue;
    const isLibrary = facts.soname !== undefined || (facts.type === 3 && facts.interpreter === undefined);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const says =
      !isLibrary || facts.sharesPages
        ? 'Segmentation fault'
        : musl
          ? `Error loading shared library ${name}: Invalid argument`
          : `error while loading shared libraries: ${name}: ELF load command … not page-aligned`;
    least = { bytes: facts.pages, path, says, ...(facts.sharesPages ? { shares: true } : {}) };
  }
  return least === undefined ? {} : { pages: least };
}

/** Packages of which something was said already: that a member for another libc does not load follows from it. */
function packagesOf(diagnostics: readonly Diagnostic[]): ReadonlySet<string> {
  const names = diagnostics.flatMap(({ args }) => [
    args['owner'],
    ...((args['installed'] as unknown[] | undefined) ?? []),
  ]);
  return new Set(names.filter((name): name is string => typeof name === 'string'));
}

/** Packages whose foreign files somebody answers for: what their loading would say follows from that. */
function packagesStated(files: readonly OnPurpose[]): readonly string[] {
  return files.flatMap(({ rule, path }) => (rule === 'stated' ? (packageOf(path)?.name ?? []) : []));
}
