import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatPlatform } from '../../packages/rightarch/src/core/index.ts';
import { asksOfDefinition, readDefinition } from '../../packages/rightarch/src/definition/index.ts';
import type { ImageTree, RuntimeConfig } from '../../packages/rightarch/src/oci/index.ts';
import { type PlatformProof, verifyTree } from '../../packages/rightarch/src/proof/index.ts';
import { type TestLayer, testImage } from '../../packages/rightarch/src/testing/index.ts';
import type { MachineModel } from './machine.ts';
import { type RunResult, runImage } from './run-image.ts';
import type { StartConfig } from './unpack-image.ts';

export type TruthPlatform = 'linux/amd64' | 'linux/arm64';

/** One image, what is right to say about it, and how far it is known to get. */
export interface TruthCase {
  readonly name: string;
  readonly layers: readonly TestLayer[];
  readonly config: RuntimeConfig;
  /** The right verdict, by design.md and traps.md; null where any is right that reality does not contradict. */
  readonly verdict: 'proven' | 'refuted' | 'undecided' | null;
  /** How far it must be known to get, for what is proven. */
  readonly reach?: PlatformProof['reach'];
  /** The code of the finding, for what is not proven. */
  readonly code?: string | undefined;
  /** A document that says how a runtime starts it, and what that runtime starts then, written out by hand. */
  readonly definition?: { readonly text: string; readonly file: string; readonly starts: StartConfig };
  /** Another machine than the platform's usual one. */
  readonly machine?: MachineModel;
  /** The exit status of the program where it gets to run; 0 unless said otherwise. */
  readonly status?: number | undefined;
}

export interface TruthRow {
  readonly name: string;
  readonly platform: TruthPlatform;
  readonly verdict: PlatformProof['verdict'];
  readonly reach: string;
  readonly code: string;
  readonly command: string;
  readonly predicted: string;
  readonly happened: string;
  /** Empty where prediction and outcome agree. */
  readonly disagreement: string;
}

/** What the kernel says, for each of the texts that a proof predicts. */
const ERRNO_OF: readonly (readonly [RegExp, readonly string[]])[] = [
  [/exec format error/i, ['ENOEXEC']],
  [/permission denied|is a directory/i, ['EACCES']],
  [/not found in \$PATH|no such file or directory/i, ['ENOENT']],
  [/too many levels/i, ['ELOOP']],
  [/not a directory/i, ['ENOTDIR']],
  [/corrupted shared library/i, ['ELIBBAD', 'ENOEXEC']],
];

