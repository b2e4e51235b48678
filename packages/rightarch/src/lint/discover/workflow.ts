import { type Platform, parsePlatform } from '../../core/index.ts';
import { type Found, type FoundBuild, lineAt } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { readCommands } from './commands.ts';

/** Runner labels whose CPU is documented; anything else, variables included, stays unknown. */
function runnerPlatform(label: string | undefined): Platform | undefined {
  if (label === undefined) return undefined;
  if (/^ubuntu-[\d.]+-arm$/.test(label)) return parsePlatform('linux/arm64');
  return /^ubuntu-(latest|slim|[\d.]+)$/.test(label) ? parsePlatform('linux/amd64') : undefined;
}

/** What a workflow builds: build-push-action steps and `docker build` lines, and the CPU of its runners. */
export function discoverWorkflow({ path, text }: SourceFile): Partial<Found> {
  const labels = new Set([...text.matchAll(/^\s*runs-on:\s*([^\s#]+)/gm)].map(([, label]) => label));
  const builder = labels.size === 1 ? runnerPlatform([...labels][0]) : undefined;
  const { runtimes, builds } = readCommands(path, text, text, builder);
  const steps: FoundBuild[] = [...text.matchAll(/uses:\s*docker\/(?:build-push-action|bake-action)@\S+/g)].map(
    ({ index }) => {
      const rest = text.slice(index);
      const end = rest.slice(1).search(/\n\s*- (?:name|uses|run|id|if):/);
      const step = end < 0 ? rest : rest.slice(0, end + 1);
      const inline = /\n\s*platforms:[ \t]*["']?([^\s|>"'#][^\n"'#]*)/.exec(step)?.[1];
      const block = /\n(\s*)platforms:\s*[|>]-?\n((?:\1\s+[^\n]+\n?)+)/.exec(step)?.[2];
      const names = (inline ?? block ?? '').split(/[\s,]+/).filter((name) => name !== '' && !name.includes('$'));
      const file = /\n\s*file:\s*["']?([^\s"']+)/.exec(step)?.[1];
      return {
        platforms: names.flatMap((name) => parsePlatform(name) ?? []),
        builder,
        dockerfile: file,
        context: /\n\s*context:\s*["']?([^\s"'$]+)/.exec(step)?.[1],
        at: { file: path, line: lineAt(text, index) },
      };
    },
  );
  return { runtimes, builds: [...builds, ...steps] };
}
