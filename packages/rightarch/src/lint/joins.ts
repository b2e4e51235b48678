/** What joins images that were pushed by digest, in a step, a script, a Makefile. */
export const JOINS =
  /imagetools\s+create|manifest\s+(?:create|push)|manifest-tool|regctl\s+index|crane\s+index|oras\s+manifest\s+index|create-manifest|docker-manifest|rightarch\s+merge/i;

/** Whether commands put a name over digests that were written down: those stay what they are, whoever has a tag meanwhile. */
export const joinsDigests = (commands: string): boolean => JOINS.test(commands) && /@sha256:|digest/i.test(commands);
