/** A piece of shell in a file. What another language puts in is one character that no script has in a word. */
export interface Script {
  readonly text: string;
  /** The offset in the file of an offset in the text. */
  readonly source: (offset: number) => number;
  /** The variables that the CI gives it, as far as the file says their values; of any other it says none. */
  readonly env?: ReadonlyMap<string, string>;
}

/** Where a word or a command of a script stands in its file. */
export const fileRange = (
  { source }: Script,
  { from, to }: { readonly from: number; readonly to: number },
): { readonly from: number; readonly to: number } => ({ from: source(from), to: source(Math.max(from, to - 1)) + 1 });

/**
 * The platform of builds that name none (https://docs.docker.com/reference/cli/docker/#environment-variables; buildx's
 * commands/build.go takes it as the default of `--platform`; both read 2026-11-30).
 */
export const DEFAULT_PLATFORM = 'DOCKER_DEFAULT_PLATFORM';

/** More than any file has; what is beyond is not looked at. */
export const MOST_SCRIPTS = 500;

/** Scripts that run one after another in one shell, or as if they did: as one. */
export function together(scripts: readonly Script[]): readonly Script[] {
  if (scripts.length === 0) return [];
  const starts: number[] = [];
  let text = '';
  for (const one of scripts) {
    starts.push(text.length);
    text += `${one.text}\n`;
  }
  const source = (offset: number): number => {
    const i = starts.findLastIndex((start) => start <= offset);
    return scripts[i]!.source(offset - starts[i]!);
  };
  return [{ text, source }];
}
