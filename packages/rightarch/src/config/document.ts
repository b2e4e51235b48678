import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Diagnostic, Location, Position } from '../core/index.ts';
import { atFile, diagnostic } from '../messages/index.ts';

/** A YAML file as plain data, with the place of every value. */
export interface YamlData {
  readonly file: string;
  readonly value: unknown;
  /** Where a value stands; of a path that is not there, its nearest ancestor. */
  readonly at: (path: readonly PropertyKey[]) => Location;
  readonly keyAt: (path: readonly PropertyKey[]) => Location;
  /** A scalar as it is written: `012345678901`. */
  readonly source: (path: readonly PropertyKey[]) => string | undefined;
  readonly problems: readonly Diagnostic[];
}

const MAX_CHARACTERS = 262_144;
const MAX_DEPTH = 40;
/** Aliases count where they are used, so that a few of them cannot unfold without end. */
const MAX_VALUES = 10_000;

/** Keys under which a number stands for its text: compose writes `PORT: 8080` there. */
const TEXT_MAPS = new Set<PropertyKey>(['args', 'labels']);

/** Faults of which more can be said than the parser does, by its codes. */
const syntaxKinds: Readonly<Record<string, 'tab' | 'documents'>> = {
  TAB_AS_INDENT: 'tab',
  MULTIPLE_DOCS: 'documents',
};

interface Place {
  readonly value: Location;
  readonly key: Location;
  readonly source: string | undefined;
}

/** Reads YAML into plain data. Never throws, and its memory is bounded for any input. */
export function readYaml(text: string, file: string): YamlData {
  const problems: Diagnostic[] = [];
  const places = new Map<string, Place>();
  const whole = atFile(file);
  const find = (path: readonly PropertyKey[]): Place | undefined => {
    for (let length = path.length; length >= 0; length--) {
      const place = places.get(pathKey(path.slice(0, length)));
      if (place !== undefined) return place;
    }
    return undefined;
  };
  const value = convert(text, file, places, problems);
  return {
    file,
    value,
    at: (path) => find(path)?.value ?? whole,
    keyAt: (path) => find(path)?.key ?? whole,
    source: (path) => places.get(pathKey(path))?.source,
    problems,
  };
}

function pathKey(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}

