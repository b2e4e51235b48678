/** A fenced block of a Markdown document, without its fence. */
export interface MarkdownBlock {
  /** The first word behind the fence, in lower case: `dockerfile`, `sh`, `yaml`. */
  readonly language: string;
  /** The lines as they stand, behind as many empty ones as there are before them: each has its number in the document. */
  readonly text: string;
  /** Of its first and its last line, from 1. */
  readonly from: number;
  readonly to: number;
  /** Shown as what not to do, by words in it or above it. */
  readonly isBad: boolean;
}

/** More blocks than any document for people has. */
const MOST = 200;

/** Words that a document puts on an example of what does not work, in the languages that such documents are written in. */
const BAD =
  /❌|✗|✘|🚫|⛔|⚠|\b(?:bad|wrong|incorrect|broken|avoid|do not|don['’]t|never|fails?|failed|failing|errors?|anti-?pattern|before)\b|悪い|誤り|誤った|間違|失敗|エラー|避け|しない|나쁜|잘못|오류|에러|실패|피하|금지|\bNG\b/i;

/** The blocks of a document that name their language. A fence within a quotation or a list keeps its indentation. */
export function markdownBlocks(text: string): readonly MarkdownBlock[] {
  const lines = text.split('\n');
  const found: MarkdownBlock[] = [];
  for (let i = 0; i < lines.length && found.length < MOST; i++) {
    const [, fence, language] = /^[ \t]*(`{3,}|~{3,})[ \t]*\{?\.?([\w+-]*)/.exec(lines[i] ?? '') ?? [];
    if (fence === undefined) continue;
    const closes = new RegExp(`^[ \\t]*${fence[0] === '`' ? '`' : '~'}{${fence.length},}[ \\t]*\\r?$`);
    let end = i + 1;
    while (end < lines.length && !closes.test(lines[end] ?? '')) end++;
    const body = lines.slice(i + 1, end);
    if (language !== undefined && language !== '' && body.length > 0)
      found.push({
        language: language.toLowerCase(),
        text: `${'\n'.repeat(i + 1)}${body.join('\n')}\n`,
        from: i + 2,
        to: end,
        isBad: BAD.test(body.join('\n')) || BAD.test(above(lines, i)),
      });
    i = end;
  }
  return found;
}

/** What stands over a block: the paragraph or the heading before it, and the heading above that. */
function above(lines: readonly string[], fence: number): string {
  let at = fence - 1;
  while (at >= 0 && (lines[at] ?? '').trim() === '') at--;
  const near: string[] = [];
  for (; at >= 0 && (lines[at] ?? '').trim() !== '' && !/^[ \t]*(?:```|~~~)/.test(lines[at] ?? ''); at--)
    near.push(lines[at] ?? '');
  const heading = near.some((line) => line.startsWith('#'))
    ? undefined
    : lines.slice(0, Math.max(0, at + 1)).findLast((line) => /^#{1,6} /.test(line));
  return [...near, heading ?? ''].join('\n');
}

/** A transcript of a terminal as the script that was typed; each character stays where it was. */
export const typedOnly = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      const prompt = /^[ \t]*[$%#>][ \t]+(?=\S)/.exec(line)?.[0];
      return prompt === undefined ? '' : ' '.repeat(prompt.length) + line.slice(prompt.length);
    })
    .join('\n');
