/** What a package of a lockfile asks for, each as the key of what it gets; undefined where the lockfile lacks it. */
export interface Edges {
  readonly hard: readonly (string | undefined)[];
  readonly dev: readonly (string | undefined)[];
}

/**
 * The packages without which a project does not install: those that are reached from it without going through an
 * optional dependency. `production` are those of them that are reached without a development dependency.
 */
export function requiredFrom(
  roots: readonly string[],
  edgesOf: (key: string) => Edges | undefined,
): { readonly all: ReadonlySet<string>; readonly production: ReadonlySet<string> } {
  const reach = (dev: boolean): Set<string> => {
    const found = new Set(roots);
    for (const key of found) {
      const edges = edgesOf(key);
      if (edges === undefined) continue;
      for (const to of dev ? [...edges.hard, ...edges.dev] : edges.hard) if (to !== undefined) found.add(to);
    }
    return found;
  };
  return { all: reach(true), production: reach(false) };
}
