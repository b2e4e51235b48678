import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, type Shell } from '../../packages/rightarch/src/cli/index.ts';
import { type Places, startPlaces } from './places.ts';

export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * A transcript is a Markdown file whose blocks are carried out in a fresh directory, in order:
 *
 *   ```yaml rightarch.yaml      a block with a file name is written to that file
 *   ```json image=out           an image recipe (test/support/places.ts) is made into the OCI layout `out`
 *   ```console                  lines behind `$ ` are run; what they print must be what stands there
 *   <!-- fixture: DIR -->       a directory of the repository is copied in
 *   <!-- shell: lang=ja host=linux/arm64 -->    the language and the machine from here on
 *   <!-- registry -->           an empty registry is started; `$REGISTRY` is its host and port
 *
 * Prints go to one stream, as on a terminal. The exit status is printed when it is not 0.
 */
export async function playTranscript(
  file: string,
): Promise<{ readonly expected: string; readonly actual: string; readonly commands: number }> {
  const expected = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  const temporary = mkdtempSync(join(tmpdir(), 'rightarch-transcript-'));
  const directory = join(temporary, 'work');
  mkdirSync(directory);
  const places: Places = startPlaces(directory);
  let commands = 0;
  try {
    const setting = { lang: 'en', host: 'linux/amd64' };
    const parts: string[] = [];
    let rest = expected;
    const step = /^```([a-z]*)([^\n]*)\n([\s\S]*?)^```$|^<!-- (fixture|shell|registry)(?:: ([^>]*?))? -->$/m;
    for (let match = step.exec(rest); match !== null; match = step.exec(rest)) {
      const [whole, language = '', info = '', body = '', directive, value = ''] = match;
      parts.push(rest.slice(0, match.index));
      rest = rest.slice(match.index + whole.length);
      if (directive === 'fixture') cpSync(join(repositoryRoot, value.trim()), directory, { recursive: true });
      if (directive === 'shell')
        for (const pair of value.trim().split(/\s+/)) Object.assign(setting, Object.fromEntries([pair.split('=')]));
      if (directive === 'registry') await places.startRegistry();
      if (language === 'console') {
        const played = await playConsole(body, directory, setting, places);
        commands += played.commands;
        parts.push(`\`\`\`console${info}\n${played.text}\`\`\``);
        continue;
      }
      const image = /^ image=(\S+)$/.exec(info)?.[1];
      const name = /^ ([^\s=]+)$/.exec(info)?.[1];
      if (image !== undefined) await places.makeImage(image, JSON.parse(body));
      else if (name !== undefined) {
        mkdirSync(dirname(join(directory, name)), { recursive: true });
        writeFileSync(join(directory, name), body);
      }
      parts.push(whole);
    }
    return { expected, actual: parts.join('') + rest, commands };
  } finally {
    await places.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function playConsole(
  body: string,
  directory: string,
  setting: { readonly lang: string; readonly host: string },
  places: Places,
): Promise<{ readonly text: string; readonly commands: number }> {
  let text = '';
  let commands = 0;
  for (const line of body.split('\n')) {
    if (!line.startsWith('$ ')) continue;
    commands++;
    text += `${line}\n`;
    const words = splitWords(line.slice(2).replaceAll('$REGISTRY', places.registryHost()));
    if (words[0] === 'cat' && words[1] !== undefined) {
      text += readFileSync(join(directory, words[1]), 'utf8');
      continue;
    }
    if (words[0] === 'ls') {
      text += `${existsSync(join(directory, words[1] ?? '.')) ? (words[1] ?? '.') : `ls: ${words[1]}: No such file or directory`}\n`;
      continue;
    }
    if (words[0] !== 'rightarch') throw new Error(`a transcript runs rightarch, cat and ls, not ${words[0]}`);
    let printed = '';
    const shell: Shell = {
      env: { LANG: setting.lang, RIGHTARCH_CACHE: join(directory, '.cache'), HOME: directory },
      cwd: directory,
      out: (chunk) => {
        printed += chunk;
      },
      err: (chunk) => {
        printed += chunk;
      },
      watched: false,
      interactive: false,
      color: false,
      width: 100,
      hostPlatform: setting.host,
      system: 'linux',
      home: directory,
      temporary: join(directory, '.tmp'),
      now: () => new Date('2026-11-22T00:00:00Z'),
      signal: new AbortController().signal,
      ask: async () => '',
    };
    const status = await run(words.slice(1), shell);
    text += mask(printed, directory, places.registryHost());
    if (status !== 0) text += `exit: ${status}\n`;
  }
  return { text, commands };
}

/** Paths, ports and durations differ from run to run; everything else must be the same. */
function mask(text: string, directory: string, registry: string): string {
  let masked = text
    .replaceAll(directory, '@@DIR@@')
    .replace(/\b\d+(?:\.\d+)? s\b/g, '0.0 s')
    .replace(/"(\w*[mM]s)": [\d.]+/g, '"$1": 0');
  if (registry !== '') masked = masked.replaceAll(registry, '$REGISTRY');
  if (masked !== '' && !masked.endsWith('\n')) masked += '\n';
  return masked.replace(/[ \t]+$/gm, '');
}

function splitWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
}