function convert(text: string, file: string, places: Map<string, Place>, problems: Diagnostic[]): unknown {
  if (text.length > MAX_CHARACTERS) {
    problems.push(diagnostic('config/too-large', { what: 'characters', limit: MAX_CHARACTERS }, atFile(file)));
    return undefined;
  }
  const lines = new LineCounter();
  const parsed = compose(text, lines);
  if (typeof parsed === 'string') {
    problems.push(diagnostic('config/syntax', { said: parsed, kind: 'other' }, atFile(file)));
    return undefined;
  }
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const span = (start: number, end: number): Location => ({
    in: 'file',
    file,
    start: position(start),
    end: position(Math.max(start, end)),
  });
  // What follows the first is mostly made by it.
  const [error] = parsed.errors;
  if (error !== undefined) {
    const args = { said: error.message, kind: syntaxKinds[error.code] ?? ('other' as const) };
    problems.push(diagnostic('config/syntax', args, span(error.pos[0], error.pos[1])));
  }
  if (problems.length > 0) return undefined;

  let count = 0;
  let nested = 0;
  let stopped = false;
  const stop = (limit: number, what: string, at: Location) => {
    if (!stopped) problems.push(diagnostic('config/too-large', { what, limit }, at));
    stopped = true;
  };
  const visit = (node: Node | null | undefined, path: readonly PropertyKey[], key: Location | undefined): unknown => {
    const range = node?.range;
    const at = range ? span(range[0], range[1]) : (key ?? atFile(file));
    if (stopped) return undefined;
    if (++count > MAX_VALUES) return stop(MAX_VALUES, 'values', at);
    if (path.length > MAX_DEPTH) return stop(MAX_DEPTH, 'levels', at);
    const source = isScalar(node) && typeof node.source === 'string' ? node.source : undefined;
    places.set(pathKey(path), { value: at, key: key ?? at, source });
    if (isAlias(node)) {
      const meant = node.resolve(parsed);
      if (meant === undefined) {
        problems.push(diagnostic('config/syntax', { said: `unresolved alias: ${node.source}`, kind: 'alias' }, at));
        return undefined;
      }
      return visit(meant, path, key);
    }
    if (isScalar(node)) {
      const asText =
        TEXT_MAPS.has(path.at(-2) ?? '') && (typeof node.value === 'number' || typeof node.value === 'boolean');
      // `!!binary` makes bytes, and no key takes those.
      const bytes = typeof node.value === 'object' && node.value !== null;
      return asText || bytes ? source : node.value;
    }
    if (isSeq(node)) return node.items.map((item, i) => visit(item as Node, [...path, i], undefined));
    if (!isMap(node)) return null;
    const map: Record<string, unknown> = Object.create(null);
    const merged: (() => void)[] = [];
    for (const pair of node.items) {
      const keyNode = pair.key as Node | null;
      const keyRange = keyNode?.range;
      const keyPlace = keyRange ? span(keyRange[0], keyRange[1]) : at;
      if (!isScalar(keyNode) || keyNode.value === null || String(keyNode.value) === '__proto__') {
        problems.push(diagnostic('config/key-malformed', {}, keyPlace));
        continue;
      }
      const name = typeof keyNode.source === 'string' ? keyNode.source : String(keyNode.value);
      if (name === '<<' && keyNode.type === 'PLAIN') {
        merged.push(() => merge(pair.value as Node | null, map, path, keyPlace));
        continue;
      }
      if (Object.hasOwn(map, name)) {
        problems.push(diagnostic('config/duplicate-key', { key: name }, keyPlace));
        continue;
      }
      map[name] = visit(pair.value as Node | null, [...path, name], keyPlace);
    }
    for (const one of merged) one();
    return map;
  };
  /** `<<: *base`, which compose has too: what is written in the map itself wins, then the earlier of several. */
  const merge = (
    node: Node | null,
    map: Record<string, unknown>,
    path: readonly PropertyKey[],
    key: Location,
  ): void => {
    const meant = isAlias(node) ? node.resolve(parsed) : node;
    if (isSeq(meant)) {
      for (const item of meant.items) merge(item as Node, map, path, key);
      return;
    }
    if (!isMap(meant)) {
      const said = isAlias(node) && meant === undefined ? `unresolved alias: ${node.source}` : '<<';
      problems.push(diagnostic('config/syntax', { said, kind: said === '<<' ? 'merge' : 'alias' }, key));
      return;
    }
    if (++nested > MAX_DEPTH) return void stop(MAX_DEPTH, 'levels', key);
    for (const pair of meant.items) {
      const { key: keyNode, value } = pair as { key: Node | null; value: Node | null };
      if (!isScalar(keyNode) || keyNode.value === null || String(keyNode.value) === '__proto__') continue;
      const name = typeof keyNode.source === 'string' ? keyNode.source : String(keyNode.value);
      const place = keyNode.range ? span(keyNode.range[0], keyNode.range[1]) : key;
      if (name === '<<' && keyNode.type === 'PLAIN') merge(value, map, path, place);
      else if (!Object.hasOwn(map, name)) map[name] = visit(value, [...path, name], place);
    }
    nested--;
  };
  return visit(parsed.contents, [], undefined);
}

/** Duplicate keys are looked for in `visit`: the check of the library compares every key with every other. */
function compose(text: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, {
      lineCounter,
      version: '1.2',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      keepSourceTokens: false,
    });
  } catch (error) {
    // Nesting deeper than the stack is the one thing the parser throws at.
    return error instanceof Error ? error.message : String(error);
  }
}
