/**
 * An instruction as its author wrote it, from `created_by`: on one line, without what builders put around it.
 * `RUN |1 A=b /bin/sh -c make # buildkit` and the classic builder's `|1 A=b /bin/sh -c make` are both `RUN make`;
 * `/bin/sh -c #(nop) COPY file:… in /app ` keeps what is left of it.
 */
export function writtenInstruction(createdBy: string | undefined): string {
  return (createdBy ?? '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\/bin\/sh -c #\(nop\) */, '')
    .replace(/^(?:RUN )?(?:\|\d+ .*?)?\/bin\/sh -c /, 'RUN ')
    .replace(/ # (?:buildkit|rightarch)$/, '');
}