/** Asks the proof about one image, runs it on that CPU, and says where the two differ. */
export async function tryCase(one: TruthCase, platform: TruthPlatform): Promise<TruthRow> {
  // The other one runs on a whole machine of its own.
  if (platform === 'linux/amd64') await refuseEmulation();
  // Not compressed: most rows hold a whole language runtime, and what gzip does to it is tested elsewhere.
  const layers = one.layers.map((layer) => ({ compression: 'none' as const, ...layer }));
  const image = testImage({ platform, layers, config: one.config });
  const proof = await proofOf(one, await image.tree(), platform);
  const directory = await mkdtemp(join(tmpdir(), 'rightarch-truth-'));
  try {
    await image.writeLayout(directory, 'case');
    const started = { ...one.config, ...one.definition?.starts };
    const argv = [...(started.Entrypoint ?? []), ...(started.Cmd ?? [])];
    const own = proof.witness === undefined || proof.witness === shellText(argv);
    const result = await runImage({
      layout: directory,
      platform,
      timeoutMs: 300_000,
      ...(one.definition !== undefined ? { start: one.definition.starts } : {}),
      ...(one.machine !== undefined ? { machine: one.machine } : {}),
      ...(own ? {} : { argv: words(proof.witness!) }),
    }).catch((error: Error): RunResult => ({ ...NOTHING, output: error.message }));
    return row(one, platform, proof, result, own ? shellText(argv) : proof.witness!);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The proof of the start that is run: that of the definition, where there is one, else that of the image. */
async function proofOf({ definition }: TruthCase, tree: ImageTree, platform: TruthPlatform): Promise<PlatformProof> {
  if (definition === undefined) return (await verifyTree(tree)).platforms[0]!;
  const asks = asksOfDefinition({
    file: definition.file,
    definition: readDefinition(definition.text),
    at: { in: 'input', name: '--definition' },
    names: [],
    asked: undefined,
  });
  if (!asks.ok) throw new Error(`${definition.file}: ${asks.why.code}`);
  const { platforms, targets } = await verifyTree(tree, { targets: asks.value });
  const entry = targets[0]?.entries.find(({ asked }) => formatPlatform(asked) === platform);
  if (entry?.selected === undefined) throw new Error(`${definition.file} asks for no ${platform}`);
  return entry.proof ?? platforms[0]!;
}

/** A handler in binfmt_misc lets this kernel run what it must refuse: no judge of anything. */
/** Where the kernel hands programs of other CPUs to an emulator, whatever its name, a wrong file starts on this machine. */
async function refuseEmulation(): Promise<void> {
  const directory = '/proc/sys/fs/binfmt_misc';
  const names = await readdir(directory).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8').catch(() => '')));
  const handlers = names.filter((_, at) => /^enabled\n(?:.*\n)*magic 7f454c46/.test(texts[at]!));
  if (handlers.length > 0) throw new Error(`binfmt_misc runs programs of other CPUs here (${handlers.join(', ')})`);
}

const NOTHING: RunResult = {
  status: undefined,
  errno: 'no start',
  output: '',
  http: undefined,
  timedOut: false,
  elapsedMs: 0,
};

function row(
  one: TruthCase,
  platform: TruthPlatform,
  proof: PlatformProof,
  result: RunResult,
  command: string,
): TruthRow {
  const finding = proof.diagnostics.find(({ code }) => code === one.code) ?? proof.diagnostics[0];
  // Code for another CPU has one way to fail, and its finding does not repeat it.
  const byCode = /wrong-cpu/.test(finding?.code ?? '') ? 'exec format error' : '';
  const predicted = String(finding?.args['prints'] ?? byCode);
  const lines = result.output.trim().split('\n');
  const said = (lines.find((line) => /error|denied|found|such|cannot|unable/i.test(line)) ?? lines[0] ?? '').slice(
    0,
    140,
  );
  const happened =
    result.errno !== undefined
      ? result.errno === 'no start'
        ? said
        : result.errno
      : `exit ${result.status ?? 'none'}${result.status === 0 || said === '' ? '' : `: ${said}`}`;
  return {
    name: one.name,
    platform,
    verdict: proof.verdict,
    reach: proof.reach ?? '',
    code: finding?.code ?? '',
    command,
    predicted,
    happened,
    disagreement: differs(one, proof, result, predicted),
  };
}

/** Why the outcome is not what was said; empty where it is. */
function differs(one: TruthCase, proof: PlatformProof, result: RunResult, predicted: string): string {
  if (one.verdict !== null && proof.verdict !== one.verdict) return `the right verdict is ${one.verdict}`;
  if (one.code !== undefined && proof.diagnostics.every(({ code }) => code !== one.code))
    return `${one.code} is not said`;
  if (one.reach !== undefined && proof.reach !== one.reach)
    return `said to reach ${proof.reach ?? 'nothing'}, right is ${one.reach}`;
  if (proof.verdict === 'undecided') return '';
  const started = result.errno === undefined;
  if (proof.verdict === 'proven') {
    return started && result.status === (one.status ?? 0) ? '' : 'proven, and it did not start';
  }
  if (started && result.status === (one.status ?? 0)) return 'refuted, and it started';
  if (result.errno === 'no start') return '';
  if (result.errno !== undefined) {
    const expected = ERRNO_OF.find(([text]) => text.test(predicted))?.[1];
    return expected?.includes(result.errno) ? '' : `said ${predicted || 'nothing'}, the kernel says ${result.errno}`;
  }
  // Said by a program of the image: its last words are what counts, its own name is not, and where it breaks its lines.
  const said = oneLine(result.output);
  const words = oneLine(predicted.replace(/^[^:]*: /, ''));
  // `…` stands for what the file itself holds.
  if (words.split('…').every((part) => said.includes(part.trim()))) return '';
  const last = words.split(': ').at(-1)!;
  return said.includes(last) ? '' : `said ${predicted}, the program says ${result.output.trim()}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').toLowerCase();
}

/** A witness as an image without a shell starts it: words, what is in single quotes, and no comment. */
function words(witness: string): readonly string[] {
  const found = [...witness.matchAll(/\s*(#.*$|(?:'[^']*'|\\.|[^\s'\\#])+)/gs)].map(([, word = '']) => word);
  return found
    .filter((word) => !word.startsWith('#'))
    .map((word) =>
      word.replace(/'([^']*)'|\\(.)/gs, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''),
    );
}

/** As a proof writes a witness. */
function shellText(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
