import { chmodSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EmbeddedOptions, Engine } from '../../packages/rightarch/src/build/index.ts';
import { Failure, parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import { secret } from '../../packages/rightarch/src/oci/credentials.ts';
import type { BuildCase } from './build-cases/build-case.ts';

const SECONDS = 1_700_000_000;
let written = 0;

/** Writes Dockerfile and context of a case below `place`, which it returns. */
export function writeContext({ dockerfile, context = {}, modes = {} }: BuildCase, place: string): string {
  mkdirSync(place, { recursive: true });
  const files: NonNullable<BuildCase['context']> = { Dockerfile: dockerfile, ...context };
  for (const [path, file] of Object.entries(files)) {
    const full = join(place, path);
    makeDirectory(path.endsWith('/') ? full : dirname(full), place);
    if (path.endsWith('/')) continue;
    if (typeof file === 'object' && 'link' in file) symlinkSync(file.link, full);
    else {
      const { text, mode } = typeof file === 'object' && 'text' in file ? file : { text: file, mode: 0o644 };
      writeFileSync(full, text);
      chmodSync(full, mode);
      // BuildKit takes a file of the same size and time for the same file (containerd fs/diff.go, sameFile).
      utimesSync(full, SECONDS, SECONDS + ++written);
    }
  }
  for (const [path, mode] of Object.entries(modes)) chmodSync(join(place, path), mode);
  return place;
}

/** With its parents below `place`, whatever the umask is. */
function makeDirectory(directory: string, place: string): void {
  mkdirSync(directory, { recursive: true });
  for (let at = directory; at.startsWith(place); at = dirname(at)) chmodSync(at, 0o755);
}

/** The secrets of a case as files beside its context. */
export function secretsOf(
  { secrets = {} }: BuildCase,
  context: string,
): { readonly id: string; readonly file: string }[] {
  return Object.entries(secrets).map(([id, text]) => {
    const file = `${context}.${id}`;
    writeFileSync(file, text);
    return { id, file };
  });
}

/** For the engines that build cases: a secret is a file there. */
export const readSecret: NonNullable<EmbeddedOptions['readSecret']> = async ({ file }) =>
  secret(readFileSync(file!, 'utf8'));

/** Builds a case for linux/amd64 as `app` in a layout; the code of the refusal where there is one. */
export async function buildHere(
  engine: Engine,
  one: BuildCase,
  { context, layout }: { readonly context: string; readonly layout: string },
): Promise<string | undefined> {
  const request = {
    name: 'app',
    context,
    dockerfile: join(context, 'Dockerfile'),
    args: one.args ?? {},
    labels: {},
    annotations: {},
    secrets: secretsOf(one, context),
    contexts: {},
    platforms: [{ platform: parsePlatform('linux/amd64')!, because: { kind: 'flag' } as const }],
    noCache: false,
    pull: false,
    ssh: [],
    scriptsNotNeeded: [],
    ...(one.target === undefined ? {} : { stage: one.target }),
  };
  try {
    await engine.build(request, await engine.plan(request), { directory: layout, name: 'app' });
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.diagnostic.code;
  }
}
