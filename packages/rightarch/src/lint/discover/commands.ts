import { parsePlatform } from '../../core/index.ts';
import type { TargetId } from '../../target/index.ts';
import { type Found, type FoundBuild, type FoundRuntime, lineAt, type Place } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { runtimeAt } from './runtime.ts';

/** Command lines that deploy, where they deploy to, and the flag or the word behind that names the service. */
const DEPLOYS: readonly { readonly command: RegExp; readonly runtime: TargetId; readonly name?: RegExp }[] = [
  {
    command: /\bgcloud\s+(?:beta\s+|alpha\s+)?run\s+(?:deploy|services\s+update|jobs\s+(?:deploy|update))\b/g,
    runtime: 'cloud-run',
    name: /^\s+([^\s-]\S*)/,
  },
  { command: /\baws\s+ecs\s+update-service\b/g, runtime: 'ecs-fargate', name: /--service[= ]+(\S+)/ },
  { command: /\baws\s+lambda\s+update-function-code\b/g, runtime: 'lambda', name: /--function-name[= ]+(\S+)/ },
  { command: /\baws\s+apprunner\s+(?:start-deployment|update-service|create-service)\b/g, runtime: 'apprunner' },
  { command: /\bkubectl\s+(?:apply|set\s+image|rollout)\b/g, runtime: 'kubernetes' },
  { command: /\bfly(?:ctl)?\s+deploy\b/g, runtime: 'fly' },
  { command: /\bheroku\s+container:(?:push|release)\b/g, runtime: 'heroku' },
  {
    command: /\baz\s+containerapp\s+(?:up|create|update)\b/g,
    runtime: 'azure-container-apps',
    name: /--name[= ]+(\S+)/,
  },
];

/** What scripts, Makefiles and the like do with images. Variables stay unexpanded: a platform behind one is not claimed. */
export function discoverCommands({ path, text }: SourceFile): Partial<Found> {
  return readCommands(
    path,
    text.replace(/\\\r?\n/g, (found) => ' '.repeat(found.length)),
    text,
  );
}

/** The same for a piece of a file: `original` gives the line numbers. */
export function readCommands(
  path: string,
  joined: string,
  original: string,
  builder?: FoundBuild['builder'],
): { readonly runtimes: FoundRuntime[]; readonly builds: FoundBuild[] } {
  const place = (offset: number): Place => ({ file: path, line: lineAt(original, offset) });
  const runtimes: FoundRuntime[] = [];
  const builds: FoundBuild[] = [];
  for (const { command, runtime, name: named } of DEPLOYS) {
    for (const match of joined.matchAll(command)) {
      if (isComment(joined, match.index)) continue;
      const rest = joined.slice(match.index + match[0].length).split('\n', 1)[0] ?? '';
      const name = named?.exec(rest)?.[1]?.replace(/["'`]/g, '');
      runtimes.push(
        runtimeAt(runtime, place(match.index), {
          name: name?.includes('$') ? undefined : name,
        }),
      );
    }
  }
  for (const match of joined.matchAll(/\b(?:docker|podman|nerdctl)\s+(?:buildx\s+)?build\b([^\n&|;]*)/g)) {
    if (isComment(joined, match.index)) continue;
    const words = match[1] ?? '';
    const named = /--platform[= ]["']?([^\s"']+)/.exec(words)?.[1];
    if (named?.includes('$')) continue;
    const dockerfile = /(?:-f|--file)[= ]?["']?([^\s"']+)/.exec(words)?.[1];
    builds.push({
      platforms: named?.split(',').flatMap((one) => parsePlatform(one) ?? []) ?? [],
      builder,
      dockerfile: dockerfile?.includes('$') ? undefined : dockerfile,
      context: /\s(\.|\.{0,2}\/[^\s$]*|[\w.-]+\/?)\s*$/.exec(words)?.[1],
      at: place(match.index),
    });
  }
  return { runtimes, builds };
}

function isComment(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^\s*(#|\/\/|echo\b|@?echo\b)/.test(line);
}
