import { positionsOf } from '../../core/index.ts';
import { parseRequirement } from '../../proof/index.ts';
import { fileOf } from './python-entries.ts';
import type { LockRead, PythonPackage } from './types.ts';

/**
 * A requirements file of pip (pip.pypa.io, reference/requirements-file-format): the lines that pin one release with
 * `==`, or name a wheel by its address. The others lock nothing.
 */
export function readRequirements(text: string, file: string): LockRead {
  const position = positionsOf(text);
  const packages: PythonPackage[] = [];
  let index = 'https://pypi.org/simple';
  for (const { line, offset } of logicalLines(text)) {
    const option = /^(?:-i|--index-url|--extra-index-url|-f|--find-links)[\s=]+(\S+)/.exec(line);
    // Wheels may come from there as well.
    if (option !== null) index = option[1]!;
    if (line.startsWith('-')) continue;
    const hashes = [...line.matchAll(/--hash[=\s]+sha256:([0-9a-f]{64})/g)].map(([, hash = '']) => hash);
    const plain = line.replace(/\s--(?:hash|global-option|config-settings|install-option)\b.*$/s, '');
    const at = () => position(offset);
    const address = /(?:^|@\s*)((?:https?|file):\S+\.whl)(?:#\S*)?/i.exec(plain)?.[1];
    if (address !== undefined) {
      const wheel = fileOf(address);
      const [name = '', version = ''] = wheel.split('-');
      const marker = parseRequirement(`x;${/\s;(.*)$/s.exec(plain)?.[1] ?? ''}`)?.marker;
      packages.push({ ...BLANK, name, version, at, wheels: [wheel], marker, fromIndex: false });
      continue;
    }
    const requirement = parseRequirement(plain);
    const pin = /(?:^|[^=!<>~])===?\s*([^\s,*]+)$/.exec(requirement?.text ?? '')?.[1];
    if (requirement === undefined || pin === undefined) continue;
    packages.push({
      ...BLANK,
      name: requirement.name,
      version: pin,
      at,
      sdist: true,
      hashes,
      marker: requirement.marker,
      fromIndex: index === 'https://pypi.org/simple',
    });
  }
  return {
    lockfile: { kind: 'python', tool: 'pip', file, packages, requiresPython: undefined, environments: [] },
  };
}

const BLANK = { wheels: undefined, sdist: false, hashes: [], wantedBy: [], marker: undefined } as const;

/** Lines with what a backslash joins to them, without comments. */
function* logicalLines(text: string): Iterable<{ readonly line: string; readonly offset: number }> {
  let from = text.startsWith('\uFEFF') ? 1 : 0;
  while (from < text.length) {
    const offset = from;
    const parts: string[] = [];
    for (;;) {
      let end = text.indexOf('\n', from);
      if (end < 0) end = text.length;
      const raw = text.slice(from, text[end - 1] === '\r' ? end - 1 : end);
      from = end + 1;
      if (!raw.endsWith('\\') || from >= text.length) {
        parts.push(raw);
        break;
      }
      parts.push(raw.slice(0, -1));
    }
    const line = parts
      .map((part) => part.replace(/(?:^|\s)#.*$/, ''))
      .join(' ')
      .trim();
    if (line !== '') yield { line, offset };
  }
}
