/** docker's flags that are handed over as they are: only a program that runs a RUN, or BuildKit's cache, has a use for them. */
export const DOCKER_FLAGS = ['add-host', 'shm-size', 'ulimit', 'allow', 'cache-from', 'cache-to'] as const;
export type DockerFlag = (typeof DOCKER_FLAGS)[number];

/** The fields of one value of a flag, which docker reads as Go's encoding/csv does: in quotes one may hold a comma. */
export const csvFields = (text: string): readonly string[] =>
  [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  );

/** The other way round. */
export const csvRow = (fields: readonly string[]): string =>
  fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');

const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

/** A switch as docker reads it (Go's strconv.ParseBool); undefined where the text is none. */
export const readSwitch = (text: string): boolean | undefined => SWITCHES.get(text);
