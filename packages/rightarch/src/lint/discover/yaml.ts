import { LineCounter, type Node, type ParsedNode, parseAllDocuments, type YAMLMap } from 'yaml';

/** Larger than any template or workflow that a service accepts (CloudFormation: 1 MB): a stray dump is not parsed. */
const MAX_TEXT = 2_000_000;

export interface YamlDocuments {
  readonly roots: readonly Node[];
  readonly lineOf: (offset: number) => number;
}

/** The documents of a YAML file, whatever is wrong in them; none of a text that is too large to be one. */
export function readYaml(text: string): YamlDocuments {
  const lines = new LineCounter();
  const lineOf = (offset: number): number => lines.linePos(offset).line;
  if (text.length > MAX_TEXT) return { roots: [], lineOf };
  const roots = [...parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent' })].flatMap(
    ({ contents }): readonly ParsedNode[] => (contents === null ? [] : [contents as ParsedNode]),
  );
  return { roots, lineOf };
}

/** A scalar as text; anything else, intrinsic functions included, is undefined. */
export function scalar(map: YAMLMap | undefined, key: string): string | undefined {
  const value: unknown = map?.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** A scalar, or the scalars of a list, as text. */
export function words(map: YAMLMap | undefined, key: string): readonly string[] {
  const value: unknown = map?.get(key);
  if (typeof value === 'string') return [value];
  const items = (value as { readonly items?: readonly { readonly value?: unknown }[] } | undefined)?.items ?? [];
  return items.flatMap((item) => (typeof item.value === 'string' ? [item.value] : []));
}
