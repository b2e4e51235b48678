import { posix } from 'node:path';
import { parse } from 'yaml';
import { isObject, nodeCpu, type Position, positionsOf } from '../../core/index.ts';
import { parseJson, textsOf } from '../lockfiles/json.ts';
import type { Machine } from './machine.ts';

/** A setting that says for which machines optional dependencies are installed. */
export interface Supported {
  readonly file: string;
  readonly at: Position;
  /** As written, one a field: `os: darwin`. */
  readonly text: string;
  readonly excludes: (machine: Machine) => boolean;
}

/**
 * `supportedArchitectures` of pnpm (package.json, pnpm-workspace.yaml) and of Yarn (.yarnrc.yml) beside a lockfile.
 * What it lists takes the place of the machine's own, unless `current` is listed too: seen with pnpm 9 and 10 and with
 * Yarn 4.9 on 2026-11-29.
 */
export function supportedIn(
  tool: 'pnpm' | 'yarn',
  folder: string,
  read: (path: string) => string | undefined,
): Supported | undefined {
  const places =
    tool === 'yarn'
      ? [['.yarnrc.yml', (value: unknown) => value] as const]
      : [
          ['pnpm-workspace.yaml', (value: unknown) => value] as const,
          ['package.json', (value: unknown) => (isObject(value) ? value['pnpm'] : undefined)] as const,
        ];
  for (const [name, pick] of places) {
    const file = posix.join(folder, name);
    const text = read(file);
    const at = text?.indexOf('supportedArchitectures') ?? -1;
    if (text === undefined || at < 0) continue;
    const settings = pick(parsed(name, text));
    const lists = isObject(settings) ? settings['supportedArchitectures'] : undefined;
    if (!isObject(lists)) continue;
    const fields = (['os', 'cpu', 'libc'] as const).flatMap((field) => {
      const values = textsOf(lists[field]);
      return values === undefined || values.length === 0 ? [] : [{ field, values }];
    });
    return {
      file,
      at: positionsOf(text)(at),
      text: fields.map(({ field, values }) => `${field}: ${values.join(', ')}`).join('; '),
      excludes: (machine) => {
        const own = { os: 'linux', cpu: nodeCpu(machine.platform) ?? '', libc: machine.libc };
        return fields.some(({ field, values }) => !values.includes('current') && !values.includes(own[field]));
      },
    };
  }
  return undefined;
}

function parsed(name: string, text: string): unknown {
  if (name.endsWith('.json')) {
    const read = parseJson(text);
    return 'value' in read ? read.value : undefined;
  }
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
