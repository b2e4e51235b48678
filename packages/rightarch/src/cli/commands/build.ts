import { resolve } from 'node:path';
import { type Diagnostic, formatPlatform, formatReference } from '../../core/index.ts';
import { type DiagnosticJson, printable } from '../../messages/index.ts';
import { buildTexts } from '../../messages/phrases/build.ts';
import { type Descriptor, openLayout, openTree, writeArchive } from '../../oci/index.ts';
import type { ImageProof } from '../../proof/index.ts';
import { formatDuration } from '../../report/index.ts';
import { buildJob, collectBuilt } from '../building.ts';
import type { Built } from '../built.ts';
import type { ExitStatus } from '../exit.ts';
import { type Job, jobsOf } from '../jobs.ts';
import type { Loaded } from '../loading.ts';
import { nameJobs } from '../naming.ts';
import { type Output, parseOutputs, wantsLoading } from '../output.ts';
import { loadProject } from '../project.ts';
import { type ResultOfImage, writeResultFiles } from '../result-files.ts';
import type { Session } from '../session.ts';
import { shownPath } from '../shown.ts';
import type { Flags } from '../specs.ts';

/** What one job left, for `--json` and `--metadata-file`. */
interface Left {
  readonly image: string;
  readonly digest: string;
  readonly layout: string;
  /** Absolute paths of the archives that were written too. */
  readonly archives: readonly string[];
  readonly platforms: readonly { readonly platform: string; readonly digest: string }[];
  /** What Docker was given; null where the image is not proven. */
  readonly loaded?: Loaded | null;
  readonly ms: number;
  readonly diagnostics: readonly DiagnosticJson[];
}

/** `build`: into `.rightarch/<image>`, or where `-o` says; with `--push` it is `ship`. */
export async function build(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const outputs = parseOutputs(flags);
  if (flags.push === true || outputs.some(({ kind }) => kind === 'registry')) {
    const { ship } = await import('./ship.ts');
    return ship(session, words, flags);
  }
  const project = await loadProject(session, flags, words);
  const left: Left[] = [];
  const built: Built[] = [];
  const jobs = await jobsOf(session, words, flags, project);
  const results: ResultOfImage[] = [];
  // The proof that it needs is half of what there is to load.
  const load = wantsLoading(flags) ? await import('../loading.ts') : undefined;
  const loading = await load?.openLoading(session, jobs, flags);
  let status: ExitStatus = 0;
  for (const { job, names } of await nameJobs(session, jobs, project)) {
    const directory = layoutOf(session, job, outputs);
    const { plan, result, ms } = await buildJob(session, job, flags, project, { directory, built });
    const archives = outputs.flatMap((output) => (output.kind === 'archive' ? [session.path(output.file)] : []));
    for (const file of archives) await archive(session, job, { directory, root: result.root }, file);
    const what = { job, directory, root: result.root, names: names?.references, flags, project };
    const loaded = loading && (await load?.proveAndLoad(session, loading, what));
    if (loaded?.loaded === null) status = 1;
    await collectBuilt(job, directory);
    const one: Left = {
      image: job.request.name,
      digest: result.root.digest,
      layout: directory,
      archives,
      platforms: result.images.map(({ platform, descriptor }) => ({
        platform: formatPlatform(platform),
        digest: descriptor.digest,
      })),
      ...(loaded === undefined ? {} : { loaded: loaded.loaded }),
      ms: Math.round(ms),
      diagnostics: session.findingsJson([
        ...plan.diagnostics,
        ...(loaded?.loaded === null ? findingsOf(loaded.proof) : []),
      ]),
    };
    left.push(one);
    results.push({ image: one.image, root: result.root, names: names?.references ?? [], value: one });
    say(session, one, flags);
    if (loaded?.loaded && flags.quiet !== true) load?.sayLoaded(session, loaded.loaded);
  }
  await writeResultFiles(session, results, flags);
  session.answer(left.length === 1 ? left[0] : left);
  return status;
}

const findingsOf = ({ diagnostics, platforms }: ImageProof): readonly Diagnostic[] => [
  ...diagnostics,
  ...platforms.flatMap((one) => one.diagnostics),
];

function layoutOf(session: Session, job: Job, outputs: readonly Output[]): string {
  const layout = outputs.find((output) => output.kind === 'layout');
  return layout === undefined ? job.layout : resolve(session.shell.cwd, layout.directory);
}

async function archive(
  session: Session,
  job: Job,
  { directory, root }: { readonly directory: string; readonly root: Descriptor },
  file: string,
): Promise<void> {
  const source = openLayout(directory);
  try {
    const names = job.references.map(formatReference);
    const tree = await openTree(source, root);
    await writeArchive(tree, file, { names, signal: session.shell.signal });
  } finally {
    await source.close();
  }
}

function say(session: Session, left: Left, flags: Flags): void {
  if (session.json) return;
  if (flags.quiet === true) {
    session.print(left.digest);
    return;
  }
  const directory = [left.layout, ...left.archives].map((path) => shownPath(session.shell.cwd, path)).join(', ');
  session.print(
    buildTexts.built[session.language]({
      image: printable(left.image),
      directory: printable(directory),
      time: formatDuration(left.ms),
    }),
  );
  for (const { platform, digest } of left.platforms) session.print(`  ${platform}  ${digest}`);
}
